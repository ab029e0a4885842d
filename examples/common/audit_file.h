/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_AUDIT_FILE_H
#define EXAMPLES_AUDIT_FILE_H

/* Audit events as lines of JSON in a file that only its owner reads. Any thread. */

#include <pwwb/audit.h>
#include <pwwb/error.h>

typedef struct audit_file audit_file;

/* It is made when it is not there; lines are added at its end, each whole. */
pwwb_status audit_file_open(const char *path, audit_file **ret_file, pwwb_error *err);
void        audit_file_free(audit_file *file);

/* A pwwb_audit_fn; `ctx` is the file. PWWB_OK once the line is with the system. */
pwwb_status audit_file_take(void *ctx, const pwwb_audit_event *event);

/* The file by that name now, after somebody renamed the old one; what cannot be opened leaves the old. */
pwwb_status audit_file_reopen(audit_file *file, pwwb_error *err);

#endif /* EXAMPLES_AUDIT_FILE_H */
