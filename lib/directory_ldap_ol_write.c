/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_ol.h"

#include <stdio.h>
#include <string.h>

#include <pwwb/envelope.h>

#include "diag.h"
#include "error.h"

enum { NEW, OLD };

#define OLD_TEXT "unwilling to verify old password"

/* Each request carries the policy control, which asks for the reason. Not critical: its TRUE would
 * be an octet that stands for a password of one octet, and a server without it works, too. */
static LDAPControl **
controls_of(const wb_ldap *d, LDAPControl *control, char *oid, size_t oid_size,
            LDAPControl *list[2])
{
    (void)snprintf(oid, oid_size, "%s", LDAP_CONTROL_PASSWORDPOLICYREQUEST);
    *control = (LDAPControl){oid, {0, NULL}, 0};
    list[0]  = d->has_ppolicy ? control : NULL;
    list[1]  = NULL;
    return list;
}

/* What the control in an answer names. */
static int
error_of(wb_ldap *d, LDAPMessage *message)
{
    LDAPPasswordPolicyError error    = PP_noError;
    LDAPControl           **controls = NULL, *found;
    ber_int_t               expire, grace;
    int                     rc = LDAP_CONTROL_NOT_FOUND;

    if (ldap_parse_result(d->ld, message, NULL, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
        return WB_DIAG_NO_ERROR;

    found = ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, NULL);
    if (found != NULL)
        rc = ldap_parse_passwordpolicy_control(d->ld, found, &expire, &grace, &error);
    ldap_controls_free(controls);
    return rc == LDAP_SUCCESS && error != PP_noError ? (int)error : WB_DIAG_NO_ERROR;
}

static pwwb_status
wait_for(wb_ldap *d, int rc, int id, int type, wb_ol_answer *answer)
{
    wb_ldap_reply reply;
    pwwb_status   st = wb_ldap_wait(d, rc, id, type, &reply);

    memset(answer, 0, sizeof(*answer));
    if (st != PWWB_OK)
        return st;

    answer->code     = reply.code;
    answer->error    = error_of(d, reply.messages);
    answer->says_old = strcmp(reply.text, OLD_TEXT) == 0;
    wb_ldap_reply_drop(&reply);
    return PWWB_OK;
}

/* Rights: write on userPassword; and auth, for the old one. An empty new password would be one that
 * the server makes up. */
pwwb_status
wb_ol_write_password(wb_ldap *d, const pwwb_set *set, const char *dn, wb_ol_answer *answer)
{
    char          name[WB_OL_DN_SIZE], oid[32];
    uint8_t       stand_in[2][PWWB_PASSWORD_MAX];
    struct berval user    = {strlen(dn), name};
    struct berval new_one = {set->password_len, (char *)stand_in[NEW]};
    struct berval old_one = {set->old_password_len, (char *)stand_in[OLD]};
    int           changes = set->kind == PWWB_SET_CHANGE;
    LDAPControl   control, *list[2];
    int           rc, id = 0;

    d->sent = 0;
    if (d->ld == NULL)
        return wb_fail(d->err, PWWB_E_CLOSED, "the connection is gone");
    if (set->password_len == 0 || set->password_len > PWWB_PASSWORD_MAX
        || set->old_password_len > PWWB_PASSWORD_MAX || (changes && set->old_password_len == 0))
        return wb_fail(d->err, PWWB_E_NOT_SUPPORTED, "a password is empty or too long");

    (void)snprintf(name, sizeof(name), "%s", dn);
    wb_ldap_stand_in(d, NEW, wb_span_of(set->password, set->password_len), stand_in[NEW]);
    if (changes)
        wb_ldap_stand_in(d, OLD, wb_span_of(set->old_password, set->old_password_len),
                         stand_in[OLD]);
    rc = ldap_passwd(d->ld, &user, changes ? &old_one : NULL, &new_one,
                     controls_of(d, &control, oid, sizeof(oid), list), NULL, &id);
    wb_ldap_forget_secrets(d);
    return wait_for(d, rc, id, LDAP_RES_EXTENDED, answer);
}

/* Rights: write on pwdReset and pwdAccountLockedTime. Delete, and not a replace by nothing: only that
 * makes slapd forget the failures, too, and without it the next one locks again. */
pwwb_status
wb_ol_write_state(wb_ldap *d, const char *dn, const char *name, const char *value,
                  wb_ol_answer *answer)
{
    char           type[32], text[8], oid[32];
    struct berval  octets    = {0, text};
    struct berval *values[2] = {&octets, NULL};
    LDAPMod        mod       = {.mod_op = LDAP_MOD_DELETE | LDAP_MOD_BVALUES, .mod_type = type};
    LDAPMod       *mods[2]   = {&mod, NULL};
    LDAPControl    control, *list[2];
    pwwb_status    st;
    int            rc, id = 0;

    d->sent = 0;
    if (d->ld == NULL)
        return wb_fail(d->err, PWWB_E_CLOSED, "the connection is gone");

    (void)snprintf(type, sizeof(type), "%s", name);
    if (value != NULL) {
        octets.bv_len   = (ber_len_t)snprintf(text, sizeof(text), "%s", value);
        mod.mod_op      = LDAP_MOD_REPLACE | LDAP_MOD_BVALUES;
        mod.mod_bvalues = values;
    }
    rc = ldap_modify_ext(d->ld, dn, mods, controls_of(d, &control, oid, sizeof(oid), list), NULL,
                         &id);
    st = wait_for(d, rc, id, LDAP_RES_MODIFY, answer);
    if (st == PWWB_OK && value == NULL && answer->code == LDAP_NO_SUCH_ATTRIBUTE)
        answer->code = LDAP_SUCCESS; /* it was gone */
    return st;
}

/* With no value of anybody's, and without the policy control, with which it would count as a failed
 * logon (draft-behera-ldap-password-policy 7). */
int32_t
wb_ol_may_compare(wb_ldap *d, const char *dn)
{
    char          value[] = "?";
    struct berval octets  = {1, value};
    wb_ol_answer  answer;
    int           rc, id = 0;

    if (d->ld == NULL)
        return PWWB_MAYBE;

    rc = ldap_compare_ext(d->ld, dn, "userPassword", &octets, NULL, NULL, &id);
    if (wait_for(d, rc, id, LDAP_RES_COMPARE, &answer) != PWWB_OK)
        return PWWB_MAYBE;

    switch (answer.code) {
    case LDAP_COMPARE_FALSE:
    case LDAP_COMPARE_TRUE:
    case LDAP_NO_SUCH_ATTRIBUTE:
        return PWWB_YES;
    case LDAP_INSUFFICIENT_ACCESS:
        return PWWB_NO;
    default:
        return PWWB_MAYBE;
    }
}
