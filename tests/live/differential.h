/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DIFFERENTIAL_H
#define DIFFERENTIAL_H

/* The server of the differential test: its policies, its answers, asked without the library, and its
 * rules, read with it. */

#include <iconv.h>
#include <ldap.h>

#include "ad.h"
#include "passwords.h"

#define ROUNDS 3

/* A policy on the server, and who is under it. */
typedef struct round_of {
    const char *name;
    const char *user;
    int32_t     minimum;
    int32_t     complexity;
    int32_t     source;
} round_of;

static const round_of rounds[ROUNDS] = {
    {"domain 7 complex", "u035", 7, PWWB_YES, PWWB_POLICY_DOMAIN},
    {"domain 12 any", "u036", 12, PWWB_NO, PWWB_POLICY_DOMAIN},
    {"PSO 15 complex", "u037", 15, PWWB_YES, PWWB_POLICY_PSO},
};

/* One policy under way. */
typedef struct server {
    const round_of *round;
    pwwb_policy    *policy;
    pwwb_account    account;
    LDAP           *ld;
    char            target[256];
} server;

/* What it said of a password. */
typedef struct answer {
    int  rc;
    int  is_refused; /* 19 with 0000052D */
    char text[256];
} answer;

static inline void
server_command(const char *format, const char *first, const char *second)
{
    char command[1024], out[2048];
    int  rc;

    snprintf(command, sizeof(command), "%s", format);
    rc = run(out, sizeof(out),
             "first='%s' second='%s'; tool() { samba-tool domain passwordsettings \"$@\" -H $SAM"
             " -s $AD_CONF; }; set -e; %s",
             first, second, command);
    if (rc != 0)
        printf("# %s\n", out);
    CHECK_INT(0, rc);
}

static inline void
server_set_policy(const round_of *r)
{
    char minimum[16];

    snprintf(minimum, sizeof(minimum), "%d", (int)r->minimum);
    if (r->source == PWWB_POLICY_PSO)
        server_command("tool pso delete differ || true;"
                       "tool pso create differ 7 --min-pwd-length=$first --complexity=on;"
                       "tool pso apply differ $second",
                       minimum, r->user);
    else
        server_command("tool set --min-pwd-length=$first --complexity=$second", minimum,
                       r->complexity == PWWB_YES ? "on" : "off");
}

/* As it was made. */
static inline void
server_calm(void)
{
    server_command("tool set --min-pwd-length=$first --complexity=$second;"
                   "tool pso delete differ || true",
                   "7", "on");
}

/* By an administrator, who may read every policy. */
static inline void
server_read(server *s, int off)
{
    pwwb_ldap_options o     = options();
    pwwb_policy_rules rules = {.size = sizeof(rules)};
    pwwb_directory   *directory;
    uint8_t           guid[PWWB_ID_SIZE];

    o.bind_dn       = ad("AD_ADMIN_DN");
    o.password      = (const uint8_t *)ad("AD_ADMIN_PW");
    o.password_len  = strlen(ad("AD_ADMIN_PW"));
    s->account.size = sizeof(s->account);
    directory       = open_as(&o);
    guid_of(s->round->user, guid);
    CHECK_STATUS(PWWB_OK, pwwb_directory_read(directory, guid, DEADLINE_MS, &s->account, &rules,
                                              err));
    pwwb_directory_free(directory);
    CHECK_INT(s->round->source, rules.source);
    CHECK_INT(s->round->minimum, rules.min_length);
    CHECK_INT(s->round->complexity, rules.complexity);
    rules.min_length += off;
    CHECK_STATUS(PWWB_OK, pwwb_policy_new(&rules, &s->policy, err));
}

static inline void
server_connect(server *s)
{
    const int     version  = LDAP_VERSION3;
    struct berval password = {strlen(ad("AD_ADMIN_PW")), (char *)(uintptr_t)ad("AD_ADMIN_PW")};
    const int     zero     = 0;

    CHECK_INT(LDAP_SUCCESS, ldap_initialize(&s->ld, ad("AD_URI")));
    CHECK_INT(LDAP_OPT_SUCCESS, ldap_set_option(s->ld, LDAP_OPT_PROTOCOL_VERSION, &version));
    CHECK_INT(LDAP_OPT_SUCCESS, ldap_set_option(s->ld, LDAP_OPT_X_TLS_CACERTFILE, ad("AD_CA")));
    CHECK_INT(LDAP_OPT_SUCCESS, ldap_set_option(s->ld, LDAP_OPT_X_TLS_NEWCTX, &zero));
    CHECK_INT(LDAP_SUCCESS, ldap_sasl_bind_s(s->ld, ad("AD_ADMIN_DN"), LDAP_SASL_SIMPLE, &password,
                                             NULL, NULL, NULL));
}

/* Under a policy; what the library is told of the minimum is off by so much. */
static inline server
server_of(const round_of *r, int off)
{
    server s = {.round = r};

    server_set_policy(r);
    server_read(&s, off);
    server_connect(&s);
    snprintf(s.target, sizeof(s.target), "CN=%s,OU=Sync,%s", r->user, ad("AD_BASE"));
    return s;
}

static inline void
server_drop(server *s)
{
    ldap_unbind_ext_s(s->ld, NULL, NULL);
    pwwb_policy_free(s->policy);
}

/* The quoted UTF-16 that unicodePwd takes, by iconv. */
static inline size_t
utf16_of(const char *text, size_t len, char *out, size_t out_size)
{
    char    quoted[1024];
    char   *in   = quoted;
    char   *to   = out;
    size_t  left = out_size, in_left = len + 2;
    iconv_t cd = iconv_open("UTF-16LE", "UTF-8");

    quoted[0] = '"';
    memcpy(quoted + 1, text, len);
    quoted[len + 1] = '"';
    CHECK(iconv(cd, &in, &in_left, &to, &left) == 0);
    iconv_close(cd);
    return out_size - left;
}

/* Set it as an administrator does. */
static inline answer
server_set(const server *s, const char *text, size_t len)
{
    static char    type[] = "unicodePwd";
    char           octets[2048];
    struct berval  value     = {utf16_of(text, len, octets, sizeof(octets)), octets};
    struct berval *values[]  = {&value, NULL};
    LDAPMod        mod       = {.mod_op = LDAP_MOD_REPLACE | LDAP_MOD_BVALUES, .mod_type = type};
    LDAPMod       *mods[]    = {&mod, NULL};
    char          *diagnosis = NULL;
    answer         a         = {0};

    mod.mod_bvalues = values;
    a.rc            = ldap_modify_ext_s(s->ld, s->target, mods, NULL, NULL);
    (void)ldap_get_option(s->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnosis);
    snprintf(a.text, sizeof(a.text), "%s", diagnosis != NULL ? diagnosis : "");
    ldap_memfree(diagnosis);
    a.is_refused
        = a.rc == LDAP_CONSTRAINT_VIOLATION && strncmp(a.text, "0000052D", 8) == 0;
    return a;
}

#endif /* DIFFERENTIAL_H */
