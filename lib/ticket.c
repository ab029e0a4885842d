/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cbor.h"
#include "error.h"
#include "order.h"
#include "secret.h"

/* "pwwb1-" base64url(ticket ‖ first 4 octets of SHA-256(ticket))
 * ticket = {1: tenant, 2: portal key, 3: token, 4: expires, 5: address, 6: credential, 7: generation} */
#define PREFIX     "pwwb1-"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define CHECK_SIZE 4
#define TICKET_MAX ((PWWB_TICKET_SIZE - 1 - PREFIX_LEN) / 4 * 3)

static void
put_octets(wb_cbor_out *out, int64_t key, const uint8_t *octets, size_t len)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_octets(out, wb_span_of(octets, len));
}

static size_t
put_ticket(uint8_t *buf, const wb_ticket *t)
{
    wb_cbor_out out = wb_cbor_write(buf, TICKET_MAX - CHECK_SIZE);

    wb_cbor_put_map(&out, 7);
    put_octets(&out, 1, t->tenant, sizeof(t->tenant));
    put_octets(&out, 2, t->portal, sizeof(t->portal));
    put_octets(&out, 3, t->token, sizeof(t->token));
    wb_cbor_put_int(&out, 4);
    wb_cbor_put_int(&out, t->expires_s);
    wb_cbor_put_int(&out, 5);
    wb_cbor_put_text(&out, t->address, strlen(t->address));
    wb_cbor_put_int(&out, 6);
    wb_cbor_put_text(&out, t->credential, strlen(t->credential));
    wb_cbor_put_int(&out, 7);
    wb_cbor_put_int(&out, (int64_t)t->generation);
    return out.need;
}

size_t
wb_ticket_print(const wb_ticket *ticket, char *text, size_t size)
{
    uint8_t octets[TICKET_MAX];
    uint8_t hash[WB_SHA256_SIZE];
    size_t  len = put_ticket(octets, ticket);
    size_t  need;

    wb_sha256(octets, len, hash);
    memcpy(octets + len, hash, CHECK_SIZE);
    len += CHECK_SIZE;
    need = PREFIX_LEN + wb_base64url_size(len);
    if (need <= size) {
        memcpy(text, PREFIX, PREFIX_LEN);
        wb_base64url_print(octets, len, text + PREFIX_LEN, size - PREFIX_LEN);
    }
    wb_wipe(octets, sizeof(octets));
    return need;
}

pwwb_status
wb_ticket_read(wb_span octets, wb_ticket *t)
{
    wb_cbor in = wb_cbor_read(octets);

    if (wb_cbor_map(&in) != 7)
        wb_cbor_fail(&in);
    wb_cbor_expect(&in, 1);
    wb_cbor_fixed(&in, t->tenant, sizeof(t->tenant));
    wb_cbor_expect(&in, 2);
    wb_cbor_fixed(&in, t->portal, sizeof(t->portal));
    wb_cbor_expect(&in, 3);
    wb_cbor_fixed(&in, t->token, sizeof(t->token));
    wb_cbor_expect(&in, 4);
    t->expires_s = wb_cbor_int(&in);
    wb_cbor_expect(&in, 5);
    wb_text_read(&in, t->address, sizeof(t->address));
    wb_cbor_expect(&in, 6);
    wb_text_read(&in, t->credential, sizeof(t->credential));
    wb_cbor_expect(&in, 7);
    t->generation = wb_cbor_uint(&in);
    wb_cbor_end(&in);
    if (t->expires_s <= 0 || t->generation > WB_GENERATION_MAX)
        wb_cbor_fail(&in);
    return in.status;
}

static int
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What was copied together with it. */
static void
trim(const char **text, size_t *len)
{
    while (*len > 0 && is_space(**text))
        (*text)++, (*len)--;
    while (*len > 0 && is_space((*text)[*len - 1]))
        (*len)--;
}

pwwb_status
wb_ticket_parse(const char *text, size_t len, wb_ticket *ticket, pwwb_error *err)
{
    uint8_t     octets[TICKET_MAX];
    uint8_t     hash[WB_SHA256_SIZE];
    ssize_t     got = -1;
    pwwb_status st  = PWWB_E_MALFORMED;

    memset(ticket, 0, sizeof(*ticket));
    trim(&text, &len);
    if (len > PREFIX_LEN && memcmp(text, PREFIX, PREFIX_LEN) == 0)
        got = wb_base64url_parse(text + PREFIX_LEN, len - PREFIX_LEN, octets, sizeof(octets));
    if (got > CHECK_SIZE) {
        size_t body = (size_t)got - CHECK_SIZE;

        wb_sha256(octets, body, hash);
        if (memcmp(hash, octets + body, CHECK_SIZE) == 0)
            st = wb_ticket_read(wb_span_of(octets, body), ticket);
    }
    wb_wipe(octets, sizeof(octets));
    if (st != PWWB_OK) {
        wb_wipe(ticket, sizeof(*ticket));
        return wb_fail(err, PWWB_E_MALFORMED, "not a ticket: mistyped, or cut off");
    }
    return PWWB_OK;
}
