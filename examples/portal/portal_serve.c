/* SPDX-License-Identifier: Apache-2.0 */
#include "portal.h"

#include <errno.h>
#include <string.h>

#include "../common/log_lines.h"
#include "../common/notify.h"
#include "portal_keys.h"
#include "portal_readiness.h"
#include "portal_stop.h"

enum { WRITE_MS = 3000 };

typedef struct service {
    const portal   *of;
    pwwb_exchange  *exchange;
    pwwb_watch     *watch;
    pwwb_transport *transport;
    int64_t         written_ms;
    pwwb_watch_info told;  /* as it was told last */
    pwwb_status     last;  /* likewise */
} service;

static void
tell_order(const pwwb_exchange_event *e)
{
    static const char *const kinds[] = {"?", "enable", "roll", "disable", "revoke"};
    static const char *const codes[] = {"?",       "done",    "waits for the fingerprint", "the ticket is not known",
                                        "the ticket is too old", "enabled already", "not enabled", "stale"};
    int32_t kind = e->kind > 0 && e->kind <= PWWB_EXCHANGE_REVOKE ? e->kind : 0;
    int32_t code = e->code > 0 && e->code <= PWWB_EXCHANGE_STALE ? e->code : 0;

    log_say(PWWB_LOG_INFO, "keys", "%s: %s%s; generation %llu, %s", kinds[kind], codes[code],
            e->is_repeat ? ", again" : "", (unsigned long long)e->generation, portal_keys_state(e->state));
}

/* A trouble is told once, not each time. */
static void
tell_trouble(service *s, pwwb_status st)
{
    if (st == PWWB_E_TIMEOUT || st == PWWB_E_KEY_INACTIVE) /* nothing came; keys that nobody confirmed yet */
        st = PWWB_OK;
    if (st != PWWB_OK && st != s->last)
        log_say(PWWB_LOG_WARN, "relay", "%s: %s", pwwb_status_name(st), pwwb_error_message(s->of->err));
    s->last = st;
}

/* One agent more or less is said, too, where it leaves the state as it is. */
static int
is_news(const pwwb_watch_info *old, const pwwb_watch_info *now)
{
    return now->state != old->state || now->agents_up != old->agents_up
           || now->agents_stopped != old->agents_stopped || now->agents_silent != old->agents_silent;
}

/* For "ready", and for systemd. */
static void
tell_state(service *s)
{
    portal_readiness r;

    portal_readiness_of(s->watch, &r);
    if (is_news(&s->told, &r.report)) {
        log_say(r.report.state < PWWB_READY_UNKNOWN ? PWWB_LOG_WARN : PWWB_LOG_INFO, "agents",
                "%s; %d up, %d stopped, %d silent", portal_readiness_name(r.report.state),
                (int)r.report.agents_up, (int)r.report.agents_stopped, (int)r.report.agents_silent);
        notify_status("%s", portal_readiness_name(r.report.state));
    } else if (portal_now_ms() - s->written_ms < WRITE_MS) {
        return;
    }
    s->told       = r.report;
    s->written_ms = portal_now_ms();
    if (portal_readiness_write(s->of, &r) != 0)
        log_say(PWWB_LOG_WARN, "state", "readiness.json cannot be written: %s", strerror(errno));
}

static void
serve(service *s)
{
    pwwb_exchange_event event;
    pwwb_status         st;

    while (!portal_stopped()) {
        event = (pwwb_exchange_event){.size = sizeof(event)};
        st    = portal_listen_step(s->of, s->exchange, s->watch, s->transport, &event);
        tell_trouble(s, st);
        if (st == PWWB_OK && event.kind != 0)
            tell_order(&event);
        tell_state(s);
        notify_alive();
    }
}

int
portal_serve(portal *p)
{
    service            s       = {.of = p};
    pwwb_watch_options options = {.size = sizeof(options)};
    pwwb_status        st      = portal_exchange(p, &s.exchange);

    if (st == PWWB_OK)
        st = pwwb_watch_new(&options, &s.watch, p->err);
    if (st == PWWB_OK)
        st = portal_listen(p, &s.transport);
    if (st == PWWB_OK) {
        log_say(PWWB_LOG_INFO, "portal", "serving tenant %s", p->set.tenant);
        notify_ready();
        serve(&s);
        notify_stopping();
        portal_readiness_forget(p);
        log_say(PWWB_LOG_INFO, "portal", "stopped");
    }
    pwwb_transport_free(s.transport);
    pwwb_watch_free(s.watch);
    pwwb_exchange_free(s.exchange);
    return st == PWWB_OK ? PORTAL_WELL : portal_failed(p, st);
}
