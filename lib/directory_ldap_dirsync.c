/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_changes.h"

#include <string.h>

#include "error.h"

/* MS-ADTS 3.1.1.3.4.1.3. Without the flag the account needs a right, and is told what is deleted; with it
 * every account is told what it may see. */
#define OID             "1.2.840.113556.1.4.841"
#define OBJECT_SECURITY 1
#define ANSWER_OCTETS   (1 << 18) /* a wish */

/* SEQUENCE { flags, octets at most, cookie }. Free with ber_memfree(). */
static pwwb_status
make_value(wb_ldap *d, int flags, wb_span cookie, struct berval *ret_value)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    int         rc  = -1;

    if (ber != NULL)
        rc = ber_printf(ber, "{iio}", flags, ANSWER_OCTETS,
                        cookie.len > 0 ? (const char *)cookie.p : "", (ber_len_t)cookie.len);
    if (rc != -1)
        rc = ber_flatten2(ber, ret_value, 1);
    if (ber != NULL)
        ber_free(ber, 1);
    return rc != -1 ? PWWB_OK : wb_fail(d->err, PWWB_E_NO_MEMORY, "no memory for a control");
}

static pwwb_status
search(wb_ldap *d, int flags, wb_span cookie, const char *filter, const char *const *names,
       wb_ldap_reply *reply)
{
    char         oid[]      = OID;
    LDAPControl  control    = {oid, {0, NULL}, 1};
    LDAPControl *controls[] = {&control, NULL};
    char       **theirs;
    int          rc, id = 0;
    pwwb_status  st = make_value(d, flags, cookie, &control.ldctl_value);

    if (st != PWWB_OK)
        return st;

    memcpy(&theirs, &names, sizeof(theirs)); /* libldap forgot the const */
    rc = ldap_search_ext(d->ld, d->domain, LDAP_SCOPE_SUBTREE, filter, theirs, 0, controls, NULL, NULL,
                         0, &id);
    ber_memfree(control.ldctl_value.bv_val);
    return wb_ldap_wait(d, rc, id, LDAP_RES_SEARCH_RESULT, reply);
}

/* SEQUENCE { more, unused, cookie } */
static void
read_value(struct berval *value, wb_ldap_dirsync *sync)
{
    BerElement *ber  = ber_init(value);
    ber_int_t   more = 0, unused = 0;

    if (ber == NULL)
        return;

    if (ber_scanf(ber, "{iio}", &more, &unused, &sync->cookie) == LBER_ERROR) {
        ber_memfree(sync->cookie.bv_val);
        sync->cookie = (struct berval){0, NULL};
    }
    sync->has_more = more != 0;
    ber_free(ber, 1);
}

static pwwb_status
read_control(wb_ldap *d, wb_ldap_dirsync *sync)
{
    LDAPControl **controls = NULL;
    LDAPControl  *control;
    int           rc = ldap_parse_result(d->ld, sync->reply.messages, NULL, NULL, NULL, NULL, &controls,
                                         0);

    control = rc == LDAP_SUCCESS ? ldap_control_find(OID, controls, NULL) : NULL;
    if (control != NULL && control->ldctl_value.bv_len > 0)
        read_value(&control->ldctl_value, sync);
    if (controls != NULL)
        ldap_controls_free(controls);
    if (sync->cookie.bv_len == 0)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "the controller's answer to DirSync has no cookie");

    return PWWB_OK;
}

pwwb_status
wb_ldap_dirsync_ask(wb_ldap *d, wb_span cookie, const char *filter, const char *const *names,
                    wb_ldap_dirsync *ret_sync)
{
    pwwb_status st;
    int         code;

    memset(ret_sync, 0, sizeof(*ret_sync));
    st = search(d, 0, cookie, filter, names, &ret_sync->reply);
    if (st == PWWB_OK && ret_sync->reply.code == LDAP_INSUFFICIENT_ACCESS) {
        wb_ldap_reply_drop(&ret_sync->reply);
        ret_sync->hides_gone = 1;
        st = search(d, OBJECT_SECURITY, cookie, filter, names, &ret_sync->reply);
    }
    if (st != PWWB_OK)
        return st;

    code = ret_sync->reply.code;
    if (code == LDAP_SUCCESS)
        st = read_control(d, ret_sync);
    else
        st = wb_fail_from(d->err, PWWB_E_DIRECTORY, PWWB_LAYER_LDAP, code,
                          "the controller answered DirSync with: %s", ldap_err2string(code));
    if (st != PWWB_OK)
        wb_ldap_dirsync_drop(ret_sync);
    return st;
}

void
wb_ldap_dirsync_drop(wb_ldap_dirsync *sync)
{
    wb_ldap_reply_drop(&sync->reply);
    ber_memfree(sync->cookie.bv_val);
    memset(sync, 0, sizeof(*sync));
}
