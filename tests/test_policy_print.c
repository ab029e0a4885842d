/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 16 */

#include <pwwb/policy.h>

#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "harness.h"
#include "page.h"

#define DAY_MS INT64_C(86400000)
#define NOW_MS INT64_C(1795342500000) /* date -u -d 2026-11-22T10:15:00Z +%s */

static char text[PWWB_POLICY_TEXT_SIZE];

static const char *
describe(const pwwb_policy_rules *rules, const pwwb_account *account)
{
    size_t len;

    CHECK_STATUS(PWWB_OK, pwwb_policy_print(rules, account, text, sizeof(text), &len, NULL));
    CHECK_INT(strlen(text), len);
    return text;
}

static int
says(const char *line)
{
    const char *at = strstr(text, line);

    if (at == NULL)
        printf("# not said: %s\n# %s\n", line, text);
    return at != NULL && (at == text || at[-1] == '\n') && at[strlen(line)] == '\n';
}
#define SAYS(line) CHECK(says(line))

static pwwb_policy_rules
some_rules(void)
{
    const pwwb_policy_rules r = {.size                = sizeof(r),
                                 .source              = PWWB_POLICY_PSO,
                                 .min_length          = 15,
                                 .complexity          = PWWB_YES,
                                 .history_length      = 24,
                                 .lockout_threshold   = 5,
                                 .min_age_ms          = DAY_MS,
                                 .max_age_ms          = 42 * DAY_MS,
                                 .lockout_duration_ms = 1800000,
                                 .lockout_window_ms   = 5400000,
                                 .source_dn           = "CN=strict,DC=corp"};

    return r;
}

static pwwb_account
some_account(void)
{
    const pwwb_account a = {.size                 = sizeof(a),
                            .user_account_control = PWWB_UAC_NORMAL,
                            .kind                 = PWWB_ACCOUNT_PERSON,
                            .may_change           = PWWB_YES,
                            .password_last_set_ms = NOW_MS - DAY_MS / 2,
                            .password_expires_ms  = NOW_MS + 20 * DAY_MS,
                            .now_ms               = NOW_MS,
                            .account_name         = "u001",
                            .display_name         = "Una Tester",
                            .controller           = "dc1.corp"};

    return a;
}

static void
rules_are_told_in_sentences(void)
{
    const pwwb_policy_rules r = some_rules();

    CHECK_STR("Rules of a password settings object, which replace the domain's: CN=strict,DC=corp.\n"
              "At least 15 characters.\n"
              "Three of these kinds: capital letters, small letters, digits, signs, other letters."
              " Neither the account's name nor a part of the person's.\n"
              "Not one of the last 24 passwords.\n"
              "It may be changed again after 1 day.\n"
              "It expires after 42 days.\n"
              "5 wrong passwords within 90 minutes lock the account for 30 minutes.\n",
              describe(&r, NULL));
}

static void
an_account_is_told_in_sentences(void)
{
    const pwwb_account a = some_account();

    CHECK_STR("Account u001 (Una Tester), on dc1.corp, at 2026-11-22T10:15:00Z.\n"
              "Not an administrator's.\n"
              "The account never expires.\n"
              "Not locked.\n"
              "The password was set at 2026-11-21T22:15:00Z.\n"
              "The password expires at 2026-12-12T10:15:00Z.\n"
              "The person may change it.\n",
              describe(NULL, &a));
}

static void
what_is_not_known_is_said_to_be_not_known(void)
{
    const pwwb_policy_rules r = {.size = sizeof(r), .source = PWWB_POLICY_DOMAIN, .min_length = -1,
                                 .complexity = PWWB_MAYBE, .history_length = -1,
                                 .lockout_threshold = -1, .min_age_ms = -1, .max_age_ms = -1,
                                 .lockout_duration_ms = -1, .lockout_window_ms = -1};
    const pwwb_account a = {.size = sizeof(a), .kind = PWWB_ACCOUNT_PERSON,
                            .is_protected = PWWB_MAYBE, .is_locked = PWWB_MAYBE,
                            .may_change = PWWB_MAYBE, .bad_password_count = -1,
                            .bad_password_time_ms = -1, .password_last_set_ms = -1,
                            .locked_since_ms = -1, .locked_until_ms = -1, .account_expires_ms = -1,
                            .password_expires_ms = -1, .now_ms = -1};

    describe(&r, &a);
    SAYS("Rules of the domain.");
    SAYS("How long it must be at least is not known.");
    SAYS("Whether several kinds of characters are wanted is not known.");
    SAYS("How many earlier passwords are remembered is not known.");
    SAYS("How soon it may be changed again is not known.");
    SAYS("After which time it expires is not known.");
    SAYS("How many wrong passwords lock the account is not known.");
    SAYS("Account without a name that is known.");
    SAYS("Whether it is an administrator's is not known.");
    SAYS("When the account expires is not known.");
    SAYS("Whether it is locked is not known.");
    SAYS("How many wrong passwords count now is not known.");
    SAYS("When the password was set is not known.");
    SAYS("When the password expires is not known.");
    SAYS("Whether the person may change it is not known.");
}

/* Not one number of such rules is to be believed. */
static void
rules_that_cannot_be_read_are_one_sentence(void)
{
    pwwb_policy_rules r = some_rules();

    r.source = PWWB_POLICY_UNREADABLE;
    CHECK_STR("The rules are not known, for what holds them cannot be read: CN=strict,DC=corp.\n",
              describe(&r, NULL));
}

static void
every_rule_has_its_way_to_be_none(void)
{
    pwwb_policy_rules r = {.size = sizeof(r), .source = PWWB_POLICY_HOST};

    CHECK_STR("Rules of the host.\nAny length.\nAny characters.\n"
              "Earlier passwords may be used again.\nIt may be changed again at once.\n"
              "It never expires.\nWrong passwords never lock the account.\n",
              describe(&r, NULL));
    r.history_length      = 1;
    r.lockout_threshold   = 9;
    r.lockout_duration_ms = 0;
    r.lockout_window_ms   = -1;
    describe(&r, NULL);
    SAYS("Not the present password.");
    SAYS("9 wrong passwords, within a time that is not known, lock the account until it is unlocked.");
    r.lockout_window_ms   = 0;
    r.lockout_duration_ms = -1;
    describe(&r, NULL);
    SAYS("9 wrong passwords lock the account, for how long is not known.");
}

/* OpenLDAP counts octets, and what is quality there is a module's matter. */
static void
a_password_policy_entry_is_told_in_its_own_terms(void)
{
    pwwb_policy_rules r = some_rules();

    r.source = PWWB_POLICY_PPOLICY;
    describe(&r, NULL);
    SAYS("Rules of a password policy entry: CN=strict,DC=corp.");
    SAYS("At least 15 octets.");
    SAYS("Of a quality that the directory checks by rules of its own.");
}

static void
every_state_of_an_account_is_told(void)
{
    pwwb_policy_rules r = some_rules();
    pwwb_account      a = some_account();

    a.user_account_control |= PWWB_UAC_DISABLED | PWWB_UAC_SMARTCARD | PWWB_UAC_NOTREQD;
    a.is_protected       = PWWB_YES;
    a.is_locked          = PWWB_YES;
    a.locked_since_ms    = NOW_MS - 600000;
    a.locked_until_ms    = NOW_MS + 1200000;
    a.account_expires_ms = NOW_MS - DAY_MS;
    a.bad_password_count = 5;
    a.may_change         = PWWB_NO;
    describe(&r, &a);
    SAYS("Disabled.");
    SAYS("A smart card is required.");
    SAYS("No password is required.");
    SAYS("An administrator's: it may be changed, not reset.");
    SAYS("Locked since 2026-11-22T10:05:00Z, until 2026-11-22T10:35:00Z.");
    SAYS("The account expired at 2026-11-21T10:15:00Z.");
    SAYS("Wrong passwords that count now: 5.");
    SAYS("The person may not change it.");

    a = some_account(); /* half a day old */
    describe(&r, &a);
    SAYS("It may be changed after 2026-11-22T22:15:00Z.");
    a.password_last_set_ms = 0;
    a.password_expires_ms  = 1;
    describe(&r, &a);
    SAYS("The password must be changed at the next sign-in.");
    CHECK(strstr(text, "expire") == strstr(text, "expires after")); /* of the rules alone */
}

static void
a_lock_without_an_end_is_told(void)
{
    pwwb_account a = some_account();

    a.is_locked       = PWWB_YES;
    a.locked_until_ms = 0;
    describe(NULL, &a);
    SAYS("Locked, until it is unlocked.");
    a.locked_until_ms = -1;
    describe(NULL, &a);
    SAYS("Locked, until when is not known.");
    a.kind = PWWB_ACCOUNT_KRBTGT;
    describe(NULL, &a);
    SAYS("Not a person's account: it is never written.");
}

/* Names come from a directory: no newline forges a line, no escape reaches a terminal. */
static void
names_cannot_forge_lines(void)
{
    pwwb_account a = some_account();

    strcpy(a.display_name, "Eve\nDisabled.\n\x1b[2J\x7f Zo\xc3\xab \xc2\x9b!");
    describe(NULL, &a);
    SAYS("Account u001 (Eve?Disabled.??[2J? Zo\xc3\xab ?!), on dc1.corp, at 2026-11-22T10:15:00Z.");
    CHECK(!strstr(text, "\nDisabled."));
    memset(a.display_name, 'x', sizeof(a.display_name)); /* without an end */
    CHECK(strlen(describe(NULL, &a)) > sizeof(a.display_name));
}

/* At every size, on guard pages. */
static void
a_text_that_does_not_fit_tells_what_it_needs(void)
{
    pwwb_account a = some_account();
    size_t       size, need, len = strlen(describe(NULL, &a));

    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL, pwwb_policy_print(NULL, &a, NULL, 0, &need, NULL));
    CHECK_INT(len, need);
    for (size = 1; size <= len + 1; size++) {
        char *buf = sodium_malloc(size);

        CHECK_STATUS(size > len ? PWWB_OK : PWWB_E_BUFFER_TOO_SMALL,
                     pwwb_policy_print(NULL, &a, buf, size, &need, NULL));
        CHECK_INT(len, need);
        if (size > len)
            CHECK_STR(text, buf);
        sodium_free(buf);
    }
}

/* Every name as long as it can be. */
static void
the_longest_text_fits_the_room(void)
{
    pwwb_policy_rules r = some_rules();
    pwwb_account      a = some_account();

    memset(r.source_dn, 'x', sizeof(r.source_dn) - 1);
    memset(a.account_name, 'x', sizeof(a.account_name));
    memset(a.display_name, 'x', sizeof(a.display_name));
    memset(a.controller, 'x', sizeof(a.controller));
    CHECK(strlen(describe(&r, &a)) < PWWB_POLICY_TEXT_SIZE - 256);
}

static void
what_does_not_fit_this_library_is_refused(void)
{
    pwwb_policy_rules r = some_rules();
    pwwb_account      a = some_account();
    size_t            len;

    CHECK_STR("", describe(NULL, NULL));
    r.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_policy_print(&r, NULL, text, sizeof(text), &len, NULL));
    a.size = 100000;
    CHECK_STATUS(PWWB_E_ABI, pwwb_policy_print(NULL, &a, text, sizeof(text), &len, NULL));
    r        = some_rules();
    r.source = 6;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_policy_print(&r, NULL, text, sizeof(text), &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_policy_print(NULL, NULL, NULL, 1, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_policy_print(NULL, NULL, text, sizeof(text), NULL, NULL));
    a              = some_account();
    a.may_change   = 77;
    a.is_locked    = -5;
    a.is_protected = 3;
    describe(NULL, &a);
    SAYS("Whether the person may change it is not known.");
    SAYS("Whether it is locked is not known.");
    SAYS("Whether it is an administrator's is not known.");
}

/* The C library's calendar is the other opinion. */
static void
times_are_those_of_the_calendar(void)
{
    char      ours[WB_PAGE_TIME_SIZE], theirs[64];
    struct tm tm;
    time_t    t;
    long      wrong = 0, count = 0;

    /* Until the year 9999 is over: musl writes +10000. */
    for (t = 0; t <= INT64_C(253402300799); t += 86399 * 7, count++) {
        gmtime_r(&t, &tm);
        strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%SZ", &tm);
        wrong += strcmp(theirs, wb_page_time((int64_t)t * 1000 + 999, ours)) != 0;
    }
    CHECK(count > 400000);
    CHECK_INT(0, wrong);
    CHECK_STR("2024-02-29T23:59:59Z", wb_page_time(INT64_C(1709251199000), ours));
    CHECK_STR("2100-03-01T00:00:00Z", wb_page_time(INT64_C(4107542400000), ours));
    CHECK_STR("30828-09-14T02:48:05Z", wb_page_time(INT64_C(910692730085477), ours)); /* FILETIME's last */
    CHECK(strlen(wb_page_time(INT64_MAX, ours)) < sizeof(ours));
}

static void
spans_are_told_in_whole_units(void)
{
    char ours[WB_PAGE_TIME_SIZE];

    CHECK_STR("1 day", wb_page_span(DAY_MS, ours));
    CHECK_STR("36 hours", wb_page_span(36 * 3600000, ours));
    CHECK_STR("1 minute", wb_page_span(60000, ours));
    CHECK_STR("61 seconds", wb_page_span(61000, ours));
    CHECK_STR("1 millisecond", wb_page_span(1, ours));
    CHECK_STR("1500 milliseconds", wb_page_span(1500, ours));
}

int
main(void)
{
    if (sodium_init() < 0)
        return 1;

    RUN(rules_are_told_in_sentences);
    RUN(an_account_is_told_in_sentences);
    RUN(what_is_not_known_is_said_to_be_not_known);
    RUN(rules_that_cannot_be_read_are_one_sentence);
    RUN(every_rule_has_its_way_to_be_none);
    RUN(a_password_policy_entry_is_told_in_its_own_terms);
    RUN(every_state_of_an_account_is_told);
    RUN(a_lock_without_an_end_is_told);
    RUN(names_cannot_forge_lines);
    RUN(a_text_that_does_not_fit_tells_what_it_needs);
    RUN(the_longest_text_fits_the_room);
    RUN(what_does_not_fit_this_library_is_refused);
    RUN(times_are_those_of_the_calendar);
    RUN(spans_are_told_in_whole_units);
    return DONE;
}
