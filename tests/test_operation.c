/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 2 4 */
#include <pwwb/envelope.h>

#include "harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The matrix, written from the document and not from the code. Source: azure-docs, "Azure AD
 * Connect password writeback" (2017-08-28), condensed:
 *
 * "Works for password-hash-sync, federated and pass-through users; does not apply to cloud-only
 * users."
 *
 * "Written back: user change (voluntary; forced by expiry), user reset from the reset portal, admin
 * change (both kinds), admin self-service reset from the reset portal, admin-initiated reset of a
 * user from the admin portal, the classic portal (2017) or the beta Graph API. Not: resets by
 * PowerShell v1/v2 or other Graph / Azure AD Graph calls, from the Office admin portal, or an admin
 * resetting the own password with the admin tool."
 *
 * A voluntary change is made on the person's own account page and a forced one at sign-in; an
 * unlock is a self-service of the reset portal. Each cell is one letter:
 *     .  written back        o  not an operation from there       w  own password by admin tool
 *     g  a Graph call        p  PowerShell                        f  Office portal
 * The columns are the origins in the header's order: account portal, sign-in, reset portal, admin
 * portal, classic portal, beta Graph, Graph, Azure AD Graph, PowerShell v1, v2, Office portal.
 */
enum { ORIGINS = 11 };

static const struct row {
    int32_t     operation;
    int32_t     actor;
    const char *of_another; /* actor and target differ */
    const char *of_own;     /* PWWB_FLAG_OWN_ACCOUNT */
} rows[] = {
    {PWWB_OPERATION_CHANGE, PWWB_ACTOR_USER, ".oooooggppf", ".oooooggppf"},
    {PWWB_OPERATION_CHANGE, PWWB_ACTOR_ADMIN, ".oooooggppf", ".oooooggppf"},
    {PWWB_OPERATION_CHANGE_FORCED, PWWB_ACTOR_USER, "o.ooooggppf", "o.ooooggppf"},
    {PWWB_OPERATION_CHANGE_FORCED, PWWB_ACTOR_ADMIN, "o.ooooggppf", "o.ooooggppf"},
    {PWWB_OPERATION_RESET_SELF, PWWB_ACTOR_USER, "oo.oooggppf", "oo.oooggppf"},
    {PWWB_OPERATION_RESET_SELF, PWWB_ACTOR_ADMIN, "oo.oooggppf", "oo.oooggppf"},
    {PWWB_OPERATION_RESET_ADMIN, PWWB_ACTOR_USER, "ooooooggppf", "ooooooggppf"},
    {PWWB_OPERATION_RESET_ADMIN, PWWB_ACTOR_ADMIN, "ooo...ggppf", "ooowwwggppf"},
    {PWWB_OPERATION_UNLOCK, PWWB_ACTOR_USER, "oo.oooggppf", "oo.oooggppf"},
    {PWWB_OPERATION_UNLOCK, PWWB_ACTOR_ADMIN, "oo.oooggppf", "oo.oooggppf"},
};

static int32_t
code_of(char letter)
{
    switch (letter) {
    case '.':
        return PWWB_CODE_OK;
    case 'o':
        return PWWB_CODE_OPERATION;
    case 'w':
        return PWWB_CODE_OWN_BY_ADMIN_TOOL;
    case 'g':
        return PWWB_CODE_ORIGIN_GRAPH;
    case 'p':
        return PWWB_CODE_ORIGIN_POWERSHELL;
    default:
        return PWWB_CODE_ORIGIN_OFFICE_PORTAL;
    }
}

/* One line of origins; how many cells it has. */
static int
check_line(pwwb_claims *claims, const char *letters)
{
    int i;

    CHECK_INT(ORIGINS, strlen(letters));
    for (i = 0; i < ORIGINS; i++) {
        int32_t expected =
            claims->user_type == PWWB_USER_CLOUD_ONLY ? PWWB_CODE_USER_TYPE : code_of(letters[i]);
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

    for (i = 0; i < COUNT(rows); i++)
        for (type = PWWB_USER_HASH_SYNC; type <= PWWB_USER_CLOUD_ONLY; type++) {
            pwwb_claims claims = {.size      = sizeof(claims),
                                  .operation = rows[i].operation,
                                  .actor     = rows[i].actor,
                                  .user_type = type};

            cells += check_line(&claims, rows[i].of_another);
            claims.flags = PWWB_FLAG_OWN_ACCOUNT;
            cells += check_line(&claims, rows[i].of_own);
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
        CHECK_INT(PWWB_CODE_CLASS_COVERAGE, pwwb_code_class(code_of(letters[i])));
        CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(code_of(letters[i])));
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
