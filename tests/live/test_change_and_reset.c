/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 15 16 21 */
/* The sequences of cases/change-and-reset.json on a real controller, with policy hints or without:
 * what each ends with stands in the case file, in a column for either. */

#include "ad_bare.h"

#define USER      "u027"
#define PASSWORDS 3 /* of a sequence: the first is what the account begins with */

typedef struct case_row {
    const char *id;
    const char *description;
    int         ldap[2]; /* before Samba 4.24, and later; -1 = the file has none */
} case_row;

static const case_row cases[] = {
#include "change_and_reset.h"
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

/* By the library: a change; a reset, also where the host does without history; a read. By
 * ldapmodify, for what the library never sends: BARE. To prepare: the others. */
enum how { CHANGE = 1, RESET, RESET_ANYWAY, READ, BARE, BARE_ADD, BARE_TWO, ATTRIBUTE, LOCK };

typedef struct step {
    enum how    how;
    int         old_one, new_one; /* passwords, by number */
    const char *more;             /* BARE: a control. ATTRIBUTE: its name and value */
    int         is_judged;        /* its result is what the case file has */
    int         is_without_hints; /* for servers without them: the library uses what is there */
    int         unlock;
    int32_t     must_change;
} step;

typedef struct sequence {
    const char *id;
    int32_t     refused[2];       /* what a refusal means, by column */
    const char *policy;           /* of the account's own: an option of samba-tool */
    const char *properties;       /* pwdProperties of the domain meanwhile */
    const char *attribute, *ends; /* what is stored in the end; "!" before what must not be */
    step        steps[4];
} sequence;

#define SET(how, from, to)    {how, from, to, NULL, 0, 0, 0, 0}
#define JUDGED(how, from, to) {how, from, to, NULL, 1, 0, 0, 0}
#define OLDER(how, from, to)  {how, from, to, NULL, 1, 1, 0, 0}
#define SENT(to, control)     {BARE, 0, to, control, 1, 0, 0, 0}
#define GIVEN(attribute)      {ATTRIBUTE, 0, 0, attribute, 0, 0, 0, 0}

#define HISTORY       PWWB_CODE_POLICY_HISTORY
#define YOUNG         PWWB_CODE_POLICY_TOO_YOUNG
#define SHORT         PWWB_CODE_POLICY_TOO_SHORT
#define NO_HISTORY    PWWB_CODE_HISTORY_NOT_ENFORCEABLE
#define A_DAY         "--min-pwd-age=1"
#define THIRTY        "--min-pwd-length=30"
#define NOT_ENFORCE_0 "MAMCAQA="
#define NOT_ENFORCE_2 "MAMCAQI="

/* What a refusal means is in the description: history, minimum age and length are constraints of
 * their own in [MS-SAMR] 3.1.1.7.1. Result 12 is a critical control that the server does not have
 * (RFC 4511 4.1.11): history on a reset cannot be enforced then. */
static const sequence sequences[] = {
    {"s01", {HISTORY, HISTORY}, NULL, NULL, NULL, NULL, {JUDGED(CHANGE, 0, 0)}},
    {"s02", {HISTORY, HISTORY}, NULL, NULL, NULL, NULL, {SET(CHANGE, 0, 1), JUDGED(CHANGE, 1, 0)}},
    {"s03", {0, 0}, NULL, NULL, NULL, NULL,
     {SET(CHANGE, 0, 1), SENT(0, ""), OLDER(RESET_ANYWAY, 0, 1)}},
    {"s04", {NO_HISTORY, HISTORY}, NULL, NULL, NULL, NULL,
     {SET(CHANGE, 0, 1), JUDGED(RESET, 0, 0), SENT(0, HINTS(ENFORCE))}},
    {"s05", {0, 0}, NULL, NULL, NULL, NULL,
     {SET(CHANGE, 0, 1), SENT(0, HINTS(NOT_ENFORCE_0)), SENT(1, HINTS(NOT_ENFORCE_2))}},
    {"s06", {YOUNG, YOUNG}, A_DAY, NULL, NULL, NULL, {JUDGED(CHANGE, 0, 1)}},
    {"s07", {0, 0}, A_DAY, NULL, NULL, NULL, {SENT(1, ""), OLDER(RESET_ANYWAY, 0, 2)}},
    {"s08", {0, YOUNG}, A_DAY, NULL, NULL, NULL, {JUDGED(RESET, 0, 1), SENT(2, HINTS(ENFORCE))}},
    {"s09", {0, 0}, A_DAY, NULL, NULL, NULL, {GIVEN("pwdLastSet: 0"), JUDGED(CHANGE, 0, 1)}},
    {"s10", {0, 0}, NULL, NULL, "pwdLastSet", "0",
     {{RESET_ANYWAY, 0, 1, NULL, 1, 0, 0, PWWB_MUST_CHANGE_SET}}},
    {"s11", {0, 0}, NULL, NULL, "pwdLastSet", "!0", {JUDGED(RESET_ANYWAY, 0, 1)}},
    {"s13", {0, 0}, NULL, NULL, "lockoutTime", "0",
     {SET(LOCK, 0, 0), {RESET_ANYWAY, 0, 1, NULL, 1, 0, 1, 0}}},
    {"s14", {0, 0}, NULL, NULL, "userAccountControl", "514",
     {GIVEN("userAccountControl: 514"), JUDGED(RESET_ANYWAY, 0, 1)}},
    {"s16", {0, 0}, NULL, "5", NULL, NULL, {JUDGED(CHANGE, 0, 1)}},
    {"s17", {0, 0}, NULL, NULL, NULL, NULL, {JUDGED(BARE_ADD, 0, 1)}},
    {"s18", {0, 0}, NULL, NULL, NULL, NULL, {JUDGED(BARE_TWO, 1, 2)}},
    {"s21", {SHORT, SHORT}, THIRTY, NULL, NULL, NULL, {JUDGED(RESET_ANYWAY, 0, 1)}},
    {"s22", {0, 0}, THIRTY, NULL, NULL, NULL, {JUDGED(READ, 0, 0)}},
};
#define SEQUENCES (sizeof(sequences) / sizeof(sequences[0]))

static int  column; /* of the case file: 1 with policy hints */
static char passwords[PASSWORDS][64];

/* The LDAP result that the file has for this server: where it has none for the later one, the
 * earlier one's, and where it has none at all (s11), success, as its note says. -1: not on this
 * server. */
static int
ldap_of(const case_row *row)
{
    if (row->ldap[column] >= 0)
        return row->ldap[column];
    if (column == 1 && row->ldap[0] >= 0)
        return row->ldap[0];
    return row->ldap[1] >= 0 ? -1 : 0;
}

static void
give_attribute(const char *text)
{
    char lines[256];

    snprintf(lines, sizeof(lines), "replace: %.*s\\n%s\\n", (int)strcspn(text, ":"), text, text);
    modify("CN=" USER ",OU=Sync", lines);
}

static void
give_properties(const char *properties)
{
    char out[512];

    CHECK_INT(0, run(out, sizeof(out),
                     "printf \"dn: $AD_BASE\\nchangetype: modify\\nreplace: pwdProperties\\n"
                     "pwdProperties: %s\\n\" | ldapmodify -x -H $AD_URI -D \"$AD_ADMIN_DN\""
                     " -w \"$AD_ADMIN_PW\"",
                     properties));
}

static void
take_policy(void)
{
    char out[1024];

    run(out, sizeof(out),
        "samba-tool domain passwordsettings pso delete case -H $SAM -s $AD_CONF");
}

static void
give_policy(const char *option)
{
    char out[1024];

    CHECK_INT(0, run(out, sizeof(out),
                     "pso() { samba-tool domain passwordsettings pso \"$@\" -H $SAM -s $AD_CONF; };"
                     "pso create case 1 %s && pso apply case " USER,
                     option));
}

/* The account as every sequence finds it. */
static void
begin_sequence(void)
{
    int i;

    give_attribute("userAccountControl: 512");
    begin(USER);
    snprintf(passwords[0], sizeof(passwords[0]), "%s", START);
    for (i = 1; i < PASSWORDS; i++)
        snprintf(passwords[i], sizeof(passwords[i]), "%s", fresh());
}

/* The library's code is judged, and the server's record of it. */
static void
take_by_library(const sequence *q, const step *s, int ldap)
{
    pwwb_ldap_options o    = options();
    int               is_reset = s->how != CHANGE;
    int32_t           done     = is_reset && column == 0 ? PWWB_CODE_OK_HISTORY_NOT_ENFORCED
                                                         : PWWB_CODE_OK;
    pwwb_directory   *directory;
    pwwb_set          set;

    o.flags         = s->how == RESET ? 0 : PWWB_LDAP_ALLOW_NO_HISTORY;
    directory       = open_as(&o);
    set             = request(USER, is_reset ? PWWB_SET_RESET : PWWB_SET_CHANGE,
                              is_reset ? NULL : passwords[s->old_one], passwords[s->new_one]);
    set.must_change = s->must_change;
    set.unlock      = s->unlock;
    CHECK_INT(ldap == 0 ? done : q->refused[column],
              carry_out(directory, &set, USER, ldap == 0, NULL).code);
    pwwb_directory_free(directory);
}

/* A policy that is there and not to be seen is not taken for none. */
static void
take_by_reading(int ldap)
{
    pwwb_directory   *directory = open_directory();
    pwwb_account      account   = {.size = sizeof(account)};
    pwwb_policy_rules rules     = {.size = sizeof(rules)};
    uint8_t           guid[PWWB_ID_SIZE];

    guid_of(USER, guid);
    CHECK_INT(0, ldap);
    CHECK_STATUS(PWWB_OK,
                 pwwb_directory_read(directory, guid, DEADLINE_MS, &account, &rules, err));
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_INT(-1, rules.min_length);
    pwwb_directory_free(directory);
}

static void
take_bare(const step *s, int ldap)
{
    const char *control = s->more != NULL ? s->more : "";
    const char *two     = s->how == BARE_TWO ? passwords[s->old_one] : "";

    CHECK_INT(ldap, bare_modify(USER, s->how == BARE_ADD ? "add" : "replace",
                                passwords[s->new_one], two, control));
}

static void
take(const sequence *q, const step *s, int ldap)
{
    switch (s->how) {
    case ATTRIBUTE:
        give_attribute(s->more);
        break;
    case LOCK:
        lock(USER);
        break;
    case READ:
        take_by_reading(ldap);
        break;
    case BARE:
    case BARE_ADD:
    case BARE_TWO:
        take_bare(s, ldap);
        break;
    case CHANGE:
    case RESET:
    case RESET_ANYWAY:
        take_by_library(q, s, s->is_judged ? ldap : 0);
        break;
    }
}

static void
check_end(const sequence *q)
{
    int         is_not = q->ends[0] == '!';
    const char *value  = stored(USER, q->attribute);

    if (is_not)
        CHECK(value[0] != '\0' && strcmp(q->ends + 1, value) != 0);
    else
        CHECK_STR(q->ends, value);
}

static void
play(const sequence *q, int ldap)
{
    const step *s;

    begin_sequence();
    if (q->policy != NULL)
        give_policy(q->policy);
    if (q->properties != NULL)
        give_properties(q->properties);
    for (s = q->steps; s < q->steps + 4 && s->how != 0; s++)
        if (!s->is_without_hints || column == 0)
            take(q, s, ldap);
    if (q->properties != NULL)
        give_properties("1");
    if (q->policy != NULL)
        take_policy();
    if (q->attribute != NULL)
        check_end(q);
}

static const sequence *
sequence_of(const case_row *row)
{
    size_t i;

    for (i = 0; i < SEQUENCES; i++)
        if (strcmp(sequences[i].id, row->id) == 0)
            return &sequences[i];
    return NULL;
}

/* Each is a test of its own, named by the case file. */
static void
play_all(void)
{
    char   name[128];
    size_t i;

    for (i = 0; i < CASES; i++) {
        const sequence *q    = sequence_of(&cases[i]);
        int             ldap = ldap_of(&cases[i]);

        if (ldap < 0)
            continue;
        harness_checks = harness_failures = 0;
        CHECK(q != NULL);
        if (q != NULL)
            play(q, ldap);
        snprintf(name, sizeof(name), "%s: %s", cases[i].id, cases[i].description);
        harness_ran(name);
    }
}

int
main(void)
{
    if (ad("AD_CONF")[0] == '\0') {
        printf("1..0 # SKIP no AD_* in the environment: see tests/fixtures/ad\n");
        return 0;
    }

    err    = pwwb_error_new();
    column = has_hints();
    make_environment_hostile();
    take_policy(); /* of a run that was ended */
    play_all();
    make_environment_calm();
    pwwb_error_free(err);
    return DONE;
}
