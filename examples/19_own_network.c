/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory that is reached by the host's own ways: its resolver finds the controllers, its stream
 * carries the octets. What is read then: whether the service account has its rights, and who is there.
 *
 *     19_own_network DOMAIN ADDRESS CA_FILE BIND_DN GUID [NAME_SERVER]
 *
 * The controller is dc1 of DOMAIN, at ADDRESS; GUID is the objectGUID of a person. First line of standard
 * input: the service account's password. With NAME_SERVER, 192.0.2.1 say, that one is asked for controllers,
 * in place of the resolver here.
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"

typedef struct network {
    const char *domain, *address;
    long        asked;   /* questions to the resolver */
    long        in, out; /* octets of TLS: nothing can be read here */
    long        objects;
} network;

/* [resolver] */
/* One controller, whatever is asked for within the domain. */
static pwwb_status
services(void *ctx, const char *name, int64_t timeout_ms, pwwb_service *list, size_t *ret_count,
         pwwb_error *err)
{
    network *n = ctx;

    (void)timeout_ms;
    n->asked++;
    if (strstr(name, n->domain) == NULL)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "not a name of this domain");

    (void)snprintf(list[0].target, sizeof(list[0].target), "dc1.%s", n->domain);
    list[0].port = 636;
    *ret_count   = 1;
    return PWWB_OK;
}

static const pwwb_resolver_ops resolver_ops = {
    .size = sizeof(pwwb_resolver_ops), .services = services};
/* [resolver] end */

/* [stream] */
/* A stream around another one: it counts. One over a proxy or a tunnel looks the same. */
typedef struct counting {
    network     *network;
    pwwb_stream *under;
} counting;

static pwwb_status
count_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
           pwwb_error *err)
{
    counting   *c  = ctx;
    pwwb_status st = pwwb_stream_read(c->under, buf, buf_size, ret_len, timeout_ms, err);

    c->network->in += (long)*ret_len;
    return st;
}

static pwwb_status
count_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
            pwwb_error *err)
{
    counting   *c  = ctx;
    pwwb_status st = pwwb_stream_write_some(c->under, data, len, ret_len, timeout_ms, err);

    c->network->out += (long)*ret_len;
    return st;
}

static void
count_destroy(void *ctx)
{
    counting *c = ctx;

    pwwb_stream_free(c->under);
    free(c);
}

static const pwwb_stream_ops counting_ops = {.size    = sizeof(pwwb_stream_ops),
                                             .read    = count_read,
                                             .write   = count_write,
                                             .destroy = count_destroy};

/* In place of TCP to the controller: TLS, with the controller's name, is put on it by the library. */
static pwwb_status
connect_counting(void *ctx, const char *host, int32_t port, int64_t timeout_ms,
                 pwwb_stream **ret_stream, pwwb_error *err)
{
    network    *n = ctx;
    counting   *c = calloc(1, sizeof(*c));
    pwwb_status st;

    (void)host; /* its name; a host that knows no addresses connects to that */
    if (c == NULL)
        return pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory for a stream");
    c->network = n;
    st         = pwwb_stream_new_tcp(n->address, port, timeout_ms, &c->under, err);
    if (st == PWWB_OK)
        st = pwwb_stream_new(&counting_ops, c, ret_stream, err);
    if (st != PWWB_OK)
        count_destroy(c);
    return st;
}
/* [stream] end */

/* [preflight] */
static pwwb_status
print_rights(const pwwb_ldap_options *options, const uint8_t *guid, pwwb_error *err)
{
    static const char *const answers[] = {"LACKS", "ok", "cannot be told"};
    pwwb_preflight          *found     = NULL;
    pwwb_preflight_item      item      = {.size = sizeof(item)};
    pwwb_status              st = pwwb_preflight_run(options, guid, 10000, &found, err);
    size_t                   i;

    for (i = 0; st == PWWB_OK && i < pwwb_preflight_count(found); i++) {
        st = pwwb_preflight_get(found, i, &item);
        if (st == PWWB_OK)
            printf("%-14s %s: %s\n", answers[item.answer], item.name, item.text);
    }
    pwwb_preflight_free(found);
    return st;
}
/* [preflight] end */

static pwwb_status
take(void *ctx, const pwwb_object *object, pwwb_error *err)
{
    (void)err;
    ((network *)ctx)->objects += object->change == PWWB_CHANGE_OBJECT;
    return PWWB_OK;
}

/* [changes] */
/* The first pass over everybody. Whoever keeps a copy keeps the mark with it, after every step. */
static pwwb_status
read_all(pwwb_directory *directory, network *n, pwwb_error *err)
{
    pwwb_pass   pass = {.size = sizeof(pass), .mark = malloc(PWWB_MARK_MAX)};
    pwwb_status st   = pass.mark == NULL ? PWWB_E_NO_MEMORY : PWWB_OK;

    while (st == PWWB_OK && !pass.is_last)
        st = pwwb_directory_changes(directory, pass.mark_len > 0 ? pass.mark : NULL, pass.mark_len,
                                    10000, take, n, &pass, err);
    free(pass.mark);
    return st;
}
/* [changes] end */

static pwwb_status
make_resolver(network *n, const char *server, pwwb_resolver **ret_resolver, pwwb_error *err)
{
    if (server != NULL)
        return pwwb_resolver_new_system(&server, 1, ret_resolver, err);
    return pwwb_resolver_new(&resolver_ops, n, ret_resolver, err);
}

int
main(int argc, char **argv)
{
    network           n       = {0};
    pwwb_ldap_options options = {.size = sizeof(options), .security = PWWB_LDAP_LDAPS};
    pwwb_directory   *directory = NULL;
    pwwb_resolver    *resolver  = NULL;
    pwwb_error       *err       = pwwb_error_new();
    uint8_t           guid[PWWB_ID_SIZE];
    secret            service;
    pwwb_status       st = PWWB_E_INVALID_ARGUMENT;

    if (argc != 6 && argc != 7) {
        fprintf(stderr, "usage: 19_own_network DOMAIN ADDRESS CA_FILE BIND_DN GUID [NAME_SERVER]\n");
        pwwb_error_free(err);
        return 2;
    }

    secret_make(&service);
    if (secret_line(&service, "password of the service account") != 0)
        goto out;
    n.domain = argv[1], n.address = argv[2];
    st       = make_resolver(&n, argv[6], &resolver, err);
    options.domain       = n.domain; /* in place of a host: its controllers are looked for */
    options.resolver     = resolver;
    options.connect      = connect_counting;
    options.connect_ctx  = &n;
    options.ca_file      = argv[3];
    options.bind_dn      = argv[4];
    options.password     = service.octets;
    options.password_len = service.len;
    if (st == PWWB_OK)
        st = pwwb_directory_new_ldap(&options, &directory, err);
    if (st == PWWB_OK)
        st = pwwb_guid_parse(argv[5], strlen(argv[5]), guid, err);
    if (st == PWWB_OK)
        st = print_rights(&options, guid, err);
    if (st == PWWB_OK)
        st = read_all(directory, &n, err);
    printf("%ld people and contacts; %ld questions for a controller; %ld octets in, %ld out\n", n.objects,
           n.asked, n.in, n.out);
out:
    secret_drop(&service);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_directory_free(directory);
    pwwb_resolver_free(resolver); /* after the directory that uses it */
    pwwb_error_free(err);
    return st == PWWB_OK && n.objects > 0 && n.in > 0 ? 0 : 1;
}
