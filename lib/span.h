/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SPAN_H
#define WB_SPAN_H

#include <stddef.h>
#include <stdint.h>

/* Borrowed octets: pointer and length that must not drift apart. */
typedef struct wb_span {
    const uint8_t *p;
    size_t         len;
} wb_span;

static inline wb_span
wb_span_of(const void *p, size_t len)
{
    wb_span span = {p, len};
    return span;
}

#endif /* WB_SPAN_H */
