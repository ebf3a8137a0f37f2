"""Connections that ask for acts as fast as they are taken."""

import selectors

import harness

ENDLESS = {"day": 1_000_000, "lifespan": 1_000_000}  # nobody dies of what is done here
AT_A_TIME = 200  # requests, written at once


class Stream:
    """A connection that asks for acts as fast as they are taken, and counts the answers."""

    def __init__(self, client, world):
        self.client = client
        bot = client.call("bot.create", world=world["id"])["id"]
        self.asking = b"".join(
            b'{"id":1,"method":"act","params":{"bot":"%s","action":"walk","args":{"angle":0.%d}}}\n'
            % (bot.encode(), i) for i in range(AT_A_TIME))
        self.client.socket.setblocking(False)
        self.sent = self.answered = 0

    def read(self):
        received = self.client.socket.recv(1 << 18)
        assert received, "the server ended a connection that reads its answers"
        assert b'"error"' not in received, received
        self.answered += received.count(b"\n")

    def write(self):
        sent = self.client.socket.send(self.asking[self.sent:])
        self.sent = (self.sent + sent) % len(self.asking)


def serve_all(clients, until):
    """Reads and writes for all of them, until that is true."""
    with selectors.DefaultSelector() as ready:
        for one in clients:
            events = selectors.EVENT_READ
            if isinstance(one, Stream):
                events |= selectors.EVENT_WRITE
            ready.register(one.client.socket, events, one)
        while not until():
            found = ready.select(harness.PATIENCE)
            assert found, "nobody is answered any more"
            for key, events in found:
                if events & selectors.EVENT_READ:
                    key.data.read()
                if events & selectors.EVENT_WRITE:
                    key.data.write()
