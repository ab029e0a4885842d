# SPDX-License-Identifier: Apache-2.0
"""Libraries as abidiff (abigail-tools) sees them.

Of a release no library is kept, for its headers and maps say all: stub() makes one of them, in which each
function has its prototype, its version and no body. differences() compares it with a later one. What is
no public header's type, so the inside of every handle, does not count.
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import headers  # noqa: E402 pylint: disable=wrong-import-position


def stub(include, version_map, soname, library):
    """A library of the headers' functions that the map names, with debug information."""
    api, names = headers.read(include), headers.in_map(version_map)
    lines = [f"#include <pwwb/{p.name}>" for p in sorted((include / "pwwb").glob("*.h"))]
    # A name that no header declares is one that the map has too many: abidiff is to see it.
    lines += [(api.prototype(n).rstrip(";") if n in api.functions else f"void {n}(void)")
              + " { __builtin_trap(); }" for n in names]
    source = library.with_suffix(".c")
    source.write_text("\n".join(lines) + "\n")
    subprocess.run(["cc", "-g", "-w", "-shared", "-fPIC", "-I", include, source, "-o", library,
                    f"-Wl,-soname,{soname}", f"-Wl,--version-script,{version_map}"], check=True)
    return library


def soname_of(library):
    said = subprocess.run(["readelf", "-d", library], check=True, text=True, capture_output=True).stdout
    return re.search(r"\(SONAME\).*\[(.*)\]", said)[1]


def abidiff(old, old_include, new, new_include):
    """What it says; an error of its own is one of ours."""
    run = subprocess.run(["abidiff", "--leaf-changes-only", "--no-show-locs", "--fail-no-debug-info",
                          "--headers-dir1", old_include, "--headers-dir2", new_include, old, new],
                         check=False, text=True, capture_output=True)
    if run.returncode & 3:      # bit 0: an error; bit 1: wrongly called
        raise SystemExit(f"abidiff: {run.stdout}{run.stderr}")
    return run.stdout, run.returncode


def type_changed(lines):
    """How, by the lines below "'struct x' changed:"; [] when it only has more fields than before."""
    harmless = r"  (type size |\d+ data member insertions?:)|    '.*', at offset \d+ \(in bits\)$"
    if all(re.match(harmless, line) for line in lines):
        return []
    fields = [line.strip() for line in lines if re.match("    [^ ]", line)]
    return fields or [line.strip() for line in lines]


def understood(said):
    """Changes and additions of a report."""
    changes, additions = [], []
    for paragraph in re.split(r"\n(?=\S|  \[)", said):
        head, *rest = [line for line in paragraph.splitlines() if line] or [""]
        function = re.match(r"  \[([ADC])\] '(?:function|variable)? ?(.*?)'", head)
        if head.startswith("SONAME changed"):
            changes.append(head)
        elif function and function[1] == "A":
            additions.append(function[2])
        elif function:
            how = "is gone" if function[1] == "D" else rest[0].strip().rstrip(":")
            changes.append(f"{function[2]}: {how}")
        elif re.match("'.*' changed:", head):
            changes += [f"{head[1:].split(chr(39))[0]}: {how}" for how in type_changed(rest)]
    return changes, additions


def differences(old, old_include, new, new_include):
    """Changes, additions, and the report that they are from."""
    said, code = abidiff(old, old_include, new, new_include)
    changes, additions = understood(said)
    grown = re.search("data member insertion", said)
    if code != 0 and not changes and not additions and not grown:
        changes = ["abidiff says something that is not understood here"]
    return changes, additions, said
