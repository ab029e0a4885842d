# SPDX-License-Identifier: Apache-2.0
"""The password rules, and what can be said before the directory is asked."""
from __future__ import annotations

from ctypes import byref, c_int32

from . import structs
from .enums import SetKind, Verdict
from .errors import call
from .handle import Handle
from .library import lib
from .octets import Secret, given
from .values import Account, Judgement, Rules, findings_at


class Policy(Handle):
    """Rules, for any number of threads."""

    NOUN, IS_SHARED = "policy", True

    def __init__(self, rules: Rules) -> None:
        struct = structs.pwwb_policy_rules()
        rules.fill(struct)
        super().__init__("policy_new", byref(struct))

    def check(self, password: Secret, account: Account | None = None, kind: SetKind = SetKind.RESET) -> Judgement:
        """Judge a new password: every rule is tried, none hides another."""
        struct, verdict = structs.pwwb_account(), c_int32()
        if account is not None:
            account.fill(struct)
        findings = lib.pwwb_findings_new()
        try:
            with self._use() as pointer:
                call("policy_check", pointer, byref(struct) if account else None, kind, *given(password), findings,
                     byref(verdict))
            return Judgement(Verdict(verdict.value), findings_at(findings))
        finally:
            lib.pwwb_findings_free(findings)
