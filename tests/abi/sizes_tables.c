/* SPDX-License-Identifier: Apache-2.0 */
/* The callback tables, each of which is made to a handle and let go of. */
#include "sizes_world.h"

#define NEW(room, name, handle) \
    static pwwb_status use_##room(void *theirs) \
    { \
        handle     *made; \
        pwwb_status st = name(theirs, NULL, &made, NULL); \
        room##_free(made); \
        return st; \
    }

NEW(pwwb_transport, pwwb_transport_new, pwwb_transport)
NEW(pwwb_anchors, pwwb_anchors_new, pwwb_anchors)
NEW(pwwb_journal, pwwb_journal_new, pwwb_journal)
NEW(pwwb_filter, pwwb_filter_new, pwwb_filter)
NEW(pwwb_resolver, pwwb_resolver_new, pwwb_resolver)

/* Its optional methods must be read as absent from a shorter one. */
static pwwb_status
use_directory(void *theirs)
{
    static uint8_t  room[PWWB_MARK_MAX];
    pwwb_directory *made;
    pwwb_pass       pass = {.size = sizeof(pass), .mark = room};
    pwwb_status     st   = pwwb_directory_new(theirs, NULL, &made, NULL);

    if (st == PWWB_OK
        && pwwb_directory_changes(made, NULL, 0, 0, world_each, NULL, &pass, NULL) != PWWB_E_NOT_SUPPORTED)
        st = PWWB_E_STATE;
    pwwb_directory_free(made);
    return st;
}

static pwwb_status
use_stream(void *theirs)
{
    pwwb_stream  *made;
    pwwb_interest waits = {.size = sizeof(waits)};
    int64_t       in_ms;
    pwwb_status   st = pwwb_stream_new(theirs, NULL, &made, NULL);

    if (st == PWWB_OK && pwwb_stream_interest(made, &waits, &in_ms, NULL) != PWWB_E_NOT_SUPPORTED)
        st = PWWB_E_STATE;
    pwwb_stream_free(made);
    return st;
}

static pwwb_status
use_keystore(void *theirs)
{
    pwwb_keystore *made;
    pwwb_status    st = pwwb_keystore_new(theirs, NULL, &world_lock, &made, NULL);

    pwwb_keystore_free(made);
    return st;
}

static pwwb_status
use_clock(void *theirs)
{
    pwwb_relay *made;
    pwwb_status st = pwwb_relay_new(1, theirs, NULL, &made, NULL);

    pwwb_relay_free(made);
    return st;
}

static const uint8_t no_key[4];

static pwwb_status
use_unwrap(void *theirs)
{
    pwwb_keyring *made;

    return pwwb_keyring_new_host_key(world_id, no_key, sizeof(no_key), theirs, NULL, &made, NULL);
}

/* Nobody calls these. */
static pwwb_status
claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms, uint8_t *reply,
      size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    (void)ctx, (void)cti, (void)digest, (void)expires_ms, (void)reply, (void)reply_size, (void)ret_entry;
    return pwwb_error_set(err, PWWB_E_FULL, "");
}

static pwwb_status
record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t last_set_ms, int64_t issued_s, pwwb_error *err)
{
    (void)ctx, (void)cti, (void)guid, (void)last_set_ms, (void)issued_s;
    return pwwb_error_set(err, PWWB_E_FULL, "");
}

static pwwb_status
finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t len, int64_t last_set_ms, pwwb_error *err)
{
    (void)ctx, (void)cti, (void)reply, (void)len, (void)last_set_ms;
    return pwwb_error_set(err, PWWB_E_FULL, "");
}

static pwwb_status
lookup(void *ctx, const uint8_t *guid, int64_t last_set_ms, int64_t issued_s, int32_t *ret_ours, pwwb_error *err)
{
    (void)ctx, (void)guid, (void)last_set_ms, (void)issued_s, (void)ret_ours;
    return pwwb_error_set(err, PWWB_E_FULL, "");
}

static pwwb_status
check(void *ctx, const pwwb_account *account, int32_t kind, const uint8_t *password, size_t len,
      pwwb_findings *findings, pwwb_error *err)
{
    (void)ctx, (void)account, (void)kind, (void)password, (void)len, (void)findings, (void)err;
    return PWWB_OK;
}

static pwwb_status
services(void *ctx, const char *name, int64_t timeout_ms, pwwb_service *list, size_t *ret_count, pwwb_error *err)
{
    (void)ctx, (void)name, (void)timeout_ms, (void)list, (void)ret_count;
    return pwwb_error_set(err, PWWB_E_NOT_FOUND, "");
}

static pwwb_status
addresses(void *ctx, const char *name, int64_t timeout_ms, char (*list)[46], size_t *ret_count, pwwb_error *err)
{
    (void)list;
    return services(ctx, name, timeout_ms, NULL, ret_count, err);
}

static int32_t
unwrap(void *ctx, const uint8_t *key, size_t len, const uint8_t *wrapped, uint8_t *cek)
{
    (void)ctx, (void)key, (void)len, (void)wrapped, (void)cek;
    return PWWB_UNWRAP_UNAVAILABLE;
}

static const pwwb_journal_ops  journal_ops  = {.claim = claim, .record = record, .finish = finish, .lookup = lookup};
static const pwwb_filter_ops   filter_ops   = {.check = check};
static const pwwb_resolver_ops resolver_ops = {.services = services, .addresses = addresses};
static const pwwb_unwrap_ops   unwrap_ops   = {.unwrap = unwrap};

const sized sized_tables[] = {
    GIVEN(pwwb_anchors_ops, destroy, PWWB_OK, use_pwwb_anchors, &world_anchors),
    GIVEN(pwwb_clock_ops, monotonic_ms, PWWB_OK, use_clock, &world_clock),
    GIVEN(pwwb_directory_ops, destroy, PWWB_OK, use_directory, &world_plain_directory),
    GIVEN(pwwb_filter_ops, destroy, PWWB_OK, use_pwwb_filter, &filter_ops),
    GIVEN(pwwb_journal_ops, destroy, PWWB_OK, use_pwwb_journal, &journal_ops),
    GIVEN(pwwb_keystore_ops, destroy, PWWB_OK, use_keystore, &world_keystore),
    GIVEN(pwwb_resolver_ops, destroy, PWWB_OK, use_pwwb_resolver, &resolver_ops),
    GIVEN(pwwb_stream_ops, destroy, PWWB_OK, use_stream, &world_plain_stream),
    GIVEN(pwwb_transport_ops, destroy, PWWB_OK, use_pwwb_transport, &world_transport),
    GIVEN(pwwb_unwrap_ops, destroy, PWWB_E_CRYPTO, use_unwrap, &unwrap_ops),
    {0},
};
