/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
/*
 * No copy of a password or of a content key outlives its use: another process looks through all
 * memory of the one that writes it back. Passwords are made here, after the other one was started,
 * and reach it sealed.
 */

#include <sodium.h>

#include "cose.h"
#include "envelope.h"
#include "memory_target.h"

#if defined(__SANITIZE_ADDRESS__)
# define HAS_ASAN
#elif defined(__has_feature)
# if __has_feature(address_sanitizer)
#  define HAS_ASAN
# endif
#endif

static pwwb_keyring *keyring;
static char          old_one[40], new_one[40];

static void
make_password(char *text, size_t size)
{
    uint8_t raw[15];

    wb_random(raw, sizeof(raw));
    snprintf(text, size, "aB3-");
    CHECK_INT(0, wb_base64_print(raw, sizeof(raw), text + 4, size - 4));
}

/* Where a secret may be: a PASSWORD in locked memory while it is set, a KEY there as long as the
 * keyring or the directory lives, a LOADED key in mbedTLS' heap as long, anything else nowhere. */
enum { NOWHERE, PASSWORD, KEY, LOADED };

static void
add_keys(int32_t suite)
{
    const wb_epoch *epoch = wb_keyring_active(keyring);
    uint8_t         limbs[64];
    wb_span         der;
    size_t          i;

    scan_add_text(&found, PASSWORD, "old password", old_one);
    scan_add_text(&found, PASSWORD, "new password", new_one);
    scan_add(&found, KEY, "tenant key", epoch->keys->tenant, WB_KEY_SIZE, 8);
    if (suite == PWWB_SUITE_X25519) {
        scan_add(&found, KEY, "private key", epoch->keys->x25519, WB_X25519_SIZE, 8);
        return;
    }

    der = wb_rsa_der(epoch->rsa_private); /* octets 300 to 363 are in the private exponent */
    scan_add(&found, KEY, "private key", der.p + 300, sizeof(limbs), 8);
    for (i = 0; i < sizeof(limbs); i++)
        limbs[i] = der.p[300 + sizeof(limbs) - 1 - i];
    scan_add(&found, LOADED, "private key, as a number", limbs, sizeof(limbs), 8);
}

/* The content key is drawn inside: open the same request here. */
static void
add_content_key(const uint8_t *sealed, size_t len)
{
    static const uint8_t no_salt[WB_SHA256_SIZE];
    uint8_t              plain[PWWB_ENVELOPE_MAX], context[64];
    uint8_t              cek[WB_KEY_SIZE], shared[WB_X25519_SIZE], prk[WB_SHA256_SIZE];
    const wb_epoch      *epoch = NULL;
    wb_cose_layer        layer;

    CHECK_STATUS(PWWB_OK, wb_outer_open(keyring, WB_LABEL_REQUEST, wb_span_of(sealed, len), plain,
                                        &len, &epoch, err));
    if (epoch == NULL)
        return;
    CHECK_STATUS(PWWB_OK, wb_cose_parse_encrypt(wb_span_of(plain, len), &layer));
    if (epoch->suite == PWWB_SUITE_RSA) {
        CHECK_STATUS(PWWB_OK,
                     wb_rsa_open(epoch->rsa_private, layer.recipient.ciphertext, cek, err));
    } else {
        len = wb_cose_kdf_context(context, sizeof(context), WB_COSE_A256GCM, 256,
                                  layer.recipient.protected_);
        CHECK_INT(0, wb_x25519(epoch->keys->x25519, layer.recipient.ephemeral.p, shared));
        wb_hkdf32(shared, sizeof(shared), wb_span_of(context, len), cek);
        crypto_auth_hmacsha256(prk, shared, sizeof(shared), no_salt);
        scan_add(&found, NOWHERE, "shared secret", shared, sizeof(shared), 8);
        scan_add(&found, NOWHERE, "extracted key", prk, sizeof(prk), 8); /* RFC 5869 2.2 */
    }
    scan_add(&found, NOWHERE, "content key", cek, sizeof(cek), 8);
}

/* At the last scan each was where it may be, and nowhere else. */
static void
check_places(int is_setting, int is_alive)
{
    size_t i;

    for (i = 0; i < found.count; i++) {
        const needle *n         = &found.needles[i];
        int           must_lock = n->kind == KEY && is_alive;
        int           may_lock  = must_lock || (n->kind == PASSWORD && is_setting);
        int           may_open  = n->kind == LOADED && is_alive;
        int           is_right  = (may_open || n->open == 0) && (may_lock || n->locked == 0)
                       && (!must_lock || n->locked > 0);

        if (!is_right)
            printf("# %s: %d places, %d locked ones\n", n->name, n->open, n->locked);
        CHECK(is_right);
    }
}

static void
send_keyring(int32_t suite)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};
    uint8_t              sealed[PWWB_KEYRING_MAX], key[PWWB_LOCK_KEY_SIZE];
    size_t               len;

    wb_random(key, sizeof(key));
    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, suite, &keyring, err));
    CHECK_STATUS(PWWB_OK, pwwb_keyring_seal(keyring, PWWB_HALF_AGENT, PWWB_LOCK_KEY, key,
                                            sizeof(key), sealed, sizeof(sealed), &len, err));
    say(sealed, len);
    say(key, sizeof(key));
}

static pwwb_claims
claims_for(const uint8_t guid[PWWB_ID_SIZE])
{
    int64_t     now    = (int64_t)time(NULL) + 2; /* surely later than the account's password */
    pwwb_claims claims = {.size      = sizeof(claims),
                          .iat       = now,
                          .exp       = now + 60,
                          .operation = PWWB_OPERATION_CHANGE,
                          .origin    = PWWB_FROM_ACCOUNT_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_FEDERATED,
                          .flags     = PWWB_FLAG_OWN_ACCOUNT,
                          .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};

    memcpy(claims.anchor.guid, guid, PWWB_ID_SIZE);
    return claims;
}

static void
send_request(const uint8_t guid[PWWB_ID_SIZE])
{
    pwwb_claims claims = claims_for(guid);
    uint8_t     sealed[PWWB_ENVELOPE_MAX];
    size_t      len;

    CHECK_STATUS(PWWB_OK, pwwb_request_seal(keyring, &claims, (const uint8_t *)new_one,
                                            strlen(new_one), (const uint8_t *)old_one,
                                            strlen(old_one), sealed, sizeof(sealed), &len, err));
    add_content_key(sealed, len);
    say(sealed, len);
}

/* From the request on: what must be where at every stage. */
static void
search(const uint8_t guid[PWWB_ID_SIZE], int code)
{
    go_on_to(READY);
    check_places(0, 1);
    send_request(guid);
    go_on_to(SETTING);
    check_places(1, 1);
    CHECK(found.needles[0].locked > 0); /* the old one, and the new one: it is the right process */
    CHECK(found.needles[2].locked > 0);
    CHECK_INT(code, go_on_to(DONE_CALL));
    check_places(0, 1);
    go_on_to(WIPED);
    check_places(0, 1);
    go_on_to(FREED);
    check_places(0, 0);
    end();
    pwwb_keyring_free(keyring);
}

/* Start it, make passwords that it has never seen, and give it keys. */
static void
prepare(const char *what, const char *second, int32_t suite)
{
    start(what, second);
    make_password(old_one, sizeof(old_one));
    make_password(new_one, sizeof(new_one));
    send_keyring(suite);
    add_keys(suite);
}

static void
search_host(int32_t suite, const char *second, int code)
{
    static const uint8_t guid[PWWB_ID_SIZE] = {0x5a};

    prepare("host", second, suite);
    search(guid, code);
}

static void
search_sealing(int32_t suite)
{
    static const uint8_t guid[PWWB_ID_SIZE] = {0x5a};
    pwwb_claims          claims             = claims_for(guid);
    uint8_t              sealed[PWWB_ENVELOPE_MAX];
    ssize_t              len;

    prepare("seal", "", suite);
    say(old_one, strlen(old_one));
    say(new_one, strlen(new_one));
    say(&claims, sizeof(claims));
    len = recv(line, sealed, sizeof(sealed), 0);
    CHECK(len > 0);
    if (len > 0)
        add_content_key(sealed, (size_t)len);
    go_on_to(DONE_CALL);
    check_places(0, 1);
    go_on_to(FREED);
    check_places(0, 0);
    end();
    pwwb_keyring_free(keyring);
}

static void
nothing_is_left_where_a_request_was_sealed(void)
{
    search_sealing(PWWB_SUITE_RSA);
    search_sealing(PWWB_SUITE_X25519);
}

static void
nothing_is_left_of_a_password_that_was_set(void)
{
    search_host(PWWB_SUITE_RSA, "success", PWWB_CODE_OK);
    search_host(PWWB_SUITE_X25519, "success", PWWB_CODE_OK);
}

static void
nothing_is_left_of_a_password_that_was_refused(void)
{
    search_host(PWWB_SUITE_RSA, "refusal", PWWB_CODE_POLICY_HISTORY);
    search_host(PWWB_SUITE_X25519, "refusal", PWWB_CODE_POLICY_HISTORY);
}

static void
nothing_is_left_when_the_directory_does_not_answer(void)
{
    search_host(PWWB_SUITE_RSA, "timeout", PWWB_CODE_OUTCOME_UNKNOWN);
    search_host(PWWB_SUITE_X25519, "timeout", PWWB_CODE_OUTCOME_UNKNOWN);
}

static void
a_copy_that_is_planted_is_found(void)
{
    start("plant", "");
    make_password(new_one, sizeof(new_one));
    scan_add_text(&found, NOWHERE, "planted", new_one);
    say(new_one, strlen(new_one));
    go_on_to(SETTING);
    CHECK(found.needles[0].open >= 3 && found.needles[1].open >= 3);
    CHECK_INT(1, found.needles[0].locked);
    CHECK_INT(1, found.needles[1].locked);
    go_on_to(DONE_CALL);
    CHECK_INT(0, found.needles[0].open + found.needles[1].open);
    go_on_to(FREED);
    CHECK_INT(0, found.needles[0].locked + found.needles[1].locked);
    end();
}

/* Set a password as the administrator. */
static void
give(const char *user, const char *password)
{
    char rdn[64], lines[256], value[160];

    run(value, sizeof(value), "printf '\"%s\"' | iconv -t UTF-16LE | base64 -w0", password);
    snprintf(rdn, sizeof(rdn), "CN=%s,OU=Sync", user);
    snprintf(lines, sizeof(lines), "replace: unicodePwd\\nunicodePwd:: %s\\n", value);
    modify(rdn, lines);
}

/* Change the account's password from `from` to another, or to one it had before. */
static void
search_ldap(int32_t suite, const char *second, int code)
{
    const char *user = "u016";
    uint8_t     guid[PWWB_ID_SIZE];

    prepare("ldap", second, suite);
    say(ad("AD_SVC_PW"), strlen(ad("AD_SVC_PW")));
    scan_add(&found, KEY, "service account", ad("AD_SVC_PW"), strlen(ad("AD_SVC_PW")), 8);
    if (strcmp(second, "refusal") == 0)
        give(user, new_one); /* now it is history */
    give(user, old_one);
    guid_of(user, guid);
    search(guid, code);
    CHECK(binds(user, strcmp(second, "refusal") == 0 ? old_one : new_one));
}

static void
ldap_keeps_nothing_of_a_password_that_was_set(void)
{
    search_ldap(PWWB_SUITE_RSA, "success", PWWB_CODE_OK);
    search_ldap(PWWB_SUITE_X25519, "success", PWWB_CODE_OK);
}

static void
ldap_keeps_nothing_of_a_password_that_the_controller_refused(void)
{
    search_ldap(PWWB_SUITE_RSA, "refusal", PWWB_CODE_POLICY_HISTORY);
}

static void
ldap_keeps_nothing_when_the_answer_is_lost(void)
{
    search_ldap(PWWB_SUITE_RSA, "timeout", PWWB_CODE_OUTCOME_UNKNOWN);
}

/* What the stand-ins are for. No number is required: another libldap may wipe. */
static void
libldap_alone_is_measured(void)
{
    char dn[256];
    int  i;

    start("libldap", "");
    make_password(new_one, sizeof(new_one));
    scan_add_text(&found, NOWHERE, "password", new_one);
    scan_add_text(&found, NOWHERE, "bind password", ad("AD_SVC_PW"));
    snprintf(dn, sizeof(dn), "CN=u017,OU=Sync,%s", ad("AD_BASE"));
    say(ad("AD_SVC_PW"), strlen(ad("AD_SVC_PW")));
    say(dn, strlen(dn));
    say(new_one, strlen(new_one));
    for (i = 0; i < 2; i++) {
        CHECK_INT(0, go_on_to(i == 0 ? DONE_CALL : FREED));
        printf("# libldap alone, %s: %d copies of the password, %d of the bind's\n",
               i == 0 ? "after the call" : "after unbind",
               found.needles[0].open + found.needles[1].open,
               found.needles[2].open + found.needles[3].open);
    }
    end();
}

int
main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--target") == 0)
        return target_main(argv[2], argv[3]);

#ifdef HAS_ASAN
    printf("1..0 # SKIP what is freed is kept for AddressSanitizer\n");
    return 0;
#endif
    err = pwwb_error_new();
    RUN(a_copy_that_is_planted_is_found);
    RUN(nothing_is_left_where_a_request_was_sealed);
    RUN(nothing_is_left_of_a_password_that_was_set);
    RUN(nothing_is_left_of_a_password_that_was_refused);
    RUN(nothing_is_left_when_the_directory_does_not_answer);
    if (ad("AD_CONF")[0] == '\0') {
        printf("ok %d - the directory over LDAP # SKIP no AD_* in the environment\n",
               ++harness_tests);
    } else {
        RUN(ldap_keeps_nothing_of_a_password_that_was_set);
        RUN(ldap_keeps_nothing_of_a_password_that_the_controller_refused);
        RUN(ldap_keeps_nothing_when_the_answer_is_lost);
        RUN(libldap_alone_is_measured);
    }
    pwwb_error_free(err);
    return DONE;
}
