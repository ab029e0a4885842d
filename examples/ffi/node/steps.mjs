// SPDX-License-Identifier: Apache-2.0
// One request as steps: octets in, needs, answers, octets out. Agent walks them; a host may walk them in its own way.
import { NEED } from './enums.mjs';
import { auditOf } from './audit.mjs';
import { foundOf, operationOf, resultOf } from './directory.mjs';
import { Handle, ask, call, made } from './handle.mjs';
import { account, rules } from './policy.mjs';
import { addFindings, withFindings } from './results.mjs';
import { copy, make, read } from './structs.mjs';
import { clockOf } from './tables.mjs';

const GRACE_S = 600; // pwwb_writeback_claimed(): a journal knows a request until exp, twice the skew and ten minutes

/** Fields of struct pwwb_writeback_options, and what to lend: { skew_ms, flags, clock, audit, auditRequired }. */
export function writebackOptions({ clock, audit, auditRequired = false, ...options } = {}) {
    const [time, told] = [clockOf(clock), auditOf(audit, auditRequired)];
    return {
        fields: make('pwwb_writeback_options', { ...options, ...time.fields, ...told.fields }),
        lent: [...time.lent, ...told.lent],
    };
}

export class Writeback extends Handle {
    /** By which clocks may differ. */
    skewMs;

    constructor(keyring, options = {}) {
        const { fields, lent } = writebackOptions(options);
        super(made('writeback_new', keyring, fields), 'writeback_free', { parents: [keyring], lent });
        this.skewMs = options.skew_ms || 120000;
    }

    begin(sealed) {
        call('writeback_begin', this, sealed, sealed.length);
    }

    /** One of NEED. */
    get need() {
        return ask('writeback_need', this);
    }

    #read(name, struct) {
        const pointer = ask(name, this);
        return pointer === null ? null : read(pointer, struct);
    }

    get claims() {
        return this.#read('writeback_claims', 'pwwb_claims');
    }

    get digest() {
        const pointer = ask('writeback_digest', this);
        return pointer === null ? null : copy(pointer, 32);
    }

    get target() {
        return this.#read('writeback_target', 'pwwb_found');
    }

    get lastSetMs() {
        return Number(ask('writeback_last_set_ms', this));
    }

    /** How long a journal is to know the request: milliseconds since 1970. */
    get keepMs() {
        return (Number(this.claims.exp) + GRACE_S) * 1000 + 2 * this.skewMs;
    }

    /** For NEED.SET: the operation, whose passwords are copies that wipeOperation() wipes, and the longest deadline. */
    operation() {
        const [set, most] = [make('pwwb_set'), [0]];
        call('writeback_to_set', this, set, most);
        return { operation: operationOf(set), mostMs: Number(most[0]) };
    }

    claimed({ state, guid, passwordLastSetMs = -1, reply = null, sinceMs = 0 }) {
        call('writeback_claimed', this, make('pwwb_journal_entry', {
            state, password_last_set_ms: passwordLastSetMs, since_ms: sinceMs, reply_len: reply?.length ?? 0,
            ...(guid ? { guid } : {}),
        }), reply, reply?.length ?? 0);
    }

    found(found) {
        call('writeback_found', this, make('pwwb_found', foundOf(found)));
    }

    account(got) {
        call('writeback_account_read', this, account(got.account), got.rules ? rules(got.rules) : null);
    }

    lookedUp(ours) {
        call('writeback_looked_up', this, ours ? 1 : 0);
    }

    recorded() {
        call('writeback_recorded', this);
    }

    result(done) {
        withFindings((list) => {
            addFindings(list, done.findings ?? []);
            call('writeback_set_done', this, make('pwwb_set_result', { ...resultOf(done), findings: list }));
        });
    }

    finished() {
        call('writeback_finished', this);
    }

    unclaimed() {
        call('writeback_unclaimed', this);
    }

    failed(status) {
        call('writeback_failed', this, status);
    }

    /** The sealed reply, or null. */
    get reply() {
        const length = [0];
        const pointer = ask('writeback_reply', this, length);
        return pointer === null ? null : copy(pointer, length[0]);
    }

    get code() {
        return ask('writeback_code', this);
    }

    wipe() {
        ask('writeback_wipe', this);
    }

    /** Whether it is over: a reply to send, or a message to release. */
    get isDone() {
        return [NEED.SEND, NEED.RELEASE, NEED.NOTHING].includes(this.need);
    }
}
