#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_import.py BUILD: pwwb-admin import and lookup of a real domain, the controller of tests/fixtures/ad
whose settings are AD_*, as its service account. Who must be found is what an administrator's ldapsearch tells.
Prints what is wrong; exit 1."""
import base64
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import uuid

from space_runs import Runs

AD = {name[3:]: value for name, value in os.environ.items() if name.startswith("AD_")}
WANTED = "(&(|(objectClass=user)(objectClass=contact))(!(objectClass=computer)))"
NAMES = ("imp-1", "imp-2", "imp-3")


def as_admin(program, *args, text=None):
    tool = [program, "-x", "-H", AD["URI"], "-D", AD["ADMIN_DN"], "-w", AD["ADMIN_PW"], *args]
    return subprocess.run(tool, input=text, env=dict(os.environ, LDAPTLS_CACERT=AD["CA"]), check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def attributes(block):
    """{name: value} of an LDIF entry, RFC 2849."""
    found = {}
    for line in block.splitlines():
        name, _, value = line.partition(":")
        found[name] = base64.b64decode(value[1:]) if value.startswith(":") else value.strip().encode()
    return found


def entries():
    """{name: (DN, objectGUID, enabled, source anchor)} of all persons that are in scope, as the administrator sees them."""
    asked = as_admin("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", AD["BASE"], WANTED,
                     "sAMAccountName", "objectGUID", "userAccountControl", "isCriticalSystemObject",
                     "mS-DS-ConsistencyGuid")
    found = {}
    for block in asked.split("\n\n"):
        one = attributes(block)
        if "dn" in one and one.get("isCriticalSystemObject") != b"TRUE" and "sAMAccountName" in one:
            found[one["sAMAccountName"].decode()] = (one["dn"].decode(), uuid.UUID(bytes_le=one["objectGUID"]),
                                                     not int(one["userAccountControl"]) & 2,
                                                     one.get("mS-DS-ConsistencyGuid", one["objectGUID"]))
    return found


def user(name):
    return (f"dn: CN={name},OU=Sync,{AD['BASE']}\nchangetype: add\nobjectClass: user\nsAMAccountName: {name}\n"
            "userAccountControl: 512\nunicodePwd:: "
            + base64.b64encode('"Start-Pass-1!"'.encode("utf-16-le")).decode() + "\n\n")


def do_import(r, *more):
    return r.run(0, "import", r.space, "--directory", "corp", "--host", AD["HOSTNAME"], "--address", AD["ADDR"],
                 "--ca", AD["CA"], "--bind", "svc-pw@" + AD["DNS"], "--password-file", r.path("password"),
                 "--json", *more).objects()[-1]


def lookup(r, anchor, code):
    source = base64.b64encode(anchor).decode()
    found = r.run(0 if code == "OK" else 1, "lookup", r.space, source, "--json").objects()[0]
    r.check(found["code"] == code, f"{source}: {found['code']}, not {code}")
    return found


def all_are_there(r):
    """Exactly those, each by its name and enabled or not."""
    known = entries()
    for name, (dn, guid, enabled, anchor) in known.items():
        count = sum(other[2] for other in known.values() if other[3] == anchor)
        found = lookup(r, anchor, ("NOT_ELIGIBLE", "OK", "AMBIGUOUS")[min(count, 2)])
        links = [(link["dn"], link["object_guid"], link["is_eligible"]) for link in found["chain"]]
        r.check((dn, str(guid), enabled) in links, f"{name}: {found}")
    count = r.run(0, "show", r.space, "--json").objects()[0]["objects"]
    r.check(count == len(known) > len(NAMES), f"{count} objects, the domain has {len(known)}")
    return known


def main():
    folder = tempfile.mkdtemp(prefix="pwwb-import-")
    r = Runs(sys.argv[1], folder)
    pathlib.Path(r.path("password")).write_text(AD["SVC_PW"] + "\n", encoding="ascii")
    disabled, renamed, gone = (f"CN={name},OU=Sync,{AD['BASE']}" for name in NAMES)
    try:
        as_admin("ldapmodify", text="".join(user(name) for name in NAMES))
        told = do_import(r, "--dry-run")
        done = do_import(r)
        r.check(told["added"] == done["added"] > 0 and done["is_full"] and not done["is_resumed"],
                f"{told}, then {done}")
        r.check(done["out_of_scope"]["critical"] >= 3, f"Administrator, Guest, krbtgt: {done}")
        before = all_are_there(r)
        again = do_import(r)
        r.check((again["added"], again["changed"], again["removed"]) == (0, 0, 0),
                f"nothing had changed: {again}")

        as_admin("ldapmodify", text=f"dn: {disabled}\nchangetype: modify\nreplace: userAccountControl\n"
                 f"userAccountControl: 514\n\ndn: {renamed}\nchangetype: modrdn\nnewrdn: CN=imp-2 renamed\n"
                 f"deleteoldrdn: 1\n\ndn: {gone}\nchangetype: delete\n")
        changed = do_import(r)
        r.check((changed["added"], changed["changed"], changed["removed"]) == (0, 2, 1), f"{changed}")
        after = all_are_there(r)
        lookup(r, before["imp-3"][3], "NOT_FOUND")
        r.check(not after["imp-1"][2] and "renamed" in after["imp-2"][0] and "imp-3" not in after, f"{after}")
        r.check(do_import(r, "--full")["told"] >= len(after), "--full reads all")
        all_are_there(r)
    finally:
        for name in ("imp-1", "imp-2 renamed", "imp-2", "imp-3"):
            subprocess.run(["ldapdelete", "-x", "-H", AD["URI"], "-D", AD["ADMIN_DN"], "-w", AD["ADMIN_PW"],
                            f"CN={name},OU=Sync,{AD['BASE']}"], env=dict(os.environ, LDAPTLS_CACERT=AD["CA"]),
                           stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(folder)
    r.check(AD["SVC_PW"] not in r.everything, "the password in the output")
    print(f"check_import: {r.count} runs, {r.failed} wrong")
    return r.failed != 0


if __name__ == "__main__":
    sys.exit(main())
