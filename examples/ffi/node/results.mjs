// SPDX-License-Identifier: Apache-2.0
// What became of a password, in words and in findings; and anchors and GUIDs as text.
import { LIMIT, STATUS } from './enums.mjs';
import { call, filled } from './handle.mjs';
import { native } from './native.mjs';
import { make } from './structs.mjs';

export const versionNumber = () => native('version_number')();
export const statusName = (status) => native('status_name')(status);
export const codeName = (code) => native('code_name')(code);
export const codeClass = (code) => native('code_class')(code);
export const codeOutcome = (code) => native('code_outcome')(code);
export const codeUserText = (code) => native('code_user_text')(code);
export const codeOperatorText = (code) => native('code_operator_text')(code);
export const codeAlias = (code) => native('code_alias')(code);
export const outcomeName = (outcome) => native('outcome_name')(outcome);

/** Whether claims are of an operation that is written back: a code. */
export const operationCheck = (claims) => native('operation_check')(make('pwwb_claims', claims));

/** Every code that there is. */
export function* codes() {
    for (let i = 0, code; (code = native('code_at')(i)) !== 0; i++)
        yield code;
}

/** A list of the library's: [{ code, basis, limit, actual }]. */
export function findingsOf(list) {
    const out = [];
    for (let i = 0; ; i++) {
        const [code, basis, limit, actual] = [[0], [0], [0], [0]];
        if (native('findings_get')(list, i, code, basis, limit, actual) !== STATUS.OK)
            return out;
        out.push({ code: code[0], basis: basis[0], limit: Number(limit[0]), actual: Number(actual[0]) });
    }
}

/** Add findings to a list of the library's. */
export function addFindings(list, findings) {
    for (const { code, basis = 1, limit = 0, actual = 0 } of findings)
        if (native('findings_add')(list, code, basis, limit, actual) === STATUS.INVALID_ARGUMENT)
            throw new RangeError('a finding that the library does not know');
}

/** Lend a new list of findings to a function. */
export function withFindings(how) {
    const list = native('findings_new')();
    try {
        return how(list);
    } finally {
        native('findings_free')(list);
    }
}

/** An anchor's text, base64 or `User_<guid>`: { kind, guid }. */
export function parseAnchor(text) {
    const anchor = make('pwwb_anchor');
    call('anchor_parse', text, Buffer.byteLength(text), anchor);
    return anchor;
}

export const printAnchor = (anchor) => filled('anchor_print', LIMIT.ANCHOR_TEXT_SIZE, anchor).toString();

/** A GUID with its dashes, as the 16 octets of a directory; and back. */
export function parseGuid(text) {
    const guid = Buffer.alloc(LIMIT.ID_SIZE);
    call('guid_parse', text, Buffer.byteLength(text), guid);
    return guid;
}

export function printGuid(guid) {
    const buf = Buffer.alloc(37);
    native('guid_print')(guid, buf);
    return buf.toString('latin1', 0, 36);
}
