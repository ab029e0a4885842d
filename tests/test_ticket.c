/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 */
#include "order.h"

#include <ctype.h>

#include "cbor.h"
#include "exchanges.h"
#include "octets.h"

static wb_ticket
right(void)
{
    wb_ticket t = {.expires_s  = 1760000000,
                   .address    = "amqps://relay.example.test:5671/writeback",
                   .credential = "bootstrap \xc3\xa9",
                   .generation = 41};

    memcpy(t.tenant, "tenant of a test", sizeof(t.tenant));
    memcpy(t.portal, "a portal's X25519 public key, 32", sizeof(t.portal));
    memcpy(t.token, "thirty-two random octets, a toke", sizeof(t.token));
    return t;
}

/* The octets in a text, without the check; by libsodium's own reader and hash. */
static size_t
unpack(const char *text, uint8_t octets_[PWWB_TICKET_SIZE])
{
    uint8_t     hash[WB_SHA256_SIZE];
    size_t      len = 0;
    const char *end;

    CHECK_MEM("pwwb1-", 6, text, 6);
    CHECK_INT(0, sodium_base642bin(octets_, PWWB_TICKET_SIZE, text + 6, strlen(text + 6), NULL, &len,
                                   &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    CHECK(len > 4);
    crypto_hash_sha256(hash, octets_, len - 4);
    CHECK_MEM(hash, 4, octets_ + len - 4, 4);
    return len - 4;
}

static pwwb_status
parse(const char *text, wb_ticket *t)
{
    return wb_ticket_parse(text, strlen(text), t, NULL);
}

static void
its_text_is_what_the_protocol_says(void)
{
    wb_ticket t = right(), got;
    char      text[PWWB_TICKET_SIZE];
    uint8_t   octets_[PWWB_TICKET_SIZE];
    wb_span   found;
    wb_cbor   in;
    size_t    i;

    i = wb_ticket_print(&t, text, sizeof(text));
    CHECK_INT((intmax_t)i, (intmax_t)strlen(text) + 1);
    printf("# a ticket of a usual address takes %zu characters\n", strlen(text));
    for (i = 0; text[i] != '\0'; i++)
        CHECK(isalnum((unsigned char)text[i]) || text[i] == '-' || text[i] == '_');
    in = wb_cbor_read(wb_span_of(octets_, unpack(text, octets_)));
    CHECK_INT(7, (intmax_t)wb_cbor_map(&in));
    wb_cbor_expect(&in, 1);
    CHECK_MEM(t.tenant, 16, wb_cbor_octets(&in).p, 16);
    wb_cbor_expect(&in, 2);
    CHECK_MEM(t.portal, 32, wb_cbor_octets(&in).p, 32);
    wb_cbor_expect(&in, 3);
    CHECK_MEM(t.token, 32, wb_cbor_octets(&in).p, 32);
    wb_cbor_expect(&in, 4);
    CHECK_INT(1760000000, wb_cbor_int(&in));
    wb_cbor_expect(&in, 5);
    found = wb_cbor_text(&in);
    CHECK_MEM(t.address, strlen(t.address), found.p, found.len);
    wb_cbor_expect(&in, 6);
    found = wb_cbor_text(&in);
    CHECK_MEM(t.credential, strlen(t.credential), found.p, found.len);
    wb_cbor_expect(&in, 7);
    CHECK_INT(41, wb_cbor_int(&in));
    wb_cbor_end(&in);
    CHECK_STATUS(PWWB_OK, in.status);

    CHECK_STATUS(PWWB_OK, parse(text, &got));
    CHECK_MEM(&t, sizeof(t), &got, sizeof(got));
}

static void
white_space_around_it_is_passed_over_and_within_it_is_not(void)
{
    wb_ticket t = right(), got;
    char      text[PWWB_TICKET_SIZE], around[PWWB_TICKET_SIZE + 16];

    (void)wb_ticket_print(&t, text, sizeof(text));
    snprintf(around, sizeof(around), " \t\r\n%s\r\n ", text);
    CHECK_STATUS(PWWB_OK, parse(around, &got));
    snprintf(around, sizeof(around), "%.40s %s", text, text + 40);
    CHECK_STATUS(PWWB_E_MALFORMED, parse(around, &got));
    snprintf(around, sizeof(around), "%.40s\n%s", text, text + 40);
    CHECK_STATUS(PWWB_E_MALFORMED, parse(around, &got));
    text[0] = 'P';
    CHECK_STATUS(PWWB_E_MALFORMED, parse(text, &got));
    CHECK_STATUS(PWWB_E_MALFORMED, parse("pwwb1-", &got));
    CHECK_STATUS(PWWB_E_MALFORMED, parse("  ", &got));
    CHECK_STATUS(PWWB_E_MALFORMED, parse("", &got));
    CHECK(sodium_is_zero((const uint8_t *)&got, sizeof(got))); /* nothing of it is left */
}

/* The longest that a ticket may say fits the text that is promised to be enough. */
static void
the_longest_ticket_fits(void)
{
    wb_ticket t = right(), got;
    char      text[PWWB_TICKET_SIZE];
    size_t    need;

    memset(t.address, 'a', WB_ADDRESS_MAX);
    memset(t.credential, 'c', WB_CREDENTIAL_MAX);
    t.expires_s  = INT64_MAX;
    t.generation = (uint64_t)1 << 48;
    need         = wb_ticket_print(&t, text, sizeof(text));
    printf("# the longest ticket takes %zu of %d characters\n", need, PWWB_TICKET_SIZE);
    CHECK(need <= sizeof(text));
    CHECK_STATUS(PWWB_OK, parse(text, &got));
    CHECK_MEM(&t, sizeof(t), &got, sizeof(got));
    text[0] = '\0';
    CHECK_INT((intmax_t)need, (intmax_t)wb_ticket_print(&t, text, need - 1));
    CHECK_STR("", text);
}

/* The octets by hand. */
typedef struct wire {
    int64_t pairs, tenant_len, portal_len, token_len, expires, generation, first;
    octets  address, credential;
} wire;

static wire
right_wire(void)
{
    return (wire){7, 16, 32, 32, 1760000000, 0, 1, OCTETS("relay"), OCTETS("")};
}

static pwwb_status
read_wire(const wire *w)
{
    static const uint8_t zeros[64];
    uint8_t              buf[1024];
    wb_cbor_out          out = wb_cbor_write(buf, sizeof(buf));
    wb_ticket            t;

    wb_cbor_put_map(&out, (size_t)w->pairs);
    wb_cbor_put_int(&out, w->first);
    wb_cbor_put_octets(&out, wb_span_of(zeros, (size_t)w->tenant_len));
    wb_cbor_put_int(&out, 2);
    wb_cbor_put_octets(&out, wb_span_of(zeros, (size_t)w->portal_len));
    wb_cbor_put_int(&out, 3);
    wb_cbor_put_octets(&out, wb_span_of(zeros, (size_t)w->token_len));
    wb_cbor_put_int(&out, 4);
    wb_cbor_put_int(&out, w->expires);
    wb_cbor_put_int(&out, 5);
    wb_cbor_put_text(&out, w->address.p, w->address.len);
    wb_cbor_put_int(&out, 6);
    wb_cbor_put_text(&out, w->credential.p, w->credential.len);
    wb_cbor_put_int(&out, 7);
    wb_cbor_put_int(&out, w->generation);
    return wb_ticket_read(wb_span_of(buf, out.need), &t);
}

static void
a_field_out_of_range_is_not_read(void)
{
    static const struct {
        size_t  at;
        int64_t value;
    } wrong[] = {
        {offsetof(wire, pairs), 6},       {offsetof(wire, pairs), 8},
        {offsetof(wire, tenant_len), 15}, {offsetof(wire, tenant_len), 17},
        {offsetof(wire, portal_len), 31}, {offsetof(wire, portal_len), 33},
        {offsetof(wire, token_len), 31},  {offsetof(wire, token_len), 33},
        {offsetof(wire, expires), 0},     {offsetof(wire, expires), -1},
        {offsetof(wire, generation), -1},
        {offsetof(wire, generation), ((int64_t)1 << 48) + 1},
        {offsetof(wire, first), 2},
    };
    char   longer[WB_ADDRESS_MAX + 2];
    wire   w = right_wire();
    size_t i;

    memset(longer, 'a', sizeof(longer));
    CHECK_STATUS(PWWB_OK, read_wire(&w));
    for (i = 0; i < COUNT(wrong); i++) {
        w = right_wire();
        memcpy((char *)&w + wrong[i].at, &wrong[i].value, sizeof(int64_t));
        CHECK_STATUS(PWWB_E_MALFORMED, read_wire(&w));
    }
    w         = right_wire();
    w.address = (octets){longer, WB_ADDRESS_MAX};
    CHECK_STATUS(PWWB_OK, read_wire(&w));
    w.address.len++;
    CHECK_STATUS(PWWB_E_MALFORMED, read_wire(&w));
    w            = right_wire();
    w.credential = (octets){longer, WB_CREDENTIAL_MAX};
    CHECK_STATUS(PWWB_OK, read_wire(&w));
    w.credential.len++;
    CHECK_STATUS(PWWB_E_MALFORMED, read_wire(&w));
    w.credential = (octets)OCTETS("a\0b");
    CHECK_STATUS(PWWB_E_MALFORMED, read_wire(&w));
    w.credential = (octets)OCTETS("\xff");
    CHECK_STATUS(PWWB_E_MALFORMED, read_wire(&w));
}

static pwwb_status
make(ex_world *w, const pwwb_ticket *ticket, size_t size)
{
    return pwwb_exchange_ticket(w->portal.exchange, ticket, w->ticket, size, &w->ticket_len, NULL);
}

static void
a_portal_refuses_to_make_what_is_out_of_range(void)
{
    ex_world    w;
    char        longer[WB_ADDRESS_MAX + 2] = {0};
    pwwb_ticket t                          = {.size = sizeof(t), .life_s = 604800};
    wb_ticket   got;

    ex_make(&w);
    memset(longer, 'a', sizeof(longer) - 1);
    CHECK_STATUS(PWWB_OK, make(&w, &t, sizeof(w.ticket))); /* no address, no credential, a week */
    CHECK_STATUS(PWWB_OK, parse(w.ticket, &got));
    CHECK_INT(w.clock.wall_ms / 1000 + 604800, got.expires_s);
    CHECK_STR("", got.address);
    t.life_s = 0;
    CHECK_STATUS(PWWB_OK, make(&w, &t, sizeof(w.ticket)));
    CHECK_STATUS(PWWB_OK, parse(w.ticket, &got));
    CHECK_INT(w.clock.wall_ms / 1000 + 86400, got.expires_s);
    t.life_s = 604801;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, make(&w, &t, sizeof(w.ticket)));
    t.life_s = -1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, make(&w, &t, sizeof(w.ticket)));
    t.life_s        = 1;
    t.relay_address = longer;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, make(&w, &t, sizeof(w.ticket)));
    t.relay_address    = longer + 1;
    t.relay_credential = longer + 1 + WB_ADDRESS_MAX - WB_CREDENTIAL_MAX;
    CHECK_STATUS(PWWB_OK, make(&w, &t, sizeof(w.ticket)));
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL, make(&w, &t, 64));
    t.relay_credential--;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, make(&w, &t, sizeof(w.ticket)));
    t.size = 8;
    CHECK_STATUS(PWWB_E_ABI, make(&w, &t, sizeof(w.ticket)));
    ex_drop(&w);
}

/* A portal must make no ticket that no agent can read. */
static void
a_ticket_that_is_not_text_is_not_made(void)
{
    ex_world    w;
    pwwb_ticket t = {.size = sizeof(t), .relay_address = "\xff relay"};

    ex_make(&w);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, make(&w, &t, sizeof(w.ticket)));
    t.relay_address    = "relay";
    t.relay_credential = "\xc3";
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, make(&w, &t, sizeof(w.ticket)));
    CHECK_INT(0, (intmax_t)w.portal_store.version);
    ex_drop(&w);
}

int
main(void)
{
    if (wb_crypto_ready(NULL) != PWWB_OK)
        abort();
    RUN(its_text_is_what_the_protocol_says);
    RUN(white_space_around_it_is_passed_over_and_within_it_is_not);
    RUN(the_longest_ticket_fits);
    RUN(a_field_out_of_range_is_not_read);
    RUN(a_portal_refuses_to_make_what_is_out_of_range);
    RUN(a_ticket_that_is_not_text_is_not_made);
    return DONE;
}
