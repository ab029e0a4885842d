/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_H
#define AD_H

/*
 * A real controller as the tests see it: environment AD_* as tests/fixtures/ad writes it. What is
 * true of it is asked from outside the library: the server's own record of writes (the version of
 * unicodePwd in replPropertyMetaData), and whether somebody can bind.
 */

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <pwwb/pwwb.h>

#include "harness.h"

#define DEADLINE_MS 10000
#define START       "Start-Pass-1!"

static pwwb_error *err;

/* Whose settings are meant: AD_*, or AD2_* of a second forest. */
static int is_second;

/* A setting, by its name in the first forest: "AD_ADDR". */
static inline const char *
ad(const char *name)
{
    const char *value;
    char        second[64];

    snprintf(second, sizeof(second), "AD2%s", name + strlen("AD"));
    value = getenv(is_second ? second : name);
    return value != NULL ? value : "";
}

/* Run a shell command where the server's own tools are, in an environment of AD_* and without
 * LDAP*; its output, cut, without the last newline. Returns its exit status. */
__attribute__((format(printf, 3, 4))) static inline int
run(char *out, size_t out_size, const char *format, ...)
{
    char    command[4096], line[512];
    char    script[64] = "/tmp/pwwb-ad-XXXXXX";
    size_t  used, got;
    va_list args;
    FILE   *pipe;
    const char *inside = ad("AD_INSIDE");
    int     fd = mkstemp(script), rc;

    used = (size_t)snprintf(command, sizeof(command),
                            "unset ${!LDAP@}; STATE='%s'; STATE=${STATE%%/*}; . $STATE/env; export"
                            " HOME=/ LDAPTLS_CACERT=$AD_CA SAM=$STATE/private/sam.ldb"
                            " PATH=/usr/sbin:/usr/bin:/sbin:/bin; exec 2>&1; ",
                            ad("AD_CONF"));
    va_start(args, format);
    used += (size_t)vsnprintf(command + used, sizeof(command) - used, format, args);
    va_end(args);
    if (fd < 0 || write(fd, command, used) != (ssize_t)used)
        return -1;
    close(fd);

    snprintf(line, sizeof(line), "%s%s%s bash %s", inside[0] != '\0' ? "sh '" : "", inside,
             inside[0] != '\0' ? "' in" : "", script);
    pipe = popen(line, "r");
    got  = pipe != NULL ? fread(out, 1, out_size - 1, pipe) : 0;
    rc   = pipe != NULL ? pclose(pipe) : -1;
    unlink(script);
    out[got] = '\0';
    if (got > 0 && out[got - 1] == '\n')
        out[got - 1] = '\0';
    return rc;
}

/* An attribute as the server's own database has it; "" when it is absent. */
static inline const char *
stored(const char *user, const char *attribute)
{
    static char value[512];

    run(value, sizeof(value), "ldbsearch -H $SAM '(sAMAccountName=%s)' %s | sed -n 's/^%s: //p'",
        user, attribute, attribute);
    return value;
}

/* How often the server has written this account's password. */
static inline int
written(const char *user)
{
    char text[64];

    run(text, sizeof(text),
        "ldbsearch -H $SAM --show-binary '(sAMAccountName=%s)' replPropertyMetaData |"
        " grep -A1 ATTID_unicodePwd | sed -n 's/.*version.*(\\(.*\\))/\\1/p'",
        user);
    return atoi(text);
}

/* Samba does not know "Who am I": a search of the root entry shows that the bind went well. */
static inline int
binds(const char *name, const char *password)
{
    char out[1024];

    return run(out, sizeof(out), "ldapsearch -x -H $AD_URI -D '%s'@$AD_DNS -w '%s' -s base -b ''",
               name, password)
           == 0;
}

static inline void
guid_of(const char *user, uint8_t guid[PWWB_ID_SIZE])
{
    const char *text = stored(user, "objectGUID");

    CHECK_STATUS(PWWB_OK, pwwb_guid_parse(text, strlen(text), guid, NULL));
}

/* Whether the server says that it has policy hints (MS-ADTS 3.1.1.3.4.1.27): Samba from 4.24 on. */
static inline int
has_hints(void)
{
    char out[16];

    return run(out, sizeof(out), "ldapsearch -x -LLL -H $AD_URI -s base -b '' supportedControl |"
                                 " grep -q '^supportedControl: 1.2.840.113556.1.4.2239$'") == 0;
}

/* What a reset answers that goes well. */
static inline int32_t
done_by_reset(void)
{
    return has_hints() ? PWWB_CODE_OK : PWWB_CODE_OK_HISTORY_NOT_ENFORCED;
}

/* Change an entry as the administrator, by LDIF lines after its dn. */
static inline void
modify(const char *rdn, const char *lines)
{
    char out[1024];
    int  rc = run(out, sizeof(out),
                  "printf 'dn: %s,%%s\\nchangetype: modify\\n%s\\n' \"$AD_BASE\" |"
                   " ldapmodify -x -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\"",
                  rdn, lines);

    if (rc != 0)
        printf("# %s\n", out);
    CHECK_INT(0, rc);
}

/* Give an account its first password again, unlocked, with no must-change. */
static inline void
begin(const char *user)
{
    char rdn[128], lines[512], value[128];

    run(value, sizeof(value), "printf '\"%s\"' | iconv -t UTF-16LE | base64 -w0", START);
    snprintf(rdn, sizeof(rdn), "CN=%s,OU=Sync", user);
    snprintf(lines, sizeof(lines),
             "replace: unicodePwd\\nunicodePwd:: %s\\n-\\nreplace: lockoutTime\\nlockoutTime: 0\\n",
             value);
    modify(rdn, lines);
}

/* Lock an account by wrong passwords. */
static inline void
lock(const char *user)
{
    int i;

    for (i = 0; i < 6; i++)
        CHECK(!binds(user, "wrong"));
    CHECK(strlen(stored(user, "lockoutTime")) > 1);
}

/* Everything that ldap.conf and the environment can say to libldap, and all of it wrong: what the
 * library does must not change by it. Before the first handle is made. */
static inline void
make_environment_hostile(void)
{
    static const char conf[] =
        "URI ldaps://127.0.0.99\nBASE DC=elsewhere\nSIZELIMIT 1\nTIMELIMIT 1\nVERSION 2\n"
        "DEREF always\nREFERRALS on\nTIMEOUT 1\nNETWORK_TIMEOUT 1\nTLS_REQCERT never\n"
        "TLS_CACERT /nowhere\nSASL_MECH GSSAPI\n\x01\xff ju nk\n";
    static char home[] = "/tmp/pwwb-home-XXXXXX";
    char        name[64];
    int         fd;

    CHECK(mkdtemp(home) != NULL);
    snprintf(name, sizeof(name), "%s/.ldaprc", home);
    fd = open(name, O_CREAT | O_WRONLY, 0600);
    CHECK(fd >= 0 && write(fd, conf, sizeof(conf) - 1) == (ssize_t)sizeof(conf) - 1);
    close(fd);
    setenv("HOME", home, 1); /* ~/.ldaprc, and the same as ldap.conf and as $LDAPRC */
    setenv("LDAPCONF", name, 1);
    setenv("LDAPRC", ".ldaprc", 1);
    setenv("LDAPURI", "ldaps://127.0.0.99", 1);
    setenv("LDAPSIZELIMIT", "1", 1);
    setenv("LDAPTIMELIMIT", "1", 1);
    setenv("LDAPVERSION", "2", 1);
    setenv("LDAPDEREF", "always", 1);
    setenv("LDAPTLS_REQCERT", "never", 1);
    setenv("LDAPBASE", "DC=elsewhere", 1);
}

static inline void
make_environment_calm(void)
{
    unlink(ad("LDAPCONF"));
    rmdir(ad("HOME"));
}

/* The options that work; tests spoil copies of it. */
static inline pwwb_ldap_options
options(void)
{
    static char             ca[256];
    const pwwb_ldap_options o = {
        .size         = sizeof(o),
        .host         = ad("AD_HOSTNAME"),
        .address      = ad("AD_ADDR"),
        .security     = PWWB_LDAP_LDAPS,
        .ca_file      = ca,
        .bind_dn      = ad("AD_SVC_DN"),
        .password     = (const uint8_t *)ad("AD_SVC_PW"),
        .password_len = strlen(ad("AD_SVC_PW")),
        .flags        = PWWB_LDAP_ALLOW_NO_HISTORY,
    };

    snprintf(ca, sizeof(ca), "%s", ad("AD_CA"));
    return o;
}

static inline pwwb_directory *
open_as(const pwwb_ldap_options *o)
{
    pwwb_directory *directory;

    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(o, &directory, err));
    return directory;
}

static inline pwwb_directory *
open_directory(void)
{
    const pwwb_ldap_options o = options();

    return open_as(&o);
}

static inline pwwb_set
request(const char *user, int32_t kind, const char *old_one, const char *new_one)
{
    pwwb_set set = {.size = sizeof(set), .kind = kind};

    guid_of(user, set.guid);
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

/* Do it, and have the server tell whether it wrote a password: as often as it should have. */
static inline pwwb_set_result
carry_out(pwwb_directory *directory, const pwwb_set *set, const char *user, int writes,
          pwwb_findings *findings)
{
    pwwb_set_result result = {.size = sizeof(result), .findings = findings};
    int             before = written(user);
    pwwb_status     st     = pwwb_directory_set(directory, set, DEADLINE_MS, &result, err);

    if (st != PWWB_OK)
        printf("# %s\n", pwwb_error_message(err));
    CHECK_STATUS(PWWB_OK, st);
    CHECK_INT(before + writes, written(user));
    return result;
}

static inline int
has_finding(const pwwb_findings *findings, int32_t wanted, int64_t *ret_limit, int64_t *ret_actual)
{
    size_t  i;
    int32_t code;

    for (i = 0; pwwb_findings_get(findings, i, &code, NULL, ret_limit, ret_actual) == PWWB_OK; i++)
        if (code == wanted)
            return 1;
    return 0;
}

/* A password nobody has used before. */
static inline const char *
fresh(void)
{
    static char text[64];
    static int  number;

    snprintf(text, sizeof(text), "Neu-%lx-%d-%d", (unsigned long)time(NULL), (int)getpid(),
             number++);
    return text;
}

#endif /* AD_H */
