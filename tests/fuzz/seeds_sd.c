/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "octets.h"
#include "seeds.h"

static const struct descriptor {
    const char *name;
    int         entries;
    int         is_protected;
    octets      data;
} descriptors[] = {
#include "descriptors.h"
};

/* The right to change a password, of Everyone. */
static const uint8_t head[] = {2,    12,   0x53, 0x1a, 0x72, 0xab, 0x2f, 0x1e, 0xd0, 0x11,
                               0x98, 0x19, 0x00, 0xaa, 0x00, 0x40, 0x52, 0x9b, 1,    1,
                               0,    0,    0,    0,    0,    1,    0,    0,    0,    0};

/* The last entry of this one is of a kind that grants under a condition. */
static const uint8_t conditional[] = {
    1, 0, 0x04, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 4, 0, 52, 0, 2, 0, 0, 0,
    10, 0, 24, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 'a', 'r', 't', 'x',
    9, 0, 20, 0, 0, 0, 0, 0xf0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
};

static void
put_descriptor(const void *data, size_t len)
{
    uint8_t seed[4096];

    memcpy(seed, head, sizeof(head));
    memcpy(seed + sizeof(head), data, len);
    put("sd", seed, sizeof(head) + len);
    put_changed("sd", seed, sizeof(head) + len, 17);
    put_changed("sd", seed, sizeof(head) + len, sizeof(head));
}

void
seed_descriptors(void)
{
    size_t i;

    for (i = 0; i < COUNT(descriptors); i++)
        put_descriptor(descriptors[i].data.p, descriptors[i].data.len);
    put_descriptor(conditional, sizeof(conditional));
}
