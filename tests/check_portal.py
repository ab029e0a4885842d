#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_portal.py BUILD: pwwb-portal on a live broker (RELAY_*, of tests/fixtures/rabbit), against an agent with a
directory in memory: exit codes of each kind, passwords from a terminal, a descriptor and a file, and that none is
shown or left anywhere; JSON by Python's json, names by docs/audit.md. Prints what is wrong; exit 1."""
import json
import os
import pathlib
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time

from portal_runs import ROOT, TENANT, Runs, Terminal, anchor, memory_has

ANNA, BERTA, CLARA, DORA, ERNA = (anchor(octet) for octet in range(0xa1, 0xa6))
GOOD = "Well-Chosen-Word-%d"
CONFIG = """tenant = "{tenant}";
state = "{folder}/state";
keys: {{ file = "{folder}/portal.key"; lock_file = "{folder}/lock.portal"; }};
relay: {{ host = "{host}"; ca = "{ca}"; name = "{name}"; user = "portal"; secret_file = "{folder}/secret.portal"; }};
ticket: {{ credential_file = "{folder}/secret.agent"; }};
audit: {{ file = "{folder}/audit.log"; required = true; }};
portal: {{ timeout = 4; life = 4; }};
"""
AGENT = """ticket = "{folder}/ticket";
keys: {{ file = "{folder}/agent.key"; lock_file = "{folder}/lock.agent"; }};
relay: {{ host = "{host}"; ca = "{ca}"; name = "{name}"; user = "agent"; secret_file = "{folder}/secret.agent"; }};
"""
# What is wrong, and what is said of it, with its line.
WRONG = [('tenant = "', 'tenant = "x', r"^\S+:1: tenant: a GUID was expected"),
         ("lock_file =", "lok_file =", r"^\S+:3: keys\.lok_file: is not known; the nearest is \"lock_file\""),
         ('lock_file = "', 'passphrase_file = "y"; lock_file = "', r"^\S+:3: keys\.lock_file: either"),
         ('user = "portal"; ', "", r"^\S+:4: relay\.user: is missing: whom to connect as"),
         ("required = true", "required = 1", r"^\S+:6: audit\.required: true or false was expected"),
         ("timeout = 4", "timeout = 301", r"^\S+:7: portal\.timeout: a number from 1 to 300 was expected"),
         ("timeout = 4", "timeout 4", r"^\S+:7: "), ("tenant =", "tenants =", r"^\S+:1: tenant: is missing")]


def usage(r):
    """Help and wrong usage; nothing that may have been a password is repeated."""
    r.run(0, "--help").says("^usage: pwwb-portal ", "^  reset ANCHOR ", "^Exit: 0 ")
    r.run(0, "--version").says(r"^pwwb-portal \d+\.\d+\.\d+$")
    for command in ("ticket", "confirm", "revoke", "serve", "ready", "status", "reset", "change", "unlock"):
        r.run(0, command, "--help").says(f"^usage: pwwb-portal {command}")
    for wrong in ((), ("melt",), ("reset",), ("confirm",), ("reset", "nobody"), ("reset", ANNA, "Hidden-Word-1"),
                  ("--melt", "status"), ("status", "--hours", "3"), ("ticket", "--hours", "0"),
                  ("ticket", "--hours"), ("ready", "--wait", "soon"), ("status", "--json=1"),
                  ("reset", ANNA, "--admin", "boss"), ("reset", ANNA, "--user-type", "hash"),
                  ("reset", ANNA, "--origin", "moon"), ("reset", ANNA, "--password", "Hidden-Word-1"),
                  ("reset", ANNA, "--password=Hidden-Word-1"), ("unlock", ANNA, "--password-fd", "3"),
                  ("reset", ANNA, "--password-fd", "3", "--password-file", "f")):
        r.run(2, *wrong).says("pwwb-portal")
    r.run(2, "--jsn", "status").says("the nearest is --json")
    r.check("Hidden-Word" not in r.everything, "a word of the command line is repeated")


def configuration(r, good):
    """Each fault with its line; and the whole file that --print-config shows names all that is in a good one."""
    r.run(78, "status", config="nothing.conf").says("nothing.conf: cannot be read")
    for was, becomes, said in WRONG:
        r.check(was in good, f"no {was} in the configuration")
        r.write("wrong.conf", good.replace(was, becomes, 1))
        r.run(78, "status", config="wrong.conf").says(said)
    shown = r.run(0, "--print-config").out
    r.check(set(re.findall(r"(\w+) =", good)) <= set(re.findall(r"(\w+) =", shown)), "--print-config leaves some out")
    r.write("wrong.conf", good.replace("audit.log", "none/audit.log"))
    r.run(1, "reset", ANNA, text=GOOD % 0 + "\n", config="wrong.conf").says("^PWWB_E_")


def enable(r):
    """From nothing to an active key; what is not confirmed is not used."""
    r.run(0, "status").says("^keys: not enabled$")
    r.run(1, "ready", "--wait", "1").says("no key is active")
    r.run(1, "reset", ANNA, text=GOOD % 1 + "\n").says("CONFIGURATION")
    r.run(1, "confirm", "AAAA-AAAA-AAAA-AAAA").says("^PWWB_E_")
    serve = r.start("serve", r.command("serve"))
    r.soon("it serves", lambda: os.path.exists(r.path("state/readiness.json")))
    r.run(0, "ticket", "--out", r.path("ticket"), "--hours", "1").says("is used once")
    r.check(stat.S_IMODE(os.stat(r.path("ticket")).st_mode) == 0o600, "a ticket that others read")
    r.run(1, "ticket", "--out", r.path("ticket")).says("the ticket's file is there")
    r.check(r.run(0, "status", "--json").object()["has_ticket"] is True, "no ticket is out")
    ticket = r.run(0, "ticket").out     # takes the place of the one before
    r.write("ticket", ticket)
    agent, fingerprint = r.agent()
    r.soon("its order came", lambda: r.run(0, "status", "--json").object()["state"] == "pending")
    r.run(1, "reset", ANNA, text=GOOD % 1 + "\n").says("CONFIGURATION")
    r.run(1, "confirm", fingerprint[::-1]).says("somebody else may have used the ticket")
    r.run(0, "confirm", fingerprint.lower().replace("-", "")).says("^keys: enabled", fingerprint)
    r.soon("it is up", lambda: r.run(0, "status", "--json").object()["readiness"]["state"] == "up")
    r.run(0, "ready").says("^The service is up", "^agents: 1 up")
    told = r.run(0, "status", "--json").object()
    r.check((told["tenant"], told["fingerprint"], told["keys"][0]["state"]) == (TENANT, fingerprint, "active"),
            f"status: {told}")
    r.run(0, "status").says("^keys: enabled", "^  1: active, 0 days old$", "^passwords, since the agents began: 0 set")
    return serve, agent


def answers(r):
    """Exit codes and words of each kind of answer."""
    r.run(0, "reset", ANNA, text=GOOD % 1 + "\n").says(r"^Your password is set\..*\(OK\)$")
    r.run(0, "reset", ANNA, "--must-change", text=GOOD % 2 + "\n").says(r"\(OK_MUST_CHANGE_FAILED\)$")
    r.run(1, "reset", BERTA, text="short\n").says("^Your password was not changed:$",
          r"^  - The new password is too short\. Choose at least 12 characters\. \(POLICY_TOO_SHORT\)$",
          r"^  - Use three of .* So far it has 1 kind\. \(POLICY_COMPLEXITY\)$")
    r.run(1, "reset", ANNA, text=GOOD % 2 + "\n").says(r"^  - You used this password before.*\(POLICY_HISTORY\)$")
    r.run(1, "change", BERTA, text=GOOD % 3 + "\nwrong\n").says(r"^The current .* \(OLD_PASSWORD_WRONG\)$")
    r.run(0, "change", BERTA, text=GOOD % 3 + "\nLong-Forgotten-1\n").says(r"\(OK\)$")
    r.run(0, "unlock", BERTA).says(r"^Your account is unlocked\. \(OK\)$")
    r.run(0, "reset", CLARA, "--admin", TENANT, "--user-type", "federated", text=GOOD % 4 + "\n")
    r.run(0, "reset", CLARA, "--origin", "reset_portal", "--unlock", text=GOOD % 5 + "\n")
    r.run(1, "reset", anchor(0x77), text=GOOD % 4 + "\n").says(r"\(NOT_FOUND\)$", "^NOT_FOUND: No account")
    r.run(1, "reset", ANNA, "--user-type", "cloud-only").says(r"\(USER_TYPE\)$")
    r.run(1, "reset", ANNA, "--admin", TENANT, "--origin", "powershell-v2").says(r"\(ORIGIN_POWERSHELL\)$")
    r.run(1, "reset", "User_" + TENANT, "--admin", TENANT).says(r"\(OWN_BY_ADMIN_TOOL\)$")
    r.run(1, "reset", ANNA, text=b"\xff\xfe-no-utf-8\n").says("too long, or no UTF-8. Nothing was sent")
    r.run(1, "reset", ANNA, text="x" * 1100 + "\n").says("^One line was expected")
    r.run(1, "reset", ANNA, text="").says("^One line was expected")
    r.run(1, "change", ANNA, text=GOOD % 4 + "\n").says("^Two lines were expected")
    r.run(1, "reset", ANNA, "--password-file", r.path("no-such-file")).says("cannot be opened")
    r.run(2, "reset", ANNA).says("No terminal is here")
    r.write("password", GOOD % 6 + "\n")
    many = [subprocess.Popen(r.command("reset", who, "--password-file", r.path("password")), env=r.environment,
                             stdout=subprocess.DEVNULL) for who in (ANNA, BERTA, CLARA, DORA)]
    r.check([one.wait(30) for one in many] == [0] * 4, "four at once")


def programs(r):
    """For programs: one object, the audit's names, and languages."""
    page = (ROOT / "docs/audit.md").read_text(encoding="utf-8")
    names = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    told = r.run(1, "reset", ANNA, "--json", "--lang", "sv", text="kort\n").object()
    r.check(names >= set(told) - {"text", "operator_text", "reasons", "exit"}, f"other names than the audit's: {told}")
    r.check((told["code"], told["outcome"], told["exit"], told["findings"], told["operation"], told["anchor"])
            == ("POLICY_TOO_SHORT", "not_set", 1, 2, "reset_self", ANNA), f"{told}")
    r.check([(f["code"], f["limit"], f["actual"]) for f in told["reasons"]]
            == [("POLICY_TOO_SHORT", 12, 4), ("POLICY_COMPLEXITY", 3, 1)], f"{told['reasons']}")
    r.check(told["reasons"][0]["text"] == "Lösenordet är för kort. Välj minst 12 tecken.", f"{told['reasons'][0]}")
    r.check(told["reasons"][1]["text"].endswith("Än så länge har det 1 slag."), f"{told['reasons'][1]}")
    told = r.run(0, "change", DORA, "--json", text=f"{GOOD % 7}\n{GOOD % 6}\n").object()
    r.check((told["code"], told["outcome"], told["controller"]) == ("OK", "set", "memory"), f"{told}")
    told = r.run(1, "confirm", "AAAA-AAAA-AAAA-AAAB", "--json").object()
    r.check(told["status"].startswith("PWWB_E_") and told["exit"] == 1, f"{told}")
    r.run(1, "reset", ANNA, text="kort\n", LC_ALL="sv_SE.UTF-8").says("^Ditt lösenord ändrades inte:$")
    r.run(1, "reset", ANNA, text="kort\n", LC_ALL="", LANG="sv_FI").says("^Ditt lösenord ändrades inte:$")
    r.run(1, "reset", ANNA, "--lang", "xx", text="kort\n", LC_ALL="sv").says("^Your password was not changed:$")
    r.run(1, "reset", ANNA, text="kort\n", LC_ALL="de_DE", LANGUAGE="xx:sv").says("^Ditt lösenord ändrades inte:$")
    r.run(0, "--help", "--lang", "sv").says("^användning: pwwb-portal")
    r.run(0, "ready", "--lang", "sv").says("^Tjänsten är igång")
    r.run(0, "ready", "--json").says('"state": "up"')


def terminal(r):
    """Typed on a terminal: never shown, asked for twice, and the terminal is as it was; a control shows that what
    is shown would be seen."""
    cat = Terminal(["/bin/cat"], r.environment)
    cat.type("Shown-Word-1\n")
    r.check(cat.read(b"Shown-Word-1"), "control: what a terminal shows is not seen")
    cat.type("\x04")
    r.check(cat.end() == (0, True), "control: cat")
    for typed, code, last in (((GOOD % 8, GOOD % 8), 0, b"(OK)"), ((GOOD % 8, GOOD % 9), 1, b"are not the same"),
                              (("",), 1, b"No password"), (("\x03",), 1, b"Stopped. Nothing was sent."),
                              ((GOOD % 8 + "\x03",), 1, b"Stopped. Nothing was sent.")):
        t = Terminal(r.command("reset", ERNA), r.environment)
        for prompt, word in zip((b"New password: ", b"once more: "), typed):
            r.check(t.read(prompt), f"no prompt {prompt}: {t.shown}")
            t.type(word if "\x03" in word else word + "\n")
        r.check(t.read(last), f"{typed} is not answered {last}: {t.shown}")
        r.check(t.end() == (code, True), f"{typed}: another code than {code}, or the terminal is not as before")
        r.check(b"Well-Chosen" not in t.shown, f"a password is shown: {t.shown}")
    t = Terminal(r.command("change", ERNA, "--lang", "sv"), r.environment)
    for prompt, word in (("Nuvarande lösenord: ", GOOD % 8), ("Nytt lösenord: ", GOOD % 9),
                         ("en gång till: ", GOOD % 9)):
        r.check(t.read(prompt.encode()), f"no prompt {prompt}: {t.shown}")
        t.type(word + "\n")
    r.check(t.read("Väntar på svaret".encode()) and t.read(b"(OK)"), f"{t.shown}")
    r.check(t.end() == (0, True) and b"Well-Chosen" not in t.shown, f"a change on a terminal: {t.shown}")


def under_way(r, agent):
    """While an answer is waited for the password is nowhere any more; and Ctrl-C then is no "not set"."""
    secret = "Nowhere-To-Be-Found-1"
    agent.send_signal(signal.SIGSTOP)
    read, write = os.pipe()
    os.write(write, secret.encode() + b"\nrest")
    child = subprocess.Popen(r.command("reset", DORA, "--password-fd", str(read)), pass_fds=[read],
                             env=r.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(3)
    r.check(os.read(read, 10) == b"rest", "more than a line was read")
    for what in ("cmdline", "environ"):
        r.check(secret.encode() not in pathlib.Path(f"/proc/{child.pid}/{what}").read_bytes(), f"it is in {what}")
    r.check(memory_has(os.getpid(), secret), "control: a password in memory is not found")
    r.check(not memory_has(child.pid, secret), "it is in memory, after it was sealed")
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=10)
    r.check(child.returncode == 3 and b"OUTCOME_UNKNOWN" in out and b"had been sent already" in err,
            f"Ctrl-C under way: {child.returncode} {out} {err}")
    r.run(3, "reset", DORA, "--timeout", "1", text=GOOD % 9 + "\n").says(r"\(OUTCOME_UNKNOWN\)$")
    agent.send_signal(signal.SIGCONT)


def away(r, agent, serve):
    """An agent that dies with a request, one that stops, none, and no broker."""
    for word in ("Kill-The-Agent-1", "Set-And-Kill-1"):
        r.run(3, "reset", DORA, text=word + "\n").says(r"\(OUTCOME_UNKNOWN\)$")
        r.soon("it is dead", lambda: agent.poll() is not None)     # pylint: disable=cell-var-from-loop
        r.children.remove(agent)
        time.sleep(5)           # what it had comes to nobody any more: its life is over
        agent, _ = r.agent()
    r.check(r.end(agent) == 0, "the agent ends badly")
    r.soon("it is not ready", lambda: subprocess.run(r.command("ready"), env=r.environment, check=False,
                                                     stdout=subprocess.DEVNULL).returncode == 1)
    r.run(4, "reset", DORA).says(r"\(AGENT_DOWN\)$")       # nobody is asked for a password
    told = r.run(4, "reset", DORA, "--json").object()
    r.check((told["end"], told["exit"]) == ("not_sent", 4), f"{told}")
    r.run(3, "reset", DORA, "--anyway", "--timeout", "1", text=GOOD % 9 + "\n")
    r.check(r.end(serve) == 0, "serve ends badly")
    r.check(not os.path.exists(r.path("state/readiness.json")), "what served is gone, and its file is not")
    r.run(3, "ready", "--wait", "1").says("No agent has been heard yet")
    r.run(0, "status").says("does not run")
    right = r.said("secret.portal")
    r.write("secret.portal", "a wrong secret, long enough\n")
    r.run(4, "reset", DORA, text=GOOD % 9 + "\n").says(r"\(UNREACHABLE\)$", "PWWB_E_AUTH")
    r.write("secret.portal", right)


def again(r):
    """Revoked, and enabled anew by a ticket that waits for its agent."""
    r.run(0, "revoke").says("^keys: revoked")
    r.run(1, "reset", DORA).says("CONFIGURATION")
    os.unlink(r.path("agent.key"))
    waiting = subprocess.Popen(r.command("ticket", "--wait"), env=r.environment, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    r.write("ticket", waiting.stdout.readline())
    agent, fingerprint = r.agent()
    _, err = waiting.communicate(timeout=30)
    r.check(waiting.returncode == 0 and fingerprint.encode() in err and b"confirm" in err, f"ticket --wait: {err}")
    r.run(0, "confirm", fingerprint)
    r.run(0, "ready").says("^The service is up")       # it listens itself
    r.run(0, "reset", DORA, text=GOOD % 9 + "\n")
    r.end(agent)


def without_broker(r):
    """Nothing can have been sent."""
    rabbit = ["bash", ROOT / "tests/fixtures/rabbit"]
    subprocess.run([*rabbit, "stop", os.environ["RELAY_STATE"]], check=True, capture_output=True)
    r.run(4, "reset", DORA, text=GOOD % 9 + "\n").says(r"\(UNREACHABLE\)$", "PWWB_E_CONNECT")
    r.run(1, "ready", "--wait", "1").says("cannot be reached")
    r.run(0, "revoke").says("The agents were not told", "^keys: revoked")
    subprocess.run([*rabbit, "start", os.environ["RELAY_STATE"]], check=True, capture_output=True)


def written_down(r):
    """The audit: each line an object; nothing that was written, said or kept holds a password."""
    events = [json.loads(line) for line in r.said("audit.log").splitlines()]
    after = [e for e in events if e["stage"] == "after"]
    r.check({e["end"] for e in after} == {"answered", "not_sent", "no_answer"}, "ends of the audit")
    r.check(len(events) > 30 and sum(e["code"] == "OK" for e in after) >= 10, f"{len(events)} events")
    r.check(all("duration_ms" in e for e in after), "an event without its duration")
    everything = r.everything + "".join(r.said(name) for name in ("audit.log", "serve", "agent"))
    for word in ("Well-Chosen", "Nowhere-To", "Long-Forgotten", "Kill-The"):
        r.check(word not in everything, f"{word} is written somewhere")
    r.check("Well-Chosen" in r.said("password"), "control: no password in the file that has one")


def main(build):
    with tempfile.TemporaryDirectory() as folder:
        r = Runs(build, folder)
        os.mkdir(r.path("state"))
        facts = {"folder": folder, "tenant": TENANT, "host": os.environ["RELAY_ADDR"],
                 "ca": os.environ["RELAY_CA"], "name": os.environ["RELAY_HOSTNAME"]}
        for side in ("portal", "agent"):
            r.write("lock." + side, os.urandom(32))
            r.write("secret." + side, os.environ[f"RELAY_{side.upper()}_SECRET"] + "\n")
        r.write("portal.conf", CONFIG.format(**facts))
        r.write("agent.conf", AGENT.format(**facts))
        try:
            usage(r)
            configuration(r, CONFIG.format(**facts))
            serve, agent = enable(r)
            answers(r)
            programs(r)
            terminal(r)
            under_way(r, agent)
            away(r, agent, serve)
            again(r)
            without_broker(r)
            written_down(r)
        finally:
            r.end_all()
    print(f"{r.count} checks, {r.failed} wrong")
    return r.failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
