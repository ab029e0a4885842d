/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#define NT_AUTHORITY 5
#define SUB_BUILTIN  32
#define SUB_DOMAIN   21

uint32_t
wb_ldap_sid_rid(const wb_sid *sid)
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
wb_ldap_sid_protects(const wb_sid *sid)
{
    uint32_t alias = sid->sub[1];

    if (sid->authority == NT_AUTHORITY && sid->count == 2 && sid->sub[0] == SUB_BUILTIN)
        return alias == 544 || (alias >= 548 && alias <= 552); /* Administrators; operators */

    return wb_ldap_rid_protects(wb_ldap_sid_rid(sid));
}
