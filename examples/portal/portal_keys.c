/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_keys.h"

#include <stdio.h>
#include <string.h>

#include "portal_lang.h"
#include "portal_stop.h"

enum { TELL_MS = 3000 };

static const struct {
    const char *name, *text;
} states[] = {
    {"?", "?"},
    {"none", N_("not enabled")},
    {"pending", N_("waits until somebody has compared the fingerprint")},
    {"enabled", N_("enabled")},
    {"disabling", N_("being disabled")},
    {"disabled", N_("disabled by the agents' side")},
    {"revoked", N_("revoked")},
};

static size_t
place(int32_t state)
{
    return state > 0 && (size_t)state < sizeof(states) / sizeof(states[0]) ? (size_t)state : 0;
}

const char *
portal_keys_state(int32_t state)
{
    return states[place(state)].name;
}

pwwb_status
portal_keys_read(const portal *p, pwwb_keyring_info *info, pwwb_epoch_info epochs[PWWB_EPOCHS_MAX])
{
    pwwb_keyring *keys = NULL;
    pwwb_status   st   = pwwb_keystore_load(p->store, &keys, p->err);
    size_t        i;

    *info = (pwwb_keyring_info){.size = sizeof(*info), .state = PWWB_TENANT_NONE};
    if (st == PWWB_E_NOT_FOUND)
        return PWWB_OK;
    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keys, info, p->err);
    for (i = 0; st == PWWB_OK && i < info->epoch_count && i < PWWB_EPOCHS_MAX; i++) {
        epochs[i] = (pwwb_epoch_info){.size = sizeof(epochs[i])};
        st        = pwwb_keyring_describe_epoch(keys, i, &epochs[i], p->err);
    }
    pwwb_keyring_free(keys);
    return st;
}

void
portal_keys_print(const pwwb_keyring_info *info)
{
    printf(_("keys: %s"), _(states[place(info->state)].text));
    if (info->generation > 0)
        printf(_(", generation %llu"), (unsigned long long)info->generation);
    if (info->fingerprint[0] != '\0')
        printf(_(", fingerprint %s"), info->fingerprint);
    printf("%s\n", info->has_ticket ? _("; a ticket waits to be used") : "");
}

static void
print_epoch(const pwwb_epoch_info *e)
{
    static const char *const names[] = {"?", "pending", "active", "open_only", "wiped"};
    int32_t                  state   = e->state > 0 && e->state <= PWWB_EPOCH_WIPED ? e->state : 0;
    int64_t                  age     = portal_wall_ms() / 1000 - e->created_s;

    printf("{\"generation\": %llu, \"state\": \"%s\", \"suite\": \"%s\", \"age_s\": %lld}",
           (unsigned long long)e->generation, names[state], e->suite == PWWB_SUITE_RSA ? "rsa" : "x25519",
           (long long)age);
}

void
portal_keys_print_json(const pwwb_keyring_info *info, const pwwb_epoch_info *epochs)
{
    size_t i;

    printf("\"state\": \"%s\", \"generation\": %llu, \"has_ticket\": %s", portal_keys_state(info->state),
           (unsigned long long)info->generation, info->has_ticket ? "true" : "false");
    if (info->fingerprint[0] != '\0')
        printf(", \"fingerprint\": \"%s\"", info->fingerprint);
    printf(", \"keys\": [");
    for (i = 0; epochs != NULL && i < info->epoch_count; i++) {
        printf("%s", i > 0 ? ", " : "");
        print_epoch(&epochs[i]);
    }
    printf("]");
}

pwwb_status
portal_exchange(const portal *p, pwwb_exchange **ret_exchange)
{
    return pwwb_exchange_new(p->store, PWWB_HALF_PORTAL, NULL, ret_exchange, p->err);
}

/* How they are now; what the program ends with. */
static int
tell(const portal *p)
{
    pwwb_keyring_info info;
    pwwb_epoch_info   epochs[PWWB_EPOCHS_MAX];
    pwwb_status       st = portal_keys_read(p, &info, epochs);

    if (st != PWWB_OK)
        return portal_failed(p, st);
    if (!p->options.is_json) {
        portal_keys_print(&info);
        return PORTAL_WELL;
    }
    printf("{");
    portal_keys_print_json(&info, epochs);
    printf("}\n");
    return PORTAL_WELL;
}

int
portal_confirm(portal *p)
{
    pwwb_exchange *exchange = NULL;
    pwwb_status    st       = portal_exchange(p, &exchange);

    if (st == PWWB_OK)
        st = pwwb_exchange_confirm(exchange, p->options.word, strlen(p->options.word), p->err);
    pwwb_exchange_free(exchange);
    if (st == PWWB_E_NOT_AUTHENTIC && !p->options.is_json)
        fprintf(stderr, "%s\n", _("Another fingerprint: somebody else may have used the ticket. Revoke."));
    return st == PWWB_OK ? tell(p) : portal_failed(p, st);
}

/* Agents that are not told refuse nothing, but no portal seals for them any more. */
static void
tell_agents(const portal *p, pwwb_exchange *exchange)
{
    pwwb_transport *transport = NULL;
    pwwb_status     st        = portal_listen(p, &transport);

    if (st == PWWB_OK)
        st = pwwb_portal_serve(exchange, NULL, transport, TELL_MS, NULL, p->err);
    pwwb_transport_free(transport);
    if (st != PWWB_OK && st != PWWB_E_TIMEOUT)
        fprintf(stderr, _("The agents were not told (%s); \"serve\" will tell them.\n"), pwwb_status_name(st));
}

int
portal_revoke(portal *p)
{
    pwwb_exchange *exchange = NULL;
    pwwb_status    st       = portal_exchange(p, &exchange);

    if (st == PWWB_OK)
        st = pwwb_exchange_begin(exchange, PWWB_EXCHANGE_REVOKE, NULL, 0, p->err);
    if (st == PWWB_OK)
        tell_agents(p, exchange);
    pwwb_exchange_free(exchange);
    return st == PWWB_OK ? tell(p) : portal_failed(p, st);
}
