/* SPDX-License-Identifier: Apache-2.0 */
#include "anchors.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "error.h"
#include "ops.h"

static_assert(sizeof(pwwb_anchors_ops) == 3 * sizeof(void *),
              "fields are added at the end, with a new WB_SIZE_UP_TO and a line in NEWS");

struct pwwb_anchors {
    pwwb_anchors_ops ops;
    void            *ctx;
};

pwwb_status
pwwb_anchors_new(const pwwb_anchors_ops *ops, void *ctx, pwwb_anchors **ret_anchors,
                 pwwb_error *err)
{
    pwwb_anchors_ops ours;
    pwwb_anchors    *anchors;
    pwwb_status      st;

    wb_ok(err);
    if (ret_anchors != NULL)
        *ret_anchors = NULL;
    if (ops == NULL || ret_anchors == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ops and ret_anchors must be given");

    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_anchors_ops, destroy), ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "anchors ops of size %zu do not fit this library", ops->size);
    if (ours.find == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "an anchor store must find");

    anchors = calloc(1, sizeof(*anchors));
    if (anchors == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for an anchor store");

    anchors->ops = ours;
    anchors->ctx = ctx;
    *ret_anchors = anchors;
    return PWWB_OK;
}

void
pwwb_anchors_free(pwwb_anchors *anchors)
{
    if (anchors == NULL)
        return;

    if (anchors->ops.destroy != NULL)
        anchors->ops.destroy(anchors->ctx);
    free(anchors);
}

void *
wb_anchors_ctx(const pwwb_anchors *anchors, const pwwb_anchors_ops *ops)
{
    return anchors != NULL && anchors->ops.find == ops->find ? anchors->ctx : NULL;
}

/* `found` is all zero but for its size unless the store answers well. */
static pwwb_status
ask(pwwb_anchors *anchors, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *found,
    pwwb_error *err)
{
    pwwb_found  theirs = {.size = sizeof(theirs)};
    const char *wrong;
    pwwb_status st;

    st = anchors->ops.find(anchors->ctx, anchor, timeout_ms < 0 ? -1 : timeout_ms, &theirs, err);
    st = wb_answer(err, st, "the anchor store's find");
    if (st != PWWB_OK)
        return st;

    wrong = wb_wrong_found(&theirs);
    if (wrong != NULL)
        return wb_fail(err, PWWB_E_CALLBACK, "the anchor store's find answered %s", wrong);

    found->code       = theirs.code;
    found->candidates = theirs.candidates;
    if (theirs.code == PWWB_CODE_OK) {
        memcpy(found->guid, theirs.guid, sizeof(found->guid));
        memcpy(found->directory, theirs.directory, strlen(theirs.directory));
    }
    return PWWB_OK;
}

pwwb_status
pwwb_anchors_find(pwwb_anchors *anchors, const pwwb_anchor *anchor, int64_t timeout_ms,
                  pwwb_found *ret_found, pwwb_error *err)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_status st;

    wb_ok(err);
    if (ret_found == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_found must be given");

    st = wb_ops_export(ret_found, WB_SIZE_UP_TO(pwwb_found, directory), &found, sizeof(found));
    if (st != PWWB_OK)
        return wb_fail(err, st, "ret_found of size %zu does not fit", ret_found->size);
    if (anchors == NULL || anchor == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "anchors and anchor must be given");
    if (anchor->kind != PWWB_ANCHOR_SOURCE && anchor->kind != PWWB_ANCHOR_CLOUD)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is no kind of anchor", (int)anchor->kind);

    st = ask(anchors, anchor, timeout_ms, &found, err);
    if (st != PWWB_OK)
        return st;

    return wb_ops_export(ret_found, WB_SIZE_UP_TO(pwwb_found, directory), &found, sizeof(found));
}
