/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AMQP_TAP_H
#define AMQP_TAP_H

/* A stream between AMQP and TLS that looks at what goes out: frames, and of these the transfers, by
 * the address that their link was attached to. Another one under TLS counts octets alone. */

#include <stdlib.h>
#include <string.h>

#include <pwwb/stream.h>

#define TAP_FRAME   512 /* octets of a frame that are looked at */
#define TAP_HANDLES 32

/* Octets so far, of all taps of a level. */
typedef struct tap_octets {
    long out, in;
} tap_octets;

typedef struct tap {
    pwwb_stream *under;
    tap_octets  *octets;
    int          is_amqp;
    uint8_t      frame[TAP_FRAME];
    size_t       len, size;          /* of the frame: that were seen, and in all; 0 = not known */
    int          kinds[TAP_HANDLES]; /* of links, by handle: what tap_kind_of said */
} tap;

static tap_octets tap_plain, tap_wire;
static long       tap_frames; /* that went out, empty ones too */

/* What a transfer is, by its link's address; and that one has gone out. */
static int  tap_kind_of(const uint8_t *attach, size_t len);
static void tap_transfer(int kind);

static inline uint32_t
tap_big(const uint8_t at[4])
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The uint at `at`, in any of its encodings (1.6.11). */
static inline uint32_t
tap_uint(const uint8_t *at)
{
    if (at[0] == 0x43)
        return 0;
    return at[0] == 0x52 ? at[1] : tap_big(at + 1);
}

/* Where the fields of a performative begin: after its descriptor and the head of the list. */
static inline const uint8_t *
tap_fields(const uint8_t *body)
{
    return body + 3 + (body[3] == 0xc0 ? 3 : 9);
}

static inline void
tap_frame_out(tap *t)
{
    const uint8_t *body = t->frame + t->frame[4] * 4, *field;
    size_t         len  = t->len < TAP_FRAME ? t->len : TAP_FRAME;

    tap_frames++;
    if (t->frame[5] != 0 || len < 24 || body[1] != 0x53)
        return; /* of SASL, or empty */
    field = tap_fields(body);
    if (body[2] == 0x12) { /* attach: name, handle */
        uint32_t handle = tap_uint(field + 2 + field[1]);

        t->kinds[handle % TAP_HANDLES] = tap_kind_of(t->frame, len);
    }
    if (body[2] == 0x14) /* transfer: handle */
        tap_transfer(t->kinds[tap_uint(field) % TAP_HANDLES]);
}

/* The next octet: of a protocol header (8 octets, "AMQP"), or of a frame, whose size comes first. */
static inline void
tap_octet_out(tap *t, uint8_t octet)
{
    if (t->len < TAP_FRAME)
        t->frame[t->len] = octet;
    t->len++;
    if (t->len == 4)
        t->size = memcmp(t->frame, "AMQP", 4) == 0 ? 8 : tap_big(t->frame);
    if (t->len < 8 || t->len < t->size)
        return;
    if (memcmp(t->frame, "AMQP", 4) != 0)
        tap_frame_out(t);
    t->len = 0;
}

static inline pwwb_status
tap_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
         pwwb_error *err)
{
    tap        *t  = ctx;
    pwwb_status st = pwwb_stream_read(t->under, buf, buf_size, ret_len, timeout_ms, err);

    if (st == PWWB_OK)
        t->octets->in += (long)*ret_len;
    return st;
}

static inline pwwb_status
tap_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
          pwwb_error *err)
{
    tap        *t  = ctx;
    pwwb_status st = pwwb_stream_write_some(t->under, data, len, ret_len, timeout_ms, err);
    size_t      i;

    if (st != PWWB_OK)
        return st;
    t->octets->out += (long)*ret_len;
    for (i = 0; t->is_amqp && i < *ret_len; i++)
        tap_octet_out(t, data[i]);
    return st;
}

static inline pwwb_status
tap_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    tap *t = ctx;

    return pwwb_stream_interest(t->under, ret_interest, ret_timeout_ms, err);
}

static inline void
tap_destroy(void *ctx)
{
    tap *t = ctx;

    pwwb_stream_free(t->under);
    free(t);
}

/* `under` is taken over. */
static inline pwwb_stream *
tap_on(pwwb_stream *under, tap_octets *octets, int is_amqp)
{
    static const pwwb_stream_ops ops = {.size     = sizeof(ops),
                                        .read     = tap_read,
                                        .write    = tap_write,
                                        .destroy  = tap_destroy,
                                        .interest = tap_interest};
    tap         *t      = calloc(1, sizeof(*t));
    pwwb_stream *stream = NULL;

    *t = (tap){.under = under, .octets = octets, .is_amqp = is_amqp};
    if (pwwb_stream_new(&ops, t, &stream, NULL) != PWWB_OK)
        abort();
    return stream;
}

#endif /* AMQP_TAP_H */
