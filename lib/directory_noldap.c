/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/directory_ldap.h>
#include <pwwb/preflight.h>

#include "error.h"

pwwb_status
pwwb_directory_new_ldap(const pwwb_ldap_options *options, pwwb_directory **ret_directory,
                        pwwb_error *err)
{
    (void)options;
    if (ret_directory != NULL)
        *ret_directory = NULL;
    return wb_fail(err, PWWB_E_NOT_SUPPORTED, "this build has no libldap");
}

pwwb_status
pwwb_preflight_run(const pwwb_ldap_options *options, const uint8_t guid[PWWB_ID_SIZE],
                   int64_t timeout_ms, pwwb_preflight **ret_preflight, pwwb_error *err)
{
    (void)options;
    (void)guid;
    (void)timeout_ms;
    if (ret_preflight != NULL)
        *ret_preflight = NULL;
    return wb_fail(err, PWWB_E_NOT_SUPPORTED, "this build has no libldap");
}
