# SPDX-License-Identifier: Apache-2.0
"""The types of AMQP 1.0 (OASIS, part 1) that bad_amqp.py says and hears."""
import struct


class ULong(int):
    pass


class UInt(int):
    pass


class UShort(int):
    pass


class UByte(int):
    pass


class Symbol(str):
    pass


class Described:
    def __init__(self, code, value):
        self.code, self.value = code, value


FIXED = [(UByte, 0x50, ">B"), (UShort, 0x60, ">H"), (UInt, 0x70, ">I"), (ULong, 0x80, ">Q")]
VARIABLE = [(bytes, 0xb0, bytes), (Symbol, 0xb3, str.encode), (str, 0xb1, str.encode)]


def encode(value):
    if value is None:
        return b"\x40"
    if isinstance(value, bool):
        return b"\x41" if value else b"\x42"
    if isinstance(value, Described):
        return b"\x00\x53" + bytes([value.code]) + encode(value.value)
    if isinstance(value, list):
        body = b"".join(encode(v) for v in value)
        return b"\xd0" + struct.pack(">II", len(body) + 4, len(value)) + body
    for kind, code, form in FIXED:
        if isinstance(value, kind):
            return bytes([code]) + struct.pack(form, value)
    for kind, code, octets in VARIABLE:
        if isinstance(value, kind):
            return bytes([code]) + struct.pack(">I", len(octets(value))) + octets(value)
    raise TypeError(value)


CONSTANT = {0x40: None, 0x41: True, 0x42: False, 0x43: UInt(0), 0x44: ULong(0)}
NUMBERS = {0x50: (">B", UByte), 0x51: (">b", int), 0x52: (">B", UInt), 0x53: (">B", ULong),
           0x54: (">b", int), 0x55: (">b", int), 0x56: (">?", bool), 0x60: (">H", UShort),
           0x61: (">h", int), 0x70: (">I", UInt), 0x71: (">i", int), 0x72: (">f", float),
           0x80: (">Q", ULong), 0x81: (">q", int), 0x82: (">d", float), 0x83: (">q", int)}
TEXTS = {0xa0: bytes, 0xb0: bytes, 0xa1: lambda o: str(o, "utf-8"), 0xb1: lambda o: str(o, "utf-8"),
         0xa3: lambda o: Symbol(o, "ascii"), 0xb3: lambda o: Symbol(o, "ascii")}


def length(octets, at, is_long):
    return struct.unpack_from(">I" if is_long else ">B", octets, at)[0], at + (4 if is_long else 1)


def several(octets, at, count):
    values = []
    for _ in range(count):
        value, at = decode(octets, at)
        values.append(value)
    return values, at


def decode(octets, at):
    """(value, where it ends)"""
    code, at = octets[at], at + 1
    if code == 0:
        kind, at = decode(octets, at)
        value, at = decode(octets, at)
        return Described(kind, value), at
    if code in CONSTANT:
        return CONSTANT[code], at
    if code in NUMBERS:
        form, kind = NUMBERS[code]
        return kind(struct.unpack_from(form, octets, at)[0]), at + struct.calcsize(form)
    if code == 0x98:
        return octets[at:at + 16], at + 16
    is_long = code & 0x10 != 0
    if code in TEXTS:
        size, at = length(octets, at, is_long)
        return TEXTS[code](octets[at:at + size]), at + size
    if code == 0x45:
        return [], at
    _, at = length(octets, at, is_long)
    count, at = length(octets, at, is_long)
    if code in (0xc0, 0xd0):
        return several(octets, at, count)
    if code in (0xc1, 0xd1):
        values, at = several(octets, at, count)
        return dict(zip(values[::2], values[1::2])), at
    if code in (0xe0, 0xf0):
        return array(octets, at, count)
    raise ValueError("type %02x" % code)


def array(octets, at, count):
    """One constructor, then the values without theirs."""
    kind, at = octets[at], at + 1
    values = []
    for _ in range(count):
        value, end = decode(bytes([kind]) + octets[at:], 0)
        values.append(value)
        at += end - 1
    return values, at
