"""The plugin of probe_plugin.cpp, built for those who need a private property or a fault."""

import contextlib
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness


@contextlib.contextmanager
def folder():
    """A folder that holds the plugin; the test is skipped where there is no compiler."""
    compiler = shutil.which("c++")
    if not compiler:
        raise unittest.SkipTest("there is no C++ compiler here")
    made = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
    try:
        source = Path(__file__).with_name("probe_plugin.cpp")
        subprocess.run([compiler, "-std=c++20", "-shared", "-fPIC", "-ffp-contract=off",
                        f"-I{harness.ROOT}", str(source), "-o", str(made / "probe.so")],
                       check=True, timeout=3 * harness.PATIENCE)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
