/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* A made-up country in a space, by way of a file: every anchor leads where the country says. */
#include <pwwb/space.h>
#include <sys/stat.h>

#include "bench/people.h"
#include "folder.h"
#include "harness.h"

#define PEOPLE    2000
#define LINE_SIZE 512

static char folder[] = "/tmp/pwwb-people-XXXXXX";
static char space_path[64], csv_path[64];

/* All lines but the one of a number; the header is line 0. */
static void
write_lines(const people *all, long without)
{
    FILE *from = tmpfile(), *to = fopen(csv_path, "w");
    char  line[LINE_SIZE];
    long  number;

    CHECK(from != NULL && to != NULL && people_write(all, from) == 0);
    rewind(from);
    for (number = 0; fgets(line, sizeof(line), from) != NULL; number++)
        if (number != without)
            (void)fputs(line, to);
    CHECK(number > 2 * PEOPLE && fclose(to) == 0);
    fclose(from);
}

static pwwb_import_result
import(const people *all, long without)
{
    const pwwb_import_options options = {.size = sizeof(options), .most_removed = -1};
    pwwb_import_result        result  = {.size = sizeof(result)};
    pwwb_space               *space;

    write_lines(all, without);
    CHECK_STATUS(PWWB_OK, pwwb_space_open(space_path, PWWB_SPACE_WRITE, &space, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_space_import_csv(space, csv_path, &options, &result, NULL));
    pwwb_space_free(space);
    return result;
}

static people_tally
asked(const people *all)
{
    pwwb_anchors *store;
    people_tally  tally;

    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(space_path, &store, NULL));
    tally = people_sweep(all, store);
    pwwb_anchors_free(store);
    return tally;
}

static void
every_anchor_leads_where_the_country_says(void)
{
    const people all = people_make(PEOPLE, 1);
    people_tally tally;
    int          i;

    (void)import(&all, -1);
    tally = asked(&all);
    CHECK_INT(0, tally.wrong);
    for (i = 0; i < PEOPLE_CODES; i++)
        CHECK_INT(people_codes[i] == PWWB_CODE_OK ? PEOPLE * 9 / 10 * 2 : PEOPLE * 2 / 100 * 2,
                  tally.answered[i]);
}

static void
the_same_file_changes_nothing(void)
{
    const people             all    = people_make(PEOPLE, 1);
    const pwwb_import_result result = import(&all, -1);

    CHECK_INT(0, result.added + result.changed + result.removed);
    CHECK_INT(0, asked(&all).wrong);
}

/* Both answers of one person, and nobody else's. */
static void
a_line_that_lacks_shows_and_comes_again(void)
{
    const people all = people_make(PEOPLE, 1);

    CHECK_INT(1, import(&all, 7).removed);
    CHECK_INT(2, asked(&all).wrong);
    CHECK_INT(1, import(&all, -1).added);
    CHECK_INT(0, asked(&all).wrong);
}

static void
of_another_country_nobody_stays(void)
{
    const people all = people_make(PEOPLE, 1), others = people_make(PEOPLE, 2);

    (void)import(&others, -1);
    CHECK_INT(0, asked(&others).wrong);
    CHECK_INT(2 * PEOPLE, asked(&all).answered[people_place(PWWB_CODE_NOT_FOUND)]);
}

int
main(void)
{
    if (mkdtemp(folder) == NULL)
        return 1;
    (void)snprintf(space_path, sizeof(space_path), "%s/space", folder);
    (void)snprintf(csv_path, sizeof(csv_path), "%s/people.csv", folder);

    RUN(every_anchor_leads_where_the_country_says);
    RUN(the_same_file_changes_nothing);
    RUN(a_line_that_lacks_shows_and_comes_again);
    RUN(of_another_country_nobody_stays);
    empty_folder(folder);
    (void)rmdir(folder);
    return DONE;
}
