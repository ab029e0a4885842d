# SPDX-License-Identifier: Apache-2.0
"""Statuses and result codes: what the library says of them, and what the headers do."""
import json
import subprocess


class Entry:
    """One status or code: its own words from the library, its meaning, class and what to do from the headers."""

    def __init__(self, model, row, prefix, classes):
        self.name, self.number, self.row = prefix + row["name"], row["number"], row
        member = (model.statuses if prefix == "" else model.codes).get(self.name)
        self.meaning = member.doc.summary if member else ""
        level = next(m for m in model.types[classes].members if m.value == row["class"])
        own = member.doc.text()[len(self.meaning):].strip(". ") if member else ""
        self.level, self.advice, self.has_own = level.name, own or level.doc.text(), bool(own)
        self.is_code = prefix != ""


class Codes:
    def __init__(self, model, program):
        said = json.loads(subprocess.run([program], check=True, text=True, capture_output=True).stdout)
        self.statuses = [Entry(model, row, "", "pwwb_status_class_code") for row in said["statuses"]]
        self.codes = [Entry(model, row, "PWWB_CODE_", "pwwb_code_class_code") for row in said["codes"]]

    def all(self):
        return self.statuses + self.codes

    def facts(self, entry):
        """[(what, text)] of one, as pages tell them."""
        rows = [("Number", str(entry.number)), ("Class", entry.level), ("What to do", entry.advice)]
        if entry.is_code:
            rows += [("Outcome", entry.row["outcome"]), ("To the person", entry.row["user"]),
                     ("To the operator", entry.row["operator"]),
                     ("Microsoft", entry.row["alias"] or "no name of its own")]
        return rows
