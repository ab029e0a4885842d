// SPDX-License-Identifier: Apache-2.0
// tests/cases/complexity.json, as tests/test_policy.c reads it.
import { strict as assert } from 'node:assert';
import {
    ACCOUNT, ANSWER, BASIS, CODE, NAME, POLICY, Policy, VERDICT, make,
} from '../../../examples/ffi/node/index.mjs';

const isPrintable = (...texts) => texts.every((text) => /^[ -~]*$/.test(text));

const word = ({ code, actual }) => ({
    [CODE.POLICY_TOO_SHORT]: 'too_short', [CODE.POLICY_TOO_LONG]: 'too_long', [CODE.POLICY_COMPLEXITY]: 'not_complex',
    [CODE.POLICY_CONTAINS_NAME]: actual === NAME.ACCOUNT ? 'contains_account_name' : 'contains_display_name_token',
})[code];

function check(is) {
    const policy = new Policy(make('pwwb_policy_rules', { source: POLICY.DOMAIN, min_length: is.policy.minPwdLength,
        complexity: is.policy.complexity ? ANSWER.YES : ANSWER.NO }));
    const account = make('pwwb_account', { kind: ACCOUNT.PERSON, user_account_control: is.userAccountControl,
        password_last_set_ms: 1000000, now_ms: 5000000, account_name: is.sAMAccountName,
        display_name: is.displayName });
    const { verdict, findings } = policy.check(Buffer.from(is.password), account);
    policy.close();
    const wanted = VERDICT[is.precheck.windows.toUpperCase()];
    if (!isPrintable(is.password, is.sAMAccountName, is.displayName)) {
        assert([wanted, VERDICT.UNKNOWN].includes(verdict), `${is.id}: ${verdict}`);
        return;
    }
    assert.equal(verdict, wanted, is.id);
    if (verdict === VERDICT.FAIL)
        assert.deepEqual(new Set(findings.filter(({ basis }) => basis === BASIS.STATED).map(word)),
            new Set(is.windows.violations), is.id);
}

/** Gives how many cases there were. */
export function judges({ cases }) {
    cases.forEach(check);
    return cases.length;
}
