/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/exchange.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pwwb_admin.h"

enum { DAY = 86400 };

static int problems;

__attribute__((format(printf, 1, 2))) static void
problem(const char *format, ...)
{
    va_list more;

    printf("problem: ");
    va_start(more, format);
    vprintf(format, more);
    va_end(more);
    printf("\n");
    problems++;
}

/* What lies around the file. */
static void
check_folder(const char *file)
{
    const char *slash = strrchr(file, '/');
    char        folder[4096], beside[4200];
    struct stat info;

    (void)snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - file) + 1,
                   slash == NULL ? "." : file);
    if (stat(folder, &info) != 0)
        return; /* loading tells */
    if ((info.st_mode & 022) != 0 && (info.st_mode & S_ISVTX) == 0)
        problem("others may write in %s, and put an older file back: chmod go-w", folder);
    if (access(folder, W_OK) != 0)
        problem("this user cannot write in %s: keys cannot roll", folder);

    (void)snprintf(beside, sizeof(beside), "%s.lock", file);
    if (access(beside, F_OK) == 0 && access(beside, R_OK | W_OK) != 0)
        problem("this user cannot use %s: chown it as the key file", beside);
    (void)snprintf(beside, sizeof(beside), "%s.new", file);
    if (access(beside, F_OK) == 0)
        printf("note: %s is left from a process that was killed; the next change removes it\n",
               beside);
}

static void
check_state(const pwwb_keyring_info *info)
{
    int is_agent = info->half == PWWB_HALF_AGENT;

    switch (info->state) {
    case PWWB_TENANT_ENABLED:
        printf("ok: enabled\n");
        break;
    case PWWB_TENANT_NONE:
        problem("not enabled: %s", is_agent ? "enable it with a ticket of the portal's"
                                            : "make a ticket for the agent's administrator");
        break;
    case PWWB_TENANT_PENDING:
        if (is_agent)
            problem("the portal has not answered yet: keep an agent running, look at the relay");
        else
            problem("compare the fingerprint %s with the agent's, then confirm it",
                    info->fingerprint);
        break;
    case PWWB_TENANT_DISABLING:
        problem("disabling is under way: keep an agent running until the portal is told");
        break;
    case PWWB_TENANT_DISABLED:
        problem("disabled by the agent's side: enable it again with a new ticket");
        break;
    case PWWB_TENANT_REVOKED:
        problem("revoked by the portal's side: every key is void; look at the agent's host, then "
                "enable it again with a new ticket");
        break;
    default:
        problem("state %d is not known to this program: use a newer one", (int)info->state);
    }
}

/* Whether an active one was seen. */
static int
check_epoch(const pwwb_epoch_info *e, int half, long roll_days, int64_t now)
{
    unsigned long long generation = e->generation;
    char               age[32];

    if (e->created_s > now + 600)
        problem("generation %llu was made in the future: set the clock", generation);
    if (e->state == PWWB_EPOCH_PENDING && now - e->since_s > DAY)
        problem("generation %llu waits for the other side for %s: are agents and portal running, "
                "and is the relay up?",
                generation, admin_age(now - e->since_s, age));
    if (e->state == PWWB_EPOCH_OPEN_ONLY && now - e->since_s > 2 * DAY)
        problem("generation %llu was replaced %s ago and is still there: run %s, which wipes it",
                generation, admin_age(now - e->since_s, age),
                half == PWWB_HALF_AGENT ? "an agent" : "a portal");
    if (e->state != PWWB_EPOCH_ACTIVE)
        return 0;

    if (now - e->created_s > roll_days * DAY)
        problem("the active keys are %s old, a roll is due: keep an agent running, or begin it at "
                "the agent's side with: key rotate",
                admin_age(now - e->created_s, age));
    else
        printf("ok: generation %llu is active, a roll is due in %s\n", generation,
               admin_age(e->created_s + roll_days * DAY - now, age));
    return 1;
}

static pwwb_status
check_keyring(const admin_args *args, const pwwb_keyring *keyring, pwwb_error *err)
{
    pwwb_keyring_info info   = {.size = sizeof(info)};
    pwwb_epoch_info   epoch  = {.size = sizeof(epoch)};
    int               active = 0;
    pwwb_status       st     = pwwb_keyring_describe(keyring, &info, err);
    size_t            i;

    if (st == PWWB_OK)
        check_state(&info);
    for (i = 0; st == PWWB_OK && i < info.epoch_count; i++) {
        st = pwwb_keyring_describe_epoch(keyring, i, &epoch, err);
        if (st == PWWB_OK)
            active += check_epoch(&epoch, info.half, args->roll_days, (int64_t)time(NULL));
    }
    if (st == PWWB_OK && info.state == PWWB_TENANT_ENABLED && active == 0)
        problem("enabled, and no keys are active: revoke at the portal, and enable it again");
    return st;
}

int
admin_check(const admin_args *args, pwwb_keystore *store, pwwb_error *err)
{
    pwwb_keyring *keyring = NULL;
    pwwb_status   st      = pwwb_keystore_load(store, &keyring, err);

    check_folder(args->file);
    if (st == PWWB_OK) {
        printf("ok: the owner's alone, and opens with this lock\n");
        st = check_keyring(args, keyring, err);
    }
    if (st != PWWB_OK)
        problem("%s: %s", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_keyring_free(keyring);
    printf("%d problem%s\n", problems, problems == 1 ? "" : "s");
    return problems == 0 ? 0 : 1;
}
