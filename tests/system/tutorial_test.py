#!/usr/bin/env python3
"""What docs/histories.md shows is what happens: its commands, in order, in a folder of their own.

In its blocks of `console`, a line that begins with "$ " is a command, and the lines after it are
what it prints: "…" stands for anything within a line, and a line that is only "…" for any lines.
How wide the columns of a table are is not compared.
"""

import collections
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import node
import harness

TUTORIAL = (harness.ROOT / "docs/histories.md").read_text(encoding="utf-8")
ADDRESS = "127.0.0.1:4000"  # where the server of the tutorial listens; ours is elsewhere
PROMPT = "$ "
GAP = "…"

Step = collections.namedtuple("Step", "command expected")


def steps(text):
    """The commands of the tutorial, each with the output that is shown."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        for line in block.splitlines():
            if line.startswith(PROMPT):
                found.append(Step(line[len(PROMPT):], []))
            elif found:
                found[-1].expected.append(line)
            else:
                raise AssertionError(f"output without a command: {line}")
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


def is_as_shown(expected, came):
    return pattern(expected).fullmatch(came) is not None


class Notation(unittest.TestCase):
    def test_an_output_is_compared_but_for_its_gaps(self):
        for expected, came, alike in (
                (["a  b"], "a b\n", True), (["a b"], "a c\n", False), (["a"], "", False),
                (["a", "…", "z"], "a\nb\nc\nz\n", True), (["a", "…", "z"], "a\nz\n", True),
                (["a…z"], "a to z\n", True), (["a…z"], "a\nz\n", False), ([], "a\n", False),
                (["a", "…"], "a\nz\n", True), (["1.5"], "125\n", False), (["…"], "", True)):
            with self.subTest(expected=expected, came=came):
                self.assertEqual(is_as_shown(expected, came), alike)

    def test_no_command_of_the_tutorial_is_left_unrun(self):
        run = steps(TUTORIAL)
        self.assertGreater(len(run), 20)
        self.assertEqual(re.findall(r"^\s*\$ (.*)$", TUTORIAL, re.M), [s.command for s in run])
        self.assertEqual(TUTORIAL.count("./run "), sum(s.command.count("./run ") for s in run))


class Tutorial(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="unscripted-test-")
        self.addCleanup(kept.cleanup)
        self.folder = Path(kept.name)
        run = self.folder / "run"
        run.write_text(f'#!/bin/sh\nexec "{harness.BINARY}" "$@"\n')
        run.chmod(0o755)
        plugins = self.folder / "build/release/plugins"
        plugins.parent.mkdir(parents=True)
        plugins.symlink_to(harness.PLUGINS.resolve())
        self.variables = {"UNSCRIPTED_TCP": "127.0.0.1:0"}  # a free port for those who listen
        self.server = None

    def start(self, command):
        """Starts the server, and waits until it listens. What it printed so far."""
        self.assertTrue(self.server is None or self.server.poll() is not None, command)
        printed = self.folder / "printed"
        with open(printed, "w", encoding="utf-8") as file:
            self.server = subprocess.Popen(
                ["bash", "-c", f"exec {command}"], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT, env=node.environment(**self.variables))
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        harness.poll(lambda: harness.LISTENING.search(printed.read_text())
                     or self.server.poll() is not None, "the server listens")
        came = printed.read_text()
        listening = harness.LISTENING.search(came)
        self.assertTrue(listening, f"{command}\n{came}")
        self.variables["UNSCRIPTED_SERVER"] = f"127.0.0.1:{listening[1]}"
        return came

    def run_command(self, command):
        """What it prints, as it would stand in a terminal. Only `diff` may end with 1 untold."""
        if re.match(r"\./run serve\b", command):
            return self.start(command)
        ended = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=node.PATIENCE,
            env=node.environment(**self.variables))
        self.assertIn(ended.returncode, (0, 1) if "history diff" in command else (0,),
                      f"{PROMPT}{command}\n{ended.stdout}")
        return ended.stdout

    def test_every_command_prints_what_the_tutorial_shows(self):
        for command, expected in steps(TUTORIAL):
            came = self.run_command(command)
            came = came.replace(self.variables.get("UNSCRIPTED_SERVER", ADDRESS), ADDRESS)
            if not is_as_shown(expected, came):
                self.fail("\n".join((f"{PROMPT}{command}", "-- expected:", *expected,
                                     "-- came:", came)))
        self.assertEqual(self.server.wait(harness.STOP_PATIENCE), node.DONE)


if __name__ == "__main__":
    harness.main()
