#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_space.py BUILD: pwwb-admin on a connector space, filled from files.

What lookups must answer is cases/anchor-scenarios.json's; what a space holds is counted by Python's own
sqlite3; what is printed for programs is read by Python's own json. Prints what is wrong; exit 1.
"""
import json
import os
import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile

from space_runs import Held, Runs, cloud, content, guid, link, many, on_terminal

HERE = pathlib.Path(__file__).parent
# A name that a terminal or a program may stumble over.
ODD = 'CN=Bär "Q" \\, \x1b[2J\x01\t\u0085 \U0001f600,\nDC=x'
SOME = "6b88ded7-401c-4710-b1fb-1b39f4b0ae2a"


def scenarios():
    """Those of the case file that are told by tables alone, and two of our own: name, rows, expected code,
    candidates, forest, its object."""
    cases = json.loads((HERE / "cases/anchor-scenarios.json").read_text(encoding="utf-8"))["scenarios"]
    cases = [c for c in cases if "mv_links" in c
             and not any(key.startswith("live") for a in (c["mv_links"] or {}).get("ad", []) for key in a)]
    enabled = {"forest": "F1", "rules": ["User AccountEnabled"]}
    cases += [{"id": "two", "aad_cs": 1, "expect": "AMBIGUOUS",
               "mv_links": {"ad": [enabled, dict(enabled, forest="F2")]}},
              {"id": "off", "aad_cs": 1, "expect": "NOT_ELIGIBLE",
               "mv_links": {"ad": [dict(enabled, rules=["User Join", "User Common"])]}}]
    for at, case in enumerate(cases):
        links = case["mv_links"] and case["mv_links"]["ad"]
        rows = [cloud(at, f"mv-{at}" if links is not None else "")] * case["aad_cs"]
        rows += [link(f"mv-{at}", a["forest"], 10 * at + i, a["rules"], ODD) for i, a in enumerate(links or [])]
        code, _, forest = case["expect"].partition(" ")
        objects = [10 * at + i for i, a in enumerate(links or []) if a["forest"] == forest]
        yield case["id"], at, rows, code, len(links or []) if case["aad_cs"] else 0, forest, objects


def schema(db):
    """Its statements, each with the same spaces."""
    return [re.sub(r"\s+", " ", row[0]) for row in
            db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]


def usage(r):
    """Help and wrong usage."""
    r.run(0, "--help").says("pwwb-admin import SPACE", "pwwb-admin lookup SPACE ANCHOR")
    for command in ("import", "lookup", "show", "staging"):
        r.run(0, command, "--help").says(f"^usage: pwwb-admin {command} SPACE", "^Exit: 0 ")
        r.run(2, command).says(f"^usage: pwwb-admin {command} SPACE")
        r.run(2, command, r.space, "--melt")
    far = ["--host", "dc.example.test", "--address", "127.0.0.1", "--port", "9", "--ca", r.path("none.pem"),
           "--bind", "svc"]
    corp = ["import", r.space, "--directory", "corp", *far, "--password-file"]
    for wrong in (["--directory", "corp"], ["--csv", "f", "--directory", "corp"], ["--csv", "f", "--host", "h"],
                  ["--csv", "f", "--join-mail"], ["--csv", "f", "--every", "soon"], ["--csv", "f", "more"], far,
                  ["--directory", "corp", *far, "--port", "0"]):
        r.run(2, "import", r.space, *wrong)
    r.run(2, "lookup", r.space, "Group_" + SOME)
    r.run(2, "staging", r.space, "maybe")
    pathlib.Path(r.path("password")).write_text("service password\n", encoding="ascii")
    r.run(1, *corp, r.path("nothing")).says("no password is in that file")
    r.run(1, *corp, r.path("password")).says("^PWWB_E_[A-Z_]+: ")
    r.remove()


def not_there(r):
    """Of a space that is not there; nothing is made."""
    r.run(1, "lookup", r.space, "User_" + SOME).says("^PWWB_E_NOT_FOUND: ", "made by pwwb-admin import")
    r.run(1, "show", r.space).says("^PWWB_E_NOT_FOUND: ")
    r.run(1, "staging", r.space, "on").says("^PWWB_E_NOT_FOUND: ")
    found = r.run(1, "lookup", r.space, "User_" + SOME, "--json").objects()
    r.check(found[0]["status"] == "PWWB_E_NOT_FOUND" and found[0]["advice"], "a failure for programs")
    r.run(1, "import", r.space, "--csv", r.path("nothing.csv")).says("^PWWB_E_NOT_FOUND: ")
    r.remove()


def dry(r, file, rows):
    """Of a dry run nothing stays, whether or not there was a space; and it foretells."""
    before = sorted(os.listdir(r.folder))
    told = r.run(0, "import", r.space, "--csv", file, "--dry-run", "--json").objects()[-1]
    r.check(sorted(os.listdir(r.folder)) == before, f"a dry run leaves {os.listdir(r.folder)}, before {before}")
    r.run(0, "import", r.space, "--csv", file, "--dry-run").says(r"^would be added +[1-9]")
    done = r.run(0, "import", r.space, "--csv", file, "--json").objects()[-1]
    counts = ("told", "added", "changed", "removed")
    r.check([told[c] for c in counts] == [done[c] for c in counts], f"foretold {told}, done {done}")
    r.check(done["told"] == rows and told["is_dry_run"] and not done["is_dry_run"], f"{rows} rows: {done}")
    before = content(r.space)
    one = r.csv("one.csv", [cloud(0, "mv-0")])
    r.run(0, "import", r.space, "--csv", one, "--dry-run").says(r"^would be removed +[1-9]")
    r.check(content(r.space) == before, "a dry run changed something")


def lookups(r):
    """Each scenario by words and for programs, by both anchors; the name as it is, and harmless."""
    for name, at, _, code, candidates, forest, objects in r.scenarios:
        ends = 0 if code == "OK" else 1
        said = r.run(ends, "lookup", r.space, "User_" + guid(at))
        found = r.run(ends, "lookup", r.space, "User_" + guid(at).upper(), "--json").objects()[0]
        other = r.run(ends, "lookup", r.space, r.source(at), "--json").objects()[0]
        r.check((found["code"], found["candidates"]) == (code, candidates), f"{name}: {found}")
        r.check(other["code"] == code and other["chain"] == found["chain"], f"{name} by source anchor: {other}")
        r.check(not {"\x1b", "\u0085"} & set(said.out), f"{name}: a terminal would obey {said.out!r}")
        if code == "OK":
            said.says(f"^found +{forest} {guid(objects[0])}$", "^  eligible +yes$", "rules +")
            there = (found["directory"], found["object_guid"])
            r.check(there == (forest, guid(objects[0])), f"{name}: {found}")
        else:
            said.says(f"^not found +{code}, candidates: {candidates}$", "^ +Microsoft calls it 3")
            r.check(found["operator_text"] in said.out and len(found["operator_text"]) > 10, f"{name}: no text")
        names = [step["dn"] for step in found["chain"] if step.get("object")]
        r.check(names == [ODD] * candidates, f"{name}: {names}")


def shown(r):
    """What it holds, as SQLite itself counts it; staging."""
    info = r.run(0, "show", r.space, "--json").objects()[0]
    counts = [r.ask("SELECT count(*) FROM pwwb_" + table)[0][0] for table in ("cloud", "metaverse", "object")]
    names = dict(r.ask("SELECT d.name, count(o.id) FROM pwwb_directory d LEFT JOIN pwwb_object o "
                       "ON o.directory = d.id GROUP BY d.name"))
    r.check([info[k] for k in ("cloud", "metaverse", "objects")] == counts and counts[0] > 5,
            f"{info}, not {counts}")
    r.check({d["name"]: d["objects"] for d in info["directories"]} == names and len(names) > 2,
            f"{info}, not {names}")
    r.check(info["octets"] >= os.path.getsize(r.space) and info["is_staging"] is False, f"{info}")
    r.run(0, "show", r.space).says(f"^cloud objects +{counts[0]}$", "^directory +F1: ", "^staging +off$",
                                   r"^on the disk +[0-9.]+ [kM]B$")
    r.run(0, "staging", r.space, "on").says("^staging is on")
    r.run(1, "lookup", r.space, "User_" + guid(0)).says("^not found +STAGING,")
    r.run(0, "show", r.space).says("^staging +on: every lookup is refused$")
    told = r.run(0, "staging", r.space, "off", "--json").objects()
    r.check(told == [{"is_staging": False}], f"staging for programs: {told}")
    r.run(0, "lookup", r.space, "User_" + guid(0))


def tables(r):
    """They are those of docs/space.md."""
    page = (HERE.parent / "docs/space.md").read_text(encoding="utf-8")
    with sqlite3.connect(":memory:") as db:
        db.executescript(re.search(r"```sql sqlite\n(.*?)```", page, re.S)[1])
        documented = schema(db)
    with sqlite3.connect(r.space) as db:
        made = schema(db)
    db.close()
    marks = [r.ask(f"PRAGMA {name}")[0][0] for name in ("application_id", "user_version")]
    r.check(documented == made and len(made) > 10, "\n".join(sorted(set(documented) ^ set(made))))
    r.check("application_id` is 0x%08x" % marks[0] in page and "user_version` %d." % marks[1] in page,
            f"{marks}")


def by_hand(r):
    """The statements of docs/space.md work, and each finds what the file has of it."""
    page = (HERE.parent / "docs/space.md").read_text(encoding="utf-8")
    asked = re.findall(r"```sql example\n(.*?)```", page, re.S)
    found = [r.ask(sql) for sql in asked]
    r.check(len(asked) == 3, f"{len(asked)} statements in docs/space.md")
    r.check(("F2", 2, 2) in found[0], f"{found[0]}")
    r.check(len(found[1]) == 1 and "F2 " in found[1][0][1], f"{found[1]}")
    apart = [("User_" + guid(at),) for _, at, _, code, *_ in r.scenarios if code == "NOT_JOINED"]
    r.check(found[2] == apart and apart, f"{found[2]}")


def wrong_lines(r):
    """Which line, and why; what was there stays."""
    before = content(r.space)
    for rows, line in ((["cloud,User_12,,mv-1,,,,"], 2), ([cloud(0, "mv-0"), "link,,,,,,,"], 3),
                       (["melt,,,,,,,"], 2)):
        file = r.csv("wrong.csv", rows)
        r.run(1, "import", r.space, "--csv", file).says(f"^{re.escape(file)}:{line}: .{{10}}")
    told = r.run(1, "import", r.space, "--csv", file, "--json").objects()[-1]
    r.check((told["status"], told["line"]) == ("PWWB_E_MALFORMED", 2) and told["message"], f"{told}")
    r.check(content(r.space) == before, "a wrong line removed something")


def progress(r, file, rows):
    """Lines where no terminal is; one line that is drawn again where one is, and never too wide."""
    said = r.run(0, "import", r.space, "--csv", file, "--every", "0", "--full")
    read = [int(n.replace(",", ""))
            for n in re.findall(r"^.*many\.csv: +\d+ %  ([0-9,]+) read, ", said.err, re.M)]
    r.check(len(set(read)) >= rows // 10000 and read == sorted(read) and read[-1] == rows, f"progress: {read}")
    r.check("\r" not in said.err and said.err.count("\n") == len(read), f"{said.err!r}")
    told = r.run(0, "import", r.space, "--csv", file, "--every", "0", "--full", "--json").objects()
    events = ["progress"] * (len(told) - 1) + ["end"]
    r.check([t["event"] for t in told] == events and len(told) > rows // 10000, f"{told}")
    r.check(told[-1]["told"] == rows and told[-1]["permille"] == 1000, f"{told[-1]}")
    for width in (100, 60, 20):
        code, shown_ = on_terminal(width, [r.admin, "import", r.space, "--csv", file, "--full"])
        line = shown_.split("\n")[0]
        drawn = line.rstrip("\r").split("\r")[1:]
        r.check(code == 0 and len(drawn) > 2, f"on {width} columns: {shown_!r}")
        r.check(all(len(d) <= width - 1 for d in drawn), f"too wide for {width}: {drawn}")
        r.check(width < 100 or ("[####" in drawn[-1] and "100 %" in drawn[-1]), f"{drawn[-1]!r}")
        r.check(re.search(r"read +%s  all there is\r?\n" % format(rows, ","), shown_), f"no result: {shown_!r}")


def stopped(r, file, rows):
    """By one Ctrl-C after its step, and the next import goes on; by two at once. The end is the same."""
    r.run(0, "import", r.space, "--csv", file)
    whole = content(r.space)
    for is_killed in (False, True):
        r.remove()
        run = Held(r.admin, "import", r.space, "--csv", file, "--every", "0", "--json")
        run.interrupt()
        r.check("stopping after this step" in run.complaint(), "the first Ctrl-C says nothing")
        r.run(1, "import", r.space, "--csv", file).says("^PWWB_E_TIMEOUT: ")
        if is_killed:
            run.interrupt()
        code = run.end()
        is_stopped = run.last.get("status") == "PWWB_E_STOPPED" and 0 < run.last["told"] < rows
        r.check(is_stopped is not is_killed, f"{run.last}")
        r.check(code == (-2 if is_killed else 130), f"ended with {code}")
        kept = r.ask("SELECT csv_mark IS NOT NULL FROM pwwb_space")[0][0] == 1
        done = r.run(0, "import", r.space, "--csv", file, "--json").objects()[-1]
        r.check(done["is_resumed"] is kept and (kept or is_killed), f"{kept}, and not gone on: {done}")
        r.check(content(r.space) == whole, "another content after an interruption")
        r.run(0, "import", r.space, "--csv", file).says("^read ")


def damaged(r):
    """What is no space is left as it is."""
    octets = b"SQLite format 3\0" + b"\xff" * 5000
    pathlib.Path(r.space).write_bytes(octets)
    os.chmod(r.space, 0o600)
    r.run(1, "show", r.space).says("^PWWB_E_MALFORMED: ")
    r.run(1, "import", r.space, "--csv", r.csv("one.csv", [cloud(0, "mv-0")])).says("^PWWB_E_MALFORMED: ")
    r.check(pathlib.Path(r.space).read_bytes() == octets, "a damaged file was written")
    os.chmod(r.space, 0o644)
    r.run(1, "show", r.space).says("^PWWB_E_PERMISSION: ")


def main():
    folder = tempfile.mkdtemp(prefix="pwwb-space-")
    r = Runs(sys.argv[1], folder)
    try:
        r.scenarios = list(scenarios())
        rows = [row for s in r.scenarios for row in s[2]]
        usage(r)
        not_there(r)
        dry(r, r.csv("some.csv", rows), len(rows))
        lookups(r)
        shown(r)
        tables(r)
        by_hand(r)
        wrong_lines(r)
        r.remove()
        file, count = many(r, 60000)
        stopped(r, file, count)
        progress(r, file, count)
        damaged(r)
        r.check("service password" not in r.everything, "a password in the output")
    finally:
        shutil.rmtree(folder)
    print(f"check_space: {r.count} runs, {r.failed} wrong")
    return r.failed != 0 or r.count < 60


if __name__ == "__main__":
    sys.exit(main())
