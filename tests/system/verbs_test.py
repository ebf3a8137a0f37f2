#!/usr/bin/env python3
"""The verbs of the program against a running server: what they print, and how they end."""

import json
import socket

import node
import harness

STRANGER = "0000000100000000000000ff"  # nobody's id

# Each verb of a client, and what its answer has at least.
CLIENT_VERBS = {
    ("status",): {"server", "version", "uptime_s", "durability", "worlds", "bots", "sessions"},
    ("world", "list"): {"items"},
    ("world", "show", "eden"): {"id", "name", "seed", "tick", "seq", "hash", "counts", "rules"},
    ("thing", "list", "--world", "eden"): {"items"},
    ("thing", "show", "BOT"): {"id", "kind", "pos", "dims", "props", "actions"},
    ("act", "BOT", "walk", "angle=0.5"): {"seq", "tick", "outcome", "pos", "durability"},
    ("act", "BOT", "pass", "--see"): {"seq", "tick", "outcome", "pos", "durability", "see"},
    ("bot", "create", "--world", "eden"): {"id", "kind", "pos", "props"},
    ("bot", "list", "eden"): {"items"},
    ("bot", "show", "BOT"): {"id", "kind", "pos", "dims", "props", "actions"},
    ("see", "BOT", "--range", "5"): {"tick", "self", "world", "things"},
    ("see", "BOT", "--ego"): {"tick", "self", "world", "things"},
    ("thing", "create", "well", "--world", "eden", "--name", "deep"): {"id", "kind", "pos", "name"},
    ("thing", "update", "BOT", "drink=0.5"): {"id", "props"},
    ("hello",): {"server", "version", "protocol", "limits"},
    ("describe",): {"methods", "kinds", "actions"},
    ("describe", "walk"): {"methods", "kinds", "actions"},
    ("watch", "eden", "--once"): {"world", "tick", "seq", "population", "deaths"},
    ("plugin", "list"): {"items"},
    ("history", "stats", "eden"): {"records", "bytes", "first", "last"},
}
REFUSED = {
    ("world", "show", "nowhere"): "not_found",
    ("world", "create", "eden"): "conflict",
    ("world", "create", "x", "--dims", "0,0"): "invalid_params",
    ("world", "delete", "nowhere"): "not_found",
    ("thing", "show", STRANGER): "not_found",
    ("thing", "show", "7"): "invalid_params",
    ("thing", "list", "--world", "nowhere"): "not_found",
    ("act", STRANGER, "walk"): "not_found",
    ("act", "BOT", "fly"): "not_found",
    ("act", "BOT", "walk", "angle=2"): "invalid_params",
    ("act", "BOT", "walk", "speed=2"): "invalid_params",
    ("bot", "create", "--world", "nowhere"): "not_found",
    ("history", "stats", "nowhere"): "not_found",
    ("see", STRANGER): "not_found",
    ("thing", "create", "cloud", "--world", "eden"): "invalid_params",
    ("thing", "update", STRANGER, "drink=1"): "not_found",
    ("thing", "delete", STRANGER): "not_found",
    ("bot", "delete", STRANGER): "not_found",
    ("describe", "fly"): "fly",
    ("call", "world.sing"): "unknown_method",
    ("call", "world.get", "wrld=eden"): "invalid_params",
    ("watch", "nowhere"): "not_found",
    ("watch", "nowhere", "--once"): "not_found",
    ("follow", "nowhere"): "not_found",
    ("simulate", "--world", "nowhere"): "not_found",
}
WRONG_USAGE = [
    (), ("sleep",), ("--sleep",), ("serve", "--sleep"), ("serve", "--tcp", "nonsense"),
    ("serve", "--tcp", "127.0.0.1:99999"), ("serve", "--durability", "maybe"),
    ("serve", "--threads", "-1"), ("serve", "--config", "no-such-file.toml"),
    ("demo", "--bots"), ("demo", "--bots", "many"), ("demo", "--pace", "slow"),
    ("demo", "--seconds", "-1"), ("demo", "--seconds", "1", "--ticks", "1"), ("world",),
    ("world", "sleep"), ("world", "show"), ("world", "delete"), ("act",), ("act", "BOT"),
    ("act", "BOT", "walk", "angle"), ("thing", "show"), ("history", "stats"), ("bench",),
    ("bench", "sleep"), ("bench", "conn", "--seconds", "0"), ("bench", "history", "--commit", "0"),
    ("status", "--server", "nonsense"),
]


class VerbsTest(node.SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server().start()
        cls.addClassCleanup(cls.server.close)
        cls.where = ("--server", f"127.0.0.1:{cls.server.port}")
        node.answer("world", "create", "eden", "--seed", 7, "--capacity", "bot=1000",
                    "--dims", "50,50", *cls.where)
        cls.bot = node.answer("bot", "create", "--world", "eden", *cls.where)["id"]

    def words(self, verb):
        return [self.bot if word == "BOT" else word for word in verb] + list(self.where)

    def refuse(self, *arguments, code=node.REFUSED):
        """What the program complains of, and nothing else."""
        ended = node.run(*arguments)
        self.assertEqual(ended.returncode, code, (arguments, ended.stdout, ended.stderr))
        self.assertEqual(ended.stdout, "", arguments)
        self.assertRegex(ended.stderr, r"\w", arguments)
        return ended.stderr

    def test_each_verb_answers_one_json_object_with_what_is_documented(self):
        for verb, members in CLIENT_VERBS.items():
            with self.subTest(verb=" ".join(verb)):
                self.assertLessEqual(members, set(node.answer(*self.words(verb))))

    def test_each_verb_answers_a_table_that_is_no_json(self):
        for verb in CLIENT_VERBS:
            with self.subTest(verb=" ".join(verb)):
                printed = node.output(*self.words(verb))
                self.assertTrue(printed.endswith("\n"), printed)
                self.assertNotIn("{", printed)
                self.assertNotIn('"', printed)
                self.assertFalse([line for line in printed.splitlines() if line != line.rstrip()])

    def test_what_the_server_refuses_ends_with_1_and_its_reason(self):
        for verb, reason in REFUSED.items():
            with self.subTest(verb=" ".join(verb)):
                self.assertIn(reason, self.refuse(*self.words(verb)))

    def test_wrong_usage_ends_with_2(self):
        for verb in WRONG_USAGE:
            with self.subTest(verb=" ".join(verb)):
                self.refuse(*verb, code=node.WRONG_USAGE)

    def test_without_a_server_each_verb_ends_with_3(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))  # and never listens
            nowhere = f"127.0.0.1:{deaf.getsockname()[1]}"
            for verb in (*CLIENT_VERBS, ("stop",), ("world", "create"), ("simulate",)):
                with self.subTest(verb=" ".join(verb)):
                    complaint = self.refuse(*verb, "--server", nowhere, code=node.CANNOT_CONNECT)
                    self.assertIn(nowhere, complaint)

    def test_the_server_may_be_named_by_the_environment(self):
        named = node.run("world", "show", "eden", "--json", UNSCRIPTED_SERVER=self.where[1])

        self.assertEqual(json.loads(named.stdout)["name"], "eden")

    def test_help_of_each_verb_ends_with_0(self):
        for verb in {verb[0] for verb in CLIENT_VERBS} | {"serve", "demo", "simulate", "bench"}:
            with self.subTest(verb=verb):
                self.assertIn(f"unscripted {verb}", node.output(verb, "--help"))

    def test_the_version_needs_no_server(self):
        version = node.answer("version")["version"]

        self.assertRegex(version, r"^\d+\.\d+\.\d+")
        self.assertIn(version, node.output("version"))
        self.assertEqual(node.answer("status", *self.where)["version"], version)

    def test_a_world_is_created_listed_and_deleted(self):
        created = node.answer("world", "create", "oz", "--seed", 3, "--pace", "lockstep",
                              "--rule", "day=99", *self.where)
        listed = node.answer("world", "list", *self.where)["items"]
        deleted = node.answer("world", "delete", "oz", *self.where)

        self.assertEqual((created["seed"], created["pace"], created["rules"]["day"]),
                         (3, "lockstep", 99))
        self.assertIn(created["id"], [world["id"] for world in listed])
        self.assertEqual(deleted, {"deleted": 1})
        self.assertIn("not_found", self.refuse("world", "show", "oz", *self.where))

    def test_a_world_is_created_with_all_that_the_method_takes(self):
        created = node.answer("world", "create", "slow", "--pace", "realtime", "--speed", 2.5,
                              "--deadline-ms", 77, "--pause-at", 9, *self.where)
        changed = node.answer("world", "update", "slow", "--speed", 4, "--pause-at", "never",
                              *self.where)

        self.assertEqual([created[k] for k in ("pace", "speed", "deadline_ms", "pause_at")],
                         ["realtime", 2.5, 77, 9])
        self.assertEqual([changed[k] for k in ("speed", "deadline_ms", "pause_at")], [4, 77, None])

    def test_a_thing_is_created_moved_and_deleted(self):
        well = node.answer("thing", "create", "well", "--world", "eden", "--pos", "40,40",
                           "--dims", "2,1,3", *self.where)
        moved = node.answer("thing", "update", well["id"], "--pos", "30,0,41", *self.where)
        deleted = node.answer("thing", "delete", well["id"], *self.where)

        self.assertEqual((well["dims"], moved["pos"]), ([2, 1, 3], [30, 0, 41]))
        self.assertEqual(deleted, {"deleted": 1})
        self.assertIn("not_found", self.refuse("thing", "show", well["id"], *self.where))

    def test_call_takes_words_json_and_standard_input(self):
        by_words = node.answer("call", "thing.create", "world=eden", "kind=well", "pos=[20,0,45]",
                               *self.where)
        by_json = node.answer("call", "thing.get", json.dumps({"id": by_words["id"]}), *self.where)
        by_input = node.run_with(f'{{\n "id":\n"{by_words["id"]}"}}\n', "call", "thing.delete", "-",
                                 *self.where)

        self.assertEqual(by_words["pos"], [20, 0, 45])
        self.assertEqual(by_json, by_words)
        self.assertEqual(json.loads(by_input.stdout), {"deleted": 1})

    def test_an_action_is_described_by_target_arguments_and_a_command_line_that_works(self):
        text = node.output("describe", "walk", *self.where)
        example = next(line for line in text.splitlines() if "unscripted act BOT" in line).split()
        acted = node.answer(*[self.bot if w == "BOT" else w for w in example[1:]], *self.where)

        self.assertRegex(text, r"target +the world")
        self.assertRegex(text, r"angle +number +0 to 1 +turn +0")
        self.assertIn(acted["outcome"], ("done", "refused"))
        self.assertIn("drink", node.output("describe", "well", *self.where))
        self.assertRegex(node.output("describe", "world.get", *self.where), r"world +text .*yes")

    def test_each_event_is_followed_on_a_line(self):
        lines = node.output("follow", "eden", "--at", "seq:1", "--to", "seq:2", "--json",
                            *self.where).splitlines()
        told = [json.loads(line)["method"] for line in lines]

        self.assertEqual((told[0], told[-1]), ("snapshot", "ended"))

    def test_a_hostile_name_moves_no_cursor(self):
        name = "\u009b2J\u202eeve"
        node.answer("bot", "create", "--world", "eden", "--name", name, "--pos", "1,49",
                    *self.where)
        printed = node.output("bot", "list", "eden", *self.where)

        self.assertIn("?2J?eve", printed)
        self.assertNotIn(name, printed)

    def test_simulate_lives_in_a_world_of_a_running_server(self):
        node.output("world", "create", "sim", *self.where)
        first = node.answer("simulate", "--world", "sim", "--bots", 4, "--seconds", 0.5,
                            *self.where)
        bots = node.answer("thing", "list", "--world", "sim", "--kind", "bot", *self.where)
        second = node.output("simulate", "--world", "sim", "--bots", 4, "--seconds", 0.2,
                             *self.where)
        after = node.answer("thing", "list", "--world", "sim", "--kind", "bot", *self.where)

        self.assertEqual(first["population"], 4)
        self.assertGreater(first["actions_per_s"], 0)
        self.assertIn("state hash", second)
        self.assertEqual([bot["id"] for bot in after["items"]],
                         [bot["id"] for bot in bots["items"]])


class EndTest(node.SystemTest):
    """How servers end, and why they do not begin."""

    def serve(self, data, where="127.0.0.1:0"):
        """Of a server that does not begin: its complaint."""
        ended = node.run("serve", "--tcp", where, "--data", data)
        self.assertEqual(ended.returncode, node.REFUSED, ended)
        return ended.stderr

    def test_stop_ends_the_server_once_all_is_safe(self):
        server = self.server()
        where = ("--server", f"127.0.0.1:{server.port}")
        world = node.answer("world", "create", "eden", *where)
        self.assertEqual(node.answer("stop", *where), {})

        self.assertEqual(server.wait(), 0)
        self.assertIn("stopped", server.out)
        self.assertEqual(self.connect(server.start()).call("world.list")["items"], [world])

    def test_a_second_server_on_a_data_folder_says_so_and_ends(self):
        server = self.server()

        self.assertIn(str(server.data), self.serve(server.data))
        self.assertEqual(self.connect(server).call("ping"), {})

    def test_a_server_on_a_port_in_use_says_so_and_ends(self):
        port = self.server().port

        self.assertIn(str(port), self.serve(self.folder(), f"127.0.0.1:{port}"))

    def test_a_data_folder_that_cannot_be_made_is_named(self):
        file = self.folder()
        file.write_text("no folder")

        self.assertIn(str(file), self.serve(file / "data"))
        self.assertIn(str(file), self.serve(file))

    def test_a_text_file_that_is_no_plugin_is_refused_in_one_line(self):
        plugins = self.folder()
        plugins.mkdir()
        (plugins / "poem.so").write_text("Roses are red\n")
        server = self.server("--plugins", str(plugins))
        refused = self.connect(server).call("server.status")["plugins_refused"]

        self.assertEqual(len(refused), 1)
        self.assertIn("poem.so", refused[0])


class BenchTest(node.SystemTest):
    """Each measure is made at all; how fast it is, is for `bench` itself to tell."""

    fields = {"bench", "connections", "inflight", "durability", "seconds", "operations", "per_s",
              "p50_us", "p99_us", "p999_us", "errors"}

    def measure(self, *arguments):
        measured = node.answer("bench", *arguments, "--seconds", 0.3)
        self.assertLessEqual(self.fields, set(measured))
        self.assertEqual(measured["bench"], arguments[0])
        self.assertEqual(measured["errors"], 0)
        self.assertGreater(measured["per_s"], 0)
        self.assertLessEqual(measured["p50_us"], measured["p99_us"])
        self.assertLessEqual(measured["p99_us"], measured["p999_us"])
        rate = measured["operations"] / measured["seconds"]
        self.assertAlmostEqual(measured["per_s"] / rate, 1, places=3)
        return measured

    def test_connections_are_measured_by_pings(self):
        measured = self.measure("conn", "--connections", 3, "--inflight", 4)

        self.assertEqual((measured["connections"], measured["inflight"]), (3, 4))

    def test_acts_are_measured_and_say_how_durable_they_were(self):
        for level in ("memory", "wal", "fsync"):
            with self.subTest(durability=level):
                measured = self.measure("act", "--connections", 2, "--inflight", 8,
                                        "--durability", level)
                self.assertEqual(measured["durability"], level)

    def test_bots_that_wait_for_their_perception_are_measured(self):
        self.assertEqual(self.measure("simulate", "--connections", 5)["connections"], 5)

    def test_the_core_alone_is_measured(self):
        self.measure("pactions")

    def test_a_history_is_measured_and_left_where_it_was_asked_for(self):
        folder = self.folder()
        measured = node.answer("bench", "history", "--records", 5000, "--seeks", 3,
                               "--data", folder)

        for rate in ("append_per_s", "replay_per_s", "verify_per_s", "verify_threads_per_s"):
            self.assertGreater(measured[rate], 0, rate)
        self.assertLessEqual(measured["seek_p50_ms"], measured["seek_max_ms"])
        self.assertTrue((folder / "CURRENT").exists())

    def test_a_running_server_can_be_measured_and_is_left_as_it_was(self):
        server = self.server()
        self.measure("act", "--server", f"127.0.0.1:{server.port}")

        self.assertEqual(self.connect(server).call("world.list"), {"items": []})

    def test_a_table_says_the_same_as_the_object(self):
        printed = node.output("bench", "conn", "--seconds", 0.3)

        for word in ("per second", "p50", "p99", "in flight", "connections", "durability"):
            self.assertIn(word, printed)


if __name__ == "__main__":
    harness.main()
