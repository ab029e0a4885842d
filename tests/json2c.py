#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""json2c.py KIND IN.json... OUT.h: turn case files and vectors into the rows of a C table.

OUT.h holds initialisers alone: a test declares its struct and includes the rows between braces.
Each KIND is one function below that takes the parsed file and yields rows.
"""
import hashlib
import itertools
import json
import os
import re
import sys
from uuid import UUID


def octets(data):
    """A C string literal of any octets, and their number: two initialisers."""
    data = data.encode() if isinstance(data, str) else data
    lines = [data[i:i + 24] for i in range(0, len(data), 24)] or [b""]
    text = "\n     ".join('"' + "".join(f"\\{b:03o}" for b in line) + '"' for line in lines)
    return f"{text}, {len(data)}"


def printable(*texts):
    return all(" " <= c <= "~" for text in texts for c in text)


def complexity(data):
    """id, password, its octets, account, display name, userAccountControl, minimum, complexity,
    whether everything is printable ASCII, verdict, violations."""
    for case in data["cases"]:
        password, policy = case["password"], case["policy"]
        names = case["sAMAccountName"], case["displayName"]
        violations = "|".join(f"CASE_{v}" for v in case["windows"]["violations"]) or "0"
        yield (f'"{case["id"]}", {octets(password)},\n'
               f'     {octets(names[0]).rsplit(",", 1)[0]}, {octets(names[1]).rsplit(",", 1)[0]},\n'
               f'     {case["userAccountControl"]}, {policy["minPwdLength"]},'
               f' {int(policy["complexity"])}, {int(printable(password, *names))},'
               f' PWWB_VERDICT_{case["precheck"]["windows"].upper()}, {violations}')


def banned(data):
    """id, password, its octets, words one a line, their octets, display name, whether it is
    accepted, points by the file's own model."""
    for case in data["cases"]:
        name = octets(" ".join(case["name_terms"])).rsplit(",", 1)[0]
        yield (f'"{case["id"]}", {octets(case["password"])},\n'
               f'     {octets(chr(10).join(case["banned_terms"]))}, {name},\n'
               f'     {int(case["expected"]["verdict"] == "accept")}, {case["model"]["points"]}')


def breached(data):
    """Password, its octets, SHA-1 in hexadecimal."""
    for case in data["hashes"]:
        yield f'{octets(case["password"])}, "{case["sha1"]}"'


def anchor_conversions(data):
    """GUID, its octets, source anchor."""
    for case in data["conversions"]:
        guid = octets(bytes.fromhex(case["bytes_hex"])).rsplit(",", 1)[0]
        yield f'"{case["guid"]}",\n     {guid}, "{case["source_anchor"]}"'


def anchor_scenarios(data):
    """id, name, what is expected, whether there is a connector object, whether it is joined (-1:
    the scenario is told in words only), links: directory, userAccountControl, deleted, rules."""
    for case in data["scenarios"]:
        links = ", ".join(
            f'{{"{link["forest"]}", '
            f'{link.get("live_userAccountControl", link.get("userAccountControl", 512))}, '
            f'{int(link.get("live") == "deleted")}, {{'
            + ", ".join(f'"{rule}"' for rule in link["rules"]) + "}}"
            for link in (case.get("mv_links") or {}).get("ad", [])) or "{0}"
        joined = int(case["mv_links"] is not None) if "mv_links" in case else -1
        yield (f'"{case["id"]}", "{case["name"]}", "{case["expect"]}",\n'
               f'     {case.get("aad_cs", 1)}, {joined}, {{{links}}}')


def span(data):
    """Any octets, or hexadecimal text of them, as one initialiser: {octets, length}."""
    return "{" + octets(bytes.fromhex(data) if isinstance(data, str) else data) + "}"


def der(tag, body):
    """One DER value, X.690 8.1."""
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (size if len(body) < 128 else bytes([0x80 | len(size)]) + size) + body


def rsa_private(key):
    """RSAPrivateKey, RFC 8017 A.1.2."""
    numbers = [b"\0"] + [bytes.fromhex(key[f"{n}_hex"])
                         for n in ("n", "e", "d", "p", "q", "dP", "dQ", "qi")]
    return der(0x30, b"".join(der(2, b"\0" * (n[0] >> 7) + n) for n in numbers))


def cose_wg(data):
    """File, whether it must fail, message, external_aad, AAD, CEK, content, the recipient's KDF
    context, shared secret and private key."""
    what = data["input"]
    layer = what.get("enveloped") or what.get("encrypted") or {}
    steps = data["intermediates"]
    recipient = (steps.get("recipients") or [{}])[0]
    key = layer["recipients"][0]["key"] if layer else {}
    private = rsa_private(key) if key.get("kty") == "RSA" else key.get("d_hex", "")
    plain = what.get("plaintext_hex") or what["plaintext"].encode()
    yield (f'"{data["file"]}", {int(data.get("fail", False))}, {span(data["output"]["cbor"])},\n'
           + ",\n".join(f"     {span(part)}" for part in (
               layer.get("external", ""), steps.get("AAD_hex", ""), steps.get("CEK_hex", ""), plain,
               recipient.get("Context_hex", ""), recipient.get("Secret_hex", ""), private)))


def cose_wg_sign(data):
    """File, whether it is one signature by Ed25519, message, what is signed, content, seed, public
    key."""
    what = data["input"].get("sign0")
    if what and what["key"]["kty"] == "OKP":
        key = what["key"]
        yield (f'"{data["file"]}", {int(key["crv"] == "Ed25519")},\n' + ",\n".join(
            f"     {span(part)}" for part in (
                data["output"]["cbor"], data["intermediates"]["ToBeSign_hex"],
                data["input"]["plaintext"].encode(), key["d_hex"], key["x_hex"])))


def wycheproof(data, *names):
    """Each case and its row: tcId, whether it is valid, its flags, and these of its octets."""
    for group in data["testGroups"]:
        for case in group["tests"]:
            yield case, (
                f'{case["tcId"]}, {int(case["result"] == "valid")}, "{" ".join(case["flags"])}"'
                + "".join(f",\n     {span(case[name])}" for name in names))


def wycheproof_gcm(data):
    for case, row in wycheproof(data, "key", "iv", "aad", "msg"):
        yield row + f',\n     {span(case["ct"] + case["tag"])}'


def wycheproof_x25519(data):
    for _, row in wycheproof(data, "public", "private", "shared"):
        yield row


def wycheproof_hkdf(data):
    """The output is cut to its first 32 octets."""
    for case, row in wycheproof(data, "ikm", "salt", "info"):
        yield row + f',\n     {case["size"]}, {span(case["okm"][:64])}'


def wycheproof_oaep(data):
    for _, row in wycheproof(data, "label", "ct", "msg"):
        yield row


def wycheproof_oaep_key(data):
    """The one key of a file, PKCS #8."""
    yield span(data["testGroups"][0]["privateKeyPkcs8"])[1:-1]


def thumbprint(public):
    """RFC 9679 over a COSE_Key that is written out by hand: RSA from its SubjectPublicKeyInfo,
    which ends in modulus and exponent 65537, or X25519."""
    if len(public) == 32:
        key = b"\xa3\x01\x01\x20\x04\x21\x58\x20" + public
    else:
        assert public[-5:] == b"\x02\x03\x01\x00\x01"
        key = b"\xa3\x01\x03\x20\x59\x01\x00" + public[-261:-5] + b"\x21\x43\x01\x00\x01"
    return hashlib.sha256(key).digest()


def peers(data):
    """Who sealed it, whether by RSA, message."""
    for message in data["messages"]:
        yield (f'"{message["sealed_by"]}", {int(message["suite"] == "rsa")},\n'
               f'     {span(message["outer_hex"])}')


def peers_keys(data):
    """The keys of all of them: tenant key, password; then private and public key and the public
    key's thumbprint, of RSA and of X25519."""
    parts = [bytes.fromhex(data[f"{name}_hex"]) for name in (
        "tenant_key", "password", "rsa_private_pkcs1_der", "rsa_public_spki_der", "x25519_secret",
        "x25519_public")]
    parts.insert(4, thumbprint(parts[3]))
    parts.append(thumbprint(parts[-1]))
    yield ",\n     ".join(span(part) for part in parts)


ASKED = {   # what directory-errors.json calls an operation, as WB_DIAG_*
    "reset": "RESET", "change": "CHANGE", "reset or change, AD LDS": "RESET CHANGE",
    "change or reset": "CHANGE RESET", "AD LDS, unprotected connection": "RESET CHANGE",
    "any": "RESET CHANGE OTHER", "reset with lockoutTime or pwdLastSet": "RESET",
    "change, user without User-Change-Password on itself": "CHANGE",
    "bind": "BIND", "bind (used to check the old password)": "BIND", "modify before bind": "RESET",
    "critical control not supported": "RESET", "pwdLastSet other than 0 or -1": "OTHER",
    "add or rename": "OTHER",
}


def directory_errors(data):
    """operation, LDAP result, message, class of the expected code. Windows' form of each row, then
    Samba's. Left out for the codes alone cannot tell them apart: 0000052D for a change without the
    right to it (it is a policy's, too), and Samba's 00002020 for a modify before the bind."""
    for case in data["errors"]:
        for operation in ASKED[case["operation"]].split():
            for code in case["code"].split(" or "):
                if code == "0000052D" and case["library_result"] == "USER_CANNOT_CHANGE":
                    continue
                head, _, reason = code.partition(" ")
                text = f"comment: AcceptSecurityContext error, {reason}, v1db1" if reason else \
                    "problem 5003 (WILL_NOT_PERFORM), data 0"
                message = "" if code == "(none)" else f"{head}: SvcErr: DSID-031A126C, {text}\n\0"
                yield (f'WB_DIAG_{operation}, {case["ldap_result"]}, {octets(message)},\n'
                       f'     "{case["library_result"]}"')
            samba = case["samba_4_17"]
            if samba and samba["ldap"] and case["code"] != "000004DC":
                yield (f'WB_DIAG_{operation}, {samba["ldap"]}, {octets(samba["diag"] or "")},\n'
                       f'     "{case["library_result"]}"')


STEPS = {   # what is asked by a step of ppolicy-replies.json, and the code that its answer has
    "self replace ok": ("RESET CHANGE", "OK"), "too short (7 bytes)": ("RESET CHANGE", "POLICY_TOO_SHORT"),
    "8 bytes but 4 characters (UTF-8)": ("RESET CHANGE", "OK"),
    "too long (17 bytes)": ("RESET CHANGE", "POLICY_TOO_LONG"),
    "9 characters, 18 bytes, max 16": ("RESET CHANGE", "POLICY_TOO_LONG"),
    "in history": ("RESET CHANGE", "POLICY_HISTORY"), "current": ("RESET CHANGE", "POLICY_HISTORY"),
    "pre-hashed with pwdCheckQuality 2": ("RESET CHANGE", "POLICY_TOO_LONG"),
    "two values": ("RESET CHANGE", "POLICY_OTHER"),
    "too young": ("RESET CHANGE", "POLICY_TOO_YOUNG"),
    "safe modify without old": ("RESET", "PERMISSION"),
    "safe modify with wrong old": ("CHANGE", "OLD_PASSWORD_WRONG"),
    "safe modify with old": ("CHANGE", "OK"),
    "user change not allowed": ("CHANGE", "USER_CANNOT_CHANGE"),
    "admin reset, in history": ("RESET", "OK"), "admin reset, too short": ("RESET", "OK"),
    "admin reset ok": ("RESET", "OK"), "after reset: other attribute": ("OTHER", "CONFIGURATION"),
    "after reset: change password": ("CHANGE", "OK"), "rootdn reset, too short": ("RESET", "OK"),
}


def ppolicy_replies(data):
    """step, operation, LDAP result, the control's error or -1, expected code."""
    for case in data["steps"]:
        operations, expected = STEPS[case["step"]]
        error = -1 if case["ppolicy_error"] is None else case["ppolicy_error"]
        for operation in operations.split():
            yield (f'"{case["step"]}", WB_DIAG_{operation}, {case["ldap"]}, {error},'
                   f' "{expected}"')


def windows_replies(data):
    """origin, operation, LDAP result, message with what follows a NUL, matched DN, referral, code."""
    for r in data["replies"]:
        yield (f'"{r["origin"]}",\n     PWWB_SET_{r["operation"].upper()}, {r["ldap_result"]},\n'
               f'     {octets(r["message"])},\n     "{r.get("matched_dn", "")}",'
               f' "{r.get("referral", "")}", PWWB_CODE_{r["code"]}')


def change_and_reset(data):
    """id, description, LDAP result on Samba 4.17 and on later ones; -1 where the file has none."""
    for case in data["sequences"]:
        old, new = case["samba_4_17"], case["samba_head"]
        old = old["ldap"] if old else -1
        new = -1 if new is None else 0 if new == "success" else int(new)
        yield f'"{case["id"]}", "{case["description"]}", {{{old}, {new}}}'


def refusals(data):
    """id, refusal, code, whether each server enforces it; -1: it does not arise there."""
    for row in data["rows"]:
        enforced = [-1 if row[server] is None else int(row[server]) for server in data["servers"]]
        yield (f'"{row["id"]}", "{row["refusal"]}", "{row["code"]}",'
               f' {{{", ".join(map(str, enforced))}}}')


def guid(text):
    return span(UUID(text).bytes_le if text else b"")


def interop_tenant(data):
    """GUID, its octets, when everything is opened."""
    yield f'"{data["tenant"]}", {guid(data["tenant"])}, {data["now"]}'


def interop_requests(data):
    """name, passwords, cti, iat, exp, operation, origin, actor and its GUID, user type, anchor,
    flags, must change, reply address."""
    texts = {name: (text * times).encode() for name, (text, times) in data["passwords"].items()}
    texts[None] = b""
    for name, of, password, old in data["requests"]:
        c = data["claims"][of]
        kind, *ids = c["actor"]
        yield (f'"{name}",\n     {span(texts[password])},\n     {span(texts[old])},\n'
               f'     {span(c["cti"])}, {c["iat"]}, {c["exp"]},'
               f' {c["operation"]}, {c["origin"]}, {kind},\n     {guid((ids or [None])[0])},\n'
               f'     {c["user_type"]}, {c["anchor"][0]}, {guid(c["anchor"][1])},'
               f' {c["flags"] % 256}, {c["flags"] // 256},\n     {span(c["reply_to"].encode())}')


def interop_replies(data):
    """name, the request's, outcome, code, controller, time, findings and their number."""
    for r in data["replies"]:
        findings = ", ".join("{%d, %d, %d, %d}" % tuple(f) for f in r["findings"]) or "{0}"
        controller = octets(r["controller"]).rsplit(",", 1)[0]
        yield (f'"{r["name"]}", "{r["request"]}", {r["outcome"]}, {r["code"]},\n     {controller},'
               f' {r["time"]}, {len(r["findings"])}, {{{findings}}}')


def descriptors(data):
    """name, number of entries, whether inheritance is off, descriptor."""
    for d in data["descriptors"]:
        flags = d["sddl"].split("D:")[1].split("(")[0]
        yield f'"{d["name"]}", {d["entries"]}, {int("P" in flags)},\n     {span(d["hex"])}'


# SDDL, MS-DTYP 2.5.1: what stands for a SID, for a right; of rights those that are asked for.
ALIASES = {"WD": "S-1-1-0", "CO": "S-1-3-0", "ED": "S-1-5-9", "PS": "S-1-5-10", "AU": "S-1-5-11",
           "SY": "S-1-5-18", "BA": "S-1-5-32-544", "BU": "S-1-5-32-545", "AO": "S-1-5-32-548",
           "PO": "S-1-5-32-550", "RU": "S-1-5-32-554", "RO": "-498", "DA": "-512", "DD": "-516",
           "CA": "-517", "EA": "-519", "RS": "-553"}
RIGHTS = {"RP": 0x10, "WP": 0x20, "CR": 0x100}
GENERIC = {"GA": "RPWPCR", "GW": "WP", "GR": "RP"}
TYPES = ("00299570-246d-11d0-a768-00aa006e0529", "ab721a53-1e2f-11d0-9819-00aa0040529b",
         "bf967a0a-0de6-11d0-a285-00aa003049e2", "28630ebf-41d5-11d1-a9c1-0000f80367c1",
         "ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501", "91e647de-d96f-4b70-9557-d63ff4f3ccd8")


def sid(text):
    """MS-DTYP 2.4.2.2; the authority fits in one octet here."""
    authority, *sub = (int(n) for n in text.split("-")[2:])
    return (bytes([1, len(sub), 0, 0, 0, 0, 0, authority])
            + b"".join(n.to_bytes(4, "little") for n in sub))


def sddl_entries(sddl):
    """Of the discretionary list, what is not for inheritance alone: whether it denies, rights,
    object type, SID."""
    for kind, flags, rights, of, _, who in re.findall(
            r"\((\w+);(\w*);(\w*);([\w-]*);([\w-]*);([\w-]+)\)", sddl.split("D:")[1].split("S:")[0]):
        assert kind in ("A", "D", "OA", "OD")
        pairs = re.findall("..", rights) + [GENERIC.get(r, "") for r in re.findall("..", rights)]
        if "IO" not in re.findall("..", flags):
            yield kind in ("D", "OD"), "".join(pairs), of, who


def descriptor_answers(data):
    """Place of the descriptor, SID, right, object type, answer: of each SID of the descriptor by
    itself, for each right and type, by its SDDL."""
    domain = re.search(r"S-1-5-21-\d+-\d+-\d+", data["descriptors"][0]["sddl"])[0]
    for place, d in enumerate(data["descriptors"]):
        entries = list(sddl_entries(d["sddl"]))
        for who in sorted({e[3] for e in entries}):
            name = ALIASES.get(who, who)
            octets_of_sid = span(sid(domain + name if name[0] == "-" else name))
            for (right, bit), of in itertools.product(RIGHTS.items(), TYPES):
                fits = [denies for denies, rights, type_, holder in entries
                        if holder == who and right in re.findall("..", rights) and type_ in ("", of)]
                answer = "SILENT" if not fits else "DENIED" if fits[0] else "GRANTED"
                yield (f'{place}, "{d["name"]} {who} {right} {of[:8]}", {octets_of_sid}, {bit},\n'
                       f'     {guid(of)}, WB_SD_{answer}')


KINDS = {f.__name__: f for f in (
    complexity, banned, breached, directory_errors, ppolicy_replies, windows_replies,
    change_and_reset, refusals, anchor_conversions, anchor_scenarios, cose_wg, cose_wg_sign,
    wycheproof_gcm, wycheproof_x25519, wycheproof_hkdf, wycheproof_oaep, wycheproof_oaep_key, peers,
    peers_keys, interop_tenant, interop_requests, interop_replies, descriptors, descriptor_answers)}


def load(source):
    """The parsed file, with its folder and name."""
    with open(source, encoding="utf-8") as f:
        folder, name = os.path.splitext(source)[0].split(os.sep)[-2:]
        return json.load(f) | {"file": f"{folder}/{name}"}


def main():
    kind, *sources, target = sys.argv[1:]
    rows = [row for source in sources for row in KINDS[kind](load(source))]
    with open(target, "w", encoding="ascii") as f:
        f.write("".join(f"    {{{row}}},\n" for row in rows))


if __name__ == "__main__":
    main()
