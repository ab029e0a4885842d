# SPDX-License-Identifier: Apache-2.0
"""Whole messages between portal and agent: the relay in this process, and a host's own transport."""
from __future__ import annotations

import ctypes
from ctypes import byref
from typing import Any

from . import structs
from .codes import Status
from .enums import Answer, RelayEnd, RelayFault, Settle
from .errors import Error, call
from .handle import Handle
from .octets import got, octets_at, put
from .tables import Clock, Host, clock_table, has, table
from .values import Delivery, Message


class TransportHost(Host):
    """A transport in Python. send, receive and settle are required; see pwwb_transport_ops for what they answer.

    Times are milliseconds: 0 = do not wait, -1 = no limit. receive() gives None when none came in time.
    """

    def send(self, message: Message, timeout_ms: int) -> None:
        raise NotImplementedError

    def receive(self, timeout_ms: int) -> Delivery | None:
        raise NotImplementedError

    def settle(self, tag: int, verdict: Settle, timeout_ms: int) -> None:
        raise NotImplementedError

    def address(self) -> str:
        """Where replies to this side go; asked once."""
        return ""

    def presence(self) -> Answer:
        """Optional: whether an agent listens."""
        raise NotImplementedError

    def hold(self, tag: int) -> None:
        """Optional: keep a message, to be settled later."""
        raise NotImplementedError


def methods_of(host: TransportHost) -> dict[str, Any]:
    def send(message: Any, timeout_ms: int) -> None:
        m = message.contents
        host.send(Message(octets_at(m.data, m.len), bytes(m.id), m.expires_ms, got(m, "to"), got(m, "reply_to")),
                  timeout_ms)

    def receive(buf: Any, buf_size: int, delivery: Any, timeout_ms: int) -> None:
        came = host.receive(timeout_ms)
        if came is None:
            raise Error(Status.E_TIMEOUT, "no message came")
        if len(came.data) > buf_size:
            raise Error(Status.E_TOO_LARGE, "a message that no envelope can be")
        ctypes.memmove(buf, came.data, len(came.data))
        delivery.contents.len = len(came.data)
        put(delivery.contents, came, "tag", "id", "is_redelivered")

    def settle(tag: int, verdict: int, timeout_ms: int) -> None:
        host.settle(tag, Settle(verdict), timeout_ms)

    def presence(agents: Any) -> None:
        agents[0] = host.presence()

    methods: dict[str, Any] = {"send": send, "receive": receive, "settle": settle}
    if has(host, TransportHost, "presence"):
        methods["presence"] = presence
    if has(host, TransportHost, "hold"):
        methods["hold"] = host.hold
    return methods


class Transport(Handle):
    """Over a TransportHost; Relay.connect() gives others."""

    NOUN = "transport"

    def __init__(self, host: TransportHost) -> None:
        ops = table(structs.pwwb_transport_ops, host, **methods_of(host))
        address = ctypes.create_string_buffer(host.address().encode())
        ops.address = structs.ADDRESS(lambda ctx: ctypes.addressof(address))
        super().__init__("transport_new", byref(ops), None, needs=[ops, address, host])


class RelayTransport(Transport):
    """An end of a Relay."""

    def __init__(self, relay: Relay, end: RelayEnd) -> None:
        with relay._use() as pointer:
            Handle.__init__(self, "transport_new_relay", pointer, end, needs=[relay])


class Relay(Handle):
    """The relay in this process. Any thread."""

    NOUN, IS_SHARED = "relay", True

    def __init__(self, capacity: int = 1000, clock: Clock | None = None) -> None:
        pointer, ops = clock_table(clock)
        super().__init__("relay_new", capacity, pointer, None, needs=[ops])

    def connect(self, end: RelayEnd) -> Transport:
        return RelayTransport(self, end)

    def fault(self, kind: RelayFault, count: int) -> None:
        """Make a fault, to test what is built on it."""
        with self._use() as pointer:
            call("relay_fault", pointer, kind, count)
