/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 15 */
/* Two real forests behind one host of three workers: each person's link leads to the right one, and
 * one that hangs, or is gone, does not delay the other's people. Whether a password was written is
 * asked of each forest's own record. Environment: AD_* of the one, AD2_* of the other. */
#include <signal.h>

#include "ad.h"
#include "forests.h"

#define CORP        0
#define EMEA        1
#define PATIENCE_MS 2000 /* the gates' default */
#define REQUEST_MS  8000
#define USERS       5
#define LAST        4 /* is not asked for while emea hangs */
#define ROUNDS      10

/* What a reset answers on a controller without policy hints. */
#define DONE_BY_RESET PWWB_CODE_OK_HISTORY_NOT_ENFORCED

static const char *const users[USERS] = {"u001", "u002", "u003", "u004", "u005"};

static host    h = {.workers = 3, .forests = 2, .timeout_ms = REQUEST_MS};
static person  people[FORESTS_MAX][USERS];
static int64_t usual_ms; /* the longest, while all was well */

static pwwb_directory *
open_at(size_t forest)
{
    is_second = forest == EMEA;
    return open_directory();
}

static int
written_in(size_t forest, const char *user)
{
    is_second = forest == EMEA;
    return written(user);
}

/* How often it has written the passwords of all of them. */
static int
written_in_all(size_t forest)
{
    char text[64];

    is_second = forest == EMEA;
    run(text, sizeof(text),
        "ldbsearch -H $SAM --show-binary '(sAMAccountName=u00*)' replPropertyMetaData |"
        " grep -A1 ATTID_unicodePwd | sed -n 's/.*version.*(\\(.*\\))/\\1/p' |"
        " awk '{ n += $1 } END { print n }'");
    return atoi(text);
}

static void
signal_emea(int signal_number)
{
    char  name[512];
    FILE *file;
    int   pid = 0;

    is_second = 1;
    snprintf(name, sizeof(name), "%.*s/pid", (int)(strlen(ad("AD_CONF")) - strlen("/smb.conf")),
             ad("AD_CONF"));
    file = fopen(name, "r");
    CHECK(file != NULL && fscanf(file, "%d", &pid) == 1 && pid > 1);
    if (file != NULL)
        fclose(file);
    if (pid > 1)
        CHECK_INT(0, kill(-pid, signal_number)); /* the fixture made it a session of its own */
}

static void
start(void)
{
    size_t forest, i;

    h.open_at = open_at;
    for (forest = 0; forest < 2; forest++) {
        pwwb_gate_options o = {.size = sizeof(o), .most = 2};

        CHECK_STATUS(PWWB_OK, pwwb_gate_new(&o, &h.gates[forest], NULL));
    }
    host_make(&h);
    for (forest = 0; forest < 2; forest++) {
        for (i = 0; i < USERS; i++) {
            uint8_t guid[PWWB_ID_SIZE];

            is_second = forest == EMEA;
            guid_of(users[i], guid);
            people[forest][i] = person_in(&h, forest, guid);
        }
    }
    host_start(&h);
}

static void
each_persons_link_leads_to_the_right_forest(void)
{
    size_t i;

    for (i = 0; i < 4; i++) { /* two of each */
        size_t      forest = i % 2;
        const char *user = users[i / 2], *password = fresh();
        int         here = written_in(forest, user), there = written_in(1 - forest, user);
        person     *p = &people[forest][i / 2];

        CHECK_INT(DONE_BY_RESET, answer_to(p, password));
        CHECK_INT(here + 1, written_in(forest, user));
        CHECK_INT(there, written_in(1 - forest, user));
        is_second = forest == EMEA;
        CHECK(binds(user, password));
        is_second = forest != EMEA;
        CHECK(!binds(user, password));
    }
}

/* People of corp, one after the other: all are set, and how long the longest waited. */
static int64_t
serve_corp(const char *while_)
{
    int64_t longest = 0, sum = 0;
    int     i;

    for (i = 0; i < ROUNDS; i++) {
        person *p = &people[CORP][i % USERS];

        CHECK_INT(DONE_BY_RESET, answer_to(p, fresh()));
        longest = p->took_ms > longest ? p->took_ms : longest;
        sum += p->took_ms;
    }
    printf("# %s: corp in %d ms on the average, %d ms at most\n", while_, (int)(sum / ROUNDS),
           (int)longest);
    return longest;
}

/* As pwwb/gate.h says; a busy machine is given as much again as it took before. */
static void
is_within_the_bound(int64_t longest)
{
    CHECK(longest <= PATIENCE_MS + 2 * usual_ms + 500);
}

static void
what_is_usual(void)
{
    int before = written_in_all(CORP);

    usual_ms = serve_corp("all is well");
    CHECK(usual_ms < REQUEST_MS);
    CHECK_INT(before + ROUNDS, written_in_all(CORP));
}

/* What was said must be true afterwards. */
static void
is_true(size_t i, int before)
{
    int rose = written_in(EMEA, users[i]) - before;

    switch (pwwb_code_outcome(people[EMEA][i].code)) {
    case PWWB_OUTCOME_NOT_SET:
        CHECK_INT(0, rose);
        break;
    case PWWB_OUTCOME_UNKNOWN:
        CHECK(rose == 0 || rose == 1);
        break;
    default:
        CHECK_INT(1, rose);
    }
}

/* Once it answers again somebody is let in, and then everybody. */
static void
emea_works_again(void)
{
    int     before = written_in(EMEA, users[LAST]), tries = 0;
    int64_t begun = real_ms();

    while (answer_to(&people[EMEA][LAST], fresh()) == PWWB_CODE_UNREACHABLE && tries++ < 300)
        rest(100);
    printf("# emea works again %d ms after it was let go on\n", (int)(real_ms() - begun));
    CHECK_INT(DONE_BY_RESET, people[EMEA][LAST].code);
    CHECK_INT(DONE_BY_RESET, answer_to(&people[EMEA][LAST], fresh()));
    CHECK_INT(before + 2, written_in(EMEA, users[LAST]));
}

static void
a_forest_that_hangs_delays_nobody_else(void)
{
    int     corp = written_in_all(CORP), before[LAST];
    int64_t begun;
    size_t  i;

    for (i = 0; i < LAST; i++)
        before[i] = written_in(EMEA, users[i]);
    signal_emea(SIGSTOP);
    begun = real_ms();
    for (i = 0; i < LAST; i++)
        person_begins(&people[EMEA][i], fresh());
    is_within_the_bound(serve_corp("emea hangs"));
    for (i = 0; i < LAST; i++)
        (void)person_is_told(&people[EMEA][i]);
    printf("# emea's people were told after %d ms at most\n", (int)(real_ms() - begun));
    is_within_the_bound(serve_corp("emea rests"));
    CHECK_INT(corp + 2 * ROUNDS, written_in_all(CORP));

    signal_emea(SIGCONT);
    emea_works_again();
    for (i = 0; i < LAST; i++) {
        is_true(i, before[i]);
        printf("# emea's %s was told %s\n", users[i], pwwb_code_name(people[EMEA][i].code));
    }
}

static void
a_forest_that_is_gone_delays_nobody_else(void)
{
    size_t i;

    signal_emea(SIGKILL);
    for (i = 0; i < LAST; i++)
        person_begins(&people[EMEA][i], fresh());
    is_within_the_bound(serve_corp("emea is gone"));
    for (i = 0; i < LAST; i++)
        CHECK_INT(PWWB_CODE_UNREACHABLE, person_is_told(&people[EMEA][i]));
}

int
main(void)
{
    if (getenv("AD_CONF") == NULL || getenv("AD2_CONF") == NULL) {
        printf("1..0 # SKIP no AD_* and AD2_* in the environment: see tests/suites/live.sh\n");
        return 0;
    }

    err = pwwb_error_new();
    start();
    RUN(each_persons_link_leads_to_the_right_forest);
    RUN(what_is_usual);
    RUN(a_forest_that_hangs_delays_nobody_else);
    RUN(a_forest_that_is_gone_delays_nobody_else);
    host_end(&h);
    pwwb_error_free(err);
    return DONE;
}
