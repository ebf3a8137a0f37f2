"""Where and with what a run was made: figures of two machines are not the same figures."""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _printed(*command):
    """What a program prints, or nothing where it is not there or fails."""
    if not shutil.which(command[0]) and not Path(command[0]).exists():
        return ""
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True, check=False)
    return ended.stdout.strip() if ended.returncode == 0 else ""


def _found(pattern, text):
    found = re.search(pattern, text, re.M)
    return found[1].strip() if found else "unknown"


def _text_of(path):
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def load():
    """How many programs wanted to run, over the last minute."""
    return round(os.getloadavg()[0], 2)


def describe():
    memory_kib = _found(r"^MemTotal:\s+(\d+)", _text_of("/proc/meminfo"))
    return {"cpu": _found(r"^model name\s*:\s*(.+)$", _text_of("/proc/cpuinfo")),
            "cores": os.cpu_count(),
            "memory_kib": int(memory_kib) if memory_kib.isdigit() else None,
            "kernel": f"{platform.system()} {platform.release()}"}


def _package(name):
    return _printed("dpkg-query", "--show", "--showformat", "${Version}", name) or "unknown"


def _revision():
    revision = _printed("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD")
    changed = _printed("git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no")
    return (revision + ("+changes" if changed else "")) if revision else "unknown"


def versions(unscripted):
    return {"revision": _revision(),
            "unscripted": _printed(unscripted, "version"),
            "caf": _package("libcaf-dev"),
            "rocksdb": _package("librocksdb-dev"),
            "redis": _found(r"v=(\S+)", _printed("redis-server", "--version")),
            "python": platform.python_version()}
