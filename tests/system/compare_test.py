#!/usr/bin/env python3
"""`bench/compare`: that it works, that nothing is missing, and that it notices what is wrong. No
speed is asserted."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import node
import harness

COMPARE = harness.ROOT / "bench" / "compare"
BUILD = Path(harness.BINARY).resolve().parents[1]
PATIENCE = 280.0  # a sanitized build on a busy machine

sys.path.insert(0, str(harness.ROOT / "bench"))
from comparison import figures, measures, programs, report  # noqa: E402

# Each kind of row, by the first word of its name.
KINDS = {"act", "caf", "conn", "crowd", "echo", "history", "hosted", "life", "lockstep",
         "memory", "pactions", "redis", "rocksdb", "simulate"}


def compare(*arguments):
    return subprocess.run([sys.executable, COMPARE, "--build", BUILD, *map(str, arguments)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=PATIENCE, env=node.environment())


class CompareTest(unittest.TestCase):
    def test_a_tiny_run_fills_every_row_and_the_same_work_ends_in_the_same_state(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "run.json"
            ended = compare("--tiny", "--json", "--save", kept)
            self.assertEqual(ended.returncode, 0, ended.stderr + ended.stdout)
            result = json.loads(ended.stdout)
            self.assertEqual(json.loads(kept.read_text()), result)

        listed = compare("--tiny", "--list").stdout.split()
        self.assertEqual(list(result["rows"]), listed)
        self.assertEqual({name.split("/")[0] for name in listed}, KINDS - {"redis"})
        for name, row in result["rows"].items():
            self.assertEqual(len(row["values"]), result["run"]["rounds"], name)
            self.assertGreater(row["low"], 0, name)
            self.assertLessEqual(row["low"], row["median"], name)
            self.assertLessEqual(row["median"], row["high"], name)
        self.assertEqual((result["failures"], result["disagreements"]), ({}, {}))
        self.assertEqual(len(result["agreed"]), 5, result["agreed"])
        self.assertEqual(result["rows"]["lockstep/100x1/1t"]["hash"],
                         result["rows"]["lockstep/100x1/2t"]["hash"])
        self.assertIn("pactions/1000", report.text(result))

    def test_a_whole_run_has_every_kind_of_row_and_each_budget_speaks_of_some(self):
        rows = {row.name for m in measures.all_measures(measures.WHOLE) for row in m.rows}
        quick = {row.name for m in measures.all_measures(measures.QUICK) for row in m.rows}

        self.assertEqual({name.split("/")[0] for name in rows}, KINDS)
        self.assertEqual(rows, quick)
        for budget in figures.read_budgets():
            self.assertLessEqual({budget.of, budget.to} - {None}, rows)

    def test_wrong_usage_says_what_is_wrong(self):
        for arguments, words in (
                (["--only", "nothing*"], "--list"),
                (["--rounds", "0"], "--rounds"),
                (["--quick", "--tiny"], "not allowed"),
                (["--against", COMPARE], "--save"),
                (["--against", "baselin"], "--save")):
            ended = compare(*arguments)
            self.assertEqual(ended.returncode, 2, arguments)
            self.assertIn(words, ended.stderr)

    def test_the_baseline_has_a_name_wherever_one_stands(self):
        ended = subprocess.run([sys.executable, COMPARE, "--list", "--against", "baseline"],
                               cwd="/", text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               timeout=PATIENCE)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))

    def test_a_build_that_is_not_there_is_said_with_what_to_do(self):
        ended = subprocess.run([sys.executable, COMPARE, "--build", "nowhere"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, r"nowhere.* is not there.*--build")


def measure(name, work=None, unit="/s"):
    return measures.one_row(name, unit, take=None, work=work)


class FiguresTest(unittest.TestCase):
    def results(self, *rounds, work=None):
        """Of a row `a` and a row `b`: their figures in each round, and the hash of `a`."""
        a, b = measure("a", work), measure("b")
        results = figures.Results([a, b])
        for of_a, of_b, state in rounds:
            results.add(a, {"a": of_a}, state)
            results.add(b, {"b": of_b}, None)
        return results

    def result(self, *rounds, **more):
        """The same as a run's JSON."""
        results = self.results(*rounds, **more)
        judged = figures.judge(results, [figures.Budget("a", "b")])
        return {"rows": results.rows(), "budgets": judged}

    def test_a_ratio_is_taken_round_by_round(self):
        ratio = self.results((1, 2, "x"), (100, 200, "x"), (4, 2, "x")).ratio("a", "b")
        self.assertEqual((ratio.low, ratio.median, ratio.high), (0.5, 0.5, 2))

    def test_the_same_work_with_two_states_is_a_disagreement(self):
        rounds = (1, 1, "one"), (1, 1, "other")
        self.assertEqual(self.results(*rounds, work="w").disagreements(), {"w": ["one", "other"]})
        self.assertEqual(self.results(*rounds).disagreements(), {})

    def test_a_budget_is_kept_or_missed_by_its_median(self):
        least = figures.Budget("a", at_least=2, aim=3)
        self.assertEqual([least.verdict(x) for x in (1.9, 2, 3)],
                         ["MISSED", "below the aim", "aim reached"])
        most = figures.Budget("a", at_most=2)
        self.assertEqual([most.verdict(x) for x in (2, 2.1)], ["kept", "MISSED"])
        self.assertEqual(figures.Budget("a", "b").verdict(0), "")

    def test_what_a_machine_lacks_leaves_a_row_without_figure_that_says_why(self):
        one = measure("redis/50x1/always")
        results = figures.Results([one])
        results.add_failure(one, "Redis is not installed", is_missing=True)
        row = results.rows()[one.name]
        self.assertEqual((row["median"], row["why"]), (None, "Redis is not installed"))
        self.assertEqual(results.failures, {})
        self.assertIsNone(results.ratio(one.name, one.name))

    def test_a_figure_of_nothing_is_a_failure(self):
        for figure in (0, None):
            idle = measures.one_row("simulate/1000/wal", "/s", lambda *_: {"per_s": figure})
            with self.assertRaises(programs.Failure):
                measures.take(idle, None, {})

    def test_a_move_of_less_than_a_hundredth_is_none(self):
        before, now = (self.result((x, 1, "x"), (x, 1, "x")) for x in (1829, 1830))
        self.assertEqual(figures.moved_since(before, now), [])

    def test_moved_is_what_lies_beyond_all_rounds_of_the_earlier_run(self):
        before = self.result((10, 10, "x"), (12, 12, "x"))
        within = self.result((12, 12, "x"), (14, 14, "x"))
        beyond = self.result((13, 13, "x"), (14, 14, "x"))

        self.assertEqual(figures.moved_since(before, within), [])
        moved = figures.moved_since(before, beyond)
        self.assertEqual([(m["row"], m["what"]) for m in moved], [("a", "better"), ("b", "better")])
        self.assertAlmostEqual(moved[0]["percent"], 100 * (13.5 / 11 - 1))
        back = figures.moved_since(beyond, before)
        self.assertEqual([m["what"] for m in back], ["worse", "worse"])

    def test_a_ratio_moves_where_only_one_of_two_did(self):
        before = self.result((10, 10, "x"), (11, 11, "x"))
        now = self.result((10, 5, "x"), (11, 5.5, "x"))
        self.assertEqual([(m["row"], m["what"]) for m in figures.moved_since(before, now)],
                         [("b", "worse"), ("a : b", "ratio")])

    def test_another_state_after_the_same_work_has_moved_whatever_the_speed(self):
        before, now = (self.result((1, 1, state), work="w") for state in ("x", "y"))
        other_work = self.result((1, 1, "y"), work="more")
        self.assertEqual([m["what"] for m in figures.moved_since(before, now)], ["state"])
        self.assertEqual(figures.moved_since(before, other_work), [])


if __name__ == "__main__":
    harness.main()
