// SPDX-License-Identifier: Apache-2.0
// A STAND-IN for what a real portal has: who signs in, and how somebody who forgot the password proves who it is.
// Anybody may be anybody here. Put your own sign-in and your own proof in place of this file.
import { randomInt, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

const CODE_MS = 10 * 60 * 1000;
const TRIES = 5;
const types = { 'hash-sync': 1, federated: 2, 'pass-through': 3, 'cloud-only': 4 };

export class People {
    #all = new Map();
    #tell;

    /** `tell` prints the code of a proof. */
    constructor(file, service, tell) {
        this.#tell = tell;
        for (const [i, one] of JSON.parse(readFileSync(file, 'utf8')).entries()) {
            const anchor = typeof one.anchor === 'string' ? service.anchor(one.anchor) : null;
            if (typeof one.name !== 'string' || !anchor || !Object.hasOwn(types, one.user_type ?? 'pass-through'))
                throw new Error(`${file}: entry ${i + 1}: needs name, anchor, and a user_type that is known`);
            this.#all.set(one.name.toLowerCase(), {
                name: one.name, display: one.display ?? one.name, anchor, anchorText: one.anchor,
                user_type: types[one.user_type ?? 'pass-through'], isOperator: one.role === 'operator',
            });
        }
    }

    find(name) {
        return this.#all.get(name.toLowerCase()) ?? null;
    }

    /** Who has an anchor: a name, or the anchor. */
    nameOf(anchorText) {
        for (const person of this.#all.values())
            if (person.anchorText === anchorText)
                return person.name;
        return anchorText;
    }

    /** Begin a proof. Somebody who is not known gets one that nobody can end, so that both look alike. */
    begin(name) {
        const person = this.find(name);
        const code = String(randomInt(0, 1e8)).padStart(8, '0');
        if (person)
            this.#tell(`stand-in for a proof: the code for ${person.name} is ${code}`);
        return { person, code, until: performance.now() + CODE_MS, tries: TRIES };
    }

    /** The person, once the code is right; else null. */
    end(proof, typed) {
        if (!proof || proof.tries <= 0 || performance.now() > proof.until)
            return null;
        proof.tries -= 1;
        const [a, b] = [Buffer.from(proof.code), Buffer.from(typed.replaceAll(' ', ''))];
        const isRight = a.length === b.length && timingSafeEqual(a, b);
        return isRight ? proof.person : null;
    }
}
