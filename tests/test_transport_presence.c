/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 */
#include "transport.h"

#include "fake_transport.h"

/* What a transport may leave out, and what is made of it then. */

/* A table of the time before presence, and one that leaves it out. */
static void
without_presence_it_is_not_known_whether_an_agent_listens(void)
{
    struct fake_table  fake = {0};
    pwwb_transport_ops ops  = fake_ops;
    pwwb_transport    *transport;
    int32_t            agents = PWWB_YES;

    ops.size = offsetof(pwwb_transport_ops, presence);
    CHECK_STATUS(PWWB_OK, pwwb_transport_new(&ops, &fake, &transport, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_presence(transport, &agents, NULL));
    CHECK_INT(PWWB_MAYBE, agents);
    pwwb_transport_free(transport);
    ops.size     = sizeof(ops);
    ops.presence = NULL;
    agents       = PWWB_NO;
    CHECK_STATUS(PWWB_OK, pwwb_transport_new(&ops, &fake, &transport, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_presence(transport, &agents, NULL));
    CHECK_INT(PWWB_MAYBE, agents);
    pwwb_transport_free(transport);
}

static void
presence_is_one_of_three_answers_or_a_reason(void)
{
    struct fake_table fake      = {0};
    pwwb_transport   *transport = transport_over(&fake);
    int32_t           agents;

    for (fake.agents = PWWB_NO; fake.agents <= PWWB_MAYBE; fake.agents++) {
        CHECK_STATUS(PWWB_OK, wb_transport_presence(transport, &agents, NULL));
        CHECK_INT(fake.agents, agents);
    }
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_presence(transport, &agents, NULL));
    CHECK_INT(PWWB_MAYBE, agents);
    fake.agents = -1;
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_presence(transport, &agents, NULL));
    fake.agents = PWWB_YES;
    fake.fault  = (fake_fault){.nth = 1, .status = PWWB_E_AUTH};
    CHECK_STATUS(PWWB_E_AUTH, wb_transport_presence(transport, &agents, NULL));
    CHECK_INT(PWWB_MAYBE, agents);
    pwwb_transport_free(transport);
}

static void
whether_it_was_redelivered_is_not_known_unless_it_is_told(void)
{
    struct fake_table fake      = {.answer = {.len = 1}, .redelivered_before = -1};
    pwwb_transport   *transport = transport_over(&fake);
    pwwb_delivery     delivery;
    uint8_t           buf[16];
    int32_t           i;

    for (i = PWWB_NO; i <= PWWB_MAYBE; i++) {
        fake.answer.is_redelivered = i;
        CHECK_STATUS(PWWB_OK, wb_transport_receive(transport, buf, 16, &delivery, 0, NULL));
        CHECK_INT(i, delivery.is_redelivered);
        CHECK_INT(PWWB_MAYBE, fake.redelivered_before);
    }
    fake.answer.is_redelivered = 3;
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_receive(transport, buf, 16, &delivery, 0, NULL));
    fake.answer.is_redelivered = -1;
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_receive(transport, buf, 16, &delivery, 0, NULL));
    pwwb_transport_free(transport);
}

static void
a_message_is_kept_where_the_table_can(void)
{
    struct fake_table  fake      = {0};
    pwwb_transport    *transport = transport_over(&fake);
    pwwb_transport_ops ops       = fake_ops;

    CHECK_STATUS(PWWB_OK, wb_transport_hold(transport, 7, NULL));
    CHECK_INT(7, (intmax_t)fake.tag);
    fake.fault = (fake_fault){.nth = 1, .status = PWWB_E_FULL};
    CHECK_STATUS(PWWB_E_FULL, wb_transport_hold(transport, 7, NULL));
    fake.fault = (fake_fault){.nth = 1, .status = 42};
    CHECK_STATUS(PWWB_E_CALLBACK, wb_transport_hold(transport, 7, NULL));
    pwwb_transport_free(transport);
    ops.size = offsetof(pwwb_transport_ops, hold);
    CHECK_STATUS(PWWB_OK, pwwb_transport_new(&ops, &fake, &transport, NULL));
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED, wb_transport_hold(transport, 7, NULL));
    pwwb_transport_free(transport);
}

int
main(void)
{
    RUN(a_message_is_kept_where_the_table_can);
    RUN(without_presence_it_is_not_known_whether_an_agent_listens);
    RUN(presence_is_one_of_three_answers_or_a_reason);
    RUN(whether_it_was_redelivered_is_not_known_unless_it_is_told);
    return DONE;
}
