/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 15 */
/* A controller that falls silent or goes away at some octet of its answers, or between two calls:
 * every call ends within its deadline and 250 ms, SIGPIPE kills nobody, and what is said of the
 * password is true by the server's own record. */
#include <signal.h>

#include "ad.h"
#include "fixtures/proxy.h"

#define WAIT_MS  1000
#define GRACE_MS 250
#define PLACES   4

static int    cases, unknown;
static double worst_ms;

static double
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
in_time(double begun)
{
    double took = now_ms() - begun;

    if (took > worst_ms)
        worst_ms = took;
    CHECK(took <= WAIT_MS + GRACE_MS);
}

/* In front of the controller. */
static proxy
before(int32_t security)
{
    return proxy_start("127.0.0.1", 0, ad("AD_ADDR"), security == PWWB_LDAP_LDAPS ? 636 : 389);
}

static pwwb_directory *
through(const proxy *between, int32_t security)
{
    pwwb_ldap_options o = options();

    o.address  = "127.0.0.1";
    o.port     = between->port;
    o.security = security;
    return open_as(&o);
}

static pwwb_status
timed_read(pwwb_directory *directory, const uint8_t *guid)
{
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    double            begun   = now_ms();
    pwwb_status       st      = pwwb_directory_read(directory, guid, WAIT_MS, &account, &rules, err);

    in_time(begun);
    return st;
}

static int32_t
timed_set(pwwb_directory *directory, const pwwb_set *set)
{
    pwwb_set_result result = {.size = sizeof(result)};
    double          begun  = now_ms();
    pwwb_status     st     = pwwb_directory_set(directory, set, WAIT_MS, &result, err);

    in_time(begun);
    CHECK(st == PWWB_OK || pwwb_status_class(st) == PWWB_CLASS_TRANSPORT
          || pwwb_status_class(st) == PWWB_CLASS_DIRECTORY);
    return result.code;
}

/* Never "not set" though it was, never "set" though it was not. */
static void
set_is_told_truly(pwwb_directory *directory, const pwwb_set *set)
{
    int     before = written("u011");
    int32_t code   = timed_set(directory, set);
    int     rose   = written("u011") - before;

    switch (pwwb_code_outcome(code)) {
    case PWWB_OUTCOME_NOT_SET:
        CHECK_INT(0, rose);
        break;
    case PWWB_OUTCOME_UNKNOWN:
        unknown++;
        CHECK(rose == 0 || rose == 1);
        break;
    default:
        CHECK_INT(1, rose);
    }
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
    struct sigaction now;

    err = pwwb_error_new();
    sigaction(SIGPIPE, NULL, &now);
    if (now.sa_handler != SIG_DFL) {
        printf("Bail out! SIGPIPE is not at its default\n");
        return 1;
    }
    RUN(a_stall_at_any_place_ends_at_the_deadline);
    RUN(a_reset_at_any_place_is_survived);
    RUN(a_hang_up_at_any_place_is_survived);
    RUN(a_half_closed_connection_at_any_place_is_survived);
    RUN(some_answers_to_a_modify_were_lost);
    RUN(a_fault_between_two_calls_is_survived);
    RUN(a_server_that_is_not_there_is_unreachable);
    printf("# %d faults, %d outcomes unknown, the longest call %.0f ms of %d\n", cases, unknown,
           worst_ms, WAIT_MS);
    pwwb_error_free(err);
    return DONE;
}
