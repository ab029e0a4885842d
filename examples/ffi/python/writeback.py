#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Password writeback from Python: portal and agent in one process, by ctypes and nothing else.

    PWWB_LIB=build/lib/libpwwb.so python3 examples/ffi/python/writeback.py

The directory is a Python dict, the transport two Python queues; both are callback tables of the
library. An exception in a callback becomes a status, for C has no place for it.
"""
import ctypes
import ctypes.util
import os
import queue
import sys
import threading
import time
from contextlib import ExitStack
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_char, c_char_p, c_int32, c_int64,
                    c_size_t, c_ubyte, c_uint32, c_uint64, c_void_p, sizeof)

lib = ctypes.CDLL(os.environ.get("PWWB_LIB") or ctypes.util.find_library("pwwb") or "libpwwb.so.0")

# ---- constants: every one is an enum in include/pwwb ----

OK, E_ABI, E_TIMEOUT, E_NOT_FOUND, E_CALLBACK = 0, -101, -700, -600, -900
SUITE_X25519, HALF_PORTAL, LOCK_KEY = 2, 2, 1
RESET_SELF, FROM_RESET_PORTAL, ACTOR_USER, USER_PASS_THROUGH, ANCHOR_SOURCE = 3, 3, 1, 3, 1
PERSON, NO, YES, POLICY_HOST, SETTLE_RELEASE = 1, 0, 1, 1, 2
CODE_OK, CODE_NOT_FOUND, PASSWORD_MAX = 1, 301, 768
Id = c_ubyte * 16

# ---- structs: the fields of the headers, in their order; `size` comes first ----


class Anchor(Structure):
    _fields_ = [("kind", c_int32), ("guid", Id)]


class Sized(Structure):
    """A struct that says how large it is, so that both sides can grow."""

    def __init__(self, **fields):
        super().__init__(size=sizeof(self), **fields)


class Claims(Sized):
    _fields_ = [("size", c_size_t), ("tenant", Id), ("cti", Id), ("iat", c_int64), ("exp", c_int64),
                ("operation", c_int32), ("origin", c_int32), ("actor", c_int32),
                ("user_type", c_int32), ("must_change", c_int32), ("flags", c_uint32),
                ("anchor", Anchor), ("actor_id", Id), ("reply_to", c_char * 128)]


class Found(Sized):
    _fields_ = [("size", c_size_t), ("code", c_int32), ("candidates", c_int32), ("guid", Id),
                ("directory", c_char * 64)]


class Rules(Sized):
    _fields_ = [("size", c_size_t), ("source", c_int32), ("min_length", c_int32),
                ("complexity", c_int32), ("history_length", c_int32),
                ("lockout_threshold", c_int32), ("max_length", c_int32), ("min_age_ms", c_int64),
                ("max_age_ms", c_int64), ("lockout_duration_ms", c_int64),
                ("lockout_window_ms", c_int64), ("source_dn", c_char * 512)]


class Account(Sized):
    _fields_ = [("size", c_size_t), ("user_account_control", c_uint32), ("kind", c_int32),
                ("is_protected", c_int32), ("is_locked", c_int32), ("may_change", c_int32),
                ("bad_password_count", c_int32), ("bad_password_time_ms", c_int64),
                ("password_last_set_ms", c_int64), ("locked_since_ms", c_int64),
                ("locked_until_ms", c_int64), ("account_expires_ms", c_int64),
                ("password_expires_ms", c_int64), ("now_ms", c_int64),
                ("account_name", c_char * 260),
                ("display_name", c_char * 772), ("controller", c_char * 260),
                ("password_written_ms", c_int64)]


class Set(Sized):
    _fields_ = [("size", c_size_t), ("guid", Id), ("kind", c_int32), ("must_change", c_int32),
                ("unlock", c_int32), ("reserved", c_int32), ("password", c_void_p),
                ("password_len", c_size_t), ("old_password", c_void_p),
                ("old_password_len", c_size_t)]


class SetResult(Sized):
    _fields_ = [("size", c_size_t), ("code", c_int32), ("reserved", c_int32),
                ("password_last_set_ms", c_int64), ("findings", c_void_p),
                ("controller", c_char * 260)]


class Message(Sized):
    _fields_ = [("size", c_size_t), ("data", c_void_p), ("len", c_size_t), ("id", Id),
                ("expires_ms", c_int64), ("to", c_char * 128), ("reply_to", c_char * 128)]


class Delivery(Sized):
    _fields_ = [("size", c_size_t), ("len", c_size_t), ("tag", c_uint64), ("id", Id),
                ("is_redelivered", c_int32), ("reserved", c_int32)]


class AgentOptions(Sized):
    _fields_ = [("size", c_size_t), ("keyring", c_void_p), ("transport", c_void_p),
                ("journal", c_void_p), ("anchors", c_void_p), ("writeback", c_void_p),
                ("timeout_ms", c_int64), ("exchange", c_void_p)]


# ---- callback tables ----


def method(*arguments):
    """The type of a table's method: a status; ctx first, the error object last."""
    return CFUNCTYPE(c_int32, c_void_p, *arguments, c_void_p)


class DirectoryOps(Sized):
    _fields_ = [("size", c_size_t),
                ("find", method(POINTER(Anchor), c_int64, POINTER(Found))),
                ("read", method(POINTER(c_ubyte), c_int64, POINTER(Account), POINTER(Rules))),
                ("set", method(POINTER(Set), c_int64, POINTER(SetResult))),
                ("destroy", c_void_p)]


class TransportOps(Sized):
    _fields_ = [("size", c_size_t),
                ("send", method(POINTER(Message), c_int64)),
                ("receive", method(POINTER(c_ubyte), c_size_t, POINTER(Delivery), c_int64)),
                ("settle", method(c_uint64, c_int32, c_int64)),
                ("address", c_void_p), ("destroy", c_void_p)]


# ---- the functions that are used: result and arguments ----

for name, result, *arguments in (
        ("error_new", c_void_p),
        ("error_free", None, c_void_p),
        ("error_message", c_char_p, c_void_p),
        ("error_set", c_int32, c_void_p, c_int32, c_char_p),
        ("status_name", c_char_p, c_int32),
        ("keyring_new", c_int32, c_char_p, c_int32, c_void_p, c_void_p),
        ("keyring_seal", c_int32, c_void_p, c_int32, c_int32, c_char_p, c_size_t, c_void_p,
         c_size_t, c_void_p, c_void_p),
        ("keyring_open", c_int32, c_char_p, c_size_t, c_int32, c_char_p, c_size_t, c_void_p,
         c_void_p),
        ("keyring_free", None, c_void_p),
        ("directory_new", c_int32, c_void_p, c_void_p, c_void_p, c_void_p),
        ("directory_free", None, c_void_p),
        ("transport_new", c_int32, c_void_p, c_void_p, c_void_p, c_void_p),
        ("transport_free", None, c_void_p),
        ("journal_new_memory", c_int32, c_size_t, c_void_p, c_void_p, c_void_p, c_void_p),
        ("journal_free", None, c_void_p),
        ("agent_new", c_int32, c_void_p, c_void_p, c_void_p),
        ("agent_add_directory", c_int32, c_void_p, c_char_p, c_void_p, c_void_p),
        ("agent_run", c_int32, c_void_p, c_void_p),
        ("agent_stop", None, c_void_p),
        ("agent_free", None, c_void_p),
        ("portal_new", c_int32, c_void_p, c_void_p, c_void_p, c_void_p),
        ("portal_call", c_int32, c_void_p, c_void_p, c_void_p, c_char_p, c_size_t, c_char_p,
         c_size_t, c_int64, c_void_p, c_void_p),
        ("portal_free", None, c_void_p),
        ("reply_new", c_int32, c_void_p, c_void_p),
        ("reply_outcome", c_int32, c_void_p),
        ("reply_code", c_int32, c_void_p),
        ("reply_findings", c_void_p, c_void_p),
        ("reply_free", None, c_void_p),
        ("findings_get", c_int32, c_void_p, c_size_t, c_void_p, c_void_p, c_void_p, c_void_p),
        ("outcome_name", c_char_p, c_int32),
        ("code_name", c_char_p, c_int32),
        ("code_user_text", c_char_p, c_int32)):
    function = getattr(lib, "pwwb_" + name)
    function.restype, function.argtypes = result, arguments


class PwwbError(Exception):
    """A status other than OK; raised out of a callback it becomes that status again."""

    def __init__(self, status, text=""):
        super().__init__(f"{lib.pwwb_status_name(status).decode()} {text}")
        self.status = status


def check(status, err):
    if status != OK:
        raise PwwbError(status, lib.pwwb_error_message(err).decode())


# ---- callbacks that cannot let an exception out ----

sizes = {}  # what the library says its structs measure, as callbacks see them


def guarded(function):
    """Make a method of a table from a Python function: what it raises becomes a status."""

    def call(*arguments):
        try:
            for argument in arguments:
                struct = getattr(argument, "contents", None)
                if isinstance(struct, Sized):
                    sizes[type(struct)] = struct.size
            function(*arguments[1:-1])
            return OK
        except PwwbError as error:
            return error.status
        except BaseException as error:  # the name alone: a text might quote a password
            text = "Python raised " + type(error).__name__
            return lib.pwwb_error_set(arguments[-1], E_CALLBACK, text.encode())

    return call


def table_of(kind, host):
    """Fill a table from the methods of a Python object that have the names of its fields."""
    table = kind()
    for field, field_type in kind._fields_[1:]:
        if field_type is not c_void_p:
            setattr(table, field, field_type(guarded(getattr(host, field))))
    return table


class Directory:
    """Accounts in a dict: objectGUID -> name and password. `broken` names a method that raises."""

    def __init__(self):
        self.accounts, self.broken, self.sets = {}, None, 0

    def fail_if_broken(self, method_name):
        if self.broken == method_name:
            raise ZeroDivisionError("a defect of the host's")

    def find(self, anchor, timeout_ms, found):
        guid = bytes(anchor.contents.guid)
        found.contents.code = CODE_OK if guid in self.accounts else CODE_NOT_FOUND
        found.contents.candidates = int(guid in self.accounts)
        found.contents.guid = Id(*guid)

    def read(self, guid, timeout_ms, account, rules):
        self.fail_if_broken("read")
        entry = self.accounts.get(bytes(guid[:16]))
        if entry is None:
            raise PwwbError(E_NOT_FOUND)
        known = account.contents  # prepared as "nothing known"
        known.kind, known.is_protected, known.is_locked, known.may_change = PERSON, NO, NO, YES
        known.password_last_set_ms, known.now_ms = 1000, int(time.time() * 1000)
        known.account_name = entry["name"].encode()
        rules.contents.source, rules.contents.min_length = POLICY_HOST, 8
        rules.contents.complexity = YES

    def set(self, operation, timeout_ms, result):
        self.fail_if_broken("set")
        asked = operation.contents
        # Python cannot wipe its bytes: a real host would hand the pointer on to its own library.
        password = ctypes.string_at(asked.password, asked.password_len)
        self.accounts[bytes(asked.guid)]["password"] = password
        self.sets += 1
        result.contents.code, result.contents.password_last_set_ms = CODE_OK, -1
        result.contents.controller = b"a Python dict"


class Post:
    """One end of a transport: whole messages go out to one queue and come in from another."""

    def __init__(self, outgoing, incoming):
        self.outgoing, self.incoming = outgoing, incoming
        self.held, self.tag = None, 0

    def send(self, message, timeout_ms):
        self.outgoing.put(ctypes.string_at(message.contents.data, message.contents.len))

    def receive(self, buf, buf_size, delivery, timeout_ms):
        try:
            self.held = self.incoming.get(timeout=None if timeout_ms < 0 else timeout_ms / 1000)
        except queue.Empty:
            raise PwwbError(E_TIMEOUT) from None
        self.tag += 1
        delivery.contents.len, delivery.contents.tag = len(self.held), self.tag
        ctypes.memmove(buf, self.held, min(len(self.held), buf_size))

    def settle(self, tag, verdict, timeout_ms):
        if verdict == SETTLE_RELEASE:
            self.incoming.put(self.held)


# ---- the main job ----


class Writeback:
    """Keys, a portal and an agent in a thread of its own. A context manager: it frees all."""

    def __init__(self, directory):
        self.stack = ExitStack()
        self.err = lib.pwwb_error_new()
        self.stack.callback(lib.pwwb_error_free, self.err)
        try:
            self.make_all(directory)
        except BaseException:
            self.stack.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def make(self, name, *arguments):
        """Call pwwb_<noun>_new...; its handle is freed with the others, the last one first."""
        handle = c_void_p()
        check(getattr(lib, "pwwb_" + name)(*arguments, byref(handle), self.err), self.err)
        self.stack.callback(getattr(lib, f"pwwb_{name.split('_')[0]}_free"), handle)
        return handle

    def portal_half(self, keys):
        """What the portal is given: its half of the keys, sealed on the way."""
        lock, file, length = os.urandom(32), ctypes.create_string_buffer(4096), c_size_t()
        check(lib.pwwb_keyring_seal(keys, HALF_PORTAL, LOCK_KEY, lock, len(lock), file, len(file),
                                    byref(length), self.err), self.err)
        return self.make("keyring_open", file.raw, length, LOCK_KEY, lock, len(lock))

    def make_all(self, directory):
        requests, replies = queue.Queue(), queue.Queue()
        self.tables = [table_of(DirectoryOps, directory),  # kept: the library calls into them
                       table_of(TransportOps, Post(requests, replies)),
                       table_of(TransportOps, Post(replies, requests))]
        keys = self.make("keyring_new", os.urandom(16), SUITE_X25519)
        self.portal = self.make("portal_new", self.portal_half(keys), None)
        self.reply = self.make("reply_new")
        accounts = self.make("directory_new", byref(self.tables[0]), None)
        self.portal_side = self.make("transport_new", byref(self.tables[1]), None)
        agent_side = self.make("transport_new", byref(self.tables[2]), None)
        journal = self.make("journal_new_memory", 100, None, None)
        options = AgentOptions(keyring=keys, transport=agent_side, journal=journal)
        agent = self.make("agent_new", byref(options))
        check(lib.pwwb_agent_add_directory(agent, b"", accounts, self.err), self.err)
        thread = threading.Thread(target=lib.pwwb_agent_run, args=(agent, None))
        thread.start()
        self.stack.callback(thread.join)
        self.stack.callback(lib.pwwb_agent_stop, agent)

    def reset(self, guid, password, claims_size=sizeof(Claims)):
        """Reset a password: outcome and code, as words."""
        claims = Claims(operation=RESET_SELF, origin=FROM_RESET_PORTAL, actor=ACTOR_USER,
                        user_type=USER_PASS_THROUGH, anchor=Anchor(ANCHOR_SOURCE, Id(*guid)))
        claims.size = claims_size
        check(lib.pwwb_portal_call(self.portal, self.portal_side, byref(claims), password,
                                   len(password), None, 0, 5000, self.reply, self.err), self.err)
        outcome, code = lib.pwwb_reply_outcome(self.reply), lib.pwwb_reply_code(self.reply)
        return lib.pwwb_outcome_name(outcome).decode(), lib.pwwb_code_name(code).decode()

    def findings(self):
        found, code, index = lib.pwwb_reply_findings(self.reply), c_int32(), 0
        while lib.pwwb_findings_get(found, index, byref(code), None, None, None) == OK:
            yield (lib.pwwb_code_name(code.value).decode(),
                   lib.pwwb_code_user_text(code.value).decode())
            index += 1


def main():
    anna = os.urandom(16)
    directory = Directory()
    directory.accounts[anna] = {"name": "anna", "password": b"Long-Forgotten-1"}
    wrong = 0

    def expect(what, is_so):
        nonlocal wrong
        wrong += not is_so
        if not is_so:
            print(f"    WRONG: {what}")

    def ask(title, password, *expected):
        answer = writeback.reset(anna, password)
        print(f"{title:<36} {answer[0]:<8} {answer[1]}")
        for _, text in writeback.findings():
            print(f"    {text}")
        expect(f"must be {expected}", answer == expected)

    with Writeback(directory) as writeback:
        ask("a reset", b"Correct-Horse-7", "set", "OK")
        expect("the dict has the new password",
               directory.accounts[anna]["password"] == b"Correct-Horse-7")
        ask("one that breaks the rules", b"anna1", "not set", "POLICY_TOO_SHORT")
        expect("all findings", {"POLICY_TOO_SHORT", "POLICY_CONTAINS_NAME", "POLICY_COMPLEXITY"}
               == {name for name, _ in writeback.findings()})
        time.sleep(1)  # whether an agent before this one did what is as old as its journal, it cannot know
        directory.broken = "read"  # nothing can have happened yet
        ask("an exception while reading", b"Battery-Staple-8", "not set", "INTERNAL")
        directory.broken = "set"  # who knows what happened before it was raised?
        ask("an exception while setting", b"Battery-Staple-8", "unknown", "OUTCOME_UNKNOWN")
        directory.broken = None
        ask("mended", b"Battery-Staple-8", "set", "OK")
        expect("two passwords were set", directory.sets == 2)

        for struct, size in sorted(sizes.items(), key=lambda pair: pair[0].__name__):
            expect(f"{struct.__name__} measures {size}", sizeof(struct) == size)
        expect("seven structs were seen", len(sizes) == 7)
        try:
            writeback.reset(anna, b"Battery-Staple-9", sizeof(Claims) - 8)
            expect("claims that are cut are refused", False)
        except PwwbError as error:
            expect("with E_ABI", error.status == E_ABI)

    print("all as it must be" if wrong == 0 else f"{wrong} NOT as it must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
