# SPDX-License-Identifier: Apache-2.0
"""For check_portal.py: a tenant's folder, runs of pwwb-portal, on a terminal and not, and its agent."""
import base64
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time

ROOT = pathlib.Path(__file__).parent.parent
TENANT = "11111111-2222-3333-4444-555555555555"

signal.signal(signal.SIGINT, signal.default_int_handler)  # in a shell's background it is ignored, by children too
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def anchor(octet):
    return base64.b64encode(bytes([octet]) * 16).decode()


class Run:
    """One that has ended."""
    def __init__(self, runs, what, code, out, err):
        self.runs, self.what, self.code, self.out, self.err = runs, what, code, out, err

    def says(self, *patterns):
        for pattern in patterns:
            self.runs.check(re.search(pattern, self.out + self.err, re.M),
                            f"{self.what}: not said: {pattern}\n{self.out}{self.err}")
        return self

    def object(self):
        """One JSON object, and nothing else."""
        return json.loads(self.out)


class Runs:
    """Of one folder; counts, and says what is wrong."""
    def __init__(self, build, folder):
        self.portal = os.path.join(build, "examples/pwwb-portal")
        self.agent_program = os.path.join(build, "tests/portal_agent")
        self.folder, self.count, self.failed, self.everything = folder, 0, 0, ""
        self.environment = {**os.environ, "PWWB_LOCALEDIR": os.path.join(build, "po"), "LC_ALL": "C",
                            "TZ": "UTC"}
        self.environment.pop("LANGUAGE", None)
        self.children = []

    def check(self, is_right, what):
        self.count += 1
        if not is_right:
            self.failed += 1
            print(f"{os.path.basename(sys.argv[0])}: {what}")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        """A file that only its owner reads."""
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def command(self, *args, config="portal.conf"):
        return [self.portal, "--config", self.path(config), *args]

    def run(self, code, *args, text=None, config="portal.conf", **environment):
        """With `text` as what is in its password file."""
        if text is not None:
            args += ("--password-file", self.write("password", text))
        ended = subprocess.run(self.command(*args, config=config), stdin=subprocess.DEVNULL, capture_output=True,
                               timeout=60, check=False, start_new_session=True,
                               env={**self.environment, **environment})
        out, err = ended.stdout.decode(), ended.stderr.decode()
        self.everything += out + err
        self.check(ended.returncode == code,
                   f"{' '.join(args)} ended with {ended.returncode}, not {code}:\n{out}{err}")
        return Run(self, " ".join(args), ended.returncode, out, err)

    def start(self, name, command):
        """What it says is in the file `name`."""
        with open(self.path(name), "ab") as said:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                     env=self.environment)
        self.children.append(child)
        return child

    def said(self, name):
        return pathlib.Path(self.path(name)).read_text(encoding="utf-8")

    def end(self, child, number=signal.SIGTERM):
        """Its exit code."""
        child.send_signal(number)
        child.wait(20)
        self.children.remove(child)
        return child.returncode

    def soon(self, what, is_so, seconds=20):
        until = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > until:
                self.check(False, f"not within {seconds} s: {what}")
                return
            time.sleep(0.1)
        self.check(True, what)

    def end_all(self):
        for child in list(self.children):
            child.send_signal(signal.SIGCONT)
            self.end(child, signal.SIGKILL)

    def agent(self):
        """Started, and its fingerprint; its journal knows nothing of requests from before its own second."""
        pathlib.Path(self.path("agent")).unlink(missing_ok=True)
        child = self.start("agent", [self.agent_program, self.path("agent.conf")])
        self.soon("the agent is ready", lambda: "ready" in self.said("agent"))
        time.sleep(1.1)
        return child, re.search(r"^fingerprint (\S+)$", self.said("agent"), re.M)[1]


class Terminal:
    """A program on a terminal of its own: what it shows, and how the terminal is."""
    def __init__(self, command, environment):
        self.shown = b""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, environment)
        self.before = termios.tcgetattr(self.master)

    def read(self, until, seconds=20):
        """Whether it shows that in time."""
        end = time.monotonic() + seconds
        while until not in self.shown and time.monotonic() < end:
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.shown += os.read(self.master, 4096)
                except OSError:     # it has ended
                    break
        return until in self.shown

    def type(self, text):
        os.write(self.master, text.encode())

    def attributes(self):
        return termios.tcgetattr(self.master)

    def end(self):
        """Its exit code, and whether the terminal is as it was."""
        is_same = self.attributes() == self.before
        self.read(b"\0never\0", 5)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.master)
        return os.waitstatus_to_exitcode(status), is_same


def memory_has(pid, text):
    """Whether a process has it anywhere in what it may write."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            first, last, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if "w" not in rights:
                continue
            try:
                memory.seek(int(first, 16))
                if text.encode() in memory.read(int(last, 16) - int(first, 16)):
                    return True
            except OSError:         # [vvar] and its like
                pass
    return False
