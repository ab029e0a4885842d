/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/pwwb.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/banned_words.h"
#include "pwwb_admin.h"
#include "pwwb_admin_findings.h"
#include "pwwb_admin_person.h"

static const char text[] =
    "usage: pwwb-admin check --host NAME --ca FILE --bind NAME [OPTION...] PERSON\n"
    "       pwwb-admin check --config FILE [OPTION...] PERSON\n"
    "Judge one new password by the rules in force for a person, and by lists of one's own: everything that\n"
    "is wrong, and how sure that is. Nothing is set, and nobody is asked to set it.\n"
    "\n"
    ADMIN_PERSON_TEXT
    "    --change              as a change by the person, not a reset: minimum age counts, too\n"
    "    --banned FILE         words that a password may not be made of, one a line\n"
    "    --breached FILE       leaked passwords: lines of SHA1:COUNT, ascending\n"
    "    --new-password-file FILE  the password to judge, the first line; else it is asked for, or the\n"
    "                          next line of standard input. It is never an argument\n"
    "    --new-password-fd N   or a line of that descriptor\n"
    "\n"
    "Exit: 0 pass, 1 fail: the directory must refuse it, or a list does; 2 wrong usage; 3 it cannot be\n"
    "told, or asked; 78 wrong configuration. Pass promises nothing of the history and of filters on the\n"
    "controllers.\n";

enum { CHANGE = 'c', BANNED = 'b', BREACHED = 'l', NEW_FILE = 'f', NEW_FD = 'd', HELP = 'h' };
enum { PASS = 0, FAIL = 1, USAGE = 2, UNTOLD = 3 };

static const struct option options_[] = {
    ADMIN_PERSON_OPTIONS,
    {"change", no_argument, NULL, CHANGE},
    {"banned", required_argument, NULL, BANNED},
    {"breached", required_argument, NULL, BREACHED},
    {"new-password-file", required_argument, NULL, NEW_FILE},
    {"new-password-fd", required_argument, NULL, NEW_FD},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

typedef struct args {
    admin_person person;
    int32_t      kind; /* one of enum pwwb_set_kind */
    const char  *banned, *breached;
    const char  *new_file;
    int          new_fd; /* -1 = none */
    int          help;
} args;

/* 0; -1 for what cannot be. */
static int
take_option(int option, const char *value, args *a)
{
    char *end = NULL;
    long  fd;

    switch (option) {
    case CHANGE:
        a->kind = PWWB_SET_CHANGE;
        return 0;
    case BANNED:
        a->banned = value;
        return 0;
    case BREACHED:
        a->breached = value;
        return 0;
    case NEW_FILE:
        a->new_file = value;
        return 0;
    case NEW_FD:
        fd        = strtol(value, &end, 10);
        a->new_fd = (int)fd;
        return end != value && *end == '\0' && fd >= 0 && fd < 65536 ? 0 : -1;
    case HELP:
        a->help = 1;
        return 0;
    default:
        return admin_person_take(&a->person, option, value) > 0 ? 0 : -1;
    }
}

/* 0; -1 for what cannot be; else the exit code. */
static int
parse(int argc, char **argv, args *a)
{
    int option, rc;

    while ((option = getopt_long(argc, argv, "h", options_, NULL)) != -1)
        if (take_option(option, optarg, a) != 0)
            return -1;
    if (a->help)
        return 0;
    if (a->new_file != NULL && a->new_fd >= 0)
        return -1;
    rc = admin_person_end(&a->person, argc, argv, optind);
    if (a->banned == NULL)
        a->banned = a->person.config.banned;
    if (a->breached == NULL)
        a->breached = a->person.config.breached;
    return rc;
}

static int
take_password(const args *a, secret *password)
{
    int rc = a->new_file != NULL ? secret_file_line(password, a->new_file)
             : a->new_fd >= 0    ? secret_fd_line(password, a->new_fd)
                                 : secret_line(password, "password to judge");

    if (rc != 0 || password->len == 0 || password->len == sizeof(password->octets)) {
        fprintf(stderr, "no password to judge was given, or one that is too long\n");
        return -1;
    }
    return 0;
}

static pwwb_status
by_filter(const args *a, const pwwb_filter *filter, const secret *password, pwwb_findings *findings,
          int32_t *verdict, pwwb_error *err)
{
    if (filter == NULL)
        return PWWB_OK;
    return pwwb_filter_check(filter, &a->person.account, a->kind, password->octets, password->len, findings,
                             verdict, err);
}

static pwwb_status
judge(const args *a, const secret *password, pwwb_findings *findings, int32_t *verdict, pwwb_error *err)
{
    pwwb_policy *policy = NULL;
    pwwb_filter *banned = NULL, *breached = NULL;
    pwwb_status  st     = pwwb_policy_new(&a->person.rules, &policy, err);

    if (st == PWWB_OK && a->banned != NULL)
        st = banned_words_open(a->banned, &banned, err);
    if (st == PWWB_OK && a->breached != NULL)
        st = pwwb_filter_new_breached(a->breached, &breached, err);
    if (st == PWWB_OK)
        st = pwwb_policy_check(policy, &a->person.account, a->kind, password->octets, password->len, findings,
                               verdict, err);
    if (st == PWWB_OK)
        st = by_filter(a, banned, password, findings, verdict, err);
    if (st == PWWB_OK)
        st = by_filter(a, breached, password, findings, verdict, err);
    pwwb_filter_free(breached);
    pwwb_filter_free(banned);
    pwwb_policy_free(policy);
    return st;
}

static int
print(const args *a, const pwwb_findings *findings, int32_t verdict)
{
    static const char *const names[] = {"?", "pass", "fail", "unknown"};
    static const char *const lines[] = {
        "?", "pass: no rule that can be judged beforehand is broken",
        "fail: it is refused", "unknown: only the directory can tell"};
    static const int codes[] = {UNTOLD, PASS, FAIL, UNTOLD};
    int32_t          at      = verdict >= PWWB_VERDICT_PASS && verdict <= PWWB_VERDICT_UNKNOWN ? verdict : 0;

    if (a->person.json) {
        printf("{\"verdict\": \"%s\", \"findings\": ", names[at]);
        print_findings_json(findings);
        printf("}\n");
    } else {
        printf("%s\n", lines[at]);
        print_findings(findings, a->person.rules.source == PWWB_POLICY_PPOLICY);
    }
    return codes[at];
}

static int
run(args *a, const secret *password, pwwb_error *err)
{
    pwwb_findings *findings = pwwb_findings_new();
    int32_t        verdict  = PWWB_VERDICT_UNKNOWN;
    int            rc       = UNTOLD;
    pwwb_status    st       = findings != NULL ? admin_person_read(&a->person, err) : PWWB_E_NO_MEMORY;

    if (st == PWWB_OK)
        st = judge(a, password, findings, &verdict, err);
    if (st == PWWB_OK)
        rc = print(a, findings, verdict);
    else
        admin_person_failed(&a->person, st, err);
    pwwb_findings_free(findings);
    return rc;
}

int
admin_check_password(int argc, char **argv)
{
    args        a   = {.kind = PWWB_SET_RESET, .new_fd = -1};
    pwwb_error *err = NULL;
    secret      service, password;
    int         rc;

    admin_person_make(&a.person);
    rc = parse(argc, argv, &a);
    if (rc < 0)
        fprintf(stderr, "%s", text);
    if (rc != 0)
        return rc < 0 ? USAGE : rc;
    rc = UNTOLD;
    if (a.help) {
        printf("%s", text);
        return 0;
    }

    secret_make(&service);
    secret_make(&password);
    if (admin_ldap_password(&a.person.ldap, &service) == 0 && take_password(&a, &password) == 0) {
        err = pwwb_error_new();
        rc  = run(&a, &password, err);
    }
    secret_drop(&password);
    secret_drop(&service);
    pwwb_error_free(err);
    return rc;
}
