/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 5 15 16 21 */

#include "fake_ldap.h"
#include "faults.h"

#include <pwwb/pwwb.h>

#define TIMEOUT_MS 1000
#define PASSWORD   "N\xc3\xa9w-1"

static fake_ldap   f;
static fake_clock  now;
static pwwb_error *err;

static pwwb_directory *
open_with(uint32_t flags, int32_t security)
{
    const pwwb_ldap_options o = {
        .size = sizeof(o), .host = "dc1.corp", .security = security,
        .ca = (const uint8_t *)fake_ca, .ca_len = sizeof(fake_ca) - 1,
        .bind_dn = "CN=svc", .password = (const uint8_t *)"secret", .password_len = 6,
        .flags = flags, .connect = fake_ldap_connect, .connect_ctx = &f,
        .clock = &fake_clock_ops, .clock_ctx = &now,
    };
    pwwb_directory *directory = NULL;

    fake_ldap_current = &f;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(&o, &directory, err));
    return directory;
}

static pwwb_set
request(int32_t kind)
{
    static const uint8_t old_one[] = "Old-1", new_one[] = PASSWORD;
    pwwb_set             set       = {.size = sizeof(set), .kind = kind};

    memcpy(set.guid, fake_guid, sizeof(set.guid));
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

/* Do one operation on a fresh directory; status OK is expected, the code is the result. */
static pwwb_set_result
carry_out(uint32_t flags, const pwwb_set *set, pwwb_findings *findings)
{
    pwwb_directory *directory = open_with(flags, PWWB_LDAP_LDAPS);
    pwwb_set_result result    = {.size = sizeof(result), .findings = findings};

    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, set, TIMEOUT_MS, &result, err));
    pwwb_directory_free(directory);
    return result;
}

static int32_t
code_of(const pwwb_set *set)
{
    return carry_out(0, set, NULL).code;
}

static int
has_finding(const pwwb_findings *findings, int32_t wanted)
{
    size_t  i;
    int32_t code;

    for (i = 0; pwwb_findings_get(findings, i, &code, NULL, NULL, NULL) == PWWB_OK; i++)
        if (code == wanted)
            return 1;
    return 0;
}

/* [MS-ADTS] 3.1.1.3.1.5.1: quotation marks, UTF-16LE */
static const uint8_t new_value[] = {'"', 0, 'N', 0, 0xe9, 0, 'w', 0, '-', 0, '1', 0, '"', 0};
static const uint8_t old_value[] = {'"', 0, 'O', 0, 'l', 0, 'd', 0, '-', 0, '1', 0, '"', 0};

static void
a_reset_replaces_with_policy_hints_critical(void)
{
    pwwb_set set = request(PWWB_SET_RESET);

    fake_ldap_make(&f);
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    CHECK_INT(1, f.seen_count);
    CHECK_STR(FAKE_GUID_DN, (char *)f.seen[0].dn);
    CHECK_STR("=unicodePwd ", f.seen[0].what);
    CHECK_MEM(new_value, sizeof(new_value), f.seen[0].value[0], f.seen[0].value_len[0]);
    /* [MS-ADTS] 3.1.1.3.4.1.27: SEQUENCE { INTEGER 1 } */
    CHECK_STR("1.2.840.113556.1.4.2239!3003020101", f.seen[0].control);
}

static void
the_older_hints_serve_where_the_newer_lack(void)
{
    pwwb_set set = request(PWWB_SET_RESET);

    fake_ldap_make(&f);
    f.values[5].value = "1.2.3";
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    CHECK_STR("1.2.840.113556.1.4.2066!3003020101", f.seen[0].control);
}

static void
without_hints_history_fails_closed_or_is_a_warning(void)
{
    pwwb_set       set      = request(PWWB_SET_RESET);
    pwwb_findings *findings = pwwb_findings_new();

    fake_ldap_make(&f);
    f.values[4].value = f.values[5].value = "1.2.3";
    CHECK_INT(PWWB_CODE_HISTORY_NOT_ENFORCEABLE, code_of(&set));
    CHECK_INT(0, f.seen_count);

    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED,
              carry_out(PWWB_LDAP_ALLOW_NO_HISTORY, &set, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_OK_HISTORY_NOT_ENFORCED));
    CHECK_STR("", f.seen[0].control);

    set = request(PWWB_SET_CHANGE); /* where history always holds */
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    pwwb_findings_free(findings);
}

static void
a_change_deletes_the_old_and_adds_the_new(void)
{
    pwwb_set set = request(PWWB_SET_CHANGE);

    fake_ldap_make(&f);
    set.unlock      = 1;
    set.must_change = PWWB_MUST_CHANGE_CLEAR;
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    CHECK_INT(2, f.seen_count); /* must-change apart: see live/test_ad.c */
    CHECK_STR("-unicodePwd +unicodePwd =lockoutTime ", f.seen[0].what);
    CHECK_MEM(old_value, sizeof(old_value), f.seen[0].value[0], f.seen[0].value_len[0]);
    CHECK_MEM(new_value, sizeof(new_value), f.seen[0].value[1], f.seen[0].value_len[1]);
    CHECK_MEM("0", 1, f.seen[0].value[2], f.seen[0].value_len[2]);
    CHECK_STR("", f.seen[0].control);
    CHECK_STR("=pwdLastSet ", f.seen[1].what);
    CHECK_MEM("-1", 2, f.seen[1].value[0], f.seen[1].value_len[0]);
}

/* Octets that stand for a secret on the way through libldap, as the secret itself. */
static void
passwords_that_look_like_stand_ins_arrive_whole(void)
{
    static uint8_t old_one[PWWB_PASSWORD_MAX], new_one[PWWB_PASSWORD_MAX];
    uint8_t        expected[2 * (PWWB_PASSWORD_MAX_UNITS + 2)];
    pwwb_set       set = request(PWWB_SET_CHANGE);
    size_t         units, i;

    for (units = 1; units <= PWWB_PASSWORD_MAX_UNITS; units += 5) {
        for (i = 0; i < units; i++) {
            memcpy(old_one + 3 * i, "\xef\xbb\xbe", 3); /* U+FEFE */
            memcpy(new_one + 3 * i, "\xef\xbf\xbf", 3); /* U+FFFF */
        }
        set.old_password     = units % 2 ? old_one : new_one;
        set.password         = units % 2 ? new_one : old_one;
        set.password_len     = 3 * units;
        set.old_password_len = 3 * units;
        fake_ldap_make(&f);
        CHECK_INT(PWWB_CODE_OK, code_of(&set));

        expected[0] = '"';
        expected[1] = 0;
        memset(expected + 2, units % 2 ? 0xfe : 0xff, 2 * units);
        memcpy(expected + 2 + 2 * units, "\"", 2);
        CHECK_MEM(expected, 2 * units + 4, f.seen[0].value[0], f.seen[0].value_len[0]);
        memset(expected + 2, units % 2 ? 0xff : 0xfe, 2 * units);
        CHECK_MEM(expected, 2 * units + 4, f.seen[0].value[1], f.seen[0].value_len[1]);
    }
}

static void
unlocking_alone_writes_lockouttime_alone(void)
{
    pwwb_set set = request(PWWB_SET_UNLOCK);

    fake_ldap_make(&f);
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    CHECK_STR("=lockoutTime ", f.seen[0].what);
    CHECK_STR("", f.seen[0].control);

    fake_ldap_say(&f, FAKE_GUID_DN, "pwdLastSet", "0", 0); /* not by this write */
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    f.seen_count  = 0;
    f.modifies[0] = (fake_answer){50, "00002098: SecErr: x"};
    CHECK_INT(PWWB_CODE_PERMISSION, code_of(&set));
}

/* The reply is Samba 4.25.1's to a reset with policy hints and pwdLastSet 0, whatever the minimum
 * age. */
static void
must_change_comes_after_a_reset_that_is_too_young_with_it(void)
{
    static const char too_young[] = "0000052D: Unwilling to perform - check_password_restrictions: "
                                    "password is too young to change!";
    pwwb_set          set         = request(PWWB_SET_RESET);

    fake_ldap_make(&f);
    set.unlock      = 1;
    set.must_change = PWWB_MUST_CHANGE_SET;
    f.modifies[0]   = (fake_answer){53, too_young};
    fake_ldap_say(&f, FAKE_GUID_DN, "pwdLastSet", "0", 0);
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    CHECK_INT(3, f.seen_count);
    CHECK_STR("=unicodePwd =lockoutTime =pwdLastSet ", f.seen[0].what);
    CHECK_STR("=unicodePwd =lockoutTime ", f.seen[1].what);
    CHECK_STR("1.2.840.113556.1.4.2239!3003020101", f.seen[1].control);
    CHECK_STR("=pwdLastSet ", f.seen[2].what);

    f.seen_count  = 0;
    f.modifies[1] = (fake_answer){53, too_young}; /* it is */
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, code_of(&set));
}

static void
lacking_rights_leave_the_password_and_a_warning(void)
{
    pwwb_set       set      = request(PWWB_SET_RESET);
    pwwb_findings *findings = pwwb_findings_new();

    fake_ldap_make(&f);
    set.unlock      = 1;
    set.must_change = PWWB_MUST_CHANGE_SET;
    f.modifies[0] = f.modifies[2] = f.modifies[3] = (fake_answer){50, "00002098: SecErr: x"};
    fake_ldap_say(&f, FAKE_GUID_DN, "lockoutTime", "134398160000000000", 0);
    CHECK_INT(PWWB_CODE_OK_MUST_CHANGE_FAILED, carry_out(0, &set, findings).code);
    CHECK_INT(4, f.seen_count);
    CHECK_STR("=unicodePwd =lockoutTime =pwdLastSet ", f.seen[0].what);
    CHECK_STR("=unicodePwd ", f.seen[1].what);
    CHECK_STR("1.2.840.113556.1.4.2239!3003020101", f.seen[1].control);
    CHECK_STR("=lockoutTime ", f.seen[2].what);
    CHECK_STR("=pwdLastSet ", f.seen[3].what);
    CHECK_STR("", f.seen[3].control);
    CHECK(has_finding(findings, PWWB_CODE_OK_UNLOCK_FAILED));
    CHECK(has_finding(findings, PWWB_CODE_OK_MUST_CHANGE_FAILED));
    pwwb_findings_free(findings);
}

static void
lacking_rights_to_reset_are_a_refusal(void)
{
    pwwb_set set = request(PWWB_SET_RESET);

    fake_ldap_make(&f);
    set.unlock    = 1;
    f.modifies[0] = f.modifies[1] = (fake_answer){50, "00000005: SecErr: DSID-031A1190"};
    CHECK_INT(PWWB_CODE_PERMISSION, code_of(&set));
    CHECK_INT(2, f.seen_count);
}

static void
a_password_that_expires_as_it_is_set_is_a_warning(void)
{
    pwwb_set        set = request(PWWB_SET_RESET);
    pwwb_set_result result;

    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_GUID_DN, "pwdLastSet", "0", 0);
    result = carry_out(0, &set, NULL);
    CHECK_INT(PWWB_CODE_OK_EXPIRED_ON_SET, result.code);
    CHECK_INT(0, result.password_last_set_ms);

    set.must_change = PWWB_MUST_CHANGE_SET; /* as asked, then */
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    set.must_change = PWWB_MUST_CHANGE_CLEAR;
    CHECK_INT(PWWB_CODE_OK_MUST_CHANGE_FAILED, code_of(&set));
}

static void
refusals_are_told_by_operation_result_and_code(void)
{
    static const struct {
        int32_t     kind;
        fake_answer answer;
        int32_t     code;
    } cases[] = {
        {PWWB_SET_RESET, {53, "0000052D: SvcErr: DSID-031A126C, problem 5003, data 0\n"},
         PWWB_CODE_POLICY_OTHER},
        {PWWB_SET_CHANGE, {19, "0000052D: AtrErr: DSID-03190F80, #1:\n\t0: 0000052D"},
         PWWB_CODE_POLICY_OTHER},
        {PWWB_SET_RESET, {53, "0000001F: SvcErr: DSID-031A1254"}, PWWB_CODE_INSECURE_CHANNEL},
        {PWWB_SET_CHANGE, {19, "00000056: AtrErr: x"}, PWWB_CODE_OLD_PASSWORD_WRONG},
        {PWWB_SET_CHANGE, {19, "0000202F: AtrErr: x"}, PWWB_CODE_USER_CANNOT_CHANGE},
        {PWWB_SET_RESET, {10, "0000202B: RefErr: x"}, PWWB_CODE_REFERRAL},
        {PWWB_SET_RESET, {12, ""}, PWWB_CODE_HISTORY_NOT_ENFORCEABLE},
        {PWWB_SET_RESET, {32, "0000208D: NameErr: x"}, PWWB_CODE_NOT_FOUND},
        {PWWB_SET_RESET, {52, ""}, PWWB_CODE_UNREACHABLE},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pwwb_set set = request(cases[i].kind);

        fake_ldap_make(&f);
        fake_ldap_say(&f, FAKE_DOMAIN, "minPwdLength", "5", 0); /* no rule is broken for certain */
        fake_ldap_say(&f, FAKE_DOMAIN, "minPwdAge", "0", 0);
        f.modifies[0] = cases[i].answer;
        CHECK_INT(cases[i].code, code_of(&set));
        CHECK_INT(1, f.seen_count);
    }
}

static void
what_is_stated_comes_with_numbers(void)
{
    pwwb_set       set      = request(PWWB_SET_CHANGE);
    pwwb_findings *findings = pwwb_findings_new();
    int64_t        limit, actual;
    int32_t        basis;

    fake_ldap_make(&f);
    f.modifies[0] =
        (fake_answer){19, "0000052D: Constraint violation - check_password_restrictions: "
                          "password is too young to change!"};
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, carry_out(0, &set, findings).code);
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(findings, 0, NULL, &basis, &limit, &actual));
    CHECK_INT(PWWB_BASIS_STATED, basis);
    CHECK_INT(INT64_C(1795334400000), actual);           /* 2026-11-22 08:00 UTC */
    CHECK_INT(INT64_C(1795334400000) + 86400000, limit); /* minPwdAge is a day */
    pwwb_findings_free(findings);
}

/* Only a person's account, surely. */
static void
only_persons_are_written(void)
{
    static const struct {
        const char *name, *value;
        size_t      len;
    } spoils[] = {
        {"objectSid", "\x01\x05\0\0\0\0\0\x05\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\xf6\x01\0\0", 28},
        {"objectSid", "\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x20\x02\0\0", 16},
        {"objectSid", NULL, 0},
        {"msDS-SecondaryKrbTgtNumber", "12345", 0},
        {"sAMAccountType", "805306369", 0},
        {"sAMAccountType", "805306370", 0},
        {"sAMAccountType", "268435456", 0},
        {"sAMAccountType", NULL, 0},
        {"userAccountControl", "4096", 0},
        {"userAccountControl", "8192", 0},
        {"userAccountControl", "2048", 0},
        {"userAccountControl", "2", 0},
        {"objectClass", "computer", 0},
    };
    size_t i;

    for (i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        pwwb_set set = request(PWWB_SET_CHANGE);

        fake_ldap_make(&f);
        fake_ldap_say(&f, FAKE_GUID_DN, spoils[i].name, spoils[i].value, spoils[i].len);
        CHECK_INT(PWWB_CODE_TARGET_REFUSED, code_of(&set));
        CHECK_INT(0, f.seen_count);
    }
}

static void
an_account_that_is_gone_is_not_found(void)
{
    pwwb_set set = request(PWWB_SET_UNLOCK);

    fake_ldap_make(&f);
    f.gone_dn = FAKE_GUID_DN;
    CHECK_INT(PWWB_CODE_NOT_FOUND, code_of(&set));
    CHECK_INT(0, f.seen_count);
}

static void
nothing_but_starttls_goes_in_clear(void)
{
    pwwb_directory *directory;
    pwwb_set        set    = request(PWWB_SET_RESET);
    pwwb_set_result result = {.size = sizeof(result)};

    fake_ldap_make(&f);
    directory = open_with(0, PWWB_LDAP_STARTTLS);
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_INT(PWWB_CODE_OK, result.code);
    CHECK_INT(1, f.tls.calls);
    CHECK_STR("dc1.corp", f.tls_name);
    CHECK_INT(0, f.plain_binds);
    CHECK(f.seen[0].is_after_tls);
    CHECK_STR("CN=svc", f.bind_dn);
    CHECK_STR("secret", (char *)f.bind_password);
    pwwb_directory_free(directory);

    fake_ldap_make(&f);
    f.start_tls = (fake_answer){52, "no certificate"};
    directory   = open_with(0, PWWB_LDAP_STARTTLS);
    CHECK_STATUS(PWWB_E_TLS, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_INT(PWWB_CODE_CONFIGURATION, result.code);
    CHECK_INT(0, f.binds);
    pwwb_directory_free(directory);
}

static void
an_idle_connection_that_is_gone_is_made_again_once(void)
{
    pwwb_directory *directory;
    pwwb_set        set    = request(PWWB_SET_RESET);
    pwwb_set_result result = {.size = sizeof(result)};

    fake_ldap_make(&f);
    directory = open_with(0, PWWB_LDAP_LDAPS);
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_INT(1, f.connects);

    f.is_idle = f.hangs_up = 1;
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_INT(PWWB_CODE_OK, result.code);
    CHECK_INT(2, f.connects);
    CHECK_INT(3, f.seen_count);

    f.hangs_up = 1;
    f.connect  = (fake_fault){.nth = 1, .is_persistent = 1, .status = PWWB_E_CONNECT};
    CHECK_STATUS(PWWB_E_CONNECT, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_INT(PWWB_CODE_UNREACHABLE, result.code);
    pwwb_directory_free(directory);
}

static void
a_kept_connection_that_is_slow_is_not_made_again(void)
{
    pwwb_directory *directory;
    pwwb_set        set    = request(PWWB_SET_RESET);
    pwwb_set_result result = {.size = sizeof(result)};

    fake_ldap_make(&f);
    directory = open_with(0, PWWB_LDAP_LDAPS);
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    f.read = (fake_fault){.nth = 1, .status = PWWB_E_TIMEOUT};
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_INT(PWWB_CODE_TIMEOUT, result.code);
    CHECK_INT(1, f.connects);
    CHECK_INT(1, f.seen_count);
    pwwb_directory_free(directory);
}

static void
an_answer_to_another_question_is_not_believed(void)
{
    pwwb_set set = request(PWWB_SET_RESET);

    fake_ldap_make(&f);
    f.mistakes = 1;
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, code_of(&set));
}

static void
a_lost_answer_is_unknown_and_never_sent_again(void)
{
    pwwb_set set = request(PWWB_SET_CHANGE);

    fake_ldap_make(&f);
    f.hangs_up_on_modify = 1;
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, code_of(&set));
    CHECK_INT(1, f.seen_count);
    CHECK_INT(1, f.connects);
}

/* Any method of the stream fails at any call, in any way: what is said of the password is true. */
static void
faults_anywhere_leave_an_honest_code(void)
{
    static const pwwb_status faults[] = {PWWB_E_TIMEOUT, PWWB_E_CLOSED, PWWB_E_CONNECT, PWWB_E_TLS,
                                         PWWB_E_AUTH,    PWWB_E_NO_MEMORY, 42};
    pwwb_set                 set      = request(PWWB_SET_RESET);
    size_t                   i;
    long                     nth, call;

    for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        for (call = 0; call < 4; call++) {
            for (nth = 1; nth < 200; nth++) {
                pwwb_set_result result = {.size = sizeof(result)};
                pwwb_directory *directory;
                fake_fault     *fault;
                pwwb_status     st;
                int             outcome;

                fake_ldap_make(&f);
                fault  = (fake_fault *[]){&f.connect, &f.tls, &f.read, &f.write}[call];
                *fault = (fake_fault){.nth = nth, .is_persistent = 1, .status = faults[i]};
                directory = open_with(0, PWWB_LDAP_STARTTLS);
                st        = pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
                outcome   = pwwb_code_outcome(result.code);
                CHECK(st == pwwb_error_status(err));
                if (f.seen_count == 1)
                    CHECK(st == PWWB_OK && outcome != PWWB_OUTCOME_NOT_SET);
                else if (call != 3 || fault->calls < 5) /* the fifth write is the modify */
                    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome);
                pwwb_directory_free(directory);
                if (fault->calls < nth)
                    break; /* nothing was left to fail */
            }
            CHECK(nth < 200);
        }
    }
}

/* One bit of all answers turned, each in its turn: no crash, no lie about a password not sent. */
static void
flipped_bits_in_answers_leave_an_honest_code(void)
{
    pwwb_set set = request(PWWB_SET_RESET);
    long     at, total;

    fake_ldap_make(&f);
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    total = f.given;
    CHECK(total > 500);
    for (at = 8; at < 8 * (total + 1); at++) {
        pwwb_set_result result = {.size = sizeof(result)};
        pwwb_directory *directory;
        pwwb_status     st;

        fake_ldap_make(&f);
        f.flip_at = at / 8;
        f.flip_by = (uint8_t)(1 << at % 8);
        directory = open_with(PWWB_LDAP_ALLOW_NO_HISTORY, PWWB_LDAP_LDAPS);
        st = pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
        CHECK_STATUS(st, pwwb_error_status(err));
        CHECK(result.code != 0);
        if (f.seen_count == 0 && pwwb_code_outcome(result.code) != PWWB_OUTCOME_NOT_SET)
            CHECK_INT(0, at);
        pwwb_directory_free(directory);
    }
}

static void
answers_that_end_anywhere_leave_an_honest_code(void)
{
    pwwb_set set = request(PWWB_SET_RESET);
    long     at, total;

    fake_ldap_make(&f);
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    total = f.given;
    for (at = 1; at < total; at++) {
        pwwb_set_result result = {.size = sizeof(result)};
        pwwb_directory *directory;
        pwwb_status     st;
        int             outcome;

        fake_ldap_make(&f);
        f.cut_at  = at;
        directory = open_with(0, PWWB_LDAP_LDAPS);
        st = pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
        CHECK_STATUS(st, pwwb_error_status(err));
        outcome = pwwb_code_outcome(result.code);
        CHECK((outcome == PWWB_OUTCOME_NOT_SET) == (f.seen_count == 0));
        CHECK_INT(1, f.connects); /* a connection that was never good is not made again */
        pwwb_directory_free(directory);
    }
}

static void
a_deadline_that_passes_before_the_modify_sends_nothing(void)
{
    pwwb_set        set       = request(PWWB_SET_RESET);
    pwwb_set_result result    = {.size = sizeof(result)};
    pwwb_directory *directory;

    fake_ldap_make(&f);
    directory = open_with(0, PWWB_LDAP_LDAPS);
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, 0, &result, err));
    CHECK_INT(PWWB_CODE_TIMEOUT, result.code);
    CHECK_INT(0, f.binds + f.seen_count);
    pwwb_directory_free(directory);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    pwwb_set set = request(PWWB_SET_RESET);
    long     nth, count = 1000;

    for (nth = 0; nth <= count; nth++) {
        pwwb_ldap_options o = {
            .size = sizeof(o), .host = "dc1.corp", .address = "127.0.0.1", .base_dn = "DC=x",
            .security = PWWB_LDAP_LDAPS, .ca = (const uint8_t *)fake_ca,
            .ca_len = sizeof(fake_ca) - 1, .bind_dn = "CN=svc",
            .password = (const uint8_t *)"secret", .password_len = 6,
            .connect = fake_ldap_connect, .connect_ctx = &f,
        };
        pwwb_directory *directory = NULL;
        pwwb_set_result result    = {.size = sizeof(result)};
        pwwb_status     st;

        fake_ldap_make(&f);
        fake_ldap_current = &f;
        if (nth == 0)
            faults_count();
        else
            faults_fail(nth);
        st = pwwb_directory_new_ldap(&o, &directory, NULL);
        if (st == PWWB_OK)
            st = pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, NULL);
        if (nth == 0)
            count = faults_stop();
        else
            (void)faults_stop();
        CHECK(st == PWWB_OK || st == PWWB_E_NO_MEMORY);
        pwwb_directory_free(directory);
    }
    CHECK(count > 5);
}

int
main(void)
{
    now = (fake_clock){.wall_ms = 0, .monotonic_ms = 5000};
    err = pwwb_error_new();
    RUN(a_reset_replaces_with_policy_hints_critical);
    RUN(the_older_hints_serve_where_the_newer_lack);
    RUN(without_hints_history_fails_closed_or_is_a_warning);
    RUN(a_change_deletes_the_old_and_adds_the_new);
    RUN(passwords_that_look_like_stand_ins_arrive_whole);
    RUN(unlocking_alone_writes_lockouttime_alone);
    RUN(must_change_comes_after_a_reset_that_is_too_young_with_it);
    RUN(lacking_rights_leave_the_password_and_a_warning);
    RUN(lacking_rights_to_reset_are_a_refusal);
    RUN(a_password_that_expires_as_it_is_set_is_a_warning);
    RUN(refusals_are_told_by_operation_result_and_code);
    RUN(what_is_stated_comes_with_numbers);
    RUN(only_persons_are_written);
    RUN(an_account_that_is_gone_is_not_found);
    RUN(nothing_but_starttls_goes_in_clear);
    RUN(an_idle_connection_that_is_gone_is_made_again_once);
    RUN(a_kept_connection_that_is_slow_is_not_made_again);
    RUN(an_answer_to_another_question_is_not_believed);
    RUN(a_lost_answer_is_unknown_and_never_sent_again);
    RUN(faults_anywhere_leave_an_honest_code);
    RUN(flipped_bits_in_answers_leave_an_honest_code);
    RUN(answers_that_end_anywhere_leave_an_honest_code);
    RUN(a_deadline_that_passes_before_the_modify_sends_nothing);
    RUN(running_out_of_memory_anywhere_is_survived);
    pwwb_error_free(err);
    return DONE;
}
