/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include <pwwb/envelope.h>

/*
 * The matrix, written from the document and not from the code. Source: azure-docs, "Azure AD
 * Connect password writeback" (2017-08-28), condensed:
 *
 * "Works for password-hash-sync, federated and pass-through users; does not apply to cloud-only
 * users."
 *
 * "Written back: user change (voluntary; forced by expiry), user reset from the reset portal, admin
 * change (both kinds), admin self-service reset from the reset portal, admin-initiated reset of a
 * user from the admin portal, the classic portal (2017) or the beta Graph API. Not: resets by
 * PowerShell v1/v2 or other Graph / Azure AD Graph calls, from the Office admin portal, or an admin
 * resetting the own password with the admin tool."
 *
 * A voluntary change is made on the person's own account page and a forced one at sign-in; an
 * unlock is a self-service of the reset portal. Each cell is one letter:
 *     .  written back        o  not an operation from there       w  own password by admin tool
 *     g  a Graph call        p  PowerShell                        f  Office portal
 * The columns are the origins in the header's order: account portal, sign-in, reset portal, admin
 * portal, classic portal, beta Graph, Graph, Azure AD Graph, PowerShell v1, v2, Office portal.
 */
#define ORIGINS 11

static const struct operations_row {
    int32_t     operation;
    int32_t     actor;
    const char *of_another; /* actor and target differ */
    const char *of_own;     /* PWWB_FLAG_OWN_ACCOUNT */
} operations[] = {
    {PWWB_OPERATION_CHANGE, PWWB_ACTOR_USER, ".oooooggppf", ".oooooggppf"},
    {PWWB_OPERATION_CHANGE, PWWB_ACTOR_ADMIN, ".oooooggppf", ".oooooggppf"},
    {PWWB_OPERATION_CHANGE_FORCED, PWWB_ACTOR_USER, "o.ooooggppf", "o.ooooggppf"},
    {PWWB_OPERATION_CHANGE_FORCED, PWWB_ACTOR_ADMIN, "o.ooooggppf", "o.ooooggppf"},
    {PWWB_OPERATION_RESET_SELF, PWWB_ACTOR_USER, "oo.oooggppf", "oo.oooggppf"},
    {PWWB_OPERATION_RESET_SELF, PWWB_ACTOR_ADMIN, "oo.oooggppf", "oo.oooggppf"},
    {PWWB_OPERATION_RESET_ADMIN, PWWB_ACTOR_USER, "ooooooggppf", "ooooooggppf"},
    {PWWB_OPERATION_RESET_ADMIN, PWWB_ACTOR_ADMIN, "ooo...ggppf", "ooowwwggppf"},
    {PWWB_OPERATION_UNLOCK, PWWB_ACTOR_USER, "oo.oooggppf", "oo.oooggppf"},
    {PWWB_OPERATION_UNLOCK, PWWB_ACTOR_ADMIN, "oo.oooggppf", "oo.oooggppf"},
};

static inline int32_t
operations_code(char letter)
{
    switch (letter) {
    case '.':
        return PWWB_CODE_OK;
    case 'o':
        return PWWB_CODE_OPERATION;
    case 'w':
        return PWWB_CODE_OWN_BY_ADMIN_TOOL;
    case 'g':
        return PWWB_CODE_ORIGIN_GRAPH;
    case 'p':
        return PWWB_CODE_ORIGIN_POWERSHELL;
    default:
        return PWWB_CODE_ORIGIN_OFFICE_PORTAL;
    }
}

#endif /* OPERATIONS_H */
