// SPDX-License-Identifier: Apache-2.0
// Structs, numbers, functions and methods, as they are declared for koffi, against the headers.
import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as enums from '../../../examples/ffi/node/enums.mjs';
import { prototypes } from '../../../examples/ffi/node/native.mjs';
import { signatures, structs } from '../../../examples/ffi/node/structs.mjs';
import { root, text } from './data.mjs';

const koffi = createRequire(new URL('../../../examples/ffi/node/package.json', import.meta.url))('koffi');

export function checkStructs(known) {
    for (const [name, type] of Object.entries(structs)) {
        const { size, alignment, members } = koffi.introspect(type);
        const fields = Object.fromEntries(Object.entries(members).map(([field, { offset, type: of }]) =>
            [field, [offset, koffi.introspect(of).size]]));
        assert.deepEqual({ name, size, align: alignment, fields, order: Object.keys(members) },
            { name, ...known.structs[name] });
    }
    assert(Object.keys(structs).length > 25);
}

export function checkNumbers(known) {
    let count = 0;
    for (const [table, starts] of Object.entries(enums.prefixes))
        for (const [name, number] of Object.entries(enums[table])) {
            assert(starts.some((start) => known.constants[start + name] === number), `${table}.${name} ${number}`);
            count += 1;
        }
    assert(count > 250);
    const address = /#define PWWB_ADDRESS_(\w+) "(\w+)"/g;
    assert.deepEqual({ ...enums.ADDRESS }, Object.fromEntries([...text('include/pwwb/envelope.h').matchAll(address)]
        .map(([, name, value]) => [name, value])));
}

// What a parameter is to a caller: its size, and whether it is an address.
function kind(parameter) {
    const plain = parameter.replace(/_\w+_ |const /g, '').trim();
    if (plain === 'void' || plain === '')
        return 'void';
    if (/[*[]/.test(plain) || /^(str|pwwb_\w+_fn)/.test(plain))
        return 'address';
    return plain.split(' ')[0].replace('pwwb_status', 'int32_t');
}

// [name, result, each parameter]
function shape(prototype) {
    const [, result, name, list] = /^(.*?)(pwwb_\w+)\((.*)\);?$/.exec(prototype);
    const parameters = list.split(',').map(kind).filter((one) => one !== 'void');
    return [name, kind(result), ...parameters];
}

export function checkFunctions(known) {
    for (const prototype of prototypes) {
        const [name, ...is] = shape(prototype);
        assert.deepEqual([name, ...is], shape(known.functions[name] ?? `void ${name}()`));
    }
    assert(prototypes.length > 100);
}

// Methods of tables, by their text: layout.py does not read them.
export function checkMethods() {
    const headers = readdirSync(join(root, 'include/pwwb')).filter((name) => name.endsWith('.h'))
        .map((name) => text(`include/pwwb/${name}`)).join('\n').replace(/\s+/g, ' ');
    for (const [name, signature] of Object.entries(signatures)) {
        const [, table, method] = /^(directory|transport|keystore)_(\w+)$/.exec(name) ?? ['', '', name];
        const body = table ? headers.split(`typedef struct pwwb_${table}_ops {`)[1] : headers;
        const found = new RegExp(`(\\w+) \\(\\*(?:pwwb_)?${method}(?:_fn)?\\)\\(([^)]*)\\)`).exec(body);
        assert.deepEqual([name, ...signature.map(kind)], [name, kind(found[1]), ...found[2].split(',').map(kind)]);
    }
}
