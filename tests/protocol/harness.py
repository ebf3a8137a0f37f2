"""A server of one's own, and clients that talk to it, for tests that come through the door.

    class Pings(harness.ServerTest):              # one server for the whole class
        def test_a_ping_is_answered(self):
            self.assertEqual(self.connect().call("ping"), {})

Nothing here sleeps in the hope that something has happened: each wait is for a line, for the end of
a process or for a condition that is asked for again and again, and fails after PATIENCE seconds.
A server is ended by its own process id, and its folder removed; it does not outlive its test.
"""

import collections
import ctypes
import itertools
import json
import os
import random
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("UNSCRIPTED_SOURCE_DIR") or Path(__file__).resolve().parents[2])
BINARY = os.environ.get("UNSCRIPTED_BINARY") or str(ROOT / "build/release/bin/unscripted")
PLUGINS = Path(os.environ.get("UNSCRIPTED_PLUGINS_DIR") or ROOT / "build/release/plugins")
PATIENCE = 20.0  # seconds for one operation; a sanitized build on a busy machine is slow
STOP_PATIENCE = 10.0  # seconds to stop; it takes a fraction of one
LISTENING = re.compile(r'listening(?: on |":")[^\s"]+:(\d+)(?:\n|")')  # as text, or with --json
PAGE = re.compile(r'(?:https?://|"http":")[^\s/"]+:(\d+)[/"].*\n')

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
REASONS = {
    PARSE_ERROR: {"parse_error"}, INVALID_REQUEST: {"invalid_request"},
    UNKNOWN_METHOD: {"unknown_method"}, INVALID_PARAMS: {"invalid_params"},
    401: {"unauthorized"}, 403: {"forbidden", "over_capacity"}, 404: {"not_found"},
    409: {"dead", "busy", "conflict"}, 413: {"too_large"}, 429: {"rate_limited"},
    500: {"plugin_fault"}, 503: {"storage_full", "shutting_down", "overloaded"},
}

_die_with_parent = ctypes.CDLL(None).prctl


def chance():
    """A generator of random input. Its seed is printed; UNSCRIPTED_TEST_SEED repeats a run."""
    seed = int(os.environ.get("UNSCRIPTED_TEST_SEED") or random.SystemRandom().getrandbits(32))
    print(f"seed: UNSCRIPTED_TEST_SEED={seed}", file=sys.stderr, flush=True)
    return random.Random(seed)


def poll(condition, what, patience=PATIENCE):
    """Asks until the answer is true, and returns it."""
    end = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience} s in vain until {what}")
        time.sleep(0.005)  # spares the processor; how often is asked decides nothing


def memory_of(pid):
    """Bytes of memory that a process holds now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the process has no memory: it ended")


class Refused(Exception):
    """The server answered an error."""

    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.error = error


class DidNotStart(Exception):
    def __init__(self, code, out, err):
        super().__init__(f"exit code {code}\n{out}\n{err}")
        self.code, self.out, self.err = code, out, err


class Server:
    """`unscripted serve` in a folder of its own, on a free port of this machine."""

    def __init__(self, *options, data=None, port=0, http=None, binary=BINARY, verifies=True):
        """`http`: the port of that door, 0 for any free one; it is off without."""
        self.folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        self.data = Path(data) if data else self.folder / "data"
        self.options, self.port_asked, self.binary = options, port, binary
        self.verifies = verifies  # what was recorded, at the end; False where it may differ
        self.http_asked = http
        self.host = self.http_host = "127.0.0.1"  # where it listens
        self.files_max = None  # as many files and sockets as it may have; None: as ours
        self.process = self.port = self.http_port = None
        self.out = ""
        self.token = None  # an admin's, where tokens are required: connect() shows it

    def __enter__(self):
        return self if self.is_alive() else self.start()

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Returns once it listens; DidNotStart where it ends before."""
        http = "off" if self.http_asked is None else f"{self.http_host}:{self.http_asked}"
        command = [self.binary, "serve", "--tcp", f"{self.host}:{self.port_asked}", "--http", http,
                   "--data", str(self.data), *self.options]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("UNSCRIPTED_")}
        self.out = ""
        with open(self.folder / "stderr", "ab") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                env=environment, cwd=self.folder, preexec_fn=self._before_it_begins)
        try:
            self.port = self._read_port(LISTENING)
            if self.http_asked is not None:
                self.http_port = self._read_port(PAGE)
            if "--tokens" in self.options and self.token is None:
                self.token = (self.data / "admin.token").read_text().strip()
        except BaseException:
            self.kill()
            raise
        return self

    def _before_it_begins(self):
        _die_with_parent(1, signal.SIGKILL)
        if self.files_max:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.files_max, self.files_max))

    def _read_port(self, line):
        end = time.monotonic() + PATIENCE
        pipe = self.process.stdout.fileno()
        while not (found := line.search(self.out)):
            if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"did not listen within {PATIENCE} s; it said: {self.out}")
            bytes_read = os.read(pipe, 65536)
            if not bytes_read:
                raise DidNotStart(self.process.wait(PATIENCE), self.out, self.err)
            self.out += bytes_read.decode()
        return int(found[1])

    @property
    def err(self):
        return (self.folder / "stderr").read_text(errors="replace")

    @property
    def pid(self):
        return self.process.pid

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def memory(self):
        """Bytes of memory that the process holds now."""
        return memory_of(self.pid)

    def is_sanitized(self):
        """True of a build that finds its own errors; it needs memory for that."""
        return "libasan" in Path(f"/proc/{self.pid}/maps").read_text()

    def wait(self, patience=PATIENCE):
        """Its exit code, once it has ended by itself."""
        self.out += self.process.communicate(timeout=patience)[0].decode(errors="replace")
        return self.process.returncode

    def terminate(self, patience=PATIENCE):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(patience)

    def kill(self):
        """SIGKILL, as when the machine stops."""
        if self.is_alive():
            self.process.kill()
        if self.process is not None:
            self.process.wait(PATIENCE)
            self.process.stdout.close()

    def close(self):
        try:
            if self.is_alive() and self.verifies:
                self.verify_all()
        except ConnectionError:
            self.wait(STOP_PATIENCE)  # it was about to end
        finally:
            self.kill()
            shutil.rmtree(self.folder, ignore_errors=True)

    def verify_all(self):
        """Whatever the tests made the worlds do is decided again, and comes out the same."""
        with self.connect() as client:
            for world in client.call("world.list")["items"]:
                answer = client.answer(client.ask("history.verify", world=world["id"]))
                if "error" in answer:  # no history at all, or deleted meanwhile
                    assert answer["error"]["code"] in (404, 409), answer
                else:
                    assert answer["result"]["ok"], answer

    def connect(self, **options):
        client = Client(self.port, **options)
        if self.token:
            client.call("hello", token=self.token)
        return client


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")


def receive(source, end, patience):
    """What comes next from a socket, until `end`; b"" at its end, None where it was reset."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("nothing came from the server")
    source.settimeout(left)
    try:
        return source.recv(1 << 18)
    except (ConnectionResetError, BrokenPipeError):
        return None
    finally:
        source.settimeout(patience)


class Client:
    """One connection. Answers and events are kept apart, each in the order in which they came."""

    def __init__(self, port, receive_buffer=None, patience=PATIENCE):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(patience)
        try:
            self.socket.connect(("127.0.0.1", port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.patience = patience
        self.ids = itertools.count(1)
        self.lines = collections.deque()  # whole lines, not looked at yet
        self.rest = b""
        self.answers, self.events = collections.deque(), collections.deque()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection rudely: the server gets a reset instead of an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def half_close(self):
        """Nothing more will be sent; answers are still read."""
        self.socket.shutdown(socket.SHUT_WR)

    # -- out ---------------------------------------------------------------------------------------

    def send(self, data):
        self.socket.sendall(data)

    def send_line(self, line):
        """`line`: bytes, a text, or what becomes JSON. Its end is added."""
        if not isinstance(line, (bytes, str)):
            line = json.dumps(line)
        self.send((line.encode() if isinstance(line, str) else line) + b"\n")

    def ask(self, method, params=None, /, **more):
        """Sends a request and does not wait. Returns its id."""
        request = {"id": next(self.ids), "method": method, "params": {**(params or {}), **more}}
        self.send_line(request)
        return request["id"]

    def tell(self, method, params=None, /, **more):
        """Sends a notification."""
        self.send_line({"method": method, "params": {**(params or {}), **more}})

    def call(self, method, params=None, /, **more):
        """The result; raises Refused where the answer is an error."""
        return self.result(self.ask(method, params, **more))

    # -- in ----------------------------------------------------------------------------------------

    def read_line(self, patience=None):
        """The next line without its end; None where the server ended the connection."""
        end = time.monotonic() + (self.patience if patience is None else patience)
        while not self.lines:
            received = receive(self.socket, end, self.patience)
            if received is None:
                return None
            if not received:
                assert not self.rest, f"the connection ended within a line: {self.rest[:200]}"
                return None
            *whole, self.rest = (self.rest + received).split(b"\n")
            self.lines.extend(whole)
        return self.lines.popleft()

    def read(self, patience=None):
        """Reads one message and sorts it into `answers` or `events`. False at the end."""
        line = self.read_line(patience)
        if line is None:
            return False
        message = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
        assert isinstance(message, dict) and ("id" in message) != ("method" in message), message
        (self.events if "method" in message else self.answers).append(message)
        return True

    def answer(self, wanted, patience=None):
        """The whole answer with this id."""
        while True:
            for index, message in enumerate(self.answers):
                same_type = type(message["id"]) is type(wanted)
                if same_type and message["id"] == wanted:
                    del self.answers[index]
                    return message
            if not self.read(patience):
                raise ConnectionError(f"the connection ended before the answer to {wanted!r}")

    def next_answer(self, patience=None):
        while not self.answers:
            if not self.read(patience):
                raise ConnectionError("the connection ended before an answer")
        return self.answers.popleft()

    def result(self, wanted, patience=None):
        message = self.answer(wanted, patience)
        if "error" in message:
            raise Refused(message["error"])
        return message["result"]

    def event(self, method=None, patience=None):
        """The params of the next event; with `method`, of the next one with that method."""
        while True:
            for index, message in enumerate(self.events):
                if method in (None, message["method"]):
                    del self.events[index]
                    return message["params"]
            if not self.read(patience):
                raise ConnectionError(f"the connection ended before an event {method or ''}")

    def has_ended(self, patience=None):
        """True once the server has ended the connection; what it still says is kept."""
        while self.read(patience):
            pass
        return True


class ServerTest(unittest.TestCase):
    """One server for all tests of a class. It must live to the end and stop cleanly."""

    options = ()
    http = None  # the port of that door, 0 for any free one

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.options, http=cls.http).start()
        cls.addClassCleanup(cls.server.close)
        cls.names = itertools.count(1)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.is_alive(), f"the server died: {cls.server.wait()}\n{cls.server.err}"
        cls.server.verify_all()
        code = cls.server.terminate(STOP_PATIENCE)
        assert code == 0, f"the server stopped with exit code {code}\n{cls.server.err}"

    def connect(self, **options):
        client = self.server.connect(**options)
        self.addCleanup(client.close)
        return client

    def world(self, **settings):
        """A new world with a name that no other has, made by a connection of its own."""
        settings.setdefault("name", f"{type(self).__name__.lower()}-{next(self.names)}")
        with self.server.connect() as client:
            return client.call("world.create", settings)

    def bot(self, client, world, **settings):
        return client.call("bot.create", world=world["id"], **settings)

    def assert_error(self, answer, code, reason=None, **data):
        """An error with this code, its reason, a message for a person, and these data."""
        self.assertIn("error", answer)
        error = answer["error"]
        self.assertEqual(error["code"], code, error)
        self.assertIn(error["data"]["reason"], {reason} if reason else REASONS[code], error)
        self.assertGreater(len(error["message"]), 7, error)
        for key, value in data.items():
            self.assertEqual(error["data"].get(key), value, error)
        return error

    def assert_refused(self, client, code, method, params=None, /, **more):
        """The request is answered with this error, which is returned."""
        return self.assert_error(client.answer(client.ask(method, params, **more)), code)

    def assert_bad_param(self, client, param, method, params=None, /, **more):
        """The request is refused for this parameter, and the answer says what would do."""
        error = self.assert_refused(client, INVALID_PARAMS, method, params, **more)
        self.assertEqual(error["data"].get("param"), param, error)
        self.assertGreater(len(error["data"].get("expected", "")), 3, error)
        return error

    def assert_alive(self):
        """The server answers a newcomer."""
        self.assertTrue(self.server.is_alive(), self.server.err)
        with self.server.connect() as client:
            self.assertEqual(client.call("ping"), {})


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
