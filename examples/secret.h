/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_SECRET_H
#define EXAMPLES_SECRET_H

/* A secret on its way into the library: in locked memory, never in stdio's buffers, wiped. */

#include <pwwb/keystore.h>

typedef struct secret {
    size_t  len;
    uint8_t octets[1024];
} secret;

/* Of a program that secrets pass through: no core of it, nothing for a debugger, and no file that others read. */
void secret_process(void);

/* Empty, and kept out of the swap where the system allows it. */
void secret_make(secret *s);
void secret_drop(secret *s);

/* One line of standard input, without its end. With a prompt, a terminal does not show what is
 * typed. -1 at the end of the input, or for a line that is too long. */
int secret_line(secret *s, const char *prompt);

/* The same of another descriptor, without a prompt. */
int secret_fd_line(secret *s, int fd);

/* The first line of a file. -1 when it is not there. */
int secret_file_line(secret *s, const char *path);

/* Into a new file that only its owner reads; one that is there is not touched. */
int secret_write_new(const secret *s, const char *path);

/* The first `len` octets of a file. -1 when they are not there. */
int secret_file(secret *s, const char *path, size_t len);

/* The key store FOLDER/NAME, locked with FOLDER/lock.key; see keys.c. */
pwwb_status secret_store(const char *folder, const char *name, pwwb_keystore **ret_store,
                         pwwb_error *err);

/* What it holds now. */
pwwb_status secret_keyring(const char *folder, const char *name, pwwb_keyring **ret_keyring,
                           pwwb_error *err);

#endif /* EXAMPLES_SECRET_H */
