/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 6 10 */
/* AMQP 1.0 inside a WebSocket over TLS, with another implementation of both at the other end: a small
 * broker made of npm's "rhea" and "ws". What it saw of the messages it has written itself. */
#include <pthread.h>

#include <pwwb/pwwb.h>

#include "examples/memory_directory.h"
#include "ws_amqp.h"

#define ID_TEXT "0123456789abcde" /* of every message of amqp_send(); the 16th octet is its end */
#define ID_HEX  "30313233343536373839616263646500"

static char name[PWWB_ADDRESS_SIZE]; /* of the portal */

/* A request to the agent and an answer to the portal, both settled. */
static void
go_round(pwwb_transport *portal, pwwb_transport *agent)
{
    CHECK_STATUS(PWWB_OK, wb_transport_address(portal, name, err));
    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "request", 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_TEXT("request");
    CHECK_MEM(ID_TEXT, PWWB_ID_SIZE, delivery.id, sizeof(delivery.id));
    CHECK_INT(PWWB_NO, delivery.is_redelivered);
    CHECK_STATUS(PWWB_OK, amqp_send(agent, name, "reply", 60000));
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_ACCEPT));
    CHECK_STATUS(PWWB_OK, amqp_receive(portal, WAIT_MS));
    CHECK_TEXT("reply");
    CHECK_MEM(ID_TEXT, PWWB_ID_SIZE, delivery.id, sizeof(delivery.id));
    CHECK_STATUS(PWWB_OK, amqp_settle(portal, PWWB_SETTLE_ACCEPT));
}

static void
check_line(long mark, const char *before, const char *between, const char *after)
{
    char start[160], whole[200];

    snprintf(start, sizeof(start), "%s%s ", before, between);
    snprintf(whole, sizeof(whole), "%s%s", start, after);
    CHECK_STR(whole, ws_amqp_line(mark, start));
}

static void
a_request_and_its_reply_go_round(void)
{
    long            mark   = ws_amqp_mark();
    pwwb_transport *agent  = ws_amqp(PWWB_RELAY_AGENT);
    pwwb_transport *portal = ws_amqp(PWWB_RELAY_PORTAL);

    go_round(portal, agent);
    CHECK_STR("amqp login yes", ws_amqp_line(mark, "amqp login"));
    check_line(mark, "amqp outcome ", "pwwb.req", "accepted");
    pwwb_transport_free(agent);
    pwwb_transport_free(portal); /* what it says of its last reply goes out now at the latest */
    check_line(mark, "amqp outcome pwwb.rsp.", name, "accepted");
    CHECK_STR("amqp closed amqp 1000", ws_amqp_line(mark, "amqp closed"));
}

/* pwwb_amqp_options: `host` is said to the broker; of `idle_ms` a peer is told the half (AMQP 1.0,
 * 2.4.5); `credit` is one message, or 8 of a portal's replies. */
static void
the_peer_is_told_what_the_options_say(void)
{
    long            mark = ws_amqp_mark();
    char            open[128];
    pwwb_transport *agent  = ws_amqp(PWWB_RELAY_AGENT);
    pwwb_transport *portal = ws_amqp(PWWB_RELAY_PORTAL);

    go_round(portal, agent);
    snprintf(open, sizeof(open), "amqp open %s 10000", ws("WS_ADDR"));
    CHECK_STR(open, ws_amqp_line(mark, "amqp open"));
    check_line(mark, "amqp credit ", "pwwb.req", "1");
    check_line(mark, "amqp credit pwwb.rsp.", name, "8");
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

/* One section of data with the octets, both ids 16 octets of binary (0xa0), the reply's address, a
 * time to live counted from now to the end that is given, and nothing that tells what is inside. */
static void
the_peer_sees_an_id_an_address_a_time_and_octets(void)
{
    long            mark   = ws_amqp_mark();
    int64_t         before = (int64_t)time(NULL) * 1000;
    pwwb_transport *agent  = ws_amqp(PWWB_RELAY_AGENT);
    pwwb_transport *portal = ws_amqp(PWWB_RELAY_PORTAL);
    const char     *line;
    char            words[256];
    intmax_t        expiry;

    go_round(portal, agent);
    line = ws_amqp_line(mark, "amqp message pwwb.req ");
    snprintf(words, sizeof(words),
             " id=a0" ID_HEX " correlation=a0" ID_HEX " reply-to=pwwb.rsp.%s ", name);
    CHECK(strstr(line, words) != NULL);
    CHECK(strstr(line, " durable=true ") != NULL);
    CHECK(strstr(line, " content-type=undefined sections=70,73,75 size=7 transfers=1") != NULL);
    CHECK(ws_amqp_number(line, " ttl=") > 0 && ws_amqp_number(line, " ttl=") <= 60000);
    expiry = ws_amqp_number(line, " expiry=");
    CHECK(expiry >= before + 60000 && expiry <= (int64_t)time(NULL) * 1000 + 60000);
    printf("# %s\n", line);
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

/* pwwb_amqp_send(): at least 1 ms, for 0 is no limit to some. */
static void
a_message_that_is_late_has_a_time_to_live_all_the_same(void)
{
    long            mark   = ws_amqp_mark();
    pwwb_transport *portal = ws_amqp(PWWB_RELAY_PORTAL);

    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "late", -5000));
    CHECK_INT(1, ws_amqp_number(ws_amqp_line(mark, "amqp message pwwb.req "), " ttl="));
    pwwb_transport_free(portal);
}

/* The peer takes frames of 1024 octets at most, of which 4096 and what stands before them make five. */
static void
the_largest_message_passes_whole(void)
{
    static char     much[PWWB_ENVELOPE_MAX + 1];
    long            mark   = ws_amqp_mark();
    pwwb_transport *agent  = ws_amqp(PWWB_RELAY_AGENT);
    pwwb_transport *portal = ws_amqp(PWWB_RELAY_PORTAL);
    const char     *line;
    int             i;

    for (i = 0; i < PWWB_ENVELOPE_MAX; i++)
        much[i] = (char)('a' + i % 26);
    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", much, 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_MEM(much, PWWB_ENVELOPE_MAX, incoming, delivery.len);
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_ACCEPT));
    line = ws_amqp_line(mark, "amqp message pwwb.req ");
    CHECK_INT(4096, ws_amqp_number(line, " size="));
    CHECK_INT(5, ws_amqp_number(line, " transfers="));
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

static void
a_message_that_is_released_comes_again_and_says_so(void)
{
    long            mark   = ws_amqp_mark();
    pwwb_transport *agent  = ws_amqp(PWWB_RELAY_AGENT);
    pwwb_transport *portal = ws_amqp(PWWB_RELAY_PORTAL);

    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "again", 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_INT(PWWB_NO, delivery.is_redelivered);
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_RELEASE));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_TEXT("again");
    CHECK_INT(PWWB_YES, delivery.is_redelivered);
    check_line(mark, "amqp outcome ", "pwwb.req", "released");
    mark = ws_amqp_mark();
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_REJECT));
    check_line(mark, "amqp outcome ", "pwwb.req", "rejected");
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

/* The first is left unsettled by an agent that goes; the second waited for credit. */
static void
an_agent_that_is_gone_leaves_its_message_to_another(void)
{
    pwwb_transport *agent  = ws_amqp(PWWB_RELAY_AGENT);
    pwwb_transport *portal = ws_amqp(PWWB_RELAY_PORTAL);

    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "first", 60000));
    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "second", 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_TEXT("first");
    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(agent, 200));
    pwwb_transport_free(agent);
    agent = ws_amqp(PWWB_RELAY_AGENT);
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_TEXT("first");
    CHECK_INT(PWWB_YES, delivery.is_redelivered);
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_ACCEPT));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_TEXT("second");
    CHECK_INT(PWWB_NO, delivery.is_redelivered);
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_ACCEPT));
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

/* The reason, once there is one. */
static pwwb_status
reason_of(pwwb_transport *transport)
{
    int64_t     until  = monotonic_ms() + WAIT_MS;
    int32_t     agents = PWWB_YES;
    pwwb_status st     = PWWB_OK;

    while (st == PWWB_OK && monotonic_ms() < until) {
        CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(transport, 50));
        st = wb_transport_presence(transport, &agents, err);
    }
    return st;
}

static void
a_wrong_secret_is_told(void)
{
    long            mark = ws_amqp_mark();
    amqp_end        end  = ws_amqp_end(PWWB_RELAY_PORTAL);
    pwwb_transport *portal;

    end.of.secret     = (const uint8_t *)"RelayPass2";
    end.of.secret_len = 10;
    portal            = ws_amqp_open(&end);
    CHECK_STATUS(PWWB_E_AUTH, reason_of(portal));
    CHECK_STR("amqp login no", ws_amqp_line(mark, "amqp login"));
    CHECK_STATUS(PWWB_E_CONNECT, amqp_send_within(portal, "", "x", 60000, 300));
    CHECK(ws_amqp_look(mark, "amqp message") == NULL);
    pwwb_transport_free(portal);
}

/* By CONNECT: a wrong password ends at the proxy, and the broker hears nothing. */
static void
both_ends_go_through_a_proxy(void)
{
    long            mark = ws_amqp_mark();
    amqp_end        end  = ws_amqp_end(PWWB_RELAY_PORTAL);
    pwwb_transport *portal, *agent;

    end.of.proxy_host   = ws("WS_ADDR");
    end.of.proxy_port   = ws_number("WS_AUTH_PORT");
    end.of.proxy_user   = ws("WS_PROXY_USER");
    end.of.proxy_secret = "another";
    portal              = ws_amqp_open(&end);
    CHECK_STATUS(PWWB_E_AUTH, reason_of(portal));
    CHECK(ws_amqp_look(mark, "amqp login") == NULL);
    pwwb_transport_free(portal);

    end.of.proxy_secret = ws("WS_PROXY_PW");
    portal              = ws_amqp_open(&end);
    end.of.end          = PWWB_RELAY_AGENT;
    agent               = ws_amqp_open(&end);
    go_round(portal, agent);
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

/* ---- a whole password ---- */

static memory_directory memory = {.rules = {.size       = sizeof(memory.rules),
                                            .source     = PWWB_POLICY_HOST,
                                            .min_length = 8,
                                            .complexity = PWWB_YES}};

typedef struct host {
    pwwb_transport *transport;
    pwwb_directory *directory;
    pwwb_journal   *journal;
    pwwb_agent     *agent;
    pthread_t       thread;
} host;

static void *
work(void *ctx)
{
    pwwb_status st = pwwb_agent_run(((host *)ctx)->agent, NULL);

    return st == PWWB_OK ? ctx : NULL;
}

/* A journal in memory knows nothing of before it was made: of that very second an agent cannot say
 * that nothing was set. */
static void
let_the_second_pass(void)
{
    time_t now = time(NULL);

    while (time(NULL) == now)
        usleep(5000);
}

static void
host_begin(host *h, pwwb_keyring *keys)
{
    pwwb_agent_options options = {.size = sizeof(options), .keyring = keys};

    h->transport = ws_amqp(PWWB_RELAY_AGENT);
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(100, NULL, NULL, &h->journal, err));
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&memory_directory_ops, &memory, &h->directory, err));
    options.transport = h->transport;
    options.journal   = h->journal;
    CHECK_STATUS(PWWB_OK, pwwb_agent_new(&options, &h->agent, err));
    CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(h->agent, "", h->directory, err));
    CHECK_INT(0, pthread_create(&h->thread, NULL, work, h));
    let_the_second_pass();
}

static void
host_end(host *h)
{
    void *ended_well = NULL;

    pwwb_agent_stop(h->agent);
    CHECK_INT(0, pthread_join(h->thread, &ended_well));
    CHECK(ended_well != NULL);
    pwwb_agent_free(h->agent);
    pwwb_directory_free(h->directory);
    pwwb_journal_free(h->journal);
    pwwb_transport_free(h->transport);
}

static int32_t
code_of(pwwb_portal *portal, pwwb_transport *replies, const char *password)
{
    pwwb_claims claims = {.size      = sizeof(claims),
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_PASS_THROUGH,
                          .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};
    pwwb_reply *reply  = NULL;
    int32_t     code;

    memcpy(claims.anchor.guid, memory.accounts[0].guid, PWWB_ID_SIZE);
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, err));
    CHECK_STATUS(PWWB_OK,
                 pwwb_portal_call(portal, replies, &claims, (const uint8_t *)password,
                                  strlen(password), NULL, 0, 20000, reply, err));
    code = pwwb_reply_code(reply);
    pwwb_reply_free(reply);
    return code;
}

static void
a_password_is_set_and_a_short_one_refused(void)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {0x72, 0x68, 0x65, 0x61};

    long            mark    = ws_amqp_mark();
    memory_account *anna    = memory_directory_add(&memory, 0xa1, "anna", "Anna", "Forgotten-1");
    pwwb_transport *replies = ws_amqp(PWWB_RELAY_PORTAL);
    pwwb_portal    *portal  = NULL;
    pwwb_keyring   *keys    = NULL;
    host            h       = {0};

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, err));
    CHECK_STATUS(PWWB_OK, pwwb_portal_new(keys, NULL, &portal, err));
    host_begin(&h, keys);
    CHECK_INT(PWWB_CODE_OK, code_of(portal, replies, "Correct-Horse-7"));
    CHECK_STR("Correct-Horse-7", anna->password);
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, code_of(portal, replies, "anna1"));
    CHECK_STR("Correct-Horse-7", anna->password);
    CHECK_INT(1, memory.sets);
    check_line(mark, "amqp outcome ", "pwwb.req", "accepted");
    host_end(&h);
    pwwb_portal_free(portal);
    pwwb_transport_free(replies);
    pwwb_keyring_free(keys);
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(a_request_and_its_reply_go_round);
    RUN(the_peer_is_told_what_the_options_say);
    RUN(the_peer_sees_an_id_an_address_a_time_and_octets);
    RUN(a_message_that_is_late_has_a_time_to_live_all_the_same);
    RUN(the_largest_message_passes_whole);
    RUN(a_message_that_is_released_comes_again_and_says_so);
    RUN(an_agent_that_is_gone_leaves_its_message_to_another);
    RUN(a_wrong_secret_is_told);
    RUN(both_ends_go_through_a_proxy);
    RUN(a_password_is_set_and_a_short_one_refused);
    pwwb_error_free(err);
    return DONE;
}
