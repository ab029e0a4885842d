/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_LIMITS_RATE_H
#define WB_LIMITS_RATE_H

/* What a writeback asks of limits. None, NULL, allow everything. Any thread; nothing is allocated. */

#include <pthread.h>

#include <pwwb/envelope.h>
#include <pwwb/limits.h>

#include "clock.h"
#include "index.h"

/* So many in a time that slides: the last `most` times, in a ring. */
typedef struct wb_window {
    int64_t *times; /* ascending from `next` on once it is full */
    size_t   most;  /* 0 = no limit */
    size_t   count;
    size_t   next; /* the place that is written next; the oldest one's when it is full */
    int64_t  length_ms;
} wb_window;

typedef struct wb_scope {
    uint8_t *dn; /* folded */
    size_t   len;
} wb_scope;

/* Accounts stand in a row by when they were last let through; places count from 1, 0 is the row's ends. */
typedef struct wb_limited {
    uint8_t   guid[PWWB_ID_SIZE];
    uint32_t *chain; /* of the index */
    uint32_t  next;  /* in the chain */
    uint32_t  newer, older;
    uint32_t  count, at; /* of its window, whose times stand elsewhere */
} wb_limited;

struct pwwb_limits {
    int32_t         references; /* atomic */
    uint32_t        operations;
    wb_scope        scopes[PWWB_LIMITS_SCOPES_MAX];
    size_t          scope_count;
    wb_clock        clock;
    pthread_mutex_t mutex;
    int64_t         now_ms; /* never goes back */
    wb_window       in_all;
    size_t          per_account;
    int64_t         per_account_ms;
    size_t          used;
    wb_limited     *accounts; /* and the row's ends at 0: newer is the oldest, older the newest */
    int64_t        *times;
    wb_index        index;
};

/* How many accounts are remembered. */
#define WB_LIMITS_ACCOUNTS 16384

pwwb_limits *wb_limits_ref(pwwb_limits *limits);

int wb_limits_allow_operation(const pwwb_limits *limits, int32_t operation);

/* By the account's distinguished name; "" is in no scope. */
int wb_limits_allow_dn(const pwwb_limits *limits, const char *dn);

/* A place in both windows, or in none. */
typedef struct wb_limits_place {
    int     is_taken;
    int64_t taken_ms; /* by the limits' clock */
    int64_t wait_ms;  /* not taken: until there is one */
    int64_t most;     /* not taken: so many there are in the window that is full */
} wb_limits_place;

void wb_limits_take(pwwb_limits *limits, const uint8_t guid[PWWB_ID_SIZE], wb_limits_place *place);
/* It was not used, and comes again. */
void wb_limits_give_back(pwwb_limits *limits, const uint8_t guid[PWWB_ID_SIZE], wb_limits_place *place);

#endif /* WB_LIMITS_RATE_H */
