// SPDX-License-Identifier: Apache-2.0
// As compute.py, with cborg and node:crypto. What a passphrase gives by Argon2id is not computed
// here, node having none; all that follows from it is.
import { strict as assert } from 'node:assert';
import * as crypto from 'node:crypto';
import { encode } from 'cborg';

const [A256GCM, ECDH_ES, RSA_OAEP, EDDSA] = [3, -25, -41, -8];
export const octets = (hex) => Buffer.from(hex, 'hex');
export const join = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
export const sha256 = (...parts) => crypto.createHash('sha256').update(join(...parts)).digest();
const xor = (a, b) => Buffer.from(a.map((octet, i) => octet ^ b[i]));
const u32 = (number) => { const b = Buffer.alloc(4); b.writeUInt32BE(number); return b; };
const map = (...pairs) => new Map(pairs);
export const cbor = (value) => Buffer.from(encode(value, { mapSorter: null })); // in this order
const TAGS = { 16: [0xd0], 18: [0xd2], 96: [0xd8, 0x60] };
const tagged = (tag, value) => join(TAGS[tag], cbor(value));

// An object of JSON: what was read of it, and what was compared with a value computed here.
export class Vector {
  constructor(value, path = '') {
    Object.assign(this, { value, path, seen: new Set(['name']) });
  }

  get(key) {
    this.seen.add(key);
    assert(key in this.value, `${this.path}${key} is missing`);
    return this.value[key];
  }

  has(key) { return key in this.value; }
  octets(key) { return octets(this.get(key)); }
  part(key) { return new Vector(this.get(key), `${this.path}${key}.`); }

  is(key, computed) {
    assert.equal(this.get(key), Buffer.isBuffer(computed) ? computed.toString('hex') : computed,
      `${this.path}${key} is not what was computed`);
  }

  end() {
    const left = Object.keys(this.value).filter((key) => !this.seen.has(key));
    assert.equal(left.length, 0, `${this.path}${left} unread`);
  }
}

// ---- keys as node takes them ----

const PKCS8 = { // all before the key
  x25519: '302e020100300506032b656e04220420', ed25519: '302e020100300506032b657004220420',
};
export const secretKey = (kind, raw) =>
  crypto.createPrivateKey({ key: join(octets(PKCS8[kind]), raw), format: 'der', type: 'pkcs8' });
export const publicKey = (raw) => crypto.createPublicKey(
  { key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }, format: 'jwk' });
const jwk = (key) => crypto.createPublicKey(key).export({ format: 'jwk' });
const rawPublic = (key) => Buffer.from(jwk(key).x, 'base64url');
export const rsaKey = (der) => crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs1' });

// ---- layers ----

function aead(kind, key, iv, aad, plain) {
  const cipher = crypto.createCipheriv(kind, key, iv, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: plain.length });
  return join(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

// A COSE_Encrypt0 or COSE_Encrypt: each member, and the message.
function layer(v, tag, key, context, head, external, plain, rest = []) {
  v.is('protected', cbor(head));
  v.is('enc_structure', cbor([context, cbor(head), external]));
  const sealed = aead('aes-256-gcm', key, v.octets('iv'), v.octets('enc_structure'), plain);
  v.is('message', tagged(tag, [cbor(head), map([5, v.octets('iv')]), sealed, ...rest]));
  v.end();
}

function outer(keys, v, label, key, plain) {
  const out = v.part('outer');
  const external = join(Buffer.from(label), keys.octets('tenant'));
  out.is('external_aad', external);
  layer(out, 16, key.octets('key'), 'Encrypt0', map([1, A256GCM], [4, key.octets('kid')]), external,
    plain);
}

function padded(v, content, ...sizes) {
  v.is('content', content);
  const size = sizes.find((least) => least >= content.length);
  v.is('padded', join(content, Buffer.alloc(size - content.length)));
  return v.octets('padded');
}

// Suite 2, from both ends: the content key, and the recipient.
function agreement(r, receiver) {
  const head = cbor(map([1, ECDH_ES]));
  const ephemeral = secretKey('x25519', r.octets('ephemeral_private'));
  const x = rawPublic(ephemeral);
  r.is('ephemeral_public', x);
  const ours = secretKey('x25519', receiver.octets('private'));
  r.is('shared_secret', crypto.diffieHellman({ privateKey: ours, publicKey: publicKey(x) }));
  r.is('shared_secret', crypto.diffieHellman(
    { privateKey: ephemeral, publicKey: publicKey(receiver.octets('public')) }));
  const nobody = [null, null, null];
  const info = cbor([A256GCM, nobody, nobody, [256, head]]);
  r.is('kdf_context', info);
  const key = crypto.hkdfSync('sha256', r.octets('shared_secret'), Buffer.alloc(0), info, 32);
  r.is('content_key', Buffer.from(key));
  r.end();
  const cose = map([1, 1], [-1, 4], [-2, x]);
  return [r.octets('content_key'),
    [head, map([-1, cose], [4, receiver.octets('kid')]), Buffer.alloc(0)]];
}

function mgf1(seed, size) {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, i) => sha256(seed, u32(i)));
  return join(...blocks).subarray(0, size);
}

// Suite 1, RFC 8017 7.1.1 by hand, since node does not take the seed; and opened by node.
function encapsulation(r, receiver) {
  const ours = rsaKey(receiver.octets('private'));
  const [key, seed] = [r.octets('content_key'), r.octets('oaep_seed')];
  const db = xor(join(sha256(), Buffer.alloc(256 - 2 * 32 - 2 - key.length), [1], key),
    mgf1(seed, 223));
  const block = join([0], xor(seed, mgf1(db, 32)), db);
  const sealed = crypto.publicEncrypt(
    { key: crypto.createPublicKey(ours), padding: crypto.constants.RSA_NO_PADDING }, block);
  r.is('encrypted_key', sealed);
  assert.deepEqual(crypto.privateDecrypt({ key: ours, oaepHash: 'sha256' }, sealed), key);
  r.end();
  return [key, [Buffer.alloc(0), map([1, RSA_OAEP], [4, receiver.octets('kid')]), sealed]];
}

// ---- what is sealed ----

const withId = ([kind, ...ids]) => [kind, ...ids.map(octets)];

function request(keys, v) {
  const [epoch, c] = [keys.part('epochs').part(v.get('epoch')), v.part('claims')];
  const claims = map([3, 'pwwb-agent'], [4, c.get('exp')], [6, c.get('iat')], [7, c.octets('cti')],
    [-65537, keys.octets('tenant')], [-65538, c.get('operation')], [-65539, c.get('origin')],
    [-65540, withId(c.get('actor'))], [-65541, c.get('user_type')],
    [-65542, withId(c.get('anchor'))], [-65543, c.get('flags') | c.get('must_change') << 8],
    [-65544, c.get('reply_to')]);
  c.end();
  const secret = [[1, 'password'], [2, 'old_password']].filter(([, name]) => v.has(name))
    .map(([key, name]) => [key, v.get(name)]);
  const plain = padded(v, cbor(map(...secret)), 192, 640, 1600);
  const seal = epoch.get('suite') === 1 ? encapsulation : agreement;
  const [key, recipient] = seal(v.part('recipient'), epoch.part('recipient'));
  const inner = v.part('inner');
  layer(inner, 96, key, 'Encrypt', map([1, A256GCM], [15, claims]), Buffer.alloc(0), plain,
    [[recipient]]);
  outer(keys, v, 'pwwb1-req', epoch.part('tenant_key'), inner.octets('message'));
}

function reply(keys, v) {
  const plain = padded(v, cbor(map([1, v.get('outcome')], [2, v.get('code')],
    [3, v.get('findings')], [4, v.get('controller')], [6, v.get('time')], [7, v.octets('cti')])),
  192, 512, 1024);
  outer(keys, v, 'pwwb1-rsp', keys.part('epochs').part(v.get('epoch')).part('tenant_key'), plain);
}

function heartbeat(keys, v) {
  const epoch = keys.part('epochs').part(v.get('epoch'));
  v.is('key_age', Math.floor(v.get('time') / 1000) - epoch.get('created'));
  const plain = padded(v, cbor(map([1, v.octets('agent_id')], [2, v.octets('boot_id')],
    [3, v.get('sequence')], [4, v.get('time')], [5, v.get('health')], [6, v.get('key_age')],
    [7, v.get('counters')], [8, v.get('rules')], [9, v.get('agent')])), 384);
  outer(keys, v, 'pwwb1-hbt', epoch.part('tenant_key'), plain);
}

function bundle(epoch) {
  return map([1, epoch.get('generation')], [2, epoch.get('suite')], [3, epoch.get('created')],
    [4, epoch.part('tenant_key').octets('key')], [5, epoch.part('recipient').octets('public')]);
}

function order(keys, v) {
  const epoch = keys.part('epochs').part(v.get('epoch'));
  const [portal, identity] = [keys.part('portal'), keys.part('identity')];
  const payload = map([1, v.get('kind')], [2, v.octets('id')], [3, v.get('issued')],
    [4, keys.octets('tenant')], [5, portal.octets('public')], [6, identity.octets('public')],
    [7, epoch.part('control_key').octets('key')]);
  if (v.get('kind') === 1) payload.set(8, v.octets('token'));
  if (v.get('kind') <= 2) payload.set(9, bundle(epoch));
  const [content, head] = [cbor(payload), cbor(map([1, EDDSA]))];
  v.is('content', content);
  const external = join(Buffer.from('pwwb1-ord'), keys.octets('tenant'));
  const toSign = cbor(['Signature1', head, external, content]);
  v.is('sig_structure', toSign);
  const signer = secretKey('ed25519', identity.octets('seed'));
  assert(crypto.verify(null, toSign, crypto.createPublicKey(signer), v.octets('signature')));
  v.is('signature', crypto.sign(null, toSign, signer));
  const sign1 = tagged(18, [head, map(), content, v.octets('signature')]);
  v.is('sign1', sign1);
  v.is('digest', sha256(Buffer.from('pwwb1-order\0'), sign1));
  const [key, recipient] = agreement(v.part('recipient'), portal);
  const out = v.part('outer');
  out.is('external_aad', external);
  layer(out, 96, key, 'Encrypt', map([1, A256GCM]), external, sign1, [[recipient]]);
}

function control(keys, v) {
  const content = map([1, v.get('kind')], [2, v.octets('id')], [3, v.get('code')],
    [4, v.get('state')], [5, v.get('generation')], [6, v.get('time')]);
  if (v.get('kind') === 1) content.set(7, v.octets('digest'));
  v.is('content', cbor(content));
  const key = keys.part('epochs').part(v.get('epoch')).part('control_key');
  outer(keys, v, 'pwwb1-ctl', key, cbor(content));
}

function ticket(keys, v) {
  const content = cbor(map([1, keys.octets('tenant')], [2, keys.part('portal').octets('public')],
    [3, v.octets('token')], [4, v.get('expires')], [5, v.get('address')], [6, v.get('credential')],
    [7, v.get('generation')]));
  v.is('content', content);
  v.is('check', sha256(content).subarray(0, 4));
  v.is('text', `pwwb1-${join(content, v.octets('check')).toString('base64url')}`);
}

function fingerprint(keys, v) {
  v.is('input', join(Buffer.from('pwwb1-fingerprint\0'), keys.octets('tenant'),
    keys.part('portal').octets('public'), keys.part('identity').octets('public')));
  v.is('hash', sha256(v.octets('input')));
  const bits = [...v.octets('hash').subarray(0, 10)].map((o) => o.toString(2).padStart(8, '0'));
  const text = bits.join('').match(/.{5}/g)
    .map((five) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[parseInt(five, 2)]).join('');
  v.is('text', text.match(/.{4}/g).join('-'));
}

// ---- keyrings ----

function hchacha20(key, nonce) {
  const start = join(Buffer.from('expand 32-byte k'), key, nonce);
  const s = Uint32Array.from({ length: 16 }, (_, i) => start.readUInt32LE(4 * i));
  const quarter = (a, b, c, d) => {
    for (const [x, y, z, turn] of [[a, b, d, 16], [c, d, b, 12], [a, b, d, 8], [c, d, b, 7]]) {
      s[x] += s[y];
      s[z] ^= s[x];
      s[z] = s[z] << turn | s[z] >>> 32 - turn;
    }
  };
  for (let round = 0; round < 20; round++) {
    const shift = round % 2; // columns, then diagonals
    for (let i = 0; i < 4; i++) {
      quarter(i, (i + shift) % 4 + 4, (i + 2 * shift) % 4 + 8, (i + 3 * shift) % 4 + 12);
    }
  }
  const out = Buffer.alloc(32);
  [0, 1, 2, 3, 12, 13, 14, 15].forEach((word, i) => out.writeUInt32LE(s[word], 4 * i));
  return out;
}

function keyringEpoch(keys, given, half) {
  const e = keys.part('epochs').part(given.epoch);
  const epoch = map([1, e.get('generation')], [2, given.state], [3, e.get('suite')],
    [4, e.get('created')], [5, given.since], [6, e.part('tenant_key').octets('key')],
    [7, e.part('control_key').octets('key')], [8, e.part('recipient').octets('public')]);
  if (half === 1) {
    epoch.set(9, Buffer.from(e.get('relay_credential')));
    epoch.set(10, e.part('recipient').octets('private'));
  }
  return epoch;
}

// Of a party's members: o octets, i an integer, t text.
const PARTY = { identity: 'o', portal_key: 'o', answering: 'o', order: 'ioio', ticket: 'ooitt',
  lease: 'oi', last_issued: 'i', portal_before: 'o' };

function partyOf(given) {
  const party = map();
  Object.entries(PARTY).forEach(([name, form], i) => {
    if (!given.has(name)) return;
    const read = [given.get(name)].flat().map((x, j) => (form[j] === 'o' ? octets(x) : x));
    party.set(i + 1, form.length > 1 ? read : read[0]);
  });
  given.end();
  return party;
}

function keyring(keys, v) {
  const [given, lock, nonce] = [v.part('keyring'), v.get('lock'), v.octets('nonce')];
  const content = cbor(map([1, 1], [2, keys.octets('tenant')], [3, given.get('half')],
    [4, given.get('state')], [5, given.get('generation')],
    [6, given.get('epochs').map((e) => keyringEpoch(keys, e, given.get('half')))],
    [7, partyOf(given.part('party'))]));
  given.end();
  v.is('content', content);
  const costs = lock === 2 ? [u32(v.get('passes')), u32(v.get('memory')), v.octets('salt')]
    : [Buffer.alloc(24)];
  if (lock === 2) v.get('passphrase'); // not looked at
  const header = join(Buffer.from('PWWBKEY1'), [lock, 0, 0, 0], ...costs, nonce,
    u32(0), u32(v.get('version')));
  v.is('header', header);
  const sealed = aead('chacha20-poly1305', hchacha20(v.octets('key'), nonce.subarray(0, 16)),
    join(Buffer.alloc(4), nonce.subarray(16)), header, content);
  v.is('sealed', join(header, sealed));
}

// ---- keys ----

function kid(v, input) {
  v.is('kid_input', input);
  v.is('kid', sha256(input).subarray(0, 8));
  v.end();
}

function x25519(v) {
  v.is('public', rawPublic(secretKey('x25519', v.octets('private'))));
  kid(v, cbor(map([1, 1], [-1, 4], [-2, v.octets('public')])));
}

function rsa(v) {
  const key = rsaKey(v.octets('private'));
  v.is('public', crypto.createPublicKey(key).export({ format: 'der', type: 'spki' }));
  const [n, e] = ['n', 'e'].map((name) => Buffer.from(jwk(key)[name], 'base64url'));
  kid(v, cbor(map([1, 3], [-1, n], [-2, e])));
}

export function allKeys(keys) {
  const tenant = keys.octets('tenant');
  const fields = [[0, 4], [4, 6], [6, 8], [8, 10], [10, 16]].map(([from, to], i) => {
    const field = Buffer.from(tenant.subarray(from, to));
    return (i < 3 ? field.reverse() : field).toString('hex');
  });
  keys.is('tenant_guid', fields.join('-'));
  for (const [name, recipient] of [['rsa', rsa], ['x25519', x25519]]) {
    const epoch = keys.part('epochs').part(name);
    for (const which of ['tenant', 'control']) {
      const symmetric = epoch.part(`${which}_key`);
      kid(symmetric, join(Buffer.from(`pwwb1-${which}\0`), symmetric.octets('key')));
    }
    recipient(epoch.part('recipient'));
  }
  const identity = keys.part('identity');
  identity.is('public', rawPublic(secretKey('ed25519', identity.octets('seed'))));
  x25519(keys.part('portal'));
}

// ---- all of them ----

export const FILES = {
  messages: { requests: request, replies: reply, heartbeats: heartbeat },
  keyrings: { keyrings: keyring },
  exchange: { tickets: ticket, fingerprints: fingerprint, orders: order, controls: control },
};
