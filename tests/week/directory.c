/* SPDX-License-Identifier: Apache-2.0 */
#include "week.h"

/* Their objectGUIDs are filled with 0x40 and what follows. */
static week_person *
person_of(week_directory *d, const uint8_t *guid)
{
    size_t number = (size_t)guid[0] - 0x40;

    return number < PEOPLE ? &d->people[number] : NULL;
}

static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found, pwwb_error *err)
{
    week_directory *d = ctx;

    (void)timeout_ms;
    if (d->is_away)
        return pwwb_error_set(err, PWWB_E_CONNECT, "nobody is there");
    ret_found->code = PWWB_CODE_NOT_FOUND;
    if (person_of(d, anchor->guid) == NULL)
        return PWWB_OK;
    ret_found->code       = PWWB_CODE_OK;
    ret_found->candidates = 1;
    memcpy(ret_found->guid, anchor->guid, PWWB_ID_SIZE);
    return PWWB_OK;
}

static void
fill_rules(pwwb_policy_rules *rules, int32_t min_length)
{
    rules->source              = PWWB_POLICY_DOMAIN;
    rules->min_length          = min_length;
    rules->complexity          = PWWB_NO;
    rules->history_length      = 0;
    rules->lockout_threshold   = 0;
    rules->max_length          = 0;
    rules->min_age_ms          = 0;
    rules->max_age_ms          = 0;
    rules->lockout_duration_ms = 0;
    rules->lockout_window_ms   = 0;
}

static pwwb_status
read_person(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *a, pwwb_policy_rules *ret_rules,
            pwwb_error *err)
{
    week_directory    *d = ctx;
    const week_person *p = person_of(d, guid);

    (void)timeout_ms;
    if (d->is_away)
        return pwwb_error_set(err, PWWB_E_CONNECT, "nobody is there");
    if (p == NULL)
        return PWWB_E_NOT_FOUND;
    a->kind                 = PWWB_ACCOUNT_PERSON;
    a->user_account_control = PWWB_UAC_NORMAL | (p->is_disabled ? PWWB_UAC_DISABLED : 0U);
    a->is_protected         = PWWB_NO;
    a->is_locked            = PWWB_NO;
    a->locked_since_ms      = 0;
    a->may_change           = PWWB_YES;
    a->bad_password_count   = 0;
    a->password_last_set_ms = p->last_set_ms;
    a->now_ms               = d->clock->wall_ms;
    (void)snprintf(a->account_name, sizeof(a->account_name), "%s", p->name);
    (void)snprintf(a->dn, sizeof(a->dn), "%s", p->dn);
    (void)snprintf(a->controller, sizeof(a->controller), "dc1.week.test");
    fill_rules(ret_rules, p->min_length);
    return PWWB_OK;
}

static void
happen(week_directory *d)
{
    void (*on_set)(void *ctx) = d->on_set;

    d->on_set = NULL;
    if (on_set != NULL)
        on_set(d->on_set_ctx);
}

static int
is_old(const week_person *p, const pwwb_set *set)
{
    return set->old_password_len == strlen(p->password)
           && memcmp(set->old_password, p->password, set->old_password_len) == 0;
}

static pwwb_status
set_password(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *result, pwwb_error *err)
{
    week_directory *d = ctx;
    week_person    *p = person_of(d, set->guid);

    (void)timeout_ms;
    if (d->is_away || p == NULL)
        return pwwb_error_set(err, PWWB_E_CONNECT, "nobody is there");
    d->asked++;
    result->code                 = PWWB_CODE_OK;
    result->password_last_set_ms = p->last_set_ms;
    if (set->kind == PWWB_SET_CHANGE && !is_old(p, set)) {
        result->code = PWWB_CODE_OLD_PASSWORD_WRONG;
        return PWWB_OK;
    }
    d->writes++;
    if (set->kind != PWWB_SET_UNLOCK) {
        (void)snprintf(p->password, sizeof(p->password), "%.*s", (int)set->password_len, (const char *)set->password);
        p->last_set_ms = result->password_last_set_ms = d->clock->wall_ms;
    }
    happen(d);
    return PWWB_OK;
}

static pwwb_status
tell_rules(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    week_directory *d = ctx;

    (void)timeout_ms;
    if (d->is_away)
        return pwwb_error_set(err, PWWB_E_CONNECT, "nobody is there");
    fill_rules(ret_rules, 8);
    return PWWB_OK;
}

const pwwb_directory_ops week_directory_ops = {
    .size    = sizeof(pwwb_directory_ops),
    .find    = find,
    .read    = read_person,
    .set     = set_password,
    .summary = tell_rules,
};

void
week_directory_make(week_directory *d, fake_clock *clock)
{
    size_t i;

    *d = (week_directory){.clock = clock};
    for (i = 0; i < PEOPLE; i++) {
        week_person *p = &d->people[i];

        (void)snprintf(p->name, sizeof(p->name), "person%zu", i);
        (void)snprintf(p->dn, sizeof(p->dn), "CN=person%zu,%sDC=week,DC=test", i,
                       i == WEEK_OUTSIDE ? "" : "OU=Staff,");
        (void)snprintf(p->password, sizeof(p->password), "First-Word-%zu", i);
        p->min_length  = i == WEEK_STRICT ? 20 : 8;
        p->is_disabled = i == WEEK_DISABLED;
        p->last_set_ms = clock->wall_ms - DAY;
    }
}
