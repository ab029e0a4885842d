/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/exchange.h>
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <time.h>

#include "pwwb_admin.h"

static const char *
state_name(int32_t state)
{
    static const char *const names[] = {"?",        "none",     "pending", "enabled",
                                        "disabling", "disabled", "revoked"};

    return names[state >= PWWB_TENANT_NONE && state <= PWWB_TENANT_REVOKED ? state : 0];
}

static const char *
epoch_state_name(int32_t state)
{
    static const char *const names[] = {"?", "pending", "active", "open-only", "wiped"};

    return names[state >= PWWB_EPOCH_PENDING && state <= PWWB_EPOCH_WIPED ? state : 0];
}

const char *
admin_kind_name(int32_t kind)
{
    static const char *const names[] = {"none", "enable", "roll", "disable", "revoke"};

    return names[kind >= PWWB_EXCHANGE_ENABLE && kind <= PWWB_EXCHANGE_REVOKE ? kind : 0];
}

const char *
admin_age(int64_t seconds, char text[32])
{
    int64_t     count = seconds / 60;
    const char *unit  = "minute";

    if (seconds >= 86400)
        count = seconds / 86400, unit = "day";
    else if (seconds >= 3600)
        count = seconds / 3600, unit = "hour";
    (void)snprintf(text, 32, "%lld %s%s", (long long)count, unit, count == 1 ? "" : "s");
    return text;
}

static const char *
date(int64_t seconds, char text[32])
{
    time_t    when = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL || strftime(text, 32, "%Y-%m-%d %H:%M UTC", &parts) == 0)
        text[0] = '\0';
    return text;
}

static void
show_epoch(const pwwb_epoch_info *e, int64_t now)
{
    char made[32], since[32], age[32], for_[32];

    printf("generation %-4llu %s, %s, made %s (%s ago), %s since %s (%s)",
           (unsigned long long)e->generation, epoch_state_name(e->state),
           e->suite == PWWB_SUITE_RSA ? "RSA-2048" : "X25519", date(e->created_s, made),
           admin_age(now - e->created_s, age), epoch_state_name(e->state), date(e->since_s, since),
           admin_age(now - e->since_s, for_));
    printf(", relay slot %d%s\n", (int)e->slot,
           e->is_host_key ? ", the private key is the host's own" : "");
}

static void
show(const pwwb_keyring_info *info)
{
    char guid[37];

    pwwb_guid_print(info->tenant, guid);
    printf("tenant      %s\n", guid);
    printf("half        %s\n", info->half == PWWB_HALF_AGENT ? "agent" : "portal");
    printf("state       %s\n", state_name(info->state));
    printf("fingerprint %s\n", info->fingerprint[0] != '\0' ? info->fingerprint
                                                            : "none: made by hand, or not enabled");
    printf("%s %s\n", info->half == PWWB_HALF_AGENT ? "under way  " : "last order ",
           admin_kind_name(info->order));
    printf("ticket      %s\n", info->has_ticket ? "waits to be used" : "none");
    printf("written     %llu times\n", (unsigned long long)info->version);
    printf("epochs      %zu, newest generation ever %llu\n", info->epoch_count,
           (unsigned long long)info->generation);
}

int
admin_show(const admin_args *args, pwwb_keystore *store, pwwb_error *err)
{
    pwwb_keyring_info info    = {.size = sizeof(info)};
    pwwb_epoch_info   epoch   = {.size = sizeof(epoch)};
    pwwb_keyring     *keyring = NULL;
    pwwb_status       st      = pwwb_keystore_load(store, &keyring, err);
    size_t            i;

    (void)args;
    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keyring, &info, err);
    if (st == PWWB_OK)
        show(&info);
    for (i = 0; st == PWWB_OK && i < info.epoch_count; i++) {
        st = pwwb_keyring_describe_epoch(keyring, i, &epoch, err);
        if (st == PWWB_OK)
            show_epoch(&epoch, (int64_t)time(NULL));
    }
    pwwb_keyring_free(keyring);
    return st == PWWB_OK ? 0 : admin_failed(st, err);
}
