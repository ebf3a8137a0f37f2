#!/usr/bin/env python3
"""What docs/histories.md shows is what happens: each command, in order, in a folder of its own."""

import unittest

import tutorial
from node import harness

HISTORIES = (harness.ROOT / "docs/histories.md").read_text(encoding="utf-8")


class Notation(unittest.TestCase):
    def test_an_output_is_compared_but_for_its_gaps(self):
        for expected, came, alike in (
                (["a  b"], "a b\n", True), (["a b"], "a c\n", False), (["a"], "", False),
                (["a", "…", "z"], "a\nb\nc\nz\n", True), (["a", "…", "z"], "a\nz\n", True),
                (["a…z"], "a to z\n", True), (["a…z"], "a\nz\n", False), ([], "a\n", False),
                (["a", "…"], "a\nz\n", True), (["1.5"], "125\n", False), (["…"], "", True)):
            with self.subTest(expected=expected, came=came):
                self.assertEqual(tutorial.is_as_shown(expected, came), alike)

    def test_a_block_is_saved_where_the_words_before_it_say_so(self):
        page = "Save this as `a/b.c`:\n\n```c\nint a;\n```\n\n```c\nint b;\n```\n\n" \
               "```console\n$ cat a/b.c\nint a;\n$ true\n```\n"
        self.assertEqual(tutorial.steps(page),
                         [tutorial.SavedFile("a/b.c", "int a;\n"),
                          tutorial.Step("cat a/b.c", ["int a;"]), tutorial.Step("true", [])])

    def test_what_serves_without_an_end_stays_in_a_terminal_of_its_own(self):
        for command, stays in (("./run", True), ("./run serve --data x", True),
                               ("./run demo --pace realtime", True), ("./run stop", False),
                               ("./run demo --hosted --ticks 7", False), ("./run simulate", False),
                               ("./run demo --seconds 3 --hosted", False)):
            with self.subTest(command=command):
                self.assertEqual(tutorial.STAYS.fullmatch(command) is not None, stays)


class Histories(tutorial.Tutorial):
    def test_no_command_of_the_tutorial_is_left_unrun(self):
        self.assert_every_command_is_a_step(HISTORIES, 20)

    def test_every_command_prints_what_the_tutorial_shows(self):
        self.type_along(HISTORIES)


if __name__ == "__main__":
    harness.main()
