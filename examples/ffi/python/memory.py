# SPDX-License-Identifier: Apache-2.0
"""What a host brings itself, in Python and in memory: a directory, a transport, a key store."""
from __future__ import annotations

import hashlib
import os
import queue
import time
from dataclasses import dataclass, field

import pwwb


@dataclass
class Person:
    """One account. It keeps a hash of the password, as directories do."""

    account_name: str
    display_name: str
    salt: bytes = field(default_factory=lambda: os.urandom(16))
    hash: bytes = b""
    set_ms: int = 1000

    def hash_of(self, password: pwwb.Secret) -> bytes:
        return hashlib.scrypt(password.view(), salt=self.salt, n=1 << 10, r=8, p=1)

    def has(self, password: pwwb.Secret) -> bool:
        return self.hash == self.hash_of(password)


class People(pwwb.DirectoryHost):
    """A directory of Persons by their GUIDs. `loses_answers`: it does what it is asked, and nobody hears of it."""

    def __init__(self, people: dict[bytes, Person], rules: pwwb.Rules) -> None:
        self.people, self.rules, self.loses_answers = people, rules, False
        self.exceptions: list[BaseException] = []

    def raised(self, method: str, error: BaseException) -> None:
        self.exceptions.append(error)

    def find(self, anchor: pwwb.Anchor, timeout_ms: int) -> pwwb.Found:
        if anchor.guid not in self.people:
            return pwwb.Found(pwwb.Code.NOT_FOUND)
        return pwwb.Found(pwwb.Code.OK, anchor.guid, candidates=1)

    def read(self, guid: bytes, timeout_ms: int) -> tuple[pwwb.Account, pwwb.Rules] | None:
        person = self.people.get(guid)
        if person is None:
            return None
        return pwwb.Account(person.account_name, person.display_name, is_protected=pwwb.Answer.NO,
                            is_locked=pwwb.Answer.NO, may_change=pwwb.Answer.YES, controller="Python",
                            password_last_set_ms=person.set_ms, now_ms=time.time_ns() // 1_000_000), self.rules

    def set(self, operation: pwwb.SetOperation, timeout_ms: int) -> pwwb.SetResult:
        person = self.people[operation.guid]
        if operation.old_password is not None and not person.has(operation.old_password):
            return pwwb.SetResult(pwwb.Code.OLD_PASSWORD_WRONG)
        if operation.password is not None:
            person.hash, person.set_ms = person.hash_of(operation.password), time.time_ns() // 1_000_000
        if self.loses_answers:
            raise pwwb.Error(pwwb.Status.E_CLOSED, "the connection ended before the answer came")
        return pwwb.SetResult(pwwb.Code.OK, person.set_ms, controller="Python")


class Office:
    """Queues of messages by address: "" is the agents'."""

    def __init__(self) -> None:
        self.boxes: dict[str, queue.Queue[pwwb.Message]] = {}

    def box(self, address: str) -> queue.Queue[pwwb.Message]:
        return self.boxes.setdefault(address, queue.Queue())

    def post(self, address: str) -> pwwb.Transport:
        """An end that gets what is sent to an address."""
        return pwwb.Transport(Post(self, address))


class Post(pwwb.TransportHost):
    """One end of an Office. What is released comes again."""

    def __init__(self, office: Office, mine: str) -> None:
        self.office, self.mine, self.tag = office, mine, 0
        self.unsettled: dict[int, pwwb.Message] = {}

    def send(self, message: pwwb.Message, timeout_ms: int) -> None:
        self.office.box(message.to).put(message)

    def receive(self, timeout_ms: int) -> pwwb.Delivery | None:
        try:
            message = self.office.box(self.mine).get(timeout=None if timeout_ms < 0 else timeout_ms / 1000)
        except queue.Empty:
            return None
        self.tag += 1
        self.unsettled[self.tag] = message
        return pwwb.Delivery(message.data, self.tag, message.id)

    def settle(self, tag: int, verdict: pwwb.Settle, timeout_ms: int) -> None:
        message = self.unsettled.pop(tag)
        if verdict == pwwb.Settle.RELEASE:
            self.office.box(self.mine).put(message)

    def address(self) -> str:
        return self.mine


class Drawer(pwwb.KeyStoreHost):
    """A key store that forgets when the process ends. What lies in it is sealed."""

    def __init__(self, sealed: bytes = b"", version: int = 0) -> None:
        self.sealed, self.version = sealed, version

    def load(self) -> tuple[bytes, int] | None:
        return (self.sealed, self.version) if self.version else None

    def swap(self, expected: int, sealed: bytes) -> bool:
        if expected != self.version:
            return False
        self.sealed, self.version = sealed, expected + 1
        return True

    @classmethod
    def store(cls) -> pwwb.KeyStore:
        """A new one, and a key for it that nobody keeps."""
        return pwwb.KeyStore.over(cls(), pwwb.Lock(pwwb.Secret(bytearray(os.urandom(32)))))
