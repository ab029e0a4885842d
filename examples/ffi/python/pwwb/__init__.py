# SPDX-License-Identifier: Apache-2.0
"""libpwwb from Python, by ctypes and nothing else: password writeback as a portal, as an agent, or as both.

Handles are context managers. Failures are `Error`. What is wiped is a `Secret`. A transport, a directory and a key
store of one's own are classes to derive from: TransportHost, DirectoryHost, KeyStoreHost. A call lets other threads
run; a handle serves one at a time, but for keyrings, policies, journals and relays, and for Agent.stop().
"""
from .agent import Agent, Journal
from .codes import Basis, Code, CodeClass, Feature, Layer, NameKind, Outcome, Status, StatusClass
from .directory import Directory, DirectoryHost
from .enums import (AccountKind, Actor, AnchorKind, Answer, Counter, EpochState, ExchangeCode, ExchangeKind, Flag, Half,
                    Health, LockKind, MustChange, Operation, Origin, PolicySource, RelayEnd, RelayFault, Settle,
                    SetKind, Suite, TenantState, Uac, UserType, Verdict)
from .envelope import Request, open_heartbeat, open_reply, seal_heartbeat, seal_request
from .errors import Error
from .exchange import Exchange, ExchangeEvent, Relays
from .handle import Handle
from .keys import Keyring, KeyStore, KeyStoreHost, Lock
from .library import lib
from .octets import Secret
from .policy import Policy
from .portal import Begun, Portal, serve
from .tables import Clock, Host
from .transport import Relay, Transport, TransportHost
from .values import (Account, Anchor, Claims, Delivery, EpochInfo, Finding, Found, Heartbeat, Judgement, KeyringInfo,
                     Message, Reply, Rules, SetOperation, SetResult, guid, guid_text, operation_check)


def version_number() -> int:
    """Of the library that is loaded: major * 10000 + minor * 100 + patch."""
    return int(lib.pwwb_version_number())


def has_feature(feature: Feature) -> bool:
    return bool(lib.pwwb_has_feature(feature))


__all__ = [
    "Account", "AccountKind", "Actor", "Agent", "Anchor", "AnchorKind", "Answer", "Basis", "Begun", "Claims", "Clock",
    "Code", "CodeClass", "Counter", "Delivery", "Directory", "DirectoryHost", "EpochInfo", "EpochState", "Error",
    "Exchange", "ExchangeCode", "ExchangeEvent", "ExchangeKind", "Feature", "Finding", "Flag", "Found",
    "Half", "Handle", "Health", "Heartbeat", "Host", "Journal", "Judgement", "KeyStore", "KeyStoreHost", "Keyring",
    "KeyringInfo", "Layer", "Lock", "LockKind", "Message", "MustChange", "NameKind", "Operation", "Origin", "Outcome", "Policy",
    "PolicySource", "Portal", "Relay", "RelayEnd", "RelayFault", "Relays", "Reply", "Request", "Rules", "Secret",
    "SetKind", "SetOperation", "SetResult", "Settle", "Status", "StatusClass", "Suite", "TenantState", "Transport",
    "TransportHost", "Uac", "UserType", "Verdict", "guid", "guid_text", "has_feature", "open_heartbeat", "open_reply",
    "operation_check", "seal_heartbeat", "seal_request", "serve", "version_number",
]
