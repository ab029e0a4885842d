# SPDX-License-Identifier: Apache-2.0
"""The vectors of docs/protocol.md, computed from it and from the sender's choices, with cbor2 and
cryptography. Each function takes the keys and one vector, and raises where a value differs; what is
sealed is opened with the receiver's key too. A member that nobody computes or reads is an error.
"""
import functools
import hashlib
import struct
import sys
from base64 import urlsafe_b64encode
from uuid import UUID

sys.modules["_cbor2"] = None  # see tests/interop/peer.py
from argon2.low_level import Type, hash_secret_raw
from cbor2 import CBORTag, dumps
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding, PublicFormat, load_der_private_key)

A256GCM, ECDH_ES, RSA_OAEP, EDDSA = 3, -25, -41, -8


def octets(text):
    return bytes.fromhex(text)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


class Vector:
    """A JSON object: what was read of it, and what was compared with a value computed here."""
    def __init__(self, value, path=""):
        self.value, self.path, self.seen = value, path, {"name"}

    def __getitem__(self, key):
        self.seen.add(key)
        return self.value[key]

    def __contains__(self, key):
        return key in self.value

    def octets(self, key):
        return octets(self[key])

    def part(self, key):
        return Vector(self[key], f"{self.path}{key}.")

    def is_(self, key, computed):
        expected = computed.hex() if isinstance(computed, bytes) else computed
        assert self[key] == expected, f"{self.path}{key} is not what was computed"

    def end(self):
        left = set(self.value) - self.seen
        assert not left, f"{self.path}{left} unread"


# ---- layers ----

def layer(v, tag, key, context, head, external, plain, rest=()):
    """A COSE_Encrypt0 or COSE_Encrypt: each member, the message, and back."""
    protected = dumps(head)
    v.is_("protected", protected)
    aad = dumps([context, protected, external])
    v.is_("enc_structure", aad)
    sealed = AESGCM(key).encrypt(v.octets("iv"), plain, aad)
    v.is_("message", dumps(CBORTag(tag, [protected, {5: v.octets("iv")}, sealed, *rest])))
    v.end()


def outer(keys, v, label, key, plain):
    out = v.part("outer")
    external = label + keys.octets("tenant")
    out.is_("external_aad", external)
    head = {1: A256GCM, 4: key.octets("kid")}
    layer(out, 16, key.octets("key"), "Encrypt0", head, external, plain)


def padded(v, content, *sizes):
    v.is_("content", content)
    size = next(size for size in sizes if size >= len(content))
    v.is_("padded", content + bytes(size - len(content)))
    return v.octets("padded")


def agreement(r, receiver):
    """Suite 2, from both ends: the content key, and the recipient."""
    protected = dumps({1: ECDH_ES})
    ephemeral = X25519PrivateKey.from_private_bytes(r.octets("ephemeral_private"))
    x = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    r.is_("ephemeral_public", x)
    ours = X25519PrivateKey.from_private_bytes(receiver.octets("private"))
    shared = ours.exchange(X25519PublicKey.from_public_bytes(x))
    r.is_("shared_secret", shared)
    theirs = X25519PublicKey.from_public_bytes(receiver.octets("public"))
    assert shared == ephemeral.exchange(theirs)
    nobody = [None, None, None]
    info = dumps([A256GCM, nobody, nobody, [256, protected]])
    r.is_("kdf_context", info)
    key = HKDF(SHA256(), 32, None, info).derive(shared)
    r.is_("content_key", key)
    r.end()
    return key, [protected, {-1: {1: 1, -1: 4, -2: x}, 4: receiver.octets("kid")}, b""]


def mgf1(seed, size):
    return b"".join(sha256(seed, struct.pack(">I", i)) for i in range(size // 32 + 1))[:size]


@functools.lru_cache(None)
def rsa_key(der):
    return load_der_private_key(der, None)


def encapsulation(r, receiver):
    """Suite 1, RFC 8017 7.1.1 by hand, since no library takes the seed; and opened by one."""
    private = rsa_key(receiver.octets("private"))
    numbers = private.public_key().public_numbers()
    key, seed = r.octets("content_key"), r.octets("oaep_seed")
    db = xor(sha256() + bytes(256 - 2 * 32 - 2 - len(key)) + b"\1" + key, mgf1(seed, 223))
    block = b"\0" + xor(seed, mgf1(db, 32)) + db
    sealed = pow(int.from_bytes(block, "big"), numbers.e, numbers.n).to_bytes(256, "big")
    r.is_("encrypted_key", sealed)
    assert private.decrypt(sealed, OAEP(MGF1(SHA256()), SHA256(), None)) == key
    r.end()
    return key, [b"", {1: RSA_OAEP, 4: receiver.octets("kid")}, sealed]


# ---- what is sealed ----

def actor_or_anchor(pair):
    return [pair[0], *map(octets, pair[1:])]


def request(keys, v):
    epoch, c = keys.part("epochs").part(v["epoch"]), v.part("claims")
    claims = {3: "pwwb-agent", 4: c["exp"], 6: c["iat"], 7: c.octets("cti"),
              -65537: keys.octets("tenant"), -65538: c["operation"], -65539: c["origin"],
              -65540: actor_or_anchor(c["actor"]), -65541: c["user_type"],
              -65542: actor_or_anchor(c["anchor"]), -65543: c["flags"] | c["must_change"] << 8,
              -65544: c["reply_to"]}
    c.end()
    secret = {key: v[name] for key, name in ((1, "password"), (2, "old_password")) if name in v}
    plain = padded(v, dumps(secret), 192, 640, 1600)
    seal = encapsulation if epoch["suite"] == 1 else agreement
    key, recipient = seal(v.part("recipient"), epoch.part("recipient"))
    inner = v.part("inner")
    layer(inner, 96, key, "Encrypt", {1: A256GCM, 15: claims}, b"", plain, [[recipient]])
    outer(keys, v, b"pwwb1-req", epoch.part("tenant_key"), inner.octets("message"))


def reply(keys, v):
    plain = padded(v, dumps({1: v["outcome"], 2: v["code"], 3: v["findings"], 4: v["controller"],
                             6: v["time"], 7: v.octets("cti")}), 192, 512, 1024)
    outer(keys, v, b"pwwb1-rsp", keys.part("epochs").part(v["epoch"]).part("tenant_key"), plain)


def heartbeat(keys, v):
    epoch = keys.part("epochs").part(v["epoch"])
    v.is_("key_age", v["time"] // 1000 - epoch["created"])
    plain = padded(v, dumps({1: v.octets("agent_id"), 2: v.octets("boot_id"), 3: v["sequence"],
                             4: v["time"], 5: v["health"], 6: v["key_age"], 7: v["counters"],
                             8: v["rules"], 9: v["agent"]}), 384)
    outer(keys, v, b"pwwb1-hbt", epoch.part("tenant_key"), plain)


def order(keys, v):
    epoch, portal, identity = (keys.part("epochs").part(v["epoch"]), keys.part("portal"),
                               keys.part("identity"))
    payload = {1: v["kind"], 2: v.octets("id"), 3: v["issued"], 4: keys.octets("tenant"),
               5: portal.octets("public"), 6: identity.octets("public"),
               7: epoch.part("control_key").octets("key")}
    if v["kind"] == 1:
        payload[8] = v.octets("token")
    if v["kind"] in (1, 2):
        payload[9] = {1: epoch["generation"], 2: epoch["suite"], 3: epoch["created"],
                      4: epoch.part("tenant_key").octets("key"),
                      5: epoch.part("recipient").octets("public")}
    content, head = dumps(payload), dumps({1: EDDSA})
    v.is_("content", content)
    external = b"pwwb1-ord" + keys.octets("tenant")
    to_sign = dumps(["Signature1", head, external, content])
    v.is_("sig_structure", to_sign)
    signer = Ed25519PrivateKey.from_private_bytes(identity.octets("seed"))
    signer.public_key().verify(v.octets("signature"), to_sign)
    v.is_("signature", signer.sign(to_sign))
    sign1 = dumps(CBORTag(18, [head, {}, content, v.octets("signature")]))
    v.is_("sign1", sign1)
    v.is_("digest", sha256(b"pwwb1-order\0", sign1))
    key, recipient = agreement(v.part("recipient"), portal)
    out = v.part("outer")
    out.is_("external_aad", external)
    layer(out, 96, key, "Encrypt", {1: A256GCM}, external, sign1, [[recipient]])


def control(keys, v):
    content = {1: v["kind"], 2: v.octets("id"), 3: v["code"], 4: v["state"], 5: v["generation"],
               6: v["time"]}
    if v["kind"] == 1:
        content[7] = v.octets("digest")
    v.is_("content", dumps(content))
    key = keys.part("epochs").part(v["epoch"]).part("control_key")
    outer(keys, v, b"pwwb1-ctl", key, dumps(content))


def ticket(keys, v):
    content = dumps({1: keys.octets("tenant"), 2: keys.part("portal").octets("public"),
                     3: v.octets("token"), 4: v["expires"], 5: v["address"], 6: v["credential"],
                     7: v["generation"]})
    v.is_("content", content)
    v.is_("check", sha256(content)[:4])
    text = urlsafe_b64encode(content + v.octets("check")).decode().rstrip("=")
    v.is_("text", "pwwb1-" + text)


def fingerprint(keys, v):
    v.is_("input", b"pwwb1-fingerprint\0" + keys.octets("tenant")
          + keys.part("portal").octets("public") + keys.part("identity").octets("public"))
    v.is_("hash", sha256(v.octets("input")))
    number = int.from_bytes(v.octets("hash")[:10], "big")
    text = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> shift & 31]
                   for shift in range(75, -1, -5))
    v.is_("text", "-".join(text[i:i + 4] for i in range(0, 16, 4)))


# ---- keyrings ----

def hchacha20(key, nonce):
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = s[x] + s[y] & 0xFFFFFFFF
            s[z] ^= s[x]
            s[z] = (s[z] << turn | s[z] >> 32 - turn) & 0xFFFFFFFF
    for _ in range(10):
        for i in range(4):
            quarter(i, i + 4, i + 8, i + 12)
        for i in range(4):
            quarter(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12)
    return struct.pack("<8I", *s[:4], *s[12:])


@functools.lru_cache(None)
def argon2id(passphrase, passes, memory, salt):
    return hash_secret_raw(passphrase.encode(), salt, passes, memory // 1024, 1, 32, Type.ID)


def keyring_epoch(keys, given, half):
    e = keys.part("epochs").part(given["epoch"])
    epoch = {1: e["generation"], 2: given["state"], 3: e["suite"], 4: e["created"],
             5: given["since"], 6: e.part("tenant_key").octets("key"),
             7: e.part("control_key").octets("key"), 8: e.part("recipient").octets("public")}
    if half == 1:
        epoch[9] = e["relay_credential"].encode()
        epoch[10] = e.part("recipient").octets("private")
    return epoch


# Of a party's members: o octets, i an integer, t text.
PARTY = {"identity": "o", "portal_key": "o", "answering": "o", "order": "ioio", "ticket": "ooitt",
         "lease": "oi", "last_issued": "i", "portal_before": "o"}


def party_of(given):
    party = {}
    for key, (name, form) in enumerate(PARTY.items(), 1):
        if name in given:
            values = given[name] if len(form) > 1 else [given[name]]
            read = [octets(x) if f == "o" else x for f, x in zip(form, values)]
            party[key] = read if len(form) > 1 else read[0]
    given.end()
    return party


def keyring(keys, v):
    given, numbers = v.part("keyring"), (0, 0, bytes(16))
    content = dumps({1: 1, 2: keys.octets("tenant"), 3: given["half"], 4: given["state"],
                     5: given["generation"],
                     6: [keyring_epoch(keys, e, given["half"]) for e in given["epochs"]],
                     7: party_of(given.part("party"))})
    v.is_("content", content)
    if v["lock"] == 2:
        numbers = v["passes"], v["memory"], v.octets("salt")
        v.is_("key", argon2id(v["passphrase"], *numbers))
    nonce = v.octets("nonce")
    header = struct.pack(">8sBxxxII16s24sQ", b"PWWBKEY1", v["lock"], *numbers, nonce, v["version"])
    v.is_("header", header)
    cipher = ChaCha20Poly1305(hchacha20(v.octets("key"), nonce[:16]))
    v.is_("sealed", header + cipher.encrypt(bytes(4) + nonce[16:], content, header))
    given.end()


# ---- keys ----

def symmetric(v, label):
    v.is_("kid_input", label + b"\0" + v.octets("key"))
    v.is_("kid", sha256(v.octets("kid_input"))[:8])
    v.end()


def x25519(v):
    private = X25519PrivateKey.from_private_bytes(v.octets("private"))
    v.is_("public", private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    v.is_("kid_input", dumps({1: 1, -1: 4, -2: v.octets("public")}))
    v.is_("kid", sha256(v.octets("kid_input"))[:8])
    v.end()


def rsa(v):
    public = rsa_key(v.octets("private")).public_key()
    v.is_("public", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    n, e = public.public_numbers().n, public.public_numbers().e
    v.is_("kid_input", dumps({1: 3, -1: n.to_bytes(256, "big"), -2: e.to_bytes(3, "big")}))
    v.is_("kid", sha256(v.octets("kid_input"))[:8])
    v.end()


def all_keys(keys, _):
    keys.is_("tenant_guid", str(UUID(bytes_le=keys.octets("tenant"))))
    for name, recipient in (("rsa", rsa), ("x25519", x25519)):
        epoch = keys.part("epochs").part(name)
        symmetric(epoch.part("tenant_key"), b"pwwb1-tenant")
        symmetric(epoch.part("control_key"), b"pwwb1-control")
        recipient(epoch.part("recipient"))
    identity = keys.part("identity")
    seed = Ed25519PrivateKey.from_private_bytes(identity.octets("seed"))
    identity.is_("public", seed.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    x25519(keys.part("portal"))


KINDS = {"requests": request, "replies": reply, "heartbeats": heartbeat, "orders": order,
         "controls": control, "tickets": ticket, "fingerprints": fingerprint, "keyrings": keyring}
FILES = {"messages": ("requests", "replies", "heartbeats"), "keyrings": ("keyrings",),
         "exchange": ("tickets", "fingerprints", "orders", "controls")}
