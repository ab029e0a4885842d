/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 */
/* A transport that breaks one promise is caught by the contract, each in a process of its own; one
 * that breaks none is not. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/all.h"
#include "contract/broken.h"

#define MOST_S 60 /* a transport that breaks a promise may hang the contract: caught as well */

static void
run_broken(int kind)
{
    ct_maker maker = local_maker;

    broken_how    = kind;
    maker.connect = broken_connect;
    maker.name    = broken_names[kind];
    maker.long_ms = 1500;
    maker.storm   = 2000;
    ct_run(&maker);
}

/* Read what a control says up to the first test that caught it; 0 = none did. */
static int
caught_by(int from)
{
    FILE *said = fdopen(from, "r");
    char  line[512];
    int   is_caught = 0;

    while (!is_caught && fgets(line, sizeof(line), said) != NULL)
        is_caught = sscanf(line, "not ok %*d - %511[^\n]", line) == 1;
    if (is_caught)
        printf("#   by: %s\n", line);
    fclose(said);
    return is_caught;
}

static void
be_control(int kind, const int ways[2])
{
    dup2(ways[1], STDOUT_FILENO);
    close(ways[0]);
    close(ways[1]);
    alarm(MOST_S);
    run_broken(kind);
    fflush(stdout);
    _exit(harness_bad_tests != 0);
}

typedef struct control {
    pid_t pid;
    int   said;
} control;

static control
start(int kind)
{
    control c;
    int     ways[2];

    fflush(stdout);
    CHECK_INT(0, pipe(ways));
    c.pid = fork();
    if (c.pid == 0)
        be_control(kind, ways);
    close(ways[1]);
    c.said = ways[0];
    return c;
}

static int
is_caught(const control *c, int kind)
{
    int ended = 0, by_test;

    printf("# %s\n", broken_names[kind]);
    by_test = caught_by(c->said);
    if (by_test)
        kill(c->pid, SIGKILL);
    CHECK_INT(c->pid, waitpid(c->pid, &ended, 0));
    if (!by_test && ended != 0)
        printf("#   by its end: %d\n", ended);
    return by_test || ended != 0;
}

static void
a_transport_that_breaks_nothing_keeps_the_contract(void)
{
    control c = start(BROKEN_NOT);

    CHECK_INT(0, is_caught(&c, BROKEN_NOT));
}

static void
a_transport_that_breaks_one_promise_is_caught(void)
{
    control all[BROKEN_KINDS];
    int     kind;

    for (kind = BROKEN_NOT + 1; kind < BROKEN_KINDS; kind++)
        all[kind] = start(kind);
    for (kind = BROKEN_NOT + 1; kind < BROKEN_KINDS; kind++)
        CHECK_INT(1, is_caught(&all[kind], kind));
}

int
main(void)
{
    RUN(a_transport_that_breaks_nothing_keeps_the_contract);
    RUN(a_transport_that_breaks_one_promise_is_caught);
    return DONE;
}
