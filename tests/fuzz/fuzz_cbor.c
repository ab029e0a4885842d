/* SPDX-License-Identifier: Apache-2.0 */
/* parses: cbor.c */
/* The strict reader and every function of it. The first octet says how many steps, then come the
 * steps, then what they read. What a step reads is written again and must come out the same: the
 * reader takes nothing but the shortest form. */
#include "cbor.h"
#include "fuzz.h"

/* Where a step stands, and what it wrote of what it read. */
typedef struct walk {
    wb_cbor     in;
    wb_cbor_out out;
    int         is_same; /* the step reads what can be written */
} walk;

static void
read_number(walk *w, int how)
{
    uint64_t u = 0;
    int64_t  i = 0;

    if (how == 0)
        u = wb_cbor_uint(&w->in);
    else if (how == 1)
        i = wb_cbor_int(&w->in);
    else
        i = wb_cbor_int32(&w->in);
    FUZZ_CHECK(w->in.status == PWWB_OK || (u == 0 && i == 0));
    FUZZ_CHECK(how != 2 || (i >= 0 && i <= INT32_MAX));
    w->is_same = u <= INT64_MAX;
    wb_cbor_put_int(&w->out, how == 0 ? (int64_t)(u & INT64_MAX) : i);
}

static void
read_string(walk *w, int how, size_t wanted)
{
    uint8_t fixed[16];
    wb_span text = {fixed, wanted};

    if (how == 0)
        text = wb_cbor_octets(&w->in);
    else if (how == 1)
        text = wb_cbor_text(&w->in);
    else
        wb_cbor_fixed(&w->in, fixed, wanted);
    FUZZ_CHECK(w->in.status == PWWB_OK || how == 2 || (text.p == NULL && text.len == 0));
    if (how == 1)
        wb_cbor_put_text(&w->out, (const char *)text.p, text.len);
    else
        wb_cbor_put_octets(&w->out, text);
    w->is_same = 1;
}

/* The heads of what holds others, and what is expected to be there. */
static void
read_head(walk *w, int how, int wanted)
{
    w->is_same = 1;
    if (how == 0) {
        wb_cbor_put_array(&w->out, wb_cbor_array(&w->in));
    } else if (how == 1) {
        size_t pairs = wb_cbor_map(&w->in);

        FUZZ_CHECK(pairs <= WB_CBOR_PAIRS_MAX);
        wb_cbor_put_map(&w->out, pairs);
    } else if (how == 2) {
        wb_cbor_tag(&w->in, (uint64_t)wanted);
        wb_cbor_put_tag(&w->out, (uint64_t)wanted);
    } else {
        wb_cbor_expect(&w->in, wanted - 8);
        wb_cbor_put_int(&w->out, wanted - 8);
    }
}

/* What takes all that is left, or nothing. */
static void
read_rest(walk *w, int how, int major)
{
    wb_cbor before = w->in;

    if (how == 0) {
        wb_span item = wb_cbor_skip(&w->in);

        wb_cbor_put_raw(&w->out, item);
        w->is_same = 1;
    } else if (how == 1) {
        wb_cbor_zeros(&w->in);
        FUZZ_CHECK(w->in.rest.len == 0);
    } else if (how == 2) {
        wb_cbor_end(&w->in);
        FUZZ_CHECK(w->in.status != PWWB_OK || before.rest.len == 0);
    } else if (how == 3 && wb_cbor_next_is(&w->in, major)) {
        FUZZ_CHECK(before.rest.len > 0 && before.rest.p[0] >> 5 == major);
    } else if (how == 4) {
        wb_cbor_fail(&w->in);
    }
}

static void
step(walk *w, uint8_t what)
{
    int how = what & 15, more = what >> 4;

    if (how < 3)
        read_number(w, how);
    else if (how < 6)
        read_string(w, how - 3, 1 + (size_t)more);
    else if (how < 10)
        read_head(w, how - 6, more);
    else
        read_rest(w, how - 10, more & 7);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t  steps = size > 0 ? data[0] : 0, i;
    uint8_t written[8192];
    walk    w;

    fuzz_begin();
    if (size < 1 + steps || size > sizeof(written))
        return 0;

    w.in = wb_cbor_read(wb_span_of(data + 1 + steps, size - 1 - steps));
    for (i = 0; i < steps; i++) {
        wb_cbor before = w.in;

        w.is_same = 0;
        w.out     = wb_cbor_write(written, sizeof(written));
        step(&w, data[1 + i]);
        FUZZ_CHECK(before.status == PWWB_OK || w.in.status == before.status);
        FUZZ_CHECK(w.in.rest.p + w.in.rest.len <= data + size);
        if (w.in.status != PWWB_OK || !w.is_same)
            continue;
        FUZZ_CHECK(wb_cbor_fits(&w.out) && w.out.need == before.rest.len - w.in.rest.len);
        FUZZ_CHECK(memcmp(written, before.rest.p, w.out.need) == 0);
    }
    return 0;
}
