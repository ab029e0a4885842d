/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <stdio.h>

/* What would stand there: its default, or a place to fill in. */
static void
print_value(const setting *t)
{
    switch (t->kind) {
    case SETTING_NUMBER:
    case SETTING_YES_NO:
        printf("%s;\n", t->otherwise != NULL ? t->otherwise : t->kind == SETTING_NUMBER ? "0" : "false");
        break;
    case SETTING_TEXTS:
        printf("[ \"%s\" ];\n", t->otherwise != NULL ? t->otherwise : "...");
        break;
    default:
        printf("\"%s\";\n", t->otherwise != NULL ? t->otherwise : "...");
    }
}

static void
print_words(const setting *t)
{
    size_t i;

    for (i = 0; t->words[i] != NULL; i++)
        printf("%s\"%s\"", i == 0 ? " (" : ", ", t->words[i]);
    putchar(')');
}

static void print_table(const setting *table, int depth);

static void
print_one(const setting *t, int depth)
{
    int is_group = t->kind == SETTING_GROUP || t->kind == SETTING_GROUPS;
    int is_list  = t->kind == SETTING_GROUPS;

    printf("%*s# %s", depth, "", t->help);
    if (t->kind == SETTING_WORD)
        print_words(t);
    if (t->kind == SETTING_NUMBER)
        printf(" (%lld to %lld)", (long long)t->least, (long long)t->most);
    printf("%s\n", t->is_required ? "; required" : "");
    if (!is_group) {
        printf("%*s%s%s = ", depth, "", t->is_required ? "" : "#", t->name);
        print_value(t);
        return;
    }
    printf("%*s%s%s\n", depth, "", t->name, is_list ? " = ( {" : ": {");
    print_table(t->inner, depth + 4);
    printf("%*s%s\n", depth, "", is_list ? "} );" : "};");
}

static void
print_table(const setting *table, int depth)
{
    const setting *t;

    for (t = table; t->name != NULL; t++)
        print_one(t, depth);
}

void
settings_print(const setting *table)
{
    print_table(table, 0);
}
