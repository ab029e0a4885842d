# SPDX-License-Identifier: Apache-2.0
"""For check_secrets: the secrets that the programs were given, in every spelling that could give them away."""
import base64
import json
import urllib.parse

# Anything shorter is found by chance; what is given is not.
LEAST = 4


def cores(octets):
    """Base64 of the octets wherever they stand in what was encoded: without the characters that depend on neighbours."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + octets)
        yield text[(0, 2, 3)[before]:(before + len(octets)) * 8 // 6]


def spellings(octets, text):
    yield "octets", octets
    yield "hex", octets.hex().encode()
    yield "HEX", octets.hex().upper().encode()
    for core in cores(octets):
        yield "base64", core
        yield "base64url", core.replace(b"+", b"-").replace(b"/", b"_")
    if text is None:
        return
    yield "URL", urllib.parse.quote(text, safe="").encode()
    yield "form", urllib.parse.quote_plus(text, safe="").encode()
    yield "JSON", json.dumps(text)[1:-1].encode()
    for name, other in (("UTF-16LE", text.encode("utf-16-le")), ("quoted UTF-16LE", f'"{text}"'.encode("utf-16-le"))):
        yield name, other
        yield name + " hex", other.hex().encode()
        for core in cores(other):
            yield name + " base64", core


def read(given):
    """{name: (octets, text or None)}"""
    found = {}
    for number, line in enumerate((given / "passwords").read_text(encoding="utf-8").splitlines()):
        found[f"password {number}"] = line.encode(), line
    for path in [*given.glob("*.secret"), *given.glob("*.password"), *given.glob("*.passphrase")]:
        line = path.read_text(encoding="utf-8").splitlines()[0]
        found[path.name] = line.encode(), line
    for path in given.glob("*.lock"):
        found[path.name] = path.read_bytes(), None
    ticket = (given / "ticket").read_text(encoding="ascii").strip()
    found["ticket"] = ticket.encode(), ticket
    found["ticket's token"] = token(ticket), None
    return found


def token(ticket):
    """docs/protocol.md, "Ticket": member 3 of a map, 32 octets."""
    octets = base64.urlsafe_b64decode(ticket.split("-", 1)[1] + "==")
    at = octets.index(b"\x03\x58\x20") + 3
    return octets[at:at + 32]


def on_the_line(commands):
    """Of each command the end of its last word."""
    return spelt({f"{line[0]} {number}": (line[-1].split("=")[-1].encode(), line[-1].split("=")[-1])
                  for number, line in enumerate(commands)})


def all_of(given):
    return spelt(read(given))


def spelt(secrets):
    """[("NAME as SPELLING", octets)], none twice."""
    words = {}
    for name, (octets, text) in secrets.items():
        for how, needle in spellings(octets, text):
            if len(needle) >= LEAST:
                words.setdefault(needle, f"{name} as {how}")
    return [(what, needle) for needle, what in words.items()]
