/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 13 */
/* A directory behind a gate: what counts as an answer, and what is said when nobody may go in. */
#include <pwwb/pwwb.h>

#include "fakes.h"
#include "harness.h"

#define TAKES_MS 700 /* each call of the directory, on its clock */

/* A host's directory, which takes its time and answers as it is told. */
typedef struct slow {
    fake_clock  clock;
    pwwb_status status;
    int32_t     code; /* of a set */
    int         calls;
} slow;

static pwwb_status
take_time(slow *s)
{
    s->calls++;
    s->clock.monotonic_ms += TAKES_MS;
    return s->status;
}

static pwwb_status
slow_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
          pwwb_error *err)
{
    (void)anchor;
    (void)timeout_ms;
    (void)err;
    ret_found->code = PWWB_CODE_NOT_FOUND;
    return take_time(ctx);
}

static pwwb_status
slow_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
          pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    (void)guid;
    (void)timeout_ms;
    (void)ret_account;
    (void)ret_rules;
    (void)err;
    return take_time(ctx);
}

static pwwb_status
slow_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
         pwwb_error *err)
{
    slow *s = ctx;

    (void)set;
    (void)timeout_ms;
    (void)err;
    ret_result->code = s->code;
    return take_time(s);
}

static const pwwb_directory_ops slow_ops = {
    .size = sizeof(slow_ops), .find = slow_find, .read = slow_read, .set = slow_set};

static slow            directory_is;
static pwwb_directory *directory;

static void
set_up(void)
{
    pwwb_gate_options o = {.size = sizeof(o), .most = 1, .clock = &fake_clock_ops};
    pwwb_gate        *gate;

    directory_is = (slow){.clock = {0, 1000}, .code = PWWB_CODE_OK};
    o.clock_ctx  = &directory_is.clock;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&slow_ops, &directory_is, &directory, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_gate_new(&o, &gate, NULL));
    pwwb_directory_set_gate(directory, gate);
    pwwb_gate_free(gate); /* the directory has it still */
}

static pwwb_status
find(void)
{
    pwwb_anchor anchor = {.kind = PWWB_ANCHOR_SOURCE};
    pwwb_found  found  = {.size = sizeof(found)};

    return pwwb_directory_find(directory, &anchor, 5000, &found, NULL);
}

static pwwb_status
read_one(void)
{
    static const uint8_t guid[PWWB_ID_SIZE] = {1};
    pwwb_account         account            = {.size = sizeof(account)};
    pwwb_policy_rules    rules              = {.size = sizeof(rules)};

    return pwwb_directory_read(directory, guid, 5000, &account, &rules, NULL);
}

static pwwb_status
set_one(int32_t *ret_code, pwwb_error *err)
{
    pwwb_set        set    = {.size         = sizeof(set),
                              .kind         = PWWB_SET_RESET,
                              .password     = (const uint8_t *)"Neu-Passwort-7",
                              .password_len = 14};
    pwwb_set_result result = {.size = sizeof(result)};
    pwwb_status     st     = pwwb_directory_set(directory, &set, 5000, &result, err);

    *ret_code = result.code;
    return st;
}

/* Whether the gate is open after one call by `call`, which the directory answers so. */
static int
opens(pwwb_status (*call)(void), pwwb_status status)
{
    int before;

    set_up();
    directory_is.status = status;
    CHECK_STATUS(status, call());
    CHECK_INT(1, directory_is.calls);
    before = directory_is.calls;
    (void)call();
    pwwb_directory_free(directory);
    return directory_is.calls == before + 1;
}

static int
opens_after_set(pwwb_status status, int32_t code)
{
    int32_t got;

    set_up();
    directory_is.status = status;
    directory_is.code   = code;
    CHECK_STATUS(status, set_one(&got, NULL));
    (void)set_one(&got, NULL);
    pwwb_directory_free(directory);
    return directory_is.calls == 2;
}

static void
a_refusal_is_an_answer(void)
{
    CHECK(opens(find, PWWB_OK));
    CHECK(opens(read_one, PWWB_OK));
    CHECK(opens(read_one, PWWB_E_NOT_FOUND));
    CHECK(opens(read_one, PWWB_E_AUTH));
    CHECK(opens(read_one, PWWB_E_DIRECTORY));
    CHECK(opens_after_set(PWWB_OK, PWWB_CODE_OK));
    CHECK(opens_after_set(PWWB_OK, PWWB_CODE_POLICY_HISTORY));
    CHECK(opens_after_set(PWWB_OK, PWWB_CODE_PERMISSION));
    CHECK(opens_after_set(PWWB_E_AUTH, 0));
}

static void
who_was_not_reached_did_not_answer(void)
{
    CHECK(!opens(find, PWWB_E_TIMEOUT));
    CHECK(!opens(find, PWWB_E_CONNECT));
    CHECK(!opens(read_one, PWWB_E_TIMEOUT));
    CHECK(!opens(read_one, PWWB_E_CONNECT));
    CHECK(!opens(read_one, PWWB_E_CLOSED));
    CHECK(!opens(read_one, PWWB_E_TLS));
    CHECK(!opens(read_one, PWWB_E_TLS_CA));
    CHECK(!opens_after_set(PWWB_E_TIMEOUT, 0));
    CHECK(!opens_after_set(PWWB_E_CLOSED, 0));
    CHECK(!opens_after_set(PWWB_OK, PWWB_CODE_OUTCOME_UNKNOWN));
    CHECK(!opens_after_set(PWWB_OK, PWWB_CODE_TIMEOUT));
    CHECK(!opens_after_set(PWWB_OK, PWWB_CODE_UNREACHABLE));
}

static void
at_a_shut_gate_nothing_is_sent_and_that_is_said(void)
{
    pwwb_error *err = pwwb_error_new();
    int32_t     code;

    set_up();
    directory_is.status = PWWB_E_TIMEOUT;
    CHECK_STATUS(PWWB_E_TIMEOUT, set_one(&code, err));
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, code);
    directory_is.status = PWWB_OK;
    CHECK_STATUS(PWWB_E_CONNECT, set_one(&code, err));
    CHECK_INT(PWWB_CODE_UNREACHABLE, code);
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(code));
    CHECK(strstr(pwwb_error_message(err), "nothing was sent") != NULL);
    CHECK_STATUS(PWWB_E_CONNECT, read_one());
    CHECK_STATUS(PWWB_E_CONNECT, find());
    CHECK_INT(1, directory_is.calls);

    directory_is.clock.monotonic_ms += TAKES_MS;
    CHECK_STATUS(PWWB_OK, set_one(&code, err));
    CHECK_INT(PWWB_CODE_OK, code);
    pwwb_directory_free(directory);
    pwwb_error_free(err);
}

static void
what_is_wrong_with_a_request_is_said_before_the_gate(void)
{
    pwwb_set        set    = {.size = sizeof(set), .kind = 99};
    pwwb_set_result result = {.size = sizeof(result)};

    set_up();
    directory_is.status = PWWB_E_TIMEOUT;
    CHECK_STATUS(PWWB_E_TIMEOUT, read_one());
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_set(directory, &set, 5000, &result, NULL));
    pwwb_directory_free(directory);
}

static void
a_gate_can_be_taken_away(void)
{
    set_up();
    directory_is.status = PWWB_E_TIMEOUT;
    CHECK_STATUS(PWWB_E_TIMEOUT, read_one());
    CHECK_STATUS(PWWB_E_CONNECT, read_one());
    pwwb_directory_set_gate(directory, NULL);
    CHECK_STATUS(PWWB_E_TIMEOUT, read_one());
    pwwb_directory_free(directory);
}

int
main(void)
{
    RUN(a_refusal_is_an_answer);
    RUN(who_was_not_reached_did_not_answer);
    RUN(at_a_shut_gate_nothing_is_sent_and_that_is_said);
    RUN(what_is_wrong_with_a_request_is_said_before_the_gate);
    RUN(a_gate_can_be_taken_away);
    return DONE;
}
