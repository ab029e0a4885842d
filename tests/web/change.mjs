// SPDX-License-Identifier: Apache-2.0
// Somebody changes the own password.
import { fill, judge, pictures, press, text, visit } from './browser.mjs';
import { check, has, same, soon } from './tap.mjs';
import { audit, binds, field, secret } from './world.mjs';

export const first = secret('Start-Pass-1!');

export async function signIn(page, site, name) {
    await page.goto(`${site.url}/sign-in`);
    await fill(page, { name });
    await press(page);
}

const states = (page) => page.$$eval('#rules li',
    (list) => Object.fromEntries(list.map((line) => [line.dataset.rule, line.dataset.state])));

const ruleIs = (page, rule, state) => soon(async () => (await states(page))[rule] === state);

export async function change(page, current, word, again = word) {
    await fill(page, { current, new: word, again });
    await press(page);
}

export async function whatIsShown(browser, site) {
    const page = await visit(browser);
    await page.goto(site.url);
    await judge(page, 'start');
    await page.goto(`${site.url}/sign-in`);
    await judge(page, 'sign-in');
    await fill(page, { name: 'nobody' });
    await press(page);
    has(await text(page, '#problems'), 'Nobody is known by that name.', 'who is not known is told so');
    await judge(page, 'sign-in, refused');
    await signIn(page, site, 'u001');
    same(new URL(page.url()).pathname, '/change', 'signing in leads to the change');
    await judge(page, 'change');
    await page.browserContext().close();
}

export async function rulesLive(browser, site) {
    const page = await visit(browser);
    await signIn(page, site, 'u001');
    // The domain's own rules are in tests/fixtures/ad: 7 characters, complexity.
    has(await text(page, '#rules'), 'At least 7 characters', 'the rules of the domain are shown');
    await page.type('#new', secret('tester001'));
    check(await ruleIs(page, 'length', 'met'), 'as one types: long enough');
    check(await ruleIs(page, 'kinds', 'broken'), 'as one types: too few kinds');
    check(await ruleIs(page, 'name', 'broken'), 'as one types: the name is in it');
    has(await text(page, '#rules-said'), 'Not met: Three of', 'and a status line says it to who listens');
    has(await text(page, '#rules li[data-rule=kinds]'), 'not met', 'a state is a word, not only a colour');
    await judge(page, 'rules live');
    await pictures(page, 'rules-live', ['light', 'dark']);
    await page.type('#new', secret(' Yet Better 7'), { delay: 5 });
    check(await ruleIs(page, 'kinds', 'met'), 'as one types on: enough kinds');
    await fill(page, { new: secret('Quite-Another-7') });
    check(await ruleIs(page, 'name', 'met'), 'and without the name');
    same(await page.$eval('#new', (i) => i.type), 'password', 'what is typed is hidden');
    await page.click('button.show[data-for=new]');
    same(await page.$eval('#new', (i) => i.type), 'text', 'until one wants to see it');
    same(await page.$eval('button.show[data-for=new]', (b) => b.getAttribute('aria-pressed')), 'true', 'which is told');
    await judge(page, 'password shown');
    await page.browserContext().close();
}

export async function refused(browser, site) {
    const page = await visit(browser);
    await signIn(page, site, 'u001');
    await press(page);
    const empty = await text(page, '#problems');
    check(empty.includes('current password') && empty.includes('new password'), 'nothing typed: both are asked for', empty);
    await change(page, first, secret('Not-The-Same-1'), secret('Not-The-Same-2'));
    has(await text(page, '#problems'), 'not the same', 'two that differ are refused');
    await judge(page, 'change, two that differ');

    await change(page, first, secret('abc'));
    const reasons = await page.$$eval('#problems li', (list) => list.map((line) => line.innerText));
    same(reasons.length, 2, 'all reasons at once');
    check(reasons.some((r) => /7 characters/.test(r)) && reasons.some((r) => /three of these kinds/.test(r)),
        'length with its number, and kinds', reasons.join('\n'));
    same(await page.evaluate(() => document.activeElement.id), 'problems', 'the focus is at the reasons');
    has(await page.title(), 'Problem: ', 'and the title says so');
    same(await page.$eval('#new', (i) => i.getAttribute('aria-invalid')), 'true', 'the field is marked');
    same(await page.$$eval('input[type=password]', (l) => l.map((i) => i.value).join('')), '', 'no password comes back');
    await judge(page, 'refused with reasons');
    await pictures(page, 'refused', ['light', 'dark']);

    const before = Number(field('u001', 'badPwdCount') ?? 0);
    await change(page, secret('Not-My-Password-1'), secret('Brand-New-Word-1'));
    has(await text(page, '#problems'), 'The current password is not right.', 'a wrong old password is told');
    same(await page.$eval('#problems a', (a) => a.hash), '#current', 'with a link to its field');
    same(Number(field('u001', 'badPwdCount')), before + 1, 'and the directory counted it');
    await judge(page, 'wrong old password');
    await page.browserContext().close();
}

export async function changed(browser, site) {
    const page = await visit(browser);
    const word = secret('Brand-New-Word-2');
    const before = field('u001', 'pwdLastSet');
    await signIn(page, site, 'u001');
    await change(page, first, word);
    has(await text(page, '#message'), 'Your password is set', 'a change succeeds');
    same(await page.evaluate(() => document.activeElement.id), 'message', 'the focus is at the message');
    check(binds('u001', word), 'the new password binds');
    check(!binds('u001', secret('Never-Set-At-All-1')), 'control: another does not');
    check(field('u001', 'pwdLastSet') !== before, 'the directory has a new pwdLastSet');
    const event = audit().trim().split('\n').map(JSON.parse).at(-1);
    check(event.stage === 'after' && event.operation === 'change' && event.outcome === 'set', 'the audit has it',
        JSON.stringify(event));
    await judge(page, 'success');
    await pictures(page, 'success', ['light', 'dark']);
    await page.reload();
    has(await text(page, '#message'), 'Your password is set', 'a reload sends nothing again');
    same(audit().trim().split('\n').length, 2 * audit().split('"after"').length - 2 - notSent(), 'nor does the audit hear of it');

    await page.goto(`${site.url}/change`);
    await change(page, word, first);
    has(await text(page, '#problems'), 'You used this password before', 'one of the last passwords is refused');
    await judge(page, 'refused for history');
    await page.browserContext().close();
}

// What was refused here has an "after" alone.
const notSent = () => audit().split('"not_sent"').length - 1;
