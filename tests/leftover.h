/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEFTOVER_H
#define LEFTOVER_H

/* Whether a secret still stands somewhere in this process' memory: heap, stacks, locked pages, what
 * was freed. The secret sought is kept masked, so that it is not found where it is sought from. */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LEFTOVER_MASK 0x5a

typedef struct leftover {
    uint8_t masked[64];
    size_t  len;
} leftover;

/* Larger mappings are a sanitizer's shadow. */
#define LEFTOVER_REGION_MAX ((uintptr_t)32 << 20)

__attribute__((no_sanitize_address, no_sanitize_thread, noinline, unused)) static int
leftover_is_at(const leftover *l, const volatile uint8_t *p)
{
    size_t i;

    for (i = 0; i < l->len; i++)
        if ((p[i] ^ LEFTOVER_MASK) != l->masked[i])
            return 0;
    return 1;
}

__attribute__((no_sanitize_address, no_sanitize_thread, noinline, unused)) static size_t
leftover_in(const leftover *l, uintptr_t begin, uintptr_t end)
{
    const uint8_t           first = l->masked[0] ^ LEFTOVER_MASK;
    const volatile uint8_t *p     = (const volatile uint8_t *)begin;
    const volatile uint8_t *last  = (const volatile uint8_t *)(end - l->len);
    size_t                  found = 0;

    for (; p <= last; p++)
        if (*p == first)
            found += (size_t)leftover_is_at(l, p);
    return found;
}

/* In how many places of all writable memory it stands; -1 when that cannot be told here. */
__attribute__((unused)) static long
leftover_count(const leftover *l)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char  line[512];
    long  found = 0;

    if (maps == NULL)
        return -1;
    while (fgets(line, sizeof(line), maps) != NULL) {
        uintptr_t begin, end;
        char      mode[5];

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &begin, &end, mode) == 3
            && strncmp(mode, "rw", 2) == 0 && end - begin <= LEFTOVER_REGION_MAX)
            found += (long)leftover_in(l, begin, end);
    }
    fclose(maps);
    return found;
}

/* Seek these octets; the caller wipes its own copy before it counts. */
__attribute__((unused)) static leftover
leftover_of(const uint8_t *secret, size_t len)
{
    leftover l;
    size_t   i;

    l.len = len < sizeof(l.masked) ? len : sizeof(l.masked);
    for (i = 0; i < l.len; i++)
        l.masked[i] = secret[i] ^ LEFTOVER_MASK;
    return l;
}

#endif /* LEFTOVER_H */
