/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A portal as a web server would have it: one connection, one thread, hundreds of people who wait.
 * What is said to whom follows pwwb/transport.h: only these statuses promise that nothing was sent.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "way.h"

#define WAITING_MAX 512
#define COPIES_MAX  1024
#define SILENCE_MS  20 /* that a hasty one takes for an answer, now and then */

typedef struct waiting {
    int32_t  serial;
    uint64_t ticket; /* 0 = its sending is over */
    int64_t  deadline_ms;
    int64_t  issued_s;
    uint8_t  id[PWWB_ID_SIZE];
} waiting;

/* What a relay that is not to be relied on sends once more. */
typedef struct copy {
    int64_t      due_ms; /* 0 = free; INT64_MAX = not before it is told */
    pwwb_message message;
    uint8_t      octets[PWWB_ENVELOPE_MAX];
} copy;

typedef struct portal {
    const plan  *plan;
    int          talk, is_over, is_open;
    mouth       *mouth;
    pwwb_portal *portal;
    pwwb_reply  *reply;
    int32_t      repeats; /* of the next requests */
    size_t       count;
    waiting      list[WAITING_MAX];
    copy         copies[COPIES_MAX];
} portal;

static void
say(portal *p, const waiting *w, told t)
{
    t.serial   = w->serial;
    t.issued_s = w->issued_s;
    t.at_ms    = storm_now_ms();
    memcpy(t.id, w->id, sizeof(t.id));
    if (send(p->talk, &t, sizeof(t), MSG_NOSIGNAL) < 0)
        p->is_over = 1;
}

static void
tell(portal *p, waiting *w, int32_t code, int is_answer)
{
    say(p, w, (told){.what = TOLD, .code = code, .is_answer = is_answer});
    *w = p->list[--p->count];
}

/* What was said of its sending. Where that is not clear, an answer may still come. */
static void
was_sent(portal *p, waiting *w, pwwb_status st)
{
    pwwb_claims claims  = {.size = sizeof(claims)};
    int32_t     is_over = 0;

    w->ticket = 0;
    memcpy(claims.cti, w->id, sizeof(claims.cti));
    say(p, w, (told){.what = SENT, .status = st});
    storm_must(pwwb_portal_sent(p->portal, &claims, st, p->reply, &is_over, NULL) == PWWB_OK, "a verdict");
    if (is_over)
        tell(p, w, pwwb_reply_code(p->reply), 0);
}

static void
keep_copy(portal *p, const pwwb_message *m, int64_t due_ms)
{
    size_t i = 0;

    while (i < COPIES_MAX && p->copies[i].due_ms != 0)
        i++;
    if (i == COPIES_MAX)
        return;
    p->copies[i].due_ms  = due_ms;
    p->copies[i].message = *m;
    memcpy(p->copies[i].octets, m->data, m->len);
    p->copies[i].message.data = p->copies[i].octets;
}

static void
send_copies(portal *p)
{
    int64_t  now = storm_now_ms();
    uint64_t ticket;
    size_t   i;

    for (i = 0; i < COPIES_MAX; i++)
        if (p->copies[i].due_ms != 0 && p->copies[i].due_ms <= now
            && p->mouth->ops->send(p->mouth, &p->copies[i].message, &ticket) == PWWB_OK)
            p->copies[i].due_ms = 0;
}

static void
release_copies(portal *p)
{
    size_t i;

    for (i = 0; i < COPIES_MAX; i++)
        if (p->copies[i].due_ms != 0)
            p->copies[i].due_ms = 1;
}

static int
is_hasty(const portal *p, int32_t serial)
{
    return p->plan->is_hasty && serial % 8 == 0;
}

static int64_t
patience_ms(const portal *p, int32_t serial)
{
    return is_hasty(p, serial) ? SILENCE_MS : p->plan->life_s * 1000;
}

static pwwb_claims
claims_of(const asked *a, const char *reply_to)
{
    pwwb_claims c = {.size      = sizeof(c),
                     .operation = PWWB_OPERATION_RESET_SELF,
                     .origin    = PWWB_FROM_RESET_PORTAL,
                     .actor     = PWWB_ACTOR_USER,
                     .user_type = PWWB_USER_FEDERATED,
                     .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};

    memcpy(c.anchor.guid, a->guid, sizeof(c.anchor.guid));
    memcpy(c.reply_to, reply_to, strlen(reply_to) + 1);
    return c;
}

static void
ask(portal *p, const asked *a)
{
    pwwb_claims  claims  = claims_of(a, p->mouth->ops->address(p->mouth));
    waiting     *w       = &p->list[p->count];
    uint8_t      sealed[PWWB_ENVELOPE_MAX];
    pwwb_message message = {.size = sizeof(message), .data = sealed};
    int32_t      code;
    pwwb_status  st;

    storm_must(p->count < WAITING_MAX, "too many wait at a portal");
    st = pwwb_portal_begin(p->portal, &claims, (const uint8_t *)a->password, strlen(a->password),
                           NULL, 0, sealed, sizeof(sealed), &message.len, &code, NULL);
    storm_must(st == PWWB_OK && code == PWWB_CODE_OK, "a request is sealed");
    message.expires_ms = claims.exp * 1000;
    memcpy(message.id, claims.cti, sizeof(message.id));
    memcpy(message.reply_to, claims.reply_to, sizeof(message.reply_to));

    p->count++;
    *w = (waiting){.serial = a->serial, .issued_s = claims.iat};
    memcpy(w->id, claims.cti, sizeof(w->id));
    w->deadline_ms = storm_now_ms() + patience_ms(p, a->serial);
    st             = p->mouth->ops->send(p->mouth, &message, &w->ticket);
    if (st != PWWB_OK)
        was_sent(p, w, st);
    if (p->repeats > 0 && p->repeats--) {
        keep_copy(p, &message, 1);
        keep_copy(p, &message, INT64_MAX);
    }
}

/* As old as the relay may become. */
static void
send_stone(portal *p)
{
    static const uint8_t nonsense[] = "no request";
    pwwb_message         message    = {
                   .size = sizeof(message), .data = nonsense, .len = sizeof(nonsense)};
    uint64_t ticket;

    message.expires_ms = ((int64_t)time(NULL) + 86400 * 30) * 1000;
    (void)!p->mouth->ops->send(p->mouth, &message, &ticket);
}

static void
take_orders(portal *p)
{
    asked   a;
    ssize_t got = 1;

    p->is_open |= p->mouth->ops->is_ready(p->mouth);
    if (!p->is_open) { /* nobody is let in before the first connection */
        got = recv(p->talk, &a, sizeof(a), MSG_DONTWAIT | MSG_PEEK);
        p->is_over = got == 0 || (got > 0 && a.what == END);
        return;
    }
    while (!p->is_over && got > 0) {
        got = recv(p->talk, &a, sizeof(a), MSG_DONTWAIT);
        if (got == 0 || (got > 0 && a.what == END))
            p->is_over = 1;
        else if (got > 0 && a.what == REPEAT)
            p->repeats = a.serial;
        else if (got > 0 && a.what == RELEASE)
            release_copies(p);
        else if (got > 0 && a.what == STONE)
            send_stone(p);
        else if (got > 0)
            ask(p, &a);
    }
}

static void
take_sent(portal *p)
{
    uint64_t    ticket;
    pwwb_status st;
    size_t      i;

    while (p->mouth->ops->sent(p->mouth, &ticket, &st) == PWWB_OK)
        for (i = 0; i < p->count; i++)
            if (p->list[i].ticket == ticket) {
                was_sent(p, &p->list[i], st);
                break;
            }
}

static void
take_replies(portal *p)
{
    uint8_t       buf[PWWB_ENVELOPE_MAX + 1];
    pwwb_delivery d = {.size = sizeof(d)};
    size_t        i;

    while (p->mouth->ops->receive(p->mouth, buf, sizeof(buf), &d) == PWWB_OK) {
        for (i = 0; i < p->count; i++)
            if (memcmp(p->list[i].id, d.id, sizeof(d.id)) == 0
                && pwwb_reply_open(p->reply, p->plan->keys, d.id, buf, d.len, NULL) == PWWB_OK) {
                tell(p, &p->list[i], pwwb_reply_code(p->reply), 1);
                break;
            }
        p->mouth->ops->settle(p->mouth, d.tag);
    }
}

static void
tell_the_late(portal *p)
{
    int64_t now = storm_now_ms();
    size_t  i   = p->count;

    while (i-- > 0) {
        waiting *w = &p->list[i];

        if (w->deadline_ms > now)
            continue;
        if (p->plan->is_silent)
            *w = p->list[--p->count];
        else
            tell(p, w, is_hasty(p, w->serial) ? PWWB_CODE_AGENT_DOWN : PWWB_CODE_OUTCOME_UNKNOWN,
                 0);
    }
}

void
portal_main(const plan *plan_, int who, int talk)
{
    const pwwb_portal_options options = {.size = sizeof(options), .life_s = plan_->life_s};
    portal                   *p       = calloc(1, sizeof(*p));

    storm_must(p != NULL, "memory");
    p->plan  = plan_;
    p->talk  = talk;
    p->mouth = way_portal(plan_, who);
    storm_must(pwwb_portal_new(plan_->keys, &options, &p->portal, NULL) == PWWB_OK
                   && pwwb_reply_new(&p->reply, NULL) == PWWB_OK,
               "a portal");
    while (!p->is_over && !storm_is_over) {
        p->mouth->ops->wait(p->mouth, talk, 50);
        take_orders(p);
        take_sent(p);
        take_replies(p);
        tell_the_late(p);
        send_copies(p);
    }
    p->mouth->ops->close(p->mouth);
    pwwb_reply_free(p->reply);
    pwwb_portal_free(p->portal);
    free(p);
}
