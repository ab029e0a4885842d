/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 10 */
/* What pwwb_amqp_new() takes and refuses; memory that runs out; and that nothing is printed. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "amqp_world.h"
#include "faults.h"

static amqp_world       w;
static pwwb_tls_options tls = {.size = sizeof(tls), .ca_file = "ca.pem"};

static pwwb_status
try(const pwwb_amqp_options *options)
{
    pwwb_amqp  *amqp;
    pwwb_status st = pwwb_amqp_new(options, &amqp, NULL);

    CHECK((st == PWWB_OK) == (amqp != NULL));
    pwwb_amqp_free(amqp);
    return st;
}

/* `change` done to options that are right. */
#define REFUSED(status, change) \
    do { \
        pwwb_amqp_options o = world_options(&w, PWWB_RELAY_PORTAL); \
        o.host = "relay.example"; \
        CHECK_STATUS(PWWB_OK, try(&o)); \
        change; \
        CHECK_STATUS(status, try(&o)); \
    } while (0)

static char long_text[300];

static void
what_is_out_of_range_is_refused(void)
{
    memset(long_text, 'a', 256);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.end = 0);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.end = 4);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.credit = -1);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.credit = PWWB_AMQP_CREDIT_MAX + 1);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.port = 65536);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.port = -1);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.proxy_host = "proxy.example");
    REFUSED(PWWB_E_INVALID_ARGUMENT, (o.proxy_user = "a:b", o.proxy_secret = "s"));
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.proxy_user = "a");
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.path = "chat");
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.reserved = 1);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.connect_ms = -1);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.idle_ms = 86400001);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.longest_ms = INT64_MAX);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.host = "");
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.requests = long_text);
    REFUSED(PWWB_OK, o.requests = long_text + 1);
}

static void
a_way_to_the_broker_is_needed(void)
{
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.open = NULL);
    REFUSED(PWWB_E_INVALID_ARGUMENT, (o.open = NULL, o.host = NULL, o.tls = &tls));
    REFUSED(PWWB_OK, (o.open = NULL, o.tls = &tls));
    REFUSED(PWWB_OK, o.host = NULL);
}

static void
a_secret_has_a_form(void)
{
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.user = NULL);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.user = "");
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.user = long_text + 128);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.secret = NULL);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.secret_len = 0);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.secret_len = PWWB_AMQP_SECRET_MAX + 1);
    REFUSED(PWWB_E_INVALID_ARGUMENT, (o.secret = (const uint8_t *)"a\0b", o.secret_len = 3));
    REFUSED(PWWB_OK, (o.user = long_text + 129, o.secret = (const uint8_t *)long_text,
                      o.secret_len = PWWB_AMQP_SECRET_MAX, o.host = long_text + 1));
}

static void
a_portal_s_name_is_a_word_that_is_no_address(void)
{
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.name = "");
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.name = "a.b");
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.name = long_text);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.name = PWWB_ADDRESS_PORTALS);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.name = PWWB_ADDRESS_HEARTBEATS);
    REFUSED(PWWB_OK, o.name = "Portal_1-x");
}

static void
structs_of_another_size_are_judged_by_their_content(void)
{
    static const pwwb_clock_ops no_clock = {.size = sizeof(no_clock)};
    struct {
        pwwb_amqp_options o;
        uint64_t          more;
    } longer = {.o = world_options(&w, PWWB_RELAY_AGENT)};

    longer.o.size = sizeof(longer);
    CHECK_STATUS(PWWB_OK, try(&longer.o));
    longer.more = 1;
    CHECK_STATUS(PWWB_E_ABI, try(&longer.o));
    REFUSED(PWWB_E_ABI, o.size = 16);
    REFUSED(PWWB_E_ABI, (tls.size = 3, o.tls = &tls));
    tls.size = sizeof(tls);
    REFUSED(PWWB_E_INVALID_ARGUMENT, o.clock = &no_clock);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, try(NULL));
}

/* Nothing of the caller's is needed after the call. */
static void
options_are_copied(void)
{
    char              host[8] = "host", user[8] = "agent", name[4] = "p9", secret[8] = "secret";
    pwwb_amqp_options o = world_options(&w, PWWB_RELAY_PORTAL);

    o.host       = host;
    o.user       = user;
    o.name       = name;
    o.secret     = (uint8_t *)secret;
    o.secret_len = 6;
    world_with(&w, &o);
    memset(host, '!', 7);
    memset(user, '!', 7);
    memset(name, '!', 3);
    memset(secret, '!', 7);
    memset(&o, 0, sizeof(o));
    (void)world_run(&w);
    CHECK_STR("p9", pwwb_amqp_address(w.amqp));
    CHECK(memmem(w.peer.sasl, w.peer.sasl_len, "\0agent\0secret", 13) != NULL);
    CHECK(memmem(w.peer.sasl, w.peer.sasl_len, "host", 4) != NULL);
    world_drop(&w);
}

/* One whole life; how far it came does not matter, only that it ends well. */
static void
live(void)
{
    pwwb_amqp_options options = world_options(&w, PWWB_RELAY_PORTAL);
    uint8_t           buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery     d = {.size = sizeof(d)};
    pwwb_message      m;
    uint64_t          ticket;

    memset(&w, 0, sizeof(w));
    w.script.disposition = PN_ACCEPTED;
    w.script.credit      = 10;
    if (pwwb_amqp_new(&options, &w.amqp, NULL) != PWWB_OK)
        return;
    (void)pwwb_amqp_service(w.amqp, NULL);
    m = world_message(&w, "", "x");
    (void)!pwwb_amqp_send(w.amqp, &m, &ticket, NULL);
    (void)pwwb_amqp_service(w.amqp, NULL);
    (void)!pwwb_amqp_receive(w.amqp, buf, sizeof(buf), &d, NULL);
    pwwb_amqp_free(w.amqp);
    peer_drop(&w.peer);
}

/* Ours; what Qpid Proton does then is its own matter. */
static void
running_out_of_memory_anywhere_is_survived(void)
{
    long count, i;

    faults_count();
    live();
    count = faults_stop();
    CHECK(count >= 4);
    for (i = 1; i <= count; i++) {
        faults_fail(i);
        live();
        (void)faults_stop();
    }
}

/* How much this program writes as another process, when the environment asks Qpid Proton to trace.
 * The environment is read when the library is loaded. */
static size_t
printed_by(const char *what)
{
    static const char *const environment[] = {"PN_TRACE_FRM=1", "PN_TRACE_RAW=1", "PN_TRACE_DRV=1",
                                              "PN_TRACE_EVT=1", "PN_LOG=ALL", NULL};
    const char *const        arguments[]   = {"test_amqp_options", what, NULL};
    char                     out[4096];
    size_t                   len = 0;
    ssize_t                  n   = 1;
    int                      ends[2], status;
    pid_t                    child;

    CHECK_INT(0, pipe(ends));
    child = fork();
    if (child == 0) {
        (void)dup2(ends[1], 1);
        (void)dup2(ends[1], 2);
        (void)close(ends[0]);
        (void)execve(program_invocation_name, (char *const *)(uintptr_t)arguments,
                     (char *const *)(uintptr_t)environment);
        _exit(1);
    }
    (void)close(ends[1]);
    for (; n > 0; len += n > 0 ? (size_t)n : 0)
        n = read(ends[0], out, sizeof(out));
    (void)close(ends[0]);
    CHECK_INT(child, waitpid(child, &status, 0));
    CHECK_INT(0, status);
    return len;
}

static void
bare_proton(void)
{
    pn_connection_driver_t driver;

    (void)pn_connection_driver_init(&driver, NULL, NULL);
    pn_connection_open(driver.connection);
    (void)pn_connection_driver_bind(&driver);
    (void)pn_connection_driver_write_buffer(&driver);
    pn_connection_driver_destroy(&driver);
}

/* The broker of these tests is Qpid Proton too, so its own transport is silenced for this one. */
static void
our_life(void)
{
    world_make(&w, PWWB_RELAY_PORTAL);
    w.is_quiet = 1;
    (void)world_run(&w);
    (void)!world_send(&w, "", "x");
    peer_send_raw(&w.peer, "rsp.p1", "nonsense", 8);
    (void)world_run(&w);
    world_drop(&w);
}

static void
the_environment_makes_nothing_print(void)
{
    CHECK(printed_by("--bare") > 0); /* the control: the environment does ask */
    CHECK_INT(0, (intmax_t)printed_by("--ours"));
}

int
main(int argc, char **argv)
{
    if (sodium_init() < 0)
        return 1;
    if (argc > 1) {
        (strcmp(argv[1], "--bare") == 0 ? bare_proton : our_life)();
        return harness_failures != 0;
    }

    RUN(the_environment_makes_nothing_print);
    RUN(what_is_out_of_range_is_refused);
    RUN(a_way_to_the_broker_is_needed);
    RUN(a_secret_has_a_form);
    RUN(a_portal_s_name_is_a_word_that_is_no_address);
    RUN(structs_of_another_size_are_judged_by_their_content);
    RUN(options_are_copied);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
