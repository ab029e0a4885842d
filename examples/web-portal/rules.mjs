// SPDX-License-Identifier: Apache-2.0
// The rules that are shown: the weakest that may hold for anybody, as the agents tell them, and what a refusal has
// stated since. The library judges; nothing here does.
import { ANSWER, BASIS, CODE, POLICY, account } from '../ffi/node/index.mjs';

/** What pwwb_policy_new() takes. */
export function rulesOf(report, stricter = {}) {
    const known = report.min_length >= 0;
    return {
        source: known ? report.rules_source : POLICY.HOST,
        min_length: Math.max(report.min_length, stricter.min_length ?? -1),
        complexity: stricter.complexity ?? report.complexity,
        history_length: Math.max(report.history_length, stricter.history_length ?? -1),
        max_length: 0,
    };
}

/** What a refusal stated holds for this person from now on. */
export function learn(stricter, findings) {
    for (const { code, basis, limit } of findings) {
        if (basis !== BASIS.STATED)
            continue;
        if (code === CODE.POLICY_TOO_SHORT && limit > 0)
            stricter.min_length = limit;
        if (code === CODE.POLICY_COMPLEXITY)
            stricter.complexity = ANSWER.YES;
        if (code === CODE.POLICY_HISTORY && limit > 0)
            stricter.history_length = limit;
    }
}

/** What is known here of a person's account. */
export const accountOf = (person) => account({ account_name: person.name, display_name: person.display });

/** The rules as lines: { key, text, state }; `findings` of what was typed, null = nothing was. */
export function lines(say, rules, findings) {
    const out = [];
    const judged = (code) => {
        if (!findings)
            return 'open';
        const found = findings.find((finding) => finding.code === code);
        return !found ? 'met' : found.basis === BASIS.STATED ? 'broken' : 'later';
    };
    if (rules.min_length > 0)
        out.push({ key: 'length', state: judged(CODE.POLICY_TOO_SHORT), text: say('At least {n} characters', { n: rules.min_length }) });
    if (rules.complexity === ANSWER.YES) {
        out.push({ key: 'kinds', state: judged(CODE.POLICY_COMPLEXITY),
            text: say('Three of: capital letters, small letters, digits, signs') });
        out.push({ key: 'name', state: judged(CODE.POLICY_CONTAINS_NAME), text: say('Without your name') });
    }
    if (rules.history_length > 0)
        out.push({ key: 'history', state: findings ? 'later' : 'open',
            text: say('None of your last {n} passwords', { n: rules.history_length }) });
    return out;
}

/** A state as a word beside the rule: colour and sign alone say nothing to many. */
export const stateText = (say, state) => ({
    open: '', met: say('met'), broken: say('not met'), later: say('checked later'),
})[state];

/** One sentence about all of them, for who listens. */
export function summary(say, list) {
    const broken = list.filter((line) => line.state === 'broken').map((line) => line.text);
    if (list.length === 0)
        return '';
    if (broken.length === 0)
        return say('Every rule that can be checked now is met.');
    return say('Not met: {rules}.', { rules: broken.join('; ') });
}
