#!/usr/bin/env python3
"""In which order histories are asked and answered, and what is asked wrongly."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

import harness
from harness import Server
from lived import pass_often

SOME_ID = "000000010000000000000001"
MOMENTS = {"history.state": "at", "history.replay": "to", "history.verify": "from",
           "history.diff": "other_at", "history.explain": "at", "history.bisect": "to",
           "history.prune": "before", "history.export": "from", "world.fork": "at",
           "subscribe": "at"}


def wishes(world, folder):
    """Each method about the past, and what it needs at least."""
    yield "history.stats", {"world": world}
    yield "history.read", {"world": world, "from": 1}
    for name in ("state", "replay", "verify", "export"):
        yield f"history.{name}", {"world": world}
    yield "history.diff", {"world": world, "other": world}
    yield "history.explain", {"id": SOME_ID}
    yield "history.bisect", {"world": world, "when": "tick > 1"}
    yield "history.prune", {"world": world, "before": {"seq": 1}}
    yield "history.retain", {"world": world, "keep_days": 0}
    yield "world.fork", {"world": world}
    yield "subscribe", {"world": world, "at": {"seq": 1}}
    yield "history.import", {"file": f"{folder}/nowhere", "name": "imported"}
    yield "server.backup", {"folder": f"{folder}/backup"}
    yield "server.checkpoint", {"folder": f"{folder}/checkpoint"}


class Order(harness.ServerTest):
    def setUp(self):
        self.client = self.connect()

    def crowd(self, records=20_000):
        world = self.world(rules={"lifespan": 1e6, "day": 1e6})
        bot = self.bot(self.client, world)["id"]
        pass_often(self.client, bot, records)
        return world["id"], bot

    def test_what_is_asked_after_an_act_in_one_write_sees_it(self):
        world, bot = self.crowd(10)
        for _ in range(50):
            seq = self.client.call("world.get", world=world)["seq"] + 1
            lines = [("act", {"bot": bot, "action": "pass"}),
                     ("history.read", {"world": world, "from": seq}),
                     ("history.state", {"world": world, "at": {"seq": seq}}),
                     ("act", {"bot": bot, "action": "pass"}),
                     ("history.stats", {"world": world}), ("ping", {})]
            ids = [f"{seq}-{n}" for n in range(len(lines))]
            self.client.send(b"".join(
                json.dumps({"id": i, "method": m, "params": p}).encode() + b"\n"
                for i, (m, p) in zip(ids, lines)))
            answers = [self.client.next_answer() for _ in lines]
            self.assertEqual([a["id"] for a in answers], ids)
            first, read, state, second, stats, _ = (a["result"] for a in answers)
            self.assertEqual((first["seq"], second["seq"]), (seq, seq + 1))
            self.assertEqual([r["seq"] for r in read["records"]], [seq])
            self.assertEqual((state["seq"], stats["last"]["seq"]), (seq, seq + 1))

    def test_what_is_asked_after_a_long_look_is_answered_after_it(self):
        world, bot = self.crowd()
        asked = []
        for _ in range(5):
            asked += [self.client.ask("history.verify", world=world),
                      self.client.ask("act", bot=bot, action="pass"),
                      self.client.ask("history.bisect", world=world, when="tick < 0", scan=True),
                      self.client.ask("nonsense"), self.client.ask("ping"),
                      self.client.ask("world.fork", world=world),
                      self.client.ask("world.list")]
        answers = [self.client.next_answer() for _ in asked]
        self.assertEqual([a["id"] for a in answers], asked)
        for one, other in zip(answers[0::7], answers[1::7]):
            self.assertEqual(one["result"]["to"] + 1, other["result"]["seq"])
        for fork, worlds in zip(answers[5::7], answers[6::7]):
            names = [w["name"] for w in worlds["result"]["items"]]
            self.assertIn(fork["result"]["name"], names)

    def test_a_client_that_looks_for_long_keeps_nobody_waiting(self):
        world, bot = self.crowd()
        other = self.connect()
        asked = [self.client.ask("history.bisect", world=world, when="tick < 0", scan=True)
                 for _ in range(50)]
        other.call("bot.attach", bot=bot, take=True)
        seqs = [other.call("act", bot=bot, action="pass")["seq"] for _ in range(20)]
        self.assertEqual(seqs, list(range(seqs[0], seqs[0] + 20)))
        for one in asked:
            self.assertEqual(self.client.result(one)["answer"], "never_at_the_end")

    @staticmethod
    def said_of(result):
        """All of it but how fast it was found, and how many bytes that takes now."""
        return {k: v for k, v in result.items() if k not in ("seconds", "records_per_s", "bytes")}

    def test_a_world_that_is_deleted_meanwhile_is_not_found_or_answered_whole(self):
        for method, more in (("verify", {}), ("bisect", {"when": "tick < 0", "scan": True}),
                             ("replay", {}), ("export", {"limit": 10_000}), ("explain", {}),
                             ("read", {"from": 1}), ("state", {}), ("stats", {}),
                             ("prune", {"before": {"seq": 9_000}})):
            world, bot = self.crowd(10_000)
            wish = {"id": bot} if method == "explain" else {"world": world, **more}
            whole = self.said_of(self.client.call(f"history.{method}", wish))
            asked = [self.client.ask(f"history.{method}", wish) for _ in range(5)]
            with self.server.connect() as other:
                other.call("world.delete", world=world)
            for one in asked:
                answer = self.client.answer(one)
                if "error" in answer:
                    self.assert_error(answer, 404, "not_found")
                elif method != "prune":  # which finds less each time
                    self.assertEqual(self.said_of(answer["result"]), whole)
        self.assert_alive()

    def test_clients_that_go_away_while_they_are_answered_are_no_matter(self):
        world, _ = self.crowd()
        for index in range(30):
            client = self.server.connect()
            for _ in range(5):
                client.ask("history.bisect", world=world, when="tick < 0", scan=True)
                client.ask("history.verify", world=world, progress=True)
            client.reset() if index % 2 else client.close()
        self.assert_alive()
        self.assertTrue(self.client.call("history.verify", world=world)["ok"])


class Wrong(harness.ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        with cls.server.connect() as client:
            client.call("world.create", name="eden")
            bot = client.call("bot.create", world="eden")["id"]
            assert bot == SOME_ID
            client.call("act", bot=bot, action="pass")

    def setUp(self):
        self.client = self.connect()

    def test_unknown_worlds_are_named(self):
        for method, wish in wishes("nod", self.folder):
            if "world" in wish:
                error = self.assert_refused(self.client, 404, method, wish)
                self.assertEqual(error["data"].get("id"), "nod", method)

    def test_unknown_params_are_named(self):
        for method, wish in wishes("eden", self.folder):
            self.assert_bad_param(self.client, "fro", method, {**wish, "fro": 1})
        self.assertEqual(list(self.folder.iterdir()), [])
        self.assertEqual(len(self.client.call("world.list")["items"]), 1)

    def test_params_of_a_wrong_type_are_named(self):
        for method, wish in wishes("eden", self.folder):
            for name in wish:
                for wrong in (None, [], True, 1.5, {"a": 1}):
                    with self.subTest(method=method, name=name, wrong=wrong):
                        error = self.assert_refused(self.client, -32602, method,
                                                    {**wish, name: wrong})
                        self.assertIn(error["data"].get("param", ""), (name, f"{name}.a"))
            for name in wish:
                if not (method == "history.import" and name == "name"):
                    self.assert_missing(method, wish, name)

    def assert_missing(self, method, wish, name):
        rest = {key: value for key, value in wish.items() if key != name}
        if (method, name) != ("subscribe", "at"):
            self.assert_bad_param(self.client, name, method, rest)

    def test_flags_and_limits_of_a_wrong_type_are_named(self):
        for method, name in (("replay", "progress"), ("verify", "progress"),
                             ("verify", "count_all"), ("bisect", "scan"), ("bisect", "progress"),
                             ("diff", "progress"), ("diff", "limit"), ("state", "limit"),
                             ("state", "kind"), ("state", "after"), ("export", "what"),
                             ("export", "every"), ("export", "limit")):
            wish = {"world": "eden", **({"when": "tick > 1"} if method == "bisect" else {}),
                    **({"other": "eden"} if method == "diff" else {})}
            for wrong in (None, -1, 1.5, {}):
                self.assert_bad_param(self.client, name, f"history.{method}",
                                      {**wish, name: wrong})

    def test_moments_that_are_none_are_refused_by_name(self):
        wrong = ({"seq": 1, "tick": 1}, {}, {"seq": -1}, {"tick": -1}, {"seq": 1.5}, {"seq": 1.0},
                 {"tick": 1e300}, {"seq": 2**53}, {"tick": 2**63}, {"seq": "1"}, {"seq": None},
                 {"seq": True}, {"seq": [1]}, {"seq": 1, "at": 2}, {"Seq": 1}, 1, "1", [], None)
        for method, wish in wishes("eden", self.folder):
            name = MOMENTS.get(method)
            for moment in wrong if name else ():
                error = self.assert_refused(self.client, -32602, method, {**wish, name: moment})
                self.assertEqual(error["data"]["param"].split(".")[0], name, (method, moment))

    def test_moments_that_are_not_in_the_history_are_not_found(self):
        for method, wish in wishes("eden", self.folder):
            name = MOMENTS.get(method)
            for moment in ({"seq": 4}, {"tick": 2}, {"seq": 2**53 - 1}, {"tick": 2**53 - 1}):
                if name and (method, name) != ("history.export", "from"):
                    error = self.assert_refused(self.client, 404, method, {**wish, name: moment})
                    self.assertIn(f"last_{next(iter(moment))}", error["data"])

    def test_lines_with_a_moment_given_twice_or_numbers_beyond_all_bounds_are_refused(self):
        for moment in ('{"seq":1,"seq":2}', '{"seq":1e999}', '{"seq":' + "9" * 400 + "}",
                       '{"seq":01}', '{"seq":-0.0}', '{"seq":' + "[" * 10 + "]" * 10 + "}"):
            self.client.send_line('{"id":"x","method":"history.state","params":{"world":"eden",'
                                  '"at":' + moment + "}}")
            answer = self.client.next_answer()
            self.assertIn(answer["error"]["code"], (-32602, -32700), moment)
        self.assert_alive()


class Memory(unittest.TestCase):
    def test_without_a_history_every_question_about_it_is_a_conflict(self):
        with Server("--durability", "memory") as server, server.connect() as client:
            client.call("world.create", name="eden")
            client.call("bot.create", world="eden")
            for method, wish in wishes("eden", server.folder):
                error = client.answer(client.ask(method, wish))["error"]
                self.assertEqual((error["code"], error["data"]["reason"]), (409, "conflict"),
                                 method)
                self.assertIn("memory", error["message"])
            self.assertEqual(len(client.call("world.list")["items"]), 1)


if __name__ == "__main__":
    harness.main()
