// SPDX-License-Identifier: Apache-2.0
// Secrets are octets that can be wiped, and never strings, which nobody can wipe.
import { inspect } from 'node:util';

/** Octets that are wiped by close(). Printed, they say nothing. */
export class Secret {
    #octets;

    /** Takes the octets over: what was given is wiped. */
    constructor(octets) {
        if (!(octets instanceof Uint8Array))
            throw new TypeError('a secret is made of octets');
        this.#octets = Buffer.alloc(octets.length);
        this.#octets.set(octets);
        octets.fill(0);
    }

    /** The octets themselves, until close(). */
    get octets() {
        if (this.#octets === null)
            throw new Error('the secret is wiped');
        return this.#octets;
    }

    get length() {
        return this.octets.length;
    }

    close() {
        this.#octets?.fill(0);
        this.#octets = null;
    }

    toString() {
        return '[Secret]';
    }

    toJSON() {
        return '[Secret]';
    }

    [inspect.custom]() {
        return '[Secret]';
    }
}

if (Symbol.dispose)
    Secret.prototype[Symbol.dispose] = Secret.prototype.close;

const NOTHING = Buffer.alloc(1); // koffi makes NULL of an empty buffer, which says "not given"

/** A Secret or octets, as a call takes them: octets and how many. */
export function octetsOf(secret) {
    if (secret === null || secret === undefined)
        return [null, 0];
    const octets = secret instanceof Secret ? secret.octets : secret;
    if (!(octets instanceof Uint8Array))
        throw new TypeError('a secret is a Secret or a Uint8Array, never a string');
    return [octets.length > 0 ? octets : NOTHING, octets.length];
}
