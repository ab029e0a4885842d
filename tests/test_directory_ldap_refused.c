/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 15 16 */

/* What is said after Windows' one code for every rule. */

#include "fake_ldap.h"

#include <pwwb/pwwb.h>

#define TIMEOUT_MS 1000
#define NOW_MS     INT64_C(1795342500000) /* 2026-11-22 10:15:00 UTC, as the fake says */
#define SET_MS     INT64_C(1795334400000) /* 08:00 */
#define MINUTE_MS  INT64_C(60000)
#define DAY_MS     INT64_C(86400000)
#define AT_1010    "134398158000000000"
#define GOOD_PASSWORD "Tr0ub4dor&3"
#define CHANGE_REFUSED \
    {19, "0000052D: AtrErr: DSID-03190F80, #1:\n\t0: 0000052D: DSID-03190F80, problem 1005 " \
         "(CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)\n"}
#define RESET_REFUSED \
    {53, "0000052D: SvcErr: DSID-031A126C, problem 5003 (WILL_NOT_PERFORM), data 0\n"}

static fake_ldap      f;
static fake_clock     now;
static pwwb_error    *err;
static pwwb_findings *findings;

static pwwb_directory *
open_with(uint32_t flags)
{
    const pwwb_ldap_options o = {
        .size = sizeof(o), .host = "dc1.corp", .security = PWWB_LDAP_LDAPS,
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
request(int32_t kind, const char *password)
{
    pwwb_set set = {.size = sizeof(set), .kind = kind};

    memcpy(set.guid, fake_guid, sizeof(set.guid));
    set.password     = (const uint8_t *)password;
    set.password_len = strlen(password);
    if (kind == PWWB_SET_CHANGE) {
        set.old_password     = (const uint8_t *)"Old-1";
        set.old_password_len = 5;
    }
    return set;
}

static int32_t
refuse(int32_t kind, uint32_t flags, const char *password, fake_answer answer)
{
    pwwb_directory *directory = open_with(flags);
    pwwb_set        set       = request(kind, password);
    pwwb_set_result result    = {.size = sizeof(result)};

    pwwb_findings_free(findings);
    findings = result.findings = pwwb_findings_new();
    f.modifies[f.seen_count] = answer;
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    pwwb_directory_free(directory);
    return result.code;
}

static void
finding(size_t n, int32_t code, int32_t basis, int64_t limit, int64_t actual)
{
    int32_t got_code, got_basis;
    int64_t got_limit, got_actual;

    CHECK_STATUS(PWWB_OK,
                 pwwb_findings_get(findings, n, &got_code, &got_basis, &got_limit, &got_actual));
    CHECK_STR(pwwb_code_name(code), pwwb_code_name(got_code));
    CHECK_INT(basis, got_basis);
    CHECK_INT(limit, got_limit);
    CHECK_INT(actual, got_actual);
}

static void
windows_refusal_of_a_change_is_explained(void)
{
    static const fake_answer answer = CHANGE_REFUSED;

    fake_ldap_make(&f); /* set at 08:00, and a minimum age of a day */
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, refuse(PWWB_SET_CHANGE, 0, GOOD_PASSWORD, answer));
    CHECK_INT(1, pwwb_findings_count(findings));
    finding(0, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_STATED, SET_MS + DAY_MS, SET_MS);

    fake_ldap_say(&f, FAKE_GUID_DN, "pwdLastSet", "134396000000000000", 0); /* days before */
    CHECK_INT(PWWB_CODE_POLICY_OTHER, refuse(PWWB_SET_CHANGE, 0, GOOD_PASSWORD, answer));
    CHECK_INT(3, pwwb_findings_count(findings));
    finding(0, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_INFERRED, 24, 0);
    finding(1, PWWB_CODE_USER_CANNOT_CHANGE, PWWB_BASIS_INFERRED, 0, 0);
    finding(2, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_INFERRED, 0, 0);

    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, refuse(PWWB_SET_CHANGE, 0, "aB3-x", answer));
    finding(0, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED, 7, 5);
}

/* As Samba 4.17 answered; the numbers are of the rules that the fake has. */
static void
what_samba_states_comes_with_its_numbers(void)
{
    static const fake_answer is_short = {
        19, "0000052D: Constraint violation - check_password_restrictions: the password is too short. "
            "It should be equal or longer than 7 characters!"};
    static const fake_answer is_simple = {
        19, "0000052D: Constraint violation - check_password_restrictions: the password does not meet "
            "the complexity criteria!"};

    fake_ldap_make(&f);
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, refuse(PWWB_SET_RESET, 0, "a\xc3\xa9-1", is_short));
    finding(0, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED, 7, 4); /* units, not octets */
    CHECK_INT(PWWB_CODE_POLICY_COMPLEXITY, refuse(PWWB_SET_RESET, 0, "abcdefgh1", is_simple));
    finding(0, PWWB_CODE_POLICY_COMPLEXITY, PWWB_BASIS_STATED, 3, 2);
}

static void
windows_refusal_of_a_reset_is_explained(void)
{
    static const fake_answer answer = RESET_REFUSED;

    fake_ldap_make(&f);
    CHECK_INT(PWWB_CODE_POLICY_OTHER, refuse(PWWB_SET_RESET, 0, GOOD_PASSWORD, answer));
    CHECK_INT(3, pwwb_findings_count(findings));
    finding(0, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_INFERRED, 24, 0);
    finding(1, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_INFERRED, SET_MS + DAY_MS, SET_MS);
    finding(2, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_INFERRED, 0, 0);

    f.values[4].value = f.values[5].value = "1.2.3"; /* no policy hints: no past */
    CHECK_INT(PWWB_CODE_POLICY_OTHER,
              refuse(PWWB_SET_RESET, PWWB_LDAP_ALLOW_NO_HISTORY, GOOD_PASSWORD, answer));
    CHECK_INT(1, pwwb_findings_count(findings));
    finding(0, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_INFERRED, 0, 0);
}

/* Self-relative, with one entry: User-Change-Password denied to everybody. MS-DTYP 2.4.4.5, 2.4.6 */
static const char denied[] = "\x01\0\x04\x80\0\0\0\0\0\0\0\0\0\0\0\0\x14\0\0\0"
                             "\x04\0\x30\0\x01\0\0\0"
                             "\x06\0\x28\0\x00\x01\0\0\x01\0\0\0"
                             "\x53\x1a\x72\xab\x2f\x1e\xd0\x11\x98\x19\x00\xaa\x00\x40\x52\x9b"
                             "\x01\x01\0\0\0\0\0\x01\0\0\0\0";

static void
a_denied_right_explains_windows_refusal(void)
{
    static const fake_answer answer = CHANGE_REFUSED;

    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_GUID_DN, "pwdLastSet", "134396000000000000", 0);
    fake_ldap_say(&f, FAKE_GUID_DN, "nTSecurityDescriptor", denied, sizeof(denied) - 1);
    CHECK_INT(PWWB_CODE_USER_CANNOT_CHANGE, refuse(PWWB_SET_CHANGE, 0, GOOD_PASSWORD, answer));
    finding(0, PWWB_CODE_USER_CANNOT_CHANGE, PWWB_BASIS_STATED, 0, 0);
}

/* The age is judged by when it was sent: when the answer came it was over. */
static void
time_that_passes_after_the_refusal_excludes_nothing(void)
{
    static const fake_answer answer = CHANGE_REFUSED;

    fake_ldap_make(&f);
    f.clock    = &now;
    f.takes_ms = 900;
    fake_ldap_say(&f, FAKE_GUID_DN, "pwdLastSet", "134397297005000000", 0); /* over at 10:15:00.5 */
    CHECK_INT(PWWB_CODE_POLICY_OTHER, refuse(PWWB_SET_CHANGE, 0, GOOD_PASSWORD, answer));
    finding(0, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_INFERRED, NOW_MS + 500,
            NOW_MS + 500 - DAY_MS);
}

/* What is true of the account cannot be read again: everything is left, and no number is made up. */
static void
an_account_that_cannot_be_read_again_leaves_everything(void)
{
    static const fake_answer answer = CHANGE_REFUSED;

    fake_ldap_make(&f);
    f.copies_after_modify = 1;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, refuse(PWWB_SET_CHANGE, 0, GOOD_PASSWORD, answer));
    finding(0, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_INFERRED, -1, 11);
    finding(pwwb_findings_count(findings) - 1, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_INFERRED, 0, 0);
}

/* One bit of all answers turned, each in its turn, while a change is refused. */
static void
flipped_bits_in_what_explains_leave_an_honest_code(void)
{
    static const fake_answer answer = CHANGE_REFUSED;
    long                     at, total;

    fake_ldap_make(&f);
    (void)refuse(PWWB_SET_CHANGE, 0, GOOD_PASSWORD, answer);
    total = f.given;
    CHECK(total > 1500);
    for (at = 4 * total; at < 8 * (total + 1); at++) {
        pwwb_directory *directory;
        pwwb_set        set    = request(PWWB_SET_CHANGE, GOOD_PASSWORD);
        pwwb_set_result result = {.size = sizeof(result)};

        fake_ldap_make(&f);
        f.flip_at     = at / 8;
        f.flip_by     = (uint8_t)(1 << at % 8);
        f.modifies[0] = answer;
        directory     = open_with(0);
        (void)!pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
        if (f.seen_count == 0 && pwwb_code_outcome(result.code) != PWWB_OUTCOME_NOT_SET)
            CHECK_INT(0, at);
        pwwb_directory_free(directory);
    }
}

static void
a_lock_that_refuses_is_told_with_its_end(void)
{
    static const fake_answer answer = {19, "00000775: AtrErr: x"};

    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_GUID_DN, "msDS-User-Account-Control-Computed", "16", 0);
    fake_ldap_say(&f, FAKE_GUID_DN, "lockoutTime", AT_1010, 0);
    CHECK_INT(PWWB_CODE_LOCKED, refuse(PWWB_SET_CHANGE, 0, GOOD_PASSWORD, answer));
    finding(0, PWWB_CODE_LOCKED, PWWB_BASIS_STATED, NOW_MS + 25 * MINUTE_MS,
            NOW_MS - 5 * MINUTE_MS);
    fake_ldap_say(&f, FAKE_DOMAIN, "lockoutDuration", NULL, 0);
    CHECK_INT(PWWB_CODE_LOCKED, refuse(PWWB_SET_CHANGE, 0, GOOD_PASSWORD, answer));
    finding(0, PWWB_CODE_LOCKED, PWWB_BASIS_STATED, -1, NOW_MS - 5 * MINUTE_MS);
}

int
main(void)
{
    now = (fake_clock){.wall_ms = 12345, .monotonic_ms = 5000};
    err = pwwb_error_new();
    RUN(windows_refusal_of_a_change_is_explained);
    RUN(what_samba_states_comes_with_its_numbers);
    RUN(windows_refusal_of_a_reset_is_explained);
    RUN(a_denied_right_explains_windows_refusal);
    RUN(time_that_passes_after_the_refusal_excludes_nothing);
    RUN(an_account_that_cannot_be_read_again_leaves_everything);
    RUN(flipped_bits_in_what_explains_leave_an_honest_code);
    RUN(a_lock_that_refuses_is_told_with_its_end);
    pwwb_findings_free(findings);
    pwwb_error_free(err);
    return DONE;
}
