// SPDX-License-Identifier: Apache-2.0
// The other side of peer.c, with what npm has: opens what is "ours" in FOLDER, and leaves there
// what examples/sealers/seal.mjs seals ("node"), and the same with an outer layer by @auth0/cose
// ("auth0") and by cose-js ("cose-js"). In TAP.
//
//     node peer.mjs CASES.json FOLDER      beside seal.mjs, open_reply.mjs and node_modules
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { decode, decodeFirst, encode } from 'cborg';
import coseJs from 'cose-js';
import { openReply } from './open_reply.mjs';
import { seal } from './seal.mjs';

// Not by import: a package below it is of the kind that node 18 cannot import.
const { Encrypt0 } = createRequire(import.meta.url)('@auth0/cose');
const [, , casesFile, folder] = process.argv;
const cases = JSON.parse(readFileSync(casesFile));
const load = (suite, name) => JSON.parse(readFileSync(`${folder}/${suite}.${name}.json`));
const get = (suite, name) => readFileSync(`${folder}/${suite}.${name}`);
const put = (suite, name, octets) => writeFileSync(`${folder}/${suite}.${name}`, octets);
const octets = (base64) => Buffer.from(base64, 'base64');
const read = (data) => decode(data, { useMaps: true });
const sha256 = (data) => crypto.createHash('sha256').update(data).digest();

// ---- the cases ----

function text(name) {
  const [piece, times] = cases.passwords[name] ?? ['', 0];
  return times > 0 ? piece.repeat(times) : undefined;
}
const requests = cases.requests.map(([name, claims, password, old]) =>
  ({ name, claims: cases.claims[claims], password: text(password), old_password: text(old) }));
const bare = (hex) => hex.replaceAll('-', '');
function guidText(id) {
  const [a, b, c] = [id.subarray(0, 4), id.subarray(4, 6), id.subarray(6, 8)]
    .map((field) => Buffer.from(field).reverse().toString('hex'));
  const rest = Buffer.from(id.subarray(8)).toString('hex');
  return `${a}-${b}-${c}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
const tenantOctets = Buffer.from(bare(cases.tenant).replace(
  /^(..)(..)(..)(..)(..)(..)(..)(..)/, '$4$3$2$1$6$5$8$7'), 'hex');
const external = (label) => Buffer.concat([Buffer.from(label), tenantOctets]);
const kidOf = (keys) =>
  sha256(Buffer.concat([Buffer.from('pwwb1-tenant\0'), octets(keys.tenant_key)])).subarray(0, 8);

// ---- outer layers: how each peer opens and seals one ----

function gcmOpen(key, iv, aad, sealed) {
  const gcm = crypto.createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  gcm.setAAD(aad).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([gcm.update(sealed.subarray(0, -16)), gcm.final()]);
}

const outer = {
  node: {
    async open(keys, label, sealed) {
      assert.equal(sealed[0], 0xd0);
      const [head, unprotected, ciphertext] = read(sealed.subarray(1));
      assert.deepEqual(read(head), new Map([[1, 3], [4, new Uint8Array(kidOf(keys))]]));
      return gcmOpen(octets(keys.tenant_key), unprotected.get(5),
        encode(['Encrypt0', head, external(label)]), ciphertext);
    },
    async seal(keys, label, plain, kid = kidOf(keys)) {
      const head = encode(new Map([[1, 3], [4, kid]])), iv = crypto.randomBytes(12);
      const gcm = crypto.createCipheriv('aes-256-gcm', octets(keys.tenant_key), iv);
      gcm.setAAD(encode(['Encrypt0', head, external(label)]));
      const sealed = Buffer.concat([gcm.update(plain), gcm.final(), gcm.getAuthTag()]);
      return Buffer.concat([Buffer.from([0xd0]), encode([head, new Map([[5, iv]]), sealed])]);
    },
  },
  auth0: {
    open: (keys, label, sealed) =>
      Encrypt0.decode(sealed).decrypt(octets(keys.tenant_key), { externalAAD: external(label) }),
    seal: async (keys, label, plain) => (await Encrypt0.encrypt(new Map([[1, 3], [4, kidOf(keys)]]),
      undefined, plain, octets(keys.tenant_key), external(label))).encode(),
  },
  'cose-js': {
    open: (keys, label, sealed) =>
      coseJs.encrypt.read(sealed, octets(keys.tenant_key), { externalAAD: external(label) }),
    seal: (keys, label, plain) =>
      coseJs.encrypt.create({ p: { alg: 'A256GCM', kid: kidOf(keys) } }, plain,
        { key: octets(keys.tenant_key) }, { externalAAD: external(label) }),
  },
};

// ---- inner layer: what an agent without our library would do ----

function unwrap(keys, [head, unprotected, wrapped]) {
  const secret = octets(keys.private), recipient = octets(keys.recipient);
  if (keys.suite === 1) {
    const { n, e } = crypto.createPublicKey({ key: recipient, format: 'der', type: 'spki' })
      .export({ format: 'jwk' });
    const kid = sha256(encode(new Map([[1, 3], [-1, octets(n)], [-2, octets(e)]]))).subarray(0, 8);
    assert.equal(head.length, 0);
    assert.deepEqual(unprotected, new Map([[1, -41], [4, new Uint8Array(kid)]]));
    keys.loaded ??= crypto.createPrivateKey({ key: secret, format: 'der', type: 'pkcs1' });
    return crypto.privateDecrypt({ key: keys.loaded, oaepHash: 'sha256' }, wrapped);
  }
  const okp = (x) => new Map([[1, 1], [-1, 4], [-2, x]]), nobody = [null, null, null];
  const x = unprotected.get(-1).get(-2), url = (data) => Buffer.from(data).toString('base64url');
  assert.equal(wrapped.length, 0);
  assert.equal(x[31] & 0x80, 0);
  assert.deepEqual(read(head), new Map([[1, -25]]));
  assert.deepEqual(unprotected, new Map([[-1, okp(x)],
    [4, new Uint8Array(sha256(encode(okp(recipient))).subarray(0, 8))]]));
  const jwk = (parts) => ({ key: { kty: 'OKP', crv: 'X25519', ...parts }, format: 'jwk' });
  const shared = crypto.diffieHellman({
    privateKey: crypto.createPrivateKey(jwk({ x: url(recipient), d: url(secret) })),
    publicKey: crypto.createPublicKey(jwk({ x: url(x) })),
  });
  const context = encode([3, nobody, nobody, [256, head]]);
  return Buffer.from(crypto.hkdfSync('sha256', shared, '', context, 32));
}

function openInner(keys, inner) {
  assert.deepEqual([...inner.subarray(0, 2)], [0xd8, 96]);
  const [head, unprotected, sealed, recipients] = read(inner.subarray(2));
  assert.equal(recipients.length, 1);
  const plain = gcmOpen(unwrap(keys, recipients[0]), unprotected.get(5),
    encode(['Encrypt', head, Buffer.alloc(0)]), sealed);
  const [secret, padding] = decodeFirst(plain, { useMaps: true });
  assert(padding.every((octet) => octet === 0));
  assert.equal(plain.length, [192, 640, 1600].find((n) => n >= plain.length - padding.length));

  const header = read(head), c = header.get(15);
  assert.equal(header.get(1), 3);
  assert.equal(header.size, 2);
  assert.equal(c.size, 12);
  assert.equal(c.get(3), 'pwwb-agent');
  assert.equal(guidText(c.get(-65537)), cases.tenant);
  const pair = ([kind, ...ids]) => [kind, ...ids.map(guidText)];
  return {
    claims: {
      iat: c.get(6), exp: c.get(4), cti: Buffer.from(c.get(7)).toString('hex'),
      operation: c.get(-65538), origin: c.get(-65539), actor: pair(c.get(-65540)),
      user_type: c.get(-65541), anchor: pair(c.get(-65542)), flags: c.get(-65543),
      reply_to: c.get(-65544),
    },
    password: secret.get(1),
    old_password: secret.get(2),
  };
}

// ---- the tests ----

let count = 0, failed = 0;
async function test(name, body) {
  try {
    await body();
    console.log(`ok ${++count} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${++count} - ${name}\n${String(error.stack).replace(/^/gm, '# ')}`);
  }
}

// One bit of every octet is turned over: each time open must fail. As it is, it must not.
async function refusesFlips(sealed, open) {
  await open(sealed);
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed);
    changed[i] ^= 1 << (i % 8);
    await assert.rejects(async () => open(changed), `octet ${i}`);
  }
}

const suites = [1, 2].map((suite) => load(suite, 'agent'));
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const portal = (keys) => `${folder}/${keys.suite}.portal.json`;
const run = (args, input) => execFileSync(process.execPath, args, { input });

for (const [peer, { open }] of Object.entries(outer)) {
  await test(`both layers of our requests open, the outer one with ${peer}`, async () => {
    for (const keys of suites)
      for (const { name, ...expected } of requests) {
        const inner = await open(keys, 'pwwb1-req', get(keys.suite, `${name}.request.ours`));
        assert.deepEqual(openInner(keys, Buffer.from(inner)), expected, name);
      }
  });

  await test(`a bit of our outer layer turned over is refused by ${peer}`, async () => {
    for (const name of ['unlock.request', 'set.reply']) {
      const label = name.endsWith('reply') ? 'pwwb1-rsp' : 'pwwb1-req';
      await refusesFlips(get(2, `${name}.ours`), (sealed) => open(suites[1], label, sealed));
      const other = label === 'pwwb1-req' ? 'pwwb1-rsp' : 'pwwb1-req';
      await assert.rejects(async () => open(suites[1], other, get(2, `${name}.ours`)), 'label');
    }
  });
}

await test('a bit of our inner layer turned over is refused', async () => {
  for (const keys of suites) {
    const sealed = get(keys.suite, 'reset-ascii.request.ours');
    const inner = await outer.node.open(keys, 'pwwb1-req', sealed);
    await refusesFlips(inner, async (changed) => openInner(keys, changed));
  }
});

await test('open_reply.mjs reads our replies, and only for their own request', async () => {
  for (const keys of suites)
    for (const { name, request, bucket, ...expected } of cases.replies) {
      const { cti } = requests.find((r) => r.name === request).claims;
      const sealed = get(keys.suite, `${name}.reply.ours`);
      assert.equal((await outer.node.open(keys, 'pwwb1-rsp', sealed)).length, bucket);
      assert.deepEqual(openReply(keys, cti, sealed), expected, name);
      assert.throws(() => openReply(keys, '11'.repeat(16), sealed), /for another request/);
    }
});

await test('seal.mjs and open_reply.mjs are programs, too', async () => {
  const { name, ...request } = requests[0], { claims: { cti } } = request;
  const { name: reply, request: _, bucket: __, ...expected } = cases.replies[0];
  for (const keys of suites) {
    const sealed = run([beside('seal.mjs'), portal(keys)], JSON.stringify(request));
    const inner = await outer.node.open(keys, 'pwwb1-req', sealed);
    assert.deepEqual(openInner(keys, inner), request);
    const args = [beside('open_reply.mjs'), portal(keys), cti];
    assert.deepEqual(JSON.parse(run(args, get(keys.suite, `${reply}.reply.ours`))), expected);
  }
});

await test('open_reply.mjs refuses a bit turned over', async () => {
  const cti = cases.claims.reset.cti;
  await refusesFlips(get(2, 'set.reply.ours'), async (sealed) => openReply(suites[1], cti, sealed));
});

await test('requests are sealed by seal.mjs, and outside by the libraries', async () => {
  for (const keys of suites)
    for (const { name, ...request } of requests) {
      const sealed = seal(keys, request);
      const inner = await outer.node.open(keys, 'pwwb1-req', sealed);
      put(keys.suite, `${name}.request.node`, sealed);
      for (const peer of ['auth0', 'cose-js']) {
        const resealed = await outer[peer].seal(keys, 'pwwb1-req', inner);
        put(keys.suite, `${name}.request.${peer}`, resealed);
      }
    }
});

await test('replies are sealed by every peer', async () => {
  for (const keys of suites)
    for (const r of cases.replies) {
      const cti = Buffer.from(requests.find(({ name }) => name === r.request).claims.cti, 'hex');
      const reply = encode(new Map([[1, r.outcome], [2, r.code], [3, r.findings],
        [4, r.controller], [6, r.time], [7, cti]]));
      const padded = Buffer.concat([reply], r.bucket);
      for (const [peer, layer] of Object.entries(outer))
        put(keys.suite, `${r.name}.reply.${peer}`, await layer.seal(keys, 'pwwb1-rsp', padded));
    }
});

await test('requests with one thing wrong are sealed', async () => {
  for (const keys of suites) {
    const { name } = requests[0];
    const inner = await outer.node.open(keys, 'pwwb1-req', get(keys.suite, `${name}.request.node`));
    const leave = async (kind, label, plain, kid) =>
      put(keys.suite, `${name}.${kind}.node`, await outer.node.seal(keys, label, plain, kid));
    const changed = (change) => {
      const layer = read(inner.subarray(2));
      change(layer);
      return Buffer.concat([inner.subarray(0, 2), encode(layer)]);
    };
    const kid = Buffer.from(kidOf(keys));
    kid[7] ^= 1;
    await leave('same', 'pwwb1-req', inner);
    await leave('label', 'pwwb1-rsp', inner);
    await leave('kid', 'pwwb1-req', inner, kid);
    await leave('inner-kid', 'pwwb1-req', changed(([, , , [[, unprotected]]]) => {
      unprotected.get(4)[7] ^= 1;
    }));
    await leave('claim', 'pwwb1-req', changed((layer) => {
      const header = read(layer[0]);
      header.get(15).get(-65542)[1][15] ^= 1;
      layer[0] = encode(header);
    }));
  }
});

console.log(`1..${count}`);
process.exitCode = failed ? 1 : 0;
