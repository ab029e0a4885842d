/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHARED_AGENT_H
#define SHARED_AGENT_H

/* An agent in a process of its own, which dies at a random step: its directory, which counts and tells no times,
 * and its transport over a socket. For flow_shared.c. */

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "flow_world.h"
#include "sqlite_world.h"

static int *sets; /* of each request, in memory that all share */

static unsigned deadly, dice;

static inline void
maybe_die(void)
{
    dice = dice * 1664525u + 1013904223u;
    if ((dice >> 8) % 1000 < deadly)
        (void)raise(SIGKILL);
}

static inline pwwb_status
find_any(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
         pwwb_error *err)
{
    (void)ctx, (void)timeout_ms, (void)err;
    maybe_die(); /* after the claim */
    ret_found->code       = PWWB_CODE_OK;
    ret_found->candidates = 1;
    memcpy(ret_found->guid, anchor->guid, PWWB_ID_SIZE);
    return PWWB_OK;
}

static inline pwwb_status
read_any(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
         pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    fake_clock     clock = {0, 0};
    fake_directory fake  = fake_directory_of(&clock, guid[0]);

    (void)ctx, (void)timeout_ms, (void)err;
    *ret_account = fake.account;
    ret_account->now_ms = -1;
    *ret_rules   = fake.rules;
    return PWWB_OK;
}

static inline pwwb_status
set_and_count(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
              pwwb_error *err)
{
    int i;

    (void)ctx, (void)timeout_ms, (void)err;
    maybe_die(); /* after the record */
    memcpy(&i, set->guid + 4, sizeof(i));
    (void)__atomic_add_fetch(&sets[i], 1, __ATOMIC_SEQ_CST);
    maybe_die(); /* after the write */
    ret_result->code                 = PWWB_CODE_OK;
    ret_result->password_last_set_ms = -1;
    return PWWB_OK;
}

static const pwwb_directory_ops counting_ops = {.size = sizeof(pwwb_directory_ops),
                                                .find = find_any,
                                                .read = read_any,
                                                .set  = set_and_count};

static inline pwwb_status
to_relay(int fd, char kind, const void *data, size_t len)
{
    uint8_t packet[PWWB_ENVELOPE_MAX + 1] = {(uint8_t)kind};

    memcpy(packet + 1, data, len);
    return send(fd, packet, len + 1, MSG_NOSIGNAL) < 0 ? PWWB_E_CLOSED : PWWB_OK;
}

static inline pwwb_status
send_reply(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_status st;

    (void)timeout_ms, (void)err;
    maybe_die(); /* after finish */
    st = to_relay(*(int *)ctx, 'R', message->data, message->len);
    maybe_die(); /* before it is settled */
    return st;
}

static inline pwwb_status
receive_one(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery,
            int64_t timeout_ms, pwwb_error *err)
{
    struct pollfd wait = {*(int *)ctx, POLLIN, 0};
    ssize_t       len;

    (void)err;
    if (poll(&wait, 1, (int)timeout_ms) <= 0)
        return PWWB_E_TIMEOUT;
    len = recv(wait.fd, buf, buf_size, 0);
    if (len <= 0)
        return PWWB_E_CLOSED;
    ret_delivery->len = (size_t)len;
    ret_delivery->tag = 1;
    return PWWB_OK;
}

static inline pwwb_status
settle_one(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    (void)tag, (void)timeout_ms, (void)err;
    return to_relay(*(int *)ctx, 'S', &verdict, sizeof(verdict));
}

static const pwwb_transport_ops socket_ops = {.size    = sizeof(pwwb_transport_ops),
                                              .send    = send_reply,
                                              .receive = receive_one,
                                              .settle  = settle_one};

static inline void
be_agent(int is_shared, unsigned deadly_, int fd)
{
    world       w = {0};
    pwwb_agent *agent;
    int         good;

    deadly = deadly_;
    dice   = (unsigned)getpid() * 2654435761u;
    w.writeback.size = sizeof(w.writeback);
    good = (is_shared ? pwwb_journal_new_sqlite(path, NULL, NULL, &w.journal, NULL)
                         : pwwb_journal_new_memory(1000, NULL, NULL, &w.journal, NULL))
               == PWWB_OK
           && pwwb_directory_new(&counting_ops, &w, &w.directory, NULL) == PWWB_OK
           && pwwb_transport_new(&socket_ops, &fd, &w.agent_side, NULL) == PWWB_OK
           && make_agent(&w, agent_keys, &agent) == PWWB_OK;
    if (!good || pwwb_agent_run(agent, NULL) != PWWB_E_CLOSED)
        _exit(1);
    pwwb_journal_free(w.journal);
    _exit(0);
}

#endif /* SHARED_AGENT_H */
