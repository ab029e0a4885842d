#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check_metrics.py PROGRAM: is the agent's file of figures what Prometheus reads?

PROGRAM (tests/test_program_metrics.c) writes one by name. It is read by Prometheus' own client package, and by
promtool where that is there. Then the same with one error of each kind planted, which must be found.
"""
import shutil
import subprocess
import sys
import tempfile

from prometheus_client.parser import text_string_to_metric_families as families

OUTCOMES = {"set": 103, "not_set": 104, "unknown": 105, "repeated": 106, "released": 107, "unopened": 102,
            "given_up": 108}
DIRECTORIES = {"": 1, 'north "of"\\the\nriver': 1, "\u00e5bo": 0}
STATES = {s: int(s == "enabled") for s in ("none", "pending", "enabled", "disabling", "disabled", "revoked")}
ONES = {"pwwb_messages_received_total": 101, "pwwb_audit_failures_total": 109, "pwwb_key_generation": 3,
        "pwwb_key_age_seconds": 86400, "pwwb_relay_connected": 1, "pwwb_relay_connects_total": 2,
        "pwwb_start_time_seconds": 1700000000}


def expected():
    """The samples of that file: (name, label, its value) to value."""
    rows = {(name, "", ""): value for name, value in ONES.items()}
    rows |= {("pwwb_requests_total", "outcome", o): n for o, n in OUTCOMES.items()}
    rows |= {("pwwb_directory_up", "directory", d): n for d, n in DIRECTORIES.items()}
    rows |= {("pwwb_tenant_state", "state", s): n for s, n in STATES.items()}
    return rows | {("pwwb_build_info", "version", "0.1.0"): 1}


def faults(text):
    """What is wrong, as words."""
    found, rows = [], {}
    if not text.endswith("\n"):
        found.append("the last line has no end")
    try:
        for family in families(text):
            if family.type not in ("counter", "gauge") or not family.documentation:
                found.append("no type or no help: " + family.name)
            for sample in family.samples:
                if (family.type == "counter") != sample.name.endswith("_total"):
                    found.append("no counter's name: " + sample.name)
                key = (sample.name, *(list(sample.labels.items()) or [("", "")])[0])
                if key in rows:
                    found.append(f"twice: {key}")
                rows[key] = sample.value
    except ValueError as error:
        return found + [f"not read: {error}"]
    want = expected()
    return found + [f"not as written: {key}" for key in rows.keys() ^ want.keys()] + \
        [f"another value: {key}" for key in rows.keys() & want.keys() if rows[key] != want[key]]


def planted(text):
    yield "a quote in a label", text.replace('\\"of', '"of')
    yield "a newline in a label", text.replace("the\\nriver", "the\nriver")
    yield "half a file", text[:len(text) // 2]
    yield "no end of the last line", text[:-1]
    yield "a line twice", text + "pwwb_relay_connected 1\n"
    yield "no type", text.replace("# TYPE pwwb_key_generation gauge\n", "")
    yield "no help", text.replace("# HELP pwwb_key_generation", "# HELPS pwwb_key_generation")
    yield "another value", text.replace('"set"} 103', '"set"} 104')


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder + "/m.prom"], check=True)
        text = open(folder + "/m.prom", encoding="utf-8", newline="").read()
    wrong = faults(text)
    missed = [what for what, bad in planted(text) if bad == text or not faults(bad)]
    tool = shutil.which("promtool")
    if tool and (said := subprocess.run([tool, "check", "metrics"], input=text, text=True, capture_output=True)):
        wrong += (said.stdout + said.stderr).splitlines() if said.returncode or said.stderr else []
    for line in wrong + ["not found though planted: " + m for m in missed]:
        print("check_metrics:", line)
    print(f"check_metrics: {len(expected())} figures, {len(wrong)} wrong, {len(missed)} missed, "
          f"promtool: {'yes' if tool else 'not here'}")
    return bool(wrong or missed)


sys.exit(main())
