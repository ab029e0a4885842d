// SPDX-License-Identifier: Apache-2.0
// What became of a password, in words: the library's sentences, with the numbers of each finding.
import { message, sentence } from './pages.mjs';
import { BASIS, CODE, CODE_CLASS, OUTCOME, READY, codeClass, codeUserText } from '../ffi/node/index.mjs';

const time = ({ say, config }, ms) => new Intl.DateTimeFormat(say.language, {
    dateStyle: 'medium', timeStyle: 'short', timeZone: config.time_zone,
}).format(ms) + ` (${config.time_zone})`;

/** A moment for operators, to the second: 2026-01-31 13:45:00 in every language. */
export const moment = ({ config }, ms) => new Intl.DateTimeFormat('sv', {
    dateStyle: 'short', timeStyle: 'medium', timeZone: config.time_zone,
}).format(ms);

// What a finding's numbers say, in the sentences of pwwb-portal; '' = nothing that a person needs.
function detail(ctx, { code, limit, actual }) {
    const { say } = ctx;
    const at = (text, ms) => (ms > 0 ? say.print(text, time(ctx, ms)) : '');
    const count = (one, many) => (limit > 0 ? say.count(one, many, limit) : '');
    switch (code) {
    case CODE.POLICY_TOO_SHORT: return count('Choose at least %lld character.', 'Choose at least %lld characters.');
    case CODE.POLICY_TOO_LONG: return count('Choose at most %lld character.', 'Choose at most %lld characters.');
    case CODE.POLICY_HISTORY: return count('The last password cannot be used again.',
        'The last %lld passwords cannot be used again.');
    case CODE.POLICY_TOO_YOUNG: return at('You can change it again from %s.', limit);
    case CODE.LOCKED: return at('It is unlocked by itself at %s.', limit);
    case CODE.ACCOUNT_EXPIRED: return at('It expired at %s.', actual);
    default: return '';
    }
}

// A finding: the library's sentence, and its numbers.
function findingText(ctx, finding) {
    const { say } = ctx;
    const text = say(codeUserText(finding.code));
    return [finding.basis === BASIS.INFERRED ? say('Perhaps: ').trim() : '', text, detail(ctx, finding)]
        .filter(Boolean).join(' ');
}

const fieldOf = (code) => {
    if (code === CODE.OLD_PASSWORD_WRONG)
        return 'current';
    return codeClass(code) === CODE_CLASS.POLICY ? 'new' : null;
};

/** Why nothing was set: all reasons at once. */
export function problemsOf(ctx, { code, findings }) {
    const { say } = ctx;
    const all = findings.some((finding) => finding.code === code) ? findings
        : [{ code, basis: BASIS.STATED, limit: 0 }, ...findings];
    const kind = codeClass(code);
    const mine = kind === CODE_CLASS.POLICY || kind === CODE_CLASS.PERSON;
    return {
        status: mine ? 422 : 503,
        heading: ctx.subject && ctx.url.pathname === '/forgot/unlock' ? say('Your account was not unlocked')
            : say('Your password was not changed'),
        problems: all.map((finding) => ({
            field: fieldOf(finding.code), text: findingText(ctx, finding),
        })),
    };
}

/** The same request is under way already. */
export function answer(ctx) {
    const { say } = ctx;
    return { status: 409, page: message(ctx, { kind: 'note', title: say('Your request is being worked on.'), texts: [] }) };
}

/** Set, unlocked, or perhaps. */
export function showResult(ctx, { outcome, code, findings, what }) {
    const { say } = ctx;
    const links = [{ href: '/', text: say('To the start') }];
    if (outcome === OUTCOME.UNKNOWN)
        return { page: message(ctx, {
            kind: 'unsure', links,
            title: what === 'unlock' ? say('Your account may have been unlocked') : say('Your password may have been set'),
            texts: [what === 'unlock' ? say('The answer was lost. Try to sign in.')
                : sentence(say, codeUserText(CODE.OUTCOME_UNKNOWN))],
            list: what === 'unlock' ? [] : [say('Try to sign in with the new password.'),
                say('If that fails, sign in with the old one, and come back here.')],
        }) };
    const warnings = findings.filter((finding) => finding.code !== code).map((f) => f.code);
    const texts = what === 'unlock' && code === CODE.OK ? [say('Your password is the same as before.')]
        : [code, ...warnings].map((c) => codeUserText(c));
    return { page: message(ctx, {
        kind: 'good', links,
        title: what === 'unlock' ? say('Your account is unlocked') : say('Your password is set'),
        texts: [...new Set(texts)].filter((text) => text !== 'Your password is set.').map((text) => sentence(say, text)),
    }) };
}

/** Whether it makes no sense to begin: what is not known stops nobody. */
export const isDown = ({ state }) => state <= READY.UNREACHABLE;

export function notNow(ctx, report) {
    const { say } = ctx;
    return { status: 503, page: message(ctx, {
        kind: 'note', title: say('Not possible right now'),
        texts: [sentence(say, codeUserText(report.code)), say('Your password is the same as before.')],
        links: [{ href: ctx.url.pathname, text: say('Try again') }, { href: '/', text: say('To the start') }],
    }) };
}
