/* SPDX-License-Identifier: Apache-2.0 */
/* What the library fills. */
#include "sizes_world.h"

static pwwb_keyring   *keys;
static pwwb_directory *directory;
static pwwb_anchors   *anchors;
static pwwb_stream    *stream;
static pwwb_watch     *watch;
static pwwb_keystore  *stores[2];
static pwwb_exchange  *portal, *agent;
static uint8_t         beat[PWWB_ENVELOPE_MAX], order[PWWB_ENVELOPE_MAX];
static size_t          beat_len, order_len;

static const pwwb_anchor anchor = {.kind = PWWB_ANCHOR_SOURCE, .guid = {1}};

static pwwb_status
use_found(void *theirs)
{
    return pwwb_anchors_find(anchors, &anchor, 0, theirs, NULL);
}

static pwwb_status
use_account(void *theirs)
{
    pwwb_policy_rules rules = {.size = sizeof(rules)};

    return pwwb_directory_read(directory, world_id, 0, theirs, &rules, NULL);
}

static pwwb_status
use_rules(void *theirs)
{
    pwwb_account account = {.size = sizeof(account)};

    return pwwb_directory_read(directory, world_id, 0, &account, theirs, NULL);
}

static pwwb_status
use_result(void *theirs)
{
    pwwb_set set = {.size = sizeof(set), .guid = {1}, .kind = PWWB_SET_RESET, .password = world_key,
                    .password_len = 1};

    return pwwb_directory_set(directory, &set, 0, theirs, NULL);
}

static pwwb_status
use_pass(void *theirs)
{
    return pwwb_directory_changes(directory, NULL, 0, 0, world_each, NULL, theirs, NULL);
}

static pwwb_status
use_interest(void *theirs)
{
    int64_t in_ms;

    return pwwb_stream_interest(stream, theirs, &in_ms, NULL);
}

static pwwb_status
use_keyring_info(void *theirs)
{
    return pwwb_keyring_describe(keys, theirs, NULL);
}

static pwwb_status
use_epoch_info(void *theirs)
{
    return pwwb_keyring_describe_epoch(keys, 0, theirs, NULL);
}

static pwwb_status
use_heartbeat(void *theirs)
{
    return pwwb_heartbeat_open(keys, beat, beat_len, NULL, 0, WORLD_NOW_S, 60, theirs, NULL);
}

static pwwb_status
use_watched(void *theirs)
{
    int32_t state;
    int64_t age_s;

    return pwwb_watch_describe_agent(watch, 0, theirs, &state, &age_s, NULL);
}

static pwwb_status
use_report(void *theirs)
{
    return pwwb_watch_describe(watch, theirs, NULL);
}

/* Of an order that it has taken before: the same once more. */
static pwwb_status
use_event(void *theirs)
{
    uint8_t answer[PWWB_ENVELOPE_MAX];
    size_t  len;

    return pwwb_exchange_take(portal, order, order_len, answer, sizeof(answer), &len, theirs, NULL);
}

/* There is no preflight without a directory: but it looks at the item first. */
static pwwb_status
use_item(void *theirs)
{
    return pwwb_preflight_get(NULL, 0, theirs);
}

static uint8_t octets[2][PWWB_KEYRING_MAX];
static size_t  lens[2];

static pwwb_status
load(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, uint64_t *ret_version, pwwb_error *err)
{
    const int *which = ctx;

    (void)buf_size;
    if (lens[*which] == 0)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "");
    memcpy(buf, octets[*which], *ret_len = lens[*which]);
    memcpy(ret_version, &octets[*which][PWWB_KEYRING_MAX - sizeof(*ret_version)], sizeof(*ret_version));
    return PWWB_OK;
}

static pwwb_status
swap(void *ctx, uint64_t expected, const uint8_t *data, size_t len, pwwb_error *err)
{
    const int *which = ctx;

    (void)err;
    memcpy(octets[*which], data, lens[*which] = len);
    expected++;
    memcpy(&octets[*which][PWWB_KEYRING_MAX - sizeof(expected)], &expected, sizeof(expected));
    return PWWB_OK;
}

/* An agent's order to enable, by the portal's ticket. */
static int
make_order(void)
{
    static int               whose[2]  = {0, 1};
    const pwwb_keystore_ops  ops       = {.size = sizeof(ops), .load = load, .swap = swap};
    const pwwb_ticket        ticket    = {.size = sizeof(ticket), .tenant = {1}, .relay_address = "relay"};
    const pwwb_exchange_options fast   = {.size = sizeof(fast), .suite = PWWB_SUITE_X25519};
    char                     text[PWWB_TICKET_SIZE];
    size_t                   len;
    int                      wrong = 0;

    wrong += pwwb_keystore_new(&ops, &whose[0], &world_lock, &stores[0], NULL) != PWWB_OK;
    wrong += pwwb_keystore_new(&ops, &whose[1], &world_lock, &stores[1], NULL) != PWWB_OK;
    wrong += pwwb_exchange_new(stores[0], PWWB_HALF_PORTAL, NULL, &portal, NULL) != PWWB_OK;
    wrong += pwwb_exchange_new(stores[1], PWWB_HALF_AGENT, &fast, &agent, NULL) != PWWB_OK;
    wrong += pwwb_exchange_ticket(portal, &ticket, text, sizeof(text), &len, NULL) != PWWB_OK;
    wrong += pwwb_exchange_begin(agent, PWWB_EXCHANGE_ENABLE, text, len, NULL) != PWWB_OK;
    wrong += pwwb_exchange_step(agent, order, sizeof(order), &order_len, NULL) != PWWB_OK;
    return wrong;
}

static pwwb_status
changes(void *ctx, const uint8_t *mark, size_t mark_len, int64_t timeout_ms, pwwb_object_fn each, void *each_ctx,
        pwwb_pass *ret_pass, pwwb_error *err)
{
    (void)ctx, (void)mark, (void)mark_len, (void)timeout_ms, (void)each, (void)each_ctx, (void)err;
    ret_pass->is_last  = 1;
    ret_pass->permille = 1000;
    ret_pass->mark_len = 1;
    return PWWB_OK;
}

static pwwb_status
interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    (void)ctx, (void)ret_timeout_ms, (void)err;
    ret_interest->descriptor = 0;
    ret_interest->directions = PWWB_READABLE;
    return PWWB_OK;
}

int
sizes_begin_results(void)
{
    const pwwb_heartbeat     says = {.size = sizeof(says), WORLD_BEAT};
    const pwwb_watch_options how  = {.size = sizeof(how), .clock = &world_clock};
    pwwb_directory_ops       ops  = world_plain_directory;
    pwwb_stream_ops          both = world_plain_stream;
    int                      wrong = 0;

    ops.changes   = changes;
    both.interest = interest;
    wrong += pwwb_keyring_new(world_id, PWWB_SUITE_X25519, &keys, NULL) != PWWB_OK;
    wrong += pwwb_directory_new(&ops, NULL, &directory, NULL) != PWWB_OK;
    wrong += pwwb_anchors_new(&world_anchors, NULL, &anchors, NULL) != PWWB_OK;
    wrong += pwwb_stream_new(&both, NULL, &stream, NULL) != PWWB_OK;
    wrong += pwwb_watch_new(&how, &watch, NULL) != PWWB_OK;
    wrong += pwwb_heartbeat_seal(keys, &says, beat, sizeof(beat), &beat_len, NULL) != PWWB_OK;
    wrong += pwwb_watch_take(watch, keys, beat, beat_len, NULL) != PWWB_OK;
    return wrong + make_order();
}

void
sizes_end_results(void)
{
    size_t i;

    pwwb_exchange_free(agent);
    pwwb_exchange_free(portal);
    for (i = 0; i < 2; i++)
        pwwb_keystore_free(stores[i]);
    pwwb_watch_free(watch);
    pwwb_stream_free(stream);
    pwwb_anchors_free(anchors);
    pwwb_directory_free(directory);
    pwwb_keyring_free(keys);
}

static uint8_t         room[PWWB_MARK_MAX];
static const pwwb_pass pass = {.mark = room};

const sized sized_results[] = {
    FILLED(pwwb_account, controller, PWWB_OK, use_account, NULL),
    FILLED(pwwb_epoch_info, slot, PWWB_OK, use_epoch_info, NULL),
    FILLED(pwwb_exchange_event, generation, PWWB_OK, use_event, NULL),
    FILLED(pwwb_found, directory, PWWB_OK, use_found, NULL),
    FILLED(pwwb_heartbeat, reserved2, PWWB_OK, use_heartbeat, NULL),
    FILLED(pwwb_heartbeat, reserved2, PWWB_OK, use_watched, NULL),
    FILLED(pwwb_interest, reserved, PWWB_OK, use_interest, NULL),
    FILLED(pwwb_keyring_info, fingerprint, PWWB_OK, use_keyring_info, NULL),
    FILLED(pwwb_pass, mark_len, PWWB_OK, use_pass, &pass),
    FILLED(pwwb_policy_rules, source_dn, PWWB_OK, use_rules, NULL),
    FILLED(pwwb_preflight_item, samba_command, PWWB_E_INVALID_ARGUMENT, use_item, NULL),
    FILLED(pwwb_set_result, controller, PWWB_OK, use_result, NULL),
    FILLED(pwwb_watch_info, max_age_s, PWWB_OK, use_report, NULL),
    {0},
};
