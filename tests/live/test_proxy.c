/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 */
/* The proxy that every network test shares: each fault does what it says, seen from both sides, and
 * without a fault nothing is lost. */
#include "two_sides.h"

/* ---- no fault ---- */

/* Octets that differ from place to place. */
static void
fill(uint8_t *octets, size_t len, unsigned seed)
{
    size_t i;

    for (i = 0; i < len; i++)
        octets[i] = (uint8_t)((i * 2654435761U + seed) >> 13);
}

#define MUCH ((size_t)3 << 20)

/* Both ways at once, more than any buffer holds; the sender is a process of its own. */
static void
much_goes_through_unchanged(void)
{
    static uint8_t sent[MUCH], got[MUCH];
    way            w = way_make();
    proxy_counts   c;
    int            way_up;

    for (way_up = 0; way_up <= 1; way_up++) {
        int   from = way_up ? w.client : w.server, to = way_up ? w.server : w.client;
        pid_t pid;

        fill(sent, MUCH, (unsigned)way_up);
        pid = spawn();
        if (pid == 0)
            _exit(write(from, sent, MUCH) != (ssize_t)MUCH);
        CHECK_INT(MUCH, heard(to, (char *)got, MUCH, 20000));
        CHECK(memcmp(sent, got, MUCH) == 0);
    }
    c = proxy_order(&w.between, "count");
    CHECK_INT(MUCH, c.up);
    CHECK_INT(MUCH, c.down);
    way_drop(&w);
}

static void
several_connections_are_served_at_once_and_one_after_another(void)
{
    way          w = way_make(), other = w;
    proxy_counts c;

    meet(&other);
    say(w.client, "one");
    say(other.client, "two");
    check_hears(other.server, "two");
    check_hears(w.server, "one");
    say(other.server, "back");
    check_hears(other.client, "back");
    c = proxy_order(&w.between, "count");
    CHECK_INT(2, c.open);
    CHECK_INT(6, c.up);
    CHECK_INT(4, c.down);

    close(other.client);
    CHECK_INT(0, ending(other.server));
    close(other.server);
    meet(&other);
    say(other.client, "three");
    check_hears(other.server, "three");
    CHECK_INT(3, proxy_order(&w.between, "count").made);
    part(&other);
    way_drop(&w);
}

static void
an_end_of_one_side_goes_through_and_the_other_may_go_on(void)
{
    way w = way_make();

    shutdown(w.client, SHUT_WR);
    CHECK_INT(0, ending(w.server));
    say(w.server, "still here");
    check_hears(w.client, "still here");
    way_drop(&w);
}

static void
a_reset_by_one_side_goes_through(void)
{
    const struct linger at_once = {1, 0};
    way                 w       = way_make();

    setsockopt(w.server, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(w.server);
    CHECK_INT(ECONNRESET, ending(w.client));
    way_drop(&w);
}

/* ---- faults ---- */

static void
a_stall_holds_both_ways_and_loses_nothing(void)
{
    way w = way_make();

    proxy_order(&w.between, "stall");
    say(w.client, "up");
    say(w.server, "down");
    check_hears_nothing(w.server);
    check_hears_nothing(w.client);
    proxy_order(&w.between, "pass");
    check_hears(w.server, "up");
    check_hears(w.client, "down");
    way_drop(&w);
}

static void
a_stall_of_one_way_lets_the_other_pass(void)
{
    way w = way_make();

    proxy_order(&w.between, "stall down");
    say(w.client, "request");
    check_hears(w.server, "request");
    say(w.server, "answer");
    check_hears_nothing(w.client);
    proxy_order(&w.between, "pass");
    check_hears(w.client, "answer");

    proxy_order(&w.between, "stall up");
    say(w.client, "request");
    say(w.server, "answer");
    check_hears(w.client, "answer");
    check_hears_nothing(w.server);
    way_drop(&w);
}

static void
a_close_is_the_end_for_both_and_for_those_to_come(void)
{
    way w = way_make(), later = w;

    CHECK_INT(0, proxy_order(&w.between, "close").open);
    CHECK_INT(0, ending(w.client));
    CHECK_INT(0, ending(w.server));
    meet(&later);
    CHECK_INT(0, ending(later.client));
    CHECK_INT(0, ending(later.server));
    part(&later);
    way_drop(&w);
}

static void
a_reset_is_one_for_both_and_once_spares_those_to_come(void)
{
    way w = way_make();

    CHECK_INT(0, proxy_order(&w.between, "reset once").open);
    CHECK_INT(ECONNRESET, ending(w.client));
    CHECK_INT(ECONNRESET, ending(w.server));
    part(&w);
    meet(&w);
    say(w.client, "as before");
    check_hears(w.server, "as before");
    way_drop(&w);
}

static void
a_half_close_ends_the_answers_alone(void)
{
    way w = way_make();

    proxy_order(&w.between, "half");
    CHECK_INT(0, ending(w.client));
    say(w.client, "said all the same");
    check_hears(w.server, "said all the same");
    say(w.server, "in vain");
    shutdown(w.client, SHUT_WR);
    CHECK_INT(0, ending(w.server));
    CHECK_INT(0, proxy_order(&w.between, "count").down);
    way_drop(&w);
}

static void
a_delay_is_of_each_piece_and_way(void)
{
    way     w = way_make();
    int64_t start;

    proxy_order(&w.between, "delay 100 down");
    start = now_ms();
    say(w.client, "request");
    check_hears(w.server, "request");
    CHECK(now_ms() - start < 100);
    say(w.server, "answer");
    check_hears(w.client, "answer");
    CHECK(now_ms() - start >= 100);

    proxy_order(&w.between, "delay 60");
    start = now_ms();
    say(w.client, "request");
    check_hears(w.server, "request");
    CHECK(now_ms() - start >= 60);
    say(w.server, "answer");
    check_hears(w.client, "answer");
    CHECK(now_ms() - start >= 120);
    way_drop(&w);
}

static void
answers_that_drip_come_octet_by_octet(void)
{
    static const char text[] = "one octet at a time, and none is lost";
    way               w      = way_make();
    int64_t           start  = now_ms();
    char              first[sizeof(text)];

    proxy_order(&w.between, "drip");
    say(w.server, text);
    CHECK(recv(w.client, first, sizeof(first), 0) < (ssize_t)sizeof(text) - 1);
    way_drop(&w);

    w = way_make();
    proxy_order(&w.between, "drip");
    start = now_ms();
    say(w.server, text);
    check_hears(w.client, text);
    CHECK(now_ms() - start >= (int64_t)sizeof(text) / 2 - 2);
    way_drop(&w);
}

int
main(void)
{
    RUN(much_goes_through_unchanged);
    RUN(several_connections_are_served_at_once_and_one_after_another);
    RUN(an_end_of_one_side_goes_through_and_the_other_may_go_on);
    RUN(a_reset_by_one_side_goes_through);
    RUN(a_stall_holds_both_ways_and_loses_nothing);
    RUN(a_stall_of_one_way_lets_the_other_pass);
    RUN(a_close_is_the_end_for_both_and_for_those_to_come);
    RUN(a_reset_is_one_for_both_and_once_spares_those_to_come);
    RUN(a_half_close_ends_the_answers_alone);
    RUN(a_delay_is_of_each_piece_and_way);
    RUN(answers_that_drip_come_octet_by_octet);
    return DONE;
}
