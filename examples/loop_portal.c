/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "loop_portal.h"

#include <pwwb/pwwb.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "loop_options.h"
#include "loop_orders.h"

enum {
    FLIGHTS_MAX   = 64,
    SEND_WAIT_MS  = 5000, /* for a connection to the relay */
    REPLY_WAIT_MS = 30000 /* for an agent's answer */
};

/* One request that is not answered yet. */
typedef struct flight {
    int           is_used;
    uint64_t      ticket; /* 0 = the connection has not taken it yet */
    int64_t       begun_ms, until_ms;
    pwwb_claims   claims;
    char          anchor[64];
    size_t        len;
    uint8_t       sealed[PWWB_ENVELOPE_MAX];
} flight;

struct loop_portal {
    pwwb_amqp     *amqp;
    pwwb_keystore *store;
    pwwb_portal   *portal;
    pwwb_reply    *reply;
    pwwb_error    *err;
    int32_t        phase; /* as last told */
    loop_orders    orders;
    size_t         flying;
    flight         flights[FLIGHTS_MAX];
};

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
print_findings(const pwwb_findings *findings, int32_t said)
{
    int32_t code;
    int64_t limit, actual;
    size_t  i;

    for (i = 0; pwwb_findings_get(findings, i, &code, NULL, &limit, &actual) == PWWB_OK; i++)
        if (code != said || limit != 0 || actual != 0)
            printf("; %s limit %lld actual %lld", pwwb_code_name(code), (long long)limit,
                   (long long)actual);
}

static void
forget(loop_portal *p, flight *f)
{
    fflush(stdout);
    f->is_used = 0;
    p->flying--;
}

/* What became of it, and the end of it. With a reply its outcome may say more than the code. */
static void
land(loop_portal *p, flight *f, const pwwb_reply *reply, int32_t code)
{
    int32_t outcome = reply != NULL ? pwwb_reply_outcome(reply) : pwwb_code_outcome(code);

    printf("%s %s %s", f->anchor, pwwb_outcome_name(outcome), pwwb_code_name(code));
    if (reply != NULL)
        print_findings(pwwb_reply_findings(reply), code);
    printf("; %lld ms\n", (long long)(now_ms() - f->begun_ms));
    forget(p, f);
}

/* It was never one. */
static void
crash(loop_portal *p, flight *f, pwwb_status status)
{
    printf("%s ERROR %s\n", f->anchor, pwwb_status_name(status));
    forget(p, f);
}

/* Seal what was ordered. Nothing of the passwords stays here. */
static pwwb_status
seal(loop_portal *p, flight *f, const loop_order *order, int32_t *ret_code)
{
    const secret *words = order->words;
    pwwb_status   st;

    st = pwwb_anchor_parse(order->anchor, strlen(order->anchor), &f->claims.anchor, p->err);
    if (st == PWWB_OK)
        st = pwwb_portal_begin(p->portal, &f->claims,
                               order->passwords > 0 ? words[0].octets : NULL, words[0].len,
                               order->passwords > 1 ? words[1].octets : NULL, words[1].len,
                               f->sealed, sizeof(f->sealed), &f->len, ret_code, p->err);
    return st;
}

/* There is room for one more. */
static void
take_off(loop_portal *p, const loop_order *order)
{
    flight     *f    = p->flights;
    int32_t     code = PWWB_CODE_OK;
    pwwb_status st;

    while (f->is_used)
        f++;
    *f = (flight){.is_used  = 1,
                  .begun_ms = now_ms(),
                  .until_ms = now_ms() + SEND_WAIT_MS,
                  .claims   = {.size      = sizeof(f->claims),
                               .operation = order->operation,
                               .origin    = order->origin,
                               .actor     = PWWB_ACTOR_USER,
                               .user_type = PWWB_USER_PASS_THROUGH}};
    p->flying++;
    (void)snprintf(f->anchor, sizeof(f->anchor), "%s", order->anchor);
    (void)snprintf(f->claims.reply_to, sizeof(f->claims.reply_to), "%s",
                   pwwb_amqp_address(p->amqp));
    st = seal(p, f, order, &code);
    if (st != PWWB_OK)
        crash(p, f, st);
    else if (code != PWWB_CODE_OK)
        land(p, f, NULL, code);
}

/* While there is no room, orders stay in the pipe. */
static void
take_orders(loop_portal *p)
{
    const loop_order *order;

    if (p->flying < FLIGHTS_MAX)
        loop_orders_read(&p->orders);
    while (p->flying < FLIGHTS_MAX && (order = loop_orders_take(&p->orders)) != NULL)
        take_off(p, order);
}

/* What has not gone to the connection yet: it is not ready, or has no room. */
static void
send_waiting(loop_portal *p)
{
    size_t i;

    for (i = 0; i < FLIGHTS_MAX; i++) {
        flight      *f       = &p->flights[i];
        pwwb_message message = {.size = sizeof(message), .data = f->sealed, .len = f->len};
        pwwb_status  st;

        if (!f->is_used || f->ticket != 0)
            continue;
        memcpy(message.id, f->claims.cti, sizeof(message.id));
        memcpy(message.reply_to, f->claims.reply_to, sizeof(message.reply_to));
        message.expires_ms = f->claims.exp * 1000;
        st                 = pwwb_amqp_send(p->amqp, &message, &f->ticket, p->err);
        if (st == PWWB_OK)
            f->until_ms = f->begun_ms + REPLY_WAIT_MS;
        else if (st != PWWB_E_CONNECT && st != PWWB_E_FULL)
            crash(p, f, st);
    }
}

/* What the relay surely does not have is over; else an answer may come. */
static void
take_outcome(loop_portal *p, flight *f, pwwb_status sent)
{
    int32_t is_over = 0;

    if (pwwb_portal_sent(p->portal, &f->claims, sent, p->reply, &is_over, p->err) == PWWB_OK && is_over)
        land(p, f, p->reply, pwwb_reply_code(p->reply));
}

static void
take_outcomes(loop_portal *p)
{
    uint64_t    ticket;
    pwwb_status sent;
    size_t      i;

    while (pwwb_amqp_sent(p->amqp, &ticket, &sent, p->err) == PWWB_OK)
        for (i = 0; i < FLIGHTS_MAX; i++)
            if (p->flights[i].is_used && p->flights[i].ticket == ticket)
                take_outcome(p, &p->flights[i], sent);
}

/* One that opens is an answer. Others are late, or nobody's. */
static void
take_reply(loop_portal *p, const uint8_t *buf, const pwwb_delivery *d)
{
    size_t i;

    for (i = 0; i < FLIGHTS_MAX; i++) {
        flight *f = &p->flights[i];

        if (f->is_used && memcmp(f->claims.cti, d->id, sizeof(d->id)) == 0
            && pwwb_portal_finish(p->portal, &f->claims, buf, d->len, p->reply, p->err) == PWWB_OK)
            land(p, f, p->reply, pwwb_reply_code(p->reply));
    }
    (void)pwwb_amqp_settle(p->amqp, d->tag, PWWB_SETTLE_ACCEPT, p->err);
}

static void
take_replies(loop_portal *p)
{
    pwwb_delivery delivery = {.size = sizeof(delivery)};
    uint8_t       buf[PWWB_ENVELOPE_MAX];

    while (pwwb_amqp_receive(p->amqp, buf, sizeof(buf), &delivery, p->err) == PWWB_OK)
        take_reply(p, buf, &delivery);
}

/* What was not sent at all cannot be set; of what was, nobody knows. */
static void
give_up(loop_portal *p)
{
    int64_t now = now_ms();
    size_t  i;

    for (i = 0; i < FLIGHTS_MAX; i++) {
        flight *f = &p->flights[i];

        if (!f->is_used || f->until_ms > now)
            continue;
        if (f->ticket == 0)
            take_outcome(p, f, PWWB_E_CONNECT);
        else if (pwwb_portal_finish(p->portal, &f->claims, NULL, 0, p->reply, p->err) == PWWB_OK)
            land(p, f, p->reply, pwwb_reply_code(p->reply));
    }
}

/* For whoever watches. */
static void
tell_phase(loop_portal *p)
{
    static const char *const words[] = {"?", "no relay", "connecting", "ready"};
    pwwb_amqp_info         status  = {.size = sizeof(status)};

    if (pwwb_amqp_describe(p->amqp, &status, p->err) != PWWB_OK || status.phase == p->phase)
        return;
    p->phase = status.phase;
    fprintf(stderr, "%s%s%s\n", words[status.phase],
            status.phase == PWWB_AMQP_WAITING ? ": " : "",
            status.phase == PWWB_AMQP_WAITING ? pwwb_status_name(status.last) : "");
}

void
loop_portal_service(loop_portal *p)
{
    (void)pwwb_amqp_service(p->amqp, p->err);
    tell_phase(p);
    take_outcomes(p);
    take_replies(p);
    give_up(p);
    take_orders(p);
    send_waiting(p);
}

size_t
loop_portal_interest(loop_portal *p, pwwb_interest list[LOOP_PORTAL_WATCHES],
                     int64_t *ret_timeout_ms)
{
    int64_t now   = now_ms();
    size_t  count = 0, i;

    for (i = 0; i < LOOP_PORTAL_WATCHES; i++)
        list[i] = (pwwb_interest){.size = sizeof(list[i]), .descriptor = -1};
    *ret_timeout_ms = -1;
    (void)pwwb_amqp_interest(p->amqp, list, LOOP_PORTAL_WATCHES - 1, &count, ret_timeout_ms,
                             p->err);
    if (p->flying < FLIGHTS_MAX && !p->orders.is_at_end) {
        list[count].descriptor   = STDIN_FILENO;
        list[count++].directions = PWWB_READABLE;
    }
    for (i = 0; i < FLIGHTS_MAX; i++) {
        int64_t left = p->flights[i].until_ms > now ? p->flights[i].until_ms - now : 0;

        if (p->flights[i].is_used && (*ret_timeout_ms < 0 || left < *ret_timeout_ms))
            *ret_timeout_ms = left;
    }
    return count;
}

int
loop_portal_is_done(const loop_portal *p)
{
    return loop_orders_ended(&p->orders) && p->flying == 0;
}

static pwwb_status
make(loop_portal *p, const loop_options *options)
{
    pwwb_portal_options portal = {.size = sizeof(portal), .cache_ms = 1000};
    pwwb_status         st;

    st           = secret_store(options->keys, "portal.key", &p->store, p->err);
    portal.store = p->store;
    if (st == PWWB_OK)
        st = pwwb_portal_new(NULL, &portal, &p->portal, p->err);
    if (st == PWWB_OK)
        st = pwwb_reply_new(&p->reply, p->err);
    if (st == PWWB_OK)
        st = pwwb_amqp_new(&options->amqp, &p->amqp, p->err);
    return st;
}

loop_portal *
loop_portal_new(int argc, char **argv, const char *loop, int *ret_exit)
{
    loop_portal *p = calloc(1, sizeof(*p));
    loop_options options;
    pwwb_status  st;

    *ret_exit = loop_options_read(&options, argc, argv, loop);
    if (p == NULL || *ret_exit >= 0) {
        loop_options_drop(&options);
        free(p);
        return NULL;
    }
    p->err = pwwb_error_new();
    loop_orders_make(&p->orders);
    st = make(p, &options);
    loop_options_drop(&options);
    *ret_exit = st != PWWB_OK;
    if (st == PWWB_OK)
        return p;

    fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(p->err));
    loop_portal_free(p);
    return NULL;
}

void
loop_portal_free(loop_portal *p)
{
    if (p == NULL)
        return;

    loop_orders_drop(&p->orders);
    pwwb_amqp_free(p->amqp);
    pwwb_reply_free(p->reply);
    pwwb_portal_free(p->portal);
    pwwb_keystore_free(p->store);
    pwwb_error_free(p->err);
    free(p);
}
