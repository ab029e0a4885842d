# SPDX-License-Identifier: Apache-2.0
"""For check_secrets: what /proc shows of the programs while they run."""
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import threading
import time

PROGRAM = re.compile(r"pwwb-(agent|portal|admin)")


class Watch(threading.Thread):
    def __init__(self, build):
        """Of that folder, for others may be at work on this machine."""
        super().__init__(daemon=True)
        self.build = os.path.realpath(build) + "/"
        self.arguments, self.environments, self.limits = {}, {}, {}
        self.ended = threading.Event()

    def look(self):
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            folder = pathlib.Path("/proc", name)
            try:
                program = (folder / "comm").read_text().strip()
                if not PROGRAM.match(program) or not os.readlink(folder / "exe").startswith(self.build):
                    continue
                one = f"{program} {name}"
                self.environments[one] = (folder / "environ").read_bytes() or self.environments.get(one, b"")
                self.arguments[one] = (folder / "cmdline").read_bytes() or self.arguments.get(one, b"")
                if any(os.readlink(fd).startswith("socket:") for fd in (folder / "fd").iterdir()):
                    self.limits[one] = (folder / "limits").read_text()
            except OSError:
                continue  # it has ended

    def run(self):
        while not self.ended.wait(0.01):
            self.look()

    def stop(self):
        self.ended.set()
        self.join()

    def dumps(self):
        """Those seen at their work, for they had connected, that the kernel would write a core of."""
        return [one for one, limits in self.limits.items() if not re.search(r"Max core file size +0 +0 ", limits)]


def lift():
    """So that a limit of this machine's own hides nothing."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def control(secret):
    """A program by such a name that shows a secret in both, and would be dumped: how many of the three were not seen."""
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(folder)
        program = shutil.copy("/bin/sh", f"{folder}/pwwb-admin-sh")
        ours, its = socket.socketpair()
        with subprocess.Popen([program, "-c", "read _", secret], env={"SHOWN": secret}, stdin=its, preexec_fn=lift):
            its.close()
            for _ in range(5):
                time.sleep(0.1)
                watch.look()
            ours.close()
    seen = [any(secret in octets for octets in kind.values()) for kind in (watch.arguments, watch.environments)]
    missed = seen.count(False) + (not watch.dumps())
    if missed:
        print(f"NOT SEEN in /proc: {missed} of 3")
    return missed
