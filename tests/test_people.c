/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* The made-up country of bench/people.h: what it writes leads where it says, by the store in memory. */
#include "bench/people.h"

#include <stdlib.h>

#include "harness.h"

#define PEOPLE    10000
#define LINE_SIZE 512

/* The columns of a line but for its end and the dn, which alone has quotes and stands last. */
enum { KIND, CLOUD, SOURCE, METAVERSE, DIRECTORY, GUID, RULES, COLUMNS };

static FILE *
written(const people *all)
{
    FILE *file = tmpfile();

    CHECK(file != NULL && people_write(all, file) == 0);
    rewind(file);
    return file;
}

static uint64_t
metaverse_of(const char *text)
{
    uint8_t  guid[PWWB_ID_SIZE];
    uint64_t number = 0;

    if (pwwb_guid_parse(text, strlen(text), guid, NULL) == PWWB_OK)
        memcpy(&number, guid, sizeof(number));
    return number;
}

static pwwb_status
add_object(pwwb_anchors *store, char *const *columns)
{
    pwwb_anchor cloud, source;
    pwwb_status st = pwwb_anchor_parse(columns[CLOUD], strlen(columns[CLOUD]), &cloud, NULL);

    if (st == PWWB_OK)
        st = pwwb_anchor_parse(columns[SOURCE], strlen(columns[SOURCE]), &source, NULL);
    if (st == PWWB_OK)
        st = pwwb_anchors_add_object(store, &cloud, &source, metaverse_of(columns[METAVERSE]), NULL);
    return st;
}

static pwwb_status
add_link(pwwb_anchors *store, char *const *columns)
{
    uint8_t     guid[PWWB_ID_SIZE];
    char       *rules = columns[RULES], *rule;
    pwwb_status st    = pwwb_guid_parse(columns[GUID], strlen(columns[GUID]), guid, NULL);

    while (st == PWWB_OK && (rule = strsep(&rules, "|")) != NULL)
        st = pwwb_anchors_add_link(store, metaverse_of(columns[METAVERSE]), columns[DIRECTORY], guid,
                                   rule, NULL);
    return st;
}

static pwwb_status
add_line(pwwb_anchors *store, char *line)
{
    char *columns[COLUMNS];
    int   i;

    for (i = 0; i < COLUMNS; i++)
        columns[i] = strsep(&line, ",");
    if (line == NULL)
        return PWWB_E_MALFORMED;
    return strcmp(columns[KIND], "cloud") == 0 ? add_object(store, columns) : add_link(store, columns);
}

/* A store of all lines but the one of a number; the header is line 0. */
static pwwb_anchors *
filled(const people *all, long without)
{
    pwwb_anchors *store;
    FILE         *file = written(all);
    char          line[LINE_SIZE];
    long          number;
    int           unread = 0;

    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_memory(2 * PEOPLE, &store, NULL));
    for (number = 0; fgets(line, sizeof(line), file) != NULL; number++)
        if (number > 0 && number != without)
            unread += add_line(store, line) != PWWB_OK;
    CHECK_INT(0, unread);
    CHECK(number > 2 * PEOPLE && number < 3 * PEOPLE);
    fclose(file);
    return store;
}

static void
every_anchor_leads_where_it_says(void)
{
    const people  all   = people_make(PEOPLE, 1);
    pwwb_anchors *store = filled(&all, -1);
    people_tally  tally = people_sweep(&all, store);
    int           i;

    CHECK_INT(0, tally.wrong);
    for (i = 0; i < PEOPLE_CODES; i++) {
        /* Two of a hundred each, but for those who are well; two anchors. */
        CHECK_INT(people_codes[i] == PWWB_CODE_OK ? PEOPLE * 9 / 10 * 2 : PEOPLE * 2 / 100 * 2,
                  tally.expected[i]);
        CHECK_INT(tally.expected[i], tally.answered[i]);
    }
    pwwb_anchors_free(store);
}

/* Both answers of one person, and nobody else's. None of these is a link that no object leads to. */
static void
one_line_that_lacks_shows(void)
{
    static const long lines[] = {1, 7000, 9799, 10000, 19000, 20000};
    const people      all     = people_make(PEOPLE, 1);
    size_t            i;

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        pwwb_anchors *store = filled(&all, lines[i]);

        CHECK_INT(2, people_sweep(&all, store).wrong);
        pwwb_anchors_free(store);
    }
}

static void
another_seed_is_another_country(void)
{
    const people  all = people_make(PEOPLE, 1), others = people_make(PEOPLE, 2);
    pwwb_anchors *store = filled(&others, -1);

    CHECK_INT(2 * PEOPLE - 2 * PEOPLE * 2 / 100, people_sweep(&all, store).wrong);
    pwwb_anchors_free(store);
}

static void
who_has_two_links_has_them_in_two_forests(void)
{
    const people all                      = people_make(PEOPLE, 1);
    int          per_forest[PEOPLE_FORESTS] = {0};
    int          two = 0, chosen_first = 0, same = 0, i;

    for (i = 0; i < PEOPLE; i++) {
        const person who = people_get(&all, (uint64_t)i);

        per_forest[who.links[0].forest] += who.link_count > 0;
        if (who.link_count < 2)
            continue;
        two++;
        same += who.links[0].forest == who.links[1].forest;
        chosen_first += who.target == 0;
    }
    CHECK_INT(PEOPLE * 12 / 100, two);
    CHECK_INT(0, same);
    CHECK(chosen_first > two / 3 && chosen_first < two * 2 / 3);
    for (i = 0; i < PEOPLE_FORESTS; i++)
        CHECK(per_forest[i] > PEOPLE / 6 && per_forest[i] < PEOPLE / 4);
}

int
main(void)
{
    RUN(every_anchor_leads_where_it_says);
    RUN(one_line_that_lacks_shows);
    RUN(another_seed_is_another_country);
    RUN(who_has_two_links_has_them_in_two_forests);
    return DONE;
}
