"""What the system says of a server's process, and what the server says of itself."""

import contextlib
import os
import time
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """Time that processors spent on it so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def files(pid, besides=None):
    """How many are open; those in the folder `besides` are not counted."""
    names = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            names.append(os.readlink(f"/proc/{pid}/fd/{fd}"))
    return sum(1 for name in names if not (besides and name.startswith(f"{besides}/")))


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def share_of_cpu(pid, seconds):
    """Of one processor, while these seconds pass."""
    before, begun = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)  # that is what is measured
    return (cpu_seconds(pid) - before) / (time.monotonic() - begun)


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


class Bystander:
    """A client that asks again and again how long an answer takes."""

    def __init__(self, server):
        self.client = server.connect()

    def ask_for(self, seconds):
        """The times of all answers while these seconds pass."""
        end, took = time.monotonic() + seconds, []
        while (begun := time.monotonic()) < end:
            self.client.call("ping")
            took.append(time.monotonic() - begun)
            time.sleep(0.002)  # a load of its own would be measured with it
        return took

    def close(self):
        self.client.close()
