/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

#include <string.h>

#include "crypto.h"
#include "exchange.h"
#include "transport.h"

#define STEP_MS  1000
#define LIFE_MS  300000 /* of an order on the relay; it is sent again sooner */

static const char *
text_of(pwwb_error *err, pwwb_status st)
{
    return err != NULL ? pwwb_error_message(err) : pwwb_status_name(st);
}

/* The writeback goes on with what the store has now. */
static int
adopt(pwwb_agent *agent, pwwb_error *err)
{
    pwwb_keyring *keyring = NULL;
    pwwb_status   st      = wb_exchange_load(agent->exchange, &keyring, err);
    int           is_new  = st == PWWB_OK && keyring->version != agent->version;

    if (st != PWWB_OK)
        wb_log_say(&agent->log, PWWB_LOG_WARN, "keys", "not loaded: %s", text_of(err, st));
    if (is_new && pwwb_writeback_set_keyring(agent->writeback, keyring, NULL) == PWWB_OK) {
        agent->version = keyring->version;
        wb_log_say(&agent->log, PWWB_LOG_INFO, "keys", "generation %llu of %zu that open",
                   (unsigned long long)keyring->generation, keyring->epoch_count);
    }
    pwwb_keyring_free(keyring);
    return is_new;
}

int
wb_agent_keys_reload(pwwb_agent *agent)
{
    pwwb_error *err;
    int64_t     now;
    int         is_new;

    if (agent->exchange == NULL)
        return 0;

    now = wb_clock_monotonic_ms(&agent->writeback->clock);
    if (agent->reloaded_ms != 0 && now - agent->reloaded_ms < STEP_MS)
        return 0;

    agent->reloaded_ms = now;
    err                = pwwb_error_new();
    is_new             = adopt(agent, err);
    pwwb_error_free(err);
    return is_new;
}

static void
send_to_portals(pwwb_agent *agent, const uint8_t *data, size_t len, pwwb_error *err)
{
    pwwb_message message = {.size = sizeof(message), .data = data, .len = len};
    pwwb_status  st;

    wb_random(message.id, sizeof(message.id));
    memcpy(message.to, PWWB_ADDRESS_PORTALS, sizeof(PWWB_ADDRESS_PORTALS));
    message.expires_ms = wb_clock_wall_ms(&agent->writeback->clock) + LIFE_MS;
    st = wb_transport_send(agent->transport, &message, agent->timeout_ms, err);
    if (st != PWWB_OK) /* it is sent again when its time comes */
        wb_log_say(&agent->log, PWWB_LOG_WARN, "keys", "an order was not sent: %s",
                   text_of(err, st));
}

void
wb_agent_keys_step(pwwb_agent *agent)
{
    uint8_t     order[PWWB_ENVELOPE_MAX];
    size_t      len = 0;
    pwwb_error *err;
    int64_t     now;
    pwwb_status st;

    if (agent->exchange == NULL)
        return;

    now = wb_clock_monotonic_ms(&agent->writeback->clock);
    if (agent->stepped_ms != 0 && now - agent->stepped_ms < STEP_MS)
        return;

    agent->stepped_ms = now;
    err               = pwwb_error_new();
    st = pwwb_exchange_step(agent->exchange, order, sizeof(order), &len, err);
    if (st != PWWB_OK)
        wb_log_say(&agent->log, PWWB_LOG_WARN, "keys", "what is due was not done: %s",
                   text_of(err, st));
    else if (agent->exchange->seen_version != agent->version)
        (void)adopt(agent, err);
    if (len > 0)
        send_to_portals(agent, order, len, err);
    pwwb_error_free(err);
}

static const char *
name_of(int32_t kind)
{
    static const char *const names[] = {"nothing", "enable", "roll over", "disable", "revoke"};

    return names[kind >= 0 && kind <= PWWB_EXCHANGE_REVOKE ? kind : 0];
}

int
wb_agent_keys_take(pwwb_agent *agent, size_t len)
{
    uint8_t             answer[PWWB_ENVELOPE_MAX];
    pwwb_exchange_event event      = {.size = sizeof(event)};
    size_t              answer_len = 0;
    pwwb_error         *err;
    pwwb_status         st;

    if (agent->exchange == NULL)
        return 0;

    err = pwwb_error_new();
    st  = pwwb_exchange_take(agent->exchange, agent->buf, len, answer, sizeof(answer), &answer_len,
                             &event, err);
    if (st == PWWB_OK) {
        wb_log_say(&agent->log, PWWB_LOG_INFO, "keys", "%s: the portal's code is %d%s",
                   name_of(event.kind), (int)event.code, event.is_repeat ? ", again" : "");
        (void)adopt(agent, err);
    }
    if (answer_len > 0)
        send_to_portals(agent, answer, answer_len, err);
    pwwb_error_free(err);
    return st == PWWB_OK;
}
