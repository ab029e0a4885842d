/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIZES_H
#define SIZES_H

/*
 * What is said of every struct that has a size: a shorter one is read as if the rest were zero, a longer one
 * is taken while what is unknown here is zero, and refused otherwise. One that is filled is filled as far as
 * it reaches, and no further; what is unknown here becomes zero.
 */

#include <stddef.h>

#include <pwwb/error.h>

typedef struct sized {
    const char *name;
    size_t      size;  /* sizeof */
    size_t      least; /* the shortest one that is taken; 0 = it is only told: `use` alone says */
    int         is_filled;
    pwwb_status fits;   /* what `use` says of one that is taken */
    pwwb_status misfit; /* and of another */
    pwwb_status (*use)(void *theirs);
    const void *good; /* what is given; NULL = zero */
} sized;

#define UP_TO(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))
#define GIVEN(type, field, status, use, good) \
    {#type, sizeof(type), UP_TO(type, field), 0, status, PWWB_E_ABI, use, good}
#define FILLED(type, field, status, use, good) \
    {#type, sizeof(type), UP_TO(type, field), 1, status, PWWB_E_ABI, use, good}
#define TOLD(type, use) {#type, sizeof(type), 0, 0, PWWB_OK, PWWB_OK, use, NULL} /* nobody gives one */

/* Each ends with a row without a name. */
extern const sized sized_tables[], sized_options[], sized_results[], sized_companions[];

/* Make what the uses need; how much of it failed. */
int  sizes_begin(void);
int  sizes_begin_results(void);
int  sizes_begin_companions(void);
void sizes_end(void);
void sizes_end_results(void);
void sizes_end_companions(void);

#endif /* SIZES_H */
