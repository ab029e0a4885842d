/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "error.h"

/* The order: those that are named, the PDC emulator, what else DNS tells; and after all of them, in
 * the same order, those that failed a moment ago. */

#define BEHIND_MS 30000 /* how long a failure is held against one */
#define GC_PORT     3268
#define GC_PORT_TLS 3269

enum { ASKED_PDC = 1, ASKED_OTHERS = 2 };

static wb_ldap_controller *
pdc_of(wb_ldap *d)
{
    return &d->list.all[d->list.named];
}

/* The port of one that is known by name alone. What SRV records say of `_ldap` is without TLS. */
static int32_t
port_for(const wb_ldap *d, int32_t told)
{
    int is_told = told > 0 && d->any_port == 0 && d->security == PWWB_LDAP_STARTTLS
                  && told != GC_PORT && told != GC_PORT_TLS;

    if (is_told)
        return told;
    if (d->any_port != 0)
        return d->any_port;
    return d->security == PWWB_LDAP_LDAPS ? LDAPS_PORT : LDAP_PORT;
}

/* Put one into its place. What was learnt under its name stays. */
static void
place(wb_ldap *d, wb_ldap_controller *to, const char *host, int32_t port)
{
    wb_ldap_controller c = {.port = port_for(d, port)};
    size_t             i;

    (void)snprintf(c.host, sizeof(c.host), "%s", host);
    for (i = 0; i < d->list.count; i++)
        if (strcasecmp(d->list.all[i].host, host) == 0) {
            c.round        = d->list.all[i].round;
            c.behind_until = d->list.all[i].behind_until;
        }
    *to = c;
}

void
wb_ldap_list_make(wb_ldap *d, const pwwb_ldap_options *o)
{
    wb_ldap_list *l = &d->list;
    size_t        i;

    l->round = 1;
    if (o->host != NULL)
        place(d, &l->all[l->named++], o->host, 0);
    for (i = 0; i < o->other_count; i++)
        place(d, &l->all[l->named++], o->others[i], 0);
    l->count = l->named + 1;
}

int
wb_ldap_looks_further(const wb_ldap *d)
{
    return d->server == PWWB_LDAP_ACTIVE_DIRECTORY
           && (d->dns_domain != NULL || d->list.named > 1
               || (d->flags & PWWB_LDAP_ONLY_PREFERRED) != 0);
}

/* The one in use was tried in this round. Its name may stand in several places. */
static void
mark_tried(wb_ldap *d)
{
    wb_ldap_list *l = &d->list;
    size_t        i;

    for (i = 0; i < l->count; i++)
        if (strcasecmp(l->all[i].host, d->host) == 0)
            l->all[i].round = l->round;
}

static void
mark_behind(wb_ldap *d, int64_t until)
{
    wb_ldap_list *l = &d->list;
    size_t        i;

    for (i = 0; i < l->count; i++)
        if (strcasecmp(l->all[i].host, d->host) == 0)
            l->all[i].behind_until = until;
}

static void
use(wb_ldap *d, const wb_ldap_controller *c)
{
    memcpy(d->host, c->host, sizeof(d->host));
    d->port     = c->port;
    d->is_first = c == d->list.all && d->list.named > 0;
    mark_tried(d);
}

void
wb_ldap_put_behind(wb_ldap *d)
{
    mark_behind(d, wb_clock_monotonic_ms(&d->clock) + BEHIND_MS);
}

void
wb_ldap_put_ahead(wb_ldap *d)
{
    mark_behind(d, 0);
}

void
wb_ldap_pdc_is(wb_ldap *d, const char *host)
{
    wb_ldap_controller *pdc = pdc_of(d);

    if (strcasecmp(pdc->host, host) != 0)
        place(d, pdc, host, 0);
}

void
wb_ldap_round_begin(wb_ldap *d)
{
    d->list.round++;
    d->list.asked = 0;
    if (d->ld != NULL)
        mark_tried(d);
}

static int
is_behind(const wb_ldap *d, int64_t until)
{
    return wb_clock_monotonic_ms(&d->clock) < until;
}

/* The first of these places whose controller was not tried in this round; those that are behind
 * count only where they are asked for. */
static wb_ldap_controller *
untried(wb_ldap *d, size_t from, size_t to, int behind)
{
    wb_ldap_list *l = &d->list;
    size_t        i;

    for (i = from; i < to; i++)
        if (l->all[i].host[0] != '\0' && l->all[i].round != l->round
            && (behind || !is_behind(d, l->all[i].behind_until)))
            return &l->all[i];
    return NULL;
}

/* Names outside the domain are not believed: an answer of DNS is nobody's word, and it decides
 * which name a certificate must have. */
static int
is_within(const char *host, const char *domain)
{
    size_t len = strlen(host), tail = strlen(domain);

    return len > tail && host[len - tail - 1] == '.' && strcasecmp(host + len - tail, domain) == 0;
}

/* Least priority first; among equals the greatest weight, else as they were told. */
static void
sort(pwwb_service *list, size_t count)
{
    size_t i, j;

    for (i = 1; i < count; i++) {
        pwwb_service s = list[i];

        for (j = i; j > 0 && (s.priority < list[j - 1].priority
                              || (s.priority == list[j - 1].priority
                                  && s.weight > list[j - 1].weight)); j--)
            list[j] = list[j - 1];
        list[j] = s;
    }
}

/* The controllers of the domain by a kind of SRV record, in order. */
static pwwb_status
ask_dns(wb_ldap *d, const char *kind, pwwb_service *list, size_t *ret_count)
{
    char        name[300];
    size_t      count = 0, i;
    pwwb_status st;

    *ret_count = 0;
    (void)snprintf(name, sizeof(name), "_ldap._tcp.%s._msdcs.%s", kind, d->dns_domain);
    wb_ldap_take_share(d);
    st          = wb_resolver_services(d->resolver, name,
                                       wb_deadline_left(&d->clock, d->deadline), list, &count,
                                       d->err);
    d->deadline = d->end;
    if (st == PWWB_OK)
        sort(list, count);
    for (i = 0; i < count; i++)
        if (is_within(list[i].target, d->dns_domain))
            list[(*ret_count)++] = list[i];
    if (st == PWWB_E_NOT_FOUND || (st == PWWB_OK && *ret_count == 0))
        st = wb_fail(d->err, PWWB_E_CONNECT, "DNS tells no controller of the domain");

    d->list.dns_behind_until =
        st != PWWB_OK ? wb_clock_monotonic_ms(&d->clock) + BEHIND_MS : 0;
    return st;
}

/* Whether DNS may be asked now: not twice in a round, and behind the others when it failed. */
static int
may_ask(const wb_ldap *d, int what, int behind)
{
    return d->dns_domain != NULL && (d->list.asked & what) == 0
           && (behind || !is_behind(d, d->list.dns_behind_until));
}

/* Where it is not known, or the one that is known failed: the role may have moved. */
static pwwb_status
look_for_pdc(wb_ldap *d, int behind)
{
    const wb_ldap_controller *pdc = pdc_of(d);
    pwwb_service              list[PWWB_RESOLVER_MAX];
    size_t                    count;
    pwwb_status               st;

    if (!may_ask(d, ASKED_PDC, behind)
        || (pdc->host[0] != '\0' && pdc->round != d->list.round
            && !is_behind(d, pdc->behind_until)))
        return PWWB_OK;

    d->list.asked |= ASKED_PDC;
    st = ask_dns(d, "pdc", list, &count);
    if (st == PWWB_OK)
        place(d, pdc_of(d), list[0].target, list[0].port);
    return st;
}

static pwwb_status
look_for_others(wb_ldap *d, int behind)
{
    wb_ldap_list      *l = &d->list;
    wb_ldap_controller found[PWWB_RESOLVER_MAX];
    pwwb_service       list[PWWB_RESOLVER_MAX];
    size_t             count, i;
    pwwb_status        st;

    if (!may_ask(d, ASKED_OTHERS, behind) || (d->flags & PWWB_LDAP_ONLY_PREFERRED) != 0)
        return PWWB_OK;

    l->asked |= ASKED_OTHERS;
    st = ask_dns(d, "dc", list, &count);
    if (st != PWWB_OK)
        return st;

    for (i = 0; i < count; i++)
        place(d, &found[i], list[i].target, list[i].port);
    memcpy(&l->all[l->named + 1], found, count * sizeof(found[0]));
    l->count = l->named + 1 + count;
    return PWWB_OK;
}

pwwb_status
wb_ldap_pick_next(wb_ldap *d)
{
    wb_ldap_list *l     = &d->list;
    size_t        named = l->named;
    pwwb_status   st    = PWWB_OK, dns;
    int           behind;

    for (behind = 0; behind <= 1; behind++) {
        wb_ldap_controller *c = untried(d, 0, named, behind);

        if (c == NULL && wb_ldap_looks_further(d)) {
            dns = look_for_pdc(d, behind);
            st  = st == PWWB_OK ? dns : st;
            c   = untried(d, named, named + 1, behind);
        }
        if (c == NULL) {
            dns = look_for_others(d, behind);
            st  = st == PWWB_OK ? dns : st;
            c   = untried(d, named + 1, l->count, behind);
        }
        if (c != NULL) {
            use(d, c);
            return PWWB_OK;
        }
    }
    return st != PWWB_OK ? st : wb_fail(d->err, PWWB_E_CONNECT, "no controller is left to try");
}

pwwb_status
wb_ldap_pick_pdc(wb_ldap *d)
{
    (void)look_for_pdc(d, 1);
    if (pdc_of(d)->host[0] == '\0' || strcasecmp(pdc_of(d)->host, d->host) == 0)
        return PWWB_E_NOT_FOUND;

    use(d, pdc_of(d));
    return PWWB_OK;
}

int
wb_ldap_has_next(const wb_ldap *d)
{
    const wb_ldap_list *l         = &d->list;
    int                 may_learn = (d->flags & PWWB_LDAP_ONLY_PREFERRED) != 0
                                        ? ASKED_PDC : ASKED_PDC | ASKED_OTHERS;
    size_t              i;

    if (d->dns_domain != NULL && (~l->asked & may_learn) != 0)
        return 1;
    for (i = 0; i < l->count; i++)
        if (l->all[i].host[0] != '\0' && l->all[i].round != l->round)
            return 1;
    return 0;
}
