#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""layout.py [--cc CC] [--cflags FLAGS] INCLUDE_DIR: the public structs and constants, as a compiler sees them.

INCLUDE_DIR is the folder that has pwwb/ in it. Prints JSON:
  {"structs": {"pwwb_account": {"size": N, "align": N, "fields": {"name": [offset, size]}, "order": ["name"]}},
   "constants": {"PWWB_OK": 0}, "strings": {"NAME": "its value, as written"},
   "functions": {"pwwb_agent_new": "the C prototype as one line"}}
What is declared is read by tests/headers.py; what it measures, CC says, by a program that is compiled
with FLAGS (say, -m32) and run. Constants are enum values and integer #defines, strings the other ones.
"""
import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import headers  # noqa: E402 pylint: disable=wrong-import-position


def program(api, names):
    """The C program that prints a line per struct, field and constant."""
    lines = ["#include <stdio.h>", *(f"#include <pwwb/{n}>" for n in names), "int main(void) {"]
    for name, struct in api.structs.items():
        lines.append(f'printf("struct {name} %zu %zu\\n", sizeof({name}), _Alignof({name}));')
        for part in struct.parts:
            lines.append(f'printf("field {part.name} %zu %zu\\n", offsetof({name}, {part.name}), '
                         f"sizeof((({name} *)0)->{part.name}));")
    for name in constants(api):
        lines.append(f'printf("constant {name} %lld\\n", (long long)({name}));')
    return "\n".join(lines + ["return 0;", "}", ""])


def constants(api):
    values = [part.name for enum in api.enums.values() for part in enum.parts]
    return values + [n for n, c in api.constants.items() if not c.text.startswith('"')]


def compiled(source, include, compiler, flags):
    """What the program prints."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "layout.c"
        path.write_text(source)
        subprocess.run([*shlex.split(compiler), *shlex.split(flags), "-I", str(include), str(path),
                        "-o", str(path.with_suffix(""))], check=True)
        return subprocess.run([path.with_suffix("")], check=True, text=True, capture_output=True).stdout


def layout(include, compiler="cc", flags=""):
    """What is printed, as a dict."""
    include = pathlib.Path(include)
    api = headers.read(include)
    names = sorted(p.name for p in (include / "pwwb").glob("*.h"))
    structs, values, struct = {}, {}, None
    for line in compiled(program(api, names), include, compiler, flags).splitlines():
        kind, name, *numbers = line.split()
        numbers = [int(n) for n in numbers]
        if kind == "struct":
            struct = structs[name] = {"size": numbers[0], "align": numbers[1], "fields": {}, "order": []}
        elif kind == "field":
            struct["fields"][name] = numbers
            struct["order"].append(name)
        else:
            values[name] = numbers[0]
    strings = {n: c.text for n, c in api.constants.items() if n not in values}
    return {"structs": structs, "constants": values, "strings": strings,
            "functions": {n: api.prototype(n) for n in api.functions}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"))
    parser.add_argument("--cflags", default="")
    parser.add_argument("include")
    args = parser.parse_args()
    print(json.dumps(layout(args.include, args.cc, args.cflags), indent=1))


if __name__ == "__main__":
    main()
