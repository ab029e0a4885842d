# SPDX-License-Identifier: Apache-2.0
"""Octets between Python and C: secrets that are wiped, buffers that are filled, values in structs."""
from __future__ import annotations

import ctypes
import weakref
from ctypes import byref, c_size_t, c_ubyte
from types import TracebackType
from typing import Any, Callable


def _wipe(memory: Any) -> None:
    ctypes.memset(memory, 0, ctypes.sizeof(memory))


class Secret:
    """Octets that are wiped when it is closed, or forgotten. A context manager.

    It takes a bytearray over and wipes it. Never make one of `bytes` or `str`: Python keeps those as long
    as it likes, so they are refused. A password is read with `Secret.read_line(sys.stdin.buffer.raw)`.
    """

    def __init__(self, octets: bytearray) -> None:
        if not isinstance(octets, bytearray):
            raise TypeError("a secret is made of a bytearray, which is wiped")
        self.memory = (c_ubyte * (len(octets) + 1))()  # a NUL follows, for what C reads as a text
        self._len = len(octets)
        if octets:
            there = (c_ubyte * len(octets)).from_buffer(octets)
            ctypes.memmove(self.memory, there, len(octets))
            _wipe(there)
        self._finalizer = weakref.finalize(self, _wipe, self.memory)

    @classmethod
    def at(cls, address: int | None, size: int) -> Secret:
        """A copy of what the library holds."""
        made = cls(bytearray(size))
        if address and size:
            ctypes.memmove(made.memory, address, size)
        return made

    @classmethod
    def read_line(cls, file: Any, most: int = 1024) -> Secret:
        """A line of an unbuffered file, without its end."""
        line = bytearray(most)
        size = 0
        while size < most and file.readinto(memoryview(line)[size:size + 1]) == 1 and line[size] != 0x0A:
            size += 1
        made = cls(line)
        made.cut(size)
        return made

    def __len__(self) -> int:
        return self._len

    def __repr__(self) -> str:
        return "<Secret>"

    def view(self) -> memoryview:
        """The octets where they are; zeros once it is closed."""
        return memoryview(self.memory).cast("B")[:self._len]

    def cut(self, size: int) -> None:
        """Say how much of it was filled."""
        self._len = min(size, self._len)

    def close(self) -> None:
        self._finalizer()
        self._len = 0

    def __enter__(self) -> Secret:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def given(secret: Secret | None) -> tuple[Any, int]:
    """Pointer and length, as C takes them."""
    return (None, 0) if secret is None else (secret.memory, len(secret))


def filled(most: int, fill: Callable[[Any, int, Any], None]) -> bytes:
    """What a call writes into a buffer of `most` octets; fill(buffer, size, &length) makes the call."""
    buffer, size = (c_ubyte * most)(), c_size_t()
    fill(buffer, most, byref(size))
    return bytes(buffer[:size.value])


def octets_at(address: int | None, size: int) -> bytes:
    return ctypes.string_at(address, size) if address and size else b""


def put(struct: ctypes.Structure, record: Any, *names: str) -> None:
    """Set the fields of a struct from the attributes of the same names."""
    kinds = dict((field[0], field[1]) for field in struct._fields_)
    for name in names:
        value, kind = getattr(record, name), kinds[name]
        if isinstance(value, str):
            value = value.encode()
            if len(value) >= ctypes.sizeof(kind) or b"\0" in value:
                raise ValueError(f"{name}: at most {ctypes.sizeof(kind) - 1} octets, without NUL")
        elif isinstance(value, (bytes, tuple)):
            if len(value) != kind._length_:
                raise ValueError(f"{name}: {kind._length_} of them")
            value = kind(*value)
        setattr(struct, name, value)
        if isinstance(value, int) and getattr(struct, name) != value:
            raise ValueError(f"{name}: {value} is out of range")


def got(struct: ctypes.Structure, name: str) -> Any:
    """The value of a field: int, str or bytes."""
    value = getattr(struct, name)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return bytes(value) if isinstance(value, ctypes.Array) and value._type_ is c_ubyte else value

