/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_PROXY_H
#define AD_PROXY_H

/* A controller with the proxy in front of it: each call ends in time, and what it says of the
 * password is true by the server's own record. */

#include <signal.h>

#include "ad.h"
#include "fixtures/proxy.h"

#define WAIT_MS  1000
#define GRACE_MS 250

static double worst_ms; /* by which a call was late; below 0: none was */

static inline double
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline void
in_time(double begun, double most_ms)
{
    double late = now_ms() - begun - most_ms;

    if (late > worst_ms)
        worst_ms = late;
    CHECK(late <= GRACE_MS);
}

/* In front of the controller. */
static inline proxy
before(int32_t security)
{
    return proxy_start("127.0.0.1", 0, ad("AD_ADDR"), security == PWWB_LDAP_LDAPS ? 636 : 389);
}

static inline pwwb_directory *
through(const proxy *between, int32_t security)
{
    pwwb_ldap_options o = options();

    o.address  = "127.0.0.1";
    o.port     = between->port;
    o.security = security;
    return open_as(&o);
}

static inline pwwb_status
timed_read(pwwb_directory *directory, const uint8_t *guid)
{
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    double            begun   = now_ms();
    pwwb_status       st      = pwwb_directory_read(directory, guid, WAIT_MS, &account, &rules, err);

    in_time(begun, WAIT_MS);
    return st;
}

static inline int32_t
timed_set(pwwb_directory *directory, const pwwb_set *set)
{
    pwwb_set_result result = {.size = sizeof(result)};
    double          begun  = now_ms();
    pwwb_status     st     = pwwb_directory_set(directory, set, WAIT_MS, &result, err);

    in_time(begun, WAIT_MS);
    CHECK(st == PWWB_OK || pwwb_status_class(st) == PWWB_CLASS_TRANSPORT
          || pwwb_status_class(st) == PWWB_CLASS_DIRECTORY);
    return result.code;
}

/* How often the password was written, once the controller has done all that it was sent: it is one
 * process, and works a bind that comes later later. */
static inline int
settled(const char *user)
{
    CHECK(binds("svc-pw", ad("AD_SVC_PW")));
    return written(user);
}

/* Never "not set" though it was, never "set" though it was not. */
static inline void
check_told_truly(int32_t code, int rose)
{
    switch (pwwb_code_outcome(code)) {
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

/* SIGPIPE must stay at its default: a lost connection may kill nobody. */
static inline void
ad_start(void)
{
    struct sigaction now;

    if (ad("AD_CONF")[0] == '\0') {
        printf("1..0 # SKIP no AD_* in the environment: see tests/fixtures/ad\n");
        exit(0);
    }
    sigaction(SIGPIPE, NULL, &now);
    if (now.sa_handler != SIG_DFL) {
        printf("Bail out! SIGPIPE is not at its default\n");
        exit(1);
    }
    err      = pwwb_error_new();
    worst_ms = -1e9;
}

#endif /* AD_PROXY_H */
