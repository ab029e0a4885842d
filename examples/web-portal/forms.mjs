// SPDX-License-Identifier: Apache-2.0
// Forms as octets: a password is never made a JavaScript string, for nobody can wipe one.

export const BODY_MAX = 8192;

export class FormError extends Error {
    constructor(status) {
        super(`form ${status}`);
        this.status = status;
    }
}

/** The whole body, at most BODY_MAX octets. Its pieces are wiped once they are copied. */
export async function readBody(request) {
    if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
        throw new FormError(415);
    if (Number(request.headers['content-length'] ?? 0) > BODY_MAX)
        throw new FormError(413);
    const body = Buffer.alloc(BODY_MAX);
    let length = 0;
    try {
        for await (const piece of request) {
            if (length + piece.length > BODY_MAX)
                throw new FormError(413);
            piece.copy(body, length);
            length += piece.length;
            piece.fill(0);
        }
    } catch (failure) {
        body.fill(0);
        throw failure;
    }
    return body.subarray(0, length);
}

const digit = (octet) => {
    const value = '0123456789abcdef'.indexOf(String.fromCharCode(octet | 0x20));
    return octet >= 0x30 && octet <= 0x39 ? octet - 0x30 : value;
};

// "%41+b" is "A b"; what is no such pair stands for itself.
function decode(octets) {
    const out = Buffer.alloc(octets.length);
    let length = 0;
    for (let i = 0; i < octets.length; i++, length++) {
        const high = octets[i] === 0x25 && i + 2 < octets.length ? digit(octets[i + 1]) : -1;
        const low = high >= 0 ? digit(octets[i + 2]) : -1;
        out[length] = octets[i] === 0x2b ? 0x20 : octets[i];
        if (high >= 0 && low >= 0) {
            out[length] = high * 16 + low;
            i += 2;
        }
    }
    return out.subarray(0, length);
}

/** The fields of a form by name. `wipe()` when it is done with. */
export class Form {
    #body;
    #fields = new Map();

    constructor(body) {
        this.#body = body;
        for (let at = 0; at < body.length;) {
            let end = body.indexOf(0x26, at);
            if (end < 0)
                end = body.length;
            this.#add(body.subarray(at, end));
            at = end + 1;
        }
    }

    #add(pair) {
        let equals = pair.indexOf(0x3d);
        if (equals < 0)
            equals = pair.length;
        const name = decode(pair.subarray(0, equals)).toString('latin1');
        if (!this.#fields.has(name) && this.#fields.size < 16)
            this.#fields.set(name, decode(pair.subarray(equals + 1)));
    }

    /** Octets, empty when it is not there. */
    octets(name) {
        return this.#fields.get(name) ?? Buffer.alloc(0);
    }

    /** What is no secret, as a text. */
    text(name) {
        return this.octets(name).subarray(0, 256).toString('utf8').trim();
    }

    wipe() {
        this.#body.fill(0);
        for (const value of this.#fields.values())
            value.fill(0);
        this.#fields.clear();
    }
}
