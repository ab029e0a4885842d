// SPDX-License-Identifier: Apache-2.0
// Sessions in memory, named by a cookie, and how often something may be done.
import { randomBytes, timingSafeEqual } from 'node:crypto';

const SESSIONS_MAX = 10000;
const IDLE_MS = 20 * 60 * 1000;
const now = () => performance.now();

/** So many at once, and one more each `every` milliseconds. */
export class Bucket {
    #size;
    #every;
    #left;
    #at = now();

    constructor(size, every) {
        this.#size = size;
        this.#every = every;
        this.#left = size;
    }

    take() {
        this.#left = Math.min(this.#size, this.#left + (now() - this.#at) / this.#every);
        this.#at = now();
        if (this.#left < 1)
            return false;
        this.#left -= 1;
        return true;
    }

    get isFull() {
        return this.#left + (now() - this.#at) / this.#every >= this.#size;
    }
}

/** Buckets by name; those that are full again are forgotten. */
export class Buckets {
    #all = new Map();
    #make;

    constructor(make) {
        this.#make = make;
    }

    take(name) {
        if (this.#all.size > SESSIONS_MAX)
            for (const [key, bucket] of this.#all)
                if (bucket.isFull)
                    this.#all.delete(key);
        if (!this.#all.has(name))
            this.#all.set(name, this.#make());
        return this.#all.get(name).take();
    }
}

export class Sessions {
    #all = new Map();
    #cookie;
    #attributes;

    constructor(https) {
        this.#cookie = https ? '__Host-session' : 'session';
        this.#attributes = `Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`;
    }

    get attributes() {
        return this.#attributes;
    }

    /** The session of a request, or a new one that is not known to the browser yet. */
    of(request) {
        const session = this.#all.get(cookies(request).get(this.#cookie));
        if (!session || now() - session.seen > IDLE_MS)
            return { id: null, seen: now(), limits: limits() };
        session.seen = now();
        return session;
    }

    /** Give a session an id, a new one each time somebody signs in: who knew the old one knows nothing. */
    keep(session, response, isNew = false) {
        if (session.id && !isNew)
            return;
        this.#all.delete(session.id);
        this.#makeRoom();
        session.id = randomBytes(32).toString('base64url');
        session.token = randomBytes(32).toString('base64url');
        this.#all.set(session.id, session);
        response.appendHeader('Set-Cookie', `${this.#cookie}=${session.id}; ${this.#attributes}`);
    }

    drop(session, response) {
        this.#all.delete(session.id);
        session.id = null;
        response.appendHeader('Set-Cookie', `${this.#cookie}=; ${this.#attributes}; Max-Age=0`);
    }

    // The oldest without a person first: whoever makes many sessions throws nobody out who has signed in.
    #makeRoom() {
        if (this.#all.size < SESSIONS_MAX)
            return;
        for (const [id, session] of this.#all)
            if (now() - session.seen > IDLE_MS)
                this.#all.delete(id);
        if (this.#all.size < SESSIONS_MAX)
            return;
        const [oldest] = [...this.#all].find(([, session]) => !session.person) ?? [...this.#all.keys()];
        this.#all.delete(oldest);
    }
}

const limits = () => ({ send: new Bucket(10, 60000), judge: new Bucket(30, 100), view: new Bucket(120, 250) });

export function cookies(request) {
    const out = new Map();
    for (const part of (request.headers.cookie ?? '').split(';')) {
        const [name, ...rest] = part.trim().split('=');
        if (!out.has(name))
            out.set(name, rest.join('='));
    }
    return out;
}

/** Whether a form carries the token of its session, and comes from our own pages. */
export function isOurs(session, request, token) {
    const site = request.headers['sec-fetch-site'];
    if (!session.token || (site !== undefined && site !== 'same-origin' && site !== 'none'))
        return false;
    const ours = Buffer.from(session.token);
    return token.length === ours.length && timingSafeEqual(token, ours);
}
