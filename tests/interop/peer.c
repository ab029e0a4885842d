/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
/*
 * Our side of the exchange with peer.mjs and peer.py, through a folder. FOLDER/1.* is of the RSA
 * suite, FOLDER/2.* of X25519:
 *     N.keyring                the tenant's keys, made by "seal" and loaded again by "open"
 *     N.portal.json, N.agent.json     the same for the peers, as examples/sealers read them
 *     N.CASE.request.WHO, N.CASE.reply.WHO     sealed by WHO: "ours", or one of the peers
 * What is in them stands in cases.json, for all sides.
 *
 *     interop_peer seal FOLDER    keys, requests and replies of ours
 *     interop_peer open FOLDER    what the peers left there
 */
#include "exchange.h"
#include "harness.h"

#define SKEW 0

static const char *const portals[]  = {"node", "python"};
static const char *const libraries[] = {"auth0", "cose-js"};
static const int32_t     suites[]   = {PWWB_SUITE_RSA, PWWB_SUITE_X25519};

static const uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = "lock of a folder that ends soon";

static pwwb_keyring *keyrings[COUNT(suites)];
static pwwb_request *opened;

/* ---- keys ---- */

static char *
keyring_path(int32_t suite, char *buf, size_t size)
{
    snprintf(buf, size, "%s/%d.keyring", folder, suite);
    return buf;
}

static wb_span
private_of(const wb_epoch *epoch)
{
    return epoch->suite == PWWB_SUITE_RSA ? wb_rsa_der(epoch->rsa_private)
                                          : wb_span_of(epoch->keys->x25519, WB_X25519_SIZE);
}

static void
print_base64(FILE *f, const char *name, wb_span octets_)
{
    char text[2 * WB_RSA_DER_MAX];

    if (wb_base64_print(octets_.p, octets_.len, text, sizeof(text)) != 0)
        abort();
    fprintf(f, ", \"%s\": \"%s\"", name, text);
}

static void
print_keys(const pwwb_keyring *keyring, int32_t half)
{
    const wb_epoch *epoch = wb_keyring_active(keyring);
    const char     *name  = half == PWWB_HALF_AGENT ? "agent" : "portal";
    FILE           *f     = open_file(epoch->suite, name, ".json", "", "w");

    if (f == NULL)
        abort();
    fprintf(f, "{\"tenant\": \"%s\", \"suite\": %d", ours.text, epoch->suite);
    print_base64(f, "tenant_key", wb_span_of(epoch->keys->tenant, WB_KEY_SIZE));
    print_base64(f, "recipient", wb_span_of(epoch->public_, epoch->public_len));
    if (half == PWWB_HALF_AGENT)
        print_base64(f, "private", private_of(epoch));
    fprintf(f, "}\n");
    if (fclose(f) != 0)
        abort();
}

static pwwb_keystore *
key_file(int32_t suite)
{
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = lock_key,
                                     .secret_len = sizeof(lock_key)};
    pwwb_keystore        *store   = NULL;
    char                  path[512];

    if (pwwb_keystore_new_file(keyring_path(suite, path, sizeof(path)), &options, &store, NULL)
        != PWWB_OK)
        abort();
    return store;
}

static void
keys_are_made_for_all_sides(void)
{
    size_t s;

    for (s = 0; s < COUNT(suites); s++) {
        pwwb_keystore *store = key_file(suites[s]);

        CHECK_STATUS(PWWB_OK, pwwb_keyring_new(octets_span(ours.id).p, suites[s], &keyrings[s],
                                               NULL));
        CHECK_STATUS(PWWB_OK, pwwb_keystore_put(store, keyrings[s], PWWB_HALF_AGENT, NULL));
        pwwb_keystore_free(store);
        print_keys(keyrings[s], PWWB_HALF_PORTAL);
        print_keys(keyrings[s], PWWB_HALF_AGENT);
    }
}

static void
the_keys_are_there_again(void)
{
    size_t s;

    for (s = 0; s < COUNT(suites); s++) {
        pwwb_keystore *store = key_file(suites[s]);

        CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &keyrings[s], NULL));
        pwwb_keystore_free(store);
    }
}

/* ---- what we seal ---- */

static message
seal(const pwwb_keyring *keyring, const struct request_case *c)
{
    pwwb_claims claims = claims_of(c);
    message     m;

    CHECK_STATUS(PWWB_OK, pwwb_request_seal(keyring, &claims, octets_span(c->password).p,
                                            c->password.len, octets_span(c->old_password).p,
                                            c->old_password.len, m.octets, sizeof(m.octets),
                                            &m.len, NULL));
    return m;
}

static pwwb_status
open_request(pwwb_keyring *keyring, const message *m)
{
    return pwwb_request_open(opened, keyring, m->octets, m->len, ours.now, SKEW, NULL);
}

static void
requests_are_sealed_for_the_peers(void)
{
    size_t s, i;

    for (s = 0; s < COUNT(suites); s++)
        for (i = 0; i < COUNT(requests); i++) {
            message m = seal(keyrings[s], &requests[i]);

            put(suites[s], requests[i].name, ".request.", &m);
        }
}

static message
seal_reply(pwwb_keyring *keyring, const struct reply_case *r)
{
    pwwb_findings findings = {.count = r->count};
    message       m        = seal(keyring, request_of(r));

    memcpy(findings.list, r->findings, sizeof(findings.list));
    CHECK_STATUS(PWWB_OK, open_request(keyring, &m));
    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(opened, r->code, &findings, r->controller, r->time_ms,
                                          m.octets, sizeof(m.octets), &m.len, NULL));
    return m;
}

static void
replies_are_sealed_for_the_peers(void)
{
    size_t s, i;

    for (s = 0; s < COUNT(suites); s++)
        for (i = 0; i < COUNT(replies); i++) {
            message m = seal_reply(keyrings[s], &replies[i]);

            put(suites[s], replies[i].name, ".reply.", &m);
        }
}

/* ---- what the peers seal ---- */

static int
same_claims(const pwwb_claims *a, const pwwb_claims *b)
{
    return memcmp(a->tenant, b->tenant, PWWB_ID_SIZE) == 0
           && memcmp(a->cti, b->cti, PWWB_ID_SIZE) == 0 && a->iat == b->iat && a->exp == b->exp
           && a->operation == b->operation && a->origin == b->origin && a->actor == b->actor
           && memcmp(a->actor_id, b->actor_id, PWWB_ID_SIZE) == 0 && a->user_type == b->user_type
           && a->anchor.kind == b->anchor.kind
           && memcmp(a->anchor.guid, b->anchor.guid, PWWB_ID_SIZE) == 0 && a->flags == b->flags
           && a->must_change == b->must_change && strcmp(a->reply_to, b->reply_to) == 0;
}

static void
check_password(octets expected, const uint8_t *(*get_)(const pwwb_request *, size_t *))
{
    size_t         len;
    const uint8_t *actual = get_(opened, &len);

    CHECK((actual == NULL) == (expected.len == 0));
    CHECK_MEM(expected.p, expected.len, actual != NULL ? (const char *)actual : "", len);
}

static void
check_request(size_t s, const struct request_case *c, const char *who)
{
    pwwb_claims expected = claims_of(c);
    message     m        = get(suites[s], c->name, ".request.", who);

    printf("# %d %s %s: %zu octets\n", suites[s], c->name, who, m.len);
    CHECK_STATUS(PWWB_OK, open_request(keyrings[s], &m));
    if (pwwb_request_claims(opened) == NULL)
        return;

    CHECK(same_claims(&expected, pwwb_request_claims(opened)));
    CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(opened, NULL));
    check_password(c->password, pwwb_request_password);
    check_password(c->old_password, pwwb_request_old_password);
}

static void
check_requests(const char *const peers[2])
{
    size_t s, i, p;

    for (s = 0; s < COUNT(suites); s++)
        for (i = 0; i < COUNT(requests); i++)
            for (p = 0; p < 2; p++)
                check_request(s, &requests[i], peers[p]);
}

static void
requests_of_the_sealers_open_with_their_claims_and_passwords(void)
{
    check_requests(portals);
}

static void
requests_whose_outer_layer_a_cose_library_made_open_too(void)
{
    check_requests(libraries);
}

/* A peer that holds the tenant key, and not the recipient's, has changed the anchor. */
static void
a_claim_changed_after_sealing_costs_the_password(void)
{
    size_t s, p, len;

    for (s = 0; s < COUNT(suites); s++)
        for (p = 0; p < COUNT(portals); p++) {
            pwwb_claims sealed = claims_of(&requests[0]);
            message     m      = get(suites[s], requests[0].name, ".claim.", portals[p]);

            CHECK_STATUS(PWWB_OK, open_request(keyrings[s], &m));
            CHECK(pwwb_request_claims(opened) != NULL
                  && !same_claims(&sealed, pwwb_request_claims(opened)));
            CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, pwwb_request_open_secret(opened, NULL));
            CHECK(pwwb_request_password(opened, &len) == NULL);
        }
}

/* Sealed anew by a peer, so that nothing but the one thing is wrong with them. */
static void
another_label_or_kid_is_refused(void)
{
    static const struct {
        const char *kind;
        pwwb_status status;
    } wrong[] = {
        {".same.", PWWB_OK}, /* the control: sealed anew in the same way, and nothing is wrong */
        {".label.", PWWB_E_NOT_AUTHENTIC},
        {".kid.", PWWB_E_KEY_UNKNOWN},
        {".inner-kid.", PWWB_E_MALFORMED},
    };
    size_t s, p, i;

    for (s = 0; s < COUNT(suites); s++)
        for (p = 0; p < COUNT(portals); p++)
            for (i = 0; i < COUNT(wrong); i++) {
                message m = get(suites[s], requests[0].name, wrong[i].kind, portals[p]);

                CHECK_STATUS(wrong[i].status, open_request(keyrings[s], &m));
            }
}

static pwwb_status
open_reply(pwwb_reply *reply, size_t s, const message *m, octets cti)
{
    return pwwb_reply_open(reply, keyrings[s], octets_span(cti).p, m->octets, m->len, NULL);
}

static void
check_reply(pwwb_reply *reply, size_t s, const struct reply_case *r, const char *who)
{
    message              m   = get(suites[s], r->name, ".reply.", who);
    octets               cti = request_of(r)->cti;
    const pwwb_findings *findings;

    printf("# %d %s %s: %zu octets\n", suites[s], r->name, who, m.len);
    CHECK_STATUS(PWWB_OK, open_reply(reply, s, &m, cti));
    findings = pwwb_reply_findings(reply);
    CHECK_INT(r->outcome, pwwb_reply_outcome(reply));
    CHECK_INT(r->code, pwwb_reply_code(reply));
    CHECK_INT(r->time_ms, pwwb_reply_time_ms(reply));
    CHECK_STR(r->controller, pwwb_reply_controller(reply));
    CHECK_MEM(r->findings, r->count * sizeof(wb_finding), findings->list,
              findings->count * sizeof(wb_finding));

    cti.p++; /* another request's: the last octet is the literal's NUL */
    CHECK_STATUS(PWWB_E_NOT_FOUND, open_reply(reply, s, &m, cti));
}

static void
replies_of_the_peers_open(void)
{
    pwwb_reply *reply;
    size_t      s, i, p;

    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    for (s = 0; s < COUNT(suites); s++)
        for (i = 0; i < COUNT(replies); i++)
            for (p = 0; p < 2; p++) {
                check_reply(reply, s, &replies[i], portals[p]);
                check_reply(reply, s, &replies[i], libraries[p]);
            }
    pwwb_reply_free(reply);
}

int
main(int argc, char **argv)
{
    int seals = argc == 3 && strcmp(argv[1], "seal") == 0;

    if (argc != 3 || (!seals && strcmp(argv[1], "open") != 0)
        || pwwb_request_new(&opened, NULL) != PWWB_OK)
        return 2;

    folder = argv[2];
    if (seals) {
        RUN(keys_are_made_for_all_sides);
        RUN(requests_are_sealed_for_the_peers);
        RUN(replies_are_sealed_for_the_peers);
    } else {
        RUN(the_keys_are_there_again);
        RUN(requests_of_the_sealers_open_with_their_claims_and_passwords);
        RUN(requests_whose_outer_layer_a_cose_library_made_open_too);
        RUN(a_claim_changed_after_sealing_costs_the_password);
        RUN(another_label_or_kid_is_refused);
        RUN(replies_of_the_peers_open);
    }
    pwwb_request_free(opened);
    pwwb_keyring_free(keyrings[0]);
    pwwb_keyring_free(keyrings[1]);
    return DONE;
}
