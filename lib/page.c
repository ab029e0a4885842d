/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"

#include <stdarg.h>
#include <stdio.h>

#define DAY_S   86400
#define TO_1970 719468 /* days since 1 March of the year 0 */

void
wb_page_say(wb_page *p, const char *format, ...)
{
    size_t  at = p->len < p->size ? p->len : p->size;
    va_list args;
    int     len;

    va_start(args, format);
    len = vsnprintf(p->size > at ? p->buf + at : NULL, p->size - at, format, args);
    va_end(args);
    p->len += len > 0 ? (size_t)len : 0;
}

void
wb_page_name(wb_page *p, const char *name, size_t size)
{
    size_t i;

    for (i = 0; i < size && name[i] != '\0'; i++) {
        uint8_t c    = (uint8_t)name[i];
        uint8_t next = i + 1 < size ? (uint8_t)name[i + 1] : 0;

        if (c == 0xc2 && next >= 0x80 && next < 0xa0) {
            i++; /* U+0080 to U+009F */
            c = 0x7f;
        }
        wb_page_say(p, "%c", c < ' ' || c == 0x7f ? '?' : c);
    }
}

/* Take as many whole parts of that many days as there are, at most `most`. */
static int
take(int64_t *days, int64_t part, int64_t most)
{
    int64_t count = *days / part < most ? *days / part : most;

    *days -= count * part;
    return (int)count;
}

/* Years begin in March of the year 0 here, so that a leap day is the last of all that hold it: a
 * year, four years, a century, four centuries. */
const char *
wb_page_time(int64_t ms, char text[WB_PAGE_TIME_SIZE])
{
    static const int lengths[] = {31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29};
    int64_t          s         = ms / 1000;
    int64_t          days      = s / DAY_S + TO_1970;
    int              year, month = 0;

    year = 400 * take(&days, 146097, INT32_MAX / 400 - 1);
    year += 100 * take(&days, 36524, 3);
    year += 4 * take(&days, 1461, 24);
    year += take(&days, 365, 3);
    while (month < 11 && days >= lengths[month])
        days -= lengths[month++];

    (void)snprintf(text, WB_PAGE_TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", year + (month >= 10),
                   (month + 2) % 12 + 1, (int)days + 1, (int)(s % DAY_S / 3600),
                   (int)(s % 3600 / 60), (int)(s % 60));
    return text;
}

const char *
wb_page_span(int64_t ms, char text[WB_PAGE_TIME_SIZE])
{
    static const struct {
        int64_t     ms;
        const char *name;
    } units[] = {{86400000, "day"}, {3600000, "hour"}, {60000, "minute"}, {1000, "second"},
                 {1, "millisecond"}};
    size_t i = 0;

    while (ms % units[i].ms != 0)
        i++;
    (void)snprintf(text, WB_PAGE_TIME_SIZE, "%lld %s%s", (long long)(ms / units[i].ms), units[i].name,
                   ms == units[i].ms ? "" : "s");
    return text;
}
