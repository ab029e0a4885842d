/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KEYSTORE_OCTETS_H
#define KEYSTORE_OCTETS_H

/* What looks sealed to a key store's table: docs/protocol.md, "Sealed keyring", with a version and
 * octets of one's own. */

#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "keystore_file.h"

#define SEALED_SIZE 400

typedef struct sealed {
    uint8_t octets[SEALED_SIZE];
} sealed;

__attribute__((unused)) static sealed
sealed_of(uint64_t version, uint8_t fill)
{
    sealed s;
    int    i;

    memset(s.octets, fill, sizeof(s.octets));
    memset(s.octets, 0, 68);
    memcpy(s.octets, "PWWBKEY1\x01", 9);
    memset(s.octets + 36, fill, 24);
    for (i = 0; i < 8; i++)
        s.octets[60 + i] = (uint8_t)(version >> 8 * (7 - i));
    return s;
}

__attribute__((unused)) static void *
table_over(const char *path)
{
    void *ctx = NULL;

    if (wb_keystore_file_new(path, &ctx, NULL) != PWWB_OK)
        abort();
    return ctx;
}

/* With a table of its own, as another process would have it. */
__attribute__((unused)) static pwwb_status
swap_at(const char *path, uint64_t expected, const sealed *s, pwwb_error *err)
{
    void       *ctx = table_over(path);
    pwwb_status st  = wb_keystore_file.swap(ctx, expected, s->octets, sizeof(s->octets), err);

    wb_keystore_file.destroy(ctx);
    return st;
}

__attribute__((unused)) static pwwb_status
load_at(const char *path, sealed *s, uint64_t *ret_version, pwwb_error *err)
{
    uint8_t     buf[PWWB_KEYRING_MAX];
    void       *ctx = table_over(path);
    size_t      len = 0;
    pwwb_status st  = wb_keystore_file.load(ctx, buf, sizeof(buf), &len, ret_version, err);

    memset(s, 0, sizeof(*s));
    if (st == PWWB_OK)
        memcpy(s->octets, buf, len < sizeof(s->octets) ? len : sizeof(s->octets));
    wb_keystore_file.destroy(ctx);
    return st;
}

#endif /* KEYSTORE_OCTETS_H */
