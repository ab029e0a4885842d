#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The other side of peer.c, with cbor2 and cryptography: opens what is "ours" in FOLDER, both
layers, and leaves there what examples/sealers/seal.py seals ("python"). In TAP.

    peer.py CASES.json FOLDER
"""
import functools
import hashlib
import json
import os
import subprocess
import sys
import traceback
from base64 import b64decode
from io import BytesIO
from uuid import UUID

# Its decoder in C (5.4.6) crashes at some of the octets turned over here, the one in Python never.
sys.modules["_cbor2"] = None
from cbor2 import CBORDecoder, CBORTag, dumps, loads
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_der_private_key

HERE = os.path.dirname(os.path.abspath(__file__))
SEALERS = os.path.join(HERE, "..", "..", "examples", "sealers")
sys.path.insert(0, SEALERS)
sys.dont_write_bytecode = True
from open_reply import open_reply  # noqa: E402
from seal import seal  # noqa: E402

with open(sys.argv[1], encoding="utf-8") as f:
    CASES = json.load(f)
FOLDER = sys.argv[2]
TENANT = UUID(CASES["tenant"])


def get(suite, name):
    with open(f"{FOLDER}/{suite}.{name}", "rb") as file:
        return file.read()


def put(suite, name, octets):
    with open(f"{FOLDER}/{suite}.{name}", "wb") as file:
        file.write(octets)


def requests():
    """Name, and what seal.py takes."""
    for name, claims, password, old in CASES["requests"]:
        request = {"claims": CASES["claims"][claims]}
        for what, which in (("password", password), ("old_password", old)):
            if which:
                text, times = CASES["passwords"][which]
                request[what] = text * times
        yield name, request


def request_of(reply):
    return dict(requests())[reply["request"]]


def content_of(reply):
    return {k: v for k, v in reply.items() if k not in ("name", "request", "bucket")}


def kid(data):
    return hashlib.sha256(data).digest()[:8]


def tenant_kid(keys):
    return kid(b"pwwb1-tenant\0" + b64decode(keys["tenant_key"]))


# ---- the layers ----


def parts(tag, octets):
    message = loads(octets)
    assert message.tag == tag and dumps(message) == octets
    return message.value


def open_outer(keys, label, octets):
    head, unprotected, sealed = parts(16, octets)
    assert loads(head) == {1: 3, 4: tenant_kid(keys)}
    aad = dumps(["Encrypt0", head, label + TENANT.bytes_le])
    return AESGCM(b64decode(keys["tenant_key"])).decrypt(unprotected[5], sealed, aad)


def seal_outer(keys, label, plain, name=None):
    head, iv = dumps({1: 3, 4: name or tenant_kid(keys)}), os.urandom(12)
    aad = dumps(["Encrypt0", head, label + TENANT.bytes_le])
    sealed = AESGCM(b64decode(keys["tenant_key"])).encrypt(iv, plain, aad)
    return dumps(CBORTag(16, [head, {5: iv}, sealed]))


@functools.lru_cache(maxsize=None)  # it takes long to check a key
def rsa_of(private):
    return load_der_private_key(b64decode(private), None)


def unwrap_rsa(keys, head, unprotected, wrapped):
    key = rsa_of(keys["private"])
    numbers = key.public_key().public_numbers()
    n, e = (i.to_bytes((i.bit_length() + 7) // 8, "big") for i in (numbers.n, numbers.e))
    assert head == b"" and unprotected == {1: -41, 4: kid(dumps({1: 3, -1: n, -2: e}))}
    return key.decrypt(wrapped, OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None))


def unwrap_x25519(keys, head, unprotected, wrapped):
    own, x = ({1: 1, -1: 4, -2: o} for o in (b64decode(keys["recipient"]), unprotected[-1][-2]))
    assert head == dumps({1: -25}) and wrapped == b"" and x[-2][31] < 128
    assert unprotected == {-1: x, 4: kid(dumps(own))}
    key = X25519PrivateKey.from_private_bytes(b64decode(keys["private"]))
    context = dumps([3, [None] * 3, [None] * 3, [256, head]])
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=context).derive(
        key.exchange(X25519PublicKey.from_public_bytes(x[-2])))


def open_inner(keys, octets):
    """As requests() has it."""
    head, unprotected, sealed, [recipient] = parts(96, octets)
    cek = (unwrap_rsa if keys["suite"] == 1 else unwrap_x25519)(keys, *recipient)
    plain = AESGCM(cek).decrypt(unprotected[5], sealed, dumps(["Encrypt", head, b""]))
    stream = BytesIO(plain)
    secret = CBORDecoder(stream).decode()
    assert len(plain) == next(n for n in (192, 640, 1600) if n >= stream.tell())
    assert not any(plain[stream.tell():])

    header = loads(head)
    c = header[15]
    assert set(header) == {1, 15} and header[1] == 3 and len(c) == 12
    assert c[3] == "pwwb-agent" and c[-65537] == TENANT.bytes_le
    actor, anchor = ([kind, *(str(UUID(bytes_le=i)) for i in ids)]
                     for kind, *ids in (c[-65540], c[-65542]))
    claims = {"iat": c[6], "exp": c[4], "cti": c[7].hex(), "operation": c[-65538],
              "origin": c[-65539], "actor": actor, "user_type": c[-65541], "anchor": anchor,
              "flags": c[-65543], "reply_to": c[-65544]}
    names = {1: "password", 2: "old_password"}
    return {"claims": claims} | {names[number]: text for number, text in secret.items()}


# ---- the tests ----


def refuses_flips(octets, open_):
    """One bit of every octet is turned over: each time open_ must fail. As it is, it must not."""
    open_(octets)
    for i in range(len(octets)):
        changed = bytearray(octets)
        changed[i] ^= 1 << i % 8
        try:
            open_(bytes(changed))
        except Exception:  # whatever it says
            continue
        raise AssertionError(f"octet {i} may be changed")


def run(name, suite, *args, octets):
    command = [sys.executable, os.path.join(SEALERS, name), f"{FOLDER}/{suite}.portal.json", *args]
    return subprocess.run(command, input=octets, stdout=subprocess.PIPE, check=True).stdout


def both_layers_of_our_requests_open(keys):
    for name, expected in requests():
        inner = open_outer(keys, b"pwwb1-req", get(keys["suite"], f"{name}.request.ours"))
        assert open_inner(keys, inner) == expected, name


def a_bit_of_our_octets_turned_over_is_refused(keys):
    request = get(keys["suite"], "reset-ascii.request.ours")
    reply = get(keys["suite"], "set.reply.ours")
    cti = CASES["claims"]["reset"]["cti"]
    refuses_flips(request, lambda octets: open_outer(keys, b"pwwb1-req", octets))
    refuses_flips(open_outer(keys, b"pwwb1-req", request), lambda octets: open_inner(keys, octets))
    refuses_flips(reply, lambda octets: open_reply(keys, cti, octets))


def open_reply_reads_our_replies_and_only_for_their_own_request(keys):
    for reply in CASES["replies"]:
        cti = request_of(reply)["claims"]["cti"]
        sealed = get(keys["suite"], f"{reply['name']}.reply.ours")
        assert len(open_outer(keys, b"pwwb1-rsp", sealed)) == reply["bucket"]
        expected = content_of(reply)
        assert open_reply(keys, cti, sealed) == expected
        try:
            open_reply(keys, "11" * 16, sealed)
        except ValueError as e:
            assert "for another request" in str(e)
        else:
            raise AssertionError("taken for another request's")


def requests_are_sealed_by_seal_py(keys):
    for name, request in requests():
        put(keys["suite"], f"{name}.request.python", seal(keys, request))


def seal_py_and_open_reply_py_are_programs_too(keys):
    request, reply = next(requests())[1], CASES["replies"][0]
    sealed = run("seal.py", keys["suite"], octets=json.dumps(request).encode())
    assert open_inner(keys, open_outer(keys, b"pwwb1-req", sealed)) == request
    sealed = get(keys["suite"], f"{reply['name']}.reply.ours")
    opened = run("open_reply.py", keys["suite"], request["claims"]["cti"], octets=sealed)
    assert json.loads(opened) == content_of(reply)


def replies_are_sealed(keys):
    for r in CASES["replies"]:
        plain = dumps({1: r["outcome"], 2: r["code"], 3: r["findings"], 4: r["controller"],
                       6: r["time"], 7: bytes.fromhex(request_of(r)["claims"]["cti"])})
        sealed = seal_outer(keys, b"pwwb1-rsp", plain.ljust(r["bucket"], b"\0"))
        put(keys["suite"], f"{r['name']}.reply.python", sealed)


def flipped(octets):
    return octets[:-1] + bytes([octets[-1] ^ 1])


def requests_with_one_thing_wrong_are_sealed(keys):
    name, suite, label = CASES["requests"][0][0], keys["suite"], b"pwwb1-req"
    inner = open_outer(keys, label, get(suite, f"{name}.request.python"))
    head, unprotected, sealed, [[protected, recipient, wrapped]] = parts(96, inner)

    header = loads(head)
    header[15][-65542][1] = flipped(header[15][-65542][1])
    other_claim = [dumps(header), unprotected, sealed, [[protected, recipient, wrapped]]]
    recipient = recipient | {4: flipped(recipient[4])}
    other_kid = [head, unprotected, sealed, [[protected, recipient, wrapped]]]

    put(suite, f"{name}.same.python", seal_outer(keys, label, inner))
    put(suite, f"{name}.label.python", seal_outer(keys, b"pwwb1-rsp", inner))
    put(suite, f"{name}.kid.python", seal_outer(keys, label, inner, flipped(tenant_kid(keys))))
    put(suite, f"{name}.claim.python", seal_outer(keys, label, dumps(CBORTag(96, other_claim))))
    put(suite, f"{name}.inner-kid.python", seal_outer(keys, label, dumps(CBORTag(96, other_kid))))


def main():
    tests = (both_layers_of_our_requests_open, a_bit_of_our_octets_turned_over_is_refused,
             open_reply_reads_our_replies_and_only_for_their_own_request,
             seal_py_and_open_reply_py_are_programs_too, requests_are_sealed_by_seal_py,
             replies_are_sealed, requests_with_one_thing_wrong_are_sealed)
    suites = [json.loads(get(suite, "agent.json")) for suite in (1, 2)]
    failed = 0
    for number, test in enumerate(tests, 1):
        try:
            for keys in suites:
                test(keys)
            word = "ok"
        except Exception:
            print("# " + traceback.format_exc().replace("\n", "\n# "))
            failed, word = failed + 1, "not ok"
        print(f"{word} {number} - {test.__name__.replace('_', ' ')}", flush=True)
    print(f"1..{len(tests)}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
