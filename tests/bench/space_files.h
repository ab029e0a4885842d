/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_FILES_H
#define SPACE_FILES_H

/* What a benchmark asks the system: files, what of them is in memory, and how much memory a process had. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define MIB (1024.0 * 1024.0)

static inline double
file_octets(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 ? (double)s.st_size : 0;
}

/* Of this process. */
static inline double
memory_octets(const char *field)
{
    FILE  *file = fopen("/proc/self/status", "r");
    char   line[200];
    double kib = 0;

    must(file == NULL, "/proc/self/status");
    while (fgets(line, sizeof(line), file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            kib = strtod(line + strlen(field) + 1, NULL);
    fclose(file);
    return kib * 1024;
}

/* Do something in a process of its own, which gives numbers back. */
static inline void
in_a_child(void (*work)(void *arg, double *ret), void *arg, double *ret, size_t count)
{
    int   ends[2], code = 1;
    pid_t child;

    must(pipe(ends), "pipe");
    fflush(stdout);
    child = fork();
    if (child == 0) {
        work(arg, ret);
        _exit(write(ends[1], ret, count * sizeof(*ret)) < 0);
    }
    must(child < 0, "fork");
    close(ends[1]);
    must(read(ends[0], ret, count * sizeof(*ret)) != (ssize_t)(count * sizeof(*ret)), "a child's answer");
    close(ends[0]);
    must(waitpid(child, &code, 0) != child || code != 0, "a child");
}

/* Which part of a file stands in the system's page cache, 0 to 1. */
static inline double
resident(int fd)
{
    const size_t   page = (size_t)sysconf(_SC_PAGESIZE);
    struct stat    s;
    unsigned char *map, *is_there;
    size_t         i, pages, count = 0;

    must(fstat(fd, &s), "fstat");
    pages    = ((size_t)s.st_size + page - 1) / page;
    map      = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_SHARED, fd, 0);
    is_there = calloc(pages, 1);
    must(map == MAP_FAILED || is_there == NULL || mincore(map, (size_t)s.st_size, is_there), "mincore");
    for (i = 0; i < pages; i++)
        count += is_there[i] & 1;
    free(is_there);
    munmap(map, (size_t)s.st_size);
    return (double)count / (double)pages;
}

static inline void
evict_here(void *path, double *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    must(fd < 0 || fdatasync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), "posix_fadvise");
    *ret = resident(fd);
}

/* Put a file out of the page cache; which part stayed. In a child: a process that closes a descriptor of a
 * database gives up SQLite's locks. */
static inline double
evict(char *path)
{
    double stayed = 1;

    in_a_child(evict_here, path, &stayed, 1);
    return stayed;
}

#endif /* SPACE_FILES_H */
