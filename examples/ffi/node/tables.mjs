// SPDX-License-Identifier: Apache-2.0
// Callback tables whose methods are those of a JavaScript object. C waits for each of them, so they cannot be
// asynchronous: for a directory or a transport that is, there is Agent, and Portal.ask(). They run on the event loop,
// also when the library calls from a worker thread: then that thread waits for the loop.
import koffi from 'koffi';
import { STATUS } from './enums.mjs';
import { PwwbError, told } from './errors.mjs';
import { lent } from './handle.mjs';
import { protos, structs } from './structs.mjs';

/** A function for C, until its handle is gone. */
export function callback(proto, fn) {
    return lent(koffi.register(fn, koffi.pointer(protos[proto])), koffi.unregister);
}

function done(result) {
    if (typeof result?.then === 'function') {
        result.then(undefined, () => undefined); // nobody waits for it
        throw new PwwbError(STATUS.CALLBACK, 'a callback gave a promise, which C cannot wait for');
    }
}

/** Call it as C wants it: what it throws is a status, and goes into the error object, the last argument. */
function guarded(fn) {
    return (...args) => {
        try {
            done(fn(...args.slice(1, -1)));
            return STATUS.OK;
        } catch (failure) {
            return told(failure, args.at(-1));
        }
    };
}

/** A table { size, ... } of methods { field: function }, and what to lend to the handle that is made with it. */
export function table(name, prefix, methods) {
    const given = Object.entries(methods).filter(([, fn]) => fn);
    const callbacks = given.map(([field, fn]) => [field, callback(`${prefix}_${field}`, guarded(fn))]);
    return {
        ops: { size: koffi.sizeof(structs[name]), ...Object.fromEntries(callbacks.map(([field, { owned }]) =>
            [field, owned.pointer])) },
        lent: callbacks.map(([, one]) => one),
    };
}

/** A clock of the host's, { wallMs(), monotonicMs() }: the fields of options, and what to lend. */
export function clockOf(clock) {
    if (!clock)
        return { fields: {}, lent: [] };
    const wall = callback('wall_ms', () => clock.wallMs());
    const monotonic = callback('monotonic_ms', () => clock.monotonicMs());
    const ops = { size: koffi.sizeof(structs.pwwb_clock_ops), wall_ms: wall.owned.pointer,
        monotonic_ms: monotonic.owned.pointer };
    return { ops, fields: { clock: ops }, lent: [wall, monotonic] };
}
