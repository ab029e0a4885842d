/* SPDX-License-Identifier: Apache-2.0 */
#include "space.h"

static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found, pwwb_error *err)
{
    pwwb_status st = wb_space_enter(ctx, 0, timeout_ms, err);

    if (st == PWWB_E_NOT_FOUND) /* a space, not an account */
        return wb_say(err, PWWB_E_SYSTEM, "the space was moved or removed: bring it back, or import again");
    return st == PWWB_OK ? wb_space_find(ctx, anchor, NULL, NULL, ret_found, err) : st;
}

static void
destroy(void *ctx)
{
    pwwb_space_free(ctx);
}

static const pwwb_anchors_ops space_ops = {
    .size    = sizeof(pwwb_anchors_ops),
    .find    = find,
    .destroy = destroy,
};

pwwb_status
pwwb_anchors_new_sqlite(const char *path, pwwb_anchors **ret_anchors, pwwb_error *err)
{
    pwwb_space *space;
    pwwb_status st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (ret_anchors == NULL)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "ret_anchors must be given");

    *ret_anchors = NULL;
    st           = pwwb_space_open(path, PWWB_SPACE_READ, &space, err);
    if (st != PWWB_OK)
        return st;

    st = pwwb_anchors_new(&space_ops, space, ret_anchors, err);
    if (st != PWWB_OK)
        pwwb_space_free(space);
    return st;
}
