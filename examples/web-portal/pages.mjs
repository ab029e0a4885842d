// SPDX-License-Identifier: Apache-2.0
// What people see. Each page is a function of a context: `say` (the language), `session`, `config`.
import { html } from './html.mjs';
import { LANGUAGES } from './words.mjs';
import { stateText } from './rules.mjs';

/** The whole page. `problems`: the page begins with what is wrong, and the focus is there. */
export function layout(ctx, { title, problems = false, wide = false, body }) {
    const { say, config, session } = ctx;
    const other = Object.keys(LANGUAGES).filter((l) => l !== say.language);
    return html`<!DOCTYPE html>
<html lang="${say.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${problems ? `${say('Problem')}: ` : ''}${title} – ${config.organisation}</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/style.css">
<script type="module" src="/static/live.js"></script>
</head>
<body>
<a class="skip" href="#main">${say('Skip to content')}</a>
<header><div class="bar">
<a class="home" href="/">${config.organisation}</a>
<nav aria-label="${say('Language and account')}"><ul>
${session.person?.isOperator && html`<li><a href="/operator">${say('Operator')}</a></li>`}
${other.map((l) => html`<li><a href="?lang=${l}" lang="${l}" hreflang="${l}">${LANGUAGES[l]}</a></li>`)}
${session.person && html`<li><form method="post" action="/sign-out">${token(ctx)}<button class="link">${say('Sign out')}</button></form></li>`}
</ul></nav></div></header>
<main id="main" tabindex="-1"${wide && html` class="wide"`}>
${body}
</main>
</body>
</html>
`;
}

const token = ({ session }) => html`<input type="hidden" name="token" value="${session.token}">`;

/** The library's own sentence: marked as English where the catalogue lacks it. */
export const sentence = (say, text) => (say.knows(text) ? html`${say(text)}` : html`<span lang="en">${text}</span>`);

/** What is wrong, at the head of a page; each with a link to its field. */
export function problemBox({ say }, heading, problems) {
    return html`<div class="box bad" id="problems" role="alert" tabindex="-1" autofocus>
<h2><span class="sign" aria-hidden="true">!</span>${heading}</h2>
<ul>${problems.map(({ field, text }) => html`
<li>${field ? html`<a href="#${field}">${text}</a>` : text}</li>`)}
</ul></div>`;
}

/** One password field with its label, its problem, and a button that shows it where scripting is. */
export function passwordField({ say }, { name, label, kind, hint, problem, describedBy }) {
    const by = [hint && `${name}-hint`, problem && `${name}-problem`, describedBy].filter(Boolean).join(' ');
    return html`<div class="field${problem && ' bad'}">
<label for="${name}">${label}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${problem && html`<p class="problem" id="${name}-problem"><span class="sign" aria-hidden="true">!</span>${problem}</p>`}
<div class="row"><input type="password" id="${name}" name="${name}" required maxlength="256" spellcheck="false"
 autocapitalize="none" autocomplete="${kind}-password"${by && html` aria-describedby="${by}"`}${problem && html` aria-invalid="true"`}>
<button type="button" class="show" data-for="${name}" aria-pressed="false" aria-label="${say('Show')}: ${label}" hidden>${say('Show')}</button></div>
</div>`;
}

export function textField({ say }, { name, label, hint, problem, value = '', more }) {
    const by = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ');
    return html`<div class="field${problem && ' bad'}">
<label for="${name}">${label}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${problem && html`<p class="problem" id="${name}-problem"><span class="sign" aria-hidden="true">!</span>${problem}</p>`}
<input type="text" id="${name}" name="${name}" value="${value}" required maxlength="64" spellcheck="false" autocapitalize="none"
 ${more}${by && html` aria-describedby="${by}"`}${problem && html` aria-invalid="true"`}></div>`;
}

/** The rules; live.js asks again as the person types. */
export function ruleList({ say }, list) {
    return html`<section class="rules" aria-labelledby="rules-title" data-rules="/rules">
<h2 id="rules-title">${say('Rules for the new password')}</h2>
${list.length > 0 && html`<ul id="rules">${list.map((line) => html`
<li data-rule="${line.key}" data-state="${line.state}"><span class="mark" aria-hidden="true"></span><span>${line.text}</span> <span class="state">${stateText(say, line.state)}</span></li>`)}
</ul>`}
<p class="hint" id="rules-more">${say('Your organisation may have more rules. They are checked when you send.')}</p>
<p class="listen" id="rules-said" role="status"></p>
</section>`;
}

export const submit = ({ say }, label) => html`<button class="main" data-busy="${say('Please wait …')}">${label}</button>
<p class="said" id="busy" role="status"></p>`;

export const form = (ctx, action, content) => html`<form method="post" action="${action}" novalidate>
${token(ctx)}
${content}
</form>`;

export const standIn = ({ say }, text) => html`<aside class="box note" aria-label="${say('Stand-in')}">
<p><strong>${say('Stand-in')}.</strong> ${text}</p></aside>`;

/** A page with one message: done, unknown, not now, not allowed. */
export function message(ctx, { kind, title, texts, list = [], links = [] }) {
    const sign = { good: '✓', bad: '!', unsure: '?', note: 'i' }[kind];
    return layout(ctx, {
        title,
        problems: kind === 'bad',
        body: html`<div class="box ${kind}" id="message" tabindex="-1" autofocus>
<h1><span class="sign" aria-hidden="true">${sign}</span>${title}</h1>
${texts.map((text) => html`<p>${text}</p>`)}
${list.length > 0 && html`<ol>${list.map((text) => html`<li>${text}</li>`)}</ol>`}
</div>
${links.length > 0 && html`<ul class="links">${links.map(({ href, text }) => html`<li><a href="${href}">${text}</a></li>`)}</ul>`}`,
    });
}

export function home(ctx) {
    const { say, session, config } = ctx;
    return layout(ctx, {
        title: say('Your password'),
        body: html`<h1>${say('Your password')}</h1>
${session.person && html`<p>${say('Signed in as {name}.', { name: session.person.display })}</p>`}
<ul class="cards">
<li><a href="/change"><strong>${say('Change your password')}</strong><span>${say('You know the current one.')}</span></a></li>
<li><a href="/forgot"><strong>${say('Forgot your password?')}</strong><span>${say('Prove who you are, and choose a new one.')}</span></a></li>
${config.unlock && html`<li><a href="/forgot?for=unlock"><strong>${say('Unlock your account')}</strong><span>${say('Keep your password, and try again at once.')}</span></a></li>`}
</ul>`,
    });
}

export function signIn(ctx, { problem, value } = {}) {
    const { say } = ctx;
    return layout(ctx, {
        title: say('Sign in'),
        problems: Boolean(problem),
        body: html`${problem && problemBox(ctx, say('There is a problem'), [{ field: 'name', text: problem }])}
<h1>${say('Sign in')}</h1>
${standIn(ctx, say('This sign-in asks for a name and nothing else. A real portal has its own in its place.'))}
${form(ctx, '/sign-in', html`
${textField(ctx, { name: 'name', label: say('Your name'), value, problem, more: html`autocomplete="username"` })}
${submit(ctx, say('Sign in'))}`)}`,
    });
}

/** The form of a new password; with the current one for a change. */
export function newPassword(ctx, { action, title, isChange, rules, heading, problems = [] }) {
    const { say } = ctx;
    const wrong = (field) => problems.find((problem) => problem.field === field)?.text;
    const several = problems.filter((problem) => problem.field === 'new').length > 1;
    return layout(ctx, {
        title,
        problems: problems.length > 0,
        body: html`${problems.length > 0 && problemBox(ctx, heading, problems)}
<h1>${title}</h1>
<p>${say('For the account {name}.', { name: ctx.subject.name })}</p>
${form(ctx, action, html`
<input type="text" name="username" value="${ctx.subject.name}" autocomplete="username" hidden readonly>
${isChange && passwordField(ctx, { name: 'current', label: say('Current password'), kind: 'current', problem: wrong('current') })}
${passwordField(ctx, { name: 'new', label: say('New password'), kind: 'new', describedBy: rules.length > 0 ? 'rules rules-more' : 'rules-more',
        problem: several ? say('Choose another password: the reasons are at the top of the page.') : wrong('new') })}
${ruleList(ctx, rules)}
${passwordField(ctx, { name: 'again', label: say('New password once more'), kind: 'new', problem: wrong('again') })}
${submit(ctx, title)}`)}`,
    });
}

export function forgot(ctx, { problem, value, aim }) {
    const { say } = ctx;
    const title = aim === 'unlock' ? say('Unlock your account') : say('Forgot your password?');
    return layout(ctx, {
        title,
        problems: Boolean(problem),
        body: html`${problem && problemBox(ctx, say('There is a problem'), [{ field: 'name', text: problem }])}
<h1>${title}</h1>
<p>${say('First you prove who you are: you get a code.')}</p>
${form(ctx, '/forgot', html`<input type="hidden" name="for" value="${aim}">
${textField(ctx, { name: 'name', label: say('Your name'), value, problem, more: html`autocomplete="username"` })}
${submit(ctx, say('Get a code'))}`)}`,
    });
}

export function code(ctx, { problem }) {
    const { say } = ctx;
    return layout(ctx, {
        title: say('Enter the code'),
        problems: Boolean(problem),
        body: html`${problem && problemBox(ctx, say('There is a problem'), [{ field: 'code', text: problem }])}
<h1>${say('Enter the code')}</h1>
<p>${say('If the name is known, a code of eight digits was sent. It holds for ten minutes.')}</p>
${standIn(ctx, say('The code is printed where this program runs. A real portal sends it, or asks for another proof.'))}
${form(ctx, '/forgot/code', html`
${textField(ctx, { name: 'code', label: say('Code'), problem, more: html`inputmode="numeric" autocomplete="one-time-code"` })}
${submit(ctx, say('Continue'))}`)}`,
    });
}

export function unlock(ctx, { heading, problems = [] }) {
    const { say } = ctx;
    return layout(ctx, {
        title: say('Unlock your account'),
        problems: problems.length > 0,
        body: html`${problems.length > 0 && problemBox(ctx, heading, problems)}
<h1>${say('Unlock your account')}</h1>
<p>${say('For the account {name}.', { name: ctx.subject.name })}</p>
<p>${say('Your password stays as it is.')}</p>
${form(ctx, '/forgot/unlock', submit(ctx, say('Unlock')))}
<ul class="links"><li><a href="/forgot/new">${say('Choose a new password instead')}</a></li></ul>`,
    });
}
