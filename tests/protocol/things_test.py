#!/usr/bin/env python3
"""Things: made, listed, changed and deleted; and what `act`, `see` and `subscribe` refuse."""

import re

import harness
from harness import INVALID_PARAMS
from places import Methods

ID = re.compile(r"^[0-9a-f]{24}$")
NOBODY = "f" * 24
THING_KEYS = {"id", "kind", "world", "parent", "pos", "dims", "actions", "props"}


class Things(Methods):
    def setUp(self):
        super().setUp()
        self.garden = self.world()
        self.addCleanup(self.client.call, "world.delete", world=self.garden["id"])

    def put(self, kind="well", **more):
        return self.client.call("thing.create", world=self.garden["id"], kind=kind, **more)

    def test_a_thing_has_all_that_the_protocol_lists(self):
        thing = self.put(pos=[3, 0, 4.25], dims=[2, 3, 1.5], name="deep")
        self.assertEqual(set(thing), THING_KEYS | {"name"})
        self.assertRegex(thing["id"], ID)
        self.assertEqual(thing["id"][:8], self.garden["id"][:8])
        self.assertEqual((thing["kind"], thing["pos"], thing["dims"], thing["name"],
                          thing["props"]),
                         ("well", [3, 0, 4.25], [2, 3, 1.5], "deep", {}))
        self.assertEqual((thing["world"], thing["parent"]), (self.garden["id"],) * 2)
        self.assertEqual(thing["actions"], [{"action": "drink", "params": {}}])
        self.assertEqual(self.client.call("thing.get", id=thing["id"]), thing)

    def test_a_thing_without_a_place_gets_one_that_is_free(self):
        things = [self.put() for _ in range(10)]
        self.assertNotIn("name", things[0])
        for index, one in enumerate(things):
            self.assertTrue(0.5 <= one["pos"][0] <= 9.5 and 0.5 <= one["pos"][2] <= 9.5)
            for other in things[:index]:
                apart = [abs(a - b) for a, b in zip(one["pos"], other["pos"])]
                self.assertTrue(apart[0] >= 1 or apart[2] >= 1, (one["pos"], other["pos"]))

    def test_a_bot_has_its_properties(self):
        bot = self.client.call("bot.create", world=self.garden["id"], name="eve", female=True,
                               pos=[5, 0, 5])
        self.assertEqual(bot["props"], {"drink": 1, "age": 0, "generation": 1, "female": True})
        self.assertEqual((bot["kind"], bot["name"], bot["dims"]), ("bot", "eve", [0.5, 1.7, 0.3]))
        self.assertNotIn("token", bot)
        actions = {a["action"]: a["params"] for a in bot["actions"]}
        self.assertEqual(actions["pass"], {})
        made = self.put(kind="bot", props={"drink": 0.25, "female": False, "generation": 3})
        self.assertEqual(made["props"], {"drink": 0.25, "age": 0, "generation": 3, "female": False})

    def test_the_id_of_a_world_shows_the_world(self):
        self.assertEqual(self.client.call("thing.get", id=self.garden["id"])["kind"], "world")

    def test_a_thing_that_does_not_fit_is_a_conflict(self):
        self.put(pos=[5, 0, 5])
        for pos in ([5, 0, 5], [5.99, 0, 5.99], [0.4, 0, 5], [-3, 0, 5], [11, 0, 5], [5, 0, 9.6]):
            self.assert_conflict("thing.create", world=self.garden["id"], kind="well", pos=pos)
        self.assert_conflict("thing.create", world=self.garden["id"], kind="well", dims=[10, 1, 10])
        for pos in ([6, 0, 5], [0.5, 0, 0.5], [9.5, 0, 9.5]):  # touching is not overlapping
            self.put(pos=pos)

    def test_a_thing_that_cannot_be_is_refused(self):
        for params, param in (({"kind": "tree"}, "kind"), ({"kind": "world"}, "kind"),
                              ({"kind": ""}, "kind"), ({"dims": [0, 1, 1]}, "dims"),
                              ({"dims": [11, 1, 1]}, "dims"), ({"dims": [-1, 1, 1]}, "dims"),
                              ({"name": "a\x01"}, "name")):
            self.assert_bad_param(self.client, param, "thing.create",
                                  {"world": self.garden["id"], "kind": "well", **params})
        for props, param in (({"drink": 1.5}, "drink"), ({"drink": -0.1}, "drink"),
                             ({"age": -1}, "age"),
                             ({"drink": "x"}, "drink"), ({"female": 1}, "female"), ({"x": 1}, "x"),
                             ({"age": 0.5}, "age"), ({"drink": None}, "drink"),
                             ({"drink": []}, "drink")):
            error = self.assert_refused(self.client, INVALID_PARAMS, "thing.create",
                                        world=self.garden["id"], kind="bot", props=props)
            self.assertIn(error["data"]["param"], (param, f"props.{param}"))
        self.assertEqual(self.client.call("thing.list", world=self.garden["id"]), {"items": []})

    def test_an_update_moves_a_thing_and_sets_its_properties(self):
        bot = self.client.call("bot.create", world=self.garden["id"], pos=[5, 0, 5])
        moved = self.client.call("thing.update", id=bot["id"], pos=[7.000001, 0, 2])
        self.assertEqual((moved["pos"], moved["props"]), ([7.000001, 0, 2], bot["props"]))
        dry = self.client.call("thing.update", id=bot["id"], props={"drink": 0.125})
        self.assertEqual(dry["props"], {**bot["props"], "drink": 0.125})
        self.assertEqual(self.client.call("thing.get", id=bot["id"]), dry)
        self.put(pos=[2, 0, 2])
        for pos in ([2, 0, 2], [-1, 0, 5], [9.9, 0, 5]):
            self.assert_conflict("thing.update", id=bot["id"], pos=pos, props={"drink": 1})
        self.assert_refused(self.client, INVALID_PARAMS, "thing.update", id=bot["id"],
                            pos=[3, 0, 5],
                            props={"x": 1})
        self.assertEqual(self.client.call("thing.get", id=bot["id"]), dry)

    def test_a_deleted_thing_is_gone_and_its_id_is_never_used_again(self):
        thing = self.put(pos=[5, 0, 5])
        self.assertEqual(self.client.call("thing.delete", id=thing["id"]), {"deleted": 1})
        for method, params in (("thing.get", {}), ("thing.update", {"pos": [1, 0, 1]}),
                               ("thing.delete", {})):
            self.assert_not_found(thing["id"], method, params, id=thing["id"])
        self.assertNotEqual(self.put(pos=[5, 0, 5])["id"], thing["id"])

    def test_what_is_not_there_is_not_found_by_its_id(self):
        for missing in (NOBODY, "0" * 24, self.garden["id"][:-4] + "ffff"):
            for method in ("thing.get", "thing.update", "thing.delete"):
                self.assert_refused(self.client, 404, method, id=missing)
        here = self.garden["id"][:-4] + "ffff"
        for method, param in (("thing.get", "id"), ("bot.attach", "bot"), ("bot.detach", "bot"),
                              ("see", "bot"), ("subscribe", "bot")):
            self.assert_not_found(here, method, {param: here})
        self.assert_not_found(here, "act", bot=here, action="pass")

    def test_a_world_is_no_thing_to_change_or_delete(self):
        for method in ("thing.update", "thing.delete"):
            self.assert_bad_param(self.client, "id", method, id=self.garden["id"])

    def test_capacities_are_kept_and_said(self):
        self.client.call("world.update", world=self.garden["id"], capacity={"bot": 2, "thing": 3})
        create = {"world": self.garden["id"]}
        bots = [self.client.call("bot.create", create) for _ in range(2)]
        full = self.assert_refused(self.client, 403, "bot.create", create)
        self.assertEqual((full["data"]["reason"], full["data"]["kind"], full["data"]["capacity"]),
                         ("over_capacity", "bot", 2))
        self.put()
        full = self.assert_refused(self.client, 403, "thing.create", create, kind="well")
        self.assertEqual((full["data"]["reason"], full["data"]["kind"], full["data"]["capacity"]),
                         ("over_capacity", "thing", 3))
        self.client.call("thing.delete", id=bots[0]["id"])
        self.client.call("bot.create", create)
        self.client.call("world.update", world=self.garden["id"], capacity={"bot": 0})
        self.assert_refused(self.client, 403, "bot.create", create)
        world = self.client.call("world.get", create)
        self.assertEqual(world["counts"], {"bot": 2, "well": 1})

    def test_a_world_accepts_ten_bots_and_a_hundred_things_by_default(self):
        world = self.world(dims=[100, 10, 100])
        self.addCleanup(self.client.call, "world.delete", world=world["id"])
        asked = [self.client.ask("bot.create", world=world["id"]) for _ in range(11)]
        asked += [self.client.ask("thing.create", world=world["id"],
                                  kind="well") for _ in range(91)]
        refused = [i for i, one in enumerate(asked) if "error" in self.client.answer(one)]
        self.assertEqual(refused, [10, 101])


class Lists(Methods):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.server.connect() as client:
            client.call("world.create", name="list", dims=[100, 10, 100], capacity={"bot": 20})
            cls.wells = [client.call("thing.create", world="list", kind="well", pos=[10 * i, 0, 50])
                         for i in range(1, 10)]
            cls.bots = [client.call("bot.create", world="list", pos=[10 * i, 0, 80])
                        for i in range(1, 10)]

    def ids(self, params=None, /, **more):
        return [t["id"] for t in self.client.call("thing.list", params, world="list",
                                                  **more)["items"]]

    def test_a_list_has_all_things_in_the_order_of_their_ids(self):
        listed = self.client.call("thing.list", world="list")
        self.assertEqual(listed, {"items": self.wells + self.bots})

    def test_a_list_may_be_of_one_kind(self):
        self.assertEqual(self.ids(kind="well"), [t["id"] for t in self.wells])
        self.assertEqual(self.ids(kind="bot"), [t["id"] for t in self.bots])
        self.assert_bad_param(self.client, "kind", "thing.list", world="list", kind="tree")

    def test_pages_put_together_are_the_whole_list(self):
        for limit in (1, 4, 9, 17, 18, 19, 1000):
            pages, after = [], {}
            while True:
                page = self.client.call("thing.list", after, world="list", limit=limit)
                self.assertLessEqual(len(page["items"]), limit)
                pages += page["items"]
                if "next" not in page:
                    break
                self.assertEqual(len(page["items"]), limit)
                after = {"after": page["next"]}
            self.assertEqual(pages, self.wells + self.bots, limit)

    def test_after_the_last_thing_there_is_nothing(self):
        self.assertEqual(self.client.call("thing.list", world="list", after=self.bots[-1]["id"]),
                         {"items": []})

    def test_after_takes_only_an_id_of_this_world(self):
        self.assert_refused(self.client, INVALID_PARAMS, "thing.list", world="list", after=self.ada)

    def test_near_counts_the_gap_to_the_edge_of_a_thing(self):
        def near(x, z, reach):
            return self.ids(near={"pos": [x, 0, z], "range": reach})
        self.assertEqual(near(10, 50, 0), [self.wells[0]["id"]])
        self.assertEqual(near(15, 50, 4.4), [])
        self.assertEqual(near(15, 50, 4.6), [self.wells[0]["id"], self.wells[1]["id"]])
        self.assertEqual(near(10, 65, 14.9), [self.wells[0]["id"], self.bots[0]["id"]])
        self.assertEqual(near(50, 50, 200), self.ids())
        self.assertEqual(self.ids(kind="bot", near={"pos": [10, 0, 65], "range": 14.9}),
                         [self.bots[0]["id"]])

    def test_near_and_limit_go_together(self):
        near = {"pos": [50, 0, 50], "range": 200}
        page = self.client.call("thing.list", world="list", near=near, limit=5)
        rest = self.client.call("thing.list", world="list", near=near, after=page["next"])
        self.assertEqual(page["items"] + rest["items"], self.wells + self.bots)

    def test_near_is_checked_like_other_parameters(self):
        for near, param in (({"range": 1}, "near.pos"), ({"pos": [1, 2], "range": 1}, "near.pos"),
                            ({"pos": [1, 0, 1], "range": -1}, "near.range"),
                            ({"pos": [1, 0, 1], "range": "x"}, "near.range"),
                            ({"pos": [1, 0, 1], "range": 1, "rnage": 2}, "near.rnage")):
            self.assert_bad_param(self.client, param, "thing.list", world="list", near=near)


class Acts(Methods):
    """What `act`, `see` and the subscriptions refuse; what they do is in bots_test.py."""

    def setUp(self):
        super().setUp()
        self.client.call("bot.attach", bot=self.ada, take=True)

    def act(self, action, **more):
        return {"bot": self.ada, "action": action, **more}

    def test_arguments_are_checked_by_their_schema(self):
        for args, param in (({"angle": 1.0001}, "angle"), ({"angle": -0.1}, "angle"),
                            ({"angle": "x"}, "angle"), ({"angle": None}, "angle"),
                            ({"angle": True}, "angle"), ({"angle": [0.5]}, "angle"),
                            ({"angle": 1e300}, "angle"), ({"angel": 0.5}, "angel"), ({"": 0}, "")):
            error = self.assert_refused(self.client, INVALID_PARAMS, "act",
                                        self.act("walk", args=args))
            self.assertIn(error["data"]["param"], (param, f"args.{param}"))
            self.assertTrue(error["data"]["expected"])
        error = self.assert_refused(self.client, INVALID_PARAMS, "act",
                                    self.act("walk", args={"angle": 2}))
        for word in ("0", "1", "turn"):  # its range and its unit
            self.assertIn(word, error["data"]["expected"])
        self.assertEqual(self.client.call("act", self.act("walk", args={"angle": 1}))["outcome"],
                         "done")

    def test_an_action_is_looked_for_at_its_target(self):
        error = self.assert_refused(self.client, 404, "act", self.act("fly"))
        self.assertIn("fly", error["message"])
        self.assert_refused(self.client, 404, "act", self.act("walk", target=self.well))
        self.assert_refused(self.client, 404, "act", self.act("drink", target=self.eden["id"]))
        self.assert_refused(self.client, 404, "act", self.act("", target=self.well))
        self.assert_bad_param(self.client, "target", "act", self.act("drink"))

    def test_a_target_that_is_not_in_this_world_is_not_found(self):
        for target in (NOBODY, self.stranger, self.other["id"], self.eden["id"][:-1] + "f"):
            self.assert_not_found(target, "act", self.act("drink", target=target))

    def test_what_is_done_to_oneself_is_done_to_nobody_else(self):
        with self.server.connect() as client:
            bot = client.call("bot.create", world="eden")
            self.assert_bad_param(self.client, "target", "act", self.act("pass", target=bot["id"]))
            client.call("thing.delete", id=bot["id"])
        self.assertEqual(self.client.call("act", self.act("pass", target=self.ada))["outcome"],
                         "done")

    def test_who_is_no_bot_cannot_act_or_see(self):
        for nobody in (self.well, self.eden["id"], self.eden["id"][:-1] + "f", NOBODY):
            self.assert_refused(self.client, 404, "act", bot=nobody, action="pass")
            self.assert_refused(self.client, 404, "see", bot=nobody)
            self.assert_refused(self.client, 404, "bot.attach", bot=nobody)
            self.assert_refused(self.client, 404, "subscribe", bot=nobody)

    def test_a_refused_request_is_not_recorded(self):
        before = self.client.call("world.get", world="eden")
        for params in (self.act("fly"), self.act("walk", args={"angle": 9}), self.act("drink"),
                       self.act("drink", target=NOBODY), {"bot": self.well, "action": "pass"}):
            self.client.answer(self.client.ask("act", params))
        self.assertEqual(self.client.call("world.get", world="eden"), before)

    def test_a_subscription_of_another_connection_is_not_found(self):
        sub = self.client.call("subscribe", world="eden")["sub"]
        stranger = self.connect()
        for one in (sub, sub + 1, 1, 2**53 - 1):
            error = self.assert_refused(stranger, 404, "unsubscribe", sub=one)
            self.assertIn("subscription", error["message"])
            self.assertEqual(error["data"].get("sub", error["data"].get("id")), one)
        self.assertEqual(self.client.call("unsubscribe", sub=sub), {})
        self.assert_refused(self.client, 404, "unsubscribe", sub=sub)


if __name__ == "__main__":
    harness.main()
