/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 16 */
/* Every step of cases/ppolicy-replies.json, done again on a real slapd by libldap alone: it answers
 * as is written there, and the answer has the code that it should. */

#include <ldap.h>

#include "diag.h"
#include "ol.h"

static const struct {
    const char *step;
    int         operation;
    int         ldap;
    int         error;
    const char *expected;
} cases[] = {
#include "ppolicy_replies.h"
};

#define E_ACUTE    "\xc3\xa9"
#define FOUR       E_ACUTE E_ACUTE E_ACUTE E_ACUTE
#define FIRST      "Erst-Pass-1!"
#define HASH       "{SSHA}cz70aLwURiz9cn8vzXAIhGakciOWygQh"
#define ADMIN_MADE "Vom-Admin-1!"

/* How a step is done: who is bound to whom, under which policy. `old` makes it delete and add, and
 * `second` two values; a value that begins with "=" is for another attribute. */
typedef struct act {
    const char *step;
    const char *user, *policy, *who, *password; /* bound as the user when who is NULL */
    const char *old, *value, *second;
} act;

static const act acts[] = {
    {"self replace ok", "u012", "max16", NULL, START, NULL, FIRST, NULL},
    {"too short (7 bytes)", "u012", "max16", NULL, FIRST, NULL, "Ab1-def", NULL},
    {"8 bytes but 4 characters (UTF-8)", "u012", "max16", NULL, FIRST, NULL, FOUR, NULL},
    {"too long (17 bytes)", "u012", "max16", NULL, FOUR, NULL, "Ab1-defghijklmnop", NULL},
    {"9 characters, 18 bytes, max 16", "u012", "max16", NULL, FOUR, NULL, FOUR FOUR E_ACUTE, NULL},
    {"in history", "u012", "max16", NULL, FOUR, NULL, FIRST, NULL},
    {"current", "u012", "max16", NULL, FOUR, NULL, FOUR, NULL},
    {"pre-hashed with pwdCheckQuality 2", "u012", "max16", NULL, FOUR, NULL, HASH, NULL},
    {"two values", "u012", "max16", NULL, FOUR, NULL, "Zwei-Pass-1!", "Zwei-Pass-2!"},
    {"too young", "u013", "minage", NULL, START, NULL, FIRST, NULL},
    {"safe modify without old", "u014", "safe", NULL, START, NULL, FIRST, NULL},
    {"safe modify with wrong old", "u014", "safe", NULL, START, "wrong", FIRST, NULL},
    {"safe modify with old", "u014", "safe", NULL, START, START, FIRST, NULL},
    {"user change not allowed", "u015", "noself", NULL, START, NULL, FIRST, NULL},
    {"admin reset, in history", "u016", "mustchange", "uid=svc-manage,ou=svc", "Service-Pass-1!",
     NULL, START, NULL},
    {"admin reset, too short", "u016", "mustchange", "uid=svc-manage,ou=svc", "Service-Pass-1!",
     NULL, "short", NULL},
    {"admin reset ok", "u016", "mustchange", "uid=svc-manage,ou=svc", "Service-Pass-1!", NULL,
     ADMIN_MADE, NULL},
    {"after reset: other attribute", "u016", "mustchange", NULL, ADMIN_MADE, NULL, "=text", NULL},
    {"after reset: change password", "u016", "mustchange", NULL, ADMIN_MADE, NULL, FIRST, NULL},
    {"rootdn reset, too short", "u016", "mustchange", "cn=admin", "Admin-Pass-1!", NULL, "short",
     NULL},
};

static LDAP *
bind_as(const act *a)
{
    LDAP         *ld      = NULL;
    int           version = LDAP_VERSION3, server = 0;
    char          dn[256], password[64];
    struct berval cred = {strlen(a->password), password};

    snprintf(password, sizeof(password), "%s", a->password);
    if (a->who != NULL)
        snprintf(dn, sizeof(dn), "%s,%s", a->who, ol("OL_BASE"));
    else
        snprintf(dn, sizeof(dn), "uid=%s,ou=people,%s", a->user, ol("OL_BASE"));
    CHECK_INT(0, ldap_initialize(&ld, ol("OL_URI")));
    CHECK_INT(0, ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version));
    CHECK_INT(0, ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, ol("OL_CA")));
    CHECK_INT(0, ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &server));
    CHECK_INT(0, ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, &cred, NULL, NULL, NULL));
    return ld;
}

/* The answer's LDAP result; *ret_error the control's, or -1. */
static int
take_answer(LDAP *ld, int id, int *ret_error)
{
    LDAPMessage            *message  = NULL;
    LDAPControl           **controls = NULL, *found;
    LDAPPasswordPolicyError error    = PP_noError;
    ber_int_t               expire, grace;
    int                     code = -1;

    CHECK_INT(LDAP_RES_MODIFY, ldap_result(ld, id, LDAP_MSG_ALL, NULL, &message));
    CHECK_INT(0, ldap_parse_result(ld, message, &code, NULL, NULL, NULL, &controls, 1));
    found = ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, NULL);
    if (found != NULL)
        CHECK_INT(0, ldap_parse_passwordpolicy_control(ld, found, &expire, &grace, &error));
    ldap_controls_free(controls);
    *ret_error = error == PP_noError ? -1 : (int)error;
    return code;
}

static LDAPMod
mod_of(int op, char *type, char **values)
{
    LDAPMod mod = {.mod_op = op, .mod_type = type};

    mod.mod_values = values;
    return mod;
}

static int
carry_out_raw(const act *a, int *ret_error)
{
    char         dn[256], oid[] = LDAP_CONTROL_PASSWORDPOLICYREQUEST;
    char         word[] = "userPassword", other[] = "description", old[64], value[64], second[64];
    char        *olds[] = {old, NULL}, *values[] = {value, a->second != NULL ? second : NULL, NULL};
    int          is_other   = a->value[0] == '=';
    LDAPMod      drop       = mod_of(LDAP_MOD_DELETE, word, olds);
    LDAPMod      put        = mod_of(a->old != NULL ? LDAP_MOD_ADD : LDAP_MOD_REPLACE,
                                     is_other ? other : word, values);
    LDAPMod     *mods[]     = {a->old != NULL ? &drop : &put, a->old != NULL ? &put : NULL, NULL};
    LDAPControl  control    = {oid, {0, NULL}, 0};
    LDAPControl *controls[] = {&control, NULL};
    LDAP        *ld         = bind_as(a);
    int          id, code;

    snprintf(dn, sizeof(dn), "uid=%s,ou=people,%s", a->user, ol("OL_BASE"));
    snprintf(old, sizeof(old), "%s", a->old != NULL ? a->old : "");
    snprintf(value, sizeof(value), "%s", a->value + is_other);
    snprintf(second, sizeof(second), "%s", a->second != NULL ? a->second : "");
    CHECK_INT(0, ldap_modify_ext(ld, dn, mods, controls, NULL, &id));
    code = take_answer(ld, id, ret_error);
    ldap_unbind_ext_s(ld, NULL, NULL);
    return code;
}

static void
every_step_is_answered_so_and_has_its_code(void)
{
    const size_t count = sizeof(acts) / sizeof(acts[0]);
    size_t       i, j, seen = 0;

    unsetenv("LDAPTLS_CACERT");
    for (i = 0; i < count; i++) {
        int error, code;

        use_policy(acts[i].user, acts[i].policy);
        code = carry_out_raw(&acts[i], &error);
        for (j = 0; j < sizeof(cases) / sizeof(cases[0]); j++) {
            if (strcmp(cases[j].step, acts[i].step) != 0)
                continue;
            CHECK_INT(cases[j].ldap, code);
            CHECK_INT(cases[j].error, error);
            CHECK_STR(cases[j].expected,
                      pwwb_code_name(wb_diag_ppolicy(cases[j].operation, code, error)));
            printf("# %-34s LDAP %2d, control %2d: %s\n", cases[j].step, code, error,
                   cases[j].expected);
            seen++;
        }
    }
    CHECK_INT(20, count); /* as many as the file has */
    CHECK_INT(sizeof(cases) / sizeof(cases[0]), seen);
}

int
main(void)
{
    if (ol("OL_CONF")[0] == '\0') {
        printf("1..0 # SKIP no OL_* in the environment: see tests/fixtures/slapd\n");
        return 0;
    }

    err = pwwb_error_new();
    RUN(every_step_is_answered_so_and_has_its_code);
    pwwb_error_free(err);
    return DONE;
}
