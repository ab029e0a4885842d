/* SPDX-License-Identifier: Apache-2.0 */
#include "space.h"
#include "structs.h"

#define LEAST_FOUND WB_STRUCT_UP_TO(pwwb_found, directory)

pwwb_status
pwwb_space_explain(pwwb_space *space, const pwwb_anchor *anchor, pwwb_chain_fn each, void *each_ctx,
                   pwwb_found *ret_found, pwwb_error *err)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_status st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (ret_found == NULL)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "ret_found must be given");
    st = wb_struct_give(ret_found, LEAST_FOUND, &found, sizeof(found), "ret_found", err);
    if (st != PWWB_OK)
        return st;
    if (space == NULL || anchor == NULL || each == NULL)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "space, anchor and each must be given");
    if (anchor->kind != PWWB_ANCHOR_SOURCE && anchor->kind != PWWB_ANCHOR_CLOUD)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "%d is no kind of anchor", (int)anchor->kind);

    st = wb_space_enter(space, 0, WB_DATABASE_WAIT_MS, err);
    if (st == PWWB_OK)
        st = wb_space_find(space, anchor, each, each_ctx, &found, err);
    return st == PWWB_OK
               ? wb_struct_give(ret_found, LEAST_FOUND, &found, sizeof(found), "ret_found", err)
               : st;
}
