/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the agent connects to the relay as, and how the relay learns it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../common/log_lines.h"
#include "agent_world.h"

enum { PROGRAM_S = 60, LOOK_MS = 50 };

extern char **environ;

pwwb_status
agent_login(const agent_settings *s, pwwb_keystore *store, relay_login *login, pwwb_error *err)
{
    pwwb_keyring  *keys   = NULL;
    const uint8_t *word = NULL;
    int32_t        slot   = -1;
    size_t         len    = 0;
    pwwb_status    st;

    if (s->relay.slots.count == 0)
        return relay_login_read(&s->relay, login) == 0
                   ? PWWB_OK
                   : pwwb_error_set(err, PWWB_E_NOT_FOUND, "relay.secret_file: no secret is there");

    secret_make(&login->secret);
    login->user = s->relay.user;
    st          = pwwb_keystore_load(store, &keys, err);
    if (st == PWWB_OK)
        word = pwwb_keyring_relay_secret(keys, &slot, &len);
    if (word != NULL && len <= sizeof(login->secret.octets)) {
        login->user       = slot < 0 ? s->relay.user : s->relay.slots.list[slot == 1];
        login->secret.len = len;
        memcpy(login->secret.octets, word, len);
    } else if (st == PWWB_OK || st == PWWB_E_NOT_FOUND) {
        st = pwwb_error_set(err, PWWB_E_KEY_INACTIVE, "there are no keys, and so no secret for the relay");
    }
    pwwb_keyring_free(keys);
    return st;
}

int
agent_login_is(const relay_login *a, const relay_login *b)
{
    return strcmp(a->user, b->user) == 0 && a->secret.len == b->secret.len
           && memcmp(a->secret.octets, b->secret.octets, a->secret.len) == 0;
}

/* Begin PROGRAM USER, its input a pipe, what it says on standard error, no signal blocked. -1, and errno. */
static pid_t
begin(const char *program, const char *user, int from)
{
    char *const                argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)user, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t          how;
    sigset_t                   none, all;
    pid_t                      pid = -1;

    (void)sigemptyset(&none);
    (void)sigemptyset(&all);
    (void)sigaddset(&all, SIGPIPE);
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_adddup2(&files, from, STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    (void)posix_spawnattr_init(&how);
    (void)posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setsigmask(&how, &none);
    (void)posix_spawnattr_setsigdefault(&how, &all);
    errno = posix_spawn(&pid, program, &files, &how, argv, environ);
    (void)posix_spawnattr_destroy(&how);
    (void)posix_spawn_file_actions_destroy(&files);
    return errno == 0 ? pid : -1;
}

/* Its exit code; -1 when it did not end in time, or otherwise. */
static int
end(pid_t pid)
{
    static const struct timespec pause = {0, LOOK_MS * 1000000};
    int                          i, status = 0;

    for (i = 0; i < PROGRAM_S * 1000 / LOOK_MS; i++) {
        pid_t ended = waitpid(pid, &status, WNOHANG);

        if (ended == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        if (ended < 0 && errno != EINTR)
            return -1;
        (void)nanosleep(&pause, NULL);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
    return -1;
}

pwwb_status
agent_set_secret(void *ctx, int32_t slot, const uint8_t *word, size_t word_len, pwwb_error *err)
{
    const relay_settings *r       = &((const agent_settings *)ctx)->relay;
    const char           *user    = r->slots.list[slot == 1];
    char                  why[256];
    int                   fds[2] = {-1, -1};
    pid_t                 pid;
    int                   code;

    if (pipe2(fds, O_CLOEXEC) != 0)
        return pwwb_error_set(err, PWWB_E_SYSTEM, "no descriptor is left for relay.set_secret");
    pid = begin(r->set_secret, user, fds[0]);
    code = errno;
    (void)close(fds[0]);
    /* A secret is far shorter than what a pipe holds: this never waits. */
    if (pid > 0 && word_len > 0 && write(fds[1], word, word_len) != (ssize_t)word_len)
        log_say(PWWB_LOG_WARN, "relay", "relay.set_secret did not read the secret");
    (void)close(fds[1]);
    if (pid < 0) {
        (void)snprintf(why, sizeof(why), "relay.set_secret cannot be run: %s", strerror(code));
        return pwwb_error_set(err, PWWB_E_SYSTEM, why);
    }
    code = end(pid);
    if (code == 0) {
        log_say(PWWB_LOG_INFO, "relay", "the secret of %s was %s", user, word_len > 0 ? "set" : "taken away");
        return PWWB_OK;
    }
    (void)snprintf(why, sizeof(why), "relay.set_secret ended with %d for user %.64s: run it by hand to see why", code,
                   user);
    return pwwb_error_set(err, PWWB_E_CALLBACK, why);
}
