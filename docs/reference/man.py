# SPDX-License-Identifier: Apache-2.0
"""The reference as manual pages of section 3."""
import re

import mdoc
from mdoc import esc, prose, quoted, tagged, text

KINDS = {"struct": "a struct", "table": "a callback table", "enum": "constants", "handle": "a handle",
         "typedef": "a type"}
DATE = "November 26, 2026"


def small(summary):
    """A summary as NAME has it."""
    said = re.sub(r"[`*]", "", summary)
    is_word = re.match(r"[A-Z][a-z ']", said) and not said.startswith("Microsoft")
    return (said[:1].lower() + said[1:] if is_word else said).rstrip(".")


def sentence(said):
    return said[:1].upper() + said[1:].rstrip(".") + "."


def page(name, summary, sections):
    out = ['.\\" SPDX-License-Identifier: Apache-2.0', f".Dd {DATE}", f".Dt {name.upper()} 3", ".Os", ".Sh NAME",
           f".Nm {name}", f".Nd {mdoc.bare(small(summary))}"]
    for title, lines in sections:
        if lines:
            out += [f".Sh {title}", *lines]
    return "\n".join(out) + "\n"


class Manual:
    """Writes the pages of a model into a folder."""

    def __init__(self, model, codes, calls, out, version):
        self.model, self.codes, self.calls, self.out, self.version, self.written = model, codes, calls, out, version, []

    def write(self):
        self.out.mkdir(parents=True, exist_ok=True)
        for function in self.model.functions.values():
            self.save(function.name, function.doc.summary, self.function(function))
        for kind in self.model.types.values():
            self.save(kind.name, kind.doc.summary, self.type(kind))
        for name, header in self.model.headers.items():
            self.save("pwwb_" + name, header.doc.brief, self.header(name, header))
        for constant in self.model.constants.values():
            self.save(constant.name, constant.doc.summary, self.constant(constant))
        for entry in self.codes.all():
            self.save(entry.name, entry.meaning, self.entry(entry))
        self.save("pwwb", "an embeddable library for password writeback", self.overview())
        self.save("pwwb_errors", "every status and every result code", self.errors())

    def save(self, name, summary, sections):
        (self.out / f"{name}.3").write_text(page(name, summary, sections), encoding="utf-8")
        self.written.append(name)

    def library(self, header):
        library, flags = self.model.library_of(header)
        return [f"{library} (" + flags.replace("-l", "\\-l") + ")"]

    def see(self, names):
        """SEE ALSO, sorted, but for the last ones."""
        rows = [(n, 3) for n in sorted(set(names))]
        return [f".Xr {n} {s} ," for n, s in rows[:-1]] + [f".Xr {n} {s}" for n, s in rows[-1:]]

    def history(self, name, since):
        return [f".Fn {name}", f"appeared in libpwwb {since}."] if since else []

    def function(self, f):
        model, local = self.model, f.names
        synopsis = [f".In pwwb/{f.header}", f".Ft {quoted(f.returns)}", f".Fo {f.name}",
                    *(f".Fa {quoted(p)}" for p in f.parameters or ["void"]), ".Fc"]
        rows = [(f"Fa {' , '.join(names)}", said or "See above.") for names, said, _ in f.doc.params]
        statuses = [(f"Bq Er {s}" if s != "others" else "Others", when) for s, when in model.statuses_of(f)]
        good = [row for row in statuses if row[0] == "Bq Er PWWB_OK"]
        bad = [row for row in statuses if row not in good]
        return [
            ("LIBRARY", self.library(f.header)), ("SYNOPSIS", synopsis),
            ("DESCRIPTION", prose(f.doc.blocks, model, local)), ("PARAMETERS", tagged(rows, model, local)),
            ("RETURN VALUES", self.returns(f, good, bad)),
            ("THREADS", text(model.threads_of(f), model, local)), ("EXAMPLES", self.examples(f.name)),
            ("ERRORS", tagged(bad, model, local)),
            ("SEE ALSO", self.see([*model.neighbours(f), *model.types_of(f), f"pwwb_{f.header}", "pwwb_errors"])),
            ("STANDARDS", self.sources(f.doc)), ("HISTORY", self.history(f.name, f.doc.since))]

    def sources(self, doc):
        return [line for i, s in enumerate(doc.source) for line in ([".Pp"] if i else []) + text(s, self.model)]

    def returns(self, f, good, bad):
        out = text(sentence(f.doc.returns), self.model, f.names) if f.doc.returns else []
        when = text(good[0][1].rstrip(".") + ".", self.model, f.names) if good and good[0][1] else []
        must = ["The compiler warns when the result is not used."] if f.must_check else []
        if good:
            out += [".Dv PWWB_OK :", *(when or ["done."])]
        if bad:
            out.append("Otherwise a status of ERRORS, which the error object explains." if good else "See ERRORS.")
        return out + must or ["None."]

    def examples(self, name):
        calls = self.calls.get(name, [])
        if not calls:
            return []
        out = ["From", f".Pa {calls[0].path} ,", f"line {calls[0].line}:", *mdoc.display(calls[0].quote)]
        if calls[1:]:
            out += [".Pp", "Also called by", *(f".Pa {c.path} ," for c in calls[1:-1]), f".Pa {calls[-1].path} ."]
        return out

    def type(self, t):
        model, names = self.model, [m.name for m in t.members]
        synopsis = [f".In pwwb/{t.header}", f".Vt {quoted(self.declared(t))}"]
        if t.names:
            rows = [(f"Fa {' , '.join(n)}", said) for n, said, _ in t.doc.params]
            names = t.names
        else:
            rows = []
        users = model.users_of(t)[:12]
        return [
            ("LIBRARY", self.library(t.header)), ("SYNOPSIS", synopsis),
            ("DESCRIPTION", [*prose(t.doc.blocks, model, names), *self.members(t, names)]),
            ("PARAMETERS", tagged(rows, model, names)),
            ("RETURN VALUES", text(t.doc.returns, model, names) if t.doc.returns else []),
            ("SEE ALSO", self.see([*users, *model.types_named(t), f"pwwb_{t.header}"])),
            ("STANDARDS", self.sources(t.doc))]

    def declared(self, t):
        if t.kind == "enum":
            return f"enum {t.name};"
        return t.text if t.kind in ("handle", "typedef") else f"typedef struct {t.name} {t.name};"

    def members(self, t, names):
        if not t.members:
            return []
        out = [".Pp", "Values:" if t.kind == "enum" else "Fields:", ".Bl -tag -width Ds"]
        for m in t.members:
            if t.kind == "enum":
                out += [f".It Dv {m.name} Pq {quoted(str(m.value))}", *text(m.doc.text(), self.model, names)]
            else:
                out += [f".It Vt {quoted(m.text)}", *self.member(m, names)]
        return out + [".El"]

    def member(self, m, names):
        local = names + m.names
        out = prose(m.doc.blocks, self.model, local)
        for given, said, _ in m.doc.params:
            out += [".Pp", f".Fa {' , '.join(given)} :", *text(said, self.model, local)]
        if m.doc.returns:
            out += [".Pp", "Returns", *text(m.doc.returns + ".", self.model, local)]
        return out or ["\\&"]

    def header(self, name, h):
        things = self.model.of_header(name)
        out = text(h.doc.brief, self.model)
        if h.doc.blocks:
            out += ([] if h.doc.blocks[0][0] == "code" else [".Pp"]) + prose(h.doc.blocks, self.model)
        for title, kinds in (("Functions", ("function",)), ("Types", tuple(KINDS)), ("Constants", ("constant",))):
            rows = [(f"Dv {x.name} Pq {quoted(x.value)}" if x.kind == "constant" else f"Xr {x.name} 3",
                     x.doc.summary + ".")
                    for x in things if x.kind in kinds]
            out += [f".Ss {title}", *tagged(rows, self.model)] if rows else []
        return [("LIBRARY", self.library(name)), ("SYNOPSIS", [f".In {h.name}"]), ("DESCRIPTION", out),
                ("SEE ALSO", self.see(["pwwb", *("pwwb_" + i.removeprefix("pwwb/") for i in h.includes)]))]

    def constant(self, c):
        return [("LIBRARY", self.library(c.header)),
                ("SYNOPSIS", [f".In pwwb/{c.header}", ".Pp", f".Dv {c.name}"]),
                ("DESCRIPTION", [*prose(c.doc.blocks, self.model), ".Pp", "Its value is", f".Ql {quoted(c.value)} ."]),
                ("SEE ALSO", self.see([*self.model.users_of(c)[:12], f"pwwb_{c.header}"]))]

    def entry(self, entry):
        rows = [(what, said) for what, said in self.codes.facts(entry)]
        header = "result.h" if entry.is_code else "error.h"
        users = ["pwwb_code_operator_text", "pwwb_code_user_text", "pwwb_code"] if entry.is_code else \
            ["pwwb_status_class", "pwwb_status_code"]
        return [("LIBRARY", self.library(header)), ("SYNOPSIS", [f".In pwwb/{header}", ".Pp", f".Dv {entry.name}"]),
                ("DESCRIPTION", [*text(sentence(entry.meaning), self.model), *tagged(rows, self.model),
                                 *self.said_by(entry)]),
                ("SEE ALSO", self.see([*users, "pwwb_errors"]))]

    def said_by(self, entry):
        """Whose docstrings name a status."""
        rows = [] if entry.is_code else self.model.said_by(entry.name)
        out = [".Ss Said by"] if rows else []
        for i, (name, methods) in enumerate(rows):
            end = "," if rows[i + 1:] else "."
            listed = ["of", f".Xr {name} 3 {end}"] if methods else [f".Xr {name} 3 {end}"]
            out += [", ".join(methods), *listed] if methods else listed
        return out

    def errors(self):
        rows = [(f"Dv {e.name} Pq {quoted(str(e.number))}", f"{e.meaning}. What to do: {e.advice}.")
                for e in self.codes.statuses]
        codes = []
        for e in self.codes.codes:
            alias = f" Microsoft: {e.row['alias']}." if e.row["alias"] else ""
            said = sentence(f"{e.row['outcome']}. {e.row['operator']}{alias}")
            codes.append((f"Dv {e.name} Pq {quoted(str(e.number))}", said))
        return [("DESCRIPTION", ["How a call went is a status; what became of a password is a code.", ".Ss Statuses",
                                 *tagged(rows, self.model), ".Ss Result codes", *tagged(codes, self.model)]),
                ("SEE ALSO", self.see(["pwwb", "pwwb_code_at", "pwwb_status_class", "pwwb_status_name"]))]

    def overview(self):
        lines = ["libpwwb carries a password that a person changes or resets in a cloud portal into the",
                 "directory where the account lives, through a relay that needs no inbound port.", "Its parts, by header:"]
        rows = [(f"Xr pwwb_{n} 3", h.doc.brief) for n, h in self.model.headers.items()]
        return [("LIBRARY", self.library("pwwb.h")), ("SYNOPSIS", [".In pwwb/pwwb.h"]),
                ("DESCRIPTION", [*lines, *tagged(rows, self.model), ".Pp", "Every status and every result code stands",
                                 "in", ".Xr pwwb_errors 3 .", "The same as HTML, with chapters to begin with, is",
                                 ".Pa doc/pwwb/html/index.html ."]),
                ("SEE ALSO", [".Xr pwwb-portal 1 ,", ".Xr pwwb_errors 3 ,", ".Xr pwwb-admin 8 ,", ".Xr pwwb-agent 8"])]
