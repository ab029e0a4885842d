# SPDX-License-Identifier: Apache-2.0
"""For check_agent.py: a controller, a broker, the two programs, and what the servers themselves say."""
import base64
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid

HERE = pathlib.Path(__file__).parent
SET_SECRET = """#!/bin/sh
set -eu
export PATH={bin}:$PATH
secret=$(cat)
echo "$1 ${{#secret}}" >>{log}
if [ -n "$secret" ]; then printf '%s' "$secret" | rabbitmqctl --quiet change_password "$1"
else rabbitmqctl --quiet clear_password "$1" </dev/null; fi
"""


def environment(path):
    """What a fixture's env exports."""
    return dict(re.findall(r"^export (\w+)='(.*)'$", pathlib.Path(path).read_text(encoding="utf-8"), re.M))


class Servers:
    """Both, in a folder; or those that are up already, by PWWB_AGENT_AD and PWWB_AGENT_RABBIT."""
    def __init__(self, folder, ad_address, rabbit_address):
        self.started = []
        self.ad = os.environ.get("PWWB_AGENT_AD") or self.up("ad", folder, ad_address)
        if "PWWB_AGENT_AD" not in os.environ:
            self.fixture("ad", "seed", self.ad)
        self.rabbit = os.environ.get("PWWB_AGENT_RABBIT") or self.up("rabbit", folder, rabbit_address)
        self.env = {**environment(f"{self.ad}/env"), **environment(f"{self.rabbit}/env")}

    def up(self, name, folder, address):
        state = os.path.join(folder, name)
        self.started.append((name, state))
        self.fixture(name, "up", state, address)
        return state

    @staticmethod
    def fixture(name, *args, **more):
        return subprocess.run(["bash", HERE / "fixtures" / name, *args], check=True, text=True,
                              capture_output=True, **more).stdout

    def down(self):
        for name, state in self.started:
            self.fixture(name, "down", state, "--purge")

    def record(self, user):
        """The directory's own: its objectGUID, and how often its password was ever written."""
        out = subprocess.run(["ldbsearch", "-H", f"{self.ad}/private/sam.ldb", "--show-binary",
                              f"(sAMAccountName={user})", "objectGUID", "replPropertyMetaData"],
                             check=True, text=True, capture_output=True).stdout
        version = re.search(r"DRSUAPI_ATTID_unicodePwd.*?version\s*: 0x\w+ \((\d+)\)", out, re.S)
        return re.search(r"objectGUID: (\S+)", out)[1], int(version[1])

    def writes(self, user):
        return self.record(user)[1]

    def anchor(self, user):
        return base64.b64encode(uuid.UUID(self.record(user)[0]).bytes_le).decode()

    def binds(self, user, password):
        """Whether the person can sign in with it. Samba takes the old one for an hour, too: so never a proof alone."""
        e = {**os.environ, "LDAPTLS_CACERT": self.env["AD_CA"]}
        return subprocess.run(["ldapsearch", "-x", "-LLL", "-H", self.env["AD_URI"], "-D",
                               f"{user}@{self.env['AD_DNS']}", "-w", password, "-s", "base", "-b",
                               self.env["AD_BASE"], "dn"], env=e, capture_output=True, check=False).returncode == 0

    def freeze(self, is_frozen):
        pid = int(pathlib.Path(self.ad, "pid").read_text(encoding="ascii").split()[0])
        os.killpg(pid, signal.SIGSTOP if is_frozen else signal.SIGCONT)

    def ctl(self, *args, said=""):
        return self.fixture("rabbit", "ctl", self.rabbit, "--quiet", *args, input=said)

    def last_agent(self):
        """Whom the broker let in last, of those who are no portal."""
        log = "".join(p.read_text(encoding="utf-8") for p in pathlib.Path(self.rabbit, "1/log").glob("*.log"))
        users = re.findall(r"user '(agent\S*)' authenticated and granted access", log)
        return users[-1] if users else ""


class Runs:
    """Of the agent and a portal in one folder; counts, and says what is wrong."""
    def __init__(self, build, folder, servers):
        self.build, self.folder, self.servers, self.env = build, pathlib.Path(folder), servers, servers.env
        self.portal = os.environ.get("PWWB_PORTAL") or f"{build}/examples/pwwb-portal"
        self.count, self.failed, self.passwords = 0, 0, 0
        self.running, self.outcomes = [], {}
        os.umask(0o077)
        for name, octets in (("a.lock", os.urandom(32)), ("p.lock", os.urandom(32)),
                             ("svc", self.env["AD_SVC_PW"].encode() + b"\n"), ("wrong", b"Wrong-Secret-1!\n"),
                             ("agent.secret", self.env["RELAY_AGENT_SECRET"].encode() + b"\n"),
                             ("portal.secret", self.env["RELAY_PORTAL_SECRET"].encode() + b"\n")):
            self.path(name).write_bytes(octets)

    def path(self, name):
        return self.folder / name

    def check(self, is_right, what):
        self.count += 1
        if not is_right:
            self.failed += 1
            print(f"check_agent: {what}")

    def config(self, name="agent.conf", head="", relay="", directory="", **more):
        """A good file, but for what is given: groups by their names, and lines into relay and the directory."""
        e, f = self.env, self.folder
        values = {"state": f, "keys": f"{f}/agent.key", "lock": f"{f}/a.lock", "ca": e["AD_CA"], "bind": e["AD_SVC_DN"],
                  "host": e["AD_HOSTNAME"], "svc": f"{f}/svc", "secret": f"{f}/agent.secret", "relay_ca": e["RELAY_CA"],
                  "audit": f"{f}/audit", "metrics": f"{f}/metrics", **more}
        v = {k: str(x) for k, x in values.items()}
        secret = f'secret_file = "{v["secret"]}";' if "slots" not in relay else ""
        self.path(name).write_text(f"""state = "{v["state"]}";
{head}
agent: {{ workers = 3; heartbeat = 5; }};
keys: {{ file = "{v["keys"]}"; lock_file = "{v["lock"]}"; }};
relay: {{ host = "{e["RELAY_ADDR"]}"; ca = "{v["relay_ca"]}"; name = "{e["RELAY_HOSTNAME"]}"; user = "agent"; {secret} {relay} }};
directories = ( {{ hosts = ["{v["host"]}"]; address = "{e["AD_ADDR"]}"; ca = "{v["ca"]}"; bind = "{v["bind"]}";
    password_file = "{v["svc"]}"; allow_no_history = true; {directory} }} );
audit: {{ file = "{v["audit"]}"; }};
metrics: {{ file = "{v["metrics"]}"; seconds = 1; }};
""", encoding="utf-8")
        return self.path(name)

    def portal_config(self, tenant, name="portal.conf", keys="portal.key"):
        e, f = self.env, self.folder
        self.path(name).write_text(f"""tenant = "{tenant}"; state = "{f}";
keys: {{ file = "{f}/{keys}"; lock_file = "{f}/p.lock"; }};
relay: {{ host = "{e["RELAY_ADDR"]}"; ca = "{e["RELAY_CA"]}"; name = "{e["RELAY_HOSTNAME"]}"; user = "portal";
    secret_file = "{f}/portal.secret"; }};
ticket: {{ credential_file = "{f}/agent.secret"; }};
""", encoding="utf-8")
        self.portal_file = self.path(name)

    def agent(self, *args, conf="agent.conf", code=0):
        """A command that ends: its output."""
        ended = subprocess.run([f"{self.build}/examples/pwwb-agent", "--config", self.path(conf), *args], text=True,
                               stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.check(ended.returncode == code,
                   f"{args} with {conf}: {ended.returncode}, not {code}:\n{ended.stdout}{ended.stderr}")
        return ended.stdout + ended.stderr

    def ask(self, *args, code=0):
        """The portal's, likewise; `code` None = any."""
        ended = subprocess.run([self.portal, "--config", self.portal_file, *args], text=True,
                               stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if code is not None:
            self.check(ended.returncode == code,
                       f"pwwb-portal {args}: {ended.returncode}, not {code}:\n{ended.stdout}{ended.stderr}")
        return ended.stdout + ended.stderr

    def start(self, *words, log, env=None):
        with open(self.path(log), "ab") as f:
            p = subprocess.Popen(list(map(str, words)), stdin=subprocess.DEVNULL, stderr=f, stdout=f,
                                 env={**os.environ, **(env or {})})
        self.running.append(p)
        return p

    def start_agent(self, conf="agent.conf", log="agent.log", env=None):
        return self.start(f"{self.build}/examples/pwwb-agent", "--config", self.path(conf), "run", log=log, env=env)

    def serve(self, log="portal.log"):
        return self.start(self.portal, "--config", self.portal_file, "serve", log=log)

    def end(self, p, code=0):
        p.send_signal(signal.SIGTERM)
        self.check(p.wait(60) == code, f"{p.args[0]} ended with {p.returncode}")
        self.running.remove(p)

    def end_all(self):
        for p in self.running:
            p.kill()
            p.wait()

    def said(self, log="agent.log"):
        return self.path(log).read_text(encoding="utf-8") if self.path(log).exists() else ""

    def until(self, what, is_so, seconds=30):
        """Wait for it; how long does not matter, only that it comes."""
        deadline = time.monotonic() + seconds
        while not is_so() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.check(is_so(), what)

    def until_said(self, pattern, log="agent.log", times=1):
        def is_so():
            return len(re.findall(pattern, self.said(log), re.M)) >= times

        self.until(f"not said in {log}: {pattern}", is_so)
        if not is_so():
            for name in {log, "agent.log"}:
                print(f"{name}:\n{self.said(name)[-2500:]}")

    def enable(self, conf="agent.conf"):
        """By a ticket, to the end; what the agent showed."""
        self.path("ticket").unlink(missing_ok=True)
        self.ask("ticket", "--out", self.path("ticket"))
        said = self.agent("enable", self.path("ticket"), conf=conf)
        shown = re.search(r"^fingerprint: ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$", said, re.M)
        self.check(shown, f"no fingerprint: {said}")
        self.until("the portal did not take the order", lambda: "fingerprint" in self.ask("status", code=None))
        self.ask("confirm", shown[1])
        return shown[1]

    def password(self):
        """One that was never used."""
        self.passwords += 1
        return f"Agent-Pass-{self.passwords:03d}!"

    def begin_reset(self, user, password):
        name = self.path(f"new-{self.passwords}")
        name.write_text(password + "\n", encoding="utf-8")
        return subprocess.Popen([self.portal, "--config", self.portal_file, "reset", self.servers.anchor(user),
                                 "--password-file", name], text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def finish_reset(self, p, code=0, says=""):
        said = p.communicate(timeout=120)[0]
        self.check(p.returncode == code and re.search(says, said), f"a reset: {p.returncode}, not {code}: {said}")
        self.outcomes[code] = self.outcomes.get(code, 0) + 1

    def reset(self, user, code=0, says=""):
        """Judged by the directory: with code 0 it was written once, else not at all."""
        before, password = self.servers.writes(user), self.password()
        self.finish_reset(self.begin_reset(user, password), code, says)
        after = self.servers.writes(user)
        self.check(after == before + (code == 0), f"{user} was written {after - before} times, code {code}")
        self.check(code != 0 or self.servers.binds(user, password), f"{user} cannot sign in with the new password")

    def metrics(self):
        return {k: int(v) for k, v in
                re.findall(r"^(pwwb_\w+(?:\{[^}]*\})?) (-?\d+)$", self.said("metrics"), re.M)}


class Listener:
    """Stands for systemd, which always reads."""
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.env = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "2000000"}
        self.heard = ""
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            self.heard += self.socket.recv(4096).decode() + "\n"

    def has(self, word, times=1):
        return self.heard.count(word) >= times


def put_set_secret(runs):
    """A slot's secret to the broker, as an operator would write it."""
    program = runs.path("set_secret")
    program.write_text(SET_SECRET.format(bin=f"{runs.servers.rabbit}/bin", log=runs.path("secrets.log")),
                       encoding="utf-8")
    program.chmod(0o700)
    there = runs.servers.ctl("list_users", "--no-table-headers").split()
    for user in ("agent-0", "agent-1"):
        runs.servers.ctl("change_password" if user in there else "add_user", user, said="Not-A-Secret-Yet-1234\n")
        runs.servers.ctl("set_permissions", user, r"^pwwb\.rsp\..+$", r"^(amq\.default|pwwb\.heartbeats)$",
                         r"^pwwb\.req$")
    return program


def done(runs):
    print(f"{runs.count} checks, {runs.failed} wrong")
    sys.exit(runs.failed > 0)
