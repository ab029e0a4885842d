/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings_manual agent|portal <TEMPLATE >PAGE: while the programs are built, their configurations' manual pages, in
 * mdoc(7). In place of @FORM@ stands how a file is written, of @SETTINGS@ what its table holds.
 */
#include "../agent/agent_settings.h"
#include "../portal/portal_settings.h"

#include <stdio.h>
#include <string.h>

static const char form[] =
    "A setting is a name, an equals sign, a value and a semicolon.\n"
    "A text stands in quotes, a number does not; yes and no are true and false.\n"
    "Texts stand in brackets, separated by commas; one alone may do without.\n"
    "A group is a name, a colon, and settings in braces.\n"
    "A comment begins with\n.Sq # .\n"
    "A line\n.Ql @include \\(dqFILE\\(dq\nputs another file in its place.\n"
    "Whatever is wrong or not known is told with its line, and nothing is begun.\n";

/* A sentence, in lines that are not long: no request at the beginning of one, no escape in it. */
static void
print_text(const char *text)
{
    size_t column = 0;

    for (; *text != '\0'; text++) {
        if (column == 0 && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        if (*text == ' ' && column > 60)
            column = 0;
        else
            column++;
        if (*text == '\\')
            fputs("\\e", stdout);
        else
            putchar(column == 0 ? '\n' : *text);
    }
}

static void
print_kind(const setting *t)
{
    size_t i;

    switch (t->kind) {
    case SETTING_NUMBER:
        printf(" Ar number\n.br\nFrom %lld to %lld:\n", (long long)t->least, (long long)t->most);
        break;
    case SETTING_YES_NO:
        printf(" Cm true | false\n.br\n");
        break;
    case SETTING_WORD:
        for (i = 0; t->words[i] != NULL; i++)
            printf("%s \\(dq%s\\(dq", i == 0 ? " Cm" : " |", t->words[i]);
        printf("\n.br\n");
        break;
    case SETTING_TEXTS:
        printf(" [ Ar text , ... ]\n.br\n");
        break;
    default:
        printf(" Ar text\n.br\n");
    }
}

static void
print_setting(const setting *t, const char *around)
{
    printf(".It Ic %s%s =", around, t->name);
    print_kind(t);
    print_text(t->help);
    if (t->is_required)
        puts(".\nRequired.");
    else if (t->otherwise != NULL)
        printf(".\nIf not given: %s.\n", t->otherwise);
    else
        puts(".");
}

static int
is_group(const setting *t)
{
    return t->kind == SETTING_GROUP || t->kind == SETTING_GROUPS;
}

/* The settings of a group, then its groups. */
static void
print_group(const setting *table, const char *around)
{
    const setting *t;
    char           name[128];

    puts(".Bl -tag -width Ds");
    for (t = table; t->name != NULL; t++)
        if (!is_group(t))
            print_setting(t, around);
    puts(".El");
    for (t = table; t->name != NULL; t++) {
        if (!is_group(t))
            continue;
        printf(".Ss %s%s\n", around, t->name);
        printf(t->kind == SETTING_GROUPS ? "A list of groups, ( { }, { } ):\n" : "A group:\n");
        print_text(t->help);
        puts(t->is_required ? ".\nRequired." : ".");
        (void)snprintf(name, sizeof(name), "%s%s.", around, t->name);
        print_group(t->inner, name);
    }
}

int
main(int argc, char **argv)
{
    char line[1024];

    if (argc != 2)
        return 2;
    while (fgets(line, sizeof(line), stdin) != NULL)
        if (strcmp(line, "@FORM@\n") == 0)
            fputs(form, stdout);
        else if (strcmp(line, "@SETTINGS@\n") == 0)
            print_group(strcmp(argv[1], "agent") == 0 ? agent_table : portal_table, "");
        else
            fputs(line, stdout);
    return ferror(stdin) || fflush(stdout) != 0;
}
