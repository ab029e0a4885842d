# SPDX-License-Identifier: Apache-2.0
"""Sealed requests, replies and heartbeats."""
from __future__ import annotations

from ctypes import byref, c_size_t
from typing import Any

from . import structs
from .codes import Code, Outcome
from .errors import call
from .handle import Handle
from .keys import Keyring
from .library import lib, word
from .octets import Secret, filled, given
from .values import Claims, Finding, Heartbeat, Reply, add_findings, findings_at


def seal_request(keyring: Keyring, claims: Claims, password: Secret | None,
                 old_password: Secret | None = None) -> bytes:
    """Seal one; claims are as sealed then."""
    struct = claims.struct()
    with keyring._use() as keys:
        sealed = filled(structs.ENVELOPE_MAX, lambda buffer, size, length: call(
            "request_seal", keys, byref(struct), *given(password), *given(old_password), buffer, size, length))
    claims.tenant, claims.cti = bytes(struct.tenant), bytes(struct.cti)
    return sealed


class Request(Handle):
    """Opens requests, one after another: open() gives the claims, open_secret() the passwords."""

    NOUN = "request"

    def __init__(self) -> None:
        super().__init__("request_new")

    def open(self, keyring: Keyring, sealed: bytes, now: int, skew: int = 120) -> Claims:
        """First phase. After E_WRONG_TENANT, E_EXPIRED and E_NOT_YET claims() and a reply are there all the same."""
        with self._use() as pointer, keyring._use() as keys:
            call("request_open", pointer, keys, sealed, len(sealed), now, skew)
        return self.claims()

    def claims(self) -> Claims:
        with self._use() as pointer:
            claims = lib.pwwb_request_claims(pointer)
            if not claims:
                raise ValueError("nothing was opened")
            return Claims.of(structs.pwwb_claims.from_address(claims))

    def open_secret(self) -> tuple[Secret | None, Secret | None]:
        """Second phase: the new password and the old one. All its failures are one."""
        with self._use() as pointer:
            call("request_open_secret", pointer)
            return (self._secret(lib.pwwb_request_password, pointer),
                    self._secret(lib.pwwb_request_old_password, pointer))

    @staticmethod
    def _secret(get: Any, pointer: int) -> Secret | None:
        size = c_size_t()
        octets = get(pointer, byref(size))
        return Secret.at(octets, size.value) if octets else None

    def wipe(self) -> None:
        with self._use() as pointer:
            lib.pwwb_request_wipe(pointer)

    def seal_reply(self, code: Code, now_ms: int, findings: list[Finding] | None = None, controller: str = "") -> bytes:
        """A reply under the key that the request used."""
        kept = lib.pwwb_findings_new()
        try:
            add_findings(kept, findings or [])
            with self._use() as pointer:
                return filled(structs.ENVELOPE_MAX, lambda buffer, size, length: call(
                    "reply_seal", pointer, code, kept, controller.encode(), now_ms, buffer, size, length))
        finally:
            lib.pwwb_findings_free(kept)


class ReplyReader(Handle):
    """What the library fills with a reply."""

    NOUN = "reply"

    def __init__(self) -> None:
        super().__init__("reply_new")

    def reply(self) -> Reply:
        with self._use() as pointer:
            return Reply(Outcome(lib.pwwb_reply_outcome(pointer)), Code(lib.pwwb_reply_code(pointer)),
                         findings_at(lib.pwwb_reply_findings(pointer)), word(lib.pwwb_reply_controller(pointer)),
                         lib.pwwb_reply_time_ms(pointer))


def open_reply(keyring: Keyring, cti: bytes, sealed: bytes) -> Reply:
    """Open one, and check that it answers the request."""
    with ReplyReader() as reader, keyring._use() as keys:
        with reader._use() as pointer:
            call("reply_open", pointer, keys, structs.id_of(cti), sealed, len(sealed))
        return reader.reply()


def seal_heartbeat(keyring: Keyring, heartbeat: Heartbeat) -> bytes:
    struct = structs.pwwb_heartbeat()
    heartbeat.fill(struct)
    with keyring._use() as keys:
        return filled(structs.ENVELOPE_MAX, lambda buffer, size, length: call(
            "heartbeat_seal", keys, byref(struct), buffer, size, length))


def open_heartbeat(keyring: Keyring, sealed: bytes, now: int, last: list[Heartbeat] | None = None,
                   skew: int = 120) -> Heartbeat:
    """Open one, if it is news of its agent; `last` has the last one of each."""
    known = (structs.pwwb_heartbeat * len(last or []))(*(structs.pwwb_heartbeat() for _ in last or []))
    for struct, heartbeat in zip(known, last or []):
        heartbeat.fill(struct)
    opened = structs.pwwb_heartbeat()
    with keyring._use() as keys:
        call("heartbeat_open", keys, sealed, len(sealed), known if last else None, len(last or []), now, skew,
             byref(opened))
    return Heartbeat.of(opened)
