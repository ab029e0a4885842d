#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_manual.py BUILD ROOT: do the manual, the completion and --help of each program say the same?

"mandoc -T lint" must have nothing to say about a page but that others are not installed. Each option and command that
a program's --help knows stands in its page, and the other way round; and what a real bash offers after each command is
what that command's --help knows. Each setting of --print-config stands in the page of section 5, and the other way
round. Then the same with one of them left out, which must be found.
"""
import os
import re
import subprocess
import sys
import tempfile

PAGES = {"pwwb-agent": "pwwb-agent.8", "pwwb-portal": "pwwb-portal.1", "pwwb-admin": "pwwb-admin.8"}
SETTINGS = {"pwwb-agent": "pwwb-agent.conf.5", "pwwb-portal": "pwwb-portal.conf.5"}
COMMANDS = {
    "pwwb-agent": ["run", "check", "enable", "roll", "disable"],
    "pwwb-portal": ["ticket", "confirm", "revoke", "serve", "ready", "status", "reset", "change", "unlock"],
    "pwwb-admin": ["key show", "key check", "key rotate", "key rewrap", "preflight", "policy", "check", "import",
                   "lookup", "show", "staging", "relay"],
}
OPTION = r"--([a-z][a-z-]*[a-z])"
build, root = sys.argv[1:]


def read(path):
    return open(path, encoding="utf-8").read()


def run(*words):
    return subprocess.run(words, text=True, capture_output=True, check=False)


def helps(program):
    """What each command's --help says; "" is the program's own."""
    path = f"{build}/examples/{program}"
    found = {"": run(path, "--help").stdout}
    for command in COMMANDS[program] if program != "pwwb-agent" else []:
        found[command] = run(path, *command.split(), "--help").stdout
    return found


def options(text):
    return set(re.findall(OPTION, text))


def commands_in_help(program, text):
    if program == "pwwb-admin":
        rows = re.findall(r"pwwb-admin ((?:key )?[a-z]+)", text)
    else:
        rows = re.findall(r"^ {2,4}([a-z]+)(?= [A-Z]+ |  )", text, re.M)
    return set(rows)


def of_page(text):
    """Its commands and options."""
    rows = re.findall(r"^\.It Cm ((?:key )?[a-z]+)", text, re.M)
    return set(rows), set(re.findall(r"\bFl -([a-z][a-z-]*[a-z])", text))


def offered(script, program, words):
    """What bash offers for the word that comes next."""
    line = f'. "$1"; shift; COMP_WORDS=("$@" "--"); COMP_CWORD=$#; f=$(complete -p {program} | sed "s/.*-F //; s/ .*//");' \
        ' "$f"; printf "%s\\n" "${COMPREPLY[@]}"; COMP_WORDS=("$@" ""); COMPREPLY=(); "$f"; printf "%s\\n" "${COMPREPLY[@]}"'
    return set(run("bash", "-c", line, "bash", script, program, *words).stdout.split())


def differ(what, here, there):
    return [f"{what}: only in the first: {x}" for x in sorted(here - there)] + \
        [f"{what}: only in the second: {x}" for x in sorted(there - here)]


def lint(path):
    said = run("mandoc", "-T", "lint", "-W", "all", path)
    lines = [x for x in (said.stdout + said.stderr).splitlines() if "manual not found" not in x and "mandoc.db" not in x]
    known = set(PAGES.values()) | set(SETTINGS.values())
    refers = {f"{name}.{section}" for name, section in re.findall(r"^\.Xr (pwwb-\S+) (\d)", read(path), re.M)}
    return [f"mandoc: {x}" for x in lines] + [f"{path}: no page {x}" for x in refers - known]


def settings(text):
    """Of --print-config: paths of what is no group."""
    around, found = [], set()
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("}"):
            around.pop()
        elif match := re.match(r"(\w+)(: \{| = \( \{)$", line):
            around.append(match[1])
        elif match := re.match(r"#?(\w+) = ", line):
            found.add(".".join(around + [match[1]]))
    return found


def faults(program, said, page, script):
    commands, fl = of_page(page)
    every = set().union(*map(options, said.values())) | ({"help"} if program != "pwwb-agent" else set())
    found = differ(f"{program}: --help and page", every, fl)
    found += differ(f"{program}: commands of --help and page", commands_in_help(program, said[""]), commands)
    top = {c.split()[0] for c in COMMANDS[program]}
    names = {x for x in offered(script, program, []) if not x.startswith("-")}
    found += differ(f"{program}: commands of page and completion", {c.split()[0] for c in commands} | top, names)
    for command, text in said.items():
        known = options(text) | {"help"}
        if program == "pwwb-admin" and command == "":
            continue
        if program == "pwwb-portal" and command == "":
            known = {"config", "json", "lang", "print-config", "help", "version"}
        if command == "key rotate" or command == "key check" or command == "key show":
            known = {x for x in known if not x.startswith("new-")}
        told = {x[2:] for x in offered(script, program, command.split()) if x.startswith("--")}
        found += differ(f"{program} {command}: --help and completion", known, told)
    return found


def planted(program, said, page, script, folder):
    """(what is left out, --help, page, completion)"""
    option = {"pwwb-agent": "print-config", "pwwb-portal": "anyway", "pwwb-admin": "quorum"}[program]
    command = COMMANDS[program][-1]
    bad = f"{folder}/{program}"
    yield "an option of the page", said, page.replace(f"Fl -{option}", "Fl -else"), script
    yield "an option of --help", {c: t.replace(f"--{option}", "it") for c, t in said.items()}, page, script
    yield "a command of the page", said, page.replace(f".It Cm {command}", ".It Cm else"), script
    yield "a command of --help", {c: t.replace(command, command.upper()) for c, t in said.items()}, page, script
    for what, word in (("an option", f"--{option}"), ("a command", f" {command}")):
        open(bad + what[-4:], "w", encoding="utf-8").write(read(script).replace(word, ""))
        yield f"{what} of the completion", said, page, bad + what[-4:]


def main():
    wrong, missed, count = [], [], 0
    for program, name in PAGES.items():
        page, script, said = f"{root}/docs/man/{name}", f"{root}/examples/completion/{program}", helps(program)
        count += sum(len(options(t)) for t in said.values())
        wrong += lint(page) + faults(program, said, read(page), script)
        with tempfile.TemporaryDirectory() as folder:
            missed += [f"{program}: {what}" for what, *rest in planted(program, said, read(page), script, folder)
                       if not faults(program, *rest)]
            open(folder + "/page.8", "w", encoding="utf-8").write(read(page).replace(".El", ".Ell", 1))
            missed += [] if lint(folder + "/page.8") else [f"{program}: a page with a fault"]
    for program, name in SETTINGS.items():
        path = f"{build}/examples/{name}"
        here = settings(run(f"{build}/examples/{program}", "--print-config").stdout)
        there = set(re.findall(r"^\.It Ic (\S+) =", read(path), re.M))
        count += len(here)
        wrong += lint(path) + differ(f"{name}: --print-config and page", here, there)
        missed += [] if differ("", here, there - {"relay.host"}) and len(here) > 20 else [name]
    for line in wrong + ["not found though planted: " + m for m in missed]:
        print("check_manual:", line)
    print(f"check_manual: {len(PAGES) + len(SETTINGS)} pages, {count} options and settings, {len(wrong)} wrong, "
          f"{len(missed)} missed")
    return bool(wrong or missed or count < 150 or not os.path.isdir(root))


sys.exit(main())
