#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_agent.py BUILD [AD-ADDRESS RABBIT-ADDRESS]: pwwb-agent against Samba and RabbitMQ, asked by pwwb-portal.

Judges are the directory (how often a password was written, by replPropertyMetaData; who can sign in with it), the
broker (who is connected) and the portal. Prints what is wrong; exit 1.
"""
import json
import os
import re
import signal
import sys
import tempfile
import uuid

from agent_runs import Listener, Runs, Servers, done, put_set_secret

LIMITS = "limits: { %s };"


def words(r):
    """What it says of itself; wrong usage; a wrong file."""
    said = r.agent("--help")
    r.check("usage: pwwb-agent" in said, said)
    r.check(all(f"{g}" in r.agent("--print-config") for g in ("keys: {", "relay: {", "directories = (")), "the file")
    for args in (["enable"], ["melt"], ["run", "more"], ["roll", "now"]):
        r.check("usage:" in r.agent(*args, code=2), f"{args}")
    r.config("bad.conf", head="jurnal = \"x\";")
    for command in ("run", "check", "roll", "disable"):
        said = r.agent(command, conf="bad.conf", code=78)
        r.check(re.search(r'bad.conf:2: jurnal: is not known; the nearest is "journal"', said), said)
    r.agent("check", conf="nothing.conf", code=78)


def broken(r):
    """Each thing by itself: it is named, and nothing else."""
    f = r.folder
    junk = r.path("junk")
    junk.write_bytes(b"no such thing " * 200)
    r.path("loose").write_bytes(os.urandom(32))
    r.path("loose").chmod(0o644)
    other = r.env["AD_OTHER_CA"]
    cases = [
        ("keys", "chmod 600", {"lock": f / "loose"}),
        ("keys", "PWWB_E_MALFORMED", {"keys": junk}),
        ("journal", "make the folder", {"head": f'journal = "{f}/none/journal";'}),
        ("journal", "PWWB_E_MALFORMED", {"head": f'journal = "{junk}";'}),
        ("space", "PWWB_E_NOT_FOUND", {"head": f'space = "{f}/no-space";'}),
        ("audit", "make the folder", {"audit": f / "none/audit"}),
        ("metrics", "make the folder", {"metrics": f / "none/metrics"}),
        ("filters", "filters.banned", {"head": f'filters: {{ banned = "{f}/none"; }};'}),
        ("filters", "filters.breached", {"head": f'filters: {{ breached = "{junk}"; }};'}),
        ("limits", "limits", {"head": LIMITS % 'scope = ["no name"];'}),
        ('directory ""', "PWWB_E_AUTH", {"svc": f / "wrong"}),
        ('directory ""', "password_file", {"svc": f / "none"}),
        ('directory ""', "PWWB_E_TLS_CA", {"ca": other}),
        ('directory ""', "PWWB_E_TLS_NAME", {"host": "dc9.corp.example.test"}),
        ('directory ""', "PWWB_E_CONNECT", {"directory": "port = 9;"}),
        ("relay", "PWWB_E_AUTH", {"secret": f / "wrong"}),
        ("relay", "PWWB_E_TLS_CA", {"relay_ca": other}),
        ("relay", "firewall", {"relay": "port = 9;"}),
    ]
    r.config("good.conf")
    r.check("FAILED" not in r.agent("check", conf="good.conf"), "a good file")
    for what, why, change in cases:
        r.config("broken.conf", **change)
        said = r.agent("check", conf="broken.conf", code=1)
        failed = re.findall(r"^FAILED (.*?): (.*)$", said, re.M)
        r.check([w for w, _ in failed] == [what] and why in failed[0][1], f"{change}: {said}")
    r.check(not [n for n in ("agent.key", "journal", "audit", "metrics") if r.path(n).exists()],
            "check has made something")


def begin(r, listener):
    """It waits for a ticket; then it serves."""
    r.config()
    agent = r.start_agent(env=listener.env)
    r.until("READY=1 was not told", lambda: listener.has("READY=1"))
    r.until_said("not enabled yet")
    r.reset("u001", 1)
    r.enable()
    r.until("the agent is not ready", ready(r))
    r.reset("u001")
    r.until("the tenant's state", lambda: r.metrics().get('pwwb_tenant_state{state="enabled"}') == 1)
    return agent


def ready(r):
    """A question for until(): does the portal see the service?"""
    return lambda: json.loads(r.path("readiness.json").read_text(encoding="utf-8")).get("state") == "up" \
        if r.path("readiness.json").exists() else False


def at_once(r):
    """More than there are workers."""
    before = [r.servers.writes(f"u{n:03d}") for n in range(2, 8)]
    asked = [r.begin_reset(f"u{n:03d}", r.password()) for n in range(2, 8)]
    for p in asked:
        r.finish_reset(p)
    r.check([r.servers.writes(f"u{n:03d}") for n in range(2, 8)] == [b + 1 for b in before], "six at once")


def reload_(r, agent, listener):
    """A wrong file changes nothing and is named with its line; another one holds from then on."""
    r.config(head="agent: { workers = 0; };\nnonsense = 1;")
    agent.send_signal(signal.SIGHUP)
    r.until_said(r"agent.conf is wrong: it goes on as before")
    r.check(re.search(r"agent.conf:\d+: ", r.said()), "no line was said")
    r.reset("u001")
    r.config(svc=r.path("none"))
    agent.send_signal(signal.SIGHUP)
    r.until_said(r"agent.conf is wrong: it goes on as before", times=2)
    r.reset("u001")

    r.config(head=LIMITS % 'operations = ["unlock"];')
    reread(r, agent)
    r.reset("u001", 1, "LIMIT_OPERATION")
    r.config(head=LIMITS % "per_account = 1;")
    reread(r, agent)
    r.reset("u008")
    r.reset("u008", 4, "LIMIT_RATE")
    reread(r, agent)
    r.reset("u008", 4, "LIMIT_RATE")
    r.config(head=LIMITS % "per_account = 2;")
    reread(r, agent)
    r.reset("u008")
    r.config()
    reread(r, agent)
    r.until("RELOADING=1 was not told", lambda: listener.has("RELOADING=1", 7))
    r.until("READY=1 did not follow", lambda: listener.has("READY=1", 8))
    r.until("WATCHDOG=1 was not told", lambda: listener.has("WATCHDOG=1", 2))


def reread(r, agent):
    before = len(re.findall("workers for", r.said()))
    agent.send_signal(signal.SIGHUP)
    r.until_said("workers for", times=before + 1)


def lines(r, name):
    return [json.loads(line) for line in r.said(name).splitlines()]


def rotate(r, agent):
    """The audit's file is another one after a SIGHUP, and all lines are in one of both."""
    r.path("audit").rename(r.path("audit.1"))
    reread(r, agent)
    size = r.path("audit.1").stat().st_size
    r.reset("u001")
    r.check(r.path("audit.1").stat().st_size == size, "the old file grows")
    r.check([e["stage"] for e in lines(r, "audit")] == ["before", "after"], "the new file")


def figures(r):
    """They are what the portal was told and the audit has, over all workers and settings."""
    after = [e for e in lines(r, "audit.1") + lines(r, "audit") if e["stage"] == "after"]
    r.until("the last one's figure", lambda: r.metrics()["pwwb_messages_received_total"] > len(after))
    m = r.metrics()
    get = {o: m[f'pwwb_requests_total{{outcome="{o}"}}'] for o in ("set", "not_set", "unknown", "unopened")}
    r.check(get["set"] == r.outcomes[0] == sum(e["outcome"].startswith("set") for e in after),
            f"set: {get}, portal {r.outcomes}, audit {len(after)}")
    r.check(get["set"] + get["not_set"] + get["unknown"] == len(after), f"{get}, audit {len(after)}")
    r.check(m["pwwb_messages_received_total"] == len(after) + 1, f"received {m}") # and the portal's answer
    r.check(get["unopened"] == get["unknown"] == m["pwwb_audit_failures_total"] == 0, f"{get}")
    r.check(m['pwwb_directory_up{directory=""}'] == m["pwwb_relay_connected"] == m["pwwb_key_generation"] == 1, f"{m}")


def broker(r):
    """It goes and comes."""
    r.servers.fixture("rabbit", "stop", r.servers.rabbit)
    r.until_said("warn relay: not connected to")
    r.until("the figure", lambda: r.metrics()["pwwb_relay_connected"] == 0)
    r.servers.fixture("rabbit", "start", r.servers.rabbit)
    before = len(re.findall("info relay: connected to", r.said()))
    r.until("it did not connect again", lambda: len(re.findall("info relay: connected to", r.said())) > before, 90)
    r.until("the portal did not", ready(r), 90)
    r.until("the figure", lambda: r.metrics()["pwwb_relay_connected"] == 1)


def drain(r, agent, listener):
    """What is at hand is finished: the directory stands still when the signal comes, and goes on then."""
    before, password = r.servers.writes("u009"), r.password()
    asked = r.begin_reset("u009", password)
    r.servers.freeze(True)
    r.until("the agent did not take it", lambda: re.search(
        r"^pwwb.req\s1$", r.servers.ctl("list_queues", "name", "messages_unacknowledged"), re.M))
    agent.send_signal(signal.SIGTERM)
    r.until("STOPPING=1 was not told", lambda: listener.has("STOPPING=1"))
    r.check(agent.poll() is None, "it did not wait for the request")
    r.servers.freeze(False)
    r.finish_reset(asked)
    r.check(agent.wait(60) == 0, f"exit {agent.returncode}")
    r.running.remove(agent)
    r.check(r.servers.writes("u009") == before + 1, "u009 was not written")
    r.until_said("1 stopped", "portal.log")


def slots(r):
    """Two users of the broker in turn, with the keys."""
    program = put_set_secret(r)
    r.portal_config(uuid.uuid4(), "second.conf", "second.key")
    serving = r.serve("second.log")
    r.config("slots.conf", relay=f'slots = ["agent-0", "agent-1"]; set_secret = "{program}";',
             keys=r.path("slots.key"), audit=r.path("audit.2"), head=f'journal = "memory";')
    agent = r.start_agent("slots.conf", "slots.log")
    r.until_said("not enabled yet", "slots.log")
    r.enable("slots.conf")
    r.until_said("another secret: connecting as agent-1", "slots.log")
    r.until("the broker let in %s" % r.servers.last_agent(), lambda: r.servers.last_agent() == "agent-1")
    r.until("not ready", ready(r))
    r.reset("u010")
    r.agent("roll", conf="slots.conf")
    r.until_said("another secret: connecting as agent-0", "slots.log")
    r.until("the broker let in %s" % r.servers.last_agent(), lambda: r.servers.last_agent() == "agent-0")
    r.reset("u010")
    r.check([w.split() for w in r.said("secrets.log").splitlines()][:1] == [["agent-1", "43"]], r.said("secrets.log"))
    r.agent("disable", conf="slots.conf")
    r.until_said("the tenant is disabled", "slots.log")
    r.reset("u010", 1)
    r.end(agent)
    r.end(serving)


def secrets(r):
    """None of them is said anywhere; the search finds what is there."""
    everything = "".join(r.said(p.name) for p in r.folder.iterdir()
                         if p.name.split(".")[-1] == "log" or p.name.startswith(("audit", "metrics")))
    kept = [f"Agent-Pass-{n:03d}!" for n in range(1, r.passwords + 1)] + [r.env["AD_SVC_PW"],
            r.env["RELAY_AGENT_SECRET"], r.path("ticket").read_text(encoding="ascii").strip()]
    r.check(len(kept) > 10 and not [s for s in kept if s in everything], "a secret was said")
    r.check("agent-1" in everything, "the search finds nothing")


def main():
    with tempfile.TemporaryDirectory() as folder:
        addresses = sys.argv[2:4] if len(sys.argv) > 3 else ["127.0.1.12", "127.0.1.13"]
        servers = Servers(folder, *addresses)
        r = Runs(sys.argv[1], folder, servers)
        try:
            words(r)
            broken(r)
            r.portal_config(uuid.uuid4())
            serving, listener = r.serve(), Listener(r.path("notify"))
            agent = begin(r, listener)
            at_once(r)
            reload_(r, agent, listener)
            rotate(r, agent)
            figures(r)
            broker(r)
            drain(r, agent, listener)
            r.end(serving)
            slots(r)
            secrets(r)
        finally:
            r.end_all()
            servers.down()
        done(r)


if __name__ == "__main__":
    main()
