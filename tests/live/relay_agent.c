/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay_agent: an agent on a broker, with a directory in memory, for tests/check_loops. It is called as
 * examples/09_loop_poll is, with the agent's user; eight accounts, whose objectGUIDs are 16 octets of
 * a1 to a8. Says "ready", and at the end of its standard input how many passwords were really set.
 */
#include <pwwb/pwwb.h>

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "examples/loop_options.h"
#include "examples/memory_directory.h"

static memory_directory memory = {.rules = {.size       = sizeof(memory.rules),
                                            .source     = PWWB_POLICY_HOST,
                                            .min_length = 8,
                                            .complexity = PWWB_YES}};

static int
input_goes_on(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    char          octet;

    return poll(&in, 1, 0) != 1 || read(STDIN_FILENO, &octet, 1) == 1;
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
    while ((st == PWWB_OK || pwwb_status_class(st) == PWWB_CLASS_TRANSPORT) && input_goes_on())
        st = pwwb_agent_step(agent, 100, err);
    pwwb_agent_free(agent);
    return pwwb_status_class(st) == PWWB_CLASS_TRANSPORT ? PWWB_OK : st;
}

static pwwb_status
make(loop_options *o, pwwb_agent_options *options, pwwb_directory **directory, pwwb_error *err)
{
    static const char *const names[] = {"anna", "berta", "clara", "dora",
                                        "erna", "frida", "gerda", "hilde"};
    pwwb_status              st;
    uint8_t                  i;

    for (i = 0; i < 8; i++)
        (void)memory_directory_add(&memory, (uint8_t)(0xa1 + i), names[i], "A Person",
                                   "Long-Forgotten-1");
    st = secret_keyring(o->keys, "agent.key", &options->keyring, err);
    if (st == PWWB_OK)
        st = pwwb_directory_new(&memory_directory_ops, &memory, directory, err);
    if (st == PWWB_OK)
        st = pwwb_journal_new_memory(1000, NULL, NULL, &options->journal, err);
    o->amqp.end    = PWWB_RELAY_AGENT;
    o->amqp.credit = 1;
    if (st == PWWB_OK)
        st = pwwb_transport_new_amqp(&o->amqp, &options->transport, err);
    return st;
}

int
main(int argc, char **argv)
{
    pwwb_agent_options options   = {.size = sizeof(options)};
    pwwb_directory    *directory = NULL;
    pwwb_error        *err       = pwwb_error_new();
    loop_options       o;
    int                code = loop_options_read(&o, argc, argv, "none");
    pwwb_status        st;

    if (code >= 0)
        return code;

    st = make(&o, &options, &directory, err);
    loop_options_drop(&o);
    if (st == PWWB_OK)
        st = serve(&options, directory, err);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    printf("%ld set\n", memory.sets);
    pwwb_transport_free(options.transport);
    pwwb_journal_free(options.journal);
    pwwb_directory_free(directory);
    pwwb_keyring_free(options.keyring);
    pwwb_error_free(err);
    return st != PWWB_OK;
}
