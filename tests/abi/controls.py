# SPDX-License-Identifier: Apache-2.0
"""Changes that must be found, and additions that must not be called changes.

They are done by text to copies of the kept release, all of one kind to one copy, which is then taken for what
is now: its stubs for the libraries. BEFORE is done to the kept side, so that the libraries as built are
compared, too.
"""
import pathlib
import re
import shutil
import tempfile

import pinned
from kept import Kept, red, stubbed

HEAD = "include/pwwb/"
# What: in which file, what by what, and the line that must be said.
CHANGES = {
    "a removed function": ("libpwwb.map", "    pwwb_agent_count;\n", "", r"pwwb_agent_count\(.*is gone"),
    "a removed function of a companion":
        ("libpwwb-amqp.map", "    pwwb_amqp_wake;\n", "", r"libpwwb-amqp: .*pwwb_amqp_wake\(.*is gone"),
    "another version of a symbol":
        ("libpwwb-sqlite.map", "PWWB_SQLITE_0.1", "PWWB_SQLITE_0.2", r"pwwb_space_open\(.*is gone"),
    "another soname": ("sonames", r"libpwwb\.so\.0", "libpwwb.so.1", "SONAME changed"),
    "a reordered enum":
        (HEAD + "agent.h", "(COUNT_SET      = )3(.*)\n(.*COUNT_NOT_SET  = )4", r"\g<1>4\2\n\g<3>3",
         "constant PWWB_COUNT_SET was 3, is 4"),
    "a removed enum value":
        (HEAD + "transport.h", ".*PWWB_SETTLE_RELEASE = 2.*\n", "", "constant PWWB_SETTLE_RELEASE is gone"),
    "another constant": (HEAD + "envelope.h", "ENVELOPE_MAX 4096", "ENVELOPE_MAX 8192", "PWWB_ENVELOPE_MAX was 4096"),
    "another text": (HEAD + "envelope.h", '"portals"', '"portal"', "string PWWB_ADDRESS_PORTALS was"),
    "a struct widened in the middle":
        (HEAD + "transport.h", " int64_t        expires_ms; ", r"int64_t other;\n\g<0>",
         "struct pwwb_message: expires_ms was at"),
    "a struct widened that has no size":
        (HEAD + "anchor.h", r"\n} pwwb_anchor;", r"\nint32_t other;\g<0>", "pwwb_anchor: other is new, and no size"),
    "a struct whose size is not first any more":
        (HEAD + "transport.h", r"(    size_t   size; .*\n)(    size_t   len; .*\n)", r"\2\1",
         "struct pwwb_delivery: size was at 0"),
    "a field of another type":
        (HEAD + "exchange.h", "int64_t( *roll_ms;)", r"double\1", "pwwb_exchange_options: type .*roll_ms' changed"),
    "the same where a field was added":
        (HEAD + "journal.h", r"(?s)int64_t( since_ms;.*?)(\n} pwwb_journal_entry;)", r"double\1\nuint64_t other;\2",
         "pwwb_journal_entry: type .*since_ms' changed"),
    "a callback with another parameter":
        (HEAD + "transport.h", r"\(\*address\)\(void \*ctx\)", "(*address)(int32_t ctx)",
         "pwwb_transport_ops: type .*address' changed"),
    "a function with another parameter":
        (HEAD + "agent.h", r"(pwwb_agent_is_up\(.*)const char", r"\1const int",
         r"pwwb_agent_is_up\(.*: parameter 2 .* changed"),
}
ADDITIONS = {
    "a field at the end": (HEAD + "transport.h", r"\n} pwwb_message;", r"\nuint64_t other;\g<0>"),
    "a function": (HEAD + "agent.h", "PWWB_END_DECLS", r"PWWB_API int pwwb_more(void);\n\g<0>"),
    "its name in the map": ("libpwwb.map", "    pwwb_agent_free;", r"\g<0> pwwb_more;"),
    "an enum value": (HEAD + "transport.h", "    PWWB_SETTLE_REJECT  = 3", r"PWWB_SETTLE_MORE = 4,\n\g<0>"),
}
ADDED = ["struct pwwb_message: other", "pwwb_more", "constant PWWB_SETTLE_MORE"]
# What is built lacks the function, and has the callback otherwise.
BEFORE = [ADDITIONS["a function"], ADDITIONS["its name in the map"], CHANGES["a callback with another parameter"]]
LACKED = [r"pwwb_more\(.*is gone", "pwwb_transport_ops: type .*address' changed"]


def changed_copy(release, changes, folder):
    """A copy of the release with the changes done."""
    shutil.copytree(release.folder, folder / "copy")
    copy = Kept(folder / "copy")
    for name, old, new, *_ in changes:
        path = copy.folder / name
        text = re.sub(old, new, path.read_text(), count=1)
        assert text != path.read_text(), f"{name} has no {old}"
        path.write_text(text)
    return copy


def found(lines, wanted):
    """[] when it was said."""
    return [] if any(re.search(wanted, line) for line in lines) else [f"not found: {wanted}", *lines]


def compared(release, changes):
    """The kept release with a changed copy of itself."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        copy = changed_copy(release, changes, folder)
        return release.compared(stubbed(copy.folder, copy.sonames(), folder / "now"), folder / "kept")


def before(release, now):
    """A changed copy of the kept release with what is built."""
    with tempfile.TemporaryDirectory() as folder:
        copy = changed_copy(release, BEFORE, pathlib.Path(folder))
        lines = copy.compared(now, pathlib.Path(folder) / "kept")[0]
    return [wrong for wanted in LACKED for wrong in found(lines, wanted)]


def stale(release, now):
    """A caller that was compiled from another source, and one that fails."""
    with tempfile.TemporaryDirectory() as folder:
        asked = ("caller.c", '"Correct-Horse-7", PWWB_CODE_OK', '"aB1-", PWWB_CODE_OK')
        copy = changed_copy(release, [asked], pathlib.Path(folder))
        program = pathlib.Path(folder) / "caller"
        copy.compile(now, program)
        return (["its source counts for nothing"] if copy.made_of() == release.made_of() else []) + \
            found(copy.caller_fails(program, now), "caller: ends with 1: NOT as it was - a password is set")


def unlike(have, named):
    """Names of the one and not of the other."""
    return [f"{name} is not tried" for name in sorted(have - named)] + \
           [f"{name} is no such struct" for name in sorted(named - have)]


def padding():
    """A field of 4 octets in the last 4 of 16, which nothing had."""
    old = "struct pwwb_a 16 8\n size 0 8\n kind 8 4\n"
    changes, _ = pinned.compared(pinned.parsed(old), pinned.parsed(old + " other 12 4\n"))
    return found(changes, "struct pwwb_a: other is new and lies within the 16 octets of then")


def rules():
    """Which lines are red, by what was told and by the version."""
    return [text for is_so, text in [
        (red([], [], (0, 1)) == [], "no change is well"),
        (red(["a"], ["a"], (0, 1)) == [], "a change that was told is well before 0.9"),
        (red(["a"], [], (0, 1)) == ["not told: a"], "one that was not told is red"),
        (red([], ["a"], (0, 8)) == ["told, and not so: a"], "so is what was told and is not so"),
        (len(red(["a"], ["a"], (0, 9))) == 2, "from 0.9 on nothing may change"),
        (len(red(["a"], ["a"], (1, 0))) == 2, "nor from 1.0 on"),
        (red([], [], (0, 9)) == [], "what did not change is well then"),
    ] if not is_so]


def run(release, now):
    """Names, and what is wrong."""
    lines = compared(release, CHANGES.values())[0]
    for name, change in CHANGES.items():
        yield f"control: {name} is found", found(lines, change[3])
    changes, additions, _ = compared(release, ADDITIONS.values())
    yield "control: additions are no changes", changes
    yield "control: additions are told", [line for wanted in ADDED for line in found(additions, wanted)]
    yield "control: what the library as built lacks is found", before(release, now)
    yield "control: a caller of another source that fails is found", stale(release, now)
    yield "control: a field in what was padding is found", padding()
    yield "control: a struct that is not tried is found", found(unlike({"a", "b"}, {"a"}), "b is not tried")
    yield "control: what is red before 0.9, and from then on", rules()
