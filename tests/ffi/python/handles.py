# SPDX-License-Identifier: Apache-2.0
"""How long things live, and what is left of them."""
import gc
import os
import threading
import time
import weakref

import pwwb
from flows import RULES, World, raised_by, secret, told
from memory import Office, People, Person
from pwwb import Code, Half, Lock, Outcome, Secret


class Counted(People):
    """Hears of its end; may try to use the directory that calls it."""

    ends, directory, within = 0, None, None

    def closed(self):
        self.ends += 1

    def read(self, guid, timeout_ms):
        if self.directory is not None:
            self.within = raised_by(lambda: self.directory.read(guid))
            self.directory.close()
        return super().read(guid, timeout_ms)


def lifetime(check):
    anna = os.urandom(16)
    people = Counted({anna: Person("anna", "Anna Ek")}, RULES)
    directory = pwwb.Directory(people)
    directory.close()
    directory.close()
    check("freed once", 1, people.ends)
    check("then it is closed", "Directory is closed", str(raised_by(lambda: directory.read(anna))))

    people.directory = pwwb.Directory(people)
    check("closed by its own callback, it is read to the end", "anna", people.directory.read(anna)[0].account_name)
    check("which may not use it", RuntimeError, type(people.within))
    check("and goes then", 2, people.ends)
    people.directory = None

    with World(people) as world:  # what it was made of is closed while the agent works with it
        for need in world.agent._state.needs:
            getattr(need, "close", lambda: None)()
        check("freed early", (Outcome.SET, Code.OK), told(world.reset(anna, b"Correct-Horse-7")))
        check("it is there", 2, people.ends)
    check("until the agent goes", 3, people.ends)
    collected(check)
    closed_elsewhere(check)


def collected(check):
    """Nothing but the handle knows its table and its host."""
    anna, office = os.urandom(16), Office()
    people = People({anna: Person("anna", "Anna Ek")}, RULES)
    seen = weakref.ref(people)
    directory = pwwb.Directory(people)
    agent = pwwb.Agent(office.post(""), pwwb.Journal(), {"": directory},
                       keyring=pwwb.Keyring.new(os.urandom(16), pwwb.Suite.X25519))
    del people, directory
    gc.collect()
    check("kept while in use", True, seen() is not None)
    check("and usable", False, agent.step(0))
    del agent
    gc.collect()
    check("and no longer", None, seen())


def closed_elsewhere(check):
    """An agent that runs is stopped by close(), and freed by the thread that ran it."""
    office, ended = Office(), []
    agent = pwwb.Agent(office.post(""), pwwb.Journal(), {"": pwwb.Directory(People({}, RULES))},
                       keyring=pwwb.Keyring.new(os.urandom(16), pwwb.Suite.X25519))
    thread = threading.Thread(target=lambda: ended.append(raised_by(agent.run)))
    thread.start()
    while not agent._state.thread:
        time.sleep(0.01)
    check("one thread at a time", "Agent is in use by another thread", str(raised_by(lambda: agent.step(0))))
    agent.close()
    thread.join()
    check("it ended well", [None], ended)
    check("and is freed", 0, agent._state.pointer)


def secrets(check):
    octets = bytearray(b"Correct-Horse-7")
    made = Secret(octets)
    check("what it is made of is wiped", bytearray(15), octets)
    memory = made.memory
    check("it is there", b"Correct-Horse-7\0", bytes(memory))
    with made:
        pass
    check("closed, it is wiped", bytes(16), bytes(memory))
    made = Secret(bytearray(b"forgotten"))
    memory = made.memory
    del made
    check("forgotten, too", bytes(10), bytes(memory))
    check("no text", TypeError, type(refused(lambda: Secret("text"))))
    check("nor octets that stay", TypeError, type(refused(lambda: Secret(b"octets"))))
    check("it is not shown", "<Secret>", repr(secret(b"x")))

    made = raised_by(lambda: pwwb.Keyring.new(bytes(15)))
    check("an id has 16 octets", "16 octets, not 15", str(made))

    seen = []

    class Keeps(People):
        def set(self, operation, timeout_ms):
            seen.append((operation, operation.password.memory, bytes(operation.password.view())))
            return super().set(operation, timeout_ms)

    with pwwb.Directory(Keeps({bytes(16): Person("a", "A")}, RULES)) as directory:
        directory.set(pwwb.SetOperation(bytes(16), pwwb.SetKind.RESET, password=secret(b"Correct-Horse-7")))
    check("a callback sees it", b"Correct-Horse-7", seen[0][2])
    check("and nobody afterwards", (bytes(16), 0), (bytes(seen[0][1]), len(seen[0][0].password)))

    with pwwb.Keyring.new(os.urandom(16), pwwb.Suite.X25519) as keys:
        sealed = keys.seal(Half.AGENT, Lock(secret(bytes(32))))
    wrong = raised_by(lambda: pwwb.Keyring.open(sealed, Lock(secret(bytes(31) + b"1"))))
    check("another lock opens nothing", pwwb.Status.E_NOT_AUTHENTIC, wrong.status)


def refused(call):
    try:
        call()
    except TypeError as error:
        return error
    return None
