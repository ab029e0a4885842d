// SPDX-License-Identifier: Apache-2.0
// What the tests are judged by: files of the source tree, which ROOT names.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = process.env.ROOT;
export const text = (path) => readFileSync(join(root, path), 'utf8');
export const json = (path) => JSON.parse(text(path));
export const octets = (hex) => Buffer.from(hex, 'hex');
export const hex = (some) => Buffer.from(some).toString('hex');

/** What a compiler says of the headers. */
export const layout = () => JSON.parse(execFileSync('/usr/bin/python3', [join(root, 'tests/abi/layout.py'),
    join(root, 'include')], { encoding: 'utf8', maxBuffer: 1 << 24 }));

/** The files of tests/vectors/pwwb. */
export const vectors = () => Object.fromEntries(['keys', 'keyrings', 'messages', 'exchange', 'refused'].map((name) =>
    [name, json(`tests/vectors/pwwb/${name}.json`)]));
