// SPDX-License-Identifier: Apache-2.0
// Password writeback in Node.js: a portal and an agent in one process, with a directory and a transport of its own,
// both asynchronous. PWWB_LIB=build/lib/libpwwb.so node examples/ffi/node/writeback.mjs
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
    ACCOUNT, ACTOR, ANCHOR, ANSWER, Agent, CODE, EXCHANGE, Exchange, FROM, HALF, Keystore, MemoryJournal, OPERATION,
    POLICY, Portal, PwwbError, SETTLE, STATUS, SUITE, Secret, USER, codeName, codeUserText, outcomeName,
} from './index.mjs';

const hex = (octets) => Buffer.from(octets).toString('hex');

/** Accounts in a Map: objectGUID -> name and password. `lost`: it sets the password, and its answer never comes. */
export class MemoryDirectory {
    accounts = new Map();
    lost = false;

    async find({ kind, guid }) {
        const isHere = kind === ANCHOR.SOURCE && this.accounts.has(hex(guid));
        return isHere ? { code: CODE.OK, guid } : { code: CODE.NOT_FOUND };
    }

    async read(guid) {
        const kept = this.accounts.get(hex(guid));
        return kept && {
            account: {
                kind: ACCOUNT.PERSON, is_protected: ANSWER.NO, is_locked: ANSWER.NO, may_change: ANSWER.YES,
                password_last_set_ms: kept.setMs, now_ms: Date.now(), account_name: kept.name,
            },
            rules: { source: POLICY.HOST, min_length: 8, complexity: ANSWER.YES },
        };
    }

    async set({ guid, password }) {
        const kept = this.accounts.get(hex(guid));
        kept.password.close();
        kept.password = new Secret(Buffer.from(password.octets)); // a real one would hand the octets on, and keep none
        kept.setMs = Date.now();
        await sleep(1);
        if (this.lost)
            throw new PwwbError(STATUS.CLOSED, 'the connection is lost');
        return { code: CODE.OK, passwordLastSetMs: kept.setMs, controller: 'a JavaScript Map' };
    }
}

/** One end of a transport: whole messages go out to one queue and come in from another. */
export class Post {
    #outgoing;
    #incoming;
    #held = new Map();
    #tags = 0;

    constructor(outgoing, incoming) {
        this.#outgoing = outgoing;
        this.#incoming = incoming;
    }

    async send(message) {
        this.#outgoing.put(message);
    }

    async receive({ timeoutMs }) {
        const message = await this.#incoming.get(timeoutMs);
        if (message === null)
            return null;
        this.#tags += 1;
        this.#held.set(this.#tags, message);
        return { data: message.data, id: message.id, tag: this.#tags };
    }

    async settle(tag, verdict) {
        if (verdict === SETTLE.RELEASE)
            this.#incoming.put(this.#held.get(tag));
        this.#held.delete(tag);
    }
}

/** What is put in comes out once, in its order. */
export class Queue {
    #messages = [];
    #waiting = [];

    put(message) {
        const next = this.#waiting.shift();
        if (next)
            next(message);
        else
            this.#messages.push(message);
    }

    get(timeoutMs) {
        if (this.#messages.length > 0)
            return this.#messages.shift();
        return new Promise((resolve) => {
            const take = (message) => {
                clearTimeout(timer);
                resolve(message);
            };
            const timer = timeoutMs < 0 ? undefined : setTimeout(() => {
                this.#waiting = this.#waiting.filter((one) => one !== take);
                resolve(null);
            }, timeoutMs);
            this.#waiting.push(take);
        });
    }
}

/** A key store in memory; a real one is a file, or a row of a database. */
export function memoryStore() {
    let kept = null;
    return Keystore.of({
        load: () => kept,
        swap: (expected, data) => {
            if (expected !== (kept?.version ?? 0))
                throw new PwwbError(STATUS.CHANGED, 'somebody else was first');
            kept = { data, version: expected + 1 };
        },
    }, { secret: new Secret(randomBytes(32)) });
}

/** Both sides come to the same keys: a ticket, two messages, and a fingerprint that people compare. */
export async function enable(portalStore, agentStore) {
    const portal = new Exchange(portalStore, HALF.PORTAL);
    const agent = new Exchange(agentStore, HALF.AGENT, { suite: SUITE.X25519 });
    const ticket = await portal.ticket({ tenant: randomBytes(16), relayAddress: 'here', relayCredential: 'none' });
    await agent.begin(EXCHANGE.ENABLE, ticket);
    ticket.close();
    const { answer } = await portal.take(await agent.step());
    await agent.take(answer);
    const { fingerprint } = (await agentStore.load()).describe();
    await portal.confirm(fingerprint);
    portal.close();
    agent.close();
    return fingerprint;
}

export const person = (guid) => ({
    operation: OPERATION.RESET_SELF, origin: FROM.RESET_PORTAL, actor: ACTOR.USER, user_type: USER.PASS_THROUGH,
    anchor: { kind: ANCHOR.SOURCE, guid },
});

/** All of it: keys, a portal, an agent that runs. close() waits for the agent. */
export async function world(directory, { timeoutMs } = {}) {
    const [portalStore, agentStore] = [memoryStore(), memoryStore()];
    const fingerprint = await enable(portalStore, agentStore);
    const [requests, replies] = [new Queue(), new Queue()];
    const portal = new Portal({ store: portalStore });
    const agent = new Agent({ keyring: await agentStore.load(), directory, journal: new MemoryJournal(), timeoutMs,
        transport: new Post(replies, requests) });
    const stop = new AbortController();
    const running = agent.run(stop.signal);
    const ours = new Post(requests, replies);
    return {
        fingerprint,
        ask: (guid, password, options) => portal.ask(ours, person(guid), { password, ...options }),
        async close() {
            stop.abort();
            await running;
            [agent, portal, agentStore, portalStore].forEach((one) => one.close());
        },
    };
}

async function main() {
    const anna = randomBytes(16);
    const directory = new MemoryDirectory();
    const old = new Secret(Buffer.from('Long-Forgotten-1'));
    directory.accounts.set(hex(anna), { name: 'anna', password: old, setMs: 1000 });
    const tenant = await world(directory);
    console.log(`enabled, fingerprint ${tenant.fingerprint}`);
    await sleep(1000); // what an agent before this one may have done is as old as its journal: it cannot know

    async function reset(title, guid, text, outcome, code) {
        const password = new Secret(Buffer.from(text));
        const answer = await tenant.ask(guid, password);
        password.close();
        console.log(`${title.padEnd(24)} ${outcomeName(answer.outcome).padEnd(8)} ${codeName(answer.code)}`);
        answer.findings.forEach((finding) => console.log(`    ${codeUserText(finding.code)}`));
        if (outcomeName(answer.outcome) !== outcome || codeName(answer.code) !== code)
            throw new Error(`must be ${outcome}, ${code}`);
    }

    await reset('a reset', anna, 'Correct-Horse-7', 'set', 'OK');
    await reset('one against the rules', anna, 'anna1', 'not set', 'POLICY_TOO_SHORT');
    await reset('somebody unknown', randomBytes(16), 'Correct-Horse-7', 'not set', 'NOT_FOUND');
    directory.lost = true;
    await reset('an answer that is lost', anna, 'Battery-Staple-8', 'unknown', 'OUTCOME_UNKNOWN');
    directory.lost = false;
    await tenant.close();
    const kept = directory.accounts.get(hex(anna)).password.octets;
    console.log(`the directory has the ${kept.equals(Buffer.from('Battery-Staple-8')) ? 'last' : 'first'} one`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
    await main();
