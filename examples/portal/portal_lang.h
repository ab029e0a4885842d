/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_LANG_H
#define EXAMPLES_PORTAL_LANG_H

/* Texts for people, in their language: gettext's domain "pwwb", always UTF-8. English where there is no other. */

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text /* translated where it is used */

/* `wanted` over the environment over `otherwise`; NULL = nothing. Once. */
void portal_lang_choose(const char *wanted, const char *otherwise);

#endif /* EXAMPLES_PORTAL_LANG_H */
