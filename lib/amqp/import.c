/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <string.h>

#define SIZE_MAX_THEIRS 65536

static size_t
size_of(const void *theirs)
{
    size_t size;

    memcpy(&size, theirs, sizeof(size));
    return size;
}

static int
is_zero(const uint8_t *p, size_t len)
{
    while (len-- > 0)
        if (*p++ != 0)
            return 0;
    return 1;
}

pwwb_status
wb_amqp_import(void *ours, size_t ours_size, size_t least, const void *theirs)
{
    const uint8_t *octets = theirs;
    size_t         size   = size_of(theirs);
    size_t         shared = size < ours_size ? size : ours_size;

    if (size < least || size > SIZE_MAX_THEIRS || !is_zero(octets + shared, size - shared))
        return PWWB_E_ABI;

    memset(ours, 0, ours_size);
    memcpy(ours, theirs, shared);
    return PWWB_OK;
}

pwwb_status
wb_amqp_export(void *theirs, size_t least, const void *ours, size_t ours_size)
{
    size_t size   = size_of(theirs);
    size_t shared = size < ours_size ? size : ours_size;

    if (size < least || size > SIZE_MAX_THEIRS)
        return PWWB_E_ABI;

    memset(theirs, 0, size);
    memcpy(theirs, ours, shared);
    memcpy(theirs, &size, sizeof(size));
    return PWWB_OK;
}
