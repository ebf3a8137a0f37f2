"""What the system tests share: runs of the program, and the harness of the protocol's tests."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "protocol"))
import harness  # noqa: E402

PATIENCE = 120.0  # seconds for one run of the program

# On a busy machine any plugin is slow now and then: that is told, and is no fault.
SLOW_PLUGIN = re.compile(r"^.*\[warning\] plugin \S+: one call in a hundred of .*\n", re.M)

DONE, REFUSED, WRONG_USAGE, CANNOT_CONNECT = 0, 1, 2, 3  # exit codes


def environment(**added):
    """Ours, without what a developer's shell may tell the program. Servers of many tests at once
    don't fight for one HTTP port."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("UNSCRIPTED_")}
    return {**own, "UNSCRIPTED_HTTP": "off", **added}


def run(*arguments, **variables):
    """Runs the program to its end. `variables` are added to its environment."""
    return subprocess.run(
        [harness.BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, timeout=PATIENCE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(**variables))


def run_with(text, *arguments):
    """The same, with that on its standard input."""
    return subprocess.run([harness.BINARY, *map(str, arguments)], input=text, timeout=PATIENCE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment())


def output(*arguments, **variables):
    """What the program prints; it must end with 0 and complain of nothing."""
    ended = run(*arguments, **variables)
    if ended.returncode != DONE or SLOW_PLUGIN.sub("", ended.stderr):
        raise AssertionError(f"{arguments}: exit code {ended.returncode}\n{ended.stderr}")
    return ended.stdout


def answer(*arguments, **variables):
    """What the program prints with --json: one object on one line."""
    printed = output(*arguments, "--json", **variables)
    if printed.count("\n") != 1 or not printed.endswith("\n"):
        raise AssertionError(f"{arguments}: not one line: {printed}")
    return json.loads(printed)


def demo(data, *arguments, **variables):
    """A demo on a free port, to its end; its summary."""
    return answer("demo", "--tcp", "127.0.0.1:0", "--data", data, *arguments, **variables)


def kill_start(server, after_s, how=signal.SIGKILL):
    """Starts a server anew and sends it that signal after that time, wherever it is by then; its
    exit code."""
    starting = subprocess.Popen(
        [harness.BINARY, "serve", "--tcp", "127.0.0.1:0", "--data", str(server.data),
         *server.options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=environment(TMPDIR=str(server.folder)))
    try:
        starting.wait(after_s)
    except subprocess.TimeoutExpired:
        starting.send_signal(how)
        starting.wait(harness.PATIENCE)
    finally:
        starting.kill()
        starting.wait()
    return starting.returncode


def records(client, world, first=1):
    """The records of a world that stands still, from a sequence to the last."""
    page = {"next": first}
    while "next" in page:
        page = client.call("history.read", world=world, **{"from": page["next"]})
        yield from page["records"]


class SystemTest(unittest.TestCase):
    """Folders and servers that end with the test."""

    def folder(self):
        kept = tempfile.TemporaryDirectory(prefix="unscripted-test-")
        self.addCleanup(kept.cleanup)
        return Path(kept.name) / "data"

    def server(self, *options, data=None):
        server = harness.Server(*options, data=data)
        self.addCleanup(server.close)
        return server.start()

    def connect(self, server):
        client = server.connect()
        self.addCleanup(client.close)
        return client
