/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
/* What whoever has a side's keys can send to the other side. */
#include "exchange_rules.h"
#include "exchanges.h"

/* Signed by the agents' identity, but its bundle's public key is none. Were it another status than
 * MALFORMED, a transport would bring it again and again. */
static void
an_order_whose_public_key_is_none_is_refused_for_good(void)
{
    ex_world            w;
    ex_message          m = {0}, back;
    pwwb_exchange_event event;
    pwwb_keyring       *agent, *portal;
    wb_order            order;
    uint8_t             digest[WB_SHA256_SIZE];

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    agent = ex_keys(&w.agent);
    portal = ex_keys(&w.portal);
    wb_agent_order(agent, &order);
    order.suite = PWWB_SUITE_RSA;
    CHECK_STATUS(PWWB_OK, wb_order_seal(&order, agent->keys->identity, m.octets, sizeof(m.octets),
                                        &m.len, digest, NULL));
    CHECK_STATUS(PWWB_E_MALFORMED, ex_take(&w.portal, &m, &back, &event));
    CHECK_INT(0, back.len);
    CHECK_INT((intmax_t)portal->version, (intmax_t)w.portal_store.version);
    pwwb_keyring_free(agent);
    pwwb_keyring_free(portal);
    ex_drop(&w);
}

/* "Stale", with a newest generation after which there is none. */
static void
an_answer_that_leaves_no_generation_does_not_break_the_agents_store(void)
{
    int back_from;

    for (back_from = 0; back_from < 4; back_from++) {
        ex_world            w;
        ex_message          order, answer = {0}, none;
        pwwb_exchange_event event;
        pwwb_keyring       *agent;
        wb_control          control = {.kind = WB_CONTROL_ANSWER, .code = PWWB_EXCHANGE_STALE};
        wb_order            o;
        int                 turn;

        ex_make(&w);
        ex_enable(&w);
        CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
        order = ex_step(&w.agent);
        CHECK(order.len > 0);
        agent = ex_keys(&w.agent);
        wb_agent_order(agent, &o);
        CHECK_STATUS(PWWB_OK, wb_order_seal(&o, agent->keys->identity, order.octets,
                                            sizeof(order.octets), &order.len, control.digest,
                                            NULL));
        memcpy(control.id, agent->party.order.id, sizeof(control.id));
        control.generation = WB_GENERATION_MAX - (uint64_t)back_from;
        answer.len = wb_control_seal(&control, agent->epochs[0].keys->control, agent->tenant,
                                     answer.octets, sizeof(answer.octets));
        pwwb_keyring_free(agent);
        CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &answer, &none, &event));
        for (turn = 0; turn < 3; turn++) { /* it goes on, as well as it can */
            ex_pass(&w, 200 * DAY_MS);
            (void)ex_step(&w.agent);
            agent = ex_keys(&w.agent);
            CHECK(agent != NULL);
            pwwb_keyring_free(agent);
        }
        ex_drop(&w);
    }
}

int
main(void)
{
    RUN(an_order_whose_public_key_is_none_is_refused_for_good);
    RUN(an_answer_that_leaves_no_generation_does_not_break_the_agents_store);
    return DONE;
}
