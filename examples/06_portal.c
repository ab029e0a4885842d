/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cloud-side process: seal what is ordered, send it to an agent, say what became of it.
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "secret.h"
#include "socket_transport.h"

static const char help[] =
    "usage: 06_portal SOCKET KEYFOLDER\n"
    "\n"
    "Listens at SOCKET for an agent and reads orders, one a line:\n"
    "    reset ANCHOR [WORD...]        a person resets the own, forgotten password\n"
    "    admin-reset ANCHOR [WORD...]  an administrator resets somebody's password\n"
    "    powershell-reset ANCHOR       the same by PowerShell, which is never written back\n"
    "    change ANCHOR [WORD...]       a person changes the own password\n"
    "    unlock ANCHOR                 a person unlocks the own account\n"
    "    again                         the last request once more, octet by octet\n"
    "    ticket TENANT FILE            make a ticket for the agent's administrator\n"
    "    keys                          wait for the agent's next order about keys; say how they are\n"
    "    confirm FINGERPRINT           the administrator has compared it with the agent's\n"
    "    revoke                        every key is void at once\n"
    "WORD is unlock, must-change, hash-sync, federated or cloud-only. The next line is the new\n"
    "password (not for unlock and again), the one after it the old one (for change).\n"
    "ANCHOR is base64 of an objectGUID or mS-DS-ConsistencyGuid, or User_<guid>.\n"
    "Answers, one a line:  OUTCOME CODE; FINDING limit N actual N; ...; N ms\n";

enum { PASSWORDS_MAX = 2, AGENT_WAIT_MS = 5000, REPLY_WAIT_MS = 30000 };

static const struct order {
    const char *name;
    int32_t     operation, origin, actor;
    int         passwords; /* lines that follow */
} orders[] = {
    {"reset", PWWB_OPERATION_RESET_SELF, PWWB_FROM_RESET_PORTAL, PWWB_ACTOR_USER, 1},
    {"admin-reset", PWWB_OPERATION_RESET_ADMIN, PWWB_FROM_ADMIN_PORTAL, PWWB_ACTOR_ADMIN, 1},
    {"powershell-reset", PWWB_OPERATION_RESET_ADMIN, PWWB_FROM_POWERSHELL_V2, PWWB_ACTOR_ADMIN, 1},
    {"change", PWWB_OPERATION_CHANGE, PWWB_FROM_ACCOUNT_PORTAL, PWWB_ACTOR_USER, 2},
    {"unlock", PWWB_OPERATION_UNLOCK, PWWB_FROM_RESET_PORTAL, PWWB_ACTOR_USER, 0},
};

typedef struct session {
    socket_link   *link;
    pwwb_keystore *store;
    pwwb_exchange *exchange;
    pwwb_portal   *portal;
    pwwb_reply    *reply;
    pwwb_error    *err;
    pwwb_claims    claims; /* of the last request */
    size_t         len;    /* its octets, as sealed; 0 = none */
    uint8_t        sealed[PWWB_ENVELOPE_MAX];
} session;

/* One word after the anchor. 0 = not known. */
static int
take_word(const char *word, pwwb_claims *claims)
{
    if (strcmp(word, "unlock") == 0)
        claims->flags |= PWWB_FLAG_UNLOCK;
    else if (strcmp(word, "must-change") == 0)
        claims->must_change = PWWB_MUST_CHANGE_SET;
    else if (strcmp(word, "hash-sync") == 0)
        claims->user_type = PWWB_USER_HASH_SYNC;
    else if (strcmp(word, "federated") == 0)
        claims->user_type = PWWB_USER_FEDERATED;
    else if (strcmp(word, "cloud-only") == 0)
        claims->user_type = PWWB_USER_CLOUD_ONLY;
    else
        return 0;
    return 1;
}

/* An order's line into claims; NULL = it makes no sense. */
static const struct order *
read_order(char *line, pwwb_claims *claims)
{
    const char         *name   = strtok(line, " ");
    const char         *anchor = strtok(NULL, " ");
    const char         *word;
    const struct order *order = NULL;
    size_t              i;

    for (i = 0; name != NULL && i < sizeof(orders) / sizeof(orders[0]); i++)
        if (strcmp(name, orders[i].name) == 0)
            order = &orders[i];
    if (order == NULL || anchor == NULL)
        return NULL;

    *claims = (pwwb_claims){.size      = sizeof(*claims),
                            .operation = order->operation,
                            .origin    = order->origin,
                            .actor     = order->actor,
                            .user_type = PWWB_USER_PASS_THROUGH};
    if (pwwb_anchor_parse(anchor, strlen(anchor), &claims->anchor, NULL) != PWWB_OK)
        return NULL;
    for (word = strtok(NULL, " "); word != NULL; word = strtok(NULL, " "))
        if (!take_word(word, claims))
            return NULL;
    return order;
}

/* Seal it: nothing of the password stays here. A code other than OK: nothing is to be sent. */
static pwwb_status
seal(session *s, int passwords, int32_t *ret_code)
{
    secret      words[PASSWORDS_MAX]; /* the new one, the old one */
    pwwb_status st = PWWB_OK;
    int         i;

    s->len = 0;
    for (i = 0; i < PASSWORDS_MAX; i++)
        secret_make(&words[i]);
    for (i = 0; i < passwords && st == PWWB_OK; i++)
        if (secret_line(&words[i], i == 0 ? "new password" : "old password") != 0)
            st = pwwb_error_set(s->err, PWWB_E_INVALID_ARGUMENT, "a password is missing");
    if (st == PWWB_OK)
        st = pwwb_portal_begin(s->portal, &s->claims, passwords > 0 ? words[0].octets : NULL,
                               words[0].len, passwords > 1 ? words[1].octets : NULL, words[1].len,
                               s->sealed, sizeof(s->sealed), &s->len, ret_code, s->err);
    for (i = 0; i < PASSWORDS_MAX; i++)
        secret_drop(&words[i]);
    return st;
}

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* An order of the agent's about keys: take it and answer. 1 = it was one. */
static int
take_order(session *s, const uint8_t *data, size_t len)
{
    uint8_t      answer[PWWB_ENVELOPE_MAX];
    pwwb_message message = {.size = sizeof(message), .data = answer};

    if (pwwb_exchange_take(s->exchange, data, len, answer, sizeof(answer), &message.len, NULL,
                           s->err)
        != PWWB_OK)
        return 0;

    message.expires_ms = INT64_MAX;
    if (message.len > 0)
        (void)socket_transport_ops.send(s->link, &message, AGENT_WAIT_MS, s->err);
    return 1;
}

/* Orders are taken on the way; replies to earlier requests, and noise, are passed over. */
static pwwb_status
wait_for_reply(session *s)
{
    int64_t     deadline = now_ms() + REPLY_WAIT_MS;
    uint8_t     buf[PWWB_ENVELOPE_MAX];
    pwwb_status st = PWWB_OK;

    while (st == PWWB_OK) {
        pwwb_delivery delivery = {.size = sizeof(delivery)};
        int64_t       left     = deadline - now_ms();

        st = socket_transport_ops.receive(s->link, buf, sizeof(buf), &delivery, left > 0 ? left : 0,
                                          s->err);
        if (st == PWWB_OK && !take_order(s, buf, delivery.len)
            && pwwb_portal_finish(s->portal, &s->claims, buf, delivery.len, s->reply, s->err) == PWWB_OK)
            return PWWB_OK;
    }
    return pwwb_portal_finish(s->portal, &s->claims, NULL, 0, s->reply, s->err); /* nobody knows */
}

/* Send the sealed octets and wait: the reply says what became of it, the agent's or this side's own. */
static pwwb_status
ask(session *s)
{
    pwwb_message message = {.size = sizeof(message), .data = s->sealed, .len = s->len};
    int32_t      is_over = 0;
    pwwb_status  st;

    memcpy(message.id, s->claims.cti, sizeof(message.id));
    message.expires_ms = s->claims.exp * 1000;
    st = socket_transport_ops.send(s->link, &message, AGENT_WAIT_MS, s->err);
    st = pwwb_portal_sent(s->portal, &s->claims, st, s->reply, &is_over, s->err);
    return st == PWWB_OK && !is_over ? wait_for_reply(s) : st;
}

static void
print_findings(const pwwb_findings *findings, int32_t said)
{
    int32_t code;
    int64_t limit, actual;
    size_t  i;

    for (i = 0; pwwb_findings_get(findings, i, &code, NULL, &limit, &actual) == PWWB_OK; i++)
        if (code != said || limit != 0 || actual != 0)
            printf("; %s limit %lld actual %lld", pwwb_code_name(code), (long long)limit,
                   (long long)actual);
}

/* The reply's outcome may carry warnings that the code alone does not. */
static void
print_answer(const session *s, int32_t code, int is_reply, int64_t took_ms)
{
    static const char *const names[] = {"?", "SET", "SET_WITH_WARNINGS", "NOT_SET", "UNKNOWN"};
    int32_t outcome = is_reply ? pwwb_reply_outcome(s->reply) : pwwb_code_outcome(code);

    printf("%s %s", names[outcome], pwwb_code_name(code));
    if (is_reply)
        print_findings(pwwb_reply_findings(s->reply), code);
    printf("; %lld ms\n", (long long)took_ms);
    fflush(stdout);
}

static pwwb_status
make_ticket(session *s, const char *tenant, const char *path)
{
    pwwb_ticket ticket = {.size = sizeof(ticket)};
    secret      text;
    pwwb_status st = pwwb_guid_parse(tenant, strlen(tenant), ticket.tenant, s->err);

    secret_make(&text);
    if (st == PWWB_OK)
        st = pwwb_exchange_ticket(s->exchange, &ticket, (char *)text.octets, sizeof(text.octets),
                                  &text.len, s->err);
    if (st == PWWB_OK && secret_write_new(&text, path) != 0)
        st = pwwb_error_set(s->err, PWWB_E_SYSTEM, "the ticket's file is there, or cannot be made");
    secret_drop(&text);
    return st;
}

/* At most a few seconds; the agent may have to connect first. */
static pwwb_status
wait_for_order(session *s)
{
    pwwb_delivery delivery = {.size = sizeof(delivery)};
    int64_t       deadline = now_ms() + AGENT_WAIT_MS;
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    int64_t       left;
    pwwb_status   st;

    do {
        left = deadline - now_ms();
        st   = socket_transport_ops.receive(s->link, buf, sizeof(buf), &delivery,
                                            left > 0 ? left : 0, s->err);
    } while (st == PWWB_OK && !take_order(s, buf, delivery.len));
    return st;
}

static pwwb_status
revoke(session *s)
{
    uint8_t      buf[PWWB_ENVELOPE_MAX];
    pwwb_message message = {.size = sizeof(message), .data = buf, .expires_ms = INT64_MAX};
    pwwb_status  st = pwwb_exchange_begin(s->exchange, PWWB_EXCHANGE_REVOKE, NULL, 0, s->err);

    if (st == PWWB_OK)
        st = pwwb_exchange_step(s->exchange, buf, sizeof(buf), &message.len, s->err);
    if (st == PWWB_OK && message.len > 0)
        (void)socket_transport_ops.send(s->link, &message, AGENT_WAIT_MS, s->err);
    return st;
}

static void
print_keys(session *s, pwwb_status st)
{
    static const char *const states[] = {"?",         "none",     "waits for the fingerprint",
                                         "enabled",   "?",        "disabled",
                                         "revoked"};
    pwwb_keyring_info        info = {.size = sizeof(info), .state = PWWB_TENANT_NONE};
    pwwb_keyring            *keys = NULL;

    if (pwwb_keystore_load(s->store, &keys, s->err) == PWWB_OK)
        (void)pwwb_keyring_describe(keys, &info, s->err);
    pwwb_keyring_free(keys);
    printf("KEYS %s", states[info.state]);
    if (info.generation > 0)
        printf(", generation %d, fingerprint %s", (int)info.generation, info.fingerprint);
    printf("%s%s\n", st == PWWB_OK ? "" : "; ", st == PWWB_OK ? "" : pwwb_status_name(st));
}

/* Whether a line is about keys, and then what it asks for. */
static int
obey_keys(session *s, char *line)
{
    char       *rest  = NULL;
    const char *name  = strtok_r(line, " ", &rest);
    const char *first = strtok_r(NULL, " ", &rest);
    const char *other = strtok_r(NULL, " ", &rest);

    if (strcmp(name, "ticket") == 0 && other != NULL)
        print_keys(s, make_ticket(s, first, other));
    else if (strcmp(name, "confirm") == 0 && first != NULL)
        print_keys(s, pwwb_exchange_confirm(s->exchange, first, strlen(first), s->err));
    else if (strcmp(name, "keys") == 0)
        print_keys(s, wait_for_order(s));
    else if (strcmp(name, "revoke") == 0)
        print_keys(s, revoke(s));
    else
        return 0;
    fflush(stdout);
    return 1;
}

static void
obey(session *s, char *line)
{
    const struct order *order    = NULL;
    int                 is_again = strcmp(line, "again") == 0;
    int                 is_reply = 0;
    int32_t             code     = PWWB_CODE_OK;
    pwwb_status         st       = PWWB_OK;
    int64_t             begun;
    char                copy[1024];

    (void)snprintf(copy, sizeof(copy), "%s", line);
    if (obey_keys(s, copy))
        return;
    if (!is_again)
        order = read_order(line, &s->claims);
    if (!is_again && order != NULL)
        st = seal(s, order->passwords, &code);
    if ((!is_again && order == NULL) || (is_again && s->len == 0) || st != PWWB_OK) {
        printf("ERROR %s\n", st == PWWB_OK ? "no such order; see --help" : pwwb_status_name(st));
        fflush(stdout);
        return;
    }

    begun = now_ms();
    if (code == PWWB_CODE_OK) {
        st       = ask(s);
        is_reply = st == PWWB_OK;
        code     = is_reply ? pwwb_reply_code(s->reply) : PWWB_CODE_OUTCOME_UNKNOWN;
    }
    print_answer(s, code, is_reply, now_ms() - begun);
}

int
main(int argc, char **argv)
{
    session             s       = {.err = pwwb_error_new()};
    pwwb_portal_options options = {.size = sizeof(options), .cache_ms = 1};
    secret              line;
    pwwb_status         st = PWWB_OK;

    if (argc != 3) {
        int is_asked = argc == 2 && strcmp(argv[1], "--help") == 0;

        fputs(help, is_asked ? stdout : stderr);
        pwwb_error_free(s.err);
        return is_asked ? 0 : 2;
    }

    secret_make(&line);
    st = secret_store(argv[2], "portal.key", &s.store, s.err);
    if (st == PWWB_OK)
        st = pwwb_exchange_new(s.store, PWWB_HALF_PORTAL, NULL, &s.exchange, s.err);
    options.store = s.store;
    if (st == PWWB_OK)
        st = pwwb_portal_new(NULL, &options, &s.portal, s.err);
    if (st == PWWB_OK)
        st = pwwb_reply_new(&s.reply, s.err);
    if (st == PWWB_OK)
        st = socket_link_listen(argv[1], &s.link, s.err);
    while (st == PWWB_OK && secret_line(&line, NULL) == 0) {
        line.octets[line.len] = '\0';
        if (line.len > 0)
            obey(&s, (char *)line.octets);
    }
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(s.err));
    secret_drop(&line);
    socket_link_free(s.link);
    pwwb_reply_free(s.reply);
    pwwb_portal_free(s.portal);
    pwwb_exchange_free(s.exchange);
    pwwb_keystore_free(s.store);
    pwwb_error_free(s.err);
    return st == PWWB_OK ? 0 : 1;
}
