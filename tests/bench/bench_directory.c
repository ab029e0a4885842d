/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One reset on a real controller: by the library, by a bare libldap loop that does the one modify,
 * and by one that sends the same requests as the library. Wall time, for most of it is the
 * controller's. Environment AD_* as tests/fixtures/ad writes it.
 */

#include <ldap.h>

#include <pwwb/pwwb.h>

#include "bench.h"

enum { BARE, SAME_SET, SAME_WRITEBACK, SET, WRITEBACK, WRITEBACK_X25519, USERS };

/* Each way has an account of its own: what one writes must not look newer to another. */
typedef struct user {
    int             number;
    uint8_t         guid[PWWB_ID_SIZE];
    char            dn[64]; /* <GUID=...> */
    LDAP           *ld;
    pwwb_directory *directory;
    pwwb_keyring   *keyring;
    pwwb_writeback *writeback;
    uint8_t         sealed[PWWB_ENVELOPE_MAX];
    size_t          sealed_len;
    char            password[40];
} user;

static pwwb_journal *journal;

static const char *
ad(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

/* libldap as its manual has it: ldaps, bind once. */
static LDAP *
connect_bare(void)
{
    LDAP         *ld      = NULL;
    int           version = LDAP_VERSION3, server = 0;
    char         *secret  = strdup(ad("AD_SVC_PW"));
    struct berval cred    = {strlen(secret), secret};

    must(ldap_initialize(&ld, ad("AD_URI")), "ldap_initialize");
    must(ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version), "version");
    must(ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF), "referrals");
    must(ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, ad("AD_CA")), "CA");
    must(ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &server), "TLS");
    must(ldap_sasl_bind_s(ld, ad("AD_SVC_DN"), LDAP_SASL_SIMPLE, &cred, NULL, NULL, NULL), "bind");
    free(secret);
    return ld;
}

static int
search(LDAP *ld, const char *base, int scope, const char *filter, const char *names)
{
    char          oid[] = "1.2.840.113556.1.4.801", value[] = {0x30, 3, 2, 1, 4}; /* its list alone */
    LDAPControl   flags = {oid, {sizeof(value), value}, 0};
    LDAPControl  *controls[] = {strstr(names, "nTSecurityDescriptor") != NULL ? &flags : NULL, NULL};
    LDAPMessage  *result     = NULL;
    char         *copy = strdup(names), *list[24], *word;
    size_t        count = 0;
    int           rc;

    for (word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        list[count++] = word;
    list[count] = NULL;
    rc          = ldap_search_ext_s(ld, base, scope, filter, list, 0, controls, NULL, NULL, 3, &result);
    ldap_msgfree(result);
    free(copy);
    return rc;
}

static int
read_entry(user *u, const char *names)
{
    return search(u->ld, u->dn, LDAP_SCOPE_BASE, "(objectClass=*)", names);
}

/* A password nobody has had. */
static int
new_password(void *arg)
{
    static int serial;
    user      *u = arg;

    snprintf(u->password, sizeof(u->password), "Bench-%d-%ld-%d", u->number, (long)time(NULL),
             ++serial);
    return 0;
}

static int
bare_modify(void *arg)
{
    user          *u = arg;
    char           value[2 * sizeof(u->password) + 4] = {'"'}, type[] = "unicodePwd";
    size_t         i, len = strlen(u->password);
    struct berval  octets    = {2 * len + 4, value}, *values[] = {&octets, NULL};
    LDAPMod        mod       = {.mod_op = LDAP_MOD_REPLACE | LDAP_MOD_BVALUES, .mod_type = type};
    LDAPMod       *mods[]    = {&mod, NULL};

    mod.mod_bvalues = values;
    for (i = 0; i < len; i++)
        value[2 * i + 2] = u->password[i];
    value[2 * len + 2] = '"';
    return ldap_modify_ext_s(u->ld, u->dn, mods, NULL, NULL);
}

#define TARGET_NAMES                                                \
    "objectClass objectSid sAMAccountType userAccountControl"       \
    " msDS-SecondaryKrbTgtNumber"
#define PERSON_NAMES                                                \
    TARGET_NAMES " sAMAccountName displayName pwdLastSet"           \
    " msDS-User-Account-Control-Computed lockoutTime badPwdCount"   \
    " badPasswordTime primaryGroupID tokenGroups"                   \
    " tokenGroupsNoGCAcceptable msDS-ResultantPSO accountExpires"   \
    " msDS-UserPasswordExpiryTimeComputed adminCount"               \
    " nTSecurityDescriptor"
#define RULES_NAMES                                                 \
    "minPwdLength pwdHistoryLength minPwdAge maxPwdAge"             \
    " lockoutDuration lockOutObservationWindow lockoutThreshold"    \
    " pwdProperties"
#define ROOT_NAMES                                                  \
    "defaultNamingContext dnsHostName currentTime supportedControl" \
    " supportedCapabilities"

/* What pwwb_directory_set() sends: who is it, write, what stands there now. */
static int
same_set(void *arg)
{
    user *u  = arg;
    int   rc = read_entry(u, TARGET_NAMES);

    if (rc == LDAP_SUCCESS)
        rc = bare_modify(u);
    return rc == LDAP_SUCCESS ? read_entry(u, "pwdLastSet lockoutTime") : rc;
}

/* What a writeback sends: two lookups, the account, the rules; then as above. */
static int
same_writeback(void *arg)
{
    user *u = arg;
    char  octets[3 * PWWB_ID_SIZE + 1], filter[160];
    int   i, rc;

    for (i = 0; i < PWWB_ID_SIZE; i++)
        snprintf(octets + 3 * i, 4, "\\%02x", u->guid[i]);
    snprintf(filter, sizeof(filter), "(mS-DS-ConsistencyGuid=%s)", octets);
    rc = search(u->ld, ad("AD_BASE"), LDAP_SCOPE_SUBTREE, filter, "objectGUID");
    snprintf(filter, sizeof(filter), "(&(objectGUID=%s)(!(mS-DS-ConsistencyGuid=*)))", octets);
    if (rc == LDAP_SUCCESS)
        rc = search(u->ld, ad("AD_BASE"), LDAP_SCOPE_SUBTREE, filter, "objectGUID");
    if (rc == LDAP_SUCCESS)
        rc = read_entry(u, PERSON_NAMES);
    if (rc == LDAP_SUCCESS)
        rc = search(u->ld, ad("AD_BASE"), LDAP_SCOPE_BASE, "(objectClass=*)", RULES_NAMES);
    return rc == LDAP_SUCCESS ? same_set(u) : rc;
}

static int
bare_all(void *arg)
{
    user *u = arg;
    int   rc;

    u->ld = connect_bare();
    rc    = bare_modify(u);
    ldap_unbind_ext_s(u->ld, NULL, NULL);
    return rc;
}

static int
same_all(void *arg)
{
    user *u = arg;
    int   rc;

    u->ld = connect_bare();
    rc    = search(u->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", ROOT_NAMES);
    if (rc == LDAP_SUCCESS)
        rc = same_set(u);
    ldap_unbind_ext_s(u->ld, NULL, NULL);
    return rc;
}

/* Ours. */
static pwwb_directory *
connect_ours(void)
{
    pwwb_ldap_options o = {
        .size         = sizeof(o),
        .host         = ad("AD_HOSTNAME"),
        .address      = ad("AD_ADDR"),
        .security     = PWWB_LDAP_LDAPS,
        .ca_file      = ad("AD_CA"),
        .bind_dn      = ad("AD_SVC_DN"),
        .password     = (const uint8_t *)ad("AD_SVC_PW"),
        .password_len = strlen(ad("AD_SVC_PW")),
        .flags        = PWWB_LDAP_ALLOW_NO_HISTORY,
    };
    pwwb_directory *directory;

    must(pwwb_directory_new_ldap(&o, &directory, NULL), "pwwb_directory_new_ldap");
    return directory;
}

static int
our_set(void *arg)
{
    user           *u      = arg;
    pwwb_set        set    = {.size = sizeof(set), .kind = PWWB_SET_RESET};
    pwwb_set_result result = {.size = sizeof(result)};
    int             rc;

    memcpy(set.guid, u->guid, sizeof(set.guid));
    set.password     = (const uint8_t *)u->password;
    set.password_len = strlen(u->password);
    rc               = pwwb_directory_set(u->directory, &set, 10000, &result, NULL);
    return rc != 0 ? rc : pwwb_code_class(result.code);
}

static int
our_all(void *arg)
{
    user *u = arg;
    int   rc;

    u->directory = connect_ours();
    rc           = our_set(u);
    pwwb_directory_free(u->directory);
    return rc;
}

/* The portal's half, not timed. */
static int
seal(void *arg)
{
    user       *u      = arg;
    int64_t     now    = (int64_t)time(NULL) + 2; /* surely later than the account's password */
    pwwb_claims claims = {.size      = sizeof(claims),
                          .iat       = now,
                          .exp       = now + 60,
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_FEDERATED,
                          .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};

    (void)new_password(u);
    memcpy(claims.anchor.guid, u->guid, PWWB_ID_SIZE);
    return pwwb_request_seal(u->keyring, &claims, (const uint8_t *)u->password,
                             strlen(u->password), NULL, 0, u->sealed, sizeof(u->sealed),
                             &u->sealed_len, NULL);
}

static int
our_writeback(void *arg)
{
    user *u  = arg;
    int   rc = pwwb_writeback_begin(u->writeback, u->sealed, u->sealed_len, NULL);

    if (rc == 0)
        rc = pwwb_writeback_run(u->writeback, journal, NULL, u->directory, 10000, NULL);
    return rc != 0 ? rc : pwwb_code_class(pwwb_writeback_code(u->writeback));
}

/* The account's GUID, and what its way needs. */
static void
make_user(user *u, int number)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};
    char                *names[]              = {(char[]){"objectGUID"}, NULL}, base[256], text[37];
    LDAPMessage         *result               = NULL;
    struct berval      **values;

    u->number = number;
    u->ld     = connect_bare();
    snprintf(base, sizeof(base), "CN=u%03d,OU=Sync,%s", number + 1, ad("AD_BASE"));
    must(ldap_search_ext_s(u->ld, base, LDAP_SCOPE_BASE, "(objectClass=*)", names, 0, NULL, NULL,
                           NULL, 1, &result),
         base);
    values = ldap_get_values_len(u->ld, ldap_first_entry(u->ld, result), names[0]);
    memcpy(u->guid, values[0]->bv_val, PWWB_ID_SIZE);
    ldap_value_free_len(values);
    ldap_msgfree(result);

    pwwb_guid_print(u->guid, text);
    snprintf(u->dn, sizeof(u->dn), "<GUID=%s>", text);
    if (number < SET)
        return;

    u->directory = connect_ours();
    must(pwwb_keyring_new(tenant, number == WRITEBACK_X25519 ? PWWB_SUITE_X25519 : PWWB_SUITE_RSA,
                          &u->keyring, NULL),
         "keyring");
    must(pwwb_writeback_new(u->keyring, NULL, &u->writeback, NULL), "writeback");
}

static void
free_user(user *u)
{
    ldap_unbind_ext_s(u->ld, NULL, NULL);
    pwwb_writeback_free(u->writeback);
    pwwb_keyring_free(u->keyring);
    pwwb_directory_free(u->directory);
}

static bench_row kept[] = {
    {.name = "libldap: the modify"},
    {.name = "libldap: the same 3 requests"},
    {.name = "pwwb_directory_set"},
};
static bench_row whole[] = {
    {.name = "libldap: the modify"},
    {.name = "libldap: the same 7 requests"},
    {.name = "pwwb_writeback_run, RSA suite"},
    {.name = "pwwb_writeback_run, X25519 suite"},
};
static bench_row anew[] = {
    {.name = "libldap: connect, bind, modify"},
    {.name = "libldap: connect, bind, the same 4 requests"},
    {.name = "pwwb_directory_new_ldap, _set, _free"},
};

static void
fill(bench_row *row, int (*run)(void *arg), int (*prepare)(void *arg), user *u)
{
    row->run     = run;
    row->prepare = prepare;
    row->arg     = u;
    row->batch   = 1;
}

int
main(int argc, char **argv)
{
    static user users[USERS], fresh[3];
    int         i;

    bench_arguments(argc, argv, 101, 7);
    bench_clock = CLOCK_MONOTONIC;
    bench_unit  = "ms";
    if (ad("AD_URI")[0] == '\0') {
        fprintf(stderr, "bench_directory: no AD_* in the environment: see tests/fixtures/ad\n");
        return 1;
    }
    must(pwwb_journal_new_memory(10000, NULL, NULL, &journal, NULL), "journal");
    for (i = 0; i < USERS; i++)
        make_user(&users[i], i);
    for (i = 0; i < 3; i++) {
        memcpy(fresh[i].guid, users[i].guid, PWWB_ID_SIZE);
        memcpy(fresh[i].dn, users[i].dn, sizeof(fresh[i].dn));
    }

    fill(&kept[0], bare_modify, new_password, &users[BARE]);
    fill(&kept[1], same_set, new_password, &users[SAME_SET]);
    fill(&kept[2], our_set, new_password, &users[SET]);
    fill(&whole[0], bare_modify, new_password, &users[BARE]);
    fill(&whole[1], same_writeback, new_password, &users[SAME_WRITEBACK]);
    fill(&whole[2], our_writeback, seal, &users[WRITEBACK]);
    fill(&whole[3], our_writeback, seal, &users[WRITEBACK_X25519]);
    fill(&anew[0], bare_all, new_password, &fresh[0]);
    fill(&anew[1], same_all, new_password, &fresh[1]);
    fill(&anew[2], our_all, new_password, &fresh[2]);
    printf("%d rounds; wall time; one Samba on this machine\n", bench_rounds);
    bench_group("one reset, connection kept", kept, 3);
    bench_group("a whole writeback, connection kept", whole, 4);
    bench_group("one reset, a connection each", anew, 3);

    for (i = 0; i < USERS; i++)
        free_user(&users[i]);
    pwwb_journal_free(journal);
    return 0;
}
