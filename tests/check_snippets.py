#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_snippets.py [--update] ROOT | --self-test

C in a page is quoted from a file that is compiled and run. In the page a fence names it,

    ```c examples/01_seal_and_open.c#open

and in the file the lines stand between /* [open] */ and /* [open] end */, each on a line of its own. What is
between them is compared, less the indent that all of it has and lines with other marks. --update writes the
file's text into the pages. No C may stand in a page that is not quoted so.
"""
import pathlib
import re
import sys
import tempfile
import textwrap

FENCE = re.compile(r"^```c\b[ ]*(.*)$")
MARK = re.compile(r"^\s*/\* \[(\w+)\]( end)? \*/$")
UNQUOTED = re.compile(r"^ {4}.*(\bpwwb_\w+\(|\bpwwb_\w+ [\w*]+( =|;|\[)|PWWB_\w+;)")


def pages(root):
    found = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/**/*.md")]
    return sorted(p for p in found if "node_modules" not in p.parts)


def quoted(root, source):
    """The text that a fence names; raises ValueError, which says what is wrong."""
    name, _, mark = source.partition("#")
    path = root / name
    if not path.is_file() or not mark:
        raise ValueError("is no FILE#MARK" if path.is_file() else "is not there")
    lines, inside = None, False
    for line in path.read_text(encoding="utf-8").splitlines():
        seen = MARK.match(line)
        if not seen:
            if inside:
                lines.append(line)
        elif seen[1] == mark:
            if bool(seen[2]) != inside or (lines is not None and not inside):
                raise ValueError(f"has [{mark}] twice, or its end without it")
            inside, lines = not inside, lines or []
    if lines is None or inside:
        raise ValueError(f"has no [{mark}], or not its end")
    return textwrap.dedent("\n".join(lines)).strip("\n")


def is_run(root, name):
    """Compiled by its folder's meson.build; and run by a suite, or part of what is."""
    path = root / name
    folder = path.parent
    while not (folder / "meson.build").is_file() and folder != root:
        folder = folder.parent
    compiled = (folder / "meson.build").read_text(encoding="utf-8") if (folder / "meson.build").is_file() else ""
    if path.name.startswith(("test_", "flow_")):
        return path.stem.split("_", 1)[1] in compiled
    runners = [root / "tests/suites.sh", *root.glob("tests/suites/*.sh"), *root.glob("tests/check_*"), root / "examples/demo_ad"]
    suites = "".join(r.read_text(encoding="utf-8") for r in runners if r.is_file() and r.name != pathlib.Path(__file__).name)
    if re.match(r"\d\d_", path.name):
        return path.stem in compiled and path.stem in suites
    return path.name in compiled or path.stem in compiled


def look(root, page, faults, used):
    """The page's text as it must be; what is wrong with it goes to faults."""
    lines = page.read_text(encoding="utf-8").split("\n")
    text, number, fenced = [], 0, False
    where = page.relative_to(root)
    while number < len(lines):
        line = lines[number]
        fence = not fenced and FENCE.match(line)
        number += 1
        text.append(line)
        if not fence:
            fenced ^= line.startswith("```")
            if not fenced and UNQUOTED.match(line):
                faults.append(f"{where}:{number}: C that is not quoted from a file")
            continue
        begun = number
        while number < len(lines) and lines[number] != "```":
            number += 1
        there, source = "\n".join(lines[begun:number]), fence[1].strip()
        try:
            if not source:
                raise ValueError("names no file")
            wanted = quoted(root, source)
            used.add(source)
            if not is_run(root, source.partition("#")[0]):
                raise ValueError("is not compiled and run")
            if there != wanted:
                faults.append(f"{where}:{begun}: not what {source} says")
        except ValueError as e:
            faults.append(f"{where}:{begun}: {source or 'a fence of C'} {e}")
            wanted = there
        text += [wanted, "```"] if number < len(lines) else [wanted]
        number += 1
    return "\n".join(text)


def unused(root, used):
    for path in sorted([*root.glob("examples/**/*.[ch]"), *root.glob("tests/**/*.[ch]")]):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            seen = MARK.match(line)
            if seen and not seen[2] and f"{path.relative_to(root)}#{seen[1]}" not in used:
                yield f"{path.relative_to(root)}: no page quotes [{seen[1]}]"


def check(root, update=False):
    faults, used = [], set()
    for page in pages(root):
        text = look(root, page, faults, used)
        if update and text != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            print(f"{page.relative_to(root)}: written anew")
    faults += unused(root, used)
    return faults, used


# Controls.
SOURCE = "int\nmain(void)\n{\n    /* [whole] */\n    a();\n    /* [part] */\n    b();\n    /* [part] end */\n    /* [whole] end */\n}\n"
PAGE = ("# A page\n\n```c examples/01_x.c#whole\na();\nb();\n```\n\nand\n\n```c examples/01_x.c#part\nb();\n```\n\n    sh it\n")
CHANGES = [
    ("a changed line of the page", "docs/x.md", "a();\nb();", "a();\nc();"),
    ("a changed line of the file", "examples/01_x.c", "    b();", "    b(1);"),
    ("a line more in the page", "docs/x.md", "b();\n```\n\nand", "b();\nb();\n```\n\nand"),
    ("a mark that is not there", "docs/x.md", "#part", "#parts"),
    ("a mark without its end", "examples/01_x.c", "    /* [part] end */\n", ""),
    ("a mark that nobody quotes", "examples/01_x.c", "main(void)\n", "main(void)\n/* [none] */\n/* [none] end */\n"),
    ("C without a file", "docs/x.md", "```c examples/01_x.c#part", "```c"),
    ("C that is only indented", "docs/x.md", "    sh it", "    st = pwwb_agent_new(&options, &agent, err);"),
    ("a file that no suite runs", "tests/suites.sh", "01_x", "02_x"),
    ("a file that is not compiled", "examples/meson.build", "01_x", "02_x"),
]


def self_test():
    with tempfile.TemporaryDirectory() as top:
        root = pathlib.Path(top)
        made = {"docs/x.md": PAGE, "examples/01_x.c": SOURCE, "examples/meson.build": "'01_x'\n",
                "tests/suites.sh": "check 01_x\n"}

        def make(changed=None, old="", new=""):
            for name, text in made.items():
                (root / name).parent.mkdir(exist_ok=True)
                assert name != changed or old in text
                (root / name).write_text(text.replace(old, new) if name == changed else text, encoding="utf-8")
        make()
        assert check(root) == ([], {"examples/01_x.c#whole", "examples/01_x.c#part"}), check(root)
        for what, *change in CHANGES:
            make(*change)
            assert check(root)[0], what
        make("examples/01_x.c", "    b();", "    b(1);")
        check(root, update=True)
        assert not check(root)[0] and "b(1);" in (root / "docs/x.md").read_text(encoding="utf-8")
    print(f"check_snippets: {len(CHANGES)} controls caught")


def main():
    words = sys.argv[1:]
    if words == ["--self-test"]:
        return self_test()
    update = words[:1] == ["--update"]
    if len(words) != 1 + update:
        sys.exit(__doc__)
    root = pathlib.Path(words[-1]).resolve()
    faults, used = check(root, update)
    if update:
        faults, used = check(root)
    print("\n".join(faults + [f"check_snippets: {len(used)} quoted, {len(faults)} wrong"]))
    return len(faults) > 0


if __name__ == "__main__":
    sys.exit(main())
