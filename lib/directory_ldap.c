/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "directory_ldap_changes.h"
#include "directory_ldap_ol.h"
#include "error.h"
#include "ops.h"
#include "secret.h"
#include "tls.h"
#include "utf.h"

#define LEAST      WB_SIZE_UP_TO(pwwb_ldap_options, policy_dn)
#define FLAGS      (PWWB_LDAP_ALLOW_NO_HISTORY | PWWB_LDAP_ONLY_PREFERRED)
#define OTHERS_MAX (WB_LDAP_NAMED_MAX - 1)
#define HOST_MAX   255 /* RFC 1035 2.3.4 */
#define CA_MAX     (1 << 20)
#define DOMAIN_MAX 220 /* what stands before it in a question of DNS needs the rest */
#define GC_PORT    3268
#define GC_PORT_TLS 3269

static void
destroy(void *ctx)
{
    wb_ldap *d = ctx;

    if (d == NULL)
        return;

    wb_ldap_drop(d);
    wb_secret_free(d->secrets);
    if (d->owns_resolver)
        pwwb_resolver_free(d->resolver);
    free(d->address);
    free(d->dns_domain);
    free(d->bind_dn);
    free(d->base_dn);
    free(d->policy_dn);
    free(d->ca_file);
    free(d->ca);
    free(d);
}

/* By enum pwwb_ldap_server. */
static const pwwb_directory_ops tables[] = {
    {sizeof(pwwb_directory_ops), wb_ldap_find, wb_ldap_read, wb_ldap_set, destroy,
     wb_ldap_summary, wb_ldap_tell_changes},
    {sizeof(pwwb_directory_ops), wb_ol_find, wb_ol_read, wb_ol_set, destroy,
     wb_ol_summary, NULL},
};

static int
is_string(const char *text, size_t most)
{
    size_t len = text != NULL ? strnlen(text, most + 1) : 0;

    return len > 0 && len <= most && wb_utf8_units((const uint8_t *)text, len) > 0;
}

/* What is wrong with the names of controllers; NULL = nothing. */
static const char *
wrong_names(const pwwb_ldap_options *o)
{
    size_t i;

    if (o->host == NULL && (o->domain == NULL || o->address != NULL))
        return "a controller must be named, or the domain";
    if ((o->host != NULL && !is_string(o->host, HOST_MAX))
        || (o->address != NULL && !is_string(o->address, HOST_MAX)))
        return "a controller's name or address is none";
    if ((o->others == NULL) != (o->other_count == 0) || o->other_count > OTHERS_MAX)
        return "too many other controllers, or none where some are said to be";
    for (i = 0; i < o->other_count; i++)
        if (!is_string(o->others[i], HOST_MAX))
            return "another controller's name is none";
    if (o->domain != NULL && !wb_is_host_name(o->domain, DOMAIN_MAX + 1))
        return "the domain is no DNS name";
    if (o->domain != NULL && o->server != PWWB_LDAP_ACTIVE_DIRECTORY)
        return "only a domain of Active Directory is found by its name";
    return NULL;
}

/* What is wrong with the options; NULL = nothing. */
static const char *
wrong(const pwwb_ldap_options *o)
{
    if (o->server < PWWB_LDAP_ACTIVE_DIRECTORY || o->server > PWWB_LDAP_OPENLDAP
        || o->reserved2 != 0)
        return "server is out of range";
    if (wrong_names(o) != NULL)
        return wrong_names(o);
    if (o->security != PWWB_LDAP_LDAPS && o->security != PWWB_LDAP_STARTTLS)
        return "security must be LDAPS or StartTLS";
    if (o->port == GC_PORT || o->port == GC_PORT_TLS)
        return "the global catalog cannot be written to";
    if (o->port < 0 || o->port > 65535)
        return "the port is out of range";
    if (o->ca != NULL ? o->ca_len == 0 || o->ca_len > CA_MAX
                      : !is_string(o->ca_file, WB_LDAP_STRING_MAX))
        return "a CA must be given";
    if (!is_string(o->bind_dn, WB_LDAP_STRING_MAX))
        return "a service account must be given";
    if (o->password == NULL || o->password_len == 0 || o->password_len > PWWB_PASSWORD_MAX)
        return "the service account must have a password"; /* a bind without one is anonymous */
    if (o->base_dn != NULL && !is_string(o->base_dn, WB_LDAP_STRING_MAX))
        return "the base is no name";
    if (o->policy_dn != NULL && !is_string(o->policy_dn, WB_LDAP_DN_SIZE - 1))
        return "the default policy is no name";
    if ((o->flags & ~(uint32_t)FLAGS) != 0 || o->reserved != 0)
        return "flags or reserved has an unknown bit";
    return NULL;
}

/* NULL stays NULL; whether there was memory is remembered. */
static char *
copy_string(const char *text, int *lacks)
{
    char *copy = text != NULL ? strdup(text) : NULL;

    *lacks |= copy == NULL && text != NULL;
    return copy;
}

/* 0, or -1 when memory is out. */
static int
copy_options(wb_ldap *d, const pwwb_ldap_options *o)
{
    int lacks = 0;

    d->address     = copy_string(o->address, &lacks);
    d->dns_domain  = copy_string(o->domain, &lacks);
    d->bind_dn     = copy_string(o->bind_dn, &lacks);
    d->base_dn     = copy_string(o->base_dn, &lacks);
    d->ca_file     = copy_string(o->ca == NULL ? o->ca_file : NULL, &lacks);
    d->policy_dn   = copy_string(o->policy_dn, &lacks);
    d->security    = o->security;
    d->flags       = o->flags;
    d->connect     = o->connect;
    d->connect_ctx = o->connect_ctx;
    d->any_port    = o->port;
    d->server      = o->server;
    d->resolver    = o->resolver;
    wb_ldap_list_make(d, o);

    d->secrets = wb_secret_new(sizeof(*d->secrets));
    d->ca      = o->ca != NULL ? malloc(o->ca_len) : NULL;
    if (lacks || d->secrets == NULL || (o->ca != NULL && d->ca == NULL))
        return -1;

    memcpy(d->secrets->bind, o->password, o->password_len);
    d->bind_len = o->password_len;
    if (o->ca != NULL) {
        memcpy(d->ca, o->ca, o->ca_len);
        d->ca_len = o->ca_len;
    }
    return 0;
}

/* Whether the CA can be read, before the first connection needs it. */
static pwwb_status
check_ca(const wb_ldap *d, pwwb_error *err)
{
    wb_tls_peer peer = {wb_span_of(d->ca, d->ca_len), d->ca_file, "any"};
    wb_tls_io   io   = {0};
    wb_tls     *tls  = NULL;
    pwwb_status st;

    st = wb_tls_new(&peer, io, &tls, err);
    wb_tls_free(tls);
    return st;
}

pwwb_status
pwwb_directory_new_ldap(const pwwb_ldap_options *options, pwwb_directory **ret_directory,
                        pwwb_error *err)
{
    pwwb_ldap_options ours;
    wb_ldap          *d;
    pwwb_status       st;

    wb_ok(err);
    if (ret_directory != NULL)
        *ret_directory = NULL;
    if (options == NULL || ret_directory == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "options and ret_directory must be given");

    st = wb_ops_import(&ours, sizeof(ours), LEAST, options);
    if (st != PWWB_OK)
        return wb_fail(err, st, "LDAP options of size %zu do not fit this library", options->size);
    if (wrong(&ours) != NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%s", wrong(&ours));

    d = calloc(1, sizeof(*d));
    if (d == NULL || copy_options(d, &ours) != 0)
        st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a directory");
    if (st == PWWB_OK)
        st = wb_clock_make(&d->clock, ours.clock, ours.clock_ctx, err);
    if (st == PWWB_OK)
        st = check_ca(d, err);
    if (st == PWWB_OK && d->dns_domain != NULL && d->resolver == NULL) {
        st               = pwwb_resolver_new_system(NULL, 0, &d->resolver, err);
        d->owns_resolver = st == PWWB_OK;
    }
    if (st == PWWB_OK)
        st = pwwb_directory_new(&tables[d->server], d, ret_directory, err);
    if (st != PWWB_OK)
        destroy(d);
    return st;
}
