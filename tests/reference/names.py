# SPDX-License-Identifier: Apache-2.0
"""What docstrings speak of: does all of it exist?"""
import re

PUBLIC = re.compile(r"(?<![\w/])((?:pwwb|PWWB)_\w+)(\(\)|\.\.\.|\*|\?)?")
FILES = re.compile(r"(?<![\w/.])(pwwb/\w+\.h|(?:docs|examples|tests|lib)/[\w./-]*\w)")
LIBRARIES = re.compile(r"\blibpwwb-(\w+)")
SHORT = re.compile(r"(?<![\w.])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?!\w)")
SNAKE = re.compile(r"(?<![\w./\\])([a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?![\w/])")
CODE = re.compile(r"`([A-Za-z_]\w*)`")
# Of others: bits of attributes, the environment, limits of the system. What begins with my_ is the host's.
FOREIGN = {"RLIMIT_MEMLOCK", "PN_TRACE_FRM", "LDAP_SERVER_DIRSYNC_OID", "PASSWD_NOTREQD", "NORMAL_ACCOUNT",
           "DONT_EXPIRE_PASSWORD", "SMARTCARD_REQUIRED", "User_"}


class Names:
    """All that exists, by kind."""

    def __init__(self, model, root):
        self.model, self.root = model, root
        self.functions = set(model.functions)
        self.public = {*model.functions, *model.types, *model.constants, *model.owners}
        self.caps = {n for n in self.public if n.isupper()}
        self.fields = {m.name for t in model.types.values() for m in t.members}
        self.callbacks = {p for t in model.types.values() for m in t.members for p in m.names}
        self.parameters = {p for f in model.functions.values() for p in f.names}

    def is_public(self, name, after):
        if after == "()":
            return name in self.functions
        return name in self.public or bool(after) and any(n.startswith(name) for n in self.public)

    def faults(self, text, own):
        """What is spoken of and does not exist; `own` are the parameters or fields at hand, or None."""
        lower = self.fields | (own or self.parameters | self.callbacks)
        for other in re.findall(r"\b(pwwb_\w+)\(\)", text):
            lower |= set(self.model.functions[other].names) if other in self.functions else set()
        found = [n + a for n, a in PUBLIC.findall(text) if not self.is_public(n, a)]
        found += [n for n in FILES.findall(text) if not
                  (self.root / ("include" if n.startswith("pwwb/") else "") / n.rstrip("/")).exists()]
        found += [f"libpwwb-{n}" for n in LIBRARIES.findall(text) if not (self.root / "lib" / n).is_dir()]
        found += [n for n in SHORT.findall(text) if not n.startswith("PWWB_") and n not in FOREIGN
                  and not any(c.endswith("_" + n) for c in self.caps)]
        found += [n for n in SNAKE.findall(text) if not n.startswith(("pwwb_", "my_")) and n not in lower]
        return found + [n for n in CODE.findall(text) if n not in lower | self.public | FOREIGN
                        and not any(c.endswith("_" + n) for c in self.caps)]


def everything(model):
    """(where, text, own names) of every docstring."""
    for f in model.functions.values():
        yield f"{f.header}: {f.name}", f.doc.everything(), set(f.names)
    for t in model.types.values():
        yield f"{t.header}: {t.name}", t.doc.everything(), set(t.names) or None
        for m in t.members:
            yield f"{t.header}: {t.name}.{m.name}", m.doc.everything(), set(m.names) | {"ctx"} if m.names else None
    for c in model.constants.values():
        yield f"{c.header}: {c.name}", c.doc.everything(), None
    for name, h in model.headers.items():
        yield name, h.doc.everything(), None


def docstrings(model, root):
    """Every name in a docstring that does not exist."""
    names = Names(model, root)
    return [f"{where} speaks of {fault}" for where, text, own in everything(model)
            for fault in names.faults(text, own)]


def chapters(model, texts):
    """Calls and constants that pages speak of and that do not exist."""
    known = Names(model, None)
    spoken = re.compile(r"\b(pwwb_\w+(?=\()|PWWB_[A-Z]\w*)(\.\.\.|\*)?")
    return [f"{path} speaks of {n}" for path, text in texts.items() if "/" not in path or path.startswith("docs/")
            for n, after in spoken.findall(text) if not (n in known.public or after and known.is_public(n, after))]


def statuses(model):
    """A status that a docstring says is returned and that does not exist."""
    from docstring import all_statuses
    return [f"{f.name} returns {s}" for f in model.functions.values()
            for s, _ in all_statuses(f.doc.retvals, model.statuses) if s not in model.statuses and s != "others"]
