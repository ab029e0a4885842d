/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JUDGE_H
#define JUDGE_H

/* What was told, held against the directory's own record. */

#include "load.h"

typedef struct verdict {
    long requests;
    long set, refused, unknown; /* as told */
    long unknown_set;           /* of unknown: the directory has set it */
    long orphans;               /* their portal was killed, nobody was told */
    long lost;     /* nobody was told, though the portal lived and the deadline is over */
    long vanished; /* told unknown; the relay said it had it, and gave it to no agent in its life,
                      though it gave what was asked for later */
    long twice;    /* written more than once */
    long wrong;    /* told "set", and it was not written; or "not set", and it was, at any time */
    long older;    /* written over a password that was asked for later */
    long late;     /* written after the end of its life */
    long foreign;  /* written, and of no request */
} verdict;

void    verdict_add(verdict *sum, const verdict *more);
verdict judge(const load *l, const control *c, const stroke *strokes, size_t count);

#endif /* JUDGE_H */
