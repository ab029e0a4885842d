/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The on-premises process: take requests from a portal, write them to Active Directory, answer.
 *
 *     05_agent SOCKET KEYFOLDER HOST ADDRESS CA_FILE BIND_DN [--allow-no-history]
 *
 * First line of standard input: the service account's password. It connects outwards to the
 * portal's socket, again and again, until SIGTERM, or until the portal that it served is gone.
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

int
main(int argc, char **argv)
{
    struct sigaction   action  = {.sa_handler = on_signal};
    pwwb_ldap_options  ldap    = {.size = sizeof(ldap), .security = PWWB_LDAP_LDAPS};
    pwwb_agent_options options = {.size = sizeof(options)};
    pwwb_directory    *directory = NULL;
    pwwb_error        *err       = pwwb_error_new();
    secret             service;
    int                has_flag = argc == 8 && strcmp(argv[7], "--allow-no-history") == 0;
    pwwb_status        st       = PWWB_E_INVALID_ARGUMENT;

    if (argc != 7 && !has_flag) {
        fprintf(stderr, "usage: 05_agent SOCKET KEYFOLDER HOST ADDRESS CA_FILE BIND_DN "
                        "[--allow-no-history]\n");
        pwwb_error_free(err);
        return 2;
    }

    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    secret_make(&service);
    if (secret_line(&service, "password of the service account") != 0)
        goto out;

    ldap.host         = argv[3];
    ldap.address      = argv[4];
    ldap.ca_file      = argv[5];
    ldap.bind_dn      = argv[6];
    ldap.password     = service.octets;
    ldap.password_len = service.len;
    ldap.flags        = has_flag ? PWWB_LDAP_ALLOW_NO_HISTORY : 0;
    st                = pwwb_directory_new_ldap(&ldap, &directory, err);
    if (st == PWWB_OK)
        st = secret_keyring(argv[2], "agent.key", &options.keyring, err);
    if (st == PWWB_OK)
        st = pwwb_journal_new_memory(10000, NULL, NULL, &options.journal, err);
    if (st == PWWB_OK)
        st = serve_on(argv[1], &options, directory, err);
out:
    secret_drop(&service);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_journal_free(options.journal);
    pwwb_keyring_free(options.keyring);
    pwwb_directory_free(directory);
    pwwb_error_free(err);
    return st == PWWB_OK ? 0 : 1;
}
