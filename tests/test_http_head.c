/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 */
/* What is a head, and what is none, comes from RFC 9112 (2.2, 4, 5) and RFC 9110 (5.5, 5.6.2). */
#include <stdlib.h>

#include "amqp/http_head.h"
#include "harness.h"

#define LINE "HTTP/1.1 101 Switching Protocols\r\n"

/* In memory of just that size, so that a sanitizer or valgrind sees what is read beyond it. */
static pwwb_status
parse(const char *text, size_t len, wb_amqp_head *ret_head)
{
    uint8_t     *copy = malloc(len > 0 ? len : 1);
    pwwb_status  st;
    wb_amqp_head head;

    memcpy(copy, text, len);
    st = wb_amqp_head_parse(copy, len, &head);
    if (head.fields.p != NULL)
        head.fields.p = text + (head.fields.p - (const char *)copy);
    free(copy);
    *ret_head = head;
    return st;
}

static void
check_head(const char *text, int32_t minor, int32_t status)
{
    wb_amqp_head head;

    CHECK_STATUS(PWWB_OK, parse(text, strlen(text), &head));
    CHECK_INT(strlen(text), head.len);
    CHECK_INT(minor, head.minor);
    CHECK_INT(status, head.status);
}

static void
check_refused(const char *text, size_t len)
{
    wb_amqp_head head;

    CHECK_STATUS(PWWB_E_MALFORMED, parse(text, len, &head));
    CHECK_INT(0, head.len);
    CHECK_INT(0, head.status);
}

#define REFUSED(text) check_refused(text, sizeof(text) - 1)

static void
a_head_ends_with_an_empty_line(void)
{
    check_head("HTTP/1.1 200 OK\r\n\r\n", 1, 200);
    check_head("HTTP/1.0 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n", 0, 200);
    check_head("HTTP/1.1 404 \r\nA:b\r\n\r\n", 1, 404);
    check_head("HTTP/1.1 404\r\n\r\n", 1, 404);
    check_head("HTTP/1.1 599 \tGrund: \xe4\xff\r\n\r\n", 1, 599);
    check_head("HTTP/1.1 100 Continue\r\nX!#$%&'*+-.^_`|~9: \t\xfcmlaut \t\r\n\r\n", 1, 100);
}

static void
every_beginning_of_a_head_is_one_without_an_end(void)
{
    static const char text[] = LINE "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n";
    size_t            len;

    for (len = 0; len < sizeof(text) - 1; len++) {
        wb_amqp_head head;

        CHECK_STATUS(PWWB_OK, parse(text, len, &head));
        CHECK_INT(0, head.len);
    }
}

static void
what_comes_behind_a_head_is_not_looked_at(void)
{
    static const char text[] = LINE "\r\n\x82\x05\0\r\nHTTP";
    wb_amqp_head      head;

    CHECK_STATUS(PWWB_OK, parse(text, sizeof(text), &head));
    CHECK_INT(strlen(LINE) + 2, head.len);
    CHECK_INT(0, head.fields.len);
}

static void
another_protocol_is_known_by_its_first_octets(void)
{
    REFUSED("S");
    REFUSED("SSH-2.0-OpenSSH_9.2\r\n");
    REFUSED("\x15\x03\x03");
    REFUSED("HTTP/2.0 200 OK\r\n");
    REFUSED("http/1.1 200 OK\r\n");
    REFUSED("\r\nHTTP/1.1 200 OK\r\n");
    REFUSED("HTTP/1.1\t200 OK\r\n");
}

static void
a_status_line_is_read_strictly(void)
{
    REFUSED("HTTP/1.2 200 OK\r\n");
    REFUSED("HTTP/1.1  200 OK\r\n");
    REFUSED("HTTP/1.1 20 OK\r\n");
    REFUSED("HTTP/1.1 2000 OK\r\n");
    REFUSED("HTTP/1.1 099 OK\r\n");
    REFUSED("HTTP/1.1 600 OK\r\n");
    REFUSED("HTTP/1.1 -20 OK\r\n");
    REFUSED("HTTP/1.1 2x0 OK\r\n");
    REFUSED("HTTP/1.1 200-OK\r\n");
    REFUSED("HTTP/1.1 200 O\x01K\r\n");
    REFUSED("HTTP/1.1 200 O\0K\r\n");
    REFUSED("HTTP/1.1 200 O\x7fK");
    REFUSED("HTTP/1.1\r\n");
}

static void
a_line_ends_with_cr_and_lf_and_has_neither_within(void)
{
    REFUSED("HTTP/1.1 200 OK\n");
    REFUSED("HTTP/1.1 200 OK\rA: b\r\n");
    REFUSED("HTTP/1.1 200 OK\r\r\n");
    REFUSED(LINE "A: b\n\r\n");
    REFUSED(LINE "A: b\r\n\n");
    REFUSED(LINE "A: b\rC: d\r\n\r\n");
    REFUSED(LINE "\r\r\n");
}

static void
a_field_has_a_name_and_no_folds(void)
{
    REFUSED(LINE "A: b\r\n c\r\n\r\n");
    REFUSED(LINE "A: b\r\n\tc\r\n\r\n");
    REFUSED(LINE " A: b\r\n\r\n");
    REFUSED(LINE "A : b\r\n\r\n");
    REFUSED(LINE ": b\r\n\r\n");
    REFUSED(LINE "A\r\n\r\n");
    REFUSED(LINE "A(: b\r\n\r\n");
    REFUSED(LINE "A\xe4: b\r\n\r\n");
    REFUSED(LINE "A: b\x02\r\n\r\n");
    REFUSED(LINE "A: b\0c\r\n\r\n");
    REFUSED(LINE "A\0: b\r\n\r\n");
}

static void
a_head_has_8192_octets_at_most(void)
{
    static char  text[WB_AMQP_HEAD_MAX + 4] = "HTTP/1.1 200 OK\r\nA: ";
    size_t       used                       = strlen(text);
    wb_amqp_head head;

    memset(text + used, 'x', sizeof(text) - used);
    CHECK_STATUS(PWWB_OK, parse(text, WB_AMQP_HEAD_MAX - 1, &head));
    CHECK_INT(0, head.len);
    CHECK_STATUS(PWWB_E_TOO_LARGE, parse(text, WB_AMQP_HEAD_MAX, &head));

    memcpy(text + WB_AMQP_HEAD_MAX - 4, "\r\n\r\n", 4);
    CHECK_STATUS(PWWB_OK, parse(text, sizeof(text), &head));
    CHECK_INT(8192, head.len);

    memcpy(text + WB_AMQP_HEAD_MAX - 4, "x\r\n\r\n", 5);
    CHECK_STATUS(PWWB_E_TOO_LARGE, parse(text, sizeof(text), &head));
    CHECK_INT(0, head.len);
}

static void
fields_are_found_by_their_names_in_any_case(void)
{
    static const char text[] = LINE "one: 1\r\nOnes: no\r\nOne-: no\r\nONE: \t second\r\n"
                                    "Empty:\r\nSpace: \t \r\nColon: a:b\r\n\r\n";
    wb_amqp_head      head;
    wb_amqp_text      value;

    CHECK_STATUS(PWWB_OK, parse(text, strlen(text), &head));
    CHECK_INT(2, wb_amqp_head_find(&head, "One", &value));
    CHECK_MEM("1", 1, value.p, value.len);
    CHECK_INT(1, wb_amqp_head_find(&head, "empty", &value));
    CHECK_INT(0, value.len);
    CHECK_INT(1, wb_amqp_head_find(&head, "space", &value));
    CHECK_INT(0, value.len);
    CHECK_INT(1, wb_amqp_head_find(&head, "colon", &value));
    CHECK_MEM("a:b", 3, value.p, value.len);
    CHECK_INT(0, wb_amqp_head_find(&head, "on", &value));
    CHECK_INT(0, value.len);
}

static void
lists_are_searched_for_a_word(void)
{
    static const char text[] = LINE "Connection: keep-alive ,\t uPGRADE\r\nConnection: close\r\n"
                                    "Other: upgrades, up grade,,\r\n\r\n";
    wb_amqp_head      head;

    CHECK_STATUS(PWWB_OK, parse(text, strlen(text), &head));
    CHECK(wb_amqp_head_lists(&head, "connection", "Upgrade"));
    CHECK(wb_amqp_head_lists(&head, "connection", "keep-alive"));
    CHECK(wb_amqp_head_lists(&head, "connection", "close"));
    CHECK(!wb_amqp_head_lists(&head, "connection", "keep"));
    CHECK(!wb_amqp_head_lists(&head, "other", "upgrade"));
    CHECK(!wb_amqp_head_lists(&head, "none", "upgrade"));
}

int
main(void)
{
    RUN(a_head_ends_with_an_empty_line);
    RUN(every_beginning_of_a_head_is_one_without_an_end);
    RUN(what_comes_behind_a_head_is_not_looked_at);
    RUN(another_protocol_is_known_by_its_first_octets);
    RUN(a_status_line_is_read_strictly);
    RUN(a_line_ends_with_cr_and_lf_and_has_neither_within);
    RUN(a_field_has_a_name_and_no_folds);
    RUN(a_head_has_8192_octets_at_most);
    RUN(fields_are_found_by_their_names_in_any_case);
    RUN(lists_are_searched_for_a_word);
    return DONE;
}
