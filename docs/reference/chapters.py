# SPDX-License-Identifier: Apache-2.0
"""Markdown as pages of the site: chapters in their order, and the files that they and the examples name."""
import html
import os
import pathlib
import re
import shutil

import markdown
from markdown.inlinepatterns import AsteriskProcessor, EmStrongItem

from web import esc

FENCE = re.compile(r"^```(\w+) +(\S+)[^\n]*$", re.M)
COMMENT = re.compile(r"^<!--.*?-->$", re.M | re.S)


class Stars(AsteriskProcessor):
    """A star with a space behind it begins no emphasis, as on GitHub."""
    PATTERNS = AsteriskProcessor.PATTERNS[:-1] + [
        EmStrongItem(re.compile(r"(\*)(?!\s)([^*]+)(?<!\s)\1", re.S), "single", "em")]


def slug(text, _separator="-"):
    """A heading's anchor, as GitHub makes it."""
    text = re.sub(r"<[^>]+>|[`*]", "", text).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def unfenced(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def first_heading(text, name):
    match = re.search(r"^# +(.+)$", unfenced(text), re.M)
    return re.sub(r"[`*]", "", match[1]) if match else name


def rendered(text, origin=lambda source: ""):
    """A fence may say after its language where it comes from; HTML comments are for tools."""
    text = COMMENT.sub("", text)
    text = FENCE.sub(lambda m: f"{origin(m[2])}```{m[1]}", text)
    reader = markdown.Markdown(extensions=["tables", "fenced_code", "toc", "sane_lists"],
                               extension_configs={"toc": {"slugify": slug}})
    reader.inlinePatterns.register(Stars(r"\*"), "em_strong", 60)
    return reader.convert(text)


class Chapters:
    """Also knows which other files of the repository are to become pages: want()."""

    def __init__(self, root, site):
        self.root, self.site, self.pages, self.wanted, self.read = root, site, {}, {}, set()
        for name, title in self.order():
            self.pages[name] = "errors.html" if name == "errors" else self.place(name)
            site.chapters.append((self.pages[name], title))
            if name.startswith("docs/"):
                site.targets[name] = self.pages[name]
        site.page_of = lambda name: self.want(name) if (root / name).is_file() else None

    def order(self):
        """[(file, title)]: the list's that are there, then what else is in docs/."""
        text = (self.root / "docs/reference/chapters.txt").read_text(encoding="utf-8")
        listed = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
        names = {name for name, _ in listed}
        there = [f"docs/{p.name}" for p in sorted((self.root / "docs").glob("*.md"))]
        listed += [(name, "-") for name in there if name not in names]
        return [(name, first_heading(self.text(name), name) if title == "-" else title)
                for name, title in listed if name == "errors" or (self.root / name).is_file()]

    def text(self, name):
        self.read.add(name)
        return (self.root / name).read_text(encoding="utf-8")

    def place(self, name):
        if name == "README.md":
            return "index.html"
        if "/" not in name or name.startswith("docs/") and name.count("/") == 1:
            return pathlib.PurePosixPath(name).stem.lower() + ".html"
        return f"source/{name.removesuffix('.md')}.html"

    def want(self, name):
        """The page of any file or folder of the repository; it will be written."""
        if name in self.pages:
            return self.pages[name]
        if (self.root / name).is_dir():
            inside = f"{name}/README.md"
            if (self.root / inside).is_file():
                return self.want(inside)
            return self.wanted.setdefault(name, f"source/{name}/index.html")
        if name.endswith((".svg", ".png")):
            return self.wanted.setdefault(name, f"source/{name}")
        return self.wanted.setdefault(name, self.place(name) if name.endswith(".md") else f"source/{name}.html")

    def mentions(self, name):
        """Chapters that speak of a name."""
        pattern = re.compile(rf"\b{name}\b")
        return [(page, title) for (file, page), (_, title) in zip(self.pages.items(), self.site.chapters)
                if file.startswith("docs/") and pattern.search(self.text(file))]

    def write(self):
        for name, page in self.pages.items():
            if name != "errors":
                self.chapter(name, page)
        done = set()
        while set(self.wanted) - done:
            name = min(set(self.wanted) - done)
            done.add(name)
            self.other(name, self.wanted[name])

    def chapter(self, name, page):
        text = self.text(name)
        body = rendered(text, lambda source: self.origin(name, source))
        body = re.sub(r'(href|src)="([^"]*)"', lambda m: f'{m[1]}="{self.link(name, page, m[2])}"', body)
        body = re.sub(r"(<table>.*?</table>)", r'<div class="wide">\1</div>', body, flags=re.S)
        self.site.write(page, first_heading(text, name), body)

    def origin(self, name, source):
        """What stands above a fence that quotes FILE#MARK."""
        file, _, mark = source.partition("#")
        if not (self.root / file).is_file():
            return ""
        lines = self.text(file).splitlines()
        at = next((i for i, line in enumerate(lines, 2) if line.strip() == f"/* [{mark}] */"), 1)
        target = os.path.relpath(self.root / file, (self.root / name).parent)
        return f'<p class="quiet">From <a href="{target}#L{at}">{file}</a>:</p>\n\n'

    def link(self, name, page, target):
        """A link within the repository becomes one within the site."""
        target = html.unescape(target)
        if re.match(r"[a-z]+:|#", target):
            return esc(target)
        path, mark, anchor = target.partition("#")
        there = (self.root / name).parent / path
        inside = there.resolve().relative_to(self.root).as_posix()
        if not there.exists():
            return esc(target)      # the check of links says so
        return self.site.to(page, self.want(inside)) + mark + anchor

    def other(self, name, page):
        path = self.root / name
        if path.is_dir():
            names = sorted(p.name for p in path.iterdir() if not p.name.startswith("."))
            rows = "".join(f"<li><code>{esc(n)}</code></li>" for n in names)
            self.site.write(page, name, f"<h1>{esc(name)}</h1><ul>{rows}</ul>")
        elif page.endswith((".svg", ".png")):
            (self.site.out / page).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, self.site.out / page)
        elif name.endswith(".md"):
            self.chapter(name, page)
        else:
            numbered = enumerate(self.text(name).splitlines(), 1)
            lines = "".join(f'<span id="L{i}">{esc(line)}</span>' for i, line in numbered)
            self.site.write(page, name, f'<h1>{esc(name)}</h1>\n<pre class="source"><code>{lines}</code></pre>')
