# SPDX-License-Identifier: Apache-2.0
"""Text as mdoc(7): escapes, and names as the macros that stand for them."""
import re

CHAPTER = re.compile(r"\bdocs/([\w-]+)\.md\b")
INLINE = re.compile(r"`([^`]+)`|\*([^*\s](?:[^*]*[^*\s])?)\*|\b(pwwb_\w+)\(\)|\b(pwwb_\w+|PWWB_\w+)")
CLOSING = re.compile(r"^[.,:;)\]?!]*$")


def lead(line):
    """A text line that is no macro."""
    return "\\&" + line if line[:1] in (".", "'") else line


def esc(text):
    """For a text line, as it is written."""
    return lead(text.replace("\\", "\\e"))


def quoted(text):
    """One argument of a macro."""
    text = text.replace("\\", "\\e").replace('"', '""')
    if text[:1] in (".", "'") or re.fullmatch(r"[.,:;()\[\]?!|]", text):    # a lone mark would be no argument
        text = "\\&" + text
    return f'"{text}"'


def macro(match, model, local):
    """The macro and its argument for what INLINE found; None = plain text."""
    code, strong, function, name = match.groups()
    if function or name in model.functions:
        return ("Xr", f"{function or name} 3") if (function or name) in model.functions else None
    if name:
        return ("Vt", name) if name in model.types else ("Dv", name) if name.startswith("PWWB_") else None
    if strong:
        return "Em", quoted(strong)
    return ("Fa", quoted(code)) if code in local else ("Ql", quoted(code))


def lines_of(word_list, model, local):
    """Words to lines: text is gathered, a name stands on a line of its own."""
    out, text = [], []

    def flush():
        if text:
            out.append(lead(" ".join(text)))
            text.clear()

    for word in word_list:
        match = INLINE.search(word)
        found = macro(match, model, local) if match else None
        before, after = (word[:match.start()], word[match.end():]) if match else ("", "")
        if found and CLOSING.match(after) and before in ("", "("):
            flush()
            closing = " " + " ".join(after) if after else ""
            out.append((".Pf ( " if before else ".") + f"{found[0]} {found[1]}{closing}")
        else:
            text.append(bare(word))
            if word.endswith((".", "!", "?")):
                flush()
    flush()
    return out


def bare(word):
    """Without the marks of docstrings; code in bold."""
    word = CHAPTER.sub(r"doc/pwwb/html/\1.html", word)
    word = word.replace("\\", "\\e")
    word = re.sub(r"`([^`]+)`", r"\\fB\1\\fP", word)
    return re.sub(r"\*([^*\s](?:[^*]*[^*\s])?)\*", r"\\fI\1\\fP", word)


def text(said, model, local=()):
    """A paragraph as lines. Marked text with spaces in it stays together; a chapter is where it is installed."""
    said = CHAPTER.sub(r"doc/pwwb/html/\1.html", said)
    held = re.sub(r"`[^`]+`|\*[^*\s](?:[^*]*[^*\s])?\*", lambda m: m[0].replace(" ", "\0"), said)
    return lines_of([w.replace("\0", " ") for w in held.split()], model, local)


def display(code):
    """Code as it is written."""
    return [".Bd -literal -offset indent", *(esc(line) for line in code.splitlines()), ".Ed"]


def prose(blocks, model, local=()):
    out = []
    for kind, said in blocks:
        if kind == "p":
            out += ([".Pp"] if out else []) + text(said, model, local)
        elif kind == "code":
            out += display(said)
        else:
            out.append(".Bl -bullet -compact")
            for item in said:
                out += [".It", *text(item, model, local)]
            out.append(".El")
    return out


def tagged(rows, model, local=()):
    """[(head line, text)] as a list."""
    if not rows:
        return []
    out = [".Bl -tag -width Ds"]
    for head, said in rows:
        out += [f".It {head}", *(text(said, model, local) or ["\\&"])]
    return out + [".El"]
