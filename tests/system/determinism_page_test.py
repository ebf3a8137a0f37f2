#!/usr/bin/env python3
"""What docs/determinism.md shows is what happens: wrong plugins are found out, and named."""

import unittest

import tutorial
from node import harness

PAGE = (harness.ROOT / "docs/determinism.md").read_text(encoding="utf-8")


class Determinism(tutorial.WithCompiler):
    def test_every_command_of_the_page_prints_what_it_shows(self):
        self.type_along(PAGE)

    def test_no_command_of_the_page_is_left_unrun(self):
        self.assert_every_command_is_a_step(PAGE, 10)


if __name__ == "__main__":
    harness.main()
