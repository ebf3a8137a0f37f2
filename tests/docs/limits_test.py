"""docs/limits.md has each limit of `serve`, and its default."""

import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "protocol"))
import harness  # noqa: E402

ROW = re.compile(r"^\| .* \| `(--max-[a-z-]+)` \| (\d+) \|", re.M)
OPTION = re.compile(r"^\s+(--max-[a-z-]+) [A-Z]+=(\d+)\b", re.M)


class Limits(unittest.TestCase):
    def test_the_page_has_each_limit_and_its_default(self):
        page = (harness.ROOT / "docs/limits.md").read_text()
        told = subprocess.run([harness.BINARY, "serve", "--help"], capture_output=True, text=True,
                              timeout=harness.PATIENCE).stdout
        options = dict(OPTION.findall(told))
        self.assertGreater(len(options), 10, told)
        self.assertEqual(dict(ROW.findall(page)), options)


if __name__ == "__main__":
    harness.main()
