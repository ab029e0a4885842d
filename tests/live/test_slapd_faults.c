/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 15 */
/* The connection to a real slapd ends or falls silent at some octet of its answers: every call ends
 * within its deadline and 250 ms, and what is said of the password is true by the server's record. */

#include "fixtures/proxy.h"
#include "ol.h"

#define WAIT_MS  800
#define GRACE_MS 250

static int unknown;

static double
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static pwwb_directory *
through(const proxy *between)
{
    pwwb_ldap_options o = options();

    o.address = "127.0.0.1";
    o.port    = between->port;
    return open_as(&o);
}

static int32_t
timed_set(pwwb_directory *directory, const pwwb_set *set)
{
    pwwb_set_result result = {.size = sizeof(result)};
    double          begun  = now_ms();

    (void)!pwwb_directory_set(directory, set, WAIT_MS, &result, err);
    CHECK(now_ms() - begun <= WAIT_MS + GRACE_MS);
    return result.code;
}

/* Never "not set" though it was, never "set" though it was not. */
static void
one(const char *fault, size_t after)
{
    proxy           between   = proxy_start("127.0.0.1", 0, ol("OL_ADDR"), 6360);
    pwwb_directory *directory = through(&between);
    pwwb_set        set       = request("u039", PWWB_SET_RESET, NULL, fresh());
    char            before[512];
    int32_t         code;
    int             rose;

    proxy_order(&between, "%s after %zu down", fault, after);
    snprintf(before, sizeof(before), "%s", stored("u039", "userPassword"));
    code = timed_set(directory, &set);
    pwwb_directory_free(directory);
    proxy_end(&between);
    rose = strcmp(before, stored("u039", "userPassword")) != 0;
    if (pwwb_code_outcome(code) == PWWB_OUTCOME_UNKNOWN)
        unknown++;
    else
        CHECK_INT(pwwb_code_outcome(code) != PWWB_OUTCOME_NOT_SET, rose);
}

static size_t
whole(void)
{
    proxy           between   = proxy_start("127.0.0.1", 0, ol("OL_ADDR"), 6360);
    pwwb_directory *directory = through(&between);
    pwwb_set        set       = request("u039", PWWB_SET_RESET, NULL, fresh());
    size_t          octets;

    CHECK_INT(PWWB_CODE_OK, timed_set(directory, &set));
    octets = proxy_order(&between, "count").down;
    pwwb_directory_free(directory);
    proxy_end(&between);
    return octets;
}

static void
sweep(const char *fault)
{
    size_t octets = whole(), i;

    CHECK(octets > 1000);
    for (i = 0; i < 2; i++)
        one(fault, i * octets / 2);
    for (i = 6; i <= 18; i++) /* around the answer to the set */
        one(fault, octets - i * 20);
}

static void
a_stall_at_any_place_ends_at_the_deadline(void)
{
    sweep("stall");
}

static void
a_reset_at_any_place_is_survived(void)
{
    sweep("reset");
}

static void
a_hang_up_at_any_place_is_survived(void)
{
    sweep("close");
}

/* Else the sweep did not reach what it is for. */
static void
some_answers_to_a_set_were_lost(void)
{
    printf("# %d outcomes unknown\n", unknown);
    CHECK(unknown >= 4);
}

int
main(void)
{
    if (ol("OL_CONF")[0] == '\0') {
        printf("1..0 # SKIP no OL_* in the environment: see tests/fixtures/slapd\n");
        return 0;
    }

    err = pwwb_error_new();
    RUN(a_stall_at_any_place_ends_at_the_deadline);
    RUN(a_reset_at_any_place_is_survived);
    RUN(a_hang_up_at_any_place_is_survived);
    RUN(some_answers_to_a_set_were_lost);
    pwwb_error_free(err);
    return DONE;
}
