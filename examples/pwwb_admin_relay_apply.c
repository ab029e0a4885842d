/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pwwb_admin_relay.h"

/* The file is in the way of no signal: they wait from before it is there until it is gone. */
typedef struct waiting {
    sigset_t ours;
    sigset_t before;
} waiting;

static void
hold_signals(waiting *w)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction now;
    size_t           i;

    (void)signal(SIGCHLD, SIG_DFL);
    sigemptyset(&w->ours);
    sigaddset(&w->ours, SIGCHLD);
    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN) /* nohup stays one */
            sigaddset(&w->ours, ends[i]);
    sigprocmask(SIG_BLOCK, &w->ours, &w->before);
}

/* A new one, 0600 by umask and mkstemp; where root runs this, rabbitmqctl becomes another user. */
static FILE *
make_file(char *path, size_t path_size)
{
    const char    *folder = getenv("TMPDIR");
    struct passwd *broker = geteuid() == 0 ? getpwnam("rabbitmq") : NULL;
    int            fd;

    (void)snprintf(path, path_size, "%s/pwwb-relay-XXXXXX",
                   folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0 && broker != NULL && fchown(fd, broker->pw_uid, broker->pw_gid) != 0)
        fprintf(stderr, "warning: cannot give %s to the user rabbitmq: %s\n", path, strerror(errno));
    return fd >= 0 ? fdopen(fd, "w") : NULL;
}

/* 0, or what errno would be. It may not wait on standard input: that of 4.0 would, for ever. */
static int
start(char *path, const sigset_t *mask, pid_t *ret_pid)
{
    char program[] = "rabbitmqctl", quiet[] = "--quiet", command[] = "import_definitions";
    char *const argv[] = {program, quiet, command, path, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t          how;
    int                        rc = posix_spawn_file_actions_init(&files);

    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&how);
    if (rc == 0) {
        posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
        posix_spawnattr_setsigmask(&how, mask);
        rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (rc == 0)
            rc = posix_spawnp(ret_pid, argv[0], &files, &how, argv, environ);
        posix_spawnattr_destroy(&how);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* Whether it ended well; a signal to us ends it first, and is told in *ret_signal. */
static int
ended_well(pid_t pid, const sigset_t *ours, int *ret_signal)
{
    int   how = 0;
    int   got;
    pid_t ended;

    *ret_signal = 0;
    while ((ended = waitpid(pid, &how, WNOHANG)) == 0) {
        got = sigwaitinfo(ours, NULL);
        if (got <= 0 || got == SIGCHLD)
            continue;
        *ret_signal = got;
        (void)kill(pid, SIGTERM);
    }
    return ended == pid && WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

static int
run(char *path, const waiting *w)
{
    pid_t pid = 0;
    int   rc  = start(path, &w->before, &pid);
    int   is_well, by;

    if (rc != 0) {
        fprintf(stderr, "cannot run rabbitmqctl: %s\n%s", strerror(rc),
                rc == ENOENT ? "It comes with the broker: run this on the broker's machine, with "
                               "/usr/sbin in the PATH, or\n--print here and import that there.\n"
                             : "");
        return 1;
    }
    is_well = ended_well(pid, &w->ours, &by);
    if (is_well)
        return 0;
    if (by != 0)
        return 128 + by;
    fprintf(stderr, "rabbitmqctl did not do it: what it said is above. Run this as root or rabbitmq, while "
                    "the broker\nruns; it may be repeated.\n");
    return 1;
}

int
relay_apply(const relay_plan *plan)
{
    char    path[4096];
    waiting w;
    FILE   *file;
    int     rc = 1;

    hold_signals(&w);
    file = make_file(path, sizeof(path));
    if (file == NULL) {
        fprintf(stderr, "cannot make a file in the folder of %s: %s\n", path, strerror(errno));
        sigprocmask(SIG_SETMASK, &w.before, NULL);
        return 1;
    }

    rc = relay_print(plan, file);
    if (fclose(file) != 0 || rc != 0)
        fprintf(stderr, "cannot write %s: %s\n", path, strerror(errno));
    else
        rc = run(path, &w);
    (void)unlink(path);
    sigprocmask(SIG_SETMASK, &w.before, NULL);
    return rc == 0 ? 0 : rc > 0 ? rc : 1;
}
