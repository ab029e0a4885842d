/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>

/* The names are the linker's: with --wrap=f a call of f goes to __wrap_f, and __real_f is f. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__real_sodium_malloc(size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
void *__wrap_sodium_malloc(size_t size);

static int  counting;
static long seen;
static long failing; /* 0: none */
static long failed;  /* in the whole program */

static atomic_long locked;

void
faults_count(void)
{
    faults_fail(0);
}

void
faults_fail(long nth)
{
    seen     = 0;
    failing  = nth;
    counting = 1;
}

long
faults_stop(void)
{
    counting = 0;
    return seen;
}

long
faults_locked(void)
{
    return atomic_load(&locked);
}

static int
fails(void)
{
    if (!counting || ++seen != failing)
        return 0;

    failed++;
    errno = ENOMEM;
    return 1;
}

__attribute__((destructor)) static void
say_how_many(void)
{
    if (failed > 0)
        printf("# %ld allocations failed, each in turn\n", failed);
}

void *
__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

char *
__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

void *
__wrap_sodium_malloc(size_t size)
{
    atomic_fetch_add(&locked, 1);
    return fails() ? NULL : __real_sodium_malloc(size);
}
