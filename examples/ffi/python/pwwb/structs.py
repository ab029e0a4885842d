# SPDX-License-Identifier: Apache-2.0
"""The structs of the headers, field by field in their order. A test compares them with what a compiler says."""
from __future__ import annotations

import ctypes
from ctypes import (CFUNCTYPE, POINTER, c_char, c_char_p, c_int32, c_int64, c_size_t, c_ubyte, c_uint32, c_uint64,
                    c_void_p)
from typing import Any

ID_SIZE, PASSWORD_MAX, ENVELOPE_MAX, KEYRING_MAX = 16, 768, 4096, 8192
ADDRESS_SIZE, TICKET_SIZE, ANCHOR_TEXT_SIZE, LOCK_KEY_SIZE = 128, 768, 48, 32

Id = c_ubyte * ID_SIZE


def id_of(octets: bytes) -> ctypes.Array[c_ubyte]:
    """16 octets as C takes them."""
    if len(octets) != ID_SIZE:
        raise ValueError(f"{ID_SIZE} octets, not {len(octets)}")
    return Id(*octets)


def method(*arguments: Any) -> Any:
    """The type of a table's method: a status; ctx first, the error object last."""
    return CFUNCTYPE(c_int32, c_void_p, *arguments, c_void_p)


RELAY_SET_SECRET = method(c_int32, c_void_p, c_size_t)


class Struct(ctypes.Structure):
    """Of the ABI. Most begin with a size, so that both sides can grow."""

    def __init__(self, **fields: Any) -> None:
        if self._fields_[0][0] == "size":
            fields.setdefault("size", ctypes.sizeof(self))
        super().__init__(**fields)


class pwwb_anchor(Struct):
    _fields_ = [("kind", c_int32), ("guid", Id)]


class pwwb_claims(Struct):
    _fields_ = [("size", c_size_t), ("tenant", Id), ("cti", Id), ("iat", c_int64), ("exp", c_int64),
                ("operation", c_int32), ("origin", c_int32), ("actor", c_int32), ("user_type", c_int32),
                ("must_change", c_int32), ("flags", c_uint32), ("anchor", pwwb_anchor), ("actor_id", Id),
                ("reply_to", c_char * ADDRESS_SIZE)]


class pwwb_found(Struct):
    _fields_ = [("size", c_size_t), ("code", c_int32), ("candidates", c_int32), ("guid", Id),
                ("directory", c_char * 64)]


class pwwb_policy_rules(Struct):
    _fields_ = [("size", c_size_t), ("source", c_int32), ("min_length", c_int32), ("complexity", c_int32),
                ("history_length", c_int32), ("lockout_threshold", c_int32), ("max_length", c_int32),
                ("min_age_ms", c_int64), ("max_age_ms", c_int64), ("lockout_duration_ms", c_int64),
                ("lockout_window_ms", c_int64), ("source_dn", c_char * 512)]


class pwwb_account(Struct):
    _fields_ = [("size", c_size_t), ("user_account_control", c_uint32), ("kind", c_int32), ("is_protected", c_int32),
                ("is_locked", c_int32), ("may_change", c_int32), ("bad_password_count", c_int32),
                ("bad_password_time_ms", c_int64), ("password_last_set_ms", c_int64), ("locked_since_ms", c_int64),
                ("locked_until_ms", c_int64), ("account_expires_ms", c_int64), ("password_expires_ms", c_int64),
                ("now_ms", c_int64), ("account_name", c_char * 260), ("display_name", c_char * 772),
                ("controller", c_char * 260), ("password_written_ms", c_int64), ("dn", c_char * 1024)]


class pwwb_set(Struct):
    _fields_ = [("size", c_size_t), ("guid", Id), ("kind", c_int32), ("must_change", c_int32), ("unlock", c_int32),
                ("reserved", c_int32), ("password", c_void_p), ("password_len", c_size_t),
                ("old_password", c_void_p), ("old_password_len", c_size_t)]


class pwwb_set_result(Struct):
    _fields_ = [("size", c_size_t), ("code", c_int32), ("reserved", c_int32), ("password_last_set_ms", c_int64),
                ("findings", c_void_p), ("controller", c_char * 260)]


class pwwb_message(Struct):
    _fields_ = [("size", c_size_t), ("data", c_void_p), ("len", c_size_t), ("id", Id), ("expires_ms", c_int64),
                ("to", c_char * ADDRESS_SIZE), ("reply_to", c_char * ADDRESS_SIZE)]


class pwwb_delivery(Struct):
    _fields_ = [("size", c_size_t), ("len", c_size_t), ("tag", c_uint64), ("id", Id), ("is_redelivered", c_int32),
                ("reserved", c_int32)]


class pwwb_keyring_info(Struct):
    _fields_ = [("size", c_size_t), ("tenant", Id), ("half", c_int32), ("state", c_int32), ("order", c_int32),
                ("has_ticket", c_int32), ("generation", c_uint64), ("version", c_uint64), ("epoch_count", c_size_t),
                ("fingerprint", c_char * 20)]


class pwwb_epoch_info(Struct):
    _fields_ = [("size", c_size_t), ("generation", c_uint64), ("state", c_int32), ("suite", c_int32),
                ("created_s", c_int64), ("since_s", c_int64), ("is_host_key", c_int32), ("slot", c_int32)]


class pwwb_keystore_options(Struct):
    _fields_ = [("size", c_size_t), ("lock", c_int32), ("reserved", c_int32), ("secret", c_void_p),
                ("secret_len", c_size_t), ("secret_file", c_char_p), ("unwrap", c_void_p), ("unwrap_ctx", c_void_p),
                ("audit", c_void_p), ("audit_ctx", c_void_p)]


class pwwb_ticket(Struct):
    _fields_ = [("size", c_size_t), ("tenant", Id), ("life_s", c_int64), ("relay_address", c_char_p),
                ("relay_credential", c_char_p)]


class pwwb_exchange_event(Struct):
    _fields_ = [("size", c_size_t), ("kind", c_int32), ("code", c_int32), ("is_repeat", c_int32), ("state", c_int32),
                ("generation", c_uint64)]


class pwwb_exchange_options(Struct):
    _fields_ = [("size", c_size_t), ("clock", c_void_p), ("clock_ctx", c_void_p), ("suite", c_int32),
                ("reserved", c_int32), ("roll_ms", c_int64), ("open_only_ms", c_int64), ("resend_ms", c_int64),
                ("relay_set_secret", RELAY_SET_SECRET), ("relay_ctx", c_void_p)]


class pwwb_heartbeat(Struct):
    _fields_ = [("size", c_size_t), ("agent_id", Id), ("boot_id", Id), ("sequence", c_uint64), ("time_ms", c_int64),
                ("health", c_int32), ("reserved", c_int32), ("key_age_s", c_int64), ("counters", c_uint64 * 8),
                ("min_length", c_int32), ("complexity", c_int32), ("history_length", c_int32),
                ("rules_source", c_int32), ("min_age_s", c_int64), ("max_age_s", c_int64), ("version", c_int32),
                ("directories", c_int32), ("directories_up", c_int32), ("reserved2", c_int32)]


class pwwb_writeback_options(Struct):
    _fields_ = [("size", c_size_t), ("clock", c_void_p), ("clock_ctx", c_void_p), ("skew_ms", c_int64),
                ("flags", c_uint32), ("reserved", c_int32), ("filters", c_void_p), ("filter_count", c_size_t),
                ("audit", c_void_p), ("audit_ctx", c_void_p), ("audit_required", c_int32), ("reserved2", c_int32),
                ("limits", c_void_p)]


class pwwb_agent_options(Struct):
    _fields_ = [("size", c_size_t), ("keyring", c_void_p), ("transport", c_void_p), ("journal", c_void_p),
                ("anchors", c_void_p), ("writeback", c_void_p), ("timeout_ms", c_int64), ("exchange", c_void_p),
                ("agent_id", Id), ("heartbeat_s", c_int32), ("reserved", c_int32), ("lead", c_void_p)]


class pwwb_portal_options(Struct):
    _fields_ = [("size", c_size_t), ("clock", c_void_p), ("clock_ctx", c_void_p), ("life_s", c_int32),
                ("cache_ms", c_int32), ("store", c_void_p), ("watch", c_void_p), ("audit", c_void_p),
                ("audit_ctx", c_void_p), ("audit_required", c_int32), ("reserved", c_int32)]


# ---- callback tables ----


TIME = CFUNCTYPE(c_int64, c_void_p)
DESTROY = CFUNCTYPE(None, c_void_p)
ADDRESS = CFUNCTYPE(c_void_p, c_void_p)


class pwwb_clock_ops(Struct):
    _fields_ = [("size", c_size_t), ("wall_ms", TIME), ("monotonic_ms", TIME)]


class pwwb_directory_ops(Struct):
    _fields_ = [("size", c_size_t),
                ("find", method(POINTER(pwwb_anchor), c_int64, POINTER(pwwb_found))),
                ("read", method(POINTER(c_ubyte), c_int64, POINTER(pwwb_account), POINTER(pwwb_policy_rules))),
                ("set", method(POINTER(pwwb_set), c_int64, POINTER(pwwb_set_result))),
                ("destroy", DESTROY),
                ("summary", method(c_int64, POINTER(pwwb_policy_rules))),
                ("changes", c_void_p)]


class pwwb_transport_ops(Struct):
    _fields_ = [("size", c_size_t),
                ("send", method(POINTER(pwwb_message), c_int64)),
                ("receive", method(POINTER(c_ubyte), c_size_t, POINTER(pwwb_delivery), c_int64)),
                ("settle", method(c_uint64, c_int32, c_int64)),
                ("address", ADDRESS),
                ("destroy", DESTROY),
                ("presence", method(POINTER(c_int32))),
                ("hold", method(c_uint64))]


class pwwb_keystore_ops(Struct):
    _fields_ = [("size", c_size_t),
                ("load", method(POINTER(c_ubyte), c_size_t, POINTER(c_size_t), POINTER(c_uint64))),
                ("swap", method(c_uint64, POINTER(c_ubyte), c_size_t)),
                ("destroy", DESTROY)]
