#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""type_to.py PROGRAM ARGUMENT...: run it on a terminal of its own, and type.

Lines of standard input are typed, each once the program has asked, with a text that ends in ": ".
Prints what the terminal showed and ends as the program did; 99 after ten seconds.
"""
import os
import pty
import select
import sys


def main():
    lines = sys.stdin.buffer.read().splitlines()
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[1], sys.argv[1:])
    shown, asked = b"", 0
    while True:
        if not select.select([terminal], [], [], 10)[0]:
            return 99
        try:
            octets = os.read(terminal, 1000)
        except OSError:     # it has ended
            break
        shown += octets
        if not octets:
            break
        if shown.endswith(b": ") and len(shown) > asked and lines:
            # The terminal is hidden after the prompt is there, and what came before is thrown away.
            asked = len(shown)
            select.select([], [], [], 0.3)
            os.write(terminal, lines.pop(0) + b"\n")
    sys.stdout.write(shown.decode().replace("\r", ""))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


sys.exit(main())
