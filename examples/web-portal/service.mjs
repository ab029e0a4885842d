// SPDX-License-Identifier: Apache-2.0
// The library behind the pages: a few portals, each with a connection of its own, for a handle serves one thread
// at a time; a watch that all of them ask; and one worker that takes the agents' orders and heartbeats.
import { closeSync, openSync, writeSync } from 'node:fs';
import {
    ACTOR, BASIS, CODE, Exchange, FROM, HALF, Keystore, LOCK, OPERATION, OUTCOME, Policy, Portal, PwwbError, RELAY,
    STATUS, Secret, Transport, Watch, parseAnchor, serve, use,
} from '../ffi/node/index.mjs';
import { secret } from './config.mjs';

const SERVE_MS = 1000;
const QUEUE_MAX = 64;
const KEPT_EVENTS = 50;

const said = (failure) => `${failure.code}: ${failure.message}`;

export class Service {
    #config;
    #log;
    #members = [];
    #free = [];
    #waiting = [];
    #watch;
    #serving;
    #stopped = false;
    #audit_fd = -1;
    outcomes = [];

    constructor(config, log) {
        this.#config = config;
        this.#log = log;
        use(config.library);
        this.reopen();
        this.#watch = new Watch({ stale_s: config.portal.stale });
        for (let i = 0; i < config.portal.handles; i++)
            this.#members.push(this.#member());
        this.#free = [...this.#members];
        this.#serving = this.#serve();
    }

    #store() {
        const { file, lock_file, passphrase_file } = this.#config.keys;
        return Keystore.file(file, {
            lock: lock_file ? LOCK.KEY : LOCK.PASSPHRASE, secretFile: lock_file ?? passphrase_file,
        });
    }

    #transport(end) {
        const relay = this.#config.relay;
        const word = new Secret(secret(relay.secret_file));
        try {
            return Transport.amqp({
                end, host: relay.host, port: relay.port, is_websocket: relay.websocket ? 1 : 0,
                path: relay.path ?? null, proxy_host: relay.proxy ?? null, proxy_port: relay.proxy_port ?? 0,
                tls: { ca_file: relay.ca, name: relay.name ?? relay.host }, user: relay.user, secret: word,
            });
        } finally {
            word.close();
        }
    }

    #member() {
        const store = this.#store();
        const portal = new Portal({
            store, watch: this.#watch, life_s: this.#config.portal.life, cache_ms: 5000,
            audit: (line) => this.#hear(line), auditRequired: this.#config.audit.required,
        });
        return { store, portal, transport: this.#transport(RELAY.PORTAL) };
    }

    // Orders are answered and heartbeats taken until the end; what fails comes again.
    async #serve() {
        const store = this.#store();
        const exchange = new Exchange(store, HALF.PORTAL);
        const transport = this.#transport(RELAY.PORTALS);
        let last = '';
        while (!this.#stopped) {
            const failed = await serve({ exchange, watch: this.#watch, transport, timeoutMs: SERVE_MS })
                .then(() => '', said);
            if (failed !== last && failed)
                this.#log(`orders and heartbeats: ${failed}`);
            if (failed)
                await new Promise((resolve) => setTimeout(resolve, 200));
            last = failed;
        }
        [transport, exchange, store].forEach((one) => one.close());
    }

    // An event as its line of JSON, into the file and the list. The library's thread waits for it.
    #hear(line) {
        try {
            if (this.#audit_fd >= 0)
                writeSync(this.#audit_fd, `${line}\n`);
            const { stage, ...rest } = JSON.parse(line);
            if (stage === 'after')
                this.outcomes = [rest, ...this.outcomes].slice(0, KEPT_EVENTS);
        } catch (failure) {
            this.#log(`audit: ${failure.message}`);
            throw failure;
        }
    }

    /** The audit's file anew, after somebody renamed it. */
    reopen() {
        const { file } = this.#config.audit;
        if (!file)
            return;
        const fd = openSync(file, 'a', 0o600);
        if (this.#audit_fd >= 0)
            closeSync(this.#audit_fd);
        this.#audit_fd = fd;
    }

    // A portal that is free, in the order of asking; null = too many wait.
    #take() {
        if (this.#free.length > 0)
            return this.#free.pop();
        if (this.#stopped || this.#waiting.length >= QUEUE_MAX)
            return null;
        return new Promise((resolve) => this.#waiting.push(resolve));
    }

    #give(member) {
        const next = this.#waiting.shift();
        if (next)
            next(member);
        else
            this.#free.push(member);
    }

    /**
     * Ask an agent for something. Passwords are octets and stay the caller's to wipe.
     * @returns {outcome, code, findings: [{code, basis, limit, actual}]}
     */
    async ask({ operation, person, flags = 0 }, password = null, old = null) {
        const member = await this.#take();
        if (!member)
            return { outcome: OUTCOME.NOT_SET, code: CODE.BUSY, findings: [] };
        const claims = {
            operation, flags, origin: operation === OPERATION.CHANGE ? FROM.ACCOUNT_PORTAL : FROM.RESET_PORTAL,
            actor: ACTOR.USER, user_type: person.user_type, anchor: person.anchor,
        };
        try {
            const answer = await member.portal.call(member.transport, claims,
                { password, oldPassword: old, timeoutMs: this.#config.portal.timeout * 1000 });
            // What this side refused by itself breaks the weakest rules: that is no guess.
            const basis = answer.refused ? { basis: BASIS.STATED } : {};
            return { ...answer, findings: answer.findings.map((finding) => ({ ...finding, ...basis })) };
        } catch (failure) {
            if (!(failure instanceof PwwbError))
                throw failure;
            this.#log(`portal: ${said(failure)}`);
            const unusable = failure.status === STATUS.MALFORMED; // over 256 units, or with NUL inside
            return { ...failure.answer, ...(unusable ? { code: CODE.POLICY_TOO_LONG } : {}) };
        } finally {
            this.#give(member);
        }
    }

    /** Judge a password by rules: findings, or null when it is no text that a directory takes. */
    judge(rules, account, kind, password) {
        const policy = new Policy(rules);
        try {
            return policy.check(password, account, kind).findings;
        } catch (failure) {
            if (failure instanceof PwwbError)
                return null;
            throw failure;
        } finally {
            policy.close();
        }
    }

    /** How the service is: the watch's report. */
    report() {
        return this.#watch.report();
    }

    /** Each agent that was heard: { last, state, age_s }. */
    agents() {
        return this.#watch.agents();
    }

    /** The keys as the store has them, without any key: { info, epochs }; null = none yet. */
    async keys() {
        const store = this.#store();
        try {
            const keyring = await store.load();
            const known = keyring && { info: keyring.describe(), epochs: keyring.epochs() };
            keyring?.close();
            return known;
        } catch (failure) {
            if (failure instanceof PwwbError)
                return null;
            throw failure;
        } finally {
            store.close();
        }
    }

    /** An anchor's text as a struct; null = it is none. */
    anchor(text) {
        try {
            return parseAnchor(text);
        } catch {
            return null;
        }
    }

    /** What is under way is waited for; then everything is given back. */
    async close() {
        this.#stopped = true;
        await this.#serving;
        for (let i = 0; i < this.#members.length; i++) {
            const member = await (this.#free.pop() ?? new Promise((resolve) => this.#waiting.push(resolve)));
            Object.values(member).forEach((one) => one.close());
        }
        this.#watch.close();
    }
}
