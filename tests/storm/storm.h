/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORM_H
#define STORM_H

/*
 * Requests under way, a hundred at least, while what carries them fails: again and again, at
 * moments drawn from a seed. A driver asks portals, each of which waits for many answers at once;
 * agents with a few workers carry out; what is true of every password is told by the directory's
 * own record alone.
 *
 * Parties are processes of their own, or threads where the relay lives in this process. A driver
 * and a party talk over a socket: `asked` one way, `told` the other.
 */

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

#include <pwwb/pwwb.h>

#define WORKERS       2    /* of each agent */
#define LIFE_S        30   /* of a request, usually; as long waits the portal */
#define SEEN_MAX      (1 << 18)
#define PASSWORD_SIZE 48

enum { PORTALS = 2, AGENTS = 2, PARTIES = PORTALS + AGENTS }; /* portals come first */

/* Where an agent can be made to die. */
enum point {
    NOWHERE,
    RECEIVED,
    CLAIMED,
    RECORDED,
    MODIFIED,
    FINISHED,
    REPLIED,
    SETTLED,
    POINTS
};

/* Memory that all processes share. */
typedef struct control {
    atomic_int  die_at; /* the next worker that comes to this point ends its process */
    atomic_uint seen_count;
    uint8_t     seen[SEEN_MAX][PWWB_ID_SIZE]; /* ids of all messages that agents received */
} control;

/* How a party reaches the relay, and what it is to be. */
typedef struct plan {
    uint64_t            seed;
    pwwb_keyring       *keys;
    control            *control;
    pwwb_relay         *relay;   /* in this process; NULL = AMQP */
    pwwb_journal       *journal; /* the relay's agents share it; NULL with AMQP */
    const char         *journal_path; /* SQLite */
    int32_t             ports[PARTIES];
    const char         *requests; /* where portals send to; NULL = as the library does */
    int32_t             life_s;
    /* Controls, which the judge must catch. */
    int                 is_blind;  /* agents with no journal, who overwrite what is newer */
    int                 is_hasty;  /* portals that take a short silence for "not set" */
    int                 is_silent; /* portals that leave people without an answer */
} plan;

enum { ASK = 1, REPEAT, RELEASE, STONE, END };

typedef struct asked {
    int32_t what;
    int32_t serial; /* REPEAT: so many of the next are sent three times, the last at RELEASE.
                       STONE: nonsense, which does not expire, is sent to the agents */
    uint8_t guid[PWWB_ID_SIZE];
    char    password[PASSWORD_SIZE];
} asked;

enum { SENT = 1, TOLD };

typedef struct told {
    int32_t what;
    int32_t serial;
    int32_t status;    /* SENT: as the relay said */
    int32_t code;      /* TOLD: one of enum pwwb_code */
    int32_t is_answer; /* TOLD: an agent's, not the portal's own */
    int32_t reserved;
    int64_t issued_s;
    int64_t at_ms; /* monotonic */
    uint8_t id[PWWB_ID_SIZE];
} told;

/* Set by a signal: everybody comes to an end. */
extern volatile sig_atomic_t storm_is_over;

/* What a party does until it is told END, or nobody is there to tell it. */
void portal_main(const plan *p, int who, int talk);
void agent_main(const plan *p, int who, int talk);

int64_t  storm_now_ms(void); /* monotonic */
void     storm_sleep_ms(int64_t ms);
uint64_t storm_random(uint64_t *state, uint64_t below); /* splitmix64 */
/* Else complain and end. */
void storm_must(int is_so, const char *what);

#endif /* STORM_H */
