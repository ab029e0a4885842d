# SPDX-License-Identifier: Apache-2.0
"""tests/vectors/pwwb through the public API, as tests/ffi/README.md says. Each yields what is wrong."""
import json

import pwwb
from memory import Drawer
from pwwb import Error, ExchangeKind, Half, Lock, LockKind, Secret

NOW, SKEW = 1760000000, 120


class Still(pwwb.Clock):
    """A clock that stands."""

    def __init__(self, now_s):
        self.now_ms = now_s * 1000

    def wall_ms(self):
        return self.now_ms

    def monotonic_ms(self):
        return self.now_ms


def secret(octets):
    return Secret(bytearray(octets))


def load(root):
    """All files by name."""
    files = {}
    for name in ("keys", "keyrings", "messages", "refused", "exchange"):
        with open(f"{root}/tests/vectors/pwwb/{name}.json", encoding="utf-8") as file:
            files[name] = json.load(file)
    with open(f"{root}/tests/ffi/refused.json", encoding="utf-8") as file:
        files["answers"] = json.load(file)["rows"]
    return files


def octets(text):
    return bytes.fromhex(text)


def lock_of(v):
    if v["lock"] == LockKind.KEY:
        return Lock(secret(octets(v["key"])))
    return Lock(secret(v["passphrase"].encode()), LockKind.PASSPHRASE)


def keyring(v):
    return pwwb.Keyring.open(octets(v["sealed"]), lock_of(v))


def message(v):
    return octets(v["message"] if "message" in v else v["outer"]["message"])


class Differs(Exception):
    pass


def same(what, expected, actual):
    if expected != actual:
        raise Differs(f"{what}: expected {expected!r}, is {actual!r}")


# ---- what opens ----

def check_keyring(files, v):
    keys, made = keyring(v), v["keyring"]
    info = keys.describe()
    same("tenant", octets(files["keys"]["tenant"]), info.tenant)
    same("half, state, generation", (made["half"], made["state"], made["generation"]),
         (info.half, info.state, info.generation))
    same("fingerprint", files["exchange"]["fingerprints"][0]["text"] if "identity" in made["party"] else "",
         info.fingerprint)
    expected = []
    for epoch in made["epochs"]:
        known = files["keys"]["epochs"][epoch["epoch"]]
        expected.append((known["generation"], epoch["state"], known["suite"], known["created"], epoch["since"]))
    same("epochs", expected, [(e.generation, e.state, e.suite, e.created_s, e.since_s) for e in keys.epochs()])


def check_request(files, v):
    request, c = pwwb.Request(), v["claims"]
    claims = request.open(keyring(files["keyrings"]["keyrings"][0]), message(v), c["iat"], SKEW)
    for name in ("iat", "exp", "operation", "origin", "user_type", "flags", "must_change", "reply_to"):
        same(name, c[name], getattr(claims, name))
    same("cti", octets(c["cti"]), claims.cti)
    same("actor", [c["actor"][0], *(octets(i) for i in c["actor"][1:])],
         [claims.actor] + ([claims.actor_id] if any(claims.actor_id) else []))
    same("anchor", (c["anchor"][0], octets(c["anchor"][1])), (claims.anchor.kind, claims.anchor.guid))
    for name, opened in zip(("password", "old_password"), request.open_secret()):
        same(name, v[name].encode() if name in v else None, None if opened is None else bytes(opened.view()))


def check_reply(files, v):
    reply = pwwb.open_reply(keyring(files["keyrings"]["keyrings"][1]), octets(v["cti"]), message(v))
    same("reply", (v["outcome"], v["code"], v["controller"], v["time"]),
         (reply.outcome, reply.code, reply.controller, reply.time_ms))
    same("findings", v["findings"], [[f.code, f.basis, f.limit, f.actual] for f in reply.findings])


def check_heartbeat(files, v):
    h = pwwb.open_heartbeat(keyring(files["keyrings"]["keyrings"][1]), message(v), v["time"] // 1000)
    same("ids", (octets(v["agent_id"]), octets(v["boot_id"])), (h.agent_id, h.boot_id))
    same("state", (v["sequence"], v["time"], v["health"], v["key_age"]), (h.sequence, h.time_ms, h.health, h.key_age_s))
    same("counters", v["counters"], list(h.counters))
    same("rules", v["rules"], [h.min_length, h.complexity, h.history_length, h.min_age_s, h.max_age_s, h.rules_source])
    same("agent", v["agent"], [h.version, h.directories, h.directories_up])


def side(files, half, now):
    """A fresh side of the exchanges over the keyring of its half."""
    v = files["keyrings"]["keyrings"][0 if half == Half.AGENT else 1]
    store = pwwb.KeyStore.over(Drawer(octets(v["sealed"]), v["version"]), lock_of(v))
    return pwwb.Exchange(store, half, clock=Still(now))


def check_ticket(_, v):
    pwwb.Exchange(Drawer.store(), Half.AGENT, clock=Still(NOW)).begin(ExchangeKind.ENABLE, secret(v["text"].encode()))


def check_order(files, v):
    same("kind", v["kind"], side(files, Half.PORTAL, NOW + 300).take(message(v))[1].kind)


def check_control(files, v):
    event = side(files, Half.AGENT, NOW + 300).take(message(v))[1]
    if v["kind"] == 1:  # an answer; 2 is a revoke
        same("code", v["code"], event.code)
    else:
        same("kind", ExchangeKind.REVOKE, event.kind)


OPENS = {("keyrings", "keyrings"): check_keyring, ("messages", "requests"): check_request,
         ("messages", "replies"): check_reply, ("messages", "heartbeats"): check_heartbeat,
         ("exchange", "tickets"): check_ticket, ("exchange", "orders"): check_order,
         ("exchange", "controls"): check_control}


def not_opened(files, kinds=tuple(OPENS)):
    for file, kind in kinds:
        check = OPENS[file, kind]
        for v in files[file][kind]:
            try:
                check(files, v)
            except (Differs, Error) as error:
                yield f"{kind}, {v['name']}: {error}"


# ---- what is refused ----

def refuse_request(files, v):
    request = pwwb.Request()
    request.open(keyring(files["keyrings"]["keyrings"][0]), message(v), v["now"], SKEW)
    try:
        request.open_secret()
    except Error as error:
        return error.name, True
    return "PWWB_OK", True


def refuse(files, v):
    """The status, and whether the first phase was taken."""
    portal = files["keyrings"]["keyrings"][1]
    try:
        if v["as"] == "request":
            return refuse_request(files, v)
        if v["as"] == "reply":
            pwwb.open_reply(keyring(portal), bytes(16), message(v))
        elif v["as"] == "heartbeat":
            pwwb.open_heartbeat(keyring(portal), message(v), NOW)
        elif v["as"] == "ticket":
            check_ticket(files, v)
        else:
            side(files, Half.PORTAL if v["as"] == "order" else Half.AGENT, NOW + 300).take(message(v))
    except Error as error:
        return error.name, False
    return "PWWB_OK", False


def expected_of(files, v):
    rows = [row for row in files["answers"] if (row["as"], row["step"]) == (v["as"], v["step"])]
    row = next((row for row in rows if row.get("name") == v["name"]), None) or next(r for r in rows if "name" not in r)
    return row["status"], row.get("opens", False)


def not_refused(files):
    for v in files["refused"]["refused"]:
        expected, actual = expected_of(files, v), refuse(files, v)
        if expected != actual:
            yield f"{v['as']}, {v['name']}: {actual}, must be {expected}"
