/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDITS_H
#define AUDITS_H

/* An audit of the host's that does as it is told, in a world with one at both sides. Every event's line goes
 * into the file that main() was given, for tests/check_audit; every event is searched for the secrets. */

#include <stdio.h>
#include <stdlib.h>

#include "flow_world.h"
#include "keyring.h"

typedef struct audits {
    fake_fault       before; /* what it answers */
    fake_fault       after;
    int64_t          takes_ms; /* each time, of the world's clock */
    fake_clock      *clock;
    size_t           count;
    pwwb_audit_event list[16]; /* the first ones */
} audits;

static FILE *audit_lines;
static long  audit_total, audit_leaks, audit_unprinted;

static inline int
audit_holds(const pwwb_audit_event *event, const char *line, const void *secret, size_t len)
{
    return memmem(event, sizeof(*event), secret, len) != NULL
           || memmem(line, strlen(line), secret, len) != NULL;
}

/* Passwords as typed and as Active Directory takes them, and the tenant's key. */
static inline int
audit_leaks_in(const pwwb_audit_event *event, const char *line)
{
    static const char *const passwords[] = {new_password, old_password};
    int    found = audit_holds(event, line, agent_keys->epochs[0].keys->tenant, WB_KEY_SIZE);
    size_t i, k;

    for (i = 0; i < COUNT(passwords); i++) {
        char wide[2 * sizeof(new_password)] = {0};

        for (k = 0; passwords[i][k] != '\0'; k++)
            wide[2 * k] = passwords[i][k];
        found += audit_holds(event, line, passwords[i], k) + audit_holds(event, line, wide, 2 * k);
    }
    return found;
}

static pwwb_status
audits_take(void *ctx, const pwwb_audit_event *event)
{
    audits *a = ctx;
    char    line[PWWB_AUDIT_LINE_SIZE] = "";
    size_t  len;

    audit_total++;
    audit_unprinted += pwwb_audit_print(event, line, sizeof(line), &len, NULL) != PWWB_OK;
    audit_leaks += audit_leaks_in(event, line);
    if (audit_lines != NULL)
        fprintf(audit_lines, "%s\n", line);
    if (a->count < COUNT(a->list))
        a->list[a->count] = *event;
    a->count++;
    if (a->clock != NULL) {
        a->clock->wall_ms += a->takes_ms;
        a->clock->monotonic_ms += a->takes_ms;
    }
    return fake_fault_next(event->stage == PWWB_AUDIT_BEFORE ? &a->before : &a->after);
}

static inline pwwb_status
audits_portal(world *w, audits *a, int32_t is_required)
{
    pwwb_portal_options options = {.size = sizeof(options), .clock = &fake_clock_ops,
                                   .clock_ctx = &w->clock, .audit = audits_take, .audit_ctx = a,
                                   .audit_required = is_required};

    pwwb_portal_free(w->portal);
    return pwwb_portal_new(agent_keys, &options, &w->portal, NULL);
}

/* Both sides tell the same one. */
static inline void
audits_world(world *w, audits *a, int32_t is_required, size_t journal_capacity)
{
    memset(a, 0, sizeof(*a));
    world_prepare(w);
    w->writeback.audit          = audits_take;
    w->writeback.audit_ctx      = a;
    w->writeback.audit_required = is_required;
    CHECK_STATUS(PWWB_OK, world_make_with(w, agent_keys, journal_capacity));
    CHECK_STATUS(PWWB_OK, audits_portal(w, a, is_required));
}

/* One event, all of it that every test knows; and the next. */
static inline const pwwb_audit_event *
audits_check(const audits *a, size_t n, int32_t side, int32_t end, int32_t code)
{
    const pwwb_audit_event *e = &a->list[n];

    CHECK(n < a->count);
    CHECK_INT(sizeof(*e), e->size);
    CHECK_INT(side, e->side);
    CHECK_INT(end == 0 ? PWWB_AUDIT_BEFORE : PWWB_AUDIT_AFTER, e->stage);
    CHECK_INT(end, e->end);
    CHECK_STR(pwwb_code_name(code), pwwb_code_name(e->code));
    return e;
}

/* Begin, with the file of lines, and end: no event held a secret, and each could be printed. */
static inline int
audits_begin(int argc, char **argv)
{
    audit_lines = argc > 1 ? fopen(argv[1], "a") : NULL;
    return make_keys() && (argc < 2 || audit_lines != NULL);
}

static inline void
no_event_holds_a_secret_and_a_planted_one_is_found(void)
{
    pwwb_audit_event planted = {.size = sizeof(planted)};

    printf("# %ld events\n", audit_total);
    CHECK(audit_total > 0);
    CHECK_INT(0, audit_leaks);
    CHECK_INT(0, audit_unprinted);
    memcpy(planted.controller, new_password, sizeof(new_password));
    CHECK_INT(1, audit_leaks_in(&planted, ""));
    CHECK_INT(1, audit_leaks_in(&(pwwb_audit_event){0}, old_password));
}

static inline void
audits_end(void)
{
    if (audit_lines != NULL && fclose(audit_lines) != 0)
        abort();
    drop_keys();
}

#endif /* AUDITS_H */
