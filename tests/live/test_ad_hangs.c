/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 15 19 */
/* A controller that falls silent at each step of its work, or is slow in all of them: every call ends
 * at the one deadline over everything, and a password is unknown only once the modify was sent. */
#include "ad_writeback.h"
#include "fixtures/sockets.h"

#define USER     "h001"
#define SLOW_MS  250 /* for each piece, each way: every step alone is well within WAIT_MS */
#define LONG_MS  20000

static int hangs, outcomes[5];

static int
security_of(int i)
{
    return i == 0 ? PWWB_LDAP_LDAPS : PWWB_LDAP_STARTTLS;
}

/* ---- each turn of a read and a set ---- */

/* How many times we speak in all; the modify is the last time but one, then it is read back. */
static size_t
turns_of(int32_t security)
{
    proxy           between   = before(security);
    pwwb_directory *directory = through(&between, security);
    pwwb_set        set       = request(USER, PWWB_SET_RESET, NULL, fresh());
    size_t          turns;

    CHECK_STATUS(PWWB_OK, timed_read(directory, set.guid));
    CHECK_INT(PWWB_OUTCOME_SET_WITH_WARNINGS, pwwb_code_outcome(timed_set(directory, &set)));
    turns = proxy_order(&between, "count").turns;
    pwwb_directory_free(directory);
    proxy_end(&between);
    return turns;
}

/* Hang at that turn; true also once everything that was held has gone on. */
static int32_t
hang(int32_t security, const char *how, size_t turn)
{
    proxy           between   = before(security);
    pwwb_directory *directory = through(&between, security);
    pwwb_set        set       = request(USER, PWWB_SET_RESET, NULL, fresh());
    int             rose      = -written(USER);
    int32_t         code;

    proxy_order(&between, "%s %zu turns", how, turn);
    (void)timed_read(directory, set.guid);
    code = timed_set(directory, &set);
    CHECK(!proxy_order(&between, "count").waits);
    proxy_order(&between, "pass");
    rose += settled(USER);
    check_told_truly(code, rose);
    hangs++;
    outcomes[pwwb_code_outcome(code)]++;
    pwwb_directory_free(directory);
    proxy_end(&between);
    return code;
}

static void
check_hang(int32_t security, const char *how, size_t turn, size_t modify)
{
    int32_t expected = turn < modify    ? PWWB_OUTCOME_NOT_SET
                       : turn == modify ? PWWB_OUTCOME_UNKNOWN
                                        : PWWB_OUTCOME_SET_WITH_WARNINGS;
    int32_t outcome  = pwwb_code_outcome(hang(security, how, turn));

    if (outcome != expected)
        printf("# %s turn %zu of %zu\n", how, turn, modify);
    CHECK_INT(expected, outcome);
}

static void
a_hang_at_any_step_ends_at_the_deadline_and_only_the_modify_is_unknown(void)
{
    int i;

    for (i = 0; i < 2; i++) {
        size_t turns = turns_of(security_of(i)), turn;

        CHECK(turns >= 8);
        for (turn = 1; turn <= turns; turn++) {
            check_hang(security_of(i), "stall before", turn, turns - 1);
            check_hang(security_of(i), "stall down after", turn, turns - 1);
        }
    }
}

/* ---- no connection ---- */

static void
a_controller_that_lets_nobody_in_ends_at_the_deadline(void)
{
    int               port = 0;
    dead_end          d    = dead_end_start("127.0.0.1", &port);
    pwwb_ldap_options o    = options();
    pwwb_set          set  = request(USER, PWWB_SET_RESET, NULL, fresh());
    pwwb_anchor       who  = {.kind = PWWB_ANCHOR_SOURCE};
    pwwb_found        found = {.size = sizeof(found)};
    pwwb_directory   *directory;
    double            begun;

    o.address = "127.0.0.1";
    o.port    = port;
    directory = open_as(&o);
    CHECK_STATUS(PWWB_E_TIMEOUT, timed_read(directory, set.guid));
    CHECK_INT(PWWB_CODE_TIMEOUT, timed_set(directory, &set));
    begun = now_ms();
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_directory_find(directory, &who, WAIT_MS, &found, err));
    in_time(begun, WAIT_MS);
    CHECK(now_ms() - begun >= WAIT_MS);
    pwwb_directory_free(directory);
    dead_end_stop(&d);
}

/* ---- one deadline over everything ---- */

/* With time enough it goes well, in more time than any one step may take: then the steps did. */
static void
many_slow_steps_together_do_not_move_the_deadline(void)
{
    int i;

    for (i = 0; i < 2; i++) {
        proxy           between   = before(security_of(i));
        pwwb_directory *directory = through(&between, security_of(i));
        pwwb_set        set       = request(USER, PWWB_SET_RESET, NULL, fresh());
        pwwb_set_result result    = {.size = sizeof(result)};
        int             rose      = -written(USER);
        double          begun     = now_ms();

        proxy_order(&between, "delay %d", SLOW_MS);
        CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, LONG_MS, &result, err));
        CHECK_INT(PWWB_OUTCOME_SET_WITH_WARNINGS, pwwb_code_outcome(result.code));
        CHECK(now_ms() - begun > 2 * WAIT_MS);
        CHECK_INT(1, rose + written(USER));

        pwwb_directory_free(directory);
        directory = through(&between, security_of(i));
        rose      = -written(USER);
        CHECK_INT(PWWB_CODE_TIMEOUT, timed_set(directory, &set));
        CHECK_INT(0, rose + settled(USER));
        pwwb_directory_free(directory);
        proxy_end(&between);
    }
}

static void
octets_that_drip_in_do_not_move_it_either(void)
{
    proxy           between   = before(PWWB_LDAP_LDAPS);
    pwwb_directory *directory = through(&between, PWWB_LDAP_LDAPS);
    pwwb_set        set       = request(USER, PWWB_SET_RESET, NULL, fresh());
    int             rose      = -written(USER);
    int32_t         code;

    proxy_order(&between, "drip");
    CHECK_STATUS(PWWB_E_TIMEOUT, timed_read(directory, set.guid));
    code = timed_set(directory, &set);
    check_told_truly(code, rose + settled(USER));
    pwwb_directory_free(directory);
    proxy_end(&between);
}

/* ---- the host's deadline, and the request's life ---- */

/* Of one that was set a moment ago nothing is tried. */
static const char *
next_user(void)
{
    static const char *const users[] = {"h004", "h005", "h006"};
    static size_t            i;

    return users[i++ % 3];
}

/* A whole writeback that hangs at a turn: what it says, and that it ended at the earlier of both. */
static void
check_writeback(pwwb_journal *journal, size_t turn, int64_t timeout_ms, int64_t life_s,
                int32_t expected)
{
    const pwwb_writeback_options o = {.size = sizeof(o), .skew_ms = 1};
    proxy           between   = before(PWWB_LDAP_LDAPS);
    pwwb_directory *directory = through(&between, PWWB_LDAP_LDAPS);
    const char     *user      = expected == PWWB_CODE_TIMEOUT ? "h003" : next_user();
    pwwb_claims     claims    = claims_for(user, PWWB_OPERATION_RESET_SELF);
    int             rose      = -written(user);
    struct timespec wall;
    double          begun, most_ms;
    message         m;

    claims.iat = (int64_t)time(NULL);
    claims.exp = claims.iat + life_s;
    m          = seal(&claims, NULL, fresh());
    proxy_order(&between, "stall down after %zu turns", turn);
    clock_gettime(CLOCK_REALTIME, &wall);
    begun   = now_ms();
    most_ms = (double)(claims.exp - wall.tv_sec) * 1e3 - (double)wall.tv_nsec / 1e6;
    if (timeout_ms >= 0 && (double)timeout_ms < most_ms)
        most_ms = (double)timeout_ms;
    CHECK_INT(expected, write_back(&m, journal, directory, &o, timeout_ms));
    in_time(begun, most_ms);
    CHECK(now_ms() - begun >= most_ms - 2);
    rose += settled(user);
    check_told_truly(expected, rose);
    hangs++;
    outcomes[pwwb_code_outcome(expected)]++;
    pwwb_directory_free(directory);
    proxy_end(&between);
}

static void
the_earlier_of_the_hosts_deadline_and_the_requests_life_holds(void)
{
    pwwb_journal *journal = journal_make();
    size_t        modify  = turn_of_modify(PWWB_LDAP_LDAPS, "h002"), turn;

    sleep(1); /* it is older than what it is asked of */
    for (turn = 2; turn < modify; turn += 4) {
        check_writeback(journal, turn, WAIT_MS, 60, PWWB_CODE_TIMEOUT);
        check_writeback(journal, turn, -1, 3, PWWB_CODE_TIMEOUT);
        check_writeback(journal, turn, LONG_MS, 3, PWWB_CODE_TIMEOUT);
    }
    check_writeback(journal, modify, WAIT_MS, 60, PWWB_CODE_OUTCOME_UNKNOWN);
    check_writeback(journal, modify, -1, 3, PWWB_CODE_OUTCOME_UNKNOWN);
    check_writeback(journal, modify, LONG_MS, 3, PWWB_CODE_OUTCOME_UNKNOWN);
    pwwb_journal_free(journal);
}

int
main(void)
{
    ad_start();
    keys_make();
    people_make('h', 6);
    RUN(a_hang_at_any_step_ends_at_the_deadline_and_only_the_modify_is_unknown);
    RUN(a_controller_that_lets_nobody_in_ends_at_the_deadline);
    RUN(many_slow_steps_together_do_not_move_the_deadline);
    RUN(octets_that_drip_in_do_not_move_it_either);
    RUN(the_earlier_of_the_hosts_deadline_and_the_requests_life_holds);
    printf("# %d hangs: %d not set, %d unknown, %d set; the latest call %.0f ms over its deadline\n",
           hangs, outcomes[PWWB_OUTCOME_NOT_SET], outcomes[PWWB_OUTCOME_UNKNOWN],
           outcomes[PWWB_OUTCOME_SET_WITH_WARNINGS], worst_ms);
    pwwb_keyring_free(keys);
    pwwb_error_free(err);
    return DONE;
}
