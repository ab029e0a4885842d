/* SPDX-License-Identifier: Apache-2.0 */
/* The blocking form: the pull form, with poll() in between. */
#include <limits.h>
#include <poll.h>

#include <pwwb/policy.h>

#include "connection.h"
#include "deadline.h"
#include "fail.h"

#define GOODBYE_MS 200 /* for the broker's answer to it */

static int
poll_time(int64_t theirs, int64_t deadline)
{
    int64_t ms = wb_amqp_left(deadline);

    if (ms < 0 || (theirs >= 0 && theirs < ms))
        ms = theirs;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Wait until there is something to do, or the deadline; then do it. */
static void
wait_and_serve(pwwb_amqp *amqp, int64_t deadline)
{
    pwwb_interest list[2];
    struct pollfd fds[2];
    size_t        count = 0, i;
    int64_t       timeout_ms;

    if (pwwb_amqp_interest(amqp, list, 2, &count, &timeout_ms, NULL) != PWWB_OK)
        return;
    for (i = 0; i < count; i++) {
        fds[i] = (struct pollfd){.fd = (int)list[i].descriptor};
        if (list[i].directions & PWWB_READABLE)
            fds[i].events |= POLLIN;
        if (list[i].directions & PWWB_WRITABLE)
            fds[i].events |= POLLOUT;
    }
    (void)poll(fds, (nfds_t)count, poll_time(timeout_ms, deadline)); /* a signal: go round again */
    (void)pwwb_amqp_service(amqp, NULL);
}

/* Take the ticket's outcome from among those that are known; others were given up before. */
static int
is_known(pwwb_amqp *amqp, uint64_t ticket, pwwb_status *ret_status)
{
    uint64_t other;

    while (pwwb_amqp_sent(amqp, &other, ret_status, NULL) == PWWB_OK)
        if (other == ticket)
            return 1;
    return 0;
}

static pwwb_status
say(pwwb_error *err, pwwb_status status)
{
    switch (status) {
    case PWWB_OK:
        return PWWB_OK;
    case PWWB_E_FULL:
        return wb_amqp_fail(err, status, "the broker did not take the message");
    case PWWB_E_NO_AGENT:
        return wb_amqp_fail(err, status, "the broker has nobody to give the message to");
    case PWWB_E_TIMEOUT:
        return wb_amqp_fail(err, status, "the broker did not say in time whether it has the message");
    case PWWB_E_CLOSED:
        return wb_amqp_fail(err, status, "the connection was lost: the broker may have the message");
    default:
        return wb_amqp_fail(err, status, "the message was not sent");
    }
}

static pwwb_status
send_one(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_amqp  *amqp     = ctx;
    int64_t     deadline = wb_amqp_deadline(timeout_ms);
    uint64_t    ticket;
    pwwb_status st;

    wb_amqp_connection_look(amqp); /* it may have been lost meanwhile */
    st = pwwb_amqp_send(amqp, message, &ticket, err);
    while (st == PWWB_E_CONNECT && wb_amqp_left(deadline) != 0) {
        wait_and_serve(amqp, deadline);
        st = pwwb_amqp_send(amqp, message, &ticket, err);
    }
    if (st != PWWB_OK)
        return st;

    wb_amqp_connection_flush(amqp);
    while (!is_known(amqp, ticket, &st)) {
        if (wb_amqp_left(deadline) == 0)
            return say(err, wb_amqp_flight_give_up(&amqp->engine.flights, ticket));
        wait_and_serve(amqp, deadline);
    }
    return say(err, st);
}

static pwwb_status
receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery, int64_t timeout_ms,
        pwwb_error *err)
{
    pwwb_amqp  *amqp     = ctx;
    int64_t     deadline = wb_amqp_deadline(timeout_ms);
    pwwb_status st;
    int         is_last;

    do {
        is_last = wb_amqp_left(deadline) == 0;
        st      = pwwb_amqp_receive(amqp, buf, buf_size, ret_delivery, err);
        if (st != PWWB_E_TIMEOUT)
            return st;
        wait_and_serve(amqp, deadline);
    } while (!is_last);
    return pwwb_amqp_receive(amqp, buf, buf_size, ret_delivery, err);
}

/* Nobody waits for what a portal says of a reply, or an agent of a request that it has answered: where
 * another message follows it goes out with that, and the broker has one packet less to wake up for. */
static int
may_wait(pwwb_amqp *amqp, int32_t verdict)
{
    return amqp->options.of.end == PWWB_RELAY_PORTAL
           || (verdict == PWWB_SETTLE_ACCEPT && wb_amqp_inbox_next(&amqp->engine.inbox) != NULL);
}

static pwwb_status
settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_amqp  *amqp = ctx;
    pwwb_status st   = pwwb_amqp_settle(amqp, tag, verdict, err);

    (void)timeout_ms; /* it goes out now, or by the next call */
    if (st == PWWB_OK && !may_wait(amqp, verdict))
        wb_amqp_connection_flush(amqp);
    return st;
}

static pwwb_status
hold(void *ctx, uint64_t tag, pwwb_error *err)
{
    return pwwb_amqp_hold(ctx, tag, err);
}

static const char *
address(void *ctx)
{
    return pwwb_amqp_address(ctx);
}

/* A broker that is left without a goodbye writes pages into its log. */
static void
destroy(void *ctx)
{
    pwwb_amqp *amqp     = ctx;
    int64_t    deadline = wb_amqp_deadline(GOODBYE_MS);

    wb_amqp_connection_goodbye(amqp);
    while (wb_amqp_connection_is_leaving(amqp) && wb_amqp_left(deadline) > 0)
        wait_and_serve(amqp, deadline);
    pwwb_amqp_free(amqp);
}

/* What of a connection's end says that the relay cannot be reached. */
static pwwb_status
why_unreachable(pwwb_status last)
{
    switch (last) {
    case PWWB_E_AUTH:
    case PWWB_E_TLS:
    case PWWB_E_TLS_CA:
    case PWWB_E_TLS_NAME:
    case PWWB_E_TLS_EXPIRED:
    case PWWB_E_CLOSED:
        return last;
    default:
        return PWWB_E_CONNECT;
    }
}

/* A broker does not tell whether an agent listens; only that it cannot be reached itself. */
static pwwb_status
presence(void *ctx, int32_t *ret_agents, pwwb_error *err)
{
    pwwb_amqp *amqp = ctx;

    *ret_agents = PWWB_MAYBE;
    if (amqp->stream != NULL) /* to begin one may wait for the resolver */
        (void)pwwb_amqp_service(amqp, NULL);
    if (wb_amqp_connection_is_ready(amqp) || amqp->last == PWWB_OK)
        return PWWB_OK;
    return wb_amqp_fail(err, why_unreachable(amqp->last), "%s", amqp->why);
}

static const pwwb_transport_ops amqp_ops = {
    .size     = sizeof(pwwb_transport_ops),
    .send     = send_one,
    .receive  = receive,
    .settle   = settle,
    .address  = address,
    .destroy  = destroy,
    .presence = presence,
    .hold     = hold,
};

pwwb_status
pwwb_transport_over_amqp(pwwb_amqp *amqp, pwwb_transport **ret_transport, pwwb_error *err)
{
    if (ret_transport != NULL)
        *ret_transport = NULL;
    if (amqp == NULL || ret_transport == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "amqp and ret_transport must be given");

    return pwwb_transport_new(&amqp_ops, amqp, ret_transport, err);
}

pwwb_status
pwwb_transport_new_amqp(const pwwb_amqp_options *options, pwwb_transport **ret_transport,
                        pwwb_error *err)
{
    pwwb_amqp  *amqp;
    pwwb_status st;

    if (ret_transport != NULL)
        *ret_transport = NULL;
    if (ret_transport == NULL)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_transport must be given");

    st = pwwb_amqp_new(options, &amqp, err);
    if (st != PWWB_OK)
        return st;

    st = pwwb_transport_over_amqp(amqp, ret_transport, err);
    if (st != PWWB_OK)
        pwwb_amqp_free(amqp);
    return st;
}
