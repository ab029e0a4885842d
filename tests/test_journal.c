/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 19 */
#include "journal.h"

#include <stdlib.h>

#include "fakes.h"
#include "faults.h"
#include "harness.h"

/* The guards: a table that answers what it is told to. The journal in memory is in
 * test_journal_memory.c. */
struct fake_table {
    fake_fault         fault;
    pwwb_journal_entry answer;
    int32_t            ours;
    int                destroyed;
    int                called_after_destroy;
};

static const uint8_t cti[16]    = {0xc0};
static const uint8_t guid[16]   = {0xa1};
static const uint8_t zero[16]   = {0};
static const uint8_t digest[32] = {0xd0};

static pwwb_status
next(struct fake_table *fake)
{
    fake->called_after_destroy += fake->destroyed;
    return fake_fault_next(&fake->fault);
}

static pwwb_status
fake_claim(void *ctx, const uint8_t *id, const uint8_t *hash, int64_t expires_ms, uint8_t *reply,
           size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    struct fake_table *fake = ctx;

    (void)id;
    (void)hash;
    (void)expires_ms;
    (void)err;
    memset(reply, 'r', reply_size);
    *ret_entry = fake->answer;
    return next(fake);
}

static pwwb_status
fake_record(void *ctx, const uint8_t *id, const uint8_t *account, int64_t password_last_set_ms,
            int64_t issued_s, pwwb_error *err)
{
    (void)issued_s;
    (void)id;
    (void)account;
    (void)password_last_set_ms;
    (void)err;
    return next(ctx);
}

static pwwb_status
fake_finish(void *ctx, const uint8_t *id, const uint8_t *reply, size_t reply_len,
            int64_t password_last_set_ms, pwwb_error *err)
{
    (void)id;
    (void)reply;
    (void)reply_len;
    (void)password_last_set_ms;
    (void)err;
    return next(ctx);
}

static pwwb_status
fake_lookup(void *ctx, const uint8_t *account, int64_t password_last_set_ms, int64_t issued_s,
            int32_t *ret_ours, pwwb_error *err)
{
    struct fake_table *fake = ctx;

    (void)issued_s;
    (void)account;
    (void)password_last_set_ms;
    (void)err;
    if (fake->ours != -99) /* forgets to answer */
        *ret_ours = fake->ours;
    return next(fake);
}

static pwwb_status
fake_release(void *ctx, const uint8_t *id, pwwb_error *err)
{
    (void)id;
    (void)err;
    return next(ctx);
}

static void
fake_destroy(void *ctx)
{
    ((struct fake_table *)ctx)->destroyed++;
}

static const pwwb_journal_ops fake_ops = {
    .size    = sizeof(pwwb_journal_ops),
    .claim   = fake_claim,
    .record  = fake_record,
    .finish  = fake_finish,
    .lookup  = fake_lookup,
    .destroy = fake_destroy,
    .release = fake_release,
};

static pwwb_journal *
journal_over(struct fake_table *fake)
{
    pwwb_journal *journal;

    CHECK_STATUS(PWWB_OK, pwwb_journal_new(&fake_ops, fake, &journal, NULL));
    return journal;
}

/* What a claim says when the table answers so. The buffer has 8 octets. */
static pwwb_status
claim_answered(pwwb_journal_entry answer, pwwb_journal_entry *ret_entry)
{
    struct fake_table fake    = {.answer = answer};
    pwwb_journal     *journal = journal_over(&fake);
    uint8_t           reply[8];
    pwwb_status       st;

    memset(ret_entry, 'x', sizeof(*ret_entry));
    st = wb_journal_claim(journal, cti, digest, 0, reply, sizeof(reply), ret_entry, NULL);
    pwwb_journal_free(journal);
    return st;
}

static void
check_not_believed(pwwb_journal_entry answer)
{
    static const pwwb_journal_entry nothing;
    pwwb_journal_entry              entry;

    CHECK_STATUS(PWWB_E_CALLBACK, claim_answered(answer, &entry));
    CHECK_MEM(&nothing, sizeof(nothing), &entry, sizeof(entry));
}

static void
a_state_that_is_not_known_is_not_believed(void)
{
    check_not_believed((pwwb_journal_entry){.state = 0});
    check_not_believed((pwwb_journal_entry){.state = 5});
    check_not_believed((pwwb_journal_entry){.state = -1});
}

static void
a_reply_that_cannot_be_is_not_believed(void)
{
    check_not_believed((pwwb_journal_entry){.state = PWWB_ENTRY_DONE, .reply_len = 9});
    check_not_believed((pwwb_journal_entry){.state = PWWB_ENTRY_DONE, .reply_len = SIZE_MAX});
    check_not_believed((pwwb_journal_entry){.state = PWWB_ENTRY_DONE, .reply_len = 0});
    check_not_believed((pwwb_journal_entry){.state = PWWB_ENTRY_NEW, .reply_len = 1});
    check_not_believed((pwwb_journal_entry){.state = PWWB_ENTRY_RUNNING, .reply_len = 1});
    check_not_believed((pwwb_journal_entry){.state = PWWB_ENTRY_REPLAY, .reply_len = 1});
}

static void
an_impossible_time_is_not_believed(void)
{
    check_not_believed((pwwb_journal_entry){.state = PWWB_ENTRY_RUNNING, .password_last_set_ms = -2});
    check_not_believed(
        (pwwb_journal_entry){.state = PWWB_ENTRY_RUNNING, .password_last_set_ms = INT64_MIN});
}

static void
a_kept_reply_is_passed_on(void)
{
    pwwb_journal_entry answer = {.state                = PWWB_ENTRY_DONE,
                         .guid                 = {0xa1},
                         .password_last_set_ms = 5,
                         .reply_len            = 8};
    pwwb_journal_entry entry;

    CHECK_STATUS(PWWB_OK, claim_answered(answer, &entry));
    CHECK_INT(sizeof(entry), entry.size);
    CHECK_INT(PWWB_ENTRY_DONE, entry.state);
    CHECK_INT(8, entry.reply_len);
    CHECK_INT(5, entry.password_last_set_ms);
    CHECK_MEM(guid, sizeof(guid), entry.guid, sizeof(entry.guid));
}

/* A table that leaves fields as they were given has said nothing with them. */
static void
where_no_account_was_recorded_no_time_is_told(void)
{
    pwwb_journal_entry entry;

    CHECK_STATUS(PWWB_OK, claim_answered((pwwb_journal_entry){.state = PWWB_ENTRY_RUNNING}, &entry));
    CHECK_INT(-1, entry.password_last_set_ms);
    CHECK_STATUS(PWWB_OK,
                 claim_answered((pwwb_journal_entry){.state = PWWB_ENTRY_NEW, .guid = {1}}, &entry));
    CHECK_INT(-1, entry.password_last_set_ms);
    CHECK_MEM(zero, sizeof(zero), entry.guid, sizeof(entry.guid));
    CHECK_STATUS(PWWB_OK,
                 claim_answered((pwwb_journal_entry){.state = PWWB_ENTRY_REPLAY, .guid = {1}}, &entry));
    CHECK_MEM(zero, sizeof(zero), entry.guid, sizeof(entry.guid));
}

static void
lookup_answers_yes_or_no(void)
{
    static const int32_t wrong[] = {2, -1, INT32_MIN, -99};
    struct fake_table    fake    = {.ours = 1};
    pwwb_journal        *journal = journal_over(&fake);
    int32_t              ours;
    size_t               i;

    CHECK_STATUS(PWWB_OK, wb_journal_lookup(journal, guid, 1, 1, &ours, NULL));
    CHECK_INT(1, ours);
    fake.ours = 0;
    CHECK_STATUS(PWWB_OK, wb_journal_lookup(journal, guid, 1, 1, &ours, NULL));
    CHECK_INT(0, ours);
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        fake.ours = wrong[i];
        ours      = 1;
        CHECK_STATUS(PWWB_E_CALLBACK, wb_journal_lookup(journal, guid, 1, 1, &ours, NULL));
        CHECK_INT(0, ours);
    }
    pwwb_journal_free(journal);
}

/* Call each method once. */
static void
check_each(struct fake_table *fake, pwwb_status expected)
{
    pwwb_journal      *journal = journal_over(fake);
    pwwb_error        *err     = pwwb_error_new();
    pwwb_journal_entry entry;
    uint8_t            reply[8];
    int32_t            ours    = 1;

    CHECK_STATUS(expected, wb_journal_claim(journal, cti, digest, 0, reply, 8, &entry, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK_INT(0, entry.state);
    CHECK_INT(expected == PWWB_E_FULL ? 7 : 0, entry.since_ms); /* full, it says how far it looked */
    CHECK_STATUS(expected, wb_journal_record(journal, cti, guid, 1, 1, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK_STATUS(expected, wb_journal_finish(journal, cti, reply, 8, 1, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK_STATUS(expected, wb_journal_lookup(journal, guid, 1, 1, &ours, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK_INT(0, ours);
    CHECK_STATUS(expected, wb_journal_release(journal, cti, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK(pwwb_error_message(err)[0] != '\0');
    pwwb_error_free(err);
    pwwb_journal_free(journal);
}

static void
an_unknown_status_is_a_callbacks_fault(void)
{
    struct fake_table fake = {.fault  = {.nth = 1, .is_persistent = 1, .status = 42},
                              .answer = {.state = PWWB_ENTRY_NEW, .since_ms = 7},
                              .ours   = 1};

    check_each(&fake, PWWB_E_CALLBACK);
}

static void
a_known_status_is_passed_on(void)
{
    struct fake_table fake = {.fault  = {.nth = 1, .is_persistent = 1, .status = PWWB_E_FULL},
                              .answer = {.state = PWWB_ENTRY_NEW, .since_ms = 7},
                              .ours   = 1};

    check_each(&fake, PWWB_E_FULL);
}

static void
a_fault_that_passes_is_over_at_the_next_call(void)
{
    struct fake_table fake    = {.fault = {.nth = 2, .status = PWWB_E_SYSTEM}};
    pwwb_journal     *journal = journal_over(&fake);

    CHECK_STATUS(PWWB_OK, wb_journal_record(journal, cti, guid, 1, 1, NULL));
    CHECK_STATUS(PWWB_E_SYSTEM, wb_journal_record(journal, cti, guid, 1, 1, NULL));
    CHECK_STATUS(PWWB_OK, wb_journal_record(journal, cti, guid, 1, 1, NULL));
    pwwb_journal_free(journal);
    CHECK_INT(1, fake.destroyed);
    CHECK_INT(0, fake.called_after_destroy);
    pwwb_journal_free(NULL);
}

static void
a_table_without_a_required_method_is_refused(void)
{
    struct fake_table fake = {0};
    pwwb_journal_ops  ops  = fake_ops;
    pwwb_journal     *journal;

    ops.claim = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new(&ops, &fake, &journal, NULL));
    CHECK(journal == NULL);
    ops        = fake_ops;
    ops.record = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new(&ops, &fake, &journal, NULL));
    ops        = fake_ops;
    ops.finish = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new(&ops, &fake, &journal, NULL));
    ops        = fake_ops;
    ops.lookup = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new(&ops, &fake, &journal, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new(NULL, &fake, &journal, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new(&fake_ops, &fake, NULL, NULL));
    ops      = fake_ops;
    ops.size = offsetof(pwwb_journal_ops, release) - 1;
    CHECK_STATUS(PWWB_E_ABI, pwwb_journal_new(&ops, &fake, &journal, NULL));
    CHECK_INT(0, fake.destroyed);
}

/* As a host compiled it that does not know of `release`. */
static void
a_shorter_table_is_taken_and_takes_no_claim_back(void)
{
    struct fake_table fake    = {0};
    pwwb_journal_ops  ops     = fake_ops;
    size_t            sizes[] = {offsetof(pwwb_journal_ops, release), sizeof(ops)};
    pwwb_journal     *journal;
    size_t            i;

    for (i = 0; i < 2; i++) {
        ops.size = sizes[i];
        if (i == 1)
            ops.release = NULL;
        CHECK_STATUS(PWWB_OK, pwwb_journal_new(&ops, &fake, &journal, NULL));
        CHECK_STATUS(PWWB_E_NOT_SUPPORTED, wb_journal_release(journal, cti, NULL));
        CHECK_INT(0, fake.fault.calls);
        pwwb_journal_free(journal);
    }
    CHECK_INT(2, fake.destroyed);
}

static void
a_longer_table_is_refused_once_the_unknown_part_is_set(void)
{
    struct {
        pwwb_journal_ops ops;
        void            *unknown;
    } longer               = {.ops = fake_ops};
    struct fake_table fake = {0};
    pwwb_journal     *journal;

    longer.ops.size = sizeof(longer);
    CHECK_STATUS(PWWB_OK, pwwb_journal_new(&longer.ops, &fake, &journal, NULL));
    pwwb_journal_free(journal);
    longer.unknown = &fake;
    CHECK_STATUS(PWWB_E_ABI, pwwb_journal_new(&longer.ops, &fake, &journal, NULL));
    CHECK(journal == NULL);
    CHECK_INT(1, fake.destroyed);
}

static void
running_out_of_memory_is_survived_and_leaves_ctx_alone(void)
{
    struct fake_table fake = {0};
    pwwb_journal     *journal;
    pwwb_status       st;

    faults_fail(1);
    st = pwwb_journal_new(&fake_ops, &fake, &journal, NULL);
    CHECK_INT(1, faults_stop());
    CHECK_STATUS(PWWB_E_NO_MEMORY, st);
    CHECK(journal == NULL);
    CHECK_INT(0, fake.destroyed);
}

int
main(void)
{
    RUN(a_state_that_is_not_known_is_not_believed);
    RUN(a_reply_that_cannot_be_is_not_believed);
    RUN(an_impossible_time_is_not_believed);
    RUN(a_kept_reply_is_passed_on);
    RUN(where_no_account_was_recorded_no_time_is_told);
    RUN(lookup_answers_yes_or_no);
    RUN(an_unknown_status_is_a_callbacks_fault);
    RUN(a_known_status_is_passed_on);
    RUN(a_fault_that_passes_is_over_at_the_next_call);
    RUN(a_table_without_a_required_method_is_refused);
    RUN(a_shorter_table_is_taken_and_takes_no_claim_back);
    RUN(a_longer_table_is_refused_once_the_unknown_part_is_set);
    RUN(running_out_of_memory_is_survived_and_leaves_ctx_alone);
    return DONE;
}
