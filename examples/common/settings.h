/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_SETTINGS_H
#define EXAMPLES_SETTINGS_H

/*
 * A configuration file, read by tables: a table says what may stand in a group, and where in a struct it
 * goes. Whatever is wrong is said with its line, all of it at once. The file's form is libconfig's.
 */

#include <stddef.h>
#include <stdint.h>

/* What an operator's mistake in a file ends with: EX_CONFIG of sysexits.h. */
#define SETTINGS_EXIT 78

enum setting_kind {
    SETTING_TEXT   = 1, /* const char *; not empty */
    SETTING_NUMBER = 2, /* int64_t within least and most */
    SETTING_YES_NO = 3, /* int32_t: true is 1 */
    SETTING_WORD   = 4, /* int32_t: one of `words`, the first is 0 */
    SETTING_TEXTS  = 5, /* settings_texts, or one text */
    SETTING_GROUP  = 6, /* a struct of its own, by the table `inner` */
    SETTING_GROUPS = 7  /* settings_groups: a list of such structs of `size` octets */
};

/* One of them; a table ends with one without a name. */
typedef struct setting {
    const char           *name;
    int32_t               kind;
    int32_t               is_required;
    size_t                offset;      /* in the struct */
    const char           *help;        /* one line; what is expected */
    const char           *otherwise;   /* as it would stand in the file; NULL = zero */
    int64_t               least, most; /* NUMBER */
    const char *const    *words;       /* WORD; ends with NULL */
    const struct setting *inner;       /* GROUP, GROUPS */
    size_t                size;        /* GROUPS: of one struct */
} setting;

typedef struct settings_texts {
    size_t             count;
    const char *const *list;
} settings_texts;

typedef struct settings_groups {
    size_t count;
    void  *first; /* of structs, one after the other */
} settings_groups;

/* A file that was read; texts in the struct are its. */
typedef struct settings settings;

/*
 * Read the file into a struct, zero before, and say on stderr what is wrong with it: "PATH:LINE: ...", a line
 * each. NULL when anything is. Values are not repeated, for one in a wrong place may be a secret.
 */
settings *settings_read(const char *path, const setting *table, void *into);
void      settings_free(settings *s);

/* A fault that no table can tell, of the setting at a path such as "directories.[0].host", or of the nearest
 * group around it that is there. */
void settings_complain(const settings *s, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A whole file on standard output, with what each setting means and what holds without it. */
void settings_print(const setting *table);

#endif /* EXAMPLES_SETTINGS_H */
