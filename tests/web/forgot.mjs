// SPDX-License-Identifier: Apache-2.0
// Somebody has forgotten the password, or is locked out.
import { fill, judge, press, text, visit } from './browser.mjs';
import { check, has, same, soon } from './tap.mjs';
import { first } from './change.mjs';
import { binds, field, secret } from './world.mjs';

export async function prove(page, site, name, aim = '') {
    await page.goto(`${site.url}/forgot${aim}`);
    await fill(page, { name });
    await press(page);
    const code = site.lastCode();
    await fill(page, { code });
    await press(page);
}

export async function reset(browser, site) {
    const page = await visit(browser);
    const word = secret('Reset-It-For-Me-1');
    await page.goto(`${site.url}/forgot`);
    await judge(page, 'forgot');
    await press(page);
    has(await text(page, '#problems'), 'Enter your name.', 'a name is asked for');
    await fill(page, { name: 'u002' });
    await press(page);
    await judge(page, 'code');
    await fill(page, { code: '00000000' });
    await press(page);
    has(await text(page, '#problems'), 'not right', 'a wrong code is refused');
    await judge(page, 'code, refused');
    await fill(page, { code: site.lastCode() });
    await press(page);
    same(new URL(page.url()).pathname, '/forgot/new', 'the right one leads on');
    await judge(page, 'new password');
    await fill(page, { new: secret('x'), again: 'x' });
    await press(page);
    same(await page.$$eval('#problems li', (list) => list.length), 2, 'all reasons at once, of a reset too');
    await fill(page, { new: word, again: word });
    await press(page);
    has(await text(page, '#message'), 'Your password is set', 'a reset succeeds');
    check(binds('u002', word), 'the new password binds');
    await page.goto(`${site.url}/forgot/new`);
    same(new URL(page.url()).pathname, '/forgot', 'one proof is good for one password');
    await page.browserContext().close();
}

export async function nobody(browser, site) {
    const page = await visit(browser);
    await page.goto(`${site.url}/forgot`);
    await fill(page, { name: 'u002' });
    await press(page);
    const known = await text(page);
    const said = site.said.length;
    await page.goto(`${site.url}/forgot`);
    await fill(page, { name: 'nobody-of-that-name' });
    await press(page);
    same(await text(page), known, 'a name that nobody has gets the same page');
    check(!site.said.slice(said).includes('code for'), 'and no code');
    for (let i = 0; i < 5; i++) {
        await fill(page, { code: '12345678' });
        await press(page);
    }
    has(await text(page, '#problems'), 'Too many tries', 'after five tries a code is void');
    await page.browserContext().close();
}

export async function unlocked(browser, site) {
    for (let i = 0; i < 6; i++)
        binds('u003', secret('Wrong-Again-1'));
    check(!binds('u003', first) && Number(field('u003', 'lockoutTime')) > 0, 'an account is locked');
    const page = await visit(browser);
    await prove(page, site, 'u003', '?for=unlock');
    same(new URL(page.url()).pathname, '/forgot/unlock', 'the proof leads to unlocking');
    await judge(page, 'unlock');
    await press(page);
    has(await text(page, '#message'), 'Your account is unlocked', 'it is unlocked');
    await judge(page, 'unlocked');
    same(field('u003', 'lockoutTime'), '0', 'so the directory says');
    check(await soon(() => binds('u003', first), 5000), 'and the password that it had binds');
    await page.browserContext().close();
}
