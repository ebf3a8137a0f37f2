#!/usr/bin/env python3
"""The verbs about histories: of a running server, and of a data folder that nobody has open."""

import csv
import json
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import node
import harness

BOTS, TICKS = 6, 2500
KEPT = tempfile.TemporaryDirectory(prefix="unscripted-test-")
LIVED = Path(KEPT.name) / "lived"  # a data folder with the world eden; each class copies it


def setUpModule():
    node.demo(LIVED, "--hosted", "--pace", "lockstep", "--die-sooner", "--seed", 8, "--bots", BOTS,
              "--ticks", TICKS)
    with harness.Server(data=LIVED) as server:
        where = ("--server", f"127.0.0.1:{server.port}")
        node.output("bot", "create", "--world", "eden", "--name", "ada", "--female", *where)
        node.output("stop", *where)
        server.wait()


def tearDownModule():
    KEPT.cleanup()


def contents(folder):
    """All files in it and below."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def ends_in(folder, *arguments, file_bytes):
    """A run of the program that may not write larger files than that."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    return subprocess.run([harness.BINARY, *map(str, arguments)], preexec_fn=limit, cwd=folder,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.PIPE, env=node.environment(), timeout=node.PATIENCE)


class Asking(node.SystemTest):
    """Runs of the program against one server or one folder: `where`."""

    where = ()

    def ask(self, *arguments):
        return node.answer(*arguments, *self.where)

    def text(self, *arguments):
        return node.output(*arguments, *self.where)

    def ends(self, code, *arguments):
        """What it prints, and what it complains of."""
        ended = node.run(*arguments, *self.where)
        self.assertEqual(ended.returncode, code, (arguments, ended.stdout, ended.stderr))
        return ended.stdout, ended.stderr

    def patched_plugins(self):
        """The shipped plugins, but that nobody dies of thirst: it has another name."""
        folder = self.folder()
        folder.mkdir()
        bytes_of_life = (harness.PLUGINS / "life.so").read_bytes()
        self.assertIn(b"thirst\0", bytes_of_life)
        (folder / "life.so").write_bytes(bytes_of_life.replace(b"thirst\0", b"thrist\0"))
        return folder


class PastOfEden:
    """What holds wherever eden's history is."""

    def test_stats_count_every_record(self):
        stats = self.ask("history", "stats", "eden")

        self.assertEqual(stats["records"], stats["last"]["seq"])
        self.assertIn(stats["hash"], self.text("history", "stats", "eden"))

    def test_records_are_read_one_a_line_over_several_pages(self):
        read = lines(self.text("history", "read", "eden", "--limit", 2300, "--json"))
        printed = self.text("history", "read", "eden", "--from", 5, "--limit", 200)

        self.assertEqual([record["seq"] for record in read], list(range(1, 2301)))
        self.assertEqual(printed.count("\n"), 201)
        self.assertTrue(printed.endswith("more: --from 205\n"), printed[-100:])
        self.assertRegex(printed, r"bot \d+ +walk angle=\S+ +done +moved to \(\S+, \S+\)")

    def test_records_can_be_chosen(self):
        drunk = lines(self.text("history", "read", "eden", "--action", "drink", "--outcome", "done",
                                "--limit", 5, "--json"))
        of_ada = lines(self.text("history", "read", "eden", "--thing", "ada", "--json"))
        of_three = lines(self.text("history", "read", "eden", "--bot", 3, "--to", 50, "--json"))

        self.assertEqual({(r["command"]["action"], r["outcome"]) for r in drunk},
                         {("drink", "done")})
        self.assertEqual(of_ada[0]["command"]["type"], "create")
        self.assertEqual({r["command"]["agent"][-1] for r in of_three}, {"3"})
        self.assertEqual(self.text("history", "read", "eden", "--action", "fly"), "no records\n")

    def test_a_state_is_that_of_its_moment(self):
        by_tick = self.ask("history", "state", "eden", "--at", "tick:1000")
        by_seq = self.ask("history", "state", "eden", "--at", f"seq:{by_tick['seq']}")
        printed = self.text("history", "state", "eden", "--at", "tick:1000", "--kind", "bot")

        self.assertEqual((by_tick["tick"], by_tick["hash"]), (1000, by_seq["hash"]))
        self.assertIn(by_tick["hash"], printed)
        self.assertIn("drink ", printed)
        self.assertIn("no tick 999999", self.ends(node.REFUSED, "history", "state", "eden", "--at",
                                                  "tick:999999")[1])

    def test_a_replay_comes_to_the_hash_of_the_end(self):
        stats = self.ask("history", "stats", "eden")
        replayed = self.ask("history", "replay", "eden")
        part = self.ask("history", "replay", "eden", "--from", "tick:1000", "--to", "seq:9000")

        self.assertEqual((replayed["records"], replayed["hash"]), (stats["records"], stats["hash"]))
        self.assertEqual(part["seq"], 9000)
        self.assertIn("records/s", self.text("history", "replay", "eden"))

    def test_a_replay_at_a_speed_shows_the_same_lives(self):
        world = self.ask("history", "state", "eden")["world"]
        shown = self.ask("history", "replay", "eden", "--speed", 20_000)
        printed = self.text("history", "replay", "eden", "--speed", 1e6, "--from", "tick:2000")

        self.assertEqual((shown["tick"], shown["bots"]), (world["tick"], world["counts"]["bot"]))
        self.assertEqual(shown["deaths"], sum(world["deaths"].values()))
        # It begins before anybody was there.
        self.assertEqual(shown["births"] - shown["deaths"], shown["bots"])
        self.assertRegex(printed, r"ended: tick 2,500 · 7 bots")

    def test_a_history_is_verified(self):
        verified = self.ask("history", "verify", "eden")

        self.assertEqual((verified["ok"], verified["records"]),
                         (True, self.ask("history", "stats", "eden")["records"]))
        self.assertRegex(self.text("history", "verify", "eden", "--from", "tick:100"), r"^ok: ")

    def test_another_build_is_tried_and_its_first_difference_told(self):
        plugins = ("--plugins", self.patched_plugins())
        tried = json.loads(self.ends(1, "history", "verify", "eden", "--json", *plugins)[0])
        printed, _ = self.ends(1, "history", "verify", "eden", *plugins)

        deaths = self.ask("history", "state", "eden")["world"]["deaths"]["thirst"]
        self.assertEqual((tried["ok"], tried["differing"]), (False, deaths))
        self.assertEqual(tried["divergence"]["property"], "cause")
        self.assertIn(f"different: {deaths} of ", printed)
        self.assertRegex(printed, r'expected +"thirst"\n +found +"thrist"')
        self.assertRegex(printed, r"another build: org\.unscripted\.life \S+ \w+ -> ")
        self.assertIn("died of thirst, heir", printed)

    def test_moments_are_compared(self):
        same, _ = self.ends(0, "history", "diff", "eden@tick:900", "eden@tick:900")
        other, _ = self.ends(1, "history", "diff", "eden@tick:900", "eden")

        self.assertIn("nothing differs", same)
        self.assertRegex(other, r"(?m)^ *0  world .*tick +900 +2500$")

    def test_a_thing_is_explained_by_its_id_serial_or_name(self):
        ada = self.text("history", "explain", "eden", "ada")
        dead = self.ask("history", "explain", "eden", 3)

        self.assertIn("ada", ada)
        self.assertEqual(self.text("history", "explain", "eden", dead["thing"]),
                         self.text("history", "explain", "eden", 3))
        self.assertIn("thirst", " ".join(dead["lines"]))
        self.assertIn("name eve", self.ends(node.REFUSED, "history", "explain", "eden", "eve")[1])

    def test_the_first_moment_is_found_by_halves_and_by_looking_at_all(self):
        found = self.ask("history", "bisect", "eden", "--when", "deaths > 2")
        scanned = self.ask("history", "bisect", "eden", "--when", "deaths > 2", "--scan")
        never, _ = self.ends(1, "history", "bisect", "eden", "--when", "count(bot) > 1000")

        self.assertEqual((found["answer"], found["seq"]), ("found", scanned["seq"]))
        self.assertIn("does not hold at the end", never)

    def test_a_predicate_that_does_not_parse_is_marked(self):
        _, said = self.ends(node.WRONG_USAGE, "history", "bisect", "eden", "--when",
                            "count(bot) << 5")

        self.assertTrue(said.endswith("\n  count(bot) << 5\n" + " " * 14 + "^\n"), said)

    def test_exports_say_the_same_in_both_formats(self):
        for what in ("records", "things", "deaths", "population"):
            with self.subTest(what=what):
                whole = ("history", "export", "eden", "--what", what)
                objects = lines(self.text(*whole, "--format", "jsonl"))
                file = self.folder().with_suffix(".csv")
                written = self.ask(*whole, "--format", "csv", "--output", file)
                with open(file, newline="", encoding="utf-8") as rows:
                    table = list(csv.DictReader(rows))
                if what == "records":
                    objects = [item for item in objects if "command" in item]
                    self.assertEqual([row["effects"] for row in table],
                                     [str(len(item["effects"])) for item in objects])
                    self.assertEqual(table[0]["command"], "found")
                first = next(name for name in objects[0] if name in table[0])
                self.assertEqual([row[first] for row in table],
                                 [str(item[first]) for item in objects])
                self.assertEqual(written["bytes"], file.stat().st_size)

    def test_a_person_at_a_terminal_sees_how_far_an_export_is(self):
        terminal, its_side = pty.openpty()
        exported = subprocess.run(
            [harness.BINARY, "history", "export", "eden", *self.where], stdout=subprocess.DEVNULL,
            stderr=its_side, stdin=subprocess.DEVNULL, timeout=node.PATIENCE,
            env=node.environment())
        os.close(its_side)
        shown = os.read(terminal, 65536).decode()
        os.close(terminal)

        self.assertEqual(exported.returncode, 0)
        self.assertRegex(shown, r"\[[#-]+\] [\d,]+ of 17,512 records")
        self.assertTrue(shown.endswith("\r\033[K"), shown)  # and nothing of it afterwards

    def test_an_export_that_finds_no_room_leaves_no_file(self):
        folder = self.folder()
        folder.mkdir()
        full = ends_in(folder, "history", "export", "eden", "--output", "eden.jsonl", *self.where,
                       file_bytes=100_000)
        with open("/dev/full", "w", encoding="utf-8") as nowhere:
            printed = subprocess.run(
                [harness.BINARY, "history", "export", "eden", *self.where], stdout=nowhere,
                stderr=subprocess.PIPE, text=True, timeout=node.PATIENCE, env=node.environment())

        self.assertEqual((full.returncode, list(folder.iterdir())), (1, []), full.stderr)
        self.assertIn("eden.jsonl", full.stderr)
        self.assertEqual(printed.returncode, 1)
        self.assertIn("No space left", printed.stderr)


class RunningServerTest(PastOfEden, Asking):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="unscripted-test-")
        cls.addClassCleanup(folder.cleanup)
        data = Path(folder.name) / "data"
        shutil.copytree(LIVED, data)
        cls.server = harness.Server(data=data).start()
        cls.addClassCleanup(cls.server.close)
        cls.where = ("--server", f"127.0.0.1:{cls.server.port}")

    def test_a_fork_with_another_rule_goes_another_way(self):
        fork = self.ask("world", "fork", "eden", "--at", "tick:1000", "--name", "dry")
        changed = self.ask("world", "update", "dry", "--rule", "day=200", "--pause-at", 1000)
        printed, _ = self.ends(1, "history", "diff", "eden@tick:1000", "dry")

        self.assertEqual((fork["tick"], fork["name"]), (1000, "dry"))
        self.assertEqual((changed["rules"]["day"], changed["pause_at"]), (200, 1000))
        self.assertRegex(printed, r"name +\"eden\" +\"dry\"")
        self.assertRegex(printed, r"the same up to seq \d+; then\na +\d+ .*\nb +\d+ ")
        self.assertEqual(self.ask("world", "delete", "dry"), {"deleted": 1})

    def test_an_export_taken_in_again_comes_to_the_same_hash(self):
        file = self.folder().with_suffix(".jsonl")
        self.text("history", "export", "eden", "--output", file)
        again = self.ask("history", "import", file, "--name", "again")
        stats = [self.ask("history", "stats", world) for world in ("eden", "again")]

        self.assertEqual(again["hash"], stats[0]["hash"])
        # Its other name is one record more, which is no part of the state.
        self.assertEqual([s["hash"] for s in stats], [stats[0]["hash"]] * 2)
        self.assertEqual(stats[1]["records"], stats[0]["records"] + 1)
        file.write_text(file.read_text(encoding="utf-8").replace('"drink"', '"drunk"', 1),
                        encoding="utf-8")
        self.assertIn("line", self.ends(1, "history", "import", file, "--name", "no")[1])
        self.ask("world", "delete", "again")

    def test_old_records_go_and_the_rest_can_still_be_proved(self):
        self.ask("world", "fork", "eden", "--name", "long", "--at", "tick:500")
        harness.poll(lambda: self.ask("world", "show", "long")["tick"] >= TICKS, "it has lived")
        before = self.ask("history", "stats", "long")["hash"]
        kept = self.ask("history", "retain", "long", "--days", 30)
        pruned = self.text("history", "prune", "long", "--before", "tick:2000")

        self.assertEqual(kept["keep_days"], 30)
        self.assertRegex(pruned, r"^[\d,]+ records are gone")
        self.assertEqual(self.ask("history", "replay", "long")["hash"], before)
        self.assertIn("for ever", self.text("history", "retain", "long", "--days", "forever"))
        self.assertEqual(self.ask("history", "prune", "long", "--keep-days", 9)["keep_days"], 9)
        self.ask("world", "delete", "long")

    def test_a_backup_is_restored_and_replayed(self):
        backups, data = self.folder(), self.folder()
        first, second = (self.ask("backup", backups) for _ in range(2))
        listed = node.answer("backups", backups)["items"]
        restored = node.answer("restore", backups, "--data", data, "--backup", 1)

        self.assertEqual((first["number"], second["number"]), (1, 2))
        self.assertEqual([b["number"] for b in listed], [1, 2])
        eden = next(world for world in restored["worlds"] if world["name"] == "eden")
        self.assertEqual((eden["hash"], eden["ok"]),
                         (self.ask("history", "stats", "eden")["hash"], True))
        self.assertIn(eden["hash"], node.output("history", "stats", "eden", "--data", data))
        self.assertIn(str(data), node.run("restore", backups, "--data", data).stderr)
        self.assertIn("whole", node.output("backups", backups))

    def test_a_folder_that_a_server_has_open_is_not_opened_again(self):
        ended = node.run("history", "stats", "eden", "--data", self.server.data)

        self.assertEqual(ended.returncode, node.REFUSED, ended)
        self.assertIn(str(self.server.data), ended.stderr)


class FolderTest(PastOfEden, Asking):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="unscripted-test-")
        cls.addClassCleanup(folder.cleanup)
        data = Path(folder.name) / "data"
        shutil.copytree(LIVED, data)
        cls.where = ("--data", data)
        cls.before = contents(data)

    def tearDown(self):
        self.assertEqual(contents(self.where[1]), self.before)

    def test_a_whole_folder_is_found_sound(self):
        found = self.ask("doctor")

        self.assertEqual(found["grade"], "sound")
        self.assertEqual([world["name"] for world in found["worlds"]], ["eden"])
        self.assertIn("eden", self.text("doctor"))

    def test_an_archive_shows_histories_and_lets_nothing_live(self):
        with harness.Server("--archive", data=self.where[1]) as server:
            where = ("--server", f"127.0.0.1:{server.port}")
            replayed = node.answer("history", "replay", "eden", *where)
            fork = node.run("world", "fork", "eden", *where)
            self.assertEqual(server.terminate(), 0)

        self.assertEqual(replayed["hash"], self.ask("history", "stats", "eden")["hash"])
        self.assertEqual(fork.returncode, node.REFUSED, fork)


class DamageTest(node.SystemTest):
    def test_a_flipped_byte_is_found_and_nothing_is_written(self):
        data = self.folder()
        shutil.copytree(LIVED, data)
        largest = max((path for path in data.iterdir() if re.search(r"\.(sst|log)$", path.name)),
                      key=lambda path: path.stat().st_size)
        content = bytearray(largest.read_bytes())
        content[len(content) // 2] ^= 0x10
        largest.write_bytes(content)
        before = contents(data)
        found = node.run("doctor", "--data", data, "--json")
        told = node.run("doctor", "--data", data)

        self.assertEqual((found.returncode, told.returncode), (1, 1), (found, told))
        self.assertNotEqual(json.loads(found.stdout)["grade"], "sound")
        self.assertGreater(len(told.stdout.splitlines()), 1)
        self.assertEqual(contents(data), before)

    def test_a_folder_that_is_none_is_not_examined(self):
        self.assertEqual(node.run("doctor", "--data", self.folder()).returncode, 1)


class UsageTest(node.SystemTest):
    wrong = [
        ("history", "read"), ("history", "read", "eden", "--from", "tick:3"),
        ("history", "read", "eden", "--outcome", "maybe"),
        ("history", "state", "eden", "--at", "x"),
        ("history", "replay", "eden", "--speed", "fast"), ("history", "diff", "eden"),
        ("history", "replay", "eden", "--speed", "0"), ("history", "explain", "eden"),
        ("history", "bisect", "eden"), ("history", "export", "eden", "--format", "xml"),
        ("history", "export", "eden", "--what", "dreams"), ("history", "export", "eden", "--json"),
        ("history", "export", "eden", "--what", "things", "--from", "seq:1"),
        ("history", "import"), ("history", "prune", "eden"), ("history", "retain", "eden"),
        ("history", "prune", "eden", "--before", "seq:5", "--keep-days", "3"),
        ("history", "retain", "eden", "--days", "some"), ("world", "fork"),
        ("world", "fork", "eden", "--at", "noon"), ("world", "update", "eden"),
        ("world", "update", "eden", "--pause-at", "soon"), ("backup",), ("backups",),
        ("restore", "b"), ("doctor",), ("serve", "--archive", "--durability", "memory"),
        ("history", "stats", "eden", "--data", "d", "--server", "127.0.0.1:1"),
    ]

    def test_wrong_usage_ends_with_2_and_says_what_is_wrong(self):
        for verb in self.wrong:
            with self.subTest(verb=" ".join(verb)):
                ended = node.run(*verb)
                self.assertEqual((ended.returncode, ended.stdout), (node.WRONG_USAGE, ""), ended)
                self.assertRegex(ended.stderr, r"\w")

    def test_a_data_folder_that_is_not_there_is_named(self):
        data = self.folder()
        for verb in (("history", "stats", "eden"), ("history", "verify", "eden"),
                     ("history", "export", "eden")):
            with self.subTest(verb=" ".join(verb)):
                ended = node.run(*verb, "--data", data)
                self.assertEqual(ended.returncode, node.REFUSED, ended)
                self.assertIn(str(data), ended.stderr)


if __name__ == "__main__":
    harness.main()
