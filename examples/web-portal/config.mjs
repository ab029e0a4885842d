// SPDX-License-Identifier: Apache-2.0
// The configuration file: JSON, every fault named by its place in it.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const is = {
    text: (v) => (typeof v === 'string' && v !== '' && !v.includes('\0') ? null : 'a text'),
    bool: (v) => (typeof v === 'boolean' ? null : 'true or false'),
    number: (least, most) => (v) => (Number.isInteger(v) && v >= least && v <= most
        ? null : `a whole number from ${least} to ${most}`),
    one: (...words) => (v) => (words.includes(v) ? null : `one of ${words.join(', ')}`),
    zone: (v) => {
        try {
            return Intl.DateTimeFormat('en', { timeZone: v }) && null;
        } catch {
            return 'a time zone (Europe/Stockholm)';
        }
    },
    loopback: (v) => (/^(127(\.\d{1,3}){3}|::1|localhost)$/.test(v) ? null
        : 'a loopback address: the sign-in is a stand-in, and TLS is a front server\'s'),
    file: (v) => is.text(v),
};

const need = Symbol('need');

// name: [what it must be, default]. No default: it may be left out.
const table = {
    organisation: [is.text, 'Example Organisation'],
    listen: { host: [is.loopback, '127.0.0.1'], port: [is.number(0, 65535), 8300], https: [is.bool, false] },
    library: { core: [is.text, 'libpwwb.so.0'], amqp: [is.text, 'libpwwb-amqp.so.0'] },
    keys: { file: [is.file, need], lock_file: [is.file], passphrase_file: [is.file] },
    relay: {
        host: [is.text, need], port: [is.number(1, 65535), 5671], ca: [is.file, need], name: [is.text],
        user: [is.text, need], secret_file: [is.file, need], websocket: [is.bool, false], path: [is.text],
        proxy: [is.text], proxy_port: [is.number(1, 65535)],
    },
    portal: {
        handles: [is.number(1, 12), 4], life: [is.number(1, 300), 120], timeout: [is.number(1, 300), 30],
        stale: [is.number(60, 86400), 660],
    },
    people: [is.file, need],
    audit: { file: [is.file], required: [is.bool, false] },
    unlock: [is.bool, true],
    time_zone: [is.zone, 'UTC'],
    language: [is.one('en', 'sv'), 'en'],
    catalogues: [is.file],
};

// Files stand beside the configuration file when they are not absolute.
function read(rules, values, place, folder, faults) {
    const out = {};
    for (const name of Object.keys(values))
        if (!Object.hasOwn(rules, name))
            faults.push(`${place}${name}: not known; known are ${Object.keys(rules).join(', ')}`);
    for (const [name, rule] of Object.entries(rules)) {
        const value = values[name];
        if (!Array.isArray(rule)) {
            const inner = value === undefined ? {} : value;
            if (inner === null || typeof inner !== 'object' || Array.isArray(inner))
                faults.push(`${place}${name}: must be a group, { ... }`);
            else
                out[name] = read(rule, inner, `${place}${name}.`, folder, faults);
        } else if (value !== undefined) {
            const wanted = rule[0](value);
            if (wanted)
                faults.push(`${place}${name}: must be ${wanted}`);
            out[name] = rule[0] === is.file && !wanted ? resolve(folder, value) : value;
        } else {
            if (rule[1] === need)
                faults.push(`${place}${name}: is missing`);
            out[name] = rule[1] === need ? undefined : rule[1];
        }
    }
    return out;
}

/** A secret's first line, of a file that is its owner's alone: octets, to be wiped by the caller. */
export function secret(path) {
    if (statSync(path).mode & 0o077)
        throw new Error(`${path}: others may read or write it`);
    const all = readFileSync(path);
    const end = all.indexOf(10);
    const line = Buffer.from(end < 0 ? all : all.subarray(0, end));
    all.fill(0);
    return line;
}

/** Read the file; its faults, if any, are in `faults`. */
export function configure(path) {
    const faults = [];
    let values = {};
    try {
        values = JSON.parse(readFileSync(path, 'utf8'));
    } catch (failure) {
        return { faults: [failure.message] };
    }
    const config = read(table, values ?? {}, '', dirname(resolve(path)), faults);
    if (faults.length === 0 && !config.keys.lock_file === !config.keys.passphrase_file)
        faults.push('keys: either lock_file or passphrase_file is needed');
    if (faults.length === 0 && config.audit.required && !config.audit.file)
        faults.push('audit.file: is missing, and audit.required is true');
    return { config, faults };
}
