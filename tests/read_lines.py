#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""read_lines.py FILE...: of audit files, by Python's own JSON: "LINES REQUESTS BAD FILES".

How many whole lines, how many different requests in them, how many that are no event or not whole, and how
many of the files hold any.
"""
import json
import sys

lines, bad, files, requests = 0, 0, 0, set()
for path in sys.argv[1:]:
    data = open(path, "rb").read()
    *whole, rest = data.split(b"\n")
    bad += rest != b""
    files += whole != []
    for line in whole:
        try:
            requests.add(json.loads(line.decode())["request"])
            lines += 1
        except (ValueError, KeyError, TypeError):
            bad += 1
print(lines, len(requests), bad, files)
