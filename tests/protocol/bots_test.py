#!/usr/bin/env python3
"""Bots: who speaks for them, what they do and see, how they die."""

import harness

SIZES = {"bot": (0.25, 0.15), "well": (0.5, 0.5)}  # half of x and z


def gap(one, other):
    """Metres between two boxes on the ground."""
    (x1, _, z1), (x2, _, z2) = one["pos"], other["pos"]
    (w1, d1), (w2, d2) = SIZES[one["kind"]], SIZES[other["kind"]]
    dx, dz = max(0, abs(x1 - x2) - w1 - w2), max(0, abs(z1 - z2) - d1 - d2)
    return (dx * dx + dz * dz) ** 0.5


class Bots(harness.ServerTest):
    def setUp(self):
        self.client = self.connect()

    def act(self, bot, action, client=None, **more):
        return (client or self.client).call("act", bot=bot["id"], action=action, **more)

    def assert_conflict(self, client, method, params=None, /, **more):
        error = self.assert_refused(client, 409, method, params, **more)
        self.assertEqual(error["data"]["reason"], "conflict", error)
        return error

    def age(self, bot):
        return self.client.call("thing.get", id=bot["id"])["props"]["age"]


class WhoSpeaks(Bots):
    def setUp(self):
        super().setUp()
        self.stranger = self.connect()
        self.eden = self.world()
        self.ada = self.bot(self.client, self.eden)

    def test_who_created_a_bot_speaks_for_it_and_nobody_else(self):
        error = self.assert_conflict(self.stranger, "act", bot=self.ada["id"], action="pass")
        self.assertEqual(error["data"]["id"], self.ada["id"])
        self.assertIn("take", error["message"])
        self.assert_conflict(self.stranger, "bot.attach", bot=self.ada["id"])
        self.assert_conflict(self.stranger, "bot.attach", bot=self.ada["id"], take=False)
        self.assertEqual(self.act(self.ada, "pass")["outcome"], "done")
        self.assertEqual(self.age(self.ada), 1)

    def test_everybody_may_look_at_a_bot_and_through_its_eyes(self):
        self.assertEqual(self.stranger.call("thing.get", id=self.ada["id"]), self.ada)
        seen = self.stranger.call("see", bot=self.ada["id"])
        self.assertEqual(seen["self"]["id"], self.ada["id"])
        self.assert_conflict(self.stranger, "act", bot=self.ada["id"], action="pass")

    def test_a_bot_that_is_taken_over_speaks_through_the_new_connection(self):
        taken = self.stranger.call("bot.attach", bot=self.ada["id"], take=True)
        self.assertEqual(taken["id"], self.ada["id"])
        self.assertEqual(self.client.event("detached"), {"bot": self.ada["id"]})
        self.assert_conflict(self.client, "act", bot=self.ada["id"], action="pass")
        self.assertEqual(self.act(self.ada, "pass", self.stranger)["outcome"], "done")

    def test_attaching_what_one_has_changes_nothing(self):
        for take in (False, True):
            self.assertEqual(self.client.call("bot.attach", bot=self.ada["id"], take=take),
                             self.ada)
        self.client.call("ping")
        self.assertEqual(len(self.client.events), 0)

    def test_a_detached_bot_is_free(self):
        self.assertEqual(self.client.call("bot.detach", bot=self.ada["id"]), {})
        self.assertEqual(self.stranger.call("bot.attach", bot=self.ada["id"]), self.ada)
        self.assert_conflict(self.client, "act", bot=self.ada["id"], action="pass")
        self.assertEqual(len(self.client.events), 0)

    def test_only_who_speaks_for_a_bot_detaches_it(self):
        for client in (self.stranger, self.connect()):
            error = self.assert_refused(client, 403, "bot.detach", bot=self.ada["id"])
            self.assertEqual(error["data"]["reason"], "forbidden")
        self.client.call("bot.detach", bot=self.ada["id"])
        self.assert_refused(self.client, 403, "bot.detach", bot=self.ada["id"])

    def test_an_act_attaches_a_bot_that_nobody_speaks_for(self):
        self.client.call("bot.detach", bot=self.ada["id"])
        self.assertEqual(self.act(self.ada, "pass", self.stranger)["outcome"], "done")
        self.assert_conflict(self.client, "bot.attach", bot=self.ada["id"])
        self.assert_conflict(self.client, "act", bot=self.ada["id"], action="pass")

    def test_a_refused_request_attaches_nothing(self):
        self.client.call("bot.detach", bot=self.ada["id"])
        self.stranger.answer(self.stranger.ask("act", bot=self.ada["id"], action="fly"))
        self.assertEqual(self.client.call("bot.attach", bot=self.ada["id"])["id"], self.ada["id"])

    def test_a_bot_is_free_once_its_connection_has_ended(self):
        for end in ("close", "reset", "half_close"):
            speaker = self.connect()
            speaker.call("bot.attach", bot=self.ada["id"], take=True)
            self.assert_conflict(self.stranger, "bot.attach", bot=self.ada["id"])
            getattr(speaker, end)()
            harness.poll(lambda: "result" in self.stranger.answer(
                self.stranger.ask("act", bot=self.ada["id"], action="pass")), f"free after {end}")
        self.assertEqual(self.age(self.ada), 3)

    def test_a_thing_of_kind_bot_is_a_bot(self):
        bot = self.client.call("thing.create", world=self.eden["id"], kind="bot")
        self.assertEqual(self.act(bot, "pass")["outcome"], "done")

    def test_one_connection_may_speak_for_bots_of_several_worlds(self):
        other = self.bot(self.client, self.world())
        self.assertEqual(self.act(other, "pass")["tick"], 1)
        self.assertEqual(self.act(self.ada, "pass")["tick"], 1)


class Acts(Bots):
    def setUp(self):
        super().setUp()
        self.eden = self.world()
        self.ada = self.bot(self.client, self.eden, pos=[5, 0, 5])

    def test_an_act_is_answered_with_what_became_of_it(self):
        done = self.act(self.ada, "walk", args={"angle": 0})
        self.assertEqual(done, {"seq": 3, "tick": 1, "outcome": "done", "pos": [5.8, 0, 5],
                                "durability": "wal"})
        thing = self.client.call("thing.get", id=self.ada["id"])
        self.assertEqual((thing["pos"], thing["props"]["age"]), (done["pos"], 1))
        self.assertLess(thing["props"]["drink"], 1)
        self.assertEqual(self.client.call("world.get", world=self.eden["id"])["seq"], 3)

    def test_a_quarter_of_a_turn_is_one_step_along_z(self):
        for angle, step in ((0, (0.8, 0)), (0.25, (0, 0.8)), (0.5, (-0.8, 0)), (0.75, (0, -0.8)),
                            (1, (0.8, 0))):
            self.client.call("thing.update", id=self.ada["id"], pos=[5, 0, 5])
            pos = self.act(self.ada, "walk", args={"angle": angle})["pos"]
            self.assertEqual(pos, [round(5 + step[0], 6), 0, round(5 + step[1], 6)], angle)

    def test_arguments_that_are_left_out_have_their_defaults(self):
        self.assertEqual(self.act(self.ada, "walk")["pos"], [5.8, 0, 5])
        self.assertEqual(self.act(self.ada, "walk", args={})["pos"], [6.6, 0, 5])
        self.assertEqual(self.act(self.ada, "walk", target=self.eden["id"])["pos"], [7.4, 0, 5])

    def test_a_refused_action_takes_the_turn_and_moves_nothing(self):
        self.client.call("thing.update", id=self.ada["id"], pos=[9.5, 0, 5])
        refused = self.act(self.ada, "walk", args={"angle": 0})
        self.assertEqual((refused["outcome"], refused["reason"], refused["tick"], refused["pos"]),
                         ("refused", "blocked", 1, [9.5, 0, 5]))
        self.assertEqual(self.age(self.ada), 1)
        record = self.client.call("history.read", {"world": self.eden["id"],
                                                   "from": refused["seq"]})
        self.assertEqual(record["records"][0]["outcome"], "refused")

    def test_a_solid_thing_blocks_the_way(self):
        self.client.call("thing.create", world=self.eden["id"], kind="well", pos=[6.2, 0, 5])
        self.assertEqual(self.act(self.ada, "walk", args={"angle": 0})["reason"], "blocked")
        self.assertEqual(self.act(self.ada, "walk", args={"angle": 0.5})["outcome"], "done")

    def test_a_well_is_in_reach_within_one_metre(self):
        well = self.client.call("thing.create", world=self.eden["id"], kind="well", pos=[2, 0, 2])
        for x, outcome in ((3.75, "done"), (3.750001, "refused"), (8, "refused"), (3, "done")):
            self.client.call("thing.update", id=self.ada["id"], pos=[x, 0, 2], props={"drink": 0.5})
            act = self.act(self.ada, "drink", target=well["id"])
            self.assertEqual(act["outcome"], outcome, x)
            self.assertEqual(act.get("reason"), "not_in_reach" if outcome == "refused" else None)
            drink = self.client.call("thing.get", id=self.ada["id"])["props"]["drink"]
            self.assertAlmostEqual(drink, 1 if outcome == "done" else 0.5, places=4)

    def test_an_act_may_bring_what_is_seen_after_it(self):
        self.client.call("thing.create", world=self.eden["id"], kind="well", pos=[2, 0, 2])
        acted = self.act(self.ada, "walk", see=True)
        self.assertEqual(acted["see"]["self"]["pos"], acted["pos"])
        self.assertEqual(acted["see"], self.client.call("see", bot=self.ada["id"]))
        self.assertNotIn("see", self.act(self.ada, "walk", see=False))

    def test_sequences_count_the_records_of_a_world(self):
        seqs = [self.act(self.ada, "pass")["seq"] for _ in range(5)]
        self.assertEqual(seqs, list(range(seqs[0], seqs[0] + 5)))


class Lists(Bots):
    def setUp(self):
        super().setUp()
        self.worlds = [self.world() for _ in range(3)]
        self.bots = [self.bot(self.client, world) for world in self.worlds for _ in range(2)]

    def test_a_list_is_answered_with_a_list_in_the_same_order(self):
        acts = [{"bot": self.bots[i % 6]["id"], "action": "pass",
                 "see": i % 5 == 0} for i in range(60)]
        results = self.client.call("act", acts=acts)
        self.assertEqual(len(results), 60)
        for world in range(3):
            mine = [r for i, r in enumerate(results) if i % 6 // 2 == world]
            self.assertEqual([r["seq"] for r in mine], list(range(4, 24)))
            self.assertEqual([r["tick"] for r in mine], [i // 2 for i in range(1, 21)])
        self.assertEqual([i for i, r in enumerate(results) if "see" in r], list(range(0, 60, 5)))
        self.assertEqual(results[5]["see"]["self"]["id"], self.bots[5]["id"])

    def test_one_wrong_act_spoils_no_other(self):
        stranger = self.connect()
        theirs = self.bot(stranger, self.worlds[0])["id"]
        mine = self.bots[0]["id"]
        wrong = [({}, -32602), (5, -32602), ({"bot": mine}, -32602),
                 ({"bot": theirs, "action": "pass"}, 409),
                 ({"bot": mine, "action": "fly"}, 404), ({"bot": "f" * 24, "action": "pass"}, 404),
                 ({"bot": mine, "action": "walk", "args": {"angle": 3}}, -32602), (None, -32602),
                 ({"bot": mine, "action": "pass", "acts": []}, -32602), ([], -32602),
                 ({"bot": self.worlds[1]["id"][:8] + "0" * 14 + "99", "action": "pass"}, 404)]
        good = {"bot": mine, "action": "pass"}
        acts = [one for act, _ in wrong for one in (good, act)] + [good]
        results = self.client.call("act", acts=acts)
        self.assertEqual(len(results), len(acts))
        self.assertEqual([r["outcome"] for r in results[::2]], ["done"] * (len(wrong) + 1))
        for (_, code), result in zip(wrong, results[1::2]):
            self.assertEqual(set(result), {"error"})
            self.assert_error(result, code)
        self.assertEqual(self.age(self.bots[0]), len(wrong) + 1)

    def test_an_empty_list_is_answered_with_an_empty_list(self):
        self.assertEqual(self.client.call("act", acts=[]), [])

    def test_a_list_and_a_single_act_do_not_go_together(self):
        self.assert_refused(self.client, -32602, "act", bot=self.bots[0]["id"], action="pass",
                            acts=[])
        self.assert_refused(self.client, -32602, "act", acts=[], see=True)
        self.assertEqual(self.age(self.bots[0]), 0)

    def test_a_list_as_long_as_a_line_is_answered_whole(self):
        acts = [{"bot": self.bots[0]["id"], "action": "pass"}] * 1000
        results = self.client.call("act", acts=acts)
        self.assertEqual([r["seq"] for r in results], list(range(4, 1004)))

    def test_lists_and_single_acts_keep_their_order(self):
        bot = self.bots[0]["id"]
        asked = []
        for _ in range(50):
            asked.append(self.client.ask("act", bot=bot, action="pass"))
            asked.append(self.client.ask("act", acts=[{"bot": bot, "action": "pass"}] * 3))
        seqs = []
        for one in asked:
            result = self.client.result(one)
            seqs += [r["seq"] for r in result] if isinstance(result, list) else [result["seq"]]
        self.assertEqual(seqs, list(range(4, 204)))


class Sight(Bots):
    def setUp(self):
        super().setUp()
        self.eden = self.world(dims=[200, 10, 200], capacity={"bot": 50})
        self.ada = self.bot(self.client, self.eden, pos=[100, 0, 100])

    def things(self, count, chance):
        made = []
        while len(made) < count:
            pos = [round(chance.uniform(60, 140), 6), 0, round(chance.uniform(60, 140), 6)]
            kind = chance.choice(["well", "bot"])
            answer = self.client.answer(self.client.ask("thing.create", world=self.eden["id"],
                                                        kind=kind,
                                                        pos=pos))
            if "result" in answer:
                made.append(answer["result"])
        return made

    def test_a_bot_sees_what_is_in_range_the_nearest_first(self):
        made = self.things(40, harness.chance())
        for reach in (0, 3, 10, 25, 50):
            seen = self.client.call("see", bot=self.ada["id"], range=reach)
            wanted = sorted((gap(self.ada, t), t["id"]) for t in made if gap(self.ada, t) <= reach)
            self.assertEqual([t["id"] for t in seen["things"]], [one for _, one in wanted])
        seen = self.client.call("see", bot=self.ada["id"])
        self.assertEqual(set(seen), {"tick", "self", "world", "things"})
        self.assertEqual(seen["self"], self.ada)
        self.assertLessEqual({"id": self.eden["id"], "dims": [200, 10, 200]}.items(),
                             seen["world"].items())
        self.assertEqual([a["action"] for a in seen["world"]["actions"]], ["walk"])
        by_id = {t["id"]: t for t in made}
        for thing in seen["things"]:
            known = by_id[thing["id"]]
            for key in ("kind", "pos", "dims", "world", "parent", "props"):
                self.assertEqual(thing[key], known[key])
            actions = [a["action"] for a in thing["actions"]]
            self.assertEqual(actions, ["drink"] if thing["kind"] == "well" else [])

    def test_sight_ends_where_the_rules_of_the_world_say(self):
        self.client.call("thing.create", world=self.eden["id"], kind="well",
                         pos=[100 + 0.75 + 50, 0, 100])
        self.client.call("thing.create", world=self.eden["id"], kind="well", pos=[100, 0, 20])
        for params, count in (({}, 1), ({"range": 50}, 1), ({"range": 49.9}, 0),
                              ({"range": 1000}, 1)):
            self.assertEqual(len(self.client.call("see", params, bot=self.ada["id"])["things"]),
                             count)
        self.client.call("world.update", world=self.eden["id"], rules={"sight": 90})
        self.assertEqual(len(self.client.call("see", bot=self.ada["id"])["things"]), 2)
        self.client.call("world.update", world=self.eden["id"], rules={"sight": 1})
        self.assertEqual(len(self.client.call("see", bot=self.ada["id"], range=90)["things"]), 0)

    def test_in_the_ego_frame_things_have_a_distance_and_a_bearing_instead_of_a_place(self):
        made = {t["id"]: t for t in self.things(30, harness.chance())}
        seen = self.client.call("see", bot=self.ada["id"], frame="ego")
        flat = self.client.call("see", bot=self.ada["id"], frame="world")
        self.assertEqual([t["id"] for t in seen["things"]], [t["id"] for t in flat["things"]])
        self.assertEqual(seen["self"]["id"], self.ada["id"])
        for thing in seen["things"]:
            self.assertNotIn("pos", thing)
            self.assertAlmostEqual(thing["distance"], gap(self.ada, made[thing["id"]]), places=5)
            self.assertTrue(0 <= thing["bearing"] < 1, thing["bearing"])

    def test_the_four_winds_have_their_bearings(self):
        for x, z, bearing in ((5, 0, 0), (0, 5, 0.25), (-5, 0, 0.5), (0, -5, 0.75), (5, 5, 0.125)):
            well = self.client.call("thing.create", world=self.eden["id"], kind="well",
                                    pos=[100 + x, 0, 100 + z])
            seen = self.client.call("see", bot=self.ada["id"], frame="ego")["things"]
            self.assertAlmostEqual(seen[0]["bearing"], bearing, places=6)
            self.client.call("thing.delete", id=well["id"])

    def test_walking_along_the_bearing_leads_to_the_well(self):
        chance = harness.chance()
        for _ in range(5):
            pos = [round(chance.uniform(80, 120), 6), 0, round(chance.uniform(80, 120), 6)]
            self.client.call("thing.update", id=self.ada["id"], pos=[100, 0, 78],
                             props={"drink": 0.5})
            well = self.client.call("thing.create", world=self.eden["id"], kind="well", pos=pos)
            drink = {"action": "drink", "target": well["id"]}
            self.assertEqual(self.act(self.ada, **drink)["reason"], "not_in_reach")
            distance = 1000.0
            while distance > 1:
                thing, = self.client.call("see", bot=self.ada["id"], frame="ego")["things"]
                self.assertLess(thing["distance"], distance)
                distance = thing["distance"]
                if distance > 1:
                    walked = self.act(self.ada, "walk", args={"angle": thing["bearing"]})
                    self.assertEqual(walked["outcome"], "done")
            self.assertEqual(self.act(self.ada, **drink)["outcome"], "done")
            thirst = 1 - self.client.call("thing.get", id=self.ada["id"])["props"]["drink"]
            self.assertLess(thirst, 0.001)
            self.client.call("thing.delete", id=well["id"])


class Death(Bots):
    def died(self, bot, cause, client=None):
        event = (client or self.client).event("died")
        self.assertEqual((event["bot"], event["cause"]), (bot["id"], cause))
        return event

    def test_old_age_kills_after_a_lifespan_and_an_heir_follows(self):
        world = self.world(rules={"lifespan": 3})
        for female in (True, False):
            bot = self.bot(self.client, world, female=female)
            for age in (1, 2):
                self.act(bot, "pass")
                self.assertEqual(self.age(bot), age)
            last = self.act(bot, "pass")
            self.assertEqual(last["outcome"], "done")
            heir = self.client.call("thing.get", id=self.died(bot, "age")["heir"])
            self.assertEqual(heir["props"], {"drink": 1, "age": 0, "generation": 2,
                                             "female": female})
            self.assertNotEqual(heir["id"], bot["id"])
            error = self.assert_refused(self.client, 409, "act", bot=bot["id"], action="pass")
            self.assertLessEqual({"reason": "dead", "cause": "age", "heir": heir["id"]}.items(),
                                 error["data"].items())
            self.assertEqual(self.act(heir, "pass")["outcome"], "done")
            self.client.call("thing.delete", id=heir["id"])
            self.assertEqual(self.client.event("died")["bot"], heir["id"])
        world = self.client.call("world.get", world=world["id"])
        self.assertEqual((world["deaths"], world["counts"]["bot"]), ({"age": 2}, 0))

    def test_who_spoke_for_the_dead_speaks_for_the_heir(self):
        bot = self.bot(self.client, self.world(rules={"lifespan": 1}))
        stranger = self.connect()
        for _ in range(5):
            self.act(bot, "pass")
            bot = {"id": self.died(bot, "age")["heir"]}
            self.assert_conflict(stranger, "act", bot=bot["id"], action="pass")
        self.assertEqual(self.client.call("thing.get", id=bot["id"])["props"]["generation"], 6)

    def test_thirst_kills_below_zero(self):
        bot = self.bot(self.client, self.world(rules={"day": 4}))
        drinks = []
        for _ in range(4):
            self.act(bot, "pass")
            drinks.append(self.client.call("thing.get", id=bot["id"])["props"]["drink"])
        self.assertEqual(drinks, [0.75, 0.5, 0.25, 0])
        self.act(bot, "pass")
        self.died(bot, "thirst")

    def test_a_well_saves_from_thirst(self):
        world = self.world(rules={"day": 4, "lifespan": 50})
        bot = self.bot(self.client, world, pos=[5, 0, 5])
        well = self.client.call("thing.create", world=world["id"], kind="well", pos=[6, 0, 5])
        for _ in range(12):
            for _ in range(3):
                self.assertEqual(self.act(bot, "pass")["outcome"], "done")
            self.assertEqual(self.act(bot, "drink", target=well["id"])["outcome"], "done")
        self.assertEqual(self.age(bot), 48)
        self.assertEqual(len(self.client.events), 0)

    def test_a_refused_action_kills_as_well(self):
        bot = self.bot(self.client, self.world(rules={"lifespan": 1}), pos=[9.7, 0, 5])
        last = self.act(bot, "walk", args={"angle": 0})
        self.assertEqual((last["outcome"], last["reason"]), ("refused", "blocked"))
        self.died(bot, "age")

    def test_nobody_follows_where_the_rules_say_none(self):
        world = self.world(rules={"lifespan": 1, "population": "none"})
        bot = self.bot(self.client, world)
        self.act(bot, "pass")
        self.assertNotIn("heir", self.died(bot, "age"))
        error = self.assert_refused(self.client, 409, "act", bot=bot["id"], action="pass")
        self.assertEqual((error["data"]["cause"], error["data"].get("heir")), ("age", None))
        world = self.client.call("world.get", world=world["id"])
        self.assertEqual((world["counts"]["bot"], world["deaths"]), (0, {"age": 1}))

    def test_the_dead_neither_see_nor_speak(self):
        world = self.world(rules={"lifespan": 1, "population": "none"})
        bot = self.bot(self.client, world)
        self.act(bot, "pass")
        for method in ("see", "bot.attach", "subscribe"):
            error = self.assert_refused(self.client, 409, method, bot=bot["id"])
            self.assertEqual((error["data"]["reason"], error["data"]["cause"]), ("dead", "age"),
                             method)
        self.assert_refused(self.client, 409, "bot.attach", bot=bot["id"], take=True)
        self.assert_refused(self.client, 404, "thing.get", id=bot["id"])
        self.assertEqual(self.client.call("thing.list", world=world["id"]), {"items": []})

    def test_a_death_within_a_list_refuses_the_acts_behind_it(self):
        bot = self.bot(self.client, self.world(rules={"lifespan": 2}))
        results = self.client.call("act", acts=[{"bot": bot["id"], "action": "pass"}] * 4)
        self.assertEqual([r.get("outcome") for r in results], ["done", "done", None, None])
        for result in results[2:]:
            self.assert_error(result, 409, "dead", cause="age")
        self.died(bot, "age")

    def test_only_who_speaks_for_the_dead_is_told(self):
        world = self.world(rules={"lifespan": 1})
        other = self.connect()
        bot, others = self.bot(self.client, world), self.bot(other, world)
        self.act(bot, "pass")
        self.died(bot, "age")
        other.call("ping")
        other.call("world.get", world=world["id"])
        self.assertEqual(len(other.events), 0)
        self.act(others, "pass", other)
        self.died(others, "age", other)

    def test_who_speaks_for_a_bot_that_is_deleted_is_told(self):
        bot = self.bot(self.client, self.world())
        self.connect().call("thing.delete", id=bot["id"])
        self.assertEqual(self.client.event("died")["bot"], bot["id"])
        self.assert_refused(self.client, 404, "act", bot=bot["id"], action="pass")


class Time(Bots):
    def ticks(self, world, bots, acts):
        for bot in acts:
            self.client.ask("act", bot=bots[bot]["id"], action="pass")
        return self.client.call("world.get", world=world["id"])["tick"]

    def test_as_many_actions_as_living_bots_are_one_tick(self):
        world = self.world()
        bots = [self.bot(self.client, world) for _ in range(10)]
        self.assertEqual(self.ticks(world, bots, range(9)), 0)
        self.assertEqual(self.ticks(world, bots, [9]), 1)
        self.assertEqual(self.ticks(world, bots, list(range(10)) * 9), 10)

    def test_an_idle_bot_does_not_stop_time(self):
        world = self.world()
        bots = [self.bot(self.client, world) for _ in range(4)]
        self.assertEqual(self.ticks(world, bots, [0] * 8), 2)

    def test_nothing_but_actions_moves_time(self):
        world = self.world()
        bot = self.bot(self.client, world)
        well = self.client.call("thing.create", world=world["id"], kind="well")
        self.client.call("thing.update", id=bot["id"], pos=[5, 0, 5])
        self.client.call("thing.delete", id=well["id"])
        self.client.call("world.update", world=world["id"], rules={"day": 5})
        self.assertEqual(self.client.call("world.get", world=world["id"])["tick"], 0)


class HostedMinds(Bots):
    def setUp(self):
        super().setUp()
        self.eden = self.world(pause_at=20)
        self.addCleanup(lambda: self.connect().call("world.delete", world=self.eden["id"]))
        self.bot_id = self.client.call("bot.create", world=self.eden["id"], mind="random")["id"]
        harness.poll(lambda: self.shown()["tick"] == 20, "its mind has acted 20 times")

    def shown(self):
        return self.client.call("world.get", world=self.eden["id"])

    def test_a_hosted_mind_speaks_for_its_bot(self):
        world = self.shown()
        self.assertEqual((world["actions"], world["seq"], world["paused"]), (20, 22, True))
        for method, params in (("bot.attach", {}), ("act", {"action": "pass"})):
            error = self.assert_conflict(self.client, method, params, bot=self.bot_id)
            self.assertIn("mind", error["message"])
        self.assert_refused(self.client, 403, "bot.detach", bot=self.bot_id)

    def test_a_hosted_mind_is_silent_while_a_connection_speaks_for_its_bot(self):
        self.client.call("bot.attach", bot=self.bot_id, take=True)
        self.client.call("world.update", world=self.eden["id"], pause_at=None)
        before = self.shown()["seq"]
        for _ in range(200):
            self.client.call("ping")
        self.assertEqual(self.shown()["seq"], before)
        self.assertEqual(self.client.call("act", bot=self.bot_id, action="pass")["seq"], before + 1)
        self.client.call("bot.detach", bot=self.bot_id)
        harness.poll(lambda: self.shown()["seq"] > before + 10, "the mind acts again")

    def test_a_hosted_mind_speaks_for_the_heirs_of_its_bot_too(self):
        self.client.call("world.update", world=self.eden["id"], rules={"lifespan": 10},
                         pause_at=200)
        world = harness.poll(lambda: (w := self.shown())["tick"] == 200 and w,
                             "the world stands still")
        self.assertEqual((world["counts"]["bot"], world["actions"]), (1, 200))
        self.assertGreaterEqual(world["deaths"]["age"], 17)
        heir, = self.client.call("thing.list", world=self.eden["id"])["items"]
        self.assertEqual(heir["mind"], "random")
        self.assert_conflict(self.client, "act", bot=heir["id"], action="pass")


if __name__ == "__main__":
    harness.main()
