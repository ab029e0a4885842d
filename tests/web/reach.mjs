// SPDX-License-Identifier: Apache-2.0
// For everybody: in Swedish, by the keyboard alone, without scripting, on a phone.
import { PHONE, fill, judge, press, text, visit } from './browser.mjs';
import { check, has, same } from './tap.mjs';
import { change, first, signIn } from './change.mjs';
import { binds, secret } from './world.mjs';

export async function swedish(browser, site) {
    const page = await visit(browser, { language: 'sv-SE,sv;q=0.9,en;q=0.5' });
    await signIn(page, site, 'u004');
    same(await page.$eval('html', (h) => h.lang), 'sv', 'Accept-Language is obeyed');
    has(await text(page, '#rules'), 'Minst 7 tecken', 'the rules are Swedish');
    await judge(page, 'change, Swedish');
    await change(page, secret('Fel-Losen-1'), secret('Nytt-Losen-Ord-1'));
    has(await text(page, '#problems'), 'Ditt lösenord byttes inte', 'a refusal is Swedish');
    await judge(page, 'refused, Swedish');
    await change(page, first, secret('Ängen-Är-Grön-1'));
    has(await text(page, '#message'), 'Ditt lösenord är inställt', 'and so is success');
    check(binds('u004', 'Ängen-Är-Grön-1'), 'a password beyond ASCII binds');
    await page.click('nav a[lang=en]');
    await page.waitForSelector('html[lang=en]');
    same(await page.$eval('html', (h) => h.lang), 'en', 'the link changes the language');
    await page.goto(site.url);
    same(await page.$eval('html', (h) => h.lang), 'en', 'and it stays');
    await page.browserContext().close();
}

const focused = (page) => page.evaluate(() => {
    const one = document.activeElement;
    return one.id || one.dataset.for || one.className || one.getAttribute('href') || one.tagName;
});

async function tabTo(page, id) {
    for (let i = 0; i < 25; i++) {
        await page.keyboard.press('Tab');
        if (await focused(page) === id)
            return true;
    }
    return check(false, `Tab reaches ${id}`);
}

export async function keyboard(browser, site) {
    const page = await visit(browser);
    await page.goto(`${site.url}/sign-in`);
    await page.keyboard.press('Tab');
    same(await focused(page), 'skip', 'Tab begins with a way past the head');
    await tabTo(page, 'name');
    await page.keyboard.type('u005');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await tabTo(page, 'current');
    await page.keyboard.type(first);
    await tabTo(page, 'new');
    await page.keyboard.type(secret('aa'));
    await tabTo(page, 'again');
    await page.keyboard.type('aa');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    same(await focused(page), 'problems', 'after a refusal the focus is at the reasons');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    same(await focused(page), 'new', 'a reason is a link to its field');
    await page.keyboard.type(secret('By-Keyboard-Alone-1'));
    await page.keyboard.press('Tab');
    same(await page.evaluate(() => document.activeElement.className), 'show', 'then comes the button that shows it');
    await page.keyboard.press('Space');
    same(await page.$eval('#new', (i) => i.type), 'text', 'which the space bar presses');
    await tabTo(page, 'again');
    await page.keyboard.type('By-Keyboard-Alone-1');
    await page.focus('#main');
    await tabTo(page, 'current');
    await page.keyboard.type(first);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    has(await text(page, '#message'), 'Your password is set', 'a change by Tab and Enter alone');
    check(binds('u005', 'By-Keyboard-Alone-1'), 'and it binds');
    await page.browserContext().close();
}

export async function withoutScripting(browser, site) {
    const page = await visit(browser, { scripting: false });
    await signIn(page, site, 'u006');
    same(await page.$$eval('button.show', (l) => l.filter((b) => !b.hidden).length), 0, 'no button that would do nothing');
    has(await text(page, '#rules'), 'At least 7 characters', 'the rules are there');
    await judge(page, 'change, without scripting');
    await change(page, first, secret('bb'));
    same(await page.$$eval('#problems li', (list) => list.length), 2, 'all reasons at once');
    same(await page.evaluate(() => document.activeElement.id), 'problems', 'and the focus is there');
    await change(page, first, secret('Without-Scripting-1'));
    has(await text(page, '#message'), 'Your password is set', 'a change without scripting');
    check(binds('u006', 'Without-Scripting-1'), 'and it binds');
    await page.browserContext().close();
}

export async function phone(browser, site) {
    const page = await visit(browser, { size: PHONE });
    await signIn(page, site, 'u007');
    const small = await page.$$eval('button, nav a, input:not([type=hidden]):not([hidden])', (list) => list
        .filter((one) => one.offsetHeight > 0 && one.getBoundingClientRect().height < 24).length);
    same(small, 0, 'what one touches is 24 pixels high at least');
    await change(page, first, secret('From-My-Phone-1'));
    has(await text(page, '#message'), 'Your password is set', 'a change on a phone');
    check(binds('u007', 'From-My-Phone-1'), 'and it binds');
    await fill(page, {});
    await press(page, 'nav button.link');
    same(await page.$$eval('nav button.link', (l) => l.length), 0, 'and out again');
    await page.browserContext().close();
}
