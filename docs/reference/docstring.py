# SPDX-License-Identifier: Apache-2.0
"""A docstring taken apart: paragraphs, lists and code, and what its @tags say."""
import re

TAG = re.compile(r"(?:^|(?<=\s))@(param(?:\[[\w,]+\])?|return|retval|threads|since|source|file|brief)(?=\s|$)")
SENTENCE = re.compile(r"(?<=[a-z0-9)*`\"'>\]A-Z])[.!?](?=\s|$)")


def stripped(comment):
    """The text of a comment, without what makes it one."""
    text = re.sub(r"^/\*\*<?|\*/$", "", comment.strip())
    lines = [re.sub(r"^\s*\*( |$)", "", line) if i else line.strip() for i, line in enumerate(text.splitlines())]
    if "\n *" not in text:      # one that goes on beside its field has no stars
        lines = [line.strip() for line in lines]
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def words(text):
    return " ".join(text.split())


def blocks(text):
    """[("p", text), ("list", [texts]), ("code", text)]"""
    found = []
    for part in re.split(r"\n\s*\n", text):
        lines = [line for line in part.splitlines() if line.strip()]
        run = []
        for line in lines:
            kind = "list" if line.startswith("- ") else "code" if line.startswith("    ") else "p"
            if kind == "p" and run and run[-1][0] == "list" and line.startswith("  "):
                kind = "list"
            if run and run[-1][0] == kind:
                run[-1][1].append(line)
            else:
                run.append((kind, [line]))
        found += [block(kind, inside) for kind, inside in run]
    return found


def block(kind, lines):
    if kind == "code":
        return kind, "\n".join(line[4:] for line in lines)
    if kind == "list":
        return kind, [words(item) for item in re.split(r"^- ", "\n".join(lines), flags=re.M)[1:]]
    return kind, words("\n".join(lines))


class Doc:
    """What a docstring says. params: [(names, text, is_out)]; retvals: [(status or "others", text)]."""

    def __init__(self, comment):
        text = stripped(comment)
        parts = TAG.split(text)
        self.params, self.retvals, self.source, self.file = [], [], [], ""
        self.returns = self.threads = self.since = self.brief = ""
        body = parts[0]
        for tag, said in zip(parts[1::2], parts[2::2]):
            if tag == "brief":
                self.brief, _, said = said.partition("\n\n")
                self.brief, body = words(self.brief), body + "\n\n" + said
            else:
                self.take(tag, words(said))
        self.blocks = blocks(body)

    def take(self, tag, said):
        first, _, rest = said.partition(" ")
        if tag.startswith("param"):
            names = re.match(r"\w+(?:\s*,\s*\w+)*", said)[0]
            self.params.append((re.split(r"\s*,\s*", names), said[len(names):].strip(), "[out]" in tag))
        elif tag == "retval":
            self.retvals.append((first.strip('"'), rest.strip()))
        elif tag == "source":
            self.source.append(said)
        elif tag == "return":
            self.returns = said
        else:
            setattr(self, tag, said)

    @property
    def summary(self):
        """The first sentence, without its end."""
        text = self.brief or next((said for kind, said in self.blocks if kind == "p"), "")
        return SENTENCE.split(text, maxsplit=1)[0].rstrip(".")

    @property
    def rest(self):
        """The blocks without the summary, where that is in them."""
        if self.brief or not self.blocks or self.blocks[0][0] != "p":
            return self.blocks
        left = self.blocks[0][1][len(self.summary):].lstrip(".!? ")
        return ([("p", left)] if left else []) + self.blocks[1:]

    def text(self):
        """All prose in one string, but for the tags."""
        return " ".join(said if isinstance(said, str) else " ".join(said) for _, said in self.blocks)

    def everything(self):
        parts = [self.brief, self.text(), self.returns, self.threads, *(t for _, t, _ in self.params)]
        return " ".join(parts + [f"{s} {t}" for s, t in self.retvals])


def all_statuses(retvals, known):
    """[(status, text)] with "so do TIMEOUT, TLS..." spelt out; their text is ""."""
    found = []
    for status, text in retvals:
        match = re.search(r";? so do ((?:[A-Z_]+(?:\.\.\.)?(?:, )?)+)$", text)
        found.append((status, text[:match.start()].strip() if match else text))
        for short in match[1].split(", ") if match else []:
            name = "PWWB_E_" + short.rstrip(".")
            group = [k for k in known if k == name or short.endswith("...") and k.startswith(name + "_")]
            found += [(k, "") for k in group or [name]]
    return found
