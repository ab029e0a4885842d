# SPDX-License-Identifier: Apache-2.0
"""Enable, roll over, disable, revoke: how both sides come to the same keys."""
from __future__ import annotations

import ctypes
from ctypes import byref
from dataclasses import dataclass
from typing import Any

from . import structs
from .enums import ExchangeCode, ExchangeKind, Half, Suite, TenantState
from .errors import call
from .handle import Handle
from .keys import KeyStore
from .octets import Secret, filled, given
from .tables import Clock, Host, clock_table, guarded


@dataclass(frozen=True)
class ExchangeEvent:
    """pwwb_exchange_event: what came of a message that was taken. `kind` 0 = a heartbeat."""

    kind: ExchangeKind
    code: ExchangeCode
    is_repeat: bool
    state: TenantState
    generation: int

    @classmethod
    def of(cls, struct: Any) -> ExchangeEvent:
        return cls(ExchangeKind(struct.kind), ExchangeCode(struct.code), bool(struct.is_repeat),
                   TenantState(struct.state), struct.generation)


class Relays(Host):
    """Whoever may put credentials into a relay's two slots."""

    def set_secret(self, slot: int, secret: Secret | None) -> None:
        """Admit it, in place of what was in the slot; None = take the slot away. Wiped when this is over."""
        raise NotImplementedError


def setter_of(relay: Relays) -> Any:
    def set_secret(slot: int, octets: Any, size: int) -> None:
        if not octets:
            relay.set_secret(slot, None)
            return
        with Secret.at(octets, size) as secret:
            relay.set_secret(slot, secret)

    return set_secret


class Exchange(Handle):
    """One side of the exchanges of a tenant."""

    NOUN = "exchange"

    def __init__(self, store: KeyStore, half: Half, *, suite: Suite | None = None, roll_ms: int = 0, resend_ms: int = 0,
                 relay: Relays | None = None, clock: Clock | None = None) -> None:
        """`relay`, at the agent's side, hears of the credentials that the relay must admit."""
        pointer, ops = clock_table(clock)
        options = structs.pwwb_exchange_options(clock=pointer, suite=suite or 0, roll_ms=roll_ms, resend_ms=resend_ms)
        if relay is not None:
            options.relay_set_secret = structs.RELAY_SET_SECRET(guarded(relay, "set_secret", setter_of(relay)))
        with store._use() as kept:
            super().__init__("exchange_new", kept, half, byref(options), needs=[store, ops, options])

    def ticket(self, tenant: bytes, relay_address: str, relay_credential: Secret, life_s: int = 0) -> Secret:
        """Portal: a text for the agent's administrator, once."""
        ticket = structs.pwwb_ticket(tenant=structs.id_of(tenant), life_s=life_s, relay_address=relay_address.encode(),
                                     relay_credential=ctypes.cast(relay_credential.memory, ctypes.c_char_p))
        text = Secret(bytearray(structs.TICKET_SIZE))
        size = ctypes.c_size_t()
        with self._use() as pointer:
            call("exchange_ticket", pointer, byref(ticket), text.memory, len(text), byref(size))
        text.cut(size.value)
        return text

    def begin(self, kind: ExchangeKind, ticket: Secret | None = None) -> None:
        """Make keys and store them; step() gives what to send."""
        with self._use() as pointer:
            call("exchange_begin", pointer, kind, *given(ticket))

    def step(self) -> bytes:
        """Do what is due; what is to be sent now, b"" = nothing."""
        with self._use() as pointer:
            return filled(structs.ENVELOPE_MAX, lambda buffer, size, length: call(
                "exchange_step", pointer, buffer, size, length))

    def take(self, sealed: bytes) -> tuple[bytes, ExchangeEvent]:
        """Take a message of the other side: what is to be sent back, b"" = nothing, and what it was."""
        event = structs.pwwb_exchange_event()
        with self._use() as pointer:
            answer = filled(structs.ENVELOPE_MAX, lambda buffer, size, length: call(
                "exchange_take", pointer, sealed, len(sealed), buffer, size, length, byref(event)))
        return answer, ExchangeEvent.of(event)

    def confirm(self, fingerprint: str) -> None:
        """Portal: the administrator has compared it with the one that the agent shows."""
        with self._use() as pointer:
            call("exchange_confirm", pointer, fingerprint.encode(), len(fingerprint.encode()))
