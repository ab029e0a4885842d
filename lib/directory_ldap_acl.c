/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

/* User-Change-Password, ab721a53-1e2f-11d0-9819-00aa0040529b, as an ACE has it. MS-ADTS 5.1.3.2.1 */
static const uint8_t change_password[16] = {0x53, 0x1a, 0x72, 0xab, 0x2f, 0x1e, 0xd0, 0x11,
                                            0x98, 0x19, 0x00, 0xaa, 0x00, 0x40, 0x52, 0x9b};

static int
check(const wb_sd *sd, const wb_sid *holders, int count)
{
    return wb_sd_check(sd, holders, count, WB_SD_CONTROL_ACCESS, change_password, NULL);
}

/* Whether no group that the account is in is denied it: then what everybody is granted holds. */
static int
is_nowhere_denied(const wb_sd *sd, const struct berval *group)
{
    wb_sid sid;

    for (; group != NULL && group->bv_val != NULL; group++) {
        if (wb_sid_parse(wb_span_of(group->bv_val, group->bv_len), &sid) != 0)
            return 0;
        if (check(sd, &sid, 1) == WB_SD_DENIED || check(sd, &sid, 1) == WB_SD_UNCLEAR)
            return 0;
    }
    return group != NULL;
}

/* The right that counts is the account's own, whoever is bound: MS-ADTS 3.1.1.3.1.5.1. "User cannot
 * change password" denies it to everybody and to the account itself: MS-ADTS 2.2.16 */
int32_t
wb_ldap_may_change(const wb_ldap_entry *entry, int acl, int groups, const wb_sid *own)
{
    const wb_sid         holders[] = {{1, {0}, 1},  /* everybody */
                                      {5, {10}, 1}, /* the account itself, */
                                      *own,         /* by either name */
                                      {5, {11}, 1}}; /* whoever has signed in */
    const struct berval *value     = entry->values[acl];
    wb_sd                sd;

    if (value == NULL || value[0].bv_val == NULL
        || wb_sd_parse(wb_span_of(value[0].bv_val, value[0].bv_len), &sd) != 0)
        return PWWB_MAYBE;

    switch (check(&sd, holders, sizeof(holders) / sizeof(holders[0]))) {
    case WB_SD_DENIED:
        return PWWB_NO;
    case WB_SD_GRANTED:
        return is_nowhere_denied(&sd, entry->values[groups]) ? PWWB_YES : PWWB_MAYBE;
    default:
        return PWWB_MAYBE;
    }
}
