/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

/* libldap 2.5 leaks its request when a message ends before the operation in it (RFC 4511 4.1.1), so
 * such a message never reaches it. */

#define TAG_SEQUENCE 0x30
#define TAG_INTEGER  0x02
#define LENGTH_MAX   4 /* octets of a length, and of a message id */

static pwwb_status
malformed(wb_ldap *d)
{
    return wb_fail(d->err, PWWB_E_DIRECTORY, "the controller's answer is not LDAP");
}

static pwwb_status
read_some(wb_ldap *d, uint8_t *buf, size_t buf_size, size_t *ret_len)
{
    pwwb_status st;

    if (d->budget == 0)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "the controller answers more than %zu octets",
                       d->most);

    st = pwwb_stream_read(d->stream, buf, buf_size < d->budget ? buf_size : d->budget, ret_len,
                          wb_deadline_left(&d->clock, d->deadline), d->err);
    d->budget -= *ret_len;
    return st;
}

/* Look at one more octet. One at a time, so that nothing after the message is taken. */
static pwwb_status
look(wb_ldap *d, uint8_t *ret_octet)
{
    wb_ldap_frame *f   = &d->frame;
    size_t         got = 0;
    pwwb_status    st;

    if (f->head_len == sizeof(f->head))
        return malformed(d);

    st         = read_some(d, &f->head[f->head_len], 1, &got);
    *ret_octet = f->head[f->head_len];
    f->head_len += got;
    return st;
}

/* A tag and a definite length. X.690 8.1 */
static pwwb_status
look_at_element(wb_ldap *d, uint8_t *ret_tag, size_t *ret_len)
{
    uint8_t     octet = 0;
    pwwb_status st    = look(d, ret_tag);
    int         more;

    if (st == PWWB_OK)
        st = look(d, &octet);
    *ret_len = octet;
    if (st != PWWB_OK || octet < 0x80)
        return st;

    more     = octet & 0x7f;
    *ret_len = 0;
    if (more == 0 || more > LENGTH_MAX)
        return malformed(d);
    while (st == PWWB_OK && more-- > 0) {
        st       = look(d, &octet);
        *ret_len = *ret_len << 8 | octet;
    }
    return st;
}

/* SEQUENCE, message id, and the head of the operation, which must end within. */
static pwwb_status
look_at_message(wb_ldap *d)
{
    wb_ldap_frame *f = &d->frame;
    uint8_t        tag, octet;
    size_t         len, begin, rest, i;
    pwwb_status    st;

    *f = (wb_ldap_frame){.rest = 0};
    st = look_at_element(d, &tag, &rest);
    if (st != PWWB_OK)
        return st;
    begin = f->head_len;
    if (tag != TAG_SEQUENCE || rest > WB_LDAP_ANSWER_MAX)
        return malformed(d);

    st = look_at_element(d, &tag, &len);
    if (st == PWWB_OK && (tag != TAG_INTEGER || len == 0 || len > LENGTH_MAX))
        st = malformed(d);
    for (i = 0; st == PWWB_OK && i < len; i++)
        st = look(d, &octet);
    if (st == PWWB_OK)
        st = look_at_element(d, &tag, &len);
    if (st != PWWB_OK)
        return st;
    if (f->head_len - begin > rest || len > rest - (f->head_len - begin))
        return malformed(d);

    f->rest = rest - (f->head_len - begin);
    return PWWB_OK;
}

pwwb_status
wb_ldap_read_framed(wb_ldap *d, uint8_t *buf, size_t buf_size, size_t *ret_len)
{
    wb_ldap_frame *f  = &d->frame;
    pwwb_status    st = PWWB_OK;

    *ret_len = 0;
    if (f->passed == f->head_len && f->rest == 0)
        st = look_at_message(d);
    if (st != PWWB_OK)
        return st;

    if (f->passed < f->head_len) {
        *ret_len = buf_size < f->head_len - f->passed ? buf_size : f->head_len - f->passed;
        memcpy(buf, f->head + f->passed, *ret_len);
        f->passed += *ret_len;
        return PWWB_OK;
    }
    st = read_some(d, buf, buf_size < f->rest ? buf_size : f->rest, ret_len);
    f->rest -= *ret_len;
    return st;
}

/* Pass on why the stream failed, else what libldap says. */
static pwwb_status
fail(wb_ldap *d, int rc)
{
    pwwb_status st = d->broken;

    if (st == PWWB_OK && rc == LDAP_NO_MEMORY)
        st = wb_fail(d->err, PWWB_E_NO_MEMORY, "libldap is out of memory");
    if (st == PWWB_OK)
        st = wb_fail_from(d->err, PWWB_E_DIRECTORY, PWWB_LAYER_LDAP, rc,
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
    LDAPControl   *controls[] = {query->control, NULL};
    struct timeval limit      = {query->seconds, 0};
    pwwb_status    st;
    char         **names;
    int            rc, id = 0;

    memcpy(&names, &query->names, sizeof(names)); /* libldap forgot the const */
    rc = ldap_search_ext(d->ld, query->base, query->scope, query->filter, names, 0, controls, NULL,
                         query->seconds > 0 ? &limit : NULL, query->limit, &id);
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
    return wb_fail_from(d->err, st, PWWB_LAYER_LDAP, reply->code,
                        "the controller answered a search with: %s", ldap_err2string(reply->code));
}
