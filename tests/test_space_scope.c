/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* Which objects a sync engine's standard rules leave out, and what they make of the others: Microsoft's
 * "Default configuration" of its sync engine, and a06, a08, a09, a13, a16, a17 of cases/anchor-scenarios.json. */
#include "harness.h"
#include "sqlite/import.h"

#define NORMAL   0x200
#define DISABLED 0x202

static pwwb_object
user(const char *account_name)
{
    pwwb_object object = {
        .size            = sizeof(object),
        .change          = PWWB_CHANGE_OBJECT,
        .object_class    = PWWB_OBJECT_USER,
        .guid            = {1},
        .account_control = NORMAL,
        .dn              = "CN=Ann,DC=example",
        .account_name    = account_name,
        .mail            = "",
    };

    return object;
}

static enum pwwb_import_scope
scope_of_name(const char *account_name)
{
    pwwb_object object = user(account_name);

    return wb_scope_of(&object);
}

static enum pwwb_import_scope
scope_of_dn(const char *dn)
{
    pwwb_object object = user("ann");

    object.dn = dn;
    return wb_scope_of(&object);
}

static enum pwwb_import_scope
scope_of_type(int64_t recipient_type)
{
    pwwb_object object = user("ann");

    object.recipient_type = recipient_type;
    return wb_scope_of(&object);
}

static void
service_accounts_are_out_of_scope(void)
{
    CHECK_INT(PWWB_SCOPE_IN, scope_of_name("ann"));
    CHECK_INT(PWWB_SCOPE_SERVICE, scope_of_name("MSOL_0123456789ab"));
    CHECK_INT(PWWB_SCOPE_SERVICE, scope_of_name("msol_0123456789ab"));
    CHECK_INT(PWWB_SCOPE_SERVICE, scope_of_name("AAD_0123456789ab"));
    CHECK_INT(PWWB_SCOPE_SERVICE, scope_of_name("SUPPORT_388945a0"));
    CHECK_INT(PWWB_SCOPE_SERVICE, scope_of_name("SystemMailbox{1f05a927}"));
    CHECK_INT(PWWB_SCOPE_SERVICE, scope_of_name("CAS_{0123456789ab}"));
    CHECK_INT(PWWB_SCOPE_IN, scope_of_name("SUPPORT_388945a01"));
    CHECK_INT(PWWB_SCOPE_IN, scope_of_name("AADams"));
    CHECK_INT(PWWB_SCOPE_IN, scope_of_name("cas_meyer"));
}

static void
who_has_no_name_is_out_of_scope_but_for_contacts(void)
{
    pwwb_object object = user(NULL);

    CHECK_INT(PWWB_SCOPE_NO_NAME, wb_scope_of(&object));
    object.account_name = "";
    CHECK_INT(PWWB_SCOPE_NO_NAME, wb_scope_of(&object));
    object.object_class = PWWB_OBJECT_CONTACT;
    CHECK_INT(PWWB_SCOPE_IN, wb_scope_of(&object));
    object.dn   = NULL;
    object.mail = NULL;
    CHECK_INT(PWWB_SCOPE_IN, wb_scope_of(&object));
}

static void
what_the_system_needs_is_out_of_scope(void)
{
    pwwb_object object = user("krbtgt");

    object.is_critical = 1;
    CHECK_INT(PWWB_SCOPE_CRITICAL, wb_scope_of(&object));
}

/* Each bit of 0x21C07000, and no other of 64. */
static void
mailboxes_of_nobody_are_out_of_scope(void)
{
    static const int bits[] = {12, 13, 14, 22, 23, 24, 29};
    int              i, count = 0;

    for (i = 0; i < 63; i++)
        count += scope_of_type((int64_t)1 << i) == PWWB_SCOPE_RECIPIENT_TYPE;
    CHECK_INT(7, count);
    for (i = 0; i < 7; i++)
        CHECK_INT(PWWB_SCOPE_RECIPIENT_TYPE, scope_of_type((int64_t)1 << bits[i]));
    CHECK_INT(PWWB_SCOPE_IN, scope_of_type(0));
}

static void
only_an_objects_own_name_is_a_conflict(void)
{
    CHECK_INT(PWWB_SCOPE_CONFLICT,
              scope_of_dn("CN=Ann\\0ACNF:6b88ded7-401c-4710-b1fb-1b39f4b0ae2a,OU=a,DC=example"));
    CHECK_INT(PWWB_SCOPE_CONFLICT, scope_of_dn("CN=Meyer\\, Ann\\0ACNF:6b88ded7,DC=example"));
    CHECK_INT(PWWB_SCOPE_IN, scope_of_dn("CN=Ann,OU=a\\0ACNF:6b88ded7,DC=example"));
    CHECK_INT(PWWB_SCOPE_IN, scope_of_dn("CN=Ann\\"));
    CHECK_INT(PWWB_SCOPE_IN, scope_of_dn(""));
}

static int
is_eligible(pwwb_object object)
{
    return wb_scope_is_eligible(wb_scope_rules(&object));
}

static void
an_enabled_account_gets_the_rule_that_says_so(void)
{
    pwwb_object object = user("ann");

    CHECK_STR("In from AD - User Join\nIn from AD - User AccountEnabled\nIn from AD - User Common",
              wb_scope_rules(&object));
    CHECK(is_eligible(object));
    object.account_control = DISABLED;
    CHECK_STR("In from AD - User Join\nIn from AD - User Common", wb_scope_rules(&object));
    CHECK(!is_eligible(object));
    object.object_class = PWWB_OBJECT_INET_ORG_PERSON; /* a17 */
    CHECK(!is_eligible(object));
    object.account_control = NORMAL;
    CHECK(is_eligible(object));
    object.recipient_type = 2; /* a06: a linked mailbox */
    CHECK(!is_eligible(object));
    object.recipient_type = 1;
    object.object_class   = PWWB_OBJECT_CONTACT; /* a09 */
    CHECK(!is_eligible(object));
    CHECK_STR("In from AD - Contact Join", wb_scope_rules(&object));
}

/* As pwwb_anchors_add_link() has it. */
static void
rules_of_other_engines_are_known_by_name(void)
{
    CHECK(wb_scope_is_eligible("User AccountEnabled"));
    CHECK(wb_scope_is_eligible("User Join\nuser accountenabled"));
    CHECK(wb_scope_is_eligible("Microsoft.InfromADUserAccountEnabled.001\nUser Join"));
    CHECK(wb_scope_is_eligible("microsoft.infromaduseraccountenabled"));
    CHECK(!wb_scope_is_eligible("User AccountEnabled 2"));
    CHECK(!wb_scope_is_eligible("My User AccountEnabled"));
    CHECK(!wb_scope_is_eligible("Microsoft.InfromADUserAccountEnable\nd"));
    CHECK(!wb_scope_is_eligible("User\nAccountEnabled"));
    CHECK(!wb_scope_is_eligible(""));
}

static void
the_source_anchor_is_the_consistency_guid_else_the_object_guid(void)
{
    pwwb_object object = user("ann");

    CHECK(wb_scope_source(&object) == object.guid);
    object.consistency_guid[15] = 7; /* a13 */
    CHECK(wb_scope_source(&object) == object.consistency_guid);
    object.recipient_type = 2; /* a08 */
    CHECK(wb_scope_source(&object) == NULL);
    object.recipient_type = 0;
    object.object_class   = PWWB_OBJECT_CONTACT;
    CHECK(wb_scope_source(&object) == NULL);
}

/* A shared mailbox has S-1-5-10 as its master: all of them would be one person. */
static void
a_sid_of_nobody_joins_nobody(void)
{
    static const uint8_t self[]    = {1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0};
    static const uint8_t account[] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0,
                                      2, 0, 0, 0, 3, 0, 0, 0, 80, 4, 0, 0};

    CHECK(wb_scope_joins_sid(account, sizeof(account)));
    CHECK(!wb_scope_joins_sid(self, sizeof(self)));
    CHECK(!wb_scope_joins_sid(NULL, 0));
}

int
main(void)
{
    RUN(service_accounts_are_out_of_scope);
    RUN(who_has_no_name_is_out_of_scope_but_for_contacts);
    RUN(what_the_system_needs_is_out_of_scope);
    RUN(mailboxes_of_nobody_are_out_of_scope);
    RUN(only_an_objects_own_name_is_a_conflict);
    RUN(an_enabled_account_gets_the_rule_that_says_so);
    RUN(rules_of_other_engines_are_known_by_name);
    RUN(the_source_anchor_is_the_consistency_guid_else_the_object_guid);
    RUN(a_sid_of_nobody_joins_nobody);
    return DONE;
}
