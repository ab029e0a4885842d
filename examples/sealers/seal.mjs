// SPDX-License-Identifier: Apache-2.0
// Seal a request as docs/protocol.md describes, with npm "cborg" and node:crypto alone.
//
//     node seal.mjs KEYS.json <REQUEST.json >SEALED
//
// KEYS.json is the portal half of a tenant's keys, octets in base64:
//     {"tenant": GUID, "suite": 1 or 2, "tenant_key": 32 octets,
//      "recipient": SubjectPublicKeyInfo (suite 1) or the 32 octets of x (suite 2)}
// REQUEST.json has an old_password for a change only, and no password for an unlock:
//     {"claims": {"iat": S, "exp": S, "cti": 16 random octets in hex, "operation": N, "origin": N,
//                 "actor": [KIND] or [KIND, GUID], "user_type": N, "anchor": [KIND, GUID],
//                 "flags": N, "reply_to": TEXT},
//      "password": TEXT, "old_password": TEXT}
// Keep cti: the reply carries it, see open_reply.mjs. JavaScript cannot wipe the passwords.
import * as crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { encode } from 'cborg';
import { map, none, octets, tenantKid, toRsa, toX25519 } from './recipient.mjs';

const tagged = (head, array) => Buffer.concat([Buffer.from(head), encode(array)]);
export function guid(text) { // as the directory has it: the first three fields little-endian
  const id = Buffer.from(text.replaceAll('-', ''), 'hex');
  return id.subarray(0, 4).swap32() && id.subarray(4, 8).swap16() && id;
}

// A256GCM, with an Enc_structure as additional data (RFC 9052 5.3).
function layer(context, key, header, external, plain) {
  const head = encode(header), iv = crypto.randomBytes(12);
  const gcm = crypto.createCipheriv('aes-256-gcm', key, iv);
  gcm.setAAD(encode([context, head, external]));
  return [head, map([5, iv]), Buffer.concat([gcm.update(plain), gcm.final(), gcm.getAuthTag()])];
}

export function seal(keys, { claims: c, password, old_password }) {
  const key = octets(keys.tenant_key), tenant = guid(keys.tenant);
  const pair = ([kind, id]) => (id ? [kind, guid(id)] : [kind]);
  const claims = map([3, 'pwwb-agent'], [4, c.exp], [6, c.iat], [7, Buffer.from(c.cti, 'hex')],
    [-65537, tenant], [-65538, c.operation], [-65539, c.origin], [-65540, pair(c.actor)],
    [-65541, c.user_type], [-65542, pair(c.anchor)], [-65543, c.flags], [-65544, c.reply_to]);
  const secret = encode(map(...[[1, password], [2, old_password]].filter(([, text]) => text)));
  const bucket = [192, 640, 1600].find((size) => size >= secret.length);
  const [cek, recipient] = (keys.suite === 1 ? toRsa : toX25519)(octets(keys.recipient));
  const sealed = layer('Encrypt', cek, map([1, 3], [15, claims]), none,
    Buffer.concat([secret], bucket)); // with zeros
  const inner = tagged([0xd8, 96], [...sealed, [recipient]]);
  const external = Buffer.concat([Buffer.from('pwwb1-req'), tenant]);
  return tagged([0xd0], layer('Encrypt0', key, map([1, 3], [4, tenantKid(key)]), external, inner));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [keys, request] = [process.argv[2], 0].map((file) => JSON.parse(readFileSync(file)));
  process.stdout.write(seal(keys, request));
}
