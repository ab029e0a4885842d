/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/nearest.h"

enum { FLAG, TEXT, NUMBER };

enum {
    ASK = PORTAL_RESET | PORTAL_CHANGE | PORTAL_UNLOCK,
    SET = PORTAL_RESET | PORTAL_CHANGE,
    ALL = 0 /* also before the command */
};

#define AT(member) offsetof(portal_options, member)

static const struct row {
    const char *name;
    int         kind;
    int32_t     commands;
    size_t      offset;
    int64_t     least, most;
} rows[] = {
    {"config", TEXT, ALL, AT(config), 0, 0},
    {"json", FLAG, ALL, AT(is_json), 0, 0},
    {"lang", TEXT, ALL, AT(lang), 0, 0},
    {"help", FLAG, ALL, AT(is_help), 0, 0},
    {"version", FLAG, ALL, AT(is_version), 0, 0},
    {"print-config", FLAG, ALL, AT(is_print_config), 0, 0},
    {"out", TEXT, PORTAL_TICKET, AT(out), 0, 0},
    {"hours", NUMBER, PORTAL_TICKET, AT(hours), 1, 168},
    {"wait", FLAG, PORTAL_TICKET, AT(is_wait), 0, 0},
    {"wait", NUMBER, PORTAL_READY, AT(wait_s), 0, 86400},
    {"must-change", FLAG, SET, AT(must_change), 0, 0},
    {"unlock", FLAG, SET, AT(unlock), 0, 0},
    {"admin", TEXT, ASK, AT(admin), 0, 0},
    {"user-type", TEXT, ASK, AT(user_type), 0, 0},
    {"origin", TEXT, ASK, AT(origin), 0, 0},
    {"timeout", NUMBER, ASK, AT(timeout_s), 1, 300},
    {"anyway", FLAG, ASK, AT(anyway), 0, 0},
    {"password-fd", NUMBER, SET, AT(password_fd), 0, 65535},
    {"password-file", TEXT, SET, AT(password_file), 0, 0},
};

static const struct command {
    int32_t     command;
    int         has_word;
    const char *name, *usage;
} commands[] = {
    {PORTAL_TICKET, 0, "ticket", "ticket [--out FILE] [--hours N] [--wait]"},
    {PORTAL_CONFIRM, 1, "confirm", "confirm FINGERPRINT"},
    {PORTAL_REVOKE, 0, "revoke", "revoke"},
    {PORTAL_SERVE, 0, "serve", "serve"},
    {PORTAL_READY, 0, "ready", "ready [--wait SECONDS]"},
    {PORTAL_STATUS, 0, "status", "status"},
    {PORTAL_RESET, 1, "reset", "reset ANCHOR [OPTION...]"},
    {PORTAL_CHANGE, 1, "change", "change ANCHOR [OPTION...]"},
    {PORTAL_UNLOCK, 1, "unlock", "unlock ANCHOR [OPTION...]"},
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct command *
find_command(int32_t command)
{
    size_t i;

    for (i = 0; i < COUNT(commands); i++)
        if (commands[i].command == command)
            return &commands[i];
    return NULL;
}

const char *
portal_command_name(int32_t command)
{
    return find_command(command)->name;
}

const char *
portal_command_usage(int32_t command)
{
    return find_command(command)->usage;
}

/* The row of an option of `len` characters; NULL = there is none of this command. */
static const struct row *
find_row(const char *name, size_t len, int32_t command)
{
    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        if (strncmp(rows[i].name, name, len) == 0 && rows[i].name[len] == '\0'
            && (rows[i].commands == ALL || (rows[i].commands & command) != 0))
            return &rows[i];
    return NULL;
}

/* Never the value: somebody may have given a password there. */
static int
complain_option(const char *name, size_t len, int32_t command)
{
    const char *near = NULL;
    char        copy[64];
    size_t      i;

    (void)snprintf(copy, sizeof(copy), "%.*s", len < sizeof(copy) ? (int)len : 63, name);
    for (i = 0; i < COUNT(rows); i++)
        if (rows[i].commands == ALL || (rows[i].commands & command) != 0)
            near = nearest(copy, near, rows[i].name);
    fprintf(stderr, "pwwb-portal: no option --%s%s%s here; the nearest is --%s\n", copy,
            command != 0 ? " of " : "", command != 0 ? portal_command_name(command) : "", near);
    return -1;
}

static int
take_number(portal_options *o, const struct row *row, const char *value)
{
    char     *end    = NULL;
    long long number = strtoll(value, &end, 10);

    if (end == value || *end != '\0' || number < row->least || number > row->most) {
        fprintf(stderr, "pwwb-portal: --%s: a number from %lld to %lld was expected\n", row->name,
                (long long)row->least, (long long)row->most);
        return -1;
    }
    *(int64_t *)(void *)((char *)o + row->offset) = number;
    return 0;
}

/* One option, and its value, which may be the next word. */
static int
take_option(portal_options *o, char ***at)
{
    const char       *name  = **at + 2;
    size_t            len   = strcspn(name, "=");
    const struct row *row   = find_row(name, len, o->command);
    const char       *value = name[len] == '=' ? name + len + 1 : NULL;

    if (row == NULL)
        return complain_option(name, len, o->command);
    if (row->kind == FLAG && value == NULL) {
        *(int32_t *)(void *)((char *)o + row->offset) = 1;
        return 0;
    }
    if (row->kind != FLAG && value == NULL && (*at)[1] != NULL)
        value = *++*at;
    if (row->kind == FLAG || value == NULL || *value == '\0') {
        fprintf(stderr, "pwwb-portal: --%s %s\n", row->name,
                row->kind == FLAG ? "has no value" : "needs a value");
        return -1;
    }
    if (row->kind == NUMBER)
        return take_number(o, row, value);
    *(const char **)(void *)((char *)o + row->offset) = value;
    return 0;
}

static int
take_command(portal_options *o, const char *word)
{
    const char *near = NULL;
    size_t      i;

    for (i = 0; i < COUNT(commands) && o->command == 0; i++) {
        near = nearest(word, near, commands[i].name);
        if (strcmp(commands[i].name, word) == 0)
            o->command = commands[i].command;
    }
    if (o->command != 0)
        return 0;
    fprintf(stderr, "pwwb-portal: no such command; the nearest is %s\n", near);
    return -1;
}

static int
take_word(portal_options *o, const char *word)
{
    if (o->command == 0)
        return take_command(o, word);
    if (find_command(o->command)->has_word && o->word == NULL) {
        o->word = word;
        return 0;
    }
    fprintf(stderr, "pwwb-portal: one word too many; a password is never given as one\n");
    return -1;
}

int
portal_options_read(portal_options *o, int argc, char **argv)
{
    char **at = argv + (argc > 0);
    int    rc = 0;

    *o = (portal_options){.wait_s = -1, .password_fd = -1};
    for (; *at != NULL && rc == 0; at++)
        rc = strncmp(*at, "--", 2) == 0 ? take_option(o, &at) : take_word(o, *at);
    if (rc != 0 || o->is_help || o->is_version || o->is_print_config)
        return rc;
    if (o->command == 0) {
        fprintf(stderr, "pwwb-portal: a command is missing: see --help\n");
        return -1;
    }
    if (find_command(o->command)->has_word == (o->word == NULL)) {
        fprintf(stderr, "usage: pwwb-portal %s\n", portal_command_usage(o->command));
        return -1;
    }
    if (o->password_fd >= 0 && o->password_file != NULL) {
        fprintf(stderr, "pwwb-portal: --password-fd or --password-file, not both\n");
        return -1;
    }
    return 0;
}
