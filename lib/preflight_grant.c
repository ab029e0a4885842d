/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "guid.h"

#define USER_CLASS "bf967aba-0de6-11d0-a285-00aa003049e2"
#define SELF_SID   "S-1-5-10"
#define SELF_NAME  "NT AUTHORITY\\SELF"
#define EVERY_TYPE "00000000-0000-0000-0000-000000000000"
#define SID_SIZE   192
#define SDDL_SIZE  384 /* of one entry, whatever is in it */

/* Append. The whole text is empty when it does not fit; nothing may be added to it then. */
__attribute__((format(printf, 3, 4))) static void
add(char *buf, size_t buf_size, const char *format, ...)
{
    size_t  used = strlen(buf);
    va_list args;
    int     len;

    va_start(args, format);
    len = vsnprintf(buf + used, buf_size - used, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= buf_size - used)
        buf[0] = '\0';
}

static int
is_hex(char c)
{
    return c != '\0' && strchr("0123456789abcdefABCDEF", c) != NULL;
}

/* The same DN, so that it stands in any shell's quotes as it is: what is escaped, and what a shell may
 * take for its own, as hex pairs. RFC 4514 2.4. "" when it does not fit. */
static void
neutral(const char *dn, char out[WB_PREFLIGHT_DN_SIZE])
{
    size_t len = 0;

    for (; *dn != '\0' && len + 4 < WB_PREFLIGHT_DN_SIZE; dn++) {
        int is_pair    = dn[0] == '\\' && is_hex(dn[1]) && is_hex(dn[2]);
        int is_escaped = dn[0] == '\\' && !is_pair && dn[1] != '\0';

        if (is_escaped)
            dn++;
        if (is_escaped || strchr("\"'`$%!^&|<>/", *dn) != NULL)
            len += (size_t)snprintf(out + len, 4, "\\%02x", (unsigned char)*dn);
        else
            out[len++] = *dn;
    }
    out[*dn == '\0' ? len : 0] = '\0';
}

/* What is behind the first comma that stands for itself; the DN itself when there is none. */
static const char *
parent_of(const char *dn)
{
    const char *p;

    for (p = dn; *p != '\0'; p++) {
        if (*p == ',')
            return p + 1;
        if (*p == '\\' && p[1] != '\0')
            p++;
    }
    return dn;
}

static void
print_sid(const wb_sid *sid, char out[SID_SIZE])
{
    int i;

    out[0] = '\0';
    add(out, SID_SIZE, "S-1-%llu", (unsigned long long)sid->authority);
    for (i = 0; i < sid->count; i++)
        add(out, SID_SIZE, "-%u", (unsigned)sid->sub[i]);
}

/* To whom: the service account, or each account itself. In PowerShell's quotes a quote is doubled. */
typedef struct trustee {
    char sid[SID_SIZE];
    char name[2 * sizeof(((wb_preflight_facts *)0)->trustee_name)];
} trustee;

static trustee
trustee_of(const wb_preflight_facts *f, int32_t check)
{
    trustee     t = {.sid = SELF_SID, .name = SELF_NAME};
    const char *p;
    size_t      len = 0;

    if (check == PWWB_PREFLIGHT_CHANGE_SELF)
        return t;

    t.sid[0] = '\0';
    if (f->trustee.count > 0)
        print_sid(&f->trustee, t.sid);
    for (p = f->trustee_name; *p != '\0'; p++) {
        t.name[len++] = *p;
        if (*p == '\'')
            t.name[len++] = '\'';
    }
    t.name[len] = '\0';
    return t;
}

/* One of dsacls, when the trustee has a name. */
static void
put_dsacls(wb_preflight_item *item, const char *dn, const char *how, const trustee *t,
           const char *words)
{
    if (dn[0] != '\0' && t->name[0] != '\0')
        add(item->windows, sizeof(item->windows), "dsacls '%s'%s /G '%s:%s'", dn, how, t->name,
            words);
}

static void
put_samba(wb_preflight_item *item, const char *verb, const char *dn, const char *sddl)
{
    if (dn[0] != '\0' && sddl[0] != '\0')
        add(item->samba, sizeof(item->samba), "samba-tool dsacl %s --objectdn='%s' --sddl='%s'", verb,
            dn, sddl);
}

void
wb_preflight_grant_around(const wb_preflight_facts *f, const wb_preflight_right *right,
                          wb_preflight_item *item)
{
    trustee t = trustee_of(f, right->check);
    char    dn[WB_PREFLIGHT_DN_SIZE], words[64] = "", sddl[SDDL_SIZE] = "";

    neutral(parent_of(f->dn), dn);
    add(words, sizeof(words), "%s;user", right->words);
    if (t.sid[0] != '\0')
        add(sddl, sizeof(sddl), "(OA;CIIO;%s;%s;" USER_CLASS ";%s)", right->letters, right->type,
            t.sid);
    put_dsacls(item, dn, " /I:S", &t, words);
    put_samba(item, "set", dn, sddl);
}

/* Windows: let it inherit again. Samba's tool cannot do that, but grant what is missing. */
void
wb_preflight_grant_here(const wb_preflight_facts *f, const wb_preflight_right *right,
                        wb_preflight_item *item)
{
    trustee t = trustee_of(f, right->check);
    char    dn[WB_PREFLIGHT_DN_SIZE], sddl[SDDL_SIZE] = "";

    neutral(f->dn, dn);
    if (item->reason == PWWB_WHY_WAS_PROTECTED && dn[0] != '\0')
        add(item->windows, sizeof(item->windows), "Set-ADObject -Identity '%s' -Clear adminCount; ",
            dn);
    if (dn[0] != '\0')
        add(item->windows, sizeof(item->windows), "dsacls '%s' /P:N", dn);
    if (t.sid[0] != '\0')
        add(sddl, sizeof(sddl), "(OA;;%s;%s;;%s)", right->letters, right->type, t.sid);
    put_samba(item, "set", dn, sddl);
}

void
wb_preflight_grant_head(const wb_preflight_facts *f, const wb_preflight_right *right,
                        wb_preflight_item *item)
{
    trustee t = trustee_of(f, right->check);
    char    dn[WB_PREFLIGHT_DN_SIZE], sddl[SDDL_SIZE] = "";

    neutral(f->domain, dn);
    if (t.sid[0] != '\0')
        add(sddl, sizeof(sddl), "(OA;;%s;%s;;%s)", right->letters, right->type, t.sid);
    put_dsacls(item, dn, "", &t, right->words);
    put_samba(item, "set", dn, sddl);
}

void
wb_preflight_grant_rules(const wb_preflight_facts *f, wb_preflight_item *item)
{
    trustee t = trustee_of(f, item->check);
    char    container[WB_PREFLIGHT_DN_SIZE], dn[WB_PREFLIGHT_DN_SIZE], sddl[SDDL_SIZE] = "";

    wb_preflight_container(f->domain, container);
    neutral(container, dn);
    if (t.sid[0] != '\0')
        add(sddl, sizeof(sddl), "(A;CI;RPLCLORC;;;%s)", t.sid);
    put_dsacls(item, dn, " /I:T", &t, "GR");
    put_samba(item, "set", dn, sddl);
}

/* An entry's own flags and rights in SDDL. MS-DTYP 2.5.1.1 */
static void
put_letters(char *buf, size_t buf_size, uint32_t bits, const char *const *names, int count)
{
    int i;

    for (i = 0; i < count; i++)
        if ((bits >> i & 1) != 0 && names[i] != NULL)
            add(buf, buf_size, "%s", names[i]);
}

static void
print_denial(const wb_sd_entry *e, char sddl[SDDL_SIZE])
{
    static const char *const flags[] = {"OI", "CI", "NP"};
    static const char *const rights[] = {
        "CC", "DC", "LC", "SW", "RP", "WP", "DT", "LO", "CR", NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, "SD", "RC", "WD", "WO", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "GA", "GX",
        "GW", "GR"};
    char              type[37] = "", inheritor[37] = "", sid[SID_SIZE];

    if (e->type != NULL)
        wb_guid_print(e->type, type);
    if (e->inheritor != NULL)
        wb_guid_print(e->inheritor, inheritor);
    print_sid(&e->sid, sid);
    sddl[0] = '\0';
    add(sddl, SDDL_SIZE, e->type != NULL || e->inheritor != NULL ? "(OD;" : "(D;");
    put_letters(sddl, SDDL_SIZE, e->flags, flags, 3);
    add(sddl, SDDL_SIZE, ";");
    put_letters(sddl, SDDL_SIZE, e->mask, rights, 32);
    add(sddl, SDDL_SIZE, ";%s;%s;%s)", type, inheritor, sid);
}

void
wb_preflight_take_denials(const char *object, const wb_sd *sd, const wb_sd_question *q,
                          wb_preflight_item *item)
{
    char        dn[WB_PREFLIGHT_DN_SIZE], type[37], sids[1024] = "", sddl[1536] = "";
    wb_span     rest = sd->entries;
    wb_sd_entry e;
    int         count = 0;

    while (wb_sd_next(&rest, &e) == 0) {
        char sid[SID_SIZE], denial[SDDL_SIZE];

        if (e.says != WB_SD_DENIED || e.has_condition || (e.flags & WB_SD_INHERITED) != 0
            || !wb_sd_concerns(&e, q))
            continue;
        print_sid(&e.sid, sid);
        print_denial(&e, denial);
        add(sids, sizeof(sids), "%s'%s'", count++ == 0 ? "" : ",", sid);
        add(sddl, sizeof(sddl), "%s", denial);
        if (sids[0] == '\0' || sddl[0] == '\0')
            return; /* more than anybody reads */
    }

    neutral(object, dn);
    wb_guid_print(q->type, type);
    put_samba(item, "delete", dn, sddl);
    if (dn[0] == '\0' || count == 0)
        return;
    add(item->windows, sizeof(item->windows),
        "$o = [ADSI]'LDAP://%s'; $o.Options.SecurityMasks = 'Dacl'; foreach ($r in "
        "$o.ObjectSecurity.GetAccessRules($true, $false, [Security.Principal.SecurityIdentifier])) "
        "{ if ($r.AccessControlType -eq 'Deny' -and $r.IdentityReference.Value -in %s -and "
        "$r.ObjectType -in '%s','" EVERY_TYPE "') { $o.ObjectSecurity.RemoveAccessRuleSpecific($r) } "
        "}; $o.CommitChanges()",
        dn, sids, type);
}

void
wb_preflight_container(const char *domain, char dn[WB_PREFLIGHT_DN_SIZE])
{
    dn[0] = '\0';
    add(dn, WB_PREFLIGHT_DN_SIZE, "CN=Password Settings Container,CN=System,%s", domain);
}

void
wb_preflight_name(const char *account, const char *dn, char *buf, size_t buf_size)
{
    const char *part = dn, *more;
    char        glue = '@';

    buf[0] = '\0';
    if (account[0] == '\0')
        return;

    add(buf, buf_size, "%s", account);
    for (; buf[0] != '\0'; part = more) {
        more = parent_of(part);
        if (strncasecmp(part, "DC=", 3) == 0) {
            int len = (int)(more != part ? more - part - 1 : (ptrdiff_t)strlen(part)) - 3;

            add(buf, buf_size, "%c%.*s", glue, len, part + 3);
            glue = '.';
        }
        if (more == part)
            break;
    }
    if (glue == '@')
        buf[0] = '\0'; /* of no domain */
}
