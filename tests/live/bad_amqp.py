#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bad_amqp.py ADDRESS: an AMQP 1.0 peer that misbehaves on command, written from the standard alone.

Says "listening PORT". Each line of the standard input is a way to behave, for the connections that
come from then on; the answer says what has happened since the line before:
  connections=N taken=N settled=accepted,rejected,...
where taken counts whole messages that came, and settled lists what became of those that went out.
No TLS: what it stands for is the broker behind it. Sections: OASIS AMQP 1.0 parts 1 to 5.
"""
import os
import socket
import struct
import sys
import threading

import bad_amqp_codec as codec
from bad_amqp_codec import Described, Symbol, UByte, UInt, ULong, UShort

OPEN, BEGIN, ATTACH, FLOW, TRANSFER, DISPOSITION, DETACH, END, CLOSE = range(0x10, 0x19)
SASL_MECHANISMS, SASL_OUTCOME = 0x40, 0x44
AMQP, SASL = b"AMQP\0\1\0\0", b"AMQP\3\1\0\0"
OUTCOMES = {"accepted": Described(0x24, []), "rejected": Described(0x25, [None]),
            "released": Described(0x26, []), "modified": Described(0x27, [True, True])}
NAMES = {0x23: "received", 0x24: "accepted", 0x25: "rejected", 0x26: "released", 0x27: "modified"}


class Done(Exception):
    """This connection is over."""


class World:
    how = "good"
    connections = taken = 0
    settled = []


class Connection:
    def __init__(self, sock, how):
        self.sock, self.how, self.whole = sock, how, b""
        self.delivery = self.frame_id = self.window = 0
        self.pending = []  # transfers that wait for the client's window

    def send(self, octets):
        self.sock.sendall(octets)

    def read(self, count):
        octets = b""
        while len(octets) < count:
            piece = self.sock.recv(count - len(octets))
            if not piece:
                raise Done
            octets += piece
        return octets

    def frame(self, code, fields, payload=b"", kind=0, channel=0):
        body = codec.encode(Described(code, fields)) + payload
        self.send(struct.pack(">IBBH", len(body) + 8, 2, kind, channel) + body)

    def next_frame(self):
        """(code, fields, payload); an empty frame is one without."""
        size, offset, _, _ = struct.unpack(">IBBH", self.read(8))
        body = self.read(size - 8)[offset * 4 - 8:]
        if not body:
            return None, [], b""
        performative, used = codec.decode(body, 0)
        return performative.code, performative.value, body[used:]

    def wait(self):
        """Say nothing more, until the client goes."""
        while self.sock.recv(65536):
            pass
        raise Done

    def error(self, name):
        return Described(0x1d, [Symbol(name), "as told", None])

    def sasl(self):
        self.read(8)
        if self.how == "not_amqp":
            self.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            raise Done
        if self.how == "other_version":
            self.send(b"AMQP\0\0\x09\1")
            raise Done
        self.send(SASL)
        strange = self.how == "other_mechanism"
        self.frame(SASL_MECHANISMS, [Symbol("SCRAM-SHA-256" if strange else "PLAIN")], kind=1)
        self.next_frame()
        code = {"refused": 1, "sasl_system": 2, "sasl_temporary": 4}.get(self.how, 0)
        self.frame(SASL_OUTCOME, [UByte(code)], kind=1)
        if code != 0:
            raise Done
        if self.read(8) != AMQP:
            raise Done
        self.send(AMQP)

    def on_open(self, fields):
        self.room = min(60000, fields[2] - 100 if fields[2] else 60000)
        if self.how == "no_open":
            self.wait()
        small = UInt(512) if self.how == "small_frames" else UInt(65536)
        self.frame(OPEN, ["bad", None, small, UShort(10)])
        if self.how.startswith("close:"):
            self.frame(CLOSE, [self.error(self.how[6:])])
            self.wait()
        if self.how == "garbage":
            self.send(os.urandom(4096))
            self.wait()
        if self.how in ("huge_frame", "tiny_frame"):
            self.send(struct.pack(">IBBH", 0xfffffff0 if self.how[0] == "h" else 4, 2, 0, 0))
            self.wait()

    def on_attach(self, fields):
        name, handle, is_receiver = fields[0], fields[1], fields[2]
        source, target = (fields + [None] * 7)[5:7]
        if self.how in ("no_attach", "no_begin"):
            return
        if self.how.startswith("detach:"):
            self.frame(ATTACH, [name, handle, not is_receiver, None, None, None, None, None, None,
                                None if is_receiver else UInt(0)])
            self.frame(DETACH, [handle, True, self.error(self.how[7:])])
            return
        self.frame(ATTACH, [name, handle, not is_receiver, None, None, source, target, None, None,
                            UInt(0) if is_receiver else None])
        if is_receiver:
            self.deliver(handle)
        elif self.how != "no_credit":
            self.frame(FLOW, [UInt(0), UInt(2048), UInt(0), UInt(2048), handle, UInt(0), UInt(100)])

    # What goes to the client as a message.

    def transfer(self, handle, octets):
        tag = struct.pack(">I", self.delivery)
        size = self.room
        pieces = [octets[i:i + size] for i in range(0, len(octets), size)]
        for i, piece in enumerate(pieces):
            self.pending.append(([handle, UInt(self.delivery), tag, UInt(0), False,
                                  i + 1 < len(pieces)], piece))
        self.delivery += 1
        self.push()

    def push(self):
        while self.pending and (self.window > 0 or self.how == "overruns"):
            fields, piece = self.pending.pop(0)
            self.frame(TRANSFER, fields, piece)
            self.frame_id += 1
            self.window -= 1

    def on_flow(self, fields):
        """What the client may still take: its window, less what it has not seen yet (2.5.6)."""
        self.window = fields[1] - (self.frame_id - (fields[0] or 0))
        self.push()

    def deliver(self, handle):
        properties = codec.encode(Described(0x73, [bytes(range(16))]))
        data = codec.encode(Described(0x75, b"good"))
        first = {
            "overruns": properties + codec.encode(Described(0x75, bytes(10 << 20))),
            "big": properties + codec.encode(Described(0x75, bytes(10 << 20))),
            "large": properties + codec.encode(Described(0x75, bytes(4097))),
            "value": properties + codec.encode(Described(0x77, "text")),
            "two_sections": properties + data + data,
            "no_body": properties,
            "no_id": data,
            "short_id": codec.encode(Described(0x73, [bytes(15)])) + data,
            "broken_message": b"\x00\x53\x75\xb0\xff\xff\xff\xff",
        }.get(self.how)
        if first is not None:
            self.transfer(handle, first)
        if self.how == "flood":
            for _ in range(50):
                self.transfer(handle, properties + data)
        if first is not None or self.how == "delivers":
            self.waiting = (handle, properties + data)
            if first is None:
                self.give_waiting()

    def give_waiting(self):
        waiting, self.waiting = getattr(self, "waiting", None), None
        if waiting is not None:
            self.transfer(*waiting)

    # What comes from the client as a message.

    def on_transfer(self, fields, payload):
        self.whole += payload
        more = len(fields) > 5 and fields[5]
        if more:
            return
        self.whole = b""
        World.taken += 1
        number = fields[1]
        if self.how == "hangs_up":
            raise Done
        if self.how == "garbage_after":
            self.send(os.urandom(4096))
            self.wait()
        if self.how.startswith("detach_after:"):
            self.frame(DETACH, [fields[0], True, self.error(self.how[13:])])
            return
        if self.how == "never_settles":
            return
        state = OUTCOMES.get(self.how, OUTCOMES["accepted"])
        if self.how == "settles_without_a_word":
            state = None
        if self.how == "wrong_disposition":
            number = UInt(number + 7)
        self.frame(DISPOSITION, [True, number, number, True, state])

    def on_disposition(self, fields):
        state = (fields + [None] * 5)[4]
        World.settled.append(NAMES.get(state.code, "?") if state is not None else "nothing")
        self.give_waiting()

    def serve(self):
        if self.how == "silent":
            self.wait()
        if self.how == "hangs_up_at_once":
            raise Done
        self.sasl()
        while True:
            code, fields, payload = self.next_frame()
            if code == OPEN:
                self.on_open(fields)
            elif code == BEGIN and self.how != "no_begin":
                self.window = fields[2]
                self.frame(BEGIN, [UShort(0), UInt(0), UInt(2048), UInt(2048)])
            elif code == ATTACH:
                self.on_attach(fields)
            elif code == FLOW:
                self.on_flow(fields)
            elif code == TRANSFER:
                self.on_transfer(fields, payload)
            elif code == DISPOSITION:
                self.on_disposition(fields)
            elif code == DETACH:
                self.frame(DETACH, [fields[0], True])
            elif code == CLOSE:
                self.frame(CLOSE, [])
                raise Done


def run(sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        Connection(sock, World.how).serve()
    except (Done, OSError):
        pass
    sock.close()


def listen(server):
    while True:
        sock, _ = server.accept()
        World.connections += 1
        threading.Thread(target=run, args=(sock,), daemon=True).start()


def main():
    server = socket.create_server((sys.argv[1], 0))
    print("listening", server.getsockname()[1], flush=True)
    threading.Thread(target=listen, args=(server,), daemon=True).start()
    for line in sys.stdin:
        said = (World.connections, World.taken, ",".join(World.settled))
        World.how, World.connections, World.taken, World.settled = line.strip(), 0, 0, []
        print("connections=%d taken=%d settled=%s" % said, flush=True)


main()
