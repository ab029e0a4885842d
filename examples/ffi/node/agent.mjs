// SPDX-License-Identifier: Apache-2.0
// The agent of an event loop: it awaits the transport, the directory and the journal, and blocks nobody. What these are
// stands in transport.mjs, directory.mjs and journal.mjs.
import { NEED, SETTLE, STATUS } from './enums.mjs';
import { PwwbError, statusOf } from './errors.mjs';
import { wipeOperation } from './directory.mjs';
import { Writeback } from './steps.mjs';

const IN_TIME = 30000;
const PAUSE_MS = 20; // before a message that was released may come again

/** Wait for a promise, so long and no longer. It goes on by itself afterwards. */
async function within(ms, promise) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new PwwbError(STATUS.TIMEOUT, 'the deadline came first')), ms);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}

export class Agent {
    #writeback;
    #parts;
    #log;
    #timeoutMs;
    #end = 0;

    /** One directory, and a journal; `log(text)` hears what happens, `options` as of Writeback. */
    constructor({ keyring, transport, directory, journal, timeoutMs = IN_TIME, log = () => undefined, options }) {
        this.#writeback = new Writeback(keyring, options);
        this.#parts = { transport, directory, journal };
        this.#timeoutMs = timeoutMs;
        this.#log = log;
    }

    /** Free what it holds; not in a step. */
    close() {
        this.#writeback.close();
    }

    /** Wait for one message and deal with it: false when none came. */
    async step(timeoutMs = -1) {
        const { transport } = this.#parts;
        const message = await transport.receive({ timeoutMs });
        if (!message)
            return false;
        const verdict = await this.#deal(message);
        if (!this.#writeback.isClosed)
            this.#writeback.wipe();
        try {
            await transport.settle(message.tag, verdict, { timeoutMs: this.#timeoutMs });
        } catch (failure) { // it comes again; a transport that is gone says so when it is next asked
            this.#log(`a message was not settled: ${failure.message}`);
        }
        if (verdict === SETTLE.RELEASE)
            await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        return true;
    }

    /** Deal with messages until the signal comes; the request at hand is finished first. */
    async run(signal, sliceMs = 250) {
        while (!signal?.aborted)
            await this.step(sliceMs);
    }

    // What becomes of the message.
    async #deal({ data }) {
        const writeback = this.#writeback;
        try {
            writeback.begin(data);
        } catch (failure) {
            this.#log(`a message was not opened: ${failure.code}`);
            return failure.status === STATUS.KEY_UNKNOWN ? SETTLE.RELEASE : SETTLE.REJECT;
        }
        this.#end = Date.now() + this.#timeoutMs;
        try {
            while (!writeback.isDone)
                await this.#answer(writeback.need);
        } catch (failure) {
            this.#log(`a request was given up: ${failure.message}`);
            return SETTLE.RELEASE;
        }
        return writeback.need === NEED.SEND ? this.#send() : SETTLE.RELEASE;
    }

    // The reply is kept: when it does not go out, the message comes again and is answered then.
    async #send() {
        const { claims, reply, skewMs } = this.#writeback;
        try {
            await this.#parts.transport.send({ data: reply, id: claims.cti, to: claims.reply_to, replyTo: '',
                expiresMs: Number(claims.exp) * 1000 + skewMs }, { timeoutMs: this.#timeoutMs });
            return SETTLE.ACCEPT;
        } catch (failure) {
            this.#log(`the reply was not sent: ${failure.message}`);
            return SETTLE.RELEASE;
        }
    }

    // Answer one need, or say that it could not be done. A directory's nonsense is an answer that could not be given.
    async #answer(need) {
        try {
            await this.#steps[need].call(this, Math.max(0, this.#end - Date.now()));
        } catch (failure) {
            this.#log(`a step failed: ${failure instanceof PwwbError ? failure.message : failure?.constructor?.name}`);
            this.#writeback.failed(statusOf(failure));
        }
    }

    // By need. What the transport and the directory are asked has its deadline; a journal has its own.
    #steps = {
        async [NEED.CLAIM]() {
            const { claims, digest, keepMs } = this.#writeback;
            this.#writeback.claimed(await this.#parts.journal.claim(claims.cti, digest, keepMs));
        },
        async [NEED.FIND](ms) {
            const { anchor } = this.#writeback.claims;
            this.#writeback.found(await within(ms, this.#parts.directory.find(anchor, { timeoutMs: ms })));
        },
        async [NEED.READ](ms) {
            const got = await within(ms, this.#parts.directory.read(Buffer.from(this.#writeback.target.guid),
                { timeoutMs: ms }));
            if (!got)
                throw new PwwbError(STATUS.NOT_FOUND, 'there is no such entry');
            this.#writeback.account(got);
        },
        async [NEED.LOOKUP]() {
            const { target, lastSetMs, claims } = this.#writeback;
            this.#writeback.lookedUp(await this.#parts.journal.lookup(target.guid, lastSetMs, Number(claims.iat)));
        },
        async [NEED.RECORD]() {
            const { claims, target, lastSetMs } = this.#writeback;
            await this.#parts.journal.record(claims.cti, target.guid, lastSetMs, Number(claims.iat));
            this.#writeback.recorded();
        },
        async [NEED.SET](ms) {
            const { operation, mostMs } = this.#writeback.operation();
            const timeoutMs = Math.min(ms, mostMs);
            // Wiped when the directory is done with it, not when its time is over: else it might set zeros.
            const done = (async () => this.#parts.directory.set(operation, { timeoutMs }))()
                .finally(() => wipeOperation(operation));
            const result = await within(timeoutMs, done);
            try {
                this.#writeback.result(result);
            } catch (failure) { // it was sent: no status of the library's may say otherwise
                throw new PwwbError(STATUS.CALLBACK, 'the directory answered nonsense', { cause: failure });
            }
        },
        async [NEED.FINISH]() {
            const { claims, reply, lastSetMs } = this.#writeback;
            await this.#parts.journal.finish(claims.cti, reply, lastSetMs);
            this.#writeback.finished();
        },
        async [NEED.UNCLAIM]() {
            await this.#parts.journal.release(this.#writeback.claims.cti);
            this.#writeback.unclaimed();
        },
    };
}
