/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys by hand: a tenant is enabled by a ticket and its keys are rolled, with key stores of the
 * host's own and the messages carried by whatever carries them.
 *
 *     16_exchange
 */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>

static const uint8_t tenant[PWWB_ID_SIZE] = {0x6f, 0x1c, 0x20, 0x9b};

/* [store] */
/* A row of a database, say. What comes is sealed already. */
typedef struct row {
    uint64_t version; /* how often it was written; 0 = never */
    size_t   len;
    uint8_t  octets[PWWB_KEYRING_MAX];
} row;

static pwwb_status
load(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, uint64_t *ret_version,
     pwwb_error *err)
{
    const row *r = ctx;

    if (r->version == 0)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "nothing was stored yet");
    if (r->len > buf_size)
        return pwwb_error_set(err, PWWB_E_BUFFER_TOO_SMALL, "the keyring does not fit");

    memcpy(buf, r->octets, r->len);
    *ret_len     = r->len;
    *ret_version = r->version;
    return PWWB_OK;
}

/* UPDATE ... WHERE version = expected, and durable before it answers. */
static pwwb_status
swap(void *ctx, uint64_t expected, const uint8_t *data, size_t len, pwwb_error *err)
{
    row *r = ctx;

    if (r->version != expected)
        return pwwb_error_set(err, PWWB_E_CHANGED, "somebody else was first");
    if (len > sizeof(r->octets))
        return pwwb_error_set(err, PWWB_E_NO_SPACE, "the keyring does not fit");

    memcpy(r->octets, data, len);
    r->len = len;
    r->version++;
    return PWWB_OK;
}

static const pwwb_keystore_ops row_ops = {
    .size = sizeof(pwwb_keystore_ops), .load = load, .swap = swap};
/* [store] end */

typedef struct side {
    row            kept;
    pwwb_keystore *store;
    pwwb_exchange *exchange;
} side;

static pwwb_status
make(side *s, int32_t half, const uint8_t *lock, pwwb_error *err)
{
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = lock,
                                     .secret_len = PWWB_LOCK_KEY_SIZE};
    pwwb_exchange_options exchange = {.size = sizeof(exchange), .suite = PWWB_SUITE_X25519};
    pwwb_status st = pwwb_keystore_new(&row_ops, &s->kept, &options, &s->store, err);

    return st == PWWB_OK ? pwwb_exchange_new(s->store, half, &exchange, &s->exchange, err) : st;
}

static void
drop(side *s)
{
    pwwb_exchange_free(s->exchange);
    pwwb_keystore_free(s->store);
}

static pwwb_status
describe(const side *s, pwwb_keyring_info *info, pwwb_error *err)
{
    pwwb_keyring *keys = NULL;
    pwwb_status   st   = pwwb_keystore_load(s->store, &keys, err);

    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keys, info, err);
    pwwb_keyring_free(keys);
    return st;
}

/* [carry] */
/* The agent's order to the portal, and the portal's answer back. Any message may be lost: a step
 * gives it again later, and what comes twice changes nothing. */
static pwwb_status
carry(side *agent, side *portal, int32_t *ret_code, pwwb_error *err)
{
    uint8_t             order[PWWB_ENVELOPE_MAX], answer[PWWB_ENVELOPE_MAX];
    pwwb_exchange_event event = {.size = sizeof(event)};
    size_t              len, answer_len = 0;
    pwwb_status         st = pwwb_exchange_step(agent->exchange, order, sizeof(order), &len, err);

    if (st == PWWB_OK && len > 0)
        st = pwwb_exchange_take(portal->exchange, order, len, answer, sizeof(answer), &answer_len,
                                &event, err);
    *ret_code = event.code;
    if (st == PWWB_OK && answer_len > 0)
        st = pwwb_exchange_take(agent->exchange, answer, answer_len, NULL, 0, &len, NULL, err);
    return st;
}
/* [carry] end */

/* [enable] */
static pwwb_status
enable(side *agent, side *portal, pwwb_error *err)
{
    char              text[PWWB_TICKET_SIZE];
    pwwb_ticket       ticket = {.size             = sizeof(ticket),
                                .relay_address    = "relay.example.test",
                                .relay_credential = "for the first connection"};
    pwwb_keyring_info here = {.size = sizeof(here)}, there = {.size = sizeof(there)};
    size_t            len;
    int32_t           code;
    pwwb_status       st;

    memcpy(ticket.tenant, tenant, sizeof(ticket.tenant));
    st = pwwb_exchange_ticket(portal->exchange, &ticket, text, sizeof(text), &len, err);
    if (st == PWWB_OK) /* the text goes to the agent's administrator: it is a secret */
        st = pwwb_exchange_begin(agent->exchange, PWWB_EXCHANGE_ENABLE, text, len, err);
    explicit_bzero(text, sizeof(text));
    if (st == PWWB_OK)
        st = carry(agent, portal, &code, err);
    if (st == PWWB_OK)
        st = describe(agent, &here, err);
    if (st == PWWB_OK)
        st = describe(portal, &there, err);
    if (st != PWWB_OK)
        return st;

    /* People compare the two, by telephone; what the agent shows is typed at the portal. */
    printf("agent %s, portal %s\n", here.fingerprint, there.fingerprint);
    return pwwb_exchange_confirm(portal->exchange, here.fingerprint, strlen(here.fingerprint), err);
}
/* [enable] end */

/* A snapshot that somebody holds stays as it is; what is loaded afterwards is new. */
static pwwb_status
roll(side *agent, side *portal, pwwb_error *err)
{
    pwwb_keyring     *loaded = NULL, *snapshot;
    pwwb_keyring_info before = {.size = sizeof(before)}, now = {.size = sizeof(now)};
    int32_t           code = 0;
    pwwb_status       st   = pwwb_keystore_load(portal->store, &loaded, err);

    if (st != PWWB_OK)
        return st;

    snapshot = pwwb_keyring_ref(loaded); /* for a thread, say, that seals meanwhile */
    pwwb_keyring_free(loaded);
    st = pwwb_exchange_begin(agent->exchange, PWWB_EXCHANGE_ROLL, NULL, 0, err);
    if (st == PWWB_OK)
        st = carry(agent, portal, &code, err);
    if (st == PWWB_OK)
        st = pwwb_keyring_describe(snapshot, &before, err);
    if (st == PWWB_OK)
        st = describe(portal, &now, err);
    if (st == PWWB_OK)
        printf("rolled: generation %d, and %d in the snapshot\n", (int)now.generation,
               (int)before.generation);
    pwwb_keyring_free(snapshot);
    if (st == PWWB_OK && (now.generation <= before.generation || code != PWWB_EXCHANGE_DONE))
        st = pwwb_error_set(err, PWWB_E_STATE, "nothing was rolled");
    return st;
}

int
main(void)
{
    static const uint8_t agent_lock[PWWB_LOCK_KEY_SIZE]  = {1}; /* in earnest both are random, */
    static const uint8_t portal_lock[PWWB_LOCK_KEY_SIZE] = {2}; /* and neither side sees the other's */
    static side          agent, portal;
    pwwb_keyring_info    info = {.size = sizeof(info)};
    pwwb_error          *err  = pwwb_error_new();
    pwwb_status          st   = make(&agent, PWWB_HALF_AGENT, agent_lock, err);

    if (st == PWWB_OK)
        st = make(&portal, PWWB_HALF_PORTAL, portal_lock, err);
    if (st == PWWB_OK)
        st = enable(&agent, &portal, err);
    if (st == PWWB_OK)
        st = roll(&agent, &portal, err);
    if (st == PWWB_OK)
        st = describe(&portal, &info, err);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    drop(&agent);
    drop(&portal);
    pwwb_error_free(err);
    return st == PWWB_OK && info.state == PWWB_TENANT_ENABLED ? 0 : 1;
}
