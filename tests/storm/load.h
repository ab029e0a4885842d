/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_H
#define LOAD_H

/* Requests under way: each for another account, with a password of its own, an account again only a
 * second after it was answered. What was told of each, and how long nobody was answered. */

#include "crew.h"
#include "target.h"

#define IN_FLIGHT 128 /* kept under way; of those that wait for long others take the place */
#define AT_LEAST  100 /* when a fault comes */

typedef struct request {
    int32_t account;
    int32_t before; /* of the same account; -1 = none */
    int32_t party;
    int32_t sent;   /* as the relay said; 1 = nothing yet */
    int32_t code;   /* as was told; 0 = nothing yet */
    int8_t  is_answer;
    int8_t  is_orphan; /* its portal was killed: nobody waits */
    int64_t asked_ms, told_ms; /* monotonic */
    int64_t issued_s;  /* 0 = not known */
    uint8_t id[PWWB_ID_SIZE];
} request;

typedef struct load {
    crew    *crew;
    uint64_t seed;
    account *accounts;
    int      account_count, next_account, next_portal;
    int      is_asking;
    request *requests;
    size_t   count, size;
    int32_t *pending;
    size_t   pending_count;
    long     answers;        /* by agents */
    int64_t  last_answer_ms;
    int64_t  newest_ms; /* when the latest of those that were answered had asked */
    int64_t  pause_ms;       /* the longest since load_mark() */
    int64_t  rest_until_ms;  /* nobody asks: the last was refused at once */
} load;

void load_make(load *l, crew *c, uint64_t seed, account *accounts, int count);
void load_drop(load *l);

/* Look after it for so long. */
void load_run(load *l, int64_t ms);
/* Until so many more were answered by agents and AT_LEAST are under way. 0 = not in that time. */
int  load_settle(load *l, long answers, int64_t most_ms);
/* No more requests; until everybody was told. 0 = not within that time. */
int  load_drain(load *l, int64_t most_ms);
/* From now on the longest pause is another's. */
void load_mark(load *l);
/* A portal was killed: what it said still, and what nobody waits for now. Buries it. */
void load_orphan(load *l, int who);

/* The password of a request. */
void load_password(const load *l, int32_t serial, char password[PASSWORD_SIZE]);
/* For target_record(). */
int32_t load_who(void *ctx, int32_t account, int (*is_it)(const void *hash, const char *password),
                 const void *hash);

#endif /* LOAD_H */
