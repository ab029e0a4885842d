/* SPDX-License-Identifier: Apache-2.0 */
#ifndef THREADS_H
#define THREADS_H

/* The same work on one thread and on several, wall time: what one of all took. They work for a while and
 * are counted, so that none is waited for. */

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "bench.h"

#define CREW_MAX 8

typedef struct crew crew;

/* One thread, and what it works on. */
typedef struct crew_member {
    pthread_t thread;
    crew     *crew;
    int (*run)(void *arg);
    void *arg;
    long  count;
    int   rc;
} crew_member;

/* As bench_row's arg. */
struct crew {
    int         size; /* threads */
    atomic_int  stop;
    crew_member members[CREW_MAX];
};

static inline void *
crew_work(void *arg)
{
    crew_member *m = arg;

    for (m->count = 0; m->rc == 0 && (m->count == 0 || !atomic_load(&m->crew->stop)); m->count++)
        m->rc = m->run(m->arg);
    return NULL;
}

/* As bench_row's ask, a batch being a millisecond; negative when one of them failed. */
static inline double
crew_time(void *arg, int milliseconds)
{
    crew  *c     = arg;
    double begin = bench_now();
    long   count = 0;
    int    i, rc = 0;

    atomic_store(&c->stop, 0);
    for (i = 0; i < c->size; i++) {
        c->members[i].crew = c;
        if (pthread_create(&c->members[i].thread, NULL, crew_work, &c->members[i]) != 0)
            return -1;
    }
    usleep((useconds_t)milliseconds * 1000);
    atomic_store(&c->stop, 1);
    for (i = 0; i < c->size; i++) {
        pthread_join(c->members[i].thread, NULL);
        count += c->members[i].count;
        rc |= c->members[i].rc;
    }
    return rc != 0 ? -1 : (bench_now() - begin) / (double)count;
}

#endif /* THREADS_H */
