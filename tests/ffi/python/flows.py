# SPDX-License-Identifier: Apache-2.0
"""Portal and agent over the hosts of examples/ffi/python: what the directory holds afterwards is the judge."""
import os
import tempfile
import threading
import time
from contextlib import ExitStack

import pwwb
from memory import Drawer, Office, People, Person
from pwwb import Code, Error, Half, Lock, Outcome, Secret, Status

RULES = pwwb.Rules(min_length=12, complexity=pwwb.Answer.YES)


def secret(text):
    return Secret(bytearray(text))


def claims(guid, operation=pwwb.Operation.RESET_SELF, origin=pwwb.Origin.RESET_PORTAL):
    return pwwb.Claims(operation, origin, pwwb.Actor.USER, pwwb.UserType.PASS_THROUGH,
                       pwwb.Anchor(pwwb.AnchorKind.SOURCE, guid))


class World:
    """One tenant: a portal, and an agent in a thread or by steps."""

    def __init__(self, people, runs=True, name="portal-1"):
        self.stack = ExitStack()
        keep = self.stack.enter_context
        self.office, self.people = Office(), people
        keys = keep(pwwb.Keyring.new(os.urandom(16), pwwb.Suite.X25519))
        lock = Lock(secret(os.urandom(32)))
        self.portal = keep(pwwb.Portal(keep(pwwb.Keyring.open(keys.seal(Half.PORTAL, lock), lock))))
        self.way = keep(self.office.post(name))
        self.agent = keep(pwwb.Agent(keep(self.office.post("")), keep(pwwb.Journal()),
                                     {"": keep(pwwb.Directory(people))}, keyring=keys))
        if runs:
            keep(self.agent.running())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def reset(self, guid, password):
        return self.portal.call(self.way, claims(guid), secret(password), timeout_ms=5000)

    def change(self, guid, old, password):
        return self.portal.call(self.way, claims(guid, pwwb.Operation.CHANGE, pwwb.Origin.ACCOUNT_PORTAL),
                                secret(password), secret(old), timeout_ms=5000)


def told(reply):
    return reply.outcome, reply.code


def writeback(check):
    anna, nobody, person = os.urandom(16), os.urandom(16), Person("anna", "Anna Ek")
    with World(People({anna: person}, RULES)) as world:
        time.sleep(1)  # what is as old as its journal, a journal does not know
        reply = world.reset(anna, b"anna1")
        check("it is refused", (Outcome.NOT_SET, Code.POLICY_TOO_SHORT), told(reply))
        check("with every finding", [Code.POLICY_TOO_SHORT, Code.POLICY_CONTAINS_NAME, Code.POLICY_CONTAINS_NAME,
                                     Code.POLICY_COMPLEXITY], [f.code for f in reply.findings])
        check("and its numbers", (12, 5), (reply.findings[0].limit, reply.findings[0].actual))
        check("and nothing is set", b"", person.hash)
        check("it is set", (Outcome.SET, Code.OK), told(world.reset(anna, b"Correct-Horse-7")))
        check("there", True, person.has(secret(b"Correct-Horse-7")))
        check("nobody is not found", (Outcome.NOT_SET, Code.NOT_FOUND), told(world.reset(nobody, b"Correct-Horse-8")))
        check("a wrong old one is", (Outcome.NOT_SET, Code.OLD_PASSWORD_WRONG),
              told(world.change(anna, b"Correct-Horse-6", b"Correct-Horse-9")))
        check("a right one changes it", (Outcome.SET, Code.OK),
              told(world.change(anna, b"Correct-Horse-7", b"Correct-Horse-9")))
        world.people.loses_answers = True
        check("a lost answer is unknown", (Outcome.UNKNOWN, Code.OUTCOME_UNKNOWN),
              told(world.reset(anna, b"Battery-Staple-8")))
        check("for it was set", True, person.has(secret(b"Battery-Staple-8")))
    stepwise(check)
    enabled(check)


def stepwise(check):
    """begin, sent, step, finish: nobody waits for anybody."""
    anna, person = os.urandom(16), Person("anna", "Anna Ek")
    with World(People({anna: person}, RULES), runs=False) as world:
        asked, code, _ = begun(world, anna)
        check("sealed", Code.OK, code)
        over = world.portal.sent(asked, Status.E_FULL)
        check("a full relay: it is over", (Outcome.NOT_SET, Code.BUSY), over and told(over))

        asked, code, sealed = begun(world, anna)
        check("sealed again", (Code.OK, True), (code, len(sealed) > 300))
        check("it was sent: not over", None, world.portal.sent(asked, Status.OK))
        check("or it may have been", None, world.portal.sent(asked, Status.E_CLOSED))
        check("nothing to do", False, world.agent.step(0))
        world.office.box("").put(pwwb.Message(sealed, asked.cti, 0, "", "portal-1"))
        check("one message", True, world.agent.step(1000))
        answer = world.office.box("portal-1").get_nowait()
        check("set", (Outcome.SET, Code.OK), told(world.portal.finish(asked, answer.data)))
        check("there", True, person.has(secret(b"Correct-Horse-7")))
        check("counted", 1, world.agent.count(pwwb.Counter.SET))
        check("no answer is unknown", (Outcome.UNKNOWN, Code.OUTCOME_UNKNOWN), told(world.portal.finish(asked, None)))


def begun(world, guid):
    """One request: its claims, the code, and what is to be sent."""
    asked = claims(guid)
    asked.reply_to = "portal-1"
    begin = world.portal.begin(asked, secret(b"Correct-Horse-7"))
    return asked, begin.code, begin.sealed


class Slots(pwwb.Relays):
    """What a relay admits."""

    def __init__(self):
        self.kept = {}

    def set_secret(self, slot, secret):
        self.kept[slot] = secret and bytes(secret.view())


def enabled(check):
    """Enable by steps, with a file as the portal's store; the relay hears of the agents' credential."""
    slots, kinds = Slots(), pwwb.ExchangeKind
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        keep = stack.enter_context
        store = keep(pwwb.KeyStore.file(folder + "/keys", Lock(secret(os.urandom(32)))))
        portal, kept = keep(pwwb.Exchange(store, Half.PORTAL)), keep(Drawer.store())
        agent = keep(pwwb.Exchange(kept, Half.AGENT, suite=pwwb.Suite.X25519, relay=slots))
        agent.begin(kinds.ENABLE, portal.ticket(os.urandom(16), "somewhere", secret(b"bootstrap")))
        order = agent.step()
        first = kept.load().relay_secret()
        check("by the ticket at first", (-1, b"bootstrap"), (first[0], bytes(first[1].view())))
        answer, event = portal.take(order)
        check("it waits", (kinds.ENABLE, pwwb.ExchangeCode.WAITING), (event.kind, event.code))
        check("for the right fingerprint", Status.E_NOT_AUTHENTIC,
              raised_by(lambda: portal.confirm("0000-0000-0000-0000")).status)
        portal.confirm(kept.load().describe().fingerprint)
        agent.take(portal.take(order)[0])
        both = [each.load().describe() for each in (store, kept)]
        check("both are enabled", [pwwb.TenantState.ENABLED] * 2, [info.state for info in both])
        check("with one fingerprint", both[0].fingerprint, both[1].fingerprint)
        slot, credential = kept.load().relay_secret()
        check("the relay admits it", bytes(credential.view()), slots.kept[slot])
        check("the answer to the first came late", pwwb.ExchangeCode.WAITING, agent.take(answer)[1].code)


class Broken(People):
    """Raises in the method `broken`."""

    broken = ""

    def read(self, guid, timeout_ms):
        if self.broken == "read":
            raise ZeroDivisionError("Correct-Horse-7 must not be told")
        return super().read(guid, timeout_ms)

    def set(self, operation, timeout_ms):
        if self.broken == "set":
            raise ZeroDivisionError("Correct-Horse-7 must not be told")
        return super().set(operation, timeout_ms)


def raised_by(call):
    try:
        call()
    except (Error, ValueError, RuntimeError, KeyboardInterrupt) as error:
        return error
    return None


def callback(check):
    anna, people = os.urandom(16), None
    people = Broken({anna: Person("anna", "Anna Ek")}, RULES)
    with pwwb.Directory(people) as directory:
        people.broken = "read"
        error = raised_by(lambda: directory.read(anna))
        check("it is the caller's", (Status.E_CALLBACK, "read() raised ZeroDivisionError"),
              (error.status, error.message))
        check("by this class", pwwb.StatusClass.CALLBACK, error.status_class)
        check("with its cause", ZeroDivisionError, type(error.__cause__))
        check("and the host hears it", [ZeroDivisionError], [type(e) for e in people.exceptions])
        check("an Error is its status", Status.E_NOT_FOUND, raised_by(lambda: (setattr(people, "broken", ""),
                                                                              directory.read(bytes(16)))).status)
        asked = pwwb.SetOperation(anna, pwwb.SetKind.RESET, password=secret(b"Correct-Horse-7"))
        people.broken = "set"
        error = raised_by(lambda: directory.set(asked))
        check("setting", Status.E_CALLBACK, error.status)
        check("may have been done", Code.OUTCOME_UNKNOWN, error.known.code)
        people.read = interrupted
        check("an interrupt goes on", KeyboardInterrupt, type(raised_by(lambda: directory.read(anna))))
    with World(people) as world:
        del people.read
        time.sleep(1)
        for people.broken, expected in (("read", (Outcome.NOT_SET, Code.INTERNAL)),
                                        ("set", (Outcome.UNKNOWN, Code.OUTCOME_UNKNOWN)), ("", (Outcome.SET, Code.OK))):
            check(f"{people.broken or 'nothing'} broken", expected, told(world.reset(anna, b"Correct-Horse-7")))


def interrupted(*_):
    raise KeyboardInterrupt


def threads(check):
    """Four tenants at once, each with its portal and its agent."""
    people = [People({bytes([i + 1] * 16): Person(f"p{i}", f"P {i}")}, RULES) for i in range(4)]
    results = [[] for _ in people]

    def work(i):
        with World(people[i]) as world:
            for n in range(25):
                results[i].append(told(world.reset(bytes([i + 1] * 16), b"Correct-Horse-%d%d" % (i, n))))
            people[i].known = people[i].people[bytes([i + 1] * 16)].has(secret(b"Correct-Horse-%d24" % i))

    workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for i, each in enumerate(results):
        check(f"all of {i}", [(Outcome.SET, Code.OK)] * 25, each)
        check(f"the last of {i}", True, people[i].known)
