# SPDX-License-Identifier: Apache-2.0
"""A tenant's keys, where they are kept, and how both sides come to the same ones."""
from __future__ import annotations

import ctypes
from ctypes import byref, c_int32, c_size_t
from typing import Any

from . import structs
from .codes import Status
from .enums import EpochState, ExchangeKind, Half, LockKind, Suite, TenantState
from .errors import Error, call
from .handle import Handle
from .library import lib
from .octets import Secret, filled, given, got
from .tables import Host, table
from .values import EpochInfo, KeyringInfo


class Lock:
    """What seals a key file: a key of 32 octets, or a passphrase."""

    def __init__(self, secret: Secret, kind: LockKind = LockKind.KEY) -> None:
        self.secret, self.kind = secret, kind

    def options(self) -> structs.pwwb_keystore_options:
        return structs.pwwb_keystore_options(lock=self.kind, secret=ctypes.addressof(self.secret.memory),
                                             secret_len=len(self.secret))


class Keyring(Handle):
    """Keys of one tenant: a snapshot, which any number of threads may use."""

    NOUN, IS_SHARED = "keyring", True

    @classmethod
    def new(cls, tenant: bytes, suite: Suite = Suite.RSA) -> Keyring:
        """New keys: the agent half."""
        return cls("keyring_new", structs.id_of(tenant), suite)

    @classmethod
    def open(cls, sealed: bytes, lock: Lock) -> Keyring:
        return cls("keyring_open", sealed, len(sealed), lock.kind, *given(lock.secret))

    def seal(self, half: Half, lock: Lock) -> bytes:
        with self._use() as pointer:
            return filled(structs.KEYRING_MAX, lambda buffer, size, length: call(
                "keyring_seal", pointer, half, lock.kind, *given(lock.secret), buffer, size, length))

    def describe(self) -> KeyringInfo:
        info = structs.pwwb_keyring_info()
        with self._use() as pointer:
            call("keyring_describe", pointer, byref(info))
        return KeyringInfo(bytes(info.tenant), Half(info.half), TenantState(info.state), ExchangeKind(info.order),
                           bool(info.has_ticket), info.generation, info.version, info.epoch_count,
                           got(info, "fingerprint"))

    def relay_secret(self) -> tuple[int, Secret] | None:
        """The slot and the credential with which an agent connects to the relay; slot -1 = the ticket's."""
        slot, size = c_int32(), c_size_t()
        with self._use() as pointer:
            octets = lib.pwwb_keyring_relay_secret(pointer, byref(slot), byref(size))
            return (slot.value, Secret.at(octets, size.value)) if octets else None

    def epochs(self) -> list[EpochInfo]:
        """The newest first."""
        found = []
        with self._use() as pointer:
            for index in range(self.describe().epoch_count):
                info = structs.pwwb_epoch_info()
                call("keyring_describe_epoch", pointer, index, byref(info))
                found.append(EpochInfo(info.generation, EpochState(info.state), Suite(info.suite), info.created_s,
                                       info.since_s, bool(info.is_host_key), info.slot))
        return found


class KeyStoreHost(Host):
    """A key store in Python: a place with a version that counts its writes. What it keeps is sealed."""

    def load(self) -> tuple[bytes, int] | None:
        """What was stored last, and its version; None = nothing ever was."""
        raise NotImplementedError

    def swap(self, expected: int, sealed: bytes) -> bool:
        """Store it, durably, if the version still is `expected`; False = it is another."""
        raise NotImplementedError


def methods_of(host: KeyStoreHost) -> dict[str, Any]:
    def load(buf: Any, buf_size: int, ret_len: Any, ret_version: Any) -> None:
        stored = host.load()
        if stored is None:
            raise Error(Status.E_NOT_FOUND, "nothing was stored yet")
        if len(stored[0]) > buf_size:
            raise Error(Status.E_TOO_LARGE, "what no keyring can be")
        ctypes.memmove(buf, stored[0], len(stored[0]))
        ret_len[0], ret_version[0] = len(stored[0]), stored[1]

    def swap(expected: int, data: Any, size: int) -> None:
        if not host.swap(expected, ctypes.string_at(data, size)):
            raise Error(Status.E_CHANGED, "somebody else was first")

    return {"load": load, "swap": swap}


class KeyStore(Handle):
    """Where one half of a tenant's keys is kept."""

    NOUN = "keystore"

    @classmethod
    def file(cls, path: str, lock: Lock) -> KeyStore:
        """One file, shared by the processes of one machine."""
        return cls("keystore_new_file", path.encode(), byref(lock.options()))

    @classmethod
    def over(cls, host: KeyStoreHost, lock: Lock) -> KeyStore:
        """A place of the host's."""
        ops = table(structs.pwwb_keystore_ops, host, **methods_of(host))
        return cls("keystore_new", byref(ops), None, byref(lock.options()), needs=[ops, host])

    def load(self) -> Keyring:
        with self._use() as pointer:
            return Keyring("keystore_load", pointer)

    def put(self, keyring: Keyring, half: Half) -> None:
        with self._use() as pointer, keyring._use() as keys:
            call("keystore_put", pointer, keys, half)
