#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_audit.py FOLDER DOC: do the lines that the audit's flows print say what docs/audit.md says they do?

Runs the PROGRAMS of FOLDER. Each line must be one JSON object by a parser that is not
ours, with names and values of DOC's table, no name twice; each name and each listed value of the table must
occur. No line holds a password of the tests, plain, in hexadecimal or base64. Then the same with one error of
each kind planted, which must be found.
"""
import base64
import json
import re
import subprocess
import sys
import tempfile

PROGRAMS = ["flow_audit", "flow_audit_required", "flow_limits"]
PASSWORDS = ["Neu-Passwort-7", "Alt-Passwort-3"]  # tests/flow_world.h
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SHAPES = {
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "tenant": GUID, "actor_id": GUID, "object": GUID,
    "request": r"[0-9a-f]{32}", "anchor": r"[A-Za-z0-9+/]{22}==|User_" + GUID, "code": r"[A-Z_]+",
    "directory": ".+", "controller": ".+",
}
BOOLEANS, NUMBERS = {"unlock", "own_account"}, {"code_number", "findings", "duration_ms"}


def table(text):
    """Of the chapter "The names": each name with its listed values, where all of a row's words are such."""
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", text.split("## The names")[1], re.M)
    listed = re.compile(r"(`\w+`(, )?)+")
    return {name: re.findall(r"`(\w+)`", what) if listed.fullmatch(what) else [] for name, what in rows}


def unique(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def fits(name, value, values):
    if values:
        return value in values
    if name in BOOLEANS:
        return value is True or value is False
    if name in NUMBERS:
        return type(value) is int and value >= 0
    return isinstance(value, str) and re.fullmatch(SHAPES[name], value) is not None


def spellings(password):
    raw = password.encode()
    return [password, raw.hex(), base64.b64encode(raw).decode().rstrip("=")[:-1]]


def faults(lines, names):
    """What is wrong, each as a short text."""
    found, seen = set(), set()
    for line in lines:
        if any(s in line for p in PASSWORDS for s in spellings(p)):
            found.add("a password")
        try:
            event = json.loads(line, object_pairs_hook=unique, parse_constant=float)
        except ValueError:
            found.add("no JSON")
            continue
        for name, value in event.items():
            if name not in names:
                found.add("a name that is not documented: " + name)
            elif not fits(name, value, names[name]):
                found.add("a value that is not documented: " + name)
            seen |= {name, (name, str(value))}
        if not {"time", "side", "stage"} <= event.keys():
            found.add("no time, side or stage")
    found |= {"never seen: " + name for name in names if name not in seen}
    found |= {f"never seen: {n} {v}" for n in names for v in names[n] if (n, v) not in seen}
    return found


def planted(lines, names):
    """Errors, one at a time, and what must be found for them."""
    first = lines[0]
    yield lines + [first[:-1] + ',"extra":1}'], names, "a name that is not documented: extra"
    yield lines + [first.replace('"portal"', '"postal"')], names, "a value that is not documented: side"
    yield lines + [first.replace('"unlock":false', '"unlock":0')], names, "a value that is not documented: unlock"
    yield lines + [first[:-1] + ',"side":"portal"}'], names, "no JSON"
    yield lines + [first[:-1]], names, "no JSON"
    yield lines + [re.sub(r'"time":"[^"]*",', "", first)], names, "no time, side or stage"
    yield lines, {**names, "mood": []}, "never seen: mood"
    yield lines, {**names, "end": names["end"] + ["lost"]}, "never seen: end lost"
    for spelling in spellings(PASSWORDS[1]):
        yield lines + [first[:-1] + f',"controller":"x{spelling}"}}'], names, "a password"


def main():
    folder, doc = sys.argv[1:]
    names = table(open(doc, encoding="utf-8").read())
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="strict") as out:
        for program in PROGRAMS:
            subprocess.run([f"{folder}/{program}", out.name], check=True, stdout=subprocess.DEVNULL)
        lines = out.read().splitlines()
    wrong = faults(lines, names)
    missed = [want for bad, table_, want in planted(lines, names) if want not in faults(bad, table_)]
    for text in sorted(wrong) + ["not found though planted: " + m for m in missed]:
        print("check_audit:", text)
    print(f"check_audit: {len(lines)} lines, {len(names)} names, "
          f"{sum(map(len, names.values()))} values, {len(wrong)} wrong, {len(missed)} missed")
    return bool(wrong or missed or len(lines) < 1000 or len(names) < 20)


sys.exit(main())
