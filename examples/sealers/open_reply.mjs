// SPDX-License-Identifier: Apache-2.0
// Open the reply to a request and print it as JSON, with npm "cborg" and node:crypto alone.
//
//     node open_reply.mjs KEYS.json CTI <SEALED
//
// KEYS.json is what seal.mjs takes, CTI the request's in hex. A portal takes one reply per request.
import * as crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { decode, decodeFirst, encode } from 'cborg';
import { octets, tenantKid } from './recipient.mjs';
import { guid } from './seal.mjs';

export function openReply(keys, cti, sealed) {
  const key = octets(keys.tenant_key), maps = { useMaps: true };
  if (sealed[0] !== 0xd0) throw new Error('not a COSE_Encrypt0');
  const [head, unprotected, ciphertext] = decode(sealed.subarray(1), maps);
  const header = decode(head, maps);
  if (header.get(1) !== 3 || !tenantKid(key).equals(header.get(4))) throw new Error('another key');

  const iv = unprotected.get(5), tag = ciphertext.subarray(-16);
  const gcm = crypto.createDecipheriv('aes-256-gcm', key, iv);
  const external = Buffer.concat([Buffer.from('pwwb1-rsp'), guid(keys.tenant)]);
  gcm.setAAD(encode(['Encrypt0', head, external])).setAuthTag(tag);
  const plain = Buffer.concat([gcm.update(ciphertext.subarray(0, -16)), gcm.final()]);

  const [reply] = decodeFirst(plain, maps); // zeros follow
  if (!Buffer.from(cti, 'hex').equals(reply.get(7))) throw new Error('for another request');
  return { outcome: reply.get(1), code: reply.get(2), findings: reply.get(3),
    controller: reply.get(4), time: reply.get(6) };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , file, cti] = process.argv, keys = JSON.parse(readFileSync(file));
  console.log(JSON.stringify(openReply(keys, cti, readFileSync(0))));
}
