# SPDX-License-Identifier: Apache-2.0
"""What all handles have in common: they are closed once, and not while the library works with them."""
from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from ctypes import byref, c_void_p
from types import TracebackType
from typing import Any, Callable, Iterator, TypeVar

from .errors import call
from .library import lib

_lock = threading.RLock()  # around numbers alone; a finaliser may come while it is held


class _State:
    """A pointer, who works with it, and what it needs. It outlives its Handle as long as somebody does."""

    def __init__(self, free: Callable[[int], None]) -> None:
        self.pointer, self.free = 0, free
        self.needs: list[Any] = []
        self.users, self.is_closed, self.thread = 0, False, 0

    def need(self, other: Any) -> None:
        """One more that must live as long."""
        with _lock:
            if isinstance(other, _State):
                if other.is_closed:
                    raise ValueError("a handle that is needed is closed")
                other.users += 1
            self.needs.append(other)

    def close(self) -> None:
        with _lock:
            self.is_closed = True
            if self.users > 0:
                return
            pointer, self.pointer = self.pointer, 0
            needs, self.needs = self.needs, []
        if pointer:
            self.free(pointer)
        for need in needs:
            if isinstance(need, _State):
                need.leave()

    @contextmanager
    def lent(self) -> Iterator[int]:
        """The pointer, for a call that any thread may make; 0, which is NULL, once it is freed."""
        with _lock:
            self.users += 1
        try:
            yield self.pointer
        finally:
            self.leave()

    def leave(self) -> None:
        with _lock:
            self.users -= 1
            is_last = self.is_closed and self.users == 0
        if is_last:
            self.close()


Self = TypeVar("Self", bound="Handle")


class Handle:
    """A context manager. Closing it twice is nothing; a closed one raises ValueError, as a file does.

    What a handle borrows stays there until it is closed itself. A handle that is closed while another
    thread, or another handle, works with it goes when that one is done.
    """

    #: Its functions begin with pwwb_<NOUN>_.
    NOUN = ""
    #: Whether any number of threads may use one at a time.
    IS_SHARED = False

    def __init__(self, make: str, *arguments: Any, needs: list[Any] | None = None) -> None:
        """Call pwwb_<make>(arguments, &handle, err). `needs`: handles that it borrows, what else must live on."""
        self._state = _State(getattr(lib, f"pwwb_{self.NOUN}_free"))
        pointer = c_void_p()
        try:
            for need in needs or []:
                self._state.need(need._state if isinstance(need, Handle) else need)
            call(make, *arguments, byref(pointer))
        except BaseException:
            self._state.close()
            raise
        self._state.pointer = pointer.value or 0
        self._finalizer = weakref.finalize(self, self._state.close)

    def close(self) -> None:
        """Wipe what is secret, and free it."""
        self._state.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def _use(self) -> Iterator[int]:
        """The pointer, for one call."""
        state, me = self._state, threading.get_ident()
        with _lock:
            if state.is_closed:
                raise ValueError(f"{type(self).__name__} is closed")
            if not self.IS_SHARED and state.thread:
                raise RuntimeError(f"{type(self).__name__} is in use by " + (
                    "this thread: a callback may not use the handle that it serves" if state.thread == me
                    else "another thread"))
            state.users += 1
            state.thread = me
        try:
            yield state.pointer
        finally:
            with _lock:
                state.thread = 0
            state.leave()


def pointer_of(handle: Handle | None) -> int | None:
    """For a call that takes it as a need."""
    return None if handle is None else handle._state.pointer
