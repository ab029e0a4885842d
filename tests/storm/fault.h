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
    /* Make it, at its moment, and mend it. */
    void (*strike)(storm *s);
    /* What the relay takes without keeping it is told as unknown: that is this fault. */
    int  vanishes;
    /* So long what it sets going goes on: requests do, too. */
    int  after_ms;
} fault;

/* The list ends with a name of NULL. */
extern const fault faults_local[];
#ifdef STORM_AMQP
extern const fault faults_amqp[];
#endif

#endif /* FAULT_H */
