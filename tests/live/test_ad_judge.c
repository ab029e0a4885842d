/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 7 15 21 */
/* What is judged of an account before it is written, with a real controller and its own record: no
 * lockout by one more try, an unlock that leaves the password, never an older one over a newer. */
#include "ad_writeback.h"

static pwwb_directory *directory;
static pwwb_journal   *journal; /* older than every message */
static int             writebacks;

/* A second that begins after all that was set so far: messages count whole ones. time() lags a little. */
static void
wait_for_next_second(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    usleep((useconds_t)(1000000 - now.tv_nsec / 1000 + 30000));
}

/* Its code, and that the controller wrote the password so often. */
static void
check_code(int32_t expected, int writes, const char *user, const message *m, uint32_t flags)
{
    const pwwb_writeback_options o    = {.size = sizeof(o), .flags = flags};
    int                          rose = -written(user);

    CHECK_INT(expected, write_back(m, journal, directory, &o, DEADLINE_MS));
    CHECK_INT(writes, rose + written(user));
    writebacks++;
}

static message
change(const char *user, const char *old_one, const char *new_one)
{
    pwwb_claims claims = claims_for(user, PWWB_OPERATION_CHANGE);

    return seal(&claims, old_one, new_one);
}

static message
reset(const char *user, const char *new_one)
{
    pwwb_claims claims = claims_for(user, PWWB_OPERATION_RESET_SELF);

    return seal(&claims, NULL, new_one);
}

/* ---- the guard ---- */

/* With its first password, and so many failures of five that lock. */
static void
begin_with_failures(const char *user, const char *failures)
{
    int i;

    begin(user);
    for (i = 0; i < atoi(failures); i++)
        CHECK(!binds(user, "wrong"));
    CHECK_STR(failures, stored(user, "badPwdCount"));
    wait_for_next_second();
}

static void
the_last_try_is_not_used_up(void)
{
    message wrong, right;

    begin_with_failures("j001", "4");
    wrong = change("j001", "not-the-old-1!", fresh());
    right = change("j001", START, fresh());
    check_code(PWWB_CODE_LOCKOUT_GUARD, 0, "j001", &wrong, 0);
    check_code(PWWB_CODE_LOCKOUT_GUARD, 0, "j001", &right, 0);
    CHECK_STR("4", stored("j001", "badPwdCount"));
    CHECK(strlen(stored("j001", "lockoutTime")) <= 1);
    CHECK(binds("j001", START));
}

/* What the guard is for. */
static void
where_the_host_allows_it_a_wrong_one_locks(void)
{
    message wrong;

    begin_with_failures("j002", "4");
    wrong = change("j002", "not-the-old-1!", fresh());
    check_code(PWWB_CODE_OLD_PASSWORD_WRONG, 0, "j002", &wrong, PWWB_WRITEBACK_ALLOW_LOCKOUT);
    CHECK_STR("5", stored("j002", "badPwdCount"));
    CHECK(strlen(stored("j002", "lockoutTime")) > 1);
    CHECK(!binds("j002", START));
}

static void
and_the_right_one_is_set(void)
{
    const char *password = fresh();
    message     right;

    begin_with_failures("j003", "4");
    right = change("j003", START, password);
    check_code(PWWB_CODE_OK, 1, "j003", &right, PWWB_WRITEBACK_ALLOW_LOCKOUT);
    CHECK(binds("j003", password));
}

static void
the_last_but_one_may_be_tried(void)
{
    message wrong;

    begin_with_failures("j004", "3");
    wrong = change("j004", "not-the-old-1!", fresh());
    check_code(PWWB_CODE_OLD_PASSWORD_WRONG, 0, "j004", &wrong, 0);
    CHECK_STR("4", stored("j004", "badPwdCount"));
}

/* A reset proves no old password: nothing can fail. */
static void
a_reset_needs_no_guard(void)
{
    message m;

    begin_with_failures("j005", "4");
    m = reset("j005", fresh());
    check_code(PWWB_CODE_OK_HISTORY_NOT_ENFORCED, 1, "j005", &m, 0);
}

/* ---- unlock alone ---- */

static void
an_unlock_opens_the_account_and_leaves_the_password(void)
{
    pwwb_claims claims;
    message     m;

    begin("j006");
    lock("j006");
    claims = claims_for("j006", PWWB_OPERATION_UNLOCK); /* older than nothing: it writes none */
    m      = seal(&claims, NULL, NULL);
    check_code(PWWB_CODE_OK, 0, "j006", &m, 0);
    CHECK_STR("0", stored("j006", "lockoutTime"));
    CHECK_STR("0", stored("j006", "badPwdCount"));
    CHECK(binds("j006", START));
}

static void
an_unlock_of_an_open_account_changes_nothing(void)
{
    char        before_it[64];
    pwwb_claims claims;
    message     m;

    begin("j007");
    snprintf(before_it, sizeof(before_it), "%s", stored("j007", "pwdLastSet"));
    claims = claims_for("j007", PWWB_OPERATION_UNLOCK);
    m      = seal(&claims, NULL, NULL);
    check_code(PWWB_CODE_OK, 0, "j007", &m, 0);
    CHECK_STR(before_it, stored("j007", "pwdLastSet"));
    CHECK(binds("j007", START));
}

/* ---- superseded ---- */

/* Issued, then an administrator sets another, then it arrives; what is issued after that is set. */
static void
check_superseded(const char *user, const message *late)
{
    const char *newest = fresh();
    message     next;

    begin(user);
    check_code(PWWB_CODE_SUPERSEDED, 0, user, late, 0);
    CHECK(binds(user, START));
    wait_for_next_second();
    next = reset(user, newest);
    check_code(PWWB_CODE_OK_HISTORY_NOT_ENFORCED, 1, user, &next, 0);
    CHECK(binds(user, newest));
}

static void
a_reset_that_comes_after_an_administrators_is_superseded(void)
{
    message late = reset("j008", fresh());

    check_superseded("j008", &late);
}

static void
so_is_a_change_with_the_right_old_password(void)
{
    message late = change("j009", START, fresh());

    check_superseded("j009", &late);
}

/* Our own writes come in the order in which they were asked for. */
static void
an_earlier_request_of_ours_is_superseded_by_a_later_one(void)
{
    const char *newest = fresh();
    message     early, later;

    early = reset("j010", fresh());
    wait_for_next_second();
    later = reset("j010", newest);
    check_code(PWWB_CODE_OK_HISTORY_NOT_ENFORCED, 1, "j010", &later, 0);
    check_code(PWWB_CODE_SUPERSEDED, 0, "j010", &early, 0);
    CHECK(binds("j010", newest));
}

/* It must be changed: pwdLastSet is 0 and tells no time. */
static void
an_administrators_reset_that_must_be_changed_is_newer_too(void)
{
    message late = reset("j011", fresh());

    begin("j011");
    modify("CN=j011,OU=Sync", "replace: pwdLastSet\\npwdLastSet: 0\\n");
    CHECK_STR("0", stored("j011", "pwdLastSet"));
    check_code(PWWB_CODE_SUPERSEDED, 0, "j011", &late, 0);
    modify("CN=j011,OU=Sync", "replace: pwdLastSet\\npwdLastSet: -1\\n");
    CHECK(binds("j011", START));
}

int
main(void)
{
    ad_start();
    keys_make();
    people_make('j', 11);
    journal   = journal_make();
    directory = open_directory();
    wait_for_next_second();
    RUN(the_last_try_is_not_used_up);
    RUN(where_the_host_allows_it_a_wrong_one_locks);
    RUN(and_the_right_one_is_set);
    RUN(the_last_but_one_may_be_tried);
    RUN(a_reset_needs_no_guard);
    RUN(an_unlock_opens_the_account_and_leaves_the_password);
    RUN(an_unlock_of_an_open_account_changes_nothing);
    RUN(a_reset_that_comes_after_an_administrators_is_superseded);
    RUN(so_is_a_change_with_the_right_old_password);
    RUN(an_earlier_request_of_ours_is_superseded_by_a_later_one);
    RUN(an_administrators_reset_that_must_be_changed_is_newer_too);
    printf("# %d writebacks, each compared with the controller's own record\n", writebacks);
    pwwb_directory_free(directory);
    pwwb_journal_free(journal);
    pwwb_keyring_free(keys);
    pwwb_error_free(err);
    return DONE;
}
