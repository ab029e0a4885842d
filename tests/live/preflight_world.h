/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PREFLIGHT_WORLD_H
#define PREFLIGHT_WORLD_H

/*
 * Units of a real domain, one for each thing that a service account may lack: OU=pf-X with the person
 * p-X in it, and svc-X with every right on them but that one. What is lacking is taken away by Samba's
 * own tools, and what svc-X can do there is tried with ldapmodify.
 */

#include "ad.h"

#define SVC_PW "Service-Pass-1!"

/* Rights on all users of a unit, in SDDL: for a service account whose SID is $SID. */
#define USERS "bf967aba-0de6-11d0-a285-00aa003049e2"
#define RESET "(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;" USERS ";$SID)"
#define LOCK  "(OA;CIIO;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1;" USERS ";$SID)"
#define LAST  "(OA;CIIO;WP;bf967a0a-0de6-11d0-a285-00aa003049e2;" USERS ";$SID)"
#define CHANGE_GUID "ab721a53-1e2f-11d0-9819-00aa0040529b"
#define UNEXPIRE    "(OA;;CR;ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501;;"

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

/* The unit, the person, the service account, and its rights, which name it as $SID. It is in the
 * groups that have the domain's rights: "pf-unexpire", "pf-rules". */
static inline void
make_unit(const char *unit, const char *rights, const char *groups)
{
    char out[4096];
    int  rc = run(out, sizeof(out),
                  "pw() { printf '\"%%s\"' \"$1\" | iconv -t UTF-16LE | base64 -w0; }; "
                  "as() { ldapmodify -a -x -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\"; }; "
                  "user() { printf '%%s\\n' \"dn: CN=$1,$2\" 'objectClass: user' "
                  "\"sAMAccountName: $1\" \"unicodePwd:: $(pw \"$3\")\" "
                  "'userAccountControl: 512' ''; }; "
                  "{ printf '%%s\\n' \"dn: OU=pf-%s,$AD_BASE\" 'objectClass: organizationalUnit' '';"
                  " user p-%s \"OU=pf-%s,$AD_BASE\" '" START "';"
                  " user svc-%s \"OU=Svc,$AD_BASE\" '" SVC_PW "';"
                  " for g in %s; do printf '%%s\\n' \"dn: CN=$g,OU=Svc,$AD_BASE\" "
                  "'changetype: modify' 'add: member' \"member: CN=svc-%s,OU=Svc,$AD_BASE\" ''; done; "
                  "} | as && "
                  "SID=$(ldbsearch -H $SAM '(sAMAccountName=svc-%s)' objectSid |"
                  " sed -n 's/^objectSid: //p') && "
                  "samba-tool dsacl set -s $AD_CONF -H $SAM --objectdn=\"OU=pf-%s,$AD_BASE\" "
                  "--sddl=\"%s\"",
                  unit, unit, unit, unit, groups, unit, unit, unit, rights);

    if (rc != 0)
        printf("# %s\n", out);
    CHECK_INT(0, rc);
}

/* Groups that have the domain's rights; Authenticated Users have Unexpire Password at first. */
static inline void
make_domain(void)
{
    char out[2048], base[256];

    CHECK_INT(0, run(out, sizeof(out),
                     "for g in pf-unexpire pf-rules; do"
                     " samba-tool group add $g --groupou=OU=Svc -s $AD_CONF -H $SAM &&"
                     " SID=$(ldbsearch -H $SAM \"(sAMAccountName=$g)\" objectSid |"
                     " sed -n 's/^objectSid: //p') &&"
                     " case $g in *rules) dn=\"CN=Password Settings Container,CN=System,$AD_BASE\""
                     " sddl=\"(A;CI;RPLCLORC;;;$SID)\" ;; *) dn=$AD_BASE sddl=\"" UNEXPIRE
                     "$SID)\" ;; esac &&"
                     " samba-tool dsacl set -s $AD_CONF -H $SAM --objectdn=\"$dn\" --sddl=\"$sddl\""
                     " || exit 1; done"));
    snprintf(base, sizeof(base), "%s", ad("AD_BASE"));
    edit_acl(base, "\\(OA;;CR;ccc2dc7d-[-0-9a-f]*;;AU\\)", "");
}

/* What a controller answers when svc-X tries it: the LDAP result. */
static inline int
attempt(const char *unit, const char *lines)
{
    char out[2048];
    int  rc = run(out, sizeof(out),
                  "printf '%%b' \"dn: <GUID=$(ldbsearch -H $SAM '(sAMAccountName=p-%s)' objectGUID |"
                  " sed -n 's/^objectGUID: //p')>\\nchangetype: modify\\n%s\\n\" | ldapmodify -x -H $AD_URI "
                  "-D \"CN=svc-%s,OU=Svc,$AD_BASE\" -w '" SVC_PW "'",
                  unit, lines, unit);

    return WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
}

static inline const char *
quoted(const char *password, char out[128])
{
    run(out, 128, "printf '\"%s\"' | iconv -t UTF-16LE | base64 -w0", password);
    return out;
}

static inline int
try_reset(const char *unit, const char *password)
{
    char value[128], lines[512];

    snprintf(lines, sizeof(lines), "replace: unicodePwd\\nunicodePwd:: %s",
             quoted(password, value));
    return attempt(unit, lines);
}

static inline int
try_change(const char *unit, const char *old_one, const char *new_one)
{
    char old_value[128], new_value[128], lines[1024];

    snprintf(lines, sizeof(lines),
             "delete: unicodePwd\\nunicodePwd:: %s\\n-\\nadd: unicodePwd\\nunicodePwd:: %s",
             quoted(old_one, old_value), quoted(new_one, new_value));
    return attempt(unit, lines);
}

#endif /* PREFLIGHT_WORLD_H */
