# SPDX-License-Identifier: Apache-2.0
"""For check_space.py and check_import.py: runs of pwwb-admin, on a terminal and not, and files to read."""
import base64
import fcntl
import json
import os
import pty
import re
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import uuid

HEAD = "kind,cloud_anchor,source_anchor,metaverse,directory,object_guid,rules,dn"


def guid(number):
    return "%08x-0000-4000-8000-%012x" % (number, number)


def source(number):
    """The source anchor of a GUID: base64 of the octets as a directory stores them."""
    return base64.b64encode(uuid.UUID(guid(number)).bytes_le).decode()


def quoted(text):
    """RFC 4180 2."""
    return '"%s"' % text.replace('"', '""')


def cloud(number, metaverse):
    return f"cloud,User_{guid(number)},{source(number)},{metaverse},,,,"


def link(metaverse, directory, number, rules, dn):
    return f"link,,,{metaverse},{directory},{guid(number)},{'|'.join(rules)},{quoted(dn)}"


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write("".join(row + "\r\n" for row in [HEAD, *rows]))
    return path


def many(runs, people):
    """A file of so many, and how many rows it has."""
    rows = [row for n in range(people)
            for row in (cloud(n, f"mv-{n}"), link(f"mv-{n}", "F1", n, ["User AccountEnabled"], f"CN={n}"))]
    return runs.csv("many.csv", rows), len(rows)


def content(space):
    """What is in it, without the numbers of rows and passes."""
    db = sqlite3.connect(space)
    rows = [db.execute(sql).fetchall() for sql in (
        "SELECT c.cloud_guid, c.source_guid, m.name, m.source_guid, c.is_told FROM pwwb_cloud c "
        "LEFT JOIN pwwb_metaverse m ON m.id = c.metaverse ORDER BY 1, 2, 3",
        "SELECT d.name, o.guid, m.name, r.names, r.is_eligible, o.dn FROM pwwb_object o JOIN pwwb_directory d "
        "ON d.id = o.directory JOIN pwwb_rules r ON r.id = o.rules LEFT JOIN pwwb_metaverse m "
        "ON m.id = o.metaverse ORDER BY 1, 2")]
    db.close()
    return rows


class Run:
    """One that has ended."""
    def __init__(self, runs, what, out, err):
        self.runs, self.what, self.out, self.err = runs, what, out, err

    def says(self, *patterns):
        for pattern in patterns:
            self.runs.check(re.search(pattern, self.out + self.err, re.M),
                            f"{self.what}: not said: {pattern}\n{self.out}{self.err}")
        return self

    def objects(self):
        """One JSON object in each line, and nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


class Runs:
    """Of one folder; counts, and says what is wrong."""
    def __init__(self, build, folder):
        self.admin = os.path.join(build, "examples/pwwb-admin")
        self.folder, self.space = folder, os.path.join(folder, "space")
        self.count, self.failed, self.everything = 0, 0, ""

    source = staticmethod(source)

    def ask(self, sql):
        """Past pwwb-admin."""
        db = sqlite3.connect(self.space)
        rows = db.execute(sql).fetchall()
        db.close()
        return rows

    def path(self, name):
        return os.path.join(self.folder, name)

    def csv(self, name, rows):
        return write_csv(self.path(name), rows)

    def remove(self):
        """The space, with what SQLite and imports keep beside it."""
        for end in ("", "-wal", "-shm", "-import"):
            if os.path.exists(self.space + end):
                os.remove(self.space + end)

    def check(self, is_right, what):
        if not is_right:
            self.failed += 1
            print(f"{os.path.basename(sys.argv[0])}: {what}")

    def run(self, code, *args):
        self.count += 1
        ended = subprocess.run([self.admin, *args], stdin=subprocess.DEVNULL, capture_output=True,
                               timeout=120, check=False)
        out, err = ended.stdout.decode(), ended.stderr.decode()
        self.everything += out + err
        what = " ".join(args)
        self.check(ended.returncode == code, f"{what} ended with {ended.returncode}, not {code}:\n{out}{err}")
        return Run(self, what, out, err)


class Held:
    """One that runs, and waits in its second step: nobody reads what it prints for programs, and the pipe has
    room for one line, of 226 to 450 octets, and not for two."""
    def __init__(self, *args):
        self.pipe, end = os.pipe()
        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, 4096)
        filled = os.write(end, b" " * (4095 - 450) + b"\n")
        self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=end, stderr=subprocess.PIPE)
        os.close(end)
        self.last = None
        while self.process.poll() is None and self.waiting() == filled:
            select.select([], [], [], 0.01)     # until its first line is there

    def waiting(self):
        """Octets that nobody has read yet."""
        return struct.unpack("i", fcntl.ioctl(self.pipe, termios.FIONREAD, b"\0" * 4))[0]

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def complaint(self):
        """The next words on standard error."""
        while not (said := self.process.stderr.readline()).strip() and said:
            pass
        return said.decode()

    def end(self):
        """Let it go on; how it ended, and its last words for programs."""
        with open(self.pipe, encoding="utf-8") as told:
            for line in told:
                self.last = json.loads(line) if line.strip() else self.last
        self.process.stderr.close()
        return self.process.wait(timeout=60)


def on_terminal(width, args):
    """How it ended, and what a terminal of so many columns was sent."""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        os.execv(args[0], args)
    shown = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            octets = os.read(terminal, 4096)
        except OSError:     # it has ended
            break
        if not octets:
            break
        shown += octets
    sys.stdout.flush()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode().replace("\r\n", "\n")
