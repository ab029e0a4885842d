/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 2 4 */
#include <pwwb/envelope.h>

#include "harness.h"
#include "operations.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One line of origins; how many cells it has. */
static int
check_line(pwwb_claims *claims, const char *letters)
{
    int i;

    CHECK_INT(ORIGINS, strlen(letters));
    for (i = 0; i < ORIGINS; i++) {
        int32_t expected = claims->user_type == PWWB_USER_CLOUD_ONLY ? PWWB_CODE_USER_TYPE
                                                                     : operations_code(letters[i]);
        int32_t got;

        claims->origin = PWWB_FROM_ACCOUNT_PORTAL + i;
        got            = pwwb_operation_check(claims);
        CHECK_STR(pwwb_code_name(expected), pwwb_code_name(got));
        if (got != expected)
            printf("# operation %d actor %d origin %d flags %u user type %d\n",
                   (int)claims->operation, (int)claims->actor, (int)claims->origin,
                   (unsigned)claims->flags, (int)claims->user_type);
    }
    return i;
}

static void
every_cell_of_the_matrix_is_decided_as_the_document_says(void)
{
    size_t  i;
    int     cells = 0;
    int32_t type;

    for (i = 0; i < COUNT(operations); i++)
        for (type = PWWB_USER_HASH_SYNC; type <= PWWB_USER_CLOUD_ONLY; type++) {
            pwwb_claims claims = {.size      = sizeof(claims),
                                  .operation = operations[i].operation,
                                  .actor     = operations[i].actor,
                                  .user_type = type};

            cells += check_line(&claims, operations[i].of_another);
            claims.flags = PWWB_FLAG_OWN_ACCOUNT;
            cells += check_line(&claims, operations[i].of_own);
        }
    printf("# %d cells\n", cells);
    CHECK_INT(5 * 2 * 11 * 2 * 4, cells);
}

static void
unlocking_along_changes_no_cell(void)
{
    pwwb_claims claims = {.size      = sizeof(claims),
                          .operation = PWWB_OPERATION_RESET_ADMIN,
                          .actor     = PWWB_ACTOR_ADMIN,
                          .user_type = PWWB_USER_FEDERATED,
                          .flags     = PWWB_FLAG_UNLOCK};

    (void)check_line(&claims, "ooo...ggppf");
    claims.flags |= PWWB_FLAG_OWN_ACCOUNT;
    (void)check_line(&claims, "ooowwwggppf");
}

static void
every_refusal_is_of_the_class_coverage_and_sets_nothing(void)
{
    static const char letters[] = "owgpf";
    size_t            i;

    for (i = 0; i < sizeof(letters) - 1; i++) {
        CHECK_INT(PWWB_CODE_CLASS_COVERAGE, pwwb_code_class(operations_code(letters[i])));
        CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(operations_code(letters[i])));
    }
    CHECK_INT(PWWB_CODE_CLASS_COVERAGE, pwwb_code_class(PWWB_CODE_USER_TYPE));
}

static void
numbers_that_mean_nothing_are_no_operation(void)
{
    static const int32_t numbers[] = {0, -1, 12, 31, 32, 33, 64, INT32_MAX, INT32_MIN};
    pwwb_claims          claims    = {.size = sizeof(claims)};
    size_t               i;

    for (i = 0; i < COUNT(numbers); i++) {
        claims.operation = PWWB_OPERATION_RESET_SELF;
        claims.actor     = PWWB_ACTOR_USER;
        claims.user_type = PWWB_USER_HASH_SYNC;
        claims.origin    = numbers[i];
        CHECK_INT(PWWB_CODE_OPERATION, pwwb_operation_check(&claims));

        claims.origin    = PWWB_FROM_RESET_PORTAL;
        claims.operation = numbers[i];
        CHECK_INT(PWWB_CODE_OPERATION, pwwb_operation_check(&claims));

        claims.operation = PWWB_OPERATION_RESET_SELF;
        claims.actor     = numbers[i];
        CHECK_INT(PWWB_CODE_OPERATION, pwwb_operation_check(&claims));
    }
}

int
main(void)
{
    RUN(every_cell_of_the_matrix_is_decided_as_the_document_says);
    RUN(unlocking_along_changes_no_cell);
    RUN(every_refusal_is_of_the_class_coverage_and_sets_nothing);
    RUN(numbers_that_mean_nothing_are_no_operation);
    return DONE;
}
