#!/usr/bin/env python3
"""What is kept: histories to be read, servers that stop and go on, damaged data folders."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import harness
from harness import DidNotStart, Server

STOP_SECONDS_MAX = 2.0
FOREVER_MS = 3_600_000


def read_all(client, world, limit=1000):
    """All records of a world, page by page."""
    records, first = [], 1
    while first:
        page = client.call("history.read", {"world": world, "from": first, "limit": limit})
        records, first = records + page["records"], page.get("next")
    return records


def picture(client):
    """All that is known of all worlds, by their names."""
    worlds = client.call("world.list")["items"]
    return {w["name"]: (w, client.call("thing.list", world=w["id"])["items"]) for w in worlds}


def live(client, world, acts, chance):
    """Bots that walk, drink, die, and things that come and go. Returns the last result."""
    result = None
    well = client.call("thing.create", world=world, kind="well", name="deep")["id"]
    for _ in range(3):
        client.call("bot.create", world=world)
    for _ in range(acts):
        bots = [t["id"] for t in client.call("thing.list", world=world, kind="bot")["items"]]
        bot = chance.choice(bots)
        if chance.random() < 0.1:
            client.call("thing.update", id=bot, props={"drink": 1})
        act = chance.choice([{"action": "walk", "args": {"angle": chance.random()}},
                             {"action": "drink", "target": well}, {"action": "pass"}])
        result = client.call("act", bot=bot, **act)
    return result


class Reading(harness.ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.server.connect() as client:
            cls.eden = client.call("world.create", name="eden", seed=5,
                                   rules={"lifespan": 20})["id"]
            live(client, cls.eden, 200, harness.chance())
            client.call("world.update", world="eden", rules={"day": 500})
            well = client.call("thing.create", world="eden", kind="well")["id"]
            client.call("thing.delete", id=well)
            cls.shown = client.call("world.get", world="eden")
            cls.records = read_all(client, "eden")

    def setUp(self):
        self.client = self.connect()

    def read(self, first, **more):
        return self.client.call("history.read", {"world": "eden", "from": first}, **more)

    def test_records_are_contiguous_from_the_first_and_know_what_happened(self):
        self.assertEqual([r["seq"] for r in self.records], list(range(1, self.shown["seq"] + 1)))
        ticks = [r["tick"] for r in self.records]
        self.assertEqual(ticks, sorted(ticks))
        self.assertEqual(ticks[-1], self.shown["tick"])
        self.assertEqual({r["command"]["type"] for r in self.records},
                         {"found", "create", "act", "update", "configure", "remove"})
        self.assertLessEqual({"type": "found", "name": "eden", "seed": 5}.items(),
                             self.records[0]["command"].items())
        for record in self.records:
            self.assertIn(record["outcome"], ("done", "refused"))
            self.assertEqual("reason" in record, record["outcome"] == "refused")
            if record["command"]["type"] == "act":
                self.assertLessEqual({"agent", "action", "target", "args"}, set(record["command"]))
        acts = [r for r in self.records if r["command"]["type"] == "act"]
        self.assertEqual(len(acts), self.shown["actions"])
        self.assertEqual(len(acts), 200)

    def test_the_effects_lead_to_what_is_there(self):
        places, deaths = {}, {}
        for record in self.records[1:]:
            for effect in record["effects"]:
                if effect["type"] in ("created", "moved"):
                    self.assertEqual(effect["thing"] in places, effect["type"] == "moved")
                    places[effect["thing"]] = effect["pos"]
                elif effect["type"] == "removed":
                    del places[effect["thing"]]
                    if "cause" in effect:
                        deaths[effect["cause"]] = deaths.get(effect["cause"], 0) + 1
                        self.assertIn("heir", effect)
        things = self.client.call("thing.list", world="eden")["items"]
        self.assertEqual(places, {t["id"]: t["pos"] for t in things})
        self.assertEqual(deaths, self.shown["deaths"])
        self.assertGreater(deaths["age"], 0)

    def test_pages_put_together_are_the_whole_history(self):
        for limit in (1, 7, 100, self.shown["seq"] - 1, self.shown["seq"], 1000):
            page = self.read(1, limit=limit)
            self.assertEqual(len(page["records"]), min(limit, self.shown["seq"]))
            self.assertEqual(page.get("next"), limit + 1 if limit < self.shown["seq"] else None)
            self.assertEqual(read_all(self.client, self.eden, limit), self.records)

    def test_reading_may_begin_anywhere(self):
        for first in (1, 2, 50, self.shown["seq"] - 1, self.shown["seq"]):
            self.assertEqual(self.read(first)["records"], self.records[first - 1:])

    def test_reading_beyond_the_end_says_where_the_end_is(self):
        for first in (self.shown["seq"] + 1, 10**9, 2**53 - 1):
            error = self.assert_refused(self.client, -32602, "history.read",
                                        {"world": "eden", "from": first})
            self.assertEqual(error["data"]["param"], "from")
            self.assertIn(str(self.shown["seq"]), error["data"]["expected"])
        for first in (0, -1, 1.5, "1", None):
            self.assert_bad_param(self.client, "from", "history.read",
                                  {"world": "eden", "from": first})

    def test_stats_count_what_can_be_read(self):
        stats = self.client.call("history.stats", world="eden")
        self.assertEqual(stats["records"], self.shown["seq"])
        self.assertLessEqual({"seq": 1, "tick": 0}.items(), stats["first"].items())
        last = {"seq": self.shown["seq"], "tick": self.shown["tick"]}
        self.assertLessEqual(last.items(), stats["last"].items())
        self.assertTrue(0 < stats["commits"] <= stats["records"])
        self.assertGreater(stats["bytes"], 500)
        loaded = [{k: p[k] for k in ("id", "version", "hash")}
                  for p in self.client.call("plugin.list")["items"]]
        self.assertEqual([p for p in loaded if p in stats["plugins"]], stats["plugins"])
        self.assertIn("org.unscripted.life", [p["id"] for p in stats["plugins"]])

    def test_a_record_can_be_read_as_soon_as_its_act_is_answered(self):
        world = self.client.call("world.create")["id"]
        bot = self.client.call("bot.create", world=world)["id"]
        reader = self.connect()
        for _ in range(100):
            seq = self.client.call("act", bot=bot, action="pass")["seq"]
            record, = reader.call("history.read", {"world": world, "from": seq})["records"]
            self.assertEqual((record["seq"], record["command"]["agent"]), (seq, bot))


class GoingOn(unittest.TestCase):
    """Servers that stop, and start again."""

    def start(self, *options, **more):
        server = Server(*options, **more)
        self.addCleanup(server.close)
        return server.start()

    def stop(self, server, by=signal.SIGTERM):
        """Stops it as a person would, and holds it to its promise."""
        began = time.monotonic()
        server.process.send_signal(by)
        code = server.wait(harness.STOP_PATIENCE)
        self.assertEqual(code, 0, server.err)
        self.assertLess(time.monotonic() - began, STOP_SECONDS_MAX)

    def test_a_server_goes_on_where_it_stopped(self):
        chance = harness.chance()
        for options in ((), ("--durability", "fsync")):
            server = self.start(*options)
            with server.connect() as client:
                client.call("world.create", name="eden", rules={"lifespan": 15},
                            capacity={"bot": 4})
                client.call("world.create", name="gone")
                client.call("world.create", name="paced", pace="realtime", speed=100, pause_at=20)
                dead = client.call("bot.create", world="gone")
                gone = client.call("world.delete", world="gone")
                last = live(client, "eden", 60, chance)
                self.assertEqual(last["durability"], options[-1] if options else "wal")
                client.call("world.update", world="eden", name="renamed", rules={"day": 77})
                harness.poll(lambda: client.call("world.get", world="paced")["paused"], "20 ticks")
                before, history = picture(client), read_all(client, "renamed")
                died = [e["params"] for e in client.events if e["method"] == "died"]
            self.assertEqual(gone, {"deleted": 1})
            for by in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
                self.stop(server, by)
                server.start()
                with server.connect() as client:
                    self.assertEqual(picture(client), before)
                    self.assertEqual(read_all(client, "renamed"), history)
            with server.connect() as client:
                for bot in (t for t in before["renamed"][1] if t["kind"] == "bot"):
                    self.assertEqual(client.call("bot.attach", bot=bot["id"])["id"], bot["id"])
                for death in died:
                    error = client.answer(client.ask("act", bot=death["bot"],
                                                     action="pass"))["error"]
                    self.assertEqual((error["code"], error["data"]["cause"], error["data"]["heir"]),
                                     (409, death["cause"], death["heir"]))
                acted = client.call("act", bot=bot["id"], action="pass")
                self.assertEqual(acted["seq"], before["renamed"][0]["seq"] + 1)
                new = client.call("world.create", name="gone")["id"]
                self.assertGreater(new, dead["world"])
                thing = client.call("thing.create", world="renamed", kind="well")["id"]
                self.assertGreater(thing, max(t["id"] for t in before["renamed"][1]))

    def test_what_was_acknowledged_before_a_stop_is_there_after_it(self):
        server = self.start()
        bots = []
        clients = [server.connect() for _ in range(4)]
        with server.connect() as client:
            client.call("world.create", name="eden")
        for client in clients:
            bots.append(client.call("bot.create", world="eden")["id"])
            for _ in range(3000):
                client.ask("act", bot=bots[-1], action="pass")
        for client in clients:
            client.next_answer()
        self.stop(server)
        acknowledged = {}
        for client, bot in zip(clients, bots):
            self.assertTrue(client.has_ended())
            results = [a["result"] for a in client.answers if "result" in a]
            acknowledged.update({r["seq"]: bot for r in results})
            for answer in client.answers:
                if "error" in answer:
                    self.assertEqual(answer["error"]["data"]["reason"], "shutting_down")
        server.start()
        with server.connect() as client:
            kept = {r["seq"]: r["command"].get("agent") for r in read_all(client, "eden")}
        self.assertGreater(len(acknowledged), 3)
        for seq, bot in acknowledged.items():
            self.assertEqual(kept.get(seq), bot)
        self.assertEqual(sorted(kept), list(range(1, len(kept) + 1)))

    def test_a_server_stops_at_once_whatever_its_worlds_wait_for(self):
        def lockstep(client):
            client.call("world.create", name="w", pace="lockstep", deadline_ms=FOREVER_MS)
            client.call("bot.create", world="w")

        def realtime(client):
            client.call("world.create", name="w", pace="realtime", speed=0.0001)
            client.call("bot.create", world="w")

        def hosted(client):
            client.call("world.create", name="w")
            client.call("bot.create", world="w", mind="random")

        def watched(client):
            client.call("world.create", name="w")
            client.call("subscribe", world="w", max_hz=0.001)
            client.call("bot.create", world="w")

        def deleted(make):
            def both(client):
                make(client)
                client.call("world.delete", world="w")
            both.__name__ = f"{make.__name__}, deleted"
            return both

        worlds = [lockstep, realtime, hosted, watched]
        for make in (*worlds, *map(deleted, worlds)):
            with self.subTest(make.__name__):
                server = self.start()
                with server.connect() as client:
                    make(client)
                    bots = client.call("world.list")["items"] and \
                        client.call("thing.list", world="w")["items"]
                    with server.connect() as other:
                        other.call("bot.create", world="w") if bots else None
                        for bot in bots if make is not hosted else []:
                            client.ask("act", bot=bot["id"], action="pass")
                        other.call("ping")
                        self.stop(server)

    def test_a_server_stops_although_clients_do_not_read_or_are_silent(self):
        server = self.start()
        clients = [server.connect(receive_buffer=4096) for _ in range(20)]
        for client in clients[:5]:
            client.send(b'{"id":1,"method":"describe"}\n' * 2000)
        for client in clients[5:10]:
            client.send(b'{"id":1,"meth')
        clients[-1].call("ping")
        self.stop(server)

    def test_hosted_minds_go_on_living_after_a_restart(self):
        server = self.start()
        with server.connect() as client:
            client.call("world.create", name="eden", pace="realtime", speed=1000)
            client.call("bot.create", world="eden", mind="random")
            harness.poll(lambda: client.call("world.get", world="eden")["actions"] > 5, "it acts")
        self.stop(server)
        server.start()
        with server.connect() as client:
            before = client.call("world.get", world="eden")["actions"]
            harness.poll(lambda: client.call("world.get", world="eden")["actions"] > before + 5,
                         "it acts")
        self.stop(server)

    def test_without_a_history_worlds_live_and_nothing_is_kept(self):
        server = self.start("--durability", "memory")
        with server.connect() as client:
            self.assertEqual(client.call("hello")["durability"], "memory")
            client.call("world.create", name="eden", rules={"lifespan": 10})
            self.assertEqual(live(client, "eden", 30, harness.chance())["durability"], "memory")
            seq = client.call("world.get", world="eden")["seq"]
            for method, params in (("history.stats", {}), ("history.read", {"from": 1})):
                error = client.answer(client.ask(method, params, world="eden"))["error"]
                self.assertEqual((error["code"], error["data"]["reason"]), (409, "conflict"))
                self.assertIn("memory", error["message"])
            client.events.clear()
            self.assertIs(client.call("subscribe", world="eden", since=seq - 1)["resync"], True)
            self.assertEqual(client.event("snapshot")["seq"], seq)
        self.stop(server)
        self.assertFalse(server.data.exists())
        server.start()
        with server.connect() as client:
            self.assertEqual(client.call("world.list"), {"items": []})


class Refusals(unittest.TestCase):
    """What a server says that cannot start."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def assert_says(self, words, *options, code=1, **more):
        """It does not start, and says these words in one line."""
        server = Server(*options, **more)
        self.addCleanup(server.close)
        with self.assertRaises(DidNotStart) as found:
            server.start()
        self.assertEqual(found.exception.code, code, found.exception)
        for word in words:
            self.assertIn(str(word), found.exception.err)
        lines = [line for line in found.exception.err.splitlines() if str(words[0]) in line]
        self.assertTrue(lines, found.exception.err)
        return found.exception.err

    def test_a_second_server_on_one_data_folder_names_the_folder_and_the_process(self):
        with Server(data=self.folder / "shared") as first:
            with first.connect() as client:
                client.call("world.create", name="eden")
            self.assert_says([first.data, first.pid], data=first.data)
            with first.connect() as client:
                self.assertEqual(client.call("world.get", world="eden")["seq"], 1)
                self.assertEqual(client.call("world.update", world="eden")["seq"], 2)
        with Server(data=first.data):  # the lock goes with the process
            pass

    def test_a_port_in_use_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.assert_says([port, "in use"], port=port)

    def test_a_data_folder_that_is_a_file_is_named(self):
        (self.folder / "file").write_text("not a folder")
        self.assert_says([self.folder / "file"], data=self.folder / "file")
        self.assert_says([self.folder / "file"], data=self.folder / "file" / "below")
        self.assertEqual((self.folder / "file").read_text(), "not a folder")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_data_folder_that_is_not_writable_is_named(self):
        (self.folder / "closed").mkdir(mode=0o555)
        self.assert_says([self.folder / "closed"], data=self.folder / "closed")
        self.assert_says([self.folder / "closed"], data=self.folder / "closed" / "below")

    def test_a_plugin_folder_that_is_not_there_is_named(self):
        (self.folder / "file").write_text("not a folder")
        for name in ("nowhere", "file"):
            self.assert_says([self.folder / name], "--plugins", str(self.folder / name))

    def test_wrong_usage_is_exit_code_2(self):
        for options in (("--durability", "hope"), ("--threads", "-1"), ("--threads", "x"),
                        ("--nope",),
                        ("extra",), ("--tcp", "nonsense"), ("--tcp", "127.0.0.1:70000"),
                        ("--config", str(self.folder / "nowhere.toml"))):
            done = subprocess.run([harness.BINARY, "serve", "--data", str(self.folder / "d"),
                                   *options],
                                  capture_output=True, text=True, timeout=harness.PATIENCE)
            self.assertEqual(done.returncode, 2, (options, done.stdout, done.stderr))
            self.assertTrue(done.stderr, options)

    def test_an_address_of_another_machine_is_named(self):
        done = subprocess.run([harness.BINARY, "serve", "--data", str(self.folder / "d"), "--tcp",
                               "192.0.2.1:4000"], capture_output=True, text=True,
                               timeout=harness.PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("192.0.2.1", done.stderr)


class Damage(unittest.TestCase):
    """A data folder with a flipped byte, half a file or none: an error, or nothing lost."""

    @classmethod
    def setUpClass(cls):
        cls.chance = harness.chance()
        cls.folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.whole = cls.folder / "whole"
        with Server(data=cls.whole) as server:
            for _ in range(3):  # so that there are files of several ages
                with server.connect() as client:
                    for name in ("eden", "nod"):
                        if name not in picture(client):
                            client.call("world.create", name=name, rules={"lifespan": 40})
                            live(client, name, 50, cls.chance)
                        bot = client.call("thing.list", world=name, kind="bot")["items"][0]["id"]
                        client.call("act", acts=[{"bot": bot, "action": "walk"}] * 20)
                    cls.before = picture(client)
                assert server.terminate() == 0
                server.start()
            server.terminate()

    def damage(self, how, pattern, **more):
        """Damages each file of this pattern in a copy of its own, and looks what comes of it."""
        files = sorted(self.whole.glob(pattern))
        self.assertTrue(files, f"no {pattern} in {sorted(p.name for p in self.whole.iterdir())}")
        for file in files:
            with self.subTest(file=file.name, how=how.__name__):
                copy = self.folder / "copy"
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(self.whole, copy)
                how(copy / file.name)
                self.assert_no_silent_loss(copy, file.name, **more)

    def flip(self, file):
        content = bytearray(file.read_bytes())
        if content:
            content[self.chance.randrange(len(content))] ^= 1 << self.chance.randrange(8)
        file.write_bytes(content)

    def flip_many(self, file):
        content = bytearray(file.read_bytes())
        for at in range(0, len(content), 50):
            content[at] ^= 0xff
        file.write_bytes(content)

    def halve(self, file):
        file.write_bytes(file.read_bytes()[:file.stat().st_size // 2])

    def keep(self, file):
        pass

    def lose(self, file):
        file.unlink()

    def assert_no_silent_loss(self, copy, name, may_be_shorter=False):
        """Refuses to start, or shows each world as it was, or says why it is not there."""
        server = Server(data=copy, verifies=False)
        self.addCleanup(server.close)
        try:
            server.start()
        except DidNotStart as refusal:
            self.assertEqual(refusal.code, 1, f"{name}: {refusal}")
            self.assertIn(str(copy), refusal.err, name)
            self.assertLess(len(refusal.err), 4000)
            return
        with server:
            try:
                self.compare(server, name, may_be_shorter)
            except ConnectionError as error:
                code = server.wait(harness.STOP_PATIENCE)
                said = server.out + server.err
                raise AssertionError(f"{name}: {error}; it ended with {code}: {said}")
            self.assertEqual(server.terminate(harness.STOP_PATIENCE), 0, server.err)

    def compare(self, server, name, may_be_shorter):
        lost = []
        with server.connect() as client:
            for world, was in self.before.items():
                answer = client.answer(client.ask("world.get", world=world))
                if "error" in answer and may_be_shorter:
                    continue
                if "error" in answer:
                    self.assert_not_running(client, world, name)
                    lost.append(world)
                elif answer["result"]["seq"] == was[0]["seq"] or not may_be_shorter:
                    things = client.call("thing.list", world=world)["items"]
                    self.assertEqual((answer["result"], things), was, name)
                else:
                    self.assertLess(answer["result"]["seq"], was[0]["seq"], name)
            # They can be deleted, and those that are left live on.
            for world in lost:
                self.assertEqual(client.call("world.delete", world=world), {"deleted": 1}, name)
            client.call("world.create", name="another")

    def assert_not_running(self, client, world, name):
        """Each request to it is answered with the reason."""
        for method, params in (("world.get", {}), ("thing.list", {}), ("bot.create", {}),
                               ("world.update", {}), ("subscribe", {}), ("world.get", {})):
            error = client.answer(client.ask(method, params, world=world))["error"]
            self.assertEqual(error["code"], 409, (name, error))
            self.assertIn("not running", error["message"])
        # What is left of its history can be asked all the same.
        for method, params in (("history.stats", {}), ("history.read", {"from": 1})):
            answer = client.answer(client.ask(method, params, world=world))
            if "error" in answer:
                self.assertEqual(answer["error"]["data"]["reason"], "damaged", (name, answer))
        taken = client.answer(client.ask("world.create", name=world))["error"]
        self.assertEqual(taken["code"], 409)

    def test_the_folder_as_it_is_has_everything(self):
        self.damage(self.keep, "CURRENT")

    def test_a_damaged_table_is_noticed(self):
        for how in (self.flip, self.flip_many, self.halve, self.lose):
            self.damage(how, "*.sst")

    def test_a_damaged_manifest_is_noticed(self):
        for how in (self.flip, self.flip_many, self.halve, self.lose):
            self.damage(how, "MANIFEST-*")
            self.damage(how, "CURRENT")

    def test_a_damaged_write_ahead_log_is_noticed_or_ends_sooner(self):
        for how in (self.flip, self.flip_many, self.halve):
            self.damage(how, "*.log", may_be_shorter=True)

    def test_a_folder_of_something_else_is_left_alone(self):
        other = self.folder / "other"
        other.mkdir()
        (other / "CURRENT").write_text("MANIFEST-000001\n")
        (other / "letter.txt").write_text("to my aunt")
        server = Server(data=other)
        self.addCleanup(server.close)
        with self.assertRaises(DidNotStart) as found:
            server.start()
        self.assertEqual(found.exception.code, 1)
        self.assertEqual((other / "letter.txt").read_text(), "to my aunt")


if __name__ == "__main__":
    harness.main()
