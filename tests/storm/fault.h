/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULT_H
#define FAULT_H

/* The faults, each of which knows how it is made and mended while requests are under way. */

#include "judge.h"

typedef struct storm {
    plan     plan;
    crew     crew;
    load     load;
    uint64_t random;
    int      nth; /* of the injections, from 0 */
} storm;

typedef struct fault {
    const char *name;
    /* Before anybody is there, and after all are gone. Optional. */
    void (*prepare)(storm *s);
    void (*tidy)(storm *s);
    /* Make it, at its moment, and mend it. */
    void (*strike)(storm *s);
    /* The relay takes what it does not keep, which is told as unknown: that is this fault. */
    int takes_away;
    /* What it ends with, while requests go on. Optional. */
    void (*finish)(storm *s);
    /* Of a request; 0 = LIFE_S. */
    int life_s;
} fault;

/* The lists end with a name of NULL. */
extern const fault faults_local[];
#ifdef STORM_AMQP
extern const fault faults_amqp[];
extern const fault faults_quorum[];
void               faults_amqp_purge(storm *s);
#endif

/* What may be done on every way. Some requests are sent three times: the last time when all people
 * have newer passwords. */
void fault_send_again(storm *s);
void fault_send_late(storm *s);

/* For the faults. */
int64_t storm_moment(storm *s, int64_t least_ms, int64_t most_ms);
/* Run a command of the shell, which must go well, while requests go on if there are any. */
__attribute__((format(printf, 2, 3))) void storm_during(storm *s, const char *format, ...);
void storm_tell(storm *s, int who, asked a);

#endif /* FAULT_H */
