"""The programs that are measured: where they are, how they are started, and that they end.

Whatever is started here is ended here, by its own process id, also when this process dies; it
listens on 127.0.0.1 alone, on a free port, and has its folders in one that is removed at the end.
"""

import contextlib
import csv
import ctypes
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE_S = 600  # for one measure, which takes seconds
START_PATIENCE_S = 20
STOP_PATIENCE_S = 20
LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")

_prctl = ctypes.CDLL(None).prctl
_SET_DEATH_SIGNAL = 1


class Failure(Exception):
    """A measure that could not be taken: what, and why."""


class Missing(Failure):
    """A program that this machine does not have."""


def _die_with_parent():
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


class Programs:
    """What a build folder holds, and a folder for all that is written meanwhile."""

    def __init__(self, build):
        self.build = Path(build)
        self._folder = tempfile.TemporaryDirectory(prefix="unscripted-compare-")
        self.folder = Path(self._folder.name)
        own = {k: v for k, v in os.environ.items() if not k.startswith("UNSCRIPTED_")}
        self.environment = {**own, "TMPDIR": self._folder.name}
        self.unscripted = self._built("bin/unscripted")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def _built(self, name):
        path = self.build / name
        if not path.exists():
            raise Missing(f"{path} is not there: build with `cmake --build --preset release`, or "
                          "say where it is with --build")
        return str(path)

    def peer(self, name):
        return self._built(f"bench/{name}")

    def start(self, command, **more):
        return subprocess.Popen(
            [str(word) for word in command], env=self.environment, cwd=self.folder,
            stdout=subprocess.PIPE, text=True, preexec_fn=_die_with_parent,
            **{"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, **more})

    def output(self, command):
        """All that a program prints; it must end with 0."""
        process = self.start(command)
        try:
            out, err = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired as late:
            raise Failure(f"{' '.join(map(str, command))}: no end after {PATIENCE_S} s") from late
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        if process.returncode != 0:
            raise Failure(f"{' '.join(map(str, command))}: exit code {process.returncode}: "
                          f"{err.strip()}")
        return out

    def answer(self, command):
        return json.loads(self.output(command))

    def bench(self, *arguments):
        return self.answer([self.unscripted, "bench", *arguments, "--json"])

    def peer_answer(self, name, *arguments):
        return self.answer([self.peer(name), *arguments])

    # -- servers ----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _serving(self, command):
        """The address of a server that tells where it listens. Its input is open until its end."""
        complaints = tempfile.TemporaryFile("w+", dir=self.folder)
        process = self.start(command, stdin=subprocess.PIPE, stderr=complaints)
        try:
            for line in process.stdout:
                found = LISTENING.search(line)
                if found:
                    yield f"127.0.0.1:{found[1]}"
                    return
            complaints.seek(0)
            raise Failure(f"{command[0]} did not start: {complaints.read().strip()}")
        finally:
            end(process)
            complaints.close()

    def server(self, durability):
        """One of ours, in a folder of its own."""
        data = tempfile.mkdtemp(dir=self.folder)
        return self._with_folder(data, [self.unscripted, "serve", "--tcp", "127.0.0.1:0", "--http",
                                        "off", "--data", data, "--durability", durability])

    @contextlib.contextmanager
    def _with_folder(self, folder, command):
        try:
            with self._serving(command) as where:
                yield where
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def echo_server(self, answer_bytes, keeps):
        """One that writes an event to RocksDB before it answers, where it `keeps`."""
        command = [self.peer("echo_server"), "--answer-bytes", answer_bytes]
        if not keeps:
            return self._serving(command)
        data = tempfile.mkdtemp(dir=self.folder)
        return self._with_folder(data, [*command, "--keep", f"{data}/kept"])

    @contextlib.contextmanager
    def redis(self, fsync):
        """The port of a Redis that keeps what it is told in an append-only file."""
        server = shutil.which("redis-server")
        if not server or not shutil.which("redis-benchmark"):
            raise Missing("Redis is not installed; to compare with it: apt install redis-server")
        data, port = tempfile.mkdtemp(dir=self.folder), free_port()
        process = self.start(
            [server, "--port", port, "--bind", "127.0.0.1", "--dir", data, "--daemonize", "no",
             "--save", "", "--appendonly", "yes", "--appendfsync", fsync, "--logfile",
             f"{data}/log"])
        try:
            await_port(process, port)
            yield port
        finally:
            end(process)
            shutil.rmtree(data, ignore_errors=True)

    def redis_sets_per_s(self, port, requests, connections, inflight):
        """Redis' own client, with events as large as RocksDB's peer has."""
        printed = self.output(
            ["redis-benchmark", "-h", "127.0.0.1", "-p", port, "-t", "set", "-d", 48, "-r", 100000,
             "-c", connections, "-P", inflight, "-n", requests, "--csv"])
        rows = [row for row in csv.reader(io.StringIO(printed)) if row and row[0] == "SET"]
        if not rows:
            raise Failure(f"redis-benchmark printed no SET: {printed!r}")
        return float(rows[0][1])


def end(process):
    """Ends a process of our own, as it would be asked to by its user."""
    if process.stdin:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(process, port):
    """Until something listens there, or the process has ended."""
    last = time.monotonic() + START_PATIENCE_S
    while process.poll() is None and time.monotonic() < last:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)  # it has no other way to tell
    raise Failure(f"nothing listens on port {port}: the program there did not start")
