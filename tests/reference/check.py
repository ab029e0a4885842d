#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py OUT CODES: is the reference in OUT whole and true? CODES is the program docs/reference/codes.

The names come from the symbol maps, statuses and codes from the library, links and calls from the files. Behind each
check comes its control: one thing is spoilt, and the check must find just that. TAP.
"""
import copy
import html
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parents[1] / "docs/reference"), str(here.parents[1] / "tests/abi")]

import layout  # noqa: E402
import links  # noqa: E402
import names  # noqa: E402
from docstring import Doc  # noqa: E402
from world import ROOT, World  # noqa: E402


def pages(world):
    """Every exported name, type and header has its pages, which say what it is."""
    faults = []
    for name in [*world.exported, *world.model.types]:
        page, manual = world.html.get(f"reference/{name}.html", ""), world.man.get(name, "")
        faults += [f"{name}: no HTML page"] if f"<h1>{name}</h1>" not in page.replace("<h1>enum ", "<h1>") else []
        faults += [f"{name}: no manual page"] if f"\n.Nm {name}\n" not in manual else []
        index = world.html["reference/index.html"]
        faults += [f"{name}: not in the index"] if f">{name}</a>" not in index else []
    for name in world.model.headers:
        faults += [f"{name}: no HTML page"] if f"reference/{name}.html" not in world.html else []
        faults += [f"{name}: no manual page"] if f"pwwb_{name}" not in world.man else []
    return faults


def parts(world):
    """Every parameter, field and value stands on the page of what has it."""
    faults = []
    for f in world.model.functions.values():
        missing = [n for n in f.names if not re.search(rf"^\.(It )?Fa .*\b{n}\b", world.man[f.name], re.M)]
        faults += [f"{f.name}: no parameter {n}" for n in missing]
    for t in world.model.types.values():
        page, manual = world.html[f"reference/{t.name}.html"], world.man[t.name]
        faults += [f"{t.name}: no {m.name}" for m in t.members if f'id="{m.name}"' not in page
                   or not re.search(rf"^\.It [DV][vt] .*\b{m.name}\b", manual, re.M)]
    return faults


VALUES = layout.layout(ROOT / "include")["constants"]


def worth(said):
    """The number that a text of digits and constants is."""
    return eval(re.sub(r"PWWB_\w+", lambda m: str(VALUES[m[0]]), said), {})    # pylint: disable=eval-used


def advice(world):
    """Each status but PWWB_OK says itself what to do, and its pages do; who names it stands there."""
    faults = []
    for name, member in world.model.statuses.items():
        own = member.doc.text()[len(member.doc.summary):].strip(". ")
        page, manual_page = html.unescape(world.html[f"reference/{name}.html"]), world.man[name]
        if name == "PWWB_OK":
            continue
        faults += [f"{name}: does not say what to do"] if not own else []
        faults += [f"{name}: HTML has not what to do"] if own not in re.sub("<[^>]*>", "", page) else []
        faults += [f"{name}: {name}(3) has not what to do"] if own not in " ".join(manual_page.split()) else []
        users = [f.name for f in world.model.functions.values() if name in [s for s, _ in f.doc.retvals]]
        users += [t.name for t in world.model.types.values() if any(
            re.search(rf"\b{name}\b", m.doc.everything()) for m in t.members)]
        faults += [f"{name}: {user} names it, and its pages do not name that" for user in users
                   if user != "pwwb_status_code" and (f">{user}</a>" not in page or f".Xr {user} 3" not in manual_page)]
    return faults


def values(world):
    """The number of every value and constant on its pages is the compiler's."""
    faults = []
    for name, number in VALUES.items():
        thing = world.model.owners.get(name) or world.model.constants[name]
        of_value = name in world.model.owners
        page = world.html[f"reference/{thing.name if of_value else thing.header}.html"]
        manuals = [thing.name] if of_value else [name, f"pwwb_{thing.header}"]
        row = re.search(rf'id="{name}"><td>.*?</td><td>(.*?)</td>', page)
        told = [("HTML", row and re.sub("<.*?>", "", row[1]))]
        for manual_page in manuals:
            found = re.findall(rf'^\.It Dv {name} Pq "([^"]+)"|^Its value is\n\.Ql "([^"]+)"',
                               world.man[manual_page], re.M)
            told.append((f"{manual_page}(3)", found and "".join(found[0])))
        faults += [f"{name}: {where} says {said}, not {number}" for where, said in told
                   if not said or worth(said) != number]
    return faults


def codes(world):
    """What the library knows is what the header has; each has pages and anchors, with the library's words."""
    known = world.names()
    faults = [f"{n}: not in the header" for n in known if n not in world.model.owners]
    header = [*world.model.statuses, *world.model.codes]
    faults += [f"{n}: the library does not know it" for n in header if n not in known]
    for name in known:
        faults += [f"{name}: no anchor"] if f'id="{name}"' not in world.html["errors.html"] else []
        faults += [f"{name}: no HTML page"] if f"reference/{name}.html" not in world.html else []
        faults += [f"{name}: no manual page"] if name not in world.man else []
        faults += [f"{name}: not in pwwb_errors(3)"] if f".It Dv {name} " not in world.man["pwwb_errors"] else []
    for row in world.library["codes"]:
        page = world.html["errors.html"].split(f'id="PWWB_CODE_{row["name"]}"')[-1].split("<h3")[0]
        told = row["user"] in page and row["outcome"] in page
        faults += [] if told else [f"{row['name']}: not what the library says"]
    return faults


def called(texts):
    return {path: set(re.findall(r"\b(pwwb_\w+)\s*\(", text)) for path, text in texts.items()}


def examples(world):
    """Every function is called by an example or a flow, else by a live program, and its pages name one that does."""
    faults, code, live = [], called(world.code), called(world.live)
    for name in world.exported:
        callers = [path for path in code if name in code[path]] or [path for path in live if name in live[path]]
        if not callers:
            faults.append(f"{name}: no example calls it")
            continue
        page, manual = world.html[f"reference/{name}.html"], world.man[name]
        linked = [p for p in callers if f"../source/{p}.html#L" in page]
        faults += [] if linked else [f"{name}: its page links to no caller"]
        faults += [] if any(f".Pa {p}" in manual for p in callers) else [f"{name}: its manual page names no caller"]
    return faults


def page_links(world):
    return links.of_pages(world.html, world.files)


def markdown_links(world):
    return links.of_markdown(world.markdown, lambda path: (ROOT / path).exists())


LINTED = set()      # pages that are known to be good


def linted(items):
    """What mandoc says of (name, text)."""
    if not items:
        return []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in items:
            (pathlib.Path(folder) / f"{name}.3").write_text(text, encoding="utf-8")
        paths = sorted(map(str, pathlib.Path(folder).iterdir()))
        said = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *paths], text=True, capture_output=True,
                              check=False, stdin=subprocess.DEVNULL)
    found = (said.stdout + said.stderr).replace(folder + "/", "").splitlines()
    if not found and said.returncode == 0:
        LINTED.update(items)
    return found or ([] if said.returncode == 0 else ["mandoc failed"])


def manual(world):
    """mandoc has nothing to warn of, and every cross reference leads to a page."""
    said = linted(tuple(item for item in world.man.items() if item not in LINTED))
    others = {p.name.removesuffix(".in") for p in (ROOT / "docs/man").iterdir()}
    known = {f"{n} 3" for n in world.man} | {n.rsplit(".", 1)[0] + " " + n.rsplit(".", 1)[1] for n in others}
    lost = [f"{name}: no page {to}" for name, text in world.man.items()
            for to in re.findall(r"\bXr (\S+ \d)", text) if to not in known]
    lost += [f"{name}: {line} has no argument" for name, text in world.man.items()
             for line in re.findall(r'^\.(?:Ql|Fa|Em) "[].,:;()[?!|]"', text, re.M)]
    return said + lost


def docstrings(world):
    return names.docstrings(world.model, ROOT) + names.statuses(world.model) + \
        names.chapters(world.model, world.markdown)


def spoil(group, key, old, new):
    """A control that changes one text."""
    def change(world):
        texts = getattr(world, group)
        assert old in texts[key], (key, old)
        texts[key] = texts[key].replace(old, new)
    return change


def without(group, key):
    return lambda world: getattr(world, group).pop(key)


def speak(text):
    """A control that adds to one docstring."""
    def change(world):
        function = copy.copy(world.model.functions["pwwb_agent_new"])
        function.doc = Doc(f"/** {text} */")
        world.model = copy.copy(world.model)
        world.model.functions = {**world.model.functions, "pwwb_agent_new": function}
    return change


def unknown_status(world):
    world.library["statuses"].pop()


def uncalled(world):
    for group in ("code", "live"):
        texts = getattr(world, group).items()
        setattr(world, group, {n: t.replace("pwwb_agent_new", "pwwb_agent_old") for n, t in texts})


CHECKS = [
    (pages, "pages: each exported name, type and header has both", [
        (without("man", "pwwb_agent_new"), "pwwb_agent_new: no manual page"),
        (without("html", "reference/pwwb_set.html"), "pwwb_set: no HTML page"),
        (lambda world: world.exported.append("pwwb_more"), "pwwb_more: no HTML page")]),
    (parts, "pages: each parameter, field and value is there", [
        (spoil("man", "pwwb_agent_new", "options", "others"), "pwwb_agent_new: no parameter options"),
        (spoil("html", "reference/pwwb_need.html", 'id="PWWB_NEED_SET"', ""), "pwwb_need: no PWWB_NEED_SET")]),
    (advice, "errors: each status says what to do, and who says it", [
        (spoil("man", "PWWB_E_FULL", "allow more", "allow less"), "PWWB_E_FULL: PWWB_E_FULL(3) has not"),
        (spoil("html", "reference/PWWB_E_STOPPED.html", "End the loop", "Try again"), "PWWB_E_STOPPED: HTML has not"),
        (spoil("man", "PWWB_E_FULL", ".Xr pwwb_transport_ops 3", ".Xr pwwb_other_ops 3"),
         "PWWB_E_FULL: pwwb_transport_ops names it")]),
    (values, "pages: each value and constant has the compiler's number", [
        (spoil("man", "pwwb_uac", 'PWWB_UAC_NORMAL Pq "512"', 'PWWB_UAC_NORMAL Pq "0"'),
         "PWWB_UAC_NORMAL: pwwb_uac(3) says 0"),
        (spoil("html", "reference/pwwb_uac.html", "<td>512</td>", "<td>0</td>"), "PWWB_UAC_NORMAL: HTML says 0"),
        (spoil("man", "PWWB_ID_SIZE", '.Ql "16"', '.Ql "17"'), "PWWB_ID_SIZE: PWWB_ID_SIZE(3) says 17")]),
    (codes, "errors: each status and code of the library has its entries", [
        (spoil("html", "errors.html", 'id="PWWB_E_TIMEOUT"', ""), "PWWB_E_TIMEOUT: no anchor"),
        (without("man", "PWWB_CODE_LOCKED"), "PWWB_CODE_LOCKED: no manual page"),
        (unknown_status, "PWWB_E_CALLBACK: the library does not know it"),
        (spoil("html", "errors.html", "The new password is too short.", "Too long."),
         "POLICY_TOO_SHORT: not what the library says")]),
    (examples, "examples: each function is called by one, and its pages say where", [
        (uncalled, "pwwb_agent_new: no example calls it"),
        (spoil("html", "reference/pwwb_agent_new.html", "../source/", "../else/"),
         "pwwb_agent_new: its page links to no caller")]),
    (page_links, "links: each of the HTML pages leads somewhere, and nothing comes from outside", [
        (spoil("html", "index.html", 'href="operating.html"', 'href="other.html"'), "index.html: no page other.html"),
        (without("html", "reference/pwwb_agent_new.html"), "no page"),
        (spoil("html", "reference/pwwb_agent_new.html", ".c.html#L", ".c.html#M"), "no anchor"),
        (spoil("html", "index.html", "</body>", "<script></script></body>"), "index.html: <script>"),
        (spoil("html", "index.html", '"style.css"', '"https://else.example/style.css"'), "a resource from outside")]),
    (markdown_links, "links: each of the Markdown files leads somewhere", [
        (spoil("markdown", "README.md", "(docs/keys.md)", "(docs/key.md)"), "README.md: no file docs/key.md"),
        (spoil("markdown", "README.md", "(docs/keys.md)", "(docs/keys.md#none)"), "no heading docs/keys.md#none")]),
    (manual, "manual: mandoc warns of nothing, and each reference leads to a page", [
        (spoil("man", "pwwb_set", ".Sh DESCRIPTION", ".Sh DESCRIPTION\n.Xx"), "unknown macro"),
        (spoil("man", "pwwb_agent_new", "Xr pwwb_agent_free 3", "Xr pwwb_agent_fre 3"), "no page pwwb_agent_fre 3"),
        (spoil("man", "pwwb_code_name", 'Ql "\\&?"', 'Ql "?"'), 'pwwb_code_name: .Ql "?" has no argument')]),
    (docstrings, "docstrings: what they and the pages speak of is there", [
        (speak("see pwwb_agent_old()"), "pwwb_agent_old()"), (speak("one of enum pwwb_nothing"), "pwwb_nothing"),
        (speak("PWWB_E_GONE"), "PWWB_E_GONE"), (speak("answers NEED_NOTHING_AT_ALL"), "NEED_NOTHING_AT_ALL"),
        (speak("its `colour`"), "colour"), (speak("see ret_nothing"), "ret_nothing"),
        (speak("see pwwb/nothing.h"), "pwwb/nothing.h"), (speak("see docs/nothing.md"), "docs/nothing.md"),
        (spoil("markdown", "docs/threads.md", "pwwb_agent_stop()", "pwwb_agent_end()"),
         "docs/threads.md speaks of pwwb_agent_end"),
        (speak("pwwb_agent_new(), PWWB_E_TLS..., err, `err`, NEED_SET, docs/keys.md"), None)]),
]


def controlled(check, world, controls):
    """What a control should have found and did not; None stands for nothing at all."""
    clean = set(check(world))
    missed = []
    for i, (plant, wanted) in enumerate(controls, 1):
        other = object.__new__(World)
        other.__dict__.update({k: v.copy() if isinstance(v, (dict, list)) else v for k, v in vars(world).items()})
        other.library = {k: list(v) if isinstance(v, list) else v for k, v in world.library.items()}
        plant(other)
        new = set(check(other)) - clean
        if (wanted is None) == bool(new) or wanted and not any(wanted in fault for fault in new):
            missed.append(f"control {i} ({wanted}): {sorted(new)[:3]}")
    return missed


def main():
    world = World(pathlib.Path(sys.argv[1]), sys.argv[2])
    number = failed = 0
    for check, title, controls in CHECKS:
        found, missed = check(world), controlled(check, world, controls)
        for text, faults in ((title, found), (f"control of {check.__name__}", missed)):
            number += 1
            failed += bool(faults)
            print(*(f"# {fault}" for fault in faults), sep="\n", end="\n" if faults else "")
            print(f"{'not ok' if faults else 'ok'} {number} - {text}", flush=True)
    print(f"1..{number}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
