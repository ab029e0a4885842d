/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HARNESS_H
#define HARNESS_H

/*
 * Tests in TAP. A test is a static function named as a sentence; main() RUNs each and returns DONE.
 * A failed check says where and what, and the test goes on. A test that checks nothing has failed.
 * A line like "rows: 5 16" in a comment near the top of a test file says which rows of the table of
 * features it proves.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <pwwb/error.h>

static int harness_tests, harness_checks, harness_failures, harness_bad_tests;

#define RUN(fn) (harness_checks = harness_failures = 0, (fn)(), harness_ran(#fn))
#define DONE    (printf("1..%d\n", harness_tests), harness_bad_tests != 0)

#define CHECK(cond) harness_compare(__FILE__, __LINE__, #cond, (cond) ? 1 : 0, "true", "false")
#define CHECK_INT(expected, actual) \
    harness_int(__FILE__, __LINE__, #actual, (intmax_t)(expected), (intmax_t)(actual))
#define CHECK_STATUS(expected, actual) \
    harness_status(__FILE__, __LINE__, #actual, expected, actual)
#define CHECK_STR(expected, actual) harness_str(__FILE__, __LINE__, #actual, expected, actual)
#define CHECK_MEM(expected, expected_len, actual, actual_len) \
    harness_mem(__FILE__, __LINE__, #actual, expected, expected_len, actual, actual_len)

static inline void
harness_failed(const char *file, int line, const char *what, const char *expected,
               const char *actual)
{
    harness_checks++;
    harness_failures++;
    printf("# %s:%d: %s\n#   expected: %s\n#     actual: %s\n", file, line, what, expected, actual);
}

static inline void
harness_ran(const char *name)
{
    char  words[256];
    char *p;

    if (harness_checks == 0)
        harness_failed(name, 0, "a test", "one check at least", "none");
    snprintf(words, sizeof(words), "%s", name);
    for (p = words; *p != '\0'; p++)
        if (*p == '_')
            *p = ' ';
    harness_bad_tests += harness_failures != 0;
    printf("%s %d - %s\n", harness_failures == 0 ? "ok" : "not ok", ++harness_tests, words);
    fflush(stdout); /* what is known so far survives a crash of the next test */
}

static inline void
harness_compare(const char *file, int line, const char *what, int same, const char *expected,
                const char *actual)
{
    if (same)
        harness_checks++;
    else
        harness_failed(file, line, what, expected, actual);
}

static inline void
harness_int(const char *file, int line, const char *what, intmax_t expected, intmax_t actual)
{
    char want[32], got[32];

    snprintf(want, sizeof(want), "%" PRIdMAX, expected);
    snprintf(got, sizeof(got), "%" PRIdMAX, actual);
    harness_compare(file, line, what, expected == actual, want, got);
}

static inline void
harness_status(const char *file, int line, const char *what, pwwb_status expected,
               pwwb_status actual)
{
    char want[64], got[64];

    snprintf(want, sizeof(want), "%s (%d)", pwwb_status_name(expected), (int)expected);
    snprintf(got, sizeof(got), "%s (%d)", pwwb_status_name(actual), (int)actual);
    harness_compare(file, line, what, expected == actual, want, got);
}

/* Octets as text: printable ones as they are, the others and the backslash as \xNN, 160 at most. */
static inline const char *
harness_show(char *out, size_t size, const void *data, size_t len)
{
    const unsigned char *p    = data;
    size_t               used = 0, i;

    if (data == NULL)
        return "NULL";
    used = (size_t)snprintf(out, size, "%zu octets: ", len);
    for (i = 0; i < len && i < 160 && used < size; i++) {
        int plain = p[i] >= 0x20 && p[i] < 0x7f && p[i] != '\\';

        used += (size_t)(plain ? snprintf(out + used, size - used, "%c", p[i])
                               : snprintf(out + used, size - used, "\\x%02x", p[i]));
    }
    return out;
}

static inline void
harness_mem(const char *file, int line, const char *what, const void *expected,
            size_t expected_len, const void *actual, size_t actual_len)
{
    char want[700], got[700];
    int  same = expected_len == actual_len && (expected == NULL) == (actual == NULL) &&
               (expected == NULL || memcmp(expected, actual, actual_len) == 0);

    harness_compare(file, line, what, same,
                    same ? "" : harness_show(want, sizeof(want), expected, expected_len),
                    same ? "" : harness_show(got, sizeof(got), actual, actual_len));
}

static inline void
harness_str(const char *file, int line, const char *what, const char *expected, const char *actual)
{
    harness_mem(file, line, what, expected, expected == NULL ? 0 : strlen(expected), actual,
                actual == NULL ? 0 : strlen(actual));
}

#endif /* HARNESS_H */
