#!/usr/bin/env python3
"""Every method: its parameters, the server, worlds. Things are in things_test.py."""

import fcntl
import re

import harness
from harness import INVALID_PARAMS
from places import Methods

ID = re.compile(r"^[0-9a-f]{24}$")
NOBODY = "f" * 24

METHODS = """hello ping describe world.create world.list world.get world.update world.delete
    thing.create thing.get thing.update thing.delete thing.list bot.create bot.attach bot.detach act
    see subscribe unsubscribe history.stats history.read history.state history.replay
    history.verify history.diff history.explain history.bisect history.prune history.retain
    history.export history.import world.fork plugin.list server.status server.backup
    server.checkpoint server.stop token.create token.list token.revoke""".split()

WORLD_KEYS = {"id", "name", "kind", "dims", "pos", "seed", "pace", "tick", "seq", "hash",
              "capacity",
              "rules", "counts", "created", "speed", "deadline_ms", "pause_at", "paused", "actions",
              "deaths"}

# One value of each JSON type.
BY_TYPE = {"null": None, "boolean": True, "integer": 1, "number": 0.5, "string": "x", "array": [],
           "object": {}}


class Parameters(Methods):
    """What holds for every method, by what `describe` says of it."""

    def valid(self, method):
        """Params with which the method would succeed, all optional ones included."""
        return {
            "hello": {"client": "a test", "token": "none needed"},
            "world.create": {"name": "never made", "dims": [9, 9, 9], "seed": 3, "pace": "free",
                             "speed": 1, "deadline_ms": 9, "pause_at": 9, "capacity": {"bot": 1},
                             "rules": {"day": 9}, "preset": "default"},
            "world.get": {"world": "eden"}, "world.delete": {"world": "eden"},
            "world.update": {"world": "eden", "name": "eden", "pace": "free", "speed": 1,
                             "deadline_ms": 9, "pause_at": 9, "capacity": {}, "rules": {}},
            "thing.create": {"world": "eden", "kind": "well", "pos": [1, 0, 1], "dims": [1, 1, 1],
                             "name": "w", "props": {}},
            "thing.get": {"id": self.well}, "thing.delete": {"id": self.well},
            "thing.update": {"id": self.well, "pos": [2, 0, 2], "props": {}},
            "thing.list": {"world": "eden", "kind": "bot", "limit": 1, "after": self.well,
                           "near": {"pos": [1, 0, 1], "range": 1}},
            "bot.create": {"world": "eden", "name": "b", "female": True, "pos": [1, 0, 1],
                           "mind": "remote"},
            "bot.attach": {"bot": self.ada, "token": "t", "take": False},
            "bot.detach": {"bot": self.ada},
            "act": {"bot": self.ada, "action": "pass", "target": self.ada, "args": {}, "see": True},
            "see": {"bot": self.ada, "range": 1, "frame": "ego"},
            "subscribe": {"world": "eden", "range": 1, "max_hz": 1, "since": 1},
            "unsubscribe": {"sub": 1},
            "world.fork": {"world": "eden", "at": {"seq": 1}, "name": "never forked", "seed": 1,
                           "pause_at": 9},
            "plugin.load": {"name": "nowhere", "shadow": 1},
            "plugin.set_aside": {"name": "nowhere"},
            "token.create": {"role": "bot", "world": "eden", "bot": self.ada, "days": 1,
                             "name": "t"},
            "token.revoke": {"id": 1},
            "server.backup": {"folder": "/nowhere", "progress": True},
            "server.checkpoint": {"folder": "/nowhere"},
            **self.valid_for_histories(),
        }.get(method, {})

    def valid_for_histories(self):
        ends = {"from": {"seq": 1}, "to": {"tick": 0}}
        return {
            "history.stats": {"world": "eden"},
            "history.read": {"world": "eden", "from": 1, "to": 9, "limit": 1, "bot": self.ada,
                             "thing": self.ada, "action": "walk", "outcome": "done"},
            "history.state": {"world": "eden", "at": {"seq": 1}, "kind": "bot", "limit": 1,
                              "after": self.ada},
            "history.replay": {"world": "eden", **ends, "progress": True},
            "history.verify": {"world": "eden", **ends, "progress": True, "count_all": True,
                               "present": True},
            "history.diff": {"world": "eden", "at": {"seq": 1}, "other": "eden",
                             "other_at": {"seq": 2}, "limit": 1, "progress": True},
            "history.explain": {"id": self.ada, "at": {"seq": 9}, "progress": True},
            "history.bisect": {"world": "eden", "when": "tick > 1", **ends, "scan": True,
                               "progress": True},
            "history.prune": {"world": "eden", "before": {"seq": 1}},
            "history.retain": {"world": "eden", "keep_days": 0},
            "history.export": {"world": "eden", "what": "records", **ends, "every": 1, "limit": 1},
            "history.import": {"file": "/nowhere", "name": "never imported", "progress": True},
        }

    def schemas(self):
        """(method, parameter, its schema, valid params with it)"""
        for method, what in self.described["methods"].items():
            for param, schema in what["params"]["properties"].items():
                params = self.valid(method)
                if param == "bot" and method == "subscribe":
                    params = {"bot": self.ada}
                if param == "acts":
                    params = {"acts": []}
                yield method, param, schema, params

    def test_describe_lists_every_method_with_a_schema_of_its_parameters(self):
        self.assertEqual(set(METHODS) - set(self.described["methods"]), set())
        for method, what in self.described["methods"].items():
            schema = what["params"]
            self.assertEqual(schema["type"], "object", method)
            self.assertIs(schema["additionalProperties"], False, method)
            self.assertLessEqual(set(schema["required"]), set(schema["properties"]), method)
            for param, one in schema["properties"].items():
                self.assertTrue("type" in one or "enum" in one, f"{method}: {param}")

    def test_describe_knows_the_parameters_that_the_protocol_lists(self):
        for method in METHODS:
            known = set(self.described["methods"][method]["params"]["properties"])
            self.assertLessEqual(set(self.valid(method)), known, method)

    def test_an_unknown_parameter_is_refused_by_every_method(self):
        for method in self.described["methods"]:
            for unknown in ("wurld", "", "World", "id "):
                with self.subTest(method=method, unknown=unknown):
                    self.assert_bad_param(self.client, unknown, method,
                                          {**self.valid(method), unknown: 1})
        self.assert_alive()

    def test_a_required_parameter_that_is_missing_is_named(self):
        for method, what in self.described["methods"].items():
            for param in what["params"]["required"]:
                with self.subTest(method=method, param=param):
                    params = self.valid(method)
                    del params[param]
                    self.assert_bad_param(self.client, param, method, params)
        self.assert_bad_param(self.client, "bot", "act", action="pass")
        self.assert_bad_param(self.client, "action", "act", bot=self.ada)
        self.assert_refused(self.client, INVALID_PARAMS, "subscribe")

    def test_a_parameter_of_a_wrong_type_is_named(self):
        for method, param, schema, params in self.schemas():
            right = schema.get("type", "string")
            right = {right} if isinstance(right, str) else set(right)
            right |= {"integer"} if "number" in right else set()
            for name, value in BY_TYPE.items():
                if name in right:
                    continue
                with self.subTest(method=method, param=param, value=value):
                    self.assert_bad_param(self.client, param, method, {**params, param: value})

    def test_a_number_out_of_the_range_in_its_schema_is_named(self):
        for method, param, schema, params in self.schemas():
            wrong = [schema["minimum"] - 1] if "minimum" in schema else []
            wrong += [schema["maximum"] + 1] if "maximum" in schema else []
            for value in wrong:
                with self.subTest(method=method, param=param, value=value):
                    self.assert_bad_param(self.client, param, method, {**params, param: value})

    def test_a_word_that_is_not_in_its_schema_is_named(self):
        for method, param, schema, params in self.schemas():
            if "enum" in schema:
                for wrong in ("", "x", schema["enum"][0].upper(), schema["enum"][0] + " "):
                    with self.subTest(method=method, param=param, wrong=wrong):
                        self.assert_bad_param(self.client, param, method, {**params, param: wrong})

    def test_a_text_that_its_pattern_does_not_know_is_named(self):
        for method, param, schema, params in self.schemas():
            if "pattern" in schema:
                for wrong in ("", "1", "G" * 24, "0" * 23, "0" * 25, " " + "0" * 23,
                              "0x" + "0" * 22):
                    with self.subTest(method=method, param=param, wrong=wrong):
                        self.assert_bad_param(self.client, param, method, {**params, param: wrong})

    def test_a_place_that_is_no_place_is_named(self):
        for method, param, schema, params in self.schemas():
            if schema.get("minItems") == 3:
                for wrong in ([1, 2], [1, 2, 3, 4], [1, 2, "3"], [1, 2, None], [[1, 2, 3]],
                              [1, 2, 1e8],
                              [-1e300, 0, 0], {"x": 1, "y": 2, "z": 3}, "1,2,3"):
                    with self.subTest(method=method, param=param, wrong=wrong):
                        self.assert_bad_param(self.client, param, method, {**params, param: wrong})


class Server(Methods):
    def test_hello_says_who_the_server_is_and_what_it_limits(self):
        hello = self.client.call("hello", client="a test")
        self.assertEqual((hello["server"], hello["protocol"], hello["durability"]),
                         ("unscripted", 1, "wal"))
        self.assertRegex(hello["version"], r"^\d+\.\d+\.\d+")
        self.assertLessEqual({"line_bytes": 65536, "json_depth": 16, "in_flight": 1024}.items(),
                             hello["limits"].items())
        self.assertIsInstance(hello["scopes"], list)
        self.assertNotEqual(hello["session"], self.connect().call("hello")["session"])
        self.assertEqual(hello["session"], self.client.call("hello")["session"])

    def test_ping_answers_an_empty_object(self):
        self.assertEqual(self.client.call("ping"), {})

    def test_describe_lists_kinds_with_their_properties(self):
        kinds = {k["kind"]: k for k in self.described["kinds"]}
        self.assertLessEqual({"world", "bot", "well"}, set(kinds))
        self.assertEqual(kinds["bot"]["dims"], [0.5, 1.7, 0.3])
        self.assertEqual(kinds["well"]["dims"], [1, 1, 1])
        self.assertTrue(kinds["bot"]["solid"] and kinds["well"]["solid"])
        props = kinds["bot"]["props"]
        self.assertLessEqual({"drink", "age", "generation", "female"}, set(props))
        self.assertLessEqual({"type": "number", "minimum": 0, "maximum": 1}.items(),
                             props["drink"].items())
        self.assertEqual([props[p]["type"] for p in ("age", "generation", "female")],
                         ["integer", "integer", "boolean"])
        self.assertLessEqual({"day", "lifespan"}, set(kinds["world"]["props"]))

    def test_describe_lists_actions_with_a_schema_a_plugin_and_its_version(self):
        actions = {(a["target"], a["action"]): a for a in self.described["actions"]}
        self.assertLessEqual({("world", "walk"), ("well", "drink"), ("bot", "pass")}, set(actions))
        for action in actions.values():
            self.assertEqual(action["params"]["type"], "object")
            self.assertIs(action["params"]["additionalProperties"], False)
            self.assertTrue(action["plugin"] and action["version"] and action["summary"])
        angle = actions["world", "walk"]["params"]["properties"]["angle"]
        self.assertLessEqual({"type": "number", "unit": "turn", "minimum": 0, "maximum": 1}.items(),
                             angle.items())

    def test_plugin_list_tells_what_each_plugin_brings_and_did(self):
        self.client.call("bot.attach", bot=self.ada, take=True)
        before = {p["id"]: p for p in self.client.call("plugin.list")["items"]}
        for _ in range(3):
            self.client.call("act", bot=self.ada, action="walk", args={"angle": 0.5})
        after = {p["id"]: p for p in self.client.call("plugin.list")["items"]}
        walk = after["org.unscripted.walk"]
        self.assertEqual(walk["calls"], before["org.unscripted.walk"]["calls"] + 3)
        self.assertEqual(walk["faults"], 0)
        self.assertRegex(walk["hash"], r"^[0-9a-f]{16,}$")
        self.assertTrue(walk["version"] and any("walk" in action for action in walk["actions"]))
        self.assertLessEqual({"bot", "well"}, set(after["org.unscripted.life"]["kinds"]))
        self.assertEqual(len(after["org.unscripted.life"]["rules"]), 1)

    def test_server_status_counts(self):
        status = self.client.call("server.status")
        again = self.client.call("server.status")
        self.assertEqual(status["pid"], self.server.pid)
        self.assertEqual(again["requests_total"], status["requests_total"] + 1)
        self.assertGreaterEqual(again["uptime_s"], status["uptime_s"])
        self.assertEqual(status["worlds"], len(self.client.call("world.list")["items"]))
        self.assertEqual(status["durability"], "wal")
        other = self.connect()
        for count in (2, 1):  # those of other tests may still be ending
            harness.poll(lambda: self.client.call("server.status")["sessions"] == count, "counted")
            other.close()


class Worlds(Methods):
    def test_a_world_has_all_that_the_protocol_lists(self):
        settings = {"name": "all", "dims": [20, 5, 30.5], "seed": 12345, "pace": "lockstep",
                    "speed": 2,
                    "deadline_ms": 77, "pause_at": 9, "capacity": {"bot": 3, "thing": 7},
                    "rules": {"day": 10, "lifespan": 20, "population": "none"}, "preset": "default"}
        world = self.client.call("world.create", settings)
        self.addCleanup(self.client.call, "world.delete", world="all")
        self.assertLessEqual(WORLD_KEYS, set(world))
        self.assertRegex(world["id"], ID)
        self.assertTrue(world["id"].endswith("0" * 16))
        for key in ("name", "dims", "seed", "pace", "speed", "deadline_ms", "pause_at"):
            self.assertEqual(world[key], settings[key], key)
        self.assertLessEqual(settings["capacity"].items(), world["capacity"].items())
        self.assertLessEqual(settings["rules"].items(), world["rules"].items())
        self.assertEqual((world["kind"], world["tick"], world["seq"]), ("world", 0, 1))
        self.assertEqual(world["counts"], {"bot": 0, "well": 0})
        self.assertRegex(world["hash"], r"^[0-9a-f]{16}$")
        for name in (world["id"], "all"):
            self.assertEqual(self.client.call("world.get", world=name), world)
        self.assertIn(world, self.client.call("world.list")["items"])

    def test_a_world_has_defaults_and_a_name_of_its_own(self):
        one, two = (self.client.call("world.create") for _ in range(2))
        self.assertNotEqual(one["name"], two["name"])
        self.assertNotEqual(one["seed"], two["seed"])
        self.assertEqual((one["dims"], one["pace"]), ([10, 10, 10], "free"))
        self.assertLessEqual({"bot": 10, "thing": 100}.items(), one["capacity"].items())
        self.assertLessEqual({"day": 150000, "lifespan": 1500000, "sight": 50}.items(),
                             one["rules"].items())
        for world in (one, two):
            self.client.call("world.delete", world=world["id"])

    def test_a_name_that_is_taken_is_a_conflict(self):
        self.assert_conflict("world.create", name="eden")
        self.assert_conflict("world.update", world="other", name="eden")
        self.assertEqual(self.client.call("world.update", world="eden", name="eden")["name"],
                         "eden")

    def test_a_name_that_could_not_be_told_from_others_is_refused(self):
        for name in ("", "0" * 24, self.eden["id"], "x" * 65, "a\nb", "a\x00b", "a\x7f",
                     "\x1b[31m"):
            for method, more in (("world.create", {}), ("world.update", {"world": "eden"})):
                with self.subTest(name=name, method=method):
                    self.assert_bad_param(self.client, "name", method, {**more, "name": name})
        for name in ("ä" * 33, "x" * 65):
            self.assert_bad_param(self.client, "name", "thing.create", world="eden", kind="well",
                                  name=name)

    def test_a_name_may_be_in_any_script(self):
        for name in ("ädèn 日本", "x" * 64, "🜁", "a/b\\c\"d", "  "):
            self.client.call("world.create", name=name)
            self.assertEqual(self.client.call("world.get", world=name)["name"], name)
            self.assertEqual(self.client.call("world.delete", world=name), {"deleted": 1})

    def test_settings_out_of_range_are_refused(self):
        for params, param in (
                ({"dims": [0, 1, 1]}, "dims"), ({"dims": [-5, 5, 5]}, "dims"),
                ({"dims": [5, 5, 1e-9]}, "dims"), ({"dims": [2e7, 5, 5]}, "dims"),
                ({"seed": 2**53}, "seed"), ({"seed": -1}, "seed"), ({"seed": 0.5}, "seed"),
                ({"speed": 0}, "speed"), ({"speed": -1}, "speed"), ({"speed": 1e5}, "speed"),
                ({"deadline_ms": 0}, "deadline_ms"), ({"deadline_ms": 3_600_001}, "deadline_ms"),
                ({"pause_at": -1}, "pause_at"), ({"pause_at": 1.5}, "pause_at"),
                ({"preset": "nope"}, "preset")):
            with self.subTest(params=params):
                self.assert_bad_param(self.client, param, "world.create", params)
        for rules, param in (({"day": 0}, "day"), ({"day": "x"}, "day"), ({"day": None}, "day"),
                             ({"lifespan": 0}, "lifespan"), ({"lifespan": 1.5}, "lifespan"),
                             ({"population": "x"}, "population"), ({"population": 1}, "population"),
                             ({"sight": -1}, "sight"), ({"dya": 1}, "dya"), ({"": 1}, "")):
            for method, more in (("world.create", {}), ("world.update", {"world": "eden"})):
                with self.subTest(rules=rules, method=method):
                    error = self.assert_refused(self.client, INVALID_PARAMS, method, more,
                                                rules=rules)
                    self.assertIn(error["data"]["param"], (param, f"rules.{param}"))
                    self.assertTrue(error["data"]["expected"])
        for capacity in ({"bot": -1}, {"bot": 1.5}, {"bot": "x"}, {"bot": None}, {"dragon": 1},
                         {"bot": 1e12}):
            for method, more in (("world.create", {}), ("world.update", {"world": "eden"})):
                with self.subTest(capacity=capacity, method=method):
                    error = self.assert_refused(self.client, INVALID_PARAMS, method, more,
                                                capacity=capacity)
                    self.assertTrue(error["data"]["param"].startswith("capacity"))
        names = [w["name"] for w in self.client.call("world.list")["items"]]
        self.assertEqual(sorted(names), ["eden", "other"])

    def test_a_world_that_is_not_there_is_not_found(self):
        for world in ("atlantis", NOBODY, "0" * 24, "Eden", " eden", self.ada):
            for method in ("world.get", "world.delete", "world.update", "thing.list",
                           "history.stats",
                           "bot.create", "subscribe"):
                with self.subTest(world=world, method=method):
                    self.assert_not_found(world, method, world=world)

    def test_an_empty_name_means_no_world(self):
        for method, params in (("world.get", {}), ("thing.list", {}), ("history.stats", {}),
                               ("thing.create", {"kind": "well"}), ("history.read", {"from": 1}),
                               ("bot.create", {}), ("world.update", {}), ("subscribe", {}),
                               ("world.delete", {})):
            self.client.call("world.get", world="eden")
            with self.subTest(method=method):
                error = self.client.answer(self.client.ask(method, params, world="")).get("error")
                self.assertIsNotNone(error)
                self.assertIn(error["code"], (404, INVALID_PARAMS))
                self.assertIn(error["data"].get("id", ""), ("",), error)
        self.assertEqual(len(self.client.call("world.list")["items"]), 2)

    def test_an_update_changes_what_it_names_and_nothing_else(self):
        world = self.world()
        self.addCleanup(self.client.call, "world.delete", world=world["id"])
        changed = self.client.call("world.update", world=world["name"], name="renamed",
                                   rules={"day": 7, "population": "none"}, capacity={"bot": 2})
        self.assertEqual(changed["name"], "renamed")
        self.assertEqual(changed["rules"], {**world["rules"], "day": 7, "population": "none"})
        self.assertEqual(changed["capacity"], {**world["capacity"], "bot": 2})
        for key in ("id", "dims", "seed", "pace", "speed", "deadline_ms", "pause_at", "created"):
            self.assertEqual(changed[key], world[key], key)
        self.assertEqual(changed["seq"], world["seq"] + 1)
        self.assertEqual(self.client.call("world.get", world="renamed"), changed)
        self.assert_not_found(world["name"], "world.get", world=world["name"])
        paced = self.client.call("world.update", world="renamed", pace="realtime", speed=0.5,
                                 deadline_ms=5, pause_at=0)
        self.assertEqual([paced[k] for k in ("pace", "speed", "deadline_ms", "pause_at", "paused")],
                         ["realtime", 0.5, 5, 0, True])
        self.assertIsNone(self.client.call("world.update", world="renamed",
                                           pause_at=None)["pause_at"])

    def test_an_update_with_one_wrong_part_changes_nothing(self):
        before = self.client.call("world.get", world="other")
        for params in ({"rules": {"day": 5, "lifespan": -1}}, {"name": "new", "rules": {"x": 1}},
                       {"name": "new", "capacity": {"dragon": 1}}, {"name": "new", "speed": -1},
                       {"pace": "lockstep", "name": "eden"}, {"name": "new", "dims": [1, 1, 1]}):
            self.client.answer(self.client.ask("world.update", params, world="other"))
            self.assertEqual(self.client.call("world.get", world="other"), before, params)

    def test_a_deleted_world_is_gone_and_its_name_is_free(self):
        world = self.world(name="doomed")
        bot = self.bot(self.client, world)
        sub = self.client.call("subscribe", world="doomed")["sub"]
        self.assertEqual(self.client.call("world.delete", world="doomed"), {"deleted": 1})
        for name in ("doomed", world["id"]):
            for method, params in (("world.get", {}), ("world.update", {}), ("world.delete", {}),
                                   ("thing.list", {}), ("history.stats", {}), ("bot.create", {}),
                                   ("history.read", {"from": 1}),
                                   ("thing.create", {"kind": "well"}),
                                   ("subscribe", {})):
                self.assert_not_found(name, method, params, world=name)
        for method, params in (("thing.get", {"id": bot["id"]}), ("see", {"bot": bot["id"]}),
                               ("act", {"bot": bot["id"], "action": "pass"}),
                               ("bot.attach", {"bot": bot["id"]}),
                               ("bot.detach", {"bot": bot["id"]}),
                               ("thing.update", {"id": bot["id"]}), ("unsubscribe", {"sub": sub}),
                               ("thing.delete", {"id": bot["id"]}),
                               ("subscribe", {"bot": bot["id"]})):
            self.assert_refused(self.client, 404, method, params)
        again = self.client.call("world.create", name="doomed")
        self.assertNotEqual(again["id"], world["id"])
        self.assertEqual(again["counts"], {"bot": 0, "well": 0})
        self.client.call("world.delete", world="doomed")


class Stop(harness.ServerTest):
    @classmethod
    def tearDownClass(cls):
        pass  # it stops in its test

    def test_a_server_stops_although_who_asked_for_it_is_gone(self):
        for leave in (harness.Client.close, harness.Client.reset):
            with harness.Server() as server:
                client = server.connect()
                for _ in range(20):
                    client.call("world.create")
                client.ask("server.stop")
                leave(client)
                self.assertEqual(server.wait(harness.STOP_PATIENCE), 0, server.err)

    def test_stop_answers_once_everything_is_safe_and_the_server_ends(self):
        client = self.connect()
        world = self.world()
        bot = self.bot(client, world)
        for _ in range(200):
            client.tell("act", bot=bot["id"], action="pass")
        stop = client.ask("server.stop")
        self.assertEqual(client.answer(stop)["result"], {})
        self.assertTrue(client.has_ended())
        with open(self.server.data / "LOCK.unscripted", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises where it is still held
        self.assertEqual(self.server.wait(), 0)
        self.server.start()
        self.assertEqual(self.connect().call("thing.get", id=bot["id"])["props"]["age"], 200)


if __name__ == "__main__":
    harness.main()
