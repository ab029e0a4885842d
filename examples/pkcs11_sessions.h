/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PKCS11_SESSIONS_H
#define EXAMPLES_PKCS11_SESSIONS_H

/* Sessions with one PKCS#11 token, logged in, kept for the next who needs one. */

#include <p11-kit/pkcs11.h>
#include <pthread.h>

#include "unwrap_pkcs11.h"

#define SESSIONS_IDLE_MAX 8

typedef struct sessions {
    unwrap_pkcs11_options options;
    void                 *library;
    CK_FUNCTION_LIST     *f;
    pthread_mutex_t       mutex;    /* held while one is opened, never while the token works */
    int                   is_owner; /* C_Initialize was ours */
    int                   is_shut;  /* the PIN is wrong: another try could lock the token */
    size_t                busy;     /* sessions that are taken */
    size_t                idle_count;
    CK_SESSION_HANDLE     idle[SESSIONS_IDLE_MAX];
} sessions;

pwwb_status sessions_make(sessions *s, const unwrap_pkcs11_options *options, pwwb_error *err);
void        sessions_drop(sessions *s);

/* One that nobody else uses meanwhile. CKR_OK, or why there is none. */
CK_RV sessions_take(sessions *s, CK_SESSION_HANDLE *ret_session);
/* Back again. After trouble it is closed with all that are idle, and when the last one is back the
 * module begins afresh: a token that was away is then found. */
void sessions_give(sessions *s, CK_SESSION_HANDLE session, int is_trouble);

#endif /* EXAMPLES_PKCS11_SESSIONS_H */
