/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

/* Pass on why the stream failed, else what libldap says. */
static pwwb_status
fail(wb_ldap *d, int rc)
{
    pwwb_status st = d->broken;

    if (st == PWWB_OK && rc == LDAP_NO_MEMORY)
        st = wb_fail(d->err, PWWB_E_NO_MEMORY, "libldap is out of memory");
    if (st == PWWB_OK)
        st = wb_fail_from(d->err, PWWB_E_DIRECTORY, PWWB_ORIGIN_LDAP, rc,
                          "the controller's answer cannot be used: %s", ldap_err2string(rc));

    wb_ldap_drop(d);
    return st;
}

pwwb_status
wb_ldap_wait(wb_ldap *d, int rc, int id, int type, wb_ldap_reply *reply)
{
    char *text = NULL;
    int   got;

    memset(reply, 0, sizeof(*reply));
    if (rc != LDAP_SUCCESS)
        return fail(d, rc);

    got = ldap_result(d->ld, id, LDAP_MSG_ALL, NULL, &reply->messages);
    if (got != type) {
        wb_ldap_reply_drop(reply);
        (void)ldap_get_option(d->ld, LDAP_OPT_RESULT_CODE, &rc);
        return fail(d, got > 0 || rc == LDAP_SUCCESS ? LDAP_DECODING_ERROR : rc);
    }

    rc = ldap_parse_result(d->ld, reply->messages, &reply->code, NULL, &text, NULL, NULL, 0);
    (void)snprintf(reply->text, sizeof(reply->text), "%s", text != NULL ? text : "");
    ldap_memfree(text);
    if (rc != LDAP_SUCCESS || reply->code < 0) {
        wb_ldap_reply_drop(reply);
        return fail(d, LDAP_DECODING_ERROR);
    }

    return PWWB_OK;
}

void
wb_ldap_reply_drop(wb_ldap_reply *reply)
{
    if (reply->messages != NULL)
        (void)ldap_msgfree(reply->messages);
    reply->messages = NULL;
}

pwwb_status
wb_ldap_search(wb_ldap *d, const wb_ldap_query *query, wb_ldap_reply *reply)
{
    pwwb_status st;
    char      **names;
    int         rc, id = 0;

    memcpy(&names, &query->names, sizeof(names)); /* libldap forgot the const */
    rc = ldap_search_ext(d->ld, query->base, query->scope, query->filter, names, 0, NULL, NULL,
                         NULL, query->limit, &id);
    st = wb_ldap_wait(d, rc, id, LDAP_RES_SEARCH_RESULT, reply);
    if (st != PWWB_OK)
        return st;

    switch (reply->code) {
    case LDAP_SUCCESS:
    case LDAP_SIZELIMIT_EXCEEDED:
        return PWWB_OK;
    case LDAP_NO_SUCH_OBJECT:
        st = PWWB_E_NOT_FOUND;
        break;
    default:
        st = PWWB_E_DIRECTORY;
        break;
    }
    wb_ldap_reply_drop(reply);
    return wb_fail_from(d->err, st, PWWB_ORIGIN_LDAP, reply->code,
                        "the controller answered a search with: %s", ldap_err2string(reply->code));
}
