/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_changes.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

#define WINDOW 1000 /* numbers of the first window */
#define FEW    250  /* objects of one: the next is greater */
#define MANY   700  /* or smaller */
#define MOST   1000 /* as many as a Windows controller gives at once: MaxPageSize */
#define SHRINK 8    /* when there are more: the objects of some domains stand close together */

#define NOBODY "(cn=pwwb: nobody)"

pwwb_status
wb_ldap_search_below(wb_ldap *d, const char *filter, const char *const *names, int limit,
                     wb_ldap_reply *reply)
{
    wb_ldap_query query = {d->base_dn != NULL ? d->base_dn : d->domain, LDAP_SCOPE_SUBTREE, filter,
                           names, limit, NULL, 0};
    pwwb_status   st    = wb_ldap_search(d, &query, reply);

    if (st == PWWB_E_NOT_FOUND)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "the base to look under is not there");
    return st;
}

static wb_span
span_of_text(const char *text)
{
    return wb_span_of(text, text != NULL ? strlen(text) : 0);
}

static int
is_same(wb_span a, wb_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Say where the next step begins. */
static pwwb_status
put_mark(wb_ldap *d, wb_ldap_changes *c, const wb_ldap_mark *to)
{
    c->pass->mark_len = wb_ldap_mark_print(to, c->pass->mark, PWWB_MARK_MAX);
    if (c->pass->mark_len == 0)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "a cookie of %zu octets is too long",
                       to->cookie.len);

    c->pass->is_whole = to->reads != WB_LDAP_READS_NONE;
    c->pass->is_last  = 0;
    c->pass->permille = to->highest > 0 ? (int32_t)((to->next - 1) / (to->highest / 1000 + 1)) : 0;
    return PWWB_OK;
}

/* The pass is at its end, and the next one begins with the cookie. */
static pwwb_status
put_last_mark(wb_ldap *d, wb_ldap_changes *c, const wb_ldap_mark *to)
{
    wb_ldap_mark next = {.stage = WB_LDAP_DELTA, .reads = WB_LDAP_READS_NONE,
                         .domain = to->domain, .base = to->base, .cookie = to->cookie};
    pwwb_status  st   = put_mark(d, c, &next);

    c->pass->is_last  = 1;
    c->pass->is_whole = to->reads != WB_LDAP_READS_NONE;
    c->pass->permille = 1000;
    return st;
}

/* From the first number to the last one there is now. What is made later a later pass is told. */
static pwwb_status
begin_windows(wb_ldap *d, wb_ldap_mark *to)
{
    static const char *const names[] = {"highestCommittedUSN", NULL};
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    pwwb_status              st = wb_ldap_entry_find(d, "", names, &reply, &entry);

    if (st != PWWB_OK)
        return st;

    to->stage      = WB_LDAP_WINDOWS;
    to->controller = span_of_text(d->controller);
    to->next       = 1;
    to->window     = WINDOW;
    to->highest    = wb_ldap_number(&entry, 0, 1, INT64_MAX, -1);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    if (to->highest < 1)
        st = wb_fail(d->err, PWWB_E_DIRECTORY, "the controller tells no highestCommittedUSN");
    return st;
}

/* Before anything is read: so whatever changes while the windows are read, the next pass is told. */
static pwwb_status
take_cookie(wb_ldap *d, wb_ldap_changes *c, wb_ldap_mark *to)
{
    wb_ldap_dirsync sync;
    pwwb_status     st = wb_ldap_dirsync_ask(d, to->cookie, NOBODY, wb_ldap_delta_names, &sync);

    if (st != PWWB_OK)
        return st;

    to->cookie = wb_span_of(sync.cookie.bv_val, sync.cookie.bv_len);
    if (!sync.has_more)
        st = begin_windows(d, to);
    if (st == PWWB_OK)
        st = put_mark(d, c, to);
    wb_ldap_dirsync_drop(&sync);
    return st;
}

static pwwb_status
tell_delta(wb_ldap *d, wb_ldap_changes *c, wb_ldap_mark *to)
{
    wb_ldap_dirsync sync;
    int             moved = to->reads == WB_LDAP_READS_ALL;
    pwwb_status     st;

    st = wb_ldap_dirsync_ask(d, to->cookie, "(objectClass=*)", wb_ldap_delta_names, &sync);
    if (st != PWWB_OK)
        return st;

    to->cookie = wb_span_of(sync.cookie.bv_val, sync.cookie.bv_len);
    st         = wb_ldap_delta_tell(d, c, &sync, &moved);
    if (moved)
        to->reads = WB_LDAP_READS_ALL;
    else if (sync.hides_gone)
        to->reads = WB_LDAP_READS_PRESENT;

    if (st == PWWB_OK && !sync.has_more && to->reads != WB_LDAP_READS_NONE)
        st = begin_windows(d, to);
    if (st == PWWB_OK && !sync.has_more && to->reads == WB_LDAP_READS_NONE)
        st = put_last_mark(d, c, to);
    else if (st == PWWB_OK)
        st = put_mark(d, c, to);
    wb_ldap_dirsync_drop(&sync);
    return st;
}

static pwwb_status
tell_entry(wb_ldap *d, wb_ldap_changes *c, LDAPMessage *message, int reads)
{
    wb_ldap_entry entry;
    uint8_t       guid[PWWB_ID_SIZE];
    pwwb_status   st = wb_ldap_entry_make(d, message, wb_ldap_object_names, &entry);

    if (st != PWWB_OK)
        return st;

    if (reads == WB_LDAP_READS_ALL)
        st = wb_ldap_tell_object(d, c, &entry);
    else
        st = wb_ldap_object_guid(d, &entry, guid);
    if (st == PWWB_OK && reads != WB_LDAP_READS_ALL)
        st = wb_ldap_tell_change(d, c, PWWB_CHANGE_PRESENT, guid);
    wb_ldap_entry_drop(&entry);
    return st;
}

static void
shrink(wb_ldap_mark *to)
{
    to->window = to->window > SHRINK ? to->window / SHRINK : 1;
}

/* One window, made smaller until the controller gives all of it. */
static pwwb_status
search_window(wb_ldap *d, wb_ldap_mark *to, int64_t *ret_last, wb_ldap_reply *reply)
{
    static const char *const guid_alone[] = {"objectGUID", NULL};
    const char *const       *names = to->reads == WB_LDAP_READS_ALL ? wb_ldap_object_names : guid_alone;
    char                     filter[256];
    pwwb_status              st;

    for (;;) {
        int64_t left = to->highest - to->next;

        *ret_last = to->next + (to->window - 1 < left ? to->window - 1 : left);
        (void)snprintf(filter, sizeof(filter),
                       "(&" WB_LDAP_PERSONS "(uSNCreated>=%lld)(uSNCreated<=%lld))",
                       (long long)to->next, (long long)*ret_last);
        st = wb_ldap_search_below(d, filter, names, MOST, reply);
        if (st != PWWB_OK || reply->code == LDAP_SUCCESS)
            return st;

        wb_ldap_reply_drop(reply);
        if (*ret_last == to->next)
            return wb_fail(d->err, PWWB_E_DIRECTORY, "the controller gives no entries at all");
        to->window = *ret_last - to->next + 1;
        shrink(to);
    }
}

static void
adapt(wb_ldap_mark *to, int objects)
{
    if (objects < FEW && to->window <= to->highest)
        to->window *= 2;
    else if (objects > MANY && to->window > 1)
        to->window /= 2;
}

static pwwb_status
tell_window(wb_ldap *d, wb_ldap_changes *c, wb_ldap_mark *to)
{
    LDAPMessage  *message;
    wb_ldap_reply reply;
    int64_t       last;
    int           objects = 0;
    pwwb_status   st      = search_window(d, to, &last, &reply);

    if (st != PWWB_OK && d->budget == 0 && to->window > 1) {
        shrink(to); /* it gives all at once, and so much cannot be read */
        wb_ok(d->err);
        return put_mark(d, c, to);
    }
    if (st != PWWB_OK)
        return st;

    for (message = ldap_first_entry(d->ld, reply.messages); st == PWWB_OK && message != NULL;
         message = ldap_next_entry(d->ld, message), objects++)
        st = tell_entry(d, c, message, to->reads);
    wb_ldap_reply_drop(&reply);
    if (st != PWWB_OK)
        return st;
    if (last >= to->highest)
        return put_last_mark(d, c, to);

    to->next = last + 1;
    adapt(to, objects);
    return put_mark(d, c, to);
}

/* Whether the mark was made here; a new one is. */
static int
is_ours(const wb_ldap *d, wb_ldap_mark *m)
{
    wb_span domain = span_of_text(d->domain), base = span_of_text(d->base_dn);

    if (m->domain.len == 0) {
        m->domain = domain;
        m->base   = base;
    }
    return is_same(m->domain, domain) && is_same(m->base, base);
}

/* On another controller the numbers mean nothing, and it may not have heard yet of what the cookie covers.
 * It is first asked for what changed since: its cookie covers what it has. Then all is read again there. */
static pwwb_status
step(wb_ldap *d, void *arg)
{
    wb_ldap_changes *c  = arg;
    wb_ldap_mark     to = c->from;

    if (!is_ours(d, &to))
        return wb_fail(d->err, PWWB_E_MALFORMED, "the mark is of another domain or base");
    if (to.stage == WB_LDAP_WINDOWS && !is_same(to.controller, span_of_text(d->controller)))
        to = (wb_ldap_mark){.stage = WB_LDAP_DELTA, .reads = to.reads, .domain = to.domain,
                            .base = to.base, .cookie = to.cookie};

    switch (to.stage) {
    case WB_LDAP_COOKIE:
        return take_cookie(d, c, &to);
    case WB_LDAP_DELTA:
        return tell_delta(d, c, &to);
    default:
        return tell_window(d, c, &to);
    }
}

pwwb_status
wb_ldap_tell_changes(void *ctx, const uint8_t *mark, size_t mark_len, int64_t timeout_ms,
                     pwwb_object_fn each, void *each_ctx, pwwb_pass *ret_pass, pwwb_error *err)
{
    wb_ldap        *d = ctx;
    wb_ldap_changes c = {{.stage = WB_LDAP_COOKIE, .reads = WB_LDAP_READS_ALL}, each, each_ctx,
                         ret_pass};

    if (mark != NULL && wb_ldap_mark_parse(wb_span_of(mark, mark_len), &c.from) != 0)
        return wb_fail(err, PWWB_E_MALFORMED, "the mark is damaged");

    wb_ldap_begin(d, timeout_ms, err);
    d->most = WB_LDAP_CHANGES_MAX;
    return wb_ldap_reading(d, step, &c);
}
