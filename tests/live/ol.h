/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OL_H
#define OL_H

/*
 * A real slapd as the tests see it: environment OL_* as tests/fixtures/slapd writes it. What is true
 * of it is asked from outside the library, as its administrator: the hash that it keeps, its own
 * attributes, and whether somebody can bind.
 */

#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <pwwb/pwwb.h>

#include "harness.h"

#define DEADLINE_MS 10000
#define START       "Start-Pass-1!"

static pwwb_error *err;

static inline const char *
ol(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

/* Run a shell command in an environment without LDAP*; its output, cut, without the last newline.
 * Returns its exit status. `as_admin` and `as_any` begin the tools' arguments there. */
__attribute__((format(printf, 3, 4))) static inline int
run(char *out, size_t out_size, const char *format, ...)
{
    char command[4096] = "unset ${!LDAP@}; export HOME=/ LDAPTLS_CACERT=$OL_CA"
                         " PATH=/usr/sbin:/usr/bin:/sbin:/bin; exec 2>&1; as_any=\"-x -H $OL_URI\";"
                         " as_admin=\"$as_any -D $OL_ADMIN_DN -w $OL_ADMIN_PW\"; ";
    char    script[] = "/tmp/pwwb-ol-XXXXXX", line[64];
    size_t  used     = strlen(command), got;
    va_list args;
    FILE   *pipe;
    int     fd = mkstemp(script), rc;

    va_start(args, format);
    used += (size_t)vsnprintf(command + used, sizeof(command) - used, format, args);
    va_end(args);
    if (fd < 0 || write(fd, command, used) != (ssize_t)used)
        return -1;
    close(fd);

    snprintf(line, sizeof(line), "bash %s", script);
    pipe = popen(line, "r");
    got  = pipe != NULL ? fread(out, 1, out_size - 1, pipe) : 0;
    rc   = pipe != NULL ? pclose(pipe) : -1;
    unlink(script);
    out[got] = '\0';
    if (got > 0 && out[got - 1] == '\n')
        out[got - 1] = '\0';
    return rc;
}

/* The first value of an attribute as the server has it; "" when it is absent. */
static inline const char *
stored(const char *user, const char *attribute)
{
    static char value[512];

    run(value, sizeof(value),
        "ldapsearch $as_admin -LLL -o ldif-wrap=no -b $OL_BASE '(uid=%s)' %s |"
        " sed -n 's/^%s:* //p' | head -n 1",
        user, attribute, attribute);
    return value;
}

static inline int
binds(const char *user, const char *password)
{
    char out[512];

    return run(out, sizeof(out), "ldapwhoami $as_any -D uid=%s,ou=people,$OL_BASE -w '%s'", user,
               password)
           == 0;
}

/* 16 octets in the order of the text: RFC 4530. */
static inline void
uuid_of(const char *user, uint8_t guid[PWWB_ID_SIZE])
{
    const char *text = stored(user, "entryUUID");
    int         i;

    CHECK_INT(36, strlen(text));
    for (i = 0; i < PWWB_ID_SIZE && *text != '\0'; i++, text += 2) {
        text += *text == '-';
        guid[i] = (uint8_t)strtoul((char[]){text[0], text[1], '\0'}, NULL, 16);
    }
}

/* LDIF, lines parted by \n, as the administrator; what is not to go wrong. */
static inline void
ldif(const char *tool, const char *head, const char *lines)
{
    char out[1024];
    int  rc = run(out, sizeof(out), "printf \"dn: %s,$OL_BASE\\n%s\\n\" | %s $as_admin", head, lines,
                  tool);

    if (rc != 0)
        printf("# %s\n", out);
    CHECK_INT(0, rc);
}

static inline void
modify(const char *user, const char *lines)
{
    char head[128], text[512];

    snprintf(head, sizeof(head), "uid=%s,ou=people", user);
    snprintf(text, sizeof(text), "changetype: modify\\n%s", lines);
    ldif("ldapmodify", head, text);
}

static inline void
use_policy(const char *user, const char *name)
{
    char lines[256];

    snprintf(lines, sizeof(lines),
             "replace: pwdPolicySubentry\\npwdPolicySubentry: cn=%s,ou=policies,$OL_BASE\\n", name);
    modify(user, lines);
}

/* Lock an account by wrong passwords. */
static inline void
lock(const char *user)
{
    int i;

    for (i = 0; i < 5; i++)
        CHECK(!binds(user, "wrong"));
    CHECK_INT(15, strlen(stored(user, "pwdAccountLockedTime")));
}

/* The options that work; tests spoil copies of it. */
static inline pwwb_ldap_options
options(void)
{
    static char             policy[256], ca[256];
    const pwwb_ldap_options o = {
        .size         = sizeof(o),
        .host         = ol("OL_HOSTNAME"),
        .address      = ol("OL_ADDR"),
        .port         = 6360,
        .security     = PWWB_LDAP_LDAPS,
        .ca_file      = ca,
        .bind_dn      = ol("OL_SVC_DN"),
        .password     = (const uint8_t *)ol("OL_SVC_PW"),
        .password_len = strlen(ol("OL_SVC_PW")),
        .server       = PWWB_LDAP_OPENLDAP,
        .policy_dn    = policy,
    };

    snprintf(ca, sizeof(ca), "%s", ol("OL_CA"));
    snprintf(policy, sizeof(policy), "cn=default,ou=policies,%s", ol("OL_BASE"));
    return o;
}

static inline pwwb_directory *
open_as(const pwwb_ldap_options *o)
{
    pwwb_directory *directory;

    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(o, &directory, err));
    return directory;
}

/* As one of the fixture's service accounts: svc-pw, svc-none, svc-manage. */
static inline pwwb_directory *
open_by(const char *service)
{
    pwwb_ldap_options o = options();
    char              dn[256];

    snprintf(dn, sizeof(dn), "uid=%s,ou=svc,%s", service, ol("OL_BASE"));
    o.bind_dn = dn;
    return open_as(&o);
}

static inline pwwb_set
request(const char *user, int32_t kind, const char *old_one, const char *new_one)
{
    pwwb_set set = {.size = sizeof(set), .kind = kind};

    uuid_of(user, set.guid);
    if (new_one != NULL) {
        set.password     = (const uint8_t *)new_one;
        set.password_len = strlen(new_one);
    }
    if (old_one != NULL) {
        set.old_password     = (const uint8_t *)old_one;
        set.old_password_len = strlen(old_one);
    }
    return set;
}

/* Do it, and have the server tell whether it keeps another hash now: as it should. */
static inline pwwb_set_result
carry_out(pwwb_directory *directory, const pwwb_set *set, const char *user, int writes,
          pwwb_findings *findings)
{
    pwwb_set_result result = {.size = sizeof(result), .findings = findings};
    char            before[512];
    pwwb_status     st;

    snprintf(before, sizeof(before), "%s", stored(user, "userPassword"));
    st = pwwb_directory_set(directory, set, DEADLINE_MS, &result, err);
    if (st != PWWB_OK)
        printf("# %s\n", pwwb_error_message(err));
    CHECK_STATUS(PWWB_OK, st);
    CHECK_INT(writes, strcmp(before, stored(user, "userPassword")) != 0);
    return result;
}

/* The code of one call by a directory of its own, closed again. */
static inline int32_t
code_by(const char *service, const pwwb_set *set, const char *user, int writes)
{
    pwwb_directory *directory = open_by(service);
    int32_t         code      = carry_out(directory, set, user, writes, NULL).code;

    pwwb_directory_free(directory);
    return code;
}

static inline int
has_finding(const pwwb_findings *findings, int32_t wanted, int32_t *ret_basis, int64_t *ret_limit,
            int64_t *ret_actual)
{
    size_t  i;
    int32_t code;

    for (i = 0;
         pwwb_findings_get(findings, i, &code, ret_basis, ret_limit, ret_actual) == PWWB_OK; i++)
        if (code == wanted)
            return 1;
    return 0;
}

/* A password nobody has used before. */
static inline const char *
fresh(void)
{
    static char text[8][64];
    static int  number;
    char       *next = text[number % 8];

    snprintf(next, sizeof(text[0]), "Neu-%lx-%d-%d", (unsigned long)time(NULL), (int)getpid(),
             number++);
    return next;
}

#endif /* OL_H */
