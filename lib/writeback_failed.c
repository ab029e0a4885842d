/* SPDX-License-Identifier: Apache-2.0 */
#include "directory.h"
#include "error.h"
#include "writeback.h"

/* What a failure of a table means while nothing was sent. Only a directory or a store says of an
 * account that it is not there. */
static int32_t
unsent_code(pwwb_status status, int32_t need)
{
    switch (status) {
    case PWWB_E_TIMEOUT:
        return PWWB_CODE_TIMEOUT;
    case PWWB_E_CONNECT:
    case PWWB_E_CLOSED:
        return PWWB_CODE_UNREACHABLE;
    case PWWB_E_NO_MEMORY:
    case PWWB_E_FULL:
        return PWWB_CODE_BUSY;
    case PWWB_E_NOT_FOUND:
        return need == PWWB_NEED_FIND || need == PWWB_NEED_READ ? PWWB_CODE_NOT_FOUND
                                                                : PWWB_CODE_INTERNAL;
    case PWWB_E_TLS:
    case PWWB_E_TLS_CA:
    case PWWB_E_TLS_NAME:
    case PWWB_E_TLS_EXPIRED:
    case PWWB_E_AUTH:
    case PWWB_E_DIRECTORY:
    case PWWB_E_NOT_SUPPORTED:
        return PWWB_CODE_CONFIGURATION;
    case PWWB_E_NO_SPACE:
        return need == PWWB_NEED_FIND ? PWWB_CODE_BUSY : PWWB_CODE_INTERNAL;
    case PWWB_E_MALFORMED: /* of a store of anchors, which an administrator mends */
    case PWWB_E_PERMISSION:
    case PWWB_E_READ_ONLY:
    case PWWB_E_SYSTEM:
        return need == PWWB_NEED_FIND ? PWWB_CODE_CONFIGURATION : PWWB_CODE_INTERNAL;
    default:
        return PWWB_CODE_INTERNAL;
    }
}

/* A journal that is full has looked, as far back as it knows; one that is busy is asked again. Of any
 * other failure nobody knows whether an earlier delivery was done. */
static pwwb_status
unclaimed(pwwb_writeback *w, pwwb_status status, pwwb_error *err)
{
    if (status == PWWB_E_TIMEOUT) {
        w->put_off = WB_PUT_OFF_JOURNAL;
        w->need    = PWWB_NEED_RELEASE;
        wb_writeback_ended(w, PWWB_AUDIT_PUT_OFF, PWWB_CODE_BUSY);
        return PWWB_OK;
    }
    return wb_writeback_answer(
        w, status == PWWB_E_FULL ? PWWB_CODE_BUSY : PWWB_CODE_OUTCOME_UNKNOWN, PWWB_NEED_SEND, err);
}

pwwb_status
pwwb_writeback_failed(pwwb_writeback *writeback, pwwb_status status, pwwb_error *err)
{
    int32_t need = pwwb_writeback_need(writeback);

    wb_ok(err);
    if (status == PWWB_OK || writeback == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a failure must be given");

    switch (need) {
    case PWWB_NEED_CLAIM:
        writeback->is_blind |= (writeback->flags & PWWB_WRITEBACK_OTHER_AGENTS) != 0;
        return unclaimed(writeback, status, err);
    case PWWB_NEED_FIND:
    case PWWB_NEED_READ:
    case PWWB_NEED_LOOKUP:
    case PWWB_NEED_RECORD:
        return wb_writeback_answer(writeback, unsent_code(status, need), PWWB_NEED_FINISH, err);
    case PWWB_NEED_UNCLAIM: /* the claim stands: nobody else can answer */
        return wb_writeback_answer(writeback, PWWB_CODE_BUSY, PWWB_NEED_FINISH, err);
    case PWWB_NEED_SET:
        writeback->last_set_ms = -1;
        return wb_writeback_answer(writeback, wb_set_failure_code(status), PWWB_NEED_FINISH, err);
    case PWWB_NEED_FINISH: /* the reply is true all the same */
        writeback->need = PWWB_NEED_SEND;
        return PWWB_OK;
    default:
        return wb_fail(err, PWWB_E_STATE, "nothing is needed now");
    }
}
