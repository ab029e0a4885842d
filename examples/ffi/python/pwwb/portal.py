# SPDX-License-Identifier: Apache-2.0
"""The cloud side: seal a request, wait for its reply, say honestly what became of it."""
from __future__ import annotations

from ctypes import byref, c_int32
from dataclasses import dataclass

from . import structs
from .codes import Code, Status
from .envelope import ReplyReader
from .errors import Error, call
from .exchange import Exchange, ExchangeEvent
from .handle import Handle, pointer_of
from .keys import Keyring, KeyStore
from .library import lib
from .octets import Secret, filled, given
from .tables import Clock, clock_table
from .transport import Transport
from .values import Claims, Finding, Reply, findings_at


@dataclass(frozen=True)
class Begun:
    """What is to be sent; or, b"", why nothing is."""

    sealed: bytes
    code: Code
    findings: list[Finding]


class Portal(Handle):
    """A portal, by a keyring that stays, or by a store whose keys are followed."""

    NOUN = "portal"

    def __init__(self, keyring: Keyring | None = None, *, store: KeyStore | None = None, life_s: int = 0,
                 cache_ms: int = 0, clock: Clock | None = None) -> None:
        table, ops = clock_table(clock)
        options = structs.pwwb_portal_options(clock=table, life_s=life_s, cache_ms=cache_ms,
                                              store=pointer_of(store))
        needs = [each for each in (keyring, store, ops) if each is not None]
        super().__init__("portal_new", pointer_of(keyring), byref(options), needs=needs)

    def begin(self, claims: Claims, password: Secret | None, old_password: Secret | None = None) -> Begun:
        """Seal a request; claims are as sealed then, for finish()."""
        struct, code = claims.struct(), c_int32()
        with self._use() as portal:
            sealed = filled(structs.ENVELOPE_MAX, lambda buffer, size, length: call(
                "portal_begin", portal, byref(struct), *given(password), *given(old_password), buffer, size, length,
                byref(code)))
            findings = findings_at(lib.pwwb_portal_findings(portal))
        self._sealed(claims, struct)
        return Begun(sealed, Code(code.value), findings)

    def sent(self, claims: Claims, status: Status) -> Reply | None:
        """Say what the transport answered to the sending; Status.OK = it was sent.

        The reply when that is the end: not sent, so not set. None when an answer may come: wait, then finish().
        """
        is_over = c_int32()
        with ReplyReader() as reader:
            with self._use() as portal, reader._use() as reply:
                call("portal_sent", portal, byref(claims.struct()), status, reply, byref(is_over))
            return reader.reply() if is_over.value else None

    def finish(self, claims: Claims, sealed: bytes | None) -> Reply:
        """Take what came for a request, here or in another process; None = nothing will."""
        with ReplyReader() as reader:
            with self._use() as portal, reader._use() as reply:
                call("portal_finish", portal, byref(claims.struct()), sealed, len(sealed or b""), reply)
            return reader.reply()

    def call(self, transport: Transport, claims: Claims, password: Secret | None, old_password: Secret | None = None,
             timeout_ms: int = -1) -> Reply:
        """Ask an agent and wait for its answer. An Error that is raised has the reply as `known`."""
        struct = claims.struct()
        with ReplyReader() as reader:
            try:
                with self._use() as portal, transport._use() as way, reader._use() as reply:
                    call("portal_call", portal, way, byref(struct), *given(password), *given(old_password), timeout_ms,
                         reply)
            except Error as error:
                error.known = reader.reply()
                raise
            finally:
                self._sealed(claims, struct)
            return reader.reply()

    @staticmethod
    def _sealed(claims: Claims, struct: structs.pwwb_claims) -> None:
        claims.tenant, claims.cti = bytes(struct.tenant), bytes(struct.cti)
        claims.iat, claims.exp = struct.iat, struct.exp


def serve(exchange: Exchange, transport: Transport, timeout_ms: int) -> ExchangeEvent:
    """The portal's part in the exchanges: take one order or heartbeat of the agents, answer an order."""
    event = structs.pwwb_exchange_event()
    with exchange._use() as side, transport._use() as way:
        call("portal_serve", side, None, way, timeout_ms, byref(event))
    return ExchangeEvent.of(event)
