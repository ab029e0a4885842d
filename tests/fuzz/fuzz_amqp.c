/* SPDX-License-Identifier: Apache-2.0 */
/* parses: amqp/frames.c amqp/performative.c amqp/events.c amqp/inbox.c */
/* A broker that has taken the password and attached the links, and then says anything. Each message
 * has one outcome all the same. The first octet tells which end this is, and how the rest is cut. */
#include <pwwb/policy.h>

#include "amqp/engine.h"
#include "amqp_peer.h"
#include "fuzz.h"

static int64_t now_ms;

static int64_t
tell(void *ctx)
{
    (void)ctx;
    return now_ms;
}

static const pwwb_clock_ops clock_ops = {
    .size = sizeof(pwwb_clock_ops), .wall_ms = tell, .monotonic_ms = tell,
};

static pwwb_status
no_way(void *ctx, int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err)
{
    (void)ctx;
    (void)timeout_ms;
    (void)ret_stream;
    return pwwb_error_set(err, PWWB_E_CONNECT, "there is none");
}

/* An end of each kind, and what a broker says to it until all its links are attached. */
static struct {
    wb_amqp_options options;
    uint8_t         said[8192];
    size_t          said_len;
} ends[3];

static void
drain(wb_amqp_engine *engine, amqp_peer *peer)
{
    wb_amqp_octets out = wb_amqp_engine_out(engine);

    while (out.len > 0) {
        if (peer != NULL)
            peer_in(peer, out.p, out.len);
        wb_amqp_engine_took(engine, out.len);
        out = wb_amqp_engine_out(engine);
    }
}

/* A broker does not answer what it was not told: SASL ends within these 56 octets. */
static void
hear(wb_amqp_engine *engine, const uint8_t *said, size_t len)
{
    drain(engine, NULL);
    wb_amqp_engine_in(engine, said, 56);
    drain(engine, NULL);
    wb_amqp_engine_in(engine, said + 56, len - 56);
    drain(engine, NULL);
}

static void
prepare(int32_t end)
{
    static const amqp_script script  = {.credit = 10};
    static wb_amqp_engine    engine;
    static amqp_peer         peer;
    pwwb_amqp_options        options = {.size       = sizeof(options),
                                        .end        = end,
                                        .credit     = 2,
                                        .user       = "user",
                                        .secret     = (const uint8_t *)"secret",
                                        .secret_len = 6,
                                        .name       = "p1",
                                        .open       = no_way,
                                        .clock      = &clock_ops};
    uint8_t                 *said    = ends[end - 1].said;
    size_t                   len     = 0, some;

    FUZZ_CHECK(wb_amqp_options_make(&ends[end - 1].options, &options, NULL) == PWWB_OK);
    FUZZ_CHECK(wb_amqp_engine_make(&engine, &ends[end - 1].options, NULL) == PWWB_OK);
    FUZZ_CHECK(wb_amqp_engine_start(&engine, NULL) == PWWB_OK);
    peer_make(&peer, &script);
    do {
        drain(&engine, &peer);
        some = peer_out(&peer, said + len, sizeof(ends[0].said) - len);
        wb_amqp_engine_in(&engine, said + len, some);
        len += some;
    } while (some > 0);
    FUZZ_CHECK(engine.state == WB_AMQP_OPEN);
    ends[end - 1].said_len = len;
    wb_amqp_engine_drop(&engine);
    peer_drop(&peer);
}

static void
hold(wb_amqp_engine *engine, uint64_t tag)
{
    int         is_full = engine->inbox.held_count == WB_AMQP_HELD_MAX;
    pwwb_status st      = wb_amqp_engine_hold(engine, tag, NULL);

    FUZZ_CHECK(st == (is_full ? PWWB_E_FULL : PWWB_OK));
}

/* Take what came, and hold or settle it, or both, or neither. */
static void
take(wb_amqp_engine *engine)
{
    wb_amqp_letter *letter;

    while ((letter = wb_amqp_inbox_next(&engine->inbox)) != NULL) {
        uint64_t tag     = letter->tag;
        int32_t  verdict = 1 + (int32_t)(tag % 3);
        size_t   kind    = letter->len % 4;

        FUZZ_CHECK(letter->len > 0 && letter->len <= PWWB_ENVELOPE_MAX);
        letter->is_handed = 1;
        if (kind >= 2)
            hold(engine, tag);
        if (kind % 2 == 0)
            continue;
        FUZZ_CHECK(wb_amqp_engine_settle(engine, tag, verdict, NULL) == PWWB_OK);
        FUZZ_CHECK(wb_amqp_engine_settle(engine, tag, verdict, NULL) == PWWB_E_NOT_FOUND);
    }
}

static size_t
send_two(wb_amqp_engine *engine)
{
    pwwb_message m     = {.size       = sizeof(m),
                          .data       = (const uint8_t *)"x",
                          .len        = 1,
                          .expires_ms = now_ms + 3000};
    uint64_t     ticket;
    size_t       count = 0;

    if (engine->state != WB_AMQP_OPEN)
        return 0;
    count += wb_amqp_engine_send(engine, &m, &ticket, NULL) == PWWB_OK;
    memcpy(m.to, "p2", 3);
    count += wb_amqp_engine_send(engine, &m, &ticket, NULL) == PWWB_OK;
    return count;
}

static void
run(wb_amqp_engine *engine, const uint8_t *data, size_t size, size_t step)
{
    size_t      sent = 0, told = 0;
    uint64_t    ticket;
    pwwb_status status;

    while (size > 0 && engine->state != WB_AMQP_ENDED) {
        size_t some = step < size ? step : size;

        sent += send_two(engine);
        drain(engine, NULL);
        wb_amqp_engine_in(engine, data, some);
        take(engine);
        now_ms += 700;
        (void)wb_amqp_engine_tick(engine, now_ms);
        data += some;
        size -= some;
    }
    FUZZ_CHECK(engine->state != WB_AMQP_ENDED || engine->why != NULL);
    FUZZ_CHECK((engine->state == WB_AMQP_ENDED) == (engine->status != PWWB_OK));
    drain(engine, NULL);
    wb_amqp_engine_stop(engine);
    for (; wb_amqp_flights_take(&engine->flights, &ticket, &status) == 0; told++)
        FUZZ_CHECK(ticket > 0 && ticket <= sent);
    FUZZ_CHECK(told == sent);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static wb_amqp_engine engine;
    int32_t               end;

    fuzz_begin();
    now_ms = 1000000;
    for (end = 1; end <= 3; end++)
        if (ends[end - 1].said_len == 0)
            prepare(end);
    if (size < 1)
        return 0;

    end = data[0] % 3;
    FUZZ_CHECK(wb_amqp_engine_make(&engine, &ends[end].options, NULL) == PWWB_OK);
    FUZZ_CHECK(wb_amqp_engine_start(&engine, NULL) == PWWB_OK);
    hear(&engine, ends[end].said, ends[end].said_len);
    FUZZ_CHECK(engine.state == WB_AMQP_OPEN);
    run(&engine, data + 1, size - 1, (size_t)data[0] / 3 * 4 + 1);
    wb_amqp_engine_drop(&engine);
    return 0;
}
