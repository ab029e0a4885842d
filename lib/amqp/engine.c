/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include <proton/connection.h>
#include <proton/logger.h>
#include <proton/session.h>
#include <proton/transport.h>
#include <sodium.h>
#include <string.h>

#include "events.h"
#include "fail.h"

pwwb_status
wb_amqp_engine_make(wb_amqp_engine *engine, const wb_amqp_options *options, pwwb_error *err)
{
    size_t letters = wb_amqp_receiver_count(options->of.end) * (size_t)options->of.credit;

    if (options->of.end == PWWB_RELAY_AGENT)
        letters *= 2; /* what comes while an answer is on its way */

    memset(engine, 0, sizeof(*engine));
    engine->options = options;
    if (wb_amqp_inbox_make(&engine->inbox, letters) != 0)
        return wb_amqp_fail(err, PWWB_E_NO_MEMORY, "no memory for messages");
    return PWWB_OK;
}

void
wb_amqp_engine_drop(wb_amqp_engine *engine)
{
    wb_amqp_engine_stop(engine);
    wb_amqp_inbox_drop(&engine->inbox);
}

void
wb_amqp_engine_end(wb_amqp_engine *engine, pwwb_status status, const char *why)
{
    if (engine->state == WB_AMQP_ENDED)
        return;

    engine->state  = WB_AMQP_ENDED;
    engine->status = status;
    engine->why    = why;
}

static void
say_nothing(intptr_t ctx, pn_log_subsystem_t subsystem, pn_log_level_t level, const char *text)
{
    (void)ctx;
    (void)subsystem;
    (void)level;
    (void)text;
}

/* Qpid Proton would trace to stderr what PN_TRACE_FRM and its like in the environment ask for. */
static void
silence(pn_transport_t *transport)
{
    pn_logger_t *logger = pn_transport_logger(transport);

    pn_logger_reset_mask(logger, PN_SUBSYSTEM_ALL, PN_LEVEL_ALL);
    pn_logger_set_log_sink(logger, say_nothing, 0);
}

/* A name of its own for every connection: a broker may take a second one of that name for the first. */
static void
name_connection(pn_connection_t *connection)
{
    uint8_t bits[16];
    char    name[33];

    randombytes_buf(bits, sizeof(bits));
    pn_connection_set_container(connection,
                                sodium_bin2hex(name, sizeof(name), bits, sizeof(bits)));
}

pwwb_status
wb_amqp_engine_start(wb_amqp_engine *engine, pwwb_error *err)
{
    const wb_amqp_options *options = engine->options;
    pn_connection_t       *connection;

    if (pn_connection_driver_init(&engine->driver, NULL, NULL) != 0)
        return wb_amqp_fail(err, PWWB_E_NO_MEMORY, "no memory for an AMQP connection");

    connection = engine->driver.connection;
    silence(engine->driver.transport);
    pn_transport_set_max_frame(engine->driver.transport, WB_AMQP_FRAME_MAX);
    pn_transport_set_idle_timeout(engine->driver.transport, (pn_millis_t)options->of.idle_ms);
    name_connection(connection);
    if (options->of.host != NULL)
        pn_connection_set_hostname(connection, options->of.host);
    pn_connection_open(connection);
    wb_amqp_links_open(&engine->links, options, connection);
    (void)pn_connection_driver_bind(&engine->driver);

    wb_amqp_frames_begin(&engine->frames);
    wb_amqp_sasl_begin(&engine->sasl, options->init, options->init_len);
    engine->generation++;
    engine->state = WB_AMQP_OPENING;
    return PWWB_OK;
}

void
wb_amqp_engine_stop(wb_amqp_engine *engine)
{
    if (engine->state == WB_AMQP_STOPPED)
        return;

    wb_amqp_flights_end(&engine->flights, PWWB_E_CONNECT, PWWB_E_CLOSED);
    wb_amqp_inbox_empty(&engine->inbox);
    memset(&engine->links, 0, sizeof(engine->links));
    pn_connection_driver_destroy(&engine->driver);
    engine->state = WB_AMQP_STOPPED;
}

/* One frame, which has passed. */
static void
pass(wb_amqp_engine *engine)
{
    const uint8_t *at  = engine->frames.octets;
    size_t         len = engine->frames.len;

    while (len > 0 && engine->state != WB_AMQP_ENDED) {
        pn_rwbytes_t room = pn_connection_driver_read_buffer(&engine->driver);
        size_t       some = len < room.size ? len : room.size;

        if (some == 0) {
            wb_amqp_events(engine);
            wb_amqp_engine_end(engine, PWWB_E_CLOSED, "the broker ended the connection");
            return;
        }
        memcpy(room.start, at, some);
        pn_connection_driver_read_done(&engine->driver, some);
        wb_amqp_events(engine);
        at += some;
        len -= some;
    }
}

static void
feed(wb_amqp_engine *engine, const uint8_t *data, size_t len)
{
    size_t taken;
    int    is_whole = 1;

    for (; is_whole > 0 && engine->state != WB_AMQP_ENDED; data += taken, len -= taken) {
        is_whole = wb_amqp_frames_take(&engine->frames, data, len, &taken);
        if (is_whole < 0
            || (is_whole > 0 && wb_amqp_frames_check(&engine->frames, &engine->links) != 0)) {
            wb_amqp_engine_end(engine, PWWB_E_CLOSED, "the broker broke AMQP's protocol");
            return;
        }
        if (is_whole > 0) {
            pass(engine);
            engine->frames.len = 0;
        }
    }
}

void
wb_amqp_engine_in(wb_amqp_engine *engine, const uint8_t *data, size_t len)
{
    const char *why   = NULL;
    size_t      taken = 0;

    if (!engine->sasl.is_done) {
        pwwb_status st = wb_amqp_sasl_in(&engine->sasl, data, len, &taken, &why);

        if (st != PWWB_OK) {
            wb_amqp_engine_end(engine, st, why);
            return;
        }
    }
    if (engine->sasl.is_done)
        feed(engine, data + taken, len - taken);
}

wb_amqp_octets
wb_amqp_engine_out(wb_amqp_engine *engine)
{
    pn_bytes_t pending;

    if (engine->sasl.out.len > 0 || !engine->sasl.is_done)
        return engine->sasl.out;

    pending = pn_connection_driver_write_buffer(&engine->driver);
    wb_amqp_events(engine);
    return (wb_amqp_octets){(const uint8_t *)pending.start, pending.size};
}

void
wb_amqp_engine_took(wb_amqp_engine *engine, size_t len)
{
    if (engine->sasl.out.len > 0) {
        engine->sasl.out.p += len;
        engine->sasl.out.len -= len;
        return;
    }
    (void)pn_connection_driver_write_done(&engine->driver, len);
    wb_amqp_events(engine);
}

static int64_t
sooner(int64_t a, int64_t b)
{
    if (a <= 0 || b <= 0)
        return a > b ? a : b;
    return a < b ? a : b;
}

int64_t
wb_amqp_engine_tick(wb_amqp_engine *engine, int64_t now_ms)
{
    int64_t next = wb_amqp_flights_tick(&engine->flights, now_ms);

    if (engine->flights.forgotten > PWWB_AMQP_CREDIT_MAX)
        wb_amqp_engine_end(engine, PWWB_E_CLOSED, "the broker does not say what it did with messages");
    if (engine->sasl.is_done) {
        next = sooner(next, pn_transport_tick(engine->driver.transport, now_ms));
        wb_amqp_events(engine);
    }
    return next > 0 ? next : -1;
}

void
wb_amqp_engine_close(wb_amqp_engine *engine)
{
    pn_connection_close(engine->driver.connection);
    engine->state = WB_AMQP_LEAVING;
}

/* The places are checked before anything is begun: what is begun gets an outcome. */
static pwwb_status
check(const pwwb_message *message, pwwb_error *err)
{
    if (message->data == NULL || message->len == 0)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "a message has at least one octet");
    if (message->len > PWWB_ENVELOPE_MAX)
        return wb_amqp_fail(err, PWWB_E_TOO_LARGE, "a message of %zu octets", message->len);
    if (memchr(message->to, 0, sizeof(message->to)) == NULL
        || memchr(message->reply_to, 0, sizeof(message->reply_to)) == NULL
        || !wb_amqp_is_destination(message->to)
        || (message->reply_to[0] != '\0' && !wb_amqp_is_name(message->reply_to)))
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT,
                            "a message goes to the agents, the portals, or a portal's name");
    return PWWB_OK;
}

static pwwb_status
encode(const wb_amqp_engine *engine, const pwwb_message *message, int64_t now_ms,
       wb_amqp_writer *out, pwwb_error *err)
{
    char             reply_to[WB_AMQP_ADDRESS_SIZE];
    wb_amqp_envelope envelope = {.now_ms = now_ms};

    envelope.is_durable = strcmp(message->to, PWWB_ADDRESS_HEARTBEATS) != 0;
    if (message->reply_to[0] != '\0') {
        wb_amqp_address_of(engine->options, message->reply_to, reply_to);
        envelope.reply_to = reply_to;
    }
    if (wb_amqp_message_write(out, message, &envelope) != 0)
        return wb_amqp_fail(err, PWWB_E_TOO_LARGE, "a message that does not fit");
    return PWWB_OK;
}

/* When its outcome is told at the latest: its own time, on the other clock; but a broker has some
 * time to answer. */
static int64_t
deadline_of(const wb_amqp_engine *engine, const pwwb_message *message, int64_t wall_ms)
{
    int64_t now  = wb_amqp_now_ms(engine->options);
    int64_t left = message->expires_ms > wall_ms ? message->expires_ms - wall_ms : 0;

    if (left < engine->options->of.connect_ms)
        left = engine->options->of.connect_ms;
    return left > INT64_MAX - now ? INT64_MAX : now + left;
}

/* An agent that answers has a place free soon: the broker may fill it while it takes the answer. */
static void
ask_for_next(wb_amqp_engine *engine, const pwwb_message *answer)
{
    wb_amqp_receiver *receiver = &engine->links.receivers[0];

    if (engine->options->of.end == PWWB_RELAY_AGENT && wb_amqp_is_name(answer->to)
        && receiver->lent < wb_amqp_inbox_handed(&engine->inbox))
        wb_amqp_links_lend(receiver);
}

pwwb_status
wb_amqp_engine_send(wb_amqp_engine *engine, const pwwb_message *message, uint64_t *ret_ticket,
                    pwwb_error *err)
{
    uint8_t         octets[PWWB_ENVELOPE_MAX + 1024];
    wb_amqp_writer  out     = {.buf = octets, .size = sizeof(octets)};
    int64_t         wall_ms = wb_amqp_wall_ms(engine->options);
    wb_amqp_flight *flight  = wb_amqp_flight_new(&engine->flights);
    wb_amqp_sender *sender;
    uint64_t        ticket = engine->flights.tickets + 1;
    pwwb_status     st     = check(message, err);

    if (st == PWWB_OK)
        st = encode(engine, message, wall_ms, &out, err);
    if (st != PWWB_OK)
        return st;
    if (flight == NULL)
        return wb_amqp_fail(err, PWWB_E_FULL, "too many messages are on their way");
    sender = wb_amqp_links_sender(&engine->links, engine->options, message->to);
    if (sender == NULL)
        return wb_amqp_fail(err, PWWB_E_FULL, "no link is free for another address");

    flight->delivery = pn_delivery(sender->link, pn_dtag((const char *)&ticket, sizeof(ticket)));
    if (flight->delivery == NULL)
        return wb_amqp_fail(err, PWWB_E_NO_MEMORY, "no memory for a message");

    flight->ticket      = ++engine->flights.tickets;
    flight->deadline_ms = deadline_of(engine, message, wall_ms);
    pn_delivery_set_context(flight->delivery, flight);
    (void)pn_link_send(sender->link, (const char *)octets, out.len);
    (void)pn_link_advance(sender->link);
    ask_for_next(engine, message);
    *ret_ticket = ticket;
    return PWWB_OK;
}

static uint64_t
disposition_of(int32_t verdict)
{
    switch (verdict) {
    case PWWB_SETTLE_ACCEPT:
        return PN_ACCEPTED;
    case PWWB_SETTLE_REJECT:
        return PN_REJECTED;
    default:
        return PN_RELEASED;
    }
}

/* Out of the host's hands: the delivery, and the credit of its place. NULL = no such tag. */
static pn_delivery_t *
take_back(wb_amqp_engine *engine, uint64_t tag)
{
    wb_amqp_letter *letter = wb_amqp_inbox_find(&engine->inbox, tag);
    pn_delivery_t  *delivery;

    if (letter == NULL)
        return wb_amqp_inbox_unhold(&engine->inbox, tag);

    delivery         = letter->delivery;
    letter->delivery = NULL;
    wb_amqp_links_owe(&engine->links, engine->options, pn_delivery_link(delivery));
    return delivery;
}

static pwwb_status
no_such_tag(pwwb_error *err)
{
    return wb_amqp_fail(err, PWWB_E_NOT_FOUND, "no message of this connection has that tag");
}

pwwb_status
wb_amqp_engine_settle(wb_amqp_engine *engine, uint64_t tag, int32_t verdict, pwwb_error *err)
{
    pn_delivery_t *delivery;

    if (verdict < PWWB_SETTLE_ACCEPT || verdict > PWWB_SETTLE_REJECT)
        return wb_amqp_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is no verdict", (int)verdict);
    delivery = take_back(engine, tag);
    if (delivery == NULL)
        return no_such_tag(err);

    pn_delivery_update(delivery, disposition_of(verdict));
    pn_delivery_settle(delivery);
    return PWWB_OK;
}

pwwb_status
wb_amqp_engine_hold(wb_amqp_engine *engine, uint64_t tag, pwwb_error *err)
{
    wb_amqp_letter *letter = wb_amqp_inbox_find(&engine->inbox, tag);
    pn_delivery_t  *delivery;

    if (letter == NULL)
        return no_such_tag(err);
    delivery = letter->delivery;
    if (wb_amqp_inbox_hold(&engine->inbox, letter) != 0)
        return wb_amqp_fail(err, PWWB_E_FULL, "%d messages are held already", WB_AMQP_HELD_MAX);

    wb_amqp_links_owe(&engine->links, engine->options, pn_delivery_link(delivery));
    return PWWB_OK;
}
