/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_H
#define CONTRACT_H

/*
 * What every transport promises, as tests that know no transport: a maker gives the ends and makes
 * the faults that its relay can have. What a relay does not know stands in its table too; then less
 * is promised, and the tests say what is left.
 *
 * Every message of a test carries the test's number in its id, so that none of another is taken
 * for it.
 */

#include <stdlib.h>
#include <time.h>

#include "harness.h"
#include "transport.h"

/* What befalls a relay on command. Bits, for a maker says which ones it makes. */
enum ct_fault {
    CT_RESTART   = 1 << 0, /* it ends, and is back; what it has accepted it still has */
    CT_CUT       = 1 << 1, /* connections are lost and none is made, until CT_HEAL */
    CT_FREEZE    = 1 << 2, /* connections stay and carry nothing, until CT_HEAL */
    CT_DUPLICATE = 1 << 3, /* the next message is delivered twice */
    CT_FULL      = 1 << 4, /* there is no room for requests, until CT_HEAL */
    CT_LOSE      = 1 << 5, /* every connection is lost once, and may be made again at once */
    CT_HEAL      = 1 << 6
};

/* What a relay can tell. */
enum ct_knowledge {
    CT_KNOWS_FULL      = 1 << 0, /* that there is no room */
    CT_KNOWS_NOBODY    = 1 << 1, /* that nobody has that address */
    CT_KNOWS_AGAIN     = 1 << 2, /* that it delivered a message before */
    CT_KNOWS_ITS_AGENT = 1 << 3, /* whether an agent listens */
    CT_KNOWS_TIME      = 1 << 4  /* that a message is expired, also when it has left the relay */
};

typedef struct ct_maker {
    const char *name;
    unsigned    can;       /* of enum ct_fault */
    unsigned    knows;     /* of enum ct_knowledge */
    int64_t     long_ms;   /* for what goes well */
    int64_t     quiet_ms;  /* what has not come for so long does not come */
    int64_t     heal_ms;   /* so long after a fault every end works again */
    int64_t     notice_ms; /* in so long a relay that froze is noticed */
    int         storm;     /* messages sent while faults come and go, */
    int64_t     pace_ms;   /* with so much time between two of one sender */
    void (*begin)(void);  /* nothing is left of an earlier test */
    void (*end)(void);
    pwwb_transport *(*connect)(int32_t end); /* the caller's; may still be connecting */
    pwwb_transport *(*wait)(pwwb_transport *t, int32_t end); /* until it is connected */
    void (*fault)(int32_t fault);
    void (*take_and_die)(const char *text); /* an agent takes that message, and its process ends */
} ct_maker;

static const ct_maker *ct;
static uint32_t        ct_test; /* its number */

#define CT_SLACK 250   /* ms that a call may end after its deadline */
#define CT_TTL   60000 /* ms that a message lives, unless a test says else */

/* A portal and up to two agents. */
typedef struct ct_scene {
    pwwb_transport *portal;
    pwwb_transport *agent;
    pwwb_transport *other; /* NULL with one agent */
    char            address[PWWB_ADDRESS_SIZE];
} ct_scene;

static inline int64_t
ct_wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline int64_t
ct_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void
ct_pause(int64_t ms)
{
    const struct timespec pause = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000 * 1000000)};

    nanosleep(&pause, NULL);
}

/* ---- scenes ---- */

static inline pwwb_transport *
ct_connect(int32_t end)
{
    pwwb_transport *t = ct->connect(end);

    CHECK(t != NULL);
    return ct->wait(t, end);
}

static inline void
ct_set_up(ct_scene *s, int agents)
{
    memset(s, 0, sizeof(*s));
    ct_test++;
    ct->begin();
    s->portal = ct_connect(PWWB_RELAY_PORTAL);
    CHECK_STATUS(PWWB_OK, wb_transport_address(s->portal, s->address, NULL));
    if (agents > 0)
        s->agent = ct_connect(PWWB_RELAY_AGENT);
    if (agents > 1)
        s->other = ct_connect(PWWB_RELAY_AGENT);
}

static inline void
ct_free(pwwb_transport **transport)
{
    pwwb_transport_free(*transport);
    *transport = NULL;
}

static inline void
ct_tear_down(ct_scene *s)
{
    ct_free(&s->portal);
    ct_free(&s->agent);
    ct_free(&s->other);
    ct->end();
}

/* ---- messages: a text, whose begin is the id's too ---- */

static inline pwwb_message
ct_message(const char *to, const char *text, int64_t ttl_ms)
{
    pwwb_message m = {
        .data = (const uint8_t *)text, .len = strlen(text), .expires_ms = ct_wall_ms() + ttl_ms};

    memcpy(m.to, to, strlen(to));
    memcpy(m.id, &ct_test, sizeof(ct_test));
    memcpy(m.id + 4, text, m.len < 12 ? m.len : 12);
    return m;
}

static inline pwwb_status
ct_send(pwwb_transport *from, const char *to, const char *text, int64_t timeout_ms)
{
    pwwb_message m = ct_message(to, text, CT_TTL);

    return wb_transport_send(from, &m, timeout_ms, NULL);
}

static inline void
ct_sends(pwwb_transport *from, const char *to, const char *text)
{
    CHECK_STATUS(PWWB_OK, ct_send(from, to, text, ct->long_ms));
}

/* One message that came, as a text. */
typedef struct ct_taken {
    pwwb_transport *by;
    pwwb_status     status;
    pwwb_delivery   delivery;
    char            text[PWWB_ENVELOPE_MAX + 1];
} ct_taken;

static inline pwwb_status
ct_take(pwwb_transport *by, ct_taken *taken, int64_t timeout_ms)
{
    taken->by     = by;
    taken->status = wb_transport_receive(by, (uint8_t *)taken->text, PWWB_ENVELOPE_MAX,
                                         &taken->delivery, timeout_ms, NULL);
    taken->text[taken->delivery.len] = '\0';
    return taken->status;
}

/* Is that what became of ct_message(text)? */
static inline void
ct_check_text(const ct_taken *taken, const char *text)
{
    pwwb_message m = ct_message("", text, 0);

    CHECK_STATUS(PWWB_OK, taken->status);
    CHECK_STR(text, taken->text);
    CHECK_MEM(m.id, sizeof(m.id), taken->delivery.id, sizeof(taken->delivery.id));
}

static inline ct_taken
ct_takes(pwwb_transport *by, const char *text)
{
    ct_taken taken;

    ct_take(by, &taken, ct->long_ms);
    ct_check_text(&taken, text);
    return taken;
}

static inline pwwb_status
ct_settle(const ct_taken *taken, int32_t verdict)
{
    return wb_transport_settle(taken->by, taken->delivery.tag, verdict, ct->long_ms, NULL);
}

static inline void
ct_settles(const ct_taken *taken, int32_t verdict)
{
    CHECK_STATUS(PWWB_OK, ct_settle(taken, verdict));
}

/* Take `text` and be done with it. */
static inline void
ct_gets(pwwb_transport *by, const char *text)
{
    ct_taken taken = ct_takes(by, text);

    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
}

/* The next message that one of both gets, even after a lost connection. b may be NULL. */
static inline pwwb_status
ct_take_any(pwwb_transport *a, pwwb_transport *b, ct_taken *taken, int64_t most_ms)
{
    int64_t end = ct_now_ms() + most_ms;

    do {
        if (ct_take(a, taken, b != NULL ? 10 : 50) == PWWB_OK)
            return PWWB_OK;
        if (b != NULL && ct_take(b, taken, 10) == PWWB_OK)
            return PWWB_OK;
        if (taken->status != PWWB_E_TIMEOUT)
            ct_pause(10);
    } while (ct_now_ms() < end);
    return taken->status;
}

static inline ct_taken
ct_any_takes(pwwb_transport *a, pwwb_transport *b, const char *text)
{
    ct_taken taken;

    ct_take_any(a, b, &taken, ct->long_ms + ct->heal_ms);
    ct_check_text(&taken, text);
    return taken;
}

/* Nothing is there for either, and nothing comes. */
static inline void
ct_quiet(pwwb_transport *a, pwwb_transport *b)
{
    ct_taken taken;

    ct_take_any(a, b, &taken, ct->quiet_ms);
    CHECK_STATUS(PWWB_E_TIMEOUT, taken.status);
    if (taken.status == PWWB_OK)
        CHECK_STR("nothing", taken.text);
}

/* ---- which tests are for whom ---- */

static inline int
ct_is_for(unsigned can, unsigned knows, const char *test)
{
    if ((ct->can & can) == can && (ct->knows & knows) == knows)
        return 1;
    printf("# not with %s: %s\n", ct->name, test);
    return 0;
}

#define CT_RUN(can, knows, fn)              \
    do {                                    \
        if (ct_is_for((can), (knows), #fn)) \
            RUN(fn);                        \
    } while (0)

#endif /* CONTRACT_H */
