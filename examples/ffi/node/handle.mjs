// SPDX-License-Identifier: Apache-2.0
// Handles as objects: freed by close(), or when nobody has them any more. A handle that others use is freed after the
// last of them, so no order of closing is wrong. One thread at a time: calls on worker threads wait for each other.
import { STATUS } from './enums.mjs';
import { PwwbError, withError, withErrorLater } from './errors.mjs';
import { native } from './native.mjs';

/** What is owned, apart from the object that stands for it, which may be collected. */
class Owned {
    #users = 0;
    #closed = false;
    #free;
    #parents;

    constructor(pointer, free, parents) {
        this.pointer = pointer;
        this.#free = free;
        this.#parents = parents;
        parents.forEach((parent) => parent.take());
    }

    take() {
        this.#users += 1;
    }

    adopt(parent) {
        parent.take();
        this.#parents.push(parent);
    }

    drop() {
        this.#users -= 1;
        this.#letGo();
    }

    close() {
        this.#closed = true;
        this.#letGo();
    }

    get isClosed() {
        return this.#closed;
    }

    #letGo() {
        if (!this.#closed || this.#users > 0 || this.pointer === null)
            return;
        const { pointer } = this;
        this.pointer = null;
        this.#free(pointer);
        this.#parents.forEach((parent) => parent.drop());
        this.#parents = [];
    }
}

/** Something that is given back by itself after the last handle that was made with it. */
export function lent(pointer, free) {
    const owned = new Owned(pointer, free, []);
    return { owned, hand: () => owned.close() };
}

const forgotten = new FinalizationRegistry((owned) => owned.close());

export class Handle {
    #owned;
    #mates; // handles that serve one thread together with this one
    #busy = null;

    /** `mates` are used by it and serve no other thread meanwhile; `parents` are only kept. */
    constructor(pointer, freeName, { mates = [], parents = [], lent: others = [] } = {}) {
        const free = native(freeName);
        this.#owned = new Owned(pointer, free,
            [...[...mates, ...parents].map((handle) => handle.#owned), ...others.map((other) => other.owned)]);
        others.forEach((other) => other.hand());
        this.#mates = mates;
        forgotten.register(this, this.#owned, this);
    }

    /** Give it back; twice is once. What still uses it keeps it until then. */
    close() {
        forgotten.unregister(this);
        this.#owned.close();
    }

    get isClosed() {
        return this.#owned.isClosed;
    }

    /** One more that serves no other thread meanwhile. */
    join(mate) {
        this.#owned.adopt(mate.#owned);
        this.#mates.push(mate);
    }

    #all() {
        return [this, ...this.#mates.flatMap((mate) => mate.#all())];
    }

    /** Its pointer, for a call now. */
    get pointer() {
        if (this.isClosed)
            throw new PwwbError(STATUS.STATE, 'it is closed');
        return this.#owned.pointer;
    }

    /** All of these handles and their mates, for a call on this thread. */
    static now(handles) {
        if (handles.some((handle) => handle.#all().some((one) => one.#busy !== null)))
            throw new PwwbError(STATUS.STATE, 'a call with it is under way on another thread');
    }

    /** The same for a call on a worker thread: when it is their turn. What ends it is returned. */
    static async turn(handles) {
        const all = [...new Set(handles.flatMap((handle) => handle.#all()))];
        for (let busy; (busy = all.find((one) => one.#busy !== null)) !== undefined;)
            await busy.#busy;
        handles.forEach((handle) => handle.pointer); // none was closed meanwhile
        let end;
        const ended = new Promise((resolve) => { end = resolve; });
        all.forEach((one) => {
            one.#busy = ended;
            one.#owned.take();
        });
        return () => {
            all.forEach((one) => {
                one.#busy = null;
                one.#owned.drop();
            });
            end();
        };
    }
}

if (Symbol.dispose)
    Handle.prototype[Symbol.dispose] = Handle.prototype.close;

/** Any number of threads may use it at once. */
export class Shared extends Handle {}

const handlesOf = (args) => args.filter((arg) => arg instanceof Handle && !(arg instanceof Shared));
const plainOf = (args) => args.map((arg) => (arg instanceof Handle ? arg.pointer : arg));

/** Call a function that returns something else than a status. */
export function ask(name, ...args) {
    Handle.now(handlesOf(args));
    return native(name)(...plainOf(args));
}

/** Call a function that returns a status; the error object is added. */
export const call = (name, ...args) => withError((err) => ask(name, ...args, err));

/** The same on a worker thread: the event loop goes on. */
export const later = (name, ...args) => laterThen(() => undefined, name, ...args);

/** The same, and what `then` gives before anybody else has their turn with the handles. */
export async function laterThen(then, name, ...args) {
    const end = await Handle.turn(handlesOf(args));
    try {
        const plain = plainOf(args);
        await withErrorLater((err) => new Promise((resolve, reject) => {
            native(name).async(...plain, err, (failure, value) => (failure ? reject(failure) : resolve(value)));
        }));
        return then();
    } finally {
        end();
    }
}

/** Call a maker, whose last arguments are the handle and the error: the handle's pointer. */
export function made(name, ...args) {
    const out = [null];
    call(name, ...args, out);
    return out[0];
}

/** Call a function that fills a buffer: the octets, of a buffer of their own. */
export function filled(name, size, ...args) {
    const buf = Buffer.alloc(size);
    const length = [0];
    call(name, ...args, buf, buf.length, length);
    return buf.subarray(0, Number(length[0]));
}
