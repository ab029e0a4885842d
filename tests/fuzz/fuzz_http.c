/* SPDX-License-Identifier: Apache-2.0 */
/* parses: amqp/http_head.c */
/* The head of an answer of HTTP, by a proxy or a WebSocket's server. */
#include "amqp/http_head.h"
#include "fuzz.h"

static void
check_value(const wb_amqp_head *head, wb_amqp_text value)
{
    const char *end = head->fields.p + head->fields.len;

    FUZZ_CHECK(value.len == 0 || (value.p >= head->fields.p && value.p + value.len <= end));
    FUZZ_CHECK(memchr(value.p, '\r', value.len) == NULL);
    FUZZ_CHECK(memchr(value.p, '\n', value.len) == NULL);
    FUZZ_CHECK(memchr(value.p, '\0', value.len) == NULL);
}

/* A head is what it is whatever comes behind it, and none of its beginnings is one. */
static void
check_head(const uint8_t *data, const wb_amqp_head *head)
{
    wb_amqp_head again;
    wb_amqp_text value;
    size_t       count;

    FUZZ_CHECK(head->minor == 0 || head->minor == 1);
    FUZZ_CHECK(head->status >= 100 && head->status <= 599);
    FUZZ_CHECK(head->len >= 4 && memcmp(data + head->len - 4, "\r\n\r\n", 4) == 0);
    FUZZ_CHECK(wb_amqp_head_parse(data, head->len, &again) == PWWB_OK && again.len == head->len);
    FUZZ_CHECK(wb_amqp_head_parse(data, head->len - 1, &again) == PWWB_OK && again.len == 0);
    count = wb_amqp_head_find(head, "Connection", &value);
    check_value(head, value);
    FUZZ_CHECK(count > 0 || !wb_amqp_head_lists(head, "connection", "upgrade"));
    FUZZ_CHECK(count != 1 || !wb_amqp_text_is(value, "upgrade")
               || wb_amqp_head_lists(head, "connection", "upgrade"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_amqp_head head;
    pwwb_status  st;

    fuzz_begin();
    st = wb_amqp_head_parse(data, size, &head);
    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_MALFORMED || st == PWWB_E_TOO_LARGE);
    FUZZ_CHECK(st != PWWB_E_TOO_LARGE || size >= WB_AMQP_HEAD_MAX);
    FUZZ_CHECK(st == PWWB_OK || head.len == 0);
    FUZZ_CHECK(head.len <= size && head.len <= WB_AMQP_HEAD_MAX);
    if (head.len > 0)
        check_head(data, &head);
    return 0;
}
