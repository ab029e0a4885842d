/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_RELAY_H
#define WB_RELAY_H

/* What is inside the relay of this process: inboxes, connections, faults. Every function here is
 * called under the relay's mutex. */

#include <pthread.h>
#include <pwwb/transport.h>

#include "clock.h"

typedef struct wb_letter {
    struct wb_letter *next;
    struct wb_inbox  *home; /* where it waits, or comes back to */
    int64_t           expires_ms;
    uint64_t          tag; /* of its last delivery; 0 = none yet */
    uint8_t           id[PWWB_ID_SIZE];
    size_t            len;
    uint8_t           data[];
} wb_letter;

typedef struct wb_inbox {
    wb_letter     *first;
    wb_letter    **end;
    pthread_cond_t stirred; /* on the monotonic clock: a letter came, or connections were lost */
} wb_inbox;

/* One transport. */
typedef struct wb_connection {
    struct wb_connection *next;
    pwwb_relay           *relay;
    wb_inbox             *inbox; /* its own, or the one that all of its end share */
    wb_inbox              own;   /* a portal's replies; an instance's copies of heartbeats */
    wb_letter            *held; /* received and not settled, the newest first */
    int32_t               end; /* one of enum pwwb_relay_end */
    int                   is_lost;
    char                  address[PWWB_ADDRESS_SIZE]; /* never changes */
} wb_connection;

struct pwwb_relay {
    pthread_mutex_t mutex;
    wb_clock        clock;  /* judges expiry; a callback, never called under the mutex */
    wb_clock        system; /* judges timeouts, since conditions wait on it */
    size_t          capacity;
    size_t          count;
    uint64_t        last_tag;
    uint64_t        last_portal;
    uint32_t        faults[PWWB_RELAY_RESTART]; /* how many letters each will befall yet */
    wb_inbox        requests;
    wb_inbox        portals; /* orders */
    wb_connection  *connections;
};

/* relay_inbox.c */
/* NULL = no memory. It counts once it is in an inbox. */
wb_letter *wb_letter_new(const pwwb_message *message, int64_t expires_ms);
/* One that counts. */
void wb_letter_forget(pwwb_relay *relay, wb_letter *letter);
/* -1 = the system has no more conditions. */
int wb_inbox_make(wb_inbox *box);
/* Its letters are forgotten. */
void wb_inbox_drop(pwwb_relay *relay, wb_inbox *box);
/* One that is not empty. */
wb_letter *wb_inbox_pop(wb_inbox *box);
void       wb_inbox_push(wb_inbox *box, wb_letter *letter);
void       wb_inbox_push_front(wb_inbox *box, wb_letter *letter);
/* Forget what is expired: all of it, or what stands before the first that is not. */
void wb_inbox_sweep(pwwb_relay *relay, wb_inbox *box, int64_t now_ms);
void wb_inbox_drop_late(pwwb_relay *relay, wb_inbox *box, int64_t now_ms);

/* relay.c */

pwwb_status wb_connection_send(wb_connection *self, const pwwb_message *message, int64_t now_ms,
                               pwwb_error *err);

/* PWWB_E_TIMEOUT when there is no letter now. */
pwwb_status wb_connection_receive(wb_connection *self, uint8_t *buf, size_t buf_size,
                                  pwwb_delivery *ret_delivery, int64_t now_ms, pwwb_error *err);
pwwb_status wb_connection_settle(wb_connection *self, uint64_t tag, int32_t verdict,
                                 pwwb_error *err);

/* PWWB_E_CLOSED while its connection is lost. */
/* However many are held, others come. */
pwwb_status wb_connection_hold(const wb_connection *self, uint64_t tag, pwwb_error *err);

pwwb_status wb_connection_presence(const wb_connection *self, int32_t *ret_agents,
                                   pwwb_error *err);

void wb_connection_attach(wb_connection *self);
/* What it did not settle comes again, for others. */
void wb_connection_detach(wb_connection *self);

void wb_relay_restart(pwwb_relay *relay);

#endif /* WB_RELAY_H */
