/* SPDX-License-Identifier: Apache-2.0 */
#include "resolver_dns.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>
#include <strings.h>

#define HEAD_SIZE     12
#define RDATA_OF_HEAD 6 /* priority, weight and port, RFC 2782 */

int
wb_dns_ask(wb_dns_question *question, const char *name, uint16_t id)
{
    static const uint8_t head[HEAD_SIZE] = {
        0, 0, 0x01, 0, /* recursion is desired */
        0, 1, 0, 0, 0, 0, 0, 0,
    };
    uint8_t *at = question->octets;
    int      len;

    question->name = name;
    memcpy(at, head, HEAD_SIZE);
    ns_put16(id, at);
    at += HEAD_SIZE;
    if (!wb_is_host_name(name, 256))
        return -1;
    len = dn_comp(name, at, (int)(sizeof(question->octets) - HEAD_SIZE - 4), NULL, NULL);
    if (len < 0)
        return -1;

    ns_put16(ns_t_srv, at + len);
    ns_put16(ns_c_in, at + len + 2);
    question->len = HEAD_SIZE + (size_t)len + 4;
    return 0;
}

/* Id, one question and which it is. Of letters the case may differ; no other octet of a question
 * in question is one that folds. */
static int
is_to(const wb_dns_question *question, wb_span answer)
{
    size_t i;

    if (answer.len < question->len || (answer.p[2] & 0x80) == 0
        || memcmp(answer.p, question->octets, 2) != 0
        || memcmp(answer.p + 4, question->octets + 4, 2) != 0)
        return 0;
    for (i = HEAD_SIZE; i < question->len; i++)
        if (strncasecmp((const char *)answer.p + i, (const char *)question->octets + i, 1) != 0)
            return 0;
    return 1;
}

/* 0, or -1 when it leads nowhere. */
static int
read_service(const ns_msg *msg, const ns_rr *rr, pwwb_service *service)
{
    const uint8_t *data = ns_rr_rdata(*rr);
    char           target[NS_MAXDNAME];
    int            len;

    if (ns_rr_rdlen(*rr) <= RDATA_OF_HEAD)
        return -1;
    len = dn_expand(ns_msg_base(*msg), ns_msg_end(*msg), data + RDATA_OF_HEAD, target,
                    sizeof(target));
    if (len != ns_rr_rdlen(*rr) - RDATA_OF_HEAD
        || !wb_is_host_name(target, sizeof(service->target)))
        return -1;

    memset(service, 0, sizeof(*service));
    memcpy(service->target, target, strlen(target));
    service->priority = (uint16_t)ns_get16(data);
    service->weight   = (uint16_t)ns_get16(data + 2);
    service->port     = (uint16_t)ns_get16(data + 4);
    return service->port != 0 ? 0 : -1;
}

/* Only records of the name that was asked for: no alias is followed. */
static int
is_wanted(const wb_dns_question *question, const ns_rr *rr)
{
    return ns_rr_type(*rr) == ns_t_srv && ns_rr_class(*rr) == ns_c_in
           && strcasecmp(ns_rr_name(*rr), question->name) == 0;
}

int
wb_dns_read(const wb_dns_question *question, wb_span answer, pwwb_service *list,
            size_t *ret_count)
{
    ns_msg msg;
    ns_rr  rr;
    int    i;

    *ret_count = 0;
    if (!is_to(question, answer))
        return WB_DNS_FOREIGN;
    if ((answer.p[2] & 0x02) != 0)
        return WB_DNS_CUT;
    if (ns_initparse(answer.p, (int)answer.len, &msg) != 0)
        return WB_DNS_FAILED;
    if (ns_msg_getflag(msg, ns_f_rcode) == ns_r_nxdomain)
        return WB_DNS_NOTHING;
    if (ns_msg_getflag(msg, ns_f_rcode) != ns_r_noerror)
        return WB_DNS_FAILED;

    for (i = 0; i < ns_msg_count(msg, ns_s_an) && *ret_count < PWWB_RESOLVER_MAX; i++) {
        if (ns_parserr(&msg, ns_s_an, i, &rr) != 0)
            return WB_DNS_FAILED;
        if (is_wanted(question, &rr) && read_service(&msg, &rr, &list[*ret_count]) == 0)
            (*ret_count)++;
    }
    return *ret_count > 0 ? WB_DNS_FOUND : WB_DNS_NOTHING;
}
