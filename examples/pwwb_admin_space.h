/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PWWB_ADMIN_SPACE_H
#define EXAMPLES_PWWB_ADMIN_SPACE_H

/* What the commands that work on a connector space share. */

#include <pwwb/space.h>

/* Say what failed, and what to do; with `json` for programs, on standard output. 1. */
int admin_space_failed(pwwb_status st, const pwwb_error *err, int json);
/* What to do about a space that cannot be used; "" where the message says it all. */
const char *admin_space_advice(pwwb_status st);

/* How an import is shown while it runs. */
typedef struct admin_progress {
    const char *source;      /* directory or file */
    int         is_json;     /* lines for programs, on standard output */
    int         is_terminal; /* one line that is drawn again and again */
    long        every_s;     /* between lines; 0 = after each step */
    int64_t     begin_ms;    /* the machine's time, from any point */
    int64_t     last_ms;     /* when something was shown */
    int32_t     first;       /* permille of its first step; -1 = none yet */
    int64_t     first_ms;    /* when that ended */
    int         width;       /* of the line that stands there; 0 = none */
} admin_progress;

/* Begin to measure. */
void admin_progress_make(admin_progress *p, const char *source, int is_json, long every_s);
/* After a step. */
void admin_progress_step(admin_progress *p, const pwwb_import_result *so_far);
/* At the end: the last state, and a line of its own for what comes then. */
void admin_progress_end(admin_progress *p, const pwwb_import_result *result);
/* Since the beginning. */
int64_t admin_progress_ms(const admin_progress *p);
/* Members of a JSON object, each after a comma. */
void admin_progress_json(const pwwb_import_result *result);
/* Why objects are out of scope: for programs, and for people; NULL for what is not known. */
const char *admin_scope_name(int32_t scope);
const char *admin_scope_text(int32_t scope);

#endif /* EXAMPLES_PWWB_ADMIN_SPACE_H */
