// SPDX-License-Identifier: Apache-2.0
// A portal and an agent in this process, as in the example, and what can go wrong with the host's own code.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
    CODE, Directory, HALF, Journal, Keyring, OUTCOME, Portal, PwwbError, RELAY, Relay, STATUS, SUITE, Secret, Transport,
    WorkerAgent, codeName, sealRequest,
} from '../../../examples/ffi/node/index.mjs';
import { MemoryDirectory, person, world } from '../../../examples/ffi/node/writeback.mjs';
import { hex } from './data.mjs';

const LOCK_KEY = Buffer.alloc(32, 7);

export function peopled(Kind = MemoryDirectory, count = 1) {
    const directory = new Kind();
    const people = Array.from({ length: count }, () => randomBytes(16));
    people.forEach((guid) => directory.accounts.set(hex(guid),
        { name: 'anna', password: new Secret(Buffer.from('Long-Forgotten-1')), setMs: 1000 }));
    const has = (guid = people[0]) => directory.accounts.get(hex(guid)).password.octets.toString();
    return { anna: people[0], people, directory, has };
}

export const said = ({ outcome, code }) => [outcome, codeName(code)];
const names = ({ findings }) => findings.map(({ code }) => codeName(code)).sort();

/** Set, refused with every finding, unknown, not found: by what the directory holds afterwards. */
export async function writeback() {
    const { anna, directory, has } = peopled();
    const tenant = await world(directory);
    await sleep(1000); // what came before the journal is not known
    const ask = (guid, text, more) => tenant.ask(guid, new Secret(Buffer.from(text)), more);

    assert.deepEqual(said(await ask(anna, 'Correct-Horse-7')), [OUTCOME.SET, 'OK']);
    assert.equal(has(), 'Correct-Horse-7');
    const refused = await ask(anna, 'anna1');
    assert.deepEqual(said(refused), [OUTCOME.NOT_SET, 'POLICY_TOO_SHORT']);
    assert.deepEqual(names(refused), ['POLICY_COMPLEXITY', 'POLICY_CONTAINS_NAME', 'POLICY_TOO_SHORT']);
    assert.deepEqual(said(await ask(randomBytes(16), 'Correct-Horse-7')), [OUTCOME.NOT_SET, 'NOT_FOUND']);
    assert.equal(has(), 'Correct-Horse-7');
    directory.lost = true;
    assert.deepEqual(said(await ask(anna, 'Battery-Staple-8')), [OUTCOME.UNKNOWN, 'OUTCOME_UNKNOWN']);
    assert.equal(has(), 'Battery-Staple-8');
    await tenant.close();
    await late();
}

// A directory that is slower than the agent's deadline sets the password, and its octets are whole then; and one that
// says what is no answer.
async function late() {
    const { people, directory, has } = peopled(MemoryDirectory, 2);
    const tenant = await world(directory, { timeoutMs: 1000 });
    const set = directory.set.bind(directory);
    let over;
    directory.set = async (operation) => {
        over = sleep(2000).then(() => set(operation));
        return over;
    };
    const answer = await tenant.ask(people[0], new Secret(Buffer.from('Slowly-But-Surely-9')));
    assert.deepEqual(said(answer), [OUTCOME.UNKNOWN, 'OUTCOME_UNKNOWN']);
    assert.equal(has(), 'Long-Forgotten-1');
    await over;
    assert.equal(has(), 'Slowly-But-Surely-9');
    directory.set = async (operation) => ({ ...await set(operation), code: 99999 });
    const nonsense = await tenant.ask(people[1], new Secret(Buffer.from('Nonsense-Was-Said-10')));
    assert.deepEqual(said(nonsense), [OUTCOME.UNKNOWN, 'OUTCOME_UNKNOWN']);
    assert.equal(has(people[1]), 'Nonsense-Was-Said-10');
    await tenant.close();
}

/** The library's own agent on a worker thread, with a directory in JavaScript; `tell` is given what to ask by. */
export async function withWorker(host, tell, count = 1) {
    const keyring = Keyring.create(randomBytes(16), SUITE.X25519);
    const half = await Keyring.open(keyring.seal(HALF.PORTAL, LOCK_KEY), LOCK_KEY);
    const [relay, journal] = [new Relay(), new Journal()];
    const agents = Array.from({ length: count }, () => {
        const agent = new WorkerAgent({ keyring, transport: relay.connect(RELAY.AGENT), journal });
        agent.addDirectory(new Directory(host));
        return agent;
    });
    const running = agents.map((agent) => agent.run());
    try {
        return await tell({ relay, half, keyring, agents });
    } finally {
        agents.forEach((agent) => agent.stop());
        await Promise.all(running);
        [...agents, journal, relay, half, keyring].forEach((one) => one.close());
    }
}

export async function askBy({ relay, half }, guid, text) {
    const [portal, transport] = [new Portal({ keyring: half }), relay.connect(RELAY.PORTAL)];
    try {
        return await portal.call(transport, person(guid), { password: Buffer.from(text), timeoutMs: 5000 });
    } finally {
        portal.close();
        transport.close();
    }
}

// MemoryDirectory, but not asynchronous, and broken on command.
export class PlainDirectory {
    accounts = new Map();
    broken = null;

    #failAt(step) {
        if (this.broken?.step === step)
            throw this.broken.failure;
    }

    find({ guid }) {
        this.#failAt('find');
        return this.accounts.has(hex(guid)) ? { code: CODE.OK, guid } : { code: CODE.NOT_FOUND };
    }

    read(guid) {
        this.#failAt('read');
        const kept = this.accounts.get(hex(guid));
        return { account: { kind: 1, is_protected: 0, is_locked: 0, may_change: 1, password_last_set_ms: kept.setMs,
            now_ms: Date.now(), account_name: kept.name }, rules: { source: 1, min_length: 8, complexity: 1 } };
    }

    set({ guid, password }) {
        this.#failAt('set');
        const setMs = Date.now();
        Object.assign(this.accounts.get(hex(guid)), { password: new Secret(Buffer.from(password.octets)), setMs });
        return { code: CODE.OK, passwordLastSetMs: setMs, findings: [{ code: CODE.OK_UNLOCK_FAILED }] };
    }
}

// What a transport of the host's throws in send() comes out of the call that led to it.
function throwing(failure) {
    const keyring = Keyring.create(randomBytes(16), SUITE.X25519);
    const portal = new Portal({ keyring });
    const transport = Transport.of({ send: () => undefined, settle: () => undefined,
        receive: () => { throw failure; } });
    return new WorkerAgent({ keyring, transport, journal: new Journal() }).step(100).finally(() => portal.close());
}

/** What a callback throws is an error of the caller's, told as such. */
export async function callbacks() {
    const defect = new RangeError('Battery-Staple-8 is a password');
    await assert.rejects(throwing(defect), (told) => {
        assert(told instanceof PwwbError);
        assert.deepEqual([told.status, told.code, told.message, told.cause],
            [STATUS.CALLBACK, 'PWWB_E_CALLBACK', 'JavaScript threw RangeError', defect]);
        return true;
    });
    const gone = new PwwbError(STATUS.CLOSED, 'it is gone');
    await assert.rejects(throwing(gone), { status: STATUS.CLOSED, message: 'it is gone' });
    const promising = Transport.of({ send() {}, settle() {}, receive: async () => null });
    const keyring = Keyring.create(randomBytes(16), SUITE.X25519);
    await assert.rejects(new WorkerAgent({ keyring, transport: promising, journal: new Journal() }).step(100),
        { status: STATUS.CALLBACK, message: /promise/ });

    const { anna, directory, has } = peopled(PlainDirectory);
    await withWorker(directory, async (tenant) => {
        await sleep(1000);
        const answer = await askBy(tenant, anna, 'Correct-Horse-7');
        assert.deepEqual([...said(answer), ...names(answer)], [OUTCOME.SET_WITH_WARNINGS, 'OK', 'OK_UNLOCK_FAILED']);
        directory.broken = { step: 'read', failure: defect };
        assert.deepEqual(said(await askBy(tenant, anna, 'Battery-Staple-8')), [OUTCOME.NOT_SET, 'INTERNAL']);
        directory.broken = { step: 'set', failure: defect };
        assert.deepEqual(said(await askBy(tenant, anna, 'Battery-Staple-8')), [OUTCOME.UNKNOWN, 'OUTCOME_UNKNOWN']);
        assert.equal(has(), 'Correct-Horse-7');
    });
    assert.throws(() => sealRequest(keyring, person(anna), 'a string'), TypeError);
}
