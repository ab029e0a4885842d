/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_POLICY_H
#define WB_POLICY_H

/* What a password is made of and whose names are in it: judged straight from its UTF-8, without a
 * copy and without Unicode tables. What needs a table is answered with a range, or with MAYBE.
 * Texts are valid UTF-8 without NUL unless it says otherwise. And why a directory that names no rule
 * refused. */

#include <pwwb/policy.h>

#include "span.h"

#define WB_KINDS_WANTED 3 /* of five: MS-SAMR 3.1.1.7.2 */

/* Kinds of characters, of the five of MS-SAMR 3.1.1.7.2 and of Microsoft Learn: those there for
 * certain, and those that may be there under one reading or the other. */
typedef struct wb_kinds {
    int least;
    int most;
} wb_kinds;

wb_kinds wb_kinds_of(wb_span text);

/* Whether text holds the whole name, which counts when longer than two characters, without regard
 * to case: enum pwwb_answer. A name may be any octets: MAYBE when it is not UTF-8. */
int32_t wb_holds_name(wb_span text, wb_span name);

/* The same for the parts of a display name. */
int32_t wb_holds_part(wb_span text, wb_span display_name);

/* The next part of a display name, empty ones too: returns 0 behind the last. *at is 0 first. */
int wb_name_next(wb_span display_name, size_t *at, wb_span *ret_part);
/* What pwwb_policy_check() does once it has found its arguments good; findings, which may be NULL,
 * are added to. One of enum pwwb_verdict. */
int32_t wb_policy_judge(const pwwb_policy_rules *rules, const pwwb_account *account, int32_t kind,
                        wb_span password, pwwb_findings *findings);

int wb_policy_is_in_range(const pwwb_policy_rules *rules);

/* "Nothing known", sizes included. */
void wb_account_forget(pwwb_account *account);
void wb_rules_forget(pwwb_policy_rules *rules);

/* What cannot be read is not known, whatever numbers stand there. */
void wb_policy_forget_unreadable(pwwb_policy_rules *rules);

/* policy_weakest.c: what lets pass what either lets pass, each rule by itself; not known where only one
 * is, and that is not the weakest there is. Of lockout nothing is known then. */
void wb_policy_weaken(pwwb_policy_rules *rules, const pwwb_policy_rules *other);

/* Whether minimum age forbids to set it now, enum pwwb_answer, and from when on it does not; -1 = not
 * known. */
int32_t wb_policy_is_young(const pwwb_policy_rules *rules, const pwwb_account *account,
                           int64_t *ret_earliest);

/* policy_explain.c: a refusal by a rule that the directory does not name. */

typedef struct wb_refusal {
    const pwwb_policy_rules *rules;
    const pwwb_account      *account;  /* as it was when the directory was asked */
    int32_t                  kind;     /* PWWB_SET_RESET or PWWB_SET_CHANGE */
    int32_t                  has_past; /* enum pwwb_answer: whether history and age held for it */
    wb_span                  password; /* the new one */
    int                      counts_octets; /* the directory counts its length so */
} wb_refusal;

/* The numbers that go with a refusal's code, see pwwb_findings_get(); 0 = it has none. */
int wb_policy_numbers(const wb_refusal *refusal, int32_t code, int64_t *ret_limit,
                      int64_t *ret_actual);

/* Add what is surely broken; where nothing is, all that is not excluded, as inferred, and
 * PWWB_CODE_POLICY_OTHER at its end, for a password filter never is. The code that it comes to. */
int32_t wb_policy_explain(const wb_refusal *refusal, pwwb_findings *findings);

/* Whether such an explanation is in a list. */
int wb_policy_is_explained(const pwwb_findings *findings);

/* The code of the first finding that may name a refusal: a rule, and stated, for an inferred one is
 * one of several. Else PWWB_CODE_POLICY_OTHER. */
int32_t wb_policy_named(const pwwb_findings *findings);

/* When a locked account opens by itself: 0 = until unlocked, -1 = not known. */
int64_t wb_policy_locked_until(const pwwb_policy_rules *rules, const pwwb_account *account);

#endif /* WB_POLICY_H */
