#!/usr/bin/env python3
"""Thirst and age kill, wells save, and whoever dies is replaced where the world wants it."""

import collections

import node
import harness

DAY, LIFESPAN = 300, 3000  # of --die-sooner
BOTS, TICKS = 10, 6000
ENDS_OF_THIRST = ({0}, {1})  # actions beyond the day: the sum of roundings decides, see life.cpp

Death = collections.namedtuple("Death", "bot cause heir actions since_drink")


class Biographies:
    """What every bot of a world did, from nothing but its history."""

    def __init__(self, records):
        self.generations = {}                      # of the living
        self.deaths = []
        self._actions = collections.Counter()
        self._since_drink = collections.Counter()  # the action that was the drink included
        for record in records:
            self._take(record["command"], record["outcome"], record["effects"])

    def _take(self, command, outcome, effects):
        if command["type"] == "act":
            bot = command["agent"]
            self._actions[bot] += 1
            drank = command["action"] == "drink" and outcome == "done"
            self._since_drink[bot] = 1 if drank else self._since_drink[bot] + 1
        for effect in effects:
            if effect["type"] == "created" and effect["kind"] == "bot":
                self.generations.setdefault(effect["thing"], 1)
            elif effect["type"] == "removed":
                self._bury(effect["thing"], effect["cause"], effect.get("heir"))

    def _bury(self, bot, cause, heir):
        generation = self.generations.pop(bot)
        self.deaths.append(Death(bot, cause, heir, self._actions[bot], self._since_drink[bot]))
        if heir:
            self.generations[heir] = generation + 1

    def causes(self):
        return dict(collections.Counter(death.cause for death in self.deaths))


class ShortLivesTest(node.SystemTest):
    """A demo on a world where life is short, told by its summary, its server and its history."""

    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server()
        cls.addClassCleanup(cls.server.close)
        cls.summary = node.demo(cls.server.data, "--hosted", "--pace", "lockstep", "--die-sooner",
                                "--seed", 8, "--bots", BOTS, "--ticks", TICKS)
        cls.server.start()
        with cls.server.connect() as client:
            cls.lives = Biographies(node.records(client, "eden"))

    def ask(self, *arguments):
        return node.answer(*arguments, "--server", f"127.0.0.1:{self.server.port}")

    def living(self):
        return self.ask("thing", "list", "--world", "eden", "--kind", "bot")["items"]

    def test_both_thirst_and_age_kill(self):
        self.assertEqual(set(self.summary["deaths"]), {"age", "thirst"})
        self.assertGreater(min(self.summary["deaths"].values()), 0)

    def test_deaths_are_counted_as_the_history_has_them(self):
        self.assertEqual(self.summary["deaths"], self.lives.causes())
        self.assertEqual(self.ask("world", "show", "eden")["deaths"], self.lives.causes())

    def test_thirst_kills_after_a_day_without_water(self):
        late = {d.since_drink - DAY for d in self.lives.deaths if d.cause == "thirst"}

        self.assertIn(late, ENDS_OF_THIRST)

    def test_age_kills_at_the_end_of_the_lifespan(self):
        ages = {d.actions for d in self.lives.deaths if d.cause == "age"}

        self.assertEqual(ages, {LIFESPAN})

    def test_nobody_outlives_the_lifespan_or_the_day(self):
        for bot in self.living():
            self.assertLess(bot["props"]["age"], LIFESPAN)
            self.assertGreaterEqual(bot["props"]["drink"], 0)

    def test_the_population_stays_since_each_death_brings_a_birth(self):
        self.assertEqual(self.summary["population"], BOTS)
        self.assertNotIn(None, [death.heir for death in self.lives.deaths])

    def test_generations_are_counted_through_all_deaths(self):
        generations = {bot["id"]: bot["props"]["generation"] for bot in self.living()}

        self.assertEqual(generations, self.lives.generations)
        self.assertGreater(max(generations.values()), 1)
        self.assertEqual(sum(generations.values()), BOTS + len(self.lives.deaths))

    def test_the_years_lived_are_those_of_all_actions(self):
        years = BOTS * TICKS * 0.576 / (365.25 * 86400)

        self.assertEqual(self.summary["actions"], BOTS * TICKS)
        self.assertAlmostEqual(self.summary["years_lived"], years, places=9)


class WaterTest(node.SystemTest):
    day, lifespan = 60, 500

    def setUp(self):
        self.client = self.connect(self.server())

    def found(self, **settings):
        return self.client.call("world.create", name="eden", **settings)

    def world(self):
        return self.client.call("world.get", world="eden")

    def act(self, bot, action, count=1, target=None):
        """The results of that action, done so often one after the other."""
        act = {"bot": bot, "action": action, **({"target": target} if target else {})}
        return self.client.call("act", acts=[act] * count)

    def live_out(self, bot, habit):
        """Acts as the habit has it until the bot dies; how often it acted, and how it died."""
        actions = 0
        while True:
            for action, count, target in habit:
                results = self.act(bot, action, count, target)
                actions += sum("outcome" in result for result in results)
                if "error" in results[-1]:
                    return actions, results[-1]["error"]

    def test_without_wells_everybody_dies_of_thirst(self):
        self.found(pace="lockstep", pause_at=0)
        for _ in range(5):
            self.client.call("bot.create", world="eden", mind="random")
        self.client.call("world.update", world="eden", rules={"day": self.day}, pause_at=200)
        world = harness.poll(lambda: self.world() if self.world()["paused"] else None, "tick 200")

        bots = self.client.call("thing.list", world="eden", kind="bot")["items"]
        self.assertEqual(world["deaths"], {"thirst": 15})  # a day is 60 ticks or 61
        self.assertEqual([bot["props"]["generation"] for bot in bots], [4] * 5)

    def test_a_bot_that_drinks_from_a_well_dies_of_age_and_one_that_does_not_of_thirst(self):
        self.found(rules={"day": self.day, "lifespan": self.lifespan})
        well = self.client.call("thing.create", world="eden", kind="well", pos=[5, 0, 5])["id"]
        wise, fool = (self.client.call("bot.create", world="eden", pos=[5, 0, z])["id"]
                      for z in (6, 4))

        wise_actions, wise_end = self.live_out(wise, [("pass", 40, None), ("drink", 1, well)])
        fool_actions, fool_end = self.live_out(fool, [("pass", 1, None)])

        self.assertEqual((wise_actions, wise_end["data"]["cause"]), (self.lifespan, "age"))
        self.assertIn(fool_actions, (self.day, self.day + 1))
        self.assertEqual(fool_end["data"]["cause"], "thirst")
        self.assertEqual(self.world()["deaths"], {"age": 1, "thirst": 1})

    def test_an_heir_is_of_the_same_sex_and_the_next_generation_and_obeys_the_same_client(self):
        self.found(rules={"day": self.day})
        eve = self.client.call("bot.create", world="eden", name="eve", female=True)
        _, end = self.live_out(eve["id"], [("pass", 10, None)])
        event = self.client.event("died")
        heir = self.client.call("thing.get", id=end["data"]["heir"])

        self.assertEqual((end["code"], end["data"]["reason"]), (409, "dead"))
        self.assertEqual(event, {"bot": eve["id"], "cause": "thirst", "heir": heir["id"]})
        self.assertEqual((heir["props"]["female"], heir["props"]["generation"]), (True, 2))
        self.assertEqual(self.act(heir["id"], "pass")[0]["outcome"], "done")

    def test_a_world_that_replaces_nobody_dies_out_and_goes_on_answering(self):
        self.found(rules={"day": self.day, "population": "none"})
        bots = [self.client.call("bot.create", world="eden")["id"] for _ in range(5)]
        ends = [self.live_out(bot, [("walk", 10, None)])[1]["data"] for bot in bots]
        empty = self.world()
        newcomer = self.client.call("bot.create", world="eden")

        self.assertEqual([(end["cause"], end.get("heir")) for end in ends], [("thirst", None)] * 5)
        self.assertEqual((empty["counts"]["bot"], empty["deaths"]), (0, {"thirst": 5}))
        self.assertEqual(newcomer["props"]["generation"], 1)
        self.act(newcomer["id"], "pass", 3)
        self.assertEqual(self.world()["tick"], empty["tick"] + 3)


class EmptyWorldTest(node.SystemTest):
    def test_clients_of_a_world_that_dies_out_end_by_themselves(self):
        server = self.server()
        where = ("--server", f"127.0.0.1:{server.port}")
        node.output("world", "create", "eden", "--rule", "day=50", "--rule", "population=none",
                    *where)
        summary = node.answer("simulate", "--bots", 5, *where)

        self.assertEqual((summary["population"], summary["deaths"]), (0, {"thirst": 5}))
        self.assertEqual(node.answer("world", "show", "eden", *where)["counts"]["bot"], 0)

    def test_a_world_that_died_out_is_empty_after_a_restart_too(self):
        server = self.server()
        client = self.connect(server)
        client.call("world.create", name="eden", rules={"day": 1, "population": "none"})
        bot = client.call("bot.create", world="eden")["id"]
        client.call("act", acts=[{"bot": bot, "action": "pass"}] * 2)
        before = client.call("world.get", world="eden")
        server.kill()

        after = self.connect(server.start()).call("world.get", world="eden")
        self.assertEqual((after["counts"]["bot"], after["deaths"]), (0, {"thirst": 1}))
        self.assertEqual(after, before)


if __name__ == "__main__":
    harness.main()
