# SPDX-License-Identifier: Apache-2.0
"""The reference as HTML: a page per function, type, header, status and code, and the index."""
import re

from web import esc, inline, prose, section, table

KINDS = {"struct": "struct", "table": "callback table", "enum": "enum", "handle": "handle", "typedef": "type"}


def place(name):
    return f"reference/{name}.html"


def prototype(function):
    """As C is written: a parameter that has no room begins a line below the first one."""
    head = f"{function.returns} {function.name}(".replace("* ", "*")
    lines, line = [], head
    for i, parameter in enumerate(function.parameters or ["void"]):
        part = parameter + (", " if i + 1 < len(function.parameters) else ");")
        if len(line) + len(part) > 92 and line != head:
            lines.append(line.rstrip())
            line = " " * min(len(head), 28)
        line += part
    return "\n".join(lines + [line])


def list_of(rows):
    return "<dl>\n" + "\n".join(f"<dt{anchor}><code>{esc(term)}</code></dt><dd>{said}</dd>"
                                for anchor, term, said in rows) + "\n</dl>" if rows else ""


def see(names):
    return "<p>" + ", ".join(f"<code>{n}</code>" for n in names) + "</p>" if names else ""


class Reference:
    """Writes the pages of a model into a site."""

    def __init__(self, model, codes, site, calls, sources, programs):
        self.model, self.codes, self.site, self.calls, self.sources = model, codes, site, calls, sources
        self.programs = programs
        self.name_targets()

    def name_targets(self):
        model, targets = self.model, self.site.targets
        targets.update({n: place(n) for n in [*model.functions, *model.types]})
        targets.update({c.name: f"{place(c.header)}#{c.name}" for c in model.constants.values()})
        targets.update({n: f"{place(t.name)}#{n}" for n, t in model.owners.items()})
        targets.update({e.name: place(e.name) for e in self.codes.all()})
        targets.update({h.name: place(n) for n, h in model.headers.items()})

    def write(self):
        for function in self.model.functions.values():
            self.function(function)
        for kind in self.model.types.values():
            self.type(kind)
        for header in self.model.headers:
            self.header(header)
        for entry in self.codes.all():
            self.entry(entry)
        self.errors()
        self.index()

    def head(self, thing, name=""):
        """Title and lead; then where it stands."""
        library, flags = self.model.library_of(thing.header)
        since = f" · since {thing.doc.since}" if thing.doc.since else ""
        return (f"<h1>{name or thing.name}</h1>\n<p class=\"lead\">{inline(thing.doc.summary)}.</p>\n"
                f"<p class=\"quiet\">pwwb/{thing.header} · {library} (<code>{flags}</code>){since}</p>\n")

    def function(self, f):
        model, doc = self.model, f.doc
        code = f"#include &lt;pwwb/{f.header}&gt;\n\n{esc(prototype(f))}"
        mark = ' <span class="quiet">(out)</span>'
        rows = [("", ", ".join(names), (inline(said) or "see above") + (mark if out else ""))
                for names, said, out in doc.params]
        body = self.head(f) + f"<pre><code>{code}</code></pre>\n"
        body += section("Description", prose(doc.rest))
        body += section("Parameters", list_of(rows)) + section("Return value", self.returns(f))
        body += section("Threads", f"<p>{inline(model.threads_of(f))} See docs/threads.md.</p>")
        body += section("Examples", self.examples(f.name))
        body += section("See also", see(model.neighbours(f) + model.types_of(f)) + self.chapters(f.name))
        body += section("Sources", "".join(f"<p>{inline(s)}</p>" for s in doc.source))
        self.site.write(place(f.name), f.name, body)

    def returns(self, f):
        said = f"<p>{inline(f.doc.returns[:1].upper() + f.doc.returns[1:])}.</p>" if f.doc.returns else ""
        rows = [("", (f"<code>{esc(s)}</code>" if s != "others" else "others", inline(when)))
                for s, when in self.model.statuses_of(f)]
        must = '<p class="quiet">The compiler warns when the result is not used.</p>' if f.must_check else ""
        if not said and not rows:
            return "<p>Nothing.</p>"
        return said + (table(rows) if rows else "") + must

    def examples(self, name):
        calls = self.calls.get(name, [])
        if not calls:
            return ""
        first, items = calls[0], []
        for call in calls:
            target = self.site.to(place(name), self.sources.want(call.path)) + f"#L{call.line}"
            items.append(f'<li><a href="{target}">{call.path}</a>, line {call.line}</li>')
        return (f"<figure><figcaption>From {first.path}:</figcaption><pre><code>{esc(first.quote)}</code></pre>"
                f"</figure>\n<ul>{''.join(items)}</ul>")

    def chapters(self, name):
        found = [f'<a href="{self.site.to(place(name), path)}">{esc(title)}</a>'
                 for path, title in self.sources.mentions(name)]
        return f"<p>Chapters: {', '.join(found)}</p>" if found else ""

    def type(self, t):
        model = self.model
        body = self.head(t, f"enum {t.name}" if t.kind == "enum" else t.name)
        body += f"<p class=\"quiet\">A {KINDS[t.kind]}.</p>\n" if t.kind != "enum" else ""
        if t.kind in ("handle", "typedef"):
            body += f"<pre><code>{esc(t.text)}</code></pre>\n"
        body += section("Description", prose(t.doc.rest))
        body += section("Parameters", list_of([("", ", ".join(n), inline(s)) for n, s, _ in t.doc.params]))
        body += section("Returns", f"<p>{inline(t.doc.returns)}</p>" if t.doc.returns else "")
        body += section("Values" if t.kind == "enum" else "Fields", self.members(t))
        body += section("Used by", see(model.users_of(t)))
        body += section("See also", see(model.types_named(t)) + self.chapters(t.name))
        body += section("Sources", "".join(f"<p>{inline(s)}</p>" for s in t.doc.source))
        self.site.write(place(t.name), t.name, body)

    def members(self, t):
        if t.kind == "enum":
            rows = [(f' id="{m.name}"', (f"<code>{m.name}</code>", str(m.value), inline(m.doc.text())))
                    for m in t.members]
            return table(rows) if rows else ""
        return list_of([(f' id="{m.name}"', m.text, self.member(m)) for m in t.members])

    def member(self, m):
        rows = [("", ", ".join(names), inline(said)) for names, said, _ in m.doc.params]
        back = f"<p>Returns {inline(m.doc.returns)}.</p>" if m.doc.returns else ""
        return prose(m.doc.blocks) + list_of(rows) + back

    def header(self, name):
        h, things = self.model.headers[name], self.model.of_header(name)
        library, flags = self.model.library_of(name)
        body = (f"<h1>pwwb/{name}</h1>\n<p class=\"lead\">{inline(h.doc.brief)}</p>\n"
                f"<p class=\"quiet\">{library}: <code>cc ... $(pkg-config --cflags --libs {h.package})</code>, "
                f"or <code>{flags}</code></p>\n" + prose(h.doc.blocks))
        includes = f"<p>{', '.join(h.includes)}</p>" if h.includes else ""
        for title, kinds in (("Functions", ("function",)), ("Types", tuple(KINDS))):
            rows = [("", (f"<code>{x.name}</code>", inline(x.doc.summary))) for x in things if x.kind in kinds]
            body += section(title, table(rows) if rows else "")
        rows = [(f' id="{x.name}"', (f"<code>{x.name}</code>", f"<code>{esc(x.value)}</code>", inline(x.doc.text())))
                for x in things if x.kind == "constant"]
        body += section("Constants", table(rows) if rows else "") + section("Includes", includes)
        self.site.write(place(name), f"pwwb/{name}", body)

    def entry(self, entry):
        rows = [("", (what, inline(said))) for what, said in self.codes.facts(entry)]
        meaning = inline(entry.meaning[:1].upper() + entry.meaning[1:])
        body = f"<h1>{entry.name}</h1>\n<p class=\"lead\">{meaning}.</p>\n"
        body += table(rows)
        if entry.is_code:
            body += section("Spoken of by", see(self.model.speakers(entry.name)))
        else:
            said = [f"<code>{name}</code>" + (f" ({', '.join(methods)})" if methods else "")
                    for name, methods in self.model.said_by(entry.name)]
            body += section("Said by", f"<p>{', '.join(said)}</p>" if said else "")
        body += section("See also", f"<p><a href=\"../errors.html#{entry.name}\">Errors</a></p>")
        self.site.write(place(entry.name), entry.name, body)

    def errors(self):
        rows = [(f' id="{e.name}"', (f"<code>{e.name}</code>", str(e.number), inline(e.meaning), inline(e.advice)))
                for e in self.codes.statuses]
        body = ("<h1>Errors</h1>\n<p class=\"lead\">How a call went is a status; what became of a password is a code.</p>\n"
                "<p>A refusal by the directory is a result of a call that went well: decide on the status first, with "
                "pwwb_status_class(), then on the code, with pwwb_code_outcome(). A number, once released, keeps its meaning "
                "for ever. This page is made from what the library itself says.</p>\n")
        body += section("Statuses", table(rows, ("name", "number", "meaning", "what to do")))
        body += "<h2 id=\"codes\">Result codes</h2>\n"
        for e in self.codes.codes:
            facts = [("", (what, inline(said))) for what, said in self.codes.facts(e)]
            body += f'<h3 id="{e.name}">{e.name}</h3>\n<p>{inline(e.meaning)}</p>\n' + table(facts)
        self.site.write("errors.html", "Errors", body)

    def index(self):
        body = "<h1>Index</h1>\n<p class=\"lead\">Every name that is public.</p>\n"
        rows = [("", (f"<code>{h.name}</code>", inline(h.doc.brief))) for h in self.model.headers.values()]
        body += section("Headers", table(rows))
        for title, group in (("Functions", self.model.functions), ("Types", self.model.types)):
            rows = [("", (f"<code>{n}</code>", inline(group[n].doc.summary))) for n in sorted(group)]
            body += section(title, table(rows))
        rows = [("", (title, esc(self.programs.summary(title)))) for title in self.programs.paths]
        body += section("Programs", table(rows) if rows else "")
        names = sorted([*self.model.constants, *self.model.owners])
        body += section("Constants", "<p>" + ", ".join(f"<code>{n}</code>" for n in names) + "</p>")
        self.site.write("reference/index.html", "Index", body)
