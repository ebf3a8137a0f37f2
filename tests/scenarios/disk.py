"""Disks that lose, garble, refuse and fill up."""

import contextlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import common
import harness
import lived

DISK_BYTES = 448 << 20   # of the small disk; a log alone reserves some tens of MiB
NEARLY_FULL = 128 << 20  # free bytes: less than what a server needs to begin anything new
REFUSED_S_MAX = 5.0      # a full disk is noticed within a second, and the machine may be busy
RESUMED_S_MAX = 10.0
EXIT_FAILED_WRITE = 74


def power_loss(cycles, seed, report):
    return common.run_rounds("storage_tests", "[power_loss]", cycles, seed, report, 100)


def torn_tail(cycles, seed, report):
    return common.run_rounds("storage_tests", "[torn_tail]", cycles, seed, report, 1000)


def bit_flips(cycles, seed, report):
    return common.run_rounds("storage_tests", "[bit_flips]", cycles, seed, report, 500)


def nth_call(cycles, seed, report):
    """`cycles`: how many calls of each kind fail in turn, each in another life."""
    report(f"the first {cycles} calls of each kind")
    return common.run_tests("storage_tests", "[nth_call]", cycles, seed)


@contextlib.contextmanager
def small_disk():
    """A folder on a file system of its own, in memory."""
    folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
    made = None
    if shutil.which("mount") and os.geteuid() == 0:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    try:
        if made is None or made.returncode:
            raise unittest.SkipTest("a small disk cannot be mounted here: it takes root")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
    finally:
        folder.rmdir()


class FullDisk:
    """One server on the small disk, and one client who acts."""

    def __init__(self, trial, folder):
        self.trial, self.folder = trial, folder
        self.server = harness.Server(data=folder / "data", verifies=False)
        trial.addCleanup(self.server.close)
        self.acknowledged = 0
        self.begin()
        self.client.call("world.create", name="eden", seed=1)
        self.bot = self.client.call("bot.create", world="eden")["id"]
        self.exported = folder / "eden.jsonl"
        self.exported.write_text("".join(
            json.dumps(item) + "\n" for item in lived.export(self.client, "eden")))

    def begin(self):
        self.server.start()
        self.client = self.server.connect()
        self.trial.addCleanup(self.client.close)

    def fill(self, leave):
        """Another program takes the disk, all at once."""
        free = shutil.disk_usage(self.folder).free
        with open(self.folder / "filler", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, free - leave))

    def make_room(self):
        (self.folder / "filler").unlink()

    def act(self):
        """The reason of a refusal, or nothing; "gone" where the server is."""
        try:
            answer = self.client.answer(self.client.ask(
                "act", bot=self.bot, action="walk", args={"angle": 0.1}))
        except ConnectionError:
            return "gone"
        if "error" in answer:
            return answer["error"]["data"]["reason"]
        self.acknowledged = answer["result"]["seq"]
        return None

    def act_until_refused(self):
        began = time.monotonic()
        while (why := self.act()) is None:
            self.trial.assertLess(time.monotonic() - began, REFUSED_S_MAX, "nobody noticed")
        return why

    def hold(self):
        """Reading works, and everything acknowledged is there."""
        self.trial.assertGreaterEqual(self.client.call("world.get", world="eden")["seq"],
                                      self.acknowledged)
        self.trial.assertEqual(self.client.call("see", bot=self.bot)["self"]["id"], self.bot)
        page = self.client.call("history.read", world="eden", **{"from": self.acknowledged})
        self.trial.assertEqual(page["records"][0]["seq"], self.acknowledged)

    def resume(self):
        self.make_room()
        harness.poll(lambda: self.act() is None, "actions are taken again", RESUMED_S_MAX)


def nearly_full(disk):
    """The server sees it come."""
    disk.fill(NEARLY_FULL)
    disk.trial.assertEqual(disk.act_until_refused(), "storage_full")
    disk.hold()
    for method, how in (("world.fork", {"world": "eden"}), ("world.create", {}),
                        ("history.import", {"file": str(disk.exported), "name": "again"})):
        told = disk.client.answer(disk.client.ask(method, **how))
        disk.trial.assertEqual(told["error"]["data"]["reason"], "storage_full", method)
    disk.resume()


def full_at_once(disk):
    """Not a byte is left: refused in time, or the process ends and the next one goes on."""
    disk.fill(0)
    why = disk.act_until_refused()
    if why == "gone":
        disk.trial.assertEqual(disk.server.wait(), EXIT_FAILED_WRITE, disk.server.err[-500:])
        disk.make_room()
        disk.begin()
        disk.hold()
        disk.trial.assertIsNone(disk.act())
        return
    disk.trial.assertEqual(why, "storage_full")
    disk.hold()
    disk.resume()


def disk_full(cycles, seed, report):
    violations = []
    with small_disk() as folder, common.trial(violations, f"seed {seed}") as trial:
        disk, chance = FullDisk(trial, folder), random.Random(seed)
        for cycle in range(cycles):
            for _ in range(chance.randint(1, 300)):
                trial.assertIsNone(disk.act())
            (nearly_full, full_at_once)[cycle % 2](disk)
            report(f"{cycle + 1} of {cycles}")
        trial.assertTrue(disk.client.call("history.verify", world="eden")["ok"])
        disk.client.close()
        trial.assertEqual(disk.server.terminate(), 0, disk.server.err[-500:])
    return cycles, cycles, violations


SCENARIOS = {"power_loss": power_loss, "torn_tail": torn_tail, "bit_flips": bit_flips,
             "nth_call": nth_call, "disk_full": disk_full}
PR_CYCLES = {"power_loss": 50, "torn_tail": 500, "bit_flips": 50, "nth_call": 30, "disk_full": 4}
