/* SPDX-License-Identifier: Apache-2.0 */
#include "ops.h"

#include <string.h>

static int
all_zero(const unsigned char *p, size_t len)
{
    while (len-- > 0)
        if (*p++ != 0)
            return 0;
    return 1;
}

static size_t
size_of(const void *theirs)
{
    size_t size;

    memcpy(&size, theirs, sizeof(size));
    return size;
}

pwwb_status
wb_ops_import(void *ours, size_t ours_size, size_t least, const void *theirs)
{
    const unsigned char *bytes       = theirs;
    size_t               theirs_size = size_of(theirs);
    size_t               shared;

    if (theirs_size < least || theirs_size > WB_OPS_SIZE_MAX)
        return PWWB_E_ABI;

    shared = theirs_size < ours_size ? theirs_size : ours_size;
    if (!all_zero(bytes + shared, theirs_size - shared))
        return PWWB_E_ABI;

    memset(ours, 0, ours_size);
    memcpy(ours, theirs, shared);
    return PWWB_OK;
}

pwwb_status
wb_ops_export(void *theirs, size_t least, const void *ours, size_t ours_size)
{
    size_t theirs_size = size_of(theirs);
    size_t shared;

    if (theirs_size < least || theirs_size > WB_OPS_SIZE_MAX)
        return PWWB_E_ABI;

    shared = theirs_size < ours_size ? theirs_size : ours_size;
    memset(theirs, 0, theirs_size);
    memcpy(theirs, ours, shared);
    memcpy(theirs, &theirs_size, sizeof(theirs_size));
    return PWWB_OK;
}
