# SPDX-License-Identifier: Apache-2.0
"""The on-premises loop: receive a request, write it back, send the reply, settle."""
from __future__ import annotations

import threading
from contextlib import contextmanager
from ctypes import CFUNCTYPE, byref, c_char_p, c_int32, c_void_p, cast, pointer
from typing import Any, Callable, Iterator

from . import structs
from .codes import Status
from .directory import Directory
from .enums import Counter
from .errors import Error, call
from .exchange import Exchange
from .handle import Handle, pointer_of
from .keys import Keyring
from .library import lib, word
from .tables import Clock, clock_table
from .transport import Transport
from .values import NO_ID

LOG = CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_char_p)


class Journal(Handle):
    """Which requests were taken, and what was answered; in memory."""

    NOUN, IS_SHARED = "journal", True

    def __init__(self, capacity: int = 20000, clock: Clock | None = None) -> None:
        table, ops = clock_table(clock)
        super().__init__("journal_new_memory", capacity, table, None, needs=[ops])


class Agent(Handle):
    """An agent, by a keyring that stays, or by an exchange whose keys are followed."""

    NOUN = "agent"

    def __init__(self, transport: Transport, journal: Journal, directories: dict[str, Directory], *,
                 keyring: Keyring | None = None, exchange: Exchange | None = None, agent_id: bytes = NO_ID,
                 heartbeat_s: int = 0, timeout_ms: int = 0, skew_ms: int = 0, flags: int = 0,
                 clock: Clock | None = None) -> None:
        """One directory has the name ""; several are called as their anchor store calls them."""
        table, ops = clock_table(clock)
        writeback = structs.pwwb_writeback_options(clock=table, skew_ms=skew_ms, flags=flags)
        options = structs.pwwb_agent_options(
            transport=pointer_of(transport), journal=pointer_of(journal), keyring=pointer_of(keyring),
            exchange=pointer_of(exchange), agent_id=structs.id_of(agent_id),
            writeback=cast(pointer(writeback), c_void_p), heartbeat_s=heartbeat_s, timeout_ms=timeout_ms)
        needs = [each for each in (transport, journal, keyring, exchange, ops) if each is not None]
        super().__init__("agent_new", byref(options), needs=needs)
        for name, directory in directories.items():
            self.add_directory(name, directory)

    def add_directory(self, name: str, directory: Directory) -> None:
        with self._use() as agent, directory._use() as handle:
            call("agent_add_directory", agent, name.encode(), handle)
            self._state.need(directory._state)

    def set_log(self, log: Callable[[int, str, str], None]) -> None:
        """log(level, room, message), on the thread that runs the agent. It must not raise."""
        function: Any = LOG(lambda ctx, level, room, text: log(level, word(room), word(text)))
        with self._use() as agent:
            self._state.need(function)
            lib.pwwb_agent_set_log(agent, function, None)

    def step(self, timeout_ms: int) -> bool:
        """Wait for one message and deal with it, well or not. False = none came, or a stop was asked for."""
        try:
            with self._use() as agent:
                call("agent_step", agent, timeout_ms)
        except Error as error:
            if error.status in (Status.E_TIMEOUT, Status.E_STOPPED):
                return False
            raise
        return True

    def run(self) -> None:
        """Deal with messages until stop()."""
        with self._use() as agent:
            call("agent_run", agent)

    def stop(self) -> None:
        """Ask it to stop, after the request at hand. From any thread."""
        with self._state.lent() as agent:
            lib.pwwb_agent_stop(agent)

    @contextmanager
    def running(self) -> Iterator[threading.Thread]:
        """Runs it in a thread of its own, and stops it at the end. What ended it is raised there."""
        ended: list[BaseException] = []

        def run() -> None:
            try:
                self.run()
            except BaseException as error:
                ended.append(error)

        thread = threading.Thread(target=run, name="pwwb-agent")
        thread.start()
        try:
            yield thread
        finally:
            self.stop()
            thread.join()
        if ended:
            raise ended[0]

    def count(self, counter: Counter) -> int:
        with self._use() as agent:
            return int(lib.pwwb_agent_count(agent, counter))

    def close(self) -> None:
        """Stop it, too; it is freed when run() is done."""
        self.stop()
        super().close()
