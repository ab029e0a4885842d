/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_LETTER_H
#define WB_LETTER_H

/* The letters of the alphabets most in use, without Unicode's tables: those that have been letters,
 * and of their case, in every version since 3.0. Others may be letters too. */

#include <stdint.h>

enum wb_letter {
    WB_LETTER_NOT_KNOWN = 0, /* no letter, or one that is not in here */
    WB_LETTER_CAPITAL   = 1, /* has a small letter of its own */
    WB_LETTER_SMALL     = 2, /* has a capital of its own */
    WB_LETTER_CASELESS  = 3  /* its script has no case */
};

/* One of enum wb_letter, ASCII too. */
int wb_letter_kind(int32_t code);

/* The small letter of a capital; any other character as it is. */
int32_t wb_letter_small(int32_t code);

#endif /* WB_LETTER_H */
