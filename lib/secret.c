/* SPDX-License-Identifier: Apache-2.0 */
#include "secret.h"

#include <sodium.h>
#include <string.h>

void *
wb_secret_new(size_t size)
{
    void *secret;

    if (sodium_init() < 0)
        return NULL;

    secret = sodium_malloc(size);
    if (secret != NULL)
        memset(secret, 0, size);
    return secret;
}

void
wb_secret_free(void *secret)
{
    sodium_free(secret);
}

/* A copy leaves what it carried in vector registers, and the dynamic linker saves those on the
 * stack when a function is called for the first time. Copy zeros: as many as the widest of them
 * take, and as many as the narrow ones do. */
static void
clear_registers(void)
{
    static void *(*const volatile copy)(void *, const void *, size_t) = memcpy;
    static const uint8_t zeros[512];
    uint8_t              room[sizeof(zeros)];

    (void)copy(room, zeros, sizeof(room)); /* by a pointer that no optimiser may look through */
    (void)copy(room, zeros, 24);
}

void
wb_wipe(void *p, size_t len)
{
    sodium_memzero(p, len);
    clear_registers();
}

int
wb_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

int
wb_is_zero(const void *p, size_t len)
{
    return sodium_is_zero(p, len);
}

int
wb_secret_can_lock(void)
{
    void *page = wb_secret_new(1);
    int   can;

    if (page == NULL)
        return 0;

    can = sodium_mlock(page, 1) == 0; /* sodium_malloc() tried too, and does not tell */
    wb_secret_free(page);
    return can;
}
