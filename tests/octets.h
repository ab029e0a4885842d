/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCTETS_H
#define OCTETS_H

/* Octets as tables hold them, json2c.py's `span`; and copies that end where a guard page begins, so
 * that one octet read or written too far is a crash. */

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "span.h"

typedef struct octets {
    const char *p;
    size_t      len;
} octets;

/* A string literal, with the NULs it may hold. */
#define OCTETS(text) {text, sizeof(text) - 1}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline wb_span
octets_span(octets o)
{
    return wb_span_of(o.p, o.len);
}

static inline uint8_t *
octets_room(size_t len)
{
    uint8_t *p = sodium_malloc(len);

    if (p == NULL)
        abort();
    return p;
}

static inline uint8_t *
octets_guarded(const void *data, size_t len)
{
    uint8_t *p = octets_room(len);

    if (len > 0)
        memcpy(p, data, len);
    return p;
}

/* Big-endian. */
static inline void
octets_put_u32(uint8_t *p, uint32_t value)
{
    int i;

    for (i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * (3 - i));
}

#endif /* OCTETS_H */
