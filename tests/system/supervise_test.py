#!/usr/bin/env python3
"""A plugin that is broken at work: counted, named, started anew without it, set aside."""

import json
import os
import re
import shutil
import signal
import socket
import sys
import time
import unittest
from pathlib import Path

import node
from node import harness

WRONG = Path(harness.BINARY).resolve().parent.parent / "wrong-plugins"
CRASHES_MAX = 3  # then a build is set aside
FAULTS_MAX = 20  # within a minute, likewise


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broken(node.SystemTest):
    def start(self, plugin, *options):
        """A server with that wrong plugin; on a port that it finds again when it starts anew."""
        if not (WRONG / f"{plugin}.so").is_file():
            self.skipTest("the wrong plugins are not built")
        server = harness.Server("--plugins", "wrong", *options, port=free_port(),
                                verifies=False)
        self.addCleanup(server.close)
        (server.folder / "wrong").mkdir()
        shutil.copy(WRONG / f"{plugin}.so", server.folder / "wrong")
        server.start()
        self.client = self.connect(server)
        self.client.call("world.create", name="eden")
        self.ada = self.client.call("bot.create", world="eden", pos=[5, 0, 5])["id"]
        return server

    def find(self, plugin_id):
        found, = [p for p in self.client.call("plugin.list")["items"] if p["id"] == plugin_id]
        return found

    def crash(self, server, action):
        """Seconds until another process answers on that port."""
        self.client.ask("act", bot=self.ada, action=action)
        self.client.has_ended()
        began = time.monotonic()

        harness.poll(lambda: self.reaches(server), "the server is there again", 30)
        return time.monotonic() - began

    def reaches(self, server):
        """Whether it answers again; then to a client of ours."""
        try:
            self.client = server.connect()
            self.addCleanup(self.client.close)
            return self.client.call("ping") == {}
        except OSError:  # not there yet, or the old one, whose door closes last
            return False


class Supervised(Broken):
    def test_a_crash_ends_no_history_and_the_third_sets_the_plugin_aside(self):
        server = self.start("crashing", "--supervise")
        seq = self.client.call("act", bot=self.ada, action="pass")["seq"]
        took = []
        for count, action in enumerate(("follow", "despair", "divide"), 1):
            self.assertFalse(self.find("org.wrong.crashing")["set_aside"])
            took.append(self.crash(server, action))
            plugin = self.find("org.wrong.crashing")
            self.assertEqual(plugin["crashes"], count)
        print("seconds until it answered again:", *(f"{t:.2f}" for t in took), file=sys.stderr)
        self.assertTrue(plugin["set_aside"])
        self.assertEqual(plugin["why"], "ended the process 3 times")
        self.assertIn("is set aside: ended the process 3 times", server.err)
        refused = self.client.answer(self.client.ask("act", bot=self.ada, action="follow"))
        self.assertEqual(refused["error"]["code"], 404)
        self.assertGreater(self.client.call("act", bot=self.ada, action="pass")["seq"], seq)
        self.assertTrue(self.client.call("history.verify", world="eden")["ok"])
        self.assertEqual(server.terminate(), 0, server.err)

    def test_an_exit_inside_a_plugin_is_a_crash_of_it(self):
        server = self.start("crashing", "--supervise")
        self.crash(server, "leave")
        self.assertEqual(self.find("org.wrong.crashing")["crashes"], 1)
        self.assertEqual(server.terminate(), 0, server.err)

    def test_a_call_that_never_returns_is_named_and_ends_the_process(self):
        server = self.start("crashing", "--supervise", "--hang-limit", "2")
        onlooker = self.connect(server)
        self.client.ask("act", bot=self.ada, action="hang")
        stuck = harness.poll(
            lambda: next((p["running"] for p in onlooker.call("plugin.list")["items"]
                          if "running" in p), None), "the call is named")
        self.assertEqual(stuck["function"], "hang")
        self.client.has_ended()
        harness.poll(lambda: "it is started anew" in server.err, "it is started anew")
        self.assertIn("a call of `hang` does not return", server.err)
        harness.poll(lambda: self.reaches(server), "the server is there again", 30)
        self.assertEqual(self.find("org.wrong.crashing")["crashes"], 1)
        self.assertEqual(server.terminate(), 0, server.err)

    def test_a_mended_build_has_a_clean_name(self):
        server = self.start("crashing", "--supervise")
        for action in ("follow", "trap", "burst"):
            self.crash(server, action)
        self.assertTrue(self.find("org.wrong.crashing")["set_aside"])
        loaded = self.client.call("plugin.load", name="crashing")
        self.assertFalse(loaded["plugin"]["set_aside"])
        self.assertEqual(self.find("org.wrong.crashing")["crashes"], 0)
        self.assertEqual(server.terminate(), 0, server.err)

    def test_a_supervisor_that_is_killed_takes_its_server_with_it(self):
        server = self.start("faulty", "--supervise")
        child, = self.children(server.pid)
        server.process.send_signal(signal.SIGKILL)
        server.wait()
        harness.poll(lambda: not os.path.exists(f"/proc/{child}"), "the server is gone")

    def test_a_log_as_json_has_no_other_lines_when_the_server_is_killed(self):
        server = self.start("faulty", "--supervise", "--log-format", "json")
        child, = self.children(server.pid)
        os.kill(int(child), signal.SIGKILL)
        harness.poll(lambda: self.reaches(server), "the server is there again", 30)
        self.assertEqual(server.terminate(), 0, server.err)
        lines = [json.loads(line) for line in server.err.splitlines()]
        told, = [line for line in lines if line["level"] == "error"]
        self.assertEqual(told["message"], "the server ended by SIGKILL; it is started anew")
        self.assertEqual(told["ends_within_a_minute"], "1")

    def test_a_log_as_json_says_as_json_why_the_server_did_not_start(self):
        ended = node.run("serve", "--log-format", "json", "--tcp", "127.0.0.1:0", "--data",
                         self.folder(), "--plugins", "/nowhere/at/all")
        self.assertEqual(ended.returncode, 1, ended.stderr)
        line, = [json.loads(line) for line in ended.stderr.splitlines()]
        self.assertEqual(line["level"], "critical")
        self.assertIn("/nowhere/at/all", line["message"])

    @staticmethod
    def children(pid):
        return [entry.name for entry in Path("/proc").iterdir()
                if entry.name.isdigit() and Supervised.parent_of(entry) == pid]

    @staticmethod
    def parent_of(entry):
        try:
            return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return None

    def test_wrong_usage_is_no_crash(self):
        ended = node.run("serve", "--supervise", "--tcp", "127.0.0.1:0", "--data", self.folder(),
                         "--plugins", "/nowhere/at/all")
        self.assertNotEqual(ended.returncode, 0)
        self.assertNotIn("anew", ended.stderr)


class Faulty(Broken):
    def test_a_fault_changes_nothing_and_is_counted(self):
        self.start("faulty")
        for action in ("explode", "gamble", "flood", "babble"):
            before = self.client.call("thing.get", id=self.ada)["props"]["drink"]
            answer = self.client.answer(self.client.ask("act", bot=self.ada, action=action))
            self.assertEqual(answer["error"]["code"], 500, answer)
            self.assertEqual(answer["error"]["data"]["reason"], "plugin_fault")
            self.assertEqual(answer["error"]["data"]["plugin"], "org.wrong.faulty")
            self.assertEqual(self.client.call("thing.get", id=self.ada)["props"]["drink"], before)
        self.assertEqual(self.find("org.wrong.faulty")["faults"], 4)

    def test_a_plugin_that_faults_too_often_is_set_aside_while_the_server_runs(self):
        server = self.start("faulty")
        for _ in range(FAULTS_MAX):
            self.client.answer(self.client.ask("act", bot=self.ada, action="explode"))
        plugin = harness.poll(
            lambda: (p := self.find("org.wrong.faulty"))["set_aside"] and p, "it is set aside")
        self.assertTrue(re.fullmatch(r"\d+ faults within 60 s", plugin["why"]), plugin)

        def is_unknown():
            answer = self.client.answer(self.client.ask("act", bot=self.ada, action="explode"))
            return answer["error"]["code"] == 404

        harness.poll(is_unknown, "the world has heard of it")
        self.assertEqual(self.client.call("act", bot=self.ada, action="walk")["outcome"], "done")
        self.assertTrue(self.client.call("history.verify", world="eden")["ok"])
        self.assertEqual(server.terminate(), 0)
        server.start()
        self.client = self.connect(server)
        self.assertTrue(self.find("org.wrong.faulty")["set_aside"])


if __name__ == "__main__":
    harness.main()
