// SPDX-License-Identifier: Apache-2.0
// As receive.py, with cborg and node:crypto: opens what is sealed and gives the content, or throws
// Refused with the step of "Opening, cheap before dear" that refuses it.
import { strict as assert } from 'node:assert';
import * as crypto from 'node:crypto';
import { decodeFirst } from 'cborg';
import { cbor, join, octets, publicKey, rsaKey, secretKey, sha256 } from './compute.mjs';

const TAGS = { 16: [0xd0], 18: [0xd2], 96: [0xd8, 0x60] };
const SKEW = 120;
const STRICT = { strict: true, allowIndefinite: false, allowUndefined: false, allowInfinity: false,
  allowNaN: false, rejectDuplicateMapKeys: true, useMaps: true };

class Refused extends Error {
  constructor(step, cause) {
    super(`refused at step ${step}: ${cause.message}`);
    this.step = step;
  }
}

function atStep(step, how) {
  try {
    return how();
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(step, error);
  }
}

const want = (...conditions) => assert(conditions.every(Boolean), 'not of the profile');
const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
const hasKeys = (value, ...keys) => value instanceof Map && value.size === keys.length
  && keys.every((key) => value.has(key));
const hasInOrder = (value, ...keys) => hasKeys(value, ...keys)
  && [...value.keys()].every((key, i) => key === keys[i]);
const isInt = (value, least, most) => (typeof value === 'bigint' || Number.isInteger(value))
  && value >= least && value <= most;
const isOctets = (size, ...values) =>
  values.every((value) => value instanceof Uint8Array && value.length === size);
const isText = (value, most) => typeof value === 'string' && !value.includes('\0')
  && Buffer.from(value).length <= most;
const isSet = (value) => value.some((octet) => octet !== 0);
const isArray = (value, ...sizes) => Array.isArray(value) && sizes.includes(value.length);
const MOST = 2n ** 63n - 1n;

// ---- CBOR, read strictly ----

// cborg replaces what is not UTF-8; written again it is not what was read.
function item(data) {
  const [value, rest] = decodeFirst(data, STRICT);
  const read = data.subarray(0, data.length - rest.length);
  want(cbor(value).equals(read));
  return [value, Buffer.from(rest), read];
}

function whole(data) {
  const [value, rest] = item(Buffer.from(data));
  want(rest.length === 0);
  return value;
}

function padded(data, ...sizes) {
  const [value, rest, content] = item(data);
  want(data.length === sizes.find((size) => size >= content.length), rest.every((o) => o === 0));
  return [value, content];
}

function tagged(message, tag) {
  want(message.subarray(0, TAGS[tag].length).equals(Buffer.from(TAGS[tag])));
  return whole(message.subarray(TAGS[tag].length));
}

// ---- layers ----

function parse(message, tag, items, ...labels) {
  want(message.length <= 4096);
  const array = tagged(message, tag);
  want(isArray(array, items));
  const [protected_, unprotected, ciphertext, ...rest] = array;
  const headers = whole(protected_);
  want(hasKeys(headers, ...labels), headers.get(1) === 3, hasKeys(unprotected, 5));
  want(isOctets(12, unprotected.get(5)), ciphertext instanceof Uint8Array, ciphertext.length >= 16);
  return { protected_, headers, iv: unprotected.get(5), ciphertext, rest };
}

function gcm(key, { protected_, iv, ciphertext }, context, external) {
  const decipher = crypto.createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  decipher.setAAD(cbor([context, protected_, external])).setAuthTag(ciphertext.subarray(-16));
  return join(decipher.update(ciphertext.subarray(0, -16)), decipher.final());
}

const same = (a, b) => Buffer.from(a).equals(b);

function outer(keys, message, label, which = 'tenant_key') {
  const layer = atStep(1, () => parse(message, 16, 3, 1, 4));
  const epoch = atStep(2, () => {
    const epochs = ['rsa', 'x25519'].map((name) => keys.part('epochs').part(name));
    const found = epochs.find((e) => same(layer.headers.get(4), e.part(which).octets('kid')));
    want(found);
    return found;
  });
  const external = join(Buffer.from(label), keys.octets('tenant'));
  const key = epoch.part(which).octets('key');
  return [epoch, atStep(3, () => gcm(key, layer, 'Encrypt0', external))];
}

function recipientOf([list], suite) {
  want(isArray(list, 1), isArray(list[0], 3));
  const [protected_, headers, ciphertext] = list[0];
  if (suite === 1) {
    want(isOctets(0, protected_), hasKeys(headers, 1, 4), headers.get(1) === -41,
      isOctets(256, ciphertext));
    return { kid: headers.get(4), ciphertext };
  }
  const head = whole(protected_);
  want(hasKeys(head, 1), head.get(1) === -25, hasKeys(headers, -1, 4), isOctets(0, ciphertext));
  const key = headers.get(-1);
  want(hasKeys(key, 1, -1, -2), key.get(1) === 1, key.get(-1) === 4, isOctets(32, key.get(-2)));
  want(key.get(-2)[31] < 128);
  return { kid: headers.get(4), protected_, x: Buffer.from(key.get(-2)) };
}

function agree(secret, { protected_, x }) {
  const shared = crypto.diffieHellman(
    { privateKey: secretKey('x25519', secret), publicKey: publicKey(x) });
  want(isSet(shared));
  const nobody = [null, null, null];
  const info = cbor([3, nobody, nobody, [256, protected_]]);
  return Buffer.from(crypto.hkdfSync('sha256', shared, Buffer.alloc(0), info, 32));
}

// ---- messages ----

function checkClaims(c) {
  want(hasKeys(c, 3, 4, 6, 7, ...range(-65544, -65536)), typeof c.get(3) === 'string');
  want([4, 6].every((key) => isInt(c.get(key), 0, 2 ** 40)), isOctets(16, c.get(7), c.get(-65537)));
  want(isSet(c.get(7)), isInt(c.get(-65538), 1, 5), isInt(c.get(-65539), 1, 11));
  want(isInt(c.get(-65541), 1, 4), isArray(c.get(-65540), 1, 2), isArray(c.get(-65542), 2));
  for (const [kind, ...ids] of [c.get(-65540), c.get(-65542)]) {
    want(isInt(kind, 1, 2), isOctets(16, ...ids));
  }
  want(isInt(c.get(-65543), 0, 0x203), (c.get(-65543) & 0xFC) === 0, isText(c.get(-65544), 127));
}

function request(keys, message, now) {
  const [epoch, inner] = outer(keys, message, 'pwwb1-req');
  const [suite, ours] = [epoch.get('suite'), epoch.part('recipient')];
  const [layer, recipient, c] = atStep(4, () => {
    const read = parse(inner, 96, 4, 1, 15);
    const to = recipientOf(read.rest, suite);
    want(same(to.kid, ours.octets('kid')));
    checkClaims(read.headers.get(15));
    return [read, to, read.headers.get(15)];
  });
  atStep(5, () => {
    const life = c.get(4) - c.get(6);
    want(c.get(3) === 'pwwb-agent', same(c.get(-65537), keys.octets('tenant')));
    want(life > 0, life <= 300, c.get(6) - SKEW <= now, now <= c.get(4) + SKEW);
  });
  return atStep(9, () => {
    const key = suite === 1
      ? crypto.privateDecrypt({ key: rsaKey(ours.octets('private')), oaepHash: 'sha256' },
        recipient.ciphertext)
      : agree(ours.octets('private'), recipient);
    const plain = gcm(key, layer, 'Encrypt', Buffer.alloc(0));
    const [secret, content] = padded(plain, 192, 640, 1600);
    const names = { 1: [1, 2], 2: [1, 2], 5: [] }[c.get(-65538)] ?? [1];
    want(hasInOrder(secret, ...names));
    secret.forEach((text) => want(isText(text, 768), text.length >= 1, text.length <= 256));
    return content;
  });
}

function reply(keys, message) {
  const [, plain] = outer(keys, message, 'pwwb1-rsp');
  return atStep(4, () => {
    const [r, content] = padded(plain, 192, 512, 1024);
    want(hasInOrder(r, 1, 2, 3, 4, 6, 7), isInt(r.get(1), 1, 4), isInt(r.get(2), 0, 2 ** 31 - 1));
    want(isArray(r.get(3), ...range(0, 17)), isText(r.get(4), 259), isOctets(16, r.get(7)));
    r.get(3).forEach((f) => want(isArray(f, 4), isInt(f[0], 0, 2 ** 31 - 1),
      isInt(f[1], 0, 2 ** 31 - 1), isInt(f[2], -MOST - 1n, MOST), isInt(f[3], -MOST - 1n, MOST)));
    want(isInt(r.get(6), -MOST - 1n, MOST));
    return content;
  });
}

function heartbeat(keys, message) {
  const [, plain] = outer(keys, message, 'pwwb1-hbt');
  return atStep(4, () => {
    const [h, content] = padded(plain, 384);
    const [agent, boot, sequence, time, health, age, counters, rules, about] = [...h.values()];
    want(hasInOrder(h, ...range(1, 10)), isOctets(16, agent, boot), isInt(health, 1, 4));
    want(isSet(agent), isSet(boot));
    want(isInt(sequence, 1, MOST), isInt(time, 0, MOST), isInt(age, 0, MOST), isArray(rules, 6));
    want(isArray(counters, 8), counters.every((count) => isInt(count, 0, MOST)));
    want(rules.every((rule, i) => isInt(rule, -1, i < 3 ? 2 ** 31 - 1 : MOST)));
    want(isInt(rules[1], 0, 2), isInt(rules[5], 1, 5));
    want(isArray(about, 3), about.every((count) => isInt(count, 0, 2 ** 31 - 1)));
    want(about[2] <= about[1]);
    return content;
  });
}

function control(keys, message) {
  const [, plain] = outer(keys, message, 'pwwb1-ctl', 'control_key');
  return atStep(4, () => {
    const c = whole(plain);
    want(isInt(c.get(1), 1, 2), hasInOrder(c, ...range(1, c.get(1) === 1 ? 8 : 7)));
    want(isOctets(16, c.get(2)), [3, 4, 5, 6].every((key) => isInt(c.get(key), 0, MOST)));
    want(!c.has(7) || isOctets(32, c.get(7)));
    return plain;
  });
}

function checkOrder(keys, o) {
  const more = { 1: [8, 9], 2: [9] }[o.get(1)] ?? [];
  want(isInt(o.get(1), 1, 4), hasInOrder(o, ...range(1, 8), ...more));
  want(isOctets(16, o.get(2), o.get(4)), isOctets(32, o.get(5), o.get(6), o.get(7)));
  want(same(o.get(4), keys.octets('tenant')), same(o.get(5), keys.part('portal').octets('public')));
  want(!o.has(8) || isOctets(32, o.get(8)));
  if (!o.has(9)) return;
  const b = o.get(9);
  want(hasInOrder(b, 1, 2, 3, 4, 5), isInt(b.get(1), 1, MOST), isInt(b.get(2), 1, 2));
  want(isOctets(32, b.get(4)), b.get(5) instanceof Uint8Array);
}

function order(keys, message) {
  const portal = keys.part('portal');
  const external = join(Buffer.from('pwwb1-ord'), keys.octets('tenant'));
  const [layer, recipient] = atStep(1, () => {
    const read = parse(message, 96, 4, 1);
    return [read, recipientOf(read.rest, 2)];
  });
  atStep(2, () => want(same(recipient.kid, portal.octets('kid'))));
  const plain = atStep(3, () =>
    gcm(agree(portal.octets('private'), recipient), layer, 'Encrypt', external));
  return atStep(4, () => {
    const [head, unprotected, payload, signature] = tagged(plain, 18);
    want(same(head, cbor(new Map([[1, -8]]))), hasKeys(unprotected));
    const content = whole(payload);
    const x = Buffer.from(content.get(6)).toString('base64url');
    const identity = { key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' };
    want(crypto.verify(null, cbor(['Signature1', head, external, payload]),
      crypto.createPublicKey(identity), signature));
    checkOrder(keys, content);
    return Buffer.from(payload);
  });
}

function ticket(keys, text) {
  return atStep(1, () => {
    const data = Buffer.from(text.slice(6), 'base64url');
    want(text === `pwwb1-${data.toString('base64url')}`);
    const content = data.subarray(0, -4);
    want(data.subarray(-4).equals(sha256(content).subarray(0, 4)));
    const t = whole(content);
    want(hasInOrder(t, ...range(1, 8)), isOctets(16, t.get(1)), isOctets(32, t.get(2), t.get(3)));
    want(isInt(t.get(4), 1, MOST), isText(t.get(5), 255), isText(t.get(6), 127));
    want(isInt(t.get(7), 0, MOST));
    return content;
  });
}

const RECEIVERS = { request, reply, heartbeat, control, order, ticket };

// A vector of what is refused.
export function refused(keys, v) {
  const [as, step] = [v.get('as'), v.get('step')];
  const given = as === 'ticket' ? v.get('text') : v.octets('message');
  const now = as === 'request' ? v.get('now') : 0;
  assert.throws(() => RECEIVERS[as](keys, given, now), (error) => {
    assert(error instanceof Refused, String(error));
    assert.equal(error.step, step, error.message);
    return true;
  });
}

// A vector of what is taken: opened, it is its content.
export function received(kind, keys, v) {
  if (!(kind in RECEIVERS)) return;
  const given = kind === 'ticket' ? v.text : octets(v.outer.message);
  const content = RECEIVERS[kind](keys, given, kind === 'request' ? v.claims.iat : 0);
  assert.equal(content.toString('hex'), v.content, 'received is another content');
}
