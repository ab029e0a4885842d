/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings_line sample|agent|portal FILE...: reads configuration files, as the agent or the portal does, or ones with one
 * of everything; a line "= CODE" on stderr behind each, 0 or 78.
 * settings_line sample|agent|portal --table: what may stand there, for tests/check_settings.py: a line each of path,
 * kind, whether it is required, least, most, words, what is expected; between tabs.
 */
#include "../examples/agent/agent_settings.h"
#include "../examples/portal/portal_settings.h"

#include <stdio.h>
#include <string.h>

typedef struct place {
    const char    *name;
    settings_texts rooms;
    int64_t        floors;
    int32_t        colour, is_open;
} place;

typedef struct everything {
    const char     *title;
    key_settings    keys;
    relay_settings  relay;
    settings_groups places;
} everything;

static const char *const colours[] = {"red", "green", "blue", NULL};

#define PLACE(member) offsetof(place, member)

static const setting place_table[] = {
    {"name", SETTING_TEXT, 1, PLACE(name), "its name", NULL, 0, 0, NULL, NULL, 0},
    {"rooms", SETTING_TEXTS, 1, PLACE(rooms), "its rooms", NULL, 0, 0, NULL, NULL, 0},
    {"floors", SETTING_NUMBER, 1, PLACE(floors), "how many, cellars included", NULL, -3, 2000000000, NULL, NULL, 0},
    {"colour", SETTING_WORD, 1, PLACE(colour), "of its walls", NULL, 0, 0, colours, NULL, 0},
    {"is_open", SETTING_YES_NO, 1, PLACE(is_open), "whether one may come in", NULL, 0, 0, NULL, NULL, 0},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

#define AT(member) offsetof(everything, member)

static const setting table[] = {
    {"title", SETTING_TEXT, 1, AT(title), "a title", NULL, 0, 0, NULL, NULL, 0},
    {"keys", SETTING_GROUP, 1, AT(keys), "the keys", NULL, 0, 0, NULL, key_table, 0},
    {"relay", SETTING_GROUP, 1, AT(relay), "the relay", NULL, 0, 0, NULL, relay_table, 0},
    {"places", SETTING_GROUPS, 1, AT(places), "where things are", NULL, 0, 0, NULL, place_table, sizeof(place)},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

static void
print_table(const setting *t, const char *around)
{
    char   path[128];
    size_t i;

    for (; t->name != NULL; t++) {
        (void)snprintf(path, sizeof(path), "%s%s", around, t->name);
        printf("%s\t%d\t%d\t%lld\t%lld\t", path, (int)t->kind, (int)t->is_required, (long long)t->least,
               (long long)t->most);
        for (i = 0; t->words != NULL && t->words[i] != NULL; i++)
            printf("%s ", t->words[i]);
        printf("\t%s\n", t->help);
        (void)strncat(path, t->kind == SETTING_GROUPS ? ".[]." : ".", sizeof(path) - strlen(path) - 1);
        if (t->inner != NULL)
            print_table(t->inner, path);
    }
}

static const setting *
table_of(const char *name)
{
    if (strcmp(name, "agent") == 0)
        return agent_table;
    return strcmp(name, "portal") == 0 ? portal_table : table;
}

/* What no table can tell is judged for the sample alone. */
static int
read_file(const char *name, const char *path)
{
    static union {
        everything      sample;
        agent_settings  agent;
        portal_settings portal;
    } into;
    const setting *t = table_of(name);
    settings      *s;
    int            faults;

    memset(&into, 0, sizeof(into));
    s = settings_read(path, t, &into);
    if (s == NULL)
        return SETTINGS_EXIT;
    faults = t == table ? key_settings_check(s, &into.sample.keys) + relay_settings_check(s, &into.sample.relay) : 0;
    settings_free(s);
    return faults == 0 ? 0 : SETTINGS_EXIT;
}

int
main(int argc, char **argv)
{
    int i;

    if (argc < 3)
        return 2;
    if (strcmp(argv[2], "--table") == 0)
        print_table(table_of(argv[1]), "");
    else
        for (i = 2; i < argc; i++)
            fprintf(stderr, "= %d\n", read_file(argv[1], argv[i]));
    return 0;
}
