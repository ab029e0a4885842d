/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The on-premises program: it takes requests from the portal, by way of the relay, and writes passwords into the
 * directories.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent_run.h"

static const char help[] =
    "usage: pwwb-agent [--config FILE] [COMMAND]\n"
    "\n"
    "    run                  serve until SIGTERM; SIGHUP: read the file again. The default\n"
    "    check                read the file, open what it names, ask each directory and the relay\n"
    "    enable TICKETFILE    make the tenant's keys by the portal's ticket (- = standard input);\n"
    "                         prints the fingerprint to compare there\n"
    "    roll                 replace the keys now; the running agent sends them\n"
    "    disable              end the service; the running agent tells the portal\n"
    "    --print-config       a whole configuration file, with what everything means\n"
    "    --help, --version\n"
    "\n"
    "FILE is /etc/pwwb/agent.conf. Exit: 0 well, 1 a problem, 2 wrong usage, 78 a wrong FILE.\n";

/* One signal within half a second, or 0; those that are waited for are blocked everywhere. */
static int
next_signal(const sigset_t *set)
{
    static const struct timespec most = {0, 500000000};
    int                          number = sigtimedwait(set, NULL, &most);

    return number > 0 ? number : 0;
}

static int
run(const char *path)
{
    agent_run *agent = NULL;
    sigset_t   set;
    int        code;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    code = agent_run_new(path, &agent_system, 1, &agent);
    while (code == 0 && agent->phase != AGENT_ENDED) {
        int number = next_signal(&set);

        if (number == SIGHUP)
            agent_reload(agent);
        else if (number != 0)
            agent_drain(agent);
        agent_duties(agent);
    }
    agent_run_free(agent);
    return code;
}

static int
print_version(void)
{
    int32_t version = pwwb_version_number();

    printf("pwwb-agent %d.%d.%d\n", (int)(version / 10000), (int)(version / 100 % 100), (int)(version % 100));
    return 0;
}

static int
print_help(FILE *out, int code)
{
    fputs(help, out);
    return code;
}

static int
print_config(void)
{
    settings_print(agent_table);
    return 0;
}

static int
obey(const char *path, int count, char **words)
{
    const char *command = count > 0 ? words[0] : "run";

    if (strcmp(command, "enable") == 0 && count == 2)
        return agent_enable(path, words[1]);
    if (count > 1)
        return print_help(stderr, 2);
    if (strcmp(command, "run") == 0)
        return run(path);
    if (strcmp(command, "check") == 0 || strcmp(command, "--check") == 0)
        return agent_check(path);
    if (strcmp(command, "roll") == 0)
        return agent_begin(path, PWWB_EXCHANGE_ROLL);
    if (strcmp(command, "disable") == 0)
        return agent_begin(path, PWWB_EXCHANGE_DISABLE);
    if (strcmp(command, "--print-config") == 0)
        return print_config();
    if (strcmp(command, "--version") == 0)
        return print_version();
    return strcmp(command, "--help") == 0 ? print_help(stdout, 0) : print_help(stderr, 2);
}

int
main(int argc, char **argv)
{
    const char *path = "/etc/pwwb/agent.conf";
    int         at   = 1;

    secret_process();
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc > 2 && strcmp(argv[1], "--config") == 0) {
        path = argv[2];
        at   = 3;
    }
    return obey(path, argc - at, argv + at);
}
