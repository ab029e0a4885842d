// SPDX-License-Identifier: Apache-2.0
// Handles that are closed twice, too early, or by nobody; several calls at once; secrets that are over.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
    COUNT, Handle, Journal, Keyring, Portal, RELAY, Relay, Request, STATUS, SUITE, Secret, Transport, WorkerAgent,
    isSet, sealRequest,
} from '../../../examples/ffi/node/index.mjs';
import { person } from '../../../examples/ffi/node/writeback.mjs';
import { hex } from './data.mjs';
import { PlainDirectory, askBy, peopled, withWorker } from './story.mjs';

const isClosed = { status: STATUS.STATE, message: 'it is closed' };
const newKeyring = () => Keyring.create(randomBytes(16), SUITE.X25519);

// Freed while others have it: it is there until they are done.
async function early() {
    const [keyring, relay] = [newKeyring(), new Relay()];
    const transport = relay.connect(RELAY.AGENT);
    const agent = new WorkerAgent({ keyring, transport, journal: new Journal() });
    keyring.close();
    relay.close();
    transport.close();
    transport.close();
    assert.throws(() => keyring.describe(), isClosed);
    assert.equal(await agent.step(10), false);
    const waiting = agent.step(300);
    await sleep(20);
    agent.close(); // in the middle of a call
    assert.equal(await waiting, false);
    await assert.rejects(agent.step(10), isClosed);
    agent.close();
}

// Nobody has the handle any more, only the call that is under way, and then nobody at all.
async function collected() {
    let received = 0;
    let step;
    (function make() {
        const transport = Transport.of({ send() {}, settle() {}, receive: () => { received += 1; return null; } });
        step = new WorkerAgent({ keyring: newKeyring(), transport, journal: new Journal() }).step(600);
    })();
    for (let i = 0; i < 5; i++) {
        globalThis.gc();
        await sleep(50);
    }
    assert.equal(await step, false);
    assert(received > 0);
    await forgotten();
}

// Each request has a piece of locked memory, which is a mapping of its own.
const mappings = () => readFileSync('/proc/self/maps', 'utf8').split('\n').length;

async function forgotten() {
    const before = mappings();
    const kept = Array.from({ length: 200 }, () => new Request());
    const most = mappings();
    assert(most - before > 200, `${most - before} mappings for ${kept.length} requests`);
    kept.length = 0;
    for (let i = 0; i < 100 && mappings() - before > 50; i++) {
        globalThis.gc();
        await sleep(10);
    }
    assert(mappings() - before <= 50, 'what was forgotten is freed');
}

export async function lifetime() {
    assert.equal(typeof globalThis.gc, 'function', 'run with --expose-gc');
    await early();
    await collected();
    assert.throws(() => new Portal({ keyring: null }), { status: STATUS.INVALID_ARGUMENT });
    const portal = new Portal({ keyring: newKeyring() });
    portal.close();
    await assert.rejects(portal.begin(person(randomBytes(16)), Buffer.from('Correct-Horse-7')), isClosed);
    assert(portal instanceof Handle && portal.isClosed);
}

/** Four agents and sixteen portals, each on a thread of its own; and many calls at once with one handle. */
export async function threads() {
    const { people, directory, has } = peopled(PlainDirectory, 16);
    const answers = await withWorker(directory, async (tenant) => {
        const got = await Promise.all(people.map((guid, i) => askBy(tenant, guid, `Correct-Horse-${i}`)));
        await Promise.all(tenant.agents.map((agent) => agent.ended()));
        assert.equal(tenant.agents.reduce((sum, agent) => sum + agent.count(COUNT.SET), 0), people.length);
        return got;
    }, 4);
    assert.deepEqual(answers.map(isSet), people.map(() => true));
    people.forEach((guid, i) => assert.equal(has(guid), `Correct-Horse-${i}`));

    const portal = new Portal({ keyring: newKeyring() });
    const many = await Promise.all(people.map((guid) => portal.begin(person(guid), Buffer.from('Correct-Horse-7'))));
    assert.equal(new Set(many.map(({ claims }) => hex(claims.cti))).size, people.length);
    portal.close();
}

export async function secrets() {
    const given = Buffer.from('Correct-Horse-7');
    const secret = new Secret(given);
    assert(given.every((octet) => octet === 0), 'what was given is wiped');
    const octets = secret.octets;
    assert.equal(octets.toString(), 'Correct-Horse-7');
    assert.deepEqual([`${secret}`, JSON.stringify(secret), inspect(secret)], ['[Secret]', '"[Secret]"', '[Secret]']);
    secret.close();
    secret.close();
    assert(octets.every((octet) => octet === 0));
    assert.throws(() => secret.octets);

    const keyring = newKeyring();
    const { sealed } = sealRequest(keyring, { ...person(randomBytes(16)), iat: Math.floor(Date.now() / 1000),
        exp: Math.floor(Date.now() / 1000) + 60 }, Buffer.from('Correct-Horse-7'));
    const request = new Request();
    request.open(keyring, sealed);
    const { password } = request.openSecret();
    assert.equal(password.octets.toString(), 'Correct-Horse-7');
    request.wipe();
    assert.equal(request.claims(), null);
    await directoryIsGivenSecrets();
}

// What a directory was given is wiped when its promise is over.
async function directoryIsGivenSecrets() {
    const { anna, directory } = peopled(PlainDirectory);
    let seen;
    const set = directory.set.bind(directory);
    directory.set = (operation) => {
        seen = operation.password.octets;
        assert.equal(seen.toString(), 'Correct-Horse-7');
        return set(operation);
    };
    await withWorker(directory, (tenant) => askBy(tenant, anna, 'Correct-Horse-7'));
    assert(seen.length > 0 && seen.every((octet) => octet === 0));
}
