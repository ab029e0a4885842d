/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#include "ops.h"
#include "policy.h"

void
wb_account_forget(pwwb_account *account)
{
    static const pwwb_account unknown = {
        .size                 = sizeof(pwwb_account),
        .user_account_control = PWWB_UAC_NORMAL,
        .kind                 = PWWB_ACCOUNT_OTHER,
        .is_protected         = PWWB_MAYBE,
        .is_locked            = PWWB_MAYBE,
        .may_change           = PWWB_MAYBE,
        .bad_password_count   = -1,
        .bad_password_time_ms = -1,
        .password_last_set_ms = -1,
        .locked_since_ms      = -1,
        .locked_until_ms      = -1,
        .account_expires_ms   = -1,
        .password_expires_ms  = -1,
        .now_ms               = -1,
        .password_written_ms  = -1,
    };

    *account = unknown;
}

void
wb_rules_forget(pwwb_policy_rules *rules)
{
    static const pwwb_policy_rules unknown = {
        .size                = sizeof(pwwb_policy_rules),
        .source              = PWWB_POLICY_UNREADABLE,
        .min_length          = -1,
        .complexity          = PWWB_MAYBE,
        .history_length      = -1,
        .lockout_threshold   = -1,
        .min_age_ms          = -1,
        .max_age_ms          = -1,
        .lockout_duration_ms = -1,
        .lockout_window_ms   = -1,
        .max_length          = -1,
    };

    *rules = unknown;
}

pwwb_status
pwwb_account_init(pwwb_account *ret_account, pwwb_error *err)
{
    pwwb_account unknown;
    pwwb_status  st;

    wb_ok(err);
    if (ret_account == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "an account must be given");

    wb_account_forget(&unknown);
    st = wb_ops_export(ret_account, WB_SIZE_UP_TO(pwwb_account, controller), &unknown, sizeof(unknown));
    return st == PWWB_OK
               ? st
               : wb_fail(err, st, "an account of size %zu does not fit this library", ret_account->size);
}

pwwb_status
pwwb_policy_rules_init(pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    pwwb_policy_rules unknown;
    pwwb_status       st;

    wb_ok(err);
    if (ret_rules == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "rules must be given");

    wb_rules_forget(&unknown);
    st = wb_ops_export(ret_rules, WB_SIZE_UP_TO(pwwb_policy_rules, source_dn), &unknown, sizeof(unknown));
    return st == PWWB_OK ? st
                         : wb_fail(err, st, "rules of size %zu do not fit this library", ret_rules->size);
}
