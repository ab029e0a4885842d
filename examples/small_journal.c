/* SPDX-License-Identifier: Apache-2.0 */
#include "small_journal.h"

#include <string.h>

static small_entry *
entry_of(small_journal *j, const uint8_t *cti)
{
    size_t i;

    for (i = 0; i < j->count; i++)
        if (memcmp(j->entries[i].cti, cti, PWWB_ID_SIZE) == 0)
            return &j->entries[i];
    return NULL;
}

static void
tell(const small_entry *e, const uint8_t *digest, uint8_t *reply, pwwb_journal_entry *ret_entry)
{
    memcpy(ret_entry->guid, e->guid, PWWB_ID_SIZE);
    ret_entry->password_last_set_ms = e->before_ms;
    if (memcmp(e->digest, digest, sizeof(e->digest)) != 0) {
        ret_entry->state = PWWB_ENTRY_REPLAY;
        return;
    }
    ret_entry->state     = e->reply_len > 0 ? PWWB_ENTRY_DONE : PWWB_ENTRY_RUNNING;
    ret_entry->reply_len = e->reply_len;
    memcpy(reply, e->reply, e->reply_len);
}

/* Looking and claiming are one step: over a database, one transaction. A durable one has committed
 * before it answers. */
static pwwb_status
claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms, uint8_t *reply,
      size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    small_journal *j = ctx;
    small_entry   *e = entry_of(j, cti);

    (void)expires_ms; /* this one forgets nothing while it lives, so it soon is full */
    ret_entry->since_ms = j->born_ms;
    if (e != NULL && e->reply_len > reply_size)
        return pwwb_error_set(err, PWWB_E_BUFFER_TOO_SMALL, "a kept reply does not fit");
    if (e != NULL) {
        tell(e, digest, reply, ret_entry);
        return PWWB_OK;
    }
    if (j->count == sizeof(j->entries) / sizeof(j->entries[0]))
        return pwwb_error_set(err, PWWB_E_FULL, "the journal is full");

    e  = &j->entries[j->count++];
    *e = (small_entry){.before_ms = -1, .after_ms = -1};
    memcpy(e->cti, cti, sizeof(e->cti));
    memcpy(e->digest, digest, sizeof(e->digest));
    ret_entry->state                = PWWB_ENTRY_NEW;
    ret_entry->password_last_set_ms = -1;
    return PWWB_OK;
}

static pwwb_status
record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t password_last_set_ms,
       int64_t issued_s, pwwb_error *err)
{
    small_entry *e = entry_of(ctx, cti);

    if (e == NULL)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "that request was not claimed");

    memcpy(e->guid, guid, sizeof(e->guid));
    e->before_ms = password_last_set_ms;
    e->issued_s  = issued_s;
    return PWWB_OK;
}

static pwwb_status
finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
       int64_t password_last_set_ms, pwwb_error *err)
{
    small_entry *e = entry_of(ctx, cti);

    if (e == NULL || reply_len > sizeof(e->reply))
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "that request was not claimed");

    memcpy(e->reply, reply, reply_len);
    e->reply_len = reply_len;
    e->after_ms  = password_last_set_ms;
    return PWWB_OK;
}

static pwwb_status
lookup(void *ctx, const uint8_t *guid, int64_t password_last_set_ms, int64_t issued_s,
       int32_t *ret_ours, pwwb_error *err)
{
    const small_journal *j = ctx;
    size_t               i;

    (void)err;
    *ret_ours = 0;
    for (i = 0; i < j->count && password_last_set_ms >= 0; i++)
        if (memcmp(j->entries[i].guid, guid, PWWB_ID_SIZE) == 0
            && j->entries[i].after_ms == password_last_set_ms && j->entries[i].issued_s <= issued_s)
            *ret_ours = 1;
    return PWWB_OK;
}

static pwwb_status
release(void *ctx, const uint8_t *cti, pwwb_error *err)
{
    small_journal *j = ctx;
    small_entry   *e = entry_of(j, cti);

    if (e == NULL)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "that request was not claimed");
    if (e->before_ms != -1 || e->reply_len > 0)
        return pwwb_error_set(err, PWWB_E_STATE, "something was begun");

    *e = j->entries[--j->count];
    return PWWB_OK;
}

/* [table] */
const pwwb_journal_ops small_journal_ops = {
    .size    = sizeof(pwwb_journal_ops),
    .claim   = claim,
    .record  = record,
    .finish  = finish,
    .lookup  = lookup,
    .release = release,
};
/* [table] end */
