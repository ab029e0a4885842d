/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 18 */
/* Two agents of two workers and two portal instances of two askers, all at once over the RabbitMQ of the
 * fixture, while the keys roll: every password is set, and once. The judge is the directory. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <pwwb/amqp.h>
#include <pwwb/pwwb.h>

#include "fakes.h"
#include "harness.h"

#define HOSTS   2 /* of each kind, */
#define THREADS 4 /* two in each */
#define MOST    20000
#define ROLLS   2

static const uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = {0x10, 0xc4};

static char          folder[64];
static pwwb_journal *journal;
static atomic_int    is_over;
static atomic_int    sets[THREADS][MOST]; /* by the account, which is asked once */

typedef struct asker {
    pthread_t       thread;
    pwwb_keystore  *store;
    pwwb_transport *replies;
    pwwb_portal    *portal;
    pwwb_reply     *reply;
    int             number, asked, set;
} asker;

typedef struct worker {
    pthread_t       thread;
    pwwb_keystore  *store;
    pwwb_exchange  *exchange;
    pwwb_transport *end;
    pwwb_directory *directory;
    pwwb_agent     *agent;
    fake_clock      clock;
    fake_directory  fake;
} worker;

typedef struct server {
    pthread_t       thread;
    pwwb_keystore  *store;
    pwwb_exchange  *exchange;
    pwwb_transport *orders;
} server;

static asker  askers[THREADS];
static worker workers[THREADS];
static server servers[HOSTS];

static const char *
setting(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

static pwwb_transport *
connect_to(int32_t end)
{
    int                     is_agent = end == PWWB_RELAY_AGENT;
    const char             *secret   = setting(is_agent ? "RELAY_AGENT_SECRET"
                                                        : "RELAY_PORTAL_SECRET");
    const pwwb_tls_options  tls      = {.size    = sizeof(tls),
                                        .ca_file = setting("RELAY_CA"),
                                        .name    = setting("RELAY_HOSTNAME")};
    const pwwb_amqp_options options  = {
         .size       = sizeof(options),
         .end        = end,
         .host       = setting("RELAY_ADDR"),
         .port       = atoi(setting("RELAY_PORT")),
         .tls        = &tls,
         .user       = setting(is_agent ? "RELAY_AGENT" : "RELAY_PORTAL"),
         .secret     = (const uint8_t *)secret,
         .secret_len = strlen(secret),
    };
    pwwb_transport *t = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_amqp(&options, &t, NULL));
    return t;
}

/* What all hosts of a side share; each thread has a handle of its own. */
static pwwb_keystore *
open_store(const char *side)
{
    pwwb_keystore_options options = {.size = sizeof(options), .lock = PWWB_LOCK_KEY,
                                     .secret = lock_key, .secret_len = sizeof(lock_key)};
    pwwb_keystore        *store   = NULL;
    char                  path[128];

    (void)snprintf(path, sizeof(path), "%s/%s.key", folder, side);
    CHECK_STATUS(PWWB_OK, pwwb_keystore_new_file(path, &options, &store, NULL));
    return store;
}

static pwwb_exchange *
take_part(pwwb_keystore *store, int32_t half)
{
    pwwb_exchange_options options  = {
        .size = sizeof(options), .suite = PWWB_SUITE_X25519, .resend_ms = 500};
    pwwb_exchange        *exchange = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_exchange_new(store, half, &options, &exchange, NULL));
    return exchange;
}

/* ---- a directory of as many accounts as are asked for ---- */

static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found, pwwb_error *err)
{
    memcpy(((fake_directory *)ctx)->guid, anchor->guid, PWWB_ID_SIZE);
    return fake_directory_find(ctx, anchor, timeout_ms, ret_found, err);
}

static pwwb_status
set_one(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
        pwwb_error *err)
{
    uint32_t    serial;
    pwwb_status st = fake_directory_set(ctx, set, timeout_ms, ret_result, err);

    memcpy(&serial, set->guid + 4, sizeof(serial));
    atomic_fetch_add(&sets[set->guid[0] % THREADS][serial % MOST], 1);
    ((fake_directory *)ctx)->account.password_last_set_ms = 1000; /* the next account's */
    return st;
}

static const pwwb_directory_ops directory_ops = {
    .size = sizeof(pwwb_directory_ops),
    .find = find,
    .read = fake_directory_read,
    .set  = set_one,
};

/* ---- the threads ---- */

static void *
work(void *ctx)
{
    CHECK_STATUS(PWWB_OK, pwwb_agent_run(((worker *)ctx)->agent, NULL));
    return NULL;
}

static void *
serve(void *ctx)
{
    server     *s = ctx;
    pwwb_status st;

    while (!atomic_load(&is_over)) {
        st = pwwb_portal_serve(s->exchange, NULL, s->orders, 100, NULL, NULL);
        if (st != PWWB_OK && st != PWWB_E_TIMEOUT)
            printf("# serve: %s\n", pwwb_status_name(st));
    }
    return NULL;
}

static void
ask_once(asker *a)
{
    pwwb_claims claims = {.size = sizeof(claims), .operation = PWWB_OPERATION_RESET_SELF,
                          .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_PASS_THROUGH,
                          .origin = PWWB_FROM_RESET_PORTAL, .anchor = {.kind = PWWB_ANCHOR_SOURCE}};
    uint32_t    serial = (uint32_t)a->asked++;

    claims.anchor.guid[0] = (uint8_t)a->number;
    claims.anchor.guid[1] = 0x21;
    memcpy(claims.anchor.guid + 4, &serial, sizeof(serial));
    CHECK_STATUS(PWWB_OK,
                 pwwb_portal_call(a->portal, a->replies, &claims, (const uint8_t *)"Neu-Passwort-7",
                                  14, NULL, 0, 20000, a->reply, NULL));
    if (pwwb_reply_outcome(a->reply) == PWWB_OUTCOME_SET)
        a->set++;
    else
        printf("# asker %d, request %u: %s\n", a->number, serial,
               pwwb_code_name(pwwb_reply_code(a->reply)));
}

static void *
ask(void *ctx)
{
    asker *a = ctx;

    while (!atomic_load(&is_over) && a->asked < MOST)
        ask_once(a);
    return NULL;
}

static void
make_worker(worker *w)
{
    pwwb_agent_options options = {.size = sizeof(options), .journal = journal};

    w->clock          = (fake_clock){(int64_t)time(NULL) * 1000, 5000};
    w->fake           = fake_directory_of(&w->clock, 0);
    w->store          = open_store("agent");
    w->exchange       = take_part(w->store, PWWB_HALF_AGENT);
    w->end            = connect_to(PWWB_RELAY_AGENT);
    options.transport = w->end;
    options.exchange  = w->exchange;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&directory_ops, &w->fake, &w->directory, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_agent_new(&options, &w->agent, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(w->agent, "", w->directory, NULL));
    CHECK_INT(0, pthread_create(&w->thread, NULL, work, w));
}

static void
make_server(server *s)
{
    s->store    = open_store("portal");
    s->exchange = take_part(s->store, PWWB_HALF_PORTAL);
    s->orders   = connect_to(PWWB_RELAY_PORTALS);
    CHECK_INT(0, pthread_create(&s->thread, NULL, serve, s));
}

static void
make_asker(asker *a, int number)
{
    pwwb_portal_options options = {.size = sizeof(options), .cache_ms = 500};

    a->number     = number;
    a->store      = open_store("portal");
    options.store = a->store;
    a->replies    = connect_to(PWWB_RELAY_PORTAL);
    CHECK_STATUS(PWWB_OK, pwwb_portal_new(NULL, &options, &a->portal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&a->reply, NULL));
    CHECK_INT(0, pthread_create(&a->thread, NULL, ask, a));
}

/* ---- the story ---- */

static pwwb_keyring_info
info_of(const char *side)
{
    pwwb_keyring_info info  = {.size = sizeof(info)};
    pwwb_keystore    *store = open_store(side);
    pwwb_keyring     *keys  = NULL;

    if (pwwb_keystore_load(store, &keys, NULL) == PWWB_OK)
        CHECK_STATUS(PWWB_OK, pwwb_keyring_describe(keys, &info, NULL));
    pwwb_keyring_free(keys);
    pwwb_keystore_free(store);
    return info;
}

/* Until the portals' keys are of that state and generation; half a minute at most. */
static void
await(int32_t state, int generation)
{
    int i;

    for (i = 0; i < 300; i++) {
        pwwb_keyring_info info = info_of("portal");

        if (info.state == state && (int)info.generation == generation)
            return;
        usleep(100000);
    }
    CHECK_INT(generation, (intmax_t)info_of("portal").generation); /* too late */
}

static void
order(int32_t kind, const char *ticket, size_t ticket_len)
{
    pwwb_keystore *store    = open_store("agent");
    pwwb_exchange *exchange = take_part(store, PWWB_HALF_AGENT);

    CHECK_STATUS(PWWB_OK, pwwb_exchange_begin(exchange, kind, ticket, ticket_len, NULL));
    pwwb_exchange_free(exchange);
    pwwb_keystore_free(store);
}

/* An administrator of the portal's, with a handle of his own. */
static void
enable(void)
{
    pwwb_ticket       given    = {.size = sizeof(given), .tenant = {0x7e}, .relay_address = "here"};
    pwwb_keystore    *store    = open_store("portal");
    pwwb_exchange    *exchange = take_part(store, PWWB_HALF_PORTAL);
    char              ticket[PWWB_TICKET_SIZE];
    pwwb_keyring_info info;
    size_t            len;
    int               i;

    CHECK_STATUS(PWWB_OK,
                 pwwb_exchange_ticket(exchange, &given, ticket, sizeof(ticket), &len, NULL));
    order(PWWB_EXCHANGE_ENABLE, ticket, len);
    for (i = 0; i < THREADS; i++)
        make_worker(&workers[i]);
    for (i = 0; i < HOSTS; i++)
        make_server(&servers[i]);
    await(PWWB_TENANT_PENDING, 1);
    info = info_of("agent");
    CHECK_STATUS(PWWB_OK, pwwb_exchange_confirm(exchange, info.fingerprint,
                                                strlen(info.fingerprint), NULL));
    await(PWWB_TENANT_ENABLED, 1);
    pwwb_exchange_free(exchange);
    pwwb_keystore_free(store);
}

static void
end_threads(void)
{
    int i;

    atomic_store(&is_over, 1);
    for (i = 0; i < THREADS; i++)
        pthread_join(askers[i].thread, NULL);
    for (i = 0; i < HOSTS; i++)
        pthread_join(servers[i].thread, NULL);
    for (i = 0; i < THREADS; i++) {
        pwwb_agent_stop(workers[i].agent);
        pthread_join(workers[i].thread, NULL);
    }
}

static void
free_all(void)
{
    int i;

    for (i = 0; i < THREADS; i++) {
        pwwb_reply_free(askers[i].reply);
        pwwb_portal_free(askers[i].portal);
        pwwb_transport_free(askers[i].replies);
        pwwb_keystore_free(askers[i].store);
        pwwb_agent_free(workers[i].agent);
        pwwb_transport_free(workers[i].end);
        pwwb_exchange_free(workers[i].exchange);
        pwwb_directory_free(workers[i].directory);
        pwwb_keystore_free(workers[i].store);
    }
    for (i = 0; i < HOSTS; i++) {
        pwwb_transport_free(servers[i].orders);
        pwwb_exchange_free(servers[i].exchange);
        pwwb_keystore_free(servers[i].store);
    }
}

static void
judge(void)
{
    int i, n, all = 0;

    for (i = 0; i < THREADS; i++) {
        CHECK_INT(askers[i].asked, askers[i].set);
        for (n = 0; n < askers[i].asked; n++)
            CHECK_INT(1, atomic_load(&sets[i][n]));
        all += askers[i].asked;
    }
    printf("# %d rolls, %d requests by %d askers, %d workers\n", ROLLS, all, THREADS, THREADS);
    CHECK(all > 100);
}

static void
keys_roll_while_all_run_and_no_request_is_lost(void)
{
    int i;

    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(100000, NULL, NULL, &journal, NULL));
    enable();
    for (i = 0; i < THREADS; i++)
        make_asker(&askers[i], i);
    for (i = 0; i < ROLLS; i++) {
        sleep(2);
        order(PWWB_EXCHANGE_ROLL, NULL, 0);
        await(PWWB_TENANT_ENABLED, i + 2);
    }
    sleep(2);
    end_threads();
    judge();
    free_all();
    pwwb_journal_free(journal);
}

int
main(void)
{
    char command[96];

    (void)snprintf(folder, sizeof(folder), "/tmp/pwwb-roll-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    RUN(keys_roll_while_all_run_and_no_request_is_lost);
    (void)snprintf(command, sizeof(command), "rm -r %s", folder);
    CHECK_INT(0, system(command));
    return DONE;
}
