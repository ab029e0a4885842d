/* SPDX-License-Identifier: Apache-2.0 */
#include "banned_words.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIZE_MAX_OF_FILE = 1 << 20 };

pwwb_status
banned_words_open(const char *path, pwwb_filter **ret_filter, pwwb_error *err)
{
    FILE       *file  = fopen(path, "re");
    char       *words = malloc(SIZE_MAX_OF_FILE);
    size_t      len   = file != NULL && words != NULL ? fread(words, 1, SIZE_MAX_OF_FILE, file) : 0;
    pwwb_status st    = PWWB_E_SYSTEM;

    if (file == NULL || words == NULL || ferror(file) || len == SIZE_MAX_OF_FILE)
        (void)pwwb_error_set(err, st, "the list of banned words cannot be read, or is too long");
    else
        st = pwwb_filter_new_banned(words, len, ret_filter, err);
    free(words);
    if (file != NULL)
        (void)fclose(file);
    return st;
}
