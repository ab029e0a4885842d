# SPDX-License-Identifier: Apache-2.0
"""The receiver's side of docs/protocol.md: each function opens what is sealed and gives the content
as octets, or raises Refused with the step of "Opening, cheap before dear" that refuses it."""
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from compute import dumps, octets, rsa_key, sha256

TAGS = {16: b"\xd0", 18: b"\xd2", 96: b"\xd8\x60"}
SKEW = 120


class Refused(Exception):
    pass


def want(*conditions):
    if not all(conditions):
        raise ValueError("not of the profile")


class at_step:
    """What fails within is refused at that step."""
    def __init__(self, step):
        self.step = step

    def __enter__(self):
        pass

    def __exit__(self, kind, error, _):
        if kind is not None and kind is not Refused:
            raise Refused(self.step) from error


# ---- CBOR, read strictly ----

def head(data, at):
    first, at = data[at], at + 1
    value, size = first & 31, {24: 1, 25: 2, 26: 4, 27: 8}.get(first & 31, 0)
    want(value < 28)
    if size:
        want(at + size <= len(data))
        value = int.from_bytes(data[at:at + size], "big")
        want(value >= (24 if size == 1 else 1 << 4 * size))
    return first >> 5, value, at + size


def item(data, at):
    """A value and where it ends; a map is a dict, in the order it came."""
    major, value, at = head(data, at)
    if major <= 1:
        return (value if major == 0 else -1 - value), at
    if major <= 3:
        want(at + value <= len(data))
        text = data[at:at + value]
        return (text if major == 2 else text.decode()), at + value
    want(major <= 5, value <= (24 if major == 5 else len(data)))
    items = []
    for _ in range(value * (major - 3)):
        one, at = item(data, at)
        items.append(one)
    if major == 4:
        return items, at
    made = dict(zip(items[::2], items[1::2]))
    want(len(made) == value)
    return made, at


def whole(data):
    value, end = item(data, 0)
    want(end == len(data))
    return value


def padded(data, *sizes):
    value, end = item(data, 0)
    want(len(data) == next(size for size in sizes if size >= end), not any(data[end:]))
    return value, data[:end]


def is_ints(values, least, most):
    return all(type(v) is int and least <= v <= most for v in values)


def is_octets(size, *values):
    return all(type(v) is bytes and len(v) == size for v in values)


def is_text(text, most):
    return type(text) is str and "\0" not in text and len(text.encode()) <= most


# ---- layers ----

def parse(message, tag, items, labels):
    """Protected headers, as octets and read; IV; ciphertext; what else there is."""
    want(len(message) <= 4096, message.startswith(TAGS[tag]))
    array = whole(message[len(TAGS[tag]):])
    want(type(array) is list, len(array) == items)
    protected, unprotected, ciphertext = array[:3]
    headers = whole(protected)
    want(set(headers) == labels, headers[1] == 3, set(unprotected) == {5})
    want(is_octets(12, unprotected[5]), type(ciphertext) is bytes, len(ciphertext) >= 16)
    return protected, headers, unprotected[5], ciphertext, array[3:]


def gcm(key, iv, context, protected, external, ciphertext):
    return AESGCM(key).decrypt(iv, ciphertext, dumps([context, protected, external]))


def find(keys, kid, which):
    epochs = [keys.part("epochs").part(name) for name in ("rsa", "x25519")]
    return next(e for e in epochs if e.part(which).octets("kid") == kid)


def outer(keys, message, label, which="tenant_key"):
    with at_step(1):
        protected, headers, iv, ciphertext, _ = parse(message, 16, 3, {1, 4})
    with at_step(2):
        epoch = find(keys, headers[4], which)
    with at_step(3):
        return epoch, gcm(epoch.part(which).octets("key"), iv, "Encrypt0", protected,
                          label + keys.octets("tenant"), ciphertext)


def recipient_of(rest, suite):
    want(type(rest[0]) is list, len(rest[0]) == 1, len(rest[0][0]) == 3)
    protected, headers, ciphertext = rest[0][0]
    if suite == 1:
        want(protected == b"", set(headers) == {1, 4}, headers[1] == -41)
        want(is_octets(256, ciphertext))
        return headers[4], ciphertext
    want(whole(protected) == {1: -25}, set(headers) == {-1, 4}, ciphertext == b"")
    key = headers[-1]
    want(set(key) == {1, -1, -2}, key[1] == 1, key[-1] == 4, is_octets(32, key[-2]))
    want(key[-2][31] < 128)
    return headers[4], (protected, key[-2])


def agree(private, protected, x):
    shared = X25519PrivateKey.from_private_bytes(private).exchange(
        X25519PublicKey.from_public_bytes(x))
    nobody = [None, None, None]
    return HKDF(SHA256(), 32, None, dumps([3, nobody, nobody, [256, protected]])).derive(shared)


# ---- messages ----

def check_claims(c):
    want(set(c) == {3, 4, 6, 7, *range(-65544, -65536)}, type(c[3]) is str)
    want(is_ints([c[4], c[6]], 0, 1 << 40), is_octets(16, c[7], c[-65537]), any(c[7]))
    want(is_ints([c[-65538]], 1, 5), is_ints([c[-65539]], 1, 11), is_ints([c[-65541]], 1, 4))
    for value, lengths in ((c[-65540], (1, 2)), (c[-65542], (2,))):
        want(type(value) is list, len(value) in lengths, is_ints(value[:1], 1, 2))
        want(is_octets(16, *value[1:]))
    want(is_ints([c[-65543]], 0, 0x203), c[-65543] & 0xFC == 0, is_text(c[-65544], 127))


def check_secret(operation, secret):
    names = {1: [1, 2], 2: [1, 2], 5: []}.get(operation, [1])
    want(list(secret) == names)
    for text in secret.values():
        want(is_text(text, 768), 1 <= len(text.encode("utf-16-le")) // 2 <= 256)


def request(keys, message, now):
    epoch, inner = outer(keys, message, b"pwwb1-req")
    with at_step(4):
        protected, headers, iv, ciphertext, rest = parse(inner, 96, 4, {1, 15})
        kid, sealed = recipient_of(rest, epoch["suite"])
        want(kid == epoch.part("recipient").octets("kid"))
        check_claims(headers[15])
    with at_step(5):
        c = headers[15]
        want(c[3] == "pwwb-agent", c[-65537] == keys.octets("tenant"), 0 < c[4] - c[6] <= 300)
        want(c[6] - SKEW <= now <= c[4] + SKEW)
    with at_step(9):
        private = epoch.part("recipient").octets("private")
        if epoch["suite"] == 1:
            key = rsa_key(private).decrypt(sealed, OAEP(MGF1(SHA256()), SHA256(), None))
        else:
            key = agree(private, *sealed)
        secret, content = padded(gcm(key, iv, "Encrypt", protected, b"", ciphertext),
                                 192, 640, 1600)
        check_secret(c[-65538], secret)
    return content


def reply(keys, message, _):
    plain = outer(keys, message, b"pwwb1-rsp")[1]
    with at_step(4):
        r, content = padded(plain, 192, 512, 1024)
        want(list(r) == [1, 2, 3, 4, 6, 7], is_ints([r[1]], 1, 4), is_ints([r[2]], 0, 2**31 - 1))
        want(len(r[3]) <= 16, all(len(f) == 4 and is_ints(f[:2], 0, 2**31 - 1) for f in r[3]))
        want(is_ints(sum(r[3], [r[6]]), -2**63, 2**63 - 1), is_text(r[4], 259), is_octets(16, r[7]))
    return content


def heartbeat(keys, message, _):
    plain = outer(keys, message, b"pwwb1-hbt")[1]
    with at_step(4):
        h, content = padded(plain, 384)
        want(list(h) == list(range(1, 10)), is_octets(16, h[1], h[2]), any(h[1]), any(h[2]))
        want(is_ints([h[3]], 1, 2**63 - 1), is_ints([h[4], h[6]], 0, 2**63 - 1))
        want(is_ints([h[5]], 1, 4), len(h[7]) == 8, is_ints(h[7], 0, 2**63 - 1), len(h[8]) == 6)
        want(is_ints(h[8][:3], -1, 2**31 - 1), is_ints(h[8][3:5], -1, 2**63 - 1))
        want(0 <= h[8][1] <= 2, is_ints([h[8][5]], 1, 5))
        want(len(h[9]) == 3, is_ints(h[9], 0, 2**31 - 1), h[9][2] <= h[9][1])
    return content


def control(keys, message, _):
    plain = outer(keys, message, b"pwwb1-ctl", "control_key")[1]
    with at_step(4):
        c = whole(plain)
        want(list(c) == list(range(1, 8 if c[1] == 1 else 7)), c[1] in (1, 2), is_octets(16, c[2]))
        want(is_ints([c[i] for i in range(3, 7)], 0, 2**63 - 1), is_octets(32, c.get(7, bytes(32))))
    return plain


def check_order(keys, o):
    want(list(o) == list(range(1, 8)) + {1: [8, 9], 2: [9]}.get(o[1], []), 1 <= o[1] <= 4)
    want(is_octets(16, o[2], o[4]), is_octets(32, o[5], o[6], o[7], o.get(8, bytes(32))))
    want(o[4] == keys.octets("tenant"), o[5] == keys.part("portal").octets("public"))
    bundle = o.get(9, {1: 1, 2: 1, 3: 0, 4: bytes(32), 5: b""})
    want(list(bundle) == [1, 2, 3, 4, 5], is_ints([bundle[1]], 1, 2**63 - 1), bundle[2] in (1, 2))
    want(is_octets(32, bundle[4]), type(bundle[5]) is bytes)


def order(keys, message, _):
    external, portal = b"pwwb1-ord" + keys.octets("tenant"), keys.part("portal")
    with at_step(1):
        protected, _, iv, ciphertext, rest = parse(message, 96, 4, {1})
        kid, sealed = recipient_of(rest, 2)
    with at_step(2):
        want(kid == portal.octets("kid"))
    with at_step(3):
        key = agree(portal.octets("private"), *sealed)
        plain = gcm(key, iv, "Encrypt", protected, external, ciphertext)
    with at_step(4):
        want(plain.startswith(TAGS[18]))
        signed, unprotected, payload, signature = whole(plain[1:])
        want(signed == dumps({1: -8}), unprotected == {})
        content = whole(payload)
        Ed25519PublicKey.from_public_bytes(content[6]).verify(
            signature, dumps(["Signature1", signed, external, payload]))
        check_order(keys, content)
    return payload


def ticket(keys, text, _):
    with at_step(1):
        want(text.startswith("pwwb1-"), text.isascii(), "=" not in text)
        body = text[6:]
        data = urlsafe_b64decode(body + "=" * (-len(body) % 4))
        want(urlsafe_b64encode(data).rstrip(b"=") == body.encode())
        content, check = data[:-4], data[-4:]
        want(check == sha256(content)[:4])
        t = whole(content)
        want(list(t) == list(range(1, 8)), is_octets(16, t[1]), is_octets(32, t[2], t[3]))
        want(is_ints([t[4]], 1, 2**63 - 1), is_text(t[5], 255), is_text(t[6], 127))
        want(is_ints([t[7]], 0, 2**63 - 1))
    return content


RECEIVERS = {"request": request, "reply": reply, "heartbeat": heartbeat, "control": control,
             "order": order, "ticket": ticket}


def refused(keys, v):
    """A vector of what is refused."""
    given = v["text"] if v["as"] == "ticket" else v.octets("message")
    now = v["now"] if v["as"] == "request" else 0
    try:
        RECEIVERS[v["as"]](keys, given, now)
    except Refused as error:
        assert error.args == (v["step"],), f"refused at step {error.args[0]}: {error.__cause__}"
    else:
        raise AssertionError("not refused")


def received(kind, keys, v):
    """A vector of what is taken: opened, it is its content."""
    if kind not in RECEIVERS:
        return
    given = v["text"] if kind == "ticket" else octets(v["outer"]["message"])
    now = v["claims"]["iat"] if kind == "request" else 0
    assert RECEIVERS[kind](keys, given, now).hex() == v["content"], "received is another content"
