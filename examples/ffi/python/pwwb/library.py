# SPDX-License-Identifier: Apache-2.0
"""Finds libpwwb, and says what its functions take. A test compares each with its prototype."""
from __future__ import annotations

import ctypes
import ctypes.util
import os
from ctypes import c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any

#: The file named by PWWB_LIB, else the library that is installed.
lib: Any = ctypes.CDLL(os.environ.get("PWWB_LIB") or ctypes.util.find_library("pwwb") or "libpwwb.so.0")

P, TEXT, INT, LONG, SIZE, U32, U64 = c_void_p, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_uint64

#: By name without pwwb_: the result, then what it takes. A pointer to anything is P, also one to octets.
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "version_number": (INT,),
    "has_feature": (INT, INT),
    # errors and results
    "error_new": (P,),
    "error_free": (None, P),
    "error_message": (TEXT, P),
    "error_layer": (INT, P),
    "error_code": (LONG, P),
    "error_set": (INT, P, INT, TEXT),
    "status_name": (TEXT, INT),
    "status_class": (INT, INT),
    "code_name": (TEXT, INT),
    "code_class": (INT, INT),
    "code_outcome": (INT, INT),
    "code_user_text": (TEXT, INT),
    "code_operator_text": (TEXT, INT),
    "outcome_name": (TEXT, INT),
    "findings_new": (P,),
    "findings_free": (None, P),
    "findings_count": (SIZE, P),
    "findings_get": (INT, P, SIZE, P, P, P, P),
    "findings_add": (INT, P, INT, INT, LONG, LONG),
    # anchors
    "anchor_parse": (INT, TEXT, SIZE, P, P),
    "anchor_print": (INT, P, P, SIZE, P, P),
    "guid_parse": (INT, TEXT, SIZE, P, P),
    "guid_print": (None, P, P),
    # keys
    "keyring_new": (INT, P, INT, P, P),
    "keyring_free": (None, P),
    "keyring_seal": (INT, P, INT, INT, P, SIZE, P, SIZE, P, P),
    "keyring_open": (INT, P, SIZE, INT, P, SIZE, P, P),
    "keyring_relay_secret": (P, P, P, P),
    "keyring_describe": (INT, P, P, P),
    "keyring_describe_epoch": (INT, P, SIZE, P, P),
    "keystore_new": (INT, P, P, P, P, P),
    "keystore_new_file": (INT, TEXT, P, P, P),
    "keystore_free": (None, P),
    "keystore_load": (INT, P, P, P),
    "keystore_put": (INT, P, P, INT, P),
    "exchange_new": (INT, P, INT, P, P, P),
    "exchange_free": (None, P),
    "exchange_ticket": (INT, P, P, P, SIZE, P, P),
    "exchange_begin": (INT, P, INT, P, SIZE, P),
    "exchange_step": (INT, P, P, SIZE, P, P),
    "exchange_take": (INT, P, P, SIZE, P, SIZE, P, P, P),
    "exchange_confirm": (INT, P, TEXT, SIZE, P),
    # envelopes
    "operation_check": (INT, P),
    "request_seal": (INT, P, P, P, SIZE, P, SIZE, P, SIZE, P, P),
    "request_new": (INT, P, P),
    "request_free": (None, P),
    "request_open": (INT, P, P, P, SIZE, LONG, LONG, P),
    "request_claims": (P, P),
    "request_open_secret": (INT, P, P),
    "request_password": (P, P, P),
    "request_old_password": (P, P, P),
    "request_wipe": (None, P),
    "reply_seal": (INT, P, INT, P, TEXT, LONG, P, SIZE, P, P),
    "reply_new": (INT, P, P),
    "reply_free": (None, P),
    "reply_open": (INT, P, P, P, P, SIZE, P),
    "reply_outcome": (INT, P),
    "reply_code": (INT, P),
    "reply_findings": (P, P),
    "reply_controller": (TEXT, P),
    "reply_time_ms": (LONG, P),
    "heartbeat_seal": (INT, P, P, P, SIZE, P, P),
    "heartbeat_open": (INT, P, P, SIZE, P, SIZE, LONG, LONG, P, P),
    # policy
    "policy_new": (INT, P, P, P),
    "policy_free": (None, P),
    "policy_check": (INT, P, P, INT, P, SIZE, P, P, P),
    # what a host brings, and what there is
    "transport_new": (INT, P, P, P, P),
    "transport_free": (None, P),
    "relay_new": (INT, SIZE, P, P, P, P),
    "transport_new_relay": (INT, P, INT, P, P),
    "relay_fault": (INT, P, INT, U32, P),
    "relay_free": (None, P),
    "directory_new": (INT, P, P, P, P),
    "directory_free": (None, P),
    "directory_find": (INT, P, P, LONG, P, P),
    "directory_read": (INT, P, P, LONG, P, P, P),
    "directory_set": (INT, P, P, LONG, P, P),
    "journal_new_memory": (INT, SIZE, P, P, P, P),
    "journal_free": (None, P),
    # the loops
    "agent_new": (INT, P, P, P),
    "agent_free": (None, P),
    "agent_add_directory": (INT, P, TEXT, P, P),
    "agent_set_log": (None, P, P, P),
    "agent_step": (INT, P, LONG, P),
    "agent_run": (INT, P, P),
    "agent_stop": (None, P),
    "agent_count": (U64, P, INT),
    "portal_new": (INT, P, P, P, P),
    "portal_free": (None, P),
    "portal_begin": (INT, P, P, P, SIZE, P, SIZE, P, SIZE, P, P, P),
    "portal_findings": (P, P),
    "portal_sent": (INT, P, P, INT, P, P, P),
    "portal_finish": (INT, P, P, P, SIZE, P, P),
    "portal_call": (INT, P, P, P, P, SIZE, P, SIZE, LONG, P, P),
    "portal_serve": (INT, P, P, P, LONG, P, P),
}

for _name, (_result, *_arguments) in FUNCTIONS.items():
    _function = getattr(lib, "pwwb_" + _name)
    _function.restype, _function.argtypes = _result, _arguments


def word(text: bytes | None) -> str:
    """A text of the library's, which is static or copied here."""
    return (text or b"").decode("utf-8", "replace")
