/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "keystore.h"
#include "ops.h"
#include "secret.h"
#include "utf.h"

#define DEFAULT_ROLL_MS      ((int64_t)182 * 24 * 3600 * 1000)
#define DEFAULT_OPEN_ONLY_MS 3600000
#define DEFAULT_RESEND_MS    30000
#define DEFAULT_TICKET_S     86400
#define TICKET_LIFE_MAX_S    604800
#define TRIES                16 /* against others who change the same store */

static pwwb_status
import_options(pwwb_exchange *x, const pwwb_exchange_options *theirs, pwwb_error *err)
{
    pwwb_exchange_options *ours = &x->options;
    pwwb_status            st;

    if (theirs != NULL) {
        st = wb_ops_import(ours, sizeof(*ours), WB_SIZE_UP_TO(pwwb_exchange_options, relay_ctx),
                           theirs);
        if (st != PWWB_OK)
            return wb_fail(err, st, "options of size %zu do not fit this library", theirs->size);
    }
    ours->roll_ms      = ours->roll_ms != 0 ? ours->roll_ms : DEFAULT_ROLL_MS;
    ours->open_only_ms = ours->open_only_ms != 0 ? ours->open_only_ms : DEFAULT_OPEN_ONLY_MS;
    ours->resend_ms    = ours->resend_ms != 0 ? ours->resend_ms : DEFAULT_RESEND_MS;
    if (ours->suite < 0 || ours->suite > PWWB_SUITE_X25519 || ours->roll_ms < -1
        || ours->open_only_ms < PWWB_OPEN_ONLY_MIN_MS || ours->resend_ms < 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "a suite or time is out of range: open_only_ms is at least %lld",
                       (long long)PWWB_OPEN_ONLY_MIN_MS);

    return wb_clock_make(&x->clock, ours->clock, ours->clock_ctx, err);
}

pwwb_status
pwwb_exchange_new(pwwb_keystore *store, int32_t half, const pwwb_exchange_options *options,
                  pwwb_exchange **ret_exchange, pwwb_error *err)
{
    pwwb_exchange *x;
    pwwb_status    st;

    wb_ok(err);
    if (ret_exchange != NULL)
        *ret_exchange = NULL;
    if (store == NULL || ret_exchange == NULL
        || (half != PWWB_HALF_AGENT && half != PWWB_HALF_PORTAL))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "store, half and ret_exchange must be given");

    st = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    x = calloc(1, sizeof(*x));
    if (x == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for an exchange");

    st = import_options(x, options, err);
    if (st == PWWB_OK) {
        x->work = wb_secret_new(sizeof(*x->work));
        if (x->work == NULL)
            st = wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory for an exchange");
    }
    if (st != PWWB_OK) {
        free(x);
        return st;
    }
    x->store = store;
    x->half  = half;
    wb_random(x->holder, sizeof(x->holder));
    *ret_exchange = x;
    return PWWB_OK;
}

void
pwwb_exchange_free(pwwb_exchange *exchange)
{
    if (exchange == NULL)
        return;

    wb_secret_free(exchange->work);
    free(exchange);
}

wb_rules
wb_exchange_rules_now(const pwwb_exchange *x)
{
    return (wb_rules){wb_clock_wall_ms(&x->clock), x->options.suite, x->options.roll_ms,
                      x->options.open_only_ms};
}

pwwb_status
wb_exchange_load(pwwb_exchange *x, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    static const uint8_t nobody[PWWB_ID_SIZE];
    pwwb_status          st = wb_keystore_load(x->store, ret_keyring, err);

    if (st == PWWB_E_NOT_FOUND) {
        *ret_keyring = wb_keyring_alloc(nobody, x->half);
        if (*ret_keyring == NULL)
            return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a keyring");
        wb_keystore_adopt(x->store, *ret_keyring); /* the first key, too, is made where all are */
        wb_ok(err);
        return PWWB_OK;
    }
    if (st == PWWB_OK && (*ret_keyring)->half != x->half) {
        pwwb_keyring_free(*ret_keyring);
        *ret_keyring = NULL;
        return wb_fail(err, PWWB_E_KEY_HALF, "the key store holds the other side's half");
    }
    if (st == PWWB_OK)
        x->seen_version = (*ret_keyring)->version;
    return st;
}

static pwwb_status
put(pwwb_exchange *x, pwwb_keyring *keyring, pwwb_error *err)
{
    pwwb_status st = wb_keystore_put(x->store, keyring, x->half, err);

    if (st == PWWB_OK)
        x->seen_version = ++keyring->version;
    return st;
}

pwwb_status
wb_exchange_change(pwwb_exchange *x, wb_change_fn how, void *arg, pwwb_keyring **ret_keyring,
                   pwwb_error *err)
{
    pwwb_keyring *keyring = NULL;
    pwwb_status   st      = PWWB_E_CHANGED;
    int           i;

    for (i = 0; i < TRIES && st == PWWB_E_CHANGED; i++) {
        int changed = 1;

        pwwb_keyring_free(keyring);
        st = wb_exchange_load(x, &keyring, err);
        if (st == PWWB_OK)
            st = how(x, keyring, arg, &changed, err);
        if (st == PWWB_OK && changed)
            st = put(x, keyring, err);
    }
    if (st == PWWB_OK && ret_keyring != NULL) {
        *ret_keyring = keyring;
        return PWWB_OK;
    }
    pwwb_keyring_free(keyring);
    return st;
}

static pwwb_status
make_ticket(pwwb_exchange *x, pwwb_keyring *keyring, void *arg, int *ret_changed, pwwb_error *err)
{
    wb_ticket *ticket = arg;

    (void)x;
    (void)ret_changed;
    if (keyring->version > 0 && memcmp(keyring->tenant, ticket->tenant, PWWB_ID_SIZE) != 0)
        return wb_fail(err, PWWB_E_WRONG_TENANT, "the key store is another tenant's");

    wb_portal_ticket(keyring, ticket);
    return PWWB_OK;
}

static int
copy_text(char *to, size_t size, const char *from)
{
    size_t len = from != NULL ? strnlen(from, size) : 0;

    if (len == size || wb_utf8_units((const uint8_t *)from, len) < 0)
        return -1;

    memcpy(to, from != NULL ? from : "", len);
    return 0;
}

static pwwb_status
import_ticket(const pwwb_exchange *x, const pwwb_ticket *theirs, wb_ticket *ticket,
              pwwb_error *err)
{
    pwwb_ticket ours;
    pwwb_status st;

    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_ticket, relay_credential), theirs);
    if (st != PWWB_OK)
        return wb_fail(err, st, "a ticket of size %zu does not fit this library", theirs->size);
    if (ours.life_s < 0 || ours.life_s > TICKET_LIFE_MAX_S)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "life_s must be 1 to %d", TICKET_LIFE_MAX_S);

    wb_wipe(ticket, sizeof(*ticket));
    memcpy(ticket->tenant, ours.tenant, sizeof(ticket->tenant));
    ticket->expires_s = wb_clock_wall_ms(&x->clock) / 1000
                        + (ours.life_s > 0 ? ours.life_s : DEFAULT_TICKET_S);
    if (copy_text(ticket->address, sizeof(ticket->address), ours.relay_address) != 0
        || copy_text(ticket->credential, sizeof(ticket->credential), ours.relay_credential) != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "the relay's address or credential is too long, or no UTF-8");

    return PWWB_OK;
}

pwwb_status
pwwb_exchange_ticket(pwwb_exchange *exchange, const pwwb_ticket *ticket, char *text,
                     size_t text_size, size_t *ret_len, pwwb_error *err)
{
    wb_ticket  *ours;
    pwwb_status st;
    size_t      need = 0;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (exchange == NULL || exchange->half != PWWB_HALF_PORTAL || ticket == NULL || ret_len == NULL
        || (text == NULL && text_size > 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "a portal's exchange, ticket, text and ret_len must be given");

    ours = &exchange->work->ticket;
    st   = import_ticket(exchange, ticket, ours, err);
    if (st == PWWB_OK && wb_ticket_print(ours, NULL, 0) + 16 > text_size) /* the generation grows */
        st = wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "a ticket takes up to %d octets",
                     PWWB_TICKET_SIZE);
    if (st == PWWB_OK)
        st = wb_exchange_change(exchange, make_ticket, ours, NULL, err);
    if (st == PWWB_OK)
        need = wb_ticket_print(ours, text, text_size);
    wb_wipe(ours, sizeof(*ours));
    *ret_len = need > 0 ? need - 1 : 0;
    return st;
}

void
wb_exchange_take_lease(const pwwb_exchange *x, pwwb_keyring *keyring)
{
    memcpy(keyring->party.lease_holder, x->holder, sizeof(x->holder));
    keyring->party.lease_until_ms = wb_clock_wall_ms(&x->clock) + 3 * x->options.resend_ms;
}

int
wb_exchange_may_lead(const pwwb_exchange *x, const pwwb_keyring *keyring)
{
    return memcmp(keyring->party.lease_holder, x->holder, sizeof(x->holder)) == 0
           || keyring->party.lease_until_ms <= wb_clock_wall_ms(&x->clock);
}

static pwwb_status
begin(pwwb_exchange *x, pwwb_keyring *keyring, void *arg, int *ret_changed, pwwb_error *err)
{
    int32_t     kind  = *(const int32_t *)arg;
    wb_rules    rules = wb_exchange_rules_now(x);
    pwwb_status st;

    (void)ret_changed;
    if (x->half == PWWB_HALF_PORTAL)
        return wb_portal_revoke(keyring, &rules, err);

    if (kind == PWWB_EXCHANGE_ENABLE)
        st = wb_agent_enable(keyring, &x->work->ticket, &rules, err);
    else if (kind == PWWB_EXCHANGE_ROLL)
        st = wb_agent_roll(keyring, &rules, err);
    else
        st = wb_agent_disable(keyring, &rules, err);
    if (st == PWWB_OK)
        wb_exchange_take_lease(x, keyring); /* who begins an exchange goes on with it */
    return st;
}

static int
is_of_half(int32_t half, int32_t kind)
{
    return half == PWWB_HALF_PORTAL
               ? kind == PWWB_EXCHANGE_REVOKE
               : kind >= PWWB_EXCHANGE_ENABLE && kind <= PWWB_EXCHANGE_DISABLE;
}

pwwb_status
pwwb_exchange_begin(pwwb_exchange *exchange, int32_t kind, const char *ticket, size_t ticket_len,
                    pwwb_error *err)
{
    pwwb_status st = PWWB_OK;

    wb_ok(err);
    if (exchange == NULL || !is_of_half(exchange->half, kind)
        || (ticket != NULL) != (kind == PWWB_EXCHANGE_ENABLE))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "an exchange of this side must be given, and a ticket just to enable");

    if (kind == PWWB_EXCHANGE_ENABLE)
        st = wb_ticket_parse(ticket, ticket_len, &exchange->work->ticket, err);
    if (st == PWWB_OK)
        st = wb_exchange_change(exchange, begin, &kind, NULL, err);
    wb_wipe(exchange->work, sizeof(*exchange->work));
    return st;
}

static pwwb_status
confirm(pwwb_exchange *x, pwwb_keyring *keyring, void *arg, int *ret_changed, pwwb_error *err)
{
    const wb_span *typed = arg;
    wb_rules       rules = wb_exchange_rules_now(x);

    *ret_changed = keyring->state == PWWB_TENANT_PENDING;
    return wb_portal_confirm(keyring, (const char *)typed->p, typed->len, &rules, err);
}

pwwb_status
pwwb_exchange_confirm(pwwb_exchange *exchange, const char *fingerprint, size_t fingerprint_len,
                      pwwb_error *err)
{
    wb_span typed = {(const uint8_t *)fingerprint, fingerprint_len};

    wb_ok(err);
    if (exchange == NULL || exchange->half != PWWB_HALF_PORTAL || fingerprint == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "a portal's exchange and a fingerprint must be given");

    return wb_exchange_change(exchange, confirm, &typed, NULL, err);
}
