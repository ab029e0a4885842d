/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 20 */
/* Messages counted on the wire: the transfers of AMQP that go out, seen by a tap above TLS; over the
 * RabbitMQ of the fixture. And the octets, of AMQP and with TLS, per password and per idle hour. */
#include "counting_stories.h"

#include <pwwb/amqp.h>

#include "live/amqp_tap.h"

#define IDLE_MS 65000 /* measured; an hour is so many times as much */

static const char *
setting(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

static int
holds(const uint8_t *octets, size_t len, const char *text)
{
    size_t i, text_len = strlen(text);

    for (i = 0; i + text_len <= len; i++)
        if (memcmp(octets + i, text, text_len) == 0)
            return 1;
    return 0;
}

/* The default names of pwwb_amqp_options. */
static int
tap_kind_of(const uint8_t *attach, size_t len)
{
    if (holds(attach, len, "/pwwb.req")) /* the queue, or the exchange before it */
        return FOR_AGENTS;
    if (holds(attach, len, "/pwwb.portals"))
        return ORDERS;
    return holds(attach, len, "/pwwb.heartbeats") ? BEATS : REPLIES;
}

static void
tap_transfer(int kind)
{
    counted[kind]++;
}

static pwwb_status
open_tapped(void *ctx, int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err)
{
    const pwwb_tls_options options = {.size    = sizeof(options),
                                      .ca_file = setting("RELAY_CA"),
                                      .name    = setting("RELAY_HOSTNAME")};
    pwwb_stream           *stream;
    pwwb_status            st;

    (void)ctx;
    (void)timeout_ms;
    st = pwwb_stream_new_tcp(setting("RELAY_ADDR"), atoi(setting("RELAY_PORT")), 0, &stream, err);
    if (st != PWWB_OK)
        return st;
    stream = tap_on(stream, &tap_wire, 0);
    st     = pwwb_stream_new_tls(stream, &options, 0, ret_stream, err);
    if (st != PWWB_OK) {
        pwwb_stream_free(stream);
        return st;
    }
    *ret_stream = tap_on(*ret_stream, &tap_plain, 1);
    return PWWB_OK;
}

static pwwb_transport *
counting_connect(int32_t end)
{
    int                     is_agent = end == PWWB_RELAY_AGENT;
    const char             *secret   = setting(is_agent ? "RELAY_AGENT_SECRET"
                                                        : "RELAY_PORTAL_SECRET");
    const pwwb_amqp_options options  = {
         .size       = sizeof(options),
         .end        = end,
         .host       = setting("RELAY_HOSTNAME"),
         .user       = setting(is_agent ? "RELAY_AGENT" : "RELAY_PORTAL"),
         .secret     = (const uint8_t *)secret,
         .secret_len = strlen(secret),
         .open       = open_tapped,
    };
    pwwb_transport *t = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_amqp(&options, &t, NULL));
    return t;
}

static tap_octets plain_before, wire_before;

/* What went over the wire since the last note, in all three connections. */
static void
counting_note(const char *what)
{
    if (what[0] != '\0')
        printf("# %s: %ld octets of AMQP out and in, %ld with TLS\n", what,
               tap_plain.out + tap_plain.in - plain_before.out - plain_before.in,
               tap_wire.out + tap_wire.in - wire_before.out - wire_before.in);
    plain_before = tap_plain;
    wire_before  = tap_wire;
}

/* Each end waits a while in its turn, and gets nothing. */
static void
idle(pwwb_transport *ends[3], int64_t ms)
{
    int64_t until = real_ms() + ms;
    int     i;

    for (i = 0; real_ms() < until; i = (i + 1) % 3) {
        uint8_t       buf[PWWB_ENVELOPE_MAX];
        pwwb_delivery d;

        CHECK_STATUS(PWWB_E_TIMEOUT, wb_transport_receive(ends[i], buf, sizeof(buf), &d, 100, NULL));
    }
}

static void
an_idle_connection_sends_no_message(void)
{
    pwwb_transport *ends[3];
    tap_octets      plain, wire;
    long            frames;
    int             i;

    for (i = 0; i < 3; i++)
        ends[i] = counting_connect(PWWB_RELAY_AGENT + i);
    idle(ends, 3000);
    memset(counted, 0, sizeof(counted));
    plain  = tap_plain;
    wire   = tap_wire;
    frames = tap_frames;
    idle(ends, IDLE_MS);
    printf("# idle for %d s, three connections: %ld frames out, %ld octets of AMQP, %ld with TLS\n",
           IDLE_MS / 1000, tap_frames - frames, tap_plain.out + tap_plain.in - plain.out - plain.in,
           tap_wire.out + tap_wire.in - wire.out - wire.in);
    printf("# an hour of one connection, scaled from that: %ld octets of AMQP, %ld with TLS\n",
           (tap_plain.out + tap_plain.in - plain.out - plain.in) * (3600000 / IDLE_MS) / 3,
           (tap_wire.out + tap_wire.in - wire.out - wire.in) * (3600000 / IDLE_MS) / 3);
    CHECK(tap_frames > frames); /* else the connection would be given up */
    check_counted(0, 0, 0);
    CHECK_INT(0, counted[BEATS]);
    for (i = 0; i < 3; i++)
        pwwb_transport_free(ends[i]);
}

int
main(void)
{
    counting_wait_ms = 400;
    RUN(keys_cost_two_messages_each_time);
    RUN(a_password_costs_two_messages_with_either_suite);
    RUN(one_heartbeat_goes_every_five_minutes_and_nothing_else);
    RUN(an_idle_connection_sends_no_message);
    return DONE;
}
