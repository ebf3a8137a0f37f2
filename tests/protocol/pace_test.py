#!/usr/bin/env python3
"""The paces lockstep and realtime, and worlds that stand still. `free` is in bots_test.py."""

import time

import harness

FOREVER_MS = 3_600_000  # a deadline that no test reaches
TICK_SECONDS = 0.576


class Paces(harness.ServerTest):
    def setUp(self):
        self.client = self.connect()

    def shown(self, world):
        return self.client.call("world.get", world=world["id"])

    def records(self, world, first=1):
        """All records from this sequence on."""
        found = []
        while first:
            page = self.client.call("history.read", {"world": world["id"], "from": first})
            found, first = found + page["records"], page.get("next")
        return found

    def acts(self, world, first=1):
        """(agent, absent) of each act in the history."""
        return [(r["command"]["agent"], r["command"].get("absent",
                                                         False)) for r in self.records(world, first)
                if r["command"]["type"] == "act"]

    def begin(self, client, bot, action="pass", **more):
        """Asks for an act that has to wait for others, and sees to it that it waits."""
        asked = client.ask("act", bot=bot, action=action, **more)
        error = self.assert_refused(client, 409, "act", bot=bot, action="pass")
        self.assertEqual((error["data"]["reason"], error["data"].get("id")), ("busy", bot))
        self.assertEqual(len(client.answers), 0)
        return asked

    def wait_ms(self, milliseconds):
        """Lets so much time pass: the deadline of a world where one is absent."""
        world = self.world(pace="lockstep", deadline_ms=milliseconds)
        mine = self.bot(self.client, world)["id"]
        self.bot(self.connect(), world)
        self.client.call("act", bot=mine, action="pass")


class Lockstep(Paces):
    def start(self, speakers, **settings):
        """A world, a connection for each of its bots, and the bots."""
        settings.setdefault("deadline_ms", FOREVER_MS)
        world = self.world(pace="lockstep", **settings)
        clients = [self.connect() for _ in range(speakers)]
        return world, clients, [self.bot(client, world)["id"] for client in clients]

    def test_a_tick_happens_once_all_have_acted(self):
        world, clients, bots = self.start(4)
        for tick in range(1, 6):
            asked = []
            for client, bot in zip(clients[:3], bots[:3]):
                asked.append(self.begin(client, bot, "walk", args={"angle": 0.2}))
            self.assertEqual(self.shown(world)["tick"], tick - 1)
            last = clients[3].call("act", bot=bots[3], action="pass")
            answers = [c.result(one) for c, one in zip(clients, asked)] + [last]
            self.assertEqual([a["tick"] for a in answers], [tick] * 4)
            self.assertEqual(self.shown(world)["tick"], tick)

    def test_a_tick_is_decided_in_the_order_of_ids(self):
        chance = harness.chance()
        world, clients, bots = self.start(6)
        for _ in range(10):
            order = chance.sample(range(6), 6)
            asked = {i: clients[i].ask("act", bot=bots[i], action="pass") for i in order}
            seqs = [clients[i].result(asked[i])["seq"] for i in range(6)]
            self.assertEqual(seqs, list(range(seqs[0], seqs[0] + 6)))
        self.assertEqual([agent for agent, _ in self.acts(world)], bots * 10)

    def test_a_second_act_in_a_tick_is_busy(self):
        world, (one, other), bots = self.start(2)
        first = self.begin(one, bots[0])
        other.call("act", bot=bots[1], action="pass")
        self.assertEqual(one.result(first)["tick"], 1)
        self.assertEqual([agent for agent, _ in self.acts(world)], bots)

    def test_a_bot_that_does_not_act_passes_when_the_deadline_is_over(self):
        world, (one, other), bots = self.start(2, deadline_ms=150)
        for tick in (1, 2):
            began = time.monotonic()
            acted = one.call("act", bot=bots[0], action="walk", args={"angle": 0.7})
            self.assertGreaterEqual(time.monotonic() - began, 0.14)
            self.assertEqual(acted["tick"], tick)
        self.assertEqual(self.acts(world),[(bots[0], False), (bots[1], True)] * 2)
        self.assertEqual(self.client.call("thing.get", id=bots[1])["props"]["age"], 2)
        absent = [r for r in self.records(world) if r["command"].get("absent")]
        self.assertEqual({r["command"]["action"] for r in absent}, {"pass"})
        asked = other.ask("act", bot=bots[1], action="pass")
        one.call("act", bot=bots[0], action="pass")
        self.assertEqual(other.result(asked)["tick"], 3)

    def test_nothing_happens_while_nobody_acts(self):
        world, _, _ = self.start(2, deadline_ms=1)
        self.wait_ms(100)
        self.assertEqual((self.shown(world)["tick"], self.shown(world)["seq"]), (0, 3))

    def test_a_bot_that_nobody_speaks_for_holds_up_nobody(self):
        world, (one, other), bots = self.start(2)
        asked = self.begin(one, bots[0])
        other.call("bot.detach", bot=bots[1])
        self.assertEqual(one.result(asked)["tick"], 1)
        self.assertEqual(one.call("act", bot=bots[0], action="pass")["tick"], 2)
        self.assertEqual(self.acts(world), [(bots[0], False), (bots[1], True)] * 2)

    def test_a_connection_that_ends_holds_up_nobody(self):
        for how in ("close", "reset"):
            world, (one, other), bots = self.start(2)
            asked = one.ask("act", bot=bots[0], action="pass")
            getattr(other, how)()
            self.assertEqual(one.result(asked)["tick"], 1)

    def test_what_a_connection_asks_behind_its_act_is_answered_behind_it(self):
        world, (one, other), bots = self.start(2)
        asked = [self.begin(one, bots[0], "walk", args={"angle": 0.25}),
                 one.ask("thing.get", id=bots[0]), one.ask("see", bot=bots[0]),
                 one.ask("thing.list", world=world["id"]), one.ask("world.get", world=world["id"])]
        one.call("ping")
        self.assertEqual(len(one.answers), 0)
        other.call("act", bot=bots[1], action="pass")
        answers = [one.next_answer() for _ in asked]
        self.assertEqual([a["id"] for a in answers], asked)
        self.assertEqual(answers[1]["result"]["props"]["age"], 1)
        self.assertEqual(answers[2]["result"]["tick"], 1)

    def test_one_connection_may_act_for_all_bots_at_once(self):
        world = self.world(pace="lockstep", deadline_ms=FOREVER_MS)
        bots = [self.bot(self.client, world)["id"] for _ in range(5)]
        results = self.client.call("act", acts=[{"bot": b, "action": "pass"} for b in bots])
        self.assertEqual([r["tick"] for r in results], [1] * 5)
        asked = [self.client.ask("act", bot=b, action="pass") for b in reversed(bots)]
        self.assertEqual({self.client.result(one)["tick"] for one in asked}, {2})
        results = self.client.call("act", acts=[{"bot": b, "action": "pass"} for b in bots * 3])
        self.assertEqual([r["tick"] for r in results], [3] * 5 + [4] * 5 + [5] * 5)

    def test_a_second_act_in_a_list_is_busy_while_the_tick_waits_for_others(self):
        world, (one, other), bots = self.start(2)
        asked = one.ask("act", acts=[{"bot": bots[0], "action": "pass"}] * 3)
        self.assert_refused(one, 409, "act", bot=bots[0], action="pass")
        other.call("act", bot=bots[1], action="pass")
        results = one.result(asked)
        self.assertEqual(results[0]["tick"], 1)
        for result in results[1:]:
            self.assert_error(result, 409, "busy")

    def test_what_is_seen_with_an_act_is_seen_after_the_whole_tick(self):
        world, (one, other), bots = self.start(2)
        self.client.call("thing.update", id=bots[0], pos=[2, 0, 2])
        self.client.call("thing.update", id=bots[1], pos=[7, 0, 7])
        asked = self.begin(one, bots[0], see=True)
        other.call("act", bot=bots[1], action="walk", args={"angle": 0})
        seen = one.result(asked)["see"]
        self.assertEqual((seen["tick"], seen["things"][0]["pos"]), (1, [7.8, 0, 7]))

    def test_the_same_seed_and_acts_give_the_same_hash_in_whatever_order_they_come(self):
        chance = harness.chance()
        plan = [[round(chance.random(), 6) for _ in range(4)] for _ in range(20)]
        hashes = []
        for _ in range(2):
            world, clients, bots = self.start(4, seed=99, rules={"lifespan": 6}, name="same")
            for angles in plan:
                asked = {i: clients[i].ask("act", bot=bots[i], action="walk",
                                           args={"angle": angles[i]})
                         for i in chance.sample(range(4), 4)}
                for i, one in asked.items():
                    clients[i].result(one)
                for i, client in enumerate(clients):
                    client.call("world.get", world="same")
                    for event in client.events:
                        bots[i] = event["params"]["heir"]
                    client.events.clear()
            shown = self.shown(world)
            hashes.append((shown["hash"], shown["seq"], shown["tick"], shown["deaths"]))
            self.client.call("world.delete", world="same")
        self.assertEqual(hashes[0], hashes[1])
        self.assertEqual(hashes[0][2:], (20, {"age": 12}))

    def test_the_same_seed_with_hosted_minds_gives_the_same_hash(self):
        found = []
        for _ in range(3):
            world = self.world(pace="lockstep", seed=7, pause_at=0, deadline_ms=FOREVER_MS,
                               name="minds",
                               rules={"day": 40, "lifespan": 100})
            for _ in range(2):
                self.client.call("thing.create", world="minds", kind="well")
            for _ in range(8):
                self.client.call("bot.create", world="minds", mind="random")
            self.client.call("world.update", world="minds", pause_at=300)
            harness.poll(lambda: self.shown(world)["paused"], "the world stands still")
            found.append(self.shown(world))
            self.client.call("world.delete", world="minds")
        for one in found:
            self.assertEqual((one["tick"], one["actions"]), (300, 2400))
            for key in ("hash", "seq", "deaths"):
                self.assertEqual(one[key], found[0][key], key)
        self.assertGreater(found[0]["deaths"]["thirst"], 0)

    def test_a_death_in_a_tick_holds_up_nobody(self):
        world, (one, other), bots = self.start(2, rules={"lifespan": 2, "population": "none"})
        for _ in range(2):
            asked = one.ask("act", bot=bots[0], action="pass")
            other.call("act", bot=bots[1], action="pass")
            one.result(asked)
        self.assertEqual(self.shown(world)["deaths"], {"age": 2})
        self.assert_refused(one, 409, "act", bot=bots[0], action="pass")
        newcomer = self.bot(one, world)["id"]
        self.assertEqual(one.call("act", bot=newcomer, action="pass")["tick"], 3)

    def test_who_is_taken_over_before_the_tick_is_told(self):
        world, (one, other), bots = self.start(2)
        asked = self.begin(one, bots[0])
        other.call("bot.attach", bot=bots[0], take=True)
        self.assert_error(one.answer(asked), 409, "conflict")
        self.assertEqual(one.event("detached"), {"bot": bots[0]})
        results = other.call("act", acts=[{"bot": b, "action": "pass"} for b in bots])
        self.assertEqual([r["tick"] for r in results], [1, 1])

    def test_an_act_of_a_bot_that_is_deleted_is_answered(self):
        world, (one, other), bots = self.start(2)
        asked = self.begin(one, bots[0])
        other.call("thing.delete", id=bots[0])
        self.assert_error(one.answer(asked), 404)

    def test_an_act_in_a_world_that_is_deleted_is_answered_and_what_stands_behind_it(self):
        world, (one, _), bots = self.start(2)
        asked = [self.begin(one, bots[0]), one.ask("world.get", world=world["id"])]
        one.call("ping")
        self.client.call("world.delete", world=world["id"])
        for index in asked:
            self.assert_error(one.answer(index, patience=5), 404)
        self.assertEqual(one.call("ping"), {})


class Realtime(Paces):
    def test_ticks_come_by_the_clock_whoever_acts(self):
        world = self.world(pace="realtime", speed=50)  # a tick is 11.52 ms
        began = time.monotonic()
        first = self.shown(world)["tick"]
        harness.poll(lambda: self.shown(world)["tick"] >= first + 40, "40 ticks have come")
        seconds = time.monotonic() - began
        last = self.shown(world)["tick"]
        most = (time.monotonic() - began) * 50 / TICK_SECONDS
        self.assertLessEqual(last - first, most + 2)
        self.assertGreater(seconds, 38 * TICK_SECONDS / 50)
        self.assertLess(seconds, 10 * 40 * TICK_SECONDS / 50)  # a busy machine may be late
        self.client.call("world.delete", world=world["id"])

    def test_acts_are_decided_at_the_next_tick_in_the_order_of_ids(self):
        world = self.world(pace="realtime", speed=0.001)  # a tick is ten minutes
        bots = [self.bot(self.client, world)["id"] for _ in range(4)]
        asked = [self.begin(self.client, b) for b in reversed(bots)]
        self.connect().call("world.update", world=world["id"], speed=1000)
        results = [self.client.result(one) for one in asked]
        self.client.call("world.update", world=world["id"], pause_at=0)
        self.assertEqual(len({r["tick"] for r in results}), 1)
        self.assertEqual([agent for agent, _ in self.acts(world)], bots)
        self.assertEqual([r["seq"] for r in results], sorted((r["seq"] for r in results),
                                                             reverse=True))

    def test_who_does_not_act_does_not_age(self):
        world = self.world(pace="realtime", speed=100)
        bot, idle = (self.bot(self.client, world)["id"] for _ in range(2))
        results = [self.client.call("act", bot=bot, action="pass") for _ in range(5)]
        ticks = [r["tick"] for r in results]
        self.assertEqual(ticks, sorted(set(ticks)))
        self.assertEqual(self.client.call("thing.get", id=bot)["props"]["age"], 5)
        self.assertEqual(self.client.call("thing.get", id=idle)["props"]["age"], 0)
        self.client.call("world.delete", world=world["id"])

    def test_a_second_act_before_the_tick_is_busy(self):
        world = self.world(pace="realtime", speed=0.001)  # a tick is ten minutes
        bot = self.bot(self.client, world)["id"]
        first = self.begin(self.client, bot)
        self.connect().call("world.update", world=world["id"], speed=1000)
        self.assertEqual(self.client.result(first)["outcome"], "done")
        self.client.call("world.delete", world=world["id"])

    def test_a_world_may_change_its_pace(self):
        world = self.world()
        bot = self.bot(self.client, world)["id"]
        self.assertEqual(self.client.call("act", bot=bot, action="pass")["tick"], 1)
        self.client.call("world.update", world=world["id"], pace="realtime", speed=1000)
        harness.poll(lambda: self.shown(world)["tick"] > 10, "time goes by itself")
        self.client.call("world.update", world=world["id"], pace="lockstep", deadline_ms=FOREVER_MS)
        tick = self.shown(world)["tick"]
        self.assertEqual(self.client.call("act", bot=bot, action="pass")["tick"], tick + 1)
        self.client.call("world.update", world=world["id"], pace="free")
        self.assertEqual(self.client.call("act", bot=bot, action="pass")["tick"], tick + 2)
        self.assertEqual(self.shown(world)["tick"], tick + 2)

    def test_an_act_that_waits_is_not_lost_when_the_pace_changes(self):
        for pace, settings in (("free", {}), ("realtime", {"speed": 1000}), ("lockstep", {})):
            world = self.world(pace="realtime", speed=0.001)
            bot = self.bot(self.client, world)["id"]
            asked = self.begin(self.client, bot)
            self.connect().call("world.update", world=world["id"], pace=pace, **settings)
            with self.subTest(pace=pace):
                self.assertIn("id", self.client.answer(asked, patience=5))
            self.connect().call("world.delete", world=world["id"])


class Pauses(Paces):
    def assert_stands(self, client, world, bot, tick):
        error = self.assert_refused(client, 409, "act", bot=bot, action="pass")
        self.assertEqual((error["data"]["reason"], error["data"]["tick"]), ("busy", tick))
        self.assertTrue(error["data"]["paused"])
        self.assertIn("pause_at", error["message"])
        shown = self.shown(world)
        self.assertEqual((shown["tick"], shown["paused"]), (tick, True))

    def test_a_free_world_stands_still_from_its_tick_on(self):
        world = self.world(pause_at=3)
        bots = [self.bot(self.client, world)["id"] for _ in range(2)]
        for index in range(6):
            self.assertIs(self.shown(world)["paused"], False)
            self.client.call("act", bot=bots[index % 2], action="pass")
        self.assert_stands(self.client, world, bots[0], 3)
        self.client.call("world.update", world=world["id"], pause_at=4)
        self.client.call("act", acts=[{"bot": b, "action": "pass"} for b in bots])
        self.assert_stands(self.client, world, bots[0], 4)
        self.assertIs(self.client.call("world.update", world=world["id"], pause_at=None)["paused"],
                      False)
        self.assertEqual(self.client.call("act", bot=bots[0], action="pass")["outcome"], "done")

    def test_a_lockstep_world_stands_still_from_its_tick_on(self):
        world = self.world(pace="lockstep", pause_at=2, deadline_ms=FOREVER_MS)
        bot = self.bot(self.client, world)["id"]
        for tick in (1, 2):
            self.assertEqual(self.client.call("act", bot=bot, action="pass")["tick"], tick)
        self.assert_stands(self.client, world, bot, 2)
        self.client.call("world.update", world=world["id"], pause_at=None)
        self.assertEqual(self.client.call("act", bot=bot, action="pass")["tick"], 3)

    def test_a_realtime_world_stands_still_from_its_tick_on(self):
        world = self.world(pace="realtime", speed=200, pause_at=5)
        bot = self.bot(self.client, world)["id"]
        harness.poll(lambda: self.shown(world)["paused"], "five ticks have come")
        self.assert_stands(self.client, world, bot, 5)
        self.assert_stands(self.client, world, bot, 5)
        self.client.call("world.update", world=world["id"], pause_at=10)
        harness.poll(lambda: self.shown(world)["paused"], "five more ticks have come")
        self.assert_stands(self.client, world, bot, 10)

    def test_hosted_minds_stand_still_with_their_world(self):
        world = self.world(pause_at=50)
        for _ in range(5):
            self.client.call("bot.create", world=world["id"], mind="random")
        shown = harness.poll(lambda: (w := self.shown(world))["paused"] and w,
                             "the world stands still")
        for _ in range(100):
            self.client.call("ping")
        self.assertEqual(self.shown(world), shown)
        self.client.call("world.update", world=world["id"], pause_at=100)
        harness.poll(lambda: self.shown(world)["tick"] == 100, "they go on")
        self.client.call("world.delete", world=world["id"])

    def test_an_act_that_waits_is_answered_when_its_world_is_made_to_stand_still(self):
        for pace, settings in (("lockstep", {"deadline_ms": FOREVER_MS}),
                               ("realtime", {"speed": 1})):
            world = self.world(pace=pace, **settings)
            one, other = self.connect(), self.connect()
            bots = [self.bot(client, world)["id"] for client in (one, other)]
            asked = [self.begin(one, bots[0]), one.ask("world.get", world=world["id"])]
            self.client.call("world.update", world=world["id"], pause_at=0)
            error = self.assert_error(one.answer(asked[0]), 409, "busy")
            self.assertTrue(error["data"]["paused"])
            self.assertIs(one.result(asked[1])["paused"], True)
            self.client.call("world.update", world=world["id"], pause_at=None)
            acts = [client.ask("act", bot=bot, action="pass") for client,
                    bot in zip((one, other), bots)]
            results = [client.result(act) for client, act in zip((one, other), acts)]
            self.assertEqual([r["outcome"] for r in results], ["done", "done"])
            self.client.call("world.delete", world=world["id"])

    def test_a_world_that_stands_still_may_be_looked_at_and_changed(self):
        world = self.world(pause_at=0)
        bot = self.bot(self.client, world, pos=[5, 0, 5])["id"]
        self.assert_stands(self.client, world, bot, 0)
        well = self.client.call("thing.create", world=world["id"], kind="well", pos=[2, 0, 2])
        self.assertEqual(len(self.client.call("see", bot=bot)["things"]), 1)
        self.client.call("thing.update", id=bot, pos=[4, 0, 4])
        self.client.call("thing.delete", id=well["id"])
        self.assertEqual(self.shown(world)["tick"], 0)


if __name__ == "__main__":
    harness.main()
