#!/usr/bin/env python3
"""A plugin that is no function of the world's state is found out, and long work keeps its place."""

import os
import select
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness


class Leaking(harness.ServerTest):
    """With a plugin, built on the spot, that keeps a count of its own."""

    @classmethod
    def setUpClass(cls):
        compiler = shutil.which("c++")
        if not compiler:
            raise unittest.SkipTest("there is no C++ compiler here")
        cls.folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        source = Path(__file__).with_name("leaking_plugin.cpp")
        subprocess.run([compiler, "-std=c++20", "-shared", "-fPIC", "-ffp-contract=off",
                        f"-I{harness.ROOT}", str(source), "-o", str(cls.folder / "leaking.so")],
                       check=True, timeout=harness.PATIENCE)
        cls.options = ("--plugins", str(cls.folder))
        super().setUpClass()

    def test_a_plugin_that_remembers_what_no_world_holds_is_caught_at_the_right_record(self):
        client = self.connect()
        eden = self.world()
        bot = self.bot(client, eden, pos=[5, 0, 5])["id"]
        acted = [client.call("act", bot=bot, action="stumble") for _ in range(10)]
        self.assertEqual([a["outcome"] for a in acted], ["done"] * 6 + ["refused"] + ["done"] * 3)

        found = client.call("history.verify", world=eden["id"])

        # The eleventh call of all is the first record, decided again: so the fourth differs.
        self.assertFalse(found["ok"])
        first = found["divergence"]
        self.assertEqual((first["seq"], first["tick"]), (acted[3]["seq"], acted[3]["tick"]))
        self.assertEqual((first["property"], first["expected"], first["found"]),
                         ("outcome", "done", "refused"))
        self.assertEqual((first["action"], first["plugin"]["id"], first["plugin"]["version"]),
                         ("stumble", "org.example.leaking", "0.0.1"))
        self.assertEqual([r["seq"] for r in first["records"]][-1], acted[3]["seq"])
        client.call("world.delete", world=eden["id"])


class Place(harness.ServerTest):
    def test_a_pipe_in_the_place_of_a_file_is_refused_at_once(self):
        folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.mkfifo(folder / "pipe")
        client = self.connect()
        for place in (folder / "pipe", folder, Path("/dev/zero"), folder / "nothing"):
            error = client.answer(client.ask("history.import", file=str(place)))["error"]
            self.assertEqual((error["code"], error["data"]["file"]), (404, str(place)))

    def test_however_much_long_work_waits_a_quick_question_is_answered(self):
        eden = self.world(capacity={"bot": 50})
        client = self.connect()
        for _ in range(10):
            self.bot(client, eden, mind="random")
        while client.call("world.get", world=eden["id"])["seq"] < 100_000:
            pass
        client.call("world.update", world=eden["id"], pause_at=0)
        busy = [self.connect() for _ in range(12)]
        asked = [one.ask("history.verify", world=eden["id"]) for one in busy]

        stats = client.call("history.stats", world=eden["id"])

        self.assertGreater(stats["records"], 100_000)
        answered, _, _ = select.select([one.socket for one in busy], [], [], 0)
        self.assertLess(len(answered), len(busy), "the long work was over before")
        for one, request in zip(busy, asked):
            self.assertTrue(one.answer(request)["result"]["ok"])


if __name__ == "__main__":
    unittest.main()
