/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "sha1.h"
#include "websocket_ws.h"

#define KEY_LEN    16
#define KEY_SIZE   25 /* its base64, with the NUL */
#define CHALLENGE  "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 1.3 */
#define PROTOCOL   "amqp"

/* What the other side must answer to this key. */
static void
expect(wb_amqp_ws *ws, const char *key)
{
    uint8_t digest[WB_AMQP_SHA1_SIZE];
    char    text[KEY_SIZE + sizeof(CHALLENGE)];
    int     len = snprintf(text, sizeof(text), "%s%s", key, CHALLENGE);

    wb_amqp_sha1((const uint8_t *)text, (size_t)len, digest);
    sodium_bin2base64(ws->accept, sizeof(ws->accept), digest, sizeof(digest),
                      sodium_base64_VARIANT_ORIGINAL);
}

int
wb_amqp_ws_ask(wb_amqp_ws *ws, const char *host, const char *path)
{
    wb_amqp_ask *ask = &ws->ask;
    uint8_t      octets[KEY_LEN];
    char         key[KEY_SIZE];

    randombytes_buf(octets, sizeof(octets));
    sodium_bin2base64(key, sizeof(key), octets, sizeof(octets), sodium_base64_VARIANT_ORIGINAL);
    expect(ws, key);
    return wb_amqp_ask_add(ask, "GET ") && wb_amqp_ask_add(ask, path)
           && wb_amqp_ask_add(ask, " HTTP/1.1\r\nHost: ") && wb_amqp_ask_add(ask, host)
           && wb_amqp_ask_add(ask, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Version: 13\r\n"
                                   "Sec-WebSocket-Protocol: " PROTOCOL "\r\n"
                                   "Sec-WebSocket-Key: ")
           && wb_amqp_ask_add(ask, key) && wb_amqp_ask_add(ask, "\r\n\r\n");
}

static int
is_text(wb_amqp_text text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.p, word, text.len) == 0;
}

/* RFC 6455 4.1, what a client checks; NULL when all is well. We asked for no extension. */
static const char *
find_fault(const wb_amqp_ws *ws, const wb_amqp_head *head)
{
    wb_amqp_text value;

    if (head->minor != 1)
        return "the answer to a WebSocket is of HTTP/1.0";
    if (wb_amqp_head_find(head, "Upgrade", &value) != 1 || !wb_amqp_text_is(value, "websocket"))
        return "the other side does not switch to a WebSocket";
    if (!wb_amqp_head_lists(head, "Connection", "upgrade"))
        return "the other side does not switch its connection";
    if (wb_amqp_head_find(head, "Sec-WebSocket-Accept", &value) != 1
        || !is_text(value, ws->accept))
        return "the answer belongs to another WebSocket";
    if (wb_amqp_head_find(head, "Sec-WebSocket-Protocol", &value) != 1
        || !is_text(value, PROTOCOL))
        return "the other side's WebSocket is not for AMQP";
    if (wb_amqp_head_find(head, "Sec-WebSocket-Extensions", &value) != 0)
        return "the other side's WebSocket has extensions that nobody asked for";

    return NULL;
}

static pwwb_status
judge(wb_amqp_ws *ws, const wb_amqp_head *head)
{
    const char *fault;
    char        why[80];

    if (head->status != 101) {
        snprintf(why, sizeof(why), "the other side refused a WebSocket (%d)", (int)head->status);
        return wb_amqp_ws_end(ws, head->status == 401 ? PWWB_E_AUTH : PWWB_E_CONNECT, why);
    }
    fault = find_fault(ws, head);
    if (fault != NULL)
        return wb_amqp_ws_end(ws, PWWB_E_MALFORMED, fault);

    ws->is_open = 1;
    return PWWB_OK;
}

pwwb_status
wb_amqp_ws_open(wb_amqp_ws *ws)
{
    wb_amqp_head head;
    pwwb_status  st;

    if (ws->is_open)
        return PWWB_OK;

    st = wb_amqp_ask_step(&ws->ask, ws->deadline, &head, ws->err);
    if (st == PWWB_OK)
        return judge(ws, &head);
    if (st != PWWB_E_TIMEOUT)
        (void)wb_amqp_ws_end(ws, st, pwwb_error_message(ws->err));
    return st;
}
