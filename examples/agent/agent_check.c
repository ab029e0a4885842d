/* SPDX-License-Identifier: Apache-2.0 */
/* `pwwb-agent check`: a line for each thing that an agent needs; nothing is made or changed. */
#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <pwwb/limits.h>
#include <pwwb/space.h>

#include "agent_run.h"

enum { RELAY_MS = 10000, DIRECTORY_MS = 10000 };

typedef struct checking {
    agent_settings *settings;
    pwwb_keystore  *store;
    pwwb_error     *err;
    int             failed;
} checking;

__attribute__((format(printf, 4, 5))) static void
tell(checking *c, int is_well, const char *what, const char *format, ...)
{
    va_list list;

    c->failed += !is_well;
    printf("%s %s: ", is_well ? "ok" : "FAILED", what);
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    putchar('\n');
    fflush(stdout);
}

/* What to do about it. */
static const char *
advice(pwwb_status st)
{
    switch (st) {
    case PWWB_E_AUTH:
        return "; the name or the secret is not right there: look at both";
    case PWWB_E_TLS_CA:
        return "; give the CA that its certificate is from as ca";
    case PWWB_E_TLS_NAME:
        return "; the name must be as in its certificate: \"openssl s_client -connect HOST:PORT\" shows it";
    case PWWB_E_TLS_EXPIRED:
        return "; renew its certificate, or set the clock here";
    case PWWB_E_CONNECT:
    case PWWB_E_TIMEOUT:
        return "; is it up, and does every firewall let this machine through to its port?";
    case PWWB_E_PERMISSION:
        return "; chmod 600, and owned by who runs the agent";
    case PWWB_E_NOT_AUTHENTIC:
        return "; keys.lock_file or passphrase_file is not the one that sealed it";
    case PWWB_E_NO_AGENT:
        return "; make the broker's queues: docs/relay.md";
    default:
        return "";
    }
}

static void
tell_status(checking *c, pwwb_status st, const char *what, const char *well)
{
    if (st == PWWB_OK)
        tell(c, 1, what, "%s", well);
    else
        tell(c, 0, what, "%s (%s)%s", pwwb_error_message(c->err), pwwb_status_name(st), advice(st));
}

/* 1 = a file is there, and can be opened; 0 = it was told what is about its folder. */
static int
is_there(checking *c, const char *what, const char *path)
{
    char copy[4096], *folder;

    if (access(path, F_OK) == 0)
        return 1;
    (void)snprintf(copy, sizeof(copy), "%s", path);
    folder = dirname(copy);
    if (access(folder, W_OK | X_OK) == 0)
        tell(c, 1, what, "%s will be made", path);
    else
        tell(c, 0, what, "%s cannot be made: %s: %s; make the folder, owned by who runs the agent", path, folder,
             strerror(errno));
    return 0;
}

static void
check_keys(checking *c)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keys = NULL;
    pwwb_status       st   = key_settings_open(&c->settings->keys, &c->store, c->err);

    if (st != PWWB_OK) {
        tell_status(c, st, "keys", "");
        return;
    }
    if (!is_there(c, "keys", c->settings->keys.file))
        return;
    st = pwwb_keystore_load(c->store, &keys, c->err);
    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keys, &info, c->err);
    pwwb_keyring_free(keys);
    if (st == PWWB_OK && info.half != PWWB_HALF_AGENT)
        tell(c, 0, "keys", "%s is a portal's", c->settings->keys.file);
    else if (st == PWWB_OK)
        tell(c, 1, "keys", "the tenant is %s, generation %llu, fingerprint %s", agent_tenant_name(info.state),
             (unsigned long long)info.generation, info.fingerprint);
    else
        tell_status(c, st, "keys", "");
}

static void
check_files(checking *c)
{
    const agent_settings *s       = c->settings;
    pwwb_journal         *journal = NULL;
    pwwb_anchors         *anchors = NULL;
    audit_file           *audit   = NULL;

    tell(c, access(s->state, W_OK | X_OK) == 0, "state", "%s: %s", s->state,
         access(s->state, W_OK | X_OK) == 0 ? "may be written" : strerror(errno));
    if (agent_journal_is_memory(s) || is_there(c, "journal", s->journal))
        tell_status(c, agent_journal_new(&agent_system, s, &journal, c->err), "journal", s->journal);
    pwwb_journal_free(journal);
    if (s->space != NULL)
        tell_status(c, pwwb_anchors_new_sqlite(s->space, &anchors, c->err), "space", s->space);
    pwwb_anchors_free(anchors);
    if (s->audit_file != NULL && is_there(c, "audit", s->audit_file))
        tell_status(c, audit_file_open(s->audit_file, &audit, c->err), "audit", s->audit_file);
    audit_file_free(audit);
    if (s->metrics_file != NULL && is_there(c, "metrics", s->metrics_file))
        tell(c, access(s->metrics_file, W_OK) == 0, "metrics", "%s", s->metrics_file);
    if (s->relay.set_secret != NULL)
        tell(c, access(s->relay.set_secret, X_OK) == 0, "relay.set_secret", "%s %s", s->relay.set_secret,
             access(s->relay.set_secret, X_OK) == 0 ? "may be run" : "cannot be run: give its whole path, and chmod 755");
}

static void
check_rules(checking *c)
{
    pwwb_filter *filters[2];
    pwwb_limits *limits = NULL;
    size_t       count  = 0;
    pwwb_status  st     = agent_filters_new(c->settings, filters, &count, c->err);

    if (st != PWWB_OK || count > 0)
        tell_status(c, st, "filters", count == 2 ? "banned words, leaked passwords" : "one list");
    while (count-- > 0)
        pwwb_filter_free(filters[count]);
    st = agent_limits_new(&agent_system, c->settings, &limits, c->err);
    tell_status(c, st, "limits", "make sense");
    pwwb_limits_free(limits);
}

static void
check_directory(checking *c, const agent_directory *d)
{
    pwwb_policy_rules rules     = {.size = sizeof(rules)};
    pwwb_directory   *directory = NULL;
    char              what[128];
    pwwb_status       st;

    (void)snprintf(what, sizeof(what), "directory \"%s\"", agent_directory_name(d));
    st = agent_system.open_directory(NULL, d, &directory, c->err);
    if (st == PWWB_OK)
        st = pwwb_directory_summary(directory, DIRECTORY_MS, &rules, c->err);
    if (st != PWWB_OK)
        tell_status(c, st, what, "");
    else if (rules.min_length < 0)
        tell(c, 1, what, "it answers; its rules for everybody are not known");
    else
        tell(c, 1, what, "it answers; everybody's password has %d characters at least%s, and %d before are remembered",
             (int)rules.min_length, rules.complexity == PWWB_YES ? " of several kinds" : "",
             (int)(rules.history_length > 0 ? rules.history_length : 0));
    pwwb_directory_free(directory);
}

/* Until it is connected, or has failed for the first time. */
static pwwb_status
wait_for_relay(pwwb_amqp *amqp, pwwb_error *err)
{
    int64_t        until = agent_monotonic_ms(&agent_system) + RELAY_MS;
    pwwb_amqp_info now   = {.size = sizeof(now)};

    while (agent_monotonic_ms(&agent_system) < until && pwwb_amqp_service(amqp, err) == PWWB_OK
           && pwwb_amqp_describe(amqp, &now, err) == PWWB_OK) {
        pwwb_interest list[2];
        struct pollfd fds[2]     = {{.fd = -1}, {.fd = -1}};
        size_t        count      = 0, i;
        int64_t       timeout_ms = 0;

        if (now.phase == PWWB_AMQP_READY)
            return PWWB_OK;
        if (now.phase == PWWB_AMQP_WAITING && now.last != PWWB_OK)
            return now.last;
        if (pwwb_amqp_interest(amqp, list, 2, &count, &timeout_ms, err) != PWWB_OK)
            break;
        for (i = 0; i < count; i++) {
            fds[i].fd     = (int)list[i].descriptor;
            fds[i].events = (short)((list[i].directions & PWWB_READABLE ? POLLIN : 0)
                                    | (list[i].directions & PWWB_WRITABLE ? POLLOUT : 0));
        }
        (void)poll(fds, (nfds_t)count, timeout_ms >= 0 && timeout_ms < 200 ? (int)timeout_ms : 200);
    }
    return pwwb_error_set(err, PWWB_E_TIMEOUT, "no connection within ten seconds");
}

/* The connection's own words, which a receive gives. */
static void
fetch_reason(pwwb_amqp *amqp, pwwb_error *err)
{
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery delivery = {.size = sizeof(delivery)};

    if (pwwb_amqp_receive(amqp, buf, sizeof(buf), &delivery, err) == PWWB_OK)
        (void)pwwb_amqp_settle(amqp, delivery.tag, PWWB_SETTLE_RELEASE, NULL);
}

static void
check_relay(checking *c)
{
    const relay_settings *r    = &c->settings->relay;
    pwwb_amqp            *amqp = NULL;
    relay_login           login;
    pwwb_status           st = agent_login(c->settings, c->store, &login, c->err);

    if (st == PWWB_E_KEY_INACTIVE) {
        tell(c, 1, "relay", "not asked: the first secret is the ticket's, and the tenant is not enabled yet");
        secret_drop(&login.secret);
        return;
    }
    if (st == PWWB_OK)
        st = relay_connect(r, &login, PWWB_RELAY_AGENT, &amqp, c->err);
    if (st == PWWB_OK) {
        st = wait_for_relay(amqp, c->err);
        if (st != PWWB_OK && st != PWWB_E_TIMEOUT)
            fetch_reason(amqp, c->err);
    }
    if (st == PWWB_OK)
        tell(c, 1, "relay", "connected to %s as %s", r->host, login.user);
    else
        tell(c, 0, "relay", "%s as %s: %s (%s)%s", r->host, login.user, pwwb_error_message(c->err),
             pwwb_status_name(st), advice(st));
    pwwb_amqp_free(amqp);
    secret_drop(&login.secret);
}

int
agent_check(const char *path)
{
    checking c = {.err = pwwb_error_new(), .settings = agent_settings_read(path)};
    size_t   i;

    if (c.settings != NULL) {
        tell(&c, 1, "configuration", "%s", path);
        check_keys(&c);
        check_files(&c);
        check_rules(&c);
        for (i = 0; i < c.settings->directories.count; i++)
            check_directory(&c, agent_directory_at(c.settings, i));
        if (c.store != NULL)
            check_relay(&c);
    } else {
        tell(&c, 0, "configuration", "%s: see above, line by line", path);
    }
    i = c.settings != NULL;
    pwwb_keystore_free(c.store);
    agent_settings_free(c.settings);
    pwwb_error_free(c.err);
    return i == 0 ? SETTINGS_EXIT : c.failed > 0;
}
