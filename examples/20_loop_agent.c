/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An agent in a loop of one's own around poll(): nothing in it waits but poll(). The directory is one
 * in memory, so that it runs anywhere with a broker.
 *
 *     20_loop_agent KEYFOLDER HOST PORT CA_FILE USER SECRET_FILE [--tls-name NAME]
 *
 * As for 09_loop_poll, whose portal it answers; its keys are KEYFOLDER/agent.key. SIGTERM ends it.
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/amqp.h>
#include <pwwb/pwwb.h>

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "loop_options.h"
#include "memory_directory.h"
#include "steps.h"

enum { ACCOUNTS = 8, HELD_MAX = 16, HOLD_MS = 2000, WATCHES = 2 };

typedef struct loop_agent {
    pwwb_amqp *amqp;
    steps      steps;
    int        is_busy; /* a message is at hand */
    uint64_t   tag;     /* of it */
    uint64_t   ticket;  /* of its reply, once that is on its way; 0 */
    size_t     held_count;
    struct {
        uint64_t tag;
        int64_t  until_ms;
    } held[HELD_MAX];
} loop_agent;

/* [stop] */
static volatile sig_atomic_t stopping;
static pwwb_amqp            *connection; /* for the handler alone */

static void
on_signal(int number)
{
    (void)number;
    stopping = 1;
    pwwb_amqp_wake(connection); /* the next poll() comes back, also if it was not yet called */
}
/* [stop] end */

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
settle(loop_agent *a, int32_t verdict)
{
    (void)pwwb_amqp_settle(a->amqp, a->tag, verdict, a->steps.err);
    pwwb_writeback_wipe(a->steps.writeback);
    a->is_busy = 0;
    a->ticket  = 0;
}

/* [hold] */
/* Nobody here can answer it now. Given back at once it would come again at once, in front of all
 * others; kept for a while it lets them by. */
static void
put_off(loop_agent *a)
{
    if (a->held_count == HELD_MAX
        || pwwb_amqp_hold(a->amqp, a->tag, a->steps.err) != PWWB_OK) {
        settle(a, PWWB_SETTLE_RELEASE);
        return;
    }
    fprintf(stderr, "held\n");
    a->held[a->held_count].tag        = a->tag;
    a->held[a->held_count++].until_ms = now_ms() + HOLD_MS;
    pwwb_writeback_wipe(a->steps.writeback);
    a->is_busy = 0;
}

static void
give_back(loop_agent *a)
{
    size_t i = 0;

    while (i < a->held_count) {
        if (a->held[i].until_ms > now_ms()) {
            i++;
            continue;
        }
        (void)pwwb_amqp_settle(a->amqp, a->held[i].tag, PWWB_SETTLE_RELEASE, a->steps.err);
        a->held[i] = a->held[--a->held_count];
    }
}
/* [hold] end */

/* [take] */
static void
take(loop_agent *a)
{
    pwwb_delivery delivery = {.size = sizeof(delivery)};
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_status   st;

    if (pwwb_amqp_receive(a->amqp, buf, sizeof(buf), &delivery, a->steps.err) != PWWB_OK)
        return;

    a->is_busy = 1;
    a->tag     = delivery.tag;
    st         = pwwb_writeback_begin(a->steps.writeback, buf, delivery.len, a->steps.err);
    if (st == PWWB_E_KEY_UNKNOWN)
        put_off(a); /* another agent may have newer keys; so may the key store, in a moment */
    else if (st != PWWB_OK)
        settle(a, PWWB_SETTLE_REJECT); /* it can never be opened, and nobody can be told */
}
/* [take] end */

/* The reply is on its way; the request is settled when the relay has it. */
static void
answer(loop_agent *a)
{
    const pwwb_claims *claims  = pwwb_writeback_claims(a->steps.writeback);
    pwwb_message       message = {.size = sizeof(message), .expires_ms = claims->exp * 1000};

    message.data = pwwb_writeback_reply(a->steps.writeback, &message.len);
    memcpy(message.id, claims->cti, sizeof(message.id));
    memcpy(message.to, claims->reply_to, sizeof(message.to));
    if (pwwb_amqp_send(a->amqp, &message, &a->ticket, a->steps.err) != PWWB_OK)
        settle(a, PWWB_SETTLE_RELEASE); /* it comes again, and the journal has the answer */
}

static void
take_outcomes(loop_agent *a)
{
    uint64_t    ticket;
    pwwb_status sent;

    while (pwwb_amqp_sent(a->amqp, &ticket, &sent, a->steps.err) == PWWB_OK)
        if (a->is_busy && ticket == a->ticket)
            settle(a, sent == PWWB_OK ? PWWB_SETTLE_ACCEPT : PWWB_SETTLE_RELEASE);
}

/* [turn] */
/* One turn. Of a request one need is answered, so that a connection with much to do is not kept
 * waiting; 1 = there is more to do at once. */
static int
turn(loop_agent *a)
{
    (void)pwwb_amqp_service(a->amqp, a->steps.err);
    take_outcomes(a);
    give_back(a);
    if (!a->is_busy)
        take(a);
    if (!a->is_busy || a->ticket != 0)
        return 0;
    if (!steps_are_over(&a->steps)) {
        if (steps_answer(&a->steps) != PWWB_OK)
            settle(a, PWWB_SETTLE_RELEASE);
        return 1;
    }
    if (pwwb_writeback_need(a->steps.writeback) == PWWB_NEED_SEND)
        answer(a);
    else
        put_off(a);
    return 1;
}
/* [turn] end */

static void
wait_for(loop_agent *a)
{
    pwwb_interest list[WATCHES];
    struct pollfd fds[WATCHES] = {0};
    int64_t       timeout_ms   = -1;
    size_t        count        = 0, i;

    for (i = 0; i < WATCHES; i++)
        list[i].size = sizeof(list[i]);
    (void)pwwb_amqp_interest(a->amqp, list, WATCHES, &count, &timeout_ms, a->steps.err);
    for (i = 0; i < count; i++) {
        fds[i].fd     = (int)list[i].descriptor;
        fds[i].events = (short)((list[i].directions & PWWB_READABLE ? POLLIN : 0)
                                | (list[i].directions & PWWB_WRITABLE ? POLLOUT : 0));
    }
    if (a->held_count > 0 && (timeout_ms < 0 || timeout_ms > HOLD_MS))
        timeout_ms = HOLD_MS;
    (void)poll(fds, (nfds_t)count, timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms);
}

static pwwb_status
make(loop_agent *a, loop_options *options, memory_directory *memory)
{
    pwwb_keyring *keys = NULL;
    pwwb_status   st   = secret_keyring(options->keys, "agent.key", &keys, a->steps.err);

    if (st == PWWB_OK)
        st = pwwb_writeback_new(keys, NULL, &a->steps.writeback, a->steps.err);
    pwwb_keyring_free(keys);
    if (st == PWWB_OK)
        st = pwwb_directory_new(&memory_directory_ops, memory, &a->steps.directory, a->steps.err);
    if (st == PWWB_OK)
        st = pwwb_journal_new_memory(1000, NULL, NULL, &a->steps.journal, a->steps.err);
    options->amqp.end    = PWWB_RELAY_AGENT;
    options->amqp.credit = 1; /* one at a time */
    return st == PWWB_OK ? pwwb_amqp_new(&options->amqp, &a->amqp, a->steps.err) : st;
}

static void
drop(loop_agent *a)
{
    connection = NULL;
    pwwb_amqp_free(a->amqp);
    pwwb_journal_free(a->steps.journal);
    pwwb_directory_free(a->steps.directory);
    pwwb_writeback_free(a->steps.writeback);
    pwwb_error_free(a->steps.err);
}

int
main(int argc, char **argv)
{
    static loop_agent       a;
    static memory_directory memory = {
        .rules = {.size = sizeof(memory.rules), .source = PWWB_POLICY_HOST, .min_length = 8}};
    struct sigaction action = {.sa_handler = on_signal};
    loop_options     options;
    int              code = loop_options_read(&options, argc, argv, "poll(); this is its agent"), i;
    pwwb_status      st;

    for (i = 0; i < ACCOUNTS; i++)
        (void)memory_directory_add(&memory, (uint8_t)(0xa1 + i), "person", "", "Long-Forgotten-1");
    a.steps.err = pwwb_error_new();
    st          = code < 0 ? make(&a, &options, &memory) : PWWB_E_STOPPED;
    loop_options_drop(&options);
    if (st == PWWB_OK) {
        connection = a.amqp;
        (void)sigaction(SIGTERM, &action, NULL);
        while (!stopping)
            if (!turn(&a))
                wait_for(&a);
        printf("%ld set\n", memory.sets);
    } else if (code < 0) {
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(a.steps.err));
    }
    drop(&a);
    return code >= 0 ? code : st != PWWB_OK;
}
