/* SPDX-License-Identifier: Apache-2.0 */
#include "points.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal.h"
#include "transport.h"

typedef struct wrapped {
    control        *control;
    pwwb_journal   *journal;
    pwwb_transport *transport;
    pwwb_directory *directory;
    char            address[PWWB_ADDRESS_SIZE];
} wrapped;

static wrapped *
wrap(control *c)
{
    wrapped *w = calloc(1, sizeof(*w));

    storm_must(w != NULL, "memory");
    w->control = c;
    return w;
}

static void
pass(wrapped *w, int point)
{
    int wanted = point;

    if (!atomic_compare_exchange_strong(&w->control->die_at, &wanted, NOWHERE))
        return;
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/* ---- journal ---- */

static pwwb_status
claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms, uint8_t *reply,
      size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    wrapped    *w  = ctx;
    pwwb_status st = wb_journal_claim(w->journal, cti, digest, expires_ms, reply, reply_size,
                                      ret_entry, err);

    if (st == PWWB_OK && ret_entry->state == PWWB_ENTRY_NEW)
        pass(w, CLAIMED);
    return st;
}

static pwwb_status
record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t last_set_ms, int64_t issued_s,
       pwwb_error *err)
{
    wrapped    *w  = ctx;
    pwwb_status st = wb_journal_record(w->journal, cti, guid, last_set_ms, issued_s, err);

    pass(w, RECORDED);
    return st;
}

static pwwb_status
finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len, int64_t last_set_ms,
       pwwb_error *err)
{
    wrapped    *w  = ctx;
    pwwb_status st = wb_journal_finish(w->journal, cti, reply, reply_len, last_set_ms, err);

    pass(w, FINISHED);
    return st;
}

static pwwb_status
lookup(void *ctx, const uint8_t *guid, int64_t last_set_ms, int64_t issued_s, int32_t *ret_ours,
       pwwb_error *err)
{
    return wb_journal_lookup(((wrapped *)ctx)->journal, guid, last_set_ms, issued_s, ret_ours, err);
}

static pwwb_status
release(void *ctx, const uint8_t *cti, pwwb_error *err)
{
    return wb_journal_release(((wrapped *)ctx)->journal, cti, err);
}

static void
drop_journal(void *ctx)
{
    pwwb_journal_free(((wrapped *)ctx)->journal);
    free(ctx);
}

pwwb_journal *
points_journal(control *c, pwwb_journal *under)
{
    static const pwwb_journal_ops ops = {
        .size = sizeof(ops), .claim = claim, .record = record, .finish = finish,
        .lookup = lookup, .destroy = drop_journal, .release = release,
    };
    wrapped      *w = wrap(c);
    pwwb_journal *journal;

    w->journal = under;
    storm_must(pwwb_journal_new(&ops, w, &journal, NULL) == PWWB_OK, "a journal");
    return journal;
}

static pwwb_status
claim_blindly(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms,
              uint8_t *reply, size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    (void)ctx, (void)cti, (void)digest, (void)expires_ms, (void)reply, (void)reply_size, (void)err;
    ret_entry->state                = PWWB_ENTRY_NEW;
    ret_entry->password_last_set_ms = -1;
    return PWWB_OK;
}

static pwwb_status
record_nothing(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t last_set_ms,
               int64_t issued_s, pwwb_error *err)
{
    (void)ctx, (void)cti, (void)guid, (void)last_set_ms, (void)issued_s, (void)err;
    return PWWB_OK;
}

static pwwb_status
finish_nothing(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
               int64_t last_set_ms, pwwb_error *err)
{
    (void)ctx, (void)cti, (void)reply, (void)reply_len, (void)last_set_ms, (void)err;
    return PWWB_OK;
}

static pwwb_status
all_is_ours(void *ctx, const uint8_t *guid, int64_t last_set_ms, int64_t issued_s,
            int32_t *ret_ours, pwwb_error *err)
{
    (void)ctx, (void)guid, (void)last_set_ms, (void)issued_s, (void)err;
    *ret_ours = 1;
    return PWWB_OK;
}

pwwb_journal *
points_blind_journal(void)
{
    static const pwwb_journal_ops ops = {
        .size = sizeof(ops), .claim = claim_blindly, .record = record_nothing,
        .finish = finish_nothing, .lookup = all_is_ours,
    };
    pwwb_journal *journal;

    storm_must(pwwb_journal_new(&ops, NULL, &journal, NULL) == PWWB_OK, "a journal");
    return journal;
}

/* ---- transport ---- */

static pwwb_status
send_on(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    wrapped     *w    = ctx;
    pwwb_message copy = *message;
    pwwb_status  st   = wb_transport_send(w->transport, &copy, timeout_ms, err);

    pass(w, REPLIED);
    return st;
}

static void
note(control *c, const uint8_t id[PWWB_ID_SIZE])
{
    unsigned at = atomic_fetch_add(&c->seen_count, 1);

    if (at < SEEN_MAX)
        memcpy(c->seen[at], id, PWWB_ID_SIZE);
}

static pwwb_status
receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery, int64_t timeout_ms,
        pwwb_error *err)
{
    wrapped    *w  = ctx;
    pwwb_status st = wb_transport_receive(w->transport, buf, buf_size, ret_delivery, timeout_ms,
                                          err);

    if (st == PWWB_OK) {
        note(w->control, ret_delivery->id);
        pass(w, RECEIVED);
    }
    return st;
}

static pwwb_status
settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    wrapped    *w  = ctx;
    pwwb_status st = wb_transport_settle(w->transport, tag, verdict, timeout_ms, err);

    pass(w, SETTLED);
    return st;
}

static const char *
address(void *ctx)
{
    wrapped *w = ctx;

    (void)wb_transport_address(w->transport, w->address, NULL);
    return w->address;
}

static void
drop_transport(void *ctx)
{
    pwwb_transport_free(((wrapped *)ctx)->transport);
    free(ctx);
}

pwwb_transport *
points_transport(control *c, pwwb_transport *under)
{
    static const pwwb_transport_ops ops = {
        .size = sizeof(ops), .send = send_on, .receive = receive, .settle = settle,
        .address = address, .destroy = drop_transport,
    };
    wrapped        *w = wrap(c);
    pwwb_transport *transport;

    w->transport = under;
    storm_must(pwwb_transport_new(&ops, w, &transport, NULL) == PWWB_OK, "a transport");
    return transport;
}

/* ---- directory ---- */

static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
     pwwb_error *err)
{
    return pwwb_directory_find(((wrapped *)ctx)->directory, anchor, timeout_ms, ret_found, err);
}

static pwwb_status
read_one(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
         pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    return pwwb_directory_read(((wrapped *)ctx)->directory, guid, timeout_ms, ret_account,
                               ret_rules, err);
}

static pwwb_status
set_one(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
        pwwb_error *err)
{
    wrapped    *w  = ctx;
    pwwb_status st = pwwb_directory_set(w->directory, set, timeout_ms, ret_result, err);

    pass(w, MODIFIED);
    return st;
}

static void
drop_directory(void *ctx)
{
    pwwb_directory_free(((wrapped *)ctx)->directory);
    free(ctx);
}

pwwb_directory *
points_directory(control *c, pwwb_directory *under)
{
    static const pwwb_directory_ops ops = {
        .size = sizeof(ops), .find = find, .read = read_one, .set = set_one,
        .destroy = drop_directory,
    };
    wrapped        *w = wrap(c);
    pwwb_directory *directory;

    w->directory = under;
    storm_must(pwwb_directory_new(&ops, w, &directory, NULL) == PWWB_OK, "a directory");
    return directory;
}
