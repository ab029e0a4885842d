/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 15 16 */
/* One refusal, one code, whatever the server: a table of three of them, each of which runs; what
 * is in it stands in cases/refusals.json. PWWB_TEST_AD, PWWB_TEST_AD_HINTS and PWWB_TEST_SLAPD
 * name the files of settings that the fixtures write. */

#include <stdlib.h>

#include <pwwb/pwwb.h>

#include "harness.h"
#include "refusals.h"

#define SERVERS 3

/* enforced: 1, 0, or -1 when it does not arise there */
typedef struct row {
    const char *id;
    const char *refusal;
    const char *code;
    int         enforced[SERVERS];
} row;

static const row table[] = {
#include "refusals_table.h"
};
#define ROWS (sizeof(table) / sizeof(table[0]))

typedef struct server {
    const char     *name;
    const char     *settings; /* the variable that names their file */
    const refusals *how;
} server;

static const server servers[SERVERS] = {
    {"AD 4.17", "PWWB_TEST_AD", &refusals_of_ad},
    {"AD 4.25", "PWWB_TEST_AD_HINTS", &refusals_of_ad},
    {"slapd 2.5", "PWWB_TEST_SLAPD", &refusals_of_slapd},
};

static int32_t codes[ROWS][SERVERS];

/* Lines of "export NAME='value'". */
static int
use_settings(const server *s)
{
    const char *path = getenv(s->settings);
    FILE       *file = path != NULL ? fopen(path, "r") : NULL;
    char        line[1024], name[64], value[512];

    if (file == NULL)
        return -1;
    while (fgets(line, sizeof(line), file) != NULL) {
        value[0] = '\0'; /* '' */
        if (sscanf(line, "export %63[A-Z_]='%511[^']'", name, value) >= 1)
            setenv(name, value, 1);
    }
    fclose(file);
    return 0;
}

static const refusal *
refusal_of(const refusals *how, const char *id)
{
    const refusal *r = how->rows;

    while (r->id != NULL && strcmp(r->id, id) != 0)
        r++;
    return r;
}

static void
ask(int at)
{
    const refusals *how = servers[at].how;
    size_t          i;

    CHECK_INT(0, use_settings(&servers[at]));
    how->begin();
    for (i = 0; i < ROWS; i++) {
        const refusal *r = refusal_of(how, table[i].id);

        CHECK(r->id != NULL);
        codes[i][at] = r->id != NULL ? r->bring() : 0;
    }
    CHECK_INT(0, how->end());
}

static void
the_first_server_is_asked(void)
{
    ask(0);
}

static void
the_second_server_is_asked(void)
{
    ask(1);
}

static void
the_third_server_is_asked(void)
{
    ask(2);
}

/* What a code says in this row: its name where it refuses. */
static const char *
cell(const row *r, int at)
{
    int32_t code = codes[r - table][at];

    if (pwwb_code_outcome(code) == PWWB_OUTCOME_NOT_SET)
        return pwwb_code_name(code);
    if (pwwb_code_outcome(code) == PWWB_OUTCOME_UNKNOWN)
        return "?";
    return r->enforced[at] < 0 ? "does not arise" : "not enforced";
}

static const char *
expected_cell(const row *r, int at)
{
    if (r->enforced[at] > 0)
        return r->code;
    return r->enforced[at] < 0 ? "does not arise" : "not enforced";
}

/* Each row is a test. */
static void
compare(void)
{
    size_t i;
    int    at;

    for (i = 0; i < ROWS; i++) {
        harness_checks = harness_failures = 0;
        for (at = 0; at < SERVERS; at++)
            CHECK_STR(expected_cell(&table[i], at), cell(&table[i], at));
        harness_ran(table[i].refusal);
    }
}

static void
print(void)
{
    size_t i;

    printf("# | refusal | %s | %s | %s |\n# | --- | --- | --- | --- |\n", servers[0].name,
           servers[1].name, servers[2].name);
    for (i = 0; i < ROWS; i++)
        printf("# | %s | %s | %s | %s |\n", table[i].refusal, cell(&table[i], 0),
               cell(&table[i], 1), cell(&table[i], 2));
}

int
main(void)
{
    if (getenv(servers[0].settings) == NULL) {
        printf("1..0 # SKIP no PWWB_TEST_AD: see tests/suites/live.sh\n");
        return 0;
    }

    RUN(the_first_server_is_asked);
    RUN(the_second_server_is_asked);
    RUN(the_third_server_is_asked);
    compare();
    print();
    return DONE;
}
