/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 20 */
/* Messages counted between portal and agent, by a table around each end of the relay in this
 * process. */
#include "counting_stories.h"

static pwwb_relay *relay;

static pwwb_status
count_send(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_message m = *message;

    if (m.to[0] == '\0')
        counted[FOR_AGENTS]++;
    else if (strcmp(m.to, PWWB_ADDRESS_PORTALS) == 0)
        counted[ORDERS]++;
    else
        counted[strcmp(m.to, PWWB_ADDRESS_HEARTBEATS) == 0 ? BEATS : REPLIES]++;
    return wb_transport_send(ctx, &m, timeout_ms, err);
}

static pwwb_status
pass_receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery,
             int64_t timeout_ms, pwwb_error *err)
{
    return wb_transport_receive(ctx, buf, buf_size, ret_delivery, timeout_ms, err);
}

static pwwb_status
pass_settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    return wb_transport_settle(ctx, tag, verdict, timeout_ms, err);
}

/* One thread alone asks, and one end alone has one. */
static const char *
pass_address(void *ctx)
{
    static char address[PWWB_ADDRESS_SIZE];

    CHECK_STATUS(PWWB_OK, wb_transport_address(ctx, address, NULL));
    return address;
}

static void
pass_destroy(void *ctx)
{
    pwwb_transport_free(ctx);
}

static pwwb_transport *
counting_connect(int32_t end)
{
    static const pwwb_transport_ops ops = {
        .size    = sizeof(ops),
        .send    = count_send,
        .receive = pass_receive,
        .settle  = pass_settle,
        .address = pass_address,
        .destroy = pass_destroy,
    };
    pwwb_transport *inner = NULL, *t = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(relay, end, &inner, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new(&ops, inner, &t, NULL));
    return t;
}

static void
counting_note(const char *what)
{
    (void)what;
}

int
main(void)
{
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(100, NULL, NULL, &relay, NULL));
    RUN(keys_cost_two_messages_each_time);
    RUN(a_password_costs_two_messages_with_either_suite);
    RUN(one_heartbeat_goes_every_five_minutes_and_nothing_else);
    pwwb_relay_free(relay);
    return DONE;
}
