// SPDX-License-Identifier: Apache-2.0
// The vectors of tests/vectors/pwwb, as tests/ffi/README.md says that public functions reach them.
import { strict as assert } from 'node:assert';
import {
    EXCHANGE, Exchange, HALF, Keyring, Keystore, LOCK, PwwbError, Reply, Request, openHeartbeat,
} from '../../../examples/ffi/node/index.mjs';
import { hex, octets } from './data.mjs';

const NOW = 1760000000;
const SKEW = 120;

const plain = (fields, names) => Object.fromEntries(names.map((name) => [name, Number(fields[name])]));
const secretOf = ({ lock, key, passphrase }) => (lock === LOCK.KEY ? octets(key) : Buffer.from(passphrase));

async function openKeyring(vector, keys) {
    const keyring = await Keyring.open(octets(vector.sealed), secretOf(vector), vector.lock);
    const is = vector.keyring;
    const info = keyring.describe();
    assert.deepEqual({ tenant: hex(info.tenant), version: Number(info.version),
        ...plain(info, ['half', 'state', 'generation', 'epoch_count']) },
    { tenant: keys.tenant, version: vector.version, half: is.half, state: is.state, generation: is.generation,
        epoch_count: is.epochs.length });
    const names = ['generation', 'suite', 'state', 'created_s', 'since_s'];
    assert.deepEqual(keyring.epochs().map((epoch) => plain(epoch, names)), is.epochs.map(({ epoch, state, since }) => {
        const { generation, suite, created } = keys.epochs[epoch];
        return { generation, suite, state, created_s: created, since_s: since };
    }));
    return keyring;
}

function openRequest(keyring, { claims: is, password, old_password: old, outer }) {
    const request = new Request();
    request.open(keyring, octets(outer.message), is.iat, SKEW);
    const claims = request.claims();
    const names = ['exp', 'iat', 'operation', 'origin', 'user_type', 'flags', 'must_change'];
    assert.deepEqual({ ...plain(claims, names), cti: hex(claims.cti), reply_to: claims.reply_to,
        actor: [claims.actor, hex(claims.actor_id)], anchor: [claims.anchor.kind, hex(claims.anchor.guid)] },
    { ...plain(is, names), cti: is.cti, reply_to: is.reply_to, actor: [is.actor[0], is.actor[1] ?? '00'.repeat(16)],
        anchor: is.anchor });
    const secrets = request.openSecret();
    assert.deepEqual([secrets.password, secrets.oldPassword].map((secret) => secret?.octets.toString('utf8')),
        [password, old]);
    [secrets.password, secrets.oldPassword].forEach((secret) => secret?.close());
    request.close();
}

function openReply(keyring, is) {
    const reply = new Reply();
    reply.open(keyring, octets(is.cti), octets(is.outer.message));
    const { outcome, code, findings, controller, timeMs } = reply.answer();
    assert.deepEqual([outcome, code, controller, timeMs, ...findings.map(Object.values)],
        [is.outcome, is.code, is.controller, is.time, ...is.findings]);
    reply.close();
}

function openBeat(keyring, is) {
    const beat = openHeartbeat(keyring, octets(is.outer.message), Math.floor(is.time / 1000), SKEW);
    assert.deepEqual({
        agent_id: hex(beat.agent_id), boot_id: hex(beat.boot_id), ...plain(beat, ['sequence', 'health']),
        time: Number(beat.time_ms), key_age: Number(beat.key_age_s), counters: [...beat.counters].map(Number),
        rules: [beat.min_length, beat.complexity, beat.history_length, beat.min_age_s, beat.max_age_s,
            beat.rules_source].map(Number),
        agent: [beat.version, beat.directories, beat.directories_up],
    }, { agent_id: is.agent_id, boot_id: is.boot_id, sequence: is.sequence, health: is.health, time: is.time,
        key_age: is.key_age, counters: is.counters, rules: is.rules, agent: is.agent });
}

// One side of the exchanges over a fresh store that holds a keyring of the vectors, or nothing.
async function side(half, vector, now, tell) {
    let kept = vector && { data: octets(vector.sealed), version: vector.version };
    const store = Keystore.of({
        load: () => kept,
        swap: (expected, data) => { kept = { data, version: expected + 1 }; },
    }, { secret: vector ? secretOf(vector) : Buffer.alloc(32, 1), lock: vector?.lock ?? LOCK.KEY });
    const exchange = new Exchange(store, half, { clock: { wallMs: () => now * 1000, monotonicMs: () => 0 } });
    try {
        return await tell(exchange, store);
    } finally {
        exchange.close();
        store.close();
    }
}

const enableBy = (ticket) => side(HALF.AGENT, null, NOW, async (exchange, store) => {
    await exchange.begin(EXCHANGE.ENABLE, Buffer.from(ticket));
    const keyring = await store.load();
    assert(keyring.describe().has_ticket === 1 || keyring.describe().order === EXCHANGE.ENABLE);
    return hex(keyring.describe().tenant);
});
const takeOrder = (vector, message) => side(HALF.PORTAL, vector, NOW + 300, (exchange) => exchange.take(message));
const takeControl = (vector, message) => side(HALF.AGENT, vector, NOW + 300, (exchange) => exchange.take(message));

/** Every message that opens. Gives how many there were. */
export async function opens({ keys, keyrings: { keyrings }, messages, exchange }) {
    const rings = [];
    for (const vector of keyrings)
        rings.push(await openKeyring(vector, keys));
    const [agent, portal] = rings;
    messages.requests.forEach((is) => openRequest(agent, is));
    messages.replies.forEach((is) => openReply(portal, is));
    messages.heartbeats.forEach((is) => openBeat(portal, is));
    for (const is of exchange.tickets)
        assert.equal(await enableBy(is.text), keys.tenant);
    for (const is of exchange.orders)
        assert.equal((await takeOrder(keyrings[1], octets(is.outer.message))).event.kind, is.kind);
    for (const is of exchange.controls) {
        const { event } = await takeControl(keyrings[0], octets(is.outer.message));
        assert(is.kind === 2 ? event.kind === EXCHANGE.REVOKE : event.code === is.code, is.name);
    }
    assert.equal(agent.describe().fingerprint, exchange.fingerprints[0].text);
    rings.forEach((keyring) => keyring.close());
    return [keyrings, ...Object.values(messages), ...Object.values(exchange)].flat().length;
}

// How a message is refused, and whether a request opened before.
async function refusal({ as, message, text, now = NOW }, agent, portal, keyrings) {
    const request = new Request();
    let opened = false;
    try {
        if (as === 'request') {
            request.open(agent, octets(message), now, SKEW);
            opened = true;
            request.openSecret();
        } else {
            await ({
                reply: () => new Reply().open(portal, Buffer.alloc(16, 7), octets(message)),
                heartbeat: () => openHeartbeat(portal, octets(message), NOW, SKEW),
                ticket: () => enableBy(text),
                order: () => takeOrder(keyrings[1], octets(message)),
                control: () => takeControl(keyrings[0], octets(message)),
            })[as]();
        }
    } catch (failure) {
        assert(failure instanceof PwwbError, failure);
        return [failure.code, opened];
    } finally {
        request.close();
    }
    return ['PWWB_OK', opened];
}

/** Every message that must be refused. Gives how many there were. */
export async function refuses({ keyrings: { keyrings }, refused: { refused } }, { rows }) {
    const [agent, portal] = await Promise.all(keyrings.slice(0, 2).map((vector) =>
        Keyring.open(octets(vector.sealed), secretOf(vector), vector.lock)));
    for (const vector of refused) {
        const of = rows.filter(({ as, step }) => as === vector.as && step === vector.step);
        const row = of.find(({ name }) => name === vector.name) ?? of.find(({ name }) => !name);
        assert.deepEqual([vector.as, vector.name, ...await refusal(vector, agent, portal, keyrings)],
            [vector.as, vector.name, row.status, row.opens ?? false]);
    }
    agent.close();
    portal.close();
    return refused.length;
}
