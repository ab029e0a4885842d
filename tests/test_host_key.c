/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 17 18 */
#include <pthread.h>

#include "faults.h"
#include "host_keys.h"
#include "host_world.h"

static pwwb_keyring *
keys_of(host_key *key)
{
    pwwb_keyring *keyring = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new_host_key(ex_tenant, hk_public, hk_public_len, &hk_ops,
                                                    key, &keyring, NULL));
    return keyring;
}

/* ---- the three answers ---- */

static void
a_key_of_the_hosts_opens_what_its_portal_half_sealed(void)
{
    host_key        key     = {0};
    pwwb_keyring   *keyring = keys_of(&key);
    pwwb_epoch_info info    = {.size = sizeof(info)};

    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL));
    CHECK_INT(1, key.unwraps);
    CHECK_STATUS(PWWB_OK, pwwb_keyring_describe_epoch(keyring, 0, &info, NULL));
    CHECK_INT(1, info.is_host_key);
    CHECK_INT(PWWB_SUITE_RSA, info.suite);
    CHECK_INT(0, key.makes);
    pwwb_keyring_free(keyring);
}

static void
what_it_rejects_fails_as_a_key_of_ours_fails(void)
{
    host_key      key     = {0};
    pwwb_keyring *theirs  = keys_of(&key), *ours = NULL;
    pwwb_error   *err[2]  = {pwwb_error_new(), pwwb_error_new()};

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(ex_tenant, PWWB_SUITE_RSA, &ours, NULL));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, hw_open(ours, 1, err[0]));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, hw_open(theirs, 1, err[1]));
    CHECK_STR(pwwb_error_message(err[0]), pwwb_error_message(err[1]));
    key.answer = PWWB_UNWRAP_REJECTED; /* though the content key was filled in */
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, hw_open(theirs, 0, err[1]));
    CHECK_STR(pwwb_error_message(err[0]), pwwb_error_message(err[1]));
    key.answer   = 0;
    key.is_wrong = 1;
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, hw_open(theirs, 0, err[1]));
    CHECK_STR(pwwb_error_message(err[0]), pwwb_error_message(err[1]));
    key.is_wrong = 0;
    CHECK_STATUS(PWWB_OK, hw_open(theirs, 0, err[1]));
    pwwb_keyring_free(theirs);
    pwwb_keyring_free(ours);
    pwwb_error_free(err[0]);
    pwwb_error_free(err[1]);
}

static void
unavailable_is_no_refusal_and_passes(void)
{
    host_key      key     = {.once = PWWB_UNWRAP_UNAVAILABLE};
    pwwb_keyring *keyring = keys_of(&key);
    pwwb_error   *err     = pwwb_error_new();

    CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, hw_open(keyring, 0, err));
    CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, pwwb_error_status(err));
    CHECK_STR("the host's key cannot be used now", pwwb_error_message(err));
    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, err));
    key.once = PWWB_UNWRAP_UNAVAILABLE; /* and says nothing of whether it would open */
    CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, hw_open(keyring, 1, err));
    CHECK_STR("the host's key cannot be used now", pwwb_error_message(err));
    pwwb_keyring_free(keyring);
    pwwb_error_free(err);
}

/* A request can be tried again in the same handle. */
static void
the_same_request_opens_when_the_key_is_back(void)
{
    host_key      key     = {.once = PWWB_UNWRAP_UNAVAILABLE};
    pwwb_keyring *keyring = keys_of(&key);
    pwwb_request *request = NULL;
    ex_message    m;

    CHECK_STATUS(PWWB_OK, ex_seal(keyring, HW_NOW_S, &m));
    CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
    CHECK_STATUS(PWWB_OK,
                 pwwb_request_open(request, keyring, m.octets, m.len, HW_NOW_S, 120, NULL));
    CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, pwwb_request_open_secret(request, NULL));
    CHECK(pwwb_request_claims(request) != NULL);
    CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(request, NULL));
    pwwb_request_free(request);
    pwwb_keyring_free(keyring);
}

static void
an_answer_that_is_none_of_three_is_unavailable(void)
{
    static const int32_t nonsense[] = {4, -1, 100, INT32_MIN, INT32_MAX, PWWB_E_NOT_AUTHENTIC};
    host_key             key        = {0};
    pwwb_keyring        *keyring    = keys_of(&key);
    pwwb_error          *err        = pwwb_error_new();
    size_t               i;

    for (i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        key.answer = nonsense[i];
        CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, hw_open(keyring, 0, err));
        CHECK_STR("the host's key answered nonsense", pwwb_error_message(err));
    }
    pwwb_keyring_free(keyring);
    pwwb_error_free(err);
}

/* ---- tables ---- */

static pwwb_status
made_with(const pwwb_unwrap_ops *ops, host_key *key, pwwb_keyring **ret_keyring)
{
    return pwwb_keyring_new_host_key(ex_tenant, hk_public, hk_public_len, ops, key, ret_keyring,
                                     NULL);
}

static void
tables_of_other_sizes_are_read_as_the_abi_says(void)
{
    struct {
        pwwb_unwrap_ops ops;
        void           *unknown;
    } longer              = {.ops = hk_ops};
    pwwb_unwrap_ops ops   = hk_ops;
    host_key        key   = {0};
    pwwb_keyring   *keyring;

    longer.ops.size = sizeof(longer);
    CHECK_STATUS(PWWB_OK, made_with(&longer.ops, &key, &keyring));
    pwwb_keyring_free(keyring);
    CHECK_INT(1, key.destroyed);
    longer.unknown = &key;
    CHECK_STATUS(PWWB_E_ABI, made_with(&longer.ops, &key, &keyring));
    CHECK(keyring == NULL);
    ops.size = sizeof(ops) - 1;
    CHECK_STATUS(PWWB_E_ABI, made_with(&ops, &key, &keyring));
    ops.size = 0;
    CHECK_STATUS(PWWB_E_ABI, made_with(&ops, &key, &keyring));
    ops        = hk_ops;
    ops.unwrap = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, made_with(&ops, &key, &keyring));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, made_with(NULL, &key, &keyring));
    CHECK_INT(1, key.destroyed);
}

static void
what_is_no_rsa_key_of_2048_bits_is_refused_and_ctx_stays_the_hosts(void)
{
    static const uint8_t nothing[WB_RSA_PUB_MAX + 1] = {0};
    host_key             key                         = {0};
    pwwb_keyring        *keyring                     = NULL;
    size_t               lens[]                      = {1, 32, WB_RSA_PUB_MAX, sizeof(nothing)};
    size_t               i;

    for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
        CHECK_STATUS(PWWB_E_CRYPTO, pwwb_keyring_new_host_key(ex_tenant, nothing, lens[i], &hk_ops,
                                                              &key, &keyring, NULL));
    CHECK_STATUS(PWWB_E_CRYPTO,
                 pwwb_keyring_new_host_key(ex_tenant, hk_public, hk_public_len - 1, &hk_ops, &key,
                                           &keyring, NULL));
    CHECK(keyring == NULL);
    CHECK_INT(0, key.destroyed);
    CHECK_INT(0, key.unwraps);
}

/* ---- with a key store ---- */

/* The very first key, too: an enrolment into an empty store. */
static void
every_key_of_a_tenant_is_made_by_the_host(void)
{
    host_key      key = {0};
    ex_world      w;
    pwwb_keyring *keyring;

    ex_make(&w);
    hw_restart(&w, &hk_ops, &key);
    ex_enable(&w);
    CHECK_INT(1, key.makes);
    CHECK_INT(1, ex_epoch(&w.agent, 0).is_host_key);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    CHECK_INT(1, key.unwraps);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_INT(2, key.makes);
    CHECK_INT(1, ex_epoch(&w.agent, 0).is_host_key);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    CHECK_INT(2, key.unwraps);
    keyring = ex_keys(&w.agent);
    CHECK(keyring->epochs[0].rsa_private == NULL && keyring->epochs[1].rsa_private == NULL);
    pwwb_keyring_free(keyring);
    ex_drop(&w);
    CHECK_INT(1, key.destroyed);
    CHECK_INT(0, key.late);
}

/* Its private key never was in the store: without the table there is none. */
static void
a_store_without_the_table_opens_nothing(void)
{
    host_key       key = {0};
    ex_world       w;
    pwwb_keyring  *keyring = NULL;
    pwwb_keystore *bare    = NULL;
    pwwb_error    *err     = pwwb_error_new();

    ex_make(&w);
    hw_restart(&w, &hk_ops, &key);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, hw_store(&w.agent_store, NULL, NULL, &bare));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(bare, &keyring, NULL));
    CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, hw_open(keyring, 0, err));
    CHECK_STR("the private key is the host's: give `unwrap` to the key store",
              pwwb_error_message(err));
    pwwb_keyring_free(keyring);
    pwwb_keystore_free(bare);
    ex_drop(&w);
    pwwb_error_free(err);
}

/* Neither to begin with nor to roll; what there is stays as it is. */
static void
check_no_key_is_made(const pwwb_unwrap_ops *ops, host_key with, pwwb_status expected)
{
    host_key key = {0};
    ex_world w;
    uint64_t version;

    ex_make(&w);
    hw_restart(&w, ops, &with);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(expected, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_INT(0, (intmax_t)w.agent_store.version);

    hw_restart(&w, &hk_ops, &key);
    ex_enable(&w);
    hw_restart(&w, ops, &with);
    version = w.agent_store.version;
    CHECK_STATUS(expected, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT((intmax_t)version, (intmax_t)w.agent_store.version);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
    CHECK_INT(1, key.destroyed);
}

static void
a_table_that_makes_no_keys_cannot_roll(void)
{
    pwwb_unwrap_ops ops = hk_ops;

    ops.make = NULL;
    check_no_key_is_made(&ops, (host_key){0}, PWWB_E_NOT_SUPPORTED);
}

static void
a_make_that_fails_or_lies_makes_no_epoch(void)
{
    check_no_key_is_made(&hk_ops, (host_key){.make_status = PWWB_E_CONNECT}, PWWB_E_CONNECT);
    check_no_key_is_made(&hk_ops, (host_key){.make_status = 77}, PWWB_E_CALLBACK);
    check_no_key_is_made(&hk_ops, (host_key){.make_len = WB_RSA_PUB_MAX + 1}, PWWB_E_CALLBACK);
    check_no_key_is_made(&hk_ops, (host_key){.make_len = SIZE_MAX}, PWWB_E_CALLBACK);
    check_no_key_is_made(&hk_ops, (host_key){.make_len = 100}, PWWB_E_CRYPTO);
    check_no_key_is_made(&hk_ops, (host_key){.make_flip = 1}, PWWB_E_CRYPTO);
}

/* ---- destroy ---- */

static void
destroy_is_called_once_with_the_last_keyring(void)
{
    host_key      key     = {0};
    pwwb_keyring *keyring = keys_of(&key), *more = pwwb_keyring_ref(keyring);

    pwwb_keyring_free(keyring);
    CHECK_INT(0, key.destroyed);
    CHECK_STATUS(PWWB_OK, hw_open(more, 0, NULL));
    pwwb_keyring_free(more);
    CHECK_INT(1, key.destroyed);
    CHECK_INT(0, key.late);
}

static void
destroy_waits_for_the_store_and_for_every_keyring_of_it(void)
{
    host_key       key = {0}, hand = {0};
    ex_store       behind = {0};
    pwwb_keystore *store  = NULL;
    pwwb_keyring  *made   = keys_of(&hand), *first = NULL, *second = NULL;

    CHECK_STATUS(PWWB_OK, hw_store(&behind, &hk_ops, &key, &store));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_put(store, made, PWWB_HALF_AGENT, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &first, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &second, NULL));
    pwwb_keyring_free(made);
    CHECK_INT(1, hand.destroyed);
    pwwb_keyring_free(first);
    pwwb_keystore_free(store);
    CHECK_INT(0, key.destroyed);
    CHECK_STATUS(PWWB_OK, hw_open(second, 0, NULL));
    pwwb_keyring_free(second);
    CHECK_INT(1, key.destroyed);
    CHECK_INT(0, key.late);

    CHECK_STATUS(PWWB_OK, hw_store(&behind, &hk_ops, &key, &store)); /* never loaded */
    pwwb_keystore_free(store);
    CHECK_INT(2, key.destroyed);
}

static void
a_table_without_destroy_is_let_go_silently(void)
{
    host_key        key = {0};
    pwwb_unwrap_ops ops = hk_ops;
    pwwb_keyring   *keyring;

    ops.destroy = NULL;
    CHECK_STATUS(PWWB_OK, made_with(&ops, &key, &keyring));
    pwwb_keyring_free(keyring);
    CHECK_INT(0, key.destroyed);
}

static void *
open_many(void *ctx)
{
    pwwb_keyring *keyring = ctx;
    long          bad     = 0;
    ex_message    m;
    int           i;

    for (i = 0; i < 5; i++)
        bad += ex_seal(keyring, HW_NOW_S, &m) != PWWB_OK
               || ex_open(keyring, &m, HW_NOW_S) != PWWB_OK;
    return (void *)bad;
}

static void
four_threads_use_one_key_at_once(void)
{
    host_key      key     = {0};
    pwwb_keyring *keyring = keys_of(&key);
    pthread_t     threads[4];
    void         *bad;
    int           i;

    for (i = 0; i < 4; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, open_many, keyring));
    for (i = 0; i < 4; i++) {
        CHECK_INT(0, pthread_join(threads[i], &bad));
        CHECK(bad == NULL);
    }
    CHECK_INT(20, key.unwraps);
    pwwb_keyring_free(keyring);
    CHECK_INT(1, key.destroyed);
}

/* ---- memory ---- */

static void
running_out_of_memory_anywhere_is_survived_and_leaves_ctx_alone(void)
{
    host_key       key     = {0};
    ex_store       behind  = {0};
    pwwb_keystore *store   = NULL;
    pwwb_keyring  *keyring = NULL;
    long           i, all;

    faults_count();
    CHECK_STATUS(PWWB_OK, made_with(&hk_ops, &key, &keyring));
    all = faults_stop();
    pwwb_keyring_free(keyring);
    CHECK(all >= 4);
    for (i = 1; i <= all; i++) {
        faults_fail(i);
        CHECK_STATUS(PWWB_E_NO_MEMORY, made_with(&hk_ops, &key, &keyring));
        (void)faults_stop();
        CHECK(keyring == NULL);
    }
    CHECK_INT(1, key.destroyed); /* of the one that was made */

    faults_count();
    CHECK_STATUS(PWWB_OK, hw_store(&behind, &hk_ops, &key, &store));
    all = faults_stop();
    pwwb_keystore_free(store);
    for (i = 1; i <= all; i++) {
        faults_fail(i);
        CHECK_STATUS(PWWB_E_NO_MEMORY, hw_store(&behind, &hk_ops, &key, &store));
        (void)faults_stop();
        CHECK(store == NULL);
    }
    CHECK_INT(2, key.destroyed);
}

/* Keys are made or they are not; and the key is let go once, at the end. */
static void
running_out_of_memory_while_keys_are_made_is_survived(void)
{
    host_key    key = {0};
    ex_world    w;
    pwwb_status st  = PWWB_E_NO_MEMORY;
    long        i;

    ex_make(&w);
    hw_restart(&w, &hk_ops, &key);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    for (i = 1; st == PWWB_E_NO_MEMORY; i++) {
        CHECK_INT(0, (intmax_t)w.agent_store.version);
        faults_fail(i);
        st = ex_begin(&w, PWWB_EXCHANGE_ENABLE);
        (void)faults_stop();
    }
    CHECK_STATUS(PWWB_OK, st);
    CHECK(i > 4);
    CHECK_INT(1, (intmax_t)w.agent_store.version);
    ex_drop(&w);
    CHECK_INT(1, key.destroyed);
}

int
main(void)
{
    hk_begin();
    RUN(a_key_of_the_hosts_opens_what_its_portal_half_sealed);
    RUN(what_it_rejects_fails_as_a_key_of_ours_fails);
    RUN(unavailable_is_no_refusal_and_passes);
    RUN(the_same_request_opens_when_the_key_is_back);
    RUN(an_answer_that_is_none_of_three_is_unavailable);
    RUN(tables_of_other_sizes_are_read_as_the_abi_says);
    RUN(what_is_no_rsa_key_of_2048_bits_is_refused_and_ctx_stays_the_hosts);
    RUN(every_key_of_a_tenant_is_made_by_the_host);
    RUN(a_store_without_the_table_opens_nothing);
    RUN(a_table_that_makes_no_keys_cannot_roll);
    RUN(a_make_that_fails_or_lies_makes_no_epoch);
    RUN(destroy_is_called_once_with_the_last_keyring);
    RUN(destroy_waits_for_the_store_and_for_every_keyring_of_it);
    RUN(a_table_without_destroy_is_let_go_silently);
    RUN(four_threads_use_one_key_at_once);
    RUN(running_out_of_memory_anywhere_is_survived_and_leaves_ctx_alone);
    RUN(running_out_of_memory_while_keys_are_made_is_survived);
    hk_end();
    return DONE;
}
