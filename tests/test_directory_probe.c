/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 */
/* Whether a directory answers: what calls have shown, and asking it for that alone. */
#include "directory.h"

#include "fakes.h"
#include "harness.h"

#define USER     0x21
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef struct site {
    fake_directory fake;
    pwwb_status    status;
    int32_t        length;
    int64_t        timeout_ms;
    long           summaries;
} site;

static pwwb_status
summary(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    site *s = ctx;

    (void)err;
    s->summaries++;
    s->timeout_ms         = timeout_ms;
    if (s->status == PWWB_E_TIMEOUT)
        s->fake.clock->monotonic_ms += 4000;
    ret_rules->source     = PWWB_POLICY_DOMAIN;
    ret_rules->min_length = s->length;
    return s->status;
}

static pwwb_directory *
directory_of(site *s, int has_summary)
{
    static fake_clock  clock = {1000, 1000};
    pwwb_directory_ops ops   = fake_directory_ops;
    pwwb_directory    *directory;

    memset(s, 0, sizeof(*s));
    s->fake     = fake_directory_of(&clock, USER);
    s->length   = 7;
    ops.summary = has_summary ? summary : NULL;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&ops, s, &directory, NULL));
    return directory;
}

static void
a_summary_is_asked_for_where_there_is_one(void)
{
    site              s;
    pwwb_directory   *d = directory_of(&s, 1);
    pwwb_policy_rules rules;

    CHECK_INT(1, wb_directory_probe(d, 1234, &rules));
    CHECK_INT(1, s.summaries);
    CHECK_INT(0, s.fake.reads);
    CHECK_INT(1234, s.timeout_ms);
    CHECK_INT(7, rules.min_length);
    CHECK_INT(-1, rules.history_length);
    CHECK_INT(PWWB_MAYBE, rules.complexity);
    CHECK_INT(0, wb_directory_heard(d)); /* it was looked at */
    pwwb_directory_free(d);
}

static void
what_a_summary_answers_is_not_believed_blindly(void)
{
    site              s;
    pwwb_directory   *d = directory_of(&s, 1);
    pwwb_policy_rules rules;

    s.length = -2;
    CHECK_INT(0, wb_directory_probe(d, 0, &rules));
    CHECK_INT(-1, rules.min_length);
    s.length = 7;
    s.status = -4711;
    CHECK_INT(0, wb_directory_probe(d, 0, &rules));
    CHECK_INT(-1, rules.min_length);
    s.status = PWWB_E_AUTH;
    CHECK_INT(0, wb_directory_probe(d, 0, &rules));
    s.status = PWWB_E_NO_MEMORY; /* our own fault shows nothing, and is no answer */
    CHECK_INT(0, wb_directory_probe(d, 0, &rules));
    pwwb_directory_free(d);
}

static void
without_one_an_account_that_is_nobodys_is_read(void)
{
    site              s;
    pwwb_directory   *d = directory_of(&s, 0);
    pwwb_policy_rules rules;

    CHECK_INT(1, wb_directory_probe(d, 0, &rules));
    CHECK_INT(1, s.fake.reads);
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    s.fake.read_fault = (fake_fault){.nth = 1, .is_persistent = 1, .status = PWWB_E_TIMEOUT};
    CHECK_INT(0, wb_directory_probe(d, 0, &rules));
    pwwb_directory_free(d);
}

/* What a host is told. */
static void
a_host_may_ask_for_it_and_is_told_why_not(void)
{
    site              s;
    pwwb_directory   *d     = directory_of(&s, 1);
    pwwb_policy_rules rules = {.size = sizeof(rules)};
    pwwb_error       *err   = pwwb_error_new();

    CHECK_STATUS(PWWB_OK, pwwb_directory_summary(d, 1234, &rules, err));
    CHECK_INT(7, rules.min_length);
    CHECK_INT(1234, s.timeout_ms);
    s.length = -2;
    CHECK_STATUS(PWWB_E_CALLBACK, pwwb_directory_summary(d, 0, &rules, err));
    CHECK_INT(-1, rules.min_length);
    CHECK(strstr(pwwb_error_message(err), "summary") != NULL);
    s.status = PWWB_E_AUTH;
    CHECK_STATUS(PWWB_E_AUTH, pwwb_directory_summary(d, 0, &rules, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_summary(d, 0, NULL, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_summary(NULL, 0, &rules, err));
    rules.size = 4;
    CHECK_STATUS(PWWB_E_ABI, pwwb_directory_summary(d, 0, &rules, err));
    pwwb_directory_free(d);

    d     = directory_of(&s, 0);
    rules = (pwwb_policy_rules){.size = sizeof(rules)};
    CHECK_STATUS(PWWB_OK, pwwb_directory_summary(d, 0, &rules, err));
    CHECK_INT(1, s.fake.reads);
    CHECK_INT(-1, rules.min_length);
    s.fake.read_fault = (fake_fault){.nth = 1, .is_persistent = 1, .status = PWWB_E_TLS_CA};
    CHECK_STATUS(PWWB_E_TLS_CA, pwwb_directory_summary(d, 0, &rules, err));
    pwwb_directory_free(d);
    pwwb_error_free(err);
}

static void
check_read(pwwb_directory *d, pwwb_status expected)
{
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    uint8_t           guid[PWWB_ID_SIZE];

    memset(guid, USER, sizeof(guid));
    CHECK_STATUS(expected, pwwb_directory_read(d, guid, 0, &account, &rules, NULL));
}

static void
every_call_shows_whether_it_answers(void)
{
    static const struct {
        pwwb_status status;
        int         heard;
    } cases[] = {
        {PWWB_OK, WB_HEARD_ANSWER},          {PWWB_E_NOT_FOUND, WB_HEARD_ANSWER},
        {PWWB_E_CONNECT, WB_HEARD_FAILURE},  {PWWB_E_TIMEOUT, WB_HEARD_FAILURE},
        {PWWB_E_TLS_CA, WB_HEARD_FAILURE},   {PWWB_E_AUTH, WB_HEARD_FAILURE},
        {PWWB_E_DIRECTORY, WB_HEARD_FAILURE}, {PWWB_E_NO_MEMORY, 0},
        {PWWB_E_SYSTEM, 0},
    };
    site            s;
    pwwb_directory *d = directory_of(&s, 1);
    size_t          i;

    CHECK_INT(0, wb_directory_heard(d));
    for (i = 0; i < COUNT(cases); i++) {
        s.fake.read_fault = (fake_fault){.nth = 1, .status = cases[i].status};
        check_read(d, cases[i].status);
        CHECK_INT(cases[i].heard, wb_directory_heard(d));
        CHECK_INT(0, wb_directory_heard(d));
    }
    pwwb_directory_free(d);
}

/* A code can say it, too. */
static void
a_set_without_an_answer_shows_it_as_well(void)
{
    static const uint8_t password[] = "Horse-Correct-16";
    site            s;
    pwwb_directory *d   = directory_of(&s, 1);
    pwwb_set        set = {.size = sizeof(set), .kind = PWWB_SET_RESET, .password = password,
                           .password_len = 16};
    pwwb_set_result result = {.size = sizeof(result)};

    memset(set.guid, USER, sizeof(set.guid));
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(d, &set, 0, &result, NULL));
    CHECK_INT(WB_HEARD_ANSWER, wb_directory_heard(d));
    s.fake.code = PWWB_CODE_POLICY_HISTORY;
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(d, &set, 0, &result, NULL));
    CHECK_INT(WB_HEARD_ANSWER, wb_directory_heard(d));
    s.fake.code = PWWB_CODE_OUTCOME_UNKNOWN;
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(d, &set, 0, &result, NULL));
    CHECK_INT(WB_HEARD_FAILURE, wb_directory_heard(d));
    pwwb_directory_free(d);
}

/* After a silence of four seconds it rests for as long. */
static void
a_gates_refusal_shows_nothing_and_is_no_answer(void)
{
    site              s;
    pwwb_directory   *d       = directory_of(&s, 1);
    pwwb_gate_options options = {.size = sizeof(options), .most = 1, .clock = &fake_clock_ops,
                                 .clock_ctx = s.fake.clock};
    pwwb_gate        *gate;
    pwwb_policy_rules rules;

    CHECK_STATUS(PWWB_OK, pwwb_gate_new(&options, &gate, NULL));
    pwwb_directory_set_gate(d, gate);
    s.status = PWWB_E_TIMEOUT;
    CHECK_INT(0, wb_directory_probe(d, 4000, &rules));
    s.status = PWWB_OK;
    check_read(d, PWWB_E_CONNECT);
    CHECK_INT(0, wb_directory_heard(d));
    CHECK_INT(0, wb_directory_probe(d, 4000, &rules));
    CHECK_INT(1, s.summaries);
    s.fake.clock->monotonic_ms += 4000;
    CHECK_INT(1, wb_directory_probe(d, 4000, &rules));
    pwwb_directory_free(d);
    pwwb_gate_free(gate);
}

int
main(void)
{
    RUN(a_summary_is_asked_for_where_there_is_one);
    RUN(what_a_summary_answers_is_not_believed_blindly);
    RUN(without_one_an_account_that_is_nobodys_is_read);
    RUN(a_host_may_ask_for_it_and_is_told_why_not);
    RUN(every_call_shows_whether_it_answers);
    RUN(a_set_without_an_answer_shows_it_as_well);
    RUN(a_gates_refusal_shows_nothing_and_is_no_answer);
    return DONE;
}
