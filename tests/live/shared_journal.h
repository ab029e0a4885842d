/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHARED_JOURNAL_H
#define SHARED_JOURNAL_H

/* A host's journal with room for one request, in memory that processes share: it outlives an agent
 * that is killed. */

#include <string.h>
#include <sys/mman.h>

#include <pwwb/journal.h>

typedef struct shared {
    int        is_claimed, is_done;
    uint8_t    cti[PWWB_ID_SIZE], digest[32];
    pwwb_journal_entry entry;
    uint8_t            reply[PWWB_ENVELOPE_MAX];
} shared;

static inline pwwb_status
shared_claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms,
             uint8_t *reply, size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *error)
{
    shared *s = ctx;

    (void)expires_ms;
    (void)error;
    if (!s->is_claimed) {
        s->is_claimed = 1;
        memcpy(s->cti, cti, sizeof(s->cti));
        memcpy(s->digest, digest, sizeof(s->digest));
        ret_entry->state                = PWWB_ENTRY_NEW;
        ret_entry->password_last_set_ms = -1;
        return PWWB_OK;
    }
    if (memcmp(s->cti, cti, sizeof(s->cti)) != 0 || memcmp(s->digest, digest, 32) != 0)
        return PWWB_E_FULL;

    *ret_entry       = s->entry;
    ret_entry->size  = sizeof(*ret_entry);
    ret_entry->state = s->is_done ? PWWB_ENTRY_DONE : PWWB_ENTRY_RUNNING;
    if (s->is_done && s->entry.reply_len <= reply_size)
        memcpy(reply, s->reply, s->entry.reply_len);
    return PWWB_OK;
}

static inline pwwb_status
shared_record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t password_last_set_ms,
              int64_t issued_s, pwwb_error *error)
{
    shared *s = ctx;

    (void)cti;
    (void)issued_s;
    (void)error;
    memcpy(s->entry.guid, guid, PWWB_ID_SIZE);
    s->entry.password_last_set_ms = password_last_set_ms;
    return PWWB_OK;
}

static inline pwwb_status
shared_finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
              int64_t password_last_set_ms, pwwb_error *error)
{
    shared *s = ctx;

    (void)cti;
    (void)password_last_set_ms;
    (void)error;
    memcpy(s->reply, reply, reply_len);
    s->entry.reply_len = reply_len;
    s->is_done         = 1;
    return PWWB_OK;
}

static inline pwwb_status
shared_lookup(void *ctx, const uint8_t *guid, int64_t password_last_set_ms, int64_t issued_s,
              int32_t *ret_ours, pwwb_error *error)
{
    (void)ctx;
    (void)guid;
    (void)password_last_set_ms;
    (void)issued_s;
    (void)error;
    *ret_ours = 0;
    return PWWB_OK;
}

/* NULL when there is no memory. */
static inline shared *
shared_make(void)
{
    void *at = mmap(NULL, sizeof(shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return at != MAP_FAILED ? at : NULL;
}

static inline void
shared_drop(shared *s)
{
    munmap(s, sizeof(*s));
}

static inline pwwb_journal *
shared_open(shared *s)
{
    static const pwwb_journal_ops ops = {
        .size = sizeof(ops), .claim = shared_claim, .record = shared_record,
        .finish = shared_finish, .lookup = shared_lookup,
    };
    pwwb_journal *journal;

    return pwwb_journal_new(&ops, s, &journal, NULL) == PWWB_OK ? journal : NULL;
}

#endif /* SHARED_JOURNAL_H */
