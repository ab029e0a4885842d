/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 14 */

#include <stdlib.h>
#include <time.h>

#include "dns_server.h"
#include "faults.h"
#include "resolver.h"

#define ADDRESS "127.0.0.44"
#define NAME    "_ldap._tcp.pdc._msdcs.corp.test"
#define LONG_MS 10000
#define WAIT_MS 300
#define GRACE   250

#define DC1    {0, 100, 389, "dc1.corp.test"}
#define DC2    {10, 5, 1389, "dc2.corp.test"}
#define POISON {{0, 0, 389, "evil.test"}}

static dns_server    server;
static pwwb_error   *err;
static pwwb_service  list[PWWB_RESOLVER_MAX];
static size_t        count;

static int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static pwwb_status
ask_at(const char *const *servers, size_t server_count, int64_t timeout_ms)
{
    pwwb_resolver *resolver = NULL;
    pwwb_status    st;

    CHECK_STATUS(PWWB_OK, pwwb_resolver_new_system(servers, server_count, &resolver, err));
    st = wb_resolver_services(resolver, NAME, timeout_ms, list, &count, err);
    CHECK_STATUS(st, pwwb_error_status(err));
    pwwb_resolver_free(resolver);
    return st;
}

/* Ask a fresh server with this script. */
static pwwb_status
ask(const dns_line *script, size_t lines, int64_t timeout_ms)
{
    char              text[32];
    const char *const servers[] = {text};
    pwwb_status       st;

    memset(&server, 0, sizeof(server));
    memcpy(server.script, script, lines * sizeof(*script));
    dns_start(&server, ADDRESS);
    snprintf(text, sizeof(text), ADDRESS ":%u", server.port);
    st = ask_at(servers, 1, timeout_ms);
    dns_stop(&server);
    return st;
}

#define ASK(timeout_ms, ...)                                                     \
    ask((const dns_line[]){__VA_ARGS__},                                         \
        sizeof((const dns_line[]){__VA_ARGS__}) / sizeof(dns_line), timeout_ms)

static void
check_dc1(void)
{
    CHECK_INT(1, count);
    CHECK_STR("dc1.corp.test", list[0].target);
    CHECK_INT(389, list[0].port);
    CHECK_INT(100, list[0].weight);
}

static void
records_are_told_as_they_come(void)
{
    CHECK_STATUS(PWWB_OK, ASK(LONG_MS, {.kind = DNS_RECORDS, .records = {DC1, DC2}}));
    CHECK_INT(2, count);
    CHECK_STR("dc1.corp.test", list[0].target);
    CHECK_STR("dc2.corp.test", list[1].target);
    CHECK_INT(10, list[1].priority);
    CHECK_INT(5, list[1].weight);
    CHECK_INT(1389, list[1].port);
    CHECK_INT(1, server.questions);
    CHECK_INT(0, server.streams);
}

/* RFC 1035 4.1: id, recursion desired, one question; SRV is type 33, RFC 2782. The environment adds
 * nothing. */
static void
one_plain_question_is_asked(void)
{
    static const uint8_t wanted[] = "\x01\0\0\1\0\0\0\0\0\0"
                                    "\x05_ldap\x04_tcp\x03pdc\x06_msdcs\x04" "corp\x04" "test\0"
                                    "\0\x21\0\x01";
    uint8_t              seen[8][2];
    int                  i, ids = 0, ports = 0, before = 0;

    setenv("RES_OPTIONS", "ndots:15 use-vc edns0 attempts:9 timeout:30", 1);
    setenv("LOCALDOMAIN", "elsewhere.test", 1);
    for (i = 0; i < 8; i++) {
        CHECK_STATUS(PWWB_OK, ASK(LONG_MS, {.kind = DNS_RECORDS, .records = {DC1}}));
        CHECK_MEM(wanted, sizeof(wanted) - 1, server.asked[0] + 2, server.asked_len[0] - 2);
        memcpy(seen[i], server.asked[0], 2);
        ids += i > 0 && memcmp(seen[i], seen[i - 1], 2) != 0;
        ports += i > 0 && server.asked_by[0] != before;
        before = server.asked_by[0];
    }
    CHECK(ids >= 6 && ports >= 4);
    unsetenv("RES_OPTIONS");
    unsetenv("LOCALDOMAIN");
}

/* None of them is an answer to this question; the true one comes after it. */
static void
lies_are_passed_over(void)
{
    static const enum dns_kind lies[] = {DNS_WRONG_ID,  DNS_WRONG_NAME, DNS_WRONG_TYPE,
                                         DNS_NO_ANSWER, DNS_STRANGER,   DNS_GARBAGE};
    size_t i;

    for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        CHECK_STATUS(PWWB_OK, ASK(LONG_MS, {.kind = lies[i], .is_followed = 1, .records = POISON},
                                  {.kind = DNS_RECORDS, .records = {DC1}}));
        check_dc1();
        CHECK_INT(1, server.questions);
    }
}

static void
no_such_name_and_no_record_are_not_found(void)
{
    CHECK_STATUS(PWWB_E_NOT_FOUND, ASK(LONG_MS, {.kind = DNS_RECORDS, .rcode = 3}));
    CHECK_STATUS(PWWB_E_NOT_FOUND, ASK(LONG_MS, {.kind = DNS_RECORDS}));
    CHECK_INT(1, server.questions);
    /* an alias is none; and the root says "decidedly not here", RFC 2782 */
    CHECK_STATUS(PWWB_E_NOT_FOUND,
                 ASK(LONG_MS, {.kind = DNS_RECORDS, .records = {{1, 0, 0, NULL}}}));
    CHECK_STATUS(PWWB_E_NOT_FOUND,
                 ASK(LONG_MS, {.kind = DNS_RECORDS, .records = {{0, 0, 389, ""}}}));
    CHECK_STATUS(PWWB_E_NOT_FOUND, ASK(LONG_MS, {.kind = DNS_WRONG_OWNER, .records = POISON}));
}

static void
records_that_lead_nowhere_are_left_out(void)
{
    CHECK_STATUS(PWWB_OK, ASK(LONG_MS, {.kind = DNS_RECORDS,
                                        .records = {{0, 0, 0, "dc9.corp.test"},
                                                    {0, 0, 389, "dc 9.corp.test"},
                                                    {1, 0, 0, NULL},
                                                    DC1}}));
    check_dc1();
}

static void
a_server_that_fails_is_asked_once_more(void)
{
    CHECK_STATUS(PWWB_OK, ASK(LONG_MS, {.kind = DNS_RECORDS, .rcode = 2},
                              {.kind = DNS_RECORDS, .records = {DC1}}));
    check_dc1();
    CHECK_INT(2, server.questions);
    CHECK(memcmp(server.asked[0] + 2, server.asked[1] + 2, server.asked_len[1] - 2) == 0);
    CHECK_STATUS(PWWB_E_CONNECT, ASK(LONG_MS, {.kind = DNS_RECORDS, .rcode = 5}));
    CHECK_INT(2, server.questions);
}

static void
a_message_that_does_not_hold_together_is_none(void)
{
    CHECK_STATUS(PWWB_E_CONNECT, ASK(LONG_MS, {.kind = DNS_SHORT, .records = {DC1}}));
    CHECK_STATUS(PWWB_E_NOT_FOUND,
                 ASK(LONG_MS, {.kind = DNS_RECORDS, .records = {{0, 0, 389, "<"}}}));
}

static void
what_does_not_fit_is_asked_for_over_tcp(void)
{
    CHECK_STATUS(PWWB_OK, ASK(LONG_MS, {.kind = DNS_RECORDS, .is_cut = 1, .records = POISON},
                              {.kind = DNS_RECORDS, .repeats = 40, .records = {DC1, DC2}}));
    CHECK_INT(PWWB_RESOLVER_MAX, count);
    CHECK_STR("dc1.corp.test", list[PWWB_RESOLVER_MAX - 1].target);
    CHECK_INT(1, server.streams);

    CHECK_STATUS(PWWB_E_CONNECT, ASK(LONG_MS, {.kind = DNS_RECORDS, .is_cut = 1},
                                     {.kind = DNS_HANG_UP}, {.kind = DNS_RECORDS, .is_cut = 1},
                                     {.kind = DNS_WRONG_ID, .records = POISON}));
    CHECK_INT(2, server.streams);
    CHECK_STATUS(PWWB_E_CONNECT, ASK(LONG_MS, {.kind = DNS_RECORDS, .is_cut = 1},
                                     {.kind = DNS_RECORDS, .is_cut = 1, .records = {DC1}}));
}

static void
silence_ends_at_the_deadline(void)
{
    int64_t begun = now_ms();

    CHECK_STATUS(PWWB_E_TIMEOUT, ASK(WAIT_MS, {.kind = DNS_SILENCE}));
    CHECK(now_ms() - begun >= WAIT_MS);
    CHECK(now_ms() - begun <= WAIT_MS + GRACE);
    CHECK_INT(2, server.questions);

    begun = now_ms(); /* and lies do not make it longer */
    CHECK_STATUS(PWWB_E_TIMEOUT, ASK(WAIT_MS, {.kind = DNS_WRONG_ID, .records = POISON}));
    CHECK(now_ms() - begun <= WAIT_MS + GRACE);
    CHECK_STATUS(PWWB_E_TIMEOUT, ASK(0, {.kind = DNS_SILENCE}));
}

/* One where nobody listens, one that is silent, one that answers. */
static void
servers_are_asked_in_turn(void)
{
    static dns_server silent;
    char              text[3][32];
    const char *const servers[] = {text[0], text[1], text[2]};
    int               nobody    = dns_socket(ADDRESS, SOCK_DGRAM, 0);
    struct sockaddr_in at;
    socklen_t         size = sizeof(at);

    CHECK_INT(0, getsockname(nobody, (struct sockaddr *)&at, &size));
    close(nobody);
    memset(&server, 0, sizeof(server));
    memset(&silent, 0, sizeof(silent));
    silent.script[0] = (dns_line){.kind = DNS_SILENCE};
    server.script[0] = (dns_line){.kind = DNS_RECORDS, .records = {DC1}};
    dns_start(&silent, ADDRESS);
    dns_start(&server, ADDRESS);
    snprintf(text[0], sizeof(text[0]), ADDRESS ":%u", ntohs(at.sin_port));
    snprintf(text[1], sizeof(text[1]), ADDRESS ":%u", silent.port);
    snprintf(text[2], sizeof(text[2]), ADDRESS ":%u", server.port);
    CHECK_STATUS(PWWB_OK, ask_at(servers, 3, 1500));
    check_dc1();
    CHECK_INT(1, silent.questions);
    CHECK_STATUS(PWWB_E_CONNECT, ask_at(servers, 1, LONG_MS));
    CHECK_STATUS(PWWB_E_TIMEOUT, ask_at(servers, 2, WAIT_MS));
    dns_stop(&silent);
    dns_stop(&server);
}

/* They may be reachable or not; there is no such name. */
static void
the_machines_servers_are_the_default(void)
{
    CHECK(ask_at(NULL, 0, WAIT_MS) != PWWB_OK);
    CHECK(pwwb_error_status(err) == PWWB_E_NOT_FOUND || pwwb_error_status(err) == PWWB_E_TIMEOUT
          || pwwb_error_status(err) == PWWB_E_CONNECT);
}

static pwwb_status
make(const char *text)
{
    const char *const servers[] = {text};
    pwwb_resolver    *resolver  = NULL;
    pwwb_status       st        = pwwb_resolver_new_system(servers, 1, &resolver, err);

    CHECK((st == PWWB_OK) == (resolver != NULL));
    pwwb_resolver_free(resolver);
    return st;
}

static void
servers_are_numeric_addresses(void)
{
    static const char *const good[] = {"192.0.2.1",   "192.0.2.1:5353",    "::1",
                                       "[::1]",       "[2001:db8::1]:53",  "192.0.2.1:65535"};
    static const char *const bad[]  = {NULL, "", ":", "[", "[]", "[::1", "ns1.corp.test",
                                       "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:5x",
                                       "[::1]x", "192.0.2.1 :53",
                                       "11111111111111111111111111111111111111111111111111111111"
                                       "111111111"};
    const char              *many[PWWB_NAME_SERVERS_MAX + 1];
    pwwb_resolver           *resolver;
    size_t                   i;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        CHECK_STATUS(PWWB_OK, make(good[i]));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, make(bad[i]));
    for (i = 0; i <= PWWB_NAME_SERVERS_MAX; i++)
        many[i] = "192.0.2.1";
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_resolver_new_system(many, PWWB_NAME_SERVERS_MAX + 1, &resolver, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_resolver_new_system(many, 0, &resolver, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_resolver_new_system(NULL, 1, &resolver, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_resolver_new_system(NULL, 0, NULL, err));
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    pwwb_resolver *resolver;
    long           nth, all = 1000;

    for (nth = 0; nth <= all; nth++) {
        if (nth == 0)
            faults_count();
        else
            faults_fail(nth);
        CHECK_STATUS(nth == 0 ? PWWB_OK : PWWB_E_NO_MEMORY,
                     pwwb_resolver_new_system(NULL, 0, &resolver, NULL));
        if (nth == 0)
            all = faults_stop();
        else
            (void)faults_stop();
        pwwb_resolver_free(resolver);
    }
    CHECK(all >= 2);
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(records_are_told_as_they_come);
    RUN(one_plain_question_is_asked);
    RUN(lies_are_passed_over);
    RUN(no_such_name_and_no_record_are_not_found);
    RUN(records_that_lead_nowhere_are_left_out);
    RUN(a_server_that_fails_is_asked_once_more);
    RUN(a_message_that_does_not_hold_together_is_none);
    RUN(what_does_not_fit_is_asked_for_over_tcp);
    RUN(silence_ends_at_the_deadline);
    RUN(servers_are_asked_in_turn);
    RUN(the_machines_servers_are_the_default);
    RUN(servers_are_numeric_addresses);
    RUN(running_out_of_memory_anywhere_is_survived);
    pwwb_error_free(err);
    return DONE;
}
