/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TARGET_H
#define TARGET_H

/*
 * The directory, and its own record of what was written: slapd's accesslog, or how often Active
 * Directory wrote unicodePwd. OL_* or AD_* in the environment, as the fixtures write them.
 */

#include "storm.h"

typedef struct account {
    char    uid[24];
    uint8_t guid[PWWB_ID_SIZE];
    int32_t last;    /* its last request, or -1 */
    int64_t free_ms; /* not asked for again before; monotonic */
} account;

/* One password written: into which account, when, and by its hash for which request. */
typedef struct stroke {
    int32_t account;
    int32_t serial; /* -1: of none of ours */
    int64_t at_ms;  /* since 1970; 0 = the record does not tell */
} stroke;

/* Whether a hash is that of the password of some request for this account: its serial, or -1. */
typedef int32_t (*target_who)(void *ctx, int32_t account,
                              int (*is_it)(const void *hash, const char *password),
                              const void *hash);

const char *target_name(void);
/* 1 = the record does not tell which password it was: no account may be asked for twice. */
int target_is_for_one(void);
/* The seeded people that a program of this kind may use. How many. */
int target_accounts(account **ret_list);
/* A connection of its own, as the service account. */
pwwb_directory *target_open(void);
/* From now on. */
void target_begin(account *list, int count);
/* Everything since then, in the order in which it was written. How many; free() it. */
size_t target_record(account *list, int count, target_who who, void *ctx, stroke **ret_list);

#endif /* TARGET_H */
