/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include "error.h"

/* replPropertyMetaData (MS-ADA3): the controller's own record of writes. All little-endian: its
 * version, 0, a count, 0; then for each attribute its id, how often it was written, when (seconds since
 * 1601), who wrote it, and two numbers of updates. Measured on Samba. */
#define HEAD_SIZE   16
#define STAMP_SIZE  48
#define VERSION     1
#define UNICODE_PWD 0x9005a
#define TO_1970_S   11644473600

static uint64_t
little(const uint8_t *p, int octets)
{
    uint64_t value = 0;

    while (octets-- > 0)
        value = value << 8 | p[octets];
    return value;
}

/* Milliseconds since 1970; 0 when it says nothing of passwords, or is of another form. */
static int64_t
stamp_of(const struct berval *value)
{
    const uint8_t *p     = (const uint8_t *)value->bv_val;
    size_t         count = value->bv_len / STAMP_SIZE; /* the head is less than one */
    uint64_t       seconds;

    if (value->bv_len != HEAD_SIZE + count * STAMP_SIZE || little(p, 4) != VERSION
        || little(p + 8, 4) != count)
        return 0;

    for (p += HEAD_SIZE; count > 0; count--, p += STAMP_SIZE) {
        seconds = little(p + 8, 8);
        if (little(p, 4) == UNICODE_PWD)
            return seconds > TO_1970_S && seconds < UINT32_MAX * UINT64_C(8)
                       ? (int64_t)(seconds - TO_1970_S) * 1000
                       : 0;
    }
    return 0;
}

pwwb_status
wb_ldap_read_stamp(wb_ldap *d, const uint8_t guid[PWWB_ID_SIZE], int64_t *ret_ms)
{
    static const char *const names[] = {"replPropertyMetaData", NULL};
    char                     dn[WB_LDAP_GUID_DN_SIZE];
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    pwwb_status              st;

    *ret_ms = 0;
    wb_ldap_guid_dn(guid, dn);
    st = wb_ldap_entry_find(d, dn, names, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    if (entry.values[0] != NULL)
        *ret_ms = stamp_of(&entry.values[0][0]);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return PWWB_OK;
}
