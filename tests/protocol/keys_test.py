#!/usr/bin/env python3
"""The `key` of `act`: a client that does not know what became of its action asks again."""

import json
import shutil
import subprocess
import unittest

import harness

WALK = {"action": "walk", "args": {"angle": 0.125}}


class Keys(harness.ServerTest):
    def setUp(self):
        self.client = self.connect()
        self.here = self.world(seed=3)
        self.me = self.bot(self.client, self.here, pos=[5, 0, 5])["id"]

    def seq(self):
        return self.client.call("world.get", world=self.here["id"])["seq"]

    def test_the_whole_answer_is_that_of_the_first_time_wherever_the_bot_is_now(self):
        first = self.client.call("act", bot=self.me, key="a", **WALK)
        self.client.call("act", bot=self.me, **WALK)
        seq = self.seq()
        self.assertEqual(self.client.call("act", bot=self.me, key="a", **WALK), first)
        self.assertEqual(self.seq(), seq)

    def test_it_is_told_again_while_the_former_connection_still_speaks_for_the_bot(self):
        first = self.client.call("act", bot=self.me, key="a", **WALK)
        other = self.connect()
        self.assertEqual(other.call("act", bot=self.me, key="a", **WALK), first)
        self.assert_refused(other, 409, "act", bot=self.me, key="b", **WALK)
        self.assertIn("result", self.client.answer(self.client.ask("act", bot=self.me, **WALK)))

    def test_a_refusal_is_decided_once_too(self):
        well = self.client.call("thing.create", world=self.here["id"], kind="well", pos=[0.5, 0, 9])
        drink = {"bot": self.me, "action": "drink", "target": well["id"], "key": "far"}
        first = self.client.call("act", drink)
        self.assertEqual((first["outcome"], first["reason"]), ("refused", "not_in_reach"))
        self.assertEqual(self.client.call("act", drink), first)

    def test_the_order_of_arguments_is_no_difference_but_their_values_are(self):
        self.client.call("act", bot=self.me, key="a", **WALK)
        error = self.assert_refused(self.client, 409, "act", bot=self.me, key="a", action="walk",
                                    args={"angle": 0.25})
        self.assertEqual((error["data"]["reason"], error["data"]["key"]), ("conflict", "a"))

    def test_a_list_takes_keys_too(self):
        acts = [{"bot": self.me, "key": key, **WALK} for key in ("x", "y", "x")]
        first, second, third = self.client.call("act", acts=acts)
        self.assertEqual(first, third)
        self.assertEqual(second["seq"], first["seq"] + 1)

    def test_a_key_is_a_text_of_1_to_64_bytes(self):
        for wrong in ("", 65 * "k", 33 * "é", 7, None, ["k"]):
            self.assert_bad_param(self.client, "key", "act", bot=self.me, key=wrong, **WALK)
        for good in (64 * "k", 32 * "é", "\n\"\\"):
            first = self.client.call("act", bot=self.me, key=good, **WALK)
            self.assertEqual(self.client.call("act", bot=self.me, key=good, **WALK), first)

    def test_the_record_names_the_key(self):
        first = self.client.call("act", bot=self.me, key="mine", **WALK)
        page = self.client.call("history.read", world=self.here["id"], **{"from": first["seq"]})
        self.assertEqual(page["records"][0]["key"], "mine")

    def test_describe_knows_it(self):
        described = json.dumps(self.client.call("describe")["methods"])
        self.assertIn('"maxLength": 64', described)


class Restarts(unittest.TestCase):
    def setUp(self):
        self.server = harness.Server()
        self.addCleanup(self.server.close)
        self.begin()
        self.client.call("world.create", name="eden", seed=1)
        self.me = self.client.call("bot.create", world="eden", pos=[5, 0, 5])["id"]

    def begin(self):
        self.server.start()
        self.client = self.server.connect()
        self.addCleanup(self.client.close)

    def kill(self):
        self.client.close()
        self.server.kill()

    def keys_in_history(self):
        page = self.client.call("history.read", world="eden", **{"from": 1})
        return [record["key"] for record in page["records"] if "key" in record]

    def test_whoever_was_killed_before_the_answer_asks_again_and_it_is_decided_once(self):
        chance = harness.chance()
        for cycle in range(5):
            self.client.call("bot.attach", bot=self.me)
            for index in range(chance.randint(1, 400)):  # the answers are not read
                self.client.ask("act", bot=self.me, key=f"{cycle}-{index}", **WALK)
            if chance.random() < 0.5:
                self.client.read()
            self.kill()
            self.begin()
            decided = self.keys_in_history()
            again = [self.client.call("act", bot=self.me, key=f"{cycle}-{i}", **WALK)
                     for i in range(index + 1)]
            self.assertEqual(len({one["seq"] for one in again}), index + 1)
            keys = self.keys_in_history()
            self.assertEqual(len(keys), len(set(keys)), "a key was decided twice")
            self.assertEqual(keys[:len(decided)], decided)
            self.client.call("world.delete", world="eden")
            self.client.call("world.create", name="eden", seed=cycle)
            self.me = self.client.call("bot.create", world="eden", pos=[5, 0, 5])["id"]

    def test_the_answer_after_a_kill_is_the_one_before(self):
        told = [self.client.call("act", bot=self.me, key=str(i), **WALK) for i in range(30)]
        self.kill()
        self.begin()
        again = [self.client.call("act", bot=self.me, key=str(i), **WALK) for i in range(30)]
        self.assertEqual(again, told)

    def test_a_fault_is_the_same_fault_after_a_restart(self):
        compiler = shutil.which("c++")
        if not compiler:
            self.skipTest("there is no C++ compiler here")
        self.kill()
        plugins = self.server.folder / "plugins"
        plugins.mkdir()
        source = str(harness.ROOT / "tests/protocol/probe_plugin.cpp")
        subprocess.run(
            [compiler, "-std=c++20", "-shared", "-fPIC", "-ffp-contract=off", f"-I{harness.ROOT}",
             source, "-o", str(plugins / "probe.so")],
            check=True, timeout=harness.PATIENCE)
        self.server.options = ("--plugins", str(plugins))
        self.begin()
        explode = {"bot": self.me, "action": "explode", "key": "boom"}
        first = self.client.answer(self.client.ask("act", explode))["error"]
        self.assertEqual(first["data"]["reason"], "plugin_fault")
        self.assertEqual(self.client.answer(self.client.ask("act", explode))["error"], first)
        self.kill()
        self.begin()
        self.assertEqual(self.client.answer(self.client.ask("act", explode))["error"], first)


if __name__ == "__main__":
    harness.main()
