// SPDX-License-Identifier: Apache-2.0
// The runners must be red when one expected value is another one.
import { strict as assert } from 'node:assert';
import { checkFunctions, checkNumbers, checkStructs } from './layout.mjs';
import { judges } from './policy.mjs';
import { opens, refuses } from './vectors.mjs';

// A copy with one value changed.
function changed(value, change) {
    const copy = structuredClone(value);
    change(copy);
    return copy;
}

export async function controls({ known, data: whole, answers, cases }) {
    const data = changed(whole, (v) => { v.keyrings.keyrings.pop(); }); // a passphrase takes a second
    const vectors = [
        (v) => { v.messages.requests[1].password += 'x'; },
        (v) => { v.messages.requests[2].claims.exp += 1; },
        (v) => { v.messages.replies[1].findings[2][2] += 1; },
        (v) => { v.messages.heartbeats[0].counters[7] += 1; },
        (v) => { v.keyrings.keyrings[1].keyring.epochs[1].since += 1; },
        (v) => { v.exchange.orders[2].kind = 1; },
        (v) => { v.exchange.controls[0].code = 1; },
        (v) => { v.exchange.fingerprints[0].text = '70V4-M5GW-Q3XG-0XXR'; },
    ];
    for (const change of vectors)
        await assert.rejects(opens(changed(data, change)), assert.AssertionError, String(change));
    for (const kind of new Set(answers.rows.map(({ as }) => as))) {
        const wrong = changed(answers, ({ rows }) => {
            rows.find(({ as }) => as === kind).status = 'PWWB_E_SYSTEM';
        });
        await assert.rejects(refuses(data, wrong), assert.AssertionError, kind);
    }
    for (const change of [(c) => { c.precheck.windows = 'pass'; }, (c) => { c.windows.violations = []; }])
        assert.throws(() => judges(changed(cases, (all) => change(all.cases[0]))), assert.AssertionError);
    for (const [check, change] of [
        [checkStructs, (k) => { k.structs.pwwb_set.size += 8; }],
        [checkStructs, (k) => { k.structs.pwwb_account.fields.dn[0] += 4; }],
        [checkNumbers, (k) => { k.constants.PWWB_CODE_LOCKED += 1; }],
        [checkFunctions, (k) => { k.functions.pwwb_agent_stop = 'void pwwb_agent_stop(int32_t agent);'; }],
    ])
        assert.throws(() => check(changed(known, change)), assert.AssertionError, String(change));
}
