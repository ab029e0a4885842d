/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
#include "anchors.h"

#include <stdlib.h>

#include "fakes.h"
#include "faults.h"
#include "anchors_contract.h"

static pwwb_anchors *
new_store_of(size_t max_objects)
{
    pwwb_anchors *store;

    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_memory(max_objects, &store, NULL));
    return store;
}

static pwwb_anchors *
new_store(void)
{
    return new_store_of(8);
}

static void
add_object_of(pwwb_anchors *store, const pwwb_anchor *cloud, const pwwb_anchor *its_source,
              uint64_t metaverse)
{
    CHECK_STATUS(PWWB_OK, pwwb_anchors_add_object(store, cloud, its_source, metaverse, NULL));
}

static void
add_link(pwwb_anchors *store, uint64_t metaverse, const char *directory, const uint8_t *guid,
         const char *rule)
{
    CHECK_STATUS(PWWB_OK, pwwb_anchors_add_link(store, metaverse, directory, guid, rule, NULL));
}

/* Scenarios that need import filters or a staging mode are a space's; a20 is proved by test_anchor.c. */
static void
what_is_proved_elsewhere_is_named(void)
{
    char   words[32] = "";
    size_t i;

    for (i = 0; i < COUNT(scenarios); i++)
        if (scenarios[i].is_joined < 0)
            strcat(strcat(words, scenarios[i].id), " ");
    CHECK_STR("a13 a16 a17 a18 a20 ", words);
    printf("# a16 (import filters): test_space_scope; a18 (staging mode): test_space\n");
}

static void
a_full_store_refuses_and_still_takes_rules_of_what_is_there(void)
{
    pwwb_anchors *store = new_store_of(1);

    add_object(store, &user, 1);
    CHECK_STATUS(PWWB_E_FULL, pwwb_anchors_add_object(store, NULL, &source, 1, NULL));
    add_link(store, 1, "F1", alice, "User Join");
    CHECK_STATUS(PWWB_E_FULL,
                 pwwb_anchors_add_link(store, 1, "F1", bob, "User AccountEnabled", NULL));
    CHECK_INT(PWWB_CODE_NOT_ELIGIBLE, find(store, &user).code);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    CHECK_INT(PWWB_CODE_OK, find(store, &user).code);
    pwwb_anchors_free(store);
}

static void
ten_thousand_objects_are_each_found(void)
{
    pwwb_anchors *store = new_store_of(10000);
    uint64_t      wrong = 0;
    uint64_t      i;

    for (i = 1; i <= 10000; i++) {
        pwwb_anchor cloud              = {.kind = PWWB_ANCHOR_CLOUD};
        uint8_t     guid[PWWB_ID_SIZE] = {0};

        memcpy(cloud.guid, &i, sizeof(i));
        memcpy(guid + 8, &i, sizeof(i));
        wrong += pwwb_anchors_add_object(store, &cloud, NULL, i, NULL) != PWWB_OK;
        wrong += pwwb_anchors_add_link(store, i, "", guid, "User AccountEnabled", NULL) != PWWB_OK;
    }
    for (i = 1; i <= 10000; i++) {
        pwwb_anchor cloud = {.kind = PWWB_ANCHOR_CLOUD};
        pwwb_found  found = {.size = sizeof(found)};

        memcpy(cloud.guid, &i, sizeof(i));
        wrong += pwwb_anchors_find(store, &cloud, 0, &found, NULL) != PWWB_OK;
        wrong += found.code != PWWB_CODE_OK || memcmp(found.guid + 8, &i, sizeof(i)) != 0;
    }
    CHECK_INT(0, wrong);
    pwwb_anchors_free(store);
}

static void
what_cannot_be_added_is_refused(void)
{
    static const char too_long[] =
        "0123456789012345678901234567890123456789012345678901234567890123";
    pwwb_anchors *store = new_store_of(2);

    CHECK_INT(PWWB_DIRECTORY_NAME_SIZE, strlen(too_long));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_object(NULL, &user, NULL, 1, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_object(store, NULL, NULL, 1, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_object(store, &source, NULL, 1, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_object(store, &user, &user, 1, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_link(store, 0, "", alice, "", NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_link(store, 1, NULL, alice, "", NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_link(store, 1, "", NULL, "", NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_link(store, 1, "", zero, "", NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_link(store, 1, "", alice, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_anchors_add_link(store, 1, too_long, alice, "", NULL));
    add_link(store, 1, too_long + 1, alice, "");
    pwwb_anchors_free(store);
}

static void
a_store_without_sense_is_not_made(void)
{
    pwwb_anchors *store;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_new_memory(0, &store, NULL));
    CHECK(store == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_new_memory(1000001, &store, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_new_memory(1, NULL, NULL));
}

/* A store of the host's that answers what it is told to. */
struct fake_store {
    fake_fault  fault;
    pwwb_found  answer;
    int64_t     timeout_ms;
    int         destroyed;
    const char *says; /* into the error, though it succeeds */
};

static pwwb_status
fake_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
          pwwb_error *err)
{
    struct fake_store *fake = ctx;

    (void)anchor;
    fake->timeout_ms  = timeout_ms;
    fake->answer.size = ret_found->size;
    *ret_found        = fake->answer;
    if (fake->says != NULL)
        (void)pwwb_error_set(err, PWWB_E_SYSTEM, fake->says);
    return fake_fault_next(&fake->fault);
}

static void
fake_destroy(void *ctx)
{
    ((struct fake_store *)ctx)->destroyed++;
}

static const pwwb_anchors_ops fake_ops = {
    .size    = sizeof(pwwb_anchors_ops),
    .find    = fake_find,
    .destroy = fake_destroy,
};

static const struct fake_store good_fake = {
    .answer = {.code = PWWB_CODE_OK, .candidates = 1, .guid = {0xa1}, .directory = "F1"}};

static pwwb_anchors *
store_over(struct fake_store *fake)
{
    pwwb_anchors *store;

    CHECK_STATUS(PWWB_OK, pwwb_anchors_new(&fake_ops, fake, &store, NULL));
    return store;
}

/* Ask a store whose answer is wrong. */
static void
check_not_believed(struct fake_store *fake)
{
    pwwb_anchors *store = store_over(fake);
    pwwb_error   *err   = pwwb_error_new();
    pwwb_found    found = {.size = sizeof(found), .code = 99};
    pwwb_found    none  = {.size = sizeof(none)};

    CHECK_STATUS(PWWB_E_CALLBACK, pwwb_anchors_find(store, &user, 0, &found, err));
    CHECK_STATUS(PWWB_E_CALLBACK, pwwb_error_status(err));
    CHECK_MEM(&none, sizeof(none), &found, sizeof(found));
    pwwb_error_free(err);
    pwwb_anchors_free(store);
}

static void
a_good_answer_is_passed_on(void)
{
    struct fake_store fake  = good_fake;
    pwwb_anchors     *store = store_over(&fake);
    pwwb_found        found = find(store, &user);

    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_INT(1, found.candidates);
    CHECK_MEM(alice, sizeof(alice), found.guid, sizeof(found.guid));
    CHECK_STR("F1", found.directory);
    pwwb_anchors_free(store);
    CHECK_INT(1, fake.destroyed);
}

static void
a_code_that_is_not_about_lookup_is_not_believed(void)
{
    static const int32_t codes[] = {
        0, -1, 7, PWWB_CODE_DISABLED, PWWB_CODE_PERMISSION, PWWB_CODE_OK_PENDING_SYNC, 307, 1000};
    size_t i;

    for (i = 0; i < COUNT(codes); i++) {
        struct fake_store fake = good_fake;

        fake.answer.code = codes[i];
        check_not_believed(&fake);
    }
}

static void
other_nonsense_is_not_believed(void)
{
    struct fake_store fake = good_fake;

    fake.answer.candidates = -1;
    check_not_believed(&fake);
    fake = good_fake;
    memset(fake.answer.directory, 'x', sizeof(fake.answer.directory));
    check_not_believed(&fake);
    fake = good_fake;
    memset(fake.answer.guid, 0, sizeof(fake.answer.guid));
    check_not_believed(&fake);
}

static void
an_unknown_status_is_a_callbacks_fault(void)
{
    struct fake_store fake = good_fake;

    fake.fault = (fake_fault){.nth = 1, .status = -12345};
    check_not_believed(&fake);
    fake.fault = (fake_fault){.nth = 1, .status = 1};
    check_not_believed(&fake);
}

static void
a_store_that_fails_once_or_for_good_says_so(void)
{
    struct fake_store fake  = good_fake;
    pwwb_anchors     *store = store_over(&fake);
    pwwb_found        found = {.size = sizeof(found)};

    fake.fault = (fake_fault){.nth = 2, .status = PWWB_E_TIMEOUT};
    CHECK_INT(PWWB_CODE_OK, find(store, &user).code);
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_anchors_find(store, &user, 0, &found, NULL));
    CHECK_INT(0, found.code);
    CHECK_INT(PWWB_CODE_OK, find(store, &user).code);

    fake.fault = (fake_fault){.nth = 1, .is_persistent = 1, .status = PWWB_E_CONNECT};
    CHECK_STATUS(PWWB_E_CONNECT, pwwb_anchors_find(store, &user, 0, &found, NULL));
    CHECK_STATUS(PWWB_E_CONNECT, pwwb_anchors_find(store, &user, 0, &found, NULL));
    pwwb_anchors_free(store);
}

static void
an_account_is_only_told_with_ok(void)
{
    struct fake_store fake = good_fake;
    pwwb_anchors     *store;
    pwwb_found        found;

    fake.answer.code = PWWB_CODE_AMBIGUOUS;
    store            = store_over(&fake);
    found            = find(store, &user);
    CHECK_INT(PWWB_CODE_AMBIGUOUS, found.code);
    CHECK_MEM(zero, sizeof(zero), found.guid, sizeof(found.guid));
    CHECK_STR("", found.directory);
    pwwb_anchors_free(store);
}

static void
an_error_beside_success_is_forgotten(void)
{
    struct fake_store fake  = good_fake;
    pwwb_anchors     *store = store_over(&fake);
    pwwb_error       *err   = pwwb_error_new();
    pwwb_found        found = {.size = sizeof(found)};

    fake.says = "nonsense";
    CHECK_STATUS(PWWB_OK, pwwb_anchors_find(store, &user, 0, &found, err));
    CHECK_STATUS(PWWB_OK, pwwb_error_status(err));
    pwwb_error_free(err);
    pwwb_anchors_free(store);
}

static void
every_timeout_below_zero_is_no_limit(void)
{
    struct fake_store fake  = good_fake;
    pwwb_anchors     *store = store_over(&fake);
    pwwb_found        found = {.size = sizeof(found)};

    CHECK_STATUS(PWWB_OK, pwwb_anchors_find(store, &user, INT64_MIN, &found, NULL));
    CHECK_INT(-1, fake.timeout_ms);
    CHECK_STATUS(PWWB_OK, pwwb_anchors_find(store, &user, 1500, &found, NULL));
    CHECK_INT(1500, fake.timeout_ms);
    pwwb_anchors_free(store);
}

static void
a_question_without_sense_is_not_asked(void)
{
    struct fake_store fake  = good_fake;
    pwwb_anchors     *store = store_over(&fake);
    pwwb_anchor       odd   = {.kind = 3};
    pwwb_found        found = {.size = sizeof(found)};

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_find(store, &odd, 0, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_find(store, NULL, 0, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_find(NULL, &user, 0, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_find(store, &user, 0, NULL, NULL));
    found.size = 0;
    CHECK_STATUS(PWWB_E_ABI, pwwb_anchors_find(store, &user, 0, &found, NULL));
    CHECK_INT(0, fake.fault.calls);
    pwwb_anchors_free(store);
}

static void
a_table_that_does_not_fit_is_refused_and_its_ctx_left_alone(void)
{
    struct {
        pwwb_anchors_ops ops;
        void            *unknown;
    } longer               = {.ops = fake_ops};
    struct fake_store fake = good_fake;
    pwwb_anchors_ops  ops  = fake_ops;
    pwwb_anchors     *store;

    ops.find = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_new(&ops, &fake, &store, NULL));
    CHECK(store == NULL);
    ops.size = sizeof(ops) - 1;
    CHECK_STATUS(PWWB_E_ABI, pwwb_anchors_new(&ops, &fake, &store, NULL));
    longer.ops.size = sizeof(longer);
    longer.unknown  = &fake;
    CHECK_STATUS(PWWB_E_ABI, pwwb_anchors_new(&longer.ops, &fake, &store, NULL));
    CHECK_INT(0, fake.destroyed);

    longer.unknown = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new(&longer.ops, &fake, &store, NULL));
    pwwb_anchors_free(store);
    CHECK_INT(1, fake.destroyed);
}

static void
a_store_of_the_hosts_cannot_be_filled(void)
{
    struct fake_store fake  = good_fake;
    pwwb_anchors     *store = store_over(&fake);

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_object(store, &user, NULL, 1, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_add_link(store, 1, "", alice, "", NULL));
    pwwb_anchors_free(store);
}

static pwwb_status
make_and_use(pwwb_anchors **ret_store)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_status st;

    st = pwwb_anchors_new_memory(4, ret_store, NULL);
    if (st == PWWB_OK)
        st = pwwb_anchors_add_object(*ret_store, &user, &source, 1, NULL);
    if (st == PWWB_OK)
        st = pwwb_anchors_add_link(*ret_store, 1, "F1", alice, "User AccountEnabled", NULL);
    if (st == PWWB_OK)
        st = pwwb_anchors_find(*ret_store, &user, 0, &found, NULL);
    return st;
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    pwwb_anchors *store;
    long          count, nth;

    faults_count();
    CHECK_STATUS(PWWB_OK, make_and_use(&store));
    count = faults_stop();
    pwwb_anchors_free(store);
    CHECK(count > 0);

    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = make_and_use(&store);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK(store == NULL);
    }
}

int
main(void)
{
    anchors_contract();
    RUN(what_is_proved_elsewhere_is_named);
    RUN(a_full_store_refuses_and_still_takes_rules_of_what_is_there);
    RUN(ten_thousand_objects_are_each_found);
    RUN(what_cannot_be_added_is_refused);
    RUN(a_store_without_sense_is_not_made);
    RUN(a_good_answer_is_passed_on);
    RUN(a_code_that_is_not_about_lookup_is_not_believed);
    RUN(other_nonsense_is_not_believed);
    RUN(an_unknown_status_is_a_callbacks_fault);
    RUN(a_store_that_fails_once_or_for_good_says_so);
    RUN(an_account_is_only_told_with_ok);
    RUN(an_error_beside_success_is_forgotten);
    RUN(every_timeout_below_zero_is_no_limit);
    RUN(a_question_without_sense_is_not_asked);
    RUN(a_table_that_does_not_fit_is_refused_and_its_ctx_left_alone);
    RUN(a_store_of_the_hosts_cannot_be_filled);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
