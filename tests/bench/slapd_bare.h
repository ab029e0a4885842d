/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SLAPD_BARE_H
#define SLAPD_BARE_H

/* What benchmarks on slapd compare with: bare libldap, sending the same requests. Environment OL_* as
 * tests/fixtures/slapd writes it. */

#include <ldap.h>

#include <pwwb/pwwb.h>

#include "bench.h"

/* One account, and the connection that writes it. */
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

static char policy_dn[128], people_dn[128];

static inline const char *
ol(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

/* libldap as its manual has it: ldaps, bind once. */
static inline LDAP *
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

static inline int
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
static inline int
new_password(void *arg)
{
    user *u = arg;

    snprintf(u->password, sizeof(u->password), "Bench-%d-%ld-%d", u->number, (long)time(NULL),
             ++u->serial);
    return 0;
}

/* RFC 3062 with the policy control. */
static inline int
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

static inline int
by_uuid(user *u, const char *names)
{
    return search(u->ld, ol("OL_BASE"), LDAP_SCOPE_SUBTREE, u->filter, names);
}

/* What pwwb_directory_set() sends: who is it, set, what stands there now. */
static inline int
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
static inline int
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
static inline pwwb_directory *
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

/* The entry's UUID, in the order of its text. */
static inline void
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

/* The DNs, and the account's own connection. */
static inline void
user_connect(user *u, int number)
{
    snprintf(policy_dn, sizeof(policy_dn), "cn=default,ou=policies,%s", ol("OL_BASE"));
    snprintf(people_dn, sizeof(people_dn), "ou=people,%s", ol("OL_BASE"));
    u->number = number;
    u->ld     = connect_bare();
    snprintf(u->dn, sizeof(u->dn), "uid=u%03d,%s", number + 1, people_dn);
    find_uuid(u);
}

#endif /* SLAPD_BARE_H */
