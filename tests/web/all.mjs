// SPDX-License-Identifier: Apache-2.0
// rows: 1, 5, 8, 16. The web page, end to end: Chromium, the page's program, RabbitMQ, an agent, Samba.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { complaints, launch, received, seesFaults, visit } from './browser.mjs';
import * as changes from './change.mjs';
import * as downs from './down.mjs';
import * as forgots from './forgot.mjs';
import { catalogue } from './catalogue.mjs';
import * as reaches from './reach.mjs';
import * as safes from './safe.mjs';
import { check, end, same, soon, story } from './tap.mjs';
import { agent, audit, out, passwords, people, site as start } from './world.mjs';

const names = Array.from({ length: 12 }, (_, i) => `u${String(i + 1).padStart(3, '0')}`);

// How often each password is in what was said, written and sent.
function leaks(texts) {
    const found = [];
    for (const word of passwords)
        for (const [where, text] of Object.entries(texts))
            if (word.length > 4 && text.includes(word))
                found.push(`${where}: ${word}`);
    return found;
}

async function secrets(site, world) {
    const texts = { log: site.said, agent: world.agent.said, audit: audit(),
        agentAudit: readFileSync(join(out, 'agent/audit.jsonl'), 'utf8'), metrics: readFileSync(join(out, 'agent/metrics.prom'), 'utf8'), pages: received.join('\n'),
        people: readFileSync(join(out, 'people.json'), 'utf8') };
    check(received.length > 100 && passwords.size > 20, 'there is something to search', `${received.length} ${passwords.size}`);
    const found = leaks(texts);
    check(found.length === 0, `${passwords.size} passwords in logs, audit and ${received.length} answers: 0`, found.join('\n'));
    same(leaks({ planted: `GET /?new=${changes.first}` }).length, 1, 'control: one that is planted is found');
}

people(names, ['u010']);
const world = { agent: await agent.start() };
const site = await start();
const browser = await launch();
const ready = await visit(browser);
await soon(async () => { // until a heartbeat has told the rules
    await changes.signIn(ready, site, 'u012');
    return (await ready.$('#rules')) !== null;
}, 30000);

const told = [
    changes.whatIsShown, changes.rulesLive, changes.refused, changes.changed, forgots.reset, forgots.nobody,
    forgots.unlocked, reaches.swedish, reaches.keyboard, reaches.withoutScripting, reaches.phone, downs.uncertain,
    downs.away, downs.operator,
];
const all = [
    ['catalogue', catalogue],
    ['faults', async () => check(await seesFaults(await visit(browser)), 'control: axe-core sees planted faults')],
    ...told.map((tell) => [tell.name, () => tell(browser, site, world)]),
    ...[safes.headers, safes.forged, safes.limits].map((tell) => [tell.name, () => tell(site)]),
    ['secrets', () => secrets(site, world)],
];
const only = process.env.WEB_ONLY?.split(' ');
for (const [name, tell] of all)
    if (!only || only.includes(name))
        await story(name, tell, () => site.said.trim().split('\n').slice(-5).join('\n'));
same(complaints.join('\n'), '', 'the browser complains of nothing');

await browser.close();
same(await site.stop(), 0, 'the web portal ends well');
await world.agent.stop();
process.exit(end());
