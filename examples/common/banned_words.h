/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_BANNED_WORDS_H
#define EXAMPLES_BANNED_WORDS_H

/* A filter over a file of banned words, one a line; all of the file, or none. */

#include <pwwb/filter.h>

pwwb_status banned_words_open(const char *path, pwwb_filter **ret_filter, pwwb_error *err);

#endif /* EXAMPLES_BANNED_WORDS_H */
