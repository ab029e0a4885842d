/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* Passes over a directory's objects where something is wrong: nobody is called gone for that. */
#include "faults.h"
#include "ldap_passes.h"

static void
marks_of_another_place_are_refused(void)
{
    begin_second(2);
    fake_ldap_say(&p.f, "", "defaultNamingContext", "DC=other", 0);
    CHECK_STATUS(PWWB_E_MALFORMED, step());
    begin_second(2);
    base = "OU=a,DC=corp";
    CHECK_STATUS(PWWB_E_MALFORMED, step());
    base = NULL;
    CHECK_STATUS(PWWB_OK, step());
    begin_second(2);
    mark[0] ^= 1;
    CHECK_STATUS(PWWB_E_MALFORMED, step());
    CHECK_STR("", p.log); /* nobody was asked */
    begin(2, 1, "2");
    server = PWWB_LDAP_OPENLDAP;
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED, step());
    CHECK_INT(0, p.f.connects);
}

/* Nothing may be called gone for that. */
static void
what_the_server_leaves_out_is_not_gone(void)
{
    begin_second(3);
    change_one(1, 0, 0, NULL);
    change_one(2, 0, 0, NULL);
    p.limit = 1;
    CHECK_STATUS(PWWB_E_DIRECTORY, step());
    CHECK_INT(0, told_count);
}

static void
nonsense_is_the_directorys_failure(void)
{
    static const char *const controls[] = {
        "", "\x30\x84\xff\xff\xff\xff\x02\x01", "\x30\x06\x02\x01\x00\x02\x01\x00",
        "\x30\x06\x02\x01\x00\x02\x04\x00", "\x04\x06xxxxxx"};
    size_t i;

    for (i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        begin_second(1);
        p.control = controls[i];
        CHECK_STATUS(PWWB_E_DIRECTORY, step());
    }
    begin_second(1);
    p.dirsync_says = LDAP_UNWILLING_TO_PERFORM;
    CHECK_STATUS(PWWB_E_DIRECTORY, step());
    CHECK_INT(LDAP_UNWILLING_TO_PERFORM, pwwb_error_code(err));
    begin(1, 1, "many");
    CHECK_STATUS(PWWB_E_DIRECTORY, step());
    begin(1, 1, "1");
    CHECK_STATUS(PWWB_OK, step());
    p.guid_len = 15;
    CHECK_STATUS(PWWB_E_DIRECTORY, step());
    p.guid_len = 16;
    p.sid      = "\x01\x05xxxxxx"; /* five numbers should follow */
    CHECK_STATUS(PWWB_E_DIRECTORY, step());
    CHECK_INT(0, told_count);
}

static void
what_takes_objects_ends_the_step(void)
{
    begin_second(5);
    change_one(1, 0, 0, NULL);
    change_one(2, 0, 0, NULL);
    taker_says = PWWB_E_CLOSED; /* which looks like a connection's failure */
    CHECK_STATUS(PWWB_E_CLOSED, step());
    CHECK_INT(1, told_count);
    CHECK_STR("S0:k1 B2 ", p.log);
    taker_says = PWWB_OK;
    CHECK_STATUS(PWWB_OK, step()); /* from where it began */
    CHECK_STR("S0:k1 B2 S0:k1 B2 ", p.log);
}

/* Wherever the connection ends, nobody is gone for it, and the step can be tried again. */
static void
answers_that_end_anywhere_call_nobody_gone(void)
{
    long at;
    int  good = 0;

    for (at = 1; !good; at++) {
        begin_second(3);
        p.has_right = 0;
        change_one(1, 1, 0, NULL);
        change_one(2, 0, 0, NULL);
        p.f.given  = 0;
        p.f.cut_at = at;
        good       = step() == PWWB_OK;
        CHECK_INT(0, count_of(PWWB_CHANGE_GONE));
        p.f.cut_at = 0;
        if (!pass.is_last)
            go_through();
        CHECK(at < 4000);
    }
    CHECK(at > 300);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    long nth, count = 1000;

    for (nth = 0; nth <= count; nth++) {
        pwwb_status st;

        begin_second(3);
        change_one(1, 1, 0, NULL);
        if (nth == 0)
            faults_count();
        else
            faults_fail(nth);
        st = step();
        if (nth == 0)
            count = faults_stop();
        else
            (void)faults_stop();
        CHECK(st == PWWB_OK || st == PWWB_E_NO_MEMORY);
        CHECK_INT(0, count_of(PWWB_CHANGE_GONE));
    }
    CHECK(count > 5);
}

int
main(void)
{
    passes_begin();
    RUN(marks_of_another_place_are_refused);
    RUN(what_the_server_leaves_out_is_not_gone);
    RUN(nonsense_is_the_directorys_failure);
    RUN(what_takes_objects_ends_the_step);
    RUN(answers_that_end_anywhere_call_nobody_gone);
    RUN(running_out_of_memory_anywhere_is_survived);
    pwwb_error_free(err);
    return DONE;
}
