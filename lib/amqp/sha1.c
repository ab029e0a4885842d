/* SPDX-License-Identifier: Apache-2.0 */
#include "sha1.h"

#include <string.h>

#define BLOCK 64

static uint32_t
rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

/* One of the four rounds' functions, with its constant. */
static uint32_t
mix(size_t t, uint32_t b, uint32_t c, uint32_t d)
{
    if (t < 20)
        return ((b & c) | (~b & d)) + 0x5a827999;
    if (t < 40)
        return (b ^ c ^ d) + 0x6ed9eba1;
    if (t < 60)
        return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

static void
take_block(uint32_t h[5], const uint8_t *p)
{
    uint32_t w[80], v[5];
    size_t   t;

    for (t = 0; t < 16; t++)
        w[t] = (uint32_t)p[4 * t] << 24 | (uint32_t)p[4 * t + 1] << 16
               | (uint32_t)p[4 * t + 2] << 8 | p[4 * t + 3];
    for (; t < 80; t++)
        w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);

    memcpy(v, h, sizeof(v));
    for (t = 0; t < 80; t++) {
        uint32_t next = rotate(v[0], 5) + mix(t, v[1], v[2], v[3]) + v[4] + w[t];

        v[4] = v[3];
        v[3] = v[2];
        v[2] = rotate(v[1], 30);
        v[1] = v[0];
        v[0] = next;
    }
    for (t = 0; t < 5; t++)
        h[t] += v[t];
}

/* What is left, a one bit, zeros, and how many bits there were. */
static void
take_end(uint32_t h[5], const uint8_t *p, size_t left, uint64_t octets)
{
    uint8_t last[2 * BLOCK] = {0};
    size_t  size            = left < BLOCK - 8 ? BLOCK : 2 * BLOCK, i;

    memcpy(last, p, left);
    last[left] = 0x80;
    for (i = 0; i < 8; i++)
        last[size - 1 - i] = (uint8_t)(octets * 8 >> (8 * i));
    for (i = 0; i < size; i += BLOCK)
        take_block(h, last + i);
}

void
wb_amqp_sha1(const uint8_t *data, size_t len, uint8_t digest[WB_AMQP_SHA1_SIZE])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    size_t   at, i;

    for (at = 0; len - at >= BLOCK; at += BLOCK)
        take_block(h, data + at);
    take_end(h, data + at, len - at, len);
    for (i = 0; i < WB_AMQP_SHA1_SIZE; i++)
        digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}
