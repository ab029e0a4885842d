# SPDX-License-Identifier: Apache-2.0
"""A release that is kept, tests/abi/VERSION, and what became of it since.

In it: include/pwwb and the symbol maps as they were; layout.txt, of pinned.py; sonames; caller.c, a program of
that time, and caller.x86_64, what a compiler made of it then: the libraries' versions of symbols are in it. `changed` has the changes that were made on
purpose since, a line each; it is there only before 0.9, and written by `update`.
"""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import layout
import pinned
import stubs
from stubs import headers

STABLE = (0, 9)     # from here on nothing may change


class Side:
    """Headers, maps and libraries of one time."""

    def __init__(self, include, maps, library):
        self.include, self.maps, self.library = include, {p.stem: p for p in maps}, library

    def measured(self):
        return layout.layout(self.include)


def built(root, build):
    """The side of this tree, as it was built in a folder."""
    def library(name):
        return build / "lib" / name.removeprefix("libpwwb").removeprefix("-") / f"{name}.so"
    return Side(root / "include", sorted((root / "lib").rglob("libpwwb*.map")), library)


def stubbed(folder, sonames, scratch):
    """The side of a folder laid out like a kept one, with stubs as libraries."""
    scratch.mkdir(exist_ok=True)
    def library(name):
        return stubs.stub(folder / "include", folder / f"{name}.map", sonames[name], scratch / f"{name}.so")
    return Side(folder / "include", sorted(folder.glob("*.map")), library)


def version_of(root):
    """Major and minor in meson.build."""
    text = re.search(r"^\s*version: '(\d+)\.(\d+)", (root / "meson.build").read_text(), re.M)
    return int(text[1]), int(text[2])


def is_x86_64():
    said = subprocess.run(["cc", "-dumpmachine"], check=True, text=True, capture_output=True).stdout
    return said.startswith("x86_64-") and "x32" not in said


def lines_of(path):
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


class Kept:
    """One kept release."""

    def __init__(self, folder):
        self.folder, self.name = folder, folder.name
        self.include, self.layout, self.caller = folder / "include", folder / "layout.txt", folder / "caller"

    def sonames(self):
        return dict(line.split() for line in lines_of(self.folder / "sonames"))

    def told(self):
        path = self.folder / "changed"
        return lines_of(path) if path.exists() else []

    def made_of(self):
        """Names what caller.x86_64 is made of: its source and the headers, without comments."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.glob("*.[ch]")) + sorted((self.include / "pwwb").glob("*.h")):
            tokens = [m[0] for m in headers.TOKEN.finditer(path.read_text())
                      if m.lastgroup not in ("doc", "comment")]
            digest.update(" ".join(tokens).encode())
        return digest.hexdigest()[:32]

    def compile(self, now, program, include=None, more=()):
        """caller.c into a program, linked to the libraries of now."""
        libraries = [now.library(name) for name in self.sonames()]
        subprocess.run(["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", f'-DMADE_OF="{self.made_of()}"', *more,
                        "-I", include or self.include, self.folder / "caller.c", "-o", program, *libraries],
                       check=True)

    def run(self, program, now, *words):
        """Its exit code and what it said."""
        paths = ":".join(str(now.library(name).parent) for name in self.sonames())
        run = subprocess.run([program, *words], check=False, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=60, env={**os.environ, "LD_LIBRARY_PATH": paths})
        return run.returncode, run.stdout

    def caller_fails(self, program, now):
        """[] or a line that says how."""
        with tempfile.TemporaryDirectory() as folder:
            code, said = self.run(program, now, folder)
        not_so = [line for line in said.splitlines() if not line.startswith("as it was")]
        return [] if code == 0 else [f"caller: ends with {code}: {' '.join(not_so[:1])}"]

    def compared(self, now, scratch):
        """Changes, additions and abidiff's reports, of everything but the caller."""
        mine = stubbed(self.folder, self.sonames(), scratch)
        changes, additions = pinned.compared(pinned.parsed(self.layout.read_text()), now.measured(),
                                             is_x86_64())
        said = ""
        for name in mine.maps:
            if name not in now.maps:
                changes.append(f"{name} is gone")
                continue
            more = stubs.differences(mine.library(name), mine.include, now.library(name), now.include)
            changes += [f"{name}: {line}" for line in more[0]]
            additions += [f"{name}: {line}" for line in more[1]]
            said += more[2]
        return changes, additions, said

    def take(self, now):
        """Keep what is now; caller.c stays."""
        shutil.rmtree(self.include, ignore_errors=True)
        shutil.copytree(now.include / "pwwb", self.include / "pwwb", ignore=shutil.ignore_patterns("meson.build"))
        for old in self.folder.glob("*.map"):
            old.unlink()
        for path in now.maps.values():
            shutil.copy(path, self.folder)
        names = [f"{name} {stubs.soname_of(now.library(name))}\n" for name in sorted(now.maps)]
        (self.folder / "sonames").write_text("".join(names))
        self.layout.write_text(pinned.pinned(now.measured()))
        (self.folder / "changed").unlink(missing_ok=True)
        if is_x86_64():
            self.compile(now, self.folder / "caller.x86_64", more=SMALL)


# Without debug information, padding between segments, or paths of where it was made.
SMALL = ["-O1", "-s", "-no-pie", "-Wl,-z,noseparate-code", "-Wl,--build-id=none", "-Wl,--hash-style=gnu",
         "-fno-asynchronous-unwind-tables"]


def kept_releases(root):
    return [Kept(p) for p in sorted((root / "tests/abi").glob("[0-9]*")) if p.is_dir()]


def red(changes, told, version):
    """What is wrong about changes, of which some were told: lines, [] when it is well."""
    if version >= STABLE:
        return [f"may not change any more: {line}" for line in changes] + \
               [f"told, though nothing may change any more: {line}" for line in told]
    return [f"not told: {line}" for line in changes if line not in told] + \
           [f"told, and not so: {line}" for line in told if line not in changes]
