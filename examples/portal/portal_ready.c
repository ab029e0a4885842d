/* SPDX-License-Identifier: Apache-2.0 */
#include "portal.h"

#include <stdio.h>

#include <pwwb/agent.h>

#include "portal_keys.h"
#include "portal_lang.h"
#include "portal_readiness.h"
#include "portal_stop.h"

enum { WAIT_S = 20, POLL_MS = 300 };

/* Nobody serves: listen here, until an agent is heard. */
static pwwb_status
listen_for(const portal *p, int64_t wait_s, portal_readiness *r)
{
    pwwb_watch_options options   = {.size = sizeof(options)};
    int64_t            until     = portal_now_ms() + wait_s * 1000;
    pwwb_exchange     *exchange  = NULL;
    pwwb_watch        *watch     = NULL;
    pwwb_transport    *transport = NULL;
    pwwb_status        st        = portal_exchange(p, &exchange);

    if (st == PWWB_OK)
        st = pwwb_watch_new(&options, &watch, p->err);
    if (st == PWWB_OK)
        st = portal_listen(p, &transport);
    if (st == PWWB_OK)
        portal_readiness_of(watch, r);
    while (st == PWWB_OK && portal_now_ms() < until && !portal_stopped()) {
        (void)portal_listen_step(p, exchange, watch, transport, NULL);
        portal_readiness_of(watch, r);
        if (r->report.agents > 0 || r->report.state == PWWB_READY_NOT_CONFIGURED)
            break;
    }
    pwwb_transport_free(transport);
    pwwb_watch_free(watch);
    pwwb_exchange_free(exchange);
    return st;
}

static void
print(const portal_readiness *r)
{
    const pwwb_watch_info *w = &r->report;

    printf("%s\n", portal_readiness_text(w->state));
    if (w->agents + w->agents_stopped + w->agents_silent + w->agents_skewed > 0)
        printf(_("agents: %d up, %d stopped, %d silent; directories: %d of %d\n"), (int)w->agents_up,
               (int)w->agents_stopped, (int)w->agents_silent, (int)w->directories_up, (int)w->directories);
    if (w->heard_ms > 0)
        printf(_("last heard: %lld s ago\n"), (long long)(portal_wall_ms() - w->heard_ms) / 1000);
}

/* What "serve" tells, until that is well or --wait is over. */
static int
read_for(const portal *p, portal_readiness *r)
{
    int64_t until   = portal_now_ms() + p->options.wait_s * 1000;
    int     is_told = portal_readiness_read(p, r);

    while (is_told && portal_readiness_exit(r->report.state) != 0 && portal_now_ms() < until && !portal_stopped()) {
        (void)portal_poll(NULL, 0, POLL_MS);
        is_told = portal_readiness_read(p, r);
    }
    return is_told;
}

int
portal_ready(portal *p)
{
    portal_readiness r;

    if (!read_for(p, &r)) {
        pwwb_status st = listen_for(p, p->options.wait_s >= 0 ? p->options.wait_s : WAIT_S, &r);

        if (st != PWWB_OK)
            return portal_failed(p, st);
    }
    if (p->options.is_json)
        portal_readiness_print(stdout, p, &r);
    else
        print(&r);
    return portal_readiness_exit(r.report.state);
}

static void
print_counters(const pwwb_watch_info *w)
{
    printf(_("passwords, since the agents began: %llu set, %llu not set, %llu unknown\n"),
           (unsigned long long)w->counters[PWWB_COUNT_SET], (unsigned long long)w->counters[PWWB_COUNT_NOT_SET],
           (unsigned long long)w->counters[PWWB_COUNT_UNKNOWN]);
}

static void
print_keys(const pwwb_keyring_info *info, const pwwb_epoch_info *epochs)
{
    static const char *const names[] = {"?", N_("pending"), N_("active"), N_("opens only"), N_("wiped")};
    size_t                   i;

    portal_keys_print(info);
    for (i = 0; i < info->epoch_count; i++) {
        int64_t days = (portal_wall_ms() / 1000 - epochs[i].created_s) / 86400;

        printf("  %llu: %s, ", (unsigned long long)epochs[i].generation,
               _(names[epochs[i].state > 0 && epochs[i].state <= PWWB_EPOCH_WIPED ? epochs[i].state : 0]));
        printf(ngettext("%lld day old\n", "%lld days old\n", (unsigned long)days), (long long)days);
    }
}

static void
print_json(const portal *p, const pwwb_keyring_info *info, const pwwb_epoch_info *epochs,
           const portal_readiness *r)
{
    printf("{\"tenant\": \"%s\", ", p->set.tenant);
    portal_keys_print_json(info, epochs);
    printf(", \"readiness\": ");
    if (r != NULL)
        portal_readiness_print(stdout, p, r);
    printf("%s}\n", r != NULL ? "" : "null");
}

int
portal_status(portal *p)
{
    pwwb_keyring_info info;
    pwwb_epoch_info   epochs[PWWB_EPOCHS_MAX];
    portal_readiness  r;
    int               is_served = portal_readiness_read(p, &r);
    pwwb_status       st        = portal_keys_read(p, &info, epochs);

    if (st != PWWB_OK)
        return portal_failed(p, st);
    if (p->options.is_json) {
        print_json(p, &info, epochs, is_served ? &r : NULL);
        return PORTAL_WELL;
    }
    print_keys(&info, epochs);
    if (!is_served) {
        printf("%s\n", _("Of the agents nothing is known: \"pwwb-portal serve\" does not run."));
        return PORTAL_WELL;
    }
    print(&r);
    print_counters(&r.report);
    return PORTAL_WELL;
}
