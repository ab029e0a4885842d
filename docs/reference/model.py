# SPDX-License-Identifier: Apache-2.0
"""What is public, with its docstrings taken apart: functions, types, constants and headers."""
import pathlib
import re
import sys

from docstring import Doc, all_statuses

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tests"))
import headers  # noqa: E402 pylint: disable=wrong-import-position


def joined(tokens):
    """Tokens as C is written."""
    text = " ".join(tokens)
    text = re.sub(r" ?([(\[]) ?", r"\1", text)
    text = re.sub(r" ?([)\],;])", r"\1", text)
    text = re.sub(r"\* +(?=[\w*])", "*", text)
    text = re.sub(r"(\w)\((?=\*)", r"\1 (", text)
    return re.sub(r"\*const", "*const ", text).replace("const  ", "const ")


def parted(text):
    """The parameters of "(...)" as texts; [] for (void)."""
    depth, part, parts = 0, "", []
    for char in text:
        depth += (char in "([") - (char in ")]")
        if (char == "," and depth == 1) or depth == 0:
            parts.append(part.strip())
            part = ""
            if depth == 0:
                break
        elif not (char == "(" and depth == 1):
            part += char
        elif part:
            part += char
    return [] if parts in (["void"], [""]) else parts


class Function:
    def __init__(self, api, named):
        self.name, self.header, self.doc = named.name, named.header, Doc(named.doc)
        self.prototype = api.prototype(named.name).rstrip(";").strip()
        at = self.prototype.index(self.name)
        self.returns = self.prototype[:at].strip()
        self.parameters = parted(self.prototype[at + len(self.name):])
        self.names = headers.parameters(re.findall(r"\w+|[^\s\w]", self.prototype[at + len(self.name):]))
        self.must_check = "PWWB_MUST_CHECK" in named.text
        self.kind = "function"


class Member:
    """A field of a struct, or a value of an enum."""

    def __init__(self, part, value):
        self.name, self.doc, self.is_pointer = part.name, Doc(part.doc), part.is_pointer
        self.text = joined(part.plain())
        self.value = value
        after = part.tokens[part.tokens.index(self.name) + 2:] if self.is_pointer else []
        self.names = headers.parameters(after)


class Type:
    """kind: struct, table, enum, handle or typedef."""

    def __init__(self, kind, named):
        self.name, self.header, self.doc = named.name, named.header, Doc(named.doc)
        self.text, self.members, last = named.text, [], -1
        for part in named.parts:
            value = re.search(r"= *\(? *(-? *\w+)", joined(part.plain()))
            last = int(value[1].replace(" ", ""), 0) if value else last + 1
            self.members.append(Member(part, last if kind == "enum" else None))
        self.kind = "table" if kind == "struct" and self.name.endswith("_ops") else kind
        self.names = headers.parameters(re.findall(r"\w+|[^\s\w]", self.text.split(")", 1)[1])) \
            if kind == "typedef" and "(*" in self.text.replace(" ", "") else []


class Constant:
    def __init__(self, named):
        self.name, self.header, self.value, self.doc = named.name, named.header, named.text, Doc(named.doc)
        self.kind = "constant"


class Header:
    def __init__(self, path):
        text = path.read_text(encoding="utf-8")
        self.name, self.path = f"pwwb/{path.name}", path
        self.doc = Doc(re.search(r"/\*\*(?:(?!\*/).)*@file.*?\*/", text, re.S)[0])
        self.includes = re.findall(r"#include <(pwwb/\w+\.h)>", text)
        companion = headers.companion_of(path)
        version_map = path.parents[2] / "lib" / companion / f"libpwwb-{companion}.map"
        self.companion = companion if version_map.exists() else ""

    @property
    def library(self):
        return f"libpwwb-{self.companion}" if self.companion else "libpwwb"

    @property
    def package(self):
        return self.library.removeprefix("lib")


class Model:
    """All of it, by name; `owners` leads from an enum's value to its enum."""

    def __init__(self, root):
        api = headers.read(root / "include")
        order = sorted((root / "include/pwwb").glob("*.h"))
        self.headers = {p.name: Header(p) for p in order}
        self.functions = {n: Function(api, f) for n, f in api.functions.items()}
        self.types = {}
        for kind, group in (("struct", api.structs), ("enum", api.enums), ("handle", api.handles),
                            ("typedef", api.typedefs)):
            self.types.update({n: Type(kind, named) for n, named in group.items()})
        self.constants = {n: Constant(named) for n, named in api.constants.items()}
        self.owners = {m.name: t for t in self.types.values() if t.kind == "enum" for m in t.members}
        self.statuses = {m.name: m for m in self.types["pwwb_status_code"].members}
        self.codes = {m.name: m for m in self.types["pwwb_code"].members}

    def of_header(self, name):
        """Its functions, types and constants, as they stand there."""
        return [x for group in (self.functions, self.types, self.constants) for x in group.values() if x.header == name]

    def functions_of(self, name):
        return [f for f in self.functions.values() if f.header == name]

    def maps(self, root):
        """The names of all version scripts."""
        return {n for path in [root / "lib/libpwwb.map", *sorted((root / "lib").glob("*/libpwwb-*.map"))]
                for n in headers.in_map(path)}

    def neighbours(self, function):
        """Functions that whoever reads of this one wants next: mentioned, makers and enders, before and after."""
        siblings = [f.name for f in self.functions_of(function.header)]
        at = siblings.index(function.name)
        near = siblings[max(at - 1, 0):at] + siblings[at + 1:at + 2]
        mentioned = re.findall(r"\b(pwwb_\w+)\(", function.doc.everything())
        handles = set(re.findall(r"pwwb_\w+", function.prototype)) - {"pwwb_error"}
        makes = [f"{t}{end}" for t in sorted(handles) for end in ("_new", "_free")]
        wanted = mentioned + near + makes
        found = [n for n in dict.fromkeys(wanted) if n in self.functions and n != function.name]
        return sorted(found[:9])

    def types_of(self, function):
        """Types that its prototype or its docstring names."""
        names = re.findall(r"pwwb_\w+", function.prototype + " " + function.doc.everything())
        return [n for n in dict.fromkeys(names) if n in self.types and n not in ("pwwb_status", "pwwb_error")]

    def users_of(self, kind):
        """Functions and types that take, give or speak of a type."""
        pattern = re.compile(rf"\b{kind.name}\b")
        return [f.name for f in self.functions.values() if pattern.search(f.prototype + " " + f.doc.everything())] + \
            [t.name for t in self.types.values() if t is not kind
             and any(pattern.search(m.text + " " + m.doc.everything()) for m in t.members)]

    def speakers(self, code):
        """Functions and types whose docstrings name a code."""
        pattern, things = re.compile(rf"\b{code}\b"), [*self.functions.values(), *self.types.values()]
        return [x.name for x in things if x.name != "pwwb_code" and any(
            pattern.search(said.doc.everything()) for said in [x, *getattr(x, "members", [])])]

    def statuses_of(self, function):
        """[(status, when)]: what the docstring says, else what the status means."""
        found = all_statuses(function.doc.retvals, self.statuses)
        return [(status, text or self.statuses[status].doc.summary if status in self.statuses else text)
                for status, text in sorted(found, key=lambda row: row[0] == "others")]

    def said_by(self, status):
        """[(name, methods)]: functions whose docstrings name a status, and tables by their methods; none for OK."""
        if status == "PWWB_OK":
            return []
        heads = {status[:m.start()] for m in re.finditer("_", status)}
        groups = {status} | heads & set(self.statuses)
        pattern = re.compile("|".join(rf"\b{s}(?:\.\.\.|\*| and its kind)" for s in groups) + rf"|\b{status}\b")

        def names_it(doc):
            return pattern.search(doc.everything()) or status in [s for s, _ in all_statuses(doc.retvals, self.statuses)]

        tables = [(t.name, [m.name for m in t.members if names_it(m.doc)]) for t in self.types.values()
                  if t.name != "pwwb_status_code"]
        whole = [(t.name, []) for t in self.types.values() if names_it(t.doc) and not dict(tables).get(t.name)]
        return [(f.name, []) for f in self.functions.values() if names_it(f.doc)] + whole + \
            [(name, methods) for name, methods in tables if methods]

    def types_named(self, kind):
        """Other types that a type's docstrings name."""
        said = " ".join([kind.text, kind.doc.everything(), *(f"{m.text} {m.doc.everything()}" for m in kind.members)])
        return [n for n in dict.fromkeys(re.findall(r"\bpwwb_\w+", said))
                if n in self.types and n not in (kind.name, "pwwb_status", "pwwb_error")]

    def threads_of(self, function):
        """What its docstring says, else its handle's, else the rule."""
        if function.doc.threads:
            return function.doc.threads[0].upper() + function.doc.threads[1:].rstrip(".") + "."
        named = [n for n, t in self.types.items() if t.kind == "handle" and function.name.startswith(n + "_")]
        text = " ".join(function.parameters)
        given = [n for n in re.findall(r"(pwwb_\w+) \*\*", text) + re.findall(r"pwwb_\w+", text)
                 if n in self.types and self.types[n].kind == "handle" and n != "pwwb_error"]
        handle = self.types[(sorted(named, key=len)[-1:] + given)[0]] if named or given else None
        said = re.findall(r"[^.;]*\bthreads?\b[^.;]*", handle.doc.text()) if handle else []
        if said:
            said = re.sub(r"^One thread at a time\b", "One thread at a time for each handle", said[0].strip())
            return f"{said[0].upper()}{said[1:]}."
        return "One thread at a time for each handle."

    def library_of(self, header):
        """Its name, and how the linker is told."""
        library = self.headers[header].library
        return library, f"-l{library.removeprefix('lib')}" + (" -lpwwb" if library != "libpwwb" else "")
