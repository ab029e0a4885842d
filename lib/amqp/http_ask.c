/* SPDX-License-Identifier: Apache-2.0 */
#include "http_ask.h"

#include <sodium.h>
#include <string.h>

#include "deadline.h"

#define INTERIM_MAX 8  /* RFC 9110 15.2: any number may come; that many never do */
#define HOST_MAX    263

int
wb_amqp_ask_add(wb_amqp_ask *ask, const char *text)
{
    size_t len = strlen(text);

    if (len > sizeof(ask->request) - ask->request_len)
        return 0;

    memcpy(ask->request + ask->request_len, text, len);
    ask->request_len += len;
    return 1;
}

/* The request may hold a password. */
static pwwb_status
send_request(wb_amqp_ask *ask, int64_t deadline, pwwb_error *err)
{
    while (ask->request_at < ask->request_len) {
        const char *data = ask->request + ask->request_at;
        size_t      some;
        pwwb_status st;

        st = pwwb_stream_write_some(ask->under, (const uint8_t *)data,
                                    ask->request_len - ask->request_at, &some,
                                    wb_amqp_left(deadline), err);
        if (st != PWWB_OK)
            return st;
        ask->request_at += some;
    }
    sodium_memzero(ask->request, sizeof(ask->request));
    return PWWB_OK;
}

static pwwb_status
read_more(wb_amqp_ask *ask, int64_t deadline, pwwb_error *err)
{
    size_t      some;
    pwwb_status st;

    st = pwwb_stream_read(ask->under, ask->in + ask->in_len, sizeof(ask->in) - ask->in_len, &some,
                          wb_amqp_left(deadline), err);
    if (st == PWWB_OK)
        ask->in_len += some;
    return st;
}

/* A head of 1xx other than 101 says nothing yet. */
static int
is_interim(const wb_amqp_head *head)
{
    return head->status < 200 && head->status != 101;
}

static void
drop(wb_amqp_ask *ask, size_t len)
{
    memmove(ask->in, ask->in + len, ask->in_len - len);
    ask->in_len -= len;
}

static pwwb_status
read_head(wb_amqp_ask *ask, wb_amqp_head *head, pwwb_error *err)
{
    pwwb_status st = wb_amqp_head_parse(ask->in, ask->in_len, head);

    while (st == PWWB_OK && head->len > 0 && is_interim(head)) {
        if (++ask->interim > INTERIM_MAX)
            return pwwb_error_set(err, PWWB_E_TOO_LARGE, "the answer does not come to its end");
        drop(ask, head->len);
        st = wb_amqp_head_parse(ask->in, ask->in_len, head);
    }
    if (st == PWWB_E_TOO_LARGE)
        return pwwb_error_set(err, st, "the answer's head is over 8 KiB");
    if (st != PWWB_OK)
        return pwwb_error_set(err, st, "the answer is not one of HTTP/1.1");

    return PWWB_OK;
}

pwwb_status
wb_amqp_ask_step(wb_amqp_ask *ask, int64_t deadline, wb_amqp_head *ret_head, pwwb_error *err)
{
    pwwb_status st;

    st = send_request(ask, deadline, err);
    while (st == PWWB_OK) {
        st = read_more(ask, deadline, err);
        if (st == PWWB_OK)
            st = read_head(ask, ret_head, err);
        if (st == PWWB_OK && ret_head->len > 0)
            break;
    }
    if (st == PWWB_OK)
        ask->in_at = ret_head->len;
    return st;
}

size_t
wb_amqp_ask_rest(wb_amqp_ask *ask, uint8_t *buf, size_t size)
{
    size_t left = ask->in_len - ask->in_at;
    size_t some = left < size ? left : size;

    memcpy(buf, ask->in + ask->in_at, some);
    ask->in_at += some;
    return some;
}

int
wb_amqp_is_host(const char *host)
{
    size_t i;

    for (i = 0; host[i] != '\0'; i++) {
        char c = host[i];

        if (i == HOST_MAX || !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
                               || (c >= 'a' && c <= 'z') || strchr("-._:[]", c) != NULL))
            return 0;
    }
    return i > 0;
}
