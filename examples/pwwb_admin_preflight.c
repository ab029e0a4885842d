/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/pwwb.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pwwb_admin.h"

enum { TIMEOUT_MS = 30000 };

static const char text[] =
    "usage: pwwb-admin preflight --host NAME --ca FILE --bind NAME --guid GUID [OPTION...]\n"
    "Say which rights the service account lacks on an account, why, and what grants them. Nothing is\n"
    "changed. It is predicted from what the directory shows; the directory decides.\n"
    "\n"
    "    --host NAME           a domain controller, as in its certificate\n"
    "    --address ADDRESS     where it is; the host, if not given\n"
    "    --port N              636 or 389, if not given\n"
    "    --starttls            StartTLS in place of LDAPS\n"
    "    --ca FILE             certificates of its CA, PEM\n"
    "    --bind NAME           the service account: DN, UPN or DOMAIN\\name\n"
    "    --password-file FILE  its password, the first line; else it is asked for, or the first line\n"
    "                          of standard input\n"
    "    --guid GUID           an account to be served, by objectGUID\n"
    "    --anchor ANCHOR       or by its source anchor\n"
    "    --allow-no-history    the agent resets also where the controller does not enforce history\n"
    "    --json                for programs\n"
    "\n"
    "Exit: 0 nothing lacks, 1 something lacks or it cannot be told, 2 wrong usage.\n";

enum { HOST = 'H', ADDRESS = 'a', PORT = 'p', STARTTLS = 's', CA = 'c', BIND = 'b', PASSWORD = 'f',
       GUID = 'g', ANCHOR = 'n', NO_HISTORY = 'N', JSON = 'j', HELP = 'h' };

static const struct option options_[] = {
    {"host", required_argument, NULL, HOST},
    {"address", required_argument, NULL, ADDRESS},
    {"port", required_argument, NULL, PORT},
    {"starttls", no_argument, NULL, STARTTLS},
    {"ca", required_argument, NULL, CA},
    {"bind", required_argument, NULL, BIND},
    {"password-file", required_argument, NULL, PASSWORD},
    {"guid", required_argument, NULL, GUID},
    {"anchor", required_argument, NULL, ANCHOR},
    {"allow-no-history", no_argument, NULL, NO_HISTORY},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

typedef struct args {
    pwwb_ldap_options ldap;
    const char       *password_file; /* NULL = asked for */
    uint8_t           guid[PWWB_ID_SIZE];
    pwwb_anchor       anchor;
    int               who; /* how many accounts were named */
    int               has_anchor;
    int               json;
    int               help;
} args;

/* 0; -1 for what cannot be. */
static int
take_option(int option, const char *value, args *a)
{
    char *end = NULL;

    switch (option) {
    case HOST:
        a->ldap.host = value;
        return 0;
    case ADDRESS:
        a->ldap.address = value;
        return 0;
    case PORT:
        a->ldap.port = (int32_t)strtol(value, &end, 10);
        return end != value && *end == '\0' && a->ldap.port > 0 && a->ldap.port < 65536 ? 0 : -1;
    case STARTTLS:
        a->ldap.security = PWWB_LDAP_STARTTLS;
        return 0;
    case CA:
        a->ldap.ca_file = value;
        return 0;
    case BIND:
        a->ldap.bind_dn = value;
        return 0;
    case PASSWORD:
        a->password_file = value;
        return 0;
    case GUID:
        a->who++;
        return pwwb_guid_parse(value, strlen(value), a->guid, NULL) == PWWB_OK ? 0 : -1;
    case ANCHOR:
        a->who++;
        a->has_anchor = 1;
        return pwwb_anchor_parse(value, strlen(value), &a->anchor, NULL) == PWWB_OK ? 0 : -1;
    case NO_HISTORY:
        a->ldap.flags |= PWWB_LDAP_ALLOW_NO_HISTORY;
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
    return optind == argc && a->ldap.host != NULL && a->ldap.ca_file != NULL
                   && a->ldap.bind_dn != NULL && a->who == 1
               ? 0
               : -1;
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

/* RFC 8259 7; what the directory sends is UTF-8. */
static void
print_string(const char *name, const char *value)
{
    printf(", \"%s\": \"", name);
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            printf("\\%c", *value);
        else if ((unsigned char)*value < 0x20)
            printf("\\u%04x", (unsigned char)*value);
        else
            putchar(*value);
    }
    putchar('"');
}

static void
print_json(size_t index, const pwwb_preflight_item *item)
{
    printf("%s\n  {\"check\": \"%s\"", index == 0 ? "" : ",", check_name(item->check));
    print_string("answer", answer_name(item->answer));
    print_string("reason", reason_name(item->reason));
    print_string("name", item->name);
    print_string("text", item->text);
    print_string("object", item->object);
    print_string("windows_command", item->windows_command);
    print_string("samba_command", item->samba_command);
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
    print_string("status", pwwb_status_name(st));
    print_string("message", pwwb_error_message(err));
    printf("}\n");
    return 1;
}

static pwwb_status
find(args *a, pwwb_error *err)
{
    pwwb_directory *directory = NULL;
    pwwb_found      found     = {.size = sizeof(found)};
    pwwb_status     st        = pwwb_directory_new_ldap(&a->ldap, &directory, err);

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
        st = pwwb_preflight_run(&a->ldap, a->guid, TIMEOUT_MS, &preflight, err);
    if (st != PWWB_OK)
        return fail(st, err, a->json);

    bad = print(preflight, a->json);
    pwwb_preflight_free(preflight);
    return bad == 0 ? 0 : 1;
}

int
admin_preflight(int argc, char **argv)
{
    args        a   = {.ldap = {.size = sizeof(a.ldap), .security = PWWB_LDAP_LDAPS}};
    pwwb_error *err = NULL;
    secret      password;
    int         rc = 1;

    if (parse(argc, argv, &a) != 0) {
        fprintf(stderr, "%s", text);
        return 2;
    }
    if (a.help) {
        printf("%s", text);
        return 0;
    }

    secret_make(&password);
    if ((a.password_file != NULL ? secret_file_line(&password, a.password_file)
                                 : secret_line(&password, "password of the service account"))
            != 0
        || password.len == 0) {
        fprintf(stderr, a.password_file != NULL ? "no password is in that file\n"
                                                : "no password was given\n");
    } else {
        a.ldap.password     = password.octets;
        a.ldap.password_len = password.len;
        err                 = pwwb_error_new();
        rc                  = run(&a, err);
    }
    secret_drop(&password);
    pwwb_error_free(err);
    return rc;
}
