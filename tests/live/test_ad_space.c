/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 15 */
/* Two real forests read into one connector space, and an agent that looks up in it, while people are disabled
 * here and enabled there, renamed, moved and deleted. Where a password was written is asked of each forest's
 * own record. Environment: AD_* of the one, AD2_* of the other. */
#include <sys/stat.h>

#include <pwwb/space.h>

#include "ad.h"
#include "forests.h"

#define CORP 0
#define EMEA 1

#define DONE_BY_RESET PWWB_CODE_OK_HISTORY_NOT_ENFORCED /* without policy hints */

static host        h = {.workers = 1, .forests = 2, .timeout_ms = 8000};
static char        folder[] = "/tmp/pwwb-space-XXXXXX";
static char        path[64];
static pwwb_space *space;

static pwwb_directory *
open_at(size_t forest)
{
    is_second = forest == EMEA;
    return open_directory();
}

static int
written_in(size_t forest, const char *user)
{
    is_second = forest == EMEA;
    return written(user);
}

static pwwb_import_result
import(size_t forest)
{
    pwwb_import_result result    = {.size = sizeof(result)};
    pwwb_directory    *directory = open_at(forest);
    pwwb_status        st =
        pwwb_space_import(space, forest_names[forest], directory, NULL, &result, err);

    if (st != PWWB_OK)
        printf("# %s: %s\n", forest_names[forest], pwwb_error_message(err));
    CHECK_STATUS(PWWB_OK, st);
    printf("# %s: %s, %d told, %d added, %d changed, %d removed\n", forest_names[forest],
           result.is_full ? "all" : "changes", (int)result.told, (int)result.added, (int)result.changed,
           (int)result.removed);
    pwwb_directory_free(directory);
    return result;
}

/* What else Active Directory's administrators do, as LDIF after the dn. */
static void
change(size_t forest, const char *user, const char *lines)
{
    char rdn[64];

    is_second = forest == EMEA;
    snprintf(rdn, sizeof(rdn), "CN=%s,OU=Sync", user);
    modify(rdn, lines);
}

static void
enable(size_t forest, const char *user, int is_enabled)
{
    change(forest, user, is_enabled ? "replace: userAccountControl\\nuserAccountControl: 512"
                                    : "replace: userAccountControl\\nuserAccountControl: 514");
}

static void
carry(size_t forest, const char *command)
{
    char out[1024];

    is_second = forest == EMEA;
    if (run(out, sizeof(out), "%s", command) == 0)
        return;
    printf("# %s\n", out);
    CHECK(0);
}

/* Who has, in corp, the account of that name. */
static person
person_of(const char *user)
{
    person p = {.host = &h, .anchor = {.kind = PWWB_ANCHOR_SOURCE}, .patience_ms = -1};

    is_second = 0;
    guid_of(user, p.anchor.guid);
    return p;
}

/* The migrated account of emea keeps corp's anchor, and is disabled as yet. */
static void
migrate(const char *user)
{
    person p = person_of(user);
    char   text[PWWB_ANCHOR_TEXT_SIZE], lines[256];
    size_t len;

    CHECK_STATUS(PWWB_OK, pwwb_anchor_print(&p.anchor, text, sizeof(text), &len, err));
    snprintf(lines, sizeof(lines),
             "replace: mS-DS-ConsistencyGuid\\nmS-DS-ConsistencyGuid:: %s\\n-\\n"
             "replace: userAccountControl\\nuserAccountControl: 514",
             text);
    change(EMEA, user, lines);
}

/* As one would ask each forest's own database. */
static uint64_t
in_scope(size_t forest)
{
    char text[32];

    is_second = forest == EMEA;
    run(text, sizeof(text),
        "ldbsearch -H $SAM '(&(objectClass=user)(!(objectClass=computer))"
        "(!(isCriticalSystemObject=TRUE)))' dn | grep -c ^dn:");
    return strtoull(text, NULL, 10);
}

static void
both_forests_are_read(void)
{
    pwwb_import_result result;

    migrate("u011");
    migrate("u013");
    result = import(CORP);
    CHECK_INT(1, result.is_full);
    CHECK_INT(in_scope(CORP), result.added);
    result = import(EMEA);
    CHECK_INT(in_scope(EMEA), result.added);
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &h.anchors, err));
    host_start(&h);
}

static void
what_has_not_changed_is_not_read_again(void)
{
    pwwb_import_result result = import(CORP);

    CHECK_INT(0, result.added + result.changed + result.removed);
}

static void
lands_in(size_t forest, const char *asked, const char *user)
{
    person      p        = person_of(asked);
    const char *password = fresh();
    int         here = written_in(forest, user), there = written_in(1 - forest, user);

    CHECK_INT(DONE_BY_RESET, answer_to(&p, password));
    CHECK_INT(here + 1, written_in(forest, user));
    CHECK_INT(there, written_in(1 - forest, user));
    is_second = forest == EMEA;
    CHECK(binds(user, password));
}

static void
one_person_in_two_forests_has_the_enabled_account(void)
{
    lands_in(CORP, "u011", "u011");
}

static void
enabled_elsewhere_it_is_followed(void)
{
    person p = person_of("u011");
    int    corp, emea;

    enable(CORP, "u011", 0);
    enable(EMEA, "u011", 1);
    corp = written_in(CORP, "u011");
    emea = written_in(EMEA, "u011");
    CHECK_INT(PWWB_CODE_DISABLED, answer_to(&p, fresh())); /* the live object, not the last import */
    CHECK_INT(corp, written_in(CORP, "u011"));
    CHECK_INT(emea, written_in(EMEA, "u011"));

    CHECK_INT(1, import(CORP).changed);
    CHECK_INT(1, import(EMEA).changed);
    lands_in(EMEA, "u011", "u011");
}

static void
keep_dn(void *ctx, const pwwb_chain *chain)
{
    snprintf(ctx, 256, "%s", chain->dn);
}

static void
renamed_and_moved_it_is_found_before_the_import_and_after(void)
{
    pwwb_found found   = {.size = sizeof(found)};
    char       dn[256] = "";
    person     p       = person_of("u012");

    carry(CORP, "printf 'dn: OU=Moved,OU=Sync,%s\\nobjectClass: organizationalUnit\\n' \"$AD_BASE\" |"
                " ldapadd -x -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\"");
    carry(CORP, "ldapmodrdn -x -r -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\""
                " -s \"OU=Moved,OU=Sync,$AD_BASE\" \"CN=u012,OU=Sync,$AD_BASE\" 'CN=New\\, Name'");
    lands_in(CORP, "u012", "u012");
    import(CORP);
    lands_in(CORP, "u012", "u012");
    CHECK_STATUS(PWWB_OK, pwwb_space_explain(space, &p.anchor, keep_dn, dn, &found, err));
    is_second = 0;
    CHECK_STR(stored("u012", "dn"), dn);
}

/* By the service account, which is not told of deleted objects: it looks who is there. */
static void
deleted_it_is_gone_before_the_import_and_after(void)
{
    person both = person_of("u013"), one = person_of("u015");

    carry(CORP, "ldapdelete -x -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\""
                " \"CN=u013,OU=Sync,$AD_BASE\" \"CN=u015,OU=Sync,$AD_BASE\"");
    CHECK_INT(PWWB_CODE_NOT_FOUND, answer_to(&one, fresh()));
    CHECK_INT(2, import(CORP).removed);
    CHECK_INT(PWWB_CODE_NOT_FOUND, answer_to(&one, fresh()));
    CHECK_INT(PWWB_CODE_NOT_ELIGIBLE, answer_to(&both, fresh())); /* emea's is still disabled */
    enable(EMEA, "u013", 1);
    import(EMEA);
    {
        int emea = written_in(EMEA, "u013");

        CHECK_INT(DONE_BY_RESET, answer_to(&both, fresh()));
        CHECK_INT(emea + 1, written_in(EMEA, "u013"));
    }
}

static void
a_staging_server_writes_nothing(void)
{
    person p      = person_of("u014");
    int    before = written_in(CORP, "u014");

    CHECK_STATUS(PWWB_OK, pwwb_space_set_staging(space, 1, err));
    CHECK_INT(PWWB_CODE_STAGING, answer_to(&p, fresh()));
    CHECK_INT(before, written_in(CORP, "u014"));
    CHECK_STATUS(PWWB_OK, pwwb_space_set_staging(space, 0, err));
    lands_in(CORP, "u014", "u014");
}

static void
remove_file(const char *more)
{
    char name[96];

    snprintf(name, sizeof(name), "%s%s", path, more);
    unlink(name);
}

int
main(void)
{
    err = pwwb_error_new();
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/space", folder);
    CHECK_STATUS(PWWB_OK, pwwb_space_open(path, PWWB_SPACE_WRITE, &space, err));
    h.open_at          = open_at;
    h.is_without_store = 1;
    host_make(&h);
    RUN(both_forests_are_read);
    RUN(what_has_not_changed_is_not_read_again);
    RUN(one_person_in_two_forests_has_the_enabled_account);
    RUN(enabled_elsewhere_it_is_followed);
    RUN(renamed_and_moved_it_is_found_before_the_import_and_after);
    RUN(deleted_it_is_gone_before_the_import_and_after);
    RUN(a_staging_server_writes_nothing);
    host_end(&h);
    pwwb_space_free(space);
    remove_file("");
    remove_file("-wal");
    remove_file("-shm");
    remove_file("-import");
    CHECK_INT(0, rmdir(folder));
    pwwb_error_free(err);
    return DONE;
}
