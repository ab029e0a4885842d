/* SPDX-License-Identifier: Apache-2.0 */
#include "guid.h"

#include <string.h>

#define TEXT_LEN 36

/* Which octet of the directory each pair of digits is, from left to right. */
static const uint8_t order[PWWB_ID_SIZE] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

static int
dash_before(size_t pair)
{
    return pair == 4 || pair == 6 || pair == 8 || pair == 10;
}

static int
digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static int
parse(const char *text, uint8_t out[PWWB_ID_SIZE])
{
    size_t i;

    for (i = 0; i < PWWB_ID_SIZE; i++) {
        int high, low;

        if (dash_before(i) && *text++ != '-')
            return -1;

        high = digit(*text++);
        low  = digit(*text++);
        if (high < 0 || low < 0)
            return -1;

        out[order[i]] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

int
wb_guid_parse(const char *text, size_t len, uint8_t out[PWWB_ID_SIZE])
{
    memset(out, 0, PWWB_ID_SIZE);
    if (len != TEXT_LEN)
        return -1;
    if (parse(text, out) == 0)
        return 0;

    memset(out, 0, PWWB_ID_SIZE);
    return -1;
}

void
wb_guid_print(const uint8_t guid[PWWB_ID_SIZE], char out[TEXT_LEN + 1])
{
    static const char digits[] = "0123456789abcdef";
    size_t            i;

    for (i = 0; i < PWWB_ID_SIZE; i++) {
        if (dash_before(i))
            *out++ = '-';
        *out++ = digits[guid[order[i]] >> 4];
        *out++ = digits[guid[order[i]] & 15];
    }
    *out = '\0';
}

int
wb_guid_is_zero(const uint8_t guid[PWWB_ID_SIZE])
{
    static const uint8_t zero[PWWB_ID_SIZE];

    return memcmp(guid, zero, PWWB_ID_SIZE) == 0;
}
