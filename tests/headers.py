#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads include/pwwb/*.h: a tokenizer, and what is declared in order, with its docstrings.

split() tells the events of one header, body() the fields or values within braces. read() makes of a
folder of headers an Api: functions, structs, enums, typedefs and constants by name. Used by check_api.py,
abi/layout.py and whatever else must know what is public. Headers that check_api.py calls red may be read
wrongly.
"""
import pathlib
import re

TOKEN = re.compile(r"""
    (?P<doc>/\*\*(?!/).*?\*/) | (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<word>\w+) | (?P<mark>\.\.\.|[^\s\w])""", re.S | re.M | re.X)
MARKS = {"PWWB_API", "PWWB_MUST_CHECK", "PWWB_NONNULL"}
OPEN, CLOSE = set("([{"), set(")]}")


class Item:
    """One declaration, field or enum value: its tokens, where it begins, what explains it."""

    def __init__(self, line):
        self.tokens, self.lines, self.line, self.doc = [], [], line, ""
        self.text = ""      # as it is written, without comments, on one line

    def plain(self):
        return [t for t in self.tokens if not t.startswith("/**")]


def split(text):
    """The events of one header: ("directive", line, token, docstring), ("declaration", Item) and, last,
    ("open", Item) for one that does not end. At each ";" outside all braces a declaration is complete."""
    item, doc, depth, after = None, "", 0, 0
    for match in TOKEN.finditer(text):
        kind, token = match.lastgroup, match[0]
        line = text.count("\n", 0, match.start()) + 1
        if kind == "comment" or token in ("PWWB_BEGIN_DECLS", "PWWB_END_DECLS"):
            continue
        if kind == "directive":
            yield "directive", line, token, doc
            doc = ""
            continue
        if kind == "doc" and item is None:
            doc = "" if "@file" in token else token
            continue
        if item is None:
            item, after = Item(line), match.start()
            item.doc, doc = doc, ""
        item.tokens.append(token if kind != "doc" else "/**<" if "/**<" in token else "/**")
        item.lines.append((line, token))
        if kind != "doc":
            item.text += (" " if item.text and match.start() > after else "") + token
            after = match.end()
        depth += (token in OPEN) - (token in CLOSE)
        if token == ";" and depth == 0:
            yield "declaration", item
            item = None
    if item is not None:
        yield "open", item


def body(tokens, separator):
    """Fields or values: a docstring before one, or /**< behind it and its separator."""
    items, doc, depth, item = [], "", 0, None
    for line, token in tokens:
        if token.startswith("/**<") and (item or items):
            (item or items[-1]).doc = token
        elif token.startswith("/**"):
            doc = token
        elif token == separator and depth == 0:
            item = None
        else:
            if item is None:
                item = Item(line)
                item.doc, doc = doc, ""
                items.append(item)
            item.tokens.append(token)
            depth += (token in OPEN) - (token in CLOSE)
    return items


def within(item):
    """What stands within a declaration's braces, as items; [] without any."""
    if "{" not in item.tokens:
        return []
    begin = item.tokens.index("{") + 1
    end = len(item.tokens) - item.tokens[::-1].index("}") - 1
    return body(item.lines[begin:end], "," if "enum" in item.plain()[:2] else ";")


def function_of(item):
    """The index of the name of the function that it declares among plain(), or None."""
    plain = item.plain()
    if plain[0] == "typedef" or "{" in plain or plain[0] in ("struct", "enum", "union"):
        return None
    return next((i for i, t in enumerate(plain[:-1]) if t.startswith("pwwb_")
                 and plain[i + 1] == "("), None)


def field_name(item):
    """A field's or value's name, and whether it is a function pointer."""
    text = " ".join(item.tokens)
    pointer = re.search(r"\( \* (\w+) \) \(", text)
    bare = re.sub(r"(\[.*\]|=.*| )+$", "", text)
    return (pointer[1], True) if pointer else (re.search(r"\w+$", bare)[0], False)


def parameters(tokens):
    """The names in "( type name, type (*name)(...), type name[N] )"."""
    names, depth, part = [], 0, []
    for token in tokens:
        depth += (token in OPEN) - (token in CLOSE)
        if (token == "," and depth == 1) or depth == 0:
            text = re.sub(r"\[[^]]*\]", "", " ".join(part))
            pointer = re.search(r"\( \* (\w+) \)", text)
            words = re.findall(r"\w+", text)
            if words and words != ["void"]:
                names.append(pointer[1] if pointer else words[-1])
            part = []
            if depth == 0:
                break
        elif not (depth == 1 and token == "(" and not part):
            part.append(token)
    return names


def described(doc):
    """The names that @param lines speak of."""
    lists = re.findall(r"@param(?:\[[\w,]+\])?\s+(\w+(?:\s*,\s*\w+)*)", doc)
    return [name for names in lists for name in re.split(r"\s*,\s*", names)]


def companion_of(path):
    """The companion whose header it says to be, else its own name."""
    head = re.search(r"/\*\*.*?@file.*?\*/", path.read_text(), re.S)
    named = re.search(r"companion[\s*]+libpwwb-(\w+)", head[0]) if head else None
    return named[1] if named else path.stem


def in_map(path, report=lambda path, line, text: None):
    """The global names of the version script and their lines."""
    names, is_global = {}, False
    text = re.sub(r"/\*.*?\*/|#[^\n]*", lambda m: "\n" * m[0].count("\n"), path.read_text(),
                  flags=re.S)
    for number, line in enumerate(text.splitlines(), 1):
        for word in re.findall(r"[\w*?.]+:?|[{}]", line):
            if word in ("global:", "local:", "{"):
                is_global = word != "local:"
            elif word == "}":
                is_global = False
            elif is_global and re.search(r"[*?]", word):
                report(path, number, f"{word}: name each function")
            elif is_global:
                names[word] = number
    return names


class Named:
    """What is public under one name: where, its docstring, its text and, if it has any, its parts."""

    def __init__(self, name, path, item):
        self.name, self.header, self.line, self.doc = name, path.name, item.line, item.doc
        self.text = item.text
        self.parts = []         # of a struct or an enum: Item, each with its name


class Api:
    """All headers of a folder. Each kind by name, in the order of the headers and in them."""

    def __init__(self):
        self.functions, self.structs, self.handles = {}, {}, {}
        self.enums, self.typedefs, self.constants = {}, {}, {}

    def read(self, path):
        conditions = 0
        for event, *rest in split(path.read_text()):
            if event == "directive":
                conditions += self.directive(path, conditions, *rest)
            elif event == "declaration":
                self.declaration(path, rest[0])

    def directive(self, path, conditions, line, token, doc):
        """Constants stand directly inside the include guard; what has no value or takes arguments is none."""
        word = re.match(r"\s*#\s*(\w+)\s*(\w*)(.*)", token, re.S)
        if not word:
            return 0
        if word[1] == "define" and conditions == 1 and word[3].strip() and word[3][0] != "(":
            item = Item(line)
            item.doc, item.text = doc, " ".join(word[3].split())
            self.constants[word[2]] = Named(word[2], path, item)
        return 1 if word[1] in ("if", "ifdef", "ifndef") else -1 if word[1] == "endif" else 0

    def declaration(self, path, item):
        plain, call = item.plain(), function_of(item)
        if call is not None:
            self.functions[plain[call]] = Named(plain[call], path, item)
            return
        kind = plain[1] if plain[0] == "typedef" and plain[1] in ("struct", "enum") else plain[0]
        pointer = re.search(r"\(\s*\*\s*(pwwb_\w+)\s*\)", item.text)
        name = (plain[plain.index(kind) + 1] if kind in ("struct", "enum")
                else pointer[1] if pointer else plain[-2])
        kept = (self.enums if kind == "enum" else self.typedefs if kind == "typedef"
                else self.structs if "{" in plain else self.handles)
        named = kept[name] = Named(name, path, item)
        named.parts = within(item)
        for part in named.parts:
            part.name, part.is_pointer = field_name(part)

    def prototype(self, name):
        """The C prototype on one line, without our marks."""
        text = re.sub(r"PWWB_NONNULL ?\([^)]*\)|\b(PWWB_API|PWWB_MUST_CHECK)\b", "", self.functions[name].text)
        return " ".join(text.split())


def read(folder):
    """The Api of include/pwwb, or of the folder above it."""
    folder = pathlib.Path(folder)
    api = Api()
    for path in sorted((folder / "pwwb" if (folder / "pwwb").is_dir() else folder).glob("*.h")):
        api.read(path)
    return api
