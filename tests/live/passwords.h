/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PASSWORDS_H
#define PASSWORDS_H

/* Passwords by number: the same seed and index give the same one, on any machine. Near the limits that
 * a policy draws: the minimum of characters, and three kinds of them. */

#include <stddef.h>
#include <stdint.h>

typedef struct generated {
    char    text[400]; /* UTF-8 */
    size_t  len;
    int64_t units; /* of UTF-16 */
} generated;

/* Printable ASCII of one to four kinds. */
void passwords_ascii(uint64_t seed, uint64_t index, int64_t minimum, generated *ret);

/* Words of one script, with ASCII words, digits and signs as people mix them, and now and then what
 * is rare; at least one character beyond ASCII. */
void passwords_unicode(uint64_t seed, uint64_t index, int64_t minimum, generated *ret);

#endif /* PASSWORDS_H */
