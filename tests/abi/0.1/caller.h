/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of caller.c: what it works with. Others are in tables.h. */
#ifndef CALLER_H
#define CALLER_H

#include <pwwb/amqp.h>
#include <pwwb/pwwb.h>
#include <pwwb/space.h>
#include <pwwb/sqlite.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BOX = 8, ENTRIES = 8 };

typedef struct letter {
    uint8_t data[PWWB_ENVELOPE_MAX], id[PWWB_ID_SIZE];
    size_t  len;
} letter;

/* What is under way to one side. */
typedef struct box {
    letter letters[BOX];
    size_t first, count;
} box;

/* One side's end. The portal's lets the agent work when there is nothing for it yet. */
typedef struct end {
    box        *in, *requests, *replies, *beats;
    pwwb_agent *agent;
    int         settled;
} end;

typedef struct entry {
    uint8_t cti[PWWB_ID_SIZE], digest[32], guid[PWWB_ID_SIZE], reply[PWWB_ENVELOPE_MAX];
    size_t  reply_len;
    int64_t last_set_ms;
    int32_t state; /* 0 = free */
} entry;

static const uint8_t tenant[PWWB_ID_SIZE] = {0x01}, person[PWWB_ID_SIZE] = {0xa1};

static char    password[PWWB_PASSWORD_MAX + 1] = "Long-Forgotten-1";
static entry   entries[ENTRIES];
static int     wrong, destroyed, audited, logged;
static int64_t last_set_ms;

static void
must(int is_so, const char *what, pwwb_error *err)
{
    printf("%s - %s%s%s\n", is_so ? "as it was" : "NOT as it was", what, is_so ? "" : ": ",
           is_so ? "" : pwwb_error_message(err));
    wrong += !is_so;
}

static int64_t
clock_ms(clockid_t id)
{
    struct timespec t;

    (void)clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t
wall_ms(void *ctx)
{
    (void)ctx;
    return clock_ms(CLOCK_REALTIME);
}

static int64_t
monotonic_ms(void *ctx)
{
    (void)ctx;
    return clock_ms(CLOCK_MONOTONIC);
}

static const pwwb_clock_ops clock_ops = {
    .size = sizeof(pwwb_clock_ops), .wall_ms = wall_ms, .monotonic_ms = monotonic_ms};

static void
destroy(void *ctx)
{
    (void)ctx;
    destroyed++;
}

static pwwb_status
send(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    end    *e  = ctx;
    box    *to = message->to[0] == '\0'                               ? e->requests
               : strcmp(message->to, PWWB_ADDRESS_HEARTBEATS) == 0 ? e->beats
                                                                     : e->replies;
    letter *l = &to->letters[(to->first + to->count) % BOX];

    (void)timeout_ms;
    if (to->count == BOX || message->len > sizeof(l->data))
        return pwwb_error_set(err, PWWB_E_FULL, "the box is full");
    memcpy(l->data, message->data, message->len);
    memcpy(l->id, message->id, sizeof(l->id));
    l->len = message->len;
    to->count++;
    return PWWB_OK;
}

static pwwb_status
receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery, int64_t timeout_ms,
        pwwb_error *err)
{
    end        *e = ctx;
    letter     *l;
    pwwb_status st = PWWB_OK;

    (void)timeout_ms;
    if (e->in->count == 0 && e->agent != NULL)
        st = pwwb_agent_step(e->agent, 0, err);
    if (st != PWWB_OK && st != PWWB_E_TIMEOUT)
        return st;
    if (e->in->count == 0)
        return pwwb_error_set(err, PWWB_E_TIMEOUT, "nothing came");
    l = &e->in->letters[e->in->first];
    if (l->len > buf_size)
        return pwwb_error_set(err, PWWB_E_TOO_LARGE, "the buffer is small");
    memcpy(buf, l->data, l->len);
    memcpy(ret_delivery->id, l->id, sizeof(l->id));
    ret_delivery->len            = l->len;
    ret_delivery->tag            = 7;
    ret_delivery->is_redelivered = PWWB_NO;
    return PWWB_OK;
}

static pwwb_status
settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    end *e = ctx;

    (void)timeout_ms;
    if (tag != 7 || verdict == PWWB_SETTLE_RELEASE)
        return pwwb_error_set(err, PWWB_E_INVALID_ARGUMENT, "nobody else takes it");
    e->in->first = (e->in->first + 1) % BOX;
    e->in->count--;
    e->settled++;
    return PWWB_OK;
}

static const char *
address(void *ctx)
{
    (void)ctx;
    return "me";
}

static pwwb_status
presence(void *ctx, int32_t *ret_agents, pwwb_error *err)
{
    (void)ctx;
    (void)err;
    *ret_agents = PWWB_YES;
    return PWWB_OK;
}

static pwwb_status
hold(void *ctx, uint64_t tag, pwwb_error *err)
{
    (void)ctx;
    (void)tag;
    return pwwb_error_set(err, PWWB_E_FULL, "nothing is held");
}

static const pwwb_transport_ops transport_ops = {.size     = sizeof(pwwb_transport_ops),
                                                 .send     = send,
                                                 .receive  = receive,
                                                 .settle   = settle,
                                                 .address  = address,
                                                 .destroy  = destroy,
                                                 .presence = presence,
                                                 .hold     = hold};

static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found, pwwb_error *err)
{
    (void)ctx;
    (void)timeout_ms;
    (void)err;
    ret_found->code       = anchor->guid[0] == 0xc1 ? PWWB_CODE_OK : PWWB_CODE_NOT_FOUND;
    ret_found->candidates = ret_found->code == PWWB_CODE_OK;
    memcpy(ret_found->guid, person, sizeof(person));
    return PWWB_OK;
}

static const pwwb_anchors_ops anchors_ops = {
    .size = sizeof(pwwb_anchors_ops), .find = find, .destroy = destroy};

static pwwb_status
summary(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    (void)ctx;
    (void)timeout_ms;
    (void)err;
    ret_rules->source     = PWWB_POLICY_HOST;
    ret_rules->min_length = 8;
    return PWWB_OK;
}

static pwwb_status
read_account(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
             pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    if (memcmp(guid, person, sizeof(person)) != 0)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "there is no such account");
    ret_account->kind                 = PWWB_ACCOUNT_PERSON;
    ret_account->is_protected         = PWWB_NO;
    ret_account->is_locked            = PWWB_NO;
    ret_account->may_change           = PWWB_YES;
    ret_account->password_last_set_ms = last_set_ms;
    ret_account->now_ms               = wall_ms(NULL);
    (void)snprintf(ret_account->account_name, sizeof(ret_account->account_name), "anna");
    ret_rules->complexity = PWWB_YES;
    return summary(ctx, timeout_ms, ret_rules, err);
}

static pwwb_status
set_password(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
             pwwb_error *err)
{
    (void)ctx;
    (void)timeout_ms;
    (void)err;
    if (set->password_len == strlen(password) && memcmp(set->password, password, set->password_len) == 0) {
        ret_result->code = PWWB_CODE_POLICY_HISTORY;
        return pwwb_findings_add(ret_result->findings, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_STATED, 24, 0);
    }
    memcpy(password, set->password, set->password_len);
    password[set->password_len]      = '\0';
    last_set_ms                      = wall_ms(NULL);
    ret_result->code                 = PWWB_CODE_OK;
    ret_result->password_last_set_ms = last_set_ms;
    (void)snprintf(ret_result->controller, sizeof(ret_result->controller), "memory");
    return PWWB_OK;
}

static const pwwb_directory_ops directory_ops = {.size    = sizeof(pwwb_directory_ops),
                                                 .find    = find,
                                                 .read    = read_account,
                                                 .set     = set_password,
                                                 .destroy = destroy,
                                                 .summary = summary};

static entry *
entry_of(const uint8_t *cti)
{
    size_t i;

    for (i = 0; i < ENTRIES; i++)
        if (entries[i].state != 0 && memcmp(entries[i].cti, cti, PWWB_ID_SIZE) == 0)
            return &entries[i];
    return NULL;
}

static pwwb_status
claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms, uint8_t *reply,
      size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    entry *e = entry_of(cti);
    size_t i;

    (void)ctx;
    (void)expires_ms;
    ret_entry->password_last_set_ms = -1;
    if (e != NULL && e->reply_len <= reply_size) {
        ret_entry->state     = e->reply_len > 0 ? PWWB_ENTRY_DONE : PWWB_ENTRY_RUNNING;
        ret_entry->reply_len = e->reply_len;
        memcpy(ret_entry->guid, e->guid, sizeof(e->guid));
        memcpy(reply, e->reply, e->reply_len);
        return PWWB_OK;
    }
    for (i = 0; i < ENTRIES && e == NULL; i++)
        e = entries[i].state == 0 ? &entries[i] : NULL;
    if (e == NULL)
        return pwwb_error_set(err, PWWB_E_FULL, "the journal is full");
    e->state = 1;
    memcpy(e->cti, cti, sizeof(e->cti));
    memcpy(e->digest, digest, sizeof(e->digest));
    ret_entry->state = PWWB_ENTRY_NEW;
    return PWWB_OK;
}

static pwwb_status
record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t then_ms, int64_t issued_s, pwwb_error *err)
{
    entry *e = entry_of(cti);

    (void)ctx;
    (void)then_ms;
    (void)issued_s;
    if (e == NULL)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "it was not claimed");
    memcpy(e->guid, guid, sizeof(e->guid));
    return PWWB_OK;
}

static pwwb_status
finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len, int64_t then_ms, pwwb_error *err)
{
    entry *e = entry_of(cti);

    (void)ctx;
    if (e == NULL || reply_len > sizeof(e->reply))
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "it was not claimed");
    memcpy(e->reply, reply, reply_len);
    e->reply_len   = reply_len;
    e->last_set_ms = then_ms;
    return PWWB_OK;
}

static pwwb_status
lookup(void *ctx, const uint8_t *guid, int64_t then_ms, int64_t issued_s, int32_t *ret_ours, pwwb_error *err)
{
    size_t i;

    (void)ctx;
    (void)issued_s;
    (void)err;
    *ret_ours = 0;
    for (i = 0; i < ENTRIES; i++)
        if (entries[i].last_set_ms == then_ms && memcmp(entries[i].guid, guid, PWWB_ID_SIZE) == 0)
            *ret_ours = 1;
    return PWWB_OK;
}

static const pwwb_journal_ops journal_ops = {.size    = sizeof(pwwb_journal_ops),
                                             .claim   = claim,
                                             .record  = record,
                                             .finish  = finish,
                                             .lookup  = lookup,
                                             .destroy = destroy};

#endif /* CALLER_H */
