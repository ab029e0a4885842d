// SPDX-License-Identifier: Apache-2.0
// Keys: a tenant's keyring, and the store that keeps it.
import koffi from 'koffi';
import { LIMIT, LOCK, STATUS, SUITE } from './enums.mjs';
import { PwwbError } from './errors.mjs';
import { Handle, Shared, call, filled, later, made } from './handle.mjs';
import { octetsOf } from './secret.mjs';
import { copy, make } from './structs.mjs';
import { table } from './tables.mjs';

/** The keys of one tenant: a snapshot, for any number of threads. */
export class Keyring extends Shared {
    /** From a maker's pointer. */
    constructor(pointer) {
        super(pointer, 'keyring_free');
    }

    /** New keys: the agent half. */
    static create(tenant, suite = SUITE.RSA) {
        return new Keyring(made('keyring_new', tenant, suite));
    }

    /** Open what seal() gave. A passphrase takes a second, so this is a promise. */
    static async open(sealed, secret, lock = LOCK.KEY) {
        const out = [null];
        await later('keyring_open', sealed, sealed.length, lock, ...octetsOf(secret), out);
        return new Keyring(out[0]);
    }

    seal(half, secret, lock = LOCK.KEY) {
        return filled('keyring_seal', LIMIT.KEYRING_MAX, this, half, lock, ...octetsOf(secret));
    }

    /** What may be known of it: struct pwwb_keyring_info. */
    describe() {
        const info = make('pwwb_keyring_info');
        call('keyring_describe', this, info);
        return info;
    }

    /** Each epoch, the newest first: struct pwwb_epoch_info. */
    epochs() {
        return Array.from({ length: Number(this.describe().epoch_count) }, (_, i) => {
            const info = make('pwwb_epoch_info');
            call('keyring_describe_epoch', this, i, info);
            return info;
        });
    }
}

const locked = ({ lock = LOCK.KEY, secret, secretFile = null }) => {
    const [octets, length] = octetsOf(secret);
    return make('pwwb_keystore_options', { lock, secret: octets, secret_len: length, secret_file: secretFile });
};

/** Where one half of a tenant's keys is kept. */
export class Keystore extends Handle {
    constructor(pointer, parts) {
        super(pointer, 'keystore_free', parts);
    }

    /** In a file; { lock, secret or secretFile }. */
    static file(path, options) {
        return new Keystore(made('keystore_new_file', path, locked(options)));
    }

    /**
     * Of the host's own: { load() => null or { data, version }, swap(expected, data) }. What it keeps is sealed. swap()
     * throws PwwbError(STATUS.CHANGED) when the version is another one.
     */
    static of(host, options) {
        const { ops, lent } = table('pwwb_keystore_ops', 'keystore', {
            load: (buf, size, length, version) => {
                const kept = host.load();
                if (!kept)
                    throw new PwwbError(STATUS.NOT_FOUND, 'nothing was stored yet');
                if (kept.data.length > Number(size))
                    throw new PwwbError(STATUS.TOO_LARGE, 'more than a keyring can be');
                koffi.encode(buf, 'uint8_t', kept.data, kept.data.length);
                koffi.encode(length, 'size_t', kept.data.length);
                koffi.encode(version, 'uint64_t', kept.version);
            },
            swap: (expected, data, length) => host.swap(Number(expected), copy(data, length)),
        });
        return new Keystore(made('keystore_new', ops, null, locked(options)), { lent });
    }

    /** The keyring as it is now; null when nothing was stored yet. */
    async load() {
        const out = [null];
        try {
            await later('keystore_load', this, out);
        } catch (failure) {
            if (failure.status === STATUS.NOT_FOUND)
                return null;
            throw failure;
        }
        return new Keyring(out[0]);
    }

    /** Store one half, in place of the version that the keyring was loaded as. */
    put(keyring, half) {
        return later('keystore_put', this, keyring, half);
    }
}
