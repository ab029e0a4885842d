# SPDX-License-Identifier: Apache-2.0
"""For check_secrets, inside the demo: all that passes the broker is kept, and the programs are run as they must fail."""
import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

TAP, TAPPED = "tap", "tap-Secret-of-the-test-1"


def settings(folder):
    """{NAME: value} of a fixture's."""
    text = (folder / "env").read_text(encoding="utf-8")
    return dict(re.findall(r"^export (\w+)='(.*)'$", text, re.M))


def ctl(state, *command):
    subprocess.run([state / "relay/bin/rabbitmqctl", "--quiet", *command], check=True, stdin=subprocess.DEVNULL)


def tap(state):
    """A queue that gets a copy of every message that the broker takes or hands out: rabbitmq.com/firehose."""
    salt = os.urandom(4)
    secret = base64.b64encode(salt + hashlib.sha256(salt + TAPPED.encode()).digest()).decode()
    path = state / "tap.definitions"
    path.write_text(json.dumps({
        "users": [{"name": TAP, "password_hash": secret, "tags": "",
                   "hashing_algorithm": "rabbit_password_hashing_sha256"}],
        "permissions": [{"user": TAP, "vhost": "/", "configure": "", "write": "", "read": "^tap$"}],
        "queues": [{"name": TAP, "vhost": "/", "durable": True, "auto_delete": False, "arguments": {}}],
        "bindings": [{"source": "amq.rabbitmq.trace", "vhost": "/", "destination": TAP,
                      "destination_type": "queue", "routing_key": "#", "arguments": {}}]}), encoding="ascii")
    ctl(state, "import_definitions", path)
    ctl(state, "trace_on")


READ = """
import sys
from proton import SSLDomain, Timeout
from proton.utils import BlockingConnection
url, user, secret, ca, path = sys.argv[1:]
domain = SSLDomain(SSLDomain.MODE_CLIENT)
domain.set_trusted_ca_db(ca)
domain.set_peer_authentication(SSLDomain.VERIFY_PEER)
connection = BlockingConnection(url, ssl_domain=domain, user=user, password=secret, allowed_mechs="PLAIN")
receiver = connection.create_receiver("/amq/queue/tap", credit=100)
count = 0
with open(path, "wb") as out:
    try:
        while True:
            message = receiver.receive(timeout=3)
            receiver.accept()
            count += 1
            out.write(message.encode() + b"\\n")
    except Timeout:
        print(f"{count} messages were seen on the broker")
"""


def untap(state):
    relay = settings(state / "relay")
    ctl(state, "trace_off")
    subprocess.run(["/usr/bin/python3", "-c", READ, f"amqps://{relay['RELAY_ADDR']}:{relay['RELAY_PORT']}", TAP, TAPPED,
                    relay["RELAY_CA"], state / "relay.wire"], check=True)


def edited(state, name, number, *edits):
    """A configuration of the demo's, with some of it replaced."""
    text = (state / f"{name}.conf").read_text(encoding="utf-8")
    for old, new in edits:
        assert re.search(old, text), (name, old)
        text = re.sub(old, new, text)
    path = state / f"given/wrong-{number}.conf"
    path.write_text(text, encoding="utf-8")
    return path


def wrong_file(state, name, line):
    path = state / "given" / name
    path.write_text(line + "\n", encoding="utf-8")
    return path


def failing(state):
    """[(program, words of its command, standard input)]; each line of given/passwords is searched for."""
    given, passwords = state / "given", []

    def secret(text):
        passwords.append(text)
        return text

    pw = wrong_file(state, "wrong-1.password", "Wrong-Service-Pass-1!")
    relay = wrong_file(state, "wrong-2.secret", "Wrong-Relay-Secret-of-the-test-2")
    phrase = wrong_file(state, "wrong-3.passphrase", "wrong passphrase of the test 3")
    cut = wrong_file(state, "wrong.lock", "Cut-Lock-Of-The-Test")
    agent, portal = (lambda *a: edited(state, "agent-2", *a)), (lambda *a: edited(state, "portal", *a))
    confs = {
        "pwwb-agent": [
            agent(1, (r'(password_file = )"[^"]*corp[^"]*"', rf'\1"{pw}"')),
            agent(2, (r'(secret_file = )"[^"]*"', rf'\1"{relay}"')),
            agent(3, (r'lock_file = "[^"]*"', f'passphrase_file = "{phrase}"')),
            agent(4, (r'(lock_file = )"[^"]*"', rf'\1"{cut}"')),
            agent(5, (r"password_file = [^;]*", f'password = "{secret("Password-In-Config-5!")}"')),
            agent(6, (r"workers = 4", f'workers = "{secret("Password-As-Number-6!")}"')),
            agent(7, (r'(password_file = )"[^"]*"', rf'\1"{secret("Password-As-File-7!")}"')),
            agent(8, (r'(secret_file = )"[^"]*"', rf'\1"{secret("Relay-Secret-As-File-8!")}"')),
            agent(9, (r'(server = )"[^"]*"', rf'\1"{secret("Password-As-Word-9!")}"')),
            agent(10, (r'lock_file = "[^"]*"', f'passphrase = "{secret("Passphrase-In-Config-10!")}"')),
            agent(11, (r'(audit: )', rf'"{secret("Password-Astray-11!")}"; \1')),
        ],
        "pwwb-portal": [
            portal(21, (r'(user = "portal"; secret_file = )"[^"]*"', rf'\1"{relay}"')),
            portal(22, (r'(lock_file = )"[^"]*"', rf'\1"{cut}"')),
            portal(23, (r"secret_file = ", f'secret = "{secret("Relay-Secret-In-Config-23!")}"; secret_file = ')),
            portal(24, (r'(tenant = )"[^"]*"', rf'\1"{secret("Secret-As-Tenant-24!")}"')),
            portal(25, (r'(user = "portal"; secret_file = )"[^"]*"', rf'\1"{secret("Secret-As-File-25!")}"')),
        ],
    }
    anchor, at = "AAECAwQFBgcICQoLDA0ODw==", str(state / "portal.conf")
    runs = [("pwwb-agent", ["--config", conf, "check"], "") for conf in confs["pwwb-agent"]]
    runs += [("pwwb-portal", ["--config", conf, "unlock", anchor, "--timeout", "2"], "") for conf in confs["pwwb-portal"]]
    runs += [("pwwb-portal", ["--config", at, *words], text) for words, text in (
        (["reset", anchor, "--password-fd", "0"], secret("Nobody-Has-This-31!") + "\n"),
        (["change", anchor, "--password-fd", "0"], secret("Only-One-Line-32!") + "\n"),
        (["change", anchor, "--password-fd", "0"], f"{secret('New-Line-33!')}\n{secret('Old-Line-33!')}\n"),
        (["reset", anchor, "--password-fd", "0"], secret("Long-34!") * 300 + "\n"),
        (["reset", "not-an-anchor", "--password-fd", "0"], secret("Not-An-Anchor-35!") + "\n"),
        (["reset", anchor, "--origin", "nowhere", "--password-fd", "0"], secret("No-Origin-36!") + "\n"),
    )]
    ticket = (given / "ticket").read_text(encoding="ascii").strip()
    runs += [("pwwb-agent", ["--config", state / "agent-2.conf", "enable", "-"], text)
             for text in (ticket, ticket[:-3], "pwwb1-" + secret("Not-A-Ticket-41"))]
    with open(given / "passwords", "a", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in passwords))
    return runs


def on_the_line(state):
    """A secret where its owner must not write it, as the last word: /proc shows it, but nothing else may."""
    return [["pwwb-portal", "reset", "AAECAwQFBgcICQoLDA0ODw==", "Word-On-The-Line-51!"],
            ["pwwb-portal", "reset", "AAECAwQFBgcICQoLDA0ODw==", "--password=Option-On-The-Line-52!"],
            ["pwwb-portal", "reset", "AAECAwQFBgcICQoLDA0ODw==", "--password-fd", "Number-On-The-Line-53!"],
            ["pwwb-agent", "run", "Word-On-The-Line-54!"],
            ["pwwb-agent", "--password=Option-On-The-Line-55!"],
            ["pwwb-agent", "--config", str(state / "agent-2.conf"), "enable", "Ticket-On-The-Line-56"],
            ["pwwb-portal", "--config", str(state / "portal.conf"), "reset", "AAECAwQFBgcICQoLDA0ODw==",
             "--password-file", "File-On-The-Line-57!"]]


def inside(build, folder, when):
    state = pathlib.Path(folder)
    if when == "begin":
        tap(state)
        return 0
    untap(state)
    (state / "failing").mkdir()
    shutil.copy(state / "portal/readiness.json", state / "failing")  # it goes with its program
    wrong = 0
    # Its own agent cannot know that a ticket was used.
    ticket = (state / "given/ticket").read_text(encoding="ascii").strip()
    runs = failing(state) + [(line[0], line[1:], "") for line in on_the_line(state)]
    for number, (program, words, text) in enumerate(runs):
        done = subprocess.run([f"{build}/examples/{program}", *words], input=text.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False)
        (state / f"failing/{number}.said").write_bytes(done.stdout)
        if done.returncode not in ((0,) if text == ticket else (1, 2, 3, 4, 78)):
            print(f"{program} {words[2:]} ended with {done.returncode}", file=sys.stderr)
            wrong += 1
    return wrong
