#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""unicode2c.py OUT.h: rows of a C table from Python's copy of the Unicode database: for each character
up to U+FFFF that was a letter in Unicode 3.2 and is one now, with the same category: code, category,
the one that is its small letter, the one that is its capital."""
import sys
import unicodedata

OLD = unicodedata.ucd_3_2_0


def one(text, code):
    return ord(text) if len(text) == 1 else code


def main():
    with open(sys.argv[1], "w", encoding="ascii") as f:
        for code in range(0x10000):
            c = chr(code)
            kind = unicodedata.category(c)
            if kind in ("Lu", "Ll", "Lo") and OLD.category(c) == kind:
                f.write(f'    {{{code}, "{kind}", {one(c.lower(), code)},'
                        f' {one(c.upper(), code)}}},\n')


if __name__ == "__main__":
    main()
