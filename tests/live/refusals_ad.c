/* SPDX-License-Identifier: Apache-2.0 */
#include "refusals.h"

#include "ad.h"

#define LONG_OCTETS 201

static const uint32_t without_history = PWWB_LDAP_ALLOW_NO_HISTORY;

static pwwb_set_result
carry_out_as(const char *service, uint32_t flags, const pwwb_set *set)
{
    pwwb_ldap_options o      = options();
    pwwb_set_result   result = {.size = sizeof(result)};
    pwwb_directory   *directory;
    char              name[128];

    snprintf(name, sizeof(name), "%s@%s", service, ad("AD_DNS"));
    o.bind_dn = name;
    o.flags   = flags;
    directory = open_as(&o);
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, set, DEADLINE_MS, &result, err));
    pwwb_directory_free(directory);
    return result;
}

/* The code; the server's own record must agree with what it says of the password. */
static int32_t
code_as(const char *service, uint32_t flags, const char *user, const char *old_one,
        const char *new_one)
{
    int32_t  kind   = old_one != NULL ? PWWB_SET_CHANGE : PWWB_SET_RESET;
    pwwb_set set    = request(user, kind, old_one, new_one);
    int      before = written(user);
    int32_t  code   = carry_out_as(service, flags, &set).code;
    int      is_set = pwwb_code_outcome(code) != PWWB_OUTCOME_NOT_SET;

    CHECK_INT(before + is_set, written(user));
    return code;
}

static int32_t
reset(const char *user, const char *password)
{
    return code_as("svc-pw", without_history, user, NULL, password);
}

static int32_t
change(const char *user, const char *old_one, const char *new_one)
{
    return code_as("svc-pw", 0, user, old_one, new_one);
}

static int32_t
too_short_on_change(void)
{
    begin("u001");
    return change("u001", START, TOO_SHORT);
}

static int32_t
too_short_on_reset(void)
{
    return reset("u001", TOO_SHORT);
}

static int32_t
too_long(void)
{
    char password[LONG_OCTETS + 1];
    int  len = snprintf(password, sizeof(password), "%s", fresh());

    memset(password + len, '-', sizeof(password) - 1 - (size_t)len);
    password[LONG_OCTETS] = '\0';
    return reset("u001", password);
}

static int32_t
few_kinds_on_change(void)
{
    begin("u001");
    return change("u001", START, ONE_KIND);
}

static int32_t
few_kinds_on_reset(void)
{
    return reset("u001", ONE_KIND);
}

static int32_t
current_on_change(void)
{
    begin("u002");
    return change("u002", START, START);
}

/* What it was changed to then; START is an older one. */
static const char *
grow_older(const char *user)
{
    const char *password = fresh();

    begin(user);
    CHECK_INT(PWWB_CODE_OK, change(user, START, password));
    return password;
}

static int32_t
older_on_change(void)
{
    return change("u003", grow_older("u003"), START);
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
    return code_as("svc-pw", 0, "u004", NULL, fresh());
}

/* A day is the least: a policy of its own for one account. */
static void
make_young(const char *user)
{
    char out[1024];

    begin(user);
    CHECK_INT(0, run(out, sizeof(out),
                     "pso() { samba-tool domain passwordsettings pso \"$@\" -H $SAM -s $AD_CONF; };"
                     "pso delete young-%s; pso create young-%s 1 --min-pwd-age=1 &&"
                     " pso apply young-%s %s",
                     user, user, user, user));
}

static int32_t
too_young_on_change(void)
{
    make_young("u005");
    return change("u005", START, fresh());
}

static int32_t
too_young_on_reset(void)
{
    make_young("u006");
    return reset("u006", fresh());
}

static int32_t
wrong_old(void)
{
    begin("u007");
    return change("u007", "not-the-old-1!", fresh());
}

static int32_t
locked_on_change(void)
{
    begin("u008");
    lock("u008");
    return change("u008", START, fresh());
}

static int32_t
locked_on_reset(void)
{
    int32_t code;

    begin("u009");
    lock("u009");
    code = reset("u009", fresh());
    CHECK(strlen(stored("u009", "lockoutTime")) > 1); /* it stays so */
    return code;
}

/* As the console does it: the right is denied to everybody and to the account itself. */
static int32_t
may_not_change(void)
{
    char out[1024];

    begin("u010");
    CHECK_INT(0, run(out, sizeof(out),
                     "samba-tool dsacl set -s $AD_CONF -H $SAM"
                     " --objectdn=\"CN=u010,OU=Sync,$AD_BASE\" --sddl='(OD;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)"
                     "(OD;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;PS)' >/dev/null"));
    return change("u010", START, fresh());
}

static int32_t
no_right(void)
{
    return code_as("svc-none", without_history, "u011", NULL, fresh());
}

static int32_t
gone(void)
{
    pwwb_set set = request("u011", PWWB_SET_RESET, NULL, fresh());

    memset(set.guid, 0x5a, sizeof(set.guid));
    return carry_out_as("svc-pw", without_history, &set).code;
}

static int32_t
disabled(void)
{
    modify("CN=u012,OU=Sync", "replace: userAccountControl\\nuserAccountControl: 514\\n");
    return reset("u012", fresh());
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

const refusals refusals_of_ad = {rows, begin_here, end_here};
