/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

/* What is exchanged: the rows of cases.json, and the folder where each side leaves its messages. */

#include <stdio.h>
#include <stdlib.h>

#include <pwwb/keystore.h>

#include "envelope.h"
#include "octets.h"

static const struct tenant {
    const char *text;
    octets      id;
    int64_t     now;
} all_tenants[] = {
#include "interop_tenant.h"
};
#define ours all_tenants[0]

static const struct request_case {
    const char *name;
    octets      password;
    octets      old_password;
    octets      cti;
    int64_t     iat;
    int64_t     exp;
    int32_t     operation;
    int32_t     origin;
    int32_t     actor;
    octets      actor_id;
    int32_t     user_type;
    int32_t     anchor_kind;
    octets      anchor;
    uint32_t    flags;
    int32_t     must_change;
    octets      reply_to;
} requests[] = {
#include "interop_requests.h"
};

static const struct reply_case {
    const char *name;
    const char *request;
    int32_t     outcome;
    int32_t     code;
    const char *controller;
    int64_t     time_ms;
    size_t      count;
    wb_finding  findings[PWWB_FINDINGS_MAX];
} replies[] = {
#include "interop_replies.h"
};

static inline pwwb_claims
claims_of(const struct request_case *c)
{
    pwwb_claims claims = {.size        = sizeof(claims),
                          .iat         = c->iat,
                          .exp         = c->exp,
                          .operation   = c->operation,
                          .origin      = c->origin,
                          .actor       = c->actor,
                          .user_type   = c->user_type,
                          .must_change = c->must_change,
                          .flags       = c->flags,
                          .anchor      = {.kind = c->anchor_kind}};

    memcpy(claims.tenant, ours.id.p, ours.id.len);
    memcpy(claims.cti, c->cti.p, c->cti.len);
    memcpy(claims.actor_id, c->actor_id.p, c->actor_id.len);
    memcpy(claims.anchor.guid, c->anchor.p, c->anchor.len);
    memcpy(claims.reply_to, c->reply_to.p, c->reply_to.len);
    return claims;
}

static inline const struct request_case *
request_of(const struct reply_case *r)
{
    size_t i = 0;

    while (strcmp(requests[i].name, r->request) != 0)
        if (++i == COUNT(requests))
            abort();
    return &requests[i];
}

static const char *folder;

typedef struct message {
    uint8_t octets[PWWB_ENVELOPE_MAX];
    size_t  len;
} message;

static inline FILE *
open_file(int32_t suite, const char *name, const char *kind, const char *who, const char *mode)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%d.%s%s%s", folder, suite, name, kind, who);
    return fopen(path, mode);
}

static inline void
put(int32_t suite, const char *name, const char *kind, const message *m)
{
    FILE *f = open_file(suite, name, kind, "ours", "wb");

    if (f == NULL || fwrite(m->octets, 1, m->len, f) != m->len || fclose(f) != 0)
        abort();
}

/* What is not there is empty, and fails where it is opened. */
static inline message
get(int32_t suite, const char *name, const char *kind, const char *who)
{
    FILE   *f = open_file(suite, name, kind, who, "rb");
    message m = {.len = 0};

    if (f == NULL)
        return m;
    m.len = fread(m.octets, 1, sizeof(m.octets), f);
    fclose(f);
    return m;
}

#endif /* EXCHANGE_H */
