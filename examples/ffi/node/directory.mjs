// SPDX-License-Identifier: Apache-2.0
// A directory is an object with find(anchor), read(guid), set(operation); each is also given { timeoutMs }:
//   find  => { code, guid, candidates, directory }
//   read  => { account, rules }, fields of the structs; what is left out is not known. null = there is no such entry
//   set   => { code, passwordLastSetMs, findings, controller }; its passwords are Secrets, wiped when it is over
// An Agent awaits what they give. A Directory is the same for C, which cannot wait.
import { LIMIT, STATUS } from './enums.mjs';
import { PwwbError } from './errors.mjs';
import { Handle, made } from './handle.mjs';
import { addFindings } from './results.mjs';
import { Secret } from './secret.mjs';
import { copy, fill, read } from './structs.mjs';
import { table } from './tables.mjs';

/** A struct pwwb_set for the host: its passwords are Secrets of their own. */
export function operationOf(set) {
    const secret = (pointer, length) => (pointer === null ? null : new Secret(copy(pointer, length)));
    return {
        guid: set.guid, kind: set.kind, mustChange: set.must_change, unlock: set.unlock === 1,
        password: secret(set.password, set.password_len),
        oldPassword: secret(set.old_password, set.old_password_len),
    };
}

export function wipeOperation(operation) {
    operation.password?.close();
    operation.oldPassword?.close();
}

/** What find() gave, as fields of struct pwwb_found. */
export const foundOf = ({ code, guid, candidates = guid ? 1 : 0, directory = '' }) =>
    ({ code, candidates, directory, ...(guid ? { guid } : {}) });

/** What set() gave, as fields of struct pwwb_set_result, but for the findings. */
export const resultOf = ({ code, passwordLastSetMs = -1, controller = '' }) =>
    ({ code, password_last_set_ms: passwordLastSetMs, controller });

const timeout = (ms) => ({ timeoutMs: Number(ms) });

function setBy(host, set, timeoutMs, result) {
    const operation = operationOf(read(set, 'pwwb_set'));
    try {
        const done = host.set(operation, timeout(timeoutMs));
        if (typeof done?.then === 'function')
            return done;
        fill(result, 'pwwb_set_result', resultOf(done));
        addFindings(read(result, 'pwwb_set_result').findings, done.findings ?? []);
        return undefined;
    } finally {
        wipeOperation(operation);
    }
}

const methodsOf = (host) => ({
    find: host.find && ((anchor, timeoutMs, found) => {
        const got = host.find(read(anchor, 'pwwb_anchor'), timeout(timeoutMs));
        if (typeof got?.then === 'function')
            return got;
        return fill(found, 'pwwb_found', foundOf(got));
    }),
    read: (guid, timeoutMs, account, rules) => {
        const got = host.read(copy(guid, LIMIT.ID_SIZE), timeout(timeoutMs));
        if (typeof got?.then === 'function')
            return got;
        if (!got)
            throw new PwwbError(STATUS.NOT_FOUND, 'there is no such entry');
        fill(account, 'pwwb_account', got.account);
        return fill(rules, 'pwwb_policy_rules', got.rules ?? {});
    },
    set: (set, timeoutMs, result) => setBy(host, set, timeoutMs, result),
});

/** A directory of the host's for C: its methods are not asynchronous. */
export class Directory extends Handle {
    constructor(host) {
        const { ops, lent } = table('pwwb_directory_ops', 'directory', methodsOf(host));
        super(made('directory_new', ops, null), 'directory_free', { lent });
    }
}
