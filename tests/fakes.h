/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKES_H
#define FAKES_H

/* What tests of several units share: a clock that stands where it is put, a fault that a fake
 * table asks for before it answers, a directory with one account, and a post office without
 * threads. */

#include <string.h>

#include <pwwb/clock.h>
#include <pwwb/directory.h>
#include <pwwb/error.h>
#include <pwwb/transport.h>

typedef struct fake_clock {
    int64_t wall_ms;
    int64_t monotonic_ms;
} fake_clock;

static inline int64_t
fake_clock_wall_ms(void *ctx)
{
    return ((fake_clock *)ctx)->wall_ms;
}

static inline int64_t
fake_clock_monotonic_ms(void *ctx)
{
    return ((fake_clock *)ctx)->monotonic_ms;
}

static const pwwb_clock_ops fake_clock_ops = {
    .size         = sizeof(pwwb_clock_ops),
    .wall_ms      = fake_clock_wall_ms,
    .monotonic_ms = fake_clock_monotonic_ms,
};

/* From the nth call on (from 1), once or for good, a fake answers `status`. All zero: no fault. */
typedef struct fake_fault {
    long        nth;
    int         is_persistent;
    pwwb_status status;
    long        calls;
} fake_fault;

static inline pwwb_status
fake_fault_next(fake_fault *fault)
{
    long call = ++fault->calls;
    int  hits = call == fault->nth || (fault->is_persistent && call > fault->nth);

    return fault->nth != 0 && hits ? fault->status : PWWB_OK;
}

/* A directory of one account, which answers as it is told and counts the passwords it set. */
typedef struct fake_directory {
    fake_clock       *clock;
    fake_fault        find_fault;
    fake_fault        read_fault;
    fake_fault        set_fault; /* nothing is done when the status promises so; else it is done */
    int32_t           lookup;    /* what find answers */
    int64_t           ahead_ms;  /* of its own clock */
    uint8_t           guid[PWWB_ID_SIZE];
    pwwb_account      account;
    pwwb_policy_rules rules;
    int32_t           code;    /* what set answers */
    int32_t           finding; /* a finding that goes with it; 0 = none */
    int32_t           basis;   /* its basis */
    void (*on_set)(void *ctx); /* called in the middle of set; NULL = nothing */
    void    *on_set_ctx;
    long     reads;
    long     sets;     /* how often something was really written */
    pwwb_set last_set; /* its pointers are only for looking whether they are wiped */
    int64_t  last_timeout_ms; /* that set was given, */
    int64_t  read_timeout_ms; /* and read */
    char     password[PWWB_PASSWORD_MAX + 1];
    char     old_password[PWWB_PASSWORD_MAX + 1];
} fake_directory;

static inline pwwb_status
fake_directory_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
                    pwwb_error *err)
{
    fake_directory *d  = ctx;
    pwwb_status     st = fake_fault_next(&d->find_fault);

    (void)timeout_ms;
    (void)err;
    if (st != PWWB_OK)
        return st;

    ret_found->code = memcmp(anchor->guid, d->guid, PWWB_ID_SIZE) == 0 ? d->lookup
                                                                      : PWWB_CODE_NOT_FOUND;
    ret_found->candidates = ret_found->code == PWWB_CODE_OK;
    memcpy(ret_found->guid, d->guid, PWWB_ID_SIZE);
    return PWWB_OK;
}

static inline pwwb_status
fake_directory_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
                    pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    fake_directory *d  = ctx;
    pwwb_status     st = fake_fault_next(&d->read_fault);

    (void)err;
    d->read_timeout_ms = timeout_ms;
    d->reads++;
    if (st != PWWB_OK)
        return st;
    if (memcmp(guid, d->guid, PWWB_ID_SIZE) != 0)
        return PWWB_E_NOT_FOUND;

    *ret_account        = d->account;
    ret_account->now_ms = d->clock->wall_ms + d->ahead_ms;
    *ret_rules          = d->rules;
    return PWWB_OK;
}

/* The statuses by which a directory promises that nothing was sent (pwwb_directory_ops). */
static inline int
fake_directory_promises(pwwb_status status)
{
    return status == PWWB_E_CONNECT || status == PWWB_E_TLS || status == PWWB_E_TLS_CA ||
           status == PWWB_E_TLS_NAME || status == PWWB_E_TLS_EXPIRED || status == PWWB_E_AUTH ||
           status == PWWB_E_NOT_SUPPORTED || status == PWWB_E_NO_MEMORY;
}

static inline void
fake_directory_keep(char *to, const uint8_t *from, size_t len)
{
    memset(to, 0, PWWB_PASSWORD_MAX + 1);
    if (from != NULL && len <= PWWB_PASSWORD_MAX)
        memcpy(to, from, len);
}

static inline pwwb_status
fake_directory_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
                   pwwb_error *err)
{
    fake_directory *d  = ctx;
    pwwb_status     st = fake_fault_next(&d->set_fault);

    (void)err;
    d->last_set        = *set;
    d->last_timeout_ms = timeout_ms;
    if (fake_directory_promises(st))
        return st;

    fake_directory_keep(d->password, set->password, set->password_len);
    fake_directory_keep(d->old_password, set->old_password, set->old_password_len);
    if (d->on_set != NULL)
        d->on_set(d->on_set_ctx);
    if (pwwb_code_outcome(d->code) != PWWB_OUTCOME_NOT_SET) {
        d->sets++;
        d->account.password_last_set_ms = d->clock->wall_ms + d->ahead_ms;
    }
    ret_result->code                 = d->code;
    ret_result->password_last_set_ms = d->account.password_last_set_ms;
    if (d->finding != 0)
        (void)pwwb_findings_add(ret_result->findings, d->finding, d->basis, 0, 0);
    memcpy(ret_result->controller, d->account.controller, sizeof(ret_result->controller));
    return st;
}

static const pwwb_directory_ops fake_directory_ops = {
    .size = sizeof(pwwb_directory_ops),
    .find = fake_directory_find,
    .read = fake_directory_read,
    .set  = fake_directory_set,
};

/* A person without rules, whose password is old. */
static inline fake_directory
fake_directory_of(fake_clock *clock, uint8_t guid)
{
    fake_directory d = {.clock  = clock,
                        .lookup = PWWB_CODE_OK,
                        .code   = PWWB_CODE_OK,
                        .basis  = PWWB_BASIS_STATED};

    memset(d.guid, guid, sizeof(d.guid));
    d.account = (pwwb_account){.size                 = sizeof(d.account),
                               .user_account_control = PWWB_UAC_NORMAL,
                               .kind                 = PWWB_ACCOUNT_PERSON,
                               .may_change           = PWWB_YES,
                               .password_last_set_ms = 1000,
                               .account_name         = "anna",
                               .controller           = "dc1.example.test"};
    d.rules   = (pwwb_policy_rules){.size = sizeof(d.rules), .source = PWWB_POLICY_HOST};
    return d;
}

/* A post office without threads: while a portal waits, `work` lets the agents do theirs. */
typedef struct fake_letter {
    size_t  len;
    uint8_t data[PWWB_ENVELOPE_MAX];
} fake_letter;

typedef struct fake_box {
    size_t      count;
    long        total; /* all that were ever put in */
    fake_letter letters[8];
} fake_box;

typedef struct fake_post {
    fake_box requests;
    fake_box replies;
    void (*work)(void *ctx);
    void *work_ctx;
} fake_post;

/* One end of it. */
typedef struct fake_end {
    fake_post  *post;
    int         is_portal;
    fake_fault  send_fault;
    fake_letter held;
    int32_t     verdict; /* the last one */
} fake_end;

static inline pwwb_status
fake_box_put(fake_box *box, const uint8_t *data, size_t len)
{
    fake_letter *letter = &box->letters[box->count];

    if (box->count == sizeof(box->letters) / sizeof(box->letters[0]))
        return PWWB_E_FULL;
    if (len > sizeof(letter->data))
        return PWWB_E_TOO_LARGE;

    letter->len = len;
    memcpy(letter->data, data, len);
    box->count++;
    return PWWB_OK;
}

static inline pwwb_status
fake_end_send(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    fake_end   *end = ctx;
    fake_box   *box = end->is_portal ? &end->post->requests : &end->post->replies;
    pwwb_status st  = fake_fault_next(&end->send_fault);

    (void)timeout_ms;
    (void)err;
    if (st != PWWB_OK)
        return st;

    box->total++;
    return fake_box_put(box, message->data, message->len);
}

static inline pwwb_status
fake_end_receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery,
                 int64_t timeout_ms, pwwb_error *err)
{
    fake_end *end = ctx;
    fake_box *box = end->is_portal ? &end->post->replies : &end->post->requests;

    (void)timeout_ms;
    (void)err;
    if (end->is_portal && end->post->work != NULL)
        end->post->work(end->post->work_ctx);
    if (box->count == 0 || box->letters[0].len > buf_size)
        return PWWB_E_TIMEOUT;

    end->held         = box->letters[0];
    ret_delivery->len = end->held.len;
    memcpy(buf, end->held.data, end->held.len);
    memmove(box->letters, box->letters + 1, --box->count * sizeof(box->letters[0]));
    return PWWB_OK;
}

static inline pwwb_status
fake_end_settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    fake_end *end = ctx;
    fake_box *box = end->is_portal ? &end->post->replies : &end->post->requests;

    (void)tag;
    (void)timeout_ms;
    (void)err;
    end->verdict = verdict;
    return verdict == PWWB_SETTLE_RELEASE ? fake_box_put(box, end->held.data, end->held.len)
                                          : PWWB_OK;
}

static const pwwb_transport_ops fake_end_ops = {
    .size    = sizeof(pwwb_transport_ops),
    .send    = fake_end_send,
    .receive = fake_end_receive,
    .settle  = fake_end_settle,
};

#endif /* FAKES_H */
