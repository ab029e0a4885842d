/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/base.h>

#include "crypto.h"
#include "secret.h"

int32_t
pwwb_version_number(void)
{
    return PWWB_VERSION_NUMBER;
}

int32_t
pwwb_has_feature(int32_t feature)
{
    if (wb_crypto_ready(NULL) != PWWB_OK)
        return 0;

    switch (feature) {
    case PWWB_FEATURE_LDAP:
#ifdef PWWB_WITH_LDAP
        return 1;
#else
        return 0;
#endif
    case PWWB_FEATURE_AESNI:
        return wb_crypto_has_aesni();
    case PWWB_FEATURE_MEMLOCK:
        return wb_secret_can_lock();
    default:
        return 0;
    }
}
