/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"

#define NAME(code) \
    case code:     \
        return #code

static const char *
known_name(pwwb_status status)
{
    switch ((enum pwwb_status_code)status) { /* no default: a new code must not lack a name */
        NAME(PWWB_OK);
        NAME(PWWB_E_INVALID_ARGUMENT);
        NAME(PWWB_E_ABI);
        NAME(PWWB_E_BUFFER_TOO_SMALL);
        NAME(PWWB_E_STATE);
        NAME(PWWB_E_NOT_SUPPORTED);
        NAME(PWWB_E_NO_MEMORY);
        NAME(PWWB_E_SYSTEM);
        NAME(PWWB_E_PERMISSION);
        NAME(PWWB_E_NO_SPACE);
        NAME(PWWB_E_READ_ONLY);
        NAME(PWWB_E_CHANGED);
        NAME(PWWB_E_MALFORMED);
        NAME(PWWB_E_TOO_LARGE);
        NAME(PWWB_E_NOT_AUTHENTIC);
        NAME(PWWB_E_KEY_UNKNOWN);
        NAME(PWWB_E_KEY_HALF);
        NAME(PWWB_E_CRYPTO);
        NAME(PWWB_E_KEY_INACTIVE);
        NAME(PWWB_E_KEY_UNAVAILABLE);
        NAME(PWWB_E_EXPIRED);
        NAME(PWWB_E_NOT_YET);
        NAME(PWWB_E_WRONG_TENANT);
        NAME(PWWB_E_REPLAYED);
        NAME(PWWB_E_NOT_FOUND);
        NAME(PWWB_E_TIMEOUT);
        NAME(PWWB_E_CONNECT);
        NAME(PWWB_E_CLOSED);
        NAME(PWWB_E_TLS);
        NAME(PWWB_E_TLS_CA);
        NAME(PWWB_E_TLS_NAME);
        NAME(PWWB_E_TLS_EXPIRED);
        NAME(PWWB_E_FULL);
        NAME(PWWB_E_NO_AGENT);
        NAME(PWWB_E_STOPPED);
        NAME(PWWB_E_DIRECTORY);
        NAME(PWWB_E_AUTH);
        NAME(PWWB_E_CALLBACK);
    }
    return NULL;
}

const char *
pwwb_status_name(pwwb_status status)
{
    const char *name = known_name(status);

    return name != NULL ? name : "PWWB_E_?";
}

int
wb_status_is_known(pwwb_status status)
{
    return known_name(status) != NULL;
}

int32_t
pwwb_status_class(pwwb_status status)
{
    if (!wb_status_is_known(status))
        return PWWB_CLASS_CALLBACK;

    return -status / 100;
}
