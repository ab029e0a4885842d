/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
/* No branch and no address of ours depends on a secret: the library's ways with keys and passwords,
 * under valgrind, see ctgrind.h. It starts valgrind itself.
 *   ctgrind                                  the ways, none of which may be complained of
 *   ctgrind --planted                        each with an error planted, which must be
 *   ctgrind --plant-branch or --plant-index  the ways with one such error: they must end with 9 */
#include "ctgrind.h"

#include <unistd.h>
#include <valgrind/valgrind.h>

#include "envelopes.h"
#include "keyring.h"
#include "secret.h"

enum { RSA, X25519 };

static uint8_t new_password[16] = "Horse-Correct-16";
static uint8_t old_password[16] = "staple battery!!";
static uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = "a key that seals a file of keys";

static void
begin(void)
{
    env_begin();
    ctgrind_hide(new_password, sizeof(new_password));
    ctgrind_hide(old_password, sizeof(old_password));
    ctgrind_hide(lock_key, sizeof(lock_key));
}

/* For the eyes of the test alone. */
static void
check_secret(const char *expected, size_t expected_len, const uint8_t *secret, size_t len)
{
    uint8_t copy[64];

    CHECK_INT(expected_len, len);
    if (secret == NULL || len > sizeof(copy))
        return;
    memcpy(copy, secret, len);
    ctgrind_reveal(copy, len);
    CHECK_MEM(expected, expected_len, copy, len);
}

/* -- the ways -- */

static void
seal(int suite, enum ctgrind_spoil spoil, sealed *s)
{
    pwwb_claims claims = env_claims(PWWB_OPERATION_CHANGE);

    ctgrind_spoil = spoil;
    CHECK_STATUS(PWWB_OK, pwwb_request_seal(env_keys[suite], &claims, new_password,
                                            sizeof(new_password), old_password,
                                            sizeof(old_password), s->octets, sizeof(s->octets),
                                            &s->len, NULL));
    ctgrind_spoil = NOTHING;
}

static void
open_request(int suite)
{
    const uint8_t *text;
    size_t         len;
    sealed         s;

    seal(suite, NOTHING, &s);
    CHECK_STATUS(PWWB_OK, env_open(env_keys[suite], s.octets, s.len));
    CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
    text = pwwb_request_password(env_request, &len);
    ctgrind_pass(PASSWORD, text, len);
    check_secret("Horse-Correct-16", 16, text, len);
    text = pwwb_request_old_password(env_request, &len);
    ctgrind_pass(PASSWORD, text, len);
    check_secret("staple battery!!", 16, text, len);
    pwwb_request_wipe(env_request);
}

static void
open_spoiled(int suite, enum ctgrind_spoil spoil)
{
    sealed s;

    seal(suite, spoil, &s);
    CHECK_STATUS(PWWB_OK, env_open(env_keys[suite], s.octets, s.len));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, pwwb_request_open_secret(env_request, NULL));
    pwwb_request_wipe(env_request);
}

static void
seal_request(int suite)
{
    sealed s;

    seal(suite, NOTHING, &s);
}

static void
open_bad_oaep(int suite)
{
    open_spoiled(suite, SPOIL_OAEP);
}

static void
open_short_key(int suite)
{
    open_spoiled(suite, SPOIL_OAEP_SIZE);
}

static void
open_no_residue(int suite)
{
    open_spoiled(suite, SPOIL_MODULUS);
}

static void
open_bad_ephemeral(int suite)
{
    open_spoiled(suite, SPOIL_EPHEMERAL);
}

static void
open_bad_tag(int suite)
{
    open_spoiled(suite, SPOIL_TAG);
}

static void
open_bad_outer_tag(int suite)
{
    sealed s;

    seal(suite, NOTHING, &s);
    s.octets[s.len - 1] ^= 1;
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, env_open(env_keys[suite], s.octets, s.len));
}

/* A reply that is right, and one whose tag is not. */
static void
reply(int suite)
{
    uint8_t      cti[PWWB_ID_SIZE];
    pwwb_reply  *answer = NULL;
    sealed       s;

    seal(suite, NOTHING, &s);
    CHECK_STATUS(PWWB_OK, env_open(env_keys[suite], s.octets, s.len));
    memcpy(cti, pwwb_request_claims(env_request)->cti, sizeof(cti));
    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(env_request, PWWB_CODE_OK, NULL, "dc1", 1, s.octets,
                                          sizeof(s.octets), &s.len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&answer, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(answer, env_keys[suite], cti, s.octets, s.len, NULL));
    CHECK_INT(PWWB_CODE_OK, pwwb_reply_code(answer));
    s.octets[s.len - 1] ^= 1;
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC,
                 pwwb_reply_open(answer, env_keys[suite], cti, s.octets, s.len, NULL));
    pwwb_reply_free(answer);
    pwwb_request_wipe(env_request);
}

static void
make_keys(int suite)
{
    pwwb_keyring *keyring = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(env_tenant, suite == RSA ? PWWB_SUITE_RSA
                                                                    : PWWB_SUITE_X25519,
                                           &keyring, NULL));
    if (keyring != NULL)
        ctgrind_pass(TENANT_KEY, wb_keyring_active(keyring)->keys->tenant, WB_KEY_SIZE);
    pwwb_keyring_free(keyring);
}

/* Sealed, opened, opened with another key; and what was opened opens a request. */
static void
keep_keys(int suite)
{
    pwwb_keyring *kept = NULL, *mine = env_keys[suite];
    uint8_t       file[PWWB_KEYRING_MAX];
    uint8_t       other_key[sizeof(lock_key)];
    size_t        len;

    memcpy(other_key, lock_key, sizeof(other_key));
    other_key[0] ^= 1;
    CHECK_STATUS(PWWB_OK, pwwb_keyring_seal(mine, PWWB_HALF_AGENT, PWWB_LOCK_KEY, lock_key,
                                            sizeof(lock_key), file, sizeof(file), &len, NULL));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC,
                 pwwb_keyring_open(file, len, PWWB_LOCK_KEY, other_key, sizeof(other_key), &kept,
                                   NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keyring_open(file, len, PWWB_LOCK_KEY, lock_key, sizeof(lock_key),
                                            &kept, NULL));
    if (kept == NULL)
        return;
    env_keys[suite] = kept;
    open_request(suite);
    env_keys[suite] = mine;
    pwwb_keyring_free(kept);
}

/* -- none may be complained of -- */

static void
check_silent(void (*way)(int suite), int suite)
{
    way(suite);
    CHECK_INT(0, ctgrind_complaints());
}

static void
check_silent_in_both(void (*way)(int suite))
{
    check_silent(way, RSA);
    check_silent(way, X25519);
}

static void
making_keys_follows_no_secret(void)
{
    check_silent_in_both(make_keys);
}

static void
keeping_keys_in_a_file_follows_no_secret(void)
{
    check_silent_in_both(keep_keys);
}

static void
sealing_a_request_follows_no_secret(void)
{
    check_silent_in_both(seal_request);
}

static void
opening_a_request_follows_no_secret(void)
{
    check_silent_in_both(open_request);
}

static void
whether_oaep_was_good_shows_nowhere(void)
{
    check_silent(open_bad_oaep, RSA);
    check_silent(open_short_key, RSA);
    check_silent(open_no_residue, RSA);
}

static void
a_point_of_small_order_follows_no_secret(void)
{
    check_silent(open_bad_ephemeral, X25519);
}

static void
a_wrong_tag_follows_no_secret(void)
{
    check_silent_in_both(open_bad_tag);
    check_silent_in_both(open_bad_outer_tag);
}

static void
a_reply_follows_no_secret(void)
{
    check_silent_in_both(reply);
}

static void
without_aesni_our_part_follows_no_secret(void)
{
    ctgrind_without_aesni = 1;
    check_silent_in_both(open_request);
    check_silent_in_both(open_bad_tag);
    ctgrind_without_aesni = 0;
}

static void
comparing_secrets_follows_neither(void)
{
    uint8_t same[PWWB_LOCK_KEY_SIZE];
    int     is_equal, is_other;

    memcpy(same, lock_key, sizeof(same));
    is_equal = wb_equal(same, lock_key, sizeof(same));
    same[7] ^= 1;
    is_other = wb_equal(same, lock_key, sizeof(same));
    CHECK_INT(0, ctgrind_complaints());
    ctgrind_reveal(&is_equal, sizeof(is_equal));
    ctgrind_reveal(&is_other, sizeof(is_other));
    CHECK_INT(1, is_equal);
    CHECK_INT(0, is_other);
}

/* -- each planted error must be -- */

/* Each time the secret passes, it is a secret still: what is made public too early, or not marked,
 * is a look that nobody complains of. */
static const struct planted {
    enum ctgrind_secret secret;
    void (*way)(int suite);
    int      suite;
    unsigned looks; /* at least */
} planted[] = {
    {TENANT_KEY, make_keys, RSA, 1},
    {TENANT_KEY, make_keys, X25519, 1},
    {TENANT_KEY, open_request, RSA, 2},
    {TENANT_KEY, open_request, X25519, 2},
    {TENANT_KEY, reply, X25519, 5},
    {TENANT_KEY, keep_keys, RSA, 2},
    {CONTENT_KEY, open_request, RSA, 2},
    {CONTENT_KEY, open_request, X25519, 2},
    {CONTENT_KEY, open_bad_oaep, RSA, 2},
    {CONTENT_KEY, open_short_key, RSA, 2},
    {CONTENT_KEY, open_no_residue, RSA, 2},
    {CONTENT_KEY, open_bad_ephemeral, X25519, 2},
    {OAEP_VERDICT, open_request, RSA, 1},
    {OAEP_VERDICT, open_bad_oaep, RSA, 1},
    {OAEP_LENGTH, open_request, RSA, 1},
    {OAEP_LENGTH, open_short_key, RSA, 1},
    {RECIPIENT_KEY, open_request, X25519, 2},
    {RECIPIENT_KEY, keep_keys, X25519, 2},
    {SHARED_SECRET, open_request, X25519, 2},
    {PASSWORD, open_request, RSA, 3},
    {PASSWORD, open_request, X25519, 3},
    {RSA_KEY, make_keys, RSA, 1},
    {RSA_KEY, keep_keys, RSA, 1},
    {LOCK_KEY, keep_keys, RSA, 3},
    {KEYRING, keep_keys, RSA, 1},
    {KEYRING, keep_keys, X25519, 1},
};

static void
check_reported(enum ctgrind_look look)
{
    size_t i;

    for (i = 0; i < COUNT(planted); i++) {
        const struct planted *p      = &planted[i];
        unsigned              before = ctgrind_complaints();
        unsigned              heard;

        ctgrind_plant = (struct ctgrind_plant){.secret = p->secret, .look = look};
        p->way(p->suite);
        ctgrind_plant.secret = 0;
        heard                = ctgrind_complaints() - before;
        CHECK(ctgrind_plant.looks >= p->looks);
        CHECK(heard >= ctgrind_plant.looks);
        if (ctgrind_plant.looks < p->looks || heard < ctgrind_plant.looks)
            printf("# row %zu: %u looks, %u complaints\n", i, ctgrind_plant.looks, heard);
    }
}

static void
a_planted_branch_on_any_secret_is_reported(void)
{
    check_reported(BY_BRANCH);
}

static void
a_planted_index_by_any_secret_is_reported(void)
{
    check_reported(BY_INDEX);
}

static void
a_planted_memcmp_of_any_secret_is_reported(void)
{
    check_reported(BY_MEMCMP);
}

static void
a_planted_branch_on_a_comparison_is_reported(void)
{
    static volatile int seen;
    uint8_t             same[PWWB_LOCK_KEY_SIZE];

    memcpy(same, lock_key, sizeof(same));
    if (wb_equal(same, lock_key, sizeof(same)))
        seen++;
    CHECK(ctgrind_complaints() > 0);
}

/* The complaints of the planted run are counted, and need not be read. */
static int
under_valgrind(char **argv, int is_planted)
{
    execlp("valgrind", "valgrind", "-q", is_planted ? "--error-exitcode=0" : "--error-exitcode=9",
           is_planted ? "--log-file=/dev/null" : "--num-callers=20", argv[0], argv[1],
           (char *)NULL);
    printf("Bail out! valgrind is not there\n");
    return 1;
}

static void
run_planted(void)
{
    RUN(a_planted_branch_on_a_comparison_is_reported);
    RUN(a_planted_branch_on_any_secret_is_reported);
    RUN(a_planted_index_by_any_secret_is_reported);
    RUN(a_planted_memcmp_of_any_secret_is_reported);
}

static void
run_silent(void)
{
    RUN(making_keys_follows_no_secret);
    RUN(keeping_keys_in_a_file_follows_no_secret);
    RUN(sealing_a_request_follows_no_secret);
    RUN(opening_a_request_follows_no_secret);
    RUN(whether_oaep_was_good_shows_nowhere);
    RUN(a_point_of_small_order_follows_no_secret);
    RUN(a_wrong_tag_follows_no_secret);
    RUN(a_reply_follows_no_secret);
    RUN(without_aesni_our_part_follows_no_secret);
    RUN(comparing_secrets_follows_neither);
}

int
main(int argc, char **argv)
{
    const char *how        = argc > 1 ? argv[1] : "";
    int         is_planted = strcmp(how, "--planted") == 0;

    if (!RUNNING_ON_VALGRIND)
        return under_valgrind(argv, is_planted);

    if (strcmp(how, "--plant-branch") == 0)
        ctgrind_plant = (struct ctgrind_plant){.secret = CONTENT_KEY, .look = BY_BRANCH};
    if (strcmp(how, "--plant-index") == 0)
        ctgrind_plant = (struct ctgrind_plant){.secret = CONTENT_KEY, .look = BY_INDEX};
    begin();
    if (is_planted)
        run_planted();
    else
        run_silent();
    env_end();
    return DONE;
}
