// SPDX-License-Identifier: Apache-2.0
// Password rules, and what can be said before the directory is asked.
import { ACCOUNT, ANSWER, POLICY, SET, UAC } from './enums.mjs';
import { Shared, call, made } from './handle.mjs';
import { findingsOf, withFindings } from './results.mjs';
import { octetsOf } from './secret.mjs';
import { make } from './structs.mjs';

/** Rules of which nothing is known but what is given: struct pwwb_policy_rules. */
export const rules = (fields = {}) => make('pwwb_policy_rules', {
    source: POLICY.HOST, min_length: -1, complexity: ANSWER.MAYBE, history_length: -1, lockout_threshold: -1,
    max_length: -1, min_age_ms: -1, max_age_ms: -1, lockout_duration_ms: -1, lockout_window_ms: -1, ...fields,
});

/** A person's account of which nothing is known but what is given: struct pwwb_account. */
export const account = (fields = {}) => make('pwwb_account', {
    user_account_control: UAC.NORMAL, kind: ACCOUNT.PERSON, is_protected: ANSWER.MAYBE, is_locked: ANSWER.MAYBE,
    may_change: ANSWER.MAYBE, bad_password_count: -1, bad_password_time_ms: -1, password_last_set_ms: -1,
    locked_since_ms: -1, locked_until_ms: -1, account_expires_ms: -1, password_expires_ms: -1, now_ms: -1,
    password_written_ms: -1, ...fields,
});

/** Rules that any number of threads may judge by. */
export class Policy extends Shared {
    constructor(fields) {
        super(made('policy_new', rules(fields)), 'policy_free');
    }

    /** Judge a password: { verdict, findings }. `of` is an account(); null = nothing is known of it. */
    check(password, of = null, kind = SET.RESET) {
        return withFindings((list) => {
            const verdict = [0];
            call('policy_check', this, of, kind, ...octetsOf(password), list, verdict);
            return { verdict: verdict[0], findings: findingsOf(list) };
        });
    }
}
