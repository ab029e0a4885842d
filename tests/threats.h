/* SPDX-License-Identifier: Apache-2.0 */
#ifndef THREATS_H
#define THREATS_H

/* What a thief holds and does: keys out of a stolen half, orders by an identity of his own, messages
 * put together with the library's own codecs. docs/secrets.md says which thief. */

#include "envelope.h"
#include "exchanges.h"
#include "octets.h"
#include "order.h"

/* A seed that no honest agent has. */
static const uint8_t th_seed[WB_ED25519_SIZE] = "the seed of a thief's identity.";

/* Whether nothing was written since. */
typedef struct th_state {
    ex_store agent, portal;
} th_state;

static inline th_state
th_now(const ex_world *w)
{
    return (th_state){w->agent_store, w->portal_store};
}

static inline int
th_same_store(const ex_store *a, const ex_store *b)
{
    return a->version == b->version && a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

static inline int
th_unchanged(const ex_world *w, const th_state *before)
{
    return th_same_store(&w->agent_store, &before->agent)
           && th_same_store(&w->portal_store, &before->portal);
}

/* The portal's public key: its own, or its ticket's where it has none yet. */
static inline void
th_portal_key(ex_world *w, uint8_t public_[WB_X25519_SIZE])
{
    pwwb_keyring  *k     = ex_keys(&w->portal);
    const uint8_t *own   = k->keys->portal;
    static const uint8_t none[WB_X25519_SIZE];

    wb_x25519_public(memcmp(own, none, sizeof(none)) == 0 ? k->keys->ticket_portal : own, public_);
    pwwb_keyring_free(k);
}

/* An order that is right but for who signs it: new keys, above all that the portal knows. */
static inline wb_order
th_order(ex_world *w, int32_t kind)
{
    wb_order o = {.kind       = kind,
                  .issued_s   = w->clock.wall_ms / 1000 + 60,
                  .generation = ex_info(&w->portal).generation + 1,
                  .suite      = PWWB_SUITE_X25519,
                  .created_s  = w->clock.wall_ms / 1000,
                  .public_len = WB_X25519_SIZE};

    wb_random(o.id, sizeof(o.id));
    wb_random(o.control_key, sizeof(o.control_key));
    wb_random(o.tenant_key, sizeof(o.tenant_key));
    wb_x25519_public(th_seed, o.public_);
    memcpy(o.tenant, ex_tenant, PWWB_ID_SIZE);
    th_portal_key(w, o.portal);
    wb_ed25519_public(th_seed, o.identity);
    return o;
}

/* Signed by that seed, and given to the portal. */
static inline pwwb_status
th_give(ex_world *w, const wb_order *o, const uint8_t *seed, ex_message *ret_back,
        pwwb_exchange_event *ret_event)
{
    uint8_t    digest[WB_SHA256_SIZE];
    ex_message m = {0};

    CHECK_STATUS(PWWB_OK,
                 wb_order_seal(o, seed, m.octets, sizeof(m.octets), &m.len, digest, NULL));
    return ex_take(&w->portal, &m, ret_back, ret_event);
}

/* The same, where only the status and the code are asked for. */
static inline pwwb_status
th_try(ex_world *w, const wb_order *o, const uint8_t *seed, int32_t *ret_code)
{
    ex_message          back;
    pwwb_exchange_event event;
    pwwb_status         st = th_give(w, o, seed, &back, &event);

    *ret_code = event.code;
    CHECK(st == PWWB_OK || back.len == 0); /* no answer to what is refused */
    return st;
}

/* A request of the portal's, sealed now. */
static inline ex_message
th_request(ex_world *w)
{
    pwwb_keyring *k = ex_keys(&w->portal);
    ex_message    m = {0};

    CHECK_STATUS(PWWB_OK, ex_seal(k, w->clock.wall_ms / 1000, &m));
    pwwb_keyring_free(k);
    return m;
}

/* Open the outer layer of a message with the tenant key of a stolen half. */
static inline size_t
th_outer_open(const pwwb_keyring *k, const char *label, const ex_message *m, uint8_t *plain)
{
    const wb_epoch *epoch;
    size_t          len = 0;

    CHECK_STATUS(PWWB_OK, wb_outer_open(k, label, wb_span_of(m->octets, m->len), plain, &len, &epoch,
                                        NULL));
    return len;
}

static inline ex_message
th_outer_seal(const pwwb_keyring *k, const char *label, const uint8_t *plain, size_t len)
{
    ex_message m = {0};

    m.len = wb_outer_seal(&k->epochs[0], label, wb_span_of(plain, len), m.octets, sizeof(m.octets));
    CHECK(m.len <= sizeof(m.octets));
    return m;
}

static inline int
th_contains(const void *in, size_t in_len, const void *what, size_t len)
{
    return memmem(in, in_len, what, len) != NULL;
}

#endif /* THREATS_H */
