/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* The guarded call: what a host's directory tells is judged before the one who keeps a copy sees it. */
#include <pwwb/pwwb.h>

#include "fakes.h"
#include "faults.h"
#include "harness.h"

typedef struct fake {
    pwwb_object objects[2];
    int         count;
    int         ignores; /* what `each` returns */
    pwwb_pass   pass;    /* its mark's length is told, whatever the mark */
    pwwb_status status;
    uint8_t     seen[32]; /* where the step began */
    size_t      seen_len;
    int64_t     timeout_ms;
    int         calls;
} fake;

static pwwb_status
fake_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
          pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    (void)ctx;
    (void)guid;
    (void)timeout_ms;
    (void)ret_account;
    (void)ret_rules;
    (void)err;
    return PWWB_E_NOT_FOUND;
}

static pwwb_status
fake_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
         pwwb_error *err)
{
    (void)ctx;
    (void)set;
    (void)timeout_ms;
    (void)ret_result;
    (void)err;
    return PWWB_E_CONNECT;
}

static pwwb_status
fake_changes(void *ctx, const uint8_t *mark, size_t mark_len, int64_t timeout_ms,
             pwwb_object_fn each, void *each_ctx, pwwb_pass *ret_pass, pwwb_error *err)
{
    fake       *f    = ctx;
    uint8_t    *room = ret_pass->mark;
    pwwb_status st   = PWWB_OK;
    int         i;

    CHECK_INT(sizeof(pwwb_pass), ret_pass->size);
    f->calls++;
    f->timeout_ms = timeout_ms;
    f->seen_len   = mark_len;
    if (mark != NULL)
        memcpy(f->seen, mark, mark_len);
    memset(room, 0xee, 4); /* before the one it began with is done with */
    CHECK(mark == NULL || memcmp(mark, f->seen, mark_len) == 0);
    for (i = 0; i < f->count && (st == PWWB_OK || f->ignores); i++)
        st = each(each_ctx, &f->objects[i], err);
    if (st != PWWB_OK && !f->ignores)
        return st;

    *ret_pass      = f->pass;
    ret_pass->mark = NULL; /* nobody needs it */
    return f->status;
}

static const pwwb_directory_ops ops = {
    .size = sizeof(ops), .read = fake_read, .set = fake_set, .changes = fake_changes};

static fake            f;
static pwwb_directory *directory;
static pwwb_error     *err;

/* What came of it. */
static pwwb_object taken[4];
static int         taken_count;
static pwwb_status taker_says;
static uint8_t     mark[PWWB_MARK_MAX];
static pwwb_pass   pass;

static pwwb_status
take(void *ctx, const pwwb_object *object, pwwb_error *its_err)
{
    CHECK(ctx == &taken);
    CHECK_INT(sizeof(pwwb_object), object->size);
    if (taken_count < 4)
        taken[taken_count++] = *object;
    if (taker_says == PWWB_E_SYSTEM)
        pwwb_error_set(its_err, PWWB_E_SYSTEM, "the disk is full");
    return taker_says;
}

static void
make(void)
{
    static const uint8_t sid[28] = {1, 5};

    f = (fake){.objects = {{.size = sizeof(pwwb_object), .change = PWWB_CHANGE_OBJECT,
                            .object_class = PWWB_OBJECT_USER, .guid = {1}, .dn = "CN=a",
                            .sid = sid, .sid_len = 28},
                           {.size = sizeof(pwwb_object), .change = PWWB_CHANGE_GONE, .guid = {2}}},
               .count = 2,
               .pass  = {.size = sizeof(pwwb_pass), .is_last = 1, .permille = 1000, .mark_len = 4}};
    taken_count = 0;
    taker_says  = PWWB_OK;
    memset(mark, 0, sizeof(mark));
    pass = (pwwb_pass){.size = sizeof(pass), .mark = mark};
}

static pwwb_status
ask(const uint8_t *from, size_t from_len)
{
    return pwwb_directory_changes(directory, from, from_len, 700, take, &taken, &pass, err);
}

static void
what_is_told_comes_with_a_mark(void)
{
    make();
    CHECK_STATUS(PWWB_OK, ask((const uint8_t *)"mark", 4));
    CHECK_MEM("mark", 4, f.seen, f.seen_len);
    CHECK_INT(700, f.timeout_ms);
    CHECK_INT(2, taken_count);
    CHECK_INT(1, taken[0].guid[0]);
    CHECK_STR("CN=a", taken[0].dn);
    CHECK_INT(PWWB_CHANGE_GONE, taken[1].change);
    CHECK_INT(1, pass.is_last);
    CHECK(pass.mark == mark);
    CHECK_MEM("\xee\xee\xee\xee", 4, mark, pass.mark_len);
    make();
    CHECK_STATUS(PWWB_OK, ask(NULL, 0));
    CHECK_INT(0, f.seen_len);
}

/* One buffer for both; and when the step fails it begins there again. */
static void
a_step_may_begin_where_its_mark_goes(void)
{
    make();
    memcpy(mark, "old", 3);
    pass.mark_len = 3;
    CHECK_STATUS(PWWB_OK, ask(mark, 3));
    CHECK_MEM("old", 3, f.seen, f.seen_len);
    CHECK_MEM("\xee\xee\xee\xee", 4, mark, pass.mark_len);
    make();
    memcpy(mark, "old", 3);
    pass.mark_len = 3;
    f.status      = PWWB_E_CONNECT;
    CHECK_STATUS(PWWB_E_CONNECT, ask(mark, 3));
    CHECK_MEM("old", 3, mark, pass.mark_len);
}

static void
what_takes_objects_ends_the_call(void)
{
    make();
    taker_says = PWWB_E_SYSTEM;
    CHECK_STATUS(PWWB_E_SYSTEM, ask(NULL, 0));
    CHECK_STR("the disk is full", pwwb_error_message(err));
    CHECK_INT(1, taken_count);
    make();
    taker_says = PWWB_E_STOPPED;
    f.ignores  = 1; /* it goes on all the same, and says that all is well */
    CHECK_STATUS(PWWB_E_STOPPED, ask(NULL, 0));
    CHECK_INT(1, taken_count);
    CHECK_INT(0, pass.mark_len);
    make();
    taker_says = 77;
    CHECK_STATUS(PWWB_E_CALLBACK, ask(NULL, 0));
}

#define NONSENSE(statement)                                        \
    do {                                                           \
        make();                                                    \
        statement;                                                 \
        CHECK_STATUS(PWWB_E_CALLBACK, ask(NULL, 0));               \
        CHECK(pwwb_error_message(err)[0] != '\0');                 \
        CHECK_INT(0, pass.mark_len);                               \
    } while (0)

static void
nonsense_is_the_callbacks_failure(void)
{
    static uint8_t sid[69];

    NONSENSE(f.objects[1].size = 8);
    NONSENSE(f.objects[1].change = 0);
    NONSENSE(f.objects[1].change = 4);
    NONSENSE(f.objects[0].object_class = 0);
    NONSENSE(f.objects[0].object_class = 4);
    NONSENSE(f.objects[1].object_class = -1);
    NONSENSE(f.objects[1].guid[0] = 0);
    NONSENSE(f.objects[0].is_critical = 2);
    NONSENSE(f.objects[0].sid = NULL);
    NONSENSE((f.objects[0].sid = sid, f.objects[0].sid_len = 69));
    NONSENSE((f.objects[0].master_sid = sid, f.objects[0].master_sid_len = 69));
    NONSENSE(f.objects[0].master_sid = sid);
    NONSENSE(f.objects[0].dn = "\xff");
    NONSENSE(f.objects[0].account_name = "\xc0\x80");
    NONSENSE(f.objects[0].mail = "\xed\xa0\x80");
    NONSENSE(f.pass.is_last = 2);
    NONSENSE(f.pass.is_whole = -1);
    NONSENSE(f.pass.permille = 1001);
    NONSENSE(f.pass.permille = -1);
    NONSENSE(f.pass.mark_len = 0);
    NONSENSE(f.pass.mark_len = PWWB_MARK_MAX + 1);
    NONSENSE(f.status = 4711);
    NONSENSE((f.objects[0].guid[0] = 0, f.ignores = 1)); /* though it says that all is well */
    CHECK_INT(0, taken_count);
}

static void
arguments_are_looked_at_first(void)
{
    pwwb_directory_ops less = ops;
    pwwb_directory    *other;

    make();
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, ask(mark, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, ask(NULL, 4));
    CHECK_STATUS(PWWB_E_MALFORMED, ask(mark, PWWB_MARK_MAX + 1));
    pass.mark = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, ask(NULL, 0));
    make();
    pass.size = 8;
    CHECK_STATUS(PWWB_E_ABI, ask(NULL, 0));
    make();
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_changes(NULL, NULL, 0, 1, take, NULL, &pass, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_changes(directory, NULL, 0, 1, NULL, NULL, &pass, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_directory_changes(directory, NULL, 0, 1, take, NULL, NULL, err));
    CHECK_INT(0, f.calls);
    less.size = offsetof(pwwb_directory_ops, changes); /* of an older host */
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&less, &f, &other, err));
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED,
                 pwwb_directory_changes(other, NULL, 0, 1, take, NULL, &pass, err));
    pwwb_directory_free(other);
}

/* A gate that is shut says no, and what the taker says is no failure of the forest's: the gate stays open. */
static void
it_goes_through_the_gate(void)
{
    fake_clock        clock = {.monotonic_ms = 1000};
    pwwb_gate_options o     = {.size = sizeof(o), .most = 1, .clock = &fake_clock_ops,
                               .clock_ctx = &clock};
    pwwb_gate        *gate;
    int               i;

    CHECK_STATUS(PWWB_OK, pwwb_gate_new(&o, &gate, err));
    pwwb_directory_set_gate(directory, gate);
    pwwb_gate_free(gate);
    make();
    taker_says = PWWB_E_CONNECT;
    for (i = 0; i < 3; i++)
        CHECK_STATUS(PWWB_E_CONNECT, ask(NULL, 0));
    make();
    CHECK_STATUS(PWWB_OK, ask(NULL, 0));
    CHECK_INT(1, f.calls);
    pwwb_directory_set_gate(directory, NULL);
}

static void
memory_that_is_out_is_told(void)
{
    make();
    faults_fail(1);
    CHECK_STATUS(PWWB_E_NO_MEMORY, ask(NULL, 0));
    CHECK_INT(1, faults_stop());
    CHECK_INT(0, f.calls);
}

int
main(void)
{
    err = pwwb_error_new();
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&ops, &f, &directory, err));
    RUN(what_is_told_comes_with_a_mark);
    RUN(a_step_may_begin_where_its_mark_goes);
    RUN(what_takes_objects_ends_the_call);
    RUN(nonsense_is_the_callbacks_failure);
    RUN(arguments_are_looked_at_first);
    RUN(it_goes_through_the_gate);
    RUN(memory_that_is_out_is_told);
    pwwb_directory_free(directory);
    pwwb_error_free(err);
    return DONE;
}
