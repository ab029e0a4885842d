/* SPDX-License-Identifier: Apache-2.0 */
#include "pwwb_admin_print.h"

#include <string.h>

static int
is_tail(unsigned char octet)
{
    return (octet & 0xc0) == 0x80;
}

/* Octets of the character at `text`, by RFC 3629 4; 0 when there is none. A NUL is no tail, so nothing
 * behind it is read. */
static size_t
character(const unsigned char *text)
{
    if (text[0] < 0x80)
        return 1;
    if (text[0] >= 0xc2 && text[0] <= 0xdf)
        return is_tail(text[1]) ? 2 : 0;
    if ((text[0] & 0xf0) == 0xe0)
        return is_tail(text[1]) && is_tail(text[2]) && (text[0] != 0xe0 || text[1] >= 0xa0)
                       && (text[0] != 0xed || text[1] < 0xa0)
                   ? 3
                   : 0;
    if (text[0] >= 0xf0 && text[0] <= 0xf4)
        return is_tail(text[1]) && is_tail(text[2]) && is_tail(text[3])
                       && (text[0] != 0xf0 || text[1] >= 0x90) && (text[0] != 0xf4 || text[1] < 0x90)
                   ? 4
                   : 0;
    return 0;
}

/* C0, DEL and C1. */
static int
is_control(const unsigned char *text)
{
    return text[0] < 0x20 || text[0] == 0x7f || (text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0);
}

void
print_json_value(FILE *to, const char *value)
{
    const unsigned char *at = (const unsigned char *)value;
    size_t               len;

    fputc('"', to);
    for (; *at != '\0'; at += len == 0 ? 1 : len) {
        len = character(at);
        if (len == 0)
            fputs("\\ufffd", to);
        else if (*at == '"' || *at == '\\')
            fprintf(to, "\\%c", *at);
        else if (is_control(at))
            fprintf(to, "\\u%04x", (unsigned)(len == 1 ? at[0] : at[1]));
        else
            fwrite(at, 1, len, to);
    }
    fputc('"', to);
}

void
print_json_string(FILE *to, const char *name, const char *value)
{
    fprintf(to, ", \"%s\": ", name);
    print_json_value(to, value);
}

void
print_plain(FILE *to, const char *value)
{
    const unsigned char *at = (const unsigned char *)value;
    size_t               len;

    for (; *at != '\0'; at += len == 0 ? 1 : len) {
        len = character(at);
        if (len == 0 || is_control(at))
            fputc('?', to);
        else
            fwrite(at, 1, len, to);
    }
}

const char *
print_count(uint64_t count, char text[32])
{
    char   digits[32];
    size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count);
    size_t i, at = 0;

    for (i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}
