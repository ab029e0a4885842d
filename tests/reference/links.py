# SPDX-License-Identifier: Apache-2.0
"""Links: of the pages that were made, and of the Markdown files as they stand in the repository."""
import functools
import html.parser
import posixpath
import re

from chapters import slug, unfenced

OUTSIDE = re.compile(r"^(https?|mailto):")
LINK = re.compile(r"(?<!\\)!?\[(?:[^\]\\]|\\.)*\]\(([^()\s]+)\)")


class Page(html.parser.HTMLParser):
    """Anchors and links of one page, and what it must not have."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.foreign = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if tag in ("script", "iframe", "object", "embed") or any(n.startswith("on") for n in given):
            self.foreign.append(f"<{tag}>, which is no plain page")
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        for name in ("src", "href") if tag != "a" else ():
            if name in given:
                self.links.append(given[name])
                if OUTSIDE.match(given[name]) or given[name].startswith("//"):
                    self.foreign.append(f"a resource from outside: {given[name]}")


@functools.lru_cache(maxsize=None)
def read(text):
    return Page(text)


def of_pages(texts, files):
    """What is wrong with pages {path: text}; `files` are others that they may link to."""
    pages = {path: read(text) for path, text in texts.items()}
    faults = []
    for path, page in pages.items():
        faults += [f"{path}: {what}" for what in page.foreign]
        faults += [f"{path}: two anchors {i}" for i in set(page.ids) if page.ids.count(i) > 1]
        for link in page.links:
            if OUTSIDE.match(link):
                continue
            target, _, anchor = link.partition("#")
            there = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            if there not in pages and there not in files:
                faults.append(f"{path}: no page {link}")
            elif anchor and there in pages and anchor not in pages[there].ids:
                faults.append(f"{path}: no anchor {link}")
    return faults


def anchors(text):
    """The anchors of a Markdown file's headings; a heading that stands twice has a number behind."""
    found = set()
    for heading in re.findall(r"^#+ +(.+?)\s*$", unfenced(text), re.M):
        name, plain, count = slug(heading), slug(heading), 0
        while name in found:
            count += 1
            name = f"{plain}-{count}"
        found.add(name)
    return found


def of_markdown(texts, exists):
    """What is wrong with files {path: text} of the repository; `exists` tells of any other."""
    faults = []
    for path, text in texts.items():
        plain = re.sub(r"`[^`\n]*`", "", unfenced(text))
        for link in LINK.findall(plain):
            if OUTSIDE.match(link):
                continue
            target, _, anchor = link.partition("#")
            there = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            if there not in texts and not exists(there):
                faults.append(f"{path}: no file {link}")
            elif anchor and there.endswith(".md") and anchor not in anchors(texts.get(there, "")):
                faults.append(f"{path}: no heading {link}")
    return faults
