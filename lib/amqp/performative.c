/* SPDX-License-Identifier: Apache-2.0 */
#include "performative.h"

#include <string.h>

/* A letter for each field: a capital must be there. String, nUmber of 32 bits, Half of that, long,
 * ubyte (y), bOolean, biNary, Map, * = anything. */
static const char *const schemas[] = {
    [WB_AMQP_OPEN_FRAME - 0x10]        = "Ssuhu****m",
    [WB_AMQP_BEGIN_FRAME - 0x10]       = "hUUUu**m",
    [WB_AMQP_ATTACH_FRAME - 0x10]      = "SUOyy**moul**m",
    [WB_AMQP_FLOW_FRAME - 0x10]        = "uUUUuuuuoom",
    [WB_AMQP_TRANSFER_FRAME - 0x10]    = "Uunuooy*ooo",
    [WB_AMQP_DISPOSITION_FRAME - 0x10] = "OUuo*o",
    [WB_AMQP_DETACH_FRAME - 0x10]      = "Uo*",
    [WB_AMQP_END_FRAME - 0x10]         = "*",
    [WB_AMQP_CLOSE_FRAME - 0x10]       = "*",
};

/* The constructors of each letter, part 1, 1.6 */
static const struct {
    char        letter;
    const char *codes;
} kinds[] = {
    {'s', "\xa1\xb1"}, {'u', "\x43\x52\x70"}, {'h', "\x60"}, {'l', "\x44\x53\x80"},
    {'y', "\x50"},     {'o', "\x41\x42\x56"}, {'n', "\xa0\xb0"}, {'m', "\xc1\xd1"},
};

static char
small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + 'a' - 'A') : letter;
}

static int
is_of_kind(char letter, const wb_amqp_value *value, int is_described)
{
    size_t i;

    if (letter == '*')
        return 1;
    if (is_described)
        return 0;
    if (value->code == WB_AMQP_NULL)
        return letter == small(letter);
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].letter == small(letter))
            return strchr(kinds[i].codes, value->code) != NULL;
    return 0;
}

static int
read_fields(const char *schema, wb_amqp_octets *in, uint64_t count, wb_amqp_value *fields)
{
    const wb_amqp_value null = {WB_AMQP_NO_DESCRIPTOR, WB_AMQP_NULL, {in->p, 0}};
    size_t              i;

    for (i = 0; schema[i] != '\0'; i++) {
        int is_described = i < count && in->len > 0 && in->p[0] == 0;

        fields[i] = null;
        if (i < count && wb_amqp_read_value(in, &fields[i]) != 0)
            return -1;
        if (!is_of_kind(schema[i], &fields[i], is_described))
            return -1;
    }
    return count <= i && in->len == 0 ? 0 : -1;
}

int
wb_amqp_performative_read(wb_amqp_octets *in, wb_amqp_performative *ret_performative)
{
    wb_amqp_value  value;
    wb_amqp_octets fields;
    uint64_t       count;

    if (wb_amqp_read_value(in, &value) != 0 || value.descriptor < WB_AMQP_OPEN_FRAME
        || value.descriptor > WB_AMQP_CLOSE_FRAME
        || wb_amqp_read_list(&value, &fields, &count) != 0)
        return -1;

    ret_performative->descriptor = value.descriptor;
    return read_fields(schemas[value.descriptor - WB_AMQP_OPEN_FRAME], &fields, count,
                       ret_performative->fields);
}

int
wb_amqp_has_field(const wb_amqp_performative *performative, size_t i)
{
    return performative->fields[i].code != WB_AMQP_NULL;
}

uint64_t
wb_amqp_field(const wb_amqp_performative *performative, size_t i)
{
    wb_amqp_octets body   = performative->fields[i].body;
    uint64_t       number = 0;

    if (performative->fields[i].code == WB_AMQP_TRUE)
        return 1;
    (void)wb_amqp_read_number(&body, body.len, &number);
    return number;
}
