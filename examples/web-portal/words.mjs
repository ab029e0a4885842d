// SPDX-License-Identifier: Apache-2.0
// English is in the code and in the library; other languages come from gettext's catalogues, po/LANGUAGE.po. A
// later folder adds what an earlier one lacks, so that the programs' own catalogue gives the library's texts.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import gettext from 'gettext-parser';

export const LANGUAGES = { en: 'English', sv: 'Svenska' };

export function readCatalogues(folders) {
    const all = { en: new Map() };
    for (const language of Object.keys(LANGUAGES).filter((l) => l !== 'en')) {
        all[language] = new Map();
        for (const file of folders.map((f) => join(f, `${language}.po`)).filter(existsSync))
            add(all[language], gettext.po.parse(readFileSync(file)).translations[''] ?? {});
    }
    return all;
}

function add(map, entries) {
    for (const { msgid, msgstr, comments } of Object.values(entries))
        if (msgid && msgstr.every(Boolean) && !map.has(msgid) && !/\bfuzzy\b/.test(comments?.flag ?? ''))
            map.set(msgid, msgstr);
}

/** Which language is wanted: by the link that was followed, else by Accept-Language, else the default. */
export function pickLanguage(chosen, accepted, fallback) {
    if (Object.hasOwn(LANGUAGES, chosen))
        return chosen;
    const wishes = (accepted ?? '').slice(0, 256).split(',').map((part) => {
        const [tag, ...rest] = part.trim().toLowerCase().split(';');
        const weight = rest.map((r) => /^\s*q=([01](\.\d{0,3})?)\s*$/.exec(r)).find(Boolean);
        return { base: tag.split('-')[0], weight: weight ? Number(weight[1]) : 1 };
    }).filter((wish) => wish.weight > 0 && Object.hasOwn(LANGUAGES, wish.base));
    wishes.sort((a, b) => b.weight - a.weight);
    return wishes[0]?.base ?? fallback;
}

/** A function that says a text in a language, with what stands for {names} in it. `print` is for the texts of the
 *  programs in C, where %lld and %s stand for what follows; `count` is ngettext(), for English and Swedish. */
export function speaker(catalogues, language) {
    const found = (text) => catalogues[language].get(text)?.[0] ?? text;
    const say = (text, values = {}) => found(text)
        .replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
    const fill = (text, values) => text.replace(/%(lld|s)/g, () => String(values.shift() ?? '')).replace(/%%/g, '%');
    say.print = (text, ...values) => fill(found(text), values);
    say.count = (one, many, n) => fill((catalogues[language].get(one) ?? [one, many])[n === 1 ? 0 : 1] ?? many, [n]);
    say.language = language;
    say.knows = (text) => language === 'en' || catalogues[language].has(text);
    return say;
}
