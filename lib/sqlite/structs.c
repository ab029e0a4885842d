/* SPDX-License-Identifier: Apache-2.0 */
#include "structs.h"

#include <string.h>

#include "database.h"

#define SIZE_MAX_SENSIBLE 8192

static size_t
size_of(const void *theirs)
{
    size_t size;

    memcpy(&size, theirs, sizeof(size));
    return size;
}

static int
is_zero_from(const void *theirs, size_t from, size_t to)
{
    const uint8_t *p = theirs;

    for (; from < to; from++)
        if (p[from] != 0)
            return 0;
    return 1;
}

static pwwb_status
misfit(const void *theirs, const char *name, pwwb_error *err)
{
    return wb_say(err, PWWB_E_ABI, "%s of size %zu does not fit this library", name, size_of(theirs));
}

pwwb_status
wb_struct_take(void *ours, size_t size, size_t least, const void *theirs, const char *name,
               pwwb_error *err)
{
    size_t whole  = size_of(theirs);
    size_t shared = whole < size ? whole : size;

    if (whole < least || whole > SIZE_MAX_SENSIBLE || !is_zero_from(theirs, shared, whole))
        return misfit(theirs, name, err);

    memset(ours, 0, size);
    memcpy(ours, theirs, shared);
    return PWWB_OK;
}

pwwb_status
wb_struct_give(void *theirs, size_t least, const void *ours, size_t size, const char *name,
               pwwb_error *err)
{
    size_t whole  = size_of(theirs);
    size_t shared = whole < size ? whole : size;

    if (whole < least || whole > SIZE_MAX_SENSIBLE)
        return misfit(theirs, name, err);

    memset(theirs, 0, whole);
    memcpy(theirs, ours, shared);
    memcpy(theirs, &whole, sizeof(whole));
    return PWWB_OK;
}
