/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_RABBIT_H
#define CONTRACT_RABBIT_H

/*
 * AMQP over RabbitMQ, as a maker: the broker of tests/fixtures/rabbit, whose settings stand in the
 * environment as RELAY_*, and in front of it the proxy, which cuts and freezes the wire.
 *
 * 3.10 says nothing when a queue is full, and ACCEPTED of what nobody gets; it does not tell whether
 * an agent listens. That a message is new it says, that it is not by silence, which the first one
 * of a connection does not tell from a relay that never speaks.
 */

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pwwb/amqp.h>

#include "contract.h"
#include "fixtures/proxy.h"
#include "fixtures/sockets.h"

static proxy rabbit_wire;
static int   rabbit_is_full;

static inline const char *
rabbit_setting(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL) {
        printf("Bail out! %s is not set: . STATE/env\n", name);
        exit(1);
    }
    return value;
}

/* A command of the fixture's: "kill", or "ctl" with rabbitmqctl's words. */
static inline void
rabbit_order(const char *command, const char *rest)
{
    char line[512];

    snprintf(line, sizeof(line), "bash %s/rabbit %s '%s' %s >&2", FIXTURES, command,
             rabbit_setting("RELAY_STATE"), rest);
    CHECK_INT(0, system(line));
}

/* ---- the connection inside a transport, to see whether it is ready ---- */

#define RABBIT_ENDS 32

static struct {
    pwwb_transport *transport;
    pwwb_amqp      *amqp;
} rabbit_ends[RABBIT_ENDS];

static inline void
rabbit_forget(const pwwb_transport *t)
{
    int i;

    for (i = 0; i < RABBIT_ENDS; i++)
        if (rabbit_ends[i].transport == t)
            rabbit_ends[i].transport = NULL;
}

pwwb_status __real_pwwb_transport_new(const pwwb_transport_ops *ops, void *ctx,
                                      pwwb_transport **ret_transport, pwwb_error *err);
pwwb_status __wrap_pwwb_transport_new(const pwwb_transport_ops *ops, void *ctx,
                                      pwwb_transport **ret_transport, pwwb_error *err);

pwwb_status
__wrap_pwwb_transport_new(const pwwb_transport_ops *ops, void *ctx, pwwb_transport **ret_transport,
                          pwwb_error *err)
{
    static unsigned made;
    pwwb_status     st = __real_pwwb_transport_new(ops, ctx, ret_transport, err);

    if (st != PWWB_OK)
        return st;
    rabbit_forget(*ret_transport); /* one that was freed had the same address */
    rabbit_ends[made % RABBIT_ENDS].transport = *ret_transport;
    rabbit_ends[made++ % RABBIT_ENDS].amqp    = ctx;
    return st;
}

static inline pwwb_amqp *
rabbit_inside(const pwwb_transport *t)
{
    pwwb_amqp *found = NULL;
    int        i;

    for (i = 0; i < RABBIT_ENDS; i++)
        if (rabbit_ends[i].transport == t)
            found = rabbit_ends[i].amqp;
    return found;
}

static inline int
rabbit_is_ready(pwwb_amqp *amqp)
{
    pwwb_amqp_info status = {.size = sizeof(status)};

    CHECK_STATUS(PWWB_OK, pwwb_amqp_service(amqp, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_describe(amqp, &status, NULL));
    return status.phase == PWWB_AMQP_READY;
}

static inline pwwb_transport *
rabbit_wait(pwwb_transport *t, int32_t end)
{
    pwwb_amqp *amqp  = rabbit_inside(t);
    int64_t    until = ct_now_ms() + 30000; /* no promise: only that it comes */

    (void)end;
    while (!rabbit_is_ready(amqp) && ct_now_ms() < until)
        ct_pause(2);
    CHECK(rabbit_is_ready(amqp));
    return t;
}

#define RABBIT_IDLE_MS 2000

/* What differs from what is right; NULL and 0 = nothing. */
typedef struct rabbit_as {
    const char *ca; /* the name of its setting */
    const char *name;
    const char *secret;
    const char *requests;
    int64_t     longest_ms;
} rabbit_as;

static inline pwwb_transport *
rabbit_connect_as(int32_t end, const rabbit_as *as)
{
    int                     is_agent = end == PWWB_RELAY_AGENT;
    const char             *ours     = is_agent ? "RELAY_AGENT_SECRET" : "RELAY_PORTAL_SECRET";
    const char             *secret   = as->secret != NULL ? as->secret : rabbit_setting(ours);
    const pwwb_tls_options  tls      = {.size    = sizeof(tls),
                                        .ca_file = rabbit_setting(as->ca != NULL ? as->ca
                                                                             : "RELAY_CA"),
                                        .name    = as->name != NULL
                                                       ? as->name
                                                       : rabbit_setting("RELAY_HOSTNAME")};
    const pwwb_amqp_options options  = {
         .size       = sizeof(options),
         .end        = end,
         .host       = rabbit_setting("RELAY_ADDR"),
         .port       = rabbit_wire.port,
         .tls        = &tls,
         .user       = rabbit_setting(is_agent ? "RELAY_AGENT" : "RELAY_PORTAL"),
         .secret     = (const uint8_t *)secret,
         .secret_len = strlen(secret),
         .requests   = as->requests,
         .connect_ms = 5000,
         .idle_ms    = RABBIT_IDLE_MS,
         .longest_ms = as->longest_ms != 0 ? as->longest_ms : 500,
    };
    pwwb_transport *t = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_amqp(&options, &t, NULL));
    return t;
}

static inline pwwb_transport *
rabbit_connect(int32_t end)
{
    return rabbit_connect_as(end, &(rabbit_as){0});
}

/* ---- faults ---- */

static inline void
rabbit_heal(void)
{
    proxy_order(&rabbit_wire, "pass");
    if (rabbit_is_full)
        rabbit_order("ctl", "--quiet clear_policy full");
    rabbit_is_full = 0;
}

static inline void
rabbit_fault(int32_t fault)
{
    switch (fault) {
    case CT_RESTART:
        rabbit_order("kill", "");
        rabbit_order("start", "");
        break;
    case CT_LOSE:
        proxy_order(&rabbit_wire, "reset once");
        break;
    case CT_CUT:
        proxy_order(&rabbit_wire, "reset");
        break;
    case CT_FREEZE:
        proxy_order(&rabbit_wire, "stall");
        break;
    case CT_FULL:
        rabbit_order("ctl", "--quiet set_policy --apply-to queues --priority 9 full '^pwwb\\.req$' "
                            "'{\"max-length\": 3, \"overflow\": \"reject-publish\", "
                            "\"message-ttl\": 300000}'");
        rabbit_is_full = 1;
        break;
    default:
        rabbit_heal();
    }
}

/* ---- a test begins with empty queues ---- */

static inline void
rabbit_drain(int32_t end)
{
    pwwb_transport *t = rabbit_wait(rabbit_connect(end), end);
    ct_taken        taken;

    while (ct_take(t, &taken, 100) == PWWB_OK)
        ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    CHECK_STATUS(PWWB_E_TIMEOUT, taken.status);
    pwwb_transport_free(t);
}

static inline void
rabbit_begin(void)
{
    rabbit_drain(PWWB_RELAY_AGENT);
    rabbit_drain(PWWB_RELAY_PORTALS);
}

static inline void
rabbit_end(void)
{
}

static inline void
rabbit_take_and_die(const char *text)
{
    int   ways[2];
    char  said;
    pid_t pid;

    CHECK_INT(0, pipe(ways));
    pid = spawn();
    if (pid == 0) {
        (void)ct_takes(rabbit_connect(PWWB_RELAY_AGENT), text);
        if (write(ways[1], "t", 1) == 1)
            pause();
        _exit(0);
    }
    CHECK_INT(1, read(ways[0], &said, 1));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(ways[0]);
    close(ways[1]);
}

static const ct_maker rabbit_maker = {
    .name         = "RabbitMQ",
    .can          = CT_RESTART | CT_LOSE | CT_CUT | CT_FREEZE | CT_FULL,
    .long_ms      = 10000,
    .quiet_ms     = 300,
    .heal_ms      = 2000,
    .notice_ms    = RABBIT_IDLE_MS,
    .storm        = 4000,
    .pace_ms      = 10,
    .begin        = rabbit_begin,
    .end          = rabbit_end,
    .connect      = rabbit_connect,
    .wait         = rabbit_wait,
    .fault        = rabbit_fault,
    .take_and_die = rabbit_take_and_die,
};

static inline void
rabbit_set_up(void)
{
    rabbit_wire = proxy_start(rabbit_setting("RELAY_ADDR"), 0, rabbit_setting("RELAY_ADDR"),
                              atoi(rabbit_setting("RELAY_PORT")));
}

static inline void
rabbit_tear_down(void)
{
    proxy_end(&rabbit_wire);
}

#endif /* CONTRACT_RABBIT_H */
