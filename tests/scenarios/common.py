"""What scenarios share: trials whose failures are violations, and C++ tests that are scenarios."""

import contextlib
import math
import os
import subprocess
import tempfile
import traceback
import unittest
from pathlib import Path

from node import harness

BUILD = Path(harness.BINARY).resolve().parent.parent
TESTS = BUILD / "tests"
WRONG_PLUGINS = BUILD / "wrong-plugins"
ROUND_PATIENCE = 3600.0  # seconds for one run of a C++ scenario


class Trial(unittest.TestCase):
    """The assertions of unittest, and clean-ups, for one trial."""

    maxDiff = 2000

    def __init__(self):
        super().__init__()
        self.stack = contextlib.ExitStack()

    def addCleanup(self, function, /, *arguments, **named):  # unittest's swallows what it throws
        self.stack.callback(function, *arguments, **named)


def in_one_line(error):
    where = traceback.extract_tb(error.__traceback__)[-1]
    words = " ".join(str(error).split())[:600]
    return f"{type(error).__name__}: {words} ({Path(where.filename).name}:{where.lineno})"


@contextlib.contextmanager
def trial(violations, label):
    """A Trial; what is asserted in vain, and what breaks, is a violation with that label."""
    held = Trial()
    try:
        with held.stack:
            yield held
    except unittest.SkipTest:
        raise
    except Exception as error:  # a client that breaks is a broken promise, too
        violations.append(f"{label}: {in_one_line(error)}")


def rounds(cycles, most):
    """How many cycles each of some rounds has, none of them more than `most`."""
    count = max(1, math.ceil(cycles / most))
    return [cycles // count + (i < cycles % count) for i in range(count)]


def run_tests(program, spec, cycles, seed):
    """(cycles, faults, violations) of the C++ tests with that name or tag."""
    if not (TESTS / program).is_file():
        raise unittest.SkipTest(f"there is no {program}: build it first")
    with tempfile.TemporaryDirectory(prefix="unscripted-test-") as folder:
        told = Path(folder) / "report"
        ended = subprocess.run(
            [TESTS / program, spec], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", timeout=ROUND_PATIENCE,
            env={**os.environ, "TMPDIR": folder, "UNSCRIPTED_TORTURE_CYCLES": str(cycles),
                 "UNSCRIPTED_TORTURE_SEED": str(seed), "UNSCRIPTED_TORTURE_REPORT": str(told)})
        lines = told.read_text().splitlines() if told.is_file() else []
    sums, violations = {"cycles": 0, "faults": 0}, []
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "violation":
            violations.append(rest)
        else:
            sums[word] += int(rest)
    if ended.returncode and not violations:
        violations.append(f"{spec} ended with {ended.returncode}:\n{ended.stdout[-2000:]}")
    return sums["cycles"], sums["faults"], violations


def run_rounds(program, spec, cycles, seed, report, most):
    """The same, a process for every `most` cycles."""
    done, faults, violations = 0, 0, []
    for size in rounds(cycles, most):
        sums = run_tests(program, spec, size, seed + done)
        done, faults = done + sums[0], faults + sums[1]
        violations += sums[2]
        report(f"{done} of {cycles}, {len(violations)} violations")
    return done, faults, violations
