# SPDX-License-Identifier: Apache-2.0
"""Structs, enums, prototypes: what the binding declares, against the headers and a compiler."""
import ctypes
import json
import re
import subprocess
import sys

import headers
from pwwb import codes, enums, library, structs

#: A C type that is no pointer, as ctypes has it.
PLAIN = {"int32_t": ctypes.c_int32, "uint32_t": ctypes.c_uint32, "int64_t": ctypes.c_int64, "void": None,
         "uint64_t": ctypes.c_uint64, "size_t": ctypes.c_size_t, "pwwb_status": ctypes.c_int32}
POINTERS = (ctypes.c_void_p, ctypes.c_char_p)


def layout(root):
    """What tests/abi/layout.py says."""
    return json.loads(subprocess.run([sys.executable, f"{root}/tests/abi/layout.py", f"{root}/include"], check=True,
                                     stdout=subprocess.PIPE).stdout)


def wrong_structs(says):
    for name, struct in vars(structs).items():
        if not name.startswith("pwwb_"):
            continue
        header = says["structs"][name]
        mine = {each[0]: [getattr(struct, each[0]).offset, getattr(struct, each[0]).size] for each in struct._fields_}
        if list(mine) != header["order"] or mine != header["fields"] or ctypes.sizeof(struct) != header["size"]:
            yield f"{name}: {mine} of {ctypes.sizeof(struct)} octets; the header: {header}"


def wrong_enums(says, api):
    for enum, (header, prefix) in {**codes.CODES, **enums.ENUMS}.items():
        mine = {prefix + member.name: member.value for member in enum}
        theirs = {part.name: says["constants"][part.name] for part in api.enums[header].parts}
        if mine != theirs:
            yield f"{enum.__name__}: {set(mine.items()) ^ set(theirs.items())}"
    for name in ("ID_SIZE", "PASSWORD_MAX", "ENVELOPE_MAX", "KEYRING_MAX", "ADDRESS_SIZE", "TICKET_SIZE",
                 "ANCHOR_TEXT_SIZE", "LOCK_KEY_SIZE"):
        if getattr(structs, name) != says["constants"]["PWWB_" + name]:
            yield f"{name}: {getattr(structs, name)}"


def is_like(text, kind):
    """Whether a C type, with a name or without, is what ctypes is told."""
    is_pointer = "*" in text or "[" in text or "_fn " in text
    if is_pointer:
        return kind in POINTERS or (isinstance(kind, type) and issubclass(kind, ctypes._Pointer))
    words = [word for word in re.findall(r"\w+", text) if word != "const"]
    return PLAIN[words[0]] is kind


def wrong_call(text, result, arguments):
    """None, or how a prototype differs: "int32_t f(void *ctx, size_t n)"."""
    head, inside = re.fullmatch(r"(.*?)\(\s*((?:[^()]|\[[^]]*\])*)\)\s*;?", text).groups()
    theirs = [] if inside.strip() == "void" else inside.split(",")
    if not is_like(re.sub(r"\w+\s*$", "", head) or head, result) or len(theirs) != len(arguments):
        return f"{text}: {result}, {len(arguments)} arguments"
    odd = [one for one, kind in zip(theirs, arguments) if not is_like(one, kind)]
    return f"{text}: {odd}" if odd else None


def wrong_functions(says):
    for name, (result, *arguments) in library.FUNCTIONS.items():
        told = wrong_call(says["functions"]["pwwb_" + name], result, arguments)
        if told:
            yield told


def wrong_methods(api):
    """Of the callback tables: a struct has their places alone, not what they take."""
    for name, struct in vars(structs).items():
        types = {each[0]: each[1] for each in struct._fields_} if name.startswith("pwwb_") else {}
        for part in api.structs[name].parts if types else []:
            kind = types[part.name]
            if part.is_pointer and kind is not ctypes.c_void_p:
                text = " ".join(part.tokens).replace(f"( * {part.name} )", part.name)
                told = wrong_call(text, kind._restype_, kind._argtypes_)
                if told:
                    yield f"{name}: {told}"


def wrong(root):
    says, api = layout(root), headers.read(f"{root}/include")
    found = [*wrong_structs(says), *wrong_enums(says, api), *wrong_functions(says), *wrong_methods(api)]
    says["structs"]["pwwb_account"]["size"] += 8  # the control
    return found + ([] if len(list(wrong_structs(says))) == 1 else ["a wider struct is not noticed"])
