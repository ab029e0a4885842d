/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What befalls a RabbitMQ broker, the way to it, and those who use it. STORM_RABBIT is
 * tests/fixtures/rabbit; RELAY_STATE is its folder, where STORM_RABBIT's certificates wrong-ca and
 * wrong-name stand beside the server's.
 */
#include "fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixtures/proxy.h"

#define RABBIT "bash \"$STORM_RABBIT\""
#define CTL    RABBIT " ctl \"$RELAY_STATE\" --quiet"

void
faults_amqp_purge(storm *s)
{
    storm_during(s, CTL " purge_queue pwwb.req");
}

static void
kill_broker(storm *s)
{
    storm_during(s, RABBIT " kill \"$RELAY_STATE\"");
    load_run(&s->load, storm_moment(s, 0, 1000));
    storm_during(s, RABBIT " start \"$RELAY_STATE\"");
}

static void
freeze_broker(storm *s)
{
    storm_during(s, RABBIT " freeze \"$RELAY_STATE\"");
    load_run(&s->load, storm_moment(s, 300, 6000)); /* some longer than a client's patience */
    storm_during(s, RABBIT " thaw \"$RELAY_STATE\"");
}

/* ---- the way ---- */

static proxy between;

static void
go_through_proxy(storm *s)
{
    const char *at = getenv("RELAY_ADDR");
    int         i;

    between = proxy_start(at, 0, at, atoi(getenv("RELAY_PORT")));
    for (i = 0; i < PARTIES; i++)
        s->plan.ports[i] = between.port;
}

static void
end_proxy(storm *s)
{
    int i;

    proxy_end(&between);
    for (i = 0; i < PARTIES; i++)
        s->plan.ports[i] = atoi(getenv("RELAY_PORT"));
}

static void
cut_off(storm *s)
{
    static const char *const ways[] = {"stall", "stall up", "stall down", "reset", "close", "half"};

    proxy_order(&between, "%s", ways[storm_random(&s->random, 6)]);
    load_run(&s->load, storm_moment(s, 100, 5000));
    proxy_order(&between, "pass");
}

/* ---- the queue ---- */

/* A policy of a higher rank takes the place of the other, whose limit of age it repeats. */
static void
fill_queue(storm *s)
{
    storm_during(s, CTL " set_policy storm '^pwwb\\.req$' --priority 9 --apply-to queues"
                        " '{\"max-length\": 5, \"overflow\": \"reject-publish\","
                        " \"message-ttl\": 300000}'");
    load_run(&s->load, storm_moment(s, 0, 1000));
    storm_during(s, CTL " clear_policy storm");
}

#define U       "<<\"storm\">>"
#define KIND(k) "rabbit_misc:r(<<\"/\">>, " k
#define BINDING                                                             \
    "B = {binding, " KIND("exchange, <<\"pwwb.storm\">>)") ", <<\"req\">>, " \
    KIND("queue, <<\"pwwb.req\">>)") ", []}, "

/* Requests go through an exchange, whose binding can be taken away. */
static void
bind_queue(storm *s)
{
    s->plan.requests = "/exchange/pwwb.storm/req";
    storm_during(s, CTL " eval '" BINDING "rabbit_exchange:declare("
                        KIND("exchange, <<\"pwwb.storm\">>)")
                        ", direct, true, false, false, [], " U "), rabbit_binding:add(B, " U ").'");
    storm_during(s, CTL " set_permissions portal '.*' '.*' '.*'");
}

static void
unbind_queue(storm *s)
{
    s->plan.requests = NULL;
}

static void
lose_route(storm *s)
{
    storm_during(s, CTL " eval '" BINDING "rabbit_binding:remove(B, " U "), timer:sleep(%d),"
                        " rabbit_binding:add(B, " U ").'",
                 (int)storm_moment(s, 20, 300));
}

/* Nobody receives, what does not expire stands in front, and what expires behind it. */
static void
expire_behind(storm *s)
{
    int i;

    for (i = PORTALS; i < PARTIES; i++)
        party_end(&s->crew, i);
    storm_tell(s, 0, (asked){.what = STONE});
    load_run(&s->load, s->plan.life_s * 1000 + storm_moment(s, 500, 2000));
    for (i = PORTALS; i < PARTIES; i++)
        party_start(&s->crew, i);
}

/* ---- who the broker trusts, and who trusts the broker ---- */

#define HANG_UP " && " CTL " close_all_connections storm"

static void
change_password(storm *s)
{
    const char *user = s->nth % 2 ? "portal" : "agent";

    storm_during(s, CTL " change_password %s of-somebody-else" HANG_UP, user);
    load_run(&s->load, storm_moment(s, 0, 1500));
    storm_during(s, CTL " change_password %s \"$(cat \"$RELAY_STATE/secret.%s\")\"", user, user);
}

/* Erlang keeps certificates in memory for two minutes, unless told. */
static void
present(storm *s, const char *name)
{
    storm_during(s, "cd \"$RELAY_STATE/tls\" && cp %s.pem server.pem && cp %s.key server.key"
                    " && " CTL " eval 'ssl:clear_pem_cache().'" HANG_UP,
                 name, name);
}

static void
wrong_ca(storm *s)
{
    present(s, "wrong-ca");
    load_run(&s->load, storm_moment(s, 0, 1500));
    present(s, "right");
}

static void
wrong_name(storm *s)
{
    present(s, "wrong-name");
    load_run(&s->load, storm_moment(s, 0, 1500));
    present(s, "right");
}

/* ---- those who use it ---- */

static void
await_death(storm *s)
{
    int64_t until = storm_now_ms() + 20000;
    int     who;

    while ((who = crew_dead(&s->crew)) < 0 && storm_now_ms() < until && !storm_is_over)
        load_run(&s->load, 5);
    if (storm_is_over)
        return;
    storm_must(who >= 0, "an agent has died");
    party_bury(&s->crew, who);
    load_run(&s->load, storm_moment(s, 0, 500));
    party_start(&s->crew, who);
}

/* At each step in turn; and at any moment. */
static void
kill_agent(storm *s)
{
    int point = s->nth % POINTS;

    if (point == NOWHERE)
        party_kill(&s->crew, PORTALS + (int)storm_random(&s->random, AGENTS));
    else
        atomic_store(&s->plan.control->die_at, point);
    await_death(s);
}

static void
kill_portal(storm *s)
{
    int who = (int)storm_random(&s->random, PORTALS);

    party_kill(&s->crew, who);
    load_orphan(&s->load, who);
    load_run(&s->load, storm_moment(s, 0, 500));
    party_start(&s->crew, who);
}

const fault faults_amqp[] = {
    {.name = "broker killed", .strike = kill_broker},
    {.name = "broker frozen", .strike = freeze_broker},
    {.name = "cut off", .strike = cut_off, .prepare = go_through_proxy, .tidy = end_proxy},
    {.name = "queue full", .strike = fill_queue},
    {.name    = "unroutable",
     .strike  = lose_route, .prepare = bind_queue, .tidy = unbind_queue, .takes_away = 1},
    {.name = "expired behind", .strike = expire_behind, .life_s = 3, .takes_away = 1},
    {.name = "sent again", .strike = fault_send_again, .finish = fault_send_late, .life_s = 120},
    {.name = "wrong password", .strike = change_password},
    {.name = "wrong CA", .strike = wrong_ca},
    {.name = "wrong name", .strike = wrong_name},
    {.name = "agent killed", .strike = kill_agent},
    {.name = "portal killed", .strike = kill_portal},
    {.name = NULL},
};

/* ---- three nodes ---- */

static void
kill_leader(storm *s)
{
    storm_during(s, "n=$(" RABBIT " leader \"$RELAY_STATE\") && [ -n \"$n\" ] && echo $n"
                    " >\"$RELAY_STATE/leader\" && " RABBIT " kill \"$RELAY_STATE\" $n");
    load_run(&s->load, storm_moment(s, 0, 2000));
    storm_during(s, RABBIT " start \"$RELAY_STATE\" $(cat \"$RELAY_STATE/leader\")");
}

/* Each portal and each agent on another node than its like. */
static void
spread(storm *s)
{
    int i;

    for (i = 0; i < PARTIES; i++)
        s->plan.ports[i] = atoi(getenv("RELAY_PORT")) + 1 + i % 2;
}

const fault faults_quorum[] = {
    {.name = "leader killed", .strike = kill_leader, .prepare = spread},
    {.name = NULL},
};
