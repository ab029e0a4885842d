/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_RESOLVER_DNS_H
#define WB_RESOLVER_DNS_H

/* Messages of DNS, RFC 1035 4: a question for SRV records, and its answer. libresolv is the
 * codec. */

#include "resolver.h"
#include "span.h"

#define WB_DNS_ANSWER_SIZE 4096

typedef struct wb_dns_question {
    const char *name; /* borrowed */
    uint8_t     octets[288];
    size_t      len;
} wb_dns_question;

/* What an answer is to a question. */
enum {
    WB_DNS_FOREIGN, /* to none or to another question: to be passed over */
    WB_DNS_FOUND,
    WB_DNS_NOTHING, /* there is no such record */
    WB_DNS_CUT,     /* too long for a datagram */
    WB_DNS_FAILED   /* the server refuses, fails, or writes nonsense */
};

/* 0, or -1 when the name is none. */
int wb_dns_ask(wb_dns_question *question, const char *name, uint16_t id);

/* Records that name no host or no port are left out, and those beyond PWWB_RESOLVER_MAX. */
int wb_dns_read(const wb_dns_question *question, wb_span answer, pwwb_service *list,
                size_t *ret_count);

#endif /* WB_RESOLVER_DNS_H */
