/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* What a sync engine knows, from a file. What must be found is what the file was written to say, by the meaning that
 * docs/space.md gives its columns. */
#include "import_world.h"

#define HEADER "kind,cloud_anchor,source_anchor,metaverse,directory,object_guid,rules,dn\n"
#define CLOUD  "User_3f2504e0-4f89-11d3-9a0c-0305e82c3301"
#define SOURCE "196IaxxAEEex+xs59LCuKg==" /* cases/anchor-scenarios.json: 6b88ded7-... */
#define GUID   "6b88ded7-401c-4710-b1fb-1b39f4b0ae2a"
#define GUID_2 "00000000-0000-0000-0000-000000000002"
#define ON     "User Join|User AccountEnabled|User Common"
#define OFF    "User Join|User Common"

static const uint8_t cloud[PWWB_ID_SIZE] = {0xe0, 0x04, 0x25, 0x3f, 0x89, 0x4f, 0xd3, 0x11,
                                            0x9a, 0x0c, 0x03, 0x05, 0xe8, 0x2c, 0x33, 0x01};
static const uint8_t guid[PWWB_ID_SIZE]  = {0xd7, 0xde, 0x88, 0x6b, 0x1c, 0x40, 0x10, 0x47,
                                            0xb1, 0xfb, 0x1b, 0x39, 0xf4, 0xb0, 0xae, 0x2a};

static char file[80];

static pwwb_status
read_text_with(pwwb_space *space, const char *text, pwwb_import_options options)
{
    options.size = sizeof(options);
    result       = (pwwb_import_result){.size = sizeof(result)};
    if (text != NULL) {
        (void)snprintf(file, sizeof(file), "%s/file", root);
        (void)unlink(file);
        put_file(file, text, strlen(text));
    }
    return pwwb_space_import_csv(space, file, &options, &result, NULL);
}

static pwwb_status
read_text(pwwb_space *space, const char *text)
{
    return read_text_with(space, text, (pwwb_import_options){0});
}

static void
check_code(pwwb_space *space, int32_t code)
{
    CHECK_INT(code, look_up(space, PWWB_ANCHOR_CLOUD, cloud).code);
    CHECK_INT(code, look_up(space, PWWB_ANCHOR_SOURCE, guid).code);
}

static void
check_found(pwwb_space *space, const char *directory)
{
    pwwb_found found = look_up(space, PWWB_ANCHOR_CLOUD, cloud);

    check_code(space, PWWB_CODE_OK);
    CHECK_STR(directory, found.directory);
    CHECK_MEM(guid, sizeof(guid), found.guid, sizeof(found.guid));
}

/* a01, a03, a04 and those that fail otherwise. */
static void
a_file_leads_from_anchor_to_object(void)
{
    pwwb_space *space = fresh_space();

    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "cloud," CLOUD "," SOURCE ",m1,,,,\n"
                                                  "link,,,m1,F1," GUID "," ON ",\"CN=Ann,DC=f1\"\n"));
    CHECK_COUNTS(2, 2, 0, 0);
    CHECK_INT(3, result.line);
    CHECK_INT(1000, result.permille);
    check_found(space, "F1");
    CHECK_INT(1, number_of("SELECT dn = 'CN=Ann,DC=f1' FROM pwwb_object"));
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "cloud," CLOUD "," SOURCE ",,,,,\n"));
    CHECK_COUNTS(1, 0, 1, 1);
    check_code(space, PWWB_CODE_NOT_JOINED);
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "cloud," CLOUD "," SOURCE ",m1,,,,\n"));
    check_code(space, PWWB_CODE_NO_DIRECTORY_OBJECT);
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "link,,,m1,F1," GUID "," OFF ",\n"
                                                  "cloud," CLOUD "," SOURCE ",m1,,,,\n"));
    check_code(space, PWWB_CODE_NOT_ELIGIBLE);
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "link,,,m1,F1," GUID "," ON ",\n"
                                                  "link,,,m1,F2," GUID_2 "," ON ",\n"
                                                  "cloud," CLOUD "," SOURCE ",m1,,,,\n"));
    check_code(space, PWWB_CODE_AMBIGUOUS);
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER));
    CHECK_COUNTS(0, 0, 0, 3);
    check_code(space, PWWB_CODE_NOT_FOUND);
    CHECK_INT(0, number_of("SELECT (SELECT count(*) FROM pwwb_metaverse) + (SELECT count(*) FROM pwwb_directory)"
                     " + (SELECT count(*) FROM pwwb_cloud) + (SELECT count(*) FROM pwwb_object)"));
    pwwb_space_free(space);
}

static void
columns_come_by_name_in_any_order(void)
{
    pwwb_space *space = fresh_space();

    CHECK_STATUS(PWWB_OK, read_text(space, "\xef\xbb\xbf" "rules,object_guid,directory,metaverse,kind,cloud_anchor,source_anchor\r\n"
                                           ON "," GUID ",F1,m1,link,,\r\n"
                                           ",,,m1,cloud," CLOUD "," SOURCE));
    check_found(space, "F1");
    pwwb_space_free(space);
}

/* What the same file says twice, or again, changes nothing. */
static void
the_same_again_changes_nothing(void)
{
    static const char text[] = HEADER "cloud," CLOUD "," SOURCE ",m1,,,,\n"
                                      "cloud," CLOUD ",,m1,,,,\n"
                                      "link,,,m1,F1," GUID "," ON ",\n"
                                      "link,,,m1,F1," GUID "," ON ",\n"
                                      "cloud," CLOUD "," SOURCE ",m1,,,,\n";
    pwwb_space       *space  = fresh_space();
    char             *before, *after;

    CHECK_STATUS(PWWB_OK, read_text(space, text));
    CHECK_COUNTS(5, 3, 0, 0);
    before = dump();
    CHECK_STATUS(PWWB_OK, read_text(space, text));
    CHECK_COUNTS(5, 0, 0, 0);
    CHECK_STATUS(PWWB_OK, read_text_with(space, NULL, (pwwb_import_options){.is_dry_run = 1}));
    CHECK_COUNTS(5, 0, 0, 0);
    after = dump();
    CHECK_STR(before, after);
    free(before);
    free(after);
    pwwb_space_free(space);
}

/* A line that is wrong, its number, and that what came before it is kept and nothing removed. */
static void
check_refused(const char *line)
{
    pwwb_space *space = fresh_space();
    char        text[1000];

    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "cloud," CLOUD "," SOURCE ",m1,,,,\n"
                                                  "link,,,m1,F1," GUID "," ON ",\n"));
    (void)snprintf(text, sizeof(text), HEADER "link,,,m2,F1,%s," ON ",\n%s\n", GUID_2, line);
    CHECK_STATUS(PWWB_E_MALFORMED, read_text(space, text));
    CHECK_INT(3, result.line);
    CHECK_INT(1, result.added);
    CHECK_INT(0, result.removed);
    CHECK_INT(2, number_of("SELECT count(*) FROM pwwb_object"));
    check_found(space, "F1");
    CHECK_STATUS(PWWB_E_MALFORMED, read_text(space, NULL)); /* again: from there */
    CHECK_INT(3, result.line);
    CHECK_INT(1, result.is_resumed);
    pwwb_space_free(space);
}

static void
a_wrong_line_is_told_and_nothing_removed(void)
{
    check_refused("device,,,,,,,");
    check_refused(",,,,,,,");
    check_refused("cloud,,,m1,,,,");
    check_refused("cloud,Group_3f2504e0-4f89-11d3-9a0c-0305e82c3301,,m1,,,,"); /* a20 */
    check_refused("cloud," SOURCE ",,m1,,,,");
    check_refused("cloud,," CLOUD ",m1,,,,");
    check_refused("cloud,,196IaxxAEEex+xs59LCu,m1,,,,");
    check_refused("cloud," CLOUD ",,auto,,,,");
    check_refused("cloud," CLOUD ",,m1,F1,,,");
    check_refused("link," CLOUD ",,m1,F1," GUID ",,");
    check_refused("link,,,,F1," GUID ",,");
    check_refused("link,,,auto,F1," GUID ",,");
    check_refused("link,,,m1,," GUID ",,");
    check_refused("link,,,m1,F1,6b88ded7,,");
    check_refused("link,,,m1,F1," GUID_2 ",,"); /* which line 2 has elsewhere */
    check_refused("link,,,\"m\n1\",F1," GUID ",,");
    check_refused("link,,,m1,F1," GUID ",\xff,");
    check_refused("link,,,m1,F1," GUID ",");
    check_refused("link,,,01234567890123456789012345678901234567890123456789012345678901234,F1," GUID ",,");
}

static void
check_header_refused(const char *text)
{
    pwwb_space *space = fresh_space();

    CHECK_STATUS(PWWB_E_MALFORMED, read_text(space, text));
    CHECK_INT(1, result.line);
    CHECK_COUNTS(0, 0, 0, 0);
    pwwb_space_free(space);
}

static void
a_header_that_is_not_known_is_refused(void)
{
    check_header_refused("");
    check_header_refused("kind,colour\n");
    check_header_refused("kind,kind\n");
    check_header_refused("dn,rules\n");
    check_header_refused("kind\"\n");
}

/* Objects of an import of its own, joined by the engine's word. */
static void
the_engines_objects_are_joined_to_what_was_imported(void)
{
    pwwb_space  *space = fresh_space();
    fake_changes one;
    fake_object *user;

    fake_begin(&one, 1, 4);
    user = fake_user(&one, 1);
    memcpy(user->o.consistency_guid, guid, sizeof(guid));
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "cloud," CLOUD "," SOURCE ",auto,,,,\n"));
    check_code(space, PWWB_CODE_NOT_JOINED);
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    check_code(space, PWWB_CODE_OK);
    CHECK_INT(1, number_of("SELECT count(*) FROM pwwb_cloud"));

    /* What it says of that anchor counts, also when it is that it is not joined. */
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "cloud," CLOUD "," SOURCE ",,,,,\n"));
    check_code(space, PWWB_CODE_NOT_JOINED);
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER));
    CHECK_INT(PWWB_CODE_OK, look_up(space, PWWB_ANCHOR_SOURCE, guid).code);
    CHECK_INT(PWWB_CODE_NOT_FOUND, look_up(space, PWWB_ANCHOR_CLOUD, cloud).code);
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER "cloud," CLOUD "," SOURCE ",auto,,,,\n"));
    check_code(space, PWWB_CODE_OK);

    fake_touch(&one, 0)->is_gone = 1;
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    check_code(space, PWWB_CODE_NOT_JOINED);
    fake_end(&one);
    pwwb_space_free(space);
}

/* Links of one directory come from one of the two. */
static void
a_directory_has_one_source_of_links(void)
{
    static const char links[] = HEADER "link,,,m1,F1," GUID "," ON ",\n";
    pwwb_space       *space   = fresh_space();
    fake_changes      one;

    fake_begin(&one, 1, 4);
    (void)fake_user(&one, 1);
    CHECK_STATUS(PWWB_OK, read_text(space, links));
    CHECK_STATUS(PWWB_E_STATE, import(space, "F1", &one));
    CHECK_INT(0, one.calls);
    CHECK_STATUS(PWWB_OK, read_text(space, HEADER));
    CHECK_STATUS(PWWB_OK, import(space, "F1", &one));
    CHECK_STATUS(PWWB_E_MALFORMED, read_text(space, links));
    CHECK_INT(2, result.line);
    CHECK_INT(1, number_of("SELECT count(*) FROM pwwb_object"));
    fake_end(&one);
    pwwb_space_free(space);
}

static pwwb_status
stop_once(void *ctx, const pwwb_import_result *so_far)
{
    int *left = ctx;

    (void)so_far;
    return (*left)-- == 1 ? PWWB_E_STOPPED : PWWB_OK;
}

static char *
many_rows(uint32_t count)
{
    char    *text = NULL;
    size_t   len;
    uint32_t i;
    FILE    *to = open_memstream(&text, &len);

    fprintf(to, HEADER);
    for (i = 0; i < count; i++)
        fprintf(to, "cloud,User_00000000-0000-0000-0000-%012x,,m%u,,,,\n"
                    "link,,,m%u,F%u,00000000-0000-0000-0001-%012x," ON ",CN=%u\n",
                (unsigned)i, (unsigned)i, (unsigned)i, (unsigned)(i % 5), (unsigned)i, (unsigned)i);
    (void)fclose(to);
    return text;
}

/* The same file goes on, a changed one begins anew. */
static void
a_stopped_import_goes_on_with_the_same_file(void)
{
    pwwb_space         *space = fresh_space();
    char               *text  = many_rows(1500);
    int                 left  = 1;
    pwwb_import_options stops = {.progress = stop_once, .progress_ctx = &left};

    CHECK_STATUS(PWWB_E_STOPPED, read_text_with(space, text, stops));
    CHECK_COUNTS(1000, 1000, 0, 0);
    CHECK_INT(1001, result.line);
    CHECK(result.permille > 300 && result.permille < 350);
    CHECK_STATUS(PWWB_OK, read_text(space, NULL));
    CHECK_COUNTS(2000, 2000, 0, 0);
    CHECK_INT(1, result.is_resumed);
    CHECK_INT(3001, result.line);
    CHECK_INT(1500, number_of("SELECT count(*) FROM pwwb_cloud c JOIN pwwb_object o ON o.metaverse = c.metaverse"));

    left = 1;
    CHECK_STATUS(PWWB_E_STOPPED, read_text_with(space, NULL, stops));
    CHECK_COUNTS(1000, 0, 0, 0);
    CHECK_STATUS(PWWB_OK, read_text_with(space, NULL, (pwwb_import_options){.is_full = 1}));
    CHECK_COUNTS(3000, 0, 0, 0);
    left = 1;
    CHECK_STATUS(PWWB_E_STOPPED, read_text_with(space, NULL, stops));
    CHECK_STATUS(PWWB_E_STATE, read_text(space, HEADER)); /* half a file, more often than it is meant */
    CHECK_STATUS(PWWB_OK, read_text_with(space, HEADER, (pwwb_import_options){.most_removed = 3000}));
    CHECK_INT(0, result.is_resumed);
    CHECK_COUNTS(0, 0, 0, 3000);
    free(text);
    pwwb_space_free(space);
}

static void
a_file_that_cannot_be_read_is_told(void)
{
    pwwb_space *space = fresh_space();

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_import_csv(NULL, root, NULL, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_import_csv(space, NULL, NULL, NULL, NULL));
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_space_import_csv(space, "/nowhere/file", NULL, NULL, NULL));
    CHECK_STATUS(PWWB_E_MALFORMED, pwwb_space_import_csv(space, root, NULL, NULL, NULL));
    pwwb_space_free(space);
}

int
main(void)
{
    if (!world_begin("/dev/shm") && !world_begin("/tmp")) /* it need not last */
        return 1;

    RUN(a_file_leads_from_anchor_to_object);
    RUN(columns_come_by_name_in_any_order);
    RUN(the_same_again_changes_nothing);
    RUN(a_wrong_line_is_told_and_nothing_removed);
    RUN(a_header_that_is_not_known_is_refused);
    RUN(the_engines_objects_are_joined_to_what_was_imported);
    RUN(a_directory_has_one_source_of_links);
    RUN(a_stopped_import_goes_on_with_the_same_file);
    RUN(a_file_that_cannot_be_read_is_told);
    world_end();
    return DONE;
}
