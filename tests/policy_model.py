#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""policy_model.py PROGRAM [SEED]: does the library judge as [MS-SAMR] 3.1.1.7.2 is written?

A second reading of it, over random printable ASCII; PROGRAM is policy_line. Names while complexity
is off are Microsoft Learn's: not checked.
"""
import random
import re
import subprocess
import sys

ROUNDS = 5000
PASS, FAIL, TOO_SHORT, TOO_LONG, COMPLEXITY, NAME = 1, 2, 101, 102, 103, 104
CLASSES = [r"[\x41-\x5A]", r"[\x61-\x7a]", r"[\x30-\x39]",
           r"""[(`~!@#$%^&*_\-+=|\\{}[\]:;"'<>,.?)/]"""]
NORMAL, NOTREQD, WORKSTATION = 0x200, 0x20, 0x1000
ASCII = "".join(map(chr, range(0x20, 0x7F)))


def parts(name):
    return re.split(r"[ ,.\t\-_#]", name)


def violations(minimum, is_complex, control, account, display, password):
    if len(password) > 256:
        yield TOO_LONG, 256, len(password)
    if not control & NORMAL or control & NOTREQD:
        return
    if len(password) < minimum:
        yield TOO_SHORT, minimum, len(password)
    if not is_complex:
        return
    kinds = sum(re.search(c, password) is not None for c in CLASSES)
    if kinds < 3:
        yield COMPLEXITY, 3, kinds
    if len(account) > 2 and account.lower() in password.lower():
        yield NAME, 0, 1
    if any(len(t) > 2 and t.lower() in password.lower() for t in parts(display)):
        yield NAME, 0, 2


def case(rng):
    """Few letters, so that names meet; lengths around each limit."""
    def text(alphabet, most):
        return "".join(rng.choices(alphabet, k=rng.randint(0, most)))

    few = rng.choice(["ab", "aAbB", "aB1", "aB1-", "ab#_ .,", ASCII])
    account = text(few.replace(",", ""), 5) or "x"
    display = text(few + " ,.-_#\t", 14)
    password = text(rng.choice([few, few, ASCII]), rng.choice([4, 10, 20]))
    if rng.random() < 0.3:
        password += rng.choice([account] + parts(display)).swapcase() + text(ASCII, 3)
    if rng.random() < 0.05:
        password += rng.choice(ASCII) * (rng.choice([255, 256, 257]) - len(password))
    minimum = rng.choice([0, 1, 7, 8, 14, len(password), len(password) + 1])
    control = rng.choice([NORMAL] * 6 + [NORMAL | NOTREQD, WORKSTATION, 0x10200])
    return minimum, rng.randint(0, 4) > 0, control, account, display, password


def main():
    seed = int(sys.argv[2]) if sys.argv[2:] else random.randrange(1 << 32)
    cases = [case(rng) for rng in [random.Random(seed)] * ROUNDS]
    lines = ["%d %d %d " % c[:3] + " ".join(t.encode().hex() or "-" for t in c[3:]) for c in cases]
    answers = subprocess.run([sys.argv[1]], input="\n".join(lines), text=True, check=True,
                             stdout=subprocess.PIPE).stdout.splitlines()
    wrong = ROUNDS - len(answers)
    for c, answer in zip(cases, answers):
        found = sorted(violations(*c))
        expected = [str(FAIL if found else PASS)] + ["%d:1:%d:%d" % f for f in found]
        if [answer.split()[0]] + sorted(answer.split()[1:]) != expected:
            wrong += 1
            print(f"# {c}\n#   model: {expected}\n# library: {answer}")
    print(f"# seed {seed}: {ROUNDS} passwords, {wrong} differ\n1..1")
    print(f"{'not ok' if wrong else 'ok'} 1 - the library and the model of MS-SAMR agree")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
