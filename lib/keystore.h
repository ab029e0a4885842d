/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_KEYSTORE_H
#define WB_KEYSTORE_H

#include <pwwb/keystore.h>

/* As pwwb_keystore_load() and pwwb_keystore_put(), for callers that have said wb_ok() already. */
pwwb_status wb_keystore_load(pwwb_keystore *store, pwwb_keyring **ret_keyring, pwwb_error *err);
pwwb_status wb_keystore_put(pwwb_keystore *store, const pwwb_keyring *keyring, int32_t half,
                            pwwb_error *err);

/* A keyring that is this store's uses its host key, and is audited as it is. */
void wb_keystore_adopt(const pwwb_keystore *store, pwwb_keyring *keyring);

/* A whole file of at most `size` octets that is its owner's alone: NOT_FOUND, PERMISSION (others
 * may read or write it, or it belongs to somebody else), MALFORMED (no regular file), TOO_LARGE,
 * SYSTEM. Flags: 0, or O_NOFOLLOW. `what` names it in errors: "the key file". */
pwwb_status wb_private_file_read(const char *path, int flags, const char *what, uint8_t *buf,
                                 size_t size, size_t *ret_len, pwwb_error *err);

#endif /* WB_KEYSTORE_H */
