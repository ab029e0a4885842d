/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_PAGE_H
#define WB_PAGE_H

/* A text for people that grows as far as there is room, and counts on where there is none. */

#include <stddef.h>
#include <stdint.h>

typedef struct wb_page {
    char  *buf;
    size_t size;
    size_t len; /* of the whole text, what did not fit included */
} wb_page;

__attribute__((format(printf, 2, 3))) void wb_page_say(wb_page *page, const char *format, ...);

/* A name from outside, without what a terminal or a log would take for a command. */
void wb_page_name(wb_page *page, const char *name, size_t size);

/* Parts of a text, each in a buffer of the caller's. */
#define WB_PAGE_TIME_SIZE 80
/* Milliseconds since 1970, at least 0, as a time of the Gregorian calendar, ISO 8601. */
const char *wb_page_time(int64_t ms, char text[WB_PAGE_TIME_SIZE]);
/* "42 days": in the largest unit that it is a whole number of. */
const char *wb_page_span(int64_t ms, char text[WB_PAGE_TIME_SIZE]);

#endif /* WB_PAGE_H */
