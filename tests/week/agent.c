/* SPDX-License-Identifier: Apache-2.0 */
#include "week.h"

#include "../../examples/agent/agent_run.h"

struct week_agent {
    agent_outside     outside;
    agent_run        *run;
    const week_place *place;
    pwwb_relay       *relay;
    week_directory   *directory;
};

static pwwb_status
open_transport(void *ctx, const agent_settings *s, const relay_login *login, pwwb_transport **ret_transport,
               pwwb_amqp **ret_amqp, pwwb_error *err)
{
    (void)s, (void)login;
    *ret_amqp = NULL;
    return pwwb_transport_new_relay(((week_agent *)ctx)->relay, PWWB_RELAY_AGENT, ret_transport, err);
}

static pwwb_status
open_directory(void *ctx, const agent_directory *d, pwwb_directory **ret_directory, pwwb_error *err)
{
    (void)d;
    return pwwb_directory_new(&week_directory_ops, ((week_agent *)ctx)->directory, ret_directory, err);
}

static void
write_octets(const char *path, const void *octets, size_t len)
{
    FILE *out = fopen(path, "w");

    CHECK(out != NULL && fwrite(octets, 1, len, out) == len && fclose(out) == 0);
}

/* The configuration file, as an administrator writes it. */
static void
write_config(const week_place *p)
{
    char  lock[128], word[128];
    FILE *out = fopen(p->config, "w");

    (void)snprintf(lock, sizeof(lock), "%s/lock", p->folder);
    (void)snprintf(word, sizeof(word), "%s/secret", p->folder);
    write_octets(lock, week_lock, sizeof(week_lock));
    write_octets(word, "of-the-relay\n", 13);
    CHECK(out != NULL);
    if (out == NULL)
        return;
    fprintf(out, "state = \"%s\";\nagent: { workers = %d; heartbeat = 300; };\n", p->folder, WORKERS);
    fprintf(out, "keys: { file = \"%s\"; lock_file = \"%s\"; roll_days = %d; suite = \"x25519\"; };\n", p->keys, lock,
            ROLL_DAYS);
    fprintf(out, "relay: { host = \"relay.week.test\"; ca = \"none\"; user = \"agent\"; secret_file = \"%s\"; };\n",
            word);
    fprintf(out, "journal = \"%s\";\n", p->journal);
    fprintf(out, "directories = ( { hosts = [\"dc1.week.test\"]; ca = \"none\"; bind = \"none\";"
                 " password_file = \"%s\"; } );\n", word);
    fprintf(out, "limits: { operations = [\"change\", \"reset-self\", \"unlock\"];"
                 " scope = [\"OU=Staff,DC=week,DC=test\"]; per_account = %d; };\n", PER_HOUR);
    fprintf(out, "audit: { file = \"%s\"; required = true; };\n", p->audit);
    fprintf(out, "metrics: { file = \"%s\"; seconds = 30; };\nlog: { level = \"warn\"; };\n", p->metrics);
    CHECK_INT(0, fclose(out));
}

week_agent *
week_agent_start(const week_place *place, fake_clock *clock, pwwb_relay *relay, week_directory *directory)
{
    week_agent *a = calloc(1, sizeof(*a));

    if (a == NULL)
        abort();
    *a         = (week_agent){.place = place, .relay = relay, .directory = directory};
    a->outside = (agent_outside){.clock = &fake_clock_ops, .clock_ctx = clock, .open_transport = open_transport,
                                 .open_directory = open_directory, .ctx = a};
    write_config(place);
    CHECK_INT(0, agent_run_new(place->config, &a->outside, 0, &a->run));
    return a;
}

/* What a thread of the program does, until there is nothing more; a connection that was lost says so once. */
static void
let_workers(week_agent *a)
{
    pwwb_status st;
    size_t      i;

    for (i = 0; a->run->world != NULL && i < a->run->world->worker_count; i++)
        do
            st = agent_worker_step(&a->run->world->workers[i], 0);
        while (st == PWWB_OK || st == PWWB_E_CLOSED);
}

void
week_agent_turn(week_agent *a)
{
    let_workers(a);
    agent_duties(a->run);
}

void
week_agent_enable(week_agent *a, const char *ticket, size_t len)
{
    pwwb_exchange_options o        = {.size = sizeof(o), .clock = a->outside.clock, .clock_ctx = a->outside.clock_ctx,
                                      .suite = PWWB_SUITE_X25519};
    pwwb_exchange        *exchange = NULL;
    pwwb_keystore        *store    = NULL;

    CHECK_STATUS(PWWB_OK, key_settings_open(&a->run->settings->keys, &store, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_exchange_new(store, PWWB_HALF_AGENT, &o, &exchange, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_exchange_begin(exchange, PWWB_EXCHANGE_ENABLE, ticket, len, NULL));
    pwwb_exchange_free(exchange);
    pwwb_keystore_free(store);
}

void
week_agent_hup(week_agent *a)
{
    agent_reload(a->run);
    agent_duties(a->run);
    week_agent_turn(a); /* the workers leave, */
    week_agent_turn(a); /* and the new ones begin */
    CHECK_INT(AGENT_SERVING, a->run->phase);
}

void
week_agent_stop(week_agent *a)
{
    agent_drain(a->run);
    week_agent_turn(a);
    CHECK_INT(AGENT_ENDED, a->run->phase);
    agent_run_free(a->run);
    free(a);
}
