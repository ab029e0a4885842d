/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include "diag.h"
#include "directory_ldap_ol.h"
#include "error.h"

#define START_TLS "1.3.6.1.4.1.1466.20037" /* RFC 4511 4.14.1 */

void
wb_ldap_drop(wb_ldap *d)
{
    if (d->broken == PWWB_OK)
        d->broken = PWWB_E_CLOSED; /* so that libldap's farewell waits for nobody */
    if (d->ld != NULL)
        (void)ldap_unbind_ext(d->ld, NULL, NULL);
    pwwb_stream_free(d->stream);
    d->ld     = NULL;
    d->stream = NULL;
}

/* What is left of the call, and never 0, with which a connection is only begun. */
static pwwb_status
time_left(wb_ldap *d, int64_t *ret_left)
{
    *ret_left = wb_deadline_left(&d->clock, d->deadline);
    if (*ret_left == 0)
        return wb_fail(d->err, PWWB_E_TIMEOUT, "the deadline came before a connection");

    return PWWB_OK;
}

/* TLS on top of what is there. */
static pwwb_status
start_tls(wb_ldap *d)
{
    pwwb_tls_options options = {
        .size = sizeof(options), .ca = d->ca, .ca_len = d->ca_len, .ca_file = d->ca_file,
        .name = d->host,
    };
    pwwb_stream *tls = NULL;
    int64_t      left;
    pwwb_status  st;

    st = time_left(d, &left);
    if (st == PWWB_OK)
        st = pwwb_stream_new_tls(d->stream, &options, left, &tls, d->err);
    if (st == PWWB_OK)
        d->stream = tls;
    return st;
}

static pwwb_status
ask_start_tls(wb_ldap *d)
{
    wb_ldap_reply reply;
    pwwb_status   st;
    int           rc, id = 0;

    rc = ldap_extended_operation(d->ld, START_TLS, NULL, NULL, NULL, &id);
    st = wb_ldap_wait(d, rc, id, LDAP_RES_EXTENDED, &reply);
    if (st != PWWB_OK)
        return st;

    wb_ldap_reply_drop(&reply);
    if (reply.code != LDAP_SUCCESS)
        return wb_fail_from(d->err, PWWB_E_TLS, PWWB_LAYER_LDAP, reply.code,
                            "the controller refused StartTLS: %s", ldap_err2string(reply.code));

    return start_tls(d);
}

static int64_t
share_of(int64_t left, size_t count)
{
    if (left < 0)
        return -1;

    return left > (int64_t)count ? left / (int64_t)count : 1;
}

/* To the first of a resolver's addresses that can be reached, each with its share of the time. */
static pwwb_status
connect_any(wb_ldap *d, char (*list)[46], size_t count)
{
    pwwb_status st = PWWB_E_CONNECT;
    size_t      i;

    for (i = 0; i < count && st != PWWB_OK && st != PWWB_E_SYSTEM && st != PWWB_E_NO_MEMORY; i++) {
        int64_t left;

        st = time_left(d, &left);
        if (st == PWWB_OK)
            st = pwwb_stream_new_tcp(list[i], d->port, share_of(left, count - i), &d->stream,
                                     d->err);
    }
    return st;
}

static pwwb_status
connect_tcp(wb_ldap *d, const char *host)
{
    char        list[PWWB_RESOLVER_MAX][46];
    size_t      count = 0;
    pwwb_status st    = PWWB_E_NOT_SUPPORTED;
    int64_t     left;

    if (d->resolver != NULL && !wb_is_address(host, WB_LDAP_STRING_MAX))
        st = wb_resolver_addresses(d->resolver, host, wb_deadline_left(&d->clock, d->deadline),
                                   list, &count, d->err);
    if (st == PWWB_OK)
        return connect_any(d, list, count);
    if (st == PWWB_E_NOT_SUPPORTED) {
        st = time_left(d, &left);
        return st != PWWB_OK ? st : pwwb_stream_new_tcp(host, d->port, left, &d->stream, d->err);
    }

    return st == PWWB_E_NOT_FOUND
               ? wb_fail(d->err, PWWB_E_CONNECT, "the controller's name has no address")
               : st;
}

static pwwb_status
open_stream(wb_ldap *d)
{
    const char *address = d->is_first && d->address != NULL ? d->address : d->host;
    pwwb_status st;

    if (d->connect == NULL)
        return connect_tcp(d, address);

    st = d->connect(d->connect_ctx, address, d->port, wb_deadline_left(&d->clock, d->deadline),
                    &d->stream, d->err);
    st = wb_answer(d->err, st, "connect");
    if (st == PWWB_OK && d->stream == NULL)
        st = wb_fail(d->err, PWWB_E_CALLBACK, "connect answered no stream");
    if (st != PWWB_OK)
        d->stream = NULL;
    return st;
}

/* Why a bind failed, in words; MS-ERREF 2.2. */
static const char *
bind_reason(const char *text)
{
    switch (wb_diag_code(text, 1)) {
    case 0x525:
    case 0x52e:
        return "wrong name or password";
    case 0x530:
        return "not at this hour";
    case 0x531:
        return "not from this machine";
    case 0x532:
        return "its password is expired";
    case 0x533:
        return "it is disabled";
    case 0x701:
        return "it is expired";
    case 0x773:
        return "its password must be changed";
    case 0x775:
        return "it is locked";
    default:
        return NULL;
    }
}

static pwwb_status
ask_bind(wb_ldap *d)
{
    uint8_t       stand_in[PWWB_PASSWORD_MAX];
    struct berval cred = {d->bind_len, (char *)stand_in};
    wb_ldap_reply reply;
    const char   *reason;
    pwwb_status   st;
    int           rc, id = 0;

    wb_ldap_stand_in(d, 0, wb_span_of(d->secrets->bind, d->bind_len), stand_in);
    rc = ldap_sasl_bind(d->ld, d->bind_dn, LDAP_SASL_SIMPLE, &cred, NULL, NULL, &id);
    wb_ldap_forget_secrets(d);
    st = wb_ldap_wait(d, rc, id, LDAP_RES_BIND, &reply);
    if (st != PWWB_OK)
        return st;

    wb_ldap_reply_drop(&reply);
    if (reply.code == LDAP_SUCCESS)
        return PWWB_OK;

    d->is_barred = reply.code == LDAP_INVALID_CREDENTIALS;
    st     = reply.code == LDAP_BUSY || reply.code == LDAP_UNAVAILABLE ? PWWB_E_CONNECT
                                                                       : PWWB_E_AUTH;
    reason = bind_reason(reply.text);
    return wb_fail_from(d->err, st, PWWB_LAYER_LDAP, reply.code,
                        "the controller refused the service account: %s",
                        reason != NULL ? reason : ldap_err2string(reply.code));
}

pwwb_status
wb_ldap_ready(wb_ldap *d)
{
    pwwb_status st;

    if (d->ld != NULL)
        return PWWB_OK;

    d->broken       = PWWB_OK;
    d->is_barred    = 0;
    d->is_read_only = 0;
    d->frame        = (wb_ldap_frame){.rest = 0};

    st = open_stream(d);
    if (st == PWWB_OK && d->security == PWWB_LDAP_LDAPS)
        st = start_tls(d);
    if (st == PWWB_OK)
        st = wb_ldap_attach(d);
    if (st == PWWB_OK && d->security == PWWB_LDAP_STARTTLS)
        st = ask_start_tls(d);
    if (st == PWWB_OK)
        st = ask_bind(d);
    if (st == PWWB_OK)
        st = d->server == PWWB_LDAP_OPENLDAP ? wb_ol_look_around(d) : wb_ldap_look_around(d);
    if (st != PWWB_OK)
        wb_ldap_drop(d);
    else
        wb_ldap_put_ahead(d);
    return st;
}
