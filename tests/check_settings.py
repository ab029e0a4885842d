#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_settings.py PROGRAM: is each mistake in a configuration file told, at its line?

PROGRAM (tests/settings_line.c) says what may stand in a file: the agent's, the portal's, one with one of everything. From that, files are made that are right but for one
setting: it is missing, of each wrong kind, out of its range, no word of its list, twice, or its name is misspelt. Each
must end with 78 and one line on stderr, with the file's name, the line, the setting and what was expected; and nothing
of any value, for it may be a secret. Then answers that are wrong are judged, which must be noticed.
"""
import os
import re
import subprocess
import sys
import tempfile

TEXT, NUMBER, YES_NO, WORD, TEXTS, GROUP, GROUPS = range(1, 8)
SECRET = "Geheim-4711"
KINDS = {TEXT: f'"{SECRET}"', NUMBER: "47114711", YES_NO: "true", TEXTS: f'[ "{SECRET}", "{SECRET}" ]',
         GROUP: f'{{ geheim4711 = "{SECRET}"; }}', GROUPS: f'( {{ geheim4711 = "{SECRET}"; }} )',
         "list": f'( "{SECRET}", 4711 )', "real": "4711.5", "none": '""', "empty": "[ ]", "numbers": "[ 4711, 4712 ]"}
EXPECTED = {TEXT: "a text in quotes was expected", NUMBER: "a number from {least} to {most} was expected",
            YES_NO: "true or false was expected", WORD: "one of {words} was expected", TEXTS: "texts in quotes were expected",
            GROUP: "a group in {{ }} was expected", GROUPS: "a list ( {{ }}, {{ }} ) was expected"}
RIGHT = {TEXT: {TEXT, WORD}, NUMBER: {NUMBER}, YES_NO: {YES_NO}, WORD: set(), TEXTS: {TEXTS, TEXT}, GROUP: {GROUP},
         GROUPS: {GROUPS}}


class Setting:
    def __init__(self, line):
        path, kind, required, least, most, words, self.help = line.split("\t")
        self.path, self.kind, self.required = path, int(kind), required == "1"
        self.least, self.most, self.words = int(least), int(most), words.split()
        self.around, self.name = path.rpartition(".")[0], path.rpartition(".")[2]

    def right(self):
        if self.kind == NUMBER:
            return str(self.most if self.most < 2 ** 31 else self.least)
        return f'"{self.words[-1]}"' if self.kind == WORD else KINDS[self.kind]

    def expected(self):
        quoted = [f'"{w}"' for w in self.words]
        words = ", ".join(quoted[:-1]) + " or " + quoted[-1] if quoted else ""
        text = EXPECTED[self.kind].format(least=self.least, most=self.most, words=words)
        return text if self.kind == WORD else text + ": " + self.help


# What a right file has: all that is required, and this; the others are put in alone, or with their twin.
BESIDE = {"keys.lock_file", "relay.secret_file"}
TWINS = {"relay.slots": {"relay.set_secret"}, "relay.set_secret": {"relay.slots"},
         "relay.proxy_user": {"relay.proxy_secret_file"}, "relay.proxy_secret_file": {"relay.proxy_user"}}


class File:
    """Lines, and at which of them each setting stands. `changed`: a setting's line in place of its own."""

    def __init__(self, table, extra, changed=None):
        self.lines, self.at, self.changed = ["# a comment"], {"": 1}, changed or {}
        self.names = {s.path for s in table if s.required} | BESIDE | extra | set().union(*(TWINS.get(e, ()) for e in extra))
        if "keys.passphrase_file" in extra:
            self.names.discard("keys.lock_file")
        for path in list(self.names):
            while "." in path:
                path = path.rpartition(".")[0]
                self.names.add(path.removesuffix(".[]"))
        self.group(table, "")

    def put(self, line):
        self.lines.append(line)
        return len(self.lines)

    def group(self, table, around):
        for s in table:
            if s.around != around or s.path not in self.names:
                continue
            if s.path in self.changed:
                if self.changed[s.path] is not None:
                    self.at[s.path] = self.put(self.changed[s.path])
            elif s.kind == GROUP:
                self.at[s.path] = self.put(s.name + ":")
                self.put("{")
                self.group(table, s.path)
                self.put("};")
            elif s.kind == GROUPS:
                self.at[s.path] = self.put(s.name + " = (")
                for end in ("},", "}"):
                    self.at[s.path + ".[]"] = self.put("{")
                    inner, self.changed = self.changed, self.changed if end == "}" else {}
                    self.group(table, s.path + ".[]")
                    self.changed = inner
                    self.put(end)
                self.put(");")
            else:
                self.at[s.path] = self.put(f"{s.name} = {s.right()};")


def where(path):
    """A path as it is told: the second of each list is the wrong one here."""
    return path.replace(".[]", ".[1]")


def cases(table):
    """(what, file, line, what must be said behind it)"""
    for s in table:
        own = {s.path}
        if s.required:
            f = File(table, own, {s.path: None})
            yield f"{s.path} is missing", f, f.at[s.around], f"{where(s.path)}: is missing: {s.help}"
        wrong = [text for kind, text in KINDS.items() if kind not in RIGHT[s.kind]]
        if s.kind == NUMBER:
            wrong += [str(s.least - 1), str(s.most + 1), f"{10 ** 18}L"]
        if s.kind == GROUP:
            wrong = [w for w in wrong if not w.startswith("{")]
        for text in wrong:
            f = File(table, own, {s.path: f"{s.name} = {text};"})
            said = f"{where(s.path)}: {s.expected()}"
            if s.kind == GROUPS and text == KINDS["list"]:
                said = f"{s.path}.[0]: {EXPECTED[GROUP].format()}: {s.help}"
            yield f"{s.path} = {text}", f, f.at[s.path], said
        if s.kind in (GROUP, GROUPS):
            continue
        line = f"{s.name} = {s.right()};"
        f = File(table, own, {s.path: line + f" {s.name}s_ = {KINDS[TEXT]};"})
        yield f"{s.path} misspelt", f, f.at[s.path], \
            f'{where(s.path)}s_: is not known; the nearest is "{s.name}"'
        f = File(table, own, {s.path: line + " " + line})
        yield f"{s.path} twice", f, f.at[s.path], "duplicate setting name"


def combined(table):
    """What no table can tell."""
    def one(extra, changed, at, said):
        f = File(table, extra, changed)
        return f"{at}, combined", f, f.at[at], said
    both = {"keys.passphrase_file"}
    lock = "either lock_file or passphrase_file was expected"
    yield one(set(), {"keys.lock_file": None}, "keys", "keys.lock_file: " + lock)
    yield one(both, {"keys.passphrase_file": 'lock_file = "a"; passphrase_file = "b";'}, "keys.passphrase_file",
              "keys.lock_file: " + lock)
    for a, b in (("slots", "set_secret"), ("set_secret", "slots")):
        yield one({f"relay.{a}"}, {f"relay.{b}": None}, "relay.slots" if a == "slots" else "relay", "relay.slots: slots and set_secret belong together")
    yield one({"relay.slots"}, {"relay.slots": f'slots = [ "{SECRET}" ];'}, "relay.slots", "relay.slots: two users were expected")
    yield one(set(), {"relay.secret_file": None}, "relay", "relay.secret_file: is missing")
    together = "relay.proxy_user: proxy_user and proxy_secret_file belong together"
    yield one({"relay.proxy_user"}, {"relay.proxy_secret_file": None}, "relay.proxy_user", together)
    yield one({"relay.proxy_secret_file"}, {"relay.proxy_user": None}, "relay", together)


def included(table, folder):
    """A fault in a file that another includes is told of that one; and what cannot be read at all."""
    inner, none = os.path.join(folder, "inner.conf"), os.path.join(folder, "none.conf")
    open(inner, "w", encoding="utf-8").write(f"# nothing\ntitle = [ 1, 2 ];\nx = \"{SECRET}\";\n")
    f = File(table, set(), {"title": f'@include "{inner}"'})
    yield "a fault in an included file", f.lines, f"{inner}:2: title: a text in quotes was expected: a title\n"
    yield "and another", f.lines, f"{inner}:3: x: is not known; the nearest is"
    yield "half a line", ["# nothing", f'title = "{SECRET}" = 4;'], "{path}:2: syntax error\n"
    yield "no other file", [f'@include "{none}"'], "{path}:1: cannot open include file\n"


def judge(code, said, path, line, expected):
    """What is wrong with an answer, or None."""
    if code != 78:
        return f"ended with {code}"
    if re.search("geheim|4711", re.sub(re.escape(path), "", said).replace("geheim4711: is not known", ""), re.I):
        return "repeats a value"
    if f"{path}:{line}: {expected}" not in said:
        return "not told, or not there"
    lines = said.splitlines()  # of a wrong group, what is wrong in it and what lacks there as well
    if len(lines) != 1 and not all(re.search(r"geheim4711|is missing|\.\[1\]: ", l) for l in lines if expected not in l):
        return "more is told"
    return None


def planted(code, said, path, line, expected):
    yield 0, said
    yield 1, said
    yield code, ""
    yield code, said.replace(f":{line}:", f":{line + 1}:", 1)
    yield code, said.replace(expected, "something is wrong")
    yield code, said.rstrip("\n") + f" {SECRET}\n"
    yield code, said + "another line\n"


class Judge:
    """One of the program's tables, and what was found wrong with it."""

    def __init__(self, program, name, folder):
        self.program, self.name, self.folder = program, name, folder
        lines = subprocess.run([program, name, "--table"], check=True, text=True, capture_output=True).stdout.splitlines()
        self.table = [Setting(line) for line in lines]
        self.count = self.wrong = self.missed = 0

    def run(self, files):
        """(its path, 0 or 78, what was said) of each; all by one process, which is quicker."""
        paths = [os.path.join(self.folder, f"{i}.conf") for i in range(len(files))]
        for path, lines in zip(paths, files):
            with open(path, "w", encoding="utf-8") as out:
                out.write("\n".join(lines) + "\n")
        return self.read(paths)

    def read(self, paths):
        done = subprocess.run([self.program, self.name, *paths], text=True, capture_output=True, check=True)
        said = re.findall(r"(.*?)^= (\d+)\n", done.stderr, re.S | re.M)
        assert len(said) == len(paths) and done.stdout == ""
        return [(path, int(code), text) for path, (text, code) in zip(paths, said)]

    def check(self, fits, what, why, said):
        if not fits:
            print(f"check_settings: {self.name}: {what}: {why}:\n{said}")
            self.wrong += 1

    def right(self):
        extras = [set()] + [{s.path} for s in self.table]
        for extra, (_, code, said) in zip(extras, self.run([File(self.table, e).lines for e in extras])):
            self.check((code, said) == (0, ""), f"right, with {extra}", f"ended with {code}", said)

    def mistakes(self, list_of):
        answers = self.run([file.lines for _, file, _, _ in list_of])
        for (what, _, line, expected), (path, code, said) in zip(list_of, answers):
            self.count += 1
            why = judge(code, said, path, line, expected)
            self.check(not why, what, f"{why}, at {line}: {expected}", said)
            for code, said in [] if why else planted(code, said, path, line, expected):
                self.missed += judge(code, said, path, line, expected) is None

    def others(self):
        list_of = list(included(self.table, self.folder))
        for (what, _, expected), (path, code, said) in zip(list_of, self.run([lines for _, lines, _ in list_of])):
            self.count += 1
            fits = code == 78 and expected.format(path=path) in said and not re.search("geheim|4711", said, re.I)
            self.check(fits, what, f"ended with {code}, not told: {expected}", said)
        self.count += 1
        none = self.folder + "/none"
        (_, code, said), = self.read([none])
        self.check((code, said) == (78, none + ": cannot be read\n"), "no file", f"ended with {code}", said)


def main():
    settings = count = bad = 0
    for name in ("sample", "agent", "portal"):
        with tempfile.TemporaryDirectory() as folder:
            j = Judge(sys.argv[1], name, folder)
            j.right()
            j.mistakes(list(cases(j.table)))
            if name == "sample":
                j.mistakes(list(combined(j.table)))
                j.others()
            print(f"check_settings: {name}: {len(j.table)} settings, {j.count} mistakes, {j.wrong} wrong, {j.missed} missed")
            settings, count, bad = settings + len(j.table), count + j.count, bad + j.wrong + j.missed
    print(f"check_settings: {settings} settings, {count} mistakes, {bad} wrong or missed")
    return bool(bad or count < 1000)


sys.exit(main())
