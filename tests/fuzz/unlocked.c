/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets on the heap while libFuzzer runs, where ASan watches them: locked memory with guard pages
 * takes several system calls each time, which is most of the time of a target that opens keyrings.
 * Replays have the real one. */
#include <stdlib.h>
#include <string.h>

void *__wrap_sodium_malloc(size_t size);
void  __wrap_sodium_free(void *ptr);

void *
__wrap_sodium_malloc(size_t size)
{
    void *ptr = malloc(size);

    if (ptr != NULL)
        memset(ptr, 0xdb, size); /* as libsodium does */
    return ptr;
}

void
__wrap_sodium_free(void *ptr)
{
    free(ptr);
}
