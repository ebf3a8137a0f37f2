#!/usr/bin/env python3
"""What docs/plugins.md shows is what happens, out of the source tree. Its limits are the code's."""

import re
import unittest

import tutorial
from node import harness

PAGE = (harness.ROOT / "docs/plugins.md").read_text(encoding="utf-8")

# What the page says: (the words around it, the constant, where that stands).
LIMITS = (
    (r"\| ([\d,]+) \| effects of one command", "effects_max", "core/transaction.hpp"),
    (r"\| ([\d,]+) \| random draws of one command", "draws_max", "core/transaction.hpp"),
    (r"\| ([\d,]+) bytes, or less", "text_bytes_max", "core/thing.hpp"),
    (r"\| ([\d,]+) \| things that one thing carries", "carried_max", "core/thing.hpp"),
    (r"\| ([\d,]+) \| things that `near` finds", "near_max", "plugins/host.cpp"),
    (r"\| ([\d,]+) \| parameters of an action", "parameters_max", "core/catalogue.hpp"),
    (r"\| ([\d,]+) \| entries of each table", "entries_max", "plugins/inspect.cpp"),
    (r"\| ([\d,]+) bytes \| a summary;", "summary_bytes_max", "plugins/inspect.cpp"),
    (r"\| ([\d,]+) bytes \| .*reason of a refusal", "reason_bytes_max", "core/record.hpp"),
    (r"a build with ([\d,]+) faults", "plugin_faults_max", "gateway/plugin_watch.hpp"),
    (r"faults within ([\d,]+) s", "plugin_fault_window", "gateway/plugin_watch.hpp"),
    (r"Stay below ([\d,]+) ms", "plugin_call_budget", "gateway/plugin_watch.hpp"),
    (r"named in the log after ([\d,]+) s", "plugin_call_long", "gateway/plugin_watch.hpp"),
    (r"ends after ([\d,]+) s and is started anew", "hang_limit", "cli/supervisor.hpp"),
    (r"A build that did so ([\d,]+) times", "crashes_max", "gateway/plugin_registry.hpp"),
)


class Limits(unittest.TestCase):
    def test_the_limits_that_the_page_names_are_those_of_the_code(self):
        words = " ".join(PAGE.split())
        for said, constant, file in LIMITS:
            with self.subTest(constant=constant):
                code = (harness.ROOT / file).read_text(encoding="utf-8")
                value = re.search(rf"\b{constant}(?: = |\{{)(\d+)\b", code)
                shown = re.search(said, words)
                self.assertTrue(value, f"no constant {constant} in {file}")
                self.assertTrue(shown, f"not on the page: {said}")
                self.assertEqual(int(shown[1].replace(",", "")), int(value[1]))


class Plugins(tutorial.WithCompiler):
    def test_every_command_of_the_tutorial_prints_what_it_shows(self):
        self.type_along(PAGE)

    def test_no_command_of_the_tutorial_is_left_unrun(self):
        self.assert_every_command_is_a_step(PAGE, 20)


if __name__ == "__main__":
    harness.main()
