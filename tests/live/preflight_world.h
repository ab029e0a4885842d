/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PREFLIGHT_WORLD_H
#define PREFLIGHT_WORLD_H

/*
 * Units of a real domain, one for each thing that a service account may lack: OU=pf-X with the person
 * p-X in it, and pfs-X with every right on them but that one. What is lacking is taken away by Samba's
 * own tools, and what pfs-X can do there is tried with ldapmodify.
 */

#include <sodium.h>
#include <sys/wait.h>

#include "ad.h"

static char person[40]; /* GUID of the p-X that a story is about */

#define SVC_PW "Service-Pass-1!"

/* Rights on all users of a unit, in SDDL: for a service account whose SID is $SID. */
#define USERS "bf967aba-0de6-11d0-a285-00aa003049e2"
#define RESET "(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;" USERS ";$SID)"
#define LOCK  "(OA;CIIO;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1;" USERS ";$SID)"
#define LAST  "(OA;CIIO;WP;bf967a0a-0de6-11d0-a285-00aa003049e2;" USERS ";$SID)"
#define CHANGE_GUID "ab721a53-1e2f-11d0-9819-00aa0040529b"

/* An entry's descriptor as SDDL, changed by a Python regular expression; it must change. */
static inline void
edit_acl(const char *dn, const char *pattern, const char *text)
{
    char out[2048];
    int  rc = run(out, sizeof(out),
                  "/usr/bin/python3 - '%s' '%s' '%s' <<'PY'\n"
                  "import re, os, sys, ldb\n"
                  "from samba.samdb import SamDB\n"
                  "from samba.param import LoadParm\n"
                  "from samba.auth import system_session\n"
                  "from samba.ndr import ndr_unpack, ndr_pack\n"
                  "from samba.dcerpc import security\n"
                  "dn, pattern, text = sys.argv[1:]\n"
                  "lp = LoadParm()\n"
                  "lp.load(os.environ['AD_CONF'])\n"
                  "s = SamDB(os.environ['SAM'], session_info=system_session(), lp=lp)\n"
                  "sid = security.dom_sid(s.get_domain_sid())\n"
                  "flags = ['sd_flags:1:4']\n"
                  "old = s.search(dn, ldb.SCOPE_BASE, attrs=['nTSecurityDescriptor'], controls=flags)\n"
                  "old = ndr_unpack(security.descriptor, bytes(old[0]['nTSecurityDescriptor'][0]))\n"
                  "new = re.sub(pattern, text, old.as_sddl(sid))\n"
                  "assert new != old.as_sddl(sid), old.as_sddl(sid)\n"
                  "m = ldb.Message(ldb.Dn(s, dn))\n"
                  "m['a'] = ldb.MessageElement(ndr_pack(security.descriptor.from_sddl(new, sid)),\n"
                  "    ldb.FLAG_MOD_REPLACE, 'nTSecurityDescriptor')\n"
                  "s.modify(m, controls=flags)\n"
                  "PY",
                  dn, pattern, text);

    if (rc != 0)
        printf("# %s\n", out);
    CHECK_INT(0, rc);
}

/* Put entries in front of an entry's own. */
static inline void
add_acl(const char *dn, const char *sddl)
{
    char text[2048];

    snprintf(text, sizeof(text), "D:\\1%s", sddl);
    edit_acl(dn, "D:(\\w*)", text);
}

/* "samba-tool dsacl delete" is newer than this Samba: the same, for the entries that it names. */
static inline void
delete_acl(const char *command)
{
    const char *sddl = strstr(command, " --sddl='"), *dn = strstr(command, "--objectdn='");
    char        name[256], entry[256], pattern[512];
    size_t      len = 0;

    CHECK(sddl != NULL && dn != NULL);
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(dn + 12, "'"), dn + 12);
    for (sddl += 9; *sddl == '('; sddl += strlen(entry)) {
        snprintf(entry, sizeof(entry), "%.*s", (int)strcspn(sddl, ")") + 1, sddl);
        len = (size_t)snprintf(pattern, sizeof(pattern), "\\%.*s", (int)strlen(entry) - 1, entry);
        if (strstr(entry, ";S-1-1-0)") != NULL) /* SDDL's names of the two */
            snprintf(pattern + len - 7, sizeof(pattern) - len, "WD\\)");
        else if (strstr(entry, ";S-1-5-10)") != NULL)
            snprintf(pattern + len - 8, sizeof(pattern) - len, "PS\\)");
        else
            snprintf(pattern + len, sizeof(pattern) - len, "\\)");
        edit_acl(name, pattern, "");
    }
}

/* The unit, the person, the service account, and its rights, which name it as $SID. It is in the
 * groups that have the domain's rights: "pf-unexpire", "pf-rules". */
static inline void
make_unit(const char *unit, const char *rights, const char *groups)
{
    char name[64], out[4096];
    int  rc = run(out, sizeof(out),
                  "pw() { printf '\"%%s\"' \"$1\" | iconv -t UTF-16LE | base64 -w0; }; "
                  "as() { ldapmodify -a -x -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\"; }; "
                  "user() { printf '%%s\\n' \"dn: CN=$1,$2\" 'objectClass: user' "
                  "\"sAMAccountName: $1\" \"unicodePwd:: $(pw \"$3\")\" "
                  "'userAccountControl: 512' ''; }; "
                  "{ printf '%%s\\n' \"dn: OU=pf-%s,$AD_BASE\" 'objectClass: organizationalUnit' '';"
                  " user p-%s \"OU=pf-%s,$AD_BASE\" '" START "';"
                  " user pfs-%s \"OU=Svc,$AD_BASE\" '" SVC_PW "';"
                  " for g in %s; do printf '%%s\\n' \"dn: CN=$g,OU=Svc,$AD_BASE\" "
                  "'changetype: modify' 'add: member' \"member: CN=pfs-%s,OU=Svc,$AD_BASE\" ''; done; "
                  "} | as && "
                  "SID=$(ldbsearch -H $SAM '(sAMAccountName=pfs-%s)' objectSid |"
                  " sed -n 's/^objectSid: //p') && "
                  "samba-tool dsacl set -s $AD_CONF -H $SAM --objectdn=\"OU=pf-%s,$AD_BASE\" "
                  "--sddl=\"%s\"",
                  unit, unit, unit, unit, groups, unit, unit, unit, rights);

    if (rc != 0)
        printf("# %s\n", out);
    CHECK_INT(0, rc);
    snprintf(name, sizeof(name), "p-%s", unit);
    snprintf(person, sizeof(person), "%s", stored(name, "objectGUID"));
}

/* Groups that have the domain's rights; Authenticated Users have Unexpire Password at first. */
static inline void
make_group(const char *group, const char *dn, const char *format)
{
    char out[2048], sid[192], sddl[512];

    CHECK_INT(0, run(out, sizeof(out),
                     "printf '%%s\\n' \"dn: CN=%s,OU=Svc,$AD_BASE\" 'objectClass: group'"
                     " 'sAMAccountName: %s' | ldapadd -x -H $AD_URI -D \"$AD_ADMIN_DN\""
                     " -w \"$AD_ADMIN_PW\"",
                     group, group));
    snprintf(sid, sizeof(sid), "%s", stored(group, "objectSid"));
    snprintf(sddl, sizeof(sddl), "%s%s)", format, sid);
    add_acl(dn, sddl);
}

static inline void
make_domain(void)
{
    char base[256], container[320];

    snprintf(base, sizeof(base), "%s", ad("AD_BASE"));
    snprintf(container, sizeof(container), "CN=Password Settings Container,CN=System,%s", base);
    make_group("pf-unexpire", base, "(OA;;CR;ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501;;");
    make_group("pf-rules", container, "(A;CI;RPLCLORC;;;");
    edit_acl(base, "\\(OA;;CR;ccc2dc7d-[-0-9a-f]*;;AU\\)", "");
}

/* What a controller answers when pfs-X tries it: the LDAP result. */
static inline int
attempt(const char *unit, const char *lines)
{
    char out[2048];
    int  rc = run(out, sizeof(out),
                  "printf 'dn: <GUID=%s>\\nchangetype: modify\\n%s\\n' | ldapmodify -x -H $AD_URI "
                  "-D \"CN=pfs-%s,OU=Svc,$AD_BASE\" -w '" SVC_PW "'",
                  person, lines, unit);

    return WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
}

/* A value of unicodePwd, of printable ASCII, in base64. */
static inline const char *
quoted(const char *password, char out[256])
{
    char   text[128], units[160] = "";
    size_t len = (size_t)snprintf(text, sizeof(text), "\"%s\"", password), i;

    CHECK(2 * len <= sizeof(units));
    for (i = 0; i < len && 2 * i + 1 < sizeof(units); i++)
        units[2 * i] = text[i], units[2 * i + 1] = '\0';
    return sodium_bin2base64(out, 256, (const unsigned char *)units, 2 * len,
                             sodium_base64_VARIANT_ORIGINAL);
}

static inline int
try_reset(const char *unit, const char *password)
{
    char value[256], lines[512];

    snprintf(lines, sizeof(lines), "replace: unicodePwd\\nunicodePwd:: %s",
             quoted(password, value));
    return attempt(unit, lines);
}

static inline int
try_change(const char *unit, const char *old_one, const char *new_one)
{
    char old_value[256], new_value[256], lines[1024];

    snprintf(lines, sizeof(lines),
             "delete: unicodePwd\\nunicodePwd:: %s\\n-\\nadd: unicodePwd\\nunicodePwd:: %s",
             quoted(old_one, old_value), quoted(new_one, new_value));
    return attempt(unit, lines);
}

#endif /* PREFLIGHT_WORLD_H */
