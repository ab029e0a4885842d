/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KEY_PARTY_H
#define KEY_PARTY_H

/*
 * An agent or a portal instance as a process of its own. All it has is its key file; what it is
 * asked, and the time, comes in messages on descriptor 3. It kills itself at the nth point: when a
 * message came, before each system call that changes a file, in the middle of a write, before it
 * answers, and after that.
 */

#include "exchanges.h"

#define PARTY_TALK 3
#define PARTY_ARG  "party"

enum party_ask {
    ASK_TICKET = 1, /* portal */
    ASK_BEGIN,      /* kind; octets: a ticket */
    ASK_STEP,
    ASK_TAKE,       /* octets: an order, an answer, a revoke */
    ASK_CONFIRM,    /* octets: the fingerprint */
    ASK_SEAL,       /* portal: a request, with keys that are at most the cache time old */
    ASK_OPEN,       /* agent: a request; tells the sealed reply */
    ASK_REPLY,      /* portal: opens a reply to that cti */
    ASK_POINTS,     /* how many points there were, and in octets of which kind each was */
    ASK_EARLY       /* agent, a control: rolls, and sends before anything is stored */
};

/* Kinds of points, in the order in which they come. */
#define POINT_MESSAGE 'm'
#define POINT_LOCK    'l'
#define POINT_CREATE  'c' /* the file beside */
#define POINT_WRITE   'w'
#define POINT_HALF    'h' /* half of a write is done */
#define POINT_SYNC    's'
#define POINT_RENAME  'r'
#define POINT_RENAMED 'f' /* the folder is to be synchronised */
#define POINT_UNLOCK  'u'
#define POINT_BEFORE  'b' /* an answer goes out */
#define POINT_AFTER   'a'

typedef struct party_asked {
    int32_t what;
    int32_t kind;
    int64_t now_ms; /* wall; also the monotonic time */
    uint8_t cti[PWWB_ID_SIZE];
    size_t  len;
    uint8_t octets[PWWB_ENVELOPE_MAX];
} party_asked;

typedef struct party_told {
    int32_t  status;
    int32_t  code;       /* of the event */
    uint64_t generation; /* that sealed */
    uint8_t  cti[PWWB_ID_SIZE];
    size_t   len;
    uint8_t  octets[PWWB_ENVELOPE_MAX];
} party_told;

/* What main() is for such a process: PROGRAM party HALF FILE NTH; NTH 0 = it is not killed. */
int party_main(char **argv);

/* A store of the key file at that path, as every participant opens it. */
pwwb_keystore *party_store(const char *path);

#endif /* KEY_PARTY_H */
