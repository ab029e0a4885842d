/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOSE_H
#define JOSE_H

/* A node process with npm jose, asked over a socket: jose.mjs says how. It idles while it is not
 * asked, so it and the others alternate on one machine. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

typedef struct jose {
    pid_t pid;
    FILE *to;
    FILE *from;
} jose;

/* What it is to do, as bench_row's arg. */
typedef struct jose_job {
    jose       *jose;
    const char *what; /* "open rsa" */
} jose_job;

static inline int
jose_start(jose *j, const char *script)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;

    j->pid = fork();
    if (j->pid == 0) {
        dup2(pair[1], 0);
        dup2(pair[1], 1);
        execlp("node", "node", "--no-warnings", script, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    j->to   = fdopen(pair[0], "w");
    j->from = fdopen(dup(pair[0]), "r");
    return j->pid > 0 && j->to != NULL && j->from != NULL ? 0 : -1;
}

/* One question, one number; negative when there is no answer. */
static inline double
jose_ask(jose *j, const char *what, int count)
{
    char line[64];

    fprintf(j->to, "%s %d %s\n", what, count,
            bench_clock == CLOCK_MONOTONIC ? "wall" : "cpu");
    fflush(j->to);
    return fgets(line, sizeof(line), j->from) != NULL ? atof(line) : -1;
}

static inline void
jose_stop(jose *j)
{
    shutdown(fileno(j->to), SHUT_RDWR);
    fclose(j->to);
    fclose(j->from);
    waitpid(j->pid, NULL, 0);
}

/* As bench_row's ask: microseconds of one. */
static inline double
jose_time(void *arg, int count)
{
    jose_job *job = arg;

    return jose_ask(job->jose, job->what, count) / 1e3;
}

#endif /* JOSE_H */
