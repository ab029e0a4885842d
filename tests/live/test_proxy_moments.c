/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 */
/* When the proxy's faults begin: at an octet, at a turn of the client's. And what it takes for orders. */
#include "fixtures/proxy_order.h"
#include "two_sides.h"

static const char line[] = "abcdefghijklmnopqrstuvwxyz";

/* Of a line that is sent, so many octets arrive; nothing is said of the rest. */
static void
check_cut(const char *fault, int is_up, size_t after, int expected)
{
    way    w    = way_make();
    int    from = is_up ? w.client : w.server, to = is_up ? w.server : w.client;
    char   buf[sizeof(line)];
    size_t len;

    proxy_order(&w.between, "%s after %zu %s", fault, after, is_up ? "up" : "down");
    (void)!send(from, line, sizeof(line) - 1, MSG_NOSIGNAL);
    len = heard(to, buf, after, LONG_MS);
    CHECK_MEM(line, after, buf, len);
    CHECK_INT(expected, ending(to));
    way_drop(&w);
}

static void
a_connection_is_cut_at_any_octet(void)
{
    size_t after;

    for (after = 0; after < sizeof(line) - 1; after++) {
        check_cut("close", 0, after, 0);
        check_cut("close", 1, after, 0);
        check_cut("half", 0, after, 0);
    }
}

/* Not one octet more comes, and the others when it passes again. */
static void
a_stall_begins_at_any_octet(void)
{
    size_t after;

    for (after = 1; after < sizeof(line) - 1; after += 5) {
        way  w = way_make();
        char first[sizeof(line)] = "";

        memcpy(first, line, after);
        proxy_order(&w.between, "stall after %zu up", after);
        say(w.client, line);
        check_hears(w.server, first);
        check_hears_nothing(w.server);
        CHECK_INT(after, proxy_order(&w.between, "count").up);
        proxy_order(&w.between, "pass");
        check_hears(w.server, line + after);
        way_drop(&w);
    }
}

static void
one_exchange(const way *w)
{
    say(w->client, "request");
    check_hears(w->server, "request");
    say(w->server, "answer");
    check_hears(w->client, "answer");
}

static void
after_a_turn_the_request_has_gone_and_its_answer_has_not(void)
{
    way          w = way_make();
    proxy_counts c;

    proxy_order(&w.between, "stall down after 3 turns");
    one_exchange(&w);
    one_exchange(&w);
    CHECK_INT(1, proxy_order(&w.between, "count").waits);
    say(w.client, "the third");
    check_hears(w.server, "the third");
    CHECK(proxy_await(&w.between, LONG_MS));
    say(w.server, "answer");
    check_hears_nothing(w.client);
    c = proxy_order(&w.between, "count");
    CHECK_INT(3, c.turns);
    CHECK_INT(2 * strlen("answer"), c.down);
    way_drop(&w);
}

static void
before_a_turn_the_request_is_still_here(void)
{
    way w = way_make();

    one_exchange(&w);
    proxy_order(&w.between, "stall before 2 turns");
    one_exchange(&w);
    say(w.client, "request");
    CHECK(proxy_await(&w.between, LONG_MS));
    check_hears_nothing(w.server);
    proxy_order(&w.between, "reset");
    CHECK_INT(ECONNRESET, ending(w.client));
    CHECK_INT(ECONNRESET, ending(w.server));
    way_drop(&w);
}

static void
a_moment_is_counted_from_its_order_and_pass_forgets_it(void)
{
    way w = way_make();

    one_exchange(&w);
    proxy_order(&w.between, "close after %zu down", strlen("answer") + 1);
    one_exchange(&w);
    CHECK_INT(0, proxy_order(&w.between, "pass").waits);
    one_exchange(&w);
    CHECK_INT(1, proxy_order(&w.between, "count").open);
    way_drop(&w);
}

/* ---- orders ---- */

static void
what_is_no_order_is_refused(void)
{
    static const char *const wrong[] = {
        "",           "pas",         "passes",          "pass up",        "stall sideways",
        "delay",      "delay up",    "close after",     "close after up", "close after 5",
        "close up",   "stall once",  "count after 1 up", "pass after 1 up", "close before 5 up",
        "close after 5 turn", "close after 0 turns", "close twice", "close once after 5 up now",
    };
    order  o;
    size_t i;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (order_parse(wrong[i], &o))
            printf("# taken: %s\n", wrong[i]);
        CHECK(!order_parse(wrong[i], &o));
    }
    CHECK(order_parse("close once after 5 up", &o));
}

int
main(void)
{
    RUN(a_connection_is_cut_at_any_octet);
    RUN(a_stall_begins_at_any_octet);
    RUN(after_a_turn_the_request_has_gone_and_its_answer_has_not);
    RUN(before_a_turn_the_request_is_still_here);
    RUN(a_moment_is_counted_from_its_order_and_pass_forgets_it);
    RUN(what_is_no_order_is_refused);
    return DONE;
}
