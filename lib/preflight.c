/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight.h"

#include <stdlib.h>

#include "ops.h"

#define LEAST WB_SIZE_UP_TO(pwwb_preflight_item, samba_command)

static const char *
name_of(int32_t check)
{
    switch ((enum pwwb_preflight_check)check) {
    case PWWB_PREFLIGHT_RESET:
        return "Reset Password";
    case PWWB_PREFLIGHT_CHANGE:
        return "Change Password, by the service account";
    case PWWB_PREFLIGHT_CHANGE_SELF:
        return "Change Password, by the account itself";
    case PWWB_PREFLIGHT_LOCKOUT_TIME:
        return "write lockoutTime";
    case PWWB_PREFLIGHT_PWD_LAST_SET:
        return "write pwdLastSet";
    case PWWB_PREFLIGHT_UNEXPIRE:
        return "Unexpire Password";
    case PWWB_PREFLIGHT_PASSWORD_RULES:
        return "read fine-grained password settings";
    case PWWB_PREFLIGHT_GROUPS:
        return "read tokenGroups";
    case PWWB_PREFLIGHT_HISTORY:
        return "history is enforced on a reset";
    }
    return "";
}

static const char *
text_of(int32_t reason)
{
    switch ((enum pwwb_preflight_reason)reason) {
    case PWWB_WHY_GRANTED:
        return "it is there";
    case PWWB_WHY_ALLOWED:
        return "it is not there, and the options do without it";
    case PWWB_WHY_NOT_GRANTED:
        return "no entry grants it";
    case PWWB_WHY_DENIED:
        return "an entry on the object denies it";
    case PWWB_WHY_DENIED_ABOVE:
        return "an entry that the object inherits denies it: look for it in the units above";
    case PWWB_WHY_INHERITANCE_OFF:
        return "no entry grants it, and the object does not inherit what is granted above";
    case PWWB_WHY_PROTECTED:
        return "no entry grants it, and the controller keeps it so: the account is in an "
               "administrators' group";
    case PWWB_WHY_WAS_PROTECTED:
        return "no entry grants it: the account was in an administrators' group, and its adminCount "
               "and its descriptor, which does not inherit, are left from then";
    case PWWB_WHY_UNREADABLE:
        return "what would tell may not be read";
    case PWWB_WHY_UNCLEAR:
        return "an entry with a condition decides, or the controller and the descriptor disagree";
    case PWWB_WHY_NOT_SUPPORTED:
        return "the controller cannot do it: name another one";
    }
    return "";
}

size_t
pwwb_preflight_count(const pwwb_preflight *preflight)
{
    return preflight != NULL ? WB_PREFLIGHT_CHECKS : 0;
}

pwwb_status
pwwb_preflight_get(const pwwb_preflight *preflight, size_t index, pwwb_preflight_item *ret_item)
{
    pwwb_preflight_item      ours = {.size = sizeof(ours), .name = "", .text = "", .object = "",
                                     .windows_command = "", .samba_command = ""};
    const wb_preflight_item *item;
    pwwb_status              st;

    if (ret_item == NULL)
        return PWWB_E_INVALID_ARGUMENT;
    if (index >= pwwb_preflight_count(preflight)) {
        st = wb_ops_export(ret_item, LEAST, &ours, sizeof(ours));
        return st != PWWB_OK ? st : PWWB_E_INVALID_ARGUMENT;
    }

    item                 = &preflight->items[index];
    ours.check           = item->check;
    ours.answer          = item->answer;
    ours.reason          = item->reason;
    ours.name            = name_of(item->check);
    ours.text            = text_of(item->reason);
    ours.object          = item->object;
    ours.windows_command = item->windows;
    ours.samba_command   = item->samba;
    return wb_ops_export(ret_item, LEAST, &ours, sizeof(ours));
}

void
pwwb_preflight_free(pwwb_preflight *preflight)
{
    free(preflight);
}
