/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KEY_WORLD_H
#define KEY_WORLD_H

/*
 * Two agents and two portal instances, each a process with its side's key file, and the relay and
 * the clock between them. Whoever is found dead is started again, with nothing but the file.
 * What is wrong first stands in `complaint`; the judge, key_judge.c, puts it there.
 */

#include <sys/stat.h>

#include "key_party.h"
#include "key_points.h"

enum { AGENT, AGENT2, PORTAL, PORTAL2, PARTIES };
enum { AGENTS_FILE, PORTALS_FILE, FILES };
enum { LETTERS = 64, REQUESTS = 64 };

/* What the relay does, and what is broken on purpose. */
typedef struct mood {
    int      party; /* who is killed, */
    long     nth;   /* at which point; 0 = nobody */
    long     again; /* and once more after that many; 0 = not */
    int      is_redelivered; /* what its taker died of comes again */
    uint64_t seed;           /* messages are lost, doubled, delayed by it; 0 = none */
    int      drops_open_only; /* a control: agents have no overlap */
    int      forgets;         /* a control: the last swap is lost when a process dies */
} mood;

/* An order, an answer, a revoke on its way. */
typedef struct letter {
    int     is_to_portals;
    int64_t due_ms;
    size_t  len;
    uint8_t octets[PWWB_ENVELOPE_MAX];
} letter;

/* A request that a portal accepted: an agent must open it in time. */
typedef struct request {
    int      portal;
    int64_t  exp_ms;
    int      is_held; /* until it has all but expired */
    uint64_t generation;
    uint8_t  cti[PWWB_ID_SIZE];
    size_t   len;
    uint8_t  octets[PWWB_ENVELOPE_MAX];
} request;

/* A key file at three moments: now, before its last swap, and when it was looked at last. */
typedef struct copy {
    size_t  len, len_before;
    uint8_t now[PWWB_KEYRING_MAX], before[PWWB_KEYRING_MAX];
} copy;

typedef struct world {
    mood           mood;
    int            pids[PARTIES], fds[PARTIES];
    char           paths[FILES][64];
    pwwb_keystore *stores[FILES]; /* the judge's */
    copy           copies[FILES];
    struct stat    seen[FILES]; /* by the judge */
    int64_t        now_ms;
    uint64_t       random;
    unsigned       turn;
    size_t         letter_count, request_count;
    letter         letters[LETTERS];
    request        requests[REQUESTS];
    uint64_t       revoked_to; /* keys up to that generation may be gone */
    long           kills, opened, replies, disturbed;
    const char    *phase;
    char           complaint[200];
    party_asked    asked;
    party_told     told;
} world;

void world_start(world *w, const char *folder, const mood *how);
void world_end(world *w);

/* Ask what stands in w->asked; the answer in w->told. 0 = it died, and is started again. */
int  world_ask(world *w, int who, int what);
/* Ask until somebody lives to answer: what an administrator does. */
void world_insist(world *w, int who, int what);
void world_kill(world *w, int who);

/* What was told is a message: give it to the relay. */
void world_post(world *w, int is_to_portals);
/* The relay brings what is due; `after` is called after each. */
void world_deliver(world *w, void (*after)(world *w));
/* Less than `below`; the same run after run. */
uint64_t world_random(world *w, uint64_t below);

void __attribute__((format(printf, 2, 3))) world_complain(world *w, const char *format, ...);

#endif /* KEY_WORLD_H */
