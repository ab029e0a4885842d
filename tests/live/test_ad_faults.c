/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 15 */
/* A controller that falls silent or goes away at some octet of its answers, or between two calls:
 * every call ends within its deadline and 250 ms, SIGPIPE kills nobody, and what is said of the
 * password is true by the server's own record. */
#include "ad_proxy.h"

#define PLACES 4

static int cases, unknown;

static void
set_is_told_truly(pwwb_directory *directory, const pwwb_set *set)
{
    int     rose = -written("u011");
    int32_t code = timed_set(directory, set);

    rose += settled("u011");
    check_told_truly(code, rose);
    unknown += pwwb_code_outcome(code) == PWWB_OUTCOME_UNKNOWN;
}

static void
one(int32_t security, const char *fault, size_t after)
{
    proxy           between   = before(security);
    pwwb_directory *directory = through(&between, security);
    pwwb_set        set       = request("u011", PWWB_SET_RESET, NULL, fresh());

    proxy_order(&between, "%s after %zu down", fault, after);
    (void)timed_read(directory, set.guid);
    set_is_told_truly(directory, &set);
    pwwb_directory_free(directory);
    proxy_end(&between);
    cases++;
}

/* How many octets the controller sends for a read and a set. */
static size_t
whole(int32_t security)
{
    proxy           between   = before(security);
    pwwb_directory *directory = through(&between, security);
    pwwb_set        set       = request("u011", PWWB_SET_RESET, NULL, fresh());
    size_t          octets;

    CHECK_STATUS(PWWB_OK, timed_read(directory, set.guid));
    CHECK_INT(PWWB_OUTCOME_SET_WITH_WARNINGS, pwwb_code_outcome(timed_set(directory, &set)));
    octets = proxy_order(&between, "count").down;
    pwwb_directory_free(directory);
    proxy_end(&between);
    return octets;
}

static void
sweep(int32_t security, const char *fault)
{
    size_t octets = whole(security);
    size_t i;

    CHECK(octets > 1000);
    for (i = 0; i < PLACES; i++)
        one(security, fault, i * octets / PLACES);
    for (i = 1; i <= 10; i++) /* around the answer to the modify */
        one(security, fault, octets - i * 35);
}

static void
a_stall_at_any_place_ends_at_the_deadline(void)
{
    sweep(PWWB_LDAP_LDAPS, "stall");
    sweep(PWWB_LDAP_STARTTLS, "stall");
}

static void
a_reset_at_any_place_is_survived(void)
{
    sweep(PWWB_LDAP_LDAPS, "reset");
    sweep(PWWB_LDAP_STARTTLS, "reset");
}

static void
a_hang_up_at_any_place_is_survived(void)
{
    sweep(PWWB_LDAP_LDAPS, "close");
    sweep(PWWB_LDAP_STARTTLS, "close");
}

static void
a_half_closed_connection_at_any_place_is_survived(void)
{
    sweep(PWWB_LDAP_LDAPS, "half");
    sweep(PWWB_LDAP_STARTTLS, "half");
}

static void
between_two_calls(int32_t security, const char *fault)
{
    proxy           between   = before(security);
    pwwb_directory *directory = through(&between, security);
    pwwb_set        set       = request("u011", PWWB_SET_RESET, NULL, fresh());

    CHECK_STATUS(PWWB_OK, timed_read(directory, set.guid));
    proxy_order(&between, "%s", fault);
    set_is_told_truly(directory, &set);
    CHECK(timed_read(directory, set.guid) != PWWB_OK);
    pwwb_directory_free(directory);
    proxy_end(&between);
    cases++;
}

static void
a_fault_between_two_calls_is_survived(void)
{
    static const char *const faults[] = {"stall", "close", "reset", "half"};
    size_t                   i;

    for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        between_two_calls(PWWB_LDAP_LDAPS, faults[i]);
        between_two_calls(PWWB_LDAP_STARTTLS, faults[i]);
    }
}

static void
a_server_that_is_not_there_is_unreachable(void)
{
    proxy           nobody    = {.port = 1};
    pwwb_directory *directory = through(&nobody, PWWB_LDAP_LDAPS);
    pwwb_set        set       = request("u011", PWWB_SET_RESET, NULL, fresh());

    CHECK_INT(PWWB_CODE_UNREACHABLE, timed_set(directory, &set));
    pwwb_directory_free(directory);
}

/* Else the sweep did not reach what it is for. */
static void
some_answers_to_a_modify_were_lost(void)
{
    CHECK(unknown >= 4);
}

int
main(void)
{
    ad_start();
    RUN(a_stall_at_any_place_ends_at_the_deadline);
    RUN(a_reset_at_any_place_is_survived);
    RUN(a_hang_up_at_any_place_is_survived);
    RUN(a_half_closed_connection_at_any_place_is_survived);
    RUN(some_answers_to_a_modify_were_lost);
    RUN(a_fault_between_two_calls_is_survived);
    RUN(a_server_that_is_not_there_is_unreachable);
    printf("# %d faults, %d outcomes unknown, the latest call %.0f ms over its deadline\n", cases,
           unknown, worst_ms);
    pwwb_error_free(err);
    return DONE;
}
