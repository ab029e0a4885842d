/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_ROUTES_H
#define CONTRACT_ROUTES_H

/* Who gets what, and in which order. */

#include "contract.h"

static inline void
a_request_goes_to_an_agent_and_its_reply_to_the_portal(void)
{
    ct_scene s;
    ct_taken request;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "request");
    request = ct_takes(s.agent, "request");
    ct_sends(s.agent, s.address, "reply");
    ct_settles(&request, PWWB_SETTLE_ACCEPT);
    ct_gets(s.portal, "reply");
    ct_quiet(s.portal, s.agent);
    ct_tear_down(&s);
}

static inline void
requests_wait_while_no_agent_is_there(void)
{
    ct_scene s;

    ct_set_up(&s, 0);
    ct_sends(s.portal, "", "waits");
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    ct_gets(s.agent, "waits");
    ct_tear_down(&s);
}

static inline void
the_order_of_one_sender_is_kept(void)
{
    ct_scene s;
    char     text[12];
    int      i;

    ct_set_up(&s, 1);
    for (i = 0; i < 50; i++) {
        snprintf(text, sizeof(text), "n%d", i);
        ct_sends(s.portal, "", text);
    }
    for (i = 0; i < 50; i++) {
        snprintf(text, sizeof(text), "n%d", i);
        ct_gets(s.agent, text);
    }
    ct_tear_down(&s);
}

#define CT_PORTALS 3

static inline void
a_portal_has_an_address_of_its_own_and_an_agent_none(void)
{
    ct_scene        s;
    pwwb_transport *portals[CT_PORTALS];
    char            addresses[CT_PORTALS][PWWB_ADDRESS_SIZE], none[PWWB_ADDRESS_SIZE];
    int             i, k;

    ct_set_up(&s, 1);
    CHECK_STATUS(PWWB_OK, wb_transport_address(s.agent, none, NULL));
    CHECK_STR("", none);
    for (i = 0; i < CT_PORTALS; i++) {
        portals[i] = ct_connect(PWWB_RELAY_PORTAL);
        CHECK_STATUS(PWWB_OK, wb_transport_address(portals[i], addresses[i], NULL));
        CHECK(addresses[i][0] != '\0');
        CHECK(strcmp(addresses[i], PWWB_ADDRESS_PORTALS) != 0);
        CHECK(strcmp(addresses[i], s.address) != 0);
        for (k = 0; k < i; k++)
            CHECK(strcmp(addresses[i], addresses[k]) != 0);
    }
    for (i = 0; i < CT_PORTALS; i++)
        pwwb_transport_free(portals[i]);
    ct_tear_down(&s);
}

static inline void
each_portal_gets_its_own_replies_alone(void)
{
    ct_scene        s;
    pwwb_transport *portals[CT_PORTALS];
    char            address[PWWB_ADDRESS_SIZE], text[12];
    int             i, k;

    ct_set_up(&s, 1);
    for (i = 0; i < CT_PORTALS; i++)
        portals[i] = ct_connect(PWWB_RELAY_PORTAL);
    for (k = 0; k < 4; k++)
        for (i = 0; i < CT_PORTALS; i++) {
            CHECK_STATUS(PWWB_OK, wb_transport_address(portals[i], address, NULL));
            snprintf(text, sizeof(text), "%d for %d", k, i);
            ct_sends(s.agent, address, text);
        }
    for (i = 0; i < CT_PORTALS; i++) {
        for (k = 0; k < 4; k++) {
            snprintf(text, sizeof(text), "%d for %d", k, i);
            ct_gets(portals[i], text);
        }
        ct_quiet(portals[i], s.portal);
        pwwb_transport_free(portals[i]);
    }
    ct_tear_down(&s);
}

static inline void
an_order_goes_to_one_of_the_portals(void)
{
    ct_scene        s;
    pwwb_transport *a, *b;
    ct_taken        taken;

    ct_set_up(&s, 1);
    a = ct_connect(PWWB_RELAY_PORTALS);
    b = ct_connect(PWWB_RELAY_PORTALS);
    ct_sends(s.agent, PWWB_ADDRESS_PORTALS, "order");
    taken = ct_any_takes(a, b, "order");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_quiet(a, b);
    ct_quiet(s.portal, s.agent);
    pwwb_transport_free(a);
    pwwb_transport_free(b);
    ct_tear_down(&s);
}

/* What one agent holds delays only what has no other taker. */
static inline void
agents_compete_and_a_slow_one_holds_one_message_up(void)
{
    ct_scene s;
    ct_taken held, taken;
    char     text[12];
    int      i, seen[20] = {0}, wrong = 0;

    ct_set_up(&s, 2);
    for (i = 0; i < 20; i++) {
        snprintf(text, sizeof(text), "c%d", i);
        ct_sends(s.portal, "", text);
    }
    CHECK_STATUS(PWWB_OK, ct_take(s.agent, &held, ct->long_ms));
    for (i = 0; i < 19 && ct_take(s.other, &taken, ct->long_ms) == PWWB_OK; i++) {
        seen[atoi(taken.text + 1)]++;
        ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    }
    CHECK_INT(19, i);
    seen[atoi(held.text + 1)]++;
    ct_settles(&held, PWWB_SETTLE_ACCEPT);
    for (i = 0; i < 20; i++)
        wrong += seen[i] != 1;
    CHECK_INT(0, wrong);
    ct_quiet(s.agent, s.other);
    ct_tear_down(&s);
}

static inline void
ct_run_routes(void)
{
    RUN(a_request_goes_to_an_agent_and_its_reply_to_the_portal);
    RUN(requests_wait_while_no_agent_is_there);
    RUN(the_order_of_one_sender_is_kept);
    RUN(a_portal_has_an_address_of_its_own_and_an_agent_none);
    RUN(each_portal_gets_its_own_replies_alone);
    RUN(an_order_goes_to_one_of_the_portals);
    RUN(agents_compete_and_a_slow_one_holds_one_message_up);
}

#endif /* CONTRACT_ROUTES_H */
