/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/pwwb.h>

#include <getopt.h>
#include <stdio.h>

#include "pwwb_admin.h"
#include "pwwb_admin_person.h"
#include "pwwb_admin_print.h"

static const char text[] =
    "usage: pwwb-admin policy --host NAME --ca FILE --bind NAME [OPTION...] PERSON\n"
    "       pwwb-admin policy --config FILE [OPTION...] PERSON\n"
    "The password rules in force for one person, where they come from, and the state of the account.\n"
    "Nothing is changed.\n"
    "\n"
    ADMIN_PERSON_TEXT
    "\n"
    "For programs, names and numbers are those of pwwb/policy.h; null is what is not known.\n"
    "Exit: 0 printed, 1 not, 2 wrong usage, 78 wrong configuration.\n";

static const struct option options_[] = {
    ADMIN_PERSON_OPTIONS,
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static const char *
source_name(int32_t source)
{
    switch (source) {
    case PWWB_POLICY_DOMAIN:
        return "domain";
    case PWWB_POLICY_PSO:
        return "pso";
    case PWWB_POLICY_PPOLICY:
        return "ppolicy";
    case PWWB_POLICY_UNREADABLE:
        return "unreadable";
    default:
        return "?";
    }
}

static const char *
kind_name(int32_t kind)
{
    static const char *const names[] = {"?", "person", "krbtgt", "machine", "trust", "other"};

    return kind > 0 && kind <= PWWB_ACCOUNT_OTHER ? names[kind] : "?";
}

static void
json_number(const char *name, int64_t value)
{
    if (value < 0)
        printf(", \"%s\": null", name);
    else
        printf(", \"%s\": %lld", name, (long long)value);
}

static void
json_answer(const char *name, int32_t answer)
{
    printf(", \"%s\": %s", name, answer == PWWB_YES ? "true" : answer == PWWB_NO ? "false" : "null");
}

static void
json_rules(const pwwb_policy_rules *r)
{
    printf("\"rules\": {\"source\": \"%s\"", source_name(r->source));
    print_json_string(stdout, "source_dn", r->source_dn);
    json_number("min_length", r->min_length);
    json_number("max_length", r->max_length);
    json_answer("complexity", r->complexity);
    json_number("history_length", r->history_length);
    json_number("min_age_ms", r->min_age_ms);
    json_number("max_age_ms", r->max_age_ms);
    json_number("lockout_threshold", r->lockout_threshold);
    json_number("lockout_duration_ms", r->lockout_duration_ms);
    json_number("lockout_window_ms", r->lockout_window_ms);
    printf("}");
}

static void
json_flag(const char *name, uint32_t control, uint32_t bit)
{
    json_answer(name, (control & bit) != 0 ? PWWB_YES : PWWB_NO);
}

static void
json_account(const admin_person *p)
{
    const pwwb_account *a = &p->account;
    char                id[37];

    admin_person_id(p, id);
    printf("\"account\": {\"kind\": \"%s\"", kind_name(a->kind));
    print_json_string(stdout, "id", id);
    print_json_string(stdout, "account_name", a->account_name);
    print_json_string(stdout, "display_name", a->display_name);
    print_json_string(stdout, "controller", a->controller);
    json_answer("is_protected", a->is_protected);
    json_answer("is_locked", a->is_locked);
    json_answer("may_change", a->may_change);
    json_flag("is_disabled", a->user_account_control, PWWB_UAC_DISABLED);
    json_flag("smart_card", a->user_account_control, PWWB_UAC_SMARTCARD);
    json_answer("must_change", a->password_last_set_ms < 0 ? PWWB_MAYBE : a->password_last_set_ms == 0);
    json_number("bad_password_count", a->bad_password_count);
    json_number("password_last_set_ms", a->password_last_set_ms);
    json_number("password_expires_ms", a->password_expires_ms);
    json_number("locked_since_ms", a->locked_since_ms);
    json_number("locked_until_ms", a->locked_until_ms);
    json_number("account_expires_ms", a->account_expires_ms);
    json_number("now_ms", a->now_ms);
    printf("}");
}

static void
print_text(const admin_person *p)
{
    char   lines[PWWB_POLICY_TEXT_SIZE];
    size_t len;

    if (pwwb_policy_print(&p->rules, &p->account, lines, sizeof(lines), &len, NULL) == PWWB_OK)
        fputs(lines, stdout);
    if (p->ldap.options.server == PWWB_LDAP_OPENLDAP) {
        if (p->rules.source == PWWB_POLICY_UNREADABLE)
            printf(p->rules.source_dn[0] == '\0' ? "The server does not tell its default policy: name it, --policy-dn DN.\n"
                                                 : "Give the service account the right to read that entry.\n");
        printf("Not told by any rule: what a module of the server's refuses, and whether the service account may\n"
               "write here.\n");
        return;
    }
    if (p->rules.source == PWWB_POLICY_UNREADABLE)
        printf("The service account may not read that entry: \"pwwb-admin preflight\" tells what grants it.\n");
    printf("Not told by any rule: what filters on the controllers refuse, and whether the service account may\n"
           "write here, which \"pwwb-admin preflight\" predicts.\n");
}

static int
run(admin_person *p, pwwb_error *err)
{
    pwwb_status st = admin_person_read(p, err);

    if (st != PWWB_OK) {
        admin_person_failed(p, st, err);
        return 1;
    }
    if (!p->json) {
        print_text(p);
        return 0;
    }
    printf("{");
    json_account(p);
    printf(", ");
    json_rules(&p->rules);
    printf("}\n");
    return 0;
}

/* 1: go on; else the command's end is in *ret. */
static int
parse(int argc, char **argv, admin_person *p, int *ret)
{
    int option, taken = 1;

    while (taken > 0 && (option = getopt_long(argc, argv, "h", options_, NULL)) != -1) {
        if (option == 'h') {
            printf("%s", text);
            *ret = 0;
            return 0;
        }
        taken = admin_person_take(p, option, optarg);
    }
    *ret = taken > 0 ? admin_person_end(p, argc, argv, optind) : -1;
    if (*ret == 0)
        return 1;
    if (*ret < 0) {
        fprintf(stderr, "%s", text);
        *ret = 2;
    }
    return 0;
}

int
admin_policy(int argc, char **argv)
{
    admin_person p;
    pwwb_error  *err = NULL;
    secret       service;
    int          rc = 1;

    admin_person_make(&p);
    if (!parse(argc, argv, &p, &rc))
        return rc;

    secret_make(&service);
    if (admin_ldap_password(&p.ldap, &service) == 0) {
        err = pwwb_error_new();
        rc  = run(&p, err);
    }
    secret_drop(&service);
    pwwb_error_free(err);
    return rc;
}
