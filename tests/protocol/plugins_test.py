#!/usr/bin/env python3
"""What plugins bring, and the harm that they must not do."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

import harness
import probe
from harness import Server


class Probe(harness.ServerTest):
    """With a plugin of our own, built on the spot."""

    @classmethod
    def setUpClass(cls):
        cls.options = ("--plugins", str(cls.enterClassContext(probe.folder())))
        super().setUpClass()

    def setUp(self):
        self.client = self.connect()
        self.eden = self.world()
        self.ada = self.bot(self.client, self.eden, pos=[5, 0, 5])

    def act(self, action, **more):
        return self.client.call("act", bot=self.ada["id"], action=action, **more)

    def test_private_properties_are_seen_by_the_own_session_alone(self):
        self.act("ponder", args={"mood": 0.75})
        stranger = self.connect()
        other = self.bot(stranger, self.eden)
        watcher = self.connect()
        watcher.call("subscribe", world=self.eden["id"])
        own = [self.client.call("thing.get", id=self.ada["id"]),
               self.client.call("see", bot=self.ada["id"])["self"],
               self.act("ponder", args={"mood": 0.5}, see=True)["see"]["self"],
               self.client.call("bot.attach", bot=self.ada["id"])]
        self.assertEqual([t["props"]["_mood"] for t in own], [0.75, 0.75, 0.5, 0.5])
        theirs = [stranger.call("thing.get", id=self.ada["id"]),
                  stranger.call("see", bot=self.ada["id"])["self"],
                  *stranger.call("see", bot=other["id"])["things"],
                  *stranger.call("thing.list", world=self.eden["id"])["items"],
                  *watcher.event("snapshot")["things"], *watcher.event("delta")["upd"]]
        self.assertEqual(len(theirs), 8)
        for thing in theirs:
            self.assertIn("age", thing["props"])
            self.assertNotIn("_mood", thing["props"])
        foreign = self.client.call("see", bot=self.ada["id"])["things"]
        self.assertEqual([t["props"].get("_mood") for t in foreign], [None])

    def test_a_plugin_that_fails_is_blamed_and_harms_nothing(self):
        before = self.client.call("world.get", world=self.eden["id"])
        error = self.assert_refused(self.client, 500, "act", bot=self.ada["id"], action="explode")
        self.assertLessEqual({"reason": "plugin_fault", "plugin": "org.example.probe"}.items(),
                             error["data"].items())
        self.assertIn("kaboom", error["message"])
        self.assertEqual(self.client.call("thing.get", id=self.ada["id"])["props"]["drink"], 1)
        self.assertEqual(self.client.call("world.get", world=self.eden["id"])["counts"],
                         before["counts"])
        plugins = {p["id"]: p for p in self.client.call("plugin.list")["items"]}
        self.assertGreaterEqual(plugins["org.example.probe"]["faults"], 1)
        results = self.client.call("act", acts=[{"bot": self.ada["id"], "action": "explode"},
                                                {"bot": self.ada["id"], "action": "pass"}])
        self.assert_error(results[0], 500)
        self.assertEqual(results[1]["outcome"], "done")

    def test_a_plugin_refuses_in_its_own_words(self):
        refused = self.act("sulk")
        self.assertEqual((refused["outcome"], refused["reason"]), ("refused", 'no "mood"\\ for it'))

    def test_parameters_of_every_type_are_checked_and_arrive(self):
        other = self.bot(self.client, self.eden)
        elsewhere = self.bot(self.client, self.world())
        good = {"number": 1.5, "integer": -3, "boolean": True, "words": "häy \"\\",
                "thing": other["id"]}
        done = self.act("tell", args=good)
        self.assertEqual(done["outcome"], "done")
        record = self.client.call("history.read", {"world": self.eden["id"], "from": done["seq"]})
        self.assertEqual(record["records"][0]["command"]["args"], good)
        told = self.client.call("thing.get", id=self.ada["id"])["props"]
        self.assertEqual((told["told_words"], told["told_thing"], told["told_integer"]),
                         (good["words"], other["id"], -3))
        for wrong in ({"number": 2.5}, {"number": "1"}, {"integer": 1.5}, {"integer": 11},
                      {"integer": True}, {"integer": 2**63}, {"integer": -2**63}, {"boolean": 1},
                      {"boolean": "true"}, {"boolean": None}, {"words": 5}, {"words": "x" * 17},
                      {"words": "a\x00b"}, {"words": ["x"]}, {"thing": "x"}, {"thing": 5},
                      {"thing": elsewhere["id"]}, {"thing": {}}):
            name, = wrong
            error = self.assert_refused(self.client, -32602, "act", bot=self.ada["id"],
                                        action="tell",
                                        args={**good, **wrong})
            self.assertIn(error["data"]["param"], (name, f"args.{name}"), wrong)


class WrongPlugins(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def assert_lives_without(self, names):
        """The server lives, has its own plugins, and one line for each of these."""
        with Server("--plugins", str(self.folder)) as server, server.connect() as client:
            status = client.call("server.status")
            self.assertEqual(len(status["plugins_refused"]), len(names), status)
            said = (server.out + server.err).splitlines()
            for name in names:
                self.assertEqual(sum(name in line for line in said), 1, said)
                self.assertTrue(any(name in line for line in status["plugins_refused"]))
            world = client.call("world.create")["id"]
            bot = client.call("bot.create", world=world, pos=[5, 0, 5])["id"]
            for action in ("walk", "pass"):
                self.assertEqual(client.call("act", bot=bot, action=action)["outcome"], "done")
            self.assertEqual(server.terminate(), 0)

    def test_what_is_no_library_is_refused_in_one_line_and_the_server_lives(self):
        (self.folder / "text.so").write_text("I am not a library.\n")
        (self.folder / "empty.so").write_bytes(b"")
        (self.folder / "elf.so").write_bytes(b"\x7fELF" + b"\0" * 60)
        whole = (harness.PLUGINS / "walk.so").read_bytes()
        (self.folder / "half.so").write_bytes(whole[:len(whole) // 2])
        (self.folder / "readme.txt").write_text("no plugin, no matter")
        self.assert_lives_without(["text.so", "empty.so", "elf.so", "half.so"])

    def test_warnings_do_not_spoil_the_json_on_standard_output(self):
        (self.folder / "text.so").write_text("I am not a library.\n")
        with Server("--plugins", str(self.folder), "--json") as server:
            self.assertEqual(server.terminate(), 0)
            self.assertIn("text.so", server.out + server.err)
            line, = server.out.splitlines()
            self.assertIn("listening", json.loads(line))

    def test_a_folder_or_a_dangling_link_in_place_of_a_library_does_no_harm(self):
        (self.folder / "folder.so").mkdir()
        (self.folder / "link.so").symlink_to(self.folder / "nowhere")
        with Server("--plugins", str(self.folder)) as server, server.connect() as client:
            self.assertEqual(client.call("ping"), {})

    def test_plugins_that_are_wrong_on_purpose_do_no_harm(self):
        wrong = harness.PLUGINS.parent / "wrong-plugins"
        if not wrong.is_dir():
            self.skipTest("they were not built")
        for name in ("future_major", "missing_function", "second_walk", "own_world", "bad_id",
                     "null_table"):
            shutil.copy(wrong / f"{name}.so", self.folder)
        names = sorted(path.name for path in self.folder.iterdir())
        with Server("--plugins", str(self.folder)) as server, server.connect() as client:
            status = client.call("server.status")
            self.assertGreaterEqual(len(status["plugins_refused"]), 5, status)
            for line in status["plugins_refused"]:
                self.assertTrue(any(name in line for name in names) or "walk" in line, line)
            self.assertEqual(server.terminate(), 0)


if __name__ == "__main__":
    harness.main()
