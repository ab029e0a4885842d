/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 12 15 16 21 */
/* What goes to an OpenLDAP server, octet for octet, and what is made of its answers. */

#include "openldap.h"

static int passed; /* calls of ldap_passwd() */

static int
is_all(const struct berval *value, uint8_t octet)
{
    size_t i;

    for (i = 0; value != NULL && i < value->bv_len; i++)
        if ((uint8_t)value->bv_val[i] != octet)
            return 0;
    return 1;
}

int __real_ldap_passwd(LDAP *ld, struct berval *user, struct berval *old_one, struct berval *new_one,
                       LDAPControl **server, LDAPControl **client, int *id);
int __wrap_ldap_passwd(LDAP *ld, struct berval *user, struct berval *old_one, struct berval *new_one,
                       LDAPControl **server, LDAPControl **client, int *id);

/* What libldap is given stands for a password, and is none. */
int
__wrap_ldap_passwd(LDAP *ld, struct berval *user, struct berval *old_one, struct berval *new_one,
                   LDAPControl **server, LDAPControl **client, int *id)
{
    passed++;
    CHECK(is_all(new_one, 0xff) && is_all(old_one, 0xfe));
    return __real_ldap_passwd(ld, user, old_one, new_one, server, client, id);
}

static void
a_reset_is_rfc_3062_with_the_policy_control(void)
{
    pwwb_set        set = request(PWWB_SET_RESET);
    pwwb_set_result result;

    fake_openldap_make(&o);
    result = carry_out(&set, NULL);
    CHECK_INT(PWWB_CODE_OK, result.code);
    CHECK_INT(LAST_SET_MS, result.password_last_set_ms);
    CHECK_STR("ldap1.test", result.controller);
    CHECK_STR(OL_BASE " entryUUID=" OL_UUID, o.filter);
    CHECK_INT(1, o.seen_count);
    CHECK_STR("passwd", o.seen[0].what);
    CHECK_STR(OL_PERSON, o.seen[0].dn);
    CHECK_MEM(PASSWORD, strlen(PASSWORD), o.seen[0].value[0], o.seen[0].value_len[0]);
    CHECK_INT(0, o.seen[0].value_len[1]);
    CHECK_STR(CONTROL, o.seen[0].control); /* not critical */
    CHECK_INT(1, passed);                  /* by libldap, which saw a stand-in */
    CHECK_INT(4, o.f.searches);            /* root, clock, who is it, what stands there now */
}

/* So many octets in not too many characters. */
static void
fill(char *out, size_t len, char first, const char three[3])
{
    size_t i = len % 3;

    memset(out, first, i);
    for (; i < len; i += 3)
        memcpy(out + i, three, 3);
}

/* RFC 3062: the old one stands before the new one, whose head may hold any octet. */
static void
passwords_of_every_length_arrive_whole(void)
{
    static const size_t lengths[] = {1, 2, 3, 127, 128, 253, 254, 255, 256, 509, 510, 511, 512, 768};
    const size_t        count     = sizeof(lengths) / sizeof(lengths[0]);
    static char         old_one[PWWB_PASSWORD_MAX], new_one[PWWB_PASSWORD_MAX];
    pwwb_set            set = request(PWWB_SET_CHANGE);
    size_t              i, j;

    set.old_password = (const uint8_t *)old_one;
    set.password     = (const uint8_t *)new_one;
    for (i = 0; i < count; i++)
        for (j = 0; j < count; j++) {
            set.old_password_len = lengths[i];
            set.password_len     = lengths[j];
            fill(old_one, lengths[i], 'a', "\xe2\x82\xac");
            fill(new_one, lengths[j], 'b', "\xe2\x82\xad");
            fake_openldap_make(&o);
            CHECK_INT(PWWB_CODE_OK, code_of(&set));
            CHECK_INT(1, o.seen_count);
            CHECK_MEM(new_one, lengths[j], o.seen[0].value[0], o.seen[0].value_len[0]);
            CHECK_MEM(old_one, lengths[i], o.seen[0].value[1], o.seen[0].value_len[1]);
        }
}

static void
an_empty_password_is_never_sent(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_set        set       = request(PWWB_SET_RESET);
    pwwb_set_result result    = {.size = sizeof(result)};

    fake_openldap_make(&o);
    set.password_len = 0;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(result.code));
    CHECK_INT(0, o.seen_count + o.f.connects);
    pwwb_directory_free(directory);
}

static void
without_the_overlay_passwords_are_set_all_the_same(void)
{
    pwwb_set set = request(PWWB_SET_RESET);

    fake_openldap_make(&o);
    fake_ldap_say(&o.f, "", "supportedControl", "1.2.3", 0);
    fake_ldap_say(&o.f, OL_PERSON, "pwdChangedTime", NULL, 0);
    CHECK_INT(-1, carry_out(&set, NULL).password_last_set_ms);
    CHECK_STR("", o.seen[0].control);
    o.seen_count = 0;
    o.answers[0] = (ol_answer){.code = 19};
    CHECK_INT(PWWB_CODE_POLICY_OTHER, code_of(&set));
}

static void
a_server_that_cannot_serve_is_a_matter_of_configuration(void)
{
    static const char *const spoils[][3] = {
        {"", "supportedExtension", "1.2.3"}, /* the first of two: the other is in the way */
        {"", "namingContexts", NULL},
    };
    pwwb_ldap_options ours   = options();
    pwwb_set          set    = request(PWWB_SET_RESET);
    pwwb_set_result   result = {.size = sizeof(result)};
    pwwb_directory   *directory;
    size_t            i;

    for (i = 0; i < 2; i++) {
        fake_openldap_make(&o);
        fake_ldap_say(&o.f, spoils[i][0], spoils[i][1], spoils[i][2], 0);
        if (i == 0)
            o.f.values[3].value = "1.2.4";
        directory = open_directory();
        CHECK_STATUS(PWWB_E_NOT_SUPPORTED,
                     pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
        CHECK_INT(PWWB_CODE_CONFIGURATION, result.code);
        CHECK_INT(0, o.seen_count);
        pwwb_directory_free(directory);
    }
    fake_openldap_make(&o); /* several naming contexts: one must be named */
    memmove(&o.f.values[1], &o.f.values[0], sizeof(o.f.values) - sizeof(o.f.values[0]));
    o.f.values[1].value = "dc=another";
    directory           = open_directory();
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED,
                 pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    pwwb_directory_free(directory);
    ours.base_dn = "ou=here";
    directory    = open_as(&ours);
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_STR("ou=here entryUUID=" OL_UUID, o.filter);
    pwwb_directory_free(directory);
}

static void
options_out_of_range_are_refused(void)
{
    pwwb_ldap_options ours      = options();
    pwwb_directory   *directory = NULL;

    ours.server = 2;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_new_ldap(&ours, &directory, err));
    ours           = options();
    ours.policy_dn = "\xff";
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_new_ldap(&ours, &directory, err));
    ours.policy_dn = "";
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_new_ldap(&ours, &directory, err));
}

/* Measured on slapd 2.5.13: RFC 3062, as svc-pw. */
static void
refusals_are_told_by_result_and_control(void)
{
    static const struct {
        int32_t   kind;
        ol_answer answer;
        int32_t   code;
        int64_t   limit, actual;
    } cases[] = {
        {PWWB_SET_RESET, {19, 6 + 1, "Password fails quality checking policy"},
         PWWB_CODE_POLICY_TOO_SHORT, 8, 11},
        {PWWB_SET_RESET, {19, 9 + 1, "Password fails quality checking policy"},
         PWWB_CODE_POLICY_TOO_LONG, 200, 11},
        {PWWB_SET_RESET, {19, 8 + 1, "Password is in history of old passwords"},
         PWWB_CODE_POLICY_HISTORY, 6, 0},
        {PWWB_SET_CHANGE, {19, 7 + 1, "Password is too young to change"},
         PWWB_CODE_POLICY_TOO_YOUNG, LAST_SET_MS + 86400000, LAST_SET_MS},
        {PWWB_SET_RESET, {19, 5 + 1, "pwcheck: fewer than 3 of 4 character classes"},
         PWWB_CODE_POLICY_OTHER, -2, 0},
        {PWWB_SET_RESET, {50, 4 + 1, "Must supply old password to be changed as well as new one"},
         PWWB_CODE_PERMISSION, -2, 0},
        {PWWB_SET_RESET, {50, 0, NULL}, PWWB_CODE_PERMISSION, -2, 0},
        {PWWB_SET_RESET, {53, 0, "operation restricted"}, PWWB_CODE_CONFIGURATION, -2, 0},
        {PWWB_SET_RESET, {32, 0, NULL}, PWWB_CODE_NOT_FOUND, -2, 0},
        {PWWB_SET_UNLOCK, {50, 0, NULL}, PWWB_CODE_PERMISSION, -2, 0},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pwwb_set       set      = request(cases[i].kind);
        pwwb_findings *findings = pwwb_findings_new();
        int64_t        limit, actual;

        fake_openldap_make(&o);
        o.answers[0] = cases[i].answer;
        CHECK_STR(pwwb_code_name(cases[i].code),
                  pwwb_code_name(carry_out(&set, findings).code));
        CHECK_INT(cases[i].limit != -2, pwwb_findings_count(findings));
        if (pwwb_findings_get(findings, 0, NULL, NULL, &limit, &actual) == PWWB_OK) {
            CHECK_INT(cases[i].limit, limit);
            CHECK_INT(cases[i].actual, actual);
        }
        CHECK_INT(1, o.seen_count);
        pwwb_findings_free(findings);
    }
}

/* One answer of slapd for two causes, told apart by whether userPassword may be compared. */
static void
a_wrong_old_password_is_told_from_a_lacking_right(void)
{
    static const struct {
        int         compare;
        const char *text;
        int32_t     code, inferred;
    } cases[] = {
        {LDAP_COMPARE_FALSE, "unwilling to verify old password", PWWB_CODE_OLD_PASSWORD_WRONG, 0},
        {LDAP_NO_SUCH_ATTRIBUTE, "unwilling to verify old password", PWWB_CODE_OLD_PASSWORD_WRONG, 0},
        {LDAP_INSUFFICIENT_ACCESS, "unwilling to verify old password", PWWB_CODE_PERMISSION,
         PWWB_CODE_OLD_PASSWORD_WRONG},
        {LDAP_BUSY, "unwilling to verify old password", PWWB_CODE_OLD_PASSWORD_WRONG,
         PWWB_CODE_PERMISSION},
        {LDAP_COMPARE_FALSE, "operation restricted", PWWB_CODE_OLD_PASSWORD_WRONG,
         PWWB_CODE_CONFIGURATION},
    };
    pwwb_set set = request(PWWB_SET_CHANGE);
    size_t   i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pwwb_findings *findings = pwwb_findings_new();

        fake_openldap_make(&o);
        o.answers[0] = (ol_answer){53, 0, cases[i].text};
        o.compare    = (ol_answer){.code = cases[i].compare};
        CHECK_INT(cases[i].code, carry_out(&set, findings).code);
        CHECK_INT(1, o.compares);
        CHECK_INT(cases[i].inferred != 0, pwwb_findings_count(findings));
        CHECK_INT(cases[i].inferred != 0 ? PWWB_BASIS_INFERRED : 0,
                  basis_of(findings, cases[i].inferred));
        pwwb_findings_free(findings);
    }
    fake_openldap_make(&o); /* stated by the control: nothing to ask */
    o.answers[0] = (ol_answer){53, 4 + 1, "Must supply correct old password to change to new one"};
    CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, code_of(&set));
    CHECK_INT(0, o.compares);
}

static void
an_entry_that_moves_meanwhile_is_written_where_it_is(void)
{
    pwwb_set set = request(PWWB_SET_RESET);

    fake_openldap_make(&o);
    o.answers[0] = (ol_answer){.code = LDAP_NO_SUCH_OBJECT};
    o.moved_dn   = OL_MOVED;
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    CHECK_INT(2, o.seen_count);
    CHECK_STR(OL_PERSON, o.seen[0].dn);
    CHECK_STR(OL_MOVED, o.seen[1].dn);

    fake_openldap_make(&o);
    o.is_gone = 1;
    CHECK_INT(PWWB_CODE_NOT_FOUND, code_of(&set));
    CHECK_INT(0, o.seen_count);
}

static void
what_else_is_asked_is_written_apart(void)
{
    pwwb_set set = request(PWWB_SET_CHANGE);

    fake_openldap_make(&o);
    set.must_change = PWWB_MUST_CHANGE_SET;
    set.unlock      = 1; /* by the set itself: nothing stands there afterwards */
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    CHECK_INT(2, o.seen_count);
    CHECK_STR("=pwdReset", o.seen[1].what);
    CHECK_MEM("TRUE", 4, o.seen[1].value[0], o.seen[1].value_len[0]);

    fake_openldap_make(&o); /* a server that does not unlock by itself, and keeps must-change */
    fake_ldap_say(&o.f, OL_PERSON, "pwdAccountLockedTime", "20261122101000Z", 0);
    fake_ldap_say(&o.f, OL_PERSON, "pwdReset", "TRUE", 0);
    set.must_change = PWWB_MUST_CHANGE_CLEAR;
    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED, code_of(&set));
    CHECK_INT(3, o.seen_count);
    CHECK_STR("-pwdReset", o.seen[1].what);
    CHECK_STR("-pwdAccountLockedTime", o.seen[2].what);
}

static void
what_fails_beside_the_password_is_a_warning(void)
{
    pwwb_set       set      = request(PWWB_SET_RESET);
    pwwb_findings *findings = pwwb_findings_new();

    fake_openldap_make(&o);
    fake_ldap_say(&o.f, OL_PERSON, "pwdAccountLockedTime", "20261122101000Z", 0);
    set.must_change = PWWB_MUST_CHANGE_SET;
    set.unlock      = 1;
    o.answers[1] = o.answers[2] = (ol_answer){.code = LDAP_INSUFFICIENT_ACCESS};
    CHECK_INT(PWWB_CODE_OK_MUST_CHANGE_FAILED, carry_out(&set, findings).code);
    CHECK_INT(PWWB_BASIS_STATED, basis_of(findings, PWWB_CODE_OK_MUST_CHANGE_FAILED));
    CHECK_INT(PWWB_BASIS_STATED, basis_of(findings, PWWB_CODE_OK_UNLOCK_FAILED));
    pwwb_findings_free(findings);
}

static void
unlocking_alone_deletes_the_lock(void)
{
    pwwb_set set = request(PWWB_SET_UNLOCK);

    fake_openldap_make(&o);
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    CHECK_INT(1, o.seen_count);
    CHECK_STR("-pwdAccountLockedTime", o.seen[0].what);
    CHECK_STR(CONTROL, o.seen[0].control);
    o.seen_count = 0;
    o.answers[0] = (ol_answer){.code = LDAP_NO_SUCH_ATTRIBUTE}; /* it was open */
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(a_reset_is_rfc_3062_with_the_policy_control);
    RUN(passwords_of_every_length_arrive_whole);
    RUN(an_empty_password_is_never_sent);
    RUN(without_the_overlay_passwords_are_set_all_the_same);
    RUN(a_server_that_cannot_serve_is_a_matter_of_configuration);
    RUN(options_out_of_range_are_refused);
    RUN(refusals_are_told_by_result_and_control);
    RUN(a_wrong_old_password_is_told_from_a_lacking_right);
    RUN(an_entry_that_moves_meanwhile_is_written_where_it_is);
    RUN(what_else_is_asked_is_written_apart);
    RUN(what_fails_beside_the_password_is_a_warning);
    RUN(unlocking_alone_deletes_the_lock);
    pwwb_error_free(err);
    return DONE;
}
