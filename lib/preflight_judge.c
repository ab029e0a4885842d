/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight.h"

#include <stdio.h>
#include <string.h>

#include "guid.h"

/* MS-ADTS 5.1.3.2.1 (control access rights); MS-ADA1 to 3 (attributes and their sets). */
static const wb_preflight_right rights[] = {
    {PWWB_PREFLIGHT_RESET, WB_SD_CONTROL_ACCESS, "00299570-246d-11d0-a768-00aa006e0529", NULL, "CR",
     "CA;Reset Password"},
    {PWWB_PREFLIGHT_CHANGE, WB_SD_CONTROL_ACCESS, "ab721a53-1e2f-11d0-9819-00aa0040529b", NULL, "CR",
     "CA;Change Password"},
    {PWWB_PREFLIGHT_CHANGE_SELF, WB_SD_CONTROL_ACCESS, "ab721a53-1e2f-11d0-9819-00aa0040529b", NULL,
     "CR", "CA;Change Password"},
    {PWWB_PREFLIGHT_LOCKOUT_TIME, WB_SD_WRITE_PROPERTY, "28630ebf-41d5-11d1-a9c1-0000f80367c1", NULL,
     "WP", "WP;lockoutTime"},
    {PWWB_PREFLIGHT_PWD_LAST_SET, WB_SD_WRITE_PROPERTY, "bf967a0a-0de6-11d0-a285-00aa003049e2",
     "4c164200-20c0-11d0-a768-00aa006e0529", "WP", "WP;pwdLastSet"},
    {PWWB_PREFLIGHT_UNEXPIRE, WB_SD_CONTROL_ACCESS, "ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501", NULL, "CR",
     "CA;Unexpire Password"},
    {PWWB_PREFLIGHT_GROUPS, WB_SD_READ_PROPERTY, "b7c69e6d-2cc7-11d2-854e-00a0c983f608",
     "037088f8-0ae1-11d2-b422-00a0c968f939", "RP", "RP;tokenGroups"},
};

/* A right that is asked for, of a descriptor. */
typedef struct asked {
    const wb_preflight_facts *facts;
    const wb_preflight_right *right;
    const wb_sd              *sd; /* NULL = it may not be read */
    uint8_t                   type[PWWB_ID_SIZE];
    uint8_t                   set[PWWB_ID_SIZE];
    wb_sd_question            question;
} asked;

static void
say(wb_preflight_item *item, int32_t answer, int32_t reason)
{
    item->answer = answer;
    item->reason = reason;
}

/* Why no entry grants a right on the account. */
static int32_t
why_silent(const wb_preflight_facts *f)
{
    if (f->is_admin == PWWB_YES || (f->is_admin == PWWB_MAYBE && f->admin_count > 0))
        return PWWB_WHY_PROTECTED;
    if (!f->acl.is_protected)
        return PWWB_WHY_NOT_GRANTED;
    return f->admin_count > 0 ? PWWB_WHY_WAS_PROTECTED : PWWB_WHY_INHERITANCE_OFF;
}

/* Whether the entry that decides was inherited. */
static int32_t
why_denied(const asked *a)
{
    wb_span     rest = a->sd->entries;
    wb_sd_entry e;

    while (wb_sd_next(&rest, &e) == 0)
        if (e.says == WB_SD_DENIED && !e.has_condition && wb_sd_concerns(&e, &a->question))
            break;
    return (e.flags & WB_SD_INHERITED) != 0 ? PWWB_WHY_DENIED_ABOVE : PWWB_WHY_DENIED;
}

static void
judge_by_entries(const asked *a, int32_t silent, wb_preflight_item *item)
{
    if (a->sd == NULL) {
        say(item, PWWB_MAYBE, PWWB_WHY_UNREADABLE);
        return;
    }
    switch (wb_sd_decide(a->sd, &a->question)) {
    case WB_SD_GRANTED:
        say(item, PWWB_YES, PWWB_WHY_GRANTED);
        break;
    case WB_SD_DENIED:
        say(item, PWWB_NO, why_denied(a));
        break;
    case WB_SD_SILENT:
        say(item, PWWB_NO, silent);
        break;
    default:
        say(item, PWWB_MAYBE, PWWB_WHY_UNCLEAR);
    }
}

/* What the controller itself says goes first; where the descriptor contradicts it, nobody knows. */
static void
judge_listed(const asked *a, int is_listed, wb_preflight_item *item)
{
    judge_by_entries(a, why_silent(a->facts), item);
    if (is_listed)
        say(item, PWWB_YES, PWWB_WHY_GRANTED);
    else if (item->answer == PWWB_YES)
        say(item, PWWB_MAYBE, PWWB_WHY_UNCLEAR);
    else if (a->sd == NULL && a->facts->lists_any)
        say(item, PWWB_NO, PWWB_WHY_NOT_GRANTED);
}

/* Without tokenGroups it cannot be told who is an administrator, whatever the reason. */
static void
judge_groups(const asked *a, wb_preflight_item *item)
{
    judge_listed(a, a->facts->has_groups, item);
    if (!a->facts->has_groups)
        item->answer = PWWB_NO;
}

static void
grant(const asked *a, wb_preflight_item *item)
{
    switch (item->reason) {
    case PWWB_WHY_NOT_GRANTED:
        if (item->check == PWWB_PREFLIGHT_UNEXPIRE)
            wb_preflight_grant_head(a->facts, a->right, item);
        else
            wb_preflight_grant_around(a->facts, a->right, item);
        break;
    case PWWB_WHY_INHERITANCE_OFF:
    case PWWB_WHY_WAS_PROTECTED:
        wb_preflight_grant_here(a->facts, a->right, item);
        break;
    case PWWB_WHY_DENIED:
        wb_preflight_take_denials(item->object, a->sd, &a->question, item);
        break;
    default:
        break; /* nothing is lacking, or no command helps */
    }
}

static void
judge_right(const wb_preflight_facts *f, const wb_preflight_right *right, wb_preflight_item *item)
{
    int                      is_self = right->check == PWWB_PREFLIGHT_CHANGE_SELF;
    int                      is_head = right->check == PWWB_PREFLIGHT_UNEXPIRE;
    const wb_preflight_sids *sids    = is_self ? &f->own : &f->holders;
    asked                    a       = {.facts = f, .right = right};

    if (is_head)
        a.sd = f->has_head ? &f->head : NULL;
    else
        a.sd = f->has_acl ? &f->acl : NULL;
    (void)wb_guid_parse(right->type, strlen(right->type), a.type);
    if (right->set != NULL)
        (void)wb_guid_parse(right->set, strlen(right->set), a.set);
    a.question = (wb_sd_question){sids->list, sids->count, right->mask, a.type,
                                  right->set != NULL ? a.set : NULL};
    (void)snprintf(item->object, sizeof(item->object), "%s", is_head ? f->domain : f->dn);

    switch (right->check) {
    case PWWB_PREFLIGHT_LOCKOUT_TIME:
        judge_listed(&a, f->lists_lockout_time, item);
        break;
    case PWWB_PREFLIGHT_PWD_LAST_SET:
        judge_listed(&a, f->lists_pwd_last_set, item);
        break;
    case PWWB_PREFLIGHT_GROUPS:
        judge_groups(&a, item);
        break;
    default:
        judge_by_entries(&a, is_head ? PWWB_WHY_NOT_GRANTED : why_silent(f), item);
    }
    grant(&a, item);
}

static void
judge_rules(const wb_preflight_facts *f, wb_preflight_item *item)
{
    wb_preflight_container(f->domain, item->object);
    if (f->pso_dn[0] != '\0')
        (void)snprintf(item->object, sizeof(item->object), "%s", f->pso_dn);
    if (f->pso == WB_PSO_READ || f->pso == WB_PSO_NONE)
        say(item, PWWB_YES, PWWB_WHY_GRANTED);
    else if (f->pso == WB_PSO_UNREADABLE)
        say(item, PWWB_NO, PWWB_WHY_NOT_GRANTED);
    else
        say(item, PWWB_MAYBE, PWWB_WHY_UNREADABLE);
    if (item->answer != PWWB_YES)
        wb_preflight_grant_rules(f, item);
}

static void
judge_history(const wb_preflight_facts *f, wb_preflight_item *item)
{
    (void)snprintf(item->object, sizeof(item->object), "%s", f->controller);
    if (f->has_hints)
        say(item, PWWB_YES, PWWB_WHY_GRANTED);
    else if (f->allows_no_history)
        say(item, PWWB_YES, PWWB_WHY_ALLOWED);
    else
        say(item, PWWB_NO, PWWB_WHY_NOT_SUPPORTED);
}

static const wb_preflight_right *
right_of(int32_t check)
{
    size_t i;

    for (i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
        if (rights[i].check == check)
            return &rights[i];
    return NULL;
}

void
wb_preflight_judge(const wb_preflight_facts *f, pwwb_preflight *ret_preflight)
{
    int i;

    for (i = 0; i < WB_PREFLIGHT_CHECKS; i++) {
        wb_preflight_item        *item = &ret_preflight->items[i];
        const wb_preflight_right *right;

        item->check = PWWB_PREFLIGHT_RESET + i;
        right       = right_of(item->check);
        if (right != NULL)
            judge_right(f, right, item);
        else if (item->check == PWWB_PREFLIGHT_PASSWORD_RULES)
            judge_rules(f, item);
        else
            judge_history(f, item);
    }
}
