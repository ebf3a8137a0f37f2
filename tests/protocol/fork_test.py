#!/usr/bin/env python3
"""Worlds that begin in another one's past, what differs between worlds, and why things are so."""

import unittest

import harness
from harness import Server
from history_test import live
from lived import Lived, ends, read_records

FOREVER_MS = 3_600_000


def within(world, value):
    """The same, with the ids of another world."""
    if isinstance(value, dict):
        return {key: within(world, one) for key, one in value.items()}
    if isinstance(value, list):
        return [within(world, one) for one in value]
    is_id = isinstance(value, str) and len(value) == 24
    return world[:8] + value[8:] if is_id else value


def looks(client, world, name=None):
    """World and things, without what says which world it is."""
    shown = client.call("world.get", world=world)
    for key in ("id", "name", "created", "forked_from"):
        shown.pop(key, None)
    return shown, within("00000000", client.call("thing.list", world=world)["items"])


def do_alike(client, worlds, chance, count=60):
    """The same random commands in several worlds. Their hashes after each."""
    hashes = []
    for _ in range(count):
        bots = [t["id"] for t in client.call("thing.list", world=worlds[0], kind="bot")["items"]]
        bot, angle, what = chance.choice(bots), chance.random(), chance.random()
        for world in worlds:
            if what < 0.7:
                client.ask("act", bot=within(world, bot), action="walk", args={"angle": angle})
            elif what < 0.9:
                client.ask("act", bot=within(world, bot), action="pass")
            else:
                client.ask("bot.create" if what < 0.95 else "thing.create", {
                    "world": world, **({} if what < 0.95 else {"kind": "well"})})
        hashes.append([client.call("world.get", world=w)["hash"] for w in worlds])
    client.events.clear()
    client.answers.clear()
    return hashes


class Family(harness.ServerTest):
    """A world to fork from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance = harness.chance()
        keeper = cls.server.connect()
        cls.addClassCleanup(keeper.close)
        cls.lived = Lived(keeper, cls.chance, name="eden")
        cls.lived.live(120)

    def setUp(self):
        self.client = self.connect()

    def fork(self, at=None, world="eden", **more):
        more.setdefault("name", f"fork-{next(self.names)}")
        return self.client.call("world.fork", {"world": world, **({"at": at} if at else {})},
                                **more)


class Forks(Family):
    def assert_begins_like(self, fork, seq):
        """It is what its parent was after that record."""
        world, things = self.lived.moments[seq]
        self.assertEqual((fork["seq"], fork["tick"], fork["hash"]),
                         (seq, world["tick"], world["hash"]))
        self.assertEqual(self.client.call("thing.list", world=fork["id"])["items"],
                         within(fork["id"], things))
        for key in ("seed", "pace", "rules", "capacity", "counts", "deaths", "actions", "dims"):
            self.assertEqual(fork[key], world[key])

    def test_a_fork_begins_with_the_state_of_its_parent_there(self):
        for seq in (1, 2, 7, 60, self.lived.last - 1, self.lived.last):
            self.assert_begins_like(self.fork({"seq": seq}), seq)
        for tick in (0, 1, 13, self.lived.last_tick):
            self.assert_begins_like(self.fork({"tick": tick}), self.lived.first_of_tick[tick])
        self.assert_begins_like(self.fork(), self.lived.last)

    def test_the_parent_is_named_in_the_fork_and_does_not_notice(self):
        before = ends(self.client, "eden")
        fork = self.fork({"seq": 33})
        self.assertEqual(ends(self.client, "eden"), before)
        for word in ("eden", self.lived.id, "33"):
            self.assertIn(word, fork["forked_from"])
        stats = self.client.call("history.stats", world=fork["id"])
        self.assertEqual(stats["forked_from"], {"world": self.lived.id, "seq": 33})
        self.assertEqual((stats["base"]["seq"], stats["records"]), (33, 0))
        self.assertNotIn("forked_from", self.client.call("history.stats", world="eden"))

    def test_the_same_commands_lead_fork_and_twin_to_the_same_hashes(self):
        for seq in (9, 80):
            twins = [self.fork({"seq": seq})["id"] for _ in range(3)]
            for same in do_alike(self.client, twins, self.chance):
                self.assertEqual(len(set(same)), 1)
            records = [within(twins[0], read_records(self.client, t, seq + 1)) for t in twins]
            self.assertEqual(records[1:], [records[0]] * 2)
            for twin in twins:
                self.assertTrue(self.client.call("history.verify", world=twin)["ok"])

    def test_a_parent_that_goes_on_alike_stays_like_its_fork(self):
        parent = self.world(rules={"lifespan": 9})
        for _ in range(3):
            self.bot(self.client, parent)
        do_alike(self.client, [parent["id"]], self.chance, 30)
        fork = self.fork(world=parent["id"])
        for one, other in do_alike(self.client, [parent["id"], fork["id"]], self.chance):
            self.assertEqual(one, other)
        self.assertEqual(looks(self.client, parent["id"]), looks(self.client, fork["id"]))
        deeper = self.fork(world=fork["id"])
        for one, other in do_alike(self.client, [parent["id"], deeper["id"]], self.chance, 20):
            self.assertEqual(one, other)

    def test_a_fork_of_a_lockstep_world_goes_on_in_the_midst_of_a_tick(self):
        parent = self.world(pace="lockstep", deadline_ms=FOREVER_MS, rules={"lifespan": 9})
        bots = [self.bot(self.client, parent)["id"] for _ in range(3)]
        for _ in range(4):
            asked = [self.client.ask("act", bot=b, action="walk", args={"angle": .1}) for b in bots]
            for one in asked:
                self.client.result(one)
        speaker = self.connect()
        for seq in range(17, 21):
            hashes = []
            for _ in range(2):
                twin = self.fork({"seq": seq}, parent["id"])
                for bot in bots:
                    speaker.call("bot.attach", bot=within(twin["id"], bot))
                for bot in bots * 2:
                    speaker.ask("act", bot=within(twin["id"], bot), action="walk",
                                args={"angle": .2})
                harness.poll(lambda: self.client.call("world.get", world=twin["id"])["tick"] > 4,
                             "the ticks turn")
                hashes.append(self.client.call("history.state", world=twin["id"],
                                               at={"tick": 5})["hash"])
                self.client.call("world.delete", world=twin["id"])
            self.assertEqual(*hashes)

    def test_with_another_seed_it_goes_another_way(self):
        twin = self.fork({"seq": 50})["id"]
        other = self.fork({"seq": 50}, seed=4711)
        self.assertEqual(other["seed"], 4711)
        things = self.client.call("thing.list", world=other["id"])["items"]
        self.assertEqual(within(twin, things), self.client.call("thing.list", world=twin)["items"])
        places = [self.client.call("bot.create", world=w)["pos"] for w in (twin, other["id"])]
        self.assertNotEqual(*places)
        then = self.lived.moments[50][0]
        self.assertEqual(self.fork({"seq": 50}, seed=then["seed"])["hash"], then["hash"])

    def test_ids_keep_their_serials_under_the_number_of_the_fork(self):
        fork = self.fork({"seq": 40})
        then = {t["id"] for t in self.lived.moments[40][1]}
        now = {t["id"] for t in self.client.call("thing.list", world=fork["id"])["items"]}
        self.assertEqual({one[8:] for one in now}, {one[8:] for one in then})
        self.assertEqual({one[:8] for one in now}, {fork["id"][:8]})
        new = self.bot(self.client, fork)["id"]
        self.assertEqual(new[:8], fork["id"][:8])
        born_by_then = {t["id"][8:] for s in range(1, 41) for t in self.lived.moments[s][1]}
        self.assertGreater(new[8:], max(born_by_then))

    def test_a_name_that_is_taken_is_refused_and_one_is_found_where_none_is_given(self):
        self.fork(name="once")
        error = self.assert_refused(self.client, 409, "world.fork", world="eden", name="once")
        self.assertEqual((error["data"]["reason"], error["data"]["name"]), ("conflict", "once"))
        names = {self.client.call("world.fork", world="eden")["name"] for _ in range(3)}
        self.assertEqual(len(names), 3)

    def test_a_name_that_no_world_may_have_is_refused_and_nothing_is_left(self):
        before = [w["id"] for w in self.client.call("world.list")["items"]]
        for name in ("", "x" * 65, "\u00e9" * 33, "x" * 9999, "a\nb", "\u007f", self.lived.id, 7):
            answer = self.client.answer(self.client.ask("world.fork", world="eden", name=name))
            with self.subTest(name=str(name)[:70]):
                error = self.assert_error(answer, harness.INVALID_PARAMS)
                self.assertEqual(error["data"]["param"], "name")
        self.assertEqual([w["id"] for w in self.client.call("world.list")["items"]], before)

    def test_of_forks_made_at_once_with_one_name_one_is_made_and_nothing_is_left_of_others(self):
        before = len(self.client.call("world.list")["items"])
        clients = [self.connect() for _ in range(4)]
        asked = [(c, c.ask("world.fork", world="eden", name="race")) for c in clients
                 for _ in range(3)]
        answers = [client.answer(one) for client, one in asked]
        self.assertEqual(sum("result" in a for a in answers), 1)
        for answer in answers:
            if "error" in answer:
                self.assert_error(answer, 409, "conflict")
        self.assertEqual(len(self.client.call("world.list")["items"]), before + 1)

    def test_forks_made_at_once_without_a_name_each_get_one(self):
        clients = [self.connect() for _ in range(4)]
        unnamed = [(c, c.ask("world.fork", world="eden")) for c in clients for _ in range(3)]
        answers = [client.answer(one) for client, one in unnamed]
        made = [a["result"]["name"] for a in answers if "result" in a]
        self.assertEqual(len(set(made)), len(answers), [a for a in answers if "error" in a])

    def test_a_moment_that_never_was_is_refused_with_what_there_is(self):
        for at, last in (({"seq": self.lived.last + 1}, self.lived.last),
                         ({"tick": self.lived.last_tick + 1}, self.lived.last_tick)):
            unit, = at
            error = self.assert_refused(self.client, 404, "world.fork", world="eden", at=at)
            self.assertEqual(error["data"][f"last_{unit}"], last)

    def test_deleting_the_parent_leaves_the_fork_whole(self):
        parent = self.world(rules={"lifespan": 12})
        live(self.client, parent["id"], 30, self.chance)
        fork = self.fork({"seq": 20}, parent["id"])
        bot = self.client.call("thing.list", world=fork["id"], kind="bot")["items"][0]["id"]
        self.client.call("act", bot=bot, action="pass")
        before = looks(self.client, fork["id"])
        self.client.call("world.delete", world=parent["id"])
        self.assertEqual(looks(self.client, fork["id"]), before)
        self.assertTrue(self.client.call("history.verify", world=fork["id"])["ok"])
        shown = self.client.call("history.state", world=fork["id"], at={"seq": 20})
        self.assertEqual(shown["hash"], fork["hash"])
        self.assertIn(bot, self.client.call("history.explain", id=bot)["thing"])


class Survival(unittest.TestCase):
    def test_forks_survive_a_stop_and_a_kill_with_and_without_their_parents(self):
        chance = harness.chance()
        with Server() as server:
            with server.connect() as client:
                lived = Lived(client, chance, name="eden")
                lived.live(60)
                for name in ("a", "b", "c"):
                    client.call("world.fork", world="eden", name=name, at={"seq": 40})
                client.call("world.delete", world="eden")
                do_alike(client, ["a", "b"], chance, 0)
                worlds = [client.call("world.get", world=n)["id"] for n in ("a", "b")]
                do_alike(client, worlds, chance, 20)
            for end in (server.kill, server.terminate, server.kill):
                with server.connect() as client:
                    before = {n: (looks(client, n), ends(client, n)) for n in ("a", "b", "c")}
                end()
                server.start()
                with server.connect() as client:
                    after = {n: (looks(client, n), ends(client, n)) for n in ("a", "b", "c")}
                    self.assertEqual(after, before)
                    self.assertEqual(after["a"][0], after["b"][0])
                    self.assertEqual(after["c"][0][0]["hash"], lived.moments[40][0]["hash"])
                    self.assertEqual([w["name"] for w in client.call("world.list")["items"]],
                                     ["a", "b", "c"])
                    for name in ("a", "b", "c"):
                        self.assertTrue(client.call("history.verify", world=name)["ok"])
                        self.assertIn("eden", client.call("world.get", world=name)["forked_from"])
                    one, = do_alike(client, worlds, chance, 1)
                    self.assertEqual(*one)


class Differences(Family):
    def diff(self, world, other, **more):
        return self.client.call("history.diff", {"world": world, "other": other}, **more)

    def test_two_moments_differ_in_the_things_that_differed_then(self):
        for one, other in ((3, 30), (30, 3), (50, 51), (1, self.lived.last), (20, 20)):
            found = self.diff("eden", "eden", at={"seq": one}, other_at={"seq": other})
            then, now = ({t["id"]: t for t in self.lived.moments[s][1]} for s in (one, other))
            differing = {i for i in then.keys() | now.keys() if then.get(i) != now.get(i)}
            told = {item["thing"] for item in found["items"]} - {self.lived.id}
            self.assertEqual(told, differing, (one, other))
            self.assertEqual(found["total"], len(found["items"]))
            self.assertEqual(found["total"] == 0, one == other)
            self.assertEqual((found["a"]["seq"], found["b"]["seq"]), (one, other))
            for side, seq in (("a", one), ("b", other)):
                self.assertEqual(found[side]["hash"], self.lived.moments[seq][0]["hash"])
            self.assertNotIn("parting", found)
            none = self.diff("eden", "eden", at={"seq": one}, other_at={"seq": other}, limit=0)
            self.assertEqual((none["items"], none["total"]), ([], found["total"]))

    def test_two_forks_part_at_the_first_record_that_differs(self):
        one, other = (self.fork({"seq": 25}) for _ in range(2))
        self.assertIsNone(self.diff(one["id"], other["id"])["parting"]["a"])
        worlds = [one["id"], other["id"]]
        do_alike(self.client, worlds, self.chance, 10)
        seq = self.client.call("world.get", world=one["id"])["seq"]
        bot = self.client.call("thing.list", world=one["id"], kind="bot")["items"][0]["id"]
        self.client.call("act", bot=bot, action="pass")
        self.client.call("act", bot=within(other["id"], bot), action="walk", args={"angle": 0.3})
        parting = self.diff(one["id"], other["id"])["parting"]
        self.assertEqual(parting["origin"], {"world": self.lived.id, "seq": 25})
        self.assertEqual((parting["shared_seq"], parting["parted_unseen"]), (seq, False))
        for side, name, action in (("a", one, "pass"), ("b", other, "walk")):
            self.assertEqual(parting[side], read_records(self.client, name["id"], seq + 1)[0])
            self.assertEqual(parting[side]["command"]["action"], action)

    def test_what_parts_them_has_the_names_of_the_properties_that_it_changes(self):
        one, other = (self.fork({"seq": 25}) for _ in range(2))
        bot = self.client.call("thing.list", world=one["id"], kind="bot")["items"][0]["id"]
        for fork, water in ((one, 0.25), (other, 0.75)):
            self.client.call("thing.update", id=within(fork["id"], bot), props={"drink": water})
        parting = self.diff(one["id"], other["id"])["parting"]
        self.assertEqual([parting[side]["command"]["props"] for side in ("a", "b")],
                         [{"drink": 0.25}, {"drink": 0.75}])
        self.assertEqual(parting["a"], read_records(self.client, one["id"], 26)[0])

    def test_forks_of_different_moments_part_where_the_older_one_left(self):
        one, other = self.fork({"seq": 25}), self.fork({"seq": 40})
        self.bot(self.client, one)
        parting = self.diff(one["id"], other["id"])["parting"]
        self.assertEqual((parting["origin"]["seq"], parting["shared_seq"]), (25, 25))
        self.assertEqual(parting["a"]["command"]["type"], "create")
        self.assertEqual(parting["b"], read_records(self.client, "eden", 26, limit=1)[0])

    def test_a_fork_is_like_its_parent_up_to_where_it_left(self):
        fork = self.fork({"seq": 30})
        found = self.diff("eden", fork["id"], at={"seq": 30})
        self.assertEqual({item["thing"] for item in found["items"]}, {self.lived.id})
        self.assertEqual({item["what"] for item in found["items"]},
                         {"name", "created_ms", "parent"})

    def test_worlds_without_a_common_origin_are_compared_from_the_founding(self):
        stranger = self.world(seed=1)["id"]
        parting = self.diff("eden", stranger)["parting"]
        self.assertNotIn("origin", parting)
        self.assertEqual((parting["shared_seq"], parting["compared_from"]), (0, 1))
        self.assertEqual(parting["a"]["command"]["type"], "found")
        error = self.assert_refused(self.client, 404, "history.diff", world="eden", other="nod")
        self.assertEqual(error["data"]["id"], "nod")


class Explanations(harness.ServerTest):
    """A bot that drank once, left, and died of thirst."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.server.connect() as client:
            cls.dry = client.call("world.create", name="dry", dims=[30, 10, 30],
                                  rules={"day": 20, "lifespan": 1000})["id"]
            cls.ada = client.call("bot.create", world="dry", name="ada", pos=[2.5, 0, 2.5])["id"]
            cls.well = client.call("thing.create", world="dry", kind="well", name="deep",
                                   pos=[1.5, 0, 1])["id"]
            cls.drink = client.call("act", bot=cls.ada, action="drink", target=cls.well)
            assert cls.drink["outcome"] == "done"
            cls.walks = []
            while not any(e["method"] == "died" for e in client.events):
                cls.walks.append(client.call("act", bot=cls.ada, action="walk",
                                             args={"angle": 0.125}))
            cls.death = client.event("died")

    def setUp(self):
        self.client = self.connect()

    def explain(self, one, **more):
        return self.client.call("history.explain", {"id": one}, **more)

    def assert_says(self, told, *words):
        """One of its lines has all these words."""
        self.assertTrue(any(all(str(w) in line for w in words) for line in told["lines"]),
                        (words, told["lines"]))

    def test_a_death_of_thirst_is_told_with_the_last_drink_and_the_way_to_the_well(self):
        told, last = self.explain(self.ada), self.walks[-1]
        self.assertIn("died of thirst", told["lines"][0])
        self.assert_says(told, "ada", "thirst", f"tick {last['tick']}", f"seq {last['seq']}")
        self.assert_says(told, "drink", f"tick {self.drink['tick']}", "once")
        self.assertEqual(told["end"]["cause"], self.death["cause"])
        self.assertEqual(told["end"]["heir"], self.death["heir"])
        self.assertEqual(told["end"]["when"]["seq"], last["seq"])
        reach, = [r for r in told["reach"] if r["action"] == "drink"]
        self.assertEqual((reach["target_kind"], reach["at_the_end"]), ("well", False))
        self.assertEqual(reach["nearest"], self.well)
        self.assert_says(told, "no well", "reach", f"since tick {reach['tick']}")
        did = {d["action"]: d["done"] for d in told["did"]}
        self.assertEqual(did, {"drink": 1, "walk": len(self.walks)})

    def test_the_well_went_out_of_reach_at_the_tick_at_which_it_did(self):
        reach, = self.explain(self.ada)["reach"]
        refused = []
        for walk in self.walks[:-1]:
            fork = self.client.call("world.fork", world="dry", at={"seq": walk["seq"]})["id"]
            tried = self.client.call("act", bot=within(fork, self.ada), action="drink",
                                     target=within(fork, self.well))
            refused.append(tried["outcome"] == "refused")
            self.client.call("world.delete", world=fork)
        self.assertEqual(refused, [walk["seq"] > reach["seq"] for walk in self.walks[:-1]])

    def test_before_its_death_it_lives_and_there_is_no_end(self):
        told = self.explain(self.ada, at={"seq": self.walks[3]["seq"]})
        self.assertNotIn("end", told)
        self.assertEqual(told["seq"], self.walks[3]["seq"])
        told = self.explain(self.ada, at={"tick": self.drink["tick"]})
        self.assertEqual({d["action"] for d in told["did"]}, {"drink"})

    def test_an_heir_knows_whom_it_replaces(self):
        told = self.explain(self.death["heir"])
        self.assertEqual((told["birth"]["how"], told["birth"]["replaces"]), ("heir", self.ada))

    def test_a_well_tells_who_drank_and_the_world_its_rules(self):
        told = self.explain(self.well)
        self.assertEqual((told["kind"], told["name"], told["did"]), ("well", "deep", []))
        done, = told["done_to_it"]
        self.assertEqual((done["action"], done["done"]), ("drink", 1))
        self.assertEqual(done["last_done"]["agent"], self.ada)
        told = self.explain(self.dry)
        self.assertEqual(told["birth"]["how"], "founded")
        rules = {p["name"]: p["value"] for p in told["properties"]}
        self.assertEqual((rules["day"], rules["lifespan"]), ("20", "1000"))
        self.assert_says(told, "day", "20", "found")

    def test_what_never_was_is_not_found(self):
        never = self.ada[:-2] + "ff"
        error = self.assert_refused(self.client, 404, "history.explain", id=never)
        self.assertIn("255", error["message"])
        self.assert_refused(self.client, 404, "history.explain", id=self.death["heir"],
                            at={"seq": 4})

    def test_a_thing_of_a_world_that_never_was_is_not_said_to_be_deleted(self):
        error = self.assert_refused(self.client, 404, "history.explain",
                                    id="0000ffff" + self.ada[8:])
        self.assertNotIn("deleted", error["message"])


if __name__ == "__main__":
    harness.main()
