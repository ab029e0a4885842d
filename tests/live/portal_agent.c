/* SPDX-License-Identifier: Apache-2.0 */
/*
 * portal_agent CONFIG: the agent of tests/check_portal.py, on a broker, with a directory in memory. Its keys are by
 * a ticket: the file "ticket" in its folder, when its key file is not there yet. Eight accounts, whose objectGUIDs
 * are 16 octets of a1 to a8. Says its fingerprint and "ready", and at SIGTERM how many passwords were really set.
 * A password that begins with "Kill" ends it right there, one that begins with "Set-And-Kill" once it is set; that it
 * must be changed is a thing that never succeeds.
 */
#include <pwwb/pwwb.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "examples/common/key_settings.h"
#include "examples/common/relay_settings.h"
#include "examples/memory_directory.h"

static const struct setting table[] = {
    {"keys", SETTING_GROUP, 0, 0, "keys", NULL, 0, 0, NULL, key_table, 0},
    {"relay", SETTING_GROUP, 0, sizeof(key_settings), "relay", NULL, 0, 0, NULL, relay_table, 0},
    {"ticket", SETTING_TEXT, 0, sizeof(key_settings) + sizeof(relay_settings), "a file", NULL, 0, 0, NULL, NULL, 0},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

static struct {
    key_settings   keys;
    relay_settings relay;
    const char    *ticket;
} set;

static memory_directory memory = {.rules = {.size           = sizeof(memory.rules),
                                            .source         = PWWB_POLICY_HOST,
                                            .min_length     = 12,
                                            .complexity     = PWWB_YES,
                                            .history_length = 24}};

static volatile sig_atomic_t stopping;

static void
on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static int
begins(const pwwb_set *s, const char *with)
{
    return s->password != NULL && s->password_len >= strlen(with) && memcmp(s->password, with, strlen(with)) == 0;
}

/* The memory's, and the ends of this process. */
static pwwb_status
set_or_die(void *ctx, const pwwb_set *s, int64_t timeout_ms, pwwb_set_result *ret_result, pwwb_error *err)
{
    pwwb_status st;

    if (begins(s, "Kill"))
        (void)raise(SIGKILL);
    st = memory_directory_ops.set(ctx, s, timeout_ms, ret_result, err);
    if (begins(s, "Set-And-Kill"))
        (void)raise(SIGKILL);
    if (st == PWWB_OK && s->must_change == PWWB_MUST_CHANGE_SET && ret_result->code == PWWB_CODE_OK)
        ret_result->code = PWWB_CODE_OK_MUST_CHANGE_FAILED;
    return st;
}

/* New keys by the ticket, once; and the fingerprint. */
static pwwb_status
enable(pwwb_keystore *store, pwwb_exchange *exchange, pwwb_error *err)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keys = NULL;
    secret            ticket;
    pwwb_status       st = pwwb_keystore_load(store, &keys, err);

    secret_make(&ticket);
    if (st == PWWB_E_NOT_FOUND && secret_file_line(&ticket, set.ticket) == 0) {
        st = pwwb_exchange_begin(exchange, PWWB_EXCHANGE_ENABLE, (const char *)ticket.octets, ticket.len, err);
        if (st == PWWB_OK)
            st = pwwb_keystore_load(store, &keys, err);
    }
    secret_drop(&ticket);
    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keys, &info, err);
    pwwb_keyring_free(keys);
    if (st == PWWB_OK)
        printf("fingerprint %s\n", info.fingerprint);
    return st;
}

static pwwb_status
serve(pwwb_agent_options *options, pwwb_directory *directory, pwwb_error *err)
{
    pwwb_agent *agent = NULL;
    pwwb_status st    = pwwb_agent_new(options, &agent, err);

    if (st == PWWB_OK)
        st = pwwb_agent_add_directory(agent, "", directory, err);
    if (st == PWWB_OK) {
        printf("ready\n");
        fflush(stdout);
    }
    while ((st == PWWB_OK || pwwb_status_class(st) == PWWB_CLASS_TRANSPORT) && !stopping)
        st = pwwb_agent_step(agent, 100, err);
    if (stopping) {
        pwwb_agent_stop(agent);
        st = pwwb_agent_step(agent, 2000, err);
    }
    pwwb_agent_free(agent);
    return pwwb_status_class(st) == PWWB_CLASS_TRANSPORT ? PWWB_OK : st;
}

static pwwb_status
make(pwwb_agent_options *options, pwwb_keystore **store, pwwb_directory **directory, pwwb_error *err)
{
    static pwwb_directory_ops ops;
    relay_login               login;
    pwwb_status               st;
    uint8_t                   i;

    ops     = memory_directory_ops;
    ops.set = set_or_die;
    for (i = 0; i < 8; i++)
        (void)memory_directory_add(&memory, (uint8_t)(0xa1 + i), "anna", "Anna Person", "Long-Forgotten-1");
    st = key_settings_open(&set.keys, store, err);
    if (st == PWWB_OK)
        st = pwwb_exchange_new(*store, PWWB_HALF_AGENT, NULL, &options->exchange, err);
    if (st == PWWB_OK)
        st = enable(*store, options->exchange, err);
    if (st == PWWB_OK)
        st = pwwb_directory_new(&ops, &memory, directory, err);
    if (st == PWWB_OK)
        st = pwwb_journal_new_memory(1000, NULL, NULL, &options->journal, err);
    if (st == PWWB_OK && relay_login_read(&set.relay, &login) == 0) {
        st = relay_open(&set.relay, &login, PWWB_RELAY_AGENT, 1, &options->transport, err);
        secret_drop(&login.secret);
    }
    return st;
}

int
main(int argc, char **argv)
{
    struct sigaction   action    = {.sa_handler = on_signal};
    pwwb_agent_options options   = {.size = sizeof(options), .agent_id = {0xaa}, .heartbeat_s = 2};
    pwwb_keystore     *store     = NULL;
    pwwb_directory    *directory = NULL;
    pwwb_error        *err       = pwwb_error_new();
    settings          *file      = argc == 2 ? settings_read(argv[1], table, &set) : NULL;
    pwwb_status        st;

    if (file == NULL)
        return 2;
    (void)sigaction(SIGTERM, &action, NULL);
    st = make(&options, &store, &directory, err);
    if (st == PWWB_OK)
        st = serve(&options, directory, err);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    printf("%ld set\n", memory.sets);
    pwwb_transport_free(options.transport);
    pwwb_journal_free(options.journal);
    pwwb_directory_free(directory);
    pwwb_exchange_free(options.exchange);
    pwwb_keystore_free(store);
    pwwb_error_free(err);
    settings_free(file);
    return st != PWWB_OK;
}
