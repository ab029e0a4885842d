/* SPDX-License-Identifier: Apache-2.0 */
#include "key_party.h"

#include <stddef.h>
#include <sys/socket.h>

#include "key_points.h"
#include "keystore.h"

typedef struct party {
    const char   *path;
    ex_side       side;
    fake_clock    clock;
    pwwb_keyring *cached; /* for traffic */
    int64_t       cached_ms;
    pwwb_request *request;
    pwwb_reply   *reply;
} party;

static party       self;
static party_asked asked;
static party_told  told;

pwwb_keystore *
party_store(const char *path)
{
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = ex_lock,
                                     .secret_len = sizeof(ex_lock)};
    pwwb_keystore        *store   = NULL;

    if (pwwb_keystore_new_file(path, &options, &store, NULL) != PWWB_OK)
        abort();
    return store;
}

static pwwb_exchange *
exchange_of(pwwb_keystore *store)
{
    pwwb_exchange_options options  = {.size      = sizeof(options),
                                      .clock     = &fake_clock_ops,
                                      .clock_ctx = &self.clock,
                                      .suite     = PWWB_SUITE_X25519};
    pwwb_exchange        *exchange = NULL;

    if (pwwb_exchange_new(store, self.side.half, &options, &exchange, NULL) != PWWB_OK)
        abort();
    return exchange;
}

static pwwb_status
ticket(void)
{
    pwwb_ticket made = {.size             = sizeof(made),
                        .relay_address    = "amqps://relay.example.test",
                        .relay_credential = "bootstrap-credential"};

    memcpy(made.tenant, ex_tenant, PWWB_ID_SIZE);
    return pwwb_exchange_ticket(self.side.exchange, &made, (char *)told.octets,
                                sizeof(told.octets), &told.len, NULL);
}

static pwwb_status
take(void)
{
    pwwb_exchange_event event = {.size = sizeof(event)};
    pwwb_status         st;

    st = pwwb_exchange_take(self.side.exchange, asked.octets, asked.len, told.octets,
                            sizeof(told.octets), &told.len, &event, NULL);
    told.code = event.code;
    return st;
}

static pwwb_status
reload(void)
{
    pwwb_keyring *fresh;
    pwwb_status   st = pwwb_keystore_load(self.side.store, &fresh, NULL);

    if (st != PWWB_OK)
        return st;
    pwwb_keyring_free(self.cached);
    self.cached    = fresh;
    self.cached_ms = self.clock.wall_ms;
    return PWWB_OK;
}

/* Everybody goes on with the same keys as long as a portal may. */
static pwwb_status
keys_for_traffic(void)
{
    if (self.cached != NULL && self.clock.wall_ms - self.cached_ms <= PWWB_KEY_CACHE_MAX_MS)
        return PWWB_OK;
    return reload();
}

static pwwb_status
seal_once(void)
{
    int64_t     now_s  = self.clock.wall_ms / 1000;
    pwwb_claims claims = {.size      = sizeof(claims),
                          .iat       = now_s,
                          .exp       = now_s + PWWB_REQUEST_LIFE_MAX,
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_FEDERATED,
                          .anchor    = {PWWB_ANCHOR_SOURCE, "an object's GUI"}};
    pwwb_status st;

    st = pwwb_request_seal(self.cached, &claims, (const uint8_t *)"Horse-Correct-16", 16, NULL, 0,
                           told.octets, sizeof(told.octets), &told.len, NULL);
    memcpy(told.cti, claims.cti, sizeof(told.cti));
    if (st == PWWB_OK)
        told.generation = wb_keyring_active(self.cached)->generation;
    return st;
}

static pwwb_status
seal(void)
{
    pwwb_status st = keys_for_traffic();

    if (st == PWWB_OK)
        st = seal_once();
    if (st == PWWB_E_KEY_INACTIVE)
        st = reload() == PWWB_OK ? seal_once() : st;
    return st;
}

static pwwb_status
open_once(void)
{
    pwwb_status st = pwwb_request_open(self.request, self.cached, asked.octets, asked.len,
                                       self.clock.wall_ms / 1000, 0, NULL);

    if (st == PWWB_OK)
        st = pwwb_request_open_secret(self.request, NULL);
    if (st == PWWB_OK)
        st = pwwb_reply_seal(self.request, PWWB_CODE_OK, NULL, NULL, self.clock.wall_ms,
                             told.octets, sizeof(told.octets), &told.len, NULL);
    pwwb_request_wipe(self.request);
    return st;
}

/* An agent looks into its store when it does not know the key. */
static pwwb_status
open_request(void)
{
    pwwb_status st = keys_for_traffic();

    if (st == PWWB_OK)
        st = open_once();
    if (st == PWWB_E_KEY_UNKNOWN)
        st = reload() == PWWB_OK ? open_once() : st;
    return st;
}

static pwwb_status
open_reply(void)
{
    pwwb_status st = keys_for_traffic();

    if (st == PWWB_OK)
        st = pwwb_reply_open(self.reply, self.cached, asked.cti, asked.octets, asked.len, NULL);
    if (st == PWWB_E_KEY_UNKNOWN && reload() == PWWB_OK)
        st = pwwb_reply_open(self.reply, self.cached, asked.cti, asked.octets, asked.len, NULL);
    return st;
}

/* The order is of keys that only this process has. */
static pwwb_status
roll_early(void)
{
    static ex_store       copy;
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = ex_lock,
                                     .secret_len = sizeof(ex_lock)};
    pwwb_keystore        *store   = NULL;
    pwwb_exchange        *exchange;
    pwwb_status           st;

    st = wb_private_file_read(self.path, 0, "the key file", copy.octets, sizeof(copy.octets),
                              &copy.len, NULL);
    if (st == PWWB_OK)
        st = wb_keyring_version(wb_span_of(copy.octets, copy.len), &copy.version, NULL);
    if (st == PWWB_OK)
        st = pwwb_keystore_new(&ex_store_ops, &copy, &options, &store, NULL);
    if (st != PWWB_OK)
        return st;

    exchange = exchange_of(store);
    st       = pwwb_exchange_begin(exchange, PWWB_EXCHANGE_ROLL, NULL, 0, NULL);
    if (st == PWWB_OK)
        st = pwwb_exchange_step(exchange, told.octets, sizeof(told.octets), &told.len, NULL);
    pwwb_exchange_free(exchange);
    pwwb_keystore_free(store);
    return st;
}

static pwwb_status
answer(void)
{
    switch (asked.what) {
    case ASK_TICKET:
        return ticket();
    case ASK_BEGIN:
        return pwwb_exchange_begin(self.side.exchange, asked.kind,
                                   asked.len > 0 ? (const char *)asked.octets : NULL, asked.len,
                                   NULL);
    case ASK_STEP:
        return pwwb_exchange_step(self.side.exchange, told.octets, sizeof(told.octets), &told.len,
                                  NULL);
    case ASK_TAKE:
        return take();
    case ASK_CONFIRM:
        return pwwb_exchange_confirm(self.side.exchange, (const char *)asked.octets, asked.len,
                                     NULL);
    case ASK_SEAL:
        return seal();
    case ASK_OPEN:
        return open_request();
    case ASK_REPLY:
        return open_reply();
    case ASK_EARLY:
        return roll_early();
    default:
        told.generation = (uint64_t)points_so_far((char *)told.octets);
        told.len        = (size_t)told.generation;
        return PWWB_OK;
    }
}

/* Where no file was changed, to be killed before or after the answer is the same as to be killed
 * when this message came, or the next one. */
static int
serve(void)
{
    int  is_counted = asked.what != ASK_POINTS;
    long before     = points_of_files();

    if (is_counted)
        point(POINT_MESSAGE);
    memset(&told, 0, offsetof(party_told, octets));
    self.clock  = (fake_clock){.wall_ms = asked.now_ms, .monotonic_ms = asked.now_ms};
    told.status = answer();
    is_counted  = is_counted && points_of_files() > before;
    if (is_counted)
        point(POINT_BEFORE);
    if (send(PARTY_TALK, &told, offsetof(party_told, octets) + told.len, 0) < 0)
        return 0;
    if (is_counted)
        point(POINT_AFTER);
    return 1;
}

int
party_main(char **argv)
{
    self.side.half     = atoi(argv[2]);
    self.path          = argv[3];
    self.side.store    = party_store(self.path);
    self.side.exchange = exchange_of(self.side.store);
    if (pwwb_request_new(&self.request, NULL) != PWWB_OK
        || pwwb_reply_new(&self.reply, NULL) != PWWB_OK)
        return 1;

    points_start(atol(argv[4]));
    while (recv(PARTY_TALK, &asked, sizeof(asked), 0) > 0)
        if (!serve())
            return 1;
    return 0;
}
