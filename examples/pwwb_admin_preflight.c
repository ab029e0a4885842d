/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/pwwb.h>

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "pwwb_admin.h"
#include "pwwb_admin_ldap.h"
#include "pwwb_admin_print.h"

enum { TIMEOUT_MS = 30000 };

static const char text[] =
    "usage: pwwb-admin preflight --host NAME --ca FILE --bind NAME --guid GUID [OPTION...]\n"
    "Say which rights the service account lacks on an account, why, and what grants them. Nothing is\n"
    "changed. It is predicted from what the directory shows; the directory decides.\n"
    "\n"
    ADMIN_LDAP_TEXT
    "    --guid GUID           an account to be served, by objectGUID\n"
    "    --anchor ANCHOR       or by its source anchor\n"
    "    --allow-no-history    the agent resets also where the controller does not enforce history\n"
    "    --json                for programs\n"
    "\n"
    "Exit: 0 nothing lacks, 1 something lacks or it cannot be told, 2 wrong usage.\n";

enum { GUID = 'g', ANCHOR = 'n', NO_HISTORY = 'N', JSON = 'j', HELP = 'h' };

static const struct option options_[] = {
    ADMIN_LDAP_OPTIONS,
    {"guid", required_argument, NULL, GUID},
    {"anchor", required_argument, NULL, ANCHOR},
    {"allow-no-history", no_argument, NULL, NO_HISTORY},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

typedef struct args {
    admin_ldap  ldap;
    uint8_t     guid[PWWB_ID_SIZE];
    pwwb_anchor anchor;
    int         who; /* how many accounts were named */
    int         has_anchor;
    int         json;
    int         help;
} args;

/* 0; -1 for what cannot be. */
static int
take_option(int option, const char *value, args *a)
{
    int taken = admin_ldap_take(&a->ldap, option, value);

    if (taken != 0)
        return taken > 0 ? 0 : -1;
    switch (option) {
    case GUID:
        a->who++;
        return pwwb_guid_parse(value, strlen(value), a->guid, NULL) == PWWB_OK ? 0 : -1;
    case ANCHOR:
        a->who++;
        a->has_anchor = 1;
        return pwwb_anchor_parse(value, strlen(value), &a->anchor, NULL) == PWWB_OK ? 0 : -1;
    case NO_HISTORY:
        a->ldap.options.flags |= PWWB_LDAP_ALLOW_NO_HISTORY;
        return 0;
    case JSON:
        a->json = 1;
        return 0;
    case HELP:
        a->help = 1;
        return 0;
    default:
        return -1;
    }
}

static int
parse(int argc, char **argv, args *a)
{
    int option;

    while ((option = getopt_long(argc, argv, "h", options_, NULL)) != -1)
        if (take_option(option, optarg, a) != 0)
            return -1;
    if (a->help)
        return 0;
    return optind == argc && admin_ldap_is_whole(&a->ldap) && a->who == 1 ? 0 : -1;
}

/* Names that programs may rely on. */
static const char *
name_in(const char *const *names, int32_t count, int32_t at)
{
    return at > 0 && at < count ? names[at] : "?";
}

static const char *
check_name(int32_t check)
{
    static const char *const names[] = {
        "?",        "reset",          "change", "change-self", "lockoutTime", "pwdLastSet",
        "unexpire", "password-rules", "groups", "history"};

    return name_in(names, sizeof(names) / sizeof(names[0]), check);
}

static const char *
reason_name(int32_t reason)
{
    static const char *const names[] = {
        "?",           "granted",         "allowed",   "not-granted",   "denied",
        "denied-above", "inheritance-off", "protected", "was-protected", "unreadable",
        "unclear",     "not-supported"};

    return name_in(names, sizeof(names) / sizeof(names[0]), reason);
}

static const char *
answer_name(int32_t answer)
{
    return answer == PWWB_YES ? "yes" : answer == PWWB_NO ? "no" : "unknown";
}

static void
print_json(size_t index, const pwwb_preflight_item *item)
{
    printf("%s\n  {\"check\": \"%s\"", index == 0 ? "" : ",", check_name(item->check));
    print_json_string(stdout, "answer", answer_name(item->answer));
    print_json_string(stdout, "reason", reason_name(item->reason));
    print_json_string(stdout, "name", item->name);
    print_json_string(stdout, "text", item->text);
    print_json_string(stdout, "object", item->object);
    print_json_string(stdout, "windows_command", item->windows_command);
    print_json_string(stdout, "samba_command", item->samba_command);
    putchar('}');
}

static void
print_text(const pwwb_preflight_item *item)
{
    printf("%-8s %s", item->answer == PWWB_YES ? "ok" : item->answer == PWWB_NO ? "lacks" : "unknown",
           item->name);
    if (item->answer != PWWB_YES)
        printf("\n         on %s:\n         %s", item->object, item->text);
    if (item->windows_command[0] != '\0')
        printf("\n         Windows: %s", item->windows_command);
    if (item->samba_command[0] != '\0')
        printf("\n         Samba:   %s", item->samba_command);
    putchar('\n');
}

/* How many things are not as they must be. */
static size_t
print(const pwwb_preflight *preflight, int json)
{
    pwwb_preflight_item item = {.size = sizeof(item)};
    size_t              i, bad = 0;

    printf(json ? "{\"predicted\": true, \"items\": [" : "Predicted; the directory decides.\n");
    for (i = 0; pwwb_preflight_get(preflight, i, &item) == PWWB_OK; i++) {
        if (json)
            print_json(i, &item);
        else
            print_text(&item);
        bad += item.answer != PWWB_YES;
    }
    printf(json ? "], \"problems\": %zu}\n" : "%zu of them lack or are unknown\n", bad);
    return bad;
}

static int
fail(pwwb_status st, const pwwb_error *err, int json)
{
    if (!json)
        return admin_failed(st, err);

    printf("{\"predicted\": false");
    print_json_string(stdout, "status", pwwb_status_name(st));
    print_json_string(stdout, "message", pwwb_error_message(err));
    printf("}\n");
    return 1;
}

static pwwb_status
find(args *a, pwwb_error *err)
{
    pwwb_directory *directory = NULL;
    pwwb_found      found     = {.size = sizeof(found)};
    pwwb_status     st        = pwwb_directory_new_ldap(&a->ldap.options, &directory, err);

    if (st == PWWB_OK)
        st = pwwb_directory_find(directory, &a->anchor, TIMEOUT_MS, &found, err);
    if (st == PWWB_OK && found.code != PWWB_CODE_OK) {
        st = found.code == PWWB_CODE_NOT_FOUND ? PWWB_E_NOT_FOUND : PWWB_E_DIRECTORY;
        pwwb_error_set(err, st, pwwb_code_operator_text(found.code));
    }
    memcpy(a->guid, found.guid, sizeof(a->guid));
    pwwb_directory_free(directory);
    return st;
}

static int
run(args *a, pwwb_error *err)
{
    pwwb_preflight *preflight = NULL;
    pwwb_status     st        = a->has_anchor ? find(a, err) : PWWB_OK;
    size_t          bad;

    if (st == PWWB_OK)
        st = pwwb_preflight_run(&a->ldap.options, a->guid, TIMEOUT_MS, &preflight, err);
    if (st != PWWB_OK)
        return fail(st, err, a->json);

    bad = print(preflight, a->json);
    pwwb_preflight_free(preflight);
    return bad == 0 ? 0 : 1;
}

int
admin_preflight(int argc, char **argv)
{
    args        a   = {0};
    pwwb_error *err = NULL;
    secret      password;
    int         rc = 1;

    admin_ldap_make(&a.ldap);
    if (parse(argc, argv, &a) != 0) {
        fprintf(stderr, "%s", text);
        return 2;
    }
    if (a.help) {
        printf("%s", text);
        return 0;
    }

    secret_make(&password);
    if (admin_ldap_password(&a.ldap, &password) == 0) {
        err = pwwb_error_new();
        rc  = run(&a, err);
    }
    secret_drop(&password);
    pwwb_error_free(err);
    return rc;
}
