/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_BROKEN_H
#define CONTRACT_BROKEN_H

/* The controls: the relay in this process behind a transport that breaks one promise. Each must be
 * caught by a test of the contract. */

#include <stdatomic.h>

#include "local.h"

enum broken_kind {
    BROKEN_NOT = 0,    /* the control of the controls */
    BROKEN_LOSES,      /* one message in seven, saying that it went */
    BROKEN_LOSES_LATE,
    BROKEN_DOUBLES,
    BROKEN_DENIES,     /* "no agent" to one in four hundred, and the message goes */
    BROKEN_HANGS,      /* far past every deadline */
    BROKEN_HASTES,     /* a time-out before its time */
    BROKEN_FLIPS,      /* one bit of the octets */
    BROKEN_CUTS,       /* the last octet of long messages */
    BROKEN_RENAMES,    /* the id */
    BROKEN_KEEPS,      /* what is expired */
    BROKEN_FORGETS,    /* to settle */
    BROKEN_RELEASES,   /* what is to be rejected */
    BROKEN_SWALLOWS,   /* what is to be released */
    BROKEN_SHARES,     /* one address by all portals */
    BROKEN_UNMARKS,    /* what came before */
    BROKEN_BOASTS,     /* of agents */
    BROKEN_KINDS
};

static const char *const broken_names[BROKEN_KINDS] = {
    "nothing",
    "loses one in seven",
    "loses one in four hundred",
    "delivers one in seven twice",
    "says NO_AGENT to one in four hundred and delivers",
    "never times out",
    "times out at once",
    "flips a bit",
    "cuts the last octet",
    "changes the id",
    "delivers what is expired",
    "does not settle",
    "delivers again what is rejected",
    "removes what is released",
    "gives all portals one address",
    "does not mark what came before",
    "says that an agent listens",
};

static int broken_how; /* one of enum broken_kind */

typedef struct broken {
    pwwb_transport *inner;
    uint8_t         twice[PWWB_ENVELOPE_MAX];
    pwwb_delivery   kept; /* len 0 = nothing to deliver again */
} broken;

static atomic_uint broken_calls;

static inline int
broken_hits(int kind, unsigned one_in)
{
    return broken_how == kind && ++broken_calls % one_in == 0;
}

static inline pwwb_status
broken_send(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    broken      *b = ctx;
    pwwb_message m = *message;
    pwwb_status  st;

    if (broken_hits(BROKEN_LOSES, 7) || broken_hits(BROKEN_LOSES_LATE, 400))
        return PWWB_OK;
    if (broken_how == BROKEN_KEEPS)
        m.expires_ms = INT64_MAX;
    st = wb_transport_send(b->inner, &m, timeout_ms, err);
    return st == PWWB_OK && broken_hits(BROKEN_DENIES, 400) ? PWWB_E_NO_AGENT : st;
}

static inline void
broken_spoil(uint8_t *buf, pwwb_delivery *d)
{
    if (broken_how == BROKEN_FLIPS)
        buf[d->len / 2] ^= 0x80;
    if (broken_how == BROKEN_CUTS && d->len > 4000)
        d->len--;
    if (broken_how == BROKEN_RENAMES)
        d->id[PWWB_ID_SIZE - 1] ^= 1;
    if (broken_how == BROKEN_UNMARKS)
        d->is_redelivered = PWWB_NO;
}

static inline pwwb_status
broken_receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery,
               int64_t timeout_ms, pwwb_error *err)
{
    broken     *b = ctx;
    pwwb_status st;

    if (b->kept.len > 0) {
        memcpy(buf, b->twice, b->kept.len);
        *ret_delivery = b->kept;
        b->kept.len   = 0;
        return PWWB_OK;
    }
    st = wb_transport_receive(b->inner, buf, buf_size, ret_delivery,
                              broken_how == BROKEN_HASTES ? 0 : timeout_ms, err);
    if (st == PWWB_E_TIMEOUT && broken_how == BROKEN_HANGS)
        ct_pause(400);
    if (st != PWWB_OK)
        return st;
    broken_spoil(buf, ret_delivery);
    if (broken_hits(BROKEN_DOUBLES, 7)) {
        memcpy(b->twice, buf, ret_delivery->len);
        b->kept = *ret_delivery;
    }
    return st;
}

static inline pwwb_status
broken_settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    broken *b = ctx;

    if (broken_how == BROKEN_FORGETS)
        return PWWB_OK;
    if (broken_how == BROKEN_RELEASES && verdict == PWWB_SETTLE_REJECT)
        verdict = PWWB_SETTLE_RELEASE;
    if (broken_how == BROKEN_SWALLOWS && verdict == PWWB_SETTLE_RELEASE)
        verdict = PWWB_SETTLE_ACCEPT;
    return wb_transport_settle(b->inner, tag, verdict, timeout_ms, err);
}

static inline const char *
broken_address(void *ctx)
{
    static _Thread_local char address[PWWB_ADDRESS_SIZE];
    broken                   *b = ctx;

    (void)wb_transport_address(b->inner, address, NULL);
    return broken_how == BROKEN_SHARES && address[0] != '\0' ? "portal-1" : address;
}

static inline pwwb_status
broken_presence(void *ctx, int32_t *ret_agents, pwwb_error *err)
{
    broken     *b  = ctx;
    pwwb_status st = wb_transport_presence(b->inner, ret_agents, err);

    if (broken_how == BROKEN_BOASTS)
        *ret_agents = PWWB_YES;
    return st;
}

static inline pwwb_status
broken_hold(void *ctx, uint64_t tag, pwwb_error *err)
{
    return wb_transport_hold(((broken *)ctx)->inner, tag, err);
}

static inline void
broken_destroy(void *ctx)
{
    broken *b = ctx;

    pwwb_transport_free(b->inner);
    free(b);
}

static inline pwwb_transport *
broken_connect(int32_t end)
{
    const pwwb_transport_ops ops = {
        sizeof(ops),    broken_send,    broken_receive,  broken_settle,
        broken_address, broken_destroy, broken_presence, broken_hold};
    broken         *b = calloc(1, sizeof(*b));
    pwwb_transport *t = NULL;

    b->inner = local_connect(end);
    CHECK_STATUS(PWWB_OK, pwwb_transport_new(&ops, b, &t, NULL));
    return t;
}

#endif /* CONTRACT_BROKEN_H */
