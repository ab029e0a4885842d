#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py [--self-test] FOLDER: are the vectors in FOLDER what compute.py computes, and does
receive.py take or refuse them as they say? In TAP.

--self-test changes one value after another: each must be noticed.
"""
import copy
import json
import sys

sys.dont_write_bytecode = True
from compute import FILES, KINDS, Vector, all_keys  # noqa: E402
from receive import received, refused  # noqa: E402

KINDS["refused"], FILES["refused"] = refused, ("refused",)

SINGULAR = {kind: how.__name__ for kind, how in KINDS.items()}


def check(kind, keys, value):
    """None, or what is wrong."""
    v = Vector(value)
    try:
        KINDS.get(kind, all_keys)(Vector(keys), v)
        v.end()
        received(SINGULAR.get(kind), Vector(keys), value)
    except Exception as error:  # octets turned over make others fail in any way
        return f"{type(error).__name__}: {error}"
    return None


def changed(value):
    """A copy for each number, text and octet string in it, with that one changed; and where."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in [pair for pair in pairs if pair[0] != "name"]:
        if isinstance(item, (dict, list)):
            others = changed(item)
        elif isinstance(item, int):
            others = [("", item + 1)]
        else:
            at, new = len(item) // 2, "0"
            new = "1" if item[at:at + 1] == new else new
            others = [("", item[:at] + new + item[at + 1:])]
        for path, other in others:
            copied = copy.copy(value)
            copied[key] = other
            yield f"{key} {path}", copied


def unnoticed(kind, keys, value, vectors):
    """Of the changes to a vector or, kind None, to the keys: how many there are, and the unseen."""
    every = list(changed(value))
    if kind == "refused":   # another message may be refused at the same step
        every = [(path, other) for path, other in every if path in ("step ", "as ")]
    if kind:
        return len(every), [path for path, other in every if not check(kind, keys, other)]
    return len(every), [path for path, other in every
                        if not any(check(k, other, v) for k, v in vectors)]


def main():
    folder = sys.argv[-1]

    def load(name):
        with open(f"{folder}/{name}.json", encoding="utf-8") as file:
            return json.load(file)
    keys = load("keys")
    vectors = [(None, {})]
    for name, kinds in FILES.items():
        content = load(name)
        assert set(content) == set(kinds), f"{name}.json has other members"
        vectors += [(kind, v) for kind in kinds for v in content[kind]]
    bad = 0
    for number, (kind, v) in enumerate(vectors, 1):
        name = f"{kind}: {v['name']}" if kind else "keys"
        wrong = check(kind, keys, v)
        if "--self-test" in sys.argv:
            count, unseen = unnoticed(kind, keys, v if kind else keys, vectors)
            name = f"{name}, each of {count} values changed"
            wrong = wrong or (f"unnoticed: {unseen}" if unseen or not count else None)
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}", flush=True)
        if wrong:
            print(f"# {wrong}")
        bad += bool(wrong)
    print(f"1..{len(vectors)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
