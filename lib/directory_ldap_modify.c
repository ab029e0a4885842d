/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>
#include <string.h>

#include <pwwb/envelope.h>

#include "error.h"
#include "utf.h"

enum { NEW, OLD };

/* A modify as libldap wants it, all in place: nothing is const there. */
typedef struct modify {
    LDAPMod        mod[4];
    LDAPMod       *list[5];
    struct berval  value[4];
    struct berval *values[4][2];
    char           type[4][16];
    char           text[4][4];
    uint8_t        stand_in[2][WB_LDAP_QUOTED_SIZE];
    size_t         count;
} modify;

static void
add(modify *m, int op, const char *type, void *value, size_t len)
{
    size_t i = m->count++;

    (void)snprintf(m->type[i], sizeof(m->type[i]), "%s", type);
    m->value[i]     = (struct berval){len, value};
    m->values[i][0] = &m->value[i];
    m->list[i]      = &m->mod[i];

    m->mod[i].mod_op      = op | LDAP_MOD_BVALUES;
    m->mod[i].mod_type    = m->type[i];
    m->mod[i].mod_bvalues = m->values[i];
}

static void
add_text(modify *m, const char *type, const char *value)
{
    char *text = m->text[m->count];

    (void)snprintf(text, sizeof(m->text[0]), "%s", value);
    add(m, LDAP_MOD_REPLACE, type, text, strlen(text));
}

/* One password as UTF-16 in quotes in locked memory; libldap gets a stand-in of its length. */
static pwwb_status
add_password(wb_ldap *d, modify *m, int op, int which, wb_span password)
{
    uint8_t *value = d->secrets->value[which];
    size_t   len   = wb_utf16_quoted(password.p, password.len, value, WB_LDAP_QUOTED_SIZE);

    if (len == 0)
        return wb_fail(d->err, PWWB_E_MALFORMED, "a password cannot be written as UTF-16");

    wb_ldap_stand_in(d, which, wb_span_of(value, len), m->stand_in[which]);
    add(m, op, "unicodePwd", m->stand_in[which], len);
    return PWWB_OK;
}

/* Reset is replace; change is delete the old, add the new: MS-ADTS 3.1.1.3.1.5.1. Rights: Reset
 * Password; Change Password. */
static pwwb_status
add_passwords(wb_ldap *d, modify *m, const pwwb_set *set)
{
    wb_span     new_one = wb_span_of(set->password, set->password_len);
    wb_span     old_one = wb_span_of(set->old_password, set->old_password_len);
    pwwb_status st;

    if (set->kind == PWWB_SET_RESET)
        return add_password(d, m, LDAP_MOD_REPLACE, NEW, new_one);

    st = add_password(d, m, LDAP_MOD_DELETE, OLD, old_one);
    return st == PWWB_OK ? add_password(d, m, LDAP_MOD_ADD, NEW, new_one) : st;
}

/* Rights: Write lockoutTime; Write pwdLastSet. */
static void
add_extras(modify *m, const pwwb_set *set, int parts)
{
    int clears = set->must_change == PWWB_MUST_CHANGE_CLEAR;

    if ((parts & WB_LDAP_LOCK) != 0)
        add_text(m, "lockoutTime", "0");
    if ((parts & WB_LDAP_MUST_CHANGE) != 0)
        add_text(m, "pwdLastSet", clears ? "-1" : "0");
}

/* History holds for a reset only with policy hints, sent critical: MS-ADTS 3.1.1.3.4.1.27. */
static int
send_modify(wb_ldap *d, const pwwb_set *set, modify *m, int *ret_id)
{
    char         value[]    = {0x30, 0x03, 0x02, 0x01, 0x01}; /* SEQUENCE { INTEGER 1 } */
    char         oid[32]    = "", dn[WB_LDAP_GUID_DN_SIZE];
    LDAPControl  hints      = {oid, {sizeof(value), value}, 1};
    LDAPControl *controls[] = {NULL, NULL};

    if (set->kind == PWWB_SET_RESET && d->stand_in[NEW].len > 0 && d->hints != NULL) {
        (void)snprintf(oid, sizeof(oid), "%s", d->hints);
        controls[0] = &hints;
    }

    wb_ldap_guid_dn(set->guid, dn);
    return ldap_modify_ext(d->ld, dn, m->list, controls, NULL, ret_id);
}

pwwb_status
wb_ldap_write(wb_ldap *d, const pwwb_set *set, int parts, wb_ldap_reply *reply)
{
    modify      m  = {.count = 0};
    pwwb_status st = PWWB_OK;
    int         rc, id = 0;

    d->sent = 0;
    if (d->ld == NULL)
        return wb_fail(d->err, PWWB_E_CLOSED, "the connection is gone");

    if ((parts & WB_LDAP_PASSWORD) != 0)
        st = add_passwords(d, &m, set);
    if (st == PWWB_OK) {
        add_extras(&m, set, parts);
        rc = send_modify(d, set, &m, &id);
        wb_ldap_forget_secrets(d);
        st = wb_ldap_wait(d, rc, id, LDAP_RES_MODIFY, reply);
        wb_ldap_reply_drop(reply);
    }
    wb_ldap_forget_secrets(d);
    return st;
}
