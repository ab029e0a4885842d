/* SPDX-License-Identifier: Apache-2.0 */
#include "refusals.h"

#include "ol.h"

/* The administrator's write is bound by no policy: the account as it was made. */
static void
begin_as(const char *user, const char *policy)
{
    char lines[128];

    modify(user, "replace: pwdAccountLockedTime\\n");
    snprintf(lines, sizeof(lines), "replace: userPassword\\nuserPassword: %s\\n", START);
    modify(user, lines);
    use_policy(user, policy);
}

/* The code; what the server keeps must agree with what it says of the password. */
static int32_t
code_as(const char *service, const char *user, const char *old_one, const char *new_one)
{
    int32_t         kind      = old_one != NULL ? PWWB_SET_CHANGE : PWWB_SET_RESET;
    pwwb_set        set       = request(user, kind, old_one, new_one);
    pwwb_set_result result    = {.size = sizeof(result)};
    pwwb_directory *directory = open_by(service);
    char            before[512];

    snprintf(before, sizeof(before), "%s", stored(user, "userPassword"));
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, DEADLINE_MS, &result, err));
    CHECK_INT(pwwb_code_outcome(result.code) != PWWB_OUTCOME_NOT_SET,
              strcmp(before, stored(user, "userPassword")) != 0);
    pwwb_directory_free(directory);
    return result.code;
}

static int32_t
reset(const char *user, const char *password)
{
    return code_as("svc-pw", user, NULL, password);
}

static int32_t
change(const char *user, const char *old_one, const char *new_one)
{
    return code_as("svc-pw", user, old_one, new_one);
}

static int32_t
too_short_on_change(void)
{
    begin_as("u001", "default");
    return change("u001", START, TOO_SHORT);
}

static int32_t
too_short_on_reset(void)
{
    begin_as("u001", "default");
    return reset("u001", TOO_SHORT);
}

static int32_t
too_long(void)
{
    char password[202];

    memset(password, 'x', sizeof(password) - 1);
    password[sizeof(password) - 1] = '\0';
    begin_as("u001", "default");
    return reset("u001", password);
}

static int32_t
few_kinds_on_change(void)
{
    begin_as("u002", "default");
    return change("u002", START, ONE_KIND);
}

static int32_t
few_kinds_on_reset(void)
{
    begin_as("u003", "default");
    return reset("u003", ONE_KIND);
}

static int32_t
current_on_change(void)
{
    begin_as("u002", "default");
    return change("u002", START, START);
}

/* What it was changed to then; START is an older one. */
static const char *
grow_older(const char *user)
{
    const char *password = fresh();

    begin_as(user, "default");
    CHECK_INT(PWWB_CODE_OK, change(user, START, password));
    return password;
}

static int32_t
older_on_change(void)
{
    return change("u004", grow_older("u004"), START);
}

static int32_t
older_on_reset(void)
{
    grow_older("u004");
    return reset("u004", START);
}

static int32_t
no_history_on_reset(void)
{
    begin_as("u005", "default");
    return reset("u005", fresh());
}

static int32_t
too_young_on_change(void)
{
    begin_as("u005", "minage");
    return change("u005", START, fresh());
}

static int32_t
too_young_on_reset(void)
{
    begin_as("u005", "minage");
    return reset("u005", fresh());
}

static int32_t
wrong_old(void)
{
    begin_as("u001", "default");
    return change("u001", "not-the-old-1!", fresh());
}

static int32_t
locked_on_change(void)
{
    begin_as("u006", "default");
    lock("u006");
    return change("u006", START, fresh());
}

static int32_t
locked_on_reset(void)
{
    begin_as("u006", "default");
    lock("u006");
    return reset("u006", fresh());
}

static int32_t
may_not_change(void)
{
    begin_as("u001", "noself");
    return change("u001", START, fresh());
}

static int32_t
no_right(void)
{
    return code_as("svc-none", "u001", NULL, fresh());
}

static int32_t
gone(void)
{
    pwwb_directory *directory = open_by("svc-pw");
    pwwb_set        set       = request("u001", PWWB_SET_RESET, NULL, fresh());
    pwwb_set_result result    = {.size = sizeof(result)};

    memset(set.guid, 0x5a, sizeof(set.guid));
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, DEADLINE_MS, &result, err));
    pwwb_directory_free(directory);
    return result.code;
}

static int32_t
disabled(void)
{
    begin_as("u007", "default");
    modify("u007", "replace: pwdAccountLockedTime\\npwdAccountLockedTime: 000001010000Z\\n");
    return reset("u007", fresh());
}

static const refusal rows[] = {
    {"too_short_on_change", too_short_on_change},
    {"too_short_on_reset", too_short_on_reset},
    {"too_long", too_long},
    {"few_kinds_on_change", few_kinds_on_change},
    {"few_kinds_on_reset", few_kinds_on_reset},
    {"current_on_change", current_on_change},
    {"older_on_change", older_on_change},
    {"older_on_reset", older_on_reset},
    {"no_history_on_reset", no_history_on_reset},
    {"too_young_on_change", too_young_on_change},
    {"too_young_on_reset", too_young_on_reset},
    {"wrong_old", wrong_old},
    {"locked_on_change", locked_on_change},
    {"locked_on_reset", locked_on_reset},
    {"may_not_change", may_not_change},
    {"no_right", no_right},
    {"gone", gone},
    {"disabled", disabled},
    {NULL, NULL},
};

static void
begin_here(void)
{
    harness_failures = 0;
    err              = pwwb_error_new();
}

static int
end_here(void)
{
    pwwb_error_free(err);
    return harness_failures;
}

const refusals refusals_of_slapd = {rows, begin_here, end_here};
