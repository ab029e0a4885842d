/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_CBOR_H
#define WB_CBOR_H

/* CBOR (RFC 8949) read strictly and written in its shortest form: definite lengths, shortest
 * heads, no floats, no simple values, no tag but where one is asked for. Nothing is allocated and
 * nothing recurses: a reader asks for what the schema wants and anything else is malformed. */

#include <pwwb/error.h>

#include "span.h"

/* The first failure sticks; every later read returns zero values. Read a message straight down
 * and check `status` once, and before a value decides what to read next. */
typedef struct wb_cbor {
    wb_span     rest; /* octets not yet read */
    pwwb_status status;
} wb_cbor;

wb_cbor  wb_cbor_read(wb_span octets);
void     wb_cbor_fail(wb_cbor *in);
uint64_t wb_cbor_uint(wb_cbor *in);
int64_t  wb_cbor_int(wb_cbor *in);
int32_t  wb_cbor_int32(wb_cbor *in);  /* not negative */
void     wb_cbor_expect(wb_cbor *in, int64_t value);
wb_span  wb_cbor_octets(wb_cbor *in); /* a byte string, borrowed from the input */
wb_span  wb_cbor_text(wb_cbor *in);   /* a text string; is UTF-8 */
size_t   wb_cbor_array(wb_cbor *in);  /* items that follow */
size_t   wb_cbor_map(wb_cbor *in);    /* pairs that follow, at most WB_CBOR_PAIRS_MAX */
void     wb_cbor_tag(wb_cbor *in, uint64_t tag);
void     wb_cbor_fixed(wb_cbor *in, uint8_t *out, size_t len); /* a byte string of that length */
wb_span  wb_cbor_skip(wb_cbor *in);  /* one item of any allowed type, whole, borrowed */
void     wb_cbor_zeros(wb_cbor *in); /* only zero octets may be left, and are taken */
void     wb_cbor_end(wb_cbor *in);   /* nothing may be left */
/* Whether the next item's major type is that one; 0 at the end. */
int      wb_cbor_next_is(const wb_cbor *in, int major);

#define WB_CBOR_PAIRS_MAX 24

enum wb_cbor_major {
    WB_CBOR_UINT   = 0,
    WB_CBOR_NINT   = 1,
    WB_CBOR_OCTETS = 2,
    WB_CBOR_TEXT   = 3
};

/* Writes into a buffer; when it does not fit, `need` still grows and nothing more is written. */
typedef struct wb_cbor_out {
    uint8_t *buf;
    size_t   size;
    size_t   need;
} wb_cbor_out;

wb_cbor_out wb_cbor_write(uint8_t *buf, size_t size);
int         wb_cbor_fits(const wb_cbor_out *out);
void        wb_cbor_put_int(wb_cbor_out *out, int64_t value);
void        wb_cbor_put_octets(wb_cbor_out *out, wb_span octets);
void        wb_cbor_put_text(wb_cbor_out *out, const char *text, size_t len);
void        wb_cbor_put_array(wb_cbor_out *out, size_t items);
void        wb_cbor_put_map(wb_cbor_out *out, size_t pairs);
void        wb_cbor_put_tag(wb_cbor_out *out, uint64_t tag);
void        wb_cbor_put_null(wb_cbor_out *out);
/* The head of a byte string whose octets the caller writes itself, and room for them: a pointer
 * into the buffer, NULL when they do not fit. */
uint8_t    *wb_cbor_put_room(wb_cbor_out *out, size_t len);
/* Octets that are CBOR already. */
void        wb_cbor_put_raw(wb_cbor_out *out, wb_span octets);

#endif /* WB_CBOR_H */
