/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFUSALS_H
#define REFUSALS_H

/* The refusals of cases/refusals.json as they are brought about on one kind of server, whose
 * settings stand in the environment. */

#include <stdint.h>

typedef struct refusal {
    const char *id;        /* as in the case file; NULL after the last */
    int32_t (*bring)(void); /* the library's code */
} refusal;

typedef struct refusals {
    const refusal *rows;
    void (*begin)(void);
    int (*end)(void); /* how many of its own checks failed */
} refusals;

extern const refusals refusals_of_ad, refusals_of_slapd;

/* By what the library hears of these. */
#define TOO_SHORT "aB3-x"
#define ONE_KIND  "onlysmallletters"

#endif /* REFUSALS_H */
