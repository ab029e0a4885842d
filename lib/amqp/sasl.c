/* SPDX-License-Identifier: Apache-2.0 */
#include "sasl.h"

#include <string.h>

#define HEADER_SIZE 8

static const uint8_t protocol[HEADER_SIZE] = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
static const char    malformed[]           = "the broker broke SASL's protocol";

enum { HEADER, MECHANISMS, OUTCOME };                      /* what is awaited */
enum { DESCRIBES_MECHANISMS = 0x40, DESCRIBES_INIT = 0x41, DESCRIBES_OUTCOME = 0x44 };

/* The fields of sasl-init: PLAIN, NUL user NUL password (RFC 4616), host. */
static size_t
write_init(wb_amqp_writer *out, const char *user, const uint8_t *secret, size_t secret_len,
           const char *host)
{
    size_t user_len = strlen(user);
    size_t len      = user_len + secret_len + 2;
    size_t host_len = host != NULL ? strlen(host) : 0;

    wb_amqp_write_number(out, host != NULL ? 3 : 2, 4);
    wb_amqp_write_text(out, WB_AMQP_SYM8, "PLAIN", 5);
    wb_amqp_write_octet(out, WB_AMQP_BIN32);
    wb_amqp_write_number(out, len, 4);
    wb_amqp_write_octet(out, 0);
    wb_amqp_write(out, user, user_len);
    wb_amqp_write_octet(out, 0);
    wb_amqp_write(out, secret, secret_len);
    if (host != NULL)
        wb_amqp_write_text(out, WB_AMQP_STR8, host, host_len);
    return out->len;
}

int
wb_amqp_sasl_frame(wb_amqp_writer *out, const char *user, const uint8_t *secret,
                   size_t secret_len, const char *host)
{
    static const uint8_t start[] = {0, 0, 0, 0, 2, 1, 0, 0, /* size, offset, type SASL */
                                    0, WB_AMQP_SMALLULONG, DESCRIBES_INIT, WB_AMQP_LIST32,
                                    0, 0, 0, 0};
    wb_amqp_writer       size;

    out->size = out->size < WB_AMQP_SASL_FRAME_MAX ? out->size : WB_AMQP_SASL_FRAME_MAX;
    wb_amqp_write(out, start, sizeof(start));
    (void)write_init(out, user, secret, secret_len, host);
    if (out->is_full && host != NULL) {
        *out = (wb_amqp_writer){.buf = out->buf, .size = out->size};
        return wb_amqp_sasl_frame(out, user, secret, secret_len, NULL);
    }
    if (out->is_full)
        return -1;

    size = (wb_amqp_writer){.buf = out->buf, .size = 4};
    wb_amqp_write_number(&size, out->len, 4);
    size = (wb_amqp_writer){.buf = out->buf + sizeof(start) - 4, .size = 4};
    wb_amqp_write_number(&size, out->len - sizeof(start), 4);
    return 0;
}

void
wb_amqp_sasl_begin(wb_amqp_sasl *sasl, const uint8_t *init, size_t init_len)
{
    memset(sasl, 0, sizeof(*sasl));
    sasl->init = (wb_amqp_octets){init, init_len};
    sasl->out  = (wb_amqp_octets){protocol, sizeof(protocol)};
}

static int
is_plain(const wb_amqp_octets *name)
{
    return name->len == 5 && memcmp(name->p, "PLAIN", 5) == 0;
}

/* An array has one constructor, then its elements. */
static int
array_has_plain(wb_amqp_octets array, size_t width)
{
    uint64_t       count, code;
    wb_amqp_octets name;

    if (wb_amqp_read_number(&array, width, &count) != 0
        || wb_amqp_read_number(&array, 1, &code) != 0)
        return 0;
    if (code != WB_AMQP_SYM8 && code != WB_AMQP_SYM32)
        return 0;
    for (; count > 0 && wb_amqp_read_body(&array, (uint8_t)code, &name) == 0; count--)
        if (is_plain(&name))
            return 1;
    return 0;
}

static int
offers_plain(const wb_amqp_value *field)
{
    switch (field->code) {
    case WB_AMQP_SYM8:
    case WB_AMQP_SYM32:
        return is_plain(&field->body);
    case WB_AMQP_ARRAY8:
        return array_has_plain(field->body, 1);
    case WB_AMQP_ARRAY32:
        return array_has_plain(field->body, 4);
    default:
        return 0;
    }
}

/* The first field of a frame's body, whose descriptor must be the awaited one. */
static int
first_field(wb_amqp_octets body, uint64_t descriptor, wb_amqp_value *ret_field)
{
    wb_amqp_value  performative;
    wb_amqp_octets fields;
    uint64_t       count;

    if (wb_amqp_read_value(&body, &performative) != 0 || performative.descriptor != descriptor
        || wb_amqp_read_list(&performative, &fields, &count) != 0 || count == 0)
        return -1;
    return wb_amqp_read_value(&fields, ret_field);
}

static pwwb_status
judge(uint8_t code, const char **ret_why)
{
    *ret_why = code == 1 ? "the broker refused the name or the password"
                         : "the broker could not check the password";
    return code == 1 ? PWWB_E_AUTH : PWWB_E_CONNECT;
}

static pwwb_status
take_frame(wb_amqp_sasl *sasl, wb_amqp_octets body, const char **ret_why)
{
    wb_amqp_value field;

    if (sasl->stage == MECHANISMS) {
        if (first_field(body, DESCRIBES_MECHANISMS, &field) != 0)
            return PWWB_E_CONNECT;
        *ret_why = "the broker does not take a password (SASL PLAIN)";
        if (!offers_plain(&field))
            return PWWB_E_AUTH;

        sasl->stage = OUTCOME;
        sasl->out   = sasl->init;
        return PWWB_OK;
    }
    if (first_field(body, DESCRIBES_OUTCOME, &field) != 0 || field.code != WB_AMQP_UBYTE)
        return PWWB_E_CONNECT;
    if (field.body.p[0] != 0)
        return judge(field.body.p[0], ret_why);

    sasl->is_done = 1;
    return PWWB_OK;
}

/* How many octets the piece at the front has, as far as they tell; 0 = it cannot be one. */
static size_t
piece_size(const wb_amqp_sasl *sasl)
{
    wb_amqp_octets in = {sasl->in, 4};
    uint64_t       size;

    if (sasl->stage == HEADER || sasl->in_len < HEADER_SIZE)
        return HEADER_SIZE;

    (void)wb_amqp_read_number(&in, 4, &size);
    return size < HEADER_SIZE || size > sizeof(sasl->in) ? 0 : (size_t)size;
}

static pwwb_status
take_piece(wb_amqp_sasl *sasl, const char **ret_why)
{
    size_t offset = (size_t)sasl->in[4] * 4;

    if (sasl->stage == HEADER) {
        *ret_why = "the other side does not speak AMQP 1.0 with SASL";
        if (memcmp(sasl->in, protocol, sizeof(protocol)) != 0)
            return PWWB_E_CONNECT;
        sasl->stage = MECHANISMS;
        return PWWB_OK;
    }
    if (sasl->in[5] != 1 || offset < HEADER_SIZE || offset > sasl->in_len)
        return PWWB_E_CONNECT;
    return take_frame(sasl, (wb_amqp_octets){sasl->in + offset, sasl->in_len - offset}, ret_why);
}

pwwb_status
wb_amqp_sasl_in(wb_amqp_sasl *sasl, const uint8_t *data, size_t len, size_t *ret_taken,
                const char **ret_why)
{
    pwwb_status st = PWWB_OK;

    *ret_taken = 0;
    while (st == PWWB_OK && *ret_taken < len && !sasl->is_done) {
        size_t size;

        sasl->in[sasl->in_len++] = data[(*ret_taken)++];
        *ret_why                 = malformed;
        size                     = piece_size(sasl);
        if (size == 0)
            return PWWB_E_CONNECT;
        if (sasl->in_len < size)
            continue;

        st           = take_piece(sasl, ret_why);
        sasl->in_len = 0;
    }
    return st;
}
