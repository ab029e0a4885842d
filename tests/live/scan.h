/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_H
#define SCAN_H

/*
 * Search all memory that another process may write, stacks and heap alike, for octets that must
 * not be there. The other process is a child that stands still meanwhile; a piece of a needle, as
 * long as its window, is a hit. What is kept out of core dumps is locked memory and counts apart.
 */

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#ifdef __x86_64__
# define SCAN_VECTORS NT_X86_XSTATE
#else
# define SCAN_VECTORS NT_PRFPREG /* on ARM these are the vector registers */
#endif

#define NEEDLES_MAX 16
#define NEEDLE_SIZE 512

typedef struct needle {
    char    name[32];
    uint8_t octets[NEEDLE_SIZE];
    size_t  len;
    size_t  window;
    int     kind;   /* the caller's */
    int     open;   /* places in ordinary memory, at the last scan */
    int     locked; /* places in locked memory */
} needle;

typedef struct scan {
    pid_t   pid;
    needle  needles[NEEDLES_MAX];
    size_t  count;
    size_t  octets;          /* looked through */
    uint8_t begins[1 << 13]; /* a bit for each pair of octets that a window begins with */
} scan;

static inline size_t
scan_pair(const uint8_t *p)
{
    return (size_t)p[0] << 8 | p[1];
}

static inline void
scan_add(scan *s, int kind, const char *name, const void *octets, size_t len, size_t window)
{
    needle *n = &s->needles[s->count++];
    size_t  i;

    *n = (needle){.len = len, .window = window, .kind = kind};
    snprintf(n->name, sizeof(n->name), "%s", name);
    memcpy(n->octets, octets, len);
    for (i = 0; i + window <= len; i++)
        s->begins[scan_pair(n->octets + i) >> 3] |= (uint8_t)(1 << (n->octets[i + 1] & 7));
}

/* Text as it is, and as UTF-16LE when it is ASCII. */
static inline void
scan_add_text(scan *s, int kind, const char *name, const char *text)
{
    uint8_t wide[NEEDLE_SIZE];
    char    wide_name[32];
    size_t  i, len = strlen(text);

    for (i = 0; i < len; i++) {
        wide[2 * i]     = (uint8_t)text[i];
        wide[2 * i + 1] = 0;
    }
    snprintf(wide_name, sizeof(wide_name), "%s, UTF-16", name);
    scan_add(s, kind, name, text, len, 8);
    scan_add(s, kind, wide_name, wide, 2 * len, 12);
}

/* Octets of the longest piece of the needle that begins at p; 0 = none. */
static inline size_t
scan_match(const needle *n, const uint8_t *p, size_t left)
{
    size_t i, len;

    for (i = 0; i + n->window <= n->len; i++) {
        for (len = 0; len < left && i + len < n->len && p[len] == n->octets[i + len];)
            len++;
        if (len >= n->window)
            return len;
    }
    return 0;
}

static inline void
scan_octets(scan *s, const uint8_t *data, size_t len, uintptr_t at, int is_locked,
            const char *where)
{
    size_t i, j, got;

    for (i = 0; i + 1 < len; i++) {
        if ((s->begins[scan_pair(data + i) >> 3] >> (data[i + 1] & 7) & 1) == 0)
            continue;
        for (j = 0, got = 0; j < s->count && got == 0; j++) {
            got = scan_match(&s->needles[j], data + i, len - i);
            if (got == 0)
                continue;
            *(is_locked ? &s->needles[j].locked : &s->needles[j].open) += 1;
            if (!is_locked)
                printf("# %s: %zu octets at %lx %s\n", s->needles[j].name, got,
                       (unsigned long)(at + i), where);
        }
        i += got > 0 ? got - 1 : 0;
    }
}

/* 0, or -1 when not all of a mapping can be read. */
static inline int
scan_mapping(scan *s, int mem, uintptr_t from, uintptr_t to, int is_locked, const char *where)
{
    size_t   len = to - from, done = 0;
    uint8_t *data = malloc(len);
    ssize_t  got  = 1;

    while (data != NULL && done < len && got > 0) {
        got = pread(mem, data + done, len - done, (off_t)(from + done));
        done += got > 0 ? (size_t)got : 0;
    }
    if (done == len)
        scan_octets(s, data, len, from, is_locked, where);
    free(data);
    s->octets += done;
    return done == len ? 0 : -1;
}

/* The vector registers, which whoever is called next may save on the stack. 0, or -1. */
static inline int
scan_registers(scan *s)
{
    static uint8_t state[1 << 14];
    struct iovec   room = {state, sizeof(state)};
    int            rc;

    if (ptrace(PTRACE_SEIZE, s->pid, NULL, NULL) != 0
        || ptrace(PTRACE_INTERRUPT, s->pid, NULL, NULL) != 0
        || waitpid(s->pid, NULL, __WALL) != s->pid)
        return -1;

    rc = (int)ptrace(PTRACE_GETREGSET, s->pid, (void *)SCAN_VECTORS, &room);
    if (rc == 0)
        scan_octets(s, state, room.iov_len, 0, 0, "in registers");
    return ptrace(PTRACE_DETACH, s->pid, NULL, NULL) == 0 ? rc : -1;
}

/* Look through everything; 0, or -1 when it cannot be read. */
static inline int
scan_run(scan *s)
{
    char          path[64], line[512], rights[8] = "", where[256] = "";
    unsigned long at, end, from = 0, to = 0;
    int           mem, rc = 0;
    size_t        i;
    FILE         *maps;

    for (i = 0; i < s->count; i++)
        s->needles[i].open = s->needles[i].locked = 0;
    s->octets = 0;
    snprintf(path, sizeof(path), "/proc/%d/smaps", (int)s->pid);
    maps = fopen(path, "r");
    snprintf(path, sizeof(path), "/proc/%d/mem", (int)s->pid);
    mem = open(path, O_RDONLY | O_CLOEXEC);
    while (maps != NULL && mem >= 0 && fgets(line, sizeof(line), maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &at, &end, rights) == 3) {
            from = at;
            to   = end;
            snprintf(where, sizeof(where), "%.*s", (int)strcspn(line, "\n"), line);
        } else if (strncmp(line, "VmFlags:", 8) == 0 && rights[1] == 'w') {
            /* the last line of each mapping */
            rc |= scan_mapping(s, mem, from, to, strstr(line, " dd") != NULL, where);
        }
    }
    if (maps == NULL || mem < 0 || scan_registers(s) != 0)
        rc = -1;
    if (maps != NULL)
        fclose(maps);
    if (mem >= 0)
        close(mem);
    return rc;
}

#define TALK 3 /* the descriptor, in the other process */

/* Stops: ready to be given the request, in the middle of the directory's set, after the call, after
 * the wipe, after everything is freed. */
enum { READY = 'r', SETTING = 's', DONE_CALL = 'd', WIPED = 'w', FREED = 'f' };

typedef struct stop_note {
    int32_t letter;
    int32_t number;
} stop_note;

static inline void
stop(int letter, int number)
{
    stop_note note = {letter, number};
    char      go;

    if (send(TALK, &note, sizeof(note), 0) != sizeof(note) || recv(TALK, &go, 1, 0) != 1)
        _exit(1);
}

/* The other process, as the test sees it. */
static scan found;
static int  line;

/* Start it, without a password in its environment. */
static inline void
start(const char *what, const char *second)
{
    int pair[2];

    memset(&found, 0, sizeof(found));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        abort();
    found.pid = fork();
    if (found.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        unsetenv("AD_SVC_PW");
        unsetenv("AD_ADMIN_PW");
        setenv("LD_BIND_NOW", "1", 1); /* as libpwwb.so is linked: see docs/secrets.md */
        if (dup2(pair[1], TALK) != TALK)
            _exit(1);
        execl("/proc/self/exe", "test_memory", "--target", what, second, (char *)NULL);
        _exit(1);
    }
    close(pair[1]);
    line = pair[0];
}

static inline void
say(const void *data, size_t len)
{
    CHECK_INT(len, send(line, data, len, MSG_NOSIGNAL));
}

/* Let it go on to its next stop, which must be this one; its number. */
static inline int
go_on_to(int letter)
{
    stop_note note = {0, 0};

    CHECK(recv(line, &note, sizeof(note), 0) == sizeof(note));
    CHECK_INT(letter, note.letter);
    CHECK_INT(0, scan_run(&found));
    say("", 1);
    return note.number;
}

static inline void
end(void)
{
    int status = -1;

    CHECK(waitpid(found.pid, &status, 0) == found.pid);
    CHECK_INT(0, status);
    close(line);
}

#endif /* SCAN_H */
