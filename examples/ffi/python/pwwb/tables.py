# SPDX-License-Identifier: Apache-2.0
"""Callback tables out of Python objects. An exception never goes through C: it becomes a status."""
from __future__ import annotations

import ctypes
import time
from typing import Any, Callable

from .codes import Status
from .errors import Error, raised
from .library import lib
from .structs import TIME, pwwb_clock_ops


class Host:
    """What the library calls: a transport, a directory, a key store of one's own.

    A method that raises Error answers with its status. Anything else that it raises is E_CALLBACK, whose sentence
    has the exception's name alone, for its text might quote a password. The exception is the cause of the Error of
    the call that it was raised in; and it is told to raised(), also where the call does not fail by it.
    """

    def raised(self, method: str, error: BaseException) -> None:
        """Hears of every exception that is no Error."""

    def closed(self) -> None:
        """Called once, when the library lets go of it."""


def guarded(host: Host, name: str, function: Callable[..., None]) -> Callable[..., int]:
    """A method of a table: (ctx, arguments, err) to a status."""

    def run(*arguments: Any) -> int:
        try:
            function(*arguments[1:-1])
            return Status.OK
        except Error as error:
            return int(lib.pwwb_error_set(arguments[-1], error.status, error.message.encode()[:255]))
        except BaseException as error:
            if raised.error is None or isinstance(raised.error, Exception):  # an interrupt is not forgotten
                raised.error = error
            host.raised(name, error)
            text = f"{name}() raised {type(error).__name__}"
            return int(lib.pwwb_error_set(arguments[-1], Status.E_CALLBACK, text.encode()))

    return run


def table(kind: Any, host: Host, **methods: Callable[..., None]) -> Any:
    """A table of that kind. It must live as long as its handle: a need of it."""
    types = dict(kind._fields_)
    made = kind(**{name: types[name](guarded(host, name, function)) for name, function in methods.items()})
    made.destroy = types["destroy"](lambda ctx: let_go(host))
    return made


def let_go(host: Host) -> None:
    try:
        host.closed()
    except BaseException as error:
        host.raised("closed", error)


def has(host: Host, base: type, name: str) -> bool:
    """Whether a host has an optional method."""
    return getattr(type(host), name) is not getattr(base, name)


class Clock:
    """The system's clocks. Override them for a clock of your own; they must not raise."""

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


def clock_table(clock: Clock | None) -> tuple[Any, Any]:
    """What an options struct takes, and what must live on for it."""
    if clock is None:
        return None, None
    wall, monotonic = clock.wall_ms, clock.monotonic_ms
    made = pwwb_clock_ops(wall_ms=TIME(lambda ctx: wall()), monotonic_ms=TIME(lambda ctx: monotonic()))
    return ctypes.cast(ctypes.pointer(made), ctypes.c_void_p), made
