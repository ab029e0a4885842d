/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* Passes over a directory's objects: what is asked for, and what is told. */
#include "ldap_passes.h"

static void
a_cookie_comes_before_the_windows_which_grow_where_few_are(void)
{
    begin(50, 100, "9000");
    go_through();
    CHECK_STR("S0: W1-1000 W1001-3000 W3001-7000 W7001-9000 ", p.log);
    CHECK_INT(50, told_count);
    CHECK_INT(50, count_of(PWWB_CHANGE_OBJECT));
    CHECK_INT(1, pass.is_whole);
}

static void
windows_shrink_where_many_are(void)
{
    begin(701, 1, "2000");
    go_through();
    CHECK_STR("S0: W1-1000 W1001-1500 W1501-2000 ", p.log);
    begin(700, 1, "2000");
    go_through();
    CHECK_STR("S0: W1-1000 W1001-2000 ", p.log);
}

/* 300 one after another, of which the server gives 100 at once. */
static void
what_the_server_cuts_off_is_read_in_smaller_windows(void)
{
    int i;

    begin(300, 1, "300");
    p.limit = 100;
    go_through();
    CHECK(strncmp(p.log, "S0: !W1-300 W1-37 W38-111 ", 26) == 0);
    for (i = 1; i <= 300; i++)
        CHECK_INT(1, told[i]);
    CHECK_INT(300, told_count);
    begin(2, 1, "2");
    p.limit        = 1;
    p.all[1].usn   = 1; /* which cannot be */
    p.all[1].is_gone = 0;
    CHECK_STATUS(PWWB_OK, step());
    CHECK_STATUS(PWWB_E_DIRECTORY, step());
    CHECK_INT(0, told_count);
}

static void
an_answer_of_many_octets_is_read(void)
{
    static char dn[600];

    begin(690, 1, "1000");
    memset(dn, 'x', sizeof(dn) - 1);
    memcpy(dn, "CN=", 3);
    p.dn = dn;
    go_through();
    CHECK_INT(690, told_count); /* more than WB_LDAP_ANSWER_MAX */
}

/* Samba heeds no limit: what is too much for one step is left to the next, in a smaller window. */
static void
an_answer_that_is_too_long_is_asked_for_in_parts(void)
{
    static char huge[60000];

    begin(10, 100, "1000");
    memset(huge, 'x', sizeof(huge) - 1);
    fake_ldap_say(&p.f, FAKE_GUID_DN, "description", huge, 0); /* it ends sooner so */
    p.endless = 500;
    CHECK_STATUS(PWWB_OK, step());
    CHECK_STATUS(PWWB_OK, step());
    CHECK_STR("S0: ~W1-1000 ", p.log);
    CHECK_INT(0, told_count);
    CHECK_INT(0, pass.is_last);
    CHECK_STATUS(PWWB_OK, step());
    CHECK_STR("S0: ~W1-1000 W1-125 ", p.log);
}

static void
what_changed_is_read_whole_and_what_is_not_there_is_gone(void)
{
    int i;

    begin_second(120);
    for (i = 1; i <= 110; i++)
        change_one(i, 0, 0, NULL);
    p.all[0].is_gone = p.all[60].is_gone = 1;
    change_one(110, 0, 0, "group");
    go_through();
    CHECK_STR("S0:k1 B50 B50 B10 ", p.log);
    CHECK_INT(0, pass.is_whole);
    CHECK_INT(107, count_of(PWWB_CHANGE_OBJECT));
    CHECK_INT(2, count_of(PWWB_CHANGE_GONE));
    CHECK_INT(PWWB_CHANGE_GONE, change[1]);
    CHECK_INT(PWWB_CHANGE_GONE, change[61]);
    CHECK_INT(0, told[110]); /* it stands for no person */
    go_through();
    CHECK(strncmp(p.log, "S0:k2 ", 6) == 0);
}

static void
where_there_is_more_the_next_step_goes_on(void)
{
    begin_second(3);
    change_one(2, 0, 0, NULL);
    p.more = 1;
    CHECK_STATUS(PWWB_OK, step());
    CHECK_INT(0, pass.is_last);
    CHECK_STATUS(PWWB_OK, step());
    CHECK_INT(1, pass.is_last);
    CHECK_STR("S0:k1 B1 S0:k2 B1 ", p.log);
    begin(3, 1, "1000"); /* before the windows, too */
    p.more = 1;
    go_through();
    CHECK_STR("S0: S0:k1 W1-1000 ", p.log);
    CHECK_INT(3, told_count);
}

/* Such an account is not told what is deleted: it is told who is there. */
static void
without_the_right_a_pass_tells_who_is_there(void)
{
    begin(10, 200, "2000");
    p.has_right = 0;
    go_through();
    CHECK_STR("S0: S1: W1-1000 W1001-2000 ", p.log);
    change_one(3, 0, 0, NULL);
    change_one(4, 0, 0, NULL);
    p.all[3].is_gone = 1;
    go_through();
    CHECK_STR("S0:k1 S1:k1 B1 W1-1000 W1001-2000 ", p.log);
    CHECK_INT(1, pass.is_whole);
    CHECK_INT(0, told[4]);
    CHECK_INT(2, told[3]);
    CHECK_INT(9, count_of(PWWB_CHANGE_PRESENT));
    go_through();
    CHECK(strncmp(p.log, "S0:k2 S1:k2 ", 12) == 0); /* kept through the windows */
}

/* What they hold has other names now. */
static void
containers_that_were_moved_have_all_read_again(void)
{
    begin_second(4);
    change_one(1, 1, 0, NULL);
    change_one(2, 1, 0, "group");
    change_one(3, 1, 1, "organizationalUnit"); /* a new one is empty, or what it holds was moved itself */
    change_one(4, 0, 0, "organizationalUnit");
    go_through();
    CHECK_STR("S0:k1 M2 B4 ", p.log);
    CHECK_INT(0, pass.is_whole);
    begin_second(4);
    change_one(3, 1, 0, "organizationalUnit");
    go_through();
    CHECK_STR("S0:k1 M1 B1 W1-1000 ", p.log);
    CHECK_INT(1, pass.is_whole);
    CHECK_INT(3, count_of(PWWB_CHANGE_OBJECT));
}

/* Its numbers are others, and it may lack what the cookie covers. */
static void
another_controller_tells_what_changed_and_all_again(void)
{
    begin(10, 200, "2000");
    CHECK_STATUS(PWWB_OK, step());
    CHECK_STATUS(PWWB_OK, step());
    fake_ldap_say(&p.f, "", "dnsHostName", "dc2.corp", 0);
    fake_ldap_say(&p.f, "", "highestCommittedUSN", "500", 0);
    change_one(10, 0, 0, NULL);
    p.all[9].is_gone = 1;
    p.all[9].usn     = 400;
    CHECK_STATUS(PWWB_OK, step());
    CHECK_INT(0, pass.is_last);
    CHECK_STATUS(PWWB_OK, step());
    CHECK_INT(1, pass.is_last);
    CHECK_INT(1, pass.is_whole);
    CHECK_STR("S0: W1-1000 S0:k1 B1 W1-500 ", p.log);
    CHECK_INT(PWWB_CHANGE_GONE, change[10]);
    go_through();
    CHECK(strncmp(p.log, "S0:k2 ", 6) == 0); /* that one's cookie */
}

int
main(void)
{
    passes_begin();
    RUN(a_cookie_comes_before_the_windows_which_grow_where_few_are);
    RUN(windows_shrink_where_many_are);
    RUN(what_the_server_cuts_off_is_read_in_smaller_windows);
    RUN(an_answer_of_many_octets_is_read);
    RUN(an_answer_that_is_too_long_is_asked_for_in_parts);
    RUN(what_changed_is_read_whole_and_what_is_not_there_is_gone);
    RUN(where_there_is_more_the_next_step_goes_on);
    RUN(without_the_right_a_pass_tells_who_is_there);
    RUN(containers_that_were_moved_have_all_read_again);
    RUN(another_controller_tells_what_changed_and_all_again);
    pwwb_error_free(err);
    return DONE;
}
