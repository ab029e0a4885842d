// SPDX-License-Identifier: Apache-2.0
// The agent is away, or does not answer in time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, pictures, press, text, visit } from './browser.mjs';
import { check, has, same, soon } from './tap.mjs';
import { change, first, signIn } from './change.mjs';
import { agent, binds, out, secret } from './world.mjs';

export async function uncertain(browser, site, world) {
    const page = await visit(browser);
    const word = secret('Was-It-Set-Or-Not-1');
    await signIn(page, site, 'u008');
    world.agent.signal('SIGSTOP');
    await change(page, first, word);
    world.agent.signal('SIGCONT');
    has(await text(page, '#message'), 'may have been set', 'no answer in time: it may have been set');
    check(!(await text(page)).includes('not changed'), 'and never "not changed"');
    await judge(page, 'unknown');
    await pictures(page, 'unknown');
    check(await soon(() => binds('u008', word)), 'for it was, once the agent went on');
    await page.browserContext().close();
}

export async function away(browser, site, world) {
    const page = await visit(browser);
    await signIn(page, site, 'u009');
    same(await world.agent.stop(), 0, 'the agent ends well');
    await soon(async () => {
        await page.goto(`${site.url}/change`);
        return (await page.$('#current')) === null;
    });
    has(await text(page, '#message'), 'Not possible right now', 'without an agent nobody begins');
    has(await text(page, '#message'), 'cannot be reached now', 'and is told why');
    await judge(page, 'service down');
    await pictures(page, 'down');
    await page.goto(`${site.url}/forgot`);
    has(await text(page, '#message'), 'Not possible right now', 'nor a reset');
    world.agent = await agent.start();
    check(await soon(async () => {
        await page.goto(`${site.url}/change`);
        return (await page.$('#current')) !== null;
    }), 'when it is back, one may begin');
    await world.agent.stop();
    await change(page, first, secret('Nobody-Takes-This-1'));
    has(await text(page, '#problems'), 'Your password was not changed', 'when it goes in between: not changed');
    await judge(page, 'agent gone in between');
    check(!binds('u009', 'Nobody-Takes-This-1') && binds('u009', first), 'and it was not');
    world.agent = await agent.start();
    await soon(async () => {
        await page.goto(`${site.url}/change`);
        return (await page.$('#current')) !== null;
    });
    await page.browserContext().close();
}

export async function operator(browser, site) {
    const page = await visit(browser);
    await signIn(page, site, 'u010');
    await page.goto(`${site.url}/operator`);
    const all = await text(page);
    has(all, 'Service: Up', 'the operator sees that the service is up');
    const cells = await page.$$eval('table', (list) => list.map((table) => [table.caption.innerText,
        ...[...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText).join(' | '))]));
    const rows = cells.flat();
    check(rows.includes('Alive | 1'), 'one agent is alive', rows.join('\n'));
    check(rows.some((row) => /^Directories up.* \| 1 of 1$/.test(row)), 'its directory is up', rows.join('\n'));
    const agentId = readFileSync(join(out, 'agent/agent.id'), 'utf8').slice(0, 8);
    check(rows.some((row) => new RegExp(`^${agentId} \\| Up \\| \\d+ s ago \\| 1 of 1 \\| \\d+ \\| \\d+ \\| \\d+$`).test(row)),
        'the agent by its own name, and how it is', `${agentId}\n${rows.join('\n')}`);
    check(rows.some((row) => /^1 \| active \| X25519 \| /.test(row)), 'the keys and their age', rows.join('\n'));
    check(rows.some((row) => /unknown \| u008 \| change \| OUTCOME_UNKNOWN/.test(row)), 'an outcome that is not known', rows.join('\n'));
    check(rows.some((row) => / set \| u001 \| change \| OK/.test(row)), 'and one that is', rows.join('\n'));
    same(await page.$$eval('table', (l) => l.filter((t) => !t.caption || !t.querySelector('th[scope]')).length), 0,
        'each table has a caption and heads for its cells');
    await judge(page, 'operator');
    await pictures(page, 'operator', ['light', 'dark']);
    await press(page, 'nav button.link');
    await page.goto(`${site.url}/operator`);
    same(new URL(page.url()).pathname, '/sign-in', 'who is not signed in does not see it');
    await signIn(page, site, 'u001');
    same((await page.goto(`${site.url}/operator`)).status(), 403, 'nor does who is no operator');
    await judge(page, 'forbidden');
    await page.browserContext().close();
}
