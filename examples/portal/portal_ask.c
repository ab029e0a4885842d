/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_request.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/nearest.h"
#include "portal_lang.h"
#include "portal_password.h"
#include "portal_readiness.h"
#include "portal_stop.h"

/* Names as docs/audit.md has them, by their numbers from 1. */
static const char *const user_types[] = {"hash_sync", "federated", "pass_through", "cloud_only", NULL};
static const char *const origins[]    = {"account_portal", "sign_in",   "reset_portal",  "admin_portal",
                                         "classic_portal", "graph_beta", "graph",         "aad_graph",
                                         "powershell_v1",  "powershell_v2", "office_portal", NULL};

/* "-" and "_" are the same. */
static int
is_name(const char *name, const char *word)
{
    for (; *name != '\0' && (*name == *word || (*name == '_' && *word == '-')); word++)
        name++;
    return *name == *word;
}

/* The number of a word that was given, else `otherwise`; 0 = no such name. */
static int32_t
number_of(const char *option, const char *const *names, const char *word, int32_t otherwise)
{
    const char *near = NULL;
    int32_t     i;

    if (word == NULL)
        return otherwise;
    for (i = 0; names[i] != NULL; i++) {
        near = nearest(word, near, names[i]);
        if (is_name(names[i], word))
            return i + 1;
    }
    fprintf(stderr, "pwwb-portal: --%s: no such name; the nearest is %s\n", option, near);
    return 0;
}

static int32_t
operation_of(const portal_options *o, int32_t origin)
{
    switch (o->command) {
    case PORTAL_RESET:
        return o->admin != NULL && origin != PWWB_FROM_RESET_PORTAL ? PWWB_OPERATION_RESET_ADMIN
                                                                    : PWWB_OPERATION_RESET_SELF;
    case PORTAL_CHANGE:
        return origin == PWWB_FROM_SIGN_IN ? PWWB_OPERATION_CHANGE_FORCED : PWWB_OPERATION_CHANGE;
    default:
        return PWWB_OPERATION_UNLOCK;
    }
}

static int32_t
origin_of(const portal_options *o)
{
    if (o->command == PORTAL_CHANGE)
        return PWWB_FROM_ACCOUNT_PORTAL;
    return o->command == PORTAL_RESET && o->admin != NULL ? PWWB_FROM_ADMIN_PORTAL : PWWB_FROM_RESET_PORTAL;
}

/* The command line as claims. -1 = a word makes no sense, and which is said. */
static int
claim(const portal_options *o, pwwb_claims *c)
{
    *c = (pwwb_claims){.size = sizeof(*c)};
    if (pwwb_anchor_parse(o->word, strlen(o->word), &c->anchor, NULL) != PWWB_OK) {
        fprintf(stderr, "pwwb-portal: ANCHOR: base64 of 16 octets, or User_ and a GUID, was expected\n");
        return -1;
    }
    if (o->admin != NULL && pwwb_guid_parse(o->admin, strlen(o->admin), c->actor_id, NULL) != PWWB_OK) {
        fprintf(stderr, "pwwb-portal: --admin: a GUID was expected\n");
        return -1;
    }
    c->actor     = o->admin != NULL ? PWWB_ACTOR_ADMIN : PWWB_ACTOR_USER;
    c->user_type = number_of("user-type", user_types, o->user_type, PWWB_USER_PASS_THROUGH);
    c->origin    = number_of("origin", origins, o->origin, origin_of(o));
    c->operation = operation_of(o, c->origin);
    c->flags     = o->unlock ? PWWB_FLAG_UNLOCK : 0;
    if (o->admin != NULL && c->anchor.kind == PWWB_ANCHOR_CLOUD
        && memcmp(c->anchor.guid, c->actor_id, sizeof(c->actor_id)) == 0)
        c->flags |= PWWB_FLAG_OWN_ACCOUNT;
    if (o->must_change)
        c->must_change = PWWB_MUST_CHANGE_SET;
    return c->user_type == 0 || c->origin == 0 ? -1 : 0;
}

static pwwb_status
make(const portal *p, portal_request *r)
{
    pwwb_portal_options options = {.size           = sizeof(options),
                                   .life_s         = (int32_t)p->set.portal.life,
                                   .cache_ms       = 1000,
                                   .store          = p->store,
                                   .audit          = portal_request_audit,
                                   .audit_ctx      = r,
                                   .audit_required = p->set.audit.required};
    relay_login         login = {.user = NULL};
    pwwb_status         st = pwwb_portal_new(NULL, &options, &r->portal, p->err);

    if (st == PWWB_OK)
        st = pwwb_reply_new(&r->reply, p->err);
    if (st == PWWB_OK && p->set.audit.file != NULL)
        st = audit_file_open(p->set.audit.file, &r->audit, p->err);
    if (st == PWWB_OK && relay_login_read(&p->set.relay, &login) != 0)
        st = pwwb_error_set(p->err, PWWB_E_NOT_FOUND, "no secret for the relay");
    if (st == PWWB_OK)
        st = relay_connect(&p->set.relay, &login, PWWB_RELAY_PORTAL, &r->amqp, p->err);
    secret_drop(&login.secret);
    return st;
}

static void
drop(portal_request *r)
{
    secret_drop(&r->new_one);
    secret_drop(&r->old_one);
    pwwb_amqp_free(r->amqp);
    pwwb_reply_free(r->reply);
    pwwb_portal_free(r->portal);
    audit_file_free(r->audit);
}

/* Why nobody need type a password; PWWB_CODE_OK = try. */
static int32_t
foreseen(const portal *p, const pwwb_claims *c)
{
    int32_t code = pwwb_operation_check(c);

    if (code == PWWB_CODE_OK && !portal_is_enabled(p))
        code = PWWB_CODE_CONFIGURATION;
    if (code == PWWB_CODE_OK && !p->options.anyway)
        code = portal_readiness_code(p);
    return code;
}

static void
say_waiting(const portal *p)
{
    if (!p->options.is_json && isatty(STDERR_FILENO))
        fprintf(stderr, "%s\n", _("Waiting for the answer..."));
}

static int
ask(portal *p, portal_request *r)
{
    int64_t     timeout_s = p->options.timeout_s > 0 ? p->options.timeout_s : p->set.portal.timeout;
    int32_t     code      = foreseen(p, &r->claims);
    int         rc        = PORTAL_WELL;
    pwwb_status st;

    r->begun_ms = portal_now_ms();
    if (code != PWWB_CODE_OK) {
        portal_request_refuse(r, code);
        return portal_request_tell(r);
    }
    if (p->options.command != PORTAL_UNLOCK)
        rc = portal_password_read(&p->options, p->options.command == PORTAL_CHANGE, &r->new_one, &r->old_one);
    if (rc != PORTAL_WELL)
        return rc;

    say_waiting(p);
    r->begun_ms = portal_now_ms();
    r->until_ms = r->begun_ms + timeout_s * 1000;
    st          = portal_request_fly(r);
    if (st == PWWB_E_MALFORMED && !p->options.is_json)
        fprintf(stderr, "%s\n", _("This password cannot be used: too long, or no UTF-8. Nothing was sent."));
    return st == PWWB_OK ? portal_request_tell(r) : portal_failed(p, st);
}

int
portal_ask(portal *p)
{
    portal_request r = {.of = p, .event = {.size = sizeof(r.event)}};
    pwwb_status    st;
    int            rc;

    if (claim(&p->options, &r.claims) != 0)
        return PORTAL_MISUSED;

    secret_make(&r.new_one);
    secret_make(&r.old_one);
    st = make(p, &r);
    rc = st == PWWB_OK ? ask(p, &r) : portal_failed(p, st);
    drop(&r);
    return rc;
}
