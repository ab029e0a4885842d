/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of libpwwb as it was in 0.1: a portal and an agent in one thread, over tables of its own, and
 * both companions. It ends with 0 when all is as it was then.
 *
 *     caller FOLDER      FOLDER is for the files of libpwwb-sqlite
 *     caller --made-of   says which source and headers it was compiled from
 */
#include "tables.h"

#ifndef MADE_OF
# define MADE_OF "nothing"
#endif

typedef struct host {
    box             requests, replies, beats;
    end             agent_end, portal_end, beats_end;
    store           agent_octets, portal_octets;
    pwwb_keystore  *agent_store, *portal_store;
    pwwb_keyring   *keys;
    pwwb_transport *agent_side, *portal_side, *beats_side;
    pwwb_directory *directory;
    pwwb_anchors   *anchors;
    pwwb_journal   *journal;
    pwwb_filter    *filter;
    pwwb_limits    *limits;
    pwwb_gate      *gate;
    pwwb_agent     *agent;
    pwwb_watch     *watch;
    pwwb_portal    *portal;
    pwwb_reply     *reply;
    pwwb_error     *err;
} host;

static pwwb_status
audit(void *ctx, const pwwb_audit_event *event)
{
    char   line[PWWB_AUDIT_LINE_SIZE];
    size_t len;

    (void)ctx;
    if (event->size != sizeof(*event) || pwwb_audit_print(event, line, sizeof(line), &len, NULL) != PWWB_OK)
        return PWWB_E_CALLBACK;
    audited++;
    return PWWB_OK;
}

static void
audit_key(void *ctx, int32_t use, uint64_t generation, pwwb_status status)
{
    (void)ctx;
    audited += use == PWWB_KEY_USE_SEAL && generation == 1 && status == PWWB_OK;
}

static void
hear(void *ctx, int32_t level, const char *room, const char *message)
{
    (void)ctx;
    logged += level >= 0 && room != NULL && message != NULL;
}

static pwwb_status
make_store(host *h, store *octets, int32_t half, pwwb_keystore **ret_store)
{
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = lock_key,
                                     .secret_len = sizeof(lock_key),
                                     .audit      = audit_key};
    pwwb_status           st = pwwb_keystore_new(&keystore_ops, octets, &options, ret_store, h->err);

    return st == PWWB_OK ? pwwb_keystore_put(*ret_store, h->keys, half, h->err) : st;
}

static pwwb_status
make_keys(host *h)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_status       st   = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &h->keys, h->err);

    if (st == PWWB_OK)
        st = make_store(h, &h->agent_octets, PWWB_HALF_AGENT, &h->agent_store);
    if (st == PWWB_OK)
        st = make_store(h, &h->portal_octets, PWWB_HALF_PORTAL, &h->portal_store);
    pwwb_keyring_free(h->keys);
    h->keys = NULL;
    if (st == PWWB_OK)
        st = pwwb_keystore_load(h->agent_store, &h->keys, h->err);
    if (st == PWWB_OK)
        st = pwwb_keyring_describe(h->keys, &info, h->err);
    must(info.half == PWWB_HALF_AGENT && info.epoch_count == 1, "keys in a store of its own", h->err);
    return st;
}

static pwwb_status
make_tables(host *h)
{
    pwwb_gate_options   calm = {.size = sizeof(calm), .most = 2, .clock = &clock_ops};
    pwwb_limits_options few  = {.size        = sizeof(few),
                                .per_account = 10,
                                .in_all      = 100,
                                .clock       = &clock_ops};
    pwwb_status         st   = pwwb_directory_new(&directory_ops, h, &h->directory, h->err);

    if (st == PWWB_OK)
        st = pwwb_anchors_new(&anchors_ops, h, &h->anchors, h->err);
    if (st == PWWB_OK)
        st = pwwb_journal_new(&journal_ops, h, &h->journal, h->err);
    if (st == PWWB_OK)
        st = pwwb_filter_new(&filter_ops, h, &h->filter, h->err);
    if (st == PWWB_OK)
        st = pwwb_limits_new(&few, &h->limits, h->err);
    if (st == PWWB_OK)
        st = pwwb_gate_new(&calm, &h->gate, h->err);
    pwwb_directory_set_gate(h->directory, h->gate);
    if (st == PWWB_OK)
        st = pwwb_transport_new(&transport_ops, &h->agent_end, &h->agent_side, h->err);
    if (st == PWWB_OK)
        st = pwwb_transport_new(&transport_ops, &h->portal_end, &h->portal_side, h->err);
    if (st == PWWB_OK)
        st = pwwb_transport_new(&transport_ops, &h->beats_end, &h->beats_side, h->err);
    return st;
}

static pwwb_status
make_agent(host *h)
{
    pwwb_filter *const filters[] = {h->filter};
    pwwb_writeback_options   judging   = {.size         = sizeof(judging),
                                          .clock        = &clock_ops,
                                          .filters      = filters,
                                          .filter_count = 1,
                                          .audit        = audit,
                                          .limits       = h->limits};
    pwwb_agent_options       options   = {.size        = sizeof(options),
                                          .keyring     = h->keys,
                                          .transport   = h->agent_side,
                                          .journal     = h->journal,
                                          .anchors     = h->anchors,
                                          .writeback   = &judging,
                                          .agent_id    = {0x0a},
                                          .heartbeat_s = 300};
    pwwb_status              st        = pwwb_agent_new(&options, &h->agent, h->err);

    if (st != PWWB_OK)
        return st;
    pwwb_agent_set_log(h->agent, hear, h);
    h->portal_end.agent = h->beats_end.agent = h->agent;
    return pwwb_agent_add_directory(h->agent, "", h->directory, h->err);
}

static pwwb_status
make_portal(host *h)
{
    pwwb_watch_options  watching = {.size = sizeof(watching), .clock = &clock_ops, .keyring = h->keys};
    pwwb_portal_options options  = {.size           = sizeof(options),
                                    .clock          = &clock_ops,
                                    .store          = h->portal_store,
                                    .audit          = audit,
                                    .audit_required = 1};
    pwwb_status         st       = pwwb_watch_new(&watching, &h->watch, h->err);

    options.watch = h->watch;
    if (st == PWWB_OK)
        st = pwwb_portal_new(NULL, &options, &h->portal, h->err);
    return st == PWWB_OK ? pwwb_reply_new(&h->reply, h->err) : st;
}

/* Asks for `word`, and looks at the answer and at the directory. */
static void
ask(host *h, const char *what, const char *word, int32_t code, int64_t limit)
{
    pwwb_claims claims = {.size      = sizeof(claims),
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_PASS_THROUGH,
                          .anchor    = {.kind = PWWB_ANCHOR_CLOUD, .guid = {0xc1}}};
    int64_t     is     = 0;
    int         is_set;
    pwwb_status st = pwwb_portal_call(h->portal, h->portal_side, &claims, (const uint8_t *)word,
                                      strlen(word), NULL, 0, 10000, h->reply, h->err);

    if (limit != 0 && pwwb_findings_get(pwwb_reply_findings(h->reply), 0, NULL, NULL, &is, NULL) != PWWB_OK)
        is = -1;
    is_set = strcmp(password, word) == 0 && code == PWWB_CODE_OK;
    must(st == PWWB_OK && pwwb_reply_code(h->reply) == code && is == limit
             && is_set == (pwwb_reply_outcome(h->reply) == PWWB_OUTCOME_SET),
         what, h->err);
}

static void
hear_heartbeat(host *h)
{
    pwwb_watch_info   report = {.size = sizeof(report)};
    pwwb_heartbeat      last   = {.size = sizeof(last)};
    pwwb_exchange_event event  = {.size = sizeof(event)};
    int32_t             state;
    int64_t             age_s;
    pwwb_status         st = pwwb_portal_serve(NULL, h->watch, h->beats_side, 1000, &event, h->err);

    if (st == PWWB_OK)
        st = pwwb_watch_describe(h->watch, &report, h->err);
    if (st == PWWB_OK)
        st = pwwb_watch_describe_agent(h->watch, 0, &last, &state, &age_s, h->err);
    must(st == PWWB_OK && report.agents_up == 1 && report.min_length == 8 && last.agent_id[0] == 0x0a,
         "a heartbeat", h->err);
}

static void
other_tables(host *h)
{
    pwwb_stream   *stream = NULL;
    pwwb_resolver *resolver = NULL;
    pwwb_keyring  *keys = NULL;
    pwwb_interest  waits = {.size = sizeof(waits)};
    uint8_t        buf[8];
    size_t         len   = 0;
    int64_t        in_ms = 0;

    must(pwwb_stream_new(&stream_ops, h, &stream, h->err) == PWWB_OK
             && pwwb_stream_write(stream, buf, 1, 0, h->err) == PWWB_OK
             && pwwb_stream_read(stream, buf, sizeof(buf), &len, 0, h->err) == PWWB_OK && len == 3
             && pwwb_stream_interest(stream, &waits, &in_ms, h->err) == PWWB_OK && in_ms == 1500
             && waits.directions == PWWB_READABLE,
         "a stream of its own", h->err);
    must(pwwb_resolver_new(&resolver_ops, h, &resolver, h->err) == PWWB_OK, "a resolver of its own", h->err);
    must(pwwb_keyring_new_host_key(tenant, lock_key, sizeof(lock_key), &unwrap_ops, h, &keys, h->err)
             == PWWB_E_CRYPTO,
         "a private key of its own, which is none", h->err);
    pwwb_stream_free(stream);
    pwwb_resolver_free(resolver);
}

static pwwb_status
open_stream(void *ctx, int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err)
{
    (void)timeout_ms;
    return pwwb_stream_new(&stream_ops, ctx, ret_stream, err);
}

static void
companions(host *h, const char *folder)
{
    pwwb_amqp_options to     = {.size       = sizeof(to),
                                .end        = PWWB_RELAY_PORTAL,
                                .user       = "portal",
                                .secret     = lock_key,
                                .secret_len = 1,
                                .open       = open_stream,
                                .open_ctx   = h,
                                .clock      = &clock_ops};
    pwwb_amqp_info  status = {.size = sizeof(status)};
    pwwb_space_info   info   = {.size = sizeof(info)};
    pwwb_amqp        *amqp = NULL;
    pwwb_journal     *journal = NULL;
    pwwb_space       *space = NULL;
    char              path[300];

    must(pwwb_amqp_new(&to, &amqp, h->err) == PWWB_OK
             && pwwb_amqp_describe(amqp, &status, h->err) == PWWB_OK && status.octets_in == 0,
         "libpwwb-amqp", h->err);
    (void)snprintf(path, sizeof(path), "%s/journal", folder);
    must(pwwb_journal_new_sqlite(path, &clock_ops, NULL, &journal, h->err) == PWWB_OK, "libpwwb-sqlite's journal",
         h->err);
    (void)snprintf(path, sizeof(path), "%s/space", folder);
    must(pwwb_space_open(path, PWWB_SPACE_WRITE, &space, h->err) == PWWB_OK
             && pwwb_space_describe(space, &info, h->err) == PWWB_OK && info.objects == 0,
         "libpwwb-sqlite's space", h->err);
    pwwb_amqp_free(amqp);
    pwwb_journal_free(journal);
    pwwb_space_free(space);
}

static void
drop(host *h)
{
    pwwb_agent_free(h->agent);
    pwwb_portal_free(h->portal);
    pwwb_watch_free(h->watch);
    pwwb_reply_free(h->reply);
    pwwb_transport_free(h->agent_side);
    pwwb_transport_free(h->portal_side);
    pwwb_transport_free(h->beats_side);
    pwwb_directory_free(h->directory);
    pwwb_anchors_free(h->anchors);
    pwwb_journal_free(h->journal);
    pwwb_filter_free(h->filter);
    pwwb_limits_free(h->limits);
    pwwb_gate_free(h->gate);
    pwwb_keyring_free(h->keys);
    pwwb_keystore_free(h->agent_store);
    pwwb_keystore_free(h->portal_store);
}

/* Eleven tables were given an end: three of a transport, two of a key store, one each of directory, anchors,
 * journal, filter, stream and resolver. */
enum { ENDS = 11 };

static host h;

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--made-of") == 0)
        return printf("%s\n", MADE_OF) < 0;
    if (argc != 2)
        return 2;
    h.err        = pwwb_error_new();
    h.agent_end  = (end){&h.requests, &h.requests, &h.replies, &h.beats, NULL, 0};
    h.portal_end = (end){&h.replies, &h.requests, &h.replies, &h.beats, NULL, 0};
    h.beats_end  = (end){&h.beats, &h.requests, &h.replies, &h.beats, NULL, 0};
    last_set_ms  = wall_ms(NULL) - 86400000;

    must(make_keys(&h) == PWWB_OK && make_tables(&h) == PWWB_OK && make_agent(&h) == PWWB_OK
             && make_portal(&h) == PWWB_OK,
         "a portal and an agent", h.err);
    if (wrong == 0) {
        hear_heartbeat(&h);
        ask(&h, "a password is set", "Correct-Horse-7", PWWB_CODE_OK, 0);
        ask(&h, "the same once more is refused", "Correct-Horse-7", PWWB_CODE_POLICY_HISTORY, 24);
        ask(&h, "a short one is refused", "aB1-", PWWB_CODE_POLICY_TOO_SHORT, 8);
        ask(&h, "its filter refuses", "Winter-Is-Cold-1", PWWB_CODE_POLICY_BANNED, 0);
        must(pwwb_agent_count(h.agent, PWWB_COUNT_SET) == 1 && h.agent_end.settled == 3, "what was counted", h.err);
        must(audited >= 8 && logged > 0, "what was heard", h.err);
        other_tables(&h);
        companions(&h, argv[1]);
    }
    drop(&h);
    must(destroyed == ENDS, "what was let go of", h.err);
    pwwb_error_free(h.err);
    return wrong != 0;
}
