/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/directory_ldap.h>

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
