/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An agent whose anchor store, journal, filter, audit and limits are the host's own.
 *
 *     15_own_tables
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "memory_directory.h"
#include "small_journal.h"

static const uint8_t tenant[PWWB_ID_SIZE] = {1, 2, 3};

static const struct row {
    const char *password;
    int32_t     code; /* what must come out */
} rows[] = {
    {"Correct-Horse-7", PWWB_CODE_OK},
    {"Summer-Holiday-1", PWWB_CODE_POLICY_BANNED},
    {"Battery-Staple-8", PWWB_CODE_LIMIT_RATE}, /* the third within the hour */
};

/* Who is who: a table of the host's, from cloud anchors to accounts. */
typedef struct people {
    struct {
        uint8_t     cloud[PWWB_ID_SIZE];
        const char *directory;
        uint8_t     guid[PWWB_ID_SIZE];
    } list[1];
} people;

/* [anchors] */
static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
     pwwb_error *err)
{
    const people *p = ctx;
    size_t        i;

    (void)timeout_ms; /* a database of yours ends within it, or answers PWWB_E_TIMEOUT */
    (void)err;
    ret_found->code = PWWB_CODE_NOT_FOUND;
    for (i = 0; i < sizeof(p->list) / sizeof(p->list[0]); i++) {
        if (anchor->kind != PWWB_ANCHOR_CLOUD
            || memcmp(anchor->guid, p->list[i].cloud, PWWB_ID_SIZE) != 0)
            continue;
        ret_found->code = PWWB_CODE_OK;
        ret_found->candidates++;
        memcpy(ret_found->guid, p->list[i].guid, PWWB_ID_SIZE);
        (void)snprintf(ret_found->directory, sizeof(ret_found->directory), "%s",
                       p->list[i].directory);
    }
    return PWWB_OK; /* nobody found is a lookup that went well */
}

static const pwwb_anchors_ops anchors_ops = {.size = sizeof(pwwb_anchors_ops), .find = find};
/* [anchors] end */

/* [filter] */
/* No season in a password. What it is shown is not copied, and nothing of it goes into a finding. */
static pwwb_status
check(void *ctx, const pwwb_account *account, int32_t kind, const uint8_t *password,
      size_t password_len, pwwb_findings *findings, pwwb_error *err)
{
    const char *word = ctx;
    size_t      len  = strlen(word), at, i;

    (void)account;
    (void)kind;
    (void)err;
    for (at = 0; at + len <= password_len; at++) {
        for (i = 0; i < len && tolower(password[at + i]) == word[i]; i++)
            ;
        if (i == len)
            return pwwb_findings_add(findings, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED, 0, 0);
    }
    return PWWB_OK; /* judged; anything else would mean that it cannot be, and nothing is set */
}

static const pwwb_filter_ops filter_ops = {.size = sizeof(pwwb_filter_ops), .check = check};
/* [filter] end */

/* [audit] */
static pwwb_status
write_down(void *ctx, const pwwb_audit_event *event)
{
    char   line[PWWB_AUDIT_LINE_SIZE];
    size_t len;

    if (pwwb_audit_print(event, line, sizeof(line), &len, NULL) != PWWB_OK)
        return PWWB_E_CALLBACK;
    return fprintf(ctx, "%s\n", line) < 0 || fflush(ctx) != 0 ? PWWB_E_SYSTEM : PWWB_OK;
}
/* [audit] end */

static pwwb_status
make_limits(pwwb_limits **ret_limits, pwwb_error *err)
{
    /* [limits] */
    static const char *const staff[] = {"OU=Staff,DC=corp,DC=example"};
    pwwb_limits_options      limits  = {.size = sizeof(limits)};

    limits.operations  = 1u << PWWB_OPERATION_RESET_SELF | 1u << PWWB_OPERATION_CHANGE;
    limits.scopes      = staff;
    limits.scope_count = 1;
    limits.per_account = 2;  /* an hour */
    limits.in_all      = 60; /* a minute */
    /* [limits] end */
    return pwwb_limits_new(&limits, ret_limits, err);
}

typedef struct host {
    memory_directory memory;
    people           who;
    small_journal    book;
    pwwb_keyring    *keys;
    pwwb_anchors    *anchors;
    pwwb_journal    *journal;
    pwwb_directory  *directory;
    pwwb_filter     *filter;
    pwwb_limits     *limits;
    pwwb_writeback  *writeback;
    pwwb_portal     *portal;
    pwwb_error      *err;
} host;

static pwwb_status
make_tables(host *h)
{
    static char season[] = "summer";
    pwwb_status st       = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &h->keys, h->err);

    if (st == PWWB_OK)
        st = pwwb_anchors_new(&anchors_ops, &h->who, &h->anchors, h->err);
    if (st == PWWB_OK)
        st = pwwb_journal_new(&small_journal_ops, &h->book, &h->journal, h->err);
    if (st == PWWB_OK)
        st = pwwb_directory_new(&memory_directory_ops, &h->memory, &h->directory, h->err);
    if (st == PWWB_OK)
        st = pwwb_filter_new(&filter_ops, season, &h->filter, h->err);
    if (st == PWWB_OK)
        st = make_limits(&h->limits, h->err);
    if (st == PWWB_OK)
        st = pwwb_portal_new(h->keys, NULL, &h->portal, h->err);
    return st;
}

static pwwb_status
make(host *h)
{
    pwwb_writeback_options options = {.size = sizeof(options)};
    pwwb_status            st      = make_tables(h);

    if (st != PWWB_OK)
        return st;

    /* [options] */
    options.filters        = &h->filter;
    options.filter_count   = 1;
    options.limits         = h->limits;
    options.audit          = write_down;
    options.audit_ctx      = stdout;
    options.audit_required = 1; /* what is not written down is not done */
    /* [options] end */
    return pwwb_writeback_new(h->keys, &options, &h->writeback, h->err);
}

static void
drop(host *h)
{
    pwwb_portal_free(h->portal);
    pwwb_writeback_free(h->writeback); /* before its filters */
    pwwb_limits_free(h->limits);
    pwwb_filter_free(h->filter);
    pwwb_directory_free(h->directory);
    pwwb_journal_free(h->journal);
    pwwb_anchors_free(h->anchors);
    pwwb_keyring_free(h->keys);
    pwwb_error_free(h->err);
}

/* Seal as a portal, run as an agent; 1 when it came out as it must. */
static int
ask(host *h, const struct row *row)
{
    uint8_t     sealed[PWWB_ENVELOPE_MAX];
    size_t      len;
    int32_t     code;
    pwwb_claims claims = {.size      = sizeof(claims),
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_PASS_THROUGH,
                          .anchor    = {.kind = PWWB_ANCHOR_CLOUD}};
    pwwb_status st;

    memcpy(claims.anchor.guid, h->who.list[0].cloud, PWWB_ID_SIZE);
    st = pwwb_portal_begin(h->portal, &claims, (const uint8_t *)row->password,
                           strlen(row->password), NULL, 0, sealed, sizeof(sealed), &len, &code,
                           h->err);
    if (st == PWWB_OK)
        st = pwwb_writeback_begin(h->writeback, sealed, len, h->err);
    /* [run] */
    if (st == PWWB_OK)
        st = pwwb_writeback_run(h->writeback, h->journal, h->anchors, h->directory, 10000, h->err);
    /* [run] end */
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(h->err));
    return st == PWWB_OK && pwwb_writeback_code(h->writeback) == row->code;
}

int
main(void)
{
    host            h     = {.err = pwwb_error_new(), .book = {.born_ms = (int64_t)time(NULL) * 1000}};
    int             wrong = 0;
    size_t          i;
    pwwb_status     st;
    memory_account *anna;

    h.memory.rules = (pwwb_policy_rules){.size       = sizeof(h.memory.rules),
                                         .source     = PWWB_POLICY_HOST,
                                         .min_length = 8,
                                         .complexity = PWWB_YES};
    anna           = memory_directory_add(&h.memory, 0xa1, "anna", "Anna", "Long-Forgotten-1");
    (void)snprintf(anna->dn, sizeof(anna->dn), "CN=Anna,OU=Staff,DC=corp,DC=example");
    memset(h.who.list[0].cloud, 0xc1, PWWB_ID_SIZE);
    memcpy(h.who.list[0].guid, anna->guid, PWWB_ID_SIZE);
    h.who.list[0].directory = "";
    st                      = make(&h);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(h.err));

    (void)sleep(1); /* of a request of its first second a journal in memory does not know all */
    for (i = 0; st == PWWB_OK && i < sizeof(rows) / sizeof(rows[0]); i++)
        wrong += !ask(&h, &rows[i]);
    drop(&h);
    return st == PWWB_OK && wrong == 0 && h.memory.sets == 1 ? 0 : 1;
}
