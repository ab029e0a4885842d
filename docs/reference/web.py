# SPDX-License-Identifier: Apache-2.0
"""The frame that every HTML page stands in, and the links from names to pages."""
import html
import os
import re

NAME = re.compile(r"\b(?:pwwb-[a-z.]+\(\d\)|(?:pwwb|PWWB)_\w+|pwwb/\w+\.h|docs/[\w-]+\.md\b"
                  r"|(?:examples|tests)/[\w/-]+\.(?:c|h|py|mjs|go|rs)\b)")
BARE = {"a", "title", "style", "h1", "nav"}
OTHER = re.compile(r'<code class="language-(?!c")')
MARKUP = re.compile(r"`([^`]+)`|\*([^*\s](?:[^*]*[^*\s])?)\*")


def esc(text):
    return html.escape(text, quote=False)


def inline(text):
    """A docstring's text: `code` and *emphasis*."""
    parts, at = [], 0
    for match in MARKUP.finditer(text):
        parts.append(esc(text[at:match.start()]))
        parts.append(f"<code>{esc(match[1])}</code>" if match[1] else f"<em>{esc(match[2])}</em>")
        at = match.end()
    return "".join(parts) + esc(text[at:])


def prose(blocks):
    """Paragraphs, lists and code of a docstring."""
    out = []
    for kind, said in blocks:
        if kind == "p":
            out.append(f"<p>{inline(said)}</p>")
        elif kind == "code":
            out.append(f"<pre><code>{esc(said)}</code></pre>")
        else:
            out.append("<ul>" + "".join(f"<li>{inline(item)}</li>" for item in said) + "</ul>")
    return "\n".join(out)


def section(title, body, anchor=""):
    if not body:
        return ""
    return f'<h2 id="{anchor or title.lower().replace(" ", "-")}">{title}</h2>\n{body}\n'


def table(rows, head=()):
    """Rows of cells that are HTML already. The first cell of each is its key."""
    top = "<thead><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr></thead>\n" if head else ""
    lines = [f'<tr{row[0]}>' + "".join(f"<td>{cell}</td>" for cell in row[1]) + "</tr>" for row in rows]
    return f'<div class="wide"><table class="names">\n{top}<tbody>\n' + "\n".join(lines) + "\n</tbody>\n</table></div>"


class Site:
    """All pages by their paths, and where each name leads."""

    def __init__(self, version, out):
        self.version, self.out, self.targets, self.chapters, self.written = version, out, {}, [], []
        self.page_of = lambda name: None    # of a file of the repository

    def write(self, path, title, body):
        """One page, at `path` below the site's folder."""
        page = self.frame(path, title, self.linked(path, body))
        place = self.out / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(page, encoding="utf-8")
        self.written.append(path)

    def to(self, here, there):
        """A relative link from the page `here`."""
        path, mark, anchor = there.partition("#")
        return os.path.relpath(path, os.path.dirname(here) or ".") + mark + anchor

    def linked(self, here, text):
        """Names become links, but within links, titles and the like, and never to the page itself."""
        parts, depth, other = re.split(r"(<[^>]+>)", text), 0, False
        for i, part in enumerate(parts):
            tag = re.match(r"<(/?)(\w+)", part)
            if tag and tag[2] == "code":    # in another language than C our names are chance
                depth += -1 if tag[1] and other else 1 if OTHER.match(part) else 0
                other = bool(OTHER.match(part))
            elif tag and tag[2] in BARE:
                depth += -1 if tag[1] else 1
            elif not tag and depth == 0:
                parts[i] = NAME.sub(lambda m: self.link(here, m[0]), part)
        return "".join(parts)

    def link(self, here, name):
        there = self.targets.get(name) or self.page_of(name)
        if there is None or there == here:
            return name
        return f'<a href="{self.to(here, there)}">{name}</a>'

    def frame(self, path, title, body):
        nav = [(place, esc(name)) for place, name in self.chapters]
        rows = "\n".join(f'<li><a href="{self.to(path, place)}"' + (' aria-current="page"' if place == path else "")
                         + f">{name}</a></li>" for place, name in nav)
        return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{esc(title)} · libpwwb {self.version}</title>
<link rel="stylesheet" href="{self.to(path, 'style.css')}">
</head>
<body>
<header><a href="{self.to(path, 'index.html')}">libpwwb {self.version}</a>
<a href="{self.to(path, 'reference/index.html')}">Index</a>
<a class="jump" href="#chapters">Chapters</a></header>
<main>
{body}
</main>
<nav id="chapters" aria-label="Chapters">
<ol>
{rows}
</ol>
</nav>
</body>
</html>
"""
