// SPDX-License-Identifier: Apache-2.0
// The same request as a nested JWE, by npm jose: outside dir, A256GCM; inside RSA-OAEP-256 or ECDH-ES
// with X25519, A256GCM, the claims replicated in its header (RFC 7519 5.3), so that they are
// authenticated together with the password. Keys are made once and kept. For each line
// "open|seal rsa|x25519 COUNT wall|cpu" on standard input, one line with the time of one, in
// nanoseconds, of the clock or of all threads of this process; for "size rsa|x25519", the octets of
// a request.
import { createInterface } from 'node:readline';
import { CompactEncrypt, compactDecrypt, generateKeyPair } from 'jose';

const WARM_UP = 300; // rounds, for the compiler in node
const NOW = 1700000000;
const id = (octet) => Buffer.alloc(16, octet).toString('base64url');
const random = (size) => crypto.getRandomValues(new Uint8Array(size));
const password = new TextEncoder().encode(JSON.stringify({ new: 'Correct-Horse-16' }));
const claims = {
  aud: 'pwwb-agent', iat: NOW, exp: NOW + 60, tenant: id(1), op: 3, origin: 3, actor: [1, id(9)],
  user: 1, anchor: [1, id(7)], flags: 0, reply: 'replies/portal-1',
};
const tenantKey = await crypto.subtle.importKey('raw', random(32), 'AES-GCM', false,
  ['encrypt', 'decrypt']);
const pairs = {
  rsa: { alg: 'RSA-OAEP-256', ...await generateKeyPair('RSA-OAEP-256', { modulusLength: 2048 }) },
  x25519: { alg: 'ECDH-ES', ...await generateKeyPair('ECDH-ES', { crv: 'X25519' }) },
};

async function seal(pair) {
  const cti = Buffer.from(random(16)).toString('base64url');
  const inner = await new CompactEncrypt(password)
    .setProtectedHeader({ alg: pair.alg, enc: 'A256GCM', kid: 'r1', ...claims, cti })
    .encrypt(pair.publicKey);
  return new CompactEncrypt(new TextEncoder().encode(inner))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 't1' })
    .encrypt(tenantKey);
}

async function open(pair) {
  const outer = await compactDecrypt(pair.sealed, tenantKey);
  const inner = await compactDecrypt(outer.plaintext, pair.privateKey);
  const got = inner.protectedHeader;
  if (got.aud !== claims.aud || got.tenant !== claims.tenant || NOW < got.iat || NOW > got.exp) {
    throw new Error('claims');
  }
  const opened = JSON.parse(new TextDecoder().decode(inner.plaintext));
  if (opened.new !== 'Correct-Horse-16') throw new Error('password');
}

const clocks = {
  wall: () => Number(process.hrtime.bigint()),
  cpu: () => { const { user, system } = process.cpuUsage(); return (user + system) * 1000; },
};

async function time(operation, pair, count, clock) {
  const begin = clock();
  for (let i = 0; i < count; i++) await operation(pair);
  return (clock() - begin) / count;
}

for (const pair of Object.values(pairs)) {
  pair.sealed = await seal(pair);
  await time(open, pair, WARM_UP, clocks.wall);
  await time(seal, pair, WARM_UP, clocks.wall);
}
for await (const line of createInterface({ input: process.stdin })) {
  const [what, suite, count, clock] = line.split(' ');
  const pair = pairs[suite];
  const operation = what === 'open' ? open : seal;
  if (what === 'size') console.log(pair.sealed.length);
  else console.log(await time(operation, pair, Number(count), clocks[clock]));
}
