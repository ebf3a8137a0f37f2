#!/usr/bin/env python3
"""Plugins come, change and go in a server that runs, and its histories stay right."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import node
from load import Actor, Ledger
from node import harness

LOADS = int(os.environ.get("UNSCRIPTED_LIVE_LOADS") or 1000)
GROWTH_MAX = 24 << 20  # bytes, from the first fifth of the loads to the last

HOP = """
#include "plugins/plugin.hpp"
using namespace unscripted::plugin;
static outcome hop(context& c) { return c.agent().move(METRES, 0, 0) ? done : refused; }
UNSCRIPTED_PLUGIN("org.example.hop", VERSION,
                  action<hop>("world", "hop", "Hop along x."));
"""
TREE = """
#include "plugins/plugin.hpp"
using namespace unscripted::plugin;
static constexpr auto apples = uses<std::int64_t>(0, "tree", "apples");
static outcome pick(context& c) {
  if (c.target().get(apples) == 0) return c.refuse("it is bare");
  c.target().add(apples, -1);
  return done;
}
UNSCRIPTED_PLUGIN("org.example.tree", "1.0.0", apples,
                  kind("tree", {0.5, 3, 0.5}, solid, integer("apples", "1", 0, 100, 3)),
                  action<pick>("tree", "pick", "Pick an apple."));
"""


class LivePlugins(node.SystemTest):
    @classmethod
    def setUpClass(cls):
        compiler = shutil.which("c++")
        if not compiler:
            raise unittest.SkipTest("there is no C++ compiler here")
        cls.builds = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.builds, ignore_errors=True)
        running = [cls.compile(compiler, *one) for one in (
            ("slow", HOP, "0.5", "1.0.0"), ("fast", HOP, "1.5", "2.0.0"),
            ("twin", HOP, "0.5", "1.0.1"), ("tree", TREE, "0", "1.0.0"))]
        for one in running:
            assert one.wait(node.PATIENCE) == 0

    @classmethod
    def compile(cls, compiler, name, text, metres, version):
        """Begins to; one file name for all builds of `hop`, as an author would have it."""
        folder = cls.builds / name
        folder.mkdir()
        file = "tree" if name == "tree" else "hop"
        (folder / f"{file}.cpp").write_text(text)
        return subprocess.Popen(
            [compiler, "-std=c++20", "-O1", "-shared", "-fPIC", "-ffp-contract=off",
             "-fvisibility=hidden", f"-DMETRES={metres}", f'-DVERSION="{version}"',
             f"-I{harness.ROOT}", f"{file}.cpp", "-o", f"{file}.so"], cwd=folder)

    def setUp(self):
        self.alive = self.server()
        self.client = self.connect(self.alive)
        self.world = self.client.call("world.create", name="eden", dims=[1000, 10, 10])["id"]
        self.ada = self.client.call("bot.create", world=self.world, pos=[2, 0, 5])["id"]

    def unscripted(self, *arguments):
        return node.run(*arguments, UNSCRIPTED_SERVER=f"127.0.0.1:{self.alive.port}")

    def plugin(self, *arguments):
        """What `unscripted plugin ...` prints as JSON; it must succeed."""
        ended = self.unscripted("plugin", *arguments, "--json")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""), ended.stdout)
        return json.loads(ended.stdout)

    def load(self, build, *options):
        file = "tree.so" if build == "tree" else "hop.so"
        return self.plugin("load", self.builds / build / file, *options)

    def act(self, action, **more):
        return self.client.call("act", bot=self.ada, action=action, **more)

    def verify(self, **options):
        return self.client.call("history.verify", world="eden", **options)

    def actions(self):
        return {one["action"] for one in self.client.call("describe")["actions"]}

    def restart(self):
        self.assertEqual(self.alive.terminate(), 0, self.alive.err)
        self.alive.start()
        self.client = self.connect(self.alive)
        self.client.call("bot.attach", bot=self.ada)

    # -- coming ------------------------------------------------------------------------------------

    def test_a_new_action_is_there_at_once_for_all_who_are_connected(self):
        watcher = self.connect(self.alive)
        sub = watcher.call("subscribe", world="eden")["sub"]
        watcher.event("snapshot")
        self.assertNotIn("hop", self.actions())
        loaded = self.load("slow")
        self.assertEqual(loaded["plugin"]["id"], "org.example.hop")
        self.assertEqual([w["world"] for w in loaded["worlds"]], [self.world])
        self.assertEqual(watcher.event("plugins")["sub"], sub)
        self.assertEqual({t["id"] for t in watcher.event("snapshot")["things"]}, {self.ada})
        self.assertIn("hop", self.actions())
        seen = self.client.call("see", bot=self.ada)
        self.assertIn("hop", [a["action"] for a in seen["world"]["actions"]])
        self.assertEqual(self.act("hop")["pos"], [2.5, 0, 5])

    def test_each_load_is_a_record_that_names_the_builds_from_then_on(self):
        before = self.act("pass")["seq"]
        loaded = self.load("slow")
        seq = loaded["worlds"][0]["seq"]
        self.assertEqual(seq, before + 1)
        self.assertTrue(self.connect(self.alive).call("subscribe", world="eden",
                                                      since=before)["resync"])
        hopped = self.act("hop")["seq"]
        later = self.load("fast")["worlds"][0]["seq"]
        loads = [r for r in node.records(self.client, "eden") if r["command"]["type"] == "load"]
        self.assertEqual([r["seq"] for r in loads], [seq, later])
        self.assertLess(hopped, later)
        for record, version in zip(loads, ("1.0.0", "2.0.0")):
            named, = [e["plugins"] for e in record["effects"] if e["type"] == "catalogued"]
            hop, = [p for p in named if p["id"] == "org.example.hop"]
            self.assertEqual(hop["version"], version)
            if record["seq"] == seq:
                self.assertEqual(hop["hash"], loaded["plugin"]["hash"])

    def test_what_was_loaded_live_is_there_after_a_restart(self):
        self.load("tree")
        tree = self.client.call("thing.create", world="eden", kind="tree", pos=[3, 0, 5])["id"]
        self.restart()
        self.assertEqual(self.act("pick", target=tree)["outcome"], "done")
        self.assertEqual(self.client.call("thing.get", id=tree)["props"], {"apples": 2})
        self.assertTrue(self.verify()["ok"])

    def test_the_id_and_not_the_name_of_a_file_decides_what_a_restart_brings(self):
        other = self.builds / "renamed.so"
        shutil.copy(self.builds / "fast/hop.so", other)
        twin = self.builds / "tree/hop.so"
        shutil.copy(self.builds / "tree/tree.so", twin)
        self.load("slow")
        self.plugin("load", other)
        self.plugin("load", twin)
        self.restart()
        self.assertEqual(self.alive.err.count("has the same id"), 0)
        self.assertEqual(self.act("hop")["pos"], [3.5, 0, 5])
        self.assertIn("pick", self.actions())
        twin.unlink()

    def test_what_is_tried_beside_is_promoted_whatever_was_refused_meanwhile(self):
        self.load("slow")
        self.load("fast", "--shadow", 5)
        wrong = self.builds / "hop.so"
        wrong.write_text("no library")
        self.assertEqual(self.unscripted("plugin", "load", wrong).returncode, node.REFUSED)
        wrong.unlink()
        self.plugin("promote")
        self.assertEqual(self.act("hop")["pos"], [3.5, 0, 5])
        self.restart()
        self.assertEqual(self.act("hop")["pos"], [5, 0, 5])

    def test_what_was_only_tried_is_not_there_after_a_restart(self):
        self.load("slow")
        self.load("fast", "--shadow", 5)
        self.restart()
        self.assertEqual(self.act("hop")["pos"], [2.5, 0, 5])
        self.assertEqual(list((self.alive.data / "plugins/incoming").iterdir()), [])

    def test_a_file_that_others_may_write_is_refused_before_it_is_copied(self):
        open_to_all = self.builds / "open"
        open_to_all.mkdir(exist_ok=True)
        shutil.copy(self.builds / "slow/hop.so", open_to_all)
        open_to_all.chmod(0o777)
        ended = self.unscripted("plugin", "load", open_to_all / "hop.so")
        self.assertEqual(ended.returncode, node.REFUSED)
        self.assertIn("hop.so: ", ended.stderr)
        self.assertNotIn("hop", self.actions())

    def test_a_file_that_is_refused_changes_nothing_and_leaves_nothing(self):
        wrong = self.builds / "wrong.so"
        wrong.write_text("no library")
        ended = self.unscripted("plugin", "load", wrong)
        self.assertEqual(ended.returncode, node.REFUSED)
        self.assertIn("wrong.so: not a shared library; build it with -shared", ended.stderr)
        self.assertEqual(list((self.alive.data / "plugins/incoming").iterdir()), [])
        self.assertEqual(self.act("pass")["outcome"], "done")

    # -- changing ----------------------------------------------------------------------------------

    def test_each_build_decides_again_what_it_decided_also_after_a_restart(self):
        self.load("slow")
        self.assertEqual(self.act("hop")["pos"], [2.5, 0, 5])
        replaced = self.load("fast")["replaced"]
        self.assertEqual(replaced["version"], "1.0.0")
        self.assertEqual(self.act("hop")["pos"], [4, 0, 5])
        for _ in range(2):
            verified = self.verify()
            self.assertEqual((verified["ok"], verified["other_builds"]), (True, []), verified)
            other = self.verify(present=True, count_all=True)
            self.assertEqual((other["differing"], other["divergence"]["property"]), (1, "place"))
            self.restart()
        archived = self.alive.data
        self.assertEqual(self.alive.terminate(), 0)
        read = node.answer("history", "verify", "eden", "--data", archived)
        self.assertEqual((read["ok"], read["other_builds"]), (True, []), read)

    def test_another_build_is_tried_on_a_history_and_all_others_decide_as_they_did(self):
        self.load("tree")
        self.load("slow")
        tree = self.client.call("thing.create", world="eden", kind="tree", pos=[3, 0, 5.5])["id"]
        for action, target in (("pick", tree), ("hop", None), ("pick", tree)):
            self.act(action, **({"target": target} if target else {}))
        for build, differing in (("slow", 0), ("fast", 1)):
            tried = self.unscripted("plugin", "test", self.builds / build / "hop.so", "--history",
                                    "eden", "--json")
            self.assertEqual((tried.returncode, tried.stderr), (int(differing > 0), ""))
            found = json.loads(tried.stdout)
            self.assertEqual(found["differing"], differing, found)
            self.assertEqual([(b["recorded"]["id"], b["decided_now_by"]["version"])
                              for b in found["other_builds"]],
                             [("org.example.hop", "2.0.0")] * differing)

    def test_what_is_decided_again_counts_for_nobody(self):
        self.load("slow")
        self.act("hop")
        before = self.counts()
        self.verify()
        self.verify(present=True)
        self.assertEqual(self.counts(), before)

    def counts(self):
        return {p["id"]: p["calls"] for p in self.plugin("list")["items"]}

    def test_a_world_does_not_lose_the_kind_of_a_thing_in_it(self):
        self.load("tree")
        self.client.call("thing.create", world="eden", kind="tree", pos=[3, 0, 5])
        self.plugin("set-aside", "tree")
        self.assertNotIn("pick", self.actions())
        kinds = {one["kind"] for one in self.client.call("describe")["kinds"]}
        self.assertIn("tree", kinds)
        self.load("tree")
        self.assertIn("pick", self.actions())
        self.assertTrue(self.verify()["ok"])

    def test_what_is_tried_beside_has_no_effect_until_it_is_promoted(self):
        self.load("slow")
        self.load("fast", "--shadow", 5)
        for _ in range(3):
            self.act("pass")
        x = self.client.call("thing.get", id=self.ada)["pos"][0]
        self.assertEqual(self.act("hop")["pos"][0], x + 0.5)
        tried = self.plugin("list")["beside"]
        self.assertEqual((tried["decided"], tried["different"]), (4, 1))
        self.assertEqual((tried["first"]["action"], tried["first"]["property"]), ("hop", "place"))
        self.plugin("promote")
        self.assertNotIn("beside", self.plugin("list"))
        self.assertEqual(self.act("hop")["pos"][0], x + 2)
        self.assertTrue(self.verify()["ok"])

    # -- a thousand times --------------------------------------------------------------------------

    def test_a_thousand_loads_under_load_lose_no_action_and_leak_nothing(self):
        self.client.call("world.update", world="eden", capacity={"bot": 10})
        bots = [self.client.call("bot.create", world="eden")["id"] for _ in range(8)]
        for bot in bots:
            self.client.call("bot.detach", bot=bot)
        chance, ledger = harness.chance(), Ledger()
        actors = [Actor(self.alive, ledger, bots[part::4], [], 2,
                        random.Random(chance.getrandbits(64))) for part in range(4)]
        for actor in actors:
            actor.start()
        incoming = Path(self.client.call("plugin.list")["incoming"])
        early = 0
        for turn in range(LOADS):
            build = self.builds / ("twin", "slow")[turn % 2] / "hop.so"
            shutil.copy(build, incoming / "hop.part")
            (incoming / "hop.part").rename(incoming / "hop.so")
            loaded = self.client.call("plugin.load", name="hop")
            self.assertEqual([w["world"] for w in loaded["worlds"]], [self.world])
            if turn == LOADS // 5:
                early = self.alive.memory()
        grown = self.alive.memory() - early
        for actor in actors:
            actor.is_resting = True
        for actor in actors:
            actor.join(harness.PATIENCE)
            self.assertFalse(actor.is_alive(), "a request was never answered")
            self.assertIsNone(actor.trouble)
            self.assertEqual(actor.pending, {})
        print(f"{LOADS} loads, {len(ledger.acts):,} actions meanwhile, {grown >> 20} MiB grown",
              file=sys.stderr)
        if not self.alive.is_sanitized():
            self.assertLess(grown, GROWTH_MAX)
        verified = self.verify()
        self.assertEqual((verified["ok"], verified["other_builds"]), (True, []), verified)
        acted = {r["seq"] for r in node.records(self.client, "eden")
                 if r["command"]["type"] == "act"}
        self.assertLessEqual(set(ledger.acts), acted)


if __name__ == "__main__":
    harness.main()
