# SPDX-License-Identifier: Apache-2.0
"""What the library answers: statuses, outcomes, codes. A test compares every number with the headers."""
from __future__ import annotations

import enum


class Number(enum.IntEnum):
    """A number of the library's. One that is not known here, of a newer agent say, is no error."""

    @classmethod
    def _missing_(cls, value: object) -> Number | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"NUMBER_{value}", value
        return member


class Bits(enum.IntFlag):
    """Bits of the library's."""


class Feature(Number):
    """What a build may or may not contain."""

    LDAP = 1
    AESNI = 2
    MEMLOCK = 3


class Status(Number):
    """Every status. Hundreds are classes; a number, once released, keeps its meaning for ever."""

    OK = 0
    E_INVALID_ARGUMENT = -100
    E_ABI = -101
    E_BUFFER_TOO_SMALL = -102
    E_STATE = -103
    E_NOT_SUPPORTED = -104
    E_NO_MEMORY = -200
    E_SYSTEM = -201
    E_PERMISSION = -202
    E_NO_SPACE = -203
    E_READ_ONLY = -204
    E_CHANGED = -205
    E_MALFORMED = -300
    E_TOO_LARGE = -301
    E_NOT_AUTHENTIC = -400
    E_KEY_UNKNOWN = -401
    E_KEY_HALF = -402
    E_CRYPTO = -403
    E_KEY_INACTIVE = -404
    E_KEY_UNAVAILABLE = -405
    E_EXPIRED = -500
    E_NOT_YET = -501
    E_WRONG_TENANT = -502
    E_REPLAYED = -503
    E_NOT_FOUND = -600
    E_TIMEOUT = -700
    E_CONNECT = -701
    E_CLOSED = -702
    E_TLS = -703
    E_TLS_CA = -704
    E_TLS_NAME = -705
    E_TLS_EXPIRED = -706
    E_FULL = -707
    E_NO_AGENT = -708
    E_STOPPED = -709
    E_DIRECTORY = -800
    E_AUTH = -801
    E_CALLBACK = -900


class StatusClass(Number):
    """What a caller can do about a failure: the status' hundred."""

    OK = 0
    CALLER = 1
    MACHINE = 2
    FORMAT = 3
    CRYPTO = 4
    POLICY = 5
    ANCHOR = 6
    TRANSPORT = 7
    DIRECTORY = 8
    CALLBACK = 9


class Layer(Number):
    """Whose number pwwb_error_code() gives."""

    PWWB = 0
    ERRNO = 1
    MBEDTLS = 2
    LDAP = 3
    CALLER = 4


class Outcome(Number):
    """What is true of the directory now."""

    SET = 1
    SET_WITH_WARNINGS = 2
    NOT_SET = 3
    UNKNOWN = 4


class Code(Number):
    """Every result code. A number, once released, keeps its meaning for ever."""

    OK = 1
    OK_PENDING_SYNC = 2
    OK_EXPIRED_ON_SET = 3
    OK_UNLOCK_FAILED = 4
    OK_MUST_CHANGE_FAILED = 5
    OK_HISTORY_NOT_ENFORCED = 6
    POLICY_TOO_SHORT = 101
    POLICY_TOO_LONG = 102
    POLICY_COMPLEXITY = 103
    POLICY_CONTAINS_NAME = 104
    POLICY_HISTORY = 105
    POLICY_TOO_YOUNG = 106
    POLICY_BANNED = 107
    POLICY_OTHER = 108
    OLD_PASSWORD_WRONG = 201
    MUST_CHANGE = 202
    EXPIRED = 203
    USER_CANNOT_CHANGE = 204
    LOCKED = 205
    DISABLED = 206
    ACCOUNT_EXPIRED = 207
    AUTH_RESTRICTED = 208
    LOCKOUT_GUARD = 209
    NOT_FOUND = 301
    NOT_JOINED = 302
    AMBIGUOUS = 303
    NO_DIRECTORY_OBJECT = 304
    NOT_ELIGIBLE = 305
    STAGING = 306
    PERMISSION = 401
    PROTECTED_ACCOUNT = 402
    TARGET_REFUSED = 403
    INSECURE_CHANNEL = 404
    STRONG_AUTH_REQUIRED = 405
    HISTORY_NOT_ENFORCEABLE = 406
    CONFIGURATION = 407
    REFERRAL = 408
    INTERNAL = 409
    PROTECTION_UNKNOWN = 410
    AUDIT = 411
    LIMIT_OPERATION = 412
    LIMIT_SCOPE = 413
    UNREACHABLE = 501
    TIMEOUT = 502
    AGENT_DOWN = 503
    BUSY = 504
    LIMIT_RATE = 505
    EXPIRED_MESSAGE = 601
    REPLAYED = 602
    DECRYPT = 603
    KEY_UNKNOWN = 604
    SUPERSEDED = 605
    CLOCK = 606
    IN_PROGRESS = 607
    USER_TYPE = 701
    OPERATION = 702
    ORIGIN_POWERSHELL = 703
    ORIGIN_GRAPH = 704
    ORIGIN_OFFICE_PORTAL = 705
    OWN_BY_ADMIN_TOOL = 706
    OUTCOME_UNKNOWN = 801


class CodeClass(Number):
    """What one does about a code: its hundred."""

    DONE = 0
    POLICY = 1
    PERSON = 2
    LOOKUP = 3
    OPERATOR = 4
    REACH = 5
    MESSAGE = 6
    COVERAGE = 7
    UNCERTAIN = 8


class Basis(Number):
    """How sure a finding is."""

    STATED = 1
    INFERRED = 2


class NameKind(Number):
    """The names in POLICY_CONTAINS_NAME's `actual`."""

    ACCOUNT = 1
    DISPLAY = 2


#: The enum of the header that each one is, and what its names begin with there.
CODES: dict[type[Number] | type[Bits], tuple[str, str]] = {
    Feature: ("pwwb_feature", "PWWB_FEATURE_"),
    Status: ("pwwb_status_code", "PWWB_"),
    StatusClass: ("pwwb_status_class_code", "PWWB_CLASS_"),
    Layer: ("pwwb_error_layer_code", "PWWB_LAYER_"),
    Outcome: ("pwwb_outcome", "PWWB_OUTCOME_"),
    Code: ("pwwb_code", "PWWB_CODE_"),
    CodeClass: ("pwwb_code_class_code", "PWWB_CODE_CLASS_"),
    Basis: ("pwwb_basis", "PWWB_BASIS_"),
    NameKind: ("pwwb_name_kind", "PWWB_NAME_"),
}
