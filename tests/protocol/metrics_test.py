#!/usr/bin/env python3
"""The figures for Prometheus, read by a strict reader of their format."""

import math
import os
import re

import harness
import web

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
COMMENT = re.compile(rf"# (HELP|TYPE) ({NAME}) (.+)")
PARTS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
UNITS = ("_seconds", "_bytes")


class BadMetrics(Exception):
    """What the format does not allow, and the line."""


class Metrics:
    """`types` by name, and `samples` by name and labels."""

    def __init__(self, text):
        self.types, self.helps, self.samples = {}, {}, {}
        self.current = None
        if not text.endswith("\n"):
            raise BadMetrics("the last line has no end")
        for line in text.splitlines():
            (self._comment if line.startswith("#") else self._sample)(line)
        for name, kind in self.types.items():
            if kind == "histogram":
                self._check_buckets(name)

    def _comment(self, line):
        found = COMMENT.fullmatch(line)
        if not found:
            raise BadMetrics(line)
        what, name, words = found.groups()
        known = self.helps if what == "HELP" else self.types
        if name in known:
            raise BadMetrics(f"twice: {line}")
        if what == "TYPE" and words not in ("counter", "gauge", "histogram", "summary"):
            raise BadMetrics(line)
        known[name] = words
        self.current = name

    def _sample(self, line):
        found = SAMPLE.fullmatch(line)
        if not found:
            raise BadMetrics(line)
        name, labels, value = found.groups()
        labels = tuple(re.findall(LABEL, labels or ""))
        if len({label.split("=")[0] for label in labels}) != len(labels):
            raise BadMetrics(f"a label twice: {line}")
        kind = self.types.get(self.current)
        if not kind or name not in [self.current + part for part in PARTS.get(kind, ("",))]:
            raise BadMetrics(f"not below its TYPE: {line}")
        key = (name, tuple(sorted(labels)))
        if key in self.samples:
            raise BadMetrics(f"twice: {line}")
        self.samples[key] = float(value)
        if kind != "gauge" and not self.samples[key] >= 0:
            raise BadMetrics(f"below zero: {line}")

    def _check_buckets(self, name):
        buckets = []
        for (sample, labels), value in self.samples.items():
            if sample == name + "_bucket":
                bound, = (label[4:-1] for label in labels if label.startswith('le="'))
                buckets.append((math.inf if bound == "+Inf" else float(bound), value))
        if buckets != sorted(buckets) or not buckets or buckets[-1][0] != math.inf:
            raise BadMetrics(f"{name}: buckets that are not cumulative, or have no end")
        counts = [value for _, value in buckets]
        if counts != sorted(counts) or counts[-1] != self.samples[name + "_count", ()]:
            raise BadMetrics(f"{name}: the last bucket is not the count")

    def value(self, name, **labels):
        return self.samples["unscripted_" + name,
                            tuple(sorted(f'{k}="{v}"' for k, v in labels.items()))]


class Reader(harness.unittest.TestCase):
    def test_it_finds_what_is_wrong(self):
        for text in ("a 1", "a 1\n", "# TYPE a counter\nb 1\n", "# TYPE a odd\na 1\n",
                     "# TYPE a counter\na 1\na 1\n", "# TYPE a counter\n# TYPE a counter\n",
                     "# TYPE a counter\na -1\n", '# TYPE a gauge\na{b="1",b="2"} 1\n',
                     '# TYPE a gauge\na{b="\n"} 1\n', "# TYPE a gauge\na x\n",
                     '# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n',
                     '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\n'
                     "a_count 1\n",
                     '# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n'):
            with self.assertRaises((BadMetrics, ValueError), msg=text):
                Metrics(text)


class Figures(harness.ServerTest):
    http = 0

    def metrics(self):
        answer = web.fetch(self.server.http_port, "/metrics")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Content-Type"],
                         "text/plain; version=0.0.4; charset=utf-8")
        return Metrics(answer.body.decode())

    def test_the_format_is_right_and_names_say_what_they_count(self):
        found = self.metrics()
        self.assertEqual(set(found.types), set(found.helps))
        for name, kind in found.types.items():
            self.assertTrue(name.startswith("unscripted_"), name)
            self.assertEqual(kind == "counter", name.endswith("_total"), name)
            if kind in ("histogram", "summary"):
                self.assertTrue(name.endswith(UNITS), name)
            self.assertNotRegex(name, "_(ms|ns|kb|minutes)(_|$)")
        self.assertTrue([s for s in found.samples if s[0] in found.types])

    def test_nothing_is_labelled_by_world_or_bot(self):
        before = len(self.metrics().samples)
        client = self.connect()
        for _ in range(5):
            world = self.world()
            self.bot(client, world)
        self.assertEqual(len(self.metrics().samples), before)

    def test_what_happens_is_counted(self):
        client = self.connect()
        world = client.call("world.create", name="counted", rules={"lifespan": 12})
        bot = self.bot(client, world)["id"]
        well = client.call("thing.create", world=world["id"], kind="well")["id"]
        before = self.metrics()
        for _ in range(10):
            client.call("act", bot=bot, action="walk", args={"angle": 0.5})
        self.assertEqual(client.call("act", bot=bot, action="walk",
                                     args={"angle": 0.5})["outcome"] in ("done", "refused"), True)
        client.call("act", bot=bot, action="pass")
        after = self.metrics()

        def grown(name, **labels):
            return after.value(name, **labels) - before.value(name, **labels)

        self.assertEqual(grown("actions_total", outcome="done")
                         + grown("actions_total", outcome="refused"), 12)
        self.assertEqual(grown("actions_total", outcome="fault"), 0)
        self.assertEqual(grown("ticks_total"), 12)
        self.assertEqual((grown("births_total"), grown("deaths_total")), (1, 1))
        self.assertGreaterEqual(grown("records_total"), 12)
        self.assertGreaterEqual(grown("commits_total"), 1)
        self.assertGreater(grown("commit_bytes_total"), 12)
        self.assertEqual(grown("requests_total"), 12)
        self.assertGreaterEqual(grown("request_seconds_count"), 1)
        self.assertGreater(grown("received_bytes_total", door="tcp"), 12 * 30)
        self.assertGreater(grown("sent_bytes_total", door="tcp"), 12 * 30)
        self.assertEqual(grown("connections_total", door="http"), 1)
        calls = [labels for name, labels in after.samples
                 if name == "unscripted_plugin_calls_total"
                 and after.samples[name, labels] > before.samples[name, labels]]
        self.assertTrue(calls)
        self.assertIsNotNone(well)

    def test_a_plugin_that_is_set_aside_is_counted(self):
        with harness.Server(http=0) as server, server.connect() as client:
            def aside():
                return Metrics(web.fetch(server.http_port, "/metrics").body.decode()).value(
                    "plugins_set_aside")
            self.assertEqual(aside(), 0)
            client.call("plugin.set_aside", name="drink")
            self.assertEqual(aside(), 1)

    def test_the_state_of_now_is_shown(self):
        clients = [self.connect() for _ in range(3)]
        socket = web.WebSocket(self.server.http_port)
        self.addCleanup(socket.close)
        for client in (*clients, socket):
            client.call("ping")
        status = clients[0].call("server.status")
        found = self.metrics()
        self.assertEqual(found.value("bots"), status["bots"])
        self.assertEqual(found.value("worlds"), status["worlds"])
        self.assertEqual(found.value("worlds_in_trouble"), 0)
        self.assertGreaterEqual(found.value("connections", door="tcp"), 3)
        self.assertGreaterEqual(found.value("connections", door="web_socket"), 1)
        self.assertGreaterEqual(found.value("connections", door="http"), 1)
        self.assertEqual(found.value("requests_in_flight"), 0)
        disk = os.statvfs(self.server.folder)
        free = disk.f_bavail * disk.f_frsize
        self.assertLess(abs(found.value("data_disk_free_bytes") - free), max(free / 4, 1 << 30))
        self.assertGreaterEqual(found.value("process_threads"), 3)
        self.assertGreaterEqual(found.value("process_open_fds"), 5)
        memory = self.server.memory()
        self.assertLess(abs(found.value("process_resident_bytes") - memory), memory / 2)
        self.assertEqual(found.value("build_info", version=status["version"], durability="wal"), 1)


if __name__ == "__main__":
    harness.main()
