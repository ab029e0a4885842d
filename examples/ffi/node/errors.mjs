// SPDX-License-Identifier: Apache-2.0
// A status that is not OK is thrown as a PwwbError; what JavaScript throws in a callback becomes a status.
import koffi from 'koffi';
import { STATUS } from './enums.mjs';
import { native } from './native.mjs';

/** How a call failed. Thrown out of a callback it becomes its status again. */
export class PwwbError extends Error {
    constructor(status, text = '', { layer = 0, code = 0, cause } = {}) {
        super(text, cause === undefined ? undefined : { cause });
        this.name = 'PwwbError';
        /** One of STATUS, and its name. */
        this.status = status;
        this.code = native('status_name')(status);
        /** One of STATUS_CLASS: what one does about it. */
        this.class = native('status_class')(status);
        /** Whose number `layerCode` is, one of LAYER; 0 = there is none. */
        this.layer = layer;
        this.layerCode = code;
    }
}

/** The status of what was thrown: what is no PwwbError is the caller's. */
export const statusOf = (failure) => (failure instanceof PwwbError ? failure.status : STATUS.CALLBACK);

// Error objects: { err, cause }, `cause` what a callback of the call threw. As many as there were calls at a time.
const slots = new Map();
const free = [];

function borrow() {
    if (free.length === 0) {
        const err = native('error_new')();
        slots.set(koffi.address(err), { err, cause: undefined });
        free.push(slots.get(koffi.address(err)));
    }
    return free.pop();
}

/** Lend an error object to a call, and throw what it failed with. */
export function withError(how) {
    const slot = borrow();
    try {
        check(how(slot.err), slot);
    } finally {
        free.push(slot);
    }
}

export async function withErrorLater(how) {
    const slot = borrow();
    try {
        check(await how(slot.err), slot);
    } finally {
        free.push(slot);
    }
}

function check(status, slot) {
    const { err, cause } = slot;
    slot.cause = undefined;
    if (status !== STATUS.OK)
        throw new PwwbError(status, native('error_message')(err),
            { layer: native('error_layer')(err), code: native('error_code')(err), cause });
}

/** What a callback answers when this was thrown in it. The name alone is told: a text might quote a password. */
export function told(failure, err) {
    const slot = err === null ? undefined : slots.get(koffi.address(err));
    if (slot)
        slot.cause = failure;
    const [status, text] = failure instanceof PwwbError ? [failure.status, failure.message]
        : [STATUS.CALLBACK, `JavaScript threw ${failure?.constructor?.name ?? typeof failure}`];
    return native('error_set')(err, status, text);
}
