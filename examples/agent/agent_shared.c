/* SPDX-License-Identifier: Apache-2.0 */
/* What the workers of an agent share, and what its check looks at by itself. */
#include <stdio.h>
#include <string.h>

#include <pwwb/limits.h>
#include <pwwb/sqlite.h>

#include "../common/banned_words.h"
#include "agent_world.h"

enum { MEMORY_PLACES = 20000 };

pwwb_status
agent_about(pwwb_error *err, pwwb_status status, const char *what)
{
    char message[256];

    (void)snprintf(message, sizeof(message), "%s: %.200s", what, pwwb_error_message(err));
    return pwwb_error_set(err, status, message);
}

pwwb_status
agent_filters_new(const agent_settings *s, pwwb_filter **filters, size_t *ret_count, pwwb_error *err)
{
    pwwb_status st;

    *ret_count = 0;
    if (s->banned != NULL) {
        st = banned_words_open(s->banned, &filters[*ret_count], err);
        if (st != PWWB_OK)
            return agent_about(err, st, "filters.banned");
        (*ret_count)++;
    }
    if (s->breached != NULL) {
        st = pwwb_filter_new_breached(s->breached, &filters[*ret_count], err);
        if (st != PWWB_OK)
            return agent_about(err, st, "filters.breached");
        (*ret_count)++;
    }
    return PWWB_OK;
}

/* Bits by their words; which must all be known: agent_settings_read() has seen to that. */
static uint32_t
operations_of(const settings_texts *words)
{
    uint32_t bits = 0;
    size_t   i;

    for (i = 0; i < words->count; i++)
        bits |= 1U << agent_operation(words->list[i]);
    return bits;
}

pwwb_status
agent_limits_new(const agent_outside *outside, const agent_settings *s, pwwb_limits **ret_limits, pwwb_error *err)
{
    const agent_limits *l = &s->limits;
    pwwb_limits_options o = {.size          = sizeof(o),
                             .operations    = operations_of(&l->operations),
                             .scopes        = l->scope.list,
                             .scope_count   = l->scope.count,
                             .per_account   = (int32_t)l->per_account,
                             .per_account_s = l->per_account_seconds,
                             .in_all        = (int32_t)l->in_all,
                             .in_all_s      = l->in_all_seconds,
                             .clock         = outside->clock,
                             .clock_ctx     = outside->clock_ctx};
    pwwb_status         st = pwwb_limits_new(&o, ret_limits, err);

    return st == PWWB_OK ? st : agent_about(err, st, "limits");
}

static int
texts_are(const settings_texts *a, const settings_texts *b)
{
    size_t i;

    if (a->count != b->count)
        return 0;
    for (i = 0; i < a->count; i++)
        if (strcmp(a->list[i], b->list[i]) != 0)
            return 0;
    return 1;
}

int
agent_limits_are(const agent_limits *a, const agent_limits *b)
{
    return texts_are(&a->operations, &b->operations) && texts_are(&a->scope, &b->scope)
           && a->per_account == b->per_account && a->per_account_seconds == b->per_account_seconds
           && a->in_all == b->in_all && a->in_all_seconds == b->in_all_seconds;
}

int
agent_journal_is_memory(const agent_settings *s)
{
    return strcmp(s->journal, "memory") == 0;
}

pwwb_status
agent_journal_new(const agent_outside *outside, const agent_settings *s, pwwb_journal **ret_journal,
                  pwwb_error *err)
{
    pwwb_status st;

    if (agent_journal_is_memory(s))
        st = pwwb_journal_new_memory(MEMORY_PLACES, outside->clock, outside->clock_ctx, ret_journal, err);
    else
        st = pwwb_journal_new_sqlite(s->journal, outside->clock, outside->clock_ctx, ret_journal, err);
    return st == PWWB_OK ? st : agent_about(err, st, "journal");
}
