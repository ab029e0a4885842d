/* SPDX-License-Identifier: Apache-2.0 */
#include "crew.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
live(const plan *p, int who, int talk)
{
    if (who < PORTALS)
        portal_main(p, who, talk);
    else
        agent_main(p, who, talk);
}

static void *
live_in_thread(void *ctx)
{
    party *y = ctx;

    live(y->crew->plan, y->who, y->theirs);
    return NULL;
}

/* It ends with the driver, whatever becomes of that. */
static void
live_in_process(crew *c, int who, int talk)
{
    int i;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (i = 0; i < PARTIES; i++)
        if (c->parties[i].talk >= 0)
            close(c->parties[i].talk);
    live(c->plan, who, talk);
    fflush(stdout);
    _exit(0);
}

void
party_start(crew *c, int who)
{
    party *y = &c->parties[who];
    int    pair[2];

    storm_must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0, "a socket");
    *y = (party){.crew = c, .who = who, .talk = pair[0], .theirs = pair[1]};
    if (c->plan->relay != NULL) {
        storm_must(pthread_create(&y->thread, NULL, live_in_thread, y) == 0, "a thread");
        return;
    }
    fflush(stdout);
    y->pid = fork();
    storm_must(y->pid >= 0, "a process");
    if (y->pid == 0)
        live_in_process(c, who, pair[1]);
    close(pair[1]);
    y->theirs = -1;
}

void
party_bury(crew *c, int who)
{
    party *y = &c->parties[who];

    if (y->talk < 0)
        return;
    close(y->talk);
    y->talk = -1;
    if (y->pid != 0) {
        while (waitpid(y->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        return;
    }
    pthread_join(y->thread, NULL);
    close(y->theirs);
}

void
party_end(crew *c, int who)
{
    const asked end = {.what = END};

    if (c->parties[who].talk >= 0)
        (void)send(c->parties[who].talk, &end, sizeof(end), MSG_NOSIGNAL);
    party_bury(c, who);
}

void
party_kill(crew *c, int who)
{
    storm_must(c->parties[who].pid > 0, "only processes are killed");
    kill(c->parties[who].pid, SIGKILL);
}

int
crew_dead(crew *c)
{
    siginfo_t info;
    int       i;

    for (i = PORTALS; i < PARTIES; i++) {
        info.si_pid = 0;
        if (c->parties[i].pid > 0
            && waitid(P_PID, (id_t)c->parties[i].pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0
            && info.si_pid != 0)
            return i;
    }
    return -1;
}

void
crew_start(crew *c, const plan *p)
{
    int i;

    memset(c, 0, sizeof(*c));
    c->plan = p;
    for (i = 0; i < PARTIES; i++)
        c->parties[i].talk = -1;
    for (i = 0; i < PARTIES; i++)
        party_start(c, i);
}

void
crew_end(crew *c)
{
    int i;

    for (i = 0; i < PARTIES; i++)
        party_end(c, i);
}
