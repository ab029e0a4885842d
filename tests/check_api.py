#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_api.py LIBPWWB.SO [ROOT]: exported = declared = in the symbol map = explained.

Exported is what `nm` sees, declared what include/pwwb/*.h mark PWWB_API, the map lib/libpwwb.map. The
same for each companion lib/NAME/: its header NAME.h and those that say "companion libpwwb-NAME" at their
head, its map libpwwb-NAME.map, and NAME/libpwwb-NAME.so beside the library, which must be built.
Explained: a docstring right before it, with @since, an @param for every parameter (a lone parameter
of a *_free may go without) and a @retval where a status says how the call went; types, fields, enum
values and constants have a docstring too, before or, as /**<, after. Prints file:line: text for
each violation and exits 1. --self-test plants one of each kind.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from headers import (MARKS, companion_of, described, field_name, function_of, in_map, parameters, split,
                     within)


class Header:
    """A header's declarations, types and constants, and what is wrong with them."""

    def __init__(self, path, report):
        self.path = path
        self.say = lambda line, text: report(path, line, text)
        self.functions = {}     # name: line
        self.split(path.read_text())

    def split(self, text):
        """Look at each directive and declaration."""
        conditions = 0
        for event, *rest in split(text):
            if event == "directive":
                conditions += self.directive(*rest, conditions)
            elif event == "declaration":
                self.declaration(rest[0])
            else:
                self.say(rest[0].line, "a declaration that does not end")

    def directive(self, line, token, doc, conditions):
        """Constants, which stand directly inside the include guard; how deep the next line is."""
        word = re.match(r"\s*#\s*(\w+)\s*(\w*)(.*)", token, re.S)
        if word and word[1] == "define" and conditions == 1 and word[3].strip() and not doc:
            self.say(line, f"{word[2]} has no docstring")
        if word and word[1] in ("if", "ifdef", "ifndef"):
            return 1
        return -1 if word and word[1] == "endif" else 0

    def declaration(self, item):
        plain, call = item.plain(), function_of(item)
        if plain[0] == "typedef" or "{" in plain or plain[0] in ("struct", "enum", "union"):
            self.type(item, plain)
        elif call is None:
            self.say(item.line, f"not understood: {' '.join(plain[:6])}")
        else:
            self.function(item, plain, call)

    def function(self, item, plain, call):
        name, before = plain[call], plain[:call]
        self.functions[name] = item.line
        if "PWWB_API" not in before:
            self.say(item.line, f"{name} is not marked PWWB_API")
        if not item.doc:
            self.say(item.line, f"{name} has no docstring")
            return
        if "@since" not in item.doc:
            self.say(item.line, f"{name} has no @since")
        # A status that is looked up (pwwb_error_status) is a value: @return, no PWWB_MUST_CHECK.
        value = "PWWB_MUST_CHECK" not in before and "@return" in item.doc
        if before[-1] == "pwwb_status" and "@retval" not in item.doc and not value:
            self.say(item.line, f"{name} has no @retval")
        names = parameters(plain[call + 1:])
        if not (name.endswith("_free") and len(names) == 1):
            for missing in [n for n in names if n not in described(item.doc)]:
                self.say(item.line, f"{name} has no @param {missing}")
        self.unknown(item.line, name, item.doc, names)

    def unknown(self, line, name, doc, names):
        for stale in [d for d in described(doc) if d not in names]:
            self.say(line, f"{name} has no parameter {stale}")

    def type(self, item, plain):
        """A typedef, struct or enum: itself and, with a body, what is in it."""
        names = [t for t in plain if re.match(r"(pwwb|PWWB)_", t) and t not in MARKS]
        if not item.doc:
            self.say(item.line, f"{names[0] if names else 'a type'} has no docstring")
        for part in within(item):
            self.field(part)

    def field(self, item):
        name, is_pointer = field_name(item)
        if not item.doc:
            self.say(item.line, f"{name} has no docstring")
        elif is_pointer:
            self.unknown(item.line, name, item.doc, parameters(item.tokens[item.tokens.index(name) + 2:]))


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], check=True, text=True,
                         capture_output=True).stdout
    fields = [line.split() for line in out.splitlines()]
    # Type A is the name of the version itself
    return {f[-1].split("@")[0] for f in fields if len(f) >= 2 and f[-2] != "A"}


def check(root, library):
    """All violations as lines, and how many functions are declared."""
    violations, declared = [], {}

    def report(path, line, text):
        where = path.relative_to(root) if path.is_relative_to(root) else path.name
        violations.append(f"{where}:{line}: {text}")

    for path in sorted((root / "include/pwwb").glob("*.h")):
        for name, line in Header(path, report).functions.items():
            if name in declared:
                report(path, line, f"{name} is declared in {declared[name][0].name} too")
            declared[name] = (path, line)
    companions = {p.parent.name: p for p in sorted((root / "lib").glob("*/libpwwb-*.map"))}
    theirs = {n: companion_of(d[0]) for n, d in declared.items()}
    compare({n: d for n, d in declared.items() if theirs[n] not in companions},
            root / "lib/libpwwb.map", library, report)
    for companion, path in companions.items():
        compare({n: d for n, d in declared.items() if theirs[n] == companion}, path,
                library.parent / companion / f"{path.stem}.so", report)
    return violations, len(declared)


def compare(declared, map_path, library, report):
    """One library: what its headers declare, its map and what it exports."""
    mapped = in_map(map_path, report)
    if not library.exists():
        report(map_path, 1, f"{library.name} is not built")
        return
    found = exported(library)
    for name, (path, line) in declared.items():
        if name not in mapped:
            report(path, line, f"{name} is not in {map_path.name}")
        if name not in found:
            report(path, line, f"{name} is not exported")
    for name in sorted(mapped.keys() - declared.keys()):
        report(map_path, mapped[name], f"{name} is declared nowhere")
    for name in sorted(found - declared.keys()):
        report(library, 0, f"{name} is exported and declared nowhere")
    if not declared:
        report(map_path, 1, "no functions")


HEADER = """#ifndef PWWB_A_H
#define PWWB_A_H
/** @file a.h */
#include <stddef.h>
#if defined(__GNUC__)
# define PWWB_API __attribute__((visibility("default")))
#endif
PWWB_BEGIN_DECLS
/** Octets. */
#define PWWB_SIZE 16
/** A status. */
typedef int pwwb_status;
/** Kinds. */
enum pwwb_kind {
    PWWB_ONE = 1, /**< one */
    /** two */
    PWWB_TWO = (2)
};
/** A handle. */
typedef struct pwwb_a pwwb_a;
/** A table. */
typedef struct pwwb_a_ops {
    size_t size; /**< its size,
                      in octets */
    /** Does it.
     * @param data borrowed */
    pwwb_status (*run)(void *ctx, const char *data, void (*done)(int, void *));
    char name[PWWB_SIZE]; /**< a name */
} pwwb_a_ops;
/** Makes.
 * @param ops copied
 * @param[out] ret_a owned
 * @param id, cb more
 * @retval PWWB_OK
 * @since 0.1 */
PWWB_API PWWB_MUST_CHECK PWWB_NONNULL(1, 2)
pwwb_status pwwb_a_new(const pwwb_a_ops *ops, pwwb_a **ret_a, const char id[PWWB_SIZE],
                       void (*cb)(void *ctx));
/** Frees. @since 0.1 */
PWWB_API void pwwb_a_free(pwwb_a *a);
/** Its status. @param a it @return a status @since 0.1 */
PWWB_API pwwb_status pwwb_a_status(const pwwb_a *a);
/** A number. @since 0.1 */
PWWB_API int pwwb_number(void);
PWWB_END_DECLS
#endif
"""
MAP = """PWWB_0 {
  global:
    pwwb_a_free; pwwb_a_new;
    pwwb_a_status; /* pwwb_comment;
                      pwwb_more; */
    pwwb_number;
  local:
    *;
};
"""
SOURCE = "".join(f"int {n}(void); int {n}(void) {{ return 0; }}\n" for n in
                 ("pwwb_a_new", "pwwb_a_free", "pwwb_a_status", "pwwb_number"))
COMPANION = """#ifndef PWWB_C_H
#define PWWB_C_H
/** @file c.h */
PWWB_BEGIN_DECLS
/** Theirs. @since 0.1 */
PWWB_API int pwwb_theirs(void);
PWWB_END_DECLS
#endif
"""
SECOND = """/** @file d.h
 * @brief Of the companion
 * libpwwb-c. */
/** Theirs too. @since 0.1 */
PWWB_API int pwwb_second(void);
"""
COMPANION_MAP = "PWWB_C_0 {\n  global:\n    pwwb_theirs; pwwb_second;\n  local:\n    *;\n};\n"
COMPANION_SOURCE = "".join(f"int {n}(void); int {n}(void) {{ return 0; }}\n" for n in
                           ("pwwb_theirs", "pwwb_second"))
PLANTED = [     # where, what is replaced by what, what must be said
    ("h", "PWWB_API int pwwb_number", "int pwwb_number", "pwwb_number is not marked PWWB_API"),
    ("h", "/** A number. @since 0.1 */\n", "", "pwwb_number has no docstring"),
    ("h", "A number. @since 0.1", "A number.", "pwwb_number has no @since"),
    ("h", " * @retval PWWB_OK\n", "", "pwwb_a_new has no @retval"),
    ("h", "@return a status", "", "pwwb_a_status has no @retval"),
    ("h", " * @param ops copied\n", "", "pwwb_a_new has no @param ops"),
    ("h", "@param id, cb more", "@param cb more", "pwwb_a_new has no @param id"),
    ("h", "@param id, cb more", "@param id more", "pwwb_a_new has no @param cb"),
    ("h", "@param[out] ret_a owned", "@param ret_a\n * @param old gone", "has no parameter old"),
    ("h", "@param data borrowed", "@param octets borrowed", "run has no parameter octets"),
    ("h", "/** Octets. */\n", "", "PWWB_SIZE has no docstring"),
    ("h", "/** A status. */\n", "", "pwwb_status has no docstring"),
    ("h", "/** Kinds. */\n", "", "pwwb_kind has no docstring"),
    ("h", "/**< one */", "/* one */", "PWWB_ONE has no docstring"),
    ("h", "/** two */", "", "PWWB_TWO has no docstring"),
    ("h", "/** A handle. */\n", "", "pwwb_a has no docstring"),
    ("h", "/** A table. */\n", "", "pwwb_a_ops has no docstring"),
    ("h", "/** Does it.\n", "/* Does it.\n", "run has no docstring"),
    ("h", "/**< a name */", "", "name has no docstring"),
    ("h", "PWWB_END_DECLS\n", "/** Twice. @since 0.1 */\nPWWB_API int pwwb_other(void);\n",
     "pwwb_other is not in libpwwb.map|pwwb_other is not exported"),
    ("map", "    pwwb_number;\n", "", "pwwb_number is not in libpwwb.map|is not exported"),
    ("map", "    pwwb_number;\n", "    pwwb_n*;\n",
     "pwwb_n*: name each function|pwwb_number is not in libpwwb.map"),
    ("map", "pwwb_a_new;", "pwwb_a_new; pwwb_gone;", "pwwb_gone is declared nowhere"),
    ("c", "pwwb_number", "pwwb_numbers", "pwwb_number is not exported"),
    ("ch", "/** Theirs. @since 0.1 */\n", "", "pwwb_theirs has no docstring"),
    ("ch", "pwwb_theirs", "pwwb_their", "pwwb_their is not in libpwwb-c.map|pwwb_their is not exported"
     "|pwwb_theirs is declared nowhere|pwwb_theirs is exported and"),
    ("cmap", "pwwb_theirs", "pwwb_t*", "pwwb_t*: name each|pwwb_theirs is not in libpwwb-c.map"),
    ("cc", "pwwb_theirs", "pwwb_number", "pwwb_theirs is not exported"),
    ("cd", "libpwwb-c", "libpwwb-x", "pwwb_second is not in libpwwb.map|pwwb_second is not exported"
     "|pwwb_second is declared nowhere|pwwb_second is exported and"),
    ("cc", COMPANION_SOURCE, "nonsense", "libpwwb-c.so is not built"),
    ("map,c", "pwwb_number", "pwwb_number; int_more", "int_more is exported|int_more is declared"),
]


def compiled(source, version_map, library):
    subprocess.run(["cc", "-shared", "-fPIC", "-Wl,--undefined-version", "-o", library, source,
                    f"-Wl,--version-script,{version_map}"], check=False, stderr=subprocess.DEVNULL)


def build(folder, texts):
    root = pathlib.Path(folder)
    places = {"h": "include/pwwb/a.h", "map": "lib/libpwwb.map", "c": "a.c", "ch": "include/pwwb/c.h",
              "cd": "include/pwwb/d.h",
              "cmap": "lib/c/libpwwb-c.map", "cc": "c/c.c"}
    for name, place in places.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(texts[name])
    compiled(root / "a.c", root / "lib/libpwwb.map", root / "a.so")
    compiled(root / "c/c.c", root / "lib/c/libpwwb-c.map", root / "c/libpwwb-c.so")
    return check(root, root / "a.so")[0]


def self_test():
    failed = 0
    for where, old, new, wanted in [("", "", "", None)] + PLANTED:
        texts = {"h": HEADER, "map": MAP, "c": SOURCE, "ch": COMPANION, "cd": SECOND, "cmap": COMPANION_MAP,
                 "cc": COMPANION_SOURCE}
        for name in where.split(",") if where else []:
            assert old in texts[name], old
            extra = "int int_more(void); int int_more(void) { return 0; }\n"
            texts[name] = (texts[name] + extra if (name, where) == ("c", "map,c")
                           else texts[name].replace(old, new))
        with tempfile.TemporaryDirectory() as folder:
            said = build(folder, texts)
        parts = wanted.split("|") if wanted else []
        if len(said) != len(parts) or not all(any(p in s for s in said) for p in parts):
            failed += 1
            print(f"self-test: {wanted}: said {said}")
    print(f"self-test: {len(PLANTED) + 1 - failed} of {len(PLANTED) + 1}")
    return failed != 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) not in (2, 3):
        print(__doc__.split("\n")[0], file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else pathlib.Path(__file__).parent.parent)
    violations, count = check(root.resolve(), pathlib.Path(sys.argv[1]).resolve())
    print(*violations, sep="\n", end="\n" if violations else "")
    print(f"{count} public functions")
    return bool(violations)


if __name__ == "__main__":
    sys.exit(main())
