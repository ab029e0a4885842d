# SPDX-License-Identifier: Apache-2.0
"""The other numbers of the headers."""
from __future__ import annotations

from .codes import Bits, Number


class Suite(Number):
    """The recipient's algorithm: one per epoch."""

    RSA = 1
    X25519 = 2


class Half(Number):
    """Which half of the keys."""

    AGENT = 1
    PORTAL = 2


class EpochState(Number):
    """The life of an epoch, one generation of a tenant's keys. It goes forward only."""

    PENDING = 1
    ACTIVE = 2
    OPEN_ONLY = 3
    WIPED = 4


class TenantState(Number):
    """Where a tenant is between "never enabled" and "revoked"."""

    NONE = 1
    PENDING = 2
    ENABLED = 3
    DISABLING = 4
    DISABLED = 5
    REVOKED = 6


class ExchangeKind(Number):
    """What agents and portals exchange about keys, in two messages each: pwwb/exchange.h."""

    ENABLE = 1
    ROLL = 2
    DISABLE = 3
    REVOKE = 4


class ExchangeCode(Number):
    """How an exchange went. Numbers go over the wire and keep their meaning."""

    DONE = 1
    WAITING = 2
    TICKET_UNKNOWN = 3
    TICKET_EXPIRED = 4
    ALREADY_ENABLED = 5
    NOT_ENABLED = 6
    STALE = 7


class LockKind(Number):
    """What seals a key file."""

    KEY = 1
    PASSPHRASE = 2


class AnchorKind(Number):
    """Which side's id an anchor is."""

    SOURCE = 1
    CLOUD = 2


class Operation(Number):
    """What is asked for."""

    CHANGE = 1
    CHANGE_FORCED = 2
    RESET_SELF = 3
    RESET_ADMIN = 4
    UNLOCK = 5


class Actor(Number):
    """Who asks."""

    USER = 1
    ADMIN = 2


class Origin(Number):
    """Where the asking was done."""

    ACCOUNT_PORTAL = 1
    SIGN_IN = 2
    RESET_PORTAL = 3
    ADMIN_PORTAL = 4
    CLASSIC_PORTAL = 5
    GRAPH_BETA = 6
    GRAPH = 7
    AAD_GRAPH = 8
    POWERSHELL_V1 = 9
    POWERSHELL_V2 = 10
    OFFICE_PORTAL = 11


class UserType(Number):
    """How the person's cloud sign-in works."""

    HASH_SYNC = 1
    FEDERATED = 2
    PASS_THROUGH = 3
    CLOUD_ONLY = 4


class MustChange(Number):
    """What happens to "must change at next logon"."""

    KEEP = 0
    SET = 1
    CLEAR = 2


class Flag(Bits):
    """Bits of `flags` in the claims."""

    UNLOCK = 1
    OWN_ACCOUNT = 2


class Verdict(Number):
    """What the pre-check says."""

    PASS = 1
    FAIL = 2
    UNKNOWN = 3


class PolicySource(Number):
    """Where rules come from."""

    HOST = 1
    DOMAIN = 2
    PSO = 3
    PPOLICY = 4
    UNREADABLE = 5


class SetKind(Number):
    """Which kind of operation is judged: history, age and the old password differ."""

    RESET = 1
    CHANGE = 2
    UNLOCK = 3


class Answer(Number):
    """Three answers to one question."""

    NO = 0
    YES = 1
    MAYBE = 2


class AccountKind(Number):
    """What an entry in the directory is. Only a person's account is ever written."""

    PERSON = 1
    KRBTGT = 2
    MACHINE = 3
    TRUST = 4
    OTHER = 5


class Uac(Bits):
    """Bits of userAccountControl that matter here."""

    DISABLED = 0x2
    NOTREQD = 0x20
    NORMAL = 0x200
    NEVER_EXPIRES = 0x10000
    SMARTCARD = 0x40000


class Settle(Number):
    """What becomes of a received message."""

    ACCEPT = 1
    RELEASE = 2
    REJECT = 3


class RelayEnd(Number):
    """Whose end of a relay a transport is."""

    AGENT = 1
    PORTAL = 2
    PORTALS = 3


class RelayFault(Number):
    """Faults a relay makes on command, to test what is built on it."""

    DUPLICATE = 1
    DROP = 2
    FULL = 3
    EXPIRE = 4
    RESTART = 5


class Health(Number):
    """How an agent feels."""

    UP = 1
    DEGRADED = 2
    DOWN = 3
    STOPPING = 4


class Counter(Number):
    """What an agent counts."""

    RECEIVED = 1
    UNOPENED = 2
    SET = 3
    NOT_SET = 4
    UNKNOWN = 5
    REPEATED = 6
    RELEASED = 7
    GIVEN_UP = 8
    UNAUDITED = 9


#: As CODES.
ENUMS: dict[type[Number] | type[Bits], tuple[str, str]] = {
    Suite: ("pwwb_suite", "PWWB_SUITE_"),
    Half: ("pwwb_half", "PWWB_HALF_"),
    EpochState: ("pwwb_epoch_state", "PWWB_EPOCH_"),
    TenantState: ("pwwb_tenant_state", "PWWB_TENANT_"),
    ExchangeKind: ("pwwb_exchange_kind", "PWWB_EXCHANGE_"),
    ExchangeCode: ("pwwb_exchange_code", "PWWB_EXCHANGE_"),
    LockKind: ("pwwb_lock", "PWWB_LOCK_"),
    AnchorKind: ("pwwb_anchor_kind", "PWWB_ANCHOR_"),
    Operation: ("pwwb_operation", "PWWB_OPERATION_"),
    Actor: ("pwwb_actor", "PWWB_ACTOR_"),
    Origin: ("pwwb_origin", "PWWB_FROM_"),
    UserType: ("pwwb_user_type", "PWWB_USER_"),
    MustChange: ("pwwb_must_change", "PWWB_MUST_CHANGE_"),
    Flag: ("pwwb_request_flag", "PWWB_FLAG_"),
    Verdict: ("pwwb_verdict", "PWWB_VERDICT_"),
    PolicySource: ("pwwb_policy_source", "PWWB_POLICY_"),
    SetKind: ("pwwb_set_kind", "PWWB_SET_"),
    Answer: ("pwwb_answer", "PWWB_"),
    AccountKind: ("pwwb_account_kind", "PWWB_ACCOUNT_"),
    Uac: ("pwwb_uac", "PWWB_UAC_"),
    Settle: ("pwwb_settle", "PWWB_SETTLE_"),
    RelayEnd: ("pwwb_relay_end", "PWWB_RELAY_"),
    RelayFault: ("pwwb_relay_fault_kind", "PWWB_RELAY_"),
    Health: ("pwwb_health", "PWWB_HEALTH_"),
    Counter: ("pwwb_agent_counter", "PWWB_COUNT_"),
}
