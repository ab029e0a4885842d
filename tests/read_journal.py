#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""read_journal.py PATH: what stands in a journal of libpwwb-sqlite, by Python's own sqlite3.

A line for each request, "NUMBER STATE": the first four octets of its id, and 1 claimed, 2 recorded,
3 finished. Exits 1 when the database is damaged.
"""
import sqlite3
import sys

journal = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for cti, guid, reply in journal.execute("SELECT cti, guid, reply FROM pwwb_request"):
    print(int.from_bytes(cti[:4], "little"), 3 if reply else 2 if guid else 1)
sys.exit(journal.execute("PRAGMA integrity_check").fetchone() != ("ok",))
