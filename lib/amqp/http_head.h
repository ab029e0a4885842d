/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_HTTP_HEAD_H
#define WB_AMQP_HTTP_HEAD_H

#include <pwwb/error.h>

/* The head of an HTTP/1.x response (RFC 9112), read strictly: CRLF ends a line and stands nowhere
 * else, no folded lines, no octet that a head cannot have. Nothing is copied or allocated. */

#define WB_AMQP_HEAD_MAX 8192

typedef struct wb_amqp_text {
    const char *p; /* not ended by a NUL */
    size_t      len;
} wb_amqp_text;

typedef struct wb_amqp_head {
    size_t       len;     /* octets, with the empty line; 0 = its end is not there yet */
    int32_t      minor;   /* of HTTP/1.x: 0 or 1 */
    int32_t      status;  /* 100 to 599 */
    wb_amqp_text fields;  /* all header lines */
} wb_amqp_head;

/* PWWB_OK, with or without an end; PWWB_E_MALFORMED as soon as it cannot become a head;
 * PWWB_E_TOO_LARGE: no end within WB_AMQP_HEAD_MAX. What is in ret_head points into `data`. */
pwwb_status wb_amqp_head_parse(const uint8_t *data, size_t len, wb_amqp_head *ret_head);

/* How many fields have this name, in any case; the value of the first, without white space around. */
size_t wb_amqp_head_find(const wb_amqp_head *head, const char *name, wb_amqp_text *ret_value);

/* Whether one of the comma-separated lists in the fields of this name has the token, in any case. */
int wb_amqp_head_lists(const wb_amqp_head *head, const char *name, const char *token);

/* Whether a text is this one, in any case. */
int wb_amqp_text_is(wb_amqp_text text, const char *word);

#endif /* WB_AMQP_HTTP_HEAD_H */
