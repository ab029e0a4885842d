#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rows: 10 19. What "pwwb-admin relay" makes on a real broker: every right of an agent and a
portal is needed, none is there beside; what nobody fetches goes away. In TAP.

    . STATE/env && PATH=STATE/bin:$PATH relay.py, with the broker of tests/fixtures/rabbit
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
from relay_link import Link, attach, message, receive, send  # noqa: E402

STATE = os.environ["RELAY_STATE"]
REQUESTS, ORDERS = "/amq/queue/pwwb.req", "/amq/queue/pwwb.portals"
TO_AGENTS, HEARTBEATS = "/exchange/pwwb.requests", "/exchange/pwwb.heartbeats"
ANSWERS = "/queue/pwwb.rsp."


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, f"{command[:2]}: {done.stdout}{done.stderr}"
    return done.stdout


def ctl(*command):
    return run("rabbitmqctl", "--quiet", *command)


def listed(what, *columns):
    lines = ctl("list_" + what, *columns, "--formatter", "json")
    return json.loads(lines or "[]")


def set_up(*options):
    return run("pwwb-admin", "relay", "--apply", *options)


def queues():
    return {q["name"]: q["messages"] for q in listed("queues", "name", "messages")}


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not become true"
        time.sleep(0.2)


def reaches(link):
    """Whether the broker let it: attached, and what was sent accepted."""
    return link.attached and not link.why and all(o == "ACCEPTED" for o in link.outcomes)


def refused(link):
    assert link.why and "unauthorized-access" in link.why, (link.why, link.attached, link.outcomes)


# Each right: who, of which kind, one alternative of the broker's own record; and what needs it.
RIGHTS = (
    ("agent", "configure", r"pwwb\.rsp\..+", lambda: send("agent", ANSWERS + "new")),
    ("agent", "write", r"amq\.default", lambda: send("agent", ANSWERS + "new")),
    ("agent", "write", r"amq\.default", lambda: send("agent", ORDERS)),
    ("agent", "write", r"pwwb\.heartbeats", lambda: send("agent", HEARTBEATS)),
    ("agent", "read", r"pwwb\.req", lambda: attach("agent", REQUESTS)),
    ("portal", "configure", r"pwwb\.rsp\..+", lambda: attach("portal", ANSWERS + "new")),
    ("portal", "configure", r"amq\.gen-.+", lambda: attach("portal", HEARTBEATS + "/")),
    ("portal", "write", r"pwwb\.requests", lambda: send("portal", TO_AGENTS)),
    ("portal", "write", r"amq\.gen-.+", lambda: attach("portal", HEARTBEATS + "/")),
    ("portal", "read", r"pwwb\.portals", lambda: attach("portal", ORDERS)),
    ("portal", "read", r"pwwb\.heartbeats", lambda: attach("portal", HEARTBEATS + "/")),
    ("portal", "read", r"pwwb\.rsp\..+", lambda: attach("portal", ANSWERS + "new")),
    ("portal", "read", r"amq\.gen-.+", lambda: attach("portal", HEARTBEATS + "/")),
)
KINDS = ("configure", "write", "read")


def alternatives(right):
    """What a regular expression of the shape "^(a|b)$" allows."""
    inner = re.fullmatch(r"\^(?:\((.*)\)|(.*))\$", right)
    return (inner.group(1) or inner.group(2)).split("|")


def lacks(link):
    """Without a right: refused. RabbitMQ 3.10 ends the connection without a reason for some of them."""
    assert not reaches(link) and re.search("unauthorized-access|connection aborted", link.why or ""), link.why


def each_right_is_needed_and_no_other_is_there():
    attach("portal", HEARTBEATS + "/")  # a queue for them, else RabbitMQ 4 gives them back
    for user in ("agent", "portal"):
        has = [p for p in listed("permissions") if p["user"] == user][0]
        rights = [r[1:] for r in RIGHTS if r[0] == user]
        assert {(k, a) for k in KINDS for a in alternatives(has[k])} == {r[:2] for r in rights}, has
        for kind, one, use in rights:
            assert reaches(use()), (user, kind, one)
        try:
            for kind, one, use in rights:
                rest = [a for a in alternatives(has[kind]) if a != one]
                less = {**has, kind: "^(" + "|".join(rest) + ")$" if rest else "^$"}
                ctl("set_permissions", user, *[less[k] for k in KINDS])
                lacks(use())
        finally:
            ctl("set_permissions", user, *[has[k] for k in KINDS])


def what_is_not_theirs_is_refused():
    for what in (send("portal", REQUESTS), send("portal", ORDERS),
                 attach("portal", REQUESTS), attach("portal", "/queue/pwwb.req"),
                 send("portal", HEARTBEATS), send("portal", "/exchange/amq.fanout"),
                 attach("portal", "/queue/other"), attach("agent", ORDERS),
                 attach("agent", ANSWERS + "one"), attach("agent", HEARTBEATS + "/"),
                 send("agent", TO_AGENTS), send("agent", "/queue/other")):
        refused(what)


def a_wrong_secret_and_guest_are_refused():
    assert attach("agent", REQUESTS).attached
    for user, secret in (("agent", "wrong"), ("guest", "guest"), ("portal", os.environ["RELAY_AGENT_SECRET"])):
        link = attach(user, REQUESTS, secret=secret)
        assert not link.attached and "unauthorized" in link.why, link.why


def an_answer_waits_for_the_portal_and_the_mark_of_a_repeat_is_there():
    assert reaches(send("agent", ANSWERS + "one", message("answer")))
    assert receive("portal", ANSWERS + "one").got[0].id == "answer"
    ctl("purge_queue", "pwwb.req")
    assert reaches(send("portal", TO_AGENTS, message("request")))
    first = receive("agent", REQUESTS, accept=False).got[0]
    second = receive("agent", REQUESTS).got[0]
    assert (first.id, second.id) == ("request", "request")
    assert first.first_acquirer and not second.first_acquirer


def every_portal_hears_a_heartbeat():
    links = [Link("portal", HEARTBEATS + "/", credit=1, expect=1) for _ in (1, 2)]
    before = len(queues())
    threads = [threading.Thread(target=link.run) for link in links]
    for thread in threads:
        thread.start()
    until(lambda: len(queues()) == before + 2)
    assert reaches(send("agent", HEARTBEATS, message("beat")))
    for thread in threads:
        thread.join()
    assert [link.got[0].id for link in links] == ["beat", "beat"]


def made_by_links():
    return [q for q in queues() if q.startswith(("amq.gen-", "pwwb.rsp."))]


def count_after_waiting():
    """Two messages to each queue, one that never expires before one that does; so many stay."""
    for name in ("pwwb.req", "pwwb.portals"):
        ctl("purge_queue", name)
    attach("portal", HEARTBEATS + "/")
    for user, address in (("agent", HEARTBEATS), ("agent", ANSWERS + "old"), ("portal", TO_AGENTS),
                          ("agent", ORDERS)):
        assert reaches(send(user, address, message("never", 0), message("soon", 1))), address
    time.sleep(4.5)
    return sum(queues().values())


def what_nobody_fetches_goes_away_by_the_policy():
    set_up("--seconds", "3")
    until(lambda: not made_by_links())
    assert count_after_waiting() == 0
    until(lambda: not made_by_links())
    for name in ("pwwb", "pwwb-replies", "pwwb-heartbeats"):
        ctl("clear_policy", name)
    assert count_after_waiting() == 8  # the control: it is the policy
    set_up()


def empty():
    for name in queues():
        ctl("purge_queue", name)


def a_full_queue_keeps_what_is_in_it():
    empty()
    set_up("--length", "3")
    until(lambda: any(p["name"] == "pwwb" and "\"max-length\":3," in p["definition"]
                      for p in listed("policies")))
    said = []
    for i in range(5):
        link = send("portal", TO_AGENTS, message(str(i)), seconds=4)
        said.append("ACCEPTED" if link.outcomes == ["ACCEPTED"] else link.outcomes or link.why)
    print(f"# five to a queue for three: {said}")
    assert said[:3] == ["ACCEPTED"] * 3 and "ACCEPTED" not in said[3:]
    assert [m.id for m in receive("agent", REQUESTS, 3).got] == ["0", "1", "2"]
    set_up()


def doing_it_again_changes_nothing():
    names = ("users", "permissions", "policies", "exchanges", "bindings")
    kept = [listed(name) for name in names]
    set_up("--agent", f"agent={STATE}/secret.agent", "--portal", f"portal={STATE}/secret.portal")
    assert kept == [listed(name) for name in names]
    assert attach("agent", REQUESTS).attached


def a_secret_rolls_between_two_users():
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("another-secret-of-the-agent\n")
        file.flush()
        set_up("--agent", f"agent-b={file.name}")
    ctl("purge_queue", "pwwb.req")
    old = Link("agent", REQUESTS, credit=1, expect=1)
    thread = threading.Thread(target=old.run)
    thread.start()
    until(lambda: old.attached)
    assert attach("agent-b", REQUESTS, secret="another-secret-of-the-agent").attached
    ctl("delete_user", "agent")
    assert "unauthorized" in attach("agent", REQUESTS).why
    ctl("close_all_user_connections", "agent", "rolled")
    thread.join()
    assert old.why and old.why != "time", old.why
    assert attach("agent-b", REQUESTS, secret="another-secret-of-the-agent").attached
    ctl("delete_user", "agent-b")
    set_up("--agent", f"agent={STATE}/secret.agent")


def what_is_wrong_is_not_made():
    for wrong in (("--agent", "agent"), ("--agent", "a=/nowhere"), ("--portal", "a b=/dev/null"),
                  ("--portal", "a=/dev/null"), ("--seconds", "0"), ("--length", "x"), ("--what",),
                  ("--vhost", 'a"b'), ("--vhost", "not-there")):
        done = subprocess.run(["pwwb-admin", "relay", "--apply", *wrong], stdin=subprocess.DEVNULL,
                              capture_output=True)
        assert done.returncode != 0 and done.stderr, wrong


def main():
    tests = (each_right_is_needed_and_no_other_is_there, what_is_not_theirs_is_refused,
             a_wrong_secret_and_guest_are_refused,
             an_answer_waits_for_the_portal_and_the_mark_of_a_repeat_is_there,
             every_portal_hears_a_heartbeat, what_nobody_fetches_goes_away_by_the_policy,
             a_full_queue_keeps_what_is_in_it, doing_it_again_changes_nothing,
             a_secret_rolls_between_two_users, what_is_wrong_is_not_made)
    failed = 0
    for number, test in enumerate(tests, 1):
        begun = time.monotonic()
        try:
            test()
            word = "ok"
        except Exception:
            print("# " + traceback.format_exc().replace("\n", "\n# "))
            failed, word = failed + 1, "not ok"
        print(f"# {time.monotonic() - begun:.1f} s")
        print(f"{word} {number} - {test.__name__.replace('_', ' ')}", flush=True)
    print(f"1..{len(tests)}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
