// SPDX-License-Identifier: Apache-2.0
// A portal in two halves, begin and finish, and between them what the transport said of the sending.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
    Agent, HALF, Keyring, MemoryJournal, OUTCOME, Portal, PwwbError, STATUS, SUITE, codeName,
} from '../../../examples/ffi/node/index.mjs';
import { MemoryDirectory, Post, Queue, person } from '../../../examples/ffi/node/writeback.mjs';
import { peopled, said } from './story.mjs';

const LOCK_KEY = Buffer.alloc(32, 9);
const NEW = Buffer.from('Correct-Horse-7');
const UNKNOWN = [OUTCOME.UNKNOWN, 'OUTCOME_UNKNOWN'];

export async function halves() {
    await stepwise();
    await unsent();
    await afterUnsent();
    await impatient();
}

// begin, sent, step, finish: nobody waits for anybody.
async function stepwise() {
    const { anna, directory, has } = peopled();
    const keyring = Keyring.create(randomBytes(16), SUITE.X25519);
    const portal = new Portal({ keyring: await Keyring.open(keyring.seal(HALF.PORTAL, LOCK_KEY), LOCK_KEY) });
    const [requests, replies] = [new Queue(), new Queue()];
    const agent = new Agent({ keyring, directory, journal: new MemoryJournal(),
        transport: new Post(replies, requests) });
    const begin = () => portal.begin({ ...person(anna), reply_to: 'portal-1' }, NEW);

    const first = await begin();
    assert.equal(codeName(first.code), 'OK');
    assert.deepEqual(said(await portal.sent(first.claims, STATUS.FULL)), [OUTCOME.NOT_SET, 'BUSY']);

    const { code, sealed, claims } = await begin();
    assert.equal(codeName(code), 'OK');
    assert.equal(await portal.sent(claims, STATUS.OK), null);
    assert.equal(await portal.sent(claims, STATUS.CLOSED), null);
    assert.equal(await agent.step(0), false);
    requests.put({ data: sealed, id: claims.cti });
    assert.equal(await agent.step(1000), true);
    const reply = replies.get(0);
    assert.equal(reply.to, 'portal-1');
    assert.deepEqual(said(await portal.finish(claims, reply.data)), [OUTCOME.SET, 'OK']);
    assert.equal(has(), NEW.toString());
    assert.deepEqual(said(await portal.finish(claims, null)), UNKNOWN);
    [agent, portal, keyring].forEach((one) => one.close());
}

// What the relay surely has not is not set; what it may have is unknown. The audit hears the same, once, also of a
// sending that fails when the deadline is over.
async function unsent() {
    const told = [];
    const portal = new Portal({ keyring: Keyring.create(randomBytes(16), SUITE.X25519),
        audit: (line) => told.push(JSON.parse(line)) });
    const ask = (failure, lateMs = 0) => portal.ask({
        send: () => sleep(lateMs).then(() => { throw failure; }), settle: async () => undefined,
        receive: ({ timeoutMs }) => sleep(timeoutMs, null),
    }, person(randomBytes(16)), { password: NEW, timeoutMs: 200 });
    for (const [failure, end, code, lateMs] of [
        [new PwwbError(STATUS.FULL), 'not_sent', 'BUSY'], [new PwwbError(STATUS.NO_AGENT), 'not_sent', 'AGENT_DOWN'],
        [new PwwbError(STATUS.CONNECT), 'not_sent', 'UNREACHABLE'],
        [new PwwbError(STATUS.CONNECT), 'not_sent', 'UNREACHABLE', 400],
        [new PwwbError(STATUS.CLOSED), 'no_answer', 'OUTCOME_UNKNOWN'],
        [new PwwbError(STATUS.CLOSED), 'no_answer', 'OUTCOME_UNKNOWN', 400],
        [new Error('?'), 'no_answer', 'OUTCOME_UNKNOWN'],
    ]) {
        told.length = 0;
        const answer = await ask(failure, lateMs);
        const after = told.filter(({ stage }) => stage === 'after');
        assert.deepEqual(said(answer), end === 'not_sent' ? [OUTCOME.NOT_SET, code] : UNKNOWN);
        assert.deepEqual(after.map((line) => [line.end, line.code]), [[end, codeName(answer.code)]]);
    }
    portal.close();
}

// Those who ask after one that was not sent get their answers: nobody is left who takes them away. What is no message
// at all is nobody's answer.
async function afterUnsent() {
    const { people, directory, has } = peopled(MemoryDirectory, 2);
    const keyring = Keyring.create(randomBytes(16), SUITE.X25519);
    const portal = new Portal({ keyring });
    const [requests, replies] = [new Queue(), new Queue()];
    const agent = new Agent({ keyring, directory, journal: new MemoryJournal(),
        transport: new Post(replies, requests) });
    const post = new Post(requests, replies);
    const ask = (guid) => portal.ask(post, person(guid), { password: NEW, timeoutMs: 3000 });
    const stop = new AbortController();
    const running = agent.run(stop.signal, 50);
    const [noise, receive] = [[{ data: 'noise', tag: 0n }, { tag: 0n }], post.receive.bind(post)];
    post.receive = async (options) => noise.shift() ?? receive(options);

    try {
        post.send = async () => { throw new PwwbError(STATUS.NO_AGENT); };
        assert.deepEqual(said(await ask(people[0])), [OUTCOME.NOT_SET, 'AGENT_DOWN']);
        delete post.send;
        for (const guid of people) {
            assert.deepEqual(said(await ask(guid)), [OUTCOME.SET, 'OK']);
            assert.equal(has(guid), NEW.toString());
        }
    } finally {
        stop.abort();
        await running;
        [agent, portal, keyring].forEach((one) => one.close());
    }
}

// Who waits less than those who came before is told in time.
async function impatient() {
    const portal = new Portal({ keyring: Keyring.create(randomBytes(16), SUITE.X25519) });
    const silent = { send: async () => undefined, settle: async () => undefined,
        receive: ({ timeoutMs }) => sleep(timeoutMs, null) };
    const ask = (timeoutMs) => portal.ask(silent, person(randomBytes(16)), { password: NEW, timeoutMs });
    const order = [];
    const patient = ask(3000).then((answer) => order.push(['patient', said(answer)]));
    await sleep(100);
    await ask(200).then((answer) => order.push(['impatient', said(answer)]));
    await patient;
    assert.deepEqual(order, [['impatient', UNKNOWN], ['patient', UNKNOWN]]);
    portal.close();
}
