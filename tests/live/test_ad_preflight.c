/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 15 22 */

#include "preflight_world.h"

#define INHERITS "D:AI(.*?)\\([A-Z]+;[A-Z]*ID;.*" /* its own entries come first */
#define BIT(check) (1u << (check))
#define ON_USER                                                                       \
    (BIT(PWWB_PREFLIGHT_RESET) | BIT(PWWB_PREFLIGHT_LOCKOUT_TIME)                     \
     | BIT(PWWB_PREFLIGHT_PWD_LAST_SET))
#define ON_ALONE (ON_USER | BIT(PWWB_PREFLIGHT_GROUPS)) /* which it is inherited to read, too */

static char password[64]; /* of the person that a story is about */

static pwwb_preflight *
look(const char *unit)
{
    char              dn[128];
    pwwb_ldap_options o = options();
    pwwb_preflight   *p = NULL;
    uint8_t           guid[PWWB_ID_SIZE];
    pwwb_status       st;

    snprintf(dn, sizeof(dn), "CN=pfs-%s,OU=Svc,%s", unit, ad("AD_BASE"));
    o.bind_dn = dn;
    CHECK_STATUS(PWWB_OK, pwwb_guid_parse(person, strlen(person), guid, err));
    st = pwwb_preflight_run(&o, guid, DEADLINE_MS, &p, err);
    if (st != PWWB_OK)
        printf("# %s\n", pwwb_error_message(err));
    CHECK_STATUS(PWWB_OK, st);
    return p;
}

static pwwb_preflight_item
item_of(const pwwb_preflight *p, int32_t check)
{
    pwwb_preflight_item item = {.size = sizeof(item)};

    CHECK_STATUS(PWWB_OK, pwwb_preflight_get(p, (size_t)check - 1, &item));
    CHECK_INT(check, item.check);
    return item;
}

/* What lacks, as bits, is lacking for this reason; and nothing else is. */
static void
check_lacks(const pwwb_preflight *p, unsigned lacks, int32_t answer, int32_t reason)
{
    int32_t check;

    CHECK_INT(PWWB_PREFLIGHT_HISTORY, pwwb_preflight_count(p));
    for (check = PWWB_PREFLIGHT_RESET; check <= PWWB_PREFLIGHT_HISTORY; check++) {
        pwwb_preflight_item item = item_of(p, check);
        int                 bad  = (lacks & BIT(check)) != 0;

        if (item.answer != (bad ? answer : PWWB_YES))
            printf("# %s at %s: %s\n", item.name, item.object, item.text);
        CHECK_INT(bad ? answer : PWWB_YES, item.answer);
        if (bad)
            CHECK_INT(reason, item.reason);
        else
            CHECK_STR("", item.windows_command);
    }
}

static int
is_predicted(const pwwb_preflight *p, int32_t check)
{
    return item_of(p, check).answer == PWWB_YES;
}

/* The controller does what was predicted: each right is tried, and what it refuses is refused for
 * want of rights. Without them a change is 19: MS-ADCAP 3.3.4.1.8.7. */
static void
check_agrees(const pwwb_preflight *p, const char *unit)
{
    char next[64];

    snprintf(next, sizeof(next), "%s", fresh());
    if (is_predicted(p, PWWB_PREFLIGHT_RESET)) {
        CHECK_INT(0, try_reset(unit, next));
        snprintf(password, sizeof(password), "%s", next);
        snprintf(next, sizeof(next), "%s", fresh());
    } else {
        CHECK_INT(50, try_reset(unit, next));
    }
    if (is_predicted(p, PWWB_PREFLIGHT_CHANGE)) {
        CHECK_INT(0, try_change(unit, password, next));
        snprintf(password, sizeof(password), "%s", next);
    } else {
        CHECK_INT(19, try_change(unit, password, next));
    }
    CHECK_INT(is_predicted(p, PWWB_PREFLIGHT_LOCKOUT_TIME) ? 0 : 50,
              attempt(unit, "replace: lockoutTime\\nlockoutTime: 0"));
    CHECK_INT(is_predicted(p, PWWB_PREFLIGHT_PWD_LAST_SET) ? 0 : 50,
              attempt(unit, "replace: pwdLastSet\\npwdLastSet: 0"));
}

/* Do what the report says of the first thing that lacks, as far as there is one. */
static void
heal(const pwwb_preflight *p)
{
    char                out[8192];
    pwwb_preflight_item item  = {.answer = PWWB_YES};
    int32_t             check = PWWB_PREFLIGHT_RESET;

    for (; check <= PWWB_PREFLIGHT_GROUPS && item.answer == PWWB_YES; check++)
        item = item_of(p, check);
    if (item.answer == PWWB_YES)
        return;

    printf("# %s\n# %s\n", item.samba_command, item.windows_command);
    CHECK(item.windows_command[0] != '\0');
    if (strncmp(item.samba_command, "samba-tool dsacl delete", 23) == 0)
        delete_acl(item.samba_command);
    else
        CHECK_INT(0, run(out, sizeof(out), "%s -s $AD_CONF -H $SAM", item.samba_command));
}

/* The story of each: what lacks, what the controller does, and both again when it was granted, by no
 * more commands than there are things that lack. */
static void
story(const char *unit, unsigned lacks, int32_t answer, int32_t reason)
{
    pwwb_preflight *p = look(unit);
    unsigned        left;

    check_lacks(p, lacks, answer, reason);
    check_agrees(p, unit);
    for (left = lacks; left != 0; left &= left - 1) {
        heal(p);
        pwwb_preflight_free(p);
        p = look(unit);
    }
    check_lacks(p, 0, 0, 0);
    check_agrees(p, unit);
    pwwb_preflight_free(p);
}

static void
make(const char *unit, const char *rights, const char *groups)
{
    make_unit(unit, rights, groups);
    snprintf(password, sizeof(password), "%s", START);
}

static void
person_dn(const char *unit, char dn[256])
{
    snprintf(dn, 256, "CN=p-%s,OU=pf-%s,%s", unit, unit, ad("AD_BASE"));
}

static void
nothing_lacks_for_the_full_account(void)
{
    pwwb_preflight *p;

    make("full", RESET LOCK LAST, "pf-unexpire pf-rules");
    p = look("full");
    check_lacks(p, 0, 0, 0);
    check_agrees(p, "full");
    CHECK_INT(PWWB_WHY_ALLOWED, item_of(p, PWWB_PREFLIGHT_HISTORY).reason);
    pwwb_preflight_free(p);
}

static void
a_missing_right_to_reset_is_found(void)
{
    make("reset", LOCK LAST, "pf-unexpire pf-rules");
    story("reset", BIT(PWWB_PREFLIGHT_RESET), PWWB_NO, PWWB_WHY_NOT_GRANTED);
}

static void
a_missing_right_to_unlock_is_found(void)
{
    make("lock", RESET LAST, "pf-unexpire pf-rules");
    story("lock", BIT(PWWB_PREFLIGHT_LOCKOUT_TIME), PWWB_NO, PWWB_WHY_NOT_GRANTED);
}

static void
a_missing_right_to_pwdlastset_is_found(void)
{
    make("last", RESET LOCK, "pf-unexpire pf-rules");
    story("last", BIT(PWWB_PREFLIGHT_PWD_LAST_SET), PWWB_NO, PWWB_WHY_NOT_GRANTED);
}

/* Samba does not ask for it: it is only predicted. */
static void
a_missing_right_to_unexpire_is_found(void)
{
    pwwb_preflight *p;

    make("unexpire", RESET LOCK LAST, "pf-rules");
    p = look("unexpire");
    CHECK_STR(ad("AD_BASE"), item_of(p, PWWB_PREFLIGHT_UNEXPIRE).object);
    pwwb_preflight_free(p);
    story("unexpire", BIT(PWWB_PREFLIGHT_UNEXPIRE), PWWB_NO, PWWB_WHY_NOT_GRANTED);
}

/* One that is named and hidden lacks; without one it cannot be told whether there is any. */
static void
hidden_password_settings_are_found(void)
{
    char            out[1024];
    pwwb_preflight *p;

    make("rules", RESET LOCK LAST, "pf-unexpire");
    p = look("rules");
    check_lacks(p, BIT(PWWB_PREFLIGHT_PASSWORD_RULES), PWWB_MAYBE, PWWB_WHY_UNREADABLE);
    pwwb_preflight_free(p);

    CHECK_INT(0, run(out, sizeof(out),
                     "samba-tool domain passwordsettings pso create pf-pso 9 --min-pwd-length=9"
                     " --min-pwd-age=0 --complexity=on --history-length=1 --max-pwd-age=0"
                     " --account-lockout-threshold=0 --account-lockout-duration=0"
                     " --reset-account-lockout-after=0 -H $SAM -s $AD_CONF &&"
                     "samba-tool domain passwordsettings pso apply pf-pso p-rules"
                     " -H $SAM -s $AD_CONF"));
    p = look("rules");
    CHECK(strncmp(item_of(p, PWWB_PREFLIGHT_PASSWORD_RULES).object, "CN=pf-pso,", 10) == 0);
    pwwb_preflight_free(p);
    story("rules", BIT(PWWB_PREFLIGHT_PASSWORD_RULES), PWWB_NO, PWWB_WHY_NOT_GRANTED);
}

/* "User cannot change password": MS-ADTS 2.2.16. */
static void
a_change_that_is_denied_is_found(void)
{
    char dn[256];

    make("change", RESET LOCK LAST, "pf-unexpire pf-rules");
    person_dn("change", dn);
    add_acl(dn, "(OD;;CR;" CHANGE_GUID ";;WD)(OD;;CR;" CHANGE_GUID ";;PS)");
    story("change", BIT(PWWB_PREFLIGHT_CHANGE) | BIT(PWWB_PREFLIGHT_CHANGE_SELF), PWWB_NO,
          PWWB_WHY_DENIED);
}

/* The entry stands at the unit: no command is for the person's own. */
static void
a_reset_that_is_denied_above_is_found(void)
{
    char            dn[256];
    pwwb_preflight *p;

    make("above", LOCK LAST RESET "(OD;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;" USERS ";$SID)",
         "pf-unexpire pf-rules");
    snprintf(dn, sizeof(dn), "OU=pf-above,%s", ad("AD_BASE"));
    p = look("above");
    check_lacks(p, BIT(PWWB_PREFLIGHT_RESET), PWWB_NO, PWWB_WHY_DENIED_ABOVE);
    CHECK_STR("", item_of(p, PWWB_PREFLIGHT_RESET).samba_command);
    check_agrees(p, "above");
    pwwb_preflight_free(p);
}

static void
an_account_that_does_not_inherit_is_found(void)
{
    char dn[256];

    make("alone", RESET LOCK LAST, "pf-unexpire pf-rules");
    person_dn("alone", dn);
    edit_acl(dn, INHERITS, "D:PAI\\1");
    story("alone", ON_ALONE, PWWB_NO, PWWB_WHY_INHERITANCE_OFF);
}

/* What SDProp leaves: the descriptor of AdminSDHolder, and adminCount. MS-ADTS 6.1.1.5 */
static void
protect(const char *unit)
{
    char dn[256], rdn[128];

    person_dn(unit, dn);
    edit_acl(dn, "D:.*",
             "D:PAI(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)"
             "(A;;RPLCLORC;;;AU)(OA;;CR;" CHANGE_GUID ";;WD)(OA;;CR;" CHANGE_GUID ";;PS)");
    snprintf(rdn, sizeof(rdn), "CN=p-%s,OU=pf-%s", unit, unit);
    modify(rdn, "replace: adminCount\\nadminCount: 1\\n");
}

static void
an_account_that_was_protected_is_found(void)
{
    make("was", RESET LOCK LAST, "pf-unexpire pf-rules");
    protect("was");
    story("was", ON_USER, PWWB_NO, PWWB_WHY_WAS_PROTECTED);
}

/* An administrator's account stays as it is: no command gives it away. */
static void
a_protected_account_is_found(void)
{
    char            out[512];
    pwwb_preflight *p;

    make("admin", RESET LOCK LAST, "pf-unexpire pf-rules");
    protect("admin");
    CHECK_INT(0, run(out, sizeof(out),
                     "samba-tool group addmembers 'Domain Admins' p-admin -s $AD_CONF -H $SAM"));
    p = look("admin");
    check_lacks(p, ON_USER, PWWB_NO, PWWB_WHY_PROTECTED);
    CHECK_STR("", item_of(p, PWWB_PREFLIGHT_RESET).samba_command);
    CHECK_STR("", item_of(p, PWWB_PREFLIGHT_RESET).windows_command);
    check_agrees(p, "admin");
    pwwb_preflight_free(p);
}

/* Without tokenGroups nobody knows who is an administrator. */
static void
groups_that_are_hidden_are_found(void)
{
    char dn[256], sid[192], sddl[512];

    make("groups", RESET LOCK LAST, "pf-unexpire pf-rules");
    person_dn("groups", dn);
    snprintf(sid, sizeof(sid), "%s", stored("pfs-groups", "objectSid"));
    snprintf(sddl, sizeof(sddl), "(OD;;RP;b7c69e6d-2cc7-11d2-854e-00a0c983f608;;%s)", sid);
    add_acl(dn, sddl);
    story("groups", BIT(PWWB_PREFLIGHT_GROUPS), PWWB_NO, PWWB_WHY_DENIED);
}

#define UNIT "OU=A & B's \\\"C\\\" | $D `e` \\<f\\> \\;g/"

/* Names that a shell would take for its own, of the unit and of the account. */
static void
commands_quote_whatever_a_name_holds(void)
{
    char out[1024], dn[64];

    make("odd", "(A;;RP;;;$SID)", "pf-unexpire pf-rules");
    CHECK_INT(0, run(out, sizeof(out),
        "ldapmodify -x -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\" <<'LDIF'\n"
        "dn: OU=pf-odd,%s\nchangetype: modrdn\n"
        "newrdn: " UNIT "\ndeleteoldrdn: 1\n\n"
        "dn: CN=p-odd," UNIT ",%s\nchangetype: modrdn\n"
        "newrdn: CN=O'Brien\\, \\\"X\\\" $HOME `id` %%PATH%% !1 \\#\\+/\ndeleteoldrdn: 1\nLDIF\n",
        ad("AD_BASE"), ad("AD_BASE")));
    story("odd", ON_USER, PWWB_NO, PWWB_WHY_NOT_GRANTED);

    snprintf(dn, sizeof(dn), "<GUID=%s>", person);
    edit_acl(dn, INHERITS, "D:PAI\\1");
    story("odd", ON_ALONE, PWWB_NO, PWWB_WHY_INHERITANCE_OFF);
}

static void
what_cannot_be_looked_at_is_a_status(void)
{
    pwwb_ldap_options o       = options();
    pwwb_preflight   *p       = (pwwb_preflight *)&o;
    uint8_t           none[PWWB_ID_SIZE] = {1};

    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_preflight_run(&o, none, DEADLINE_MS, &p, err));
    CHECK(p == NULL);
    o.password_len--;
    CHECK_STATUS(PWWB_E_AUTH, pwwb_preflight_run(&o, none, DEADLINE_MS, &p, err));
    CHECK(p == NULL);
}

int
main(void)
{
    err = pwwb_error_new();
    make_domain();
    make_environment_hostile();
    RUN(nothing_lacks_for_the_full_account);
    RUN(a_missing_right_to_reset_is_found);
    RUN(a_missing_right_to_unlock_is_found);
    RUN(a_missing_right_to_pwdlastset_is_found);
    RUN(a_missing_right_to_unexpire_is_found);
    RUN(hidden_password_settings_are_found);
    RUN(a_change_that_is_denied_is_found);
    RUN(a_reset_that_is_denied_above_is_found);
    RUN(an_account_that_does_not_inherit_is_found);
    RUN(an_account_that_was_protected_is_found);
    RUN(a_protected_account_is_found);
    RUN(groups_that_are_hidden_are_found);
    RUN(commands_quote_whatever_a_name_holds);
    RUN(what_cannot_be_looked_at_is_a_status);
    make_environment_calm();
    pwwb_error_free(err);
    return DONE;
}
