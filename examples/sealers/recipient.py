# SPDX-License-Identifier: Apache-2.0
"""The recipient of a request, by suite: each returns the content key and the COSE_recipient.

The kid is the beginning of the recipient key's COSE thumbprint (RFC 9679). A portal needs the one
of its suite.
"""
import hashlib
import os

from cbor2 import dumps
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (Encoding, PublicFormat,
                                                          load_der_public_key)


def kid(data):
    return hashlib.sha256(data).digest()[:8]


def to_rsa(spki):
    """Suite 1, RSAES-OAEP with SHA-256: a random content key is wrapped (RFC 8230 3)."""
    key, cek = load_der_public_key(spki), os.urandom(32)
    numbers = key.public_numbers()
    n, e = (i.to_bytes((i.bit_length() + 7) // 8, "big") for i in (numbers.n, numbers.e))
    wrapped = key.encrypt(cek, OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None))
    return cek, [b"", {1: -41, 4: kid(dumps({1: 3, -1: n, -2: e}))}, wrapped]


def to_x25519(x):
    """Suite 2, ECDH-ES with an ephemeral key: the content key is derived (RFC 9053 5.2, 6.3.1)."""
    ephemeral = X25519PrivateKey.generate()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(x))
    head, nobody = dumps({1: -25}), [None, None, None]
    context = dumps([3, nobody, nobody, [256, head]])
    cek = HKDF(algorithm=SHA256(), length=32, salt=None, info=context).derive(shared)
    own = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    own, theirs = ({1: 1, -1: 4, -2: octets} for octets in (own, x))
    return cek, [head, {-1: own, 4: kid(dumps(theirs))}, b""]
