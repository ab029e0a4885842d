/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_KEYSTORE_FILE_H
#define WB_KEYSTORE_FILE_H

/* A key store's table over one file, without the sealing around it. */

#include <pwwb/keystore.h>

extern const pwwb_keystore_ops wb_keystore_file;

/* Its ctx, to be given to `destroy`. INVALID_ARGUMENT when `path` names no file. */
pwwb_status wb_keystore_file_new(const char *path, void **ret_ctx, pwwb_error *err);

/* How long `swap` waits for somebody else's to end. */
#define WB_KEYSTORE_FILE_WAIT_MS 5000

#endif /* WB_KEYSTORE_FILE_H */
