/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setting passwords on a real slapd: what the library adds to a bare libldap loop that sends the same
 * requests, and sets per second with several handles in as many threads, against as many bare
 * connections. Wall time. Environment OL_* as tests/fixtures/slapd writes it, with 11 users.
 */

#include <ldap.h>

#include <pwwb/pwwb.h>

#include "bench.h"
#include "threads.h"

#define PARTY 200 /* milliseconds that a crew works */

enum { BARE, SAME_SET, SAME_WRITEBACK, SET, WRITEBACK, SINGLES, CREW = SINGLES, USERS = CREW + 4 };

/* Each way has an account of its own: what one writes must not look newer to another. The crews share
 * accounts, one after the other. */
typedef struct user {
    int             number, serial;
    uint8_t         uuid[PWWB_ID_SIZE];
    char            filter[64], dn[160];
    LDAP           *ld;
    pwwb_directory *directory;
    pwwb_keyring   *keyring;
    pwwb_writeback *writeback;
    uint8_t         sealed[PWWB_ENVELOPE_MAX];
    size_t          sealed_len;
    char            password[48];
} user;

static pwwb_journal *journal;
static char          policy_dn[128], people_dn[128];

static const char *
ol(const char *name)
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
    char         *secret  = strdup(ol("OL_SVC_PW"));
    struct berval cred    = {strlen(secret), secret};

    must(ldap_initialize(&ld, ol("OL_URI")), "ldap_initialize");
    must(ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version), "version");
    must(ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, ol("OL_CA")), "CA");
    must(ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &server), "TLS");
    must(ldap_sasl_bind_s(ld, ol("OL_SVC_DN"), LDAP_SASL_SIMPLE, &cred, NULL, NULL, NULL), "bind");
    free(secret);
    return ld;
}

static int
search(LDAP *ld, const char *base, int scope, const char *filter, const char *names)
{
    LDAPMessage *result = NULL;
    char         copy[512], *list[24], *word, *rest = NULL;
    size_t       count = 0;
    int          rc;

    snprintf(copy, sizeof(copy), "%s", names);
    for (word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        list[count++] = word;
    list[count] = NULL;
    rc          = ldap_search_ext_s(ld, base, scope, filter, list, 0, NULL, NULL, NULL, 3, &result);
    if (rc == LDAP_SUCCESS && ldap_count_entries(ld, result) != 1)
        rc = LDAP_NO_SUCH_OBJECT;
    ldap_msgfree(result);
    return rc;
}

/* A password nobody has had. */
static int
new_password(void *arg)
{
    user *u = arg;

    snprintf(u->password, sizeof(u->password), "Bench-%d-%ld-%d", u->number, (long)time(NULL),
             ++u->serial);
    return 0;
}

/* RFC 3062 with the policy control. */
static int
bare_passwd(void *arg)
{
    user         *u          = arg;
    char          oid[]      = LDAP_CONTROL_PASSWORDPOLICYREQUEST;
    LDAPControl   control    = {oid, {0, NULL}, 0};
    LDAPControl  *controls[] = {&control, NULL};
    struct berval who        = {strlen(u->dn), u->dn};
    struct berval word       = {strlen(u->password), u->password};
    LDAPMessage  *result     = NULL;
    int           id, code = -1, rc;

    rc = ldap_passwd(u->ld, &who, NULL, &word, controls, NULL, &id);
    if (rc != LDAP_SUCCESS)
        return rc;
    if (ldap_result(u->ld, id, LDAP_MSG_ALL, NULL, &result) != LDAP_RES_EXTENDED)
        return LDAP_OTHER;
    rc = ldap_parse_result(u->ld, result, &code, NULL, NULL, NULL, NULL, 1);
    return rc != LDAP_SUCCESS ? rc : code;
}

#define PERSON_NAMES                                                     \
    "objectClass uid displayName cn pwdChangedTime pwdReset"             \
    " pwdAccountLockedTime pwdPolicySubentry"
#define RULES_NAMES                                                      \
    "pwdAttribute pwdCheckQuality pwdMinLength pwdMaxLength"             \
    " pwdInHistory pwdMinAge pwdMaxAge pwdLockout pwdMaxFailure"         \
    " pwdLockoutDuration pwdFailureCountInterval pwdAllowUserChange"     \
    " pwdMustChange pwdCheckModule pwdUseCheckModule"

static int
by_uuid(user *u, const char *names)
{
    return search(u->ld, ol("OL_BASE"), LDAP_SCOPE_SUBTREE, u->filter, names);
}

/* What pwwb_directory_set() sends: who is it, set, what stands there now. */
static int
same_set(void *arg)
{
    user *u  = arg;
    int   rc = by_uuid(u, PERSON_NAMES);

    if (rc == LDAP_SUCCESS)
        rc = bare_passwd(u);
    return rc != LDAP_SUCCESS ? rc
                              : search(u->ld, u->dn, LDAP_SCOPE_BASE, "(objectClass=*)",
                                       "pwdChangedTime pwdReset pwdAccountLockedTime");
}

/* What a writeback sends: the lookup, the account, the rules; then as above. */
static int
same_writeback(void *arg)
{
    user *u  = arg;
    int   rc = by_uuid(u, LDAP_NO_ATTRS);

    if (rc == LDAP_SUCCESS)
        rc = by_uuid(u, PERSON_NAMES);
    if (rc == LDAP_SUCCESS)
        rc = search(u->ld, policy_dn, LDAP_SCOPE_BASE, "(objectClass=*)", RULES_NAMES);
    return rc == LDAP_SUCCESS ? same_set(u) : rc;
}

/* Ours. */
static pwwb_directory *
connect_ours(void)
{
    pwwb_ldap_options o = {
        .size         = sizeof(o),
        .host         = ol("OL_HOSTNAME"),
        .address      = ol("OL_ADDR"),
        .port         = 6360,
        .security     = PWWB_LDAP_LDAPS,
        .ca_file      = ol("OL_CA"),
        .bind_dn      = ol("OL_SVC_DN"),
        .password     = (const uint8_t *)ol("OL_SVC_PW"),
        .password_len = strlen(ol("OL_SVC_PW")),
        .server       = PWWB_LDAP_OPENLDAP,
        .policy_dn    = policy_dn,
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

    memcpy(set.guid, u->uuid, sizeof(set.guid));
    set.password     = (const uint8_t *)u->password;
    set.password_len = strlen(u->password);
    rc               = pwwb_directory_set(u->directory, &set, 10000, &result, NULL);
    return rc != 0 ? rc : pwwb_code_class(result.code);
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
    memcpy(claims.anchor.guid, u->uuid, PWWB_ID_SIZE);
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

/* The entry's UUID, in the order of its text. */
static void
find_uuid(user *u)
{
    char           *names[] = {(char[]){"entryUUID"}, NULL}, text[40];
    LDAPMessage    *result  = NULL;
    struct berval **values;
    const char     *p = text;
    int             i;

    must(ldap_search_ext_s(u->ld, u->dn, LDAP_SCOPE_BASE, "(objectClass=*)", names, 0, NULL, NULL,
                           NULL, 1, &result),
         u->dn);
    values = ldap_get_values_len(u->ld, ldap_first_entry(u->ld, result), names[0]);
    snprintf(text, sizeof(text), "%.*s", (int)values[0]->bv_len, values[0]->bv_val);
    snprintf(u->filter, sizeof(u->filter), "(entryUUID=%s)", text);
    for (i = 0; i < PWWB_ID_SIZE; i++, p += 2) {
        p += *p == '-';
        u->uuid[i] = (uint8_t)strtoul((char[]){p[0], p[1], '\0'}, NULL, 16);
    }
    ldap_value_free_len(values);
    ldap_msgfree(result);
}

static void
make_user(user *u, int number)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};

    u->number = number;
    u->ld     = connect_bare();
    snprintf(u->dn, sizeof(u->dn), "uid=u%03d,%s", number + 1, people_dn);
    find_uuid(u);
    if (number < SET)
        return;

    u->directory = connect_ours();
    must(pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &u->keyring, NULL), "keyring");
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

/* For a crew: with the password of each. */
static int
one_passwd(void *arg)
{
    return new_password(arg) + bare_passwd(arg);
}

static int
one_same(void *arg)
{
    return new_password(arg) + same_set(arg);
}

static int
one_ours(void *arg)
{
    return new_password(arg) + our_set(arg);
}

static void
print_rates(const bench_row *rows, size_t count)
{
    double took[BENCH_ROUNDS_MAX];
    size_t i;

    for (i = 0; i < count; i++) {
        memcpy(took, rows[i].took, sizeof(took));
        printf("  %-50s %9.0f sets per second\n", rows[i].name, 1e6 / bench_median(took));
    }
}

/* So many handles, each in a thread of its own. */
static void
party(user *users, int handles)
{
    static int (*const ways[])(void *arg) = {one_passwd, one_same, one_ours};
    static crew crews[3];
    bench_row   rows[3] = {{.name = "libldap: RFC 3062 alone"},
                           {.name = "libldap: the same 3 requests"},
                           {.name = "pwwb_directory_set"}};
    char        title[64];
    int         i, j;

    memset(crews, 0, sizeof(crews));
    for (i = 0; i < 3; i++) {
        crews[i].size = handles;
        for (j = 0; j < handles; j++) {
            crews[i].members[j].run = ways[i];
            crews[i].members[j].arg = &users[CREW + j];
        }
        rows[i].ask   = crew_time;
        rows[i].arg   = &crews[i];
        rows[i].batch = PARTY;
    }
    snprintf(title, sizeof(title), "%d handle%s, one of all", handles, handles > 1 ? "s" : "");
    bench_group(title, rows, 3);
    print_rates(rows, 3);
}

static bench_row kept[] = {
    {.name = "libldap: RFC 3062 alone"},
    {.name = "libldap: the same 3 requests"},
    {.name = "pwwb_directory_set"},
};
static bench_row whole[] = {
    {.name = "libldap: RFC 3062 alone"},
    {.name = "libldap: the same 6 requests"},
    {.name = "pwwb_writeback_run, X25519 suite"},
};

static void
fill(bench_row *row, int (*run)(void *arg), int (*prepare)(void *arg), user *u)
{
    row->run     = run;
    row->prepare = prepare;
    row->arg     = u;
    row->batch   = 20;
}

int
main(int argc, char **argv)
{
    static user users[USERS];
    int         i;

    bench_arguments(argc, argv, 101, 5);
    bench_clock = CLOCK_MONOTONIC;
    if (ol("OL_URI")[0] == '\0') {
        fprintf(stderr, "bench_slapd: no OL_* in the environment: see tests/fixtures/slapd\n");
        return 1;
    }
    snprintf(policy_dn, sizeof(policy_dn), "cn=default,ou=policies,%s", ol("OL_BASE"));
    snprintf(people_dn, sizeof(people_dn), "ou=people,%s", ol("OL_BASE"));
    must(pwwb_journal_new_memory(100000, NULL, NULL, &journal, NULL), "journal");
    for (i = 0; i < USERS; i++)
        make_user(&users[i], i);

    fill(&kept[0], bare_passwd, new_password, &users[BARE]);
    fill(&kept[1], same_set, new_password, &users[SAME_SET]);
    fill(&kept[2], our_set, new_password, &users[SET]);
    fill(&whole[0], bare_passwd, new_password, &users[BARE]);
    fill(&whole[1], same_writeback, new_password, &users[SAME_WRITEBACK]);
    fill(&whole[2], our_writeback, seal, &users[WRITEBACK]);
    printf("%d rounds; wall time; one slapd on this machine\n", bench_rounds);
    bench_group("one set, connection kept", kept, 3);
    bench_group("a whole writeback, connection kept", whole, 3);
    bench_rounds = bench_rounds > 25 ? 25 : bench_rounds;
    for (i = 1; i <= 4; i *= 2)
        party(users, i);

    for (i = 0; i < USERS; i++)
        free_user(&users[i]);
    pwwb_journal_free(journal);
    return 0;
}
