"""Pages to type along: their commands, in order, in a folder of their own, print what is shown.

In a page's blocks of `console`, a line that begins with "$ " is a command, and the lines after it
are what it prints: "…" stands for anything within a line, and a line that is only "…" for any
lines. How wide the columns of a table are is not compared. "Save this as `FILE`:" before a block
says where the block goes. A page's folder is where a reader stands: that of the source tree, of
which there is nothing but `./run` and what it builds.
"""

import collections
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import node
from node import harness

ADDRESS = "127.0.0.1:4000"  # where the server of a page listens; ours is elsewhere
CHANCE_PATIENCE = 400.0  # seconds until bots that choose at random have done something
PROMPT = "$ "
GAP = "…"
BUILD = Path(harness.BINARY).resolve().parent.parent

# What a reader leaves in a terminal of its own: what serves, with no end to it.
STAYS = re.compile(r"\./run( serve\b.*| demo\b(?!.* --(ticks|seconds)).*)?")
STARTED = re.compile(r"^(?:listening on|server at) [^\s,]+:(\d+)", re.M)

Step = collections.namedtuple("Step", "command expected")
SavedFile = collections.namedtuple("SavedFile", "name text")

BLOCK = re.compile(r"(?:^|ave\s+this\s+as `(?P<name>[^`]+)`:\n\n)"
                   r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S)


def commands(text):
    """Those of one block, each with the output that is shown."""
    found = []
    for line in text.splitlines():
        if line.startswith(PROMPT):
            found.append(Step(line[len(PROMPT):], []))
        elif found:
            found[-1].expected.append(line)
        else:
            raise AssertionError(f"output without a command: {line}")
    return found


def steps(page):
    """The commands of a page and the files that it has saved, in order."""
    found = []
    for block in BLOCK.finditer(page):
        if block["kind"] == "console":
            found += commands(block["text"])
        elif block["name"]:
            found.append(SavedFile(block["name"], block["text"]))
    return found


def pattern(expected):
    """What matches these lines, each ended, and nothing else."""
    lines = []
    for line in expected:
        if line.strip() == GAP:
            lines.append(r"(?:[^\n]*\n)*?")
            continue
        parts = (r"[ ]+".join(map(re.escape, re.split(" +", part)))
                 for part in line.rstrip().split(GAP))
        lines.append(r"[^\n]*".join(parts) + r" *\n")
    return re.compile("".join(lines))


def in_bash(address):
    """As the name of a file that is a connection."""
    return "/dev/tcp/" + address.replace(":", "/")


def is_as_shown(expected, came):
    return pattern(expected).fullmatch(came) is not None


class Tutorial(unittest.TestCase):
    """A reader's folder, and what runs in the other terminal."""

    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="unscripted-test-")
        self.addCleanup(kept.cleanup)
        self.folder = Path(kept.name) / "unscripted"
        (self.folder / "build").mkdir(parents=True)
        (self.folder / "build/release").symlink_to(BUILD)
        run = self.folder / "run"
        run.write_text("#!/bin/sh\n[ $# -gt 0 ] || set -- demo --data data\n"
                       f'exec "{harness.BINARY}" "$@"\n')
        run.chmod(0o755)
        self.variables = {"UNSCRIPTED_TCP": "127.0.0.1:0"}  # a free port for those who listen
        self.server = None
        self.printed = self.folder.parent / "printed"  # by the server

    def address(self):
        return self.variables.get("UNSCRIPTED_SERVER", ADDRESS)

    def start(self, command):
        """Starts the server, and waits until it listens. What it printed so far."""
        self.assertTrue(self.server is None or self.server.poll() is not None, command)
        with open(self.printed, "w", encoding="utf-8") as file:
            self.server = subprocess.Popen(
                ["bash", "-c", f"exec {command}"], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT, env=node.environment(**self.variables))
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        harness.poll(lambda: STARTED.search(self.printed.read_text())
                     or self.server.poll() is not None, "the server listens")
        came = self.printed.read_text()
        listening = STARTED.search(came)
        self.assertTrue(listening, f"{command}\n{came}")
        self.variables["UNSCRIPTED_SERVER"] = f"127.0.0.1:{listening[1]}"
        return came

    def run_command(self, command):
        """What it prints, as it would stand in a terminal. Only `diff` may end with 1 untold."""
        if STAYS.fullmatch(command):
            return self.start(command)
        command = command.replace(in_bash(ADDRESS), in_bash(self.address()))
        try:
            ended = subprocess.run(
                ["bash", "-c", command], cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=CHANCE_PATIENCE if command.startswith("until ") else node.PATIENCE,
                env=node.environment(**self.variables))
        except subprocess.TimeoutExpired as late:
            printed = self.printed.read_text() if self.server else ""
            self.fail(f"{PROMPT}{command}\n{late}\n-- the server said:\n{printed}")
        self.assertIn(ended.returncode, (0, 1) if "history diff" in command else (0,),
                      f"{PROMPT}{command}\n{ended.stdout}")
        return ended.stdout

    def type_along(self, page):
        """Does all of a page; at its end the server that it started has been stopped."""
        for step in steps(page):
            if isinstance(step, SavedFile):
                file = self.folder / step.name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(step.text, encoding="utf-8")
                continue
            command, expected = step
            came = self.run_command(command)
            came = came.replace(self.address(), ADDRESS)
            if not is_as_shown(expected, came):
                self.fail("\n".join((f"{PROMPT}{command}", "-- expected:", *expected,
                                     "-- came:", came)))
        self.assertEqual(self.server.wait(harness.STOP_PATIENCE), node.DONE)

    def assert_every_command_is_a_step(self, page, least):
        """Nothing stands where it would not be run, or saved."""
        for block in BLOCK.finditer(page):
            self.assertTrue(block["kind"] == "console" or block["name"], block["text"])
        run = [step.command for step in steps(page) if isinstance(step, Step)]
        self.assertGreater(len(run), least)
        self.assertEqual(re.findall(r"^\s*\$ (.*)$", page, re.M), run)
        self.assertEqual(page.count("./run "), sum(command.count("./run ") for command in run))


class WithCompiler(Tutorial):
    """A reader who builds plugins."""

    @classmethod
    def setUpClass(cls):
        for tool in ("cmake", "c++"):
            if not shutil.which(tool):
                raise unittest.SkipTest(f"there is no {tool} here")
