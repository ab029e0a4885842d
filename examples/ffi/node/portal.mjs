// SPDX-License-Identifier: Apache-2.0
// The cloud side: seal a request, wait for its reply, say honestly what became of it.
import { CODE, LIMIT, OUTCOME, SETTLE, STATUS } from './enums.mjs';
import { auditOf } from './audit.mjs';
import { Reply } from './envelope.mjs';
import { statusOf } from './errors.mjs';
import { Handle, Shared, later, laterThen, made } from './handle.mjs';
import { native } from './native.mjs';
import { codeOutcome, findingsOf } from './results.mjs';
import { octetsOf } from './secret.mjs';
import { make } from './structs.mjs';
import { clockOf } from './tables.mjs';

const SLICE_MS = 250; // of waiting for a reply: then it is seen who came meanwhile, and whose time is over

const hex = (octets) => Buffer.from(octets).toString('hex');

const own = (code, findings = []) =>
    ({ outcome: codeOutcome(code), code, findings, controller: '', timeMs: Date.now() });

export class Portal extends Handle {
    #listening = new Map(); // by transport: requests that wait for a reply, by the ids of them

    /**
     * `keyring`, or the `store` whose keys are followed; `watch`, `clock`, `audit(line)`, `auditRequired`, and life_s
     * and cache_ms of struct pwwb_portal_options.
     */
    constructor({ keyring = null, store = null, watch = null, clock, audit, auditRequired, ...options } = {}) {
        const [time, told] = [clockOf(clock), auditOf(audit, auditRequired)];
        const pointer = made('portal_new', keyring, make('pwwb_portal_options', {
            ...options, ...time.fields, ...told.fields, store: store?.pointer ?? null, watch: watch?.pointer ?? null,
        }));
        super(pointer, 'portal_free', { mates: store ? [store] : [],
            parents: [keyring, watch].filter((one) => one instanceof Shared), lent: [...time.lent, ...told.lent] });
    }

    /**
     * Seal a request: { code, sealed, claims, findings }; sealed is null when nothing is to be sent. `fields` are those
     * of struct pwwb_claims: operation, origin, actor, user_type, anchor, ...
     */
    async begin(fields, password = null, oldPassword = null) {
        const claims = make('pwwb_claims', fields);
        const [buf, length, code] = [Buffer.alloc(LIMIT.ENVELOPE_MAX), [0], [0]];
        const findings = await laterThen(() => this.#findings(), 'portal_begin', this, claims, ...octetsOf(password),
            ...octetsOf(oldPassword), buf, buf.length, length, code);
        const sealed = Number(length[0]) > 0 ? buf.subarray(0, Number(length[0])) : null;
        return { code: code[0], sealed, claims, findings };
    }

    // What the last request was refused for, before anything was sent.
    #findings() {
        return findingsOf(native('portal_findings')(this.pointer));
    }

    /**
     * Say what the transport answered to the sending of a request that begin() sealed; STATUS.OK = it was sent. The
     * answer when that is the end: not sent, so not set. null when an answer may come: wait, then finish().
     */
    async sent(claims, status) {
        const [reply, isOver] = [new Reply(), [0]];
        try {
            await later('portal_sent', this, claims, status, reply, isOver);
            return isOver[0] === 1 ? reply.answer() : null;
        } finally {
            reply.close();
        }
    }

    /** Take what came for a request that begin() sealed; null = none came, and none is waited for any more. */
    async finish(claims, sealed) {
        const reply = new Reply();
        try {
            await later('portal_finish', this, claims, sealed, sealed?.length ?? 0, reply);
            return reply.answer();
        } finally {
            reply.close();
        }
    }

    /**
     * Ask an agent over a Transport, on a worker thread: what became of it, and whether this side has `refused` the
     * password by itself. One at a time. An error's `answer` is what is known in spite of it.
     */
    async call(transport, fields, { password, oldPassword, timeoutMs = -1 } = {}) {
        const reply = new Reply();
        try {
            const refused = await laterThen(() => this.#findings().length > 0, 'portal_call', this, transport,
                make('pwwb_claims', fields), ...octetsOf(password), ...octetsOf(oldPassword), timeoutMs, reply);
            return { ...reply.answer(), refused };
        } catch (failure) {
            throw Object.assign(failure, { answer: reply.answer() });
        } finally {
            reply.close();
        }
    }

    /**
     * Ask an agent over a transport of JavaScript's own, which is awaited (see transport.mjs): what became of it. Any
     * number at a time over one transport.
     */
    async ask(transport, fields, { password, oldPassword, timeoutMs = 120000 } = {}) {
        const { code, sealed, claims, findings } = await this.begin({ ...fields,
            reply_to: transport.replyAddress ?? '' }, password, oldPassword);
        if (sealed === null)
            return own(code, findings);
        const end = Math.min(Date.now() + timeoutMs, Number(claims.exp) * 1000);
        const answered = this.#wait(transport, claims, end);
        try {
            await transport.send({ data: sealed, id: claims.cti, expiresMs: Number(claims.exp) * 1000, to: '',
                replyTo: claims.reply_to }, { timeoutMs: end - Date.now() });
        } catch (failure) {
            const over = await this.sent(claims, statusOf(failure)).catch(() => null);
            if (over !== null) {
                this.#listening.get(transport)?.delete(hex(claims.cti));
                return over;
            }
        }
        return await answered ?? this.finish(claims, null).catch(() => own(CODE.OUTCOME_UNKNOWN));
    }

    // The answer to one request, or null when its time is over. The audit hears of that from ask() alone, which also
    // knows how the sending ended: so it is told once.
    async #wait(transport, claims, end) {
        const listens = this.#listening.get(transport);
        const waiting = listens ?? new Map();
        this.#listening.set(transport, waiting);
        const answer = new Promise((resolve) => { waiting.set(hex(claims.cti), { claims, resolve, end }); });
        if (!listens) // one listener only: a second one would take what the first one waits for
            this.#listen(transport, waiting);
        return answer;
    }

    // Take replies as long as somebody waits for one. What answers nobody is taken and forgotten.
    async #listen(transport, waiting) {
        while (waiting.size > 0) {
            const left = Math.min(...[...waiting.values()].map(({ end }) => end)) - Date.now();
            let message = null;
            try {
                message = left > 0 ? await transport.receive({ timeoutMs: Math.min(left, SLICE_MS) }) : null;
            } catch {
                await new Promise((resolve) => setTimeout(resolve, 50)); // it may come back before the deadline
            }
            if (message)
                await this.#take(transport, waiting, message);
            this.#giveUp(waiting);
        }
        this.#listening.delete(transport);
    }

    // Which request it answers says the message's id, which nobody vouches for; else all are tried.
    async #take(transport, waiting, { data, tag, id }) {
        const named = id && waiting.get(hex(id));
        const asked = named ? [named] : [...waiting.values()];
        for (const one of data instanceof Uint8Array ? asked : []) {
            try {
                const answer = await this.finish(one.claims, data);
                waiting.delete(hex(one.claims.cti));
                one.resolve(answer);
                break;
            } catch { // not its answer
            }
        }
        await Promise.resolve(transport.settle(tag, SETTLE.ACCEPT, { timeoutMs: 1000 })).catch(() => undefined);
    }

    #giveUp(waiting) {
        for (const [key, one] of waiting) {
            if (one.end > Date.now())
                continue;
            waiting.delete(key);
            one.resolve(null);
        }
    }
}

/** Orders and heartbeats, over a Transport: take one message; null when none came in time. */
export async function serve({ exchange = null, watch = null, transport, timeoutMs = 1000 }) {
    const event = make('pwwb_exchange_event');
    try {
        await later('portal_serve', exchange, watch, transport, timeoutMs, event);
        return event;
    } catch (failure) {
        if (failure.status === STATUS.TIMEOUT)
            return null;
        throw failure;
    }
}

export const isSet = ({ outcome }) => outcome === OUTCOME.SET || outcome === OUTCOME.SET_WITH_WARNINGS;
