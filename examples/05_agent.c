/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The on-premises process: take requests from a portal, write them to Active Directory, answer.
 *
 *     05_agent SOCKET KEYFOLDER HOST ADDRESS CA_FILE BIND_DN [--allow-no-history] [--ticket FILE]
 *
 * First line of standard input: the service account's password. It connects outwards to the
 * portal's socket, again and again, until SIGTERM, or until the portal that it served is gone. Its
 * keys are KEYFOLDER/agent.key, sealed under KEYFOLDER/lock.key; with a ticket of the portal's it
 * makes new ones first, and says the fingerprint that the portal's administrator compares.
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "secret.h"
#include "socket_transport.h"

static volatile sig_atomic_t stopping; /* signals are the program's business, not the library's */

static void
on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static void
log_line(void *ctx, int32_t level, const char *room, const char *message)
{
    (void)ctx;
    fprintf(stderr, "%s %s: %s\n", level == PWWB_LOG_WARN ? "warning" : "info", room, message);
}

/* One connection, from its beginning to its end. `options` has all but the transport. */
static pwwb_status
serve(const char *path, pwwb_agent_options *options, pwwb_directory *directory, int *served,
      pwwb_error *err)
{
    socket_link *link  = NULL;
    pwwb_agent  *agent = NULL;
    pwwb_status  st    = socket_link_connect(path, &link, err);

    if (st != PWWB_OK)
        return st;

    options->transport = NULL;
    st                 = pwwb_transport_new(&socket_transport_ops, link, &options->transport, err);
    if (st != PWWB_OK) {
        socket_link_free(link);
        return st;
    }
    st = pwwb_agent_new(options, &agent, err);
    if (st == PWWB_OK)
        st = pwwb_agent_add_directory(agent, "", directory, err);
    if (st == PWWB_OK) {
        pwwb_agent_set_log(agent, log_line, NULL);
        log_line(NULL, PWWB_LOG_INFO, "agent", "connected");
        *served = 1;
    }
    while (!stopping && (st == PWWB_OK || st == PWWB_E_TIMEOUT))
        st = pwwb_agent_step(agent, 200, err);
    pwwb_agent_free(agent);
    pwwb_transport_free(options->transport);
    return st;
}

/* Connect until there is a reason to end. */
static pwwb_status
serve_on(const char *path, pwwb_agent_options *options, pwwb_directory *directory, pwwb_error *err)
{
    static const struct timespec pause  = {0, 200000000};
    int                          served = 0;
    pwwb_status                  st     = PWWB_OK;

    while (!stopping) {
        st = serve(path, options, directory, &served, err);
        if (st == PWWB_E_NOT_FOUND && served)
            return PWWB_OK; /* the portal has taken its socket away */
        if (st != PWWB_OK && st != PWWB_E_TIMEOUT
            && pwwb_status_class(st) != PWWB_CLASS_TRANSPORT && st != PWWB_E_NOT_FOUND)
            return st;
        if (!stopping)
            (void)nanosleep(&pause, NULL);
    }
    return PWWB_OK;
}

/* Make the tenant's keys by a ticket; the agent sends them as soon as it is connected. */
static pwwb_status
enable(pwwb_keystore *store, pwwb_exchange *exchange, const char *ticket_file, pwwb_error *err)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keys = NULL;
    secret            ticket;
    pwwb_status       st = PWWB_E_NOT_FOUND;

    secret_make(&ticket);
    if (secret_file_line(&ticket, ticket_file) == 0)
        st = pwwb_exchange_begin(exchange, PWWB_EXCHANGE_ENABLE, (const char *)ticket.octets,
                                 ticket.len, err);
    secret_drop(&ticket);
    if (st == PWWB_OK)
        st = pwwb_keystore_load(store, &keys, err);
    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keys, &info, err);
    if (st == PWWB_OK)
        log_line(NULL, PWWB_LOG_INFO, "fingerprint", info.fingerprint);
    pwwb_keyring_free(keys);
    return st;
}

/* NULL = the words make no sense. */
static const char *
read_flags(int argc, char **argv, pwwb_ldap_options *ldap)
{
    const char *ticket = "";
    int         i;

    for (i = 7; i < argc; i++) {
        if (strcmp(argv[i], "--allow-no-history") == 0)
            ldap->flags = PWWB_LDAP_ALLOW_NO_HISTORY;
        else if (strcmp(argv[i], "--ticket") == 0 && i + 1 < argc)
            ticket = argv[++i];
        else
            return NULL;
    }
    return argc >= 7 ? ticket : NULL;
}

int
main(int argc, char **argv)
{
    struct sigaction   action  = {.sa_handler = on_signal};
    pwwb_ldap_options  ldap    = {.size = sizeof(ldap), .security = PWWB_LDAP_LDAPS};
    pwwb_agent_options options = {.size = sizeof(options)};
    pwwb_directory    *directory = NULL;
    pwwb_keystore     *store     = NULL;
    pwwb_error        *err       = pwwb_error_new();
    const char        *ticket    = read_flags(argc, argv, &ldap);
    secret             service;
    pwwb_status        st = PWWB_E_INVALID_ARGUMENT;

    if (ticket == NULL) {
        fprintf(stderr, "usage: 05_agent SOCKET KEYFOLDER HOST ADDRESS CA_FILE BIND_DN "
                        "[--allow-no-history] [--ticket FILE]\n");
        pwwb_error_free(err);
        return 2;
    }

    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    secret_make(&service);
    if (secret_line(&service, "password of the service account") != 0)
        goto out;

    /* [directory] */
    ldap.host         = argv[3];
    ldap.address      = argv[4];
    ldap.ca_file      = argv[5];
    ldap.bind_dn      = argv[6];
    ldap.password     = service.octets;
    ldap.password_len = service.len;
    st                = pwwb_directory_new_ldap(&ldap, &directory, err);
    /* [directory] end */
    if (st == PWWB_OK)
        st = secret_store(argv[2], "agent.key", &store, err);
    if (st == PWWB_OK)
        st = pwwb_exchange_new(store, PWWB_HALF_AGENT, NULL, &options.exchange, err);
    if (st == PWWB_OK && ticket[0] != '\0')
        st = enable(store, options.exchange, ticket, err);
    if (st == PWWB_OK)
        st = pwwb_journal_new_memory(10000, NULL, NULL, &options.journal, err);
    if (st == PWWB_OK)
        st = serve_on(argv[1], &options, directory, err);
out:
    secret_drop(&service);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_journal_free(options.journal);
    pwwb_exchange_free(options.exchange);
    pwwb_keystore_free(store);
    pwwb_directory_free(directory);
    pwwb_error_free(err);
    return st == PWWB_OK ? 0 : 1;
}
