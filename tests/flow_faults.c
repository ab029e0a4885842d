/* SPDX-License-Identifier: Apache-2.0 */
/* The whole way of a password while what stands around the library fails, lies or has no memory:
 * nothing is ever said of a password that is not true. */
/* rows: 1 19 20 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <pwwb/keystore.h>
#include <sodium.h>

#include "faults.h"
#include "flow_world.h"

/* ---- what cannot be opened ---- */

static void
a_request_for_an_unknown_key_is_left_to_others(void)
{
    uint8_t     sealed[PWWB_ENVELOPE_MAX];
    world       w;
    pwwb_agent *other;

    world_make(&w);
    CHECK_STATUS(PWWB_OK, make_agent(&w, other_keys, &other));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, seal(&w, sealed)));
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(other, 0, NULL));
    CHECK_INT(PWWB_SETTLE_RELEASE, w.agent_end.verdict);
    CHECK_INT(1, (intmax_t)pwwb_agent_count(other, PWWB_COUNT_UNOPENED));
    CHECK_INT(1, (intmax_t)pwwb_agent_count(other, PWWB_COUNT_RELEASED));
    CHECK_INT(0, (intmax_t)w.post.replies.count);
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_SETTLE_ACCEPT, w.agent_end.verdict);
    CHECK_INT(1, w.fake.sets);
    pwwb_agent_free(other);
    world_drop(&w);
}

static void
one_changed_bit_anywhere_gets_no_reply(void)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    world   w;
    size_t  len, i;
    long    bad = 0;

    world_make(&w);
    len = seal(&w, sealed);
    for (i = 0; i < 8 * len; i++) {
        sealed[i / 8] ^= (uint8_t)(1 << i % 8);
        w.post.requests.count = 0;
        (void)fake_box_put(&w.post.requests, sealed, len);
        w.agent_end.verdict = 0;
        bad += pwwb_agent_step(w.agent, 0, NULL) != PWWB_OK
               || w.agent_end.verdict == PWWB_SETTLE_ACCEPT;
        sealed[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    CHECK_INT(0, bad);
    CHECK_INT(0, (intmax_t)w.post.replies.count);
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

static void
noise_of_any_length_is_rejected(void)
{
    uint8_t noise[PWWB_ENVELOPE_MAX];
    world   w;
    size_t  len;
    long    bad = 0;

    world_make(&w);
    randombytes_buf(noise, sizeof(noise));
    for (len = 1; len <= sizeof(noise); len += 1 + len / 8) {
        w.agent_end.verdict = 0;
        (void)fake_box_put(&w.post.requests, noise, len);
        bad += pwwb_agent_step(w.agent, 0, NULL) != PWWB_OK
               || w.agent_end.verdict != PWWB_SETTLE_REJECT;
    }
    CHECK_INT(0, bad);
    CHECK_INT(0, (intmax_t)w.post.replies.count);
    world_drop(&w);
}

/* The tenant's key, out of its sealed file (docs/protocol.md, key files): the octets after
 * `06 58 20` in the plain CBOR. */
static int
tenant_key(uint8_t key[32])
{
    static const uint8_t mark[] = {0x06, 0x58, 0x20};
    uint8_t            sealed[PWWB_KEYRING_MAX], plain[PWWB_KEYRING_MAX];
    unsigned long long plain_len;
    size_t             len;
    const uint8_t     *at;

    if (pwwb_keyring_seal(agent_keys, PWWB_HALF_PORTAL, PWWB_LOCK_KEY, lock, sizeof(lock), sealed,
                          sizeof(sealed), &len, NULL) != PWWB_OK
        || crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &plain_len, NULL, sealed + 68,
                                                      len - 68, sealed, 68, sealed + 36, lock) != 0)
        return -1;

    at = memmem(plain, (size_t)plain_len, mark, sizeof(mark));
    if (at == NULL)
        return -1;
    memcpy(key, at + sizeof(mark), 32);
    return 0;
}

/* Change one bit of the inner layer's IV and seal the outer layer again, as only a holder of the
 * tenant's key can. */
static int
spoil_inner(uint8_t *sealed, size_t len)
{
    static const uint8_t iv_mark[] = {0xa1, 0x05, 0x4c}; /* {5: h'12 octets'} */
    uint8_t            key[32], plain[PWWB_ENVELOPE_MAX], aad[128] = "\x83\x68" "Encrypt0";
    size_t             bucket = (size_t)(sealed[2] & 0x1f) + 1; /* bstr with a short header */
    uint8_t           *iv     = sealed + 2 + bucket + sizeof(iv_mark);
    uint8_t           *box    = iv + 12 + 3; /* bstr with two octets of length */
    size_t             box_len = len - (size_t)(box - sealed), aad_len = 10;
    unsigned long long plain_len;
    uint8_t           *inner_iv;

    memcpy(aad + aad_len, sealed + 2, bucket);
    aad_len += bucket;
    memcpy(aad + aad_len, "\x58\x19" "pwwb1-req", 11);
    memcpy(aad + aad_len + 11, tenant, sizeof(tenant));
    aad_len += 11 + sizeof(tenant);
    if (tenant_key(key) != 0
        || crypto_aead_aes256gcm_decrypt(plain, &plain_len, NULL, box, box_len, aad, aad_len, iv,
                                         key) != 0)
        return -1;

    inner_iv = memmem(plain, (size_t)plain_len, iv_mark, sizeof(iv_mark));
    if (inner_iv == NULL)
        return -1;
    inner_iv[sizeof(iv_mark)] ^= 1;
    iv[0] ^= 1; /* never the same twice under one key */
    return crypto_aead_aes256gcm_encrypt(box, NULL, plain, plain_len, aad, aad_len, NULL, iv, key);
}

static void
a_password_that_cannot_be_read_is_its_own_result(void)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    world   w;
    size_t  len;

    if (!crypto_aead_aes256gcm_is_available()) {
        CHECK(1);
        return;
    }
    world_make(&w);
    len = seal(&w, sealed);
    CHECK_INT(0, spoil_inner(sealed, len));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(1, (intmax_t)w.post.replies.count);
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(w.reply, agent_keys, w.claims.cti,
                                          w.post.replies.letters[0].data,
                                          w.post.replies.letters[0].len, NULL));
    CHECK_INT(PWWB_CODE_DECRYPT, pwwb_reply_code(w.reply));
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

/* ---- what stands around fails ---- */

static const pwwb_status every_failure[] = {
    PWWB_E_INVALID_ARGUMENT, PWWB_E_ABI,         PWWB_E_BUFFER_TOO_SMALL, PWWB_E_STATE,
    PWWB_E_NOT_SUPPORTED,    PWWB_E_NO_MEMORY,   PWWB_E_SYSTEM,           PWWB_E_MALFORMED,
    PWWB_E_TOO_LARGE,        PWWB_E_NOT_AUTHENTIC, PWWB_E_KEY_UNKNOWN,    PWWB_E_KEY_HALF,
    PWWB_E_CRYPTO,           PWWB_E_EXPIRED,     PWWB_E_NOT_YET,          PWWB_E_WRONG_TENANT,
    PWWB_E_NOT_FOUND,        PWWB_E_TIMEOUT,     PWWB_E_CONNECT,          PWWB_E_CLOSED,
    PWWB_E_TLS,              PWWB_E_TLS_CA,      PWWB_E_TLS_NAME,         PWWB_E_TLS_EXPIRED,
    PWWB_E_FULL,             PWWB_E_NO_AGENT,    PWWB_E_STOPPED,          PWWB_E_DIRECTORY,
    PWWB_E_AUTH,             PWWB_E_CALLBACK,    -12345,                  7};

static fake_fault
now(pwwb_status status)
{
    return (fake_fault){.nth = 1, .status = status};
}

static void
a_directory_that_fails_while_it_sets_is_unknown_unless_it_promised(void)
{
    world  w;
    size_t i;

    for (i = 0; i < COUNT(every_failure); i++) {
        int promised = fake_directory_promises(every_failure[i]);

        world_make(&w);
        w.fake.set_fault = now(every_failure[i]);
        (void)ask(&w);
        CHECK_INT(promised ? PWWB_OUTCOME_NOT_SET : PWWB_OUTCOME_UNKNOWN, outcome(&w));
        CHECK_INT(promised ? 0 : 1, w.fake.sets);
        world_drop(&w);
    }
}

static void
a_directory_that_fails_before_it_sets_leaves_the_password(void)
{
    world  w;
    size_t i;

    for (i = 0; i < COUNT(every_failure); i++) {
        world_make(&w);
        w.fake.find_fault = now(every_failure[i]);
        (void)ask(&w);
        CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
        w.fake.read_fault = now(every_failure[i]);
        (void)ask(&w);
        CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
        CHECK_INT(0, w.fake.sets);
        CHECK_INT(PWWB_CODE_OK, ask(&w)); /* and the next one goes well */
        world_drop(&w);
    }
}

static void
why_the_directory_could_not_be_asked_is_told(void)
{
    static const struct {
        pwwb_status status;
        int32_t     code;
    } rows[] = {{PWWB_E_TIMEOUT, PWWB_CODE_TIMEOUT},     {PWWB_E_CONNECT, PWWB_CODE_UNREACHABLE},
                {PWWB_E_CLOSED, PWWB_CODE_UNREACHABLE},  {PWWB_E_TLS_CA, PWWB_CODE_CONFIGURATION},
                {PWWB_E_AUTH, PWWB_CODE_CONFIGURATION},  {PWWB_E_NOT_FOUND, PWWB_CODE_NOT_FOUND},
                {PWWB_E_NO_MEMORY, PWWB_CODE_BUSY},      {PWWB_E_CALLBACK, PWWB_CODE_INTERNAL}};
    world  w;
    size_t i;

    world_make(&w);
    for (i = 0; i < COUNT(rows); i++) {
        w.fake.read_fault = now(rows[i].status);
        CHECK_INT(rows[i].code, ask(&w));
    }
    world_drop(&w);
}

/* A store of anchors that is damaged is an administrator's to mend: nobody is told that he does not exist. */
static void
why_nobody_could_be_looked_up_is_told(void)
{
    static const struct {
        pwwb_status status;
        int32_t     code;
    } rows[] = {{PWWB_E_TIMEOUT, PWWB_CODE_TIMEOUT},          {PWWB_E_NO_MEMORY, PWWB_CODE_BUSY},
                {PWWB_E_NO_SPACE, PWWB_CODE_BUSY},            {PWWB_E_MALFORMED, PWWB_CODE_CONFIGURATION},
                {PWWB_E_PERMISSION, PWWB_CODE_CONFIGURATION}, {PWWB_E_READ_ONLY, PWWB_CODE_CONFIGURATION},
                {PWWB_E_SYSTEM, PWWB_CODE_CONFIGURATION},     {PWWB_E_CALLBACK, PWWB_CODE_INTERNAL}};
    world  w;
    size_t i;

    world_make(&w);
    for (i = 0; i < COUNT(rows); i++) {
        w.fake.find_fault = now(rows[i].status);
        CHECK_INT(rows[i].code, ask(&w));
        CHECK_INT(0, w.fake.sets);
    }
    world_drop(&w);
}

/* A journal of the host's that remembers nothing and fails on command. */
typedef struct fake_journal {
    fake_fault claim, record, finish, lookup;
} fake_journal;

static pwwb_status
fake_claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms, uint8_t *reply,
           size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    fake_journal *j = ctx;

    (void)cti, (void)digest, (void)expires_ms, (void)reply, (void)reply_size, (void)err;
    ret_entry->state = PWWB_ENTRY_NEW;
    return fake_fault_next(&j->claim);
}

static pwwb_status
fake_record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t last_set_ms,
            int64_t issued_s, pwwb_error *err)
{
    fake_journal *j = ctx;

    (void)cti, (void)guid, (void)last_set_ms, (void)issued_s, (void)err;
    return fake_fault_next(&j->record);
}

static pwwb_status
fake_finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
            int64_t last_set_ms, pwwb_error *err)
{
    fake_journal *j = ctx;

    (void)cti, (void)reply, (void)reply_len, (void)last_set_ms, (void)err;
    return fake_fault_next(&j->finish);
}

static pwwb_status
fake_lookup(void *ctx, const uint8_t *guid, int64_t last_set_ms, int64_t issued_s,
            int32_t *ret_ours, pwwb_error *err)
{
    fake_journal *j = ctx;

    (void)guid, (void)last_set_ms, (void)issued_s, (void)err;
    *ret_ours = 0;
    return fake_fault_next(&j->lookup);
}

static const pwwb_journal_ops fake_journal_ops = {.size   = sizeof(pwwb_journal_ops),
                                                  .claim  = fake_claim,
                                                  .record = fake_record,
                                                  .finish = fake_finish,
                                                  .lookup = fake_lookup};

static void
a_journal_that_fails_stops_the_request_before_anything_is_written(void)
{
    fake_journal journal;
    fake_fault  *before[3];
    world        w;
    size_t       i, k;

    before[0] = &journal.claim, before[1] = &journal.record, before[2] = &journal.lookup;
    for (k = 0; k < COUNT(before); k++)
        for (i = 0; i < COUNT(every_failure); i++) {
            if (k == 0 && every_failure[i] == PWWB_E_TIMEOUT)
                continue; /* it comes again: see below */
            memset(&journal, 0, sizeof(journal));
            world_prepare(&w);
            CHECK_STATUS(PWWB_OK, pwwb_journal_new(&fake_journal_ops, &journal, &w.journal, NULL));
            CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 0));
            *before[k] = now(every_failure[i]);
            if (k == 2)
                w.fake.account.password_last_set_ms = NOW_MS + 1000;
            CHECK(ask(&w) != PWWB_CODE_NOT_FOUND); /* that is said of accounts alone */
            /* Unclaimed, an earlier delivery may have been done: only a full journal has looked. */
            CHECK_INT(k > 0 || every_failure[i] == PWWB_E_FULL ? PWWB_OUTCOME_NOT_SET
                                                               : PWWB_OUTCOME_UNKNOWN,
                      outcome(&w));
            CHECK_INT(0, w.fake.sets);
            world_drop(&w);
        }
}

/* Nothing is said of a request that a busy journal did not claim: it comes again, and is set then. */
static void
a_journal_that_is_busy_puts_the_request_off(void)
{
    fake_journal journal = {.claim = {.nth = 1, .status = PWWB_E_TIMEOUT}};
    world        w;

    world_prepare(&w);
    CHECK_STATUS(PWWB_OK, pwwb_journal_new(&fake_journal_ops, &journal, &w.journal, NULL));
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 0));
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w)); /* no reply came yet */
    CHECK_INT(0, w.fake.sets);
    CHECK_INT(0, w.post.replies.total);
    let_agent_work(&w);
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(2, journal.claim.calls);
    CHECK_INT(1, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_RELEASED));
    world_drop(&w);
}

/* It looked no further back than it knows, and for itself alone. */
static void
a_full_journal_that_cannot_know_says_unknown(void)
{
    fake_journal journal = {.claim = {.nth = 1, .status = PWWB_E_FULL}};
    world        w;

    world_prepare(&w);
    w.writeback.flags = PWWB_WRITEBACK_OTHER_AGENTS;
    CHECK_STATUS(PWWB_OK, pwwb_journal_new(&fake_journal_ops, &journal, &w.journal, NULL));
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 0));
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
    world_drop(&w);

    world_prepare(&w); /* a journal that is younger than the request, and full */
    CHECK_STATUS(PWWB_OK,
                 pwwb_journal_new_memory(1, &fake_clock_ops, &w.clock, &w.journal, NULL));
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 0));
    (void)ask(&w);
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
a_journal_that_cannot_keep_the_reply_does_not_change_it(void)
{
    fake_journal journal = {.finish = {.nth = 1, .status = PWWB_E_SYSTEM}};
    world        w;

    world_prepare(&w);
    CHECK_STATUS(PWWB_OK, pwwb_journal_new(&fake_journal_ops, &journal, &w.journal, NULL));
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 0));
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
a_send_that_surely_failed_is_not_set_and_any_other_is_unknown(void)
{
    world  w;
    size_t i;

    for (i = 0; i < COUNT(every_failure); i++) {
        pwwb_status st       = every_failure[i];
        int         promised = st == PWWB_E_FULL || st == PWWB_E_NO_AGENT || st == PWWB_E_CONNECT
                       || st == PWWB_E_NO_MEMORY || st == PWWB_E_AUTH
                       || (st <= PWWB_E_TLS && st >= PWWB_E_TLS_EXPIRED);

        world_make(&w);
        w.portal_end.send_fault = now(st);
        (void)ask(&w);
        CHECK_INT(promised ? PWWB_OUTCOME_NOT_SET : PWWB_OUTCOME_UNKNOWN, outcome(&w));
        CHECK_INT(0, w.fake.sets);
        world_drop(&w);
    }
}

static void
a_reply_that_did_not_go_out_goes_out_when_the_message_comes_again(void)
{
    world w;

    world_make(&w);
    w.agent_end.send_fault = now(PWWB_E_CLOSED);
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(PWWB_SETTLE_RELEASE, w.agent_end.verdict);
    let_agent_work(&w);
    CHECK_INT(1, (intmax_t)w.post.replies.count);
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(1, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_REPEATED));
    world_drop(&w);
}

/* ---- messages ---- */

static void
a_password_takes_two_messages_and_none_else(void)
{
    world w;

    world_make(&w);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, w.post.requests.total);
    CHECK_INT(1, w.post.replies.total);
    printf("# a reset in two messages: %zu and %zu octets\n", w.agent_end.held.len,
           w.portal_end.held.len);
    CHECK(w.agent_end.held.len < 1024 && w.portal_end.held.len < 1024);

    w.claims.user_type = PWWB_USER_CLOUD_ONLY;
    CHECK_INT(PWWB_CODE_USER_TYPE, ask(&w));
    w.claims.user_type = PWWB_USER_FEDERATED;
    w.claims.origin    = PWWB_FROM_OFFICE_PORTAL;
    CHECK_INT(PWWB_CODE_ORIGIN_OFFICE_PORTAL, ask(&w));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    CHECK_INT(2, w.post.requests.total + w.post.replies.total);
    world_drop(&w);
}

static void
no_agent_means_no_answer_by_the_deadline(void)
{
    world w;

    world_make(&w);
    w.post.work = NULL;
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

static void
replies_to_others_and_noise_are_passed_over(void)
{
    world w;

    world_make(&w);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.replies, (const uint8_t *)"noise", 5));
    CHECK_STATUS(PWWB_OK,
                 fake_box_put(&w.post.replies, w.portal_end.held.data, w.portal_end.held.len));
    w.fake.code = PWWB_CODE_PERMISSION;
    CHECK_INT(PWWB_CODE_PERMISSION, ask(&w));
    world_drop(&w);
}

static void
another_process_with_the_keys_can_finish(void)
{
    char                  folder[] = "/tmp/pwwb-flow-XXXXXX", path[64], lock_path[80];
    uint8_t               sealed[PWWB_ENVELOPE_MAX];
    pwwb_keystore_options options = {.size = sizeof(options), .lock = PWWB_LOCK_KEY,
                                     .secret = lock, .secret_len = sizeof(lock)};
    pwwb_keyring_info     info = {.size = sizeof(info)};
    pwwb_keystore        *store;
    pwwb_keyring         *loaded;
    pwwb_reply           *reply;
    world         w;

    world_make(&w);
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/portal.key", folder);
    CHECK_STATUS(PWWB_OK, pwwb_keystore_new_file(path, &options, &store, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_put(store, agent_keys, PWWB_HALF_PORTAL, NULL));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, seal(&w, sealed)));
    let_agent_work(&w);

    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &loaded, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keyring_describe(loaded, &info, NULL));
    CHECK_INT(PWWB_HALF_PORTAL, info.half);
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(reply, loaded, w.claims.cti,
                                          w.post.replies.letters[0].data,
                                          w.post.replies.letters[0].len, NULL));
    CHECK_INT(PWWB_OUTCOME_SET, pwwb_reply_outcome(reply));
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_reply_open(reply, loaded, tenant,
                                                   w.post.replies.letters[0].data,
                                                   w.post.replies.letters[0].len, NULL));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_reply_outcome(reply));
    pwwb_reply_free(reply);
    pwwb_keyring_free(loaded);
    pwwb_keystore_free(store);
    (void)snprintf(lock_path, sizeof(lock_path), "%s.lock", path);
    CHECK_INT(0, unlink(path));
    CHECK_INT(0, unlink(lock_path));
    CHECK_INT(0, rmdir(folder));
    world_drop(&w);
}

/* ---- no memory ---- */

/* One whole flow, in which the keys are opened too. */
static pwwb_status
flow(world *w, const uint8_t *sealed_keys, size_t len)
{
    pwwb_keyring *keys = NULL;
    pwwb_status   st;

    world_prepare(w);
    st = pwwb_keyring_open(sealed_keys, len, PWWB_LOCK_KEY, lock, sizeof(lock), &keys, NULL);
    if (st == PWWB_OK)
        st = world_make_with(w, keys, 4);
    if (st == PWWB_OK)
        st = call(w, new_password);
    pwwb_keyring_free(keys);
    return st;
}

static void
running_out_of_memory_anywhere_is_survived_and_never_lied_about(void)
{
    uint8_t sealed[PWWB_KEYRING_MAX];
    long    outcomes[PWWB_OUTCOME_UNKNOWN + 1] = {0};
    long    count, nth, lies = 0;
    size_t  len;
    world   w;

    CHECK_STATUS(PWWB_OK, pwwb_keyring_seal(agent_keys, PWWB_HALF_AGENT, PWWB_LOCK_KEY, lock,
                                            sizeof(lock), sealed, sizeof(sealed), &len, NULL));
    faults_count();
    CHECK_STATUS(PWWB_OK, flow(&w, sealed, len));
    count = faults_stop();
    CHECK_INT(PWWB_OUTCOME_SET, outcome(&w));
    world_drop(&w);
    CHECK(count > 10);

    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;
        int32_t     said;

        faults_fail(nth);
        st = flow(&w, sealed, len);
        faults_stop();
        said = w.reply != NULL ? outcome(&w) : PWWB_OUTCOME_NOT_SET;
        outcomes[said]++;
        lies += said == PWWB_OUTCOME_NOT_SET && w.fake.sets != 0;
        lies += said == PWWB_OUTCOME_SET && w.fake.sets != 1;
        lies += st != PWWB_OK && st != PWWB_E_NO_MEMORY;
        world_drop(&w);
    }
    printf("# %ld allocations, each failed once: %ld set, %ld not set, %ld unknown\n", count,
           outcomes[PWWB_OUTCOME_SET], outcomes[PWWB_OUTCOME_NOT_SET],
           outcomes[PWWB_OUTCOME_UNKNOWN]);
    CHECK_INT(0, lies);
}

int
main(void)
{
    if (!make_keys())
        return 1;

    RUN(a_request_for_an_unknown_key_is_left_to_others);
    RUN(one_changed_bit_anywhere_gets_no_reply);
    RUN(noise_of_any_length_is_rejected);
    RUN(a_password_that_cannot_be_read_is_its_own_result);
    RUN(a_directory_that_fails_while_it_sets_is_unknown_unless_it_promised);
    RUN(a_directory_that_fails_before_it_sets_leaves_the_password);
    RUN(why_the_directory_could_not_be_asked_is_told);
    RUN(why_nobody_could_be_looked_up_is_told);
    RUN(a_journal_that_fails_stops_the_request_before_anything_is_written);
    RUN(a_journal_that_is_busy_puts_the_request_off);
    RUN(a_full_journal_that_cannot_know_says_unknown);
    RUN(a_journal_that_cannot_keep_the_reply_does_not_change_it);
    RUN(a_send_that_surely_failed_is_not_set_and_any_other_is_unknown);
    RUN(a_reply_that_did_not_go_out_goes_out_when_the_message_comes_again);
    RUN(a_password_takes_two_messages_and_none_else);
    RUN(no_agent_means_no_answer_by_the_deadline);
    RUN(replies_to_others_and_noise_are_passed_over);
    RUN(another_process_with_the_keys_can_finish);
    RUN(running_out_of_memory_anywhere_is_survived_and_never_lied_about);
    drop_keys();
    return DONE;
}
