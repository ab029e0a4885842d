/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_HTTP_ASK_H
#define WB_AMQP_HTTP_ASK_H

#include <pwwb/stream.h>

#include "http_head.h"

/* One request by which a connection becomes another thing, its answer, and what came behind that. */

#define WB_AMQP_REQUEST_MAX 4096

typedef struct wb_amqp_ask {
    pwwb_stream *under;
    size_t       request_len;
    size_t       request_at;   /* octets of it that are out */
    size_t       in_len;       /* octets there */
    size_t       in_at;        /* octets of them that are used up */
    int          interim;      /* heads of 1xx that came before */
    char         request[WB_AMQP_REQUEST_MAX];
    uint8_t      in[WB_AMQP_HEAD_MAX];
} wb_amqp_ask;

/* Put text at the request's end: 0 when there is no room. */
int wb_amqp_ask_add(wb_amqp_ask *ask, const char *text);

/* Go on with sending the request, which is wiped when it is out, and reading the final head. PWWB_OK:
 * it is there, and points into `ask`. PWWB_E_TIMEOUT: repeat. Any other status is for good. */
pwwb_status wb_amqp_ask_step(wb_amqp_ask *ask, int64_t deadline, wb_amqp_head *ret_head,
                             pwwb_error *err);

/* Octets behind the head, at most `size`; 0 when all are given. */
size_t wb_amqp_ask_rest(wb_amqp_ask *ask, uint8_t *buf, size_t size);

/* Whether a text is a host's name or address, with a port or without: nothing that could end a line
 * or a word. */
int wb_amqp_is_host(const char *host);

#endif /* WB_AMQP_HTTP_ASK_H */
