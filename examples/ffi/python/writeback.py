#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Password writeback from Python: a portal and an agent in one process, with a transport and a directory in Python.

    PWWB_LIB=build/lib/libpwwb.so python3 examples/ffi/python/writeback.py

The agent's side gets a ticket and makes keys; both sides compare a fingerprint; then passwords are reset.
"""
from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack

import pwwb
from memory import Drawer, Office, People, Person
from pwwb import Code, ExchangeCode, ExchangeKind, Half, Outcome, Secret

TENANT, ANNA, NOBODY = os.urandom(16), os.urandom(16), os.urandom(16)


def secret(text: bytes) -> Secret:
    """A program would read it: Secret.read_line(). Literals stay in memory."""
    return Secret(bytearray(text))


def claims_for(guid: bytes) -> pwwb.Claims:
    """A person resets a forgotten password at the reset portal."""
    return pwwb.Claims(pwwb.Operation.RESET_SELF, pwwb.Origin.RESET_PORTAL, pwwb.Actor.USER,
                       pwwb.UserType.PASS_THROUGH, pwwb.Anchor(pwwb.AnchorKind.SOURCE, guid))


class Writeback:
    """Both sides. A context manager: the agent runs in a thread, and everything ends with it."""

    def __init__(self, people: People) -> None:
        self.stack = ExitStack()
        with self.stack:
            self.office = Office()
            self.portal_store, agent_store = self.keep(Drawer.store()), self.keep(Drawer.store())
            self.portal_side = self.keep(pwwb.Exchange(self.portal_store, Half.PORTAL))
            agent_side = self.keep(pwwb.Exchange(agent_store, Half.AGENT, suite=pwwb.Suite.X25519))
            with secret(b"not needed") as relay, self.portal_side.ticket(TENANT, "python:queues", relay) as ticket:
                agent_side.begin(ExchangeKind.ENABLE, ticket)
            self.agent_store = agent_store
            self.agent = self.keep(pwwb.Agent(
                self.keep(self.office.post("")), self.keep(pwwb.Journal()), {"": self.keep(pwwb.Directory(people))},
                exchange=agent_side))
            self.portal = self.keep(pwwb.Portal(store=self.portal_store))
            self.replies = self.keep(self.office.post("portal-1"))
            self.stack.enter_context(self.agent.running())
            self.stack = self.stack.pop_all()

    def keep(self, handle: pwwb.handle.Self) -> pwwb.handle.Self:
        self.stack.enter_context(handle)
        return handle

    def __enter__(self) -> Writeback:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def enable(self) -> str:
        """Take the agent's order, and confirm what it shows."""
        with self.office.post("portals") as orders:
            event = pwwb.serve(self.portal_side, orders, 5000)
        if event.code != ExchangeCode.WAITING:
            raise SystemExit(f"not enabled: {event.code.name}")
        with self.agent_store.load() as keys:
            shown = keys.describe().fingerprint
        self.portal_side.confirm(shown)
        return shown

    def reset(self, guid: bytes, password: Secret) -> pwwb.Reply:
        return self.portal.call(self.replies, claims_for(guid), password, timeout_ms=5000)


def told(title: str, reply: pwwb.Reply, outcome: Outcome, code: Code) -> bool:
    """Print what became of it; whether it is what must come."""
    print(f"{title:<28} {reply}")
    for finding in reply.findings:
        print(f"    {finding.code.name}: {finding.user_text}")
    if (reply.outcome, reply.code) == (outcome, code):
        return True
    print(f"    WRONG: must be {outcome.name}, {code.name}")
    return False


def main() -> int:
    anna = Person("anna", "Anna Ek")
    people = People({ANNA: anna}, pwwb.Rules(min_length=12, complexity=pwwb.Answer.YES))
    with Writeback(people) as writeback:
        print(f"{'enabled':<28} {writeback.enable()}")
        time.sleep(1)  # a journal does not know what an agent before it did in the second in which it was made
        with secret(b"anna1") as short, secret(b"Correct-Horse-7") as good, secret(b"Battery-Staple-8") as other:
            right = [
                told("one that breaks the rules", writeback.reset(ANNA, short), Outcome.NOT_SET, Code.POLICY_TOO_SHORT),
                told("a reset", writeback.reset(ANNA, good), Outcome.SET, Code.OK),
                anna.has(good),
                told("for nobody", writeback.reset(NOBODY, good), Outcome.NOT_SET, Code.NOT_FOUND),
            ]
            people.loses_answers = True
            right += [
                told("the answer is lost", writeback.reset(ANNA, other), Outcome.UNKNOWN, Code.OUTCOME_UNKNOWN),
                anna.has(other),  # it was set: unknown is the truth, and "not set" would not be
            ]
    print("all as it must be" if all(right) else "NOT as it must be")
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main())
