"""Clients of the HTTP door, of the standard library alone: requests, and a WebSocket."""

import base64
import collections
import http.client
import json
import os
import socket
import struct
import time

import harness

JSON = {"Content-Type": "application/json"}
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

Answer = collections.namedtuple("Answer", "status headers body")


def fetch(port, path, method="GET", body=None, headers=None):
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.PATIENCE)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def rpc(port, request):
    """What POST /rpc answers to a request, or to bytes that are none."""
    body = request if isinstance(request, bytes) else json.dumps(request)
    answer = fetch(port, "/rpc", "POST", body, JSON)
    assert answer.status == 200, answer
    return json.loads(answer.body)


class Raw:
    """A connection on which bytes are sent as they are; answers are read one by one."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), harness.PATIENCE)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, has_body=True):
        """The next answer; None where the server ended the connection instead."""
        line = self.file.readline()
        if not line:
            return None
        version, status, _ = line.decode().split(" ", 2)
        assert version.startswith("HTTP/1."), line
        headers = http.client.parse_headers(self.file)
        size = int(headers.get("Content-Length") or 0)
        return Answer(int(status), headers, self.file.read(size) if has_body else b"")

    def has_ended(self):
        """True once the server has ended the connection, and said nothing before."""
        return self.file.read() == b""


def frame(kind, payload=b"", *, is_last=True, is_masked=True):
    """A frame as a client sends it."""
    size = len(payload)
    head = bytes([kind | (0x80 if is_last else 0)])
    mask_bit = 0x80 if is_masked else 0
    if size < 126:
        head += bytes([size | mask_bit])
    elif size < 65536:
        head += bytes([126 | mask_bit]) + struct.pack(">H", size)
    else:
        head += bytes([127 | mask_bit]) + struct.pack(">Q", size)
    if not is_masked:
        return head + payload
    mask = os.urandom(4)
    pattern = (mask * (size // 4 + 1))[:size]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")
    return head + mask + mixed.to_bytes(size, "big")


class WebSocket(harness.Client):
    """The same client, through a WebSocket: a text frame for each line."""

    def __init__(self, port, path="/ws", headers=None, **options):
        super().__init__(port, **options)
        self.closed_with = None  # the code that the server ended with
        self.pongs = 0
        lines = {"Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade",
                 "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
                 "Sec-WebSocket-Version": "13", **(headers or {})}
        self.send(f"GET {path} HTTP/1.1\r\n".encode()
                  + "".join(f"{k}: {v}\r\n" for k, v in lines.items()).encode() + b"\r\n")
        head = self._take_until(b"\r\n\r\n")
        self.handshake = head.decode()
        self.status = int(head.split(b" ", 2)[1])

    def send_line(self, line):
        if not isinstance(line, (bytes, str)):
            line = json.dumps(line)
        self.send(frame(TEXT, line.encode() if isinstance(line, str) else line))

    def read_line(self, patience=None):
        """The next message; None where the server ended the connection."""
        end = time.monotonic() + (self.patience if patience is None else patience)
        while (found := self._read_frame(end)) is not None:
            kind, payload = found
            if kind == TEXT:
                return payload
            if kind == PING:
                self.send(frame(PONG, payload))
            elif kind == PONG:
                self.pongs += 1
            elif kind == CLOSE:
                self.closed_with = struct.unpack(">H", payload[:2])[0] if payload else 1005
        return None

    def _read_frame(self, end):
        head = self._take(2, end)
        if head is None:
            return None
        assert head[0] & 0xF0 == 0x80 and not head[1] & 0x80, "a whole frame without a mask"
        size = head[1]
        if size == 126:
            size, = struct.unpack(">H", self._take(2, end))
        elif size == 127:
            size, = struct.unpack(">Q", self._take(8, end))
        return head[0] & 0x0F, self._take(size, end) if size else b""

    def _take_until(self, mark):
        end = time.monotonic() + self.patience
        while mark not in self.rest:
            assert self._receive(end), f"the connection ended: {self.rest}"
        head, self.rest = self.rest.split(mark, 1)
        return head + mark

    def _take(self, size, end):
        while len(self.rest) < size:
            if not self._receive(end):
                return None
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def _receive(self, end):
        received = harness.receive(self.socket, end, self.patience)
        self.rest += received or b""
        return bool(received)
