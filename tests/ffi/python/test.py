#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# rows: 1, 5
"""PWWB_LIB=.../libpwwb.so test.py: the Python binding, by the cases of tests/ffi/README.md. In TAP."""
import copy
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(ROOT, "examples", "ffi", "python"), os.path.join(ROOT, "tests")]
import flows  # noqa: E402
import handles  # noqa: E402
import layout  # noqa: E402
import policy  # noqa: E402
import vectors  # noqa: E402

FILES = vectors.load(ROOT)


def listed(wrong):
    """A test of a runner that yields what is wrong."""
    return list(wrong)


def checked(story):
    """A test of a story, which is given check(what, expected, actual)."""
    wrong = []

    def check(what, expected, actual):
        if expected != actual:
            wrong.append(f"{what}: expected {expected!r}, is {actual!r}")

    story(check)
    return wrong


def other(value):
    """The same of another value."""
    if isinstance(value, str):
        return ("0" if value[:1] != "0" else "1") + value[1:]
    return value + 1


def bent(names, *changed):
    """The files with one value changed."""
    files = copy.deepcopy(FILES)
    at = files
    for name in names:
        at = at[name]
    for name in changed:
        at[name] = other(at[name])
    return files


def unnoticed():
    """Each runner, given one wrong expected value: it must be found, and nothing else."""
    opens = [(("messages", "requests", 0, "claims"), "operation"), (("messages", "requests", 1), "password"),
             (("messages", "replies", 1, "findings", 0), 2), (("messages", "heartbeats", 0, "counters"), 7),
             (("keyrings", "keyrings", 1, "keyring", "epochs", 0), "since"), (("exchange", "orders", 2), "kind"),
             (("exchange", "controls", 0), "code"), (("exchange", "tickets", 0), "text")]
    for names, changed in opens:
        if len(list(vectors.not_opened(bent(names, changed), [names[:2]]))) != 1:
            yield f"{names} {changed}"
    refuses = [(("refused", "refused", 0), "step"), (("answers", 4), "status"), (("answers", 20), "status")]
    for names, changed in refuses:
        try:
            count = len(list(vectors.not_refused(bent(names, changed))))
        except StopIteration:
            count = 1
        if count == 0:
            yield f"{names} {changed}"
    cases = copy.deepcopy(policy.cases(ROOT)[:2])
    cases[1]["precheck"]["windows"] = "fail"
    if len(list(policy.wrong(cases))) != 1:
        yield "a verdict"
    if not checked(lambda check: check("nothing", 1, 2)):
        yield "a story"


TESTS = (
    ("layout: every struct and constant that is declared is the header's", lambda: layout.wrong(ROOT)),
    ("vectors: every message that opens, opens to what the file says", lambda: listed(vectors.not_opened(FILES))),
    ("vectors: every message that must be refused, is", lambda: listed(vectors.not_refused(FILES))),
    ("policy: every case of complexity.json", lambda: listed(policy.wrong(policy.cases(ROOT)))),
    ("writeback: set, refused with every finding, unknown, not found", lambda: checked(flows.writeback)),
    ("callback: what it throws is an error of the caller's, told as such", lambda: checked(flows.callback)),
    ("lifetime: freed twice, freed early, collected while in use", lambda: checked(handles.lifetime)),
    ("threads: four at once", lambda: checked(flows.threads)),
    ("secrets: wiped when closed", lambda: checked(handles.secrets)),
    ("control: one wrong expected value is found", lambda: listed(unnoticed())),
)


def main():
    failed = 0
    for number, (name, test) in enumerate(TESTS, 1):
        try:
            wrong = test()
        except Exception:  # pylint: disable=broad-except
            wrong = traceback.format_exc().splitlines()
        failed += bool(wrong)
        for line in wrong:
            print(f"# {line}")
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}", flush=True)
    print(f"1..{len(TESTS)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
