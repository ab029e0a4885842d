#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Seal a request as docs/protocol.md describes, with cbor2 and cryptography alone.

    seal.py KEYS.json <REQUEST.json >SEALED

KEYS.json is the portal half of a tenant's keys, octets in base64:
    {"tenant": GUID, "suite": 1 or 2, "tenant_key": 32 octets,
     "recipient": SubjectPublicKeyInfo (suite 1) or the 32 octets of x (suite 2)}
REQUEST.json has an old_password for a change only, and no password for an unlock:
    {"claims": {"iat": S, "exp": S, "cti": 16 random octets in hex, "operation": N, "origin": N,
                "actor": [KIND] or [KIND, GUID], "user_type": N, "anchor": [KIND, GUID],
                "flags": N, "reply_to": TEXT},
     "password": TEXT, "old_password": TEXT}
Keep cti: the reply carries it, see open_reply.py. Python cannot wipe the passwords.
"""
import json
import os
import sys
from base64 import b64decode
from uuid import UUID

from cbor2 import CBORTag, dumps
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recipient import kid, to_rsa, to_x25519


def layer(context, key, header, external, plain):
    """A256GCM, with an Enc_structure as additional data (RFC 9052 5.3)."""
    head, iv = dumps(header), os.urandom(12)
    return [head, {5: iv}, AESGCM(key).encrypt(iv, plain, dumps([context, head, external]))]


def seal(keys, request):
    key, recipient_key = b64decode(keys["tenant_key"]), b64decode(keys["recipient"])
    tenant, c = UUID(keys["tenant"]).bytes_le, request["claims"]
    actor, anchor = ([kind, *(UUID(text).bytes_le for text in guids)]
                     for kind, *guids in (c["actor"], c["anchor"]))
    claims = {3: "pwwb-agent", 4: c["exp"], 6: c["iat"], 7: bytes.fromhex(c["cti"]),
              -65537: tenant, -65538: c["operation"], -65539: c["origin"], -65540: actor,
              -65541: c["user_type"], -65542: anchor, -65543: c["flags"], -65544: c["reply_to"]}
    names = {1: "password", 2: "old_password"}
    secret = dumps({number: request[name] for number, name in names.items() if request.get(name)})
    bucket = next(size for size in (192, 640, 1600) if size >= len(secret))

    cek, recipient = (to_rsa if keys["suite"] == 1 else to_x25519)(recipient_key)
    inner = layer("Encrypt", cek, {1: 3, 15: claims}, b"", secret.ljust(bucket, b"\0"))
    inner = dumps(CBORTag(96, [*inner, [recipient]]))
    header = {1: 3, 4: kid(b"pwwb1-tenant\0" + key)}
    return dumps(CBORTag(16, layer("Encrypt0", key, header, b"pwwb1-req" + tenant, inner)))


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.buffer.write(seal(json.load(file), json.load(sys.stdin.buffer)))
