/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 15 22 */
/* What a preflight says of a controller in this process, which sends the descriptors of a real one; and
 * that nothing it sends or does ends badly. tests/live/test_ad_preflight.c has the real one. */

#include "fake_ldap.h"

#include <pwwb/pwwb.h>

#include "faults.h"
#include "octets.h"
#include "preflight.h"

#define TIMEOUT_MS 1000
#define SVC        "\x01\x05\0\0\0\0\0\x05\x15\0\0\0\xe9\x4e\xd8\xf2\x6c\xea\xe0\x65\xe0\x80\xf2\x3c\x4e\4\0\0"
#define SVC_DN     "<SID=S-1-5-21-4074262249-1709238892-1022525664-1102>"
#define CONTAINER  "CN=Password Settings Container,CN=System," FAKE_DOMAIN
#define PERSON_DN  "CN=u001,OU=Sync," FAKE_DOMAIN

/* tests/vectors/samba/descriptors.json: S-1-5-21-...-1102 has every right on the user. */
static const struct descriptor {
    const char *name;
    int         entries;
    int         is_protected;
    octets      data;
} descriptors[] = {
#include "descriptors.h"
};
enum { USER, USER_CANNOT_CHANGE, UNIT, DOMAIN };

static fake_ldap   f;
static fake_clock  now;
static pwwb_error *err;

/* A controller where nothing lacks. */
static void
make(void)
{
    const octets     *user = &descriptors[USER].data, *domain = &descriptors[DOMAIN].data;
    const fake_value  more[] = {
        {"", "tokenGroups", SVC, 28},
        {SVC_DN, "objectClass", "user", 0},
        {SVC_DN, "sAMAccountName", "svc", 0},
        {SVC_DN, "distinguishedName",
         "CN=svc,OU=Svc,DC=corp,DC=example", 0},
        {FAKE_GUID_DN, "distinguishedName", PERSON_DN, 0},
        {FAKE_GUID_DN, "allowedAttributesEffective", "lockoutTime", 0},
        {FAKE_GUID_DN, "allowedAttributesEffective", "pwdLastSet", 0},
        {FAKE_GUID_DN, "nTSecurityDescriptor", user->p, user->len},
        {CONTAINER, "cn", "Password Settings Container", 0},
        {FAKE_DOMAIN, "nTSecurityDescriptor", domain->p, domain->len},
    };
    int at = 0;

    fake_ldap_make(&f);
    fake_ldap_current = &f;
    while (f.values[at].name != NULL)
        at++;
    CHECK(at + (int)COUNT(more) <= FAKE_VALUES);
    memcpy(&f.values[at], more, sizeof(more));
}

static void
say(const char *dn, const char *name, const char *value)
{
    fake_ldap_say(&f, dn, name, value, 0);
}

/* The person's descriptor is another one of the controller's. */
static void
say_descriptor(int which)
{
    fake_ldap_say(&f, FAKE_GUID_DN, "nTSecurityDescriptor", descriptors[which].data.p,
                  descriptors[which].data.len);
}

static pwwb_status
look(uint32_t flags, pwwb_preflight **ret_preflight)
{
    pwwb_ldap_options o = {
        .size = sizeof(o), .host = "dc1.corp", .security = PWWB_LDAP_LDAPS,
        .ca = (const uint8_t *)fake_ca, .ca_len = sizeof(fake_ca) - 1, .bind_dn = "CN=svc",
        .password = (const uint8_t *)"secret", .password_len = 6, .flags = flags,
        .connect = fake_ldap_connect, .connect_ctx = &f, .clock = &fake_clock_ops,
        .clock_ctx = &now,
    };

    return pwwb_preflight_run(&o, fake_guid, TIMEOUT_MS, ret_preflight, err);
}

static pwwb_preflight_item
item_of(const pwwb_preflight *p, int32_t check)
{
    pwwb_preflight_item item = {.size = sizeof(item)};

    CHECK_STATUS(PWWB_OK, pwwb_preflight_get(p, (size_t)check - 1, &item));
    CHECK_INT(check, item.check);
    CHECK(item.name[0] != '\0' && item.text[0] != '\0' && item.object[0] != '\0');
    return item;
}

/* One item is so; whatever else is not as it must be is counted. */
static pwwb_preflight_item
check_only(int32_t check, int32_t answer, int32_t reason, int others)
{
    static pwwb_preflight *p;
    pwwb_preflight_item    item;
    int32_t                i;

    pwwb_preflight_free(p); /* the item's texts live until the next one */
    CHECK_STATUS(PWWB_OK, look(0, &p));
    item = item_of(p, check);
    CHECK_INT(answer, item.answer);
    CHECK_INT(reason, item.reason);
    for (i = PWWB_PREFLIGHT_RESET; i <= PWWB_PREFLIGHT_HISTORY; i++)
        others -= i != check && item_of(p, i).answer != PWWB_YES;
    CHECK_INT(0, others);
    return item;
}

static void
nothing_lacks_by_the_descriptors_of_a_real_controller(void)
{
    make();
    CHECK_STR(PERSON_DN, check_only(PWWB_PREFLIGHT_RESET, PWWB_YES, PWWB_WHY_GRANTED, 0).object);
}

static void
a_descriptor_that_is_hidden_leaves_it_unknown(void)
{
    make();
    say(FAKE_GUID_DN, "nTSecurityDescriptor", NULL);
    check_only(PWWB_PREFLIGHT_RESET, PWWB_MAYBE, PWWB_WHY_UNREADABLE, 2);
    check_only(PWWB_PREFLIGHT_CHANGE_SELF, PWWB_MAYBE, PWWB_WHY_UNREADABLE, 2);
    check_only(PWWB_PREFLIGHT_LOCKOUT_TIME, PWWB_YES, PWWB_WHY_GRANTED, 3);

    make();
    say(FAKE_DOMAIN, "nTSecurityDescriptor", NULL);
    check_only(PWWB_PREFLIGHT_UNEXPIRE, PWWB_MAYBE, PWWB_WHY_UNREADABLE, 0);
}

static void
what_the_controller_lists_goes_before_its_descriptor(void)
{
    make();
    say(FAKE_GUID_DN, "allowedAttributesEffective", "telephoneNumber");
    check_only(PWWB_PREFLIGHT_LOCKOUT_TIME, PWWB_MAYBE, PWWB_WHY_UNCLEAR, 0);
    say(FAKE_GUID_DN, "nTSecurityDescriptor", NULL);
    check_only(PWWB_PREFLIGHT_LOCKOUT_TIME, PWWB_NO, PWWB_WHY_NOT_GRANTED, 3);
}

/* "User cannot change password": both ways are denied, and the commands name the two entries. */
static void
a_denied_change_names_its_entries(void)
{
    pwwb_preflight_item item;

    make();
    say_descriptor(USER_CANNOT_CHANGE);
    item = check_only(PWWB_PREFLIGHT_CHANGE_SELF, PWWB_NO, PWWB_WHY_DENIED, 1);
    CHECK_STR("samba-tool dsacl delete --objectdn='" PERSON_DN "' --sddl='"
              "(OD;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;S-1-5-10)"
              "(OD;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;S-1-1-0)'",
              item.samba_command);
    CHECK(strstr(item.windows_command, "'S-1-5-10','S-1-1-0'") != NULL);
}

/* MS-ADTS 3.1.1.3.4.4: what a read-only controller says of itself. */
static void
controllers_that_will_not_do_are_found(void)
{
    pwwb_preflight *p;

    make();
    say("", "supportedCapabilities", "1.2.840.113556.1.4.1920");
    CHECK_STATUS(PWWB_E_DIRECTORY, look(0, &p)); /* no password is set there: nothing to foresee */

    make();
    f.values[4].value = f.values[5].value = "1.2.3";
    check_only(PWWB_PREFLIGHT_HISTORY, PWWB_NO, PWWB_WHY_NOT_SUPPORTED, 0);
    CHECK_STATUS(PWWB_OK, look(PWWB_LDAP_ALLOW_NO_HISTORY, &p));
    CHECK_INT(PWWB_YES, item_of(p, PWWB_PREFLIGHT_HISTORY).answer);
    CHECK_INT(PWWB_WHY_ALLOWED, item_of(p, PWWB_PREFLIGHT_HISTORY).reason);
    pwwb_preflight_free(p);
}

/* The service account may be of another domain of the forest; and a name may have a quote in it. */
static void
commands_name_the_account_by_its_own_domain(void)
{
    make();
    say(FAKE_GUID_DN, "tokenGroups", NULL);
    say_descriptor(DOMAIN); /* which names neither the service account nor its groups */
    say(SVC_DN, "sAMAccountName", "o'svc");
    CHECK_STR("dsacls 'OU=Sync,DC=corp' /I:S /G 'o''svc@corp.example:CA;Reset Password;user'",
              check_only(PWWB_PREFLIGHT_RESET, PWWB_NO, PWWB_WHY_NOT_GRANTED, 3).windows_command);
    say(SVC_DN, "sAMAccountName", NULL);
    CHECK_STR("",
              check_only(PWWB_PREFLIGHT_RESET, PWWB_NO, PWWB_WHY_NOT_GRANTED, 3).windows_command);
}

/* Were the first SID a group's, commands would give it away to the group. */
static void
no_command_is_for_a_group(void)
{
    pwwb_preflight_item item;

    make();
    say(FAKE_GUID_DN, "tokenGroups", NULL);
    say_descriptor(DOMAIN);
    say(SVC_DN, "objectClass", "group");
    item = check_only(PWWB_PREFLIGHT_RESET, PWWB_NO, PWWB_WHY_NOT_GRANTED, 3);
    CHECK_STR("", item.samba_command);
    CHECK_STR("", item.windows_command);
}

static void
names_are_made_of_account_and_domain(void)
{
    char name[20];

    wb_preflight_name("svc", "CN=a\\,b,OU=x,dc=corp,DC=example", name, sizeof(name));
    CHECK_STR("svc@corp.example", name);
    wb_preflight_name("svc", "CN=a,DC=corp,DC=example-test", name, sizeof(name));
    CHECK_STR("", name);
    wb_preflight_name("svc", "CN=a\\,DC=b,O=x", name, sizeof(name));
    CHECK_STR("", name);
    wb_preflight_name("", "DC=corp", name, sizeof(name));
    CHECK_STR("", name);
}

static void
what_cannot_be_looked_at_is_a_status(void)
{
    static const struct {
        const char *dn, *name, *value;
        pwwb_status status;
    } rows[] = {
        {"", "tokenGroups", NULL, PWWB_E_DIRECTORY},
        {"", "tokenGroups", "no SID", PWWB_E_DIRECTORY},
        {FAKE_GUID_DN, "nTSecurityDescriptor", "no descriptor", PWWB_E_DIRECTORY},
        {FAKE_DOMAIN, "nTSecurityDescriptor", "no descriptor", PWWB_E_DIRECTORY},
        {FAKE_GUID_DN, "tokenGroups", "no SID", PWWB_E_DIRECTORY},
    };
    pwwb_preflight *p = NULL;
    size_t          i;

    for (i = 0; i < COUNT(rows); i++) {
        make();
        say(rows[i].dn, rows[i].name, rows[i].value);
        CHECK_STATUS(rows[i].status, look(0, &p));
        CHECK(p == NULL);
    }
    make();
    f.gone_dn = FAKE_GUID_DN;
    CHECK_STATUS(PWWB_E_NOT_FOUND, look(0, &p));
    make();
    f.bind.code = LDAP_INVALID_CREDENTIALS;
    CHECK_STATUS(PWWB_E_AUTH, look(0, &p));
}

static void
wrong_arguments_are_refused(void)
{
    pwwb_ldap_options   o    = {.size = sizeof(o), .server = PWWB_LDAP_OPENLDAP};
    pwwb_preflight_item item = {.size = sizeof(item)};
    pwwb_preflight     *p    = (pwwb_preflight *)&o;

    CHECK_STATUS(PWWB_E_NOT_SUPPORTED, pwwb_preflight_run(&o, fake_guid, 1, &p, err));
    CHECK(p == NULL);
    o.server = 0;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_preflight_run(&o, fake_guid, 1, &p, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_preflight_run(&o, fake_guid, 1, NULL, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_preflight_run(&o, NULL, 1, &p, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_preflight_run(NULL, fake_guid, 1, &p, err));
    o.size = 1;
    CHECK_STATUS(PWWB_E_ABI, pwwb_preflight_run(&o, fake_guid, 1, &p, err));

    make();
    CHECK_STATUS(PWWB_OK, look(0, &p));
    CHECK_INT(9, pwwb_preflight_count(p));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_preflight_get(p, 10, &item));
    CHECK_STR("", item.samba_command);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_preflight_get(p, 0, NULL));
    item.size = sizeof(size_t);
    CHECK_STATUS(PWWB_E_ABI, pwwb_preflight_get(p, 0, &item));
    pwwb_preflight_free(p);
    CHECK_INT(0, pwwb_preflight_count(NULL));
    pwwb_preflight_free(NULL);
}

/* The connection ends after any octet; any octet is another one. */
static void
answers_that_end_or_change_anywhere_are_survived(void)
{
    pwwb_preflight *p;
    long            at, total;

    make();
    CHECK_STATUS(PWWB_OK, look(0, &p));
    pwwb_preflight_free(p);
    total = f.given;
    CHECK(total > 5000);
    for (at = 1; at <= total; at++) {
        make();
        f.cut_at = at;
        CHECK((look(0, &p) == PWWB_OK) == (at == total));
        CHECK((p != NULL) == (at == total));
        pwwb_preflight_free(p);

        make();
        f.flip_at = at;
        f.flip_by = (uint8_t)(1 << at % 8);
        CHECK((look(0, &p) == PWWB_OK) == (p != NULL));
        CHECK((pwwb_error_status(err) == PWWB_OK) == (p != NULL));
        pwwb_preflight_free(p);
    }
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    long nth, count = 1000;

    for (nth = 0; nth <= count; nth++) {
        pwwb_preflight *p;
        pwwb_status     st;

        make();
        if (nth == 0)
            faults_count();
        else
            faults_fail(nth);
        st = look(0, &p);
        if (nth == 0)
            count = faults_stop();
        else
            (void)faults_stop();
        CHECK_STATUS(nth == 0 ? PWWB_OK : PWWB_E_NO_MEMORY, st);
        CHECK((p != NULL) == (st == PWWB_OK));
        pwwb_preflight_free(p);
    }
    CHECK(count > 5);
}

int
main(void)
{
    now = (fake_clock){.wall_ms = 0, .monotonic_ms = 5000};
    err = pwwb_error_new();
    RUN(nothing_lacks_by_the_descriptors_of_a_real_controller);
    RUN(a_descriptor_that_is_hidden_leaves_it_unknown);
    RUN(what_the_controller_lists_goes_before_its_descriptor);
    RUN(a_denied_change_names_its_entries);
    RUN(controllers_that_will_not_do_are_found);
    RUN(commands_name_the_account_by_its_own_domain);
    RUN(no_command_is_for_a_group);
    RUN(names_are_made_of_account_and_domain);
    RUN(what_cannot_be_looked_at_is_a_status);
    RUN(wrong_arguments_are_refused);
    RUN(answers_that_end_or_change_anywhere_are_survived);
    RUN(running_out_of_memory_anywhere_is_survived);
    pwwb_error_free(err);
    return DONE;
}
