#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Open the reply to a request and print it as JSON, with cbor2 and cryptography alone.

    open_reply.py KEYS.json CTI <SEALED

KEYS.json is what seal.py takes, CTI the request's in hex. A portal takes one reply per request.
What is not yet authenticated is compared with what it must be, not decoded: at some octets, which
a relay could send, cbor2 5.4.6 (Debian 12) crashes.
"""
import json
import sys
from base64 import b64decode
from io import BytesIO
from uuid import UUID

from cbor2 import CBORDecoder, dumps
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recipient import kid


def open_reply(keys, cti, sealed):
    key = b64decode(keys["tenant_key"])
    head = dumps({1: 3, 4: kid(b"pwwb1-tenant\0" + key)})
    start = b"\xd0\x83" + dumps(head) + b"\xa1\x05\x4c"  # 16([head, {5: iv}, ciphertext])
    rest = sealed[len(start) + 12:]
    iv, ciphertext = sealed[len(start):][:12], rest[2 if rest[:1] == b"\x58" else 3:]
    if not sealed.startswith(start) or rest != dumps(ciphertext):
        raise ValueError("not a reply under this key")

    aad = dumps(["Encrypt0", head, b"pwwb1-rsp" + UUID(keys["tenant"]).bytes_le])
    plain = AESGCM(key).decrypt(iv, ciphertext, aad)
    reply = CBORDecoder(BytesIO(plain)).decode()  # zeros follow
    if reply[7] != bytes.fromhex(cti):
        raise ValueError("for another request")
    names = {"outcome": 1, "code": 2, "findings": 3, "controller": 4, "time": 6}
    return {name: reply[number] for name, number in names.items()}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(open_reply(json.load(file), sys.argv[2], sys.stdin.buffer.read())))
