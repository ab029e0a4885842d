# SPDX-License-Identifier: Apache-2.0
"""One link to the broker of tests/fixtures/rabbit, by Qpid Proton's Python: what became of it."""
import os

from proton import Message, SSLDomain
from proton.handlers import MessagingHandler
from proton.reactor import Container


class Link(MessagingHandler):
    """attached: the broker took the link. outcomes: what it said of each message. got: what came.
    why: the broker's or the connection's reason for ending it, or None."""

    def __init__(self, user, address, messages=None, credit=0, accept=True, expect=0, seconds=20,
                 port=None, secret=None, dynamic=False):
        super().__init__(prefetch=0, auto_accept=False)
        self.user, self.address, self.to_send = user, address, list(messages or [])
        self.sends, self.credit, self.take = messages is not None, credit, accept
        self.expect = len(self.to_send) or expect
        self.seconds, self.port, self.dynamic = seconds, port or os.environ["RELAY_PORT"], dynamic
        self.secret = secret or os.environ[f"RELAY_{user.upper()}_SECRET"]
        self.attached, self.outcomes, self.got, self.why, self.timer = False, [], [], None, None

    def run(self):
        Container(self).run()
        return self

    def on_start(self, event):
        tls = SSLDomain(SSLDomain.MODE_CLIENT)
        tls.set_trusted_ca_db(os.environ["RELAY_CA"])
        tls.set_peer_authentication(SSLDomain.VERIFY_PEER)
        self.connection = event.container.connect(
            f"amqps://{os.environ['RELAY_ADDR']}:{self.port}", ssl_domain=tls, user=self.user,
            password=self.secret, allowed_mechs="PLAIN", reconnect=False)
        self.timer = event.container.schedule(self.seconds, self)
        if self.sends:
            event.container.create_sender(self.connection, self.address)
        else:
            receiver = event.container.create_receiver(self.connection, self.address, dynamic=self.dynamic)
            receiver.flow(self.credit)

    def end(self):
        if self.timer:
            self.timer.cancel()
            self.timer = None
            self.connection.close()

    def on_timer_task(self, event):
        self.why = self.why or "time"
        self.timer = None
        self.connection.close()

    def on_link_opened(self, event):
        end = event.link.remote_target if self.sends else event.link.remote_source
        # A link that is refused is answered with no address, and detached.
        self.attached = bool(end.address)
        if self.attached and not self.expect and self.credit == 0:
            self.end()

    def on_sendable(self, event):
        while event.sender.credit and self.to_send:
            event.sender.send(self.to_send.pop(0))

    def on_settled(self, event):
        if self.sends:
            self.outcomes.append(str(event.delivery.remote_state))
            if len(self.outcomes) == self.expect:
                self.end()

    def on_message(self, event):
        self.got.append(event.message)
        if self.take:
            self.accept(event.delivery)
        if len(self.got) == self.expect:
            self.end()

    def failed(self, end):
        if end.remote_condition and not self.why:
            self.why = f"{end.remote_condition.name}: {end.remote_condition.description}"
        self.end()

    def on_link_error(self, event):
        self.failed(event.link)

    def on_session_error(self, event):
        self.failed(event.session)

    def on_connection_error(self, event):
        self.failed(event.connection)

    def on_transport_error(self, event):
        if not self.why:
            self.why = f"{event.transport.condition.name}: {event.transport.condition.description}"
        self.end()


def message(text="x", seconds=60):
    extra = {"ttl": seconds} if seconds else {}
    return Message(id=text, body=text.encode(), durable=True, **extra)


def send(user, address, *messages, **more):
    return Link(user, address, messages=list(messages) or [message()], **more).run()


def attach(user, address, **more):
    """A receiver that asks for nothing."""
    return Link(user, address, **more).run()


def receive(user, address, count=1, **more):
    return Link(user, address, credit=max(count, 1), expect=count, **more).run()
