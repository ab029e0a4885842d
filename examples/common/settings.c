/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <libconfig.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"

enum { WHERE_SIZE = 256 };

/* What was allocated for the struct. */
typedef struct piece {
    struct piece *next;
    max_align_t   octets[];
} piece;

struct settings {
    const char *path;
    config_t    config;
    piece      *pieces;
    int         faults;
};

/* A group of the file, the struct that it goes into, and its name with a dot behind it. */
typedef struct group {
    settings               *of;
    const config_setting_t *from; /* NULL = it is not there */
    const config_setting_t *near; /* it, or the nearest around it that is there */
    char                   *into;
    char                    where[WHERE_SIZE];
} group;

/* A file may include others. */
static void
print_place(const settings *s, const config_setting_t *c)
{
    const char *file = c != NULL ? config_setting_source_file(c) : NULL;
    int         line = c != NULL ? (int)config_setting_source_line(c) : 0;

    fprintf(stderr, "%s:%d: ", file != NULL ? file : s->path, line > 0 ? line : 1);
}

static void *
piece_new(settings *s, size_t size)
{
    piece *p = calloc(1, sizeof(*p) + size);

    if (p == NULL) {
        fprintf(stderr, "%s: no memory\n", s->path);
        s->faults++;
        return NULL;
    }
    p->next   = s->pieces;
    s->pieces = p;
    return p->octets;
}

__attribute__((format(printf, 4, 5))) static void
fault(const group *g, const config_setting_t *c, const char *name, const char *format, ...)
{
    va_list list;

    g->of->faults++;
    print_place(g->of, c);
    fprintf(stderr, "%s%s: ", g->where, name);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    putc('\n', stderr);
}

static void
fault_words(const group *g, const config_setting_t *c, const setting *t)
{
    size_t i;

    g->of->faults++;
    print_place(g->of, c);
    fprintf(stderr, "%s%s: one of", g->where, t->name);
    for (i = 0; t->words[i] != NULL; i++)
        fprintf(stderr, "%s \"%s\"", i == 0 ? "" : t->words[i + 1] == NULL ? " or" : ",", t->words[i]);
    fprintf(stderr, " was expected\n");
}

static void take(group *g, const setting *table);

static int
word(const char *const *words, const char *text)
{
    int i;

    for (i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return -1;
}

static void
take_text(group *g, const setting *t, const config_setting_t *c)
{
    const char *text = config_setting_get_string(c);

    if (text == NULL || text[0] == '\0')
        fault(g, c, t->name, "a text in quotes was expected: %s", t->help);
    else
        *(const char **)(void *)(g->into + t->offset) = text;
}

static void
take_number(group *g, const setting *t, const config_setting_t *c)
{
    int     is_number = config_setting_type(c) == CONFIG_TYPE_INT || config_setting_type(c) == CONFIG_TYPE_INT64;
    int64_t value     = is_number ? config_setting_get_int64(c) : 0;

    if (!is_number || value < t->least || value > t->most)
        fault(g, c, t->name, "a number from %lld to %lld was expected: %s",
              (long long)t->least, (long long)t->most, t->help);
    else
        *(int64_t *)(void *)(g->into + t->offset) = value;
}

static void
take_yes_no(group *g, const setting *t, const config_setting_t *c)
{
    if (config_setting_type(c) != CONFIG_TYPE_BOOL)
        fault(g, c, t->name, "true or false was expected: %s", t->help);
    else
        *(int32_t *)(void *)(g->into + t->offset) = config_setting_get_bool(c);
}

static void
take_word(group *g, const setting *t, const config_setting_t *c)
{
    const char *text  = config_setting_get_string(c);
    int         which = text != NULL ? word(t->words, text) : -1;

    if (which < 0)
        fault_words(g, c, t);
    else
        *(int32_t *)(void *)(g->into + t->offset) = which;
}

static void
take_texts(group *g, const setting *t, const config_setting_t *c)
{
    int             is_one = config_setting_type(c) == CONFIG_TYPE_STRING;
    size_t          count  = is_one ? 1 : (size_t)config_setting_length(c), i;
    settings_texts *into   = (settings_texts *)(void *)(g->into + t->offset);
    const char    **list   = piece_new(g->of, (count + 1) * sizeof(*list));

    if (list == NULL)
        return;
    if (config_setting_is_group(c))
        count = 0;
    for (i = 0; i < count; i++) {
        list[i] = is_one ? config_setting_get_string(c) : config_setting_get_string_elem(c, (int)i);
        if (list[i] == NULL || list[i][0] == '\0')
            break;
    }
    if (count == 0 || i < count) {
        fault(g, c, t->name, "texts in quotes were expected: %s", t->help);
        return;
    }
    into->count = count;
    into->list  = list;
}

/* The group of a setting; `c` NULL = an empty one, for its defaults and for what it must have. */
static void
take_group(group *g, const setting *t, const config_setting_t *c, char *into, int place)
{
    group inner = {.of = g->of, .from = c, .into = into, .near = c != NULL ? c : g->near};

    if (place < 0)
        (void)snprintf(inner.where, sizeof(inner.where), "%.120s%s", g->where, t->name);
    else
        (void)snprintf(inner.where, sizeof(inner.where), "%.120s%s.[%d]", g->where, t->name, place);
    if (c != NULL && !config_setting_is_group(c)) {
        fault(&inner, c, "", "a group in { } was expected: %s", t->help);
        return;
    }
    (void)strncat(inner.where, ".", sizeof(inner.where) - strlen(inner.where) - 1);
    take(&inner, t->inner);
}

static void
take_groups(group *g, const setting *t, const config_setting_t *c)
{
    settings_groups *into  = (settings_groups *)(void *)(g->into + t->offset);
    size_t           count = config_setting_is_list(c) ? (size_t)config_setting_length(c) : 0, i;

    if (count == 0) {
        fault(g, c, t->name, "a list ( { }, { } ) was expected: %s", t->help);
        return;
    }
    into->first = piece_new(g->of, count * t->size);
    for (i = 0; into->first != NULL && i < count; i++) {
        take_group(g, t, config_setting_get_elem(c, (unsigned int)i), (char *)into->first + i * t->size,
                   (int)i);
        into->count = i + 1;
    }
}

static void
take_one(group *g, const setting *t, const config_setting_t *c)
{
    switch (t->kind) {
    case SETTING_TEXT:
        take_text(g, t, c);
        break;
    case SETTING_NUMBER:
        take_number(g, t, c);
        break;
    case SETTING_YES_NO:
        take_yes_no(g, t, c);
        break;
    case SETTING_WORD:
        take_word(g, t, c);
        break;
    case SETTING_TEXTS:
        take_texts(g, t, c);
        break;
    case SETTING_GROUP:
        take_group(g, t, c, g->into + t->offset, -1);
        break;
    default:
        take_groups(g, t, c);
    }
}

/* What holds without it. */
static void
take_none(group *g, const setting *t)
{
    const char *text = t->otherwise;

    if (t->is_required)
        fault(g, g->near, t->name, "is missing: %s", t->help);
    else if (t->kind == SETTING_GROUP)
        take_group(g, t, NULL, g->into + t->offset, -1);
    else if (text != NULL && t->kind == SETTING_TEXT)
        *(const char **)(void *)(g->into + t->offset) = text;
    else if (text != NULL && t->kind == SETTING_NUMBER)
        *(int64_t *)(void *)(g->into + t->offset) = strtoll(text, NULL, 10);
    else if (text != NULL && t->kind == SETTING_YES_NO)
        *(int32_t *)(void *)(g->into + t->offset) = strcmp(text, "true") == 0;
    else if (text != NULL && t->kind == SETTING_WORD)
        *(int32_t *)(void *)(g->into + t->offset) = word(t->words, text);
}

/* Whatever stands there and is in no table. */
static void
find_strangers(group *g, const setting *table)
{
    int i, count = g->from != NULL ? config_setting_length(g->from) : 0;

    for (i = 0; i < count; i++) {
        const config_setting_t *c    = config_setting_get_elem(g->from, (unsigned int)i);
        const char             *name = config_setting_name(c);
        const setting          *t;
        const char             *near = NULL;

        for (t = table; t->name != NULL && strcmp(t->name, name) != 0; t++)
            near = nearest(name, near, t->name);
        if (t->name == NULL)
            fault(g, c, name, "is not known; the nearest is \"%s\"", near);
    }
}

static void
take(group *g, const setting *table)
{
    const setting *t;

    find_strangers(g, table);
    for (t = table; t->name != NULL; t++) {
        const config_setting_t *c = g->from != NULL ? config_setting_get_member(g->from, t->name) : NULL;

        if (c != NULL)
            take_one(g, t, c);
        else
            take_none(g, t);
    }
}

static void
say_unread(const settings *s)
{
    const char *file = config_error_file(&s->config);

    if (config_error_type(&s->config) == CONFIG_ERR_FILE_IO)
        fprintf(stderr, "%s: cannot be read\n", s->path);
    else
        fprintf(stderr, "%s:%d: %s\n", file != NULL ? file : s->path, config_error_line(&s->config),
                config_error_text(&s->config));
}

settings *
settings_read(const char *path, const setting *table, void *into)
{
    settings *s = calloc(1, sizeof(*s));
    group     all;

    if (s == NULL)
        return NULL;
    s->path = path;
    config_init(&s->config);
    if (config_read_file(&s->config, path) != CONFIG_TRUE) {
        say_unread(s);
        settings_free(s);
        return NULL;
    }
    all = (group){.of = s, .from = config_root_setting(&s->config), .into = into};
    all.near = all.from;
    take(&all, table);
    if (s->faults == 0)
        return s;
    settings_free(s);
    return NULL;
}

void
settings_free(settings *s)
{
    if (s == NULL)
        return;

    while (s->pieces != NULL) {
        piece *p  = s->pieces;
        s->pieces = p->next;
        free(p);
    }
    config_destroy(&s->config);
    free(s);
}

void
settings_complain(const settings *s, const char *at, const char *format, ...)
{
    const config_setting_t *c = NULL;
    char                    around[WHERE_SIZE];
    va_list                 list;

    (void)snprintf(around, sizeof(around), "%s", at);
    while (c == NULL && around[0] != '\0') {
        char *dot = strrchr(around, '.');

        c = config_lookup(&s->config, around);
        *(dot != NULL ? dot : around) = '\0';
    }
    print_place(s, c);
    fprintf(stderr, "%s: ", at);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    putc('\n', stderr);
}
