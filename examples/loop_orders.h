/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_LOOP_ORDERS_H
#define EXAMPLES_LOOP_ORDERS_H

/* Orders out of standard input, without waiting for it: see loop_options.c for what they look like. */

#include "secret.h"

enum { LOOP_PASSWORDS_MAX = 2 };

typedef struct loop_order {
    int32_t operation, origin;
    int     passwords;                 /* that belong to it */
    char    anchor[64];                /* as it was written */
    secret  words[LOOP_PASSWORDS_MAX]; /* the new one, the old one */
} loop_order;

typedef struct loop_orders {
    int        is_at_end;
    secret     input; /* read, and not yet used */
    int        has_order;
    int        got; /* of its passwords */
    loop_order order;
} loop_orders;

void loop_orders_make(loop_orders *orders);
void loop_orders_drop(loop_orders *orders);

/* Read what is there. */
void loop_orders_read(loop_orders *orders);

/* The next order that is there with all its lines, until the next call; NULL = none. */
const loop_order *loop_orders_take(loop_orders *orders);

/* Nothing will come any more. */
int loop_orders_ended(const loop_orders *orders);

#endif /* EXAMPLES_LOOP_ORDERS_H */
