// SPDX-License-Identifier: Apache-2.0
// node check.mjs [--self-test] FOLDER: as check.py, by compute.mjs and receive.mjs. In TAP.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { FILES, Vector, allKeys } from './compute.mjs';
import { received, refused } from './receive.mjs';

FILES.refused = { refused };

// '', or what is wrong.
function check(how, keys, value) {
  const v = new Vector(value);
  try {
    how(new Vector(keys), v);
    v.end();
    received(how.name, new Vector(keys), value);
  } catch (error) { // octets turned over make others fail in any way
    return `${error.name}: ${error.message}`;
  }
  return '';
}

// A copy for each number, text and octet string in it, with that one changed; and where.
function* changed(value) {
  for (const [key, item] of Object.entries(value).filter(([name]) => name !== 'name')) {
    let others;
    if (typeof item === 'object') {
      others = [...changed(item)];
    } else if (typeof item === 'number') {
      others = [['', item + 1]];
    } else {
      const at = Math.floor(item.length / 2);
      others = [['', item.slice(0, at) + (item[at] === '0' ? '1' : '0') + item.slice(at + 1)]];
    }
    for (const [path, other] of others) {
      const copied = Array.isArray(value) ? [...value] : { ...value };
      copied[key] = other;
      yield [`${key} ${path}`, copied];
    }
  }
}

const folder = process.argv.at(-1);
const load = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`));
const keys = load('keys');
const vectors = [['keys', allKeys, {}]];
for (const [name, kinds] of Object.entries(FILES)) {
  const content = load(name);
  assert.deepEqual(Object.keys(content).sort(), Object.keys(kinds).sort());
  for (const [kind, how] of Object.entries(kinds)) {
    content[kind].forEach((v) => vectors.push([`${kind}: ${v.name}`, how, v]));
  }
}

// A change of the keys is to be noticed by any vector, one of a vector there.
function unnoticed(how, value) {
  const every = [...changed(how === allKeys ? keys : value)]
    .filter(([path]) => !path.startsWith('passphrase')) // nobody computes with it here
    .filter(([path]) => how !== refused || ['step ', 'as '].includes(path)); // see check.py
  const isSeen = (other) => (how === allKeys ? vectors.some(([, h, v]) => check(h, other, v))
    : check(how, keys, other));
  const unseen = every.filter(([, other]) => !isSeen(other));
  return [every.length, unseen.map(([path]) => path)];
}

vectors.forEach(([name, how, value], i) => {
  let [wrong, what] = [check(how, keys, value), ''];
  if (process.argv.includes('--self-test')) {
    const [count, unseen] = unnoticed(how, value);
    what = `, each of ${count} values changed`;
    if (unseen.length > 0 || count === 0) wrong ||= `unnoticed: ${unseen}`;
  }
  console.log(`${wrong ? 'not ok' : 'ok'} ${i + 1} - ${name}${what}`);
  if (wrong) console.log(`# ${wrong}`);
  if (wrong) process.exitCode = 1;
});
console.log(`1..${vectors.length}`);
