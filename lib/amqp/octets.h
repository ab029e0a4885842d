/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_OCTETS_H
#define WB_AMQP_OCTETS_H

#include <stddef.h>
#include <stdint.h>

/* AMQP's encoding of values (AMQP 1.0 part 1), as far as messages and SASL need it: no malloc, no
 * recursion. */

/* Octets still to be read. */
typedef struct wb_amqp_octets {
    const uint8_t *p;
    size_t         len;
} wb_amqp_octets;

#define WB_AMQP_NO_DESCRIPTOR UINT64_MAX

/* One value. `body` is what stands behind the constructor; of a list, map or array, what stands
 * behind its size. */
typedef struct wb_amqp_value {
    uint64_t       descriptor; /* a number, or WB_AMQP_NO_DESCRIPTOR */
    uint8_t        code;       /* the constructor's octet */
    wb_amqp_octets body;
} wb_amqp_value;

/* Constructors that are asked for by name. */
enum {
    WB_AMQP_NULL = 0x40, WB_AMQP_TRUE = 0x41, WB_AMQP_FALSE = 0x42, WB_AMQP_UINT0 = 0x43,
    WB_AMQP_ULONG0 = 0x44, WB_AMQP_LIST0 = 0x45, WB_AMQP_UBYTE = 0x50, WB_AMQP_SMALLUINT = 0x52,
    WB_AMQP_SMALLULONG = 0x53, WB_AMQP_BOOLEAN = 0x56, WB_AMQP_UINT = 0x70, WB_AMQP_ULONG = 0x80,
    WB_AMQP_TIMESTAMP = 0x83, WB_AMQP_UUID = 0x98, WB_AMQP_BIN8 = 0xa0, WB_AMQP_STR8 = 0xa1,
    WB_AMQP_SYM8 = 0xa3, WB_AMQP_BIN32 = 0xb0, WB_AMQP_SYM32 = 0xb3, WB_AMQP_LIST8 = 0xc0,
    WB_AMQP_LIST32 = 0xd0, WB_AMQP_ARRAY8 = 0xe0, WB_AMQP_ARRAY32 = 0xf0
};

/* A number of `width` octets, big-endian. 0, or -1 when they are not there. */
int wb_amqp_read_number(wb_amqp_octets *in, size_t width, uint64_t *ret_number);

/* The octets behind the constructor `code`. 0, or -1 when they are not there or it is none. */
int wb_amqp_read_body(wb_amqp_octets *in, uint8_t code, wb_amqp_octets *ret_body);

/* The next value, described or not. */
int wb_amqp_read_value(wb_amqp_octets *in, wb_amqp_value *ret_value);

/* A list's fields and how many there are. */
int wb_amqp_read_list(const wb_amqp_value *value, wb_amqp_octets *ret_fields, uint64_t *ret_count);

/* Octets to be written. What does not fit makes it full for good. */
typedef struct wb_amqp_writer {
    uint8_t *buf;
    size_t   size;
    size_t   len;
    int      is_full;
} wb_amqp_writer;

void wb_amqp_write(wb_amqp_writer *out, const void *data, size_t len);
void wb_amqp_write_octet(wb_amqp_writer *out, uint8_t octet);
void wb_amqp_write_number(wb_amqp_writer *out, uint64_t number, size_t width);

/* Text or octets: the constructor is BIN8, STR8 or SYM8, and its long form where that is needed. */
void wb_amqp_write_text(wb_amqp_writer *out, uint8_t code8, const void *data, size_t len);

/* A described list, whose `count` fields are written already. */
void wb_amqp_write_section(wb_amqp_writer *out, uint8_t descriptor, uint8_t count,
                           const uint8_t *fields, size_t len);

#endif /* WB_AMQP_OCTETS_H */
