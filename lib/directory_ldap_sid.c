/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <string.h>

#define SUB_MAX      15
#define NT_AUTHORITY 5
#define SUB_BUILTIN  32
#define SUB_DOMAIN   21

int
wb_ldap_sid_parse(const struct berval *value, wb_ldap_sid *ret_sid)
{
    const uint8_t *p = (const uint8_t *)value->bv_val;
    int            i;

    memset(ret_sid, 0, sizeof(*ret_sid));
    if (value->bv_len < 8 || p[0] != 1 || p[1] > SUB_MAX || value->bv_len != 8 + 4 * (size_t)p[1])
        return -1;

    ret_sid->count = p[1];
    for (i = 2; i < 8; i++)
        ret_sid->authority = ret_sid->authority << 8 | p[i];
    for (i = 0; i < ret_sid->count; i++) {
        const uint8_t *q = p + 8 + 4 * i;

        ret_sid->sub[i] = q[0] | (uint32_t)q[1] << 8 | (uint32_t)q[2] << 16 | (uint32_t)q[3] << 24;
    }
    return 0;
}

uint32_t
wb_ldap_sid_rid(const wb_ldap_sid *sid)
{
    int is_domains = sid->authority == NT_AUTHORITY && sid->count == 5 && sid->sub[0] == SUB_DOMAIN;

    return is_domains ? sid->sub[4] : 0;
}

int
wb_ldap_rid_protects(uint32_t rid)
{
    switch (rid) {
    case 512: /* Domain Admins */
    case 516: /* Domain Controllers */
    case 518: /* Schema Admins */
    case 519: /* Enterprise Admins */
    case 521: /* Read-only Domain Controllers */
    case 526: /* Key Admins, of newer controllers */
    case 527: /* Enterprise Key Admins */
        return 1;
    default:
        return 0;
    }
}

int
wb_ldap_sid_protects(const wb_ldap_sid *sid)
{
    uint32_t alias = sid->sub[1];

    if (sid->authority == NT_AUTHORITY && sid->count == 2 && sid->sub[0] == SUB_BUILTIN)
        return alias == 544 || (alias >= 548 && alias <= 552); /* Administrators; operators */

    return wb_ldap_rid_protects(wb_ldap_sid_rid(sid));
}
