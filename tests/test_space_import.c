/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* Imports from directories. What a lookup must answer comes from cases/anchor-scenarios.json; what must be counted,
 * from what the fake directory was made to tell. */
#include <fcntl.h>
#include <sys/file.h>

#include "faults.h"
#include "import_world.h"

static fake_changes one, two; /* directories F1 and F2 */

static void
begin_both(void)
{
    fake_begin(&one, 1, 501);
    fake_begin(&two, 2, 100);
}

static void
end_both(void)
{
    fake_end(&one);
    fake_end(&two);
}

static void
check_leads_to(pwwb_space *space, const uint8_t *source, const char *directory, const uint8_t *guid)
{
    pwwb_found found = look_up(space, PWWB_ANCHOR_SOURCE, source);

    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_STR(directory, found.directory);
    CHECK_MEM(guid, PWWB_ID_SIZE, found.guid, PWWB_ID_SIZE);
}

static void
check_code(pwwb_space *space, int32_t code, const uint8_t *source)
{
    CHECK_INT(code, look_up(space, PWWB_ANCHOR_SOURCE, source).code);
}

/* a06 */
static void
a_linked_mailbox_leads_to_its_account(void)
{
    pwwb_space  *space = fresh_space();
    fake_object *mailbox, *account;

    begin_both();
    mailbox                    = fake_user(&one, 1);
    account                    = fake_user(&two, 2);
    mailbox->o.recipient_type  = 2;
    mailbox->o.account_control = 514;
    mailbox->has_master        = 1;
    memcpy(mailbox->master_sid, account->sid, FAKE_SID);
    CHECK_STATUS(PWWB_OK, import(space, "RES", &one));
    CHECK_STATUS(PWWB_OK, import(space, "ACC", &two));
    check_leads_to(space, account->o.guid, "ACC", account->o.guid);
    check_code(space, PWWB_CODE_NOT_FOUND, mailbox->o.guid);
    CHECK_INT(1, number_of("SELECT count(*) FROM pwwb_metaverse"));
    end_both();
    pwwb_space_free(space);
}

/* a08 */
static void
a_linked_mailbox_alone_has_no_anchor(void)
{
    pwwb_space  *space = fresh_space();
    fake_object *mailbox;

    begin_both();
    mailbox                   = fake_user(&one, 1);
    mailbox->o.recipient_type = 2;
    CHECK_STATUS(PWWB_OK, import(space, "RES", &one));
    check_code(space, PWWB_CODE_NOT_FOUND, mailbox->o.guid);
    CHECK_INT(0, number_of("SELECT count(*) FROM pwwb_cloud"));
    CHECK_INT(1, number_of("SELECT count(*) FROM pwwb_object"));
    end_both();
    pwwb_space_free(space);
}

/* a09 */
static void
a_contact_is_joined_by_its_mail(void)
{
    pwwb_space  *space = fresh_space();
    fake_object *contact, *user;
    pwwb_found   found;

    begin_both();
    contact                 = fake_user(&one, 1);
    user                    = fake_user(&two, 2);
    contact->o.object_class = PWWB_OBJECT_CONTACT;
    strcpy(contact->account_name, "");
    strcpy(contact->mail, "Ann@Example.com");
    strcpy(user->mail, "ann@example.COM");
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_STATUS(PWWB_OK, import(space, "F2", &two));
    check_leads_to(space, user->o.guid, "F2", user->o.guid);
    found = look_up(space, PWWB_ANCHOR_SOURCE, user->o.guid);
    CHECK_INT(2, found.candidates);
    end_both();
    pwwb_space_free(space);
}

/* a13 */
static void
the_consistency_guid_is_the_anchor_and_the_object_guid_is_not(void)
{
    pwwb_space  *space = fresh_space();
    fake_object *migrated, *other;

    begin_both();
    migrated = fake_user(&one, 1);
    other    = fake_user(&one, 2);
    memset(migrated->o.consistency_guid, 0x5a, PWWB_ID_SIZE);
    memset(other->o.consistency_guid, 0x5b, PWWB_ID_SIZE);
    memcpy(other->o.consistency_guid, migrated->o.guid, PWWB_ID_SIZE); /* or, worse, it hits another one */
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    check_leads_to(space, migrated->o.consistency_guid, "F1", migrated->o.guid);
    check_leads_to(space, migrated->o.guid, "F1", other->o.guid);
    check_code(space, PWWB_CODE_NOT_FOUND, other->o.guid);
    end_both();
    pwwb_space_free(space);
}

/* a16 */
static void
what_is_out_of_scope_is_not_there_and_counted(void)
{
    pwwb_space *space = fresh_space();
    size_t      i;

    begin_both();
    for (i = 0; i < 7; i++)
        (void)fake_user(&one, (uint32_t)i + 1);
    strcpy(one.objects[0].account_name, "MSOL_0123");
    strcpy(one.objects[1].account_name, "AAD_0123");
    strcpy(one.objects[2].account_name, "");
    strcpy(one.objects[3].dn, "CN=a\\0ACNF:6b88ded7,DC=example");
    one.objects[4].o.recipient_type = 0x4000;
    one.objects[5].o.is_critical    = 1;
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_COUNTS(7, 1, 0, 0);
    CHECK_INT(0, result.out_of_scope[PWWB_SCOPE_IN]);
    CHECK_INT(1, result.out_of_scope[PWWB_SCOPE_CRITICAL]);
    CHECK_INT(1, result.out_of_scope[PWWB_SCOPE_NO_NAME]);
    CHECK_INT(2, result.out_of_scope[PWWB_SCOPE_SERVICE]);
    CHECK_INT(1, result.out_of_scope[PWWB_SCOPE_RECIPIENT_TYPE]);
    CHECK_INT(1, result.out_of_scope[PWWB_SCOPE_CONFLICT]);
    for (i = 0; i < 6; i++)
        check_code(space, PWWB_CODE_NOT_FOUND, one.objects[i].o.guid);
    check_leads_to(space, one.objects[6].o.guid, "F1", one.objects[6].o.guid);

    one.objects[6].o.is_critical = 1;
    (void)fake_touch(&one, 6);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_COUNTS(1, 0, 0, 1);
    check_code(space, PWWB_CODE_NOT_FOUND, one.objects[6].o.guid);
    end_both();
    pwwb_space_free(space);
}

/* a17 */
static void
an_inet_org_person_is_found_as_a_user(void)
{
    pwwb_space  *space = fresh_space();
    fake_object *person;

    begin_both();
    person                 = fake_user(&one, 1);
    person->o.object_class = PWWB_OBJECT_INET_ORG_PERSON;
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    check_leads_to(space, person->o.guid, "F1", person->o.guid);
    end_both();
    pwwb_space_free(space);
}

static void
a_change_is_found_by_the_next_import(void)
{
    pwwb_space *space = fresh_space();
    uint8_t    *guid;

    begin_both();
    (void)fake_user(&one, 1);
    (void)fake_user(&one, 2);
    (void)fake_user(&one, 3);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_COUNTS(3, 3, 0, 0);
    CHECK_INT(1, result.is_full);
    CHECK_INT(1000, result.permille);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_COUNTS(0, 0, 0, 0);
    CHECK_INT(0, result.is_full);

    fake_touch(&one, 0)->o.account_control = 0x202; /* disabled */
    strcpy(fake_touch(&one, 1)->dn, "CN=renamed,DC=d1");
    fake_touch(&one, 2)->is_gone = 1;
    (void)fake_user(&one, 4);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_COUNTS(4, 1, 2, 1);
    check_code(space, PWWB_CODE_NOT_ELIGIBLE, one.objects[0].o.guid);
    guid = one.objects[1].o.guid;
    check_leads_to(space, guid, "F1", guid);
    CHECK_INT(1, number_of("SELECT count(*) FROM pwwb_object WHERE dn = 'CN=renamed,DC=d1'"));
    check_code(space, PWWB_CODE_NOT_FOUND, one.objects[2].o.guid);
    guid = one.objects[3].o.guid;
    check_leads_to(space, guid, "F1", guid);
    CHECK_INT(3, number_of("SELECT count(*) FROM pwwb_cloud"));
    CHECK_INT(3, number_of("SELECT count(*) FROM pwwb_metaverse"));
    end_both();
    pwwb_space_free(space);
}

/* A controller that forgot what was deleted, or a right that was taken away: what a whole pass does not tell goes. */
static void
a_full_import_removes_what_is_not_told(void)
{
    pwwb_space *space = fresh_space();
    uint32_t    i;

    begin_both();
    for (i = 1; i <= 30; i++)
        (void)fake_user(&one, i);
    (void)fake_user(&two, 1);
    CHECK_STATUS(PWWB_OK, import(space, "F2", &two));
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    for (i = 0; i < 30; i += 3)
        one.objects[i].is_gone = 1; /* and nobody says so */
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_COUNTS(0, 0, 0, 0);
    CHECK_STATUS(PWWB_OK, import_with(space, "F1", &one, (pwwb_import_options){.is_full = 1}));
    CHECK_COUNTS(20, 0, 0, 10);
    CHECK_INT(1, result.is_full);
    CHECK_INT(21, number_of("SELECT count(*) FROM pwwb_object"));
    CHECK_INT(21, number_of("SELECT count(*) FROM pwwb_cloud"));
    check_code(space, PWWB_CODE_NOT_FOUND, one.objects[0].o.guid);
    check_leads_to(space, two.objects[0].o.guid, "F2", two.objects[0].o.guid);

    one.tells_present = 1;
    CHECK_STATUS(PWWB_OK, import_with(space, "F1", &one, (pwwb_import_options){.is_full = 1}));
    CHECK_COUNTS(20, 0, 0, 0);
    end_both();
    pwwb_space_free(space);
}

static int64_t
whole_ms(void)
{
    return number_of("SELECT ifnull(whole_ms, -1) FROM pwwb_directory");
}

/* Each call and each object fails once; what was committed stays, the next import ends as one that nobody
 * disturbed. */
static void
wherever_it_fails_the_next_import_ends_the_same(void)
{
    pwwb_space *space = fresh_space();
    char       *expected, *got;
    uint32_t    i;
    long        nth;

    begin_both();
    for (i = 1; i <= 40; i++)
        (void)fake_user(&one, i);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    expected = dump();
    pwwb_space_free(space);

    for (nth = 1; nth <= 40; nth++) {
        space           = fresh_space();
        one.told        = 0;
        one.fail_object = nth;
        CHECK_STATUS(PWWB_E_CLOSED, import(space, "F1", &one));
        CHECK_INT((nth - 1) / 7 * 7, result.added);
        CHECK_INT((nth - 1) / 7 * 7, number_of("SELECT count(*) FROM pwwb_object"));
        CHECK_INT(-1, whole_ms());
        CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
        CHECK_INT(nth > 7, result.is_resumed);
        CHECK_INT(40 - (nth - 1) / 7 * 7, result.added);
        CHECK_INT(1, result.is_full);
        CHECK(whole_ms() > 0);
        got = dump();
        CHECK_STR(expected, got);
        free(got);
        pwwb_space_free(space);
    }
    free(expected);
    end_both();
}

static pwwb_status
stop_at(void *ctx, const pwwb_import_result *so_far)
{
    long *left = ctx;

    CHECK(so_far->size == sizeof(*so_far));
    return --*left == 0 ? PWWB_E_STOPPED : PWWB_OK;
}

/* Azure AD Connect stops at more than 500 deletions, as its documentation of "prevent accidental deletes" has it. */
static void
an_account_that_lost_its_rights_empties_nothing(void)
{
    const pwwb_import_options full = {.is_full = 1}, any = {.is_full = 1, .most_removed = -1},
                              few  = {.is_full = 1, .most_removed = 500};
    pwwb_space               *space = fresh_space();
    uint32_t                  i;

    begin_both();
    for (i = 1; i <= 501; i++)
        (void)fake_user(&one, i);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    for (i = 0; i < 501; i++)
        one.objects[i].is_gone = 1;
    CHECK_STATUS(PWWB_E_STATE, import_with(space, "F1", &one, full));
    CHECK_STATUS(PWWB_E_STATE, import_with(space, "F1", &one, few));
    CHECK_INT(501, number_of("SELECT count(*) FROM pwwb_object"));
    check_leads_to(space, one.objects[0].o.guid, "F1", one.objects[0].o.guid);
    one.objects[7].is_gone = 0;
    CHECK_STATUS(PWWB_OK, import_with(space, "F1", &one, full));
    CHECK_COUNTS(1, 0, 0, 500);
    one.objects[7].is_gone = 1;
    CHECK_STATUS(PWWB_OK, import_with(space, "F1", &one, any));
    CHECK_INT(0, number_of("SELECT count(*) FROM pwwb_object"));
    end_both();
    pwwb_space_free(space);
}

static void
progress_stops_it_after_a_step(void)
{
    pwwb_space         *space = fresh_space();
    long                left  = 2;
    pwwb_import_options stops = {.progress = stop_at, .progress_ctx = &left};
    uint32_t            i;

    begin_both();
    for (i = 1; i <= 20; i++)
        (void)fake_user(&one, i);
    CHECK_STATUS(PWWB_E_STOPPED, import_with(space, "F1", &one, stops));
    CHECK_COUNTS(14, 14, 0, 0);
    CHECK_INT(700, result.permille);
    CHECK_INT(14, number_of("SELECT count(*) FROM pwwb_object"));
    left = 1; /* the last step: nothing is left to be stopped */
    CHECK_STATUS(PWWB_OK, import_with(space, "F1", &one, stops));
    CHECK_INT(1, result.is_resumed);
    CHECK_COUNTS(6, 6, 0, 0);
    end_both();
    pwwb_space_free(space);
}

/* The same counts, and not an octet in the tables. */
static void
a_dry_run_counts_the_same_and_changes_nothing(void)
{
    static const pwwb_import_options dry = {.is_dry_run = 1};
    pwwb_space                      *space = fresh_space();
    char                            *before, *after;
    pwwb_import_result               said;
    uint32_t                         i;

    begin_both();
    for (i = 1; i <= 30; i++)
        (void)fake_user(&one, i);
    CHECK_STATUS(PWWB_OK, import_with(space, "F1", &one, dry));
    CHECK_COUNTS(30, 30, 0, 0);
    CHECK_INT(0, number_of("SELECT count(*) FROM pwwb_directory"));
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    before = dump();
    for (i = 0; i < 9; i++)
        fake_touch(&one, i)->o.account_control = 0x202;
    for (; i < 12; i++)
        fake_touch(&one, i)->is_gone = 1;
    fake_user(&one, 31)->o.is_critical = 1;
    CHECK_STATUS(PWWB_OK, import_with(space, "F1", &one, dry));
    CHECK_COUNTS(13, 0, 9, 3);
    after = dump();
    CHECK_STR(before, after);
    said = result;
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_MEM(&said, sizeof(said), &result, sizeof(result));
    free(before);
    free(after);
    end_both();
    pwwb_space_free(space);
}

/* The directory was restored, or another one has its name: its marks are not known there. */
static void
a_mark_of_another_directory_begins_a_whole_pass(void)
{
    pwwb_space *space = fresh_space();
    uint32_t    i;

    begin_both();
    for (i = 1; i <= 10; i++)
        (void)fake_user(&one, i);
    for (i = 1; i <= 3; i++)
        (void)fake_user(&two, i);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_STATUS(PWWB_OK, import(space, "F1", &two));
    CHECK_COUNTS(3, 3, 0, 10);
    CHECK_INT(1, result.is_full);
    check_leads_to(space, two.objects[0].o.guid, "F1", two.objects[0].o.guid);

    /* While it was on its way, too; and one that fails so at its first pass is no reason to begin again. */
    two.calls     = 0;
    two.fail_call = 1;
    two.failure   = PWWB_E_MALFORMED;
    CHECK_STATUS(PWWB_E_MALFORMED, import_with(space, "F1", &two, (pwwb_import_options){.is_full = 1}));
    CHECK_COUNTS(0, 0, 0, 0);
    end_both();
    pwwb_space_free(space);
}

static void
a_directory_that_does_not_move_is_not_asked_for_ever(void)
{
    pwwb_space *space = fresh_space();

    begin_both();
    (void)fake_user(&one, 1);
    one.step = 0;
    CHECK_STATUS(PWWB_E_CALLBACK, import(space, "F1", &one));
    CHECK_INT(2, one.calls);
    end_both();
    pwwb_space_free(space);
}

static void
one_imports_at_a_time(void)
{
    pwwb_space *space = fresh_space();
    pwwb_error *err   = NULL;
    char        lock[100];
    char        said[80];
    struct stat s;
    int         fd;

    begin_both();
    (void)fake_user(&one, 1);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    (void)snprintf(lock, sizeof(lock), "%s-import", path);
    CHECK_INT(0, stat(lock, &s));
    CHECK_INT(0600, s.st_mode & 0777);

    fd = open(lock, O_RDWR);
    CHECK_INT(0, flock(fd, LOCK_EX));
    CHECK((err = pwwb_error_new()) != NULL);
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_space_import(space, "F1", one.directory, NULL, NULL, err));
    (void)snprintf(said, sizeof(said), "process %ld imports into this space: let it end", (long)getpid());
    CHECK_STR(said, pwwb_error_message(err));
    close(fd);
    CHECK_STATUS(PWWB_OK, pwwb_space_import(space, "F1", one.directory, NULL, NULL, err));
    pwwb_error_free(err);
    end_both();
    pwwb_space_free(space);
}

static void
what_is_asked_wrongly_is_refused(void)
{
    pwwb_space         *space = fresh_space(), *reader;
    pwwb_import_options options = {.size = sizeof(options)};
    char                name[80];

    begin_both();
    memset(name, 'x', sizeof(name) - 1);
    name[79] = '\0';
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, import(NULL, "F1", &one));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, import(space, NULL, &one));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, import(space, "", &one));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, import(space, name, &one));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_import(space, "F1", NULL, NULL, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 import_with(space, "F1", &one, (pwwb_import_options){.step_ms = -1}));
    options.size--;
    CHECK_STATUS(PWWB_E_ABI, pwwb_space_import(space, "F1", one.directory, &options, NULL, NULL));
    result.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_space_import(space, "F1", one.directory, NULL, &result, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_space_open(path, PWWB_SPACE_READ, &reader, NULL));
    CHECK_STATUS(PWWB_E_READ_ONLY, import(reader, "F1", &one));
    CHECK_INT(0, one.calls);
    pwwb_space_free(reader);
    end_both();
    pwwb_space_free(space);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    pwwb_space *space = fresh_space();
    pwwb_status st    = PWWB_E_NO_MEMORY;
    long        nth;

    begin_both();
    (void)fake_user(&one, 1);
    for (nth = 1; st != PWWB_OK; nth++) {
        faults_fail(nth);
        st = import(space, "F1", &one);
        (void)faults_stop();
        CHECK(st == PWWB_OK || st == PWWB_E_NO_MEMORY);
    }
    CHECK(nth > 2);
    check_leads_to(space, one.objects[0].o.guid, "F1", one.objects[0].o.guid);
    end_both();
    pwwb_space_free(space);
}

int
main(void)
{
    if (!world_begin("/tmp"))
        return 1;

    RUN(a_linked_mailbox_leads_to_its_account);
    RUN(a_linked_mailbox_alone_has_no_anchor);
    RUN(a_contact_is_joined_by_its_mail);
    RUN(the_consistency_guid_is_the_anchor_and_the_object_guid_is_not);
    RUN(what_is_out_of_scope_is_not_there_and_counted);
    RUN(an_inet_org_person_is_found_as_a_user);
    RUN(a_change_is_found_by_the_next_import);
    RUN(a_full_import_removes_what_is_not_told);
    RUN(an_account_that_lost_its_rights_empties_nothing);
    RUN(wherever_it_fails_the_next_import_ends_the_same);
    RUN(progress_stops_it_after_a_step);
    RUN(a_dry_run_counts_the_same_and_changes_nothing);
    RUN(a_mark_of_another_directory_begins_a_whole_pass);
    RUN(a_directory_that_does_not_move_is_not_asked_for_ever);
    RUN(one_imports_at_a_time);
    RUN(what_is_asked_wrongly_is_refused);
    RUN(running_out_of_memory_anywhere_is_survived);
    world_end();
    return DONE;
}
