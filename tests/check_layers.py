#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py [ROOT]: is lib/ built as docs/house.md says?

Rows come from the table in docs/house.md, lines like "| 3 | keyring envelope | concepts |": unit
foo owns foo.c, foo.h and <pwwb/foo.h>; "foo*" owns every unit that begins so. A folder lib/foo/ is a
companion: unit foo owns all of it, and it includes <pwwb/...> and its own folder, nothing else of lib/.
Checked: every file has a row, nothing includes a header of a higher row, each foreign library has its
doors, budgets. Prints file:line: text for each violation and exits 1. --self-test plants one of each kind.
"""
import fnmatch
import pathlib
import re
import statistics
import sys
import tempfile

FILE_LINES = 400
FUNCTION_LINES = 60
UMBRELLA = "pwwb"   # <pwwb/pwwb.h> is for callers
DOORS = [           # what an #include names, and the files that may, below lib/
    (r"sodium(\.h|/)", ["crypto*.c", "secret.c", "amqp/*.[ch]"]),
    (r"(mbedtls|psa)/", ["crypto*.c", "tls*.c", "amqp/sha1.c"]),
    (r"(open)?(ldap|lber)(_\w+)?\.h", ["directory_ldap*.[ch]"]),
    (r"sqlite3(ext)?\.h", ["sqlite/*.[ch]"]),
    (r"(proton|wslay)/", ["amqp/*.[ch]"]),
]


def read_rows(house, report):
    rows = {}
    text = house.read_text() if house.exists() else ""
    for number, line in enumerate(text.splitlines(), 1):
        cells = re.match(r"\|\s*(\d+)\s*\|([^|]*)\|", line)
        for name in re.findall(r"\w+\*?", cells[2]) if cells else []:
            if name in rows:
                report(house, number, f"{name} has a row already")
            rows[name] = int(cells[1])
    if not rows:
        report(house, 1, "no table of rows")
    return rows


def row_of(unit, rows):
    """The row of the name itself, else of the longest prefix; None when the table has neither."""
    if unit in rows:
        return rows[unit]
    prefixes = [n for n in rows if n.endswith("*") and unit.startswith(n[:-1])]
    return rows[max(prefixes, key=len)] if prefixes else None


def blank(pattern, text):
    """Take matches out, but leave their newlines, so that line numbers stay true."""
    return re.sub(pattern, lambda m: " " + "\n" * m[0].count("\n"), text, flags=re.S | re.M)


STRING = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''


def without_comments(text):
    return re.sub(rf"/\*.*?\*/|//[^\n]*|{STRING}",
                  lambda m: m[0] if m[0][0] in "\"'" else " " + "\n" * m[0].count("\n"), text,
                  flags=re.S)


def functions(code):
    """(first line, lines) of each { } at top level that follows a ")"; None if unbalanced."""
    code = blank(STRING, blank(r"^[ \t]*#(?:\\\n|[^\n])*", code))
    found, depth, line, before, start = [], 0, 1, "", None
    for char in code:
        if char == "{":
            if depth == 0 and before == ")":
                start = line
            depth += 1
        elif char == "}":
            depth -= 1
            if depth < 0:
                return None
            if depth == 0 and start is not None:
                found.append((start, line - start + 1))
                start = None
        line += char == "\n"
        before = before if char.isspace() else char
    return found if depth == 0 else None


def may(path, files):
    """Whether the file is one of those; their patterns begin below lib/."""
    folders = path.parts[path.parts.index("lib") + 1:] if "lib" in path.parts else ()
    return any(len(folders) == f.count("/") + 1 and fnmatch.fnmatch("/".join(folders), f) for f in files)


def check_includes(path, code, rows, own, report):
    is_companion = path.parent.parent.name == "lib"
    for number, line in enumerate(code.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
        if not match:
            continue
        quote, name = match.groups()
        door = next((files for foreign, files in DOORS if re.match(foreign, name)), None)
        if door:
            if not may(path, door):
                report(path, number, f"{name} may only be included by {' '.join(door)}")
            continue
        public = re.fullmatch(r"pwwb/(\w+)\.h", name)
        if not public and quote == "<":
            continue
        if not public and is_companion:
            if not (path.parent / name).exists() or "/" in name:
                report(path, number, f"{name}: a companion includes <pwwb/...> and its own folder alone")
            continue
        unit = public[1] if public else pathlib.PurePath(name).stem
        theirs = row_of(unit, rows)
        if unit == UMBRELLA:
            report(path, number, "the umbrella header is for callers")
        elif theirs is None:
            report(path, number, f"{name}: {unit} is in no row of docs/house.md")
        elif own is not None and theirs > own:
            report(path, number, f"row {own} includes {name} of row {theirs}")


def check_budgets(path, text, code, report):
    lines = text.count("\n")
    if lines > FILE_LINES:
        report(path, lines, f"{lines} lines; {FILE_LINES} is the limit")
    bodies = functions(code)
    if bodies is None:
        report(path, 1, "braces do not balance: put whole functions into #if")
        return []
    for start, length in bodies:
        if length > FUNCTION_LINES:
            report(path, start, f"a function of {length} lines; {FUNCTION_LINES} is the limit")
    return [length for _, length in bodies]


def check(root):
    """All violations as lines, and the length of every function."""
    violations, lengths = [], []

    def report(path, number, text):
        violations.append(f"{path.relative_to(root)}:{number}: {text}")

    rows = read_rows(root / "docs/house.md", report)
    own = sorted((root / "lib").glob("*.[ch]")) + sorted((root / "lib").glob("*/*.[ch]"))
    public = sorted(p for p in (root / "include/pwwb").glob("*.h") if p.stem != UMBRELLA)
    if not own:
        report(root / "lib", 1, "no files")
    for path in own + public:
        text = path.read_text()
        code = without_comments(text)
        unit = path.parent.name if path.parent.parent.name == "lib" else path.stem
        row = row_of(unit, rows)
        if row is None:
            report(path, 1, f"{unit} is in no row of docs/house.md")
        check_includes(path, code, rows, row, report)
        if path in own:     # public headers may be long: they are prose
            lengths += check_budgets(path, text, code, report)
    return violations, lengths


GOOD = {
    "docs/house.md": "| row | units | what |\n| --- | --- | --- |\n"
                     "| 0 | `base` error | words |\n| 2 | crypto* tls | doors |\n"
                     "| 3 | keyring | concepts |\n| 5 | directory_ldap* | makers |\n"
                     "| 8 | sqlite | companions |\n",
    "include/pwwb/base.h": "",
    "include/pwwb/keyring.h": "#include <pwwb/base.h>\n",
    "include/pwwb/pwwb.h": "#include <pwwb/keyring.h>\n",
    "lib/error.c": "#include <pwwb/base.h>\nint a[] = {\n1,\n};\nint f(void)\n{\n return '}';\n}\n",
    "lib/crypto_rsa.c": "#include <sodium.h>\n#include <mbedtls/rsa.h>\n#include \"crypto.h\"\n",
    "lib/crypto.h": "struct s {\nint x;\n};\n",
    "lib/keyring.c": "#include \"crypto.h\"\n/* #include <ldap.h> { */\n#define F(x) do { \\\n",
    "lib/directory_ldap_ops.c": "#include <ldap.h>\n#include <pwwb/keyring.h>\n",
    "include/pwwb/sqlite.h": "#include <pwwb/keyring.h>\n",
    "lib/sqlite/book.h": "#include <pwwb/sqlite.h>\n#include <sqlite3.h>\n",
    "lib/sqlite/book.c": "#include \"book.h\"\n#include <pwwb/base.h>\n",
}
PLANTED = [     # file, what is appended, what must be said
    ("lib/stray.c", "int x;\n", "lib/stray.c:1: stray is in no row"),
    ("lib/stray.h", "int x;\n", "lib/stray.h:1: stray is in no row"),
    ("include/pwwb/stray.h", "int x;\n", "include/pwwb/stray.h:1: stray is in no row"),
    ("docs/house.md", "| 4 | keyring | again |\n", "docs/house.md:8: keyring has a row already"),
    ("lib/error.c", '#include "crypto.h"\n', "lib/error.c:9: row 0 includes crypto.h of row 2"),
    ("lib/error.c", "#include <pwwb/keyring.h>\n", "lib/error.c:9: row 0 includes pwwb/keyring.h"),
    ("include/pwwb/base.h", "# include <pwwb/keyring.h>\n", "include/pwwb/base.h:1: row 0"),
    ("lib/error.c", "#include <pwwb/pwwb.h>\n", "lib/error.c:9: the umbrella header"),
    ("lib/error.c", "#include <pwwb/nothing.h>\n", "lib/error.c:9: pwwb/nothing.h: nothing"),
    ("lib/keyring.c", "\n#include <sodium.h>\n", "lib/keyring.c:5: sodium.h may only"),
    ("lib/keyring.c", "\n#include <sodium/utils.h>\n", "lib/keyring.c:5: sodium/utils.h may only"),
    ("lib/crypto.h", "#include <sodium.h>\n", "lib/crypto.h:4: sodium.h may only"),
    ("lib/keyring.c", "\n#include \"mbedtls/rsa.h\"\n", "lib/keyring.c:5: mbedtls/rsa.h may only"),
    ("lib/keyring.c", "\n#include <ldap.h>\n", "lib/keyring.c:5: ldap.h may only"),
    ("lib/crypto_rsa.c", "#include <lber.h>\n", "lib/crypto_rsa.c:4: lber.h may only"),
    ("lib/crypto_rsa.c", "#include <openldap.h>\n", "lib/crypto_rsa.c:4: openldap.h may only"),
    ("include/pwwb/keyring.h", "#include <ldap.h>\n", "include/pwwb/keyring.h:2: ldap.h may only"),
    ("lib/keyring.c", "\n#include <sqlite3.h>\n", "lib/keyring.c:5: sqlite3.h may only"),
    ("lib/keyring.c", "\n#include <pwwb/sqlite.h>\n", "lib/keyring.c:5: row 3 includes pwwb/sqlite.h"),
    ("lib/other/stray.c", "int x;\n", "lib/other/stray.c:1: other is in no row"),
    ("lib/sqlite/book.c", '#include "crypto.h"\n', "lib/sqlite/book.c:3: crypto.h: a companion"),
    ("lib/sqlite/book.c", '#include "../crypto.h"\n', "lib/sqlite/book.c:3: ../crypto.h: a companion"),
    ("lib/sqlite/book.c", "#include <pwwb/pwwb.h>\n", "lib/sqlite/book.c:3: the umbrella header"),
    ("lib/sqlite/book.c", "#include <sodium.h>\n", "lib/sqlite/book.c:3: sodium.h may only"),
    ("lib/sqlite/crypto_x.c", "#include <sodium.h>\n", "lib/sqlite/crypto_x.c:1: sodium.h may only"),
    ("lib/sqlite/book.c", "int g(void) {\n" + "x;\n" * 59 + "}\n", "lib/sqlite/book.c:3: a function"),
    ("lib/error.c", "\n" * 400, "lib/error.c:408: 408 lines"),
    ("lib/error.c", "int g(void) {\n" + "x;\n" * 59 + "}\n", "lib/error.c:9: a function of 61"),
    ("lib/error.c", "int g(void) {\n", "lib/error.c:1: braces"),
]


def self_test():
    failed = 0
    for plant in [None] + PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            tree = dict(GOOD)
            if plant:
                tree[plant[0]] = tree.get(plant[0], "") + plant[1]
            for name, text in tree.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            said = check(root)[0]
        caught = len(said) == 1 and said[0].startswith(plant[2]) if plant else not said
        if not caught:
            failed += 1
            print(f"self-test: {plant}: said {said}")
    print(f"self-test: {len(PLANTED) + 1 - failed} of {len(PLANTED) + 1}")
    return failed != 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(sys.argv[1] if sys.argv[1:] else pathlib.Path(__file__).parent.parent)
    violations, lengths = check(root.resolve())
    print(*violations, sep="\n", end="\n" if violations else "")
    if lengths:
        print(f"{len(lengths)} functions, median {statistics.median(lengths):g} lines, "
              f"longest {max(lengths)}")
    return bool(violations)


if __name__ == "__main__":
    sys.exit(main())
