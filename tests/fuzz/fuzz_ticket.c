/* SPDX-License-Identifier: Apache-2.0 */
/* parses: ticket.c */
/* Tickets: the text as an administrator pastes it, and as its content what only who can add a check
 * sum puts there. One that is read is printed again, and comes out the same. */
#include "fuzz.h"
#include "order.h"

#define PREFIX_LEN 6 /* "pwwb1-" */

/* The content, printed as a text, is the same content again. */
static void
print_again(wb_span in, const wb_ticket *ticket)
{
    char      text[PWWB_TICKET_SIZE];
    uint8_t   octets_[PWWB_TICKET_SIZE];
    wb_ticket again;
    size_t    need = wb_ticket_print(ticket, NULL, 0);
    ssize_t   len;

    FUZZ_CHECK(need <= sizeof(text) && wb_ticket_print(ticket, text, sizeof(text)) == need);
    FUZZ_CHECK(strlen(text) == need - 1);
    len = wb_base64url_parse(text + PREFIX_LEN, need - 1 - PREFIX_LEN, octets_, sizeof(octets_));
    FUZZ_CHECK(len == (ssize_t)in.len + 4 && memcmp(octets_, in.p, in.len) == 0);
    FUZZ_CHECK(wb_ticket_parse(text, need - 1, &again, NULL) == PWWB_OK);
    FUZZ_CHECK(memcmp(&again, ticket, sizeof(again)) == 0);
}

static void
read_content(wb_span in)
{
    wb_ticket ticket = {0};

    if (wb_ticket_read(in, &ticket) != PWWB_OK)
        return;

    FUZZ_CHECK(ticket.expires_s > 0 && ticket.generation <= WB_GENERATION_MAX);
    FUZZ_CHECK(strlen(ticket.address) < sizeof(ticket.address));
    FUZZ_CHECK(strlen(ticket.credential) < sizeof(ticket.credential));
    print_again(in, &ticket);
}

static pwwb_status
parse(const char *text, size_t len, wb_ticket *ticket)
{
    pwwb_error *err = pwwb_error_new();
    pwwb_status st  = wb_ticket_parse(text, len, ticket, err);

    fuzz_check_text(err);
    FUZZ_CHECK(st == PWWB_OK || (st == PWWB_E_MALFORMED && fuzz_is_zero(ticket, sizeof(*ticket))));
    pwwb_error_free(err);
    return st;
}

static void
read_text(const char *text, size_t len)
{
    char      printed[PWWB_TICKET_SIZE];
    wb_ticket ticket;
    size_t    need;

    if (parse(text, len, &ticket) != PWWB_OK)
        return;

    need = wb_ticket_print(&ticket, printed, sizeof(printed)) - 1;
    while (*text != printed[0]) /* white space around it */
        text++, len--;
    FUZZ_CHECK(need <= len && memcmp(text, printed, need) == 0);
    while (len > need)
        FUZZ_CHECK(strchr(" \t\r\n", text[--len]) != NULL);
}

/* As a text with its check sum: what is read in it is what is read of the content alone. */
static void
read_as_text(wb_span in)
{
    uint8_t   octets_[PWWB_TICKET_SIZE], hash[WB_SHA256_SIZE];
    char      text[PREFIX_LEN + 2 * PWWB_TICKET_SIZE] = "pwwb1-";
    wb_ticket ticket                                  = {0};
    int       is_read                                 = wb_ticket_read(in, &ticket) == PWWB_OK;

    if (in.len == 0 || in.len + 4 > sizeof(octets_))
        return;
    memcpy(octets_, in.p, in.len);
    wb_sha256(in.p, in.len, hash);
    memcpy(octets_ + in.len, hash, 4);
    wb_base64url_print(octets_, in.len + 4, text + PREFIX_LEN, sizeof(text) - PREFIX_LEN);
    FUZZ_CHECK((parse(text, strlen(text), &ticket) == PWWB_OK) == is_read);
    read_text(text, strlen(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    read_content(wb_span_of(data, size));
    read_text((const char *)data, size);
    read_as_text(wb_span_of(data, size));
    return 0;
}
