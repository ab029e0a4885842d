// SPDX-License-Identifier: Apache-2.0
// Which requests were taken, and what was answered. Journal is the library's, for a WorkerAgent. An Agent awaits one of
// JavaScript: MemoryJournal, or any object with these methods over a database.
import { ENTRY, STATUS } from './enums.mjs';
import { PwwbError } from './errors.mjs';
import { Shared, made } from './handle.mjs';

/** The library's own, in memory; the agents of one process may share it. */
export class Journal extends Shared {
    constructor(capacity = 20000) {
        super(made('journal_new_memory', capacity, null, null), 'journal_free');
    }
}

const hex = (octets) => Buffer.from(octets).toString('hex');

/** The same for an Agent. It forgets when the process ends; docs/journal.md says what follows from that. */
export class MemoryJournal {
    #entries = new Map();
    #capacity;
    #since = Date.now();

    constructor(capacity = 20000) {
        this.#capacity = capacity;
    }

    /** Claim a request: { state, guid, passwordLastSetMs, reply, sinceMs }. */
    claim(cti, digest, expiresMs) {
        const key = hex(cti);
        const entry = this.#entries.get(key);
        if (!entry) {
            this.#makeRoom();
            this.#entries.set(key, { digest: hex(digest), expiresMs, recordedMs: -1, writtenMs: -1 });
            return { state: ENTRY.NEW, sinceMs: this.#since };
        }
        if (entry.digest !== hex(digest))
            return { state: ENTRY.REPLAY, sinceMs: this.#since };
        return { state: entry.reply ? ENTRY.DONE : ENTRY.RUNNING, guid: entry.guid, reply: entry.reply,
            passwordLastSetMs: entry.recordedMs, sinceMs: this.#since };
    }

    // Nothing is evicted whose time is not over.
    #makeRoom() {
        if (this.#entries.size < this.#capacity)
            return;
        for (const [key, { expiresMs }] of this.#entries)
            if (expiresMs <= Date.now())
                this.#entries.delete(key);
        if (this.#entries.size >= this.#capacity)
            throw new PwwbError(STATUS.FULL, `the journal holds ${this.#capacity} requests`);
    }

    #find(cti) {
        const entry = this.#entries.get(hex(cti));
        if (!entry)
            throw new PwwbError(STATUS.NOT_FOUND, 'it was not claimed');
        return entry;
    }

    /** Which account is about to be written. */
    record(cti, guid, passwordLastSetMs, issuedS) {
        Object.assign(this.#find(cti), { guid, recordedMs: passwordLastSetMs, issuedS });
    }

    /** Keep the reply, and the pwdLastSet that our write made. */
    finish(cti, reply, passwordLastSetMs) {
        Object.assign(this.#find(cti), { reply, writtenMs: passwordLastSetMs });
    }

    /** Whether a pwdLastSet is one that our own write made, for a request that was issued no later. */
    lookup(guid, passwordLastSetMs, issuedS) {
        return passwordLastSetMs >= 0 && [...this.#entries.values()].some((entry) => entry.guid !== undefined
            && hex(entry.guid) === hex(guid) && entry.writtenMs === passwordLastSetMs && entry.issuedS <= issuedS);
    }

    /** Forget a claim under which nothing was begun. */
    release(cti) {
        const entry = this.#find(cti);
        if (entry.guid || entry.reply)
            throw new PwwbError(STATUS.STATE, 'it was begun');
        this.#entries.delete(hex(cti));
    }
}
