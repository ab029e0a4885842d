/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 10 18 20 22 */
#include "exchanges.h"

#include "faults.h"
#include "octets.h"

static void
a_ticket_enables_a_tenant_in_two_messages(void)
{
    ex_world          w;
    pwwb_keyring_info agent, portal;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_INT(1, ex_info(&w.portal).has_ticket);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_INT(PWWB_TENANT_PENDING, ex_info(&w.agent).state);
    CHECK_INT(PWWB_EXCHANGE_WAITING, ex_round(&w));
    CHECK_INT(0, ex_step(&w.agent).len); /* no third message */

    agent  = ex_info(&w.agent);
    portal = ex_info(&w.portal);
    CHECK_INT(PWWB_TENANT_ENABLED, agent.state);
    CHECK_INT(PWWB_TENANT_PENDING, portal.state);
    CHECK_INT(0, portal.has_ticket);
    CHECK_STR(agent.fingerprint, portal.fingerprint);
    CHECK_INT(19, strlen(agent.fingerprint));
    CHECK_STATUS(PWWB_E_KEY_INACTIVE, ex_request(&w)); /* nobody has compared it yet */
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    CHECK_INT(PWWB_TENANT_ENABLED, ex_info(&w.portal).state);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
both_suites_are_enabled_alike(void)
{
    ex_world w;

    ex_make(&w);
    w.suite = PWWB_SUITE_RSA;
    ex_side_restart(&w, &w.agent);
    ex_enable(&w);
    CHECK_INT(PWWB_SUITE_RSA, ex_epoch(&w.portal, 0).suite);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
a_fingerprint_is_taken_as_people_type_it_and_another_is_not(void)
{
    ex_world w;
    char     typed[64], other[PWWB_FINGERPRINT_SIZE];
    size_t   i, at = 0;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_E_STATE, pwwb_exchange_confirm(w.portal.exchange, "x", 1, NULL));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_INT(PWWB_EXCHANGE_WAITING, ex_round(&w));

    memcpy(other, ex_info(&w.portal).fingerprint, sizeof(other));
    for (i = 0; other[i] != '\0'; i++) /* small letters, spaces, no dashes */
        if (other[i] != '-')
            at += (size_t)snprintf(typed + at, sizeof(typed) - at, "%c%s",
                                   other[i] >= 'A' ? other[i] - 'A' + 'a' : other[i],
                                   i % 3 == 0 ? " " : "");
    other[7] = other[7] == '7' ? '8' : '7';
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC,
                 pwwb_exchange_confirm(w.portal.exchange, other, strlen(other), NULL));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC,
                 pwwb_exchange_confirm(w.portal.exchange, typed, at - 3, NULL));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, pwwb_exchange_confirm(w.portal.exchange, "", 0, NULL));
    CHECK_INT(PWWB_TENANT_PENDING, ex_info(&w.portal).state);
    CHECK_STATUS(PWWB_OK, pwwb_exchange_confirm(w.portal.exchange, typed, at, NULL));
    CHECK_INT(PWWB_TENANT_ENABLED, ex_info(&w.portal).state);
    CHECK_STATUS(PWWB_OK, pwwb_exchange_confirm(w.portal.exchange, typed, at, NULL));
    ex_drop(&w);
}

static void
identical_resends_are_answered_again_and_change_nothing(void)
{
    ex_world            w;
    ex_message          order, again, answer, answer2, none;
    pwwb_exchange_event event;
    uint64_t            version;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_INT(0, ex_step(&w.agent).len); /* not before its time */
    ex_pass(&w, 30000);
    again = ex_step(&w.agent);
    CHECK(again.len == order.len);
    CHECK(memcmp(again.octets, order.octets, order.len) != 0); /* sealed anew each time */

    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_INT(0, event.is_repeat);
    version = ex_info(&w.portal).version;
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal2, &again, &answer2, &event));
    CHECK_INT(1, event.is_repeat);
    CHECK_INT(PWWB_EXCHANGE_WAITING, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer2, &event));
    CHECK_INT((intmax_t)version, (intmax_t)ex_info(&w.portal).version);

    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &answer2, &none, &event));
    CHECK_INT(0, event.is_repeat);
    version = ex_info(&w.agent).version;
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent2, &answer, &none, &event));
    CHECK_INT(1, event.is_repeat);
    CHECK_INT((intmax_t)version, (intmax_t)ex_info(&w.agent).version);
    ex_drop(&w);
}

static void
keys_roll_and_the_old_ones_open_for_an_hour(void)
{
    ex_world      w;
    ex_message    late;
    pwwb_keyring *cached, *agent;
    int64_t       now_s;

    ex_make(&w);
    ex_enable(&w);
    cached = ex_keys(&w.portal2); /* an instance that has not looked since */
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_STATUS(PWWB_OK, ex_request(&w)); /* while it is under way */
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_INT(2, ex_epoch(&w.portal, 0).generation);
    CHECK_INT(PWWB_EPOCH_ACTIVE, ex_epoch(&w.portal, 0).state);
    CHECK_INT(PWWB_EPOCH_OPEN_ONLY, ex_epoch(&w.portal, 1).state);
    CHECK_INT(PWWB_EPOCH_ACTIVE, ex_epoch(&w.agent, 0).state);
    CHECK_INT(PWWB_EPOCH_OPEN_ONLY, ex_epoch(&w.agent, 1).state);
    CHECK_STATUS(PWWB_OK, ex_request(&w));

    ex_pass(&w, PWWB_KEY_CACHE_MAX_MS); /* the longest that it may go on so */
    now_s = w.clock.wall_ms / 1000;
    CHECK_STATUS(PWWB_OK, ex_seal(cached, now_s, &late));
    ex_pass(&w, 300000);
    (void)ex_step(&w.agent);
    agent = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_open(agent, &late, now_s + 300));
    pwwb_keyring_free(agent);

    ex_pass(&w, HOUR_MS);
    (void)ex_step(&w.agent);
    (void)ex_step(&w.portal);
    CHECK_INT(1, (intmax_t)ex_info(&w.agent).epoch_count);
    CHECK_INT(1, (intmax_t)ex_info(&w.portal).epoch_count);
    agent = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_open(agent, &late, now_s));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    pwwb_keyring_free(agent);
    pwwb_keyring_free(cached);
    ex_drop(&w);
}

static void
keys_roll_by_themselves_every_six_months(void)
{
    ex_world w;

    ex_make(&w);
    ex_enable(&w);
    ex_pass(&w, 182 * DAY_MS - 1000);
    CHECK_INT(0, ex_step(&w.agent).len);
    ex_pass(&w, 2000);
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_INT(2, ex_epoch(&w.agent, 0).generation);
    CHECK_INT(0, ex_step(&w.agent).len);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
of_two_agents_one_leads_and_the_other_goes_on_when_it_dies(void)
{
    ex_world            w;
    ex_message          order, answer, none;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    ex_pass(&w, 182 * DAY_MS + 1000);
    CHECK(ex_step(&w.agent).len > 0);
    CHECK_INT(0, ex_step(&w.agent2).len);
    ex_pass(&w, 60000);
    CHECK_INT(0, ex_step(&w.agent2).len);
    ex_pass(&w, 60000); /* the first one is dead, its lease over */
    order = ex_step(&w.agent2);
    CHECK(order.len > 0);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &answer, &none, &event)); /* whoever hears it */
    CHECK_INT(2, (intmax_t)ex_epoch(&w.agent2, 0).generation);
    CHECK_INT(PWWB_EPOCH_ACTIVE, ex_epoch(&w.agent2, 0).state);
    CHECK_INT(0, ex_step(&w.agent2).len);
    ex_drop(&w);
}

static void
relay_credentials_alternate_between_two_slots(void)
{
    ex_world       w;
    pwwb_keyring  *keyring;
    const uint8_t *secret;
    int32_t        slot;
    size_t         len;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    keyring = ex_keys(&w.agent);
    secret  = pwwb_keyring_relay_secret(keyring, &slot, &len);
    CHECK_MEM("bootstrap-credential", 20, secret, len);
    CHECK_INT(-1, slot);
    pwwb_keyring_free(keyring);

    CHECK_INT(PWWB_EXCHANGE_WAITING, ex_round(&w));
    keyring = ex_keys(&w.agent);
    secret  = pwwb_keyring_relay_secret(keyring, &slot, &len);
    CHECK_INT(1, slot);
    CHECK_MEM(w.slots[1], strlen(w.slots[1]), secret, len);
    CHECK_INT(43, (intmax_t)len);
    pwwb_keyring_free(keyring);
    CHECK_STR("", w.slots[0]);
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));

    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    keyring = ex_keys(&w.agent);
    secret  = pwwb_keyring_relay_secret(keyring, &slot, &len);
    CHECK_INT(0, slot);
    CHECK_MEM(w.slots[0], strlen(w.slots[0]), secret, len);
    CHECK(strcmp(w.slots[0], w.slots[1]) != 0);
    CHECK(w.slots[1][0] != '\0'); /* agents that have not looked yet are still let in */
    pwwb_keyring_free(keyring);

    ex_pass(&w, 2 * HOUR_MS);
    (void)ex_step(&w.agent);
    CHECK_STR("", w.slots[1]);
    CHECK(w.slots[0][0] != '\0');
    keyring = ex_keys(&w.portal);
    CHECK(pwwb_keyring_relay_secret(keyring, NULL, &len) == NULL); /* the agents' side alone */
    pwwb_keyring_free(keyring);
    ex_drop(&w);
}

static void
disabling_tells_the_portal_and_lets_what_is_under_way_be_opened(void)
{
    ex_world            w;
    ex_message          under_way, order, answer, none;
    pwwb_exchange_event event;
    pwwb_keyring       *keyring;
    int64_t             now_s;

    ex_make(&w);
    ex_enable(&w);
    now_s   = w.clock.wall_ms / 1000;
    keyring = ex_keys(&w.portal);
    CHECK_STATUS(PWWB_OK, ex_seal(keyring, now_s, &under_way));
    pwwb_keyring_free(keyring);

    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_DISABLE));
    CHECK_INT(PWWB_TENANT_DISABLING, ex_info(&w.agent).state);
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_DISABLE, event.kind);
    CHECK_INT(PWWB_EXCHANGE_DONE, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal2, &order, &answer, &event)); /* its answer was lost */
    CHECK_INT(1, event.is_repeat);
    CHECK_INT(PWWB_EXCHANGE_DONE, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &answer, &none, &event));
    CHECK_INT(PWWB_TENANT_DISABLED, ex_info(&w.agent).state);
    CHECK_INT(PWWB_TENANT_DISABLED, ex_info(&w.portal).state);
    CHECK_STATUS(PWWB_E_KEY_INACTIVE, ex_request(&w));

    keyring = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_open(keyring, &under_way, now_s));
    pwwb_keyring_free(keyring);
    ex_pass(&w, 2 * HOUR_MS);
    (void)ex_step(&w.agent);
    (void)ex_step(&w.portal);
    CHECK_INT(0, (intmax_t)ex_info(&w.agent).epoch_count);
    CHECK_INT(0, (intmax_t)ex_info(&w.portal).epoch_count);
    CHECK_STR("", w.slots[1]);

    CHECK_STATUS(PWWB_E_STATE, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_STATUS(PWWB_E_STATE, ex_begin(&w, PWWB_EXCHANGE_DISABLE));
    ex_enable(&w); /* and again, with all keys new */
    CHECK_INT(2, (intmax_t)ex_epoch(&w.agent, 0).generation);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
a_revoke_wipes_every_key_at_once_on_both_sides(void)
{
    ex_world            w;
    ex_message          under_way, revoke, again, notice, none;
    pwwb_exchange_event event;
    pwwb_keyring       *keyring;

    ex_make(&w);
    ex_enable(&w);
    keyring = ex_keys(&w.portal);
    CHECK_STATUS(PWWB_OK, ex_seal(keyring, w.clock.wall_ms / 1000, &under_way));
    pwwb_keyring_free(keyring);

    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    CHECK_INT(PWWB_TENANT_REVOKED, ex_info(&w.portal).state);
    CHECK_INT(0, (intmax_t)ex_info(&w.portal).epoch_count);
    revoke = ex_step(&w.portal);
    CHECK(revoke.len > 0);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &revoke, &notice, &event));
    CHECK_INT(PWWB_EXCHANGE_REVOKE, event.kind);
    CHECK_INT(PWWB_TENANT_REVOKED, ex_info(&w.agent).state);
    CHECK_INT(0, (intmax_t)ex_info(&w.agent).epoch_count);
    keyring = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_open(keyring, &under_way, w.clock.wall_ms / 1000));
    pwwb_keyring_free(keyring);

    ex_pass(&w, 30000); /* the notice was lost: it is asked for again, and given again */
    again = ex_step(&w.portal);
    CHECK(again.len > 0);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent2, &again, &notice, &event));
    CHECK_INT(1, event.is_repeat);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal2, &notice, &none, &event));
    CHECK_INT(0, none.len);
    ex_pass(&w, 30000);
    CHECK_INT(0, ex_step(&w.portal).len);

    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
a_revoke_goes_on_being_sent_whatever_the_agents_order(void)
{
    ex_world            w;
    ex_message          roll, answer, revoke, notice;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    revoke = ex_step(&w.portal); /* and it is lost */
    ex_pass(&w, 30000);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    roll = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &roll, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_NOT_ENABLED, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal2, &roll, &answer, &event)); /* its answer was lost */
    CHECK_INT(PWWB_EXCHANGE_NOT_ENABLED, event.code);
    CHECK_INT(1, event.is_repeat);
    revoke = ex_step(&w.portal);
    CHECK(revoke.len > 0);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &revoke, &notice, &event));
    CHECK_INT(PWWB_EXCHANGE_REVOKE, event.kind);
    CHECK_STATUS(PWWB_E_KEY_INACTIVE, ex_request(&w));
    ex_enable(&w);
    ex_pass(&w, 60000);
    CHECK_INT(0, ex_step(&w.portal).len); /* but not once there is a new enable */
    ex_drop(&w);
}

static void
a_ticket_serves_once(void)
{
    ex_world            w, thief;
    ex_message          order, answer, none;
    pwwb_exchange_event event;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    ex_make(&thief); /* an agent of his own, the ticket stolen */
    memcpy(thief.ticket, w.ticket, sizeof(w.ticket));
    thief.ticket_len = w.ticket_len;
    CHECK_STATUS(PWWB_OK, ex_begin(&thief, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&thief.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_WAITING, event.code);

    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_INT(PWWB_EXCHANGE_TICKET_UNKNOWN, ex_round(&w)); /* the honest agent is told at once */
    CHECK_INT(PWWB_TENANT_PENDING, ex_info(&w.agent).state);
    CHECK_INT(0, ex_step(&w.agent).len); /* until there is another ticket */
    CHECK(strcmp(ex_info(&thief.agent).fingerprint, ex_info(&w.agent).fingerprint) != 0);
    CHECK_STATUS(PWWB_E_KEY_INACTIVE, ex_request(&w)); /* nothing is sealed for the thief */

    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    (void)none;
    ex_drop(&thief);
    ex_drop(&w);
}

static void
a_ticket_expires(void)
{
    ex_world            w;
    ex_message          order, answer, none;
    pwwb_exchange_event event;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    ex_pass(&w, DAY_MS + 1000);
    CHECK_STATUS(PWWB_E_EXPIRED, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    ex_pass(&w, -2000); /* by an agent whose clock is behind */
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    ex_pass(&w, 2000);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_TICKET_EXPIRED, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &answer, &none, &event));
    CHECK_INT(0, ex_step(&w.agent).len);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
an_enabled_tenant_is_enabled_again_by_its_own_identity_alone(void)
{
    ex_world            w, other;
    ex_message          order, answer, none;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    ex_make(&other);
    memcpy(other.ticket, w.ticket, sizeof(w.ticket));
    other.ticket_len = w.ticket_len;
    CHECK_STATUS(PWWB_OK, ex_begin(&other, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&other.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_ALREADY_ENABLED, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&other.agent, &answer, &none, &event));
    CHECK_INT(0, ex_step(&other.agent).len);
    CHECK_STATUS(PWWB_OK, ex_request(&w));

    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    CHECK_STR(ex_info(&w.portal).fingerprint, ex_info(&w.agent).fingerprint);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL)); /* to the portal's new key */
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    ex_drop(&other);
    ex_drop(&w);
}

/* An agent's store from a backup: it knows less than the portal, and finds back. */
static void
a_store_from_a_backup_rolls_past_what_the_portal_has(void)
{
    ex_world w;
    ex_store backup;

    ex_make(&w);
    ex_enable(&w);
    backup = w.agent_store;
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    w.agent_store = backup;
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_request(&w));

    ex_pass(&w, 5000);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_STALE, ex_round(&w));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    CHECK(ex_epoch(&w.agent, 0).generation > 2);
    CHECK(ex_epoch(&w.agent, 0).slot != 1 || ex_epoch(&w.agent, 1).slot != 1);
    ex_drop(&w);
}

/* What spin found, tests/model/: each of these once left the two sides without a common key. */

static void
a_refusal_leaves_keys_that_a_copy_of_the_order_may_bring_home(void)
{
    ex_world            w;
    ex_message          copy, refusal, answer, none;
    pwwb_exchange_event event;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    copy = ex_step(&w.agent);
    ex_pass(&w, 2 * DAY_MS); /* an instance whose clock is ahead */
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &copy, &refusal, &event));
    CHECK_INT(PWWB_EXCHANGE_TICKET_EXPIRED, event.code);
    ex_pass(&w, -2 * DAY_MS);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal2, &copy, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_WAITING, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &refusal, &none, &event));
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
two_orders_with_the_same_keys_are_one(void)
{
    ex_world            w;
    ex_message          order, answer;
    pwwb_exchange_event event;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event)); /* the answer is lost */
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE)); /* the same ticket, typed in again */
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_INT(1, (intmax_t)ex_info(&w.agent).epoch_count);
    CHECK_INT(0, ex_info(&w.portal).has_ticket);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
another_ticket_brings_other_keys_and_those_before_still_open(void)
{
    ex_world            w;
    ex_message          order, answer;
    pwwb_exchange_event event;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event)); /* the answer is lost */
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_STATUS(PWWB_OK, ex_request(&w)); /* under the first keys */
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_INT(2, (intmax_t)ex_epoch(&w.portal, 0).generation);
    CHECK_INT(0, ex_info(&w.portal).has_ticket);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL)); /* to the newer ticket's portal key */
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    ex_drop(&w);
}

/* The keys of a ticket whose answer was lost are the portal's until another's are taken. */
static void
keys_without_an_answer_open_for_an_hour_from_the_answer(void)
{
    ex_world            w;
    ex_message          order, answer, sealed;
    pwwb_exchange_event event;
    pwwb_keyring       *portal, *agent;
    int64_t             now_s;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event)); /* the answer is lost */
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    ex_pass(&w, 2 * HOUR_MS);
    (void)ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    portal = ex_keys(&w.portal);
    now_s  = w.clock.wall_ms / 1000;
    CHECK_STATUS(PWWB_OK, ex_seal(portal, now_s, &sealed)); /* under the first keys */
    pwwb_keyring_free(portal);
    w.clock.monotonic_ms += HOUR_MS; /* a new step sends again */
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    (void)ex_step(&w.agent);
    agent = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_open(agent, &sealed, now_s));
    pwwb_keyring_free(agent);
    ex_pass(&w, 2 * HOUR_MS);
    (void)ex_step(&w.agent);
    CHECK_INT(1, (intmax_t)ex_info(&w.agent).epoch_count);
    ex_drop(&w);
}

/* Old keys are behind for certain, whatever waits. */
static void
keys_before_the_active_ones_are_wiped_though_others_wait(void)
{
    ex_world w;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(3, (intmax_t)ex_info(&w.agent).epoch_count);
    ex_pass(&w, 2 * HOUR_MS);
    (void)ex_step(&w.agent);
    CHECK_INT(2, (intmax_t)ex_info(&w.agent).epoch_count);
    ex_drop(&w);
}

/* For whatever the fifth ticket needs room, the portal's own keys stay. */
static void
what_the_portal_is_known_to_have_gives_no_room(void)
{
    ex_world            w;
    ex_message          order, answer;
    pwwb_exchange_event event;
    int                 i;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event)); /* the answer is lost */
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    for (i = 1; i < PWWB_EPOCHS_MAX + 2; i++) {
        CHECK_STATUS(PWWB_OK, ex_ticket(&w));
        CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
        ex_pass(&w, 2 * HOUR_MS);
        CHECK_STATUS(PWWB_OK, ex_request(&w));
    }
    CHECK_INT(PWWB_EPOCHS_MAX, (intmax_t)ex_info(&w.agent).epoch_count);
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
an_order_to_the_portal_key_before_is_taken(void)
{
    ex_world            w;
    ex_message          copy, refusal, answer, none;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    copy = ex_step(&w.agent);
    ex_pass(&w, 2 * DAY_MS); /* an instance whose clock is ahead */
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &copy, &refusal, &event));
    CHECK_INT(PWWB_EXCHANGE_TICKET_EXPIRED, event.code);
    ex_pass(&w, -2 * DAY_MS);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal2, &copy, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_DONE, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &refusal, &none, &event));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w)); /* a roll is due, to the key that the agent knows */
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
an_order_that_was_taken_is_answered_after_a_revoke_too(void)
{
    ex_world            w;
    ex_message          order, revoke, answer, none;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL)); /* never sent */
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_DISABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event)); /* the answer is lost */
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    revoke = ex_step(&w.portal);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &revoke, &none, &event));
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_NOT_ENABLED, event.code);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &answer, &none, &event));
    CHECK_INT(PWWB_TENANT_DISABLED, ex_info(&w.agent).state);
    ex_drop(&w);
}

static void
a_portal_that_has_pinned_nobody_answers_a_ticket_alone(void)
{
    ex_world            w;
    ex_message          enable, disable, none;
    pwwb_exchange_event event;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    enable = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_DISABLE));
    disable = ex_step(&w.agent);
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, ex_take(&w.portal, &disable, &none, &event));
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &enable, &none, &event)); /* late */
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    CHECK_STATUS(PWWB_OK, ex_request(&w)); /* until the disable comes again */
    ex_drop(&w);
}

static void
a_revoke_that_comes_late_does_not_end_what_was_enabled_since(void)
{
    ex_world            w;
    ex_message          late, notice;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    late = ex_step(&w.portal);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &late, &notice, &event));
    CHECK_INT(PWWB_TENANT_ENABLED, ex_info(&w.agent).state);
    CHECK_INT(1, (intmax_t)ex_info(&w.agent).epoch_count); /* the old one is wiped */
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
a_revoked_key_does_not_come_back_with_the_next_ticket(void)
{
    ex_world            w;
    ex_message          order, answer, none;
    pwwb_exchange_event event;
    pwwb_keyring       *portal, *agent;
    uint8_t             kid[WB_KID_SIZE];

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    agent = ex_keys(&w.agent);
    memcpy(kid, agent->epochs[0].kid, sizeof(kid));
    pwwb_keyring_free(agent);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE)); /* and the agent hears nothing of it */
    ex_enable(&w);
    portal = ex_keys(&w.portal);
    CHECK(wb_keyring_find(portal, wb_span_of(kid, sizeof(kid))) == NULL);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    pwwb_keyring_free(portal);
    (void)none;
    ex_drop(&w);
}

static void
a_revoke_voids_the_ticket_that_is_out(void)
{
    ex_world            w;
    ex_message          order, answer;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_take(&w.portal, &order, &answer, &event));
    CHECK_INT(PWWB_TENANT_REVOKED, ex_info(&w.portal).state);
    ex_drop(&w);
}

static void
an_order_that_a_later_one_replaced_does_not_come_back(void)
{
    ex_world            w;
    ex_message          late, order, answer, none;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    late = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_DISABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &answer, &none, &event));
    CHECK_STATUS(PWWB_E_REPLAYED, ex_take(&w.portal2, &late, &none, &event));
    CHECK_INT(PWWB_TENANT_DISABLED, ex_info(&w.portal).state);
    CHECK_INT(PWWB_TENANT_DISABLED, ex_info(&w.agent).state);
    ex_drop(&w);
}

static void
a_disable_that_nobody_can_answer_gives_way_to_a_ticket(void)
{
    ex_world            w;
    ex_message          order, none;
    pwwb_exchange_event event;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_DISABLE));
    CHECK_STATUS(PWWB_OK, ex_ticket(&w)); /* the portal forgets the key of the first one */
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_take(&w.portal, &order, &none, &event));
    CHECK_INT(PWWB_TENANT_DISABLING, ex_info(&w.agent).state);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_INT(PWWB_EXCHANGE_WAITING, ex_round(&w));
    CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
too_many_epochs_at_once_are_refused(void)
{
    ex_world w;
    int      i;

    ex_make(&w);
    ex_enable(&w);
    for (i = 0; i < PWWB_EPOCHS_MAX - 1; i++) {
        CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
        CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    }
    CHECK_STATUS(PWWB_E_FULL, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_pass(&w, 2 * HOUR_MS);
    (void)ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    ex_drop(&w);
}

static void
every_use_of_a_tenant_key_is_told(void)
{
    ex_world      w;
    pwwb_keyring *portal, *agent;
    ex_message    m;
    int64_t       now_s;

    ex_make(&w);
    ex_enable(&w);
    now_s  = w.clock.wall_ms / 1000;
    portal = ex_keys(&w.portal);
    agent  = ex_keys(&w.agent);
    memset(w.portal_store.uses, 0, sizeof(w.portal_store.uses));
    memset(w.agent_store.uses, 0, sizeof(w.agent_store.uses));
    CHECK_STATUS(PWWB_OK, ex_seal(portal, now_s, &m));
    CHECK_STATUS(PWWB_OK, ex_seal(portal, now_s, &m));
    CHECK_STATUS(PWWB_OK, ex_open(agent, &m, now_s));
    m.octets[m.len - 1] ^= 1;
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, ex_open(agent, &m, now_s));
    CHECK_INT(2, w.portal_store.uses[PWWB_KEY_USE_SEAL]);
    CHECK_INT(0, w.portal_store.uses[PWWB_KEY_USE_OPEN]);
    CHECK_INT(2, w.agent_store.uses[PWWB_KEY_USE_OPEN]);
    pwwb_keyring_free(portal);
    portal = ex_keys(&w.portal);
    CHECK_INT(1, w.portal_store.uses[PWWB_KEY_USE_LOAD]);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    CHECK_INT(1, w.portal_store.uses[PWWB_KEY_USE_STORE]);
    pwwb_keyring_free(portal);
    pwwb_keyring_free(agent);
    ex_drop(&w);
}

static void
what_does_not_belong_to_a_side_is_refused(void)
{
    ex_world   w;
    ex_message m = {0};
    pwwb_exchange_options options = {.size = sizeof(options),
                                     .open_only_ms = PWWB_OPEN_ONLY_MIN_MS - 1};
    pwwb_exchange *x = NULL;
    pwwb_ticket    other = {.size = sizeof(other), .tenant = "some other tenan"};

    ex_make(&w);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_exchange_new(w.agent.store, PWWB_HALF_AGENT, &options, &x, NULL));
    CHECK(x == NULL);
    ex_enable(&w);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_exchange_begin(w.agent.exchange,
                                                              PWWB_EXCHANGE_REVOKE, NULL, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_exchange_begin(w.portal.exchange,
                                                              PWWB_EXCHANGE_ROLL, NULL, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_exchange_begin(w.agent.exchange,
                                                              PWWB_EXCHANGE_ENABLE, NULL, 0, NULL));
    CHECK_STATUS(PWWB_E_MALFORMED, pwwb_exchange_begin(w.agent.exchange, PWWB_EXCHANGE_ENABLE,
                                                       w.ticket, w.ticket_len - 1, NULL));
    CHECK_STATUS(PWWB_E_WRONG_TENANT, pwwb_exchange_ticket(w.portal.exchange, &other, w.ticket,
                                                           sizeof(w.ticket), &w.ticket_len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_exchange_ticket(w.agent.exchange, &other, w.ticket, sizeof(w.ticket),
                                      &w.ticket_len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_exchange_new(w.agent.store, PWWB_HALF_PORTAL, NULL, &x, NULL));
    CHECK_STATUS(PWWB_E_KEY_HALF, pwwb_exchange_step(x, m.octets, sizeof(m.octets), &m.len, NULL));
    pwwb_exchange_free(x);
    ex_drop(&w);
}

int
main(void)
{
    RUN(a_ticket_enables_a_tenant_in_two_messages);
    RUN(both_suites_are_enabled_alike);
    RUN(a_fingerprint_is_taken_as_people_type_it_and_another_is_not);
    RUN(identical_resends_are_answered_again_and_change_nothing);
    RUN(keys_roll_and_the_old_ones_open_for_an_hour);
    RUN(keys_roll_by_themselves_every_six_months);
    RUN(of_two_agents_one_leads_and_the_other_goes_on_when_it_dies);
    RUN(relay_credentials_alternate_between_two_slots);
    RUN(disabling_tells_the_portal_and_lets_what_is_under_way_be_opened);
    RUN(a_revoke_wipes_every_key_at_once_on_both_sides);
    RUN(a_revoke_goes_on_being_sent_whatever_the_agents_order);
    RUN(a_ticket_serves_once);
    RUN(a_ticket_expires);
    RUN(an_enabled_tenant_is_enabled_again_by_its_own_identity_alone);
    RUN(a_store_from_a_backup_rolls_past_what_the_portal_has);
    RUN(a_refusal_leaves_keys_that_a_copy_of_the_order_may_bring_home);
    RUN(two_orders_with_the_same_keys_are_one);
    RUN(another_ticket_brings_other_keys_and_those_before_still_open);
    RUN(keys_without_an_answer_open_for_an_hour_from_the_answer);
    RUN(keys_before_the_active_ones_are_wiped_though_others_wait);
    RUN(what_the_portal_is_known_to_have_gives_no_room);
    RUN(an_order_to_the_portal_key_before_is_taken);
    RUN(an_order_that_was_taken_is_answered_after_a_revoke_too);
    RUN(a_portal_that_has_pinned_nobody_answers_a_ticket_alone);
    RUN(a_revoke_that_comes_late_does_not_end_what_was_enabled_since);
    RUN(a_revoked_key_does_not_come_back_with_the_next_ticket);
    RUN(a_revoke_voids_the_ticket_that_is_out);
    RUN(an_order_that_a_later_one_replaced_does_not_come_back);
    RUN(a_disable_that_nobody_can_answer_gives_way_to_a_ticket);
    RUN(too_many_epochs_at_once_are_refused);
    RUN(every_use_of_a_tenant_key_is_told);
    RUN(what_does_not_belong_to_a_side_is_refused);
    return DONE;
}
