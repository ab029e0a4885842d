/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_lang.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* What the environment asks for, in the order of locale(7); NULL = nothing but plain C. */
static const char *
surroundings(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char              *value   = NULL, *list = getenv("LANGUAGE");
    size_t                   i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]) && (value == NULL || *value == '\0'); i++)
        value = getenv(names[i]);
    if (value == NULL || *value == '\0' || strcmp(value, "POSIX") == 0
        || (value[0] == 'C' && (value[1] == '\0' || value[1] == '.')))
        return NULL;
    return list != NULL && *list != '\0' ? list : value;
}

/* A catalogue is looked for by LANGUAGE, in any locale but C: one that is there on every machine is enough. */
void
portal_lang_choose(const char *wanted, const char *otherwise)
{
    const char *folder = getenv("PWWB_LOCALEDIR");

    if (wanted == NULL)
        wanted = surroundings();
    if (wanted == NULL)
        wanted = otherwise;
    if (setlocale(LC_ALL, "") == NULL || strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0)
        (void)setlocale(LC_ALL, "C.UTF-8");
    if (wanted != NULL)
        (void)setenv("LANGUAGE", wanted, 1);
    (void)bindtextdomain("pwwb", folder != NULL && *folder != '\0' ? folder : LOCALEDIR);
    (void)bind_textdomain_codeset("pwwb", "UTF-8");
    (void)textdomain("pwwb");
}
