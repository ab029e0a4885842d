/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follow cloud anchors to directory accounts, as a sync engine's tables link them; each condition
 * that is not met has a result of its own.
 *
 *     03_anchor_lookup
 */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>

#define ENABLED "Microsoft.InfromADUserAccountEnabled.corp" /* the rule that makes a link count */

/* Cloud objects: the metaverse object each is joined to (0: none), and what must come out. */
static const struct {
    const char *anchor;
    uint64_t    metaverse;
    int32_t     code;
} people[] = {
    {"User_00000000-0000-0000-0000-000000000001", 10, PWWB_CODE_OK},
    {"User_00000000-0000-0000-0000-000000000002", 0, PWWB_CODE_NOT_JOINED},
    {"User_00000000-0000-0000-0000-000000000003", 30, PWWB_CODE_NO_DIRECTORY_OBJECT},
    {"User_00000000-0000-0000-0000-000000000004", 40, PWWB_CODE_NOT_ELIGIBLE},
    {"User_00000000-0000-0000-0000-000000000005", 50, PWWB_CODE_AMBIGUOUS},
};

/* Links from metaverse objects to the accounts of two directories. */
static const struct {
    uint64_t    metaverse;
    const char *directory;
    uint8_t     object_guid[PWWB_ID_SIZE];
    const char *rule;
} links[] = {
    {10, "corp.example", {0xa1}, "In from AD - User Join"},
    {10, "corp.example", {0xa1}, ENABLED},
    {40, "corp.example", {0xa4}, "In from AD - User Join"},
    {50, "corp.example", {0xa5}, ENABLED},
    {50, "west.example", {0xb5}, ENABLED},
};

static pwwb_status
fill(pwwb_anchors *store, pwwb_error *err)
{
    pwwb_anchor cloud;
    pwwb_status st = PWWB_OK;
    size_t      i;

    for (i = 0; st == PWWB_OK && i < sizeof(people) / sizeof(people[0]); i++) {
        st = pwwb_anchor_parse(people[i].anchor, strlen(people[i].anchor), &cloud, err);
        if (st == PWWB_OK)
            st = pwwb_anchors_add_object(store, &cloud, NULL, people[i].metaverse, err);
    }
    for (i = 0; st == PWWB_OK && i < sizeof(links) / sizeof(links[0]); i++)
        st = pwwb_anchors_add_link(store, links[i].metaverse, links[i].directory,
                                   links[i].object_guid, links[i].rule, err);
    return st;
}

/* 1 when the lookup answered what it must. */
static int
look_up(pwwb_anchors *store, const char *text, int32_t expected, pwwb_error *err)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_anchor anchor;
    char        guid[37];
    pwwb_status st = pwwb_anchor_parse(text, strlen(text), &anchor, err);

    if (st == PWWB_OK)
        st = pwwb_anchors_find(store, &anchor, -1, &found, err);
    if (st != PWWB_OK)
        return 0;

    printf("%s  %-19s %d candidates\n", text, pwwb_code_name(found.code), (int)found.candidates);
    pwwb_guid_print(found.guid, guid);
    if (found.code == PWWB_CODE_OK)
        printf("    account %s in %s\n", guid, found.directory);
    else
        printf("    %s\n", pwwb_code_operator_text(found.code));
    return found.code == expected;
}

int
main(void)
{
    pwwb_anchors *store = NULL;
    pwwb_error   *err   = pwwb_error_new();
    int           wrong = 0;
    size_t        i;
    pwwb_status   st = pwwb_anchors_new_memory(100, &store, err);

    if (st == PWWB_OK)
        st = fill(store, err);
    if (st != PWWB_OK)
        goto out;

    for (i = 0; i < sizeof(people) / sizeof(people[0]); i++)
        wrong += !look_up(store, people[i].anchor, people[i].code, err);
    wrong += !look_up(store, "User_00000000-0000-0000-0000-00000000000f", PWWB_CODE_NOT_FOUND, err);
out:
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_anchors_free(store);
    pwwb_error_free(err);
    return st == PWWB_OK && wrong == 0 ? 0 : 1;
}
