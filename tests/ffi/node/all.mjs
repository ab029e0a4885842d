// SPDX-License-Identifier: Apache-2.0
// node --expose-gc all.mjs: the tests that every binding passes, in TAP. ROOT is the source tree, PWWB_LIB the library.
import { strict as assert } from 'node:assert';
import { checkFunctions, checkMethods, checkNumbers, checkStructs } from './layout.mjs';
import { json, layout, vectors } from './data.mjs';
import { halves } from './halves.mjs';
import { judges } from './policy.mjs';
import { callbacks, writeback } from './story.mjs';
import { lifetime, secrets, threads } from './lifetime.mjs';
import { end, test } from './tap.mjs';
import { opens, refuses } from './vectors.mjs';
import { controls } from './control.mjs';

const known = layout();
const data = vectors();
const answers = json('tests/ffi/refused.json');
const cases = json('tests/cases/complexity.json');

await test("layout: every struct and constant that is declared is the header's", () => {
    [checkStructs, checkNumbers, checkFunctions, checkMethods].forEach((check) => check(known));
});
await test('vectors: every message that opens, opens to what the file says', async () => {
    assert.equal(await opens(data), 26);
});
await test('vectors: every message that must be refused, is', async () => {
    assert.equal(await refuses(data, answers), 63);
});
await test('policy: every case of complexity.json', () => assert.equal(judges(cases), cases.count));
await test('writeback: set, refused with every finding, unknown, not found', async () => {
    await writeback();
    await halves();
});
await test("callback: what it throws is an error of the caller's, told as such", callbacks);
await test('lifetime: freed twice, freed early, collected while in use', lifetime);
await test('threads: four at once', threads);
await test('secrets: wiped when closed', secrets);
await test('control: one wrong expected value is found', () => controls({ known, data, answers, cases }));
end();
