/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 15 16 */

#include <limits.h>

#include <pwwb/pwwb.h>

#include "directory.h"
#include "fakes.h"
#include "faults.h"
#include "harness.h"
#include "result.h"

/* A directory that answers what it is told to. */
typedef struct fake {
    fake_fault        fault;
    pwwb_found        found;
    pwwb_account      account;
    pwwb_policy_rules rules;
    pwwb_set_result   result;
    int32_t           warning; /* added to the findings */
    pwwb_set          seen;
    int64_t           timeout_ms;
    int               destroyed;
} fake;

static pwwb_status
fake_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
          pwwb_error *err)
{
    fake *f = ctx;

    (void)err;
    CHECK_INT(sizeof(pwwb_found), ret_found->size);
    CHECK_INT(0, ret_found->code);
    f->timeout_ms = timeout_ms + (anchor == NULL);
    *ret_found    = f->found;
    return fake_fault_next(&f->fault);
}

static pwwb_status
fake_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
          pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    fake *f = ctx;

    (void)err;
    CHECK_INT(sizeof(pwwb_account), ret_account->size);
    CHECK_INT(-1, ret_account->password_last_set_ms);
    CHECK_INT(PWWB_MAYBE, ret_account->is_protected);
    CHECK_INT(-1, ret_rules->min_length);
    f->timeout_ms = timeout_ms + (guid == NULL);
    *ret_account  = f->account;
    *ret_rules    = f->rules;
    return fake_fault_next(&f->fault);
}

static pwwb_status
fake_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
         pwwb_error *err)
{
    fake          *f        = ctx;
    pwwb_findings *findings = ret_result->findings;

    (void)err;
    CHECK_INT(sizeof(pwwb_set_result), ret_result->size);
    CHECK_INT(0, ret_result->code);
    CHECK(findings != NULL);
    if (f->warning != 0)
        CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, f->warning, PWWB_BASIS_STATED, 0, 0));
    f->seen       = *set;
    f->timeout_ms = timeout_ms;
    *ret_result   = f->result; /* the pointer of ours, too */
    return fake_fault_next(&f->fault);
}

static void
fake_destroy(void *ctx)
{
    ((fake *)ctx)->destroyed++;
}

static const pwwb_directory_ops ops = {
    .size    = sizeof(pwwb_directory_ops),
    .find    = fake_find,
    .read    = fake_read,
    .set     = fake_set,
    .destroy = fake_destroy,
};

/* One that answers well, until it is spoiled. */
static fake
good_fake(void)
{
    fake f = {.found  = {.size = sizeof(pwwb_found), .code = PWWB_CODE_OK, .candidates = 1},
              .result = {.size = sizeof(pwwb_set_result), .code = PWWB_CODE_OK}};

    wb_account_forget(&f.account);
    wb_rules_forget(&f.rules);
    f.account.kind       = PWWB_ACCOUNT_PERSON;
    f.found.guid[15]     = 7;
    f.account.now_ms     = 1;
    f.rules.source       = PWWB_POLICY_DOMAIN;
    f.rules.min_length   = 7;
    f.result.controller[0] = 'c';
    return f;
}

static pwwb_directory *
directory_of(fake *f)
{
    pwwb_directory *directory;

    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&ops, f, &directory, NULL));
    return directory;
}

static const pwwb_anchor anchor               = {.kind = PWWB_ANCHOR_SOURCE};
static const uint8_t     guid[PWWB_ID_SIZE]   = {1};
static const uint8_t     old_one[] = "old", new_one[] = "new password";

static pwwb_set
request(int32_t kind)
{
    pwwb_set set = {.size = sizeof(set), .kind = kind};

    if (kind != PWWB_SET_UNLOCK) {
        set.password     = new_one;
        set.password_len = sizeof(new_one) - 1;
    }
    if (kind == PWWB_SET_CHANGE) {
        set.old_password     = old_one;
        set.old_password_len = sizeof(old_one) - 1;
    }
    return set;
}

/* Ask a fake once. */
static pwwb_status
find(fake *f, pwwb_found *found)
{
    pwwb_directory *directory = directory_of(f);
    pwwb_status     st;

    *found = (pwwb_found){.size = sizeof(*found), .code = 99};
    st     = pwwb_directory_find(directory, &anchor, 5, found, NULL);
    pwwb_directory_free(directory);
    return st;
}

static pwwb_status
read(fake *f, pwwb_account *account, pwwb_policy_rules *rules)
{
    pwwb_directory *directory = directory_of(f);
    pwwb_status     st;

    *account = (pwwb_account){.size = sizeof(*account)};
    *rules   = (pwwb_policy_rules){.size = sizeof(*rules)};
    st       = pwwb_directory_read(directory, guid, 5, account, rules, NULL);
    pwwb_directory_free(directory);
    return st;
}

static pwwb_status
set_with(fake *f, const pwwb_set *set, pwwb_set_result *result)
{
    pwwb_directory *directory = directory_of(f);
    pwwb_findings  *findings  = result->findings;
    pwwb_status     st;

    *result = (pwwb_set_result){.size = sizeof(*result), .code = 99, .findings = findings};
    st      = pwwb_directory_set(directory, set, 5, result, NULL);
    CHECK(result->findings == findings);
    pwwb_directory_free(directory);
    return st;
}

static void
a_table_without_read_or_set_is_refused(void)
{
    pwwb_directory_ops bad       = ops;
    pwwb_directory    *directory = (void *)&bad;
    fake               f         = good_fake();

    bad.read = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_new(&bad, &f, &directory, NULL));
    CHECK(directory == NULL);
    bad     = ops;
    bad.set = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_new(&bad, &f, &directory, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_new(NULL, &f, &directory, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_new(&ops, &f, NULL, NULL));
    bad      = ops;
    bad.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_directory_new(&bad, &f, &directory, NULL));
    CHECK_INT(0, f.destroyed);
}

static void
find_is_optional_and_destroy_is_called_once(void)
{
    pwwb_directory_ops least     = ops;
    pwwb_directory    *directory = NULL;
    pwwb_found         found     = {.size = sizeof(found), .code = 99};
    fake               f         = good_fake();

    least.find = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&least, &f, &directory, NULL));
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED, pwwb_directory_find(directory, &anchor, 0, &found, NULL));
    CHECK_INT(0, found.code);
    pwwb_directory_free(directory);
    CHECK_INT(1, f.destroyed);
    pwwb_directory_free(NULL);
}

static void
good_answers_pass(void)
{
    pwwb_found        found;
    pwwb_account      account;
    pwwb_policy_rules rules;
    pwwb_set_result   result = {0};
    pwwb_set          set    = request(PWWB_SET_CHANGE);
    fake              f      = good_fake();

    CHECK_STATUS(PWWB_OK, find(&f, &found));
    CHECK_INT(7, found.guid[15]);
    CHECK_INT(5, f.timeout_ms);
    CHECK_STATUS(PWWB_OK, read(&f, &account, &rules));
    CHECK_INT(PWWB_ACCOUNT_PERSON, account.kind);
    CHECK_INT(7, rules.min_length);
    CHECK_STATUS(PWWB_OK, set_with(&f, &set, &result));
    CHECK_INT(PWWB_CODE_OK, result.code);
    CHECK_STR("c", result.controller);
    CHECK(f.seen.password == new_one && f.seen.old_password == old_one);
}

static void
findings_reach_the_caller_with_or_without_a_list(void)
{
    pwwb_set_result result = {0};
    pwwb_set        set    = request(PWWB_SET_RESET);
    fake            f      = good_fake();
    int32_t         code   = 0;

    f.warning = PWWB_CODE_OK_UNLOCK_FAILED;
    CHECK_STATUS(PWWB_OK, set_with(&f, &set, &result));
    result.findings = pwwb_findings_new();
    CHECK_STATUS(PWWB_OK, set_with(&f, &set, &result));
    CHECK_INT(1, pwwb_findings_count(result.findings));
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(result.findings, 0, &code, NULL, NULL, NULL));
    CHECK_INT(PWWB_CODE_OK_UNLOCK_FAILED, code);
    pwwb_findings_free(result.findings);
}

/* Each answer spoiled in one place is nonsense, and the caller gets none of it. */
#define NONSENSE_FOUND(statement)                                     \
    do {                                                              \
        fake       f = good_fake();                                   \
        pwwb_found found;                                             \
        statement;                                                    \
        CHECK_STATUS(PWWB_E_CALLBACK, find(&f, &found));              \
        CHECK(found.code == 0 && found.candidates == 0);              \
    } while (0)

static void
nonsense_about_a_lookup_is_refused(void)
{
    NONSENSE_FOUND(f.found.code = 0);
    NONSENSE_FOUND(f.found.code = 12345);
    NONSENSE_FOUND(f.found.code = PWWB_CODE_OK_PENDING_SYNC);
    NONSENSE_FOUND(f.found.code = PWWB_CODE_POLICY_OTHER);
    NONSENSE_FOUND(f.found.candidates = -1);
    NONSENSE_FOUND(memset(f.found.guid, 0, sizeof(f.found.guid)));
    NONSENSE_FOUND(memset(f.found.directory, 'x', sizeof(f.found.directory)));
    NONSENSE_FOUND(f.found.directory[0] = '\x80');
}

#define NONSENSE_READ(statement)                                      \
    do {                                                              \
        fake              f = good_fake();                            \
        pwwb_account      account;                                    \
        pwwb_policy_rules rules;                                      \
        statement;                                                    \
        CHECK_STATUS(PWWB_E_CALLBACK, read(&f, &account, &rules));    \
        CHECK_INT(PWWB_ACCOUNT_OTHER, account.kind);                  \
        CHECK_INT(PWWB_MAYBE, account.is_protected);                  \
        CHECK_INT(-1, rules.min_length);                              \
    } while (0)

static void
nonsense_about_an_account_is_refused(void)
{
    NONSENSE_READ(f.account.kind = 0);
    NONSENSE_READ(f.account.kind = 6);
    NONSENSE_READ(f.account.is_protected = 3);
    NONSENSE_READ(f.account.is_locked = -1);
    NONSENSE_READ(f.account.may_change = INT_MIN);
    NONSENSE_READ(f.account.bad_password_count = -2);
    NONSENSE_READ(f.account.bad_password_time_ms = INT64_MIN);
    NONSENSE_READ(f.account.password_last_set_ms = -2);
    NONSENSE_READ(f.account.locked_since_ms = -2);
    NONSENSE_READ(f.account.locked_until_ms = -2);
    NONSENSE_READ(f.account.account_expires_ms = -2);
    NONSENSE_READ(f.account.password_expires_ms = INT64_MIN);
    NONSENSE_READ(f.account.now_ms = -2);
    NONSENSE_READ(memset(f.account.account_name, 'x', sizeof(f.account.account_name)));
    NONSENSE_READ(memset(f.account.display_name, 'x', sizeof(f.account.display_name)));
    NONSENSE_READ(memset(f.account.controller, 'x', sizeof(f.account.controller)));
    NONSENSE_READ(memcpy(f.account.display_name, "\xed\xa0\x80", 4)); /* a surrogate */
    NONSENSE_READ(memcpy(f.account.account_name, "\xc0\x80", 3));     /* an overlong NUL */
}

static void
nonsense_about_rules_is_refused(void)
{
    NONSENSE_READ(f.rules.source = 0);
    NONSENSE_READ(f.rules.source = 6);
    NONSENSE_READ(f.rules.complexity = 3);
    NONSENSE_READ(f.rules.min_length = -2);
    NONSENSE_READ(f.rules.history_length = -2);
    NONSENSE_READ(f.rules.lockout_threshold = -2);
    NONSENSE_READ(f.rules.min_age_ms = -2);
    NONSENSE_READ(f.rules.max_age_ms = -2);
    NONSENSE_READ(f.rules.lockout_duration_ms = -2);
    NONSENSE_READ(f.rules.lockout_window_ms = -2);
    NONSENSE_READ(memset(f.rules.source_dn, 'x', sizeof(f.rules.source_dn)));
}

/* The answer cannot be believed, but the directory was asked: what is true is not known. */
#define NONSENSE_SET(statement)                                       \
    do {                                                              \
        fake            f      = good_fake();                         \
        pwwb_set        set    = request(PWWB_SET_RESET);             \
        pwwb_set_result result = {0};                                 \
        statement;                                                    \
        CHECK_STATUS(PWWB_E_CALLBACK, set_with(&f, &set, &result));   \
        CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, result.code);            \
        CHECK_STR("", result.controller);                             \
        CHECK_INT(-1, result.password_last_set_ms);                   \
    } while (0)

static void
nonsense_about_a_result_leaves_the_outcome_unknown(void)
{
    NONSENSE_SET(f.result.code = 0);
    NONSENSE_SET(f.result.code = 12345);
    NONSENSE_SET(f.result.password_last_set_ms = -2);
    NONSENSE_SET(memset(f.result.controller, 'x', sizeof(f.result.controller)));
    NONSENSE_SET(f.result.controller[0] = '\xff');
    NONSENSE_SET((f.fault = (fake_fault){.nth = 1, .status = 42}));
    NONSENSE_SET((f.fault = (fake_fault){.nth = 1, .status = INT_MIN}));
}

/* include/pwwb/directory.h, pwwb_directory_ops: the statuses that promise nothing was sent. */
static void
a_failure_has_a_code_that_is_honest_about_the_password(void)
{
    static const struct {
        pwwb_status status;
        int32_t     code;
    } promises[] = {
        {PWWB_E_CONNECT, PWWB_CODE_UNREACHABLE},
        {PWWB_E_NO_MEMORY, PWWB_CODE_UNREACHABLE},
        {PWWB_E_AUTH, PWWB_CODE_CONFIGURATION},
        {PWWB_E_NOT_SUPPORTED, PWWB_CODE_CONFIGURATION},
        {PWWB_E_TLS, PWWB_CODE_CONFIGURATION},
        {PWWB_E_TLS_CA, PWWB_CODE_CONFIGURATION},
        {PWWB_E_TLS_NAME, PWWB_CODE_CONFIGURATION},
        {PWWB_E_TLS_EXPIRED, PWWB_CODE_CONFIGURATION},
        {PWWB_E_TIMEOUT, PWWB_CODE_OUTCOME_UNKNOWN},
        {PWWB_E_CLOSED, PWWB_CODE_OUTCOME_UNKNOWN},
        {PWWB_E_DIRECTORY, PWWB_CODE_OUTCOME_UNKNOWN},
        {PWWB_E_NOT_FOUND, PWWB_CODE_OUTCOME_UNKNOWN},
        {PWWB_E_INVALID_ARGUMENT, PWWB_CODE_OUTCOME_UNKNOWN},
        {PWWB_E_CALLBACK, PWWB_CODE_OUTCOME_UNKNOWN},
        {PWWB_E_STOPPED, PWWB_CODE_OUTCOME_UNKNOWN},
    };
    pwwb_set set = request(PWWB_SET_RESET);
    size_t   i;

    for (i = 0; i < sizeof(promises) / sizeof(promises[0]); i++) {
        fake            f      = good_fake();
        pwwb_set_result result = {0};

        f.fault = (fake_fault){.nth = 1, .status = promises[i].status};
        CHECK_STATUS(promises[i].status, set_with(&f, &set, &result));
        CHECK_INT(promises[i].code, result.code);
    }
}

static void
a_failing_table_passes_its_status_and_no_answer(void)
{
    pwwb_found        found;
    pwwb_account      account;
    pwwb_policy_rules rules;
    fake              f = good_fake();

    f.fault = (fake_fault){.nth = 1, .is_persistent = 1, .status = PWWB_E_TIMEOUT};
    CHECK_STATUS(PWWB_E_TIMEOUT, find(&f, &found));
    CHECK_INT(0, found.code);
    CHECK_STATUS(PWWB_E_TIMEOUT, read(&f, &account, &rules));
    CHECK_INT(PWWB_ACCOUNT_OTHER, account.kind);
}

/* A request that is not asked for at all: nothing was sent, whatever the directory would say. */
#define BAD_SET(expected_status, expected_code, kind, statement)      \
    do {                                                              \
        fake            f      = good_fake();                         \
        pwwb_set        set    = request(kind);                       \
        pwwb_set_result result = {0};                                 \
        statement;                                                    \
        CHECK_STATUS(expected_status, set_with(&f, &set, &result));   \
        CHECK_INT(expected_code, result.code);                        \
        CHECK_INT(0, f.fault.calls);                                  \
    } while (0)
#define INVALID(kind, statement) \
    BAD_SET(PWWB_E_INVALID_ARGUMENT, PWWB_CODE_INTERNAL, kind, statement)
#define MALFORMED(code, kind, statement) BAD_SET(PWWB_E_MALFORMED, code, kind, statement)

static void
a_request_out_of_range_is_not_asked(void)
{
    INVALID(PWWB_SET_RESET, set.kind = 0);
    INVALID(PWWB_SET_RESET, set.kind = 4);
    INVALID(PWWB_SET_RESET, set.must_change = 3);
    INVALID(PWWB_SET_RESET, set.must_change = -1);
    INVALID(PWWB_SET_RESET, set.unlock = 2);
    INVALID(PWWB_SET_RESET, set.unlock = -1);
    INVALID(PWWB_SET_RESET, set.reserved = 1);
    INVALID(PWWB_SET_RESET, set.password = NULL);
    INVALID(PWWB_SET_RESET, set.password_len = 0);
    INVALID(PWWB_SET_RESET, set.old_password = old_one);
    INVALID(PWWB_SET_RESET, set.old_password_len = 1);
    INVALID(PWWB_SET_CHANGE, set.old_password = NULL);
    INVALID(PWWB_SET_CHANGE, set.old_password_len = 0);
    INVALID(PWWB_SET_CHANGE, set.password = NULL);
    INVALID(PWWB_SET_UNLOCK, set.password = new_one);
    INVALID(PWWB_SET_UNLOCK, set.password_len = 1);
    INVALID(PWWB_SET_UNLOCK, set.old_password = old_one);
    BAD_SET(PWWB_E_ABI, PWWB_CODE_INTERNAL, PWWB_SET_RESET, set.size = 8);
}

static void
a_password_that_no_directory_takes_is_not_asked(void)
{
    static const uint8_t latin_1[] = "caf\xe9 au lait", surrogate[] = "\xed\xa0\x80 lone sur";
    static uint8_t       long_one[PWWB_PASSWORD_MAX + 4];
    size_t               i;

    MALFORMED(PWWB_CODE_INTERNAL, PWWB_SET_RESET, set.password = latin_1);
    MALFORMED(PWWB_CODE_INTERNAL, PWWB_SET_RESET, set.password = surrogate);
    MALFORMED(PWWB_CODE_INTERNAL, PWWB_SET_RESET, set.password_len = sizeof(new_one)); /* its NUL */
    MALFORMED(PWWB_CODE_INTERNAL, PWWB_SET_CHANGE, set.old_password = surrogate + 1);

    memset(long_one, 'x', sizeof(long_one));
    MALFORMED(PWWB_CODE_POLICY_TOO_LONG, PWWB_SET_RESET,
              (set.password = long_one, set.password_len = 257));
    MALFORMED(PWWB_CODE_OLD_PASSWORD_WRONG, PWWB_SET_CHANGE,
              (set.old_password = long_one, set.old_password_len = 257));
    for (i = 0; i < 129; i++) /* U+1F600 is two units */
        memcpy(long_one + 4 * i, "\xf0\x9f\x98\x80", 4);
    MALFORMED(PWWB_CODE_POLICY_TOO_LONG, PWWB_SET_RESET,
              (set.password = long_one, set.password_len = 4 * 129));
}

static void
the_longest_password_is_256_units(void)
{
    static uint8_t  long_one[PWWB_PASSWORD_MAX];
    pwwb_set        set    = request(PWWB_SET_RESET);
    pwwb_set_result result = {0};
    fake            f      = good_fake();
    size_t          i;

    for (i = 0; i < 256; i++)
        memcpy(long_one + 3 * i, "\xe2\x82\xac", 3); /* U+20AC */
    set.password     = long_one;
    set.password_len = sizeof(long_one);
    CHECK_STATUS(PWWB_OK, set_with(&f, &set, &result));
}

static void
missing_arguments_are_told_and_still_have_a_code(void)
{
    fake              f         = good_fake();
    pwwb_directory   *directory = directory_of(&f);
    pwwb_set          set       = request(PWWB_SET_RESET);
    pwwb_set_result   result    = {.size = sizeof(result)};
    pwwb_account      account   = {.size = sizeof(account)};
    pwwb_policy_rules rules     = {.size = sizeof(rules)};
    pwwb_found        found     = {.size = sizeof(found)};
    pwwb_anchor       neither   = {.kind = 3};

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_set(NULL, &set, 0, &result, NULL));
    CHECK_INT(PWWB_CODE_INTERNAL, result.code);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_set(directory, NULL, 0, &result, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_set(directory, &set, 0, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_read(NULL, guid, 0, &account, &rules, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_read(directory, NULL, 0, &account, &rules, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_read(directory, guid, 0, NULL, &rules, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_read(directory, guid, 0, &account, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_find(NULL, &anchor, 0, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_find(directory, NULL, 0, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_find(directory, &anchor, 0, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_find(directory, &neither, 0, &found, NULL));
    CHECK_INT(0, f.fault.calls);
    pwwb_directory_free(directory);
}

static void
structs_that_are_too_short_are_refused_before_anything_is_asked(void)
{
    fake              f         = good_fake();
    pwwb_directory   *directory = directory_of(&f);
    pwwb_set          set       = request(PWWB_SET_RESET);
    pwwb_set_result   result    = {.size = sizeof(result) - 1};
    pwwb_account      account   = {.size = sizeof(account)};
    pwwb_policy_rules rules     = {.size = 16};
    pwwb_found        found     = {.size = 8};

    CHECK_STATUS(PWWB_E_ABI, pwwb_directory_find(directory, &anchor, 0, &found, NULL));
    CHECK_STATUS(PWWB_E_ABI, pwwb_directory_read(directory, guid, 0, &account, &rules, NULL));
    account.size = 0;
    CHECK_STATUS(PWWB_E_ABI, pwwb_directory_read(directory, guid, 0, &account, &rules, NULL));
    result.size = 100;
    CHECK_STATUS(PWWB_E_ABI, pwwb_directory_set(directory, &set, 0, &result, NULL));
    result.size = SIZE_MAX;
    CHECK_STATUS(PWWB_E_ABI, pwwb_directory_set(directory, &set, 0, &result, NULL));
    CHECK_INT(0, f.fault.calls);
    pwwb_directory_free(directory);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    pwwb_directory *directory = NULL;
    fake            f         = good_fake();

    faults_fail(1);
    CHECK_STATUS(PWWB_E_NO_MEMORY, pwwb_directory_new(&ops, &f, &directory, NULL));
    CHECK_INT(1, faults_stop());
    CHECK(directory == NULL);
    CHECK_INT(0, f.destroyed);
}

int
main(void)
{
    RUN(a_table_without_read_or_set_is_refused);
    RUN(find_is_optional_and_destroy_is_called_once);
    RUN(good_answers_pass);
    RUN(findings_reach_the_caller_with_or_without_a_list);
    RUN(nonsense_about_a_lookup_is_refused);
    RUN(nonsense_about_an_account_is_refused);
    RUN(nonsense_about_rules_is_refused);
    RUN(nonsense_about_a_result_leaves_the_outcome_unknown);
    RUN(a_failure_has_a_code_that_is_honest_about_the_password);
    RUN(a_failing_table_passes_its_status_and_no_answer);
    RUN(a_request_out_of_range_is_not_asked);
    RUN(a_password_that_no_directory_takes_is_not_asked);
    RUN(the_longest_password_is_256_units);
    RUN(missing_arguments_are_told_and_still_have_a_code);
    RUN(structs_that_are_too_short_are_refused_before_anything_is_asked);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
