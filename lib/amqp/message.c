/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

#include <string.h>

/* AMQP 1.0 part 3, 3.2 */
enum { HEADER = 0x70, PROPERTIES = 0x73, DATA = 0x75, SEQUENCE = 0x76, VALUE = 0x77, FOOTER = 0x78 };

static uint32_t
time_to_live(int64_t expires_ms, int64_t now_ms)
{
    if (expires_ms <= now_ms)
        return 1; /* 0 is no limit to some */
    if (now_ms < 0 || expires_ms - now_ms > UINT32_MAX)
        return UINT32_MAX;
    return (uint32_t)(expires_ms - now_ms);
}

static void
write_header(wb_amqp_writer *out, uint32_t ttl, int is_durable)
{
    uint8_t        fields[8];
    wb_amqp_writer list = {.buf = fields, .size = sizeof(fields)};

    wb_amqp_write_octet(&list, is_durable ? WB_AMQP_TRUE : WB_AMQP_FALSE);
    wb_amqp_write_octet(&list, WB_AMQP_NULL); /* priority */
    wb_amqp_write_octet(&list, WB_AMQP_UINT);
    wb_amqp_write_number(&list, ttl, 4);
    wb_amqp_write_section(out, HEADER, 3, fields, list.len);
}

static void
write_properties(wb_amqp_writer *out, const pwwb_message *message, const char *reply_to)
{
    static const uint8_t nulls[3] = {WB_AMQP_NULL, WB_AMQP_NULL, WB_AMQP_NULL};
    uint8_t              fields[640];
    wb_amqp_writer       list = {.buf = fields, .size = sizeof(fields)};

    wb_amqp_write_text(&list, WB_AMQP_BIN8, message->id, sizeof(message->id));
    wb_amqp_write(&list, nulls, 3); /* user, to, subject */
    if (reply_to != NULL)
        wb_amqp_write_text(&list, WB_AMQP_STR8, reply_to, strlen(reply_to));
    else
        wb_amqp_write(&list, nulls, 1);
    wb_amqp_write_text(&list, WB_AMQP_BIN8, message->id, sizeof(message->id)); /* correlation */
    wb_amqp_write(&list, nulls, 2); /* type, encoding */
    wb_amqp_write_octet(&list, WB_AMQP_TIMESTAMP);
    wb_amqp_write_number(&list, (uint64_t)message->expires_ms, 8);
    out->is_full |= list.is_full;
    wb_amqp_write_section(out, PROPERTIES, 9, fields, list.len);
}

int
wb_amqp_message_write(wb_amqp_writer *out, const pwwb_message *message,
                      const wb_amqp_envelope *envelope)
{
    static const uint8_t data[3] = {0, WB_AMQP_SMALLULONG, DATA};

    write_header(out, time_to_live(message->expires_ms, envelope->now_ms), envelope->is_durable);
    write_properties(out, message, envelope->reply_to);
    wb_amqp_write(out, data, sizeof(data));
    wb_amqp_write_text(out, WB_AMQP_BIN8, message->data, message->len);
    return out->is_full ? -1 : 0;
}

static int
is_true(const wb_amqp_value *value)
{
    return value->code == WB_AMQP_TRUE || (value->code == WB_AMQP_BOOLEAN && value->body.p[0] == 1);
}

static uint64_t
number_of(wb_amqp_value value)
{
    uint64_t number = 0;

    if (value.code == WB_AMQP_SMALLUINT || value.code == WB_AMQP_UINT)
        (void)wb_amqp_read_number(&value.body, value.body.len, &number);
    return number;
}

static int
read_header(const wb_amqp_value *section, wb_amqp_received *received)
{
    wb_amqp_octets fields;
    wb_amqp_value  value;
    uint64_t       count, i;

    if (wb_amqp_read_list(section, &fields, &count) != 0)
        return -1;
    for (i = 0; i < count && i < 5; i++) {
        if (wb_amqp_read_value(&fields, &value) != 0)
            return -1;
        if (i == 3)
            received->is_first_acquirer = is_true(&value);
        if (i == 4)
            received->delivery_count = number_of(value);
    }
    return 0;
}

/* Ours: 16 octets; or a UUID, which some make of them. */
static void
take_id(const wb_amqp_value *value, wb_amqp_received *received)
{
    if ((value->code == WB_AMQP_BIN8 || value->code == WB_AMQP_BIN32 || value->code == WB_AMQP_UUID)
        && value->body.len == PWWB_ID_SIZE)
        memcpy(received->id, value->body.p, PWWB_ID_SIZE);
}

/* The correlation id, else the message's. */
static int
read_properties(const wb_amqp_value *section, wb_amqp_received *received)
{
    wb_amqp_octets fields;
    wb_amqp_value  value;
    uint64_t       count, i;

    if (wb_amqp_read_list(section, &fields, &count) != 0)
        return -1;
    for (i = 0; i < count && i < 6; i++) {
        if (wb_amqp_read_value(&fields, &value) != 0)
            return -1;
        if (i == 0 || i == 5)
            take_id(&value, received);
    }
    return 0;
}

static int
read_section(const wb_amqp_value *section, wb_amqp_received *received)
{
    switch (section->descriptor) {
    case HEADER:
        return read_header(section, received);
    case PROPERTIES:
        return read_properties(section, received);
    case DATA:
        received->data = section->body;
        return section->code == WB_AMQP_BIN8 || section->code == WB_AMQP_BIN32 ? 0 : -1;
    case SEQUENCE:
    case VALUE:
        return -1;
    default:
        return 0; /* annotations, application properties, a footer */
    }
}

int
wb_amqp_message_read(const uint8_t *octets, size_t len, wb_amqp_received *ret_received)
{
    wb_amqp_octets in   = {octets, len};
    uint64_t       last = HEADER - 1;
    wb_amqp_value  section;

    memset(ret_received, 0, sizeof(*ret_received));
    while (in.len > 0) {
        if (wb_amqp_read_value(&in, &section) != 0 || section.descriptor <= last
            || section.descriptor > FOOTER || read_section(&section, ret_received) != 0)
            return -1; /* each section at most once, in their order */
        last = section.descriptor;
    }
    return ret_received->data.len > 0 ? 0 : -1;
}
