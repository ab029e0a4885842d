/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/envelope.h>

#define FROM(origin) (1u << PWWB_FROM_##origin)

/* Who may do what from where, so that it is written back. Source: azure-docs, "Azure AD Connect
 * password writeback" (2017-08-28), its lists of supported and unsupported operations. */
static const struct {
    int32_t  operation;
    int32_t  actor;
    uint32_t origins;
} covered[] = {
    {PWWB_OPERATION_CHANGE, PWWB_ACTOR_USER, FROM(ACCOUNT_PORTAL)},
    {PWWB_OPERATION_CHANGE, PWWB_ACTOR_ADMIN, FROM(ACCOUNT_PORTAL)},
    {PWWB_OPERATION_CHANGE_FORCED, PWWB_ACTOR_USER, FROM(SIGN_IN)},
    {PWWB_OPERATION_CHANGE_FORCED, PWWB_ACTOR_ADMIN, FROM(SIGN_IN)},
    {PWWB_OPERATION_RESET_SELF, PWWB_ACTOR_USER, FROM(RESET_PORTAL)},
    {PWWB_OPERATION_RESET_SELF, PWWB_ACTOR_ADMIN, FROM(RESET_PORTAL)},
    {PWWB_OPERATION_RESET_ADMIN, PWWB_ACTOR_ADMIN,
     FROM(ADMIN_PORTAL) | FROM(CLASSIC_PORTAL) | FROM(GRAPH_BETA)},
    {PWWB_OPERATION_UNLOCK, PWWB_ACTOR_USER, FROM(RESET_PORTAL)},
    {PWWB_OPERATION_UNLOCK, PWWB_ACTOR_ADMIN, FROM(RESET_PORTAL)},
};

/* Origins from which nothing is written back say so themselves. */
static int32_t
why_not(int32_t origin)
{
    switch (origin) {
    case PWWB_FROM_POWERSHELL_V1:
    case PWWB_FROM_POWERSHELL_V2:
        return PWWB_CODE_ORIGIN_POWERSHELL;
    case PWWB_FROM_GRAPH:
    case PWWB_FROM_AAD_GRAPH:
        return PWWB_CODE_ORIGIN_GRAPH;
    case PWWB_FROM_OFFICE_PORTAL:
        return PWWB_CODE_ORIGIN_OFFICE_PORTAL;
    default:
        return PWWB_CODE_OPERATION;
    }
}

static int
is_covered(const pwwb_claims *c)
{
    size_t i;

    for (i = 0; i < sizeof(covered) / sizeof(covered[0]); i++)
        if (covered[i].operation == c->operation && covered[i].actor == c->actor)
            return c->origin > 0 && c->origin < 32 && (covered[i].origins >> c->origin & 1) != 0;
    return 0;
}

int32_t
pwwb_operation_check(const pwwb_claims *claims)
{
    if (claims == NULL || claims->user_type < PWWB_USER_HASH_SYNC
        || claims->user_type > PWWB_USER_CLOUD_ONLY)
        return PWWB_CODE_OPERATION;
    if (claims->user_type == PWWB_USER_CLOUD_ONLY)
        return PWWB_CODE_USER_TYPE;
    if (!is_covered(claims))
        return why_not(claims->origin);
    if (claims->operation == PWWB_OPERATION_RESET_ADMIN
        && (claims->flags & PWWB_FLAG_OWN_ACCOUNT) != 0)
        return PWWB_CODE_OWN_BY_ADMIN_TOOL;

    return PWWB_CODE_OK;
}
