#!/usr/bin/env python3
"""Subscriptions to the past: the same events as when it was now, at any speed."""

import itertools
import time

import harness
from lived import Lived, pass_often
from subscribe_test import Model

FAST = 1_000_000  # times life
TICK_SECONDS = 0.576  # of life


class Past(Model):
    """A model that knows of a world's rules too: they are told as changes of the world."""

    def apply_delta(self, delta):
        worlds = [c for c in delta["upd"] if c["id"].endswith("0" * 16)]
        rest = {**delta, "upd": [c for c in delta["upd"] if c not in worlds]}
        if any(rest[key] for key in ("add", "upd", "del", "died")):
            super().apply_delta(rest)
        else:
            assert worlds and delta["seq"] > self.seq, delta


class Rerun:
    """A model of what was, and its end."""

    def __init__(self, sub):
        self.model, self.ended, self.seen = Past(sub), None, []

    def apply(self, message):
        method, params = message["method"], message["params"]
        if params.get("sub") != self.model.sub:
            return
        assert self.ended is None, f"told after the end: {message}"
        self.seen.append((method, params["seq"], params["tick"]) if "seq" in params else (method,))
        if method == "ended":
            self.ended = params
        else:
            self.model.apply(method, params)


class Reruns(harness.ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance = harness.chance()
        keeper = cls.server.connect()
        cls.addClassCleanup(keeper.close)
        cls.lived = Lived(keeper, cls.chance, name="eden")
        cls.lived.live(150)
        cls.tall = Lived(keeper, cls.chance, name="tall", capacity={"bot": 30},
                         rules={"lifespan": 9})
        cls.tall.live(150)
        keeper.call("world.create", name="long", rules={"lifespan": 1e6, "day": 1e6})
        cls.runner = keeper.call("bot.create", world="long")["id"]
        pass_often(keeper, cls.runner, 3000)

    def setUp(self):
        self.client = self.connect()

    def watch(self, at, client=None, world="eden", **more):
        more = {"world": world, "speed": FAST, "max_hz": 1000, **more}
        if "bot" in more:
            del more["world"]
        answer = (client or self.client).call("subscribe", more, at=at)
        return Rerun(answer["sub"]), answer

    def read(self, *reruns, client=None):
        """Reads until all have ended."""
        client = client or self.client
        end = time.monotonic() + harness.PATIENCE
        while any(r.ended is None for r in reruns):
            while not client.events:
                assert client.read(max(0.0, end - time.monotonic())), "the connection ended"
            message = client.events.popleft()
            for rerun in reruns:
                rerun.apply(message)

    def assert_is(self, rerun, lived, seq):
        """It knows the things that there were after that record, and it ended there."""
        world, things = lived.moments[seq]
        self.assertEqual(rerun.ended, {"sub": rerun.model.sub, "seq": seq, "tick": world["tick"]})
        self.assertEqual(rerun.model.listed(), things)
        self.assertEqual((rerun.model.snapshots, rerun.model.lags), (1, 0))

    def test_a_snapshot_and_its_deltas_add_up_to_what_was_there_at_the_end(self):
        for lived, world in ((self.lived, "eden"), (self.tall, "tall")):
            for speed, first in itertools.product((FAST, 1000, 50), (1, 30)):
                rerun, answer = self.watch({"seq": first}, world=world, speed=speed)
                self.assertEqual((answer["seq"], answer["tick"]),
                                 (first, lived.moments[first][0]["tick"]))
                self.assertEqual(answer["last"], {"seq": lived.last, "tick": lived.last_tick})
                self.read(rerun)
                self.assert_is(rerun, lived, lived.last)
                state = self.client.call("history.state", world=world)
                self.assertEqual(rerun.model.listed(), state["items"])

    def test_what_is_shown_in_between_is_what_was_there(self):
        rerun, _ = self.watch({"tick": 1}, speed=200)
        looks = 0
        while rerun.ended is None:
            while not self.client.events:
                self.client.read()
            rerun.apply(self.client.events.popleft())
            if rerun.model.things is not None:
                self.assertEqual(rerun.model.listed(), self.lived.moments[rerun.model.seq][1])
                looks += 1
        self.assertGreater(looks, 5)

    def test_time_goes_in_the_order_of_life(self):
        rerun, _ = self.watch({"seq": 1}, speed=300)
        self.read(rerun)
        self.assertEqual([seen[0] for seen in rerun.seen],
                         ["snapshot", *["delta"] * (len(rerun.seen) - 2), "ended"])
        for one, other in itertools.pairwise(rerun.seen):
            self.assertLessEqual(one[1:], other[1:])
        for _, seq, tick in rerun.seen:
            self.assertEqual(tick, self.lived.moments[seq][0]["tick"])

    def test_it_is_not_shown_faster_than_was_wished(self):
        speed = 20
        rerun, _ = self.watch({"tick": 0}, speed=speed)
        began = time.monotonic()
        self.read(rerun)
        life = (time.monotonic() - began) * speed / TICK_SECONDS
        self.assertGreater(life, self.lived.last_tick - 1)
        self.assertGreater(len({tick for _, _, tick in rerun.seen}), 3)

    def test_the_first_snapshot_is_of_the_moment_that_was_asked_for(self):
        for seq in range(1, 40):
            rerun, answer = self.watch({"seq": seq})
            snapshot = self.client.event("snapshot")
            self.assertEqual((snapshot["seq"], snapshot["tick"]), (answer["seq"], answer["tick"]))
            self.assertEqual(snapshot["things"], self.lived.moments[seq][1])
            self.client.call("unsubscribe", sub=rerun.model.sub)
            self.client.events.clear()

    def test_all_that_died_after_the_beginning_are_told(self):
        for world, lived in (("eden", self.lived), ("tall", self.tall)):
            rerun, _ = self.watch({"seq": 1}, world=world)
            self.read(rerun)
            deaths = lived.now[0]["deaths"]
            for cause, count in deaths.items():
                self.assertEqual(sum(d["cause"] == cause for d in rerun.model.died), count)
            self.assertGreater(sum(deaths.values()), 3)

    def test_it_ends_where_it_was_told_to(self):
        for last in (1, 2, 30, self.lived.last - 1, self.lived.last):
            rerun, _ = self.watch({"seq": 1}, to={"seq": last})
            self.read(rerun)
            self.assert_is(rerun, self.lived, last)
        for tick in (0, 1, 17, self.lived.last_tick):
            rerun, _ = self.watch({"tick": 0}, to={"tick": tick})
            self.read(rerun)
            self.assert_is(rerun, self.lived, self.lived.first_of_tick[tick])

    def test_at_the_very_end_there_is_a_snapshot_and_then_the_end(self):
        rerun, _ = self.watch({"seq": self.lived.last})
        self.read(rerun)
        self.assertEqual([seen[0] for seen in rerun.seen], ["snapshot", "ended"])
        self.assert_is(rerun, self.lived, self.lived.last)

    def test_to_end_before_it_begins_is_refused(self):
        self.assert_bad_param(self.client, "to", "subscribe", world="eden", at={"seq": 9},
                              to={"seq": 8})

    def test_beyond_the_end_there_is_nothing_to_watch(self):
        for at in ({"seq": self.lived.last + 1}, {"tick": self.lived.last_tick + 1},
                   {"seq": 2**53 - 1}):
            unit, = at
            for wish in ({"at": at}, {"at": {"seq": 1}, "to": at}):
                error = self.assert_refused(self.client, 404, "subscribe", wish, world="eden")
                self.assertIn(f"last_{unit}", error["data"])

    def test_two_at_once_on_one_connection_are_told_apart(self):
        one, _ = self.watch({"seq": 1}, speed=500)
        other, _ = self.watch({"seq": 5}, world="tall", speed=200)
        again, _ = self.watch({"tick": 3}, to={"seq": 90})
        self.assertEqual(len({r.model.sub for r in (one, other, again)}), 3)
        self.read(one, other, again)
        self.assert_is(one, self.lived, self.lived.last)
        self.assert_is(other, self.tall, self.tall.last)
        self.assert_is(again, self.lived, 90)

    def test_the_past_and_the_present_are_watched_by_one_connection(self):
        world = self.world()
        bot = self.bot(self.client, world)["id"]
        present = Model(self.client.call("subscribe", world=world["id"], max_hz=1000)["sub"])
        rerun, _ = self.watch({"seq": 1}, world=world["id"], speed=0.001)
        self.assertNotEqual(present.sub, rerun.model.sub)
        seq = [self.client.call("act", bot=bot, action="walk", args={"angle": a / 9})["seq"]
               for a in range(9)][-1]
        while present.seq < seq:
            while not self.client.events:
                self.client.read()
            message = self.client.events.popleft()
            present.apply(message["method"], message["params"])
            rerun.apply(message)
        things = self.client.call("thing.list", world=world["id"])["items"]
        self.assertEqual(present.listed(), things)
        self.client.call("unsubscribe", sub=present.sub)
        self.client.call("unsubscribe", sub=rerun.model.sub)

    def test_after_unsubscribing_in_the_middle_nothing_more_comes(self):
        for _ in range(30):
            rerun, _ = self.watch({"seq": 2}, world="long", speed=2000)
            self.client.event("delta")
            self.assertEqual(self.client.call("unsubscribe", sub=rerun.model.sub), {})
            self.client.events.clear()
            self.client.call("history.stats", world="long")
            self.client.call("ping")
            self.assertEqual(list(self.client.events), [])
            self.assert_refused(self.client, 404, "unsubscribe", sub=rerun.model.sub)

    def test_nobody_ends_what_another_connection_watches(self):
        rerun, _ = self.watch({"seq": 1}, speed=300)
        with self.server.connect() as stranger:
            self.assert_refused(stranger, 404, "unsubscribe", sub=rerun.model.sub)
        self.read(rerun)
        self.assert_is(rerun, self.lived, self.lived.last)

    def test_through_a_bots_eyes_only_what_it_saw_is_told(self):
        for seq in (20, 60):
            bot = next(t["id"] for t in self.lived.moments[seq][1] if t["kind"] == "bot")
            until = seq
            while any(t["id"] == bot for t in self.lived.moments[until][1]) and until < seq + 15:
                until += 1
            last = until - 1
            for reach in (3, 50):
                rerun, _ = self.watch({"seq": seq}, bot=bot, range=reach, to={"seq": last})
                self.read(rerun)
                fork = self.client.call("world.fork", world="eden", at={"seq": last})["id"]
                see = self.client.call("see", bot=fork[:8] + bot[8:], range=reach)
                seen = {t["id"][8:]: t["pos"] for t in (see["self"], *see["things"])}
                known = {t["id"][8:]: t["pos"] for t in rerun.model.listed()}
                self.assertEqual(known, seen)
                self.client.call("world.delete", world=fork)

    def test_a_bot_that_was_not_there_is_refused(self):
        unborn = max(self.lived.of_kind("bot"))
        for bot in (unborn, self.lived.id[:-2] + "ff"):
            answer = self.client.answer(self.client.ask("subscribe", bot=bot, at={"seq": 5}))
            self.assertIn(self.assert_error(answer, answer["error"]["code"])["code"], (404, 409))

    def test_clients_that_go_away_in_the_middle_are_no_matter(self):
        for index in range(60):
            with self.server.connect() as client:
                for _ in range(3):
                    self.watch({"seq": 2}, client, "long", speed=1 + 1000 * (index % 3))
                if index % 2:
                    client.reset()
        self.assert_alive()
        rerun, _ = self.watch({"seq": 1})
        self.read(rerun)
        self.assert_is(rerun, self.lived, self.lived.last)

    def test_one_connection_may_not_watch_endless_pasts_at_once(self):
        asked = [self.client.ask("subscribe", world="long", at={"seq": 3}, speed=0.001)
                 for _ in range(40)]
        answers = [self.client.answer(one) for one in asked]
        refused = [a for a in answers if "error" in a]
        self.assertTrue(0 < len(refused) < 40)
        for answer in refused:
            self.assert_error(answer, 403, "over_capacity")
        for answer in answers:
            if "result" in answer:
                self.client.call("unsubscribe", sub=answer["result"]["sub"])
        self.client.events.clear()
        rerun, _ = self.watch({"seq": 1})
        self.read(rerun)

    def test_who_reads_late_still_gets_all_to_the_end(self):
        """Much is told, and all has been said on the server before the client reads."""
        world = self.world(dims=[300, 10, 300], capacity={"thing": 4000})["id"]
        bot = self.client.call("bot.create", world=world, pos=[5, 0, 5])["id"]
        for _ in range(2500):
            self.client.ask("thing.create", world=world, kind="well")
        self.client.call("ping")
        self.client.answers.clear()
        seq = self.client.call("world.get", world=world)["seq"]
        for _ in range(40):
            self.client.call("act", bot=bot, action="walk", args={"angle": 0.1})
        things = self.client.call("history.state", world=world, limit=5000)["items"]
        self.assertGreater(len(things), 2000)
        late = self.connect(receive_buffer=1 << 16)
        wish = {"world": world, "at": {"seq": seq}, "speed": 200, "max_hz": 1000}
        asked = [late.ask("subscribe", wish) for _ in range(16)]
        for _ in range(5):
            quick, _ = self.watch({"seq": seq}, world=world, speed=200)
            self.read(quick)
            self.assertEqual(quick.model.listed(), things)
        reruns = [Rerun(late.result(one)["sub"]) for one in asked]
        self.read(*reruns, client=late)
        for rerun in reruns:
            self.assertEqual(rerun.model.things[bot], things[0])
            self.assertEqual(len(rerun.model.things), len(things))

    def test_a_world_that_is_deleted_or_pruned_meanwhile_ends_or_goes_on(self):
        for method, more in (("world.delete", {}), ("history.prune", {"before": {"seq": 2500}})):
            world = self.world(rules={"lifespan": 1e6, "day": 1e6})
            bot = self.bot(self.client, world)["id"]
            pass_often(self.client, bot, 3000)
            rerun, _ = self.watch({"seq": 2}, world=world["id"], speed=2000)
            self.client.call(method, {"world": world["id"], **more})
            self.read(rerun)
            whole = rerun.ended["seq"] == 3002
            self.assertTrue(whole or len(rerun.ended["trouble"]) > 7, rerun.ended)
        self.assert_alive()

    def test_wrong_wishes_are_refused_by_name(self):
        for name, wrong in (("speed", 0), ("speed", -1), ("speed", 1e7), ("speed", "fast"),
                            ("max_hz", 0), ("max_hz", 1001), ("to", 5), ("to", {}),
                            ("at", {}), ("at", 5), ("at", None), ("at", {"seq": 1, "tick": 1}),
                            ("range", -1), ("since", 5), ("pace", 1)):
            self.assert_bad_param(self.client, name, "subscribe",
                                  {"world": "eden", "at": {"seq": 1}, name: wrong})
        for name in ("to", "speed"):  # of the past only
            self.assert_bad_param(self.client, name, "subscribe",
                                  {"world": "eden", name: {"to": {"seq": 5}, "speed": 2}[name]})


if __name__ == "__main__":
    harness.main()
