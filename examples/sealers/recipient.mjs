// SPDX-License-Identifier: Apache-2.0
// The recipient of a request, by suite: each returns [content key, COSE_recipient]. The kid in it
// is the beginning of the key's COSE thumbprint (RFC 9679). A portal needs the one of its suite.
import * as crypto from 'node:crypto';
import { encode } from 'cborg';

export const kid = (data) => crypto.createHash('sha256').update(data).digest().subarray(0, 8);
export const map = (...pairs) => new Map(pairs);
export const none = Buffer.alloc(0);
export const octets = (base64) => Buffer.from(base64, 'base64'); // base64url too, as JWKs have it
export const tenantKid = (key) => kid(Buffer.concat([Buffer.from('pwwb1-tenant\0'), key]));

// Suite 1, RSAES-OAEP with SHA-256: a random content key is wrapped (RFC 8230 3).
export function toRsa(spki) {
  const key = crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const { n, e } = key.export({ format: 'jwk' });
  const name = kid(encode(map([1, 3], [-1, octets(n)], [-2, octets(e)])));

  const cek = crypto.randomBytes(32);
  const wrapped = crypto.publicEncrypt({ key, oaepHash: 'sha256' }, cek);
  return [cek, [none, map([1, -41], [4, name]), wrapped]];
}

// Suite 2, ECDH-ES with an ephemeral key: the content key is derived (RFC 9053 5.2, 6.3.1).
export function toX25519(x) {
  const jwk = { kty: 'OKP', crv: 'X25519', x: x.toString('base64url') };
  const theirs = crypto.createPublicKey({ key: jwk, format: 'jwk' });
  const { publicKey, privateKey } = crypto.generateKeyPairSync('x25519');
  const shared = crypto.diffieHellman({ privateKey, publicKey: theirs });

  const head = encode(map([1, -25])), nobody = [null, null, null];
  const context = encode([3, nobody, nobody, [256, head]]);
  const cek = Buffer.from(crypto.hkdfSync('sha256', shared, none, context, 32));

  const okp = (point) => map([1, 1], [-1, 4], [-2, point]);
  const ephemeral = okp(octets(publicKey.export({ format: 'jwk' }).x));
  return [cek, [head, map([-1, ephemeral], [4, kid(encode(okp(x)))]), none]];
}
