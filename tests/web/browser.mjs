// SPDX-License-Identifier: Apache-2.0
// Chromium without a window: pages, axe-core's judgement of them, and pictures.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './tap.mjs';
import { out } from './world.mjs';

const from = createRequire(join(out, 'browser/package.json'));
const puppeteer = (await import(from.resolve('puppeteer-core'))).default;
const axe = readFileSync(from.resolve('axe-core/axe.min.js'), 'utf8');

export const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
export const DESKTOP = { width: 1280, height: 900 };
export const sizes = { phone: PHONE, desktop: DESKTOP };

/** Every answer's text, to be searched at the end. */
export const received = [];
export const complaints = [];

export const launch = () => puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'], // root, in a container
});

/** A page of a browser of its own: no cookie of another's. */
export async function visit(browser, { size = DESKTOP, language = 'en', scripting = true } = {}) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport(size);
    await page.setJavaScriptEnabled(scripting);
    await page.setExtraHTTPHeaders({ 'Accept-Language': language });
    page.on('response', (response) => response.text().then((text) => received.push(text), () => {}));
    page.on('pageerror', (failure) => complaints.push(failure.message));
    page.on('console', (line) => line.type() === 'error' && !/status of (4|5)\d\d/.test(line.text())
        && complaints.push(line.text()));
    return page;
}

/** Press a button that sends, and wait for the page that comes. */
export async function press(page, selector = 'main button.main') {
    await Promise.all([page.waitForNavigation({ timeout: 60000 }), page.click(selector)]);
}

export async function fill(page, values) {
    for (const [name, value] of Object.entries(values)) {
        await page.$eval(`#${name}`, (input) => { input.value = ''; });
        await page.type(`#${name}`, value);
    }
}

export const text = (page, selector = 'main') => page.$eval(selector, (element) => element.innerText);

async function violations(page) {
    await page.evaluate(axe);
    const { violations: list } = await page.evaluate(() => globalThis.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }));
    return list.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`);
}

// Sizes and schemes by pairs: layout does not depend on colours, nor contrast on the size.
const looks = [['phone', 'light'], ['desktop', 'dark']];

/** axe-core on a phone and a desktop, one light and one dark; and nothing to scroll sideways. */
export async function judge(page, name) {
    const before = page.viewport();
    const isScripted = page.isJavaScriptEnabled();
    await page.setJavaScriptEnabled(true); // for axe-core alone: what was loaded without stays without
    for (const [size, scheme] of looks) {
        await page.setViewport({ ...sizes[size], isMobile: before.isMobile, hasTouch: before.hasTouch });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme },
            { name: 'prefers-reduced-motion', value: 'reduce' }]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        const list = await violations(page);
        if (wide > 0)
            list.push(`${wide} pixels too wide`);
        check(list.length === 0, `${name}: axe-core, ${size}, ${scheme}: 0 violations, and it fits`, list.join('\n'));
    }
    await page.setJavaScriptEnabled(isScripted);
    await page.emulateMediaFeatures([]);
    await page.setViewport(before);
}

/** A page with planted faults: whether each is seen. */
export async function seesFaults(page) {
    await page.setContent('<html lang="en"><title>x</title><main><h1>x</h1><input type="text">'
        + '<p style="color:#aaa;background:#fff">pale</p><img src="x"></main></html>');
    const list = (await violations(page)).map((line) => line.split(':')[0]);
    return ['label', 'color-contrast', 'image-alt'].every((id) => list.includes(id));
}

/** Pictures of a state in both windows. */
export async function pictures(page, name, schemes = ['light']) {
    const before = page.viewport();
    for (const scheme of schemes)
        for (const [size, viewport] of Object.entries(sizes)) {
            await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
            await page.setViewport({ ...viewport, isMobile: before.isMobile, hasTouch: before.hasTouch });
            await page.screenshot({ path: join(out, `${name}-${size}${scheme === 'dark' ? '-dark' : ''}.png`), fullPage: true });
        }
    await page.emulateMediaFeatures([]);
    await page.setViewport(before);
}
