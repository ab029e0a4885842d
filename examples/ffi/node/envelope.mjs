// SPDX-License-Identifier: Apache-2.0
// Sealed requests and replies.
import { LIMIT } from './enums.mjs';
import { Handle, ask, call, made } from './handle.mjs';
import { findingsOf, withFindings, addFindings } from './results.mjs';
import { Secret, octetsOf } from './secret.mjs';
import { copy, make, read } from './structs.mjs';

/** Seal a request by hand; a portal does it with its rules. { sealed, claims as they were sealed }. */
export function sealRequest(keyring, fields, password, oldPassword) {
    const claims = make('pwwb_claims', fields);
    const buf = Buffer.alloc(LIMIT.ENVELOPE_MAX);
    const length = [0];
    call('request_seal', keyring, claims, ...octetsOf(password), ...octetsOf(oldPassword), buf, buf.length, length);
    return { sealed: buf.subarray(0, Number(length[0])), claims };
}

/** A request being opened; reusable. */
export class Request extends Handle {
    constructor() {
        super(made('request_new'), 'request_free');
    }

    /** First phase; `now` and `skew` in seconds. */
    open(keyring, sealed, now = Math.floor(Date.now() / 1000), skew = 120) {
        call('request_open', this, keyring, sealed, sealed.length, now, skew);
    }

    /** struct pwwb_claims, or null before they are authenticated. */
    claims() {
        const claims = ask('request_claims', this);
        return claims === null ? null : read(claims, 'pwwb_claims');
    }

    /** Second phase: { password, oldPassword }, each a Secret or null. */
    openSecret() {
        call('request_open_secret', this);
        const [password, oldPassword] = ['request_password', 'request_old_password'].map((name) => {
            const length = [0];
            const octets = ask(name, this, length);
            return octets === null ? null : new Secret(copy(octets, length[0]));
        });
        return { password, oldPassword };
    }

    /** The reply's sealed octets. */
    reply(code, { findings = [], controller = null, nowMs = Date.now() } = {}) {
        return withFindings((list) => {
            addFindings(list, findings);
            const buf = Buffer.alloc(LIMIT.ENVELOPE_MAX);
            const length = [0];
            call('reply_seal', this, code, list, controller, nowMs, buf, buf.length, length);
            return buf.subarray(0, Number(length[0]));
        });
    }

    wipe() {
        ask('request_wipe', this);
    }
}

/** An opened reply; reusable. */
export class Reply extends Handle {
    constructor() {
        super(made('reply_new'), 'reply_free');
    }

    open(keyring, cti, sealed) {
        call('reply_open', this, keyring, cti, sealed, sealed.length);
    }

    /** What became of it: { outcome, code, findings, controller, timeMs }. */
    answer() {
        return {
            outcome: ask('reply_outcome', this), code: ask('reply_code', this),
            findings: findingsOf(ask('reply_findings', this)), controller: ask('reply_controller', this),
            timeMs: Number(ask('reply_time_ms', this)),
        };
    }
}
