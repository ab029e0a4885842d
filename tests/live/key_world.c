/* SPDX-License-Identifier: Apache-2.0 */
#include "key_world.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "folder.h"

static int
file_of(int who)
{
    return who < PORTAL ? AGENTS_FILE : PORTALS_FILE;
}

void
world_complain(world *w, const char *format, ...)
{
    char    what[160];
    va_list args;

    if (w->complaint[0] != '\0')
        return;
    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    (void)snprintf(w->complaint, sizeof(w->complaint), "%.30s: %s", w->phase, what);
}

uint64_t
world_random(world *w, uint64_t below)
{
    uint64_t x = w->random += 0x9e3779b97f4a7c15; /* splitmix64 */

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return (x ^ (x >> 31)) % below;
}

/* After a death this program executed anew, so that nothing is there but the file. At first, when
 * no file holds anything yet, a fork is as good, and ten times as fast. */
static int
run(world *w, char **argv, int talk, int is_anew)
{
    int pid = fork(), i;

    if (pid < 0)
        abort();
    if (pid > 0)
        return pid;

    talk = fcntl(talk, F_DUPFD, PARTY_TALK + 1); /* without close-on-exec, and not where it goes */
    for (i = 0; i < PARTIES; i++)
        if (w->fds[i] > 0)
            close(w->fds[i]);
    if (dup2(talk, PARTY_TALK) != PARTY_TALK || close(talk) != 0)
        _exit(126);
    if (is_anew)
        (void)execv("/proc/self/exe", argv);
    _exit(is_anew ? 127 : party_main(argv));
}

static void
start(world *w, int who, long nth, int is_anew)
{
    char  name[] = "key_crash", arg[] = PARTY_ARG, half[16], at[16];
    char *argv[] = {name, arg, half, w->paths[file_of(who)], at, NULL};
    int   pair[2];

    (void)snprintf(half, sizeof(half), "%d", who < PORTAL ? PWWB_HALF_AGENT : PWWB_HALF_PORTAL);
    (void)snprintf(at, sizeof(at), "%ld", nth);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        abort();
    w->fds[who]  = pair[0];
    w->pids[who] = run(w, argv, pair[1], is_anew);
    close(pair[1]);
}

void
world_start(world *w, const char *folder, const mood *how)
{
    static const char *const names[FILES] = {"agents", "portals"};
    int                      i;

    memset(w, 0, sizeof(*w));
    w->mood   = *how;
    w->now_ms = (int64_t)1760000000 * 1000;
    w->random = how->seed;
    w->phase  = "start";
    empty_folder(folder);
    for (i = 0; i < FILES; i++) {
        (void)snprintf(w->paths[i], sizeof(w->paths[i]), "%.40s/%s", folder, names[i]);
        w->stores[i] = party_store(w->paths[i]);
    }
    for (i = 0; i < PARTIES; i++)
        start(w, i, how->nth > 0 && i == how->party ? how->nth : 0, 0);
}

/* The only end that is not asked for is a kill. */
static void
bury(world *w, int who, int is_end)
{
    int status = 0;

    close(w->fds[who]);
    if (waitpid(w->pids[who], &status, 0) != w->pids[who])
        abort();
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        w->kills++;
    else if (!is_end || status != 0)
        world_complain(w, "a process ended with %d", status);
}

void
world_end(world *w)
{
    int i;

    for (i = 0; i < PARTIES; i++)
        bury(w, i, 1);
    for (i = 0; i < FILES; i++)
        pwwb_keystore_free(w->stores[i]);
}

static size_t
read_file(const char *path, uint8_t *buf)
{
    int     fd  = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, buf, PWWB_KEYRING_MAX);

    if (fd >= 0)
        close(fd);
    return len < 0 ? 0 : (size_t)len;
}

static void
look(world *w)
{
    static uint8_t octets[PWWB_KEYRING_MAX];
    int            i;

    for (i = 0; i < FILES; i++) {
        copy  *c   = &w->copies[i];
        size_t len = read_file(w->paths[i], octets);

        if (len == c->len && memcmp(octets, c->now, len) == 0)
            continue;
        memcpy(c->before, c->now, c->len);
        memcpy(c->now, octets, len);
        c->len_before = c->len;
        c->len        = len;
    }
}

/* A disk that had said it was stored. */
static void
forget(world *w, int which)
{
    const copy *c = &w->copies[which];

    if (c->len_before > 0)
        put_file(w->paths[which], c->before, c->len_before);
}

static void
restart(world *w, int who)
{
    bury(w, who, 0);
    if (w->mood.forgets) {
        look(w);
        forget(w, file_of(who));
    }
    start(w, who, w->mood.again, 1);
    w->mood.again = 0;
}

void
world_kill(world *w, int who)
{
    kill(w->pids[who], SIGKILL);
    restart(w, who);
}

int
world_ask(world *w, int who, int what)
{
    ssize_t got;

    w->asked.what   = what;
    w->asked.now_ms = w->now_ms;
    w->told.len     = 0;
    got             = send(w->fds[who], &w->asked, offsetof(party_asked, octets) + w->asked.len,
                           MSG_NOSIGNAL);
    if (got > 0)
        got = recv(w->fds[who], &w->told, sizeof(w->told), 0);
    if (w->mood.forgets)
        look(w);
    if (got > 0)
        return 1;

    restart(w, who);
    return 0;
}

void
world_insist(world *w, int who, int what)
{
    int tries;

    for (tries = 0; tries < 4; tries++)
        if (world_ask(w, who, what))
            return;
    world_complain(w, "nobody lives to answer");
}

static void
put_letter(world *w, int is_to_portals, const uint8_t *octets, size_t len, int64_t delay_ms)
{
    letter *l = &w->letters[w->letter_count];

    if (w->letter_count == LETTERS)
        return; /* lost */
    w->letter_count++;
    l->is_to_portals = is_to_portals;
    l->due_ms        = w->now_ms + delay_ms;
    l->len           = len;
    memcpy(l->octets, octets, len);
}

void
world_post(world *w, int is_to_portals)
{
    const party_told *t    = &w->told;
    uint64_t          what = w->mood.seed == 0 ? 7 : world_random(w, 8);

    if (t->len == 0)
        return;
    w->disturbed += what <= 3;
    if (what == 0)
        return;
    put_letter(w, is_to_portals, t->octets, t->len,
               what == 1 ? 1 + (int64_t)world_random(w, 100000) : 0);
    if (what == 2)
        put_letter(w, is_to_portals, t->octets, t->len, 0);
    if (what == 3)
        put_letter(w, is_to_portals, t->octets, t->len, (int64_t)world_random(w, 8000000));
}

/* Whoever hears it; what died of it comes again, once, or is lost. */
static void
bring(world *w, const letter *l)
{
    int who = (l->is_to_portals ? PORTAL : AGENT) + (int)(w->turn++ & 1);

    memcpy(w->asked.octets, l->octets, l->len);
    w->asked.len = l->len;
    if (world_ask(w, who, ASK_TAKE))
        world_post(w, !l->is_to_portals);
    else if (w->mood.is_redelivered)
        put_letter(w, l->is_to_portals, l->octets, l->len, 0);
}

void
world_deliver(world *w, void (*after)(world *w))
{
    size_t i = 0;

    while (i < w->letter_count && w->complaint[0] == '\0') {
        static letter l;

        if (w->letters[i].due_ms > w->now_ms) {
            i++;
            continue;
        }
        l = w->letters[i];
        memmove(&w->letters[i], &w->letters[i + 1],
                (--w->letter_count - i) * sizeof(w->letters[0]));
        bring(w, &l);
        after(w);
        i = 0;
    }
}
