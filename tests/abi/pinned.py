# SPDX-License-Identifier: Apache-2.0
"""The layout of a release as text, and what became of it: pinned(), parsed() and compared().

A line is "struct NAME SIZE ALIGN", followed by its fields " NAME OFFSET SIZE", or "constant NAME VALUE",
or "string NAME VALUE". Structs are those of x86-64, constants of every machine.
"""

VERSIONS = {"PWWB_VERSION_NUMBER"}     # another one in each release


def pinned(layout):
    """As text, a line each, for people to read in a diff."""
    lines = []
    for name, struct in sorted(layout["structs"].items()):
        lines.append(f"struct {name} {struct['size']} {struct['align']}")
        lines += [f" {f} {struct['fields'][f][0]} {struct['fields'][f][1]}" for f in struct["order"]]
    for kind in "constant", "string":
        lines += [f"{kind} {n} {v}" for n, v in layout[kind + "s"].items() if n not in VERSIONS]
    return "\n".join(lines) + "\n"


def parsed(text):
    layout = {"structs": {}, "constants": {}, "strings": {}}
    struct = None
    for line in text.splitlines():
        kind, name, value = line.split(" ", 2)
        if kind == "struct":
            size, align = map(int, value.split())
            struct = layout["structs"][name] = {"size": size, "align": align, "fields": {}, "order": []}
        elif kind == "":
            name, offset, size = line.split()
            struct["fields"][name] = [int(offset), int(size)]
            struct["order"].append(name)
        else:
            layout[kind + "s"][name] = int(value) if kind == "constant" else value
    return layout


def fields_compared(name, old, new):
    """What is another field now, and what is more of them."""
    changes, additions = [], []
    for field, (offset, size) in old["fields"].items():
        if field not in new["fields"]:
            changes.append(f"struct {name}: {field} is gone")
        elif new["fields"][field][0] != offset:
            changes.append(f"struct {name}: {field} was at {offset}, is at {new['fields'][field][0]}")
        elif new["fields"][field][1] != size:
            changes.append(f"struct {name}: {field} had {size} octets, has {new['fields'][field][1]}")
    for field in [f for f in new["order"] if f not in old["fields"]]:
        # Of a caller of then, `size` reaches over padding that holds anything.
        if new["fields"][field][0] < old["size"]:
            changes.append(f"struct {name}: {field} is new and lies within the {old['size']} octets of then")
        elif old["order"][0] != "size":
            changes.append(f"struct {name}: {field} is new, and no size tells who has it")
        else:
            additions.append(f"struct {name}: {field}")
    return changes, additions


def structs_compared(old, new):
    changes, additions = [], [f"struct {n}" for n in new if n not in old]
    for name, struct in old.items():
        if name not in new:
            changes.append(f"struct {name} is gone")
            continue
        more_changes, more = fields_compared(name, struct, new[name])
        changes += more_changes
        additions += more
        if new[name]["align"] != struct["align"]:
            changes.append(f"struct {name}: was aligned to {struct['align']}, is to {new[name]['align']}")
        if new[name]["size"] != struct["size"] and not more_changes and not more:
            changes.append(f"struct {name}: had {struct['size']} octets, has {new[name]['size']}")
    return changes, additions


def compared(old, new, structs=True):
    """Two layouts: what is gone or changed, and what was added."""
    changes, additions = structs_compared(old["structs"], new["structs"]) if structs else ([], [])
    for kind in "constant", "string":
        mine, theirs = old[kind + "s"], new[kind + "s"]
        changes += [f"{kind} {n} is gone" for n in mine if n not in theirs]
        changes += [f"{kind} {n} was {v}, is {theirs[n]}" for n, v in mine.items()
                    if theirs.get(n, v) != v and n not in VERSIONS]
        additions += [f"{kind} {n}" for n in theirs if n not in mine and n not in VERSIONS]
    return changes, additions
