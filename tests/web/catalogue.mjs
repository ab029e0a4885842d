// SPDX-License-Identifier: Apache-2.0
// What the pages say must all be in the Swedish catalogue.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './tap.mjs';
import { out } from './world.mjs';

const root = process.env.ROOT;

export async function catalogue() {
    const site = join(out, 'site');
    const { readCatalogues } = await import(join(site, 'words.mjs'));
    const { sv } = readCatalogues([join(root, 'po'), join(site, 'po')]);
    const texts = new Set();
    for (const file of readdirSync(site).filter((name) => name.endsWith('.mjs'))) {
        const code = readFileSync(join(site, file), 'utf8');
        for (const [, text] of code.matchAll(/(?:\bsay(?:\.print)?|\bcount|\bat|#sorry\(ctx,)\(?\s*'((?:[^'\\]|\\.)*)'/g))
            texts.add(text.replaceAll("\\'", "'"));
    }
    const { STATES, TENANTS, EPOCHS, words } = await import(join(site, 'operator.mjs'));
    [...STATES, ...TENANTS, ...EPOCHS, ...Object.values(words)].filter(Boolean).forEach((text) => texts.add(text));
    const lacking = [...texts].filter((text) => !sv.has(text));
    check(lacking.length === 0 && texts.size > 110, 'every text of the pages is there in Swedish',
        `${texts.size} texts, lacking: ${lacking.join(' | ')}`);
}
