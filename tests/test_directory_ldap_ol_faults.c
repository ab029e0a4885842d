/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 15 */
/* An OpenLDAP server that fails at any place: what is said of the password is true. */

#include "openldap.h"

static void
a_lost_answer_is_unknown_and_never_sent_again(void)
{
    static const int32_t kinds[] = {PWWB_SET_RESET, PWWB_SET_CHANGE, PWWB_SET_UNLOCK};
    size_t               i;

    for (i = 0; i < 3; i++) {
        pwwb_set set = request(kinds[i]);

        fake_openldap_make(&o);
        o.hangs_up_on = 1;
        CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, code_of(&set));
        CHECK_INT(1, o.seen_count);
        CHECK_INT(1, o.f.connects);
    }
}

static void
what_is_lost_after_the_password_is_a_warning(void)
{
    pwwb_set        set = request(PWWB_SET_RESET);
    pwwb_set_result result;

    fake_openldap_make(&o);
    set.must_change = PWWB_MUST_CHANGE_SET;
    o.hangs_up_on   = 2;
    result          = carry_out(&set, NULL);
    CHECK_INT(PWWB_CODE_OK_MUST_CHANGE_FAILED, result.code);
    CHECK_INT(LAST_SET_MS, result.password_last_set_ms);
}

/* Each call of the stream fails in its turn, for good. */
static void
faults_anywhere_leave_an_honest_code(void)
{
    static const pwwb_status faults[] = {PWWB_E_CLOSED, PWWB_E_TIMEOUT, PWWB_E_CONNECT,
                                         PWWB_E_NO_MEMORY, -9999};
    size_t i;
    int    nth, call;

    for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        for (call = 0; call < 2; call++)
            for (nth = 1; nth < 400; nth++) {
                pwwb_set        set    = request(PWWB_SET_CHANGE);
                pwwb_set_result result = {.size = sizeof(result)};
                pwwb_directory *directory;
                fake_fault     *fault;

                fake_openldap_make(&o);
                fault  = call == 0 ? &o.f.read : &o.f.write;
                *fault = (fake_fault){.nth = nth, .is_persistent = 1, .status = faults[i]};
                set.must_change = PWWB_MUST_CHANGE_SET;
                directory       = open_directory();
                (void)!pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
                if (o.seen_count > 0)
                    CHECK(pwwb_code_outcome(result.code) != PWWB_OUTCOME_NOT_SET);
                else if (call == 0)
                    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(result.code));
                pwwb_directory_free(directory);
                if (fault->calls < nth)
                    break;
            }
}

/* One bit of all answers turned, each in its turn: no crash, no lie about a password not sent. */
static void
flipped_bits_in_answers_leave_an_honest_code(void)
{
    pwwb_set set = request(PWWB_SET_CHANGE);
    long     at, total;

    fake_openldap_make(&o);
    o.answers[0] = (ol_answer){19, 6 + 1, "Password fails quality checking policy"};
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, code_of(&set));
    total = o.f.given;
    CHECK(total > 500);
    for (at = 8; at < 8 * (total + 1); at++) {
        pwwb_set_result result = {.size = sizeof(result)};
        pwwb_directory *directory;

        fake_openldap_make(&o);
        o.answers[0] = (ol_answer){19, 6 + 1, "Password fails quality checking policy"};
        o.f.flip_at  = at / 8;
        o.f.flip_by  = (uint8_t)(1 << at % 8);
        directory    = open_directory();
        (void)!pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
        CHECK(result.code != 0);
        if (o.seen_count == 0 && pwwb_code_outcome(result.code) != PWWB_OUTCOME_NOT_SET)
            CHECK_INT(0, at);
        pwwb_directory_free(directory);
    }
}

static void
answers_that_end_anywhere_leave_an_honest_code(void)
{
    pwwb_set set = request(PWWB_SET_RESET);
    long     at, total;

    fake_openldap_make(&o);
    CHECK_INT(PWWB_CODE_OK, code_of(&set));
    total = o.f.given;
    for (at = 1; at < total; at++) {
        fake_openldap_make(&o);
        o.f.cut_at = at;
        {
            pwwb_directory *directory = open_directory();
            pwwb_set_result result    = {.size = sizeof(result)};

            (void)!pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
            CHECK((pwwb_code_outcome(result.code) == PWWB_OUTCOME_NOT_SET) == (o.seen_count == 0));
            pwwb_directory_free(directory);
        }
        CHECK_INT(1, o.f.connects);
    }
}

static void
a_kept_connection_that_is_gone_is_made_again_once(void)
{
    pwwb_directory *directory;
    pwwb_set        set    = request(PWWB_SET_RESET);
    pwwb_set_result result = {.size = sizeof(result)};

    fake_openldap_make(&o);
    directory = open_directory();
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    o.f.is_idle = o.f.hangs_up = 1;
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    CHECK_INT(PWWB_CODE_OK, result.code);
    CHECK_INT(2, o.f.connects);
    CHECK_INT(2, o.seen_count);
    pwwb_directory_free(directory);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    pwwb_set set = request(PWWB_SET_CHANGE);
    long     nth, count = 1000;

    for (nth = 0; nth <= count; nth++) {
        const pwwb_ldap_options ours      = options();
        pwwb_directory         *directory = NULL;
        pwwb_set_result         result    = {.size = sizeof(result)};
        pwwb_status             st;

        fake_openldap_make(&o);
        fake_ldap_current = &o.f;
        if (nth == 0)
            faults_count();
        else
            faults_fail(nth);
        st = pwwb_directory_new_ldap(&ours, &directory, NULL);
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
    err = pwwb_error_new();
    RUN(a_lost_answer_is_unknown_and_never_sent_again);
    RUN(what_is_lost_after_the_password_is_a_warning);
    RUN(faults_anywhere_leave_an_honest_code);
    RUN(flipped_bits_in_answers_leave_an_honest_code);
    RUN(answers_that_end_anywhere_leave_an_honest_code);
    RUN(a_kept_connection_that_is_gone_is_made_again_once);
    RUN(running_out_of_memory_anywhere_is_survived);
    pwwb_error_free(err);
    return DONE;
}
