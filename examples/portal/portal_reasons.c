/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_reasons.h"

#include <stdio.h>
#include <time.h>

#include "portal_lang.h"

enum { SENTENCE = 512 };

/* One finding; a number that is not known is -1. */
typedef struct reason {
    int32_t code, basis;
    int64_t limit, actual;
} reason;

/* A number of something, where it is known. */
#define SAY_COUNT(n, one, many)                                                            \
    (n) < 0 ? 0 : snprintf(text, SENTENCE, ngettext(one, many, (unsigned long)(n)), (long long)(n))

static void
say_rule(const reason *r, char text[SENTENCE])
{
    switch (r->code) {
    case PWWB_CODE_POLICY_TOO_SHORT:
        SAY_COUNT(r->limit, "Choose at least %lld character.", "Choose at least %lld characters.");
        break;
    case PWWB_CODE_POLICY_TOO_LONG:
        SAY_COUNT(r->limit, "Choose at most %lld character.", "Choose at most %lld characters.");
        break;
    case PWWB_CODE_POLICY_COMPLEXITY:
        SAY_COUNT(r->limit > 0 ? r->actual : -1, "So far it has %lld kind.", "So far it has %lld kinds.");
        break;
    case PWWB_CODE_POLICY_HISTORY:
        SAY_COUNT(r->limit > 0 ? r->limit : -1, "The last password cannot be used again.",
                  "The last %lld passwords cannot be used again.");
        break;
    default:
        break;
    }
}

static void
say_words(const reason *r, char text[SENTENCE])
{
    if (r->code == PWWB_CODE_POLICY_CONTAINS_NAME && r->actual == PWWB_NAME_ACCOUNT)
        (void)snprintf(text, SENTENCE, "%s", _("It has the name of your account in it."));
    if (r->code == PWWB_CODE_POLICY_CONTAINS_NAME && r->actual == PWWB_NAME_DISPLAY)
        (void)snprintf(text, SENTENCE, "%s", _("It has a part of your name in it."));
    if (r->code == PWWB_CODE_POLICY_BANNED && r->limit > 0 && r->actual >= 0)
        (void)snprintf(text, SENTENCE, _("It has %lld of the %lld points that are needed."),
                       (long long)r->actual, (long long)r->limit);
    if (r->code == PWWB_CODE_LOCKOUT_GUARD && r->limit > 0 && r->actual >= 0)
        (void)snprintf(text, SENTENCE, _("%lld of %lld wrong passwords were counted."), (long long)r->actual,
                       (long long)r->limit);
}

/* By the clock on the wall here; 0 = there is no such time. */
static int
is_time(int64_t time_ms, char when[64])
{
    time_t    seconds = (time_t)(time_ms / 1000);
    struct tm parts;

    return time_ms > 0 && localtime_r(&seconds, &parts) != NULL && strftime(when, 64, "%Y-%m-%d %H:%M", &parts) > 0;
}

static void
say_time(const reason *r, char text[SENTENCE])
{
    char when[64];

    if (r->code == PWWB_CODE_POLICY_TOO_YOUNG && is_time(r->limit, when))
        (void)snprintf(text, SENTENCE, _("You can change it again from %s."), when);
    if (r->code == PWWB_CODE_LOCKED && is_time(r->limit, when))
        (void)snprintf(text, SENTENCE, _("It is unlocked by itself at %s."), when);
    if (r->code == PWWB_CODE_ACCOUNT_EXPIRED && is_time(r->actual, when))
        (void)snprintf(text, SENTENCE, _("It expired at %s."), when);
}

int
portal_reason(const pwwb_findings *findings, size_t index, char text[PORTAL_REASON_SIZE])
{
    char        sentence[SENTENCE] = "";
    const char *perhaps            = "";
    reason      r;

    text[0] = '\0';
    if (pwwb_findings_get(findings, index, &r.code, &r.basis, &r.limit, &r.actual) != PWWB_OK)
        return 0;

    say_rule(&r, sentence);
    say_words(&r, sentence);
    say_time(&r, sentence);
    if (r.basis == PWWB_BASIS_INFERRED)
        perhaps = _("Perhaps: ");
    (void)snprintf(text, PORTAL_REASON_SIZE, "%s%s%s%s", perhaps, _(pwwb_code_user_text(r.code)),
                   sentence[0] != '\0' ? " " : "", sentence);
    return sentence[0] != '\0';
}

const char *
portal_result(int32_t code, int32_t outcome, int is_unlock)
{
    if (is_unlock && outcome == PWWB_OUTCOME_SET)
        return _("Your account is unlocked.");
    if (is_unlock && outcome == PWWB_OUTCOME_UNKNOWN)
        return _("It is not certain that your account was unlocked. Try to sign in first.");
    return _(pwwb_code_user_text(code));
}
