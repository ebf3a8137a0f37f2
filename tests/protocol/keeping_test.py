#!/usr/bin/env python3
"""Histories that are pruned, exported, imported and backed up."""

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import harness
from harness import Server
from lived import Lived, ends, export, pass_often, read_records
from subscribe_test import Model


class Keeping(harness.ServerTest):
    def setUp(self):
        self.client = self.connect()
        self.folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.chance = harness.chance()

    def lived(self, steps=80):
        lived = Lived(self.client, self.chance, name=f"{type(self).__name__}-{next(self.names)}")
        lived.live(steps)
        return lived

    def worlds(self):
        return sorted(w["name"] for w in self.client.call("world.list")["items"])


class Pruning(Keeping):
    def prune(self, lived, before):
        return self.client.call("history.prune", {"world": lived.id, "before": before})

    def assert_begins_after(self, lived, base):
        """What was before is gone and said to be; the rest is as it was."""
        refused = [("history.read", {"from": 1})]
        refused += [(method, {"at": {"seq": base - 1}}) for method in
                    ("history.state", "world.fork", "subscribe")]
        refused += [(method, {"from": {"seq": base - 1}}) for method in
                    ("history.replay", "history.verify")]
        for method, more in refused:
            error = self.assert_refused(self.client, 404, method, {"world": lived.id, **more})
            first = base + 1 if method == "history.read" else base
            self.assertIn(str(first), error["message"])
        stats = self.client.call("history.stats", world=lived.id)
        world = lived.moments[base][0]
        self.assertEqual(stats["base"], {"seq": base, "tick": world["tick"]})
        self.assertEqual(stats["records"], lived.last - base)
        for seq in range(base, lived.last + 1):
            state = self.client.call("history.state", world=lived.id, at={"seq": seq})
            self.assertEqual((state["world"], state["items"]), lived.moments[seq])

    def test_what_is_left_is_as_it_was_and_what_is_pruned_is_said(self):
        lived = self.lived()
        records, end = read_records(self.client, lived.id), ends(self.client, lived.id)
        gone = 0
        for before in (2, 30, 31, lived.last):
            done = self.prune(lived, {"seq": before})
            self.assertEqual(done["base"]["seq"], before - 1)
            gone += done["records"]
            self.assertEqual(gone, before - 1)
            self.assert_begins_after(lived, before - 1)
            self.assertEqual(ends(self.client, lived.id), end)
            self.assertEqual(read_records(self.client, lived.id, before), records[before - 1:])
            done = self.client.call("history.verify", world=lived.id)
            self.assertEqual((done["ok"], done["from"], done["records"]),
                             (True, before, lived.last - before + 1))
            replayed = self.client.call("history.replay", world=lived.id)
            self.assertEqual(replayed["hash"], end.hash)

    def test_a_tick_is_kept_whole(self):
        lived = self.lived()
        for tick in (1, 9, 10, lived.last_tick):
            done = self.prune(lived, {"tick": tick})
            base = lived.first_of_tick[tick] - 1
            self.assertEqual(done["base"], {"seq": base, "tick": tick - 1})
            state = self.client.call("history.state", world=lived.id, at={"tick": tick})
            self.assertEqual((state["world"], state["items"]),
                             lived.moments[lived.first_of_tick[tick]])
        self.assert_begins_after(lived, base)

    def test_pruning_twice_or_nothing_takes_nothing(self):
        lived = self.lived(20)
        for before in (1, 1):
            self.assertEqual(self.prune(lived, {"seq": before})["records"], 0)
        self.prune(lived, {"seq": 10})
        self.assertEqual(self.prune(lived, {"seq": 10})["records"], 0)
        self.assert_begins_after(lived, 9)
        for before in ({"seq": 3}, {"seq": lived.last + 1}, {"tick": lived.last_tick + 1}):
            self.assert_refused(self.client, 404, "history.prune", world=lived.id, before=before)
        self.assert_bad_param(self.client, "before", "history.prune", world=lived.id)

    def test_a_pruned_world_lives_on_and_its_forks_and_parents_do_not_notice(self):
        lived = self.lived()
        fork = self.client.call("world.fork", world=lived.id, at={"seq": 20})
        self.prune(lived, {"seq": 60})
        self.assertTrue(self.client.call("history.verify", world=fork["id"])["ok"])
        for _ in range(30):
            lived.step()
        self.assert_begins_after(lived, 59)
        late = self.client.call("world.fork", world=lived.id, at={"seq": 70})
        self.assertEqual(late["hash"], lived.moments[70][0]["hash"])
        parting = self.client.call("history.diff", world=fork["id"], other=late["id"])["parting"]
        self.assertTrue(parting["parted_unseen"] or parting["compared_from"] > 20, parting)
        self.assertGreater(len(parting["notes"]), 0)
        told = self.client.call("history.explain", id=lived.id)
        self.assertEqual(told["birth"]["how"], "before_the_history")

    def test_since_before_the_base_resyncs_and_since_the_base_resumes(self):
        lived = self.lived()
        self.prune(lived, {"seq": 50})
        for since, resync in ((1, True), (48, True), (49, False), (60, False)):
            client = self.connect()
            answer = client.call("subscribe", world=lived.id, since=since, max_hz=1000)
            self.assertIs(answer["resync"], resync, since)
            model = Model(answer["sub"])
            if not resync:
                world, things = lived.moments[since]
                model.things = {t["id"]: t for t in json.loads(json.dumps(things))}
                model.seq, model.tick = since, world["tick"]
            while model.seq < lived.last:
                while not client.events:
                    client.read()
                message = client.events.popleft()
                params = message["params"]
                if message["method"] == "delta":
                    params["upd"] = [u for u in params["upd"] if u["id"] != lived.id]
                model.apply(message["method"], params)
            self.assertEqual(model.listed(), lived.now[1])

    def test_retaining_is_remembered_and_takes_only_what_is_old(self):
        lived = self.lived(20)
        for days in (7, 36500, 1, 0):
            done = self.client.call("history.retain", world=lived.id, keep_days=days)
            self.assertEqual(done, {"keep_days": days, "records": 0})
            stats = self.client.call("history.stats", world=lived.id)
            self.assertEqual((stats["keep_days"], stats["records"]), (days, lived.last))
        for wrong in (-1, 1.5, "1", None, 2**53, 2**63):
            self.assert_bad_param(self.client, "keep_days", "history.retain",
                                  {"world": lived.id, "keep_days": wrong})
        self.assert_bad_param(self.client, "keep_days", "history.retain", world=lived.id)

    def test_what_was_pruned_stays_so_after_a_stop_and_a_kill(self):
        with Server() as server:
            for end in (server.kill, server.terminate):
                with server.connect() as client:
                    lived = Lived(client, self.chance)
                    lived.live(40)
                    client.call("history.retain", world=lived.id, keep_days=3)
                    client.call("history.prune", world=lived.id, before={"seq": 30})
                    before = client.call("history.stats", world=lived.id)
                end()
                server.start()
                with server.connect() as client:
                    after = client.call("history.stats", world=lived.id)
                    self.assertEqual({**after, "bytes": 0}, {**before, "bytes": 0})
                    self.assertTrue(client.call("history.verify", world=lived.id)["ok"])
                    self.assertEqual(client.call("thing.list", world=lived.id)["items"],
                                     lived.now[1])


class Ages(Keeping):
    """What is kept for a day, of histories that are older."""

    def aged(self, recent):
        """A world with a history of long ago up to `recent`, and of now from there on."""
        items = export(self.client, self.lived().id, limit=10_000)
        for item in items:
            if "commit" in item:
                item["commit"]["version"] = 1  # so that its chain is another, and made anew
                if item["commit"]["seq"] < recent:
                    item["commit"]["wall_ms"] = 1_000_000_000_000
        file = self.folder / "aged.jsonl"
        file.write_text("".join(json.dumps(item) + "\n" for item in items))
        name = f"aged-{next(self.names)}"
        return self.client.call("history.import", file=str(file), name=name)["id"]

    def assert_retained(self, client, world, records):
        """A day is kept: so many records are left, and prove the same end."""
        end, before = ends(client, world), client.call("history.stats", world=world)
        done = client.call("history.retain", world=world, keep_days=1)
        after = client.call("history.stats", world=world)
        self.assertEqual((done["records"], after["records"]),
                         (before["records"] - records, records))
        self.assertEqual(after["base"]["seq"], before["last"]["seq"] - records)
        self.assertEqual(ends(client, world), end)
        replayed = client.call("history.replay", world=world)
        self.assertEqual((replayed["records"], replayed["hash"]), (records, end.hash))
        self.assert_refused(client, 404, "history.read", {"world": world, "from": 1})
        self.assertEqual(client.call("history.retain", world=world, keep_days=1)["records"], 0)

    def test_what_is_older_than_a_day_goes_and_what_is_not_stays(self):
        for recent in (40, 41):
            world = self.aged(recent)
            last = ends(self.client, world).seq
            self.assert_retained(self.client, world, last - recent + 1)
            self.assertTrue(self.client.call("history.verify", world=world)["ok"])
            self.bot(self.client, {"id": world})
            self.assertTrue(self.client.call("history.verify", world=world)["ok"])

    def test_of_a_folder_that_was_stored_long_ago_the_last_commit_stays(self):
        data = self.folder / "stored"
        shutil.copytree(harness.ROOT / "tests/storage/samples/format-3", data)
        with Server(data=data, verifies=False) as server, server.connect() as client:
            stats = client.call("history.stats", world="hands")
            if time.time() - stats["last"]["time"] < 86_400:
                self.skipTest("by this machine's clock the sample is not a day old")
            error = self.assert_refused(client, 409, "history.verify", world="hands")
            self.assertIn("which none of them brings: add hands 1 ", error["message"])
            pages = read_records(client, "hands", stats["first"]["seq"])
            self.assertEqual(len(pages), stats["records"])
            items = export(client, "hands", limit=10_000)
            last, before = [i["commit"]["seq"] for i in items if "commit" in i][:-3:-1]
            self.assert_retained(client, "hands", last - before)


class Exports(Keeping):
    def write(self, items, name="history.jsonl"):
        file = self.folder / name
        file.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items))
        return str(file)

    def test_the_pages_of_records_are_the_same_whatever_their_size(self):
        lived = self.lived()
        whole = export(self.client, lived.id, limit=10_000)
        for limit in (1, 2, 7, 100):
            self.assertEqual(export(self.client, lived.id, limit=limit), whole)
        self.assertEqual([i["seq"] for i in whole if "seq" in i], list(range(1, lived.last + 1)))
        self.assertEqual([i for i in whole if "seq" in i], read_records(self.client, lived.id))

    def test_exported_things_and_population_are_what_was_there(self):
        lived = self.lived()
        for seq in (4, 40, lived.last):
            things = export(self.client, lived.id, what="things", to={"seq": seq}, limit=2)
            self.assertEqual([(t["id"], t["kind"], t["pos"]) for t in things],
                             [(t["id"], t["kind"], t["pos"]) for t in lived.moments[seq][1]])
        for row in export(self.client, lived.id, what="population", limit=5):
            world = lived.moments[row["seq"]][0]
            self.assertEqual((row["tick"], row["bot"], row["well"]),
                             (world["tick"], world["counts"]["bot"], world["counts"]["well"]))
        rows = export(self.client, lived.id, what="population", limit=3, every=4)
        for key, total in (("actions", lived.now[0]["actions"]),
                           ("deaths", sum(lived.now[0]["deaths"].values()))):
            self.assertEqual(sum(row[key] for row in rows), total, key)
        deaths = export(self.client, lived.id, what="deaths", limit=2)
        removed = [(r["seq"], e["thing"], e["cause"], e.get("heir"))
                   for r in read_records(self.client, lived.id) for e in r["effects"]
                   if e["type"] == "removed" and "cause" in e]
        self.assertEqual([(d["seq"], d["bot"], d["cause"], d["heir"]) for d in deaths], removed)

    def assert_round_trip(self, world):
        """Deletes it, and gets it back from a file."""
        before, items = ends(self.client, world), export(self.client, world)
        shown = self.client.call("world.get", world=world)
        things = self.client.call("thing.list", world=world)["items"]
        file = self.write(items)
        self.client.call("world.delete", world=world)
        made = self.client.call("history.import", file=file)
        self.assertEqual({**made, "id": shown["id"]}, shown)
        self.assertEqual(ends(self.client, made["id"]), before)
        self.assertTrue(self.client.call("history.verify", world=made["id"])["ok"])
        items[0].pop("parent", None)  # an id of another server
        for old, new in ((items, export(self.client, made["id"])),
                         (things, self.client.call("thing.list", world=made["id"])["items"])):
            self.assertEqual(json.dumps(new).replace('"' + made["id"][:8], '"' + shown["id"][:8]),
                             json.dumps(old))
        return made

    def test_an_imported_history_is_the_same_to_the_last_byte_and_lives_on(self):
        lived = self.lived()
        name = lived.now[0]["name"]
        fork = self.client.call("world.fork", world=lived.id, at={"seq": 30})["id"]
        self.bot(self.client, {"id": fork})
        self.assert_round_trip(fork)
        made = self.assert_round_trip(lived.id)
        self.client.call("history.prune", world=name, before={"seq": 50})
        made = self.assert_round_trip(made["id"])
        self.assertEqual(self.bot(self.client, made)["world"], made["id"])
        self.assertTrue(self.client.call("history.verify", world=made["id"])["ok"])

    def test_under_another_name_an_import_has_the_same_hash_and_one_record_more_at_most(self):
        lived = self.lived()
        source = export(self.client, lived.id)
        made = self.client.call("history.import", file=self.write(source), name="another",
                                progress=True)
        self.assertEqual((made["name"], made["hash"]), ("another", lived.now[0]["hash"]))
        self.assertIn(made["seq"], (lived.last, lived.last + 1))
        self.assertEqual([i["commit"] for i in export(self.client, "another", to={
            "seq": lived.last}) if "commit" in i], [i["commit"] for i in source if "commit" in i])

    def test_a_name_that_is_taken_is_refused_also_that_in_the_file(self):
        lived = self.lived(10)
        name = lived.now[0]["name"]
        file = self.write(export(self.client, lived.id))
        before = self.worlds()
        for more in ({}, {"name": name}):
            error = self.assert_refused(self.client, 409, "history.import", file=file, **more)
            self.assertIn(name, error["message"])
            self.assertEqual(self.worlds(), before)
        for wrong in ("", "x" * 65, "a\nb", 7, lived.id):
            answer = self.client.answer(self.client.ask("history.import", file=file, name=wrong))
            with self.subTest(name=wrong):
                error = self.assert_error(answer, harness.INVALID_PARAMS)
                self.assertEqual(error["data"]["param"], "name")
        self.assertEqual(self.worlds(), before)
        self.client.call("world.delete", world=lived.id)
        self.assertEqual(self.client.call("history.import", file=file)["name"], name)

    def test_of_imports_at_once_with_one_name_one_is_made(self):
        file = self.write(export(self.client, self.lived(10).id))
        before = self.worlds()
        clients = [self.connect() for _ in range(4)]
        asked = [(c, c.ask("history.import", file=file, name="race")) for c in clients]
        answers = [client.answer(one) for client, one in asked]
        self.assertEqual(sum("result" in a for a in answers), 1)
        self.assertEqual(self.worlds(), sorted([*before, "race"]))

    def test_a_cut_or_changed_file_is_refused_with_its_line_and_nothing_is_left(self):
        lived = self.lived(30)
        whole = Path(self.write(export(self.client, lived.id))).read_text()
        before, lines = self.worlds(), whole.splitlines(keepends=True)
        file = self.folder / "cut.jsonl"
        cuts = [self.chance.randrange(len(whole)) for _ in range(30)]
        for cut in [0, 1, len(whole) - 2, len(whole) - len(lines[-1]), *cuts]:
            file.write_text(whole[:cut])
            answer = self.client.answer(self.client.ask("history.import", file=str(file),
                                                        name="cut"))
            error = self.assert_error(answer, 500, "damaged")
            at = whole[:cut].count("\n") + 1
            self.assertTrue(any(f"line {n}" in error["message"] for n in (at, at - 1)),
                            (at, error))
        for _ in range(30):
            at = self.chance.randrange(1, len(lines))
            file.write_text("".join(lines[:at] + lines[at + 1:]))
            answer = self.client.answer(self.client.ask("history.import", file=str(file),
                                                        name="cut"))
            if not lines[at].startswith('{"catalogue"'):
                error = self.assert_error(answer, 500, "damaged")
                self.assertIn("line", error["message"], lines[at])
            elif "result" in answer:
                self.client.call("world.delete", world="cut")
        self.assertEqual(self.worlds(), before)

    def test_an_empty_file_is_said_to_be_empty(self):
        answer = self.client.answer(self.client.ask("history.import", file=self.write([])))
        error = self.assert_error(answer, 500, "damaged")
        self.assertIn("the file is empty: line 1 should be", error["message"])

    def test_files_that_are_not_there_or_are_no_files_are_refused(self):
        (self.folder / "folder").mkdir()
        for name, code in (("nowhere", 404), ("folder", None)):
            answer = self.client.answer(self.client.ask("history.import",
                                                        file=str(self.folder / name)))
            self.assert_error(answer, code or answer["error"]["code"])
            self.assertIn(str(self.folder / name), answer["error"]["message"])
        for wrong in ("history.jsonl", "../history.jsonl", "", "~/x", 7, "/x\u0000y"):
            self.assert_bad_param(self.client, "file", "history.import", {"file": wrong})
        self.assert_alive()


class Copies(Keeping):
    def test_backups_are_numbered_and_hold_what_there_was(self):
        folder = self.folder / "backup"
        for number in (1, 2, 3):
            self.lived(10)
            done = self.client.call("server.backup", folder=str(folder), progress=True)
            self.assertEqual(done["number"], number)
            self.assertGreater(min(done["bytes"], done["files"], done["new_bytes"]), 0)
            self.assertLessEqual(done["new_bytes"], done["bytes"])
            if number == 1:
                self.assertEqual(done["new_bytes"], done["bytes"])
        self.assertTrue(folder.is_dir())

    def test_a_backup_for_which_there_is_no_room_is_refused_as_that_and_leaves_what_was(self):
        """On a disk of its own, which is full at once; only its server sees it."""
        disk, program = self.folder / "disk", self.folder / "program"
        disk.mkdir()
        program.write_text(f"""#!/bin/sh
exec unshare --user --map-root-user --mount sh -c \\
    'mount -t tmpfs -o size=32k none "$0" && exec "$@"' {disk} {harness.BINARY} "$@"
""")
        program.chmod(0o755)
        possible = subprocess.run(
            ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none",
             disk], check=False, capture_output=True, timeout=harness.PATIENCE)
        if possible.returncode != 0:
            self.skipTest("this machine does not let us mount a disk")
        with Server(binary=str(program)) as server, server.connect() as client:
            lived = Lived(client, self.chance)
            lived.live(200)
            pass_often(client, lived.of_kind("bot")[0], 20_000)
            folder = str(disk / "backups")
            error = self.assert_error(client.answer(client.ask("server.backup", folder=folder)),
                                      503, "storage_full")
            self.assertIn("make room", error["message"])
            self.assertTrue(client.call("history.verify", world=lived.id)["ok"])

    def test_two_backups_at_once_are_two(self):
        folder = str(self.folder / "backup")
        self.lived(10)
        clients = [self.connect() for _ in range(3)]
        asked = [(c, c.ask("server.backup", folder=folder)) for c in clients]
        answers = [client.answer(one) for client, one in asked]
        numbers = [a["result"]["number"] for a in answers if "result" in a]
        for answer in answers:
            if "error" in answer:
                self.assert_error(answer, 409, "conflict")
        self.assertEqual(sorted(numbers), list(range(1, len(numbers) + 1)))
        self.assertGreater(len(numbers), 0)
        done = self.client.call("server.backup", folder=folder)
        self.assertEqual(done["number"], len(numbers) + 1)

    def test_a_folder_of_something_else_is_left_alone(self):
        (self.folder / "letter.txt").write_text("to my aunt")
        for method in ("server.backup", "server.checkpoint"):
            error = self.assert_refused(self.client, 409, method, folder=str(self.folder))
            self.assertIn(str(self.folder), error["message"])
            file = str(self.folder / "letter.txt")
            self.assertIn(file, self.assert_refused(self.client, 409, method,
                                                    folder=file)["message"])
            for wrong in ("backup", "../backup", "", ".", 7):
                self.assert_bad_param(self.client, "folder", method, {"folder": wrong})
        self.assertEqual([p.name for p in self.folder.iterdir()], ["letter.txt"])
        self.assertEqual((self.folder / "letter.txt").read_text(), "to my aunt")

    def test_the_data_folder_is_no_place_for_copies(self):
        for method in ("server.backup", "server.checkpoint"):
            self.assert_refused(self.client, 409, method, folder=str(self.server.data))
        self.assert_alive()

    def test_a_checkpoint_is_a_data_folder_that_can_be_served(self):
        lived, folder = self.lived(30), self.folder / "copy"
        self.assertEqual(self.client.call("server.checkpoint", folder=str(folder)), {})
        self.assert_refused(self.client, 409, "server.checkpoint", folder=str(folder))
        with Server(data=folder) as server, server.connect() as client:
            world = lived.now[0]["name"]
            self.assertEqual((client.call("world.get", world=world),
                              client.call("thing.list", world=world)["items"]), lived.now)
            self.assertTrue(client.call("history.verify", world=world)["ok"])
            bot = lived.of_kind("bot")[0]
            client.call("act", bot=bot, action="pass")
        self.assertEqual(self.client.call("world.get", world=lived.id), lived.now[0])


if __name__ == "__main__":
    harness.main()
