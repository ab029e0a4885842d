# SPDX-License-Identifier: Apache-2.0
"""What goes in and comes out, as dataclasses. Their fields are explained in the headers."""
from __future__ import annotations

from ctypes import byref, c_int32, c_int64, c_size_t, c_ubyte, create_string_buffer
from dataclasses import dataclass, field
from typing import Any

from . import structs
from .codes import Basis, Code, Outcome
from .enums import (AccountKind, Actor, AnchorKind, Answer, EpochState, ExchangeKind, Flag, Half, Health, MustChange,
                    Operation, Origin, PolicySource, SetKind, Suite, TenantState, Uac, UserType, Verdict)
from .errors import Error, call
from .library import lib, word
from .octets import Secret, got, put

NO_ID = bytes(structs.ID_SIZE)


def guid(text: str) -> bytes:
    """The 16 octets of a GUID, as directories store it."""
    octets = (c_ubyte * structs.ID_SIZE)()
    call("guid_parse", text.encode(), len(text.encode()), octets)
    return bytes(octets)


def guid_text(octets: bytes) -> str:
    buffer = create_string_buffer(37)
    lib.pwwb_guid_print(structs.id_of(octets), buffer)
    return word(buffer.value)


@dataclass(frozen=True)
class Anchor:
    """pwwb_anchor: an immutable id by which an account is found."""

    kind: AnchorKind
    guid: bytes

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Of the base64 of 16 octets, or User_<guid>."""
        struct = structs.pwwb_anchor()
        call("anchor_parse", text.encode(), len(text.encode()), byref(struct))
        return cls.of(struct)

    @classmethod
    def of(cls, struct: Any) -> Anchor:
        return cls(AnchorKind(struct.kind), bytes(struct.guid))

    def struct(self) -> structs.pwwb_anchor:
        made = structs.pwwb_anchor()
        put(made, self, "kind", "guid")
        return made

    def __str__(self) -> str:
        buffer = create_string_buffer(structs.ANCHOR_TEXT_SIZE)
        call("anchor_print", byref(self.struct()), buffer, len(buffer), byref(c_size_t()))
        return word(buffer.value)


@dataclass
class Claims:
    """pwwb_claims: who asks for what, and whose password it is. Sealing sets tenant and cti."""

    operation: Operation
    origin: Origin
    actor: Actor
    user_type: UserType
    anchor: Anchor
    must_change: MustChange = MustChange.KEEP
    flags: Flag = Flag(0)
    actor_id: bytes = NO_ID
    reply_to: str = ""
    iat: int = 0
    exp: int = 0
    tenant: bytes = NO_ID
    cti: bytes = NO_ID

    _NAMES = ("operation", "origin", "actor", "user_type", "must_change", "flags", "actor_id", "reply_to", "iat", "exp",
              "tenant", "cti")

    def struct(self) -> structs.pwwb_claims:
        made = structs.pwwb_claims(anchor=self.anchor.struct())
        put(made, self, *self._NAMES)
        return made

    @classmethod
    def of(cls, struct: Any) -> Claims:
        return cls(Operation(struct.operation), Origin(struct.origin), Actor(struct.actor), UserType(struct.user_type),
                   Anchor.of(struct.anchor), MustChange(struct.must_change), Flag(struct.flags),
                   *(got(struct, name) for name in cls._NAMES[6:]))


def operation_check(claims: Claims) -> Code:
    """Whether an operation is one that is written back."""
    return Code(lib.pwwb_operation_check(byref(claims.struct())))


@dataclass(frozen=True)
class Finding:
    """One rule that is broken, or a warning. What the numbers are: pwwb_findings_get()."""

    code: Code
    basis: Basis = Basis.STATED
    limit: int = 0
    actual: int = 0

    @property
    def user_text(self) -> str:
        return word(lib.pwwb_code_user_text(self.code))


def findings_at(pointer: int | None) -> list[Finding]:
    """A list of the library's, copied."""
    found = []
    for index in range(lib.pwwb_findings_count(pointer)):
        code, basis, limit, actual = c_int32(), c_int32(), c_int64(), c_int64()
        if lib.pwwb_findings_get(pointer, index, byref(code), byref(basis), byref(limit), byref(actual)) == 0:
            found.append(Finding(Code(code.value), Basis(basis.value), limit.value, actual.value))
    return found


def add_findings(pointer: int | None, findings: list[Finding]) -> None:
    for each in findings:
        status = lib.pwwb_findings_add(pointer, each.code, each.basis, each.limit, each.actual)
        if status != 0:
            raise Error(status, "a finding cannot be added")


@dataclass
class Reply:
    """What became of a password. `outcome` is one of four; only SET and NOT_SET are certain."""

    outcome: Outcome
    code: Code
    findings: list[Finding] = field(default_factory=list)
    controller: str = ""
    time_ms: int = 0

    @property
    def user_text(self) -> str:
        """A sentence for the person who typed the password."""
        return word(lib.pwwb_code_user_text(self.code))

    @property
    def operator_text(self) -> str:
        return word(lib.pwwb_code_operator_text(self.code))

    def __str__(self) -> str:
        return f"{word(lib.pwwb_outcome_name(self.outcome))}: {word(lib.pwwb_code_name(self.code))}"


@dataclass
class Rules:
    """pwwb_policy_rules. -1 is "not known" in every number."""

    source: PolicySource = PolicySource.HOST
    min_length: int = -1
    complexity: Answer = Answer.MAYBE
    history_length: int = -1
    lockout_threshold: int = -1
    max_length: int = -1
    min_age_ms: int = -1
    max_age_ms: int = -1
    lockout_duration_ms: int = -1
    lockout_window_ms: int = -1
    source_dn: str = ""

    def fill(self, struct: Any) -> None:
        put(struct, self, *self.__dataclass_fields__)

    @classmethod
    def of(cls, struct: Any) -> Rules:
        return cls(PolicySource(struct.source), struct.min_length, Answer(struct.complexity),
                   *(got(struct, name) for name in list(cls.__dataclass_fields__)[3:]))


@dataclass
class Account:
    """pwwb_account. -1 is "not known" in every time, and so is MAYBE."""

    account_name: str = ""
    display_name: str = ""
    kind: AccountKind = AccountKind.PERSON
    user_account_control: Uac = Uac.NORMAL
    is_protected: Answer = Answer.MAYBE
    is_locked: Answer = Answer.MAYBE
    may_change: Answer = Answer.MAYBE
    bad_password_count: int = -1
    bad_password_time_ms: int = -1
    password_last_set_ms: int = -1
    locked_since_ms: int = -1
    locked_until_ms: int = -1
    account_expires_ms: int = -1
    password_expires_ms: int = -1
    now_ms: int = -1
    controller: str = ""
    password_written_ms: int = -1
    dn: str = ""

    def fill(self, struct: Any) -> None:
        put(struct, self, *self.__dataclass_fields__)

    @classmethod
    def of(cls, struct: Any) -> Account:
        return cls(got(struct, "account_name"), got(struct, "display_name"), AccountKind(struct.kind),
                   Uac(struct.user_account_control), Answer(struct.is_protected), Answer(struct.is_locked),
                   Answer(struct.may_change), *(got(struct, name) for name in list(cls.__dataclass_fields__)[7:]))


@dataclass
class Found:
    """pwwb_found: where an anchor leads."""

    code: Code
    guid: bytes = NO_ID
    candidates: int = 0
    directory: str = ""

    @classmethod
    def of(cls, struct: Any) -> Found:
        return cls(Code(struct.code), bytes(struct.guid), struct.candidates, got(struct, "directory"))


@dataclass
class SetOperation:
    """pwwb_set: one password operation. Its secrets are wiped when the callback is over."""

    guid: bytes
    kind: SetKind
    must_change: MustChange = MustChange.KEEP
    unlock: bool = False
    password: Secret | None = None
    old_password: Secret | None = None


@dataclass
class SetResult:
    """pwwb_set_result: what became of it."""

    code: Code
    password_last_set_ms: int = -1
    findings: list[Finding] = field(default_factory=list)
    controller: str = ""


@dataclass
class Message:
    """pwwb_message: one on its way out. `to` is "" for the agents."""

    data: bytes
    id: bytes
    expires_ms: int
    to: str
    reply_to: str


@dataclass
class Delivery:
    """pwwb_delivery: one that came in. `tag` names it to settle()."""

    data: bytes
    tag: int
    id: bytes = NO_ID
    is_redelivered: Answer = Answer.MAYBE


@dataclass(frozen=True)
class KeyringInfo:
    """pwwb_keyring_info: ages and counts, never keys."""

    tenant: bytes
    half: Half
    state: TenantState
    order: ExchangeKind
    has_ticket: bool
    generation: int
    version: int
    epoch_count: int
    fingerprint: str


@dataclass(frozen=True)
class EpochInfo:
    """pwwb_epoch_info."""

    generation: int
    state: EpochState
    suite: Suite
    created_s: int
    since_s: int
    is_host_key: bool
    slot: int


@dataclass(frozen=True)
class Judgement:
    """What the pre-check says."""

    verdict: Verdict
    findings: list[Finding]


@dataclass
class Heartbeat:
    """pwwb_heartbeat: how an agent feels. Sealing sets key_age_s."""

    agent_id: bytes
    boot_id: bytes
    sequence: int
    time_ms: int
    health: Health
    key_age_s: int = 0
    counters: tuple[int, ...] = (0,) * 8
    min_length: int = -1
    complexity: Answer = Answer.MAYBE
    history_length: int = -1
    rules_source: PolicySource = PolicySource.UNREADABLE
    min_age_s: int = -1
    max_age_s: int = -1
    version: int = 0
    directories: int = 0
    directories_up: int = 0

    def fill(self, struct: Any) -> None:
        put(struct, self, *self.__dataclass_fields__)

    @classmethod
    def of(cls, struct: Any) -> Heartbeat:
        made = cls(*(got(struct, name) for name in cls.__dataclass_fields__))
        made.health, made.complexity = Health(made.health), Answer(made.complexity)
        made.rules_source, made.counters = PolicySource(made.rules_source), tuple(struct.counters)
        return made

