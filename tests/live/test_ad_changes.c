/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* What a real controller's people are, and what becomes of them, step by step: each step on a handle of its
 * own, as another process would go on. What is true is asked of the server's own tools. */

#include "ad.h"

#define TOLD_MAX 512
#define OU       "OU=Changes"

typedef struct told {
    uint8_t guid[PWWB_ID_SIZE];
    int32_t change;
    int32_t object_class;
    char    name[64];
    char    dn[256];
    int32_t account_control;
    char    mail[64];
    size_t  sid_len;
} told;

typedef struct copy {
    const char *bind_dn, *password;
    const char *base;
    uint8_t     mark[PWWB_MARK_MAX];
    size_t      mark_len;
    told        all[TOLD_MAX]; /* of the last pass */
    int         count;
    int         is_whole;
    int         steps;
} copy;

static copy service, administrator, below;

/* The later one counts, and one that is told whole is not merely there. */
static pwwb_status
take(void *ctx, const pwwb_object *o, pwwb_error *unused)
{
    copy *c = ctx;
    told *t = c->all;

    (void)unused;
    while (t < c->all + c->count && memcmp(t->guid, o->guid, PWWB_ID_SIZE) != 0)
        t++;
    if (t == c->all + c->count)
        CHECK(c->count++ < TOLD_MAX);
    else if (t->change == PWWB_CHANGE_OBJECT && o->change == PWWB_CHANGE_PRESENT)
        return PWWB_OK;
    *t = (told){.change = o->change, .object_class = o->object_class, .sid_len = o->sid_len,
                .account_control = (int32_t)o->account_control};
    memcpy(t->guid, o->guid, PWWB_ID_SIZE);
    snprintf(t->name, sizeof(t->name), "%s", o->account_name != NULL ? o->account_name : "");
    snprintf(t->dn, sizeof(t->dn), "%s", o->dn != NULL ? o->dn : "");
    snprintf(t->mail, sizeof(t->mail), "%s", o->mail != NULL ? o->mail : "");
    return PWWB_OK;
}

static void
go_on(copy *c, pwwb_pass *pass)
{
    pwwb_ldap_options o = options();
    pwwb_directory   *directory;
    pwwb_status       st;

    o.bind_dn      = c->bind_dn;
    o.password     = (const uint8_t *)c->password;
    o.password_len = strlen(c->password);
    o.base_dn      = c->base;
    directory      = open_as(&o);
    *pass          = (pwwb_pass){.size = sizeof(*pass), .mark = c->mark};
    st = pwwb_directory_changes(directory, c->mark_len > 0 ? c->mark : NULL, c->mark_len, DEADLINE_MS,
                                take, c, pass, err);
    if (st != PWWB_OK)
        printf("# %s\n", pwwb_error_message(err));
    CHECK_STATUS(PWWB_OK, st);
    CHECK(st == PWWB_OK || (pass->is_last = 1));
    c->mark_len = pass->mark_len;
    pwwb_directory_free(directory);
}

static void
go_through(copy *c)
{
    pwwb_pass pass;

    c->count = c->steps = 0;
    do {
        go_on(c, &pass);
        c->steps++;
    } while (!pass.is_last && c->steps < 100);
    CHECK_INT(1000, pass.permille);
    c->is_whole = pass.is_whole;
}

static const told *
told_of(const copy *c, const char *guid_text)
{
    uint8_t guid[PWWB_ID_SIZE];
    int     i;

    CHECK_STATUS(PWWB_OK, pwwb_guid_parse(guid_text, strlen(guid_text), guid, NULL));
    for (i = 0; i < c->count; i++)
        if (memcmp(c->all[i].guid, guid, PWWB_ID_SIZE) == 0)
            return &c->all[i];
    return NULL;
}

static int
count_of(const copy *c, int32_t change)
{
    int i, count = 0;

    for (i = 0; i < c->count; i++)
        count += c->all[i].change == change;
    return count;
}

/* What the shell says must go well; `admin` runs one of OpenLDAP's tools as the administrator. */
static void
shell(const char *command)
{
    char out[4096];
    int  rc = run(out, sizeof(out),
                  "admin() { \"$@\" -x -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\"; }; %s", command);

    if (rc != 0)
        printf("# %s: %s\n", command, out);
    CHECK_INT(0, rc);
}

/* Who the server's database has, by its own idea of a person: lines of "id|name|dn", read anew after what
 * happens. */
static char people[32768];

static void
look_again(void)
{
    run(people, sizeof(people),
        "ldbsearch -H $SAM '(objectCategory=person)' cn objectGUID | awk '/^dn: /{d=substr($0,5)}"
        " /^cn: /{c=$2} /^objectGUID: /{g=$2} /^$/{if (g) print g \"|\" c \"|\" d; g=\"\"}'");
}

/* The id of the one with that name; borrowed until it is asked again for the same place. */
static const char *
id_of(int place, const char *cn)
{
    static char text[2][37];
    char        name[64];
    const char *at;

    snprintf(name, sizeof(name), "|%s|", cn);
    at = strstr(people, name);
    CHECK(at != NULL && at - people >= 36);
    if (at != NULL)
        memcpy(text[place], at - 36, 36);
    return text[place];
}

/* Exactly these persons below the base, "" = all. */
static void
check_all_told(const copy *c, int32_t change, const char *base)
{
    static char list[sizeof(people)];
    char       *line, *rest = strcpy(list, people);
    int         count = 0;

    while ((line = strsep(&rest, "\n")) != NULL) {
        const told *t;

        if (strstr(line, base) == NULL)
            continue;
        line[36] = '\0';
        t        = told_of(c, line);
        CHECK(t != NULL && (t->change == change || t->change == PWWB_CHANGE_OBJECT));
        count++;
    }
    CHECK(count > 2);
    CHECK_INT(count, count_of(c, PWWB_CHANGE_OBJECT) + count_of(c, PWWB_CHANGE_PRESENT));
    CHECK_INT(1, c->is_whole);
}

static void
make_people(void)
{
    shell("admin ldapdelete -r \"" OU ",$AD_BASE\"; admin ldapdelete -r \"OU=Moved,$AD_BASE\";"
          " admin ldapdelete -r \"CN=c03,OU=Sync,$AD_BASE\"; { printf 'dn: " OU
          ",%s\\nobjectClass: organizationalUnit\\n\\n' $AD_BASE;"
          " for i in 1 2 3 4 5 6 8; do printf 'dn: CN=c0%s," OU ",%s\\nobjectClass: user\\n"
          "sAMAccountName: c0%s\\n\\n' $i $AD_BASE $i; done;"
          " printf 'dn: CN=c09," OU ",%s\\nobjectClass: inetOrgPerson\\nsAMAccountName: c09\\n"
          "mS-DS-ConsistencyGuid:: AQIDBAUGBwgJCgsMDQ4PEA==\\n\\n' $AD_BASE;"
          " printf 'dn: CN=c10," OU ",%s\\nobjectClass: contact\\nmail: c10@example.test\\n\\n'"
          " $AD_BASE; } | admin ldapadd");
    look_again();
}

static void
the_first_pass_tells_exactly_who_is_there(void)
{
    static copy *const both[] = {&service, &administrator};
    size_t             i;

    for (i = 0; i < 2; i++) {
        const told *t;

        go_through(both[i]);
        printf("# %d objects in %d steps\n", both[i]->count, both[i]->steps);
        check_all_told(both[i], PWWB_CHANGE_OBJECT, "");
        t = told_of(both[i], id_of(0, "u001"));
        CHECK(t != NULL && strcmp(t->name, "u001") == 0 && strncmp(t->dn, "CN=u001,OU=Sync,", 16) == 0);
        CHECK(t != NULL && t->object_class == PWWB_OBJECT_USER && t->account_control == 512);
        CHECK(t != NULL && t->sid_len == 28);
        t = told_of(both[i], id_of(0, "c09"));
        CHECK(t != NULL && t->object_class == PWWB_OBJECT_INET_ORG_PERSON);
        t = told_of(both[i], id_of(0, "c10"));
        CHECK(t != NULL && t->object_class == PWWB_OBJECT_CONTACT && t->sid_len == 0);
        CHECK(t != NULL && strcmp(t->mail, "c10@example.test") == 0);
    }
}

static void
a_pass_after_which_nothing_happened_tells_no_object(void)
{
    go_through(&administrator);
    CHECK_INT(0, administrator.count);
    CHECK_INT(0, administrator.is_whole);
    go_through(&service);
    CHECK_INT(0, count_of(&service, PWWB_CHANGE_OBJECT));
    check_all_told(&service, PWWB_CHANGE_PRESENT, "");
}

/* Only the server knows what it does to each; here it is done. */
static void
do_everything(void)
{
    shell("admin ldapdelete \"CN=c01," OU ",$AD_BASE\" &&"
          " admin ldapmodrdn -r \"CN=c02," OU ",$AD_BASE\" CN=c02x &&"
          " admin ldapmodrdn -r -s \"OU=Sync,$AD_BASE\" \"CN=c03," OU ",$AD_BASE\" CN=c03 &&"
          " printf 'dn: CN=c04," OU ",%s\\nchangetype: modify\\nreplace: userAccountControl\\n"
          "userAccountControl: 514\\n\\n' $AD_BASE | admin ldapmodify &&"
          " printf 'dn: CN=c05," OU ",%s\\nchangetype: modify\\nreplace: description\\n"
          "description: nobody asks for this\\n\\n' $AD_BASE | admin ldapmodify &&"
          " printf 'dn: CN=c06," OU ",%s\\nchangetype: modify\\nreplace: mail\\n"
          "mail: c06@example.test\\n\\n' $AD_BASE | admin ldapmodify &&"
          " printf 'dn: CN=c07," OU ",%s\\nobjectClass: user\\nsAMAccountName: c07\\n\\n' $AD_BASE |"
          " admin ldapadd");
}

static void
check_changed(const copy *c, const char *c01)
{
    const told *t = told_of(c, id_of(1, "c02x"));

    CHECK(t != NULL && t->change == PWWB_CHANGE_OBJECT && strncmp(t->dn, "CN=c02x," OU, 18) == 0);
    t = told_of(c, id_of(1, "c03"));
    CHECK(t != NULL && t->change == PWWB_CHANGE_OBJECT && strncmp(t->dn, "CN=c03,OU=Sync,", 15) == 0);
    t = told_of(c, id_of(1, "c04"));
    CHECK(t != NULL && t->change == PWWB_CHANGE_OBJECT && t->account_control == 514);
    t = told_of(c, id_of(1, "c06"));
    CHECK(t != NULL && t->change == PWWB_CHANGE_OBJECT && strcmp(t->mail, "c06@example.test") == 0);
    t = told_of(c, id_of(1, "c07"));
    CHECK(t != NULL && t->change == PWWB_CHANGE_OBJECT && strcmp(t->name, "c07") == 0);
    CHECK_INT(5, count_of(c, PWWB_CHANGE_OBJECT));
    t = told_of(c, c01);
    CHECK(c->is_whole ? t == NULL : t != NULL && t->change == PWWB_CHANGE_GONE);
}

static void
the_next_pass_tells_exactly_what_has_changed(void)
{
    const char *c01 = id_of(0, "c01");

    do_everything();
    look_again();
    go_through(&administrator);
    check_changed(&administrator, c01);
    CHECK_INT(6, administrator.count);
    CHECK_INT(0, administrator.is_whole);
    go_through(&service);
    check_changed(&service, c01);
    check_all_told(&service, PWWB_CHANGE_PRESENT, "");
}

/* Of a base below the domain, what goes out of it is gone. */
static void
what_leaves_the_base_is_gone(void)
{
    const char *c08 = id_of(0, "c08");
    const told *t;
    static char base[128];

    snprintf(base, sizeof(base), OU ",%s", ad("AD_BASE"));
    below.base = base;
    look_again();
    go_through(&below);
    check_all_told(&below, PWWB_CHANGE_OBJECT, OU ",");
    shell("admin ldapmodrdn -r -s \"OU=Sync,$AD_BASE\" \"CN=c08," OU ",$AD_BASE\" CN=c08");
    go_through(&below);
    t = told_of(&below, c08);
    CHECK(t != NULL && t->change == PWWB_CHANGE_GONE);
    CHECK_INT(1, below.count);
    shell("admin ldapmodrdn -r -s \"" OU ",$AD_BASE\" \"CN=c08,OU=Sync,$AD_BASE\" CN=c08");
    go_through(&below);
    t = told_of(&below, c08);
    CHECK(t != NULL && t->change == PWWB_CHANGE_OBJECT && below.count == 1);
}

/* The server tells that the container has another name, and of those in it nothing. */
static void
all_is_read_again_when_a_container_is_renamed(void)
{
    static copy *const both[] = {&service, &administrator};
    size_t             i;

    shell("admin ldapmodrdn -r \"" OU ",$AD_BASE\" OU=Moved");
    look_again();
    for (i = 0; i < 2; i++) {
        const told *t;

        go_through(both[i]);
        check_all_told(both[i], PWWB_CHANGE_OBJECT, "");
        CHECK_INT(0, count_of(both[i], PWWB_CHANGE_PRESENT));
        t = told_of(both[i], id_of(0, "c05"));
        CHECK(t != NULL && strncmp(t->dn, "CN=c05,OU=Moved,", 16) == 0);
    }
}

int
main(void)
{
    err                    = pwwb_error_new();
    service.bind_dn        = ad("AD_SVC_DN");
    service.password       = ad("AD_SVC_PW");
    administrator.bind_dn  = ad("AD_ADMIN_DN");
    administrator.password = ad("AD_ADMIN_PW");
    below.bind_dn          = administrator.bind_dn;
    below.password         = administrator.password;
    make_people();
    RUN(the_first_pass_tells_exactly_who_is_there);
    RUN(a_pass_after_which_nothing_happened_tells_no_object);
    RUN(the_next_pass_tells_exactly_what_has_changed);
    RUN(what_leaves_the_base_is_gone);
    RUN(all_is_read_again_when_a_container_is_renamed);
    shell("admin ldapdelete -r \"OU=Moved,$AD_BASE\" \"CN=c03,OU=Sync,$AD_BASE\"");
    pwwb_error_free(err);
    return DONE;
}
