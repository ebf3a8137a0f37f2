#!/usr/bin/env python3
"""What is asked about the past must be what was said when it was now."""

import operator

import harness
from history_test import live
from lived import Lived, export, pass_often, read_records

LONG = 205_000  # records; one page of a filtered reading looks at 200,000
NO_WORLD = "0000ffff0000000000000000"


def fits(record, bot=None, thing=None, action=None, outcome=None, to=None):
    """What the filters of history.read mean."""
    command = record["command"]
    about = [command.get(key) for key in ("agent", "target", "thing")]
    about += [e.get("thing") for e in record["effects"]]
    return (to is None or record["seq"] <= to) and \
        bot in (None, command.get("agent")) and outcome in (None, record["outcome"]) and \
        action in (None, command.get("action", command["type"])) and \
        (thing is None or thing in about)


def bots(things):
    return [t for t in things if t["kind"] == "bot"]


class Past(harness.ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance = harness.chance()
        keeper = cls.server.connect()
        cls.addClassCleanup(keeper.close)
        cls.lived = Lived(keeper, cls.chance, name="eden")
        cls.lived.live(150)
        cls.records = read_records(keeper, "eden")

    def setUp(self):
        self.client = self.connect()

    def past(self, method, params=None, /, **more):
        return self.client.call(f"history.{method}", {"world": "eden", **(params or {})}, **more)


class States(Past):
    def assert_shown(self, at, seq):
        world, things = self.lived.moments[seq]
        state = self.past("state", at=at)
        self.assertEqual((state["seq"], state["tick"], state["hash"]),
                         (seq, world["tick"], world["hash"]), at)
        self.assertEqual((state["world"], state["items"]), (world, things), at)

    def test_the_state_at_each_seq_is_what_was_said_when_it_was_now(self):
        for seq in self.lived.moments:
            self.assert_shown({"seq": seq}, seq)

    def test_backwards_and_in_any_order_the_states_are_the_same_as_forwards(self):
        seqs = sorted(self.lived.moments, reverse=True)
        for seq in seqs + self.chance.sample(seqs, len(seqs)):
            self.assert_shown({"seq": seq}, seq)

    def test_the_state_at_a_tick_is_what_was_said_when_it_began(self):
        self.assertGreater(self.lived.last_tick, 20)
        for tick, seq in self.lived.first_of_tick.items():
            self.assert_shown({"tick": tick}, seq)

    def test_without_a_moment_the_state_is_the_present_one(self):
        state = self.past("state")
        self.assertEqual((state["world"], state["items"]), self.lived.now)

    def test_states_page_by_page_and_by_kind_are_the_whole_state(self):
        for seq in (5, 40, self.lived.last):
            things = self.lived.moments[seq][1]
            for kind in (None, "bot", "well"):
                wanted = [t for t in things if kind in (None, t["kind"])]
                for limit in (1, 2, 3, 1000):
                    asked = {"at": {"seq": seq}, "limit": limit, **({"kind": kind} if kind else {})}
                    page = self.past("state", asked)
                    items = page["items"]
                    while "next" in page:
                        self.assertEqual(len(page["items"]), limit)
                        page = self.past("state", asked, after=page["next"])
                        items += page["items"]
                    self.assertEqual(items, wanted)

    def test_before_the_founding_there_is_no_state(self):
        for method in ("history.state", "world.fork"):
            self.assert_refused(self.client, 404, method, world="eden", at={"seq": 0})

    def test_the_range_that_is_named_is_that_of_moments_with_a_world(self):
        last, tick = self.lived.last, self.lived.last_tick
        error = self.assert_refused(self.client, 404, "history.state", world="eden",
                                    at={"seq": last + 1})
        self.assertIn(f"it goes from 1 to {last}", error["message"])
        self.assertEqual((error["data"]["first_seq"], error["data"]["last_seq"]), (1, last))
        error = self.assert_refused(self.client, 404, "history.state", world="eden",
                                    at={"tick": tick + 1})
        self.assertEqual((error["data"]["first_tick"], error["data"]["last_tick"]), (0, tick))

    def test_a_thing_that_never_was_is_told_with_the_name_of_its_world(self):
        never = self.lived.id[:8] + "f" * 16
        error = self.assert_refused(self.client, 404, "history.explain", id=never)
        self.assertIn("world eden had no thing ", error["message"])

    def test_an_id_of_another_world_is_no_place_to_go_on_from(self):
        self.assert_bad_param(self.client, "after", "history.state", world="eden",
                              after=NO_WORLD[:-1] + "1")


class Readings(Past):
    def wishes(self):
        names = ("walk", "drink", "pass", "found", "create", "update", "remove", "configure", "fly")
        for one in self.lived.born:
            yield {"bot": one}
            yield {"thing": one}
        yield {"thing": self.lived.id}
        yield from ({"action": name} for name in names)
        yield from ({"outcome": outcome} for outcome in ("done", "refused", "fault"))
        yield from ({"to": to} for to in (1, 50, self.lived.last, self.lived.last + 1, 2**53 - 1))
        bot = self.lived.of_kind("bot")[0]
        yield {"bot": bot, "action": "walk", "outcome": "done", "to": self.lived.last - 1}
        yield {"bot": self.records[10]["command"].get("agent", bot), "outcome": "refused"}
        yield {"thing": bot, "action": "update"}

    def test_filters_are_the_filtering_of_a_full_reading(self):
        found = 0
        for wish in self.wishes():
            wanted = [r for r in self.records if fits(r, **wish)]
            found += bool(wanted)
            for more in ({}, {"limit": 1}, {"limit": 7}):
                self.assertEqual(read_records(self.client, "eden", **wish, **more), wanted, wish)
        self.assertGreater(found, 20)
        refused = [r for r in self.records if r["outcome"] == "refused"]
        self.assertGreater(len(refused), 0)

    def test_a_filtered_page_has_as_many_records_as_were_asked_for_unless_it_is_the_last(self):
        for limit in (1, 5):
            page = self.past("read", {"from": 1, "action": "walk", "limit": limit})
            self.assertEqual(len(page["records"]), limit)
            self.assertGreater(page["next"], page["records"][-1]["seq"])

    def test_a_filter_for_a_thing_of_another_world_does_not_find_those_of_this(self):
        foreign = "0000ffff" + self.lived.of_kind("bot")[0][8:]
        for name in ("bot", "thing"):
            answer = self.client.answer(self.client.ask(
                "history.read", {"world": "eden", "from": 1, name: foreign}))
            found = answer.get("result", {}).get("records", [])
            self.assertEqual([r["seq"] for r in found], [], name)

    def test_wrong_filters_are_refused_by_name(self):
        for name, wrong in (("bot", "ada"), ("thing", 7), ("action", 1), ("outcome", "dead"),
                            ("outcome", 1), ("to", 0), ("to", 1.5), ("limit", 0), ("limit", 1001),
                            ("until", 7), ("form", 1)):
            self.assert_bad_param(self.client, name, "history.read",
                                  {"world": "eden", "from": 1, name: wrong})


class Checks(Past):
    def test_a_replay_to_any_moment_ends_with_its_hash(self):
        for seq, (world, _) in self.lived.moments.items():
            done = self.past("replay", {"to": {"seq": seq}})
            self.assertEqual((done["seq"], done["tick"], done["hash"], done["records"]),
                             (seq, world["tick"], world["hash"], seq))
        done = self.past("replay", {"from": {"seq": 20}, "to": {"tick": 15}})
        end = self.lived.first_of_tick[15]
        self.assertEqual((done["seq"], done["records"]), (end, end - 20))
        self.assertEqual(done["hash"], self.lived.moments[end][0]["hash"])

    def test_what_was_decided_is_decided_again_alike(self):
        for more in ({}, {"count_all": True}, {"progress": True}):
            done = self.past("verify", more)
            self.assertEqual((done["ok"], done["differing"], done["other_builds"]), (True, 0, []))
            self.assertEqual((done["from"], done["to"], done["records"]),
                             (1, self.lived.last, self.lived.last))
            self.assertNotIn("divergence", done)
        for first, last in ((1, 1), (2, 9), (40, 41), (self.lived.last, self.lived.last)):
            done = self.past("verify", {"from": {"seq": first}, "to": {"seq": last}})
            self.assertEqual((done["ok"], done["from"], done["to"], done["records"]),
                             (True, first, last, last - first + 1))

    def test_a_range_that_ends_before_it_begins_is_refused(self):
        backwards = {"from": {"seq": 9}, "to": {"seq": 8}}
        for method, more in (("replay", {}), ("verify", {}), ("bisect", {"when": "tick > 1"})):
            self.assert_bad_param(self.client, "to", f"history.{method}",
                                  {"world": "eden", **backwards, **more})

    def test_all_worlds_that_ever_lived_here_verify(self):
        for pace in ("free", "lockstep"):
            world = self.world(rules={"lifespan": 15, "population": "replace"}, pace=pace)
            if pace == "free":
                live(self.client, world["id"], 60, self.chance)
            else:
                one = self.bot(self.client, world)["id"]
                pass_often(self.client, one, 10)
            done = self.client.call("history.verify", world=world["id"])
            seq = self.client.call("world.get", world=world["id"])["seq"]
            self.assertEqual((done["ok"], done["records"]), (True, seq))


def mean_x(things):
    places = [t["pos"][0] for t in bots(things)]
    return sum(places) / len(places)


class Bisections(Past):
    def predicates(self):
        """What is asked, and the same in other words: of a world and its things."""
        one = sorted(self.lived.born)[0]
        number = int(one, 16) & (2**64 - 1)
        yield "count(bot) < 3", lambda w, t: len(bots(t)) < 3
        yield "count(thing) >= 5", lambda w, t: len(t) >= 5
        yield "count(well) == 2 and tick > 3", lambda w, t: \
            len(t) - len(bots(t)) == 2 and w["tick"] > 3
        for name, compare in (("<", operator.lt), (">=", operator.ge), ("==", operator.eq)):
            yield f"tick {name} 10", lambda w, t, c=compare: c(w["tick"], 10)
            yield f"actions {name} 20", lambda w, t, c=compare: c(w["actions"], 20)
            yield f"2 * deaths {name} 6", lambda w, t, c=compare: c(sum(w["deaths"].values()), 3)
        yield "deaths(age) > 1 || deaths('thirst') > 1", lambda w, t: \
            w["deaths"].get("age", 0) > 1 or w["deaths"].get("thirst", 0) > 1
        yield f"alive({number})", lambda w, t: any(x["id"] == one for x in t)
        yield f"not alive({one})", lambda w, t: not any(x["id"] == one for x in t)
        yield f"thing('{one}').age > 4", lambda w, t: \
            any(x["id"] == one and x["props"]["age"] > 4 for x in t)
        yield "max(bot.age) >= 7", lambda w, t: \
            max((x["props"]["age"] for x in bots(t)), default=-1) >= 7
        yield "min(bot.drink) < 0.3", lambda w, t: \
            min((x["props"]["drink"] for x in bots(t)), default=1) < 0.3
        yield "sum(bot.generation) > 4", lambda w, t: \
            sum(x["props"]["generation"] for x in bots(t)) > 4
        yield "mean(bot.x) > 5", lambda w, t: bool(bots(t)) and mean_x(t) > 5
        yield "world.day != 40", lambda w, t: w["rules"]["day"] != 40
        yield "seq >= 77 and !(tick > 1000)", lambda w, t: w["seq"] >= 77

    def ranges(self):
        yield 1, self.lived.last
        for _ in range(4):
            yield tuple(sorted(self.chance.sample(range(1, self.lived.last + 1), 2)))

    def bisect(self, text, first, last, scan):
        return self.past("bisect", {"when": text, "from": {"seq": first}, "to": {"seq": last},
                                    "scan": scan})

    def test_a_scan_finds_the_first_moment_whatever_comes_and_goes(self):
        said = set()
        for text, holds in self.predicates():
            for first, last in self.ranges():
                true = [seq for seq in range(first, last + 1) if holds(*self.lived.moments[seq])]
                found = self.bisect(text, first, last, True)
                wanted = ("never_at_the_end", last) if not true else \
                    ("holds_from_the_start", first) if true[0] == first else ("found", true[0])
                self.assertEqual((found["answer"], found["seq"]), wanted, (text, first, last))
                self.assertEqual(found["tick"], self.lived.moments[found["seq"]][0]["tick"])
                said.add(found["answer"])
        self.assertEqual(said, {"found", "holds_from_the_start", "never_at_the_end"})

    def test_a_search_finds_a_moment_before_which_it_was_false(self):
        for text, holds in self.predicates():
            for first, last in self.ranges():
                found = self.bisect(text, first, last, False)
                now = holds(*self.lived.moments[found["seq"]])
                if found["answer"] == "found":
                    self.assertTrue(first < found["seq"] <= last)
                    before = holds(*self.lived.moments[found["seq"] - 1])
                    self.assertEqual((before, now), (False, True), text)
                else:
                    at_start = found["answer"] == "holds_from_the_start"
                    self.assertEqual((found["seq"], now),
                                     (first, True) if at_start else (last, False), text)

    def test_a_predicate_that_does_not_parse_says_at_which_character(self):
        for text, at in (("", 1), ("count(bot", 10), ("count(bot>0", 10), ("tick >", 7),
                         ("tick > 1 and", 13), ("tick ? 3", 6), ("1 < 2 < 3", 7), ("tick", 1),
                         ("thing(x).age > 1", 7), ("tick > 1 tick", 10)):
            error = self.assert_refused(self.client, -32602, "history.bisect", world="eden",
                                        when=text)
            self.assertEqual((error["data"]["param"], error["data"]["at"]), ("when", at), error)
            self.assertIn(str(at), error["message"])
            self.assertGreater(len(error["data"]["expected"]), 1)
        for text in ("(" * 1000, "not " * 200 + "tick > 1", "\u0000", "tick > 1" + " " * 2000,
                     "tick > 1\u00e9", "tick > 1e999"):
            error = self.assert_refused(self.client, -32602, "history.bisect", world="eden",
                                        when=text)
            self.assertEqual(error["data"]["param"], "when")

    def test_a_predicate_about_what_no_thing_has_names_it(self):
        for text, name in (("count(dragon) > 1", "dragon"), ("world.colour > 1", "colour"),
                           ("max(bot.colour) > 1", "colour"),
                           (f"thing({self.lived.of_kind('bot')[0]}).colour > 1", "colour"),
                           ("tick > 1 or count(dragon) > 1", "dragon")):
            error = self.assert_refused(self.client, 404, "history.bisect", world="eden", when=text)
            self.assertIn(name, error["message"])


class LongPast(harness.ServerTest):
    """More records than one look takes, and several snapshots."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.server.connect() as client:
            cls.id = client.call("world.create", name="long", pace="free",
                                 rules={"lifespan": 1e6, "day": 1e6})["id"]
            cls.bot = client.call("bot.create", world="long")["id"]
            pass_often(client, cls.bot, LONG)
            client.call("thing.create", world="long", kind="well")
            cls.last = client.call("world.get", world="long")["seq"]

    def setUp(self):
        self.client = self.connect()

    def test_a_filter_that_finds_nothing_for_long_says_where_to_go_on(self):
        page = self.client.call("history.read", {"world": "long", "from": 3, "action": "create"})
        self.assertEqual(page["records"], [])
        self.assertTrue(3 < page["next"] <= self.last)
        found = read_records(self.client, "long", 3, action="create")
        self.assertEqual([r["seq"] for r in found], [self.last])
        self.assertEqual(read_records(self.client, "long", 3, action="create", to=self.last - 1),
                         [])

    def test_states_beside_a_snapshot_are_what_the_records_say(self):
        stats = self.client.call("history.stats", world="long")
        border = stats["last_snapshot_seq"]
        self.assertGreater(stats["snapshots"], 5)
        for seq in (border - 1, border, border + 1, border - 20_000, 1, 2, self.last):
            state = self.client.call("history.state", world="long", at={"seq": seq})
            replayed = self.client.call("history.replay", {"world": "long", "from": {"seq": 1},
                                                           "to": {"seq": seq}})
            self.assertEqual((state["seq"], state["hash"]), (seq, replayed["hash"]))
            wells = [t for t in state["items"] if t["kind"] == "well"]
            self.assertEqual(len(wells), seq == self.last)
            bot = [t for t in state["items"] if t["kind"] == "bot"]
            self.assertEqual([b["props"]["age"] for b in bot],
                             [] if seq == 1 else [min(seq - 2, LONG)])

    def test_commits_bear_the_hashes_of_the_states_after_them(self):
        lines = export(self.client, "long", first={"seq": self.last - 6000})
        commits = [line["commit"] for line in lines if "commit" in line]
        self.assertGreater(len(commits), 3)
        for commit in commits:
            state = self.client.call("history.state", world="long", at={"seq": commit["seq"]})
            self.assertEqual(state["hash"], commit["hash"])

    def test_the_first_moment_in_a_long_history_is_found_by_few_states(self):
        for age in (1, 19_998, 20_000, 123_456, LONG):
            found = self.client.call("history.bisect", world="long", when=f"max(bot.age) >= {age}")
            self.assertEqual((found["answer"], found["seq"], found["tick"]),
                             ("found", age + 2, age))
            self.assertLess(found["records_replayed"], 200_000)

    def test_a_long_history_verifies_in_pieces_and_in_ranges(self):
        self.assertEqual(self.client.call("history.verify", world="long")["records"], self.last)
        wish = {"world": "long", "from": {"tick": 19_000}, "to": {"tick": 41_000}}
        done = self.client.call("history.verify", wish)
        self.assertEqual((done["ok"], done["from"], done["to"]), (True, 19_002, 41_002))


if __name__ == "__main__":
    harness.main()
