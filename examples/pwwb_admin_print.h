/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PWWB_ADMIN_PRINT_H
#define EXAMPLES_PWWB_ADMIN_PRINT_H

/* What comes from a directory or a file, on its way to a terminal or a program. */

#include <stdint.h>
#include <stdio.h>

/* A member of a JSON object, after a comma: RFC 8259 7. What is no UTF-8 becomes U+FFFD. */
void print_json_string(FILE *to, const char *name, const char *value);
/* The same value with nothing around it but its quotes. */
void print_json_value(FILE *to, const char *value);
/* With "?" in place of what a terminal would obey, and of what is no UTF-8. */
void print_plain(FILE *to, const char *value);
/* 1234567 as "1,234,567". */
const char *print_count(uint64_t count, char text[32]);

#endif /* EXAMPLES_PWWB_ADMIN_PRINT_H */
