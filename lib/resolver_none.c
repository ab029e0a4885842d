/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/resolver.h>

#include "error.h"

pwwb_status
pwwb_resolver_new_system(const char *const *servers, size_t server_count,
                         pwwb_resolver **ret_resolver, pwwb_error *err)
{
    (void)servers;
    (void)server_count;
    if (ret_resolver != NULL)
        *ret_resolver = NULL;
    return wb_fail(err, PWWB_E_NOT_SUPPORTED, "this build has no libresolv");
}
