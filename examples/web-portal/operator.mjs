// SPDX-License-Identifier: Apache-2.0
// The operators' page: how the agents are, how old the keys are, what became of the last requests.
import { html } from './html.mjs';
import { layout } from './pages.mjs';
import { moment } from './outcomes.mjs';
import { COUNT, HEALTH, WATCHED, codeName, codeOperatorText } from '../ffi/node/index.mjs';

/** What the library's numbers are called: enum pwwb_readiness, pwwb_tenant_state, pwwb_epoch_state. */
export const STATES = ['', 'Not configured', 'Clocks differ', 'Unreachable', 'Not known yet', 'Degraded', 'Outdated', 'Up'];
export const TENANTS = ['', 'never enabled', 'waits for the fingerprint', 'enabled', 'disabling', 'disabled', 'revoked'];
export const EPOCHS = ['', 'pending', 'active', 'open only', 'wiped'];
const SUITES = ['', 'RSA-2048', 'X25519'];

function age(say, seconds) {
    if (seconds < 0)
        return say('not known');
    if (seconds < 120)
        return say('{n} s', { n: Math.round(seconds) });
    if (seconds < 7200)
        return say('{n} min', { n: Math.round(seconds / 60) });
    return seconds < 172800 ? say('{n} h', { n: Math.round(seconds / 3600) })
        : say('{n} days', { n: Math.round(seconds / 86400) });
}

// Two columns: what, and how much.
const facts = (id, caption, rows) => html`<div class="table" role="region" aria-labelledby="${id}" tabindex="0">
<table class="facts"><caption id="${id}">${caption}</caption>
<tbody>${rows.map(([name, value]) => html`
<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
</tbody></table></div>`;

const grid = (id, caption, heads, rows, none) => html`<div class="table" role="region" aria-labelledby="${id}" tabindex="0">
<table><caption id="${id}">${caption}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(([first, ...rest]) => html`
<tr><th scope="row">${first}</th>${rest.map((value) => html`<td>${value}</td>`)}</tr>`)}
${rows.length === 0 && html`<tr><td colspan="${heads.length}">${none}</td></tr>`}
</tbody></table></div>`;

const version = (n) => (n > 0 ? `${Math.floor(n / 10000)}.${Math.floor(n / 100) % 100}.${n % 100}` : '–');

function agents(ctx, report) {
    const { say } = ctx;
    const now = Date.now();
    return facts('agents', say('Agents'), [
        [say('Alive'), report.agents],
        [say('Reach a directory'), say('{n} of {all}', { n: report.agents_up, all: report.agents })],
        [say('Directories up, of the agent that reaches the fewest'),
            say('{n} of {all}', { n: report.directories_up, all: report.directories })],
        [say('Stopped'), report.agents_stopped],
        [say('Silent'), report.agents_silent],
        [say('With a wrong clock'), report.agents_skewed],
        [say('Last heartbeat'), report.heard_ms > 0
            ? say('{age} ago', { age: age(say, Math.max(0, (now - Number(report.heard_ms)) / 1000)) }) : say('never')],
        [say('Largest difference of clocks'), say('{n} s', { n: (Math.abs(Number(report.skew_ms)) / 1000).toFixed(1) })],
        [say('Oldest version'), version(report.version)],
    ]);
}

function healthOf(say, { last, state }) {
    switch (state) {
    case WATCHED.STOPPED: return say('Stopped');
    case WATCHED.SILENT: return say('Silent');
    case WATCHED.SKEWED: return say('With a wrong clock');
    default: return last.health === HEALTH.UP ? say('Up') : last.health === HEALTH.DEGRADED ? say('Degraded') : say('Unreachable');
    }
}

// The beginning of a GUID, as it is written.
const id = (octets) => [...octets].slice(0, 4).reverse().map((octet) => octet.toString(16).padStart(2, '0')).join('');

function eachAgent(ctx) {
    const { say, service } = ctx;
    const rows = service.agents().map((agent) => [
        html`<code>${id(agent.last.agent_id)}</code>`, healthOf(say, agent), say('{age} ago', { age: age(say, agent.age_s) }),
        say('{n} of {all}', { n: agent.last.directories_up, all: agent.last.directories }),
        ...[COUNT.SET, COUNT.NOT_SET, COUNT.UNKNOWN].map((which) => String(agent.last.counters[which])),
    ]);
    return grid('each', say('Each agent'), [say('Agent'), say('State'), say('Last heartbeat'), say('Directories up'), say('set'),
        say('not set'), say('unknown')], rows, say('No agent has been heard yet.'));
}

function keys(ctx, kept, report) {
    const { say } = ctx;
    const now = Date.now() / 1000;
    const rows = (kept?.epochs ?? []).map((epoch) => [
        String(epoch.generation), say(EPOCHS[epoch.state] ?? '?'), SUITES[epoch.suite] ?? '?',
        age(say, now - Number(epoch.created_s)), age(say, now - Number(epoch.since_s)),
    ]);
    return html`${facts('tenant', say('Tenant'), [
        [say('State'), say(TENANTS[kept?.info.state ?? 1] ?? '?')],
        [say('Fingerprint'), html`<code>${kept?.info.fingerprint || '–'}</code>`],
        [say('Oldest active key, as the agents tell'), age(say, Number(report.key_age_s))],
    ])}
${grid('keys', say('Keys'), [say('Generation'), say('State'), say('Kind'), say('Age'), say('In this state')], rows,
        say('There are no keys yet.'))}`;
}

/** Names of the audit's, as people say them. */
export const words = {
    change: 'change', change_forced: 'forced change', reset_self: 'reset by the person', reset_admin: 'reset by an administrator',
    unlock: 'unlock', set: 'set', set_with_warnings: 'set with warnings', not_set: 'not set', unknown: 'unknown',
    answered: 'answered', not_sent: 'not sent', no_answer: 'no answer',
};

function outcomes(ctx) {
    const { say, service, people } = ctx;
    const rows = service.outcomes.map((event) => [
        moment(ctx, Date.parse(event.time)).split(' ').map((part) => html`<span class="part">${part}</span> `),
        html`<span class="tag ${event.outcome}">${say(words[event.outcome] ?? '–')}</span>`,
        people.nameOf(event.anchor), say(words[event.operation] ?? event.operation),
        html`<code>${event.code}</code>`, say(words[event.end] ?? event.end),
        event.duration_ms === undefined ? '–' : say('{n} ms', { n: event.duration_ms }),
    ]);
    return grid('outcomes', say('Last outcomes at this portal'), [say('Time'), say('Outcome'), say('Person'),
        say('Operation'), say('Code'), say('How'), say('Took')], rows, say('Nothing was asked for yet.'));
}

export async function operatorPage(ctx) {
    const { say, service } = ctx;
    const report = service.report();
    const kept = await service.keys();
    const code = codeOperatorText(report.code);
    const kind = report.state >= 6 ? 'good' : report.state >= 4 ? 'unsure' : 'bad';
    return layout(ctx, {
        title: say('Operator'),
        wide: true,
        body: html`<h1>${say('Operator')}</h1>
<div class="box ${kind}"><h2>${say('Service')}: ${say(STATES[report.state])}</h2>
${report.code !== 1 && html`<p><span lang="en">${code}</span> <code>${codeName(report.code)}</code></p>`}
<p>${say('As of {time}, {zone}.', { time: moment(ctx, Date.now()), zone: ctx.config.time_zone })} <a href="/operator">${say('Refresh')}</a></p></div>
<div class="columns">${agents(ctx, report)}
<div>${keys(ctx, kept, report)}</div></div>
${eachAgent(ctx)}
${outcomes(ctx)}`,
    });
}
