#!/usr/bin/env python3
"""The demo as a person meets it: in a terminal, in a pipe, interrupted, and gone on with."""

import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios
import time
from pathlib import Path

import node
import harness

SUMMARY = {"world", "seed", "tick", "ticks_per_s", "actions", "actions_per_s", "years_per_hour",
           "years_lived", "population", "deaths", "seq", "hash"}
NUMBER = r"[\d.,]+(e[+-]\d+)?"
STATUS = re.compile(
    rf"tick {NUMBER}\b.* {NUMBER} ticks/s\b.* {NUMBER} actions/s\b.* {NUMBER} × real time\b"
    rf".* {NUMBER} (days|years) lived\b.* {NUMBER} (days|years) an hour\b"
    rf".* {NUMBER} bots\b.*deaths: .+")
SUMMARY_LINES = ("world", "this run", "speed", "an hour of this", "since it began", "population",
                 "deaths", "history")
DEFAULT_PORT = 4000


def port_in(printed):
    """Where the server of a demo listens, by what the demo said."""
    return int(re.search(r"server .*127\.0\.0\.1:(\d+)", printed)[1])


def is_pending(pid, which):
    """Whether the process has not taken this signal yet."""
    status = Path(f"/proc/{pid}/status").read_text()
    pending = re.search(r"^ShdPnd:\s*([0-9a-f]+)", status, re.M)
    return bool(int(pending.group(1), 16) >> (which - 1) & 1)


class Running:
    """A demo that is still under way, and what it has printed so far."""

    def __init__(self, *arguments, out=subprocess.PIPE):
        self.process = subprocess.Popen(
            [harness.BINARY, "demo", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT if out == subprocess.PIPE else subprocess.DEVNULL,
            env=node.environment())
        self.out = b""

    def await_text(self, text, file=None):
        """Reads until the text is there; all that was read."""
        end = time.monotonic() + harness.PATIENCE
        file = self.process.stdout.fileno() if file is None else file
        while text.encode() not in self.out:
            ready = select.select([file], [], [], max(0, end - time.monotonic()))[0]
            got = os.read(file, 65536) if ready else b""
            if not got:
                raise AssertionError(f"no {text!r} in {self.out.decode()}")
            self.out += got
        return self.out.decode()

    def interrupt(self):
        """Ctrl-C; all that it printed, to its end."""
        self.process.send_signal(signal.SIGINT)
        self.out += self.process.communicate(timeout=harness.PATIENCE)[0]
        return self.out.decode()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class Screen:
    """What a terminal shows, as far as the demo uses one."""

    TOKEN = re.compile(r"\033\[(\d*)([A-Z])|([\r\n])|([^\033\r\n]+)|(\033)")

    def __init__(self):
        self.lines, self.row, self.column = [""], 0, 0

    def write(self, text):
        """Yields what is shown after each piece of text that was written."""
        for count, command, end, words, other in self.TOKEN.findall(text):
            assert not other, f"what is this terminal to do? {text!r}"
            if command:
                self._obey(command, int(count or 1))
            elif end:
                self._end(end)
            else:
                self._put(words)
                yield list(self.lines)

    def _obey(self, command, count):
        line = self.lines[self.row][:self.column]
        if command == "A":
            self.row = max(0, self.row - count)
        elif command == "K":
            self.lines[self.row] = line
        elif command == "J":
            self.lines[self.row:] = [line]
        else:
            raise AssertionError(f"unknown to this terminal: {command}")

    def _end(self, end):
        self.column = 0
        if end == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")

    def _put(self, words):
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[:self.column] + words + line[self.column + len(words):]
        self.column += len(words)


class DemoTest(node.SystemTest):
    def start(self, data, *arguments, **more):
        running = Running("--data", data, *arguments, **more)
        self.addCleanup(running.close)
        return running

    def world(self, data):
        """The world in a folder and its bots, by a server of its own."""
        with harness.Server(data=data) as server, server.connect() as client:
            bots = client.call("thing.list", world="eden", kind="bot")["items"]
            return client.call("world.get", world="eden"), bots

    def test_off_a_terminal_lines_tell_how_it_goes_and_a_summary_ends_it(self):
        printed = node.output("demo", "--seconds", 3, "--tcp", "127.0.0.1:0", "--data",
                              self.folder())
        lines = printed.splitlines()

        self.assertTrue([line for line in lines if STATUS.fullmatch(line)], printed)
        for name in SUMMARY_LINES:
            self.assertTrue([line for line in lines if line.startswith(name + "  ")], name)
        self.assertNotIn("\033", printed)
        self.assertNotIn("\r", printed)

    def test_the_json_summary_has_what_is_documented(self):
        ended = node.demo(self.folder(), "--seconds", 0.5, "--seed", 11)

        self.assertLessEqual(SUMMARY, set(ended))
        self.assertEqual((ended["world"], ended["seed"], ended["population"]), ("eden", 11, 10))
        self.assertRegex(ended["hash"], "^[0-9a-f]{16}$")
        for rate in ("ticks_per_s", "actions_per_s", "years_per_hour", "years_lived"):
            self.assertGreater(ended[rate], 0)
        self.assertGreaterEqual(ended["seq"], ended["actions"])
        self.assertEqual(ended["deaths"], {})

    def test_signals_in_quick_succession_are_one_wish_to_stop(self):
        """As from a terminal and a `timeout` around it: the second once ended all at once."""
        demo = self.start(self.folder(), "--tcp", "127.0.0.1:0", "--seconds", 60)
        demo.await_text("Ctrl-C")
        demo.process.send_signal(signal.SIGINT)
        while is_pending(demo.process.pid, signal.SIGINT):
            pass  # it is taken within microseconds; two at once would be one

        printed = demo.interrupt()

        self.assertEqual(demo.process.returncode, 0, printed)
        self.assertIn("state hash", printed)

    def test_after_ctrl_c_the_same_bots_go_on_from_the_same_tick(self):
        data = self.folder()
        first = self.start(data, "--tcp", "127.0.0.1:0", "--seconds", 60)
        first.await_text("Ctrl-C")
        printed = first.interrupt()
        world, bots = self.world(data)
        second = node.demo(data, "--ticks", 5)
        later_world, later_bots = self.world(data)

        self.assertEqual(first.process.returncode, 0, printed)
        self.assertIn(world["hash"], printed)
        self.assertEqual((second["seed"], second["tick"]), (world["seed"], world["tick"] + 5))
        self.assertEqual([bot["id"] for bot in later_bots], [bot["id"] for bot in bots])
        self.assertEqual(later_world["hash"], second["hash"])
        self.assertEqual(len(bots), 10)

    def test_after_a_kill_the_same_bots_go_on_from_where_they_were_seen(self):
        data = self.folder()
        first = self.start(data, "--tcp", "127.0.0.1:0", "--seconds", 60)
        client = harness.Client(port_in(first.await_text("Ctrl-C")))
        self.addCleanup(client.close)
        seen = harness.poll(lambda: next(
            (world for world in [client.call("world.get", world="eden")]
             if world["tick"] > 100), None), "tick 100")
        bots = client.call("thing.list", world="eden", kind="bot")["items"]
        first.kill()
        second = node.demo(data, "--ticks", 5)

        self.assertGreaterEqual(second["tick"], seen["tick"] + 5)
        self.assertEqual(second["seed"], seen["seed"])
        self.assertEqual([bot["id"] for bot in self.world(data)[1]], [bot["id"] for bot in bots])

    def test_going_on_says_at_which_tick(self):
        data = self.folder()
        node.demo(data, "--ticks", 40)
        printed = node.output("demo", "--tcp", "127.0.0.1:0", "--ticks", 1, "--data", data)

        self.assertRegex(printed, r"world eden .*\bon at tick 40\b")

    def test_another_program_on_the_default_port_is_said_and_got_around(self):
        with socket.socket() as other:
            try:
                other.bind(("127.0.0.1", DEFAULT_PORT))
                other.listen()
            except OSError:
                pass  # it is taken already, which is as good
            printed = node.output("demo", "--ticks", 1, "--data", self.folder())

        self.assertRegex(printed, f"port {DEFAULT_PORT} is taken")
        self.assertNotEqual(port_in(printed), DEFAULT_PORT)

    def test_wells_and_bots_are_as_many_as_asked_for(self):
        ended = node.demo(self.folder(), "--bots", 25, "--wells", 4, "--ticks", 10, "--world", "oz")

        self.assertEqual((ended["world"], ended["population"], ended["actions"]), ("oz", 25, 250))


class TerminalTest(node.SystemTest):
    columns = 60

    def setUp(self):
        self.terminal, self.program_side = pty.openpty()
        self.addCleanup(os.close, self.terminal)
        fcntl.ioctl(self.program_side, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, self.columns, 0, 0))

    def run_demo(self, *arguments):
        """All that the terminal got."""
        running = Running("--data", self.folder(), "--tcp", "127.0.0.1:0", *arguments,
                          out=self.program_side)
        self.addCleanup(running.close)
        os.close(self.program_side)
        running.await_text("state hash", self.terminal)
        self.assertEqual(running.process.wait(harness.PATIENCE), 0)
        return running.out.decode()

    def test_on_a_terminal_the_status_is_redrawn_in_place(self):
        screen, drawn = Screen(), set()
        for shown in screen.write(self.run_demo("--seconds", 1.5)):
            status = [line for line in shown if line.startswith("tick ")]
            self.assertLessEqual(len(status), 1, "\n".join(shown))
            drawn.update(status)

        self.assertGreaterEqual(len(drawn), 3)
        self.assertLess(max(map(len, drawn)), self.columns)
        self.assertFalse([line for line in screen.lines if line.startswith("tick ")])
        self.assertTrue([line for line in screen.lines if line.startswith("history ")])


if __name__ == "__main__":
    harness.main()
