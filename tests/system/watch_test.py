#!/usr/bin/env python3
"""`watch`: the map in a terminal, in a pipe, and as one picture."""

import json
import math
import subprocess

import node
import harness
from terminal import ENDS, Terminal


def frame_of(lines):
    """Of the world's walls: the first and last row and column inside."""
    corners = {letter: (row, line.index(letter)) for letter in "┌┘"
               for row, line in enumerate(lines) if letter in line}
    if len(corners) < 2:
        return None
    (top, left), (bottom, right) = corners["┌"], corners["┘"]
    return top + 1, left + 1, bottom - top - 1, right - left - 1


def cell_of(lines, world, thing):
    """Where a thing is to be seen, by what the server says of it."""
    top, left, rows, columns = frame_of(lines)
    (width, _, depth), (x, _, z) = world["dims"], thing["pos"]
    return top + math.floor(z / depth * rows), left + math.floor(x / width * columns)


class WatchTest(node.SystemTest):
    def setUp(self):
        self.node = self.server()
        self.where = ("--server", f"127.0.0.1:{self.node.port}")
        self.client = self.connect(self.node)
        self.world = self.client.call("world.create", name="eden", dims=[20, 10, 20],
                                      rules={"day": 10})
        self.client.call("thing.create", world="eden", kind="well", pos=[10, 0, 10])
        self.ada = self.bot("ada", 4.5, 5.5)["id"]

    def bot(self, name, x, z):
        return self.client.call("bot.create", world="eden", name=name, pos=[x, 0, z])

    def walk(self, angle=0):
        return self.client.call("act", bot=self.ada, action="walk", args={"angle": angle})

    def watch(self, *arguments, **options):
        terminal = Terminal("watch", "eden", *arguments, *self.where, **options)
        self.addCleanup(terminal.close)
        return terminal

    def is_true(self, page):
        """Whether each bot is where the server says it is."""
        lines = page.lines()
        bots = self.client.call("thing.list", world="eden", kind="bot")["items"]
        if not frame_of(lines):
            return False
        cells = [cell_of(lines, self.world, bot) for bot in bots]
        return all(lines[r][c] == bot["name"][0].upper() for bot, (r, c) in zip(bots, cells))

    def test_bots_are_shown_where_they_are_and_go_where_they_go(self):
        self.bot("eve", 15.5, 16.5)
        terminal = self.watch(columns=100)
        terminal.wait_until(self.is_true, "the bots are where they are")
        for angle in (0, 0, 0.25, 0.25, 0.5):
            self.walk(angle)
            terminal.wait_until(self.is_true, "the bot that walked is where it went")
        lines = terminal.page.lines()
        row, column = cell_of(lines, self.world, {"pos": [10, 0, 10]})
        self.assertEqual(lines[row][column], "w")
        self.assertIn("2 bots", lines[0])
        self.assertRegex(terminal.text(), r"50 % +5  A ada")

    def test_deaths_and_births_are_told(self):
        terminal = self.watch()
        terminal.wait_for("deaths: none")
        for _ in range(12):
            self.client.answer(self.client.ask("act", bot=self.ada, action="pass"))
        terminal.wait_for("deaths: 1 of thirst")

    def test_keys_zoom_move_follow_and_show_all(self):
        terminal = self.watch()
        terminal.wait_until(self.is_true, "the bot is where it is")
        terminal.press("f")
        marked = terminal.wait_until(lambda page: page.reversed, "a bot is marked")
        self.assertEqual({terminal.page.cells[cell] for cell in marked}, {"A"})
        terminal.press("+++++")
        terminal.wait_until(lambda page: not frame_of(page.lines()), "the walls are out of sight")
        (row, column), = terminal.page.reversed
        self.assertLess(abs(row - 12) + abs(column - 30), 3, "the bot is not in the middle")
        terminal.press("\x1b[C")
        terminal.wait_until(lambda page: not page.reversed, "who moves the map follows nobody")
        terminal.press("0")
        terminal.wait_until(self.is_true, "all of it is seen again")

    def test_a_paused_view_stands_still_and_catches_up(self):
        terminal = self.watch()
        terminal.wait_until(self.is_true, "the bot is where it is")
        terminal.press(" ")
        terminal.wait_for("stands still")
        for _ in range(3):
            self.walk()
        terminal.press("f")
        terminal.wait_until(lambda page: "A" in (page.cells[c] for c in page.reversed),
                            "the bot is marked")
        self.assertFalse(self.is_true(terminal.page))
        terminal.press("0 ")
        terminal.wait_until(self.is_true, "the bot is where it went")

    def test_another_size_is_drawn_to(self):
        terminal = self.watch(columns=60, rows=24)
        terminal.wait_until(self.is_true, "the bot is where it is")
        terminal.set_size(40, 12)
        terminal.wait_until(lambda page: "q quit" in page.lines()[11], "the keys are on line 12")
        terminal.wait_until(self.is_true, "the bot is where it is")

    def test_however_it_ends_the_terminal_is_as_it_was(self):
        for name, signal in ENDS.items():
            with self.subTest(name):
                terminal = self.watch()
                terminal.wait_until(self.is_true, "the bot is where it is")
                self.assertFalse(terminal.is_given_back())
                terminal.press({"q": "q", "Ctrl-C": "\x03"}.get(name, ""))
                self.assertEqual(terminal.end(signal), 0)
                self.assertTrue(terminal.is_given_back())

    def test_it_waits_for_a_server_that_went_away(self):
        terminal = self.watch(columns=120)
        terminal.wait_until(self.is_true, "the bot is where it is")
        self.node.port_asked = self.node.port
        self.node.kill()
        terminal.wait_for("trying again")
        self.client = self.connect(self.node.start())
        terminal.wait_until(lambda page: "trying again" not in "".join(page.lines()), "it is back")
        self.walk()
        terminal.wait_until(self.is_true, "the bot is where it went")

    def test_that_the_world_was_deleted_is_told(self):
        terminal = self.watch()
        terminal.wait_until(self.is_true, "the bot is where it is")
        lines = subprocess.Popen(
            [harness.BINARY, "watch", "eden", *self.where], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=node.environment())
        self.addCleanup(lines.kill)
        lines.stdout.readline()
        self.client.call("world.delete", world="eden")
        terminal.wait_for("there is no world eden")
        out, complaint = lines.communicate(timeout=harness.PATIENCE)
        self.assertEqual(lines.returncode, node.REFUSED, out)
        self.assertIn("not_found", complaint)

    def test_colours_tell_thirst_unless_nobody_wants_any(self):
        coloured, plain = self.watch(), self.watch(NO_COLOR="1")
        for terminal in (coloured, plain):
            terminal.wait_until(self.is_true, "the bot is where it is")
        self.assertIn("32", coloured.page.colours)
        self.assertEqual(plain.page.colours - {"0"}, set())
        for _ in range(9):
            self.client.call("act", bot=self.ada, action="pass")
        coloured.wait_until(lambda page: "1;31" in page.colours, "the bot is about to die")

    def test_a_hostile_name_is_shown_and_not_obeyed(self):
        self.bot("\u009b2J\u202edlrow", 15, 3)
        terminal = self.watch(columns=100)
        terminal.wait_for("?2J?dlrow")

    def test_a_stored_history_is_watched_to_its_end(self):
        for _ in range(5):
            self.walk()
        terminal = self.watch("--at", "seq:4", "--speed", "1000", columns=100)
        terminal.wait_for("the history ends here")
        self.assertTrue(self.is_true(terminal.page), terminal.text())
        terminal.press("q")
        self.assertEqual(terminal.end(), 0)

    def test_one_picture_is_as_large_as_it_is_told(self):
        size = {"COLUMNS": "50", "LINES": "20"}
        lines = node.output("watch", "eden", "--once", *self.where, **size).splitlines()
        row, column = cell_of(lines, self.world, {"pos": [4.5, 0, 5.5]})
        self.assertEqual(len(lines), 20)
        self.assertEqual(lines[row][column], "A")
        self.assertNotIn("\x1b", "".join(lines))

    def test_without_a_terminal_it_prints_a_line_a_second_until_nobody_reads(self):
        for json_option in ((), ("--json",)):
            with self.subTest(json_option):
                program = subprocess.Popen(
                    [harness.BINARY, "watch", "eden", *json_option, *self.where],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    text=True, env=node.environment())
                self.addCleanup(program.kill)
                lines = [program.stdout.readline(), program.stdout.readline()]
                for line in lines:
                    if json_option:
                        self.assertEqual(json.loads(line)["population"], 1)
                    else:
                        self.assertRegex(line, r"^eden · tick \d+ · .* 1 bots · deaths: none\n")
                program.stdout.close()
                self.assertEqual(program.wait(harness.PATIENCE), 0)
                self.assertEqual(program.stderr.read(), "")
                program.stderr.close()


if __name__ == "__main__":
    harness.main()
