// SPDX-License-Identifier: Apache-2.0
// What each address does. A route answers { status, page }, { json } or goes elsewhere.
import { Elsewhere } from './app.mjs';
import { operatorPage } from './operator.mjs';
import { answer, isDown, notNow, problemsOf, showResult } from './outcomes.mjs';
import * as pages from './pages.mjs';
import { FLAG, OPERATION, OUTCOME, SET } from '../ffi/node/index.mjs';
import { accountOf, learn, lines, rulesOf, stateText, summary } from './rules.mjs';

const go = (to) => ({ status: 303, to });
const PROVEN_MS = 10 * 60 * 1000;

// The person who signed in; who has not signs in first.
function signedIn(ctx) {
    if (!ctx.session.person)
        throw new Elsewhere('/sign-in');
    return ctx.session.person;
}

// The person who proved who it is, for a while.
function proven(ctx) {
    const { proven: it } = ctx.session;
    if (!it || performance.now() > it.until)
        throw new Elsewhere('/forgot');
    return it.person;
}

// The rules for somebody: what was refused before is remembered with the session.
const rulesFor = (ctx) => rulesOf(ctx.service.report(), ctx.session.stricter);

function passwordPage(ctx, isChange, more = {}) {
    const rules = lines(ctx.say, rulesFor(ctx), null);
    return pages.newPassword(ctx, {
        isChange, rules, action: isChange ? '/change' : '/forgot/new',
        title: isChange ? ctx.say('Change password') : ctx.say('Set new password'), ...more,
    });
}

// What can be told before anybody is asked. Two fields are compared octet by octet.
function missing({ say, form }, isChange) {
    const out = [];
    if (isChange && form.octets('current').length === 0)
        out.push({ field: 'current', text: say('Enter your current password.') });
    if (form.octets('new').length === 0)
        out.push({ field: 'new', text: say('Enter a new password.') });
    else if (!form.octets('new').equals(form.octets('again')))
        out.push({ field: 'again', text: say('The two new passwords are not the same.') });
    return out;
}

// Ask an agent, once at a time in a session, and not too often for a person.
async function send(ctx, what, password, old) {
    const { session, service, buckets } = ctx;
    if (session.isBusy)
        return { busy: true };
    if (!session.limits.send.take() || !buckets.people.take(what.person.name))
        return null;
    session.isBusy = true;
    try {
        return await service.ask(what, password, old);
    } finally {
        session.isBusy = false;
    }
}

async function setPassword(ctx, isChange) {
    const { form, session, say } = ctx;
    const person = ctx.subject;
    const problems = missing(ctx, isChange);
    if (problems.length > 0)
        return { status: 422, page: passwordPage(ctx, isChange, { problems, heading: say('There is a problem') }) };
    const flags = FLAG.OWN_ACCOUNT | (!isChange && ctx.config.unlock ? FLAG.UNLOCK : 0);
    const operation = isChange ? OPERATION.CHANGE : OPERATION.RESET_SELF;
    const result = await send(ctx, { operation, person, flags }, form.octets('new'),
        isChange ? form.octets('current') : null);
    if (!result)
        return ctx.app.tooMany(ctx);
    if (!result.busy && result.outcome === OUTCOME.NOT_SET) {
        session.stricter ??= {};
        learn(session.stricter, result.findings);
        return refused(ctx, result, (more) => passwordPage(ctx, isChange, more));
    }
    return finish(ctx, result, 'set');
}

function refused(ctx, result, page) {
    const { status, heading, problems } = problemsOf(ctx, result);
    return { status, page: page({ problems, heading }) };
}

// To a page of its own, so that a reload sends nothing twice.
function finish(ctx, result, what) {
    if (result.busy)
        return answer(ctx, result);
    ctx.session.result = { ...result, what };
    delete ctx.session.proven;
    return go('/result');
}

function live(ctx) {
    const { session, say, form, service } = ctx;
    const person = session.person ?? session.proven?.person;
    if (!person || !session.limits.judge.take())
        return { status: person ? 429 : 403, json: {} };
    const rules = rulesFor(ctx);
    const password = form.octets('new');
    const kind = session.person ? SET.CHANGE : SET.RESET;
    const findings = password.length > 0 ? service.judge(rules, accountOf(person), kind, password) : null;
    const list = lines(say, rules, findings);
    return { json: {
        rules: list.map(({ key, state }) => ({ key, state, text: stateText(say, state) })),
        said: findings ? summary(say, list) : '',
    } };
}

const guarded = (page) => (ctx) => {
    const report = ctx.service.report();
    return isDown(report) ? notNow(ctx, report) : page(ctx);
};

// `subject` is whose password it is.
const change = (then) => (ctx) => then({ ...ctx, subject: signedIn(ctx) });
const forgotten = (then) => (ctx) => then({ ...ctx, subject: proven(ctx) });

function signIn(ctx, response) {
    const { form, people, session, sessions, say } = ctx;
    const name = form.text('name');
    const person = people.find(name);
    if (!session.limits.send.take())
        return ctx.app.tooMany(ctx);
    if (!person)
        return { status: 422, page: pages.signIn(ctx, { value: name, problem: say('Nobody is known by that name.') }) };
    for (const old of ['stricter', 'proven', 'proof', 'result'])
        delete session[old];
    session.person = person;
    sessions.keep(session, response, true);
    return go(person.isOperator ? '/' : '/change');
}

function beginProof(ctx) {
    const { form, people, session, say, buckets } = ctx;
    const name = form.text('name');
    const aim = form.text('for') === 'unlock' ? 'unlock' : 'reset';
    if (!name)
        return { status: 422, page: pages.forgot(ctx, { aim, problem: say('Enter your name.') }) };
    if (!session.limits.send.take() || !buckets.proofs.take(name.toLowerCase()))
        return ctx.app.tooMany(ctx);
    session.proof = { ...people.begin(name), aim };
    delete session.proven;
    return go('/forgot/code');
}

function endProof(ctx, response) {
    const { form, people, session, sessions, say } = ctx;
    const person = people.end(session.proof, form.text('code'));
    if (!session.proof)
        return go('/forgot');
    if (!person)
        return { status: 422, page: pages.code(ctx, {
            problem: session.proof.tries > 0 ? say('This code is not right.') : say('Too many tries: get a new code.'),
        }) };
    session.proven = { person, until: performance.now() + PROVEN_MS };
    const to = session.proof.aim === 'unlock' && ctx.config.unlock ? '/forgot/unlock' : '/forgot/new';
    for (const old of ['proof', 'person', 'stricter'])
        delete session[old];
    sessions.keep(session, response, true);
    return go(to);
}

async function unlock(ctx) {
    const result = await send(ctx, { operation: OPERATION.UNLOCK, person: ctx.subject, flags: FLAG.OWN_ACCOUNT });
    if (!result)
        return ctx.app.tooMany(ctx);
    if (!result.busy && result.outcome === OUTCOME.NOT_SET)
        return refused(ctx, result, (more) => pages.unlock(ctx, more));
    return finish(ctx, result, 'unlock');
}

const aimOf = (ctx) => (ctx.url.searchParams.get('for') === 'unlock' && ctx.config.unlock ? 'unlock' : 'reset');
const ifUnlock = (then) => (ctx) => (ctx.config.unlock ? then(ctx) : go('/forgot/new'));

export const routes = {
    '/': { GET: (ctx) => ({ page: pages.home(ctx) }) },
    '/sign-in': { GET: (ctx) => ({ page: pages.signIn(ctx) }), POST: signIn },
    '/sign-out': { POST: (ctx, response) => {
        ctx.sessions.drop(ctx.session, response);
        return go('/');
    } },
    '/change': {
        GET: change(guarded((ctx) => ({ page: passwordPage(ctx, true) }))),
        POST: change((ctx) => setPassword(ctx, true)),
    },
    '/forgot': { GET: guarded((ctx) => ({ page: pages.forgot(ctx, { aim: aimOf(ctx) }) })), POST: beginProof },
    '/forgot/code': {
        GET: (ctx) => (ctx.session.proof ? { page: pages.code(ctx, {}) } : go('/forgot')),
        POST: endProof,
    },
    '/forgot/new': {
        GET: forgotten(guarded((ctx) => ({ page: passwordPage(ctx, false) }))),
        POST: forgotten((ctx) => setPassword(ctx, false)),
    },
    '/forgot/unlock': {
        GET: ifUnlock(forgotten(guarded((ctx) => ({ page: pages.unlock(ctx, {}) })))),
        POST: ifUnlock(forgotten(unlock)),
    },
    '/rules': { POST: live },
    '/result': { GET: (ctx) => (ctx.session.result ? showResult(ctx, ctx.session.result) : go('/')) },
    '/operator': { GET: async (ctx) => (signedIn(ctx).isOperator
        ? { page: await operatorPage(ctx) } : ctx.app.forbidden(ctx)) },
};
