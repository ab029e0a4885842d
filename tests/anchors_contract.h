/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ANCHORS_CONTRACT_H
#define ANCHORS_CONTRACT_H

/* What every store of anchors finds: run over each maker. A program that includes it says how an empty one is
 * made, and how it is filled. */

#include <pwwb/anchor.h>
#include <stdio.h>

#include "harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* tests/cases/anchor-scenarios.json. `live` fields are what the directory itself says now. */
struct scenario_link {
    const char *directory;
    int         live_user_account_control;
    int         live_is_deleted;
    const char *rules[4];
};

static const struct scenario {
    const char          *id;
    const char          *name;
    const char          *expected;
    int                  has_connector_object;
    int                  is_joined; /* -1: told in words only */
    struct scenario_link links[3];
} scenarios[] = {
#include "anchor_scenarios.h"
};

static const uint8_t     zero[PWWB_ID_SIZE];
static const pwwb_anchor user                = {PWWB_ANCHOR_CLOUD, {1}};
static const pwwb_anchor source              = {PWWB_ANCHOR_SOURCE, {1}};
static const uint8_t     alice[PWWB_ID_SIZE] = {0xa1};
static const uint8_t     bob[PWWB_ID_SIZE]   = {0xb0};

/* Metaverse 0: not joined. Either anchor may be NULL. */
static pwwb_anchors *new_store(void);
static void add_object_of(pwwb_anchors *store, const pwwb_anchor *cloud, const pwwb_anchor *its_source,
                          uint64_t metaverse);
static void add_link(pwwb_anchors *store, uint64_t metaverse, const char *directory, const uint8_t *guid,
                     const char *rule);

static void
add_object(pwwb_anchors *store, const pwwb_anchor *cloud, uint64_t metaverse)
{
    add_object_of(store, cloud, NULL, metaverse);
}

static pwwb_found
find(pwwb_anchors *store, const pwwb_anchor *anchor)
{
    pwwb_found found = {.size = sizeof(found)};

    CHECK_STATUS(PWWB_OK, pwwb_anchors_find(store, anchor, 0, &found, NULL));
    CHECK_INT(sizeof(found), found.size);
    return found;
}

/* One metaverse object, and one directory object for each link; its GUID is the link's number. */
static pwwb_anchors *
store_of(const struct scenario *scenario)
{
    pwwb_anchors *store = new_store();
    uint8_t       guid[PWWB_ID_SIZE];
    size_t        i, k;

    if (scenario->has_connector_object)
        add_object(store, &user, scenario->is_joined ? 1 : 0);
    memset(guid, 0, sizeof(guid));
    for (i = 0; i < COUNT(scenario->links) && scenario->links[i].directory != NULL; i++) {
        guid[0] = (uint8_t)(i + 1);
        for (k = 0; k < COUNT(scenario->links[i].rules) && scenario->links[i].rules[k] != NULL; k++)
            add_link(store, 1, scenario->links[i].directory, guid, scenario->links[i].rules[k]);
    }
    return store;
}

/* What the directory, asked by objectGUID, says of the object that was found: a model of the step
 * that follows the lookup, so that scenarios can be told to their end. */
static int32_t
live_code(const struct scenario *scenario, const pwwb_found *found)
{
    const struct scenario_link *link;

    if (found->code != PWWB_CODE_OK)
        return found->code;

    link = &scenario->links[found->guid[0] - 1];
    if (link->live_is_deleted)
        return PWWB_CODE_NOT_FOUND;
    return link->live_user_account_control & 2 ? PWWB_CODE_DISABLED : PWWB_CODE_OK;
}

static void
every_scenario_that_is_told_in_data_ends_as_it_says(void)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < COUNT(scenarios); i++) {
        char          text[128];
        pwwb_anchors *store;
        pwwb_found    found;
        int32_t       code;

        if (scenarios[i].is_joined < 0)
            continue;

        store = store_of(&scenarios[i]);
        found = find(store, &user);
        code  = live_code(&scenarios[i], &found);
        snprintf(text, sizeof(text), "%s%s%s", pwwb_code_name(code),
                 code == PWWB_CODE_OK ? " " : "", code == PWWB_CODE_OK ? found.directory : "");
        printf("# %s: %s\n", scenarios[i].id, scenarios[i].name);
        CHECK_STR(scenarios[i].expected, text);
        count++;
        pwwb_anchors_free(store);
    }
    CHECK_INT(9, count);
}

/* a13: the source anchor is a ConsistencyGuid; it leads through the link to another objectGUID. */
static void
a_migrated_user_is_found_through_the_link(void)
{
    pwwb_anchors *store = new_store();
    pwwb_found    found;

    add_object_of(store, &user, &source, 1);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    found = find(store, &source);
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_MEM(alice, sizeof(alice), found.guid, sizeof(found.guid));
    CHECK_INT(PWWB_CODE_OK, find(store, &user).code);
    pwwb_anchors_free(store);
}

/* a17: the class is no matter: the same rule stands on its link. */
static void
an_inetorgperson_is_found_by_the_same_rule(void)
{
    pwwb_anchors *store = new_store();

    add_object(store, &user, 1);
    add_link(store, 1, "F1", alice, "In from AD - User AccountEnabled");
    CHECK_INT(PWWB_CODE_OK, find(store, &user).code);
    pwwb_anchors_free(store);
}

static void
no_connector_object_is_not_found(void)
{
    pwwb_anchors *store = new_store();
    pwwb_found    found;

    add_link(store, 1, "F1", alice, "User AccountEnabled");
    found = find(store, &user);
    CHECK_INT(PWWB_CODE_NOT_FOUND, found.code);
    CHECK_INT(0, found.candidates);
    CHECK_MEM(zero, sizeof(zero), found.guid, sizeof(found.guid));
    pwwb_anchors_free(store);
}

static void
a_link_without_the_rule_is_not_eligible_and_counted(void)
{
    pwwb_anchors *store = new_store();
    pwwb_found    found;

    add_object(store, &user, 1);
    add_link(store, 1, "F1", alice, "User Join");
    add_link(store, 1, "F2", bob, "User Common");
    found = find(store, &user);
    CHECK_INT(PWWB_CODE_NOT_ELIGIBLE, found.code);
    CHECK_INT(2, found.candidates);
    pwwb_anchors_free(store);
}

static void
two_enabled_objects_are_ambiguous(void)
{
    pwwb_anchors *store = new_store();
    pwwb_found    found;

    add_object(store, &user, 1);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    add_link(store, 1, "F2", bob, "User AccountEnabled");
    found = find(store, &user);
    CHECK_INT(PWWB_CODE_AMBIGUOUS, found.code);
    CHECK_INT(2, found.candidates);
    CHECK_MEM(zero, sizeof(zero), found.guid, sizeof(found.guid));
    CHECK_STR("", found.directory);
    pwwb_anchors_free(store);
}

static void
the_same_guid_in_two_forests_is_two_objects(void)
{
    pwwb_anchors *store = new_store();

    add_object(store, &user, 1);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    add_link(store, 1, "F2", alice, "User AccountEnabled");
    CHECK_INT(PWWB_CODE_AMBIGUOUS, find(store, &user).code);
    pwwb_anchors_free(store);
}

static void
one_object_with_many_rules_is_one_candidate(void)
{
    pwwb_anchors *store = new_store();
    pwwb_found    found;

    add_object(store, &user, 1);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    add_link(store, 1, "F1", alice, "User Common");
    add_link(store, 1, "F1", alice, "Microsoft.InfromADUserAccountEnabled.005");
    found = find(store, &user);
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_INT(1, found.candidates);
    CHECK_STR("F1", found.directory);
    pwwb_anchors_free(store);
}

static void
two_connector_objects_of_one_metaverse_object_are_one_way(void)
{
    pwwb_anchors *store = new_store();
    pwwb_found    found;

    add_object(store, &user, 1);
    add_object(store, &user, 1);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    found = find(store, &user);
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_INT(1, found.candidates);
    pwwb_anchors_free(store);
}

static void
two_connector_objects_that_lead_apart_are_ambiguous(void)
{
    pwwb_anchors *store = new_store();

    add_object(store, &user, 1);
    add_object(store, &user, 2);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    add_link(store, 2, "F1", bob, "User AccountEnabled");
    CHECK_INT(PWWB_CODE_AMBIGUOUS, find(store, &user).code);
    pwwb_anchors_free(store);
}

/* The same octets as another kind of anchor are another object. */
static void
kinds_of_anchors_are_not_mixed_up(void)
{
    pwwb_anchors *store = new_store();

    add_object(store, &user, 1);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    CHECK_INT(PWWB_CODE_NOT_FOUND, find(store, &source).code);
    pwwb_anchors_free(store);
}

static void
anchors_contract(void)
{
    RUN(every_scenario_that_is_told_in_data_ends_as_it_says);
    RUN(a_migrated_user_is_found_through_the_link);
    RUN(an_inetorgperson_is_found_by_the_same_rule);
    RUN(no_connector_object_is_not_found);
    RUN(a_link_without_the_rule_is_not_eligible_and_counted);
    RUN(two_enabled_objects_are_ambiguous);
    RUN(the_same_guid_in_two_forests_is_two_objects);
    RUN(one_object_with_many_rules_is_one_candidate);
    RUN(two_connector_objects_of_one_metaverse_object_are_one_way);
    RUN(two_connector_objects_that_lead_apart_are_ambiguous);
    RUN(kinds_of_anchors_are_not_mixed_up);
}

#endif /* ANCHORS_CONTRACT_H */
