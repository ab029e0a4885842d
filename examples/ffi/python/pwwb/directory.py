# SPDX-License-Identifier: Apache-2.0
"""A directory of the host's, and the calls that an agent makes of any."""
from __future__ import annotations

import ctypes
from ctypes import byref
from typing import Any

from . import structs
from .codes import Code, Status
from .enums import MustChange, SetKind
from .errors import Error, call
from .handle import Handle
from .library import lib
from .octets import Secret, given, got, put
from .tables import Host, has, table
from .values import Account, Anchor, Found, Rules, SetOperation, SetResult, add_findings, findings_at


class DirectoryHost(Host):
    """A directory in Python. read and set are required; see pwwb_directory_ops for what they answer.

    Times are milliseconds: 0 = do not wait, -1 = no limit. A status of set() other than E_CONNECT, E_TLS..., E_AUTH,
    E_NOT_SUPPORTED and E_NO_MEMORY says that the password may be set: the outcome is told as unknown.
    """

    def find(self, anchor: Anchor, timeout_ms: int) -> Found:
        """Optional where there is an anchor store: where an anchor leads."""
        raise NotImplementedError

    def read(self, guid: bytes, timeout_ms: int) -> tuple[Account, Rules] | None:
        """One account and the rules in force for it; None = there is no such entry."""
        raise NotImplementedError

    def set(self, operation: SetOperation, timeout_ms: int) -> SetResult:
        """Do one operation. Copy no secret of it to where it is not wiped."""
        raise NotImplementedError

    def summary(self, timeout_ms: int) -> Rules:
        """Optional: the weakest rules that may hold for anybody there."""
        raise NotImplementedError


def operation_of(struct: Any) -> SetOperation:
    has_password, has_old = struct.password is not None, struct.old_password is not None
    return SetOperation(bytes(struct.guid), SetKind(struct.kind), MustChange(struct.must_change), bool(struct.unlock),
                        Secret.at(struct.password, struct.password_len) if has_password else None,
                        Secret.at(struct.old_password, struct.old_password_len) if has_old else None)


def methods_of(host: DirectoryHost) -> dict[str, Any]:
    def find(anchor: Any, timeout_ms: int, ret_found: Any) -> None:
        found = host.find(Anchor.of(anchor.contents), timeout_ms)
        put(ret_found.contents, found, "code", "guid", "candidates", "directory")

    def read(guid: Any, timeout_ms: int, ret_account: Any, ret_rules: Any) -> None:
        entry = host.read(bytes(guid[:structs.ID_SIZE]), timeout_ms)
        if entry is None:
            raise Error(Status.E_NOT_FOUND, "no such entry")
        entry[0].fill(ret_account.contents)
        entry[1].fill(ret_rules.contents)

    def set_(asked: Any, timeout_ms: int, ret_result: Any) -> None:
        operation = operation_of(asked.contents)
        try:
            result = host.set(operation, timeout_ms)
        finally:
            for secret in operation.password, operation.old_password:
                if secret is not None:
                    secret.close()
        put(ret_result.contents, result, "code", "password_last_set_ms", "controller")
        add_findings(ret_result.contents.findings, result.findings)

    def summary(timeout_ms: int, ret_rules: Any) -> None:
        host.summary(timeout_ms).fill(ret_rules.contents)

    methods = {"find": find, "read": read, "set": set_, "summary": summary}
    return {name: method for name, method in methods.items()
            if name in ("read", "set") or has(host, DirectoryHost, name)}


class Directory(Handle):
    """Over a DirectoryHost."""

    NOUN = "directory"

    def __init__(self, host: DirectoryHost) -> None:
        ops = table(structs.pwwb_directory_ops, host, **methods_of(host))
        super().__init__("directory_new", byref(ops), None, needs=[ops, host])

    def find(self, anchor: Anchor, timeout_ms: int = 5000) -> Found:
        found = structs.pwwb_found()
        with self._use() as pointer:
            call("directory_find", pointer, byref(anchor.struct()), timeout_ms, byref(found))
        return Found.of(found)

    def read(self, guid: bytes, timeout_ms: int = 5000) -> tuple[Account, Rules]:
        account, rules = structs.pwwb_account(), structs.pwwb_policy_rules()
        with self._use() as pointer:
            call("directory_read", pointer, structs.id_of(guid), timeout_ms, byref(account), byref(rules))
        return Account.of(account), Rules.of(rules)

    def set(self, operation: SetOperation, timeout_ms: int = 5000) -> SetResult:
        """Do it. An Error that is raised has `known`: what that means for the password."""
        asked = structs.pwwb_set()
        put(asked, operation, "guid", "kind", "must_change", "unlock")
        asked.password, asked.password_len = address_of(operation.password)
        asked.old_password, asked.old_password_len = address_of(operation.old_password)
        findings = lib.pwwb_findings_new()
        result = structs.pwwb_set_result(findings=findings)
        try:
            with self._use() as pointer:
                call("directory_set", pointer, byref(asked), timeout_ms, byref(result))
            return result_of(result)
        except Error as error:
            error.known = result_of(result)
            raise
        finally:
            lib.pwwb_findings_free(findings)


def address_of(secret: Secret | None) -> tuple[int | None, int]:
    memory, size = given(secret)
    return (None if memory is None else ctypes.addressof(memory)), size


def result_of(struct: Any) -> SetResult:
    return SetResult(Code(struct.code), struct.password_last_set_ms, findings_at(struct.findings),
                     got(struct, "controller"))

