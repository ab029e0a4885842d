/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CREW_H
#define CREW_H

/* The parties, started and ended: processes by their own pids, or threads. */

#include <pthread.h>
#include <sys/types.h>

#include "storm.h"

typedef struct crew crew;

typedef struct party {
    crew     *crew;
    int       who;
    int       talk; /* the driver's end; -1 = not there */
    int       theirs; /* a thread's */
    pid_t     pid;    /* 0 = a thread */
    pthread_t thread;
} party;

struct crew {
    const plan *plan;
    party       parties[PARTIES];
};

void crew_start(crew *c, const plan *p);
void crew_end(crew *c);

void party_start(crew *c, int who);
/* By END. */
void party_end(crew *c, int who);
/* By SIGKILL, or dead already: its socket can still be read, until party_bury(). */
void party_kill(crew *c, int who);
void party_bury(crew *c, int who);
/* Which agent has died by itself; -1 = none. */
int crew_dead(crew *c);

#endif /* CREW_H */
