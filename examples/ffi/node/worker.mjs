// SPDX-License-Identifier: Apache-2.0
// The library's own agent: it waits on a worker thread, and the event loop goes on. For directories and transports in
// C; those of JavaScript work, too, when they are not asynchronous: the thread waits while the loop runs them. Node.js
// has four such threads unless UV_THREADPOOL_SIZE says more; each agent needs one, and each other call that waits.
import { STATUS } from './enums.mjs';
import { Handle, Shared, ask, call, later, made } from './handle.mjs';
import { native } from './native.mjs';
import { writebackOptions } from './steps.mjs';
import { make } from './structs.mjs';

const SLICE_MS = 1000;

export class WorkerAgent extends Handle {
    #running = null;
    #stopped = false;

    constructor({ keyring = null, transport, journal, exchange = null, timeoutMs = 0, agentId, heartbeatS = 0,
        options }) {
        const { fields, lent } = writebackOptions(options);
        const pointer = made('agent_new', make('pwwb_agent_options', {
            keyring: keyring?.pointer ?? null, transport: transport.pointer, journal: journal.pointer,
            exchange: exchange?.pointer ?? null, writeback: fields, timeout_ms: timeoutMs, heartbeat_s: heartbeatS,
            ...(agentId ? { agent_id: agentId } : {}),
        }));
        const mates = [transport, journal, exchange].filter((one) => one && !(one instanceof Shared));
        const parents = [keyring, journal].filter((one) => one instanceof Shared);
        super(pointer, 'agent_free', { mates, parents, lent });
    }

    addDirectory(directory, name = '') {
        call('agent_add_directory', this, name, directory);
        this.join(directory);
    }

    /** Wait for one message and deal with it: false when none came. */
    async step(timeoutMs) {
        try {
            await later('agent_step', this, timeoutMs);
            return true;
        } catch (failure) {
            if (failure.status === STATUS.TIMEOUT)
                return false;
            throw failure;
        }
    }

    /** Deal with messages until stop(). Others get their turn with the threads in between. */
    run() {
        this.#running = this.#steps().finally(() => { this.#running = null; });
        return this.#running;
    }

    async #steps() {
        try {
            while (!this.#stopped)
                await this.step(SLICE_MS);
        } catch (failure) {
            if (failure.status !== STATUS.STOPPED)
                throw failure;
        }
    }

    /** Ask it to stop; what run() gave ends after the request at hand. */
    stop() {
        this.#stopped = true;
        native('agent_stop')(this.pointer);
    }

    /** Ask it to stop, and wait until it has. */
    async ended() {
        this.stop();
        await this.#running;
    }

    /** How often something happened: one of COUNT. Not while it runs. */
    count(which) {
        return Number(ask('agent_count', this, which));
    }

    close() {
        if (this.#running && !this.isClosed)
            this.stop();
        super.close();
    }
}
