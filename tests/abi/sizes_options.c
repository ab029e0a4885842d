/* SPDX-License-Identifier: Apache-2.0 */
/* Options, and what else is given to the library. */
#include "sizes_world.h"

static pwwb_keyring   *keys;
static pwwb_keystore  *store;
static pwwb_exchange  *exchange;
static pwwb_transport *transport;
static pwwb_journal   *journal;
static pwwb_directory *directory;
static pwwb_policy    *policy;
static pwwb_stream    *stream;

static pwwb_agent_options  agent_options;
static pwwb_policy_rules   rules = {.size = sizeof(rules), .source = PWWB_POLICY_HOST};
static const uint8_t       word[] = "Correct-Horse-7";
static uint8_t             sealed[PWWB_ENVELOPE_MAX];

static const pwwb_claims claims = {.operation = PWWB_OPERATION_RESET_SELF,
                                   .origin    = PWWB_FROM_RESET_PORTAL,
                                   .actor     = PWWB_ACTOR_USER,
                                   .user_type = PWWB_USER_PASS_THROUGH,
                                   .anchor    = {.kind = PWWB_ANCHOR_SOURCE, .guid = {1}},
                                   .tenant    = {1},
                                   .cti       = {2},
                                   .iat       = WORLD_NOW_S,
                                   .exp       = WORLD_NOW_S + 100};

/* Makes a handle of options and lets go of it. */
#define MAKES(what, call) \
    static pwwb_status use_##what(void *theirs) \
    { \
        pwwb_##what *made; \
        pwwb_status  st = call; \
        pwwb_##what##_free(made); \
        return st; \
    }

MAKES(agent, pwwb_agent_new(theirs, &made, NULL))
MAKES(portal, pwwb_portal_new(keys, theirs, &made, NULL))
MAKES(watch, pwwb_watch_new(theirs, &made, NULL))
MAKES(writeback, pwwb_writeback_new(keys, theirs, &made, NULL))
MAKES(exchange, pwwb_exchange_new(store, PWWB_HALF_AGENT, theirs, &made, NULL))
MAKES(keystore, pwwb_keystore_new(&world_keystore, NULL, theirs, &made, NULL))
MAKES(gate, pwwb_gate_new(theirs, &made, NULL))
MAKES(limits, pwwb_limits_new(theirs, &made, NULL))
MAKES(policy, pwwb_policy_new(theirs, &made, NULL))
MAKES(directory, pwwb_directory_new_ldap(theirs, &made, NULL))

static pwwb_status
use_tls(void *theirs)
{
    pwwb_stream *made;

    return pwwb_stream_new_tls(stream, theirs, 0, &made, NULL);
}

static pwwb_status
use_account(void *theirs)
{
    int32_t verdict;

    return pwwb_policy_check(policy, theirs, PWWB_SET_RESET, word, sizeof(word) - 1, NULL, &verdict, NULL);
}

static pwwb_status
use_claims(void *theirs)
{
    size_t len;

    return pwwb_request_seal(keys, theirs, word, sizeof(word) - 1, NULL, 0, sealed, sizeof(sealed), &len, NULL);
}

static pwwb_status
use_ticket(void *theirs)
{
    char   text[PWWB_TICKET_SIZE];
    size_t len;

    return pwwb_exchange_ticket(exchange, theirs, text, sizeof(text), &len, NULL);
}

static pwwb_status
use_heartbeat(void *theirs)
{
    size_t len;

    return pwwb_heartbeat_seal(keys, theirs, sealed, sizeof(sealed), &len, NULL);
}

static pwwb_status
use_event(void *theirs)
{
    char   line[PWWB_AUDIT_LINE_SIZE];
    size_t len;

    return pwwb_audit_print(theirs, line, sizeof(line), &len, NULL);
}

static pwwb_status
use_set(void *theirs)
{
    pwwb_set_result result = {.size = sizeof(result)};
    pwwb_status     st     = pwwb_directory_set(directory, theirs, 0, &result, NULL);

    return st == PWWB_OK && result.code != PWWB_CODE_OK ? PWWB_E_STATE : st;
}

static pwwb_status
use_entry(void *theirs)
{
    pwwb_writeback_options options = {.size = sizeof(options), .clock = &world_clock};
    pwwb_claims            who     = claims;
    pwwb_writeback        *made;
    size_t                 len;
    pwwb_status            st = pwwb_writeback_new(keys, &options, &made, NULL);

    who.size = sizeof(who);
    if (st == PWWB_OK)
        st = pwwb_request_seal(keys, &who, word, sizeof(word) - 1, NULL, 0, sealed, sizeof(sealed), &len, NULL);
    if (st == PWWB_OK)
        st = pwwb_writeback_begin(made, sealed, len, NULL);
    if (st == PWWB_OK)
        st = pwwb_writeback_claimed(made, theirs, NULL, 0, NULL);
    pwwb_writeback_free(made);
    return st;
}

static const void *told;

static pwwb_status
changes(void *ctx, const uint8_t *mark, size_t mark_len, int64_t timeout_ms, pwwb_object_fn each, void *each_ctx,
        pwwb_pass *ret_pass, pwwb_error *err)
{
    (void)ctx, (void)mark, (void)mark_len, (void)timeout_ms;
    ret_pass->is_last  = 1;
    ret_pass->mark_len = 1;
    ret_pass->permille = 1000;
    return each(each_ctx, told, err);
}

static pwwb_status
use_object(void *theirs)
{
    static uint8_t room[PWWB_MARK_MAX];
    pwwb_pass      pass = {.size = sizeof(pass), .mark = room};

    told = theirs;
    return pwwb_directory_changes(directory, NULL, 0, 0, world_each, NULL, &pass, NULL);
}

int
sizes_begin(void)
{
    pwwb_directory_ops ops   = world_plain_directory;
    int                wrong = 0;

    ops.changes = changes;
    wrong += pwwb_keyring_new(world_id, PWWB_SUITE_X25519, &keys, NULL) != PWWB_OK;
    wrong += pwwb_keystore_new(&world_keystore, NULL, &world_lock, &store, NULL) != PWWB_OK;
    wrong += pwwb_exchange_new(store, PWWB_HALF_PORTAL, NULL, &exchange, NULL) != PWWB_OK;
    wrong += pwwb_transport_new(&world_transport, NULL, &transport, NULL) != PWWB_OK;
    wrong += pwwb_journal_new_memory(1, NULL, NULL, &journal, NULL) != PWWB_OK;
    wrong += pwwb_directory_new(&ops, NULL, &directory, NULL) != PWWB_OK;
    wrong += pwwb_policy_new(&rules, &policy, NULL) != PWWB_OK;
    wrong += pwwb_stream_new(&world_plain_stream, NULL, &stream, NULL) != PWWB_OK;
    agent_options = (pwwb_agent_options){.keyring = keys, .transport = transport, .journal = journal};
    return wrong;
}

void
sizes_end(void)
{
    pwwb_stream_free(stream);
    pwwb_policy_free(policy);
    pwwb_directory_free(directory);
    pwwb_journal_free(journal);
    pwwb_transport_free(transport);
    pwwb_exchange_free(exchange);
    pwwb_keystore_free(store);
    pwwb_keyring_free(keys);
}

static const pwwb_account     account   = {.kind = PWWB_ACCOUNT_PERSON};
static const pwwb_limits_options limits = {.per_account = 1};
static const pwwb_gate_options gate     = {.most = 1};
static const pwwb_ticket      ticket    = {.tenant = {1}, .relay_address = "relay", .relay_credential = "secret"};
static const pwwb_heartbeat   beat      = {WORLD_BEAT};
static const pwwb_audit_event event     = {.side = PWWB_AUDIT_PORTAL, .stage = PWWB_AUDIT_BEFORE};
static const pwwb_set         set       = {.guid = {1}, .kind = PWWB_SET_RESET, .password = word, .password_len = 5};
static const pwwb_journal_entry       entry     = {.state = PWWB_ENTRY_NEW, .password_last_set_ms = -1};
static const pwwb_object      object    = {.change = PWWB_CHANGE_GONE, .object_class = PWWB_OBJECT_USER, .guid = {1}};

const sized sized_options[] = {
    GIVEN(pwwb_account, controller, PWWB_OK, use_account, &account),
    GIVEN(pwwb_agent_options, exchange, PWWB_OK, use_agent, &agent_options),
    GIVEN(pwwb_audit_event, controller, PWWB_OK, use_event, &event),
    GIVEN(pwwb_claims, reply_to, PWWB_OK, use_claims, &claims),
    GIVEN(pwwb_journal_entry, since_ms, PWWB_OK, use_entry, &entry),
    GIVEN(pwwb_exchange_options, relay_ctx, PWWB_OK, use_exchange, NULL),
    GIVEN(pwwb_gate_options, clock_ctx, PWWB_OK, use_gate, &gate),
    GIVEN(pwwb_heartbeat, reserved2, PWWB_OK, use_heartbeat, &beat),
    GIVEN(pwwb_keystore_options, audit_ctx, PWWB_OK, use_keystore, &world_lock),
    GIVEN(pwwb_ldap_options, policy_dn, PWWB_E_INVALID_ARGUMENT, use_directory, NULL),
    GIVEN(pwwb_limits_options, clock_ctx, PWWB_OK, use_limits, &limits),
    {"pwwb_object", sizeof(pwwb_object), UP_TO(pwwb_object, master_sid_len), 0, PWWB_OK, PWWB_E_CALLBACK, use_object,
     &object},
    GIVEN(pwwb_policy_rules, source_dn, PWWB_OK, use_policy, &rules),
    GIVEN(pwwb_portal_options, store, PWWB_OK, use_portal, NULL),
    GIVEN(pwwb_set, old_password_len, PWWB_OK, use_set, &set),
    GIVEN(pwwb_ticket, relay_credential, PWWB_OK, use_ticket, &ticket),
    GIVEN(pwwb_tls_options, name, PWWB_E_INVALID_ARGUMENT, use_tls, NULL),
    GIVEN(pwwb_watch_options, reserved, PWWB_OK, use_watch, NULL),
    GIVEN(pwwb_writeback_options, filter_count, PWWB_OK, use_writeback, NULL),
    {0},
};
