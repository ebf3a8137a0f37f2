#!/usr/bin/env python3
"""Worlds of the preset `village`, and servers that can or cannot have them."""

import harness

FURNITURE = {"wall": 16, "well": 6, "food": 60, "stone": 30, "crate": 12}
PLUGINS = ("food", "hands", "say", "push", "wall", "wells", "day_night")


class Village(harness.ServerTest):
    options = ("--preset", "village")

    def setUp(self):
        self.client = self.connect()

    def village(self, seed=5, **settings):  # a seed that leaves the corner free in which bots stand
        world = self.world(preset="village", seed=seed, **settings)
        self.addCleanup(self.client.call, "world.update", world=world["id"], pause_at=0)
        return world

    def thing(self, world, kind, x, z):
        return self.client.call("thing.create", world=world["id"], kind=kind, pos=[x, 0, z])["id"]

    def test_a_village_is_furnished(self):
        world = self.village(seed=5)

        self.assertEqual(world["counts"], {"bot": 0, **FURNITURE})
        self.assertEqual((world["dims"], world["tick"]), ([40, 10, 40], 0))
        self.assertLessEqual({"day": 2400, "refill": 25, "season": 600, "sight": 12}.items(),
                             world["rules"].items())
        self.assertLessEqual({"bot": 50, "thing": 400}.items(), world["capacity"].items())

    def test_the_same_seed_furnishes_alike(self):
        one, two, other = (self.village(seed=seed) for seed in (5, 5, 6))
        self.assertEqual(one["hash"], two["hash"])
        self.assertNotEqual(one["hash"], other["hash"])

    def test_what_is_said_of_a_village_goes_before_what_its_preset_says(self):
        world = self.village(dims=[60, 10, 60], rules={"season": 5}, capacity={"bot": 3})

        self.assertEqual(world["dims"], [60, 10, 60])
        self.assertLessEqual({"season": 5, "refill": 25}.items(), world["rules"].items())
        self.assertLessEqual({"bot": 3, "thing": 400}.items(), world["capacity"].items())

    def test_a_village_that_does_not_fit_is_not_there(self):
        for settings, code in (({"dims": [20, 10, 20]}, 409), ({"capacity": {"thing": 9}}, 403)):
            with self.subTest(settings=settings):
                self.assert_refused(self.client, code, "world.create", name="crammed",
                                    preset="village", **settings)
                names = [w["name"] for w in self.client.call("world.list")["items"]]
                self.assertNotIn("crammed", names)
        self.client.call("world.create", name="crammed", preset="village")

    def test_a_world_without_a_preset_is_as_empty_as_ever(self):
        for world in (self.world(), self.world(preset="default")):
            self.assertEqual(set(world["counts"].values()), {0})
            self.assertEqual(world["dims"], [10, 10, 10])

    def test_the_parameters_of_the_village_are_described(self):
        actions = {action["action"]: action["params"]["properties"] for action in
                   self.client.call("describe")["actions"]}
        said = actions["say"]["words"]
        self.assertEqual((said["type"], said["maxLength"]), ("string", 200))
        self.assertEqual(actions["give"]["what"]["format"], "thing")

    def test_a_bot_hears_what_is_said_in_its_next_perception_and_nobody_else_sees_it(self):
        world = self.village()
        stranger = self.connect()
        ada = self.bot(self.client, world, pos=[2, 0, 2])["id"]
        bob = self.bot(stranger, world, pos=[4, 0, 2])["id"]
        self.client.call("act", bot=ada, action="say", args={"words": "grüß dich"})

        first, second = (stranger.call("act", bot=bob, action="pass", see=True)["see"]["self"]
                         for _ in range(2))

        self.assertEqual((first["props"]["_heard"], first["props"]["_heard_from"]),
                         ("grüß dich", ada))
        self.assertEqual((second["props"]["_heard"], second["props"]["_heard_from"]), ("", None))
        seen = {thing["id"]: thing for thing in self.client.call("see", bot=ada)["things"]}
        self.assertFalse([name for name in seen[bob]["props"] if name.startswith("_")])

    def test_food_goes_from_hand_to_hand_and_is_eaten_there(self):
        world = self.village()
        food = self.thing(world, "food", 2.5, 2)
        ada, bob = (self.bot(self.client, world, pos=[x, 0, 2])["id"] for x in (2, 3.2))

        def act(bot, action, target, **args):
            acted = self.client.call("act", bot=bot, action=action, target=target, args=args)
            return acted.get("why") or acted["outcome"]
        self.assertEqual(act(ada, "take", food), "done")
        self.assertEqual(self.client.call("thing.get", id=food)["parent"], ada)
        self.assertNotEqual(act(bob, "eat", food), "done")
        self.assertEqual(act(ada, "give", bob, what=food), "done")
        self.assertEqual(act(bob, "eat", food), "done")
        self.assertNotEqual(act(bob, "eat", food), "done")
        self.assertEqual(act(bob, "drop", food), "done")
        self.assertFalse(self.client.call("thing.get", id=food)["props"]["ripe"])

    def test_a_gift_of_the_wrong_type_is_refused_before_anything_happens(self):
        world = self.village()
        ada, bob = (self.bot(self.client, world, pos=[x, 0, 2])["id"] for x in (2, 3.2))
        elsewhere = self.thing(self.village(), "food", 2.5, 2)
        seq = self.client.call("world.get", world=world["id"])["seq"]
        for what in (None, 7, "stone", elsewhere):
            self.assert_bad_param(self.client, "what", "act", bot=ada, action="give", target=bob,
                                  args={"what": what})
        self.assertEqual(self.client.call("world.get", world=world["id"])["seq"], seq)

    def live(self, world, tick):
        """Hosted minds live in it to that tick and no further."""
        for _ in range(10):
            self.bot(self.client, world, mind="random")
        self.client.call("world.update", world=world["id"], pause_at=tick)
        return harness.poll(lambda: next(
            (now for now in [self.client.call("world.get", world=world["id"])]
             if now["tick"] >= tick), None), f"tick {tick}")

    def test_villages_of_every_pace_live_on_without_a_fault(self):
        for pace in ("free", "lockstep", "realtime"):
            with self.subTest(pace=pace):
                world = self.village(pace=pace, speed=1000, pause_at=0, seed=9,
                                     rules={"day": 240, "season": 20, "refill": 20})
                now = self.live(world, 500)
                # From tick 480 on it is night again.
                self.assertEqual((now["rules"]["hour"], now["rules"]["night"]), (2, True))
                self.assertEqual(now["rules"]["sight"], 3)
                self.assertGreater(sum(now["deaths"].values()), 0)
                self.assertTrue(self.client.call("history.verify", world=world["id"])["ok"])
        plugins = self.client.call("plugin.list")["items"]
        self.assertFalse([p for p in plugins if p["faults"]])
        calls = {p["id"]: p["calls"] for p in plugins}
        for name in ("food", "hands", "say", "push", "drink", "day_night"):
            self.assertGreater(calls[f"org.unscripted.{name}"], 0)

    def test_a_fork_of_a_village_by_night_sees_the_same_dawn(self):
        world = self.village(pace="lockstep", pause_at=0, rules={"day": 240})
        self.assertEqual(self.live(world, 20)["rules"]["sight"], 3)
        fork = self.client.call("world.fork", world=world["id"], at={"tick": 20})
        for one in (world["id"], fork["id"]):
            self.client.call("world.update", world=one, pause_at=100)
            now = harness.poll(lambda one=one: next(
                (w for w in [self.client.call("world.get", world=one)] if w["tick"] >= 100),
                None), "tick 100")
            self.assertEqual((now["rules"]["hour"], now["rules"]["sight"]), (10, 12))


class Elsewhere(harness.ServerTest):
    """A server that was started without the plugins of the village."""

    def setUp(self):
        self.client = self.connect()

    def test_a_village_needs_its_plugins_and_the_answer_says_how_to_have_them(self):
        error = self.assert_refused(self.client, 404, "world.create", preset="village")
        self.assertIn("--preset village", error["message"])
        self.assertEqual(error["data"]["preset"], "village")

    def test_an_unknown_preset_is_answered_with_those_there_are(self):
        error = self.assert_bad_param(self.client, "preset", "world.create", preset="city")
        for name in ("default", "village"):
            self.assertIn(f'"{name}"', error["data"]["expected"])

    def test_a_running_server_becomes_fit_for_villages(self):
        eden = self.world()
        ada = self.bot(self.client, eden)["id"]
        with harness.Server() as server, server.connect() as client:
            for name in PLUGINS:
                client.call("plugin.load", name=name)
            world = client.call("world.create", preset="village")
            self.assertLessEqual(FURNITURE.items(), world["counts"].items())
        self.assertEqual(self.client.call("act", bot=ada, action="pass")["outcome"], "done")


if __name__ == "__main__":
    harness.main()
