/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "exchange.h"
#include "ops.h"
#include "transport.h"

#define DEFAULT_TIMEOUT_MS 30000
#define SLICE_MS           200 /* how long a stop may go unnoticed */
#define KEY_PAUSE_MS       200 /* the same, when the private key cannot be used: others go first */

/* Keys as they are given, or as the exchange's store has them now. */
static pwwb_status
make_writeback(pwwb_agent *agent, const pwwb_agent_options *options, pwwb_error *err)
{
    pwwb_keyring *keyring = pwwb_keyring_ref(options->keyring);
    pwwb_status   st      = PWWB_OK;

    if (options->exchange != NULL)
        st = wb_exchange_load(options->exchange, &keyring, err);
    if (st == PWWB_OK)
        st = pwwb_writeback_new(keyring, options->writeback, &agent->writeback, err);
    if (st == PWWB_OK && options->exchange != NULL)
        agent->version = keyring->version;
    pwwb_keyring_free(keyring);
    return st;
}

pwwb_status
pwwb_agent_new(const pwwb_agent_options *options, pwwb_agent **ret_agent, pwwb_error *err)
{
    pwwb_agent_options ours;
    pwwb_agent        *agent;
    pwwb_status        st;

    wb_ok(err);
    if (ret_agent != NULL)
        *ret_agent = NULL;
    if (options == NULL || ret_agent == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "options and ret_agent must be given");

    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_agent_options, exchange), options);
    if (st != PWWB_OK)
        return wb_fail(err, st, "options of size %zu do not fit this library", options->size);
    if ((ours.keyring == NULL) == (ours.exchange == NULL) || ours.transport == NULL
        || ours.journal == NULL || ours.timeout_ms < 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "an agent needs a transport, a journal, and a keyring or an exchange");

    agent = calloc(1, sizeof(*agent));
    if (agent == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for an agent");

    st = make_writeback(agent, &ours, err);
    if (st != PWWB_OK) {
        free(agent);
        return st;
    }
    st = wb_agent_beat_join(agent, &ours, err);
    if (st != PWWB_OK) {
        pwwb_writeback_free(agent->writeback);
        free(agent);
        return st;
    }
    atomic_init(&agent->stop, 0);
    agent->transport  = ours.transport;
    agent->journal    = ours.journal;
    agent->anchors    = ours.anchors;
    agent->exchange   = ours.exchange;
    agent->timeout_ms = ours.timeout_ms > 0 ? ours.timeout_ms : DEFAULT_TIMEOUT_MS;
    *ret_agent        = agent;
    return PWWB_OK;
}

void
pwwb_agent_free(pwwb_agent *agent)
{
    if (agent == NULL)
        return;

    wb_agent_again_stop(agent);
    wb_agent_beat_free(agent);
    pwwb_writeback_free(agent->writeback);
    free(agent);
}

pwwb_status
pwwb_agent_add_directory(pwwb_agent *agent, const char *name, pwwb_directory *directory,
                         pwwb_error *err)
{
    wb_named_directory *d;
    size_t              i;
    pwwb_status         st;

    wb_ok(err);
    if (agent == NULL || name == NULL || directory == NULL || strlen(name) >= sizeof(d->name))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "agent, a short name and a directory");
    for (i = 0; i < agent->directory_count; i++)
        if (strcmp(agent->directories[i].name, name) == 0)
            return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a directory has that name");
    if (agent->directory_count == WB_AGENT_DIRECTORIES_MAX)
        return wb_fail(err, PWWB_E_FULL, "%d directories are the most", WB_AGENT_DIRECTORIES_MAX);
    st = wb_agent_beat_add(agent, name, err);
    if (st != PWWB_OK)
        return st;

    d = &agent->directories[agent->directory_count++];
    (void)snprintf(d->name, sizeof(d->name), "%s", name);
    d->directory = directory;
    return PWWB_OK;
}

void
pwwb_agent_set_log(pwwb_agent *agent, pwwb_log_fn log, void *ctx)
{
    agent->log = (wb_log){log, ctx};
}

static void
count(pwwb_agent *agent, int32_t counter)
{
    agent->counts[counter]++;
    wb_agent_beat_count(agent, counter);
}

static int32_t
counter_of(int32_t code)
{
    if (code == 0)
        return PWWB_COUNT_REPEATED;
    switch (pwwb_code_outcome(code)) {
    case PWWB_OUTCOME_NOT_SET:
        return PWWB_COUNT_NOT_SET;
    case PWWB_OUTCOME_UNKNOWN:
        return PWWB_COUNT_UNKNOWN;
    default:
        return PWWB_COUNT_SET;
    }
}

static pwwb_status
send_reply(pwwb_agent *agent, pwwb_error *err)
{
    const pwwb_claims *claims  = pwwb_writeback_claims(agent->writeback);
    pwwb_message       message = {.size = sizeof(message)};

    message.data       = pwwb_writeback_reply(agent->writeback, &message.len);
    message.expires_ms = claims->exp * 1000 + agent->writeback->skew_ms;
    memcpy(message.id, claims->cti, sizeof(message.id));
    memcpy(message.to, claims->reply_to, sizeof(message.to));
    return wb_transport_send(agent->transport, &message, agent->timeout_ms, err);
}

/* A message that cannot be opened gets no reply: only a sender with the tenant key may learn
 * anything. One for a key that is not here yet may be another agent's. */
static int32_t
unopened(pwwb_agent *agent, pwwb_status st, pwwb_error *err)
{
    count(agent, PWWB_COUNT_UNOPENED);
    wb_log_say(&agent->log, PWWB_LOG_WARN, "agent", "a message was not opened: %s",
               err != NULL ? pwwb_error_message(err) : pwwb_status_name(st));
    return st == PWWB_E_KEY_UNKNOWN ? PWWB_SETTLE_RELEASE : PWWB_SETTLE_REJECT;
}

/* Somebody else has it, or the journal; or the private key cannot be used now, and who can use his
 * goes first. */
static int32_t
put_back(pwwb_agent *agent)
{
    int why = agent->writeback->put_off;

    if (why == WB_PUT_OFF_KEY)
        agent->pause_ms = KEY_PAUSE_MS;
    if (why != 0)
        wb_log_say(&agent->log, PWWB_LOG_WARN, "agent", "%s now: a request was released",
                   why == WB_PUT_OFF_KEY ? "the private key cannot be used" : "the journal is busy");
    return PWWB_SETTLE_RELEASE;
}

/* Deal with one request: what becomes of its message. */
static int32_t
deal(pwwb_agent *agent, size_t len, pwwb_error *err)
{
    wb_tables   tables = {agent->journal, agent->anchors, agent->directories,
                          agent->directory_count};
    pwwb_status st     = pwwb_writeback_begin(agent->writeback, agent->buf, len, err);

    if (st == PWWB_E_KEY_UNKNOWN && wb_agent_keys_take(agent, len))
        return PWWB_SETTLE_ACCEPT;
    if (st == PWWB_E_KEY_UNKNOWN && wb_agent_keys_reload(agent))
        st = pwwb_writeback_begin(agent->writeback, agent->buf, len, err);
    if (st != PWWB_OK)
        return unopened(agent, st, err);

    st = wb_writeback_walk(agent->writeback, &tables, agent->timeout_ms, err);
    if (st != PWWB_OK) {
        wb_log_say(&agent->log, PWWB_LOG_WARN, "agent", "a request was given up: %s",
                   pwwb_status_name(st));
        return PWWB_SETTLE_RELEASE;
    }
    if (pwwb_writeback_need(agent->writeback) == PWWB_NEED_RELEASE)
        return put_back(agent);

    count(agent, counter_of(pwwb_writeback_code(agent->writeback)));
    wb_log_say(&agent->log, PWWB_LOG_INFO, "agent", "request answered: %s",
               pwwb_writeback_code(agent->writeback) != 0
                   ? pwwb_code_name(pwwb_writeback_code(agent->writeback))
                   : "from the journal");
    st = send_reply(agent, err);
    if (st != PWWB_OK)
        wb_log_say(&agent->log, PWWB_LOG_WARN, "agent", "the reply was not sent: %s",
                   pwwb_status_name(st));
    /* The reply is kept: when it did not go out, the message comes again and is answered then. */
    return st == PWWB_OK ? PWWB_SETTLE_ACCEPT : PWWB_SETTLE_RELEASE;
}

/* Wait in slices, so that a stop is noticed whatever the transport waits for. */
static pwwb_status
receive(pwwb_agent *agent, pwwb_delivery *delivery, int64_t timeout_ms, pwwb_error *err)
{
    int64_t     deadline = wb_deadline_in(&agent->writeback->clock, timeout_ms);
    int64_t     left, slice;
    pwwb_status st;

    do {
        if (atomic_load(&agent->stop)) {
            wb_agent_again_stop(agent);
            wb_agent_beat_leave(agent, 1);
            return wb_fail(err, PWWB_E_STOPPED, "a stop was asked for");
        }

        wb_agent_keys_step(agent);
        wb_agent_beat(agent);
        wb_agent_again_step(agent);
        left  = wb_deadline_left(&agent->writeback->clock, deadline);
        slice = wb_agent_again_wait(agent, left < 0 || left > SLICE_MS ? SLICE_MS : left);
        st    = wb_transport_receive(agent->transport, agent->buf, sizeof(agent->buf), delivery,
                                     slice, err);
    } while (st == PWWB_E_TIMEOUT && left != 0);
    if (st == PWWB_E_CLOSED)
        wb_agent_again_lost(agent);
    return st;
}

/* What is kept is settled when it is due. */
static void
settle(pwwb_agent *agent, uint64_t tag, int32_t verdict, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;

    if (verdict != WB_KEPT)
        st = wb_transport_settle(agent->transport, tag, verdict, agent->timeout_ms, err);
    if (st != PWWB_OK) /* it comes again; a transport that is gone says so when it is next asked */
        wb_log_say(&agent->log, PWWB_LOG_WARN, "agent", "a message was not settled: %s",
                   pwwb_status_name(st));
    if (verdict == PWWB_SETTLE_RELEASE)
        wb_agent_pause(agent->pause_ms);
    if (verdict == PWWB_SETTLE_RELEASE || verdict == WB_KEPT)
        count(agent, PWWB_COUNT_RELEASED);
}

static void
tell_unaudited(pwwb_agent *agent)
{
    uint64_t failed = agent->writeback->audit.failed;

    if (failed != agent->counts[PWWB_COUNT_UNAUDITED])
        wb_log_say(&agent->log, PWWB_LOG_WARN, "agent", "the host's audit did not take an event");
    agent->counts[PWWB_COUNT_UNAUDITED] = failed;
}

pwwb_status
pwwb_agent_step(pwwb_agent *agent, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_delivery delivery = {.size = sizeof(delivery)};
    int32_t       verdict;
    pwwb_status   st;

    wb_ok(err);
    if (agent == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "agent must be given");

    st = receive(agent, &delivery, timeout_ms, err);
    if (st != PWWB_OK)
        return st;

    count(agent, PWWB_COUNT_RECEIVED);
    agent->pause_ms = WB_PAUSE_MS;
    verdict         = deal(agent, delivery.len, err);
    pwwb_writeback_wipe(agent->writeback);
    tell_unaudited(agent);
    if (verdict == PWWB_SETTLE_RELEASE)
        verdict = wb_agent_again(agent, &delivery);
    else
        wb_agent_again_done(agent, &delivery);
    settle(agent, delivery.tag, verdict, err);
    wb_ok(err);
    return PWWB_OK;
}

pwwb_status
pwwb_agent_run(pwwb_agent *agent, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;

    while (st == PWWB_OK || st == PWWB_E_TIMEOUT)
        st = pwwb_agent_step(agent, -1, err);
    if (st != PWWB_E_STOPPED)
        return st;

    wb_ok(err);
    return PWWB_OK;
}

void
pwwb_agent_stop(pwwb_agent *agent)
{
    if (agent != NULL)
        atomic_store(&agent->stop, 1);
}

uint64_t
pwwb_agent_count(const pwwb_agent *agent, int32_t counter)
{
    return counter >= PWWB_COUNT_RECEIVED && counter <= PWWB_COUNT_UNAUDITED
               ? agent->counts[counter]
               : 0;
}
