#!/usr/bin/env python3
"""docs/history-methods.md says what the server says: the params of each method about histories as
`describe` has them, what each example is answered, and predicates that are ones.

A line of an example that has a `method` and an `id` is a request; the lines after it are what
comes, in order. "…" stands for anything within a line.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("UNSCRIPTED_SOURCE_DIR") or Path(__file__).resolve().parents[2])
sys.path.insert(0, str(ROOT / "tests/protocol"))

import harness  # noqa: E402

PAGE = (ROOT / "docs/history-methods.md").read_text(encoding="utf-8")
HEADER = (ROOT / "core/predicate.hpp").read_text(encoding="utf-8")

LIFE = re.search(r"^\$ \./run (demo .*) --data \S+$", PAGE, re.M)[1].split()
COPIES = "/srv/copies"  # a folder of the page; ours is elsewhere
GAP = "…"
ALSO = {"world.fork", "server.backup", "server.checkpoint", "subscribe"}
SECTION = re.compile(r"^## `?([^`\n]+)`?\n(.*?)(?=^## |\Z)", re.M | re.S)
ROW = re.compile(r"^\| `(\w+)`( \(required\))? \| (.+) \|$", re.M)
BLOCK = re.compile(r"^```json\n(.*?)^```$", re.M | re.S)
READING = re.compile(r"^\| (`.+`) \| .+ \| `(.+)` \|$", re.M)
RULE = re.compile(r"^(?://  |    )( *\w+ += .*)$", re.M)


def sections():
    return dict(SECTION.findall(PAGE))


def pattern(line):
    return re.compile(".*".join(map(re.escape, line.split(GAP))))


def words(text):
    return [" ".join(rule.split()) for rule in RULE.findall(text)]


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory(prefix="unscripted-test-")
        cls.addClassCleanup(kept.cleanup)
        cls.folder = Path(kept.name)
        data = cls.folder / "data"
        subprocess.run([harness.BINARY, *LIFE, "--data", str(data)], check=True, timeout=120,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd=cls.folder)
        cls.server = harness.Server(data=data).start()
        cls.addClassCleanup(cls.server.close)
        cls.client = cls.server.connect()
        cls.addClassCleanup(cls.client.close)
        cls.described = cls.client.call("describe")["methods"]


class Methods(Page):
    def test_every_method_about_histories_has_a_section_and_no_other(self):
        here = [name for name in sections() if "." in name or name == "subscribe"]
        there = {name for name in self.described if name.startswith("history.")} | ALSO
        self.assertEqual(sorted(here), sorted(there))

    def test_each_has_the_params_that_describe_has_in_its_order(self):
        for name, text in sections().items():
            if name not in self.described:
                continue
            with self.subTest(method=name):
                schema = self.described[name]["params"]
                rows = ROW.findall(text)
                self.assertEqual(sorted(r[0] for r in rows), sorted(schema["properties"]))
                self.assertEqual(sorted(r[0] for r in rows if r[1]), sorted(schema["required"]))

    def test_each_has_an_example_that_asks_it(self):
        for name, text in sections().items():
            if name in self.described:
                asked = [json.loads(line) for block in BLOCK.findall(text)
                         for line in block.splitlines() if '"params":{' in line and GAP not in line]
                self.assertIn(name, [a.get("method") for a in asked], name)


class Examples(Page):
    def read_until(self, answered):
        """All lines up to the answer with that id, or to an event that says the end."""
        lines = []
        while True:
            line = self.client.read_line()
            self.assertIsNotNone(line, f"the connection ended after {lines}")
            lines.append(line.decode().replace(str(self.folder), COPIES))
            message = json.loads(line)
            if message.get("method" if answered is None else "id") == (answered or "ended"):
                return lines

    def test_each_example_is_answered_as_it_says(self):
        lines = [line for block in BLOCK.findall(PAGE) for line in block.splitlines()]
        asked, came = 0, []
        for line in lines:
            if line.startswith('{"id"') and '"method"' in line:
                self.client.send_line(line.replace(COPIES, str(self.folder)))
                asked += 1
                came = self.read_until(json.loads(line)["id"])
                continue
            if line.startswith('{"method"') and not came:
                came = self.read_until(None)
            found = next((i for i, one in enumerate(came) if pattern(line).fullmatch(one)), None)
            if found is None:
                self.fail("\n".join(("-- expected:", line, "-- came:", *came)))
            del came[:found + 1]
        self.assertGreater(asked, 20)


class Predicates(Page):
    def examples(self):
        text = sections()["Predicates"]
        spans = re.findall(r"`([^`]+)`", re.sub(r"(?m)^\|.*$", "", text))
        return [example for _, example in READING.findall(text)] + \
            [" ".join(span.split()) for span in spans if re.search(r" [<>]=? ", span)]

    def test_the_page_has_the_grammar_that_the_header_has(self):
        rules = words(sections()["Predicates"])
        self.assertEqual(len(rules), 7)
        self.assertEqual(rules, words(HEADER)[:len(rules)])

    def test_every_reading_of_the_header_has_a_row(self):
        readings = HEADER.split("reading     =")[1].split("\n//\n")[0]
        names = set(re.findall(r'[|=] +"([a-z]+)', "= " + readings))
        shown = " ".join(row for row, _ in READING.findall(PAGE))
        self.assertLessEqual({"tick", "count", "deaths", "alive", "mean"}, names)
        for name in names:
            self.assertRegex(shown, rf"\b{name}\b")

    def test_every_example_is_a_predicate(self):
        examples = self.examples()
        self.assertGreater(len(examples), 18)
        for when in examples:
            with self.subTest(when=when):
                found = self.client.call("history.bisect", world="eden", when=when)
                self.assertEqual(found["when"], when)

    def test_the_limits_are_those_that_the_header_has(self):
        for constant, unit in (("bytes", "bytes"), ("nesting", "levels")):
            limit = int(re.search(rf"predicate_{constant}_max = (\d+)", HEADER)[1])
            self.assertIn(f"{limit:,} {unit}", PAGE)


if __name__ == "__main__":
    harness.main()
