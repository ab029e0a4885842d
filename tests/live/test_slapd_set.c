/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 12 15 16 21 */
/* Passwords on a real slapd with the ppolicy overlay. */

#include "ol.h"

static void
a_reset_sets_the_password(void)
{
    pwwb_directory *directory = open_by("svc-pw");
    const char     *password  = fresh();
    pwwb_set        set       = request("u001", PWWB_SET_RESET, NULL, password);
    pwwb_set_result result    = carry_out(directory, &set, "u001", 1, NULL);
    int64_t         now       = (int64_t)time(NULL) * 1000;

    CHECK_INT(PWWB_CODE_OK, result.code);
    CHECK(result.password_last_set_ms > now - 60000 && result.password_last_set_ms < now + 60000);
    CHECK_STR(ol("OL_HOSTNAME"), result.controller);
    CHECK(binds("u001", password));
    pwwb_directory_free(directory);
}

static void
one_directory_serves_many_calls_over_starttls(void)
{
    pwwb_ldap_options o = options();
    pwwb_directory   *directory;
    int               i;

    o.security = PWWB_LDAP_STARTTLS;
    o.port     = 3890;
    directory  = open_as(&o);
    for (i = 0; i < 3; i++) {
        const char *password = fresh();
        pwwb_set    set      = request("u001", PWWB_SET_RESET, NULL, password);

        CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u001", 1, NULL).code);
        CHECK(binds("u001", password));
    }
    pwwb_directory_free(directory);
}

static void
a_change_sets_the_password(void)
{
    pwwb_directory *directory = open_by("svc-pw");
    pwwb_findings  *findings  = pwwb_findings_new();
    const char     *password  = fresh();
    pwwb_set        set       = request("u002", PWWB_SET_CHANGE, START, password);

    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u002", 1, findings).code);
    CHECK_INT(0, pwwb_findings_count(findings));
    CHECK(binds("u002", password));
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

/* The lengths at which a head's octets look like what stands for an old password of one. */
static void
short_old_and_long_new_passwords_go_through(void)
{
    static const size_t lengths[] = {1, 127, 128, 254, 255, 256};
    static char         longest[257];
    size_t              i;

    modify("u003", "replace: userPassword\\nuserPassword: x\\n"); /* the policy binds no root */
    use_policy("u003", "free");
    memset(longest, 'z', sizeof(longest) - 1);
    for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        pwwb_set set     = request("u003", PWWB_SET_CHANGE, "x", longest);
        set.password_len = lengths[i];
        CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u003", 1));
        longest[lengths[i]] = '\0';
        CHECK(binds("u003", longest));
        longest[lengths[i]] = 'z';
        modify("u003", "replace: userPassword\\nuserPassword: x\\n");
    }
}

static void
a_wrong_old_password_is_told_and_is_not_counted(void)
{
    pwwb_set set = request("u004", PWWB_SET_CHANGE, "not-the-old-1!", fresh());
    int      i;

    for (i = 0; i < 7; i++) /* the policy locks at 5 */
        CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, code_by("svc-pw", &set, "u004", 0));
    CHECK_STR("", stored("u004", "pwdFailureTime"));
    CHECK(binds("u004", START));
}

/* slapd's answer is the same for both. */
static void
a_wrong_old_password_and_a_lacking_right_are_told_apart(void)
{
    pwwb_directory *directory = open_by("svc-pw");
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set       = request("u004", PWWB_SET_CHANGE, "not-the-old-1!", fresh());
    int32_t         basis;

    CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG,
              carry_out(directory, &set, "u004", 0, findings).code);
    CHECK_INT(0, pwwb_findings_count(findings));
    pwwb_directory_free(directory);

    directory = open_by("svc-none");
    set       = request("u004", PWWB_SET_CHANGE, START, fresh());
    CHECK_INT(PWWB_CODE_PERMISSION, carry_out(directory, &set, "u004", 0, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_OLD_PASSWORD_WRONG, &basis, NULL, NULL));
    CHECK_INT(PWWB_BASIS_INFERRED, basis);
    CHECK_STR("", stored("u004", "pwdFailureTime"));
    pwwb_directory_free(directory);

    set = request("u004", PWWB_SET_RESET, NULL, fresh());
    CHECK_INT(PWWB_CODE_PERMISSION, code_by("svc-none", &set, "u004", 0));
    set = request("u004", PWWB_SET_UNLOCK, NULL, NULL);
    CHECK_INT(PWWB_CODE_PERMISSION, code_by("svc-none", &set, "u004", 0));
    pwwb_findings_free(findings);
}

/* A refusal by the policy, with its numbers; limit or actual -2 = not looked at. */
static void
refused(const char *user, const char *password, int32_t code, int64_t limit, int64_t actual)
{
    pwwb_directory *directory = open_by("svc-pw");
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set       = request(user, PWWB_SET_RESET, NULL, password);
    int32_t         basis;
    int64_t         got_limit, got_actual;

    CHECK_INT(code, carry_out(directory, &set, user, 0, findings).code);
    CHECK(has_finding(findings, code, &basis, &got_limit, &got_actual));
    CHECK_INT(PWWB_BASIS_STATED, basis);
    CHECK_INT(limit, limit == -2 ? -2 : got_limit);
    CHECK_INT(actual, actual == -2 ? -2 : got_actual);
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

static void
lengths_are_octets_and_stated(void)
{
    pwwb_set set = request("u005", PWWB_SET_RESET, NULL, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");

    use_policy("u005", "max16");
    refused("u005", "Ab1-def", PWWB_CODE_POLICY_TOO_SHORT, 8, 7);
    refused("u005", "\xc3\xa9\xc3\xa9\xc3\xa9x", PWWB_CODE_POLICY_TOO_SHORT, 8, 7);
    refused("u005", "Ab1-defghijklmnop", PWWB_CODE_POLICY_TOO_LONG, 16, 17);
    refused("u005", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9x",
            PWWB_CODE_POLICY_TOO_LONG, 16, 17);
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u005", 1)); /* 4 characters, 8 octets */
}

/* pwdInHistory is 5: those, and the one of now. */
static void
history_holds_for_a_reset_too(void)
{
    char     password[64];
    int      i;
    pwwb_set set;

    for (i = 0; i < 5; i++) {
        refused("u006", START, PWWB_CODE_POLICY_HISTORY, 6, 0);
        set = request("u006", PWWB_SET_RESET, NULL, fresh());
        CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u006", 1));
    }
    refused("u006", START, PWWB_CODE_POLICY_HISTORY, 6, 0); /* the sixth is remembered */
    snprintf(password, sizeof(password), "%s", fresh());
    set = request("u006", PWWB_SET_RESET, NULL, password);
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u006", 1));
    refused("u006", password, PWWB_CODE_POLICY_HISTORY, 6, 0);
    set = request("u006", PWWB_SET_RESET, NULL, START);
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u006", 1)); /* and the seventh is not */
}

static void
minimum_age_holds_for_a_reset_too(void)
{
    pwwb_set set = request("u007", PWWB_SET_CHANGE, START, fresh());

    use_policy("u007", "minage");
    refused("u007", fresh(), PWWB_CODE_POLICY_TOO_YOUNG, -2, -2);
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, code_by("svc-pw", &set, "u007", 0));
}

static void
a_policy_that_wants_the_old_password_allows_no_reset(void)
{
    pwwb_set set = request("u008", PWWB_SET_RESET, NULL, fresh());

    use_policy("u008", "safe");
    CHECK_INT(PWWB_CODE_PERMISSION, code_by("svc-pw", &set, "u008", 0));
    set = request("u008", PWWB_SET_CHANGE, "wrong", fresh());
    CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, code_by("svc-pw", &set, "u008", 0));
    set = request("u008", PWWB_SET_CHANGE, START, fresh());
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u008", 1));
}

/* slapd would let the service account: it is not the person. */
static void
who_may_not_change_the_own_password_may_not(void)
{
    pwwb_set set = request("u009", PWWB_SET_CHANGE, START, fresh());

    use_policy("u009", "noself");
    CHECK_INT(PWWB_CODE_USER_CANNOT_CHANGE, code_by("svc-pw", &set, "u009", 0));
    set = request("u009", PWWB_SET_RESET, NULL, fresh());
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u009", 1));
}

static void
an_entry_that_is_no_person_is_never_written(void)
{
    pwwb_directory *directory = open_by("svc-manage");
    pwwb_set        set       = {.size = sizeof(set), .kind = PWWB_SET_RESET};
    pwwb_set_result result    = {.size = sizeof(result)};
    char            text[64], out[64];
    int             i;

    run(text, sizeof(text), "ldapsearch $as_admin -LLL -s base -b ou=people,$OL_BASE entryUUID |"
                            " sed -n 's/^entryUUID: //p' | tr -d -");
    for (i = 0; i < PWWB_ID_SIZE; i++)
        set.guid[i] = (uint8_t)strtoul((char[]){text[2 * i], text[2 * i + 1], '\0'}, NULL, 16);
    set.password     = (const uint8_t *)"Any-Pass-1!";
    set.password_len = 11;
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, DEADLINE_MS, &result, err));
    CHECK_INT(PWWB_CODE_TARGET_REFUSED, result.code);
    run(out, sizeof(out), "ldapsearch $as_admin -LLL -s base -b ou=people,$OL_BASE userPassword |"
                          " grep -c userPassword");
    CHECK_STR("0", out);
    pwwb_directory_free(directory);
}

static void
a_renamed_entry_is_found_and_one_that_is_gone_is_not(void)
{
    pwwb_directory *directory = open_by("svc-pw");
    const char     *password  = fresh();
    pwwb_set        set       = request("u010", PWWB_SET_RESET, NULL, password);
    pwwb_anchor     anchor    = {.kind = PWWB_ANCHOR_SOURCE};
    pwwb_found      found     = {.size = sizeof(found)};
    pwwb_set_result result    = {.size = sizeof(result)};

    memcpy(anchor.guid, set.guid, PWWB_ID_SIZE);
    CHECK_STATUS(PWWB_OK, pwwb_directory_find(directory, &anchor, DEADLINE_MS, &found, err));
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_MEM(set.guid, PWWB_ID_SIZE, found.guid, PWWB_ID_SIZE);

    ldif("ldapmodify", "uid=u010,ou=people",
         "changetype: modrdn\\nnewrdn: uid=n010\\ndeleteoldrdn: 1\\n");
    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "n010", 1, NULL).code);
    CHECK(binds("n010", password));

    ldif("ldapmodify", "uid=n010,ou=people", "changetype: delete\\n");
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, DEADLINE_MS, &result, err));
    CHECK_INT(PWWB_CODE_NOT_FOUND, result.code);
    CHECK_STATUS(PWWB_OK, pwwb_directory_find(directory, &anchor, DEADLINE_MS, &found, err));
    CHECK_INT(PWWB_CODE_NOT_FOUND, found.code);
    pwwb_directory_free(directory);
}

static void
characters_outside_ascii_arrive_as_typed(void)
{
    static const char password[] = "Gr\xc3\xbcn-\xce\xa9\xce\xbc-\xf0\x9f\x98\x80-7\"q";
    pwwb_set          set        = request("u011", PWWB_SET_RESET, NULL, password);

    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u011", 1));
    CHECK(binds("u011", password));
}

int
main(void)
{
    if (ol("OL_CONF")[0] == '\0') {
        printf("1..0 # SKIP no OL_* in the environment: see tests/fixtures/slapd\n");
        return 0;
    }

    err = pwwb_error_new();
    RUN(a_reset_sets_the_password);
    RUN(one_directory_serves_many_calls_over_starttls);
    RUN(a_change_sets_the_password);
    RUN(short_old_and_long_new_passwords_go_through);
    RUN(a_wrong_old_password_is_told_and_is_not_counted);
    RUN(a_wrong_old_password_and_a_lacking_right_are_told_apart);
    RUN(lengths_are_octets_and_stated);
    RUN(history_holds_for_a_reset_too);
    RUN(minimum_age_holds_for_a_reset_too);
    RUN(a_policy_that_wants_the_old_password_allows_no_reset);
    RUN(who_may_not_change_the_own_password_may_not);
    RUN(an_entry_that_is_no_person_is_never_written);
    RUN(a_renamed_entry_is_found_and_one_that_is_gone_is_not);
    RUN(characters_outside_ascii_arrive_as_typed);
    pwwb_error_free(err);
    return DONE;
}
