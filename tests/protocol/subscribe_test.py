#!/usr/bin/env python3
"""Subscriptions: a snapshot and the deltas after it always add up to what is there.

A model is kept as a client would keep it, strictly: a delta that adds what is known, or changes or
deletes what is not, is a failure, as is a sequence that does not grow.
"""

import time

import harness

MEMORY_MAX = 64 << 20  # bytes more than before
DEATHS_MAX = 21_000  # more than a subscription keeps for a client that does not read


class Model:
    """What a subscriber knows, from its events alone."""

    def __init__(self, sub):
        self.sub, self.things, self.died = sub, None, []
        self.seq = self.tick = -1
        self.deltas = self.snapshots = self.lags = 0

    def apply(self, method, params):
        if params.get("sub") != self.sub:
            return
        if method == "lagged":
            assert params == {"sub": self.sub, "resync": True}, params
            self.things, self.lags = None, self.lags + 1
        elif method == "snapshot":
            assert self.things is None, "a snapshot without need"
            assert set(params) == {"sub", "seq", "tick", "things"}, set(params)
            self.things = {t["id"]: t for t in params["things"]}
            self.snapshots += 1
        elif method == "delta":
            self.apply_delta(params)
        if method != "lagged":
            assert params["seq"] >= self.seq and params["tick"] >= self.tick, "time goes on"
            self.seq, self.tick = params["seq"], params["tick"]

    def apply_delta(self, delta):
        assert set(delta) == {"sub", "seq", "tick", "add", "upd", "del", "died"}, set(delta)
        assert delta["seq"] > self.seq, "a delta of what was known"
        assert any(delta[key] for key in ("add", "upd", "del", "died")), "a delta of nothing"
        for one in delta["del"]:
            del self.things[one]
        for thing in delta["add"]:
            assert thing["id"] not in self.things, f"{thing['id']} was there"
            self.things[thing["id"]] = thing
        for change in delta["upd"]:
            thing = self.things[change["id"]]
            assert set(change) <= {"id", "pos", "props"} and len(change) > 1, change
            thing["pos"] = change.get("pos", thing["pos"])
            assert set(change.get("props", {})) <= set(thing["props"])
            thing["props"].update(change.get("props", {}))
        self.died += delta["died"]
        self.deltas += 1

    def listed(self):
        return [self.things[one] for one in sorted(self.things)]


class Watcher:
    """A connection and the models of its subscriptions."""

    def __init__(self, client):
        self.client, self.models = client, []

    def subscribe(self, params=None, /, model=None, **more):
        answer = self.client.call("subscribe", params, **more)
        model = model or Model(answer["sub"])
        model.sub = answer["sub"]
        self.models.append(model)
        return model, answer

    def read_until(self, seq, patience=harness.PATIENCE):
        """Reads events until all models know this sequence."""
        end = time.monotonic() + patience
        while any(m.things is None or m.seq < seq for m in self.models):
            while not self.client.events:
                if not self.client.read(max(0.0, end - time.monotonic())):
                    raise ConnectionError("the connection ended")
            message = self.client.events.popleft()
            for model in self.models:
                model.apply(message["method"], message["params"])


class Subscriptions(harness.ServerTest):
    def setUp(self):
        self.client = self.connect()
        self.watcher = Watcher(self.connect())

    def listed(self, world):
        return self.client.call("thing.list", world=world["id"])["items"]

    def play(self, world, bots, wells, chance, count):
        """Random acts and other changes. Returns the sequence of the last act."""
        for _ in range(count):
            what, bot = chance.random(), chance.choice(bots)
            if what < 0.75:
                self.client.ask("act", bot=bot, action="walk", args={"angle": chance.random()})
            elif what < 0.80 and wells:
                self.client.ask("act", bot=bot, action="drink", target=chance.choice(wells))
            elif what < 0.85:
                self.client.ask("thing.create", world=world["id"], kind="well", name="w",
                                pos=[chance.uniform(0, 30), 0, chance.uniform(0, 30)])
            elif what < 0.90 and wells:
                self.client.ask("thing.delete", id=wells.pop(chance.randrange(len(wells))))
            else:
                self.client.ask("thing.update", id=bot, props={"drink": chance.random()},
                                pos=[chance.uniform(0, 30), 0, chance.uniform(0, 30)])
            if len(self.client.answers) + len(self.client.lines) < 50:
                self.note_answers(bots, wells)
        last = self.client.call("act", bot=self.living(world), action="pass")
        self.note_answers(bots, wells)
        return last["seq"]

    def note_answers(self, bots, wells):
        """Who was born and what was made."""
        self.client.call("ping")
        for answer in self.client.answers:
            if answer.get("result", {}).get("kind") == "well":
                wells.append(answer["result"]["id"])
        self.client.answers.clear()
        for event in self.client.events:
            if event["method"] == "died":
                bots[bots.index(event["params"]["bot"])] = event["params"]["heir"]
        self.client.events.clear()

    def living(self, world):
        return self.client.call("thing.list", world=world["id"], kind="bot")["items"][0]["id"]

    def populate(self, count=10, **settings):
        """A world with bots and one well."""
        settings.setdefault("dims", [30, 10, 30])
        world = self.world(**settings)
        bots = [self.bot(self.client, world)["id"] for _ in range(count)]
        well = self.client.call("thing.create", world=world["id"], kind="well")["id"]
        return world, bots, [well]


class Worlds(Subscriptions):
    def test_the_answer_comes_first_then_a_snapshot_of_all_there_is(self):
        world, _, _ = self.populate(3)
        model, answer = self.watcher.subscribe(world=world["name"])
        seq = self.client.call("world.get", world=world["id"])["seq"]
        self.assertEqual((answer["seq"], answer["tick"]), (seq, 0))
        self.watcher.read_until(seq)
        self.assertEqual((model.seq, model.snapshots, model.deltas), (seq, 1, 0))
        self.assertEqual(model.listed(), self.listed(world))

    def test_a_snapshot_and_its_deltas_add_up_to_what_is_there(self):
        chance = harness.chance()
        world, bots, wells = self.populate()
        for max_hz in (1000, 100, 30):
            self.watcher.subscribe(world=world["id"], max_hz=max_hz)
        for _ in range(6):
            self.watcher.read_until(self.play(world, bots, wells, chance, 150))
            for model in self.watcher.models:
                self.assertEqual(model.listed(), self.listed(world))
        fast, _, slow = self.watcher.models
        self.assertGreater(fast.deltas, slow.deltas)
        self.assertEqual([m.snapshots for m in self.watcher.models], [1, 1, 1])

    def test_births_and_deaths_add_up_too(self):
        chance = harness.chance()
        world, bots, wells = self.populate(rules={"lifespan": 7, "day": 5})
        model, _ = self.watcher.subscribe(world=world["id"], max_hz=1000)
        for _ in range(4):
            self.watcher.read_until(self.play(world, bots, wells, chance, 100))
            self.assertEqual(model.listed(), self.listed(world))
        deaths = self.client.call("world.get", world=world["id"])["deaths"]
        self.assertEqual(len(model.died), sum(deaths.values()))
        for cause, count in deaths.items():
            self.assertEqual(sum(d["cause"] == cause for d in model.died), count)
        heirs = {d["heir"] for d in model.died}
        self.assertEqual(len(heirs), len(model.died))
        self.assertLessEqual({t["id"] for t in model.listed() if t["kind"] == "bot"} - set(bots),
                             heirs)

    def test_a_death_is_told_with_its_cause_and_heir(self):
        world, bots, _ = self.populate(1, rules={"lifespan": 1})
        model, _ = self.watcher.subscribe(world=world["id"])
        seq = self.client.call("act", bot=bots[0], action="pass")["seq"]
        self.watcher.read_until(seq)
        death, = model.died
        self.assertEqual(set(death), {"id", "cause", "heir"})
        self.assertEqual((death["id"], death["cause"]), (bots[0], "age"))
        self.assertIn(death["heir"], model.things)
        self.assertNotIn(bots[0], model.things)

    def test_a_death_without_an_heir_is_told_without_one(self):
        world, bots, _ = self.populate(1, rules={"lifespan": 1, "population": "none"})
        model, _ = self.watcher.subscribe(world=world["id"])
        self.watcher.read_until(self.client.call("act", bot=bots[0], action="pass")["seq"])
        self.assertEqual(model.died, [{"id": bots[0], "cause": "age"}])

    def test_no_more_deltas_come_than_were_asked_for(self):
        world, bots, _ = self.populate(1)
        slow, _ = self.watcher.subscribe(world=world["id"], max_hz=5)
        began = time.monotonic()
        while time.monotonic() < began + 1:
            seq = self.client.call("act", bot=bots[0], action="pass")["seq"]
        self.watcher.read_until(seq)
        self.assertLessEqual(slow.deltas, 5 * (time.monotonic() - began) + 1)
        self.assertGreaterEqual(slow.deltas, 3)

    def test_subscriptions_of_one_connection_are_told_apart(self):
        one, bots, _ = self.populate(2)
        other, others, _ = self.populate(2)
        models = [self.watcher.subscribe(world=w["id"], max_hz=500)[0] for w in (one, other, one)]
        self.assertEqual(len({m.sub for m in models}), 3)
        for _ in range(50):
            seq = self.client.call("act", bot=bots[0], action="walk", args={"angle": 0.3})["seq"]
            self.client.call("act", bot=others[0], action="walk", args={"angle": 0.6})
        self.watcher.read_until(seq)
        self.assertEqual([m.listed() for m in models],
                         [self.listed(one), self.listed(other), self.listed(one)])

    def test_after_unsubscribing_nothing_more_comes(self):
        world, bots, _ = self.populate(2)
        stays, _ = self.watcher.subscribe(world=world["id"], max_hz=1000)
        goes, _ = self.watcher.subscribe(world=world["id"], max_hz=1000)
        self.client.call("act", bot=bots[0], action="pass")
        self.assertEqual(self.watcher.client.call("unsubscribe", sub=goes.sub), {})
        self.watcher.client.events.clear()
        stays.things = {t["id"]: t for t in self.listed(world)}
        self.watcher.models = [stays]
        self.watcher.read_until(self.client.call("act", bot=bots[0], action="pass")["seq"])
        self.assertNotIn(goes.sub, [e["params"]["sub"] for e in self.watcher.client.events])
        self.assertEqual(self.watcher.client.call("unsubscribe", sub=stays.sub), {})
        self.watcher.client.events.clear()
        for _ in range(20):
            self.client.call("act", bot=bots[0], action="pass")
        self.watcher.client.call("world.get", world=world["id"])
        self.assertEqual(len(self.watcher.client.events), 0)

    def test_a_subscription_ends_with_its_connection(self):
        world, bots, _ = self.populate(2)
        for index in range(300):  # more than one connection may have
            with self.server.connect() as client:
                client.call("subscribe", world=world["id"])
                client.reset() if index % 2 else None
        self.client.call("act", bot=bots[0], action="pass")
        self.assert_alive()

    def test_one_connection_may_not_have_endless_subscriptions(self):
        world, _, _ = self.populate(1)
        most = self.watcher.client.call("hello")["limits"]["subscriptions"]
        asked = [self.watcher.client.ask("subscribe", world=world["id"]) for _ in range(most + 7)]
        refused = [a for a in map(self.watcher.client.answer, asked) if "error" in a]
        self.assertEqual(len(refused), 7)
        for answer in refused:
            self.assert_error(answer, 403, "over_capacity")


class Since(Subscriptions):
    def test_a_second_connection_resumes_without_a_gap(self):
        chance = harness.chance()
        world, bots, wells = self.populate(rules={"lifespan": 30})
        model, _ = self.watcher.subscribe(world=world["id"], max_hz=1000)
        for _ in range(8):
            self.watcher.read_until(self.play(world, bots, wells, chance, 40))
            self.watcher.client.reset() if chance.random() < 0.5 else self.watcher.client.close()
            self.play(world, bots, wells, chance, chance.choice([0, 1, 40]))
            self.watcher = Watcher(self.connect())
            _, answer = self.watcher.subscribe(model=model, world=world["id"], since=model.seq,
                                               max_hz=1000)
            self.assertIs(answer["resync"], False)
            self.watcher.read_until(self.play(world, bots, wells, chance, 5))
            self.assertEqual(model.listed(), self.listed(world))
        self.assertEqual((model.snapshots, model.lags), (1, 0))
        deaths = self.client.call("world.get", world=world["id"])["deaths"]
        self.assertEqual(len(model.died), sum(deaths.values()))

    def test_since_the_very_first_record_adds_up_to_what_is_there(self):
        world, bots, wells = self.populate()
        seq = self.play(world, bots, wells, harness.chance(), 100)
        model = Model(0)
        model.things, model.seq, model.tick = {}, 1, 0  # the empty world
        self.watcher.subscribe(model=model, world=world["id"], since=1)
        self.watcher.read_until(seq)
        self.assertEqual(model.listed(), self.listed(world))

    def test_since_now_tells_nothing_until_something_happens(self):
        world, bots, _ = self.populate(1)
        seq = self.client.call("world.get", world=world["id"])["seq"]
        model = Model(0)
        model.things, model.seq, model.tick = {t["id"]: t for t in self.listed(world)}, seq, 0
        _, answer = self.watcher.subscribe(model=model, world=world["id"], since=seq)
        self.assertIs(answer["resync"], False)
        self.watcher.client.call("world.get", world=world["id"])
        self.assertEqual(len(self.watcher.client.events), 0)
        self.watcher.read_until(self.client.call("act", bot=bots[0], action="pass")["seq"])
        self.assertEqual(model.listed(), self.listed(world))

    def test_since_what_has_not_happened_resyncs_saying_so(self):
        world, _, _ = self.populate(1)
        seq = self.client.call("world.get", world=world["id"])["seq"]
        for since in (seq + 1, 10**9, 2**53 - 1):
            model, answer = self.watcher.subscribe(world=world["id"], since=since)
            self.assertIs(answer["resync"], True)
        self.watcher.read_until(seq)
        self.assertEqual(model.listed(), self.listed(world))


class Eyes(Subscriptions):
    """Subscriptions to what one bot sees."""

    def seen(self, bot, **more):
        see = self.client.call("see", bot=bot, **more)
        return {t["id"]: (t["pos"], t["props"]) for t in (see["self"], *see["things"])}

    def test_what_comes_into_sight_is_added_and_what_leaves_is_deleted(self):
        chance = harness.chance()
        world, bots, wells = self.populate(dims=[60, 10, 60])
        for reach in (5, 20, 50):
            self.watcher.subscribe(bot=bots[0], range=reach, max_hz=1000)
        for _ in range(6):
            self.play(world, bots, wells, chance, 80)
            seq = self.client.call("act", bot=bots[0], action="pass")["seq"]
            self.watcher.read_until(seq)
            for model, reach in zip(self.watcher.models, (5, 20, 50)):
                known = {t["id"]: (t["pos"], t["props"]) for t in model.listed()}
                self.assertEqual(known, self.seen(bots[0], range=reach))

    def test_the_death_of_the_bot_itself_is_told(self):
        _, bots, _ = self.populate(1, rules={"lifespan": 1})
        model, _ = self.watcher.subscribe(bot=bots[0])
        self.watcher.read_until(self.client.call("act", bot=bots[0], action="pass")["seq"])
        death, = model.died
        self.assertEqual((death["id"], death["cause"]), (bots[0], "age"))
        self.assertNotIn(bots[0], model.things)

    def test_since_resyncs_saying_so_or_resumes(self):
        _, bots, _ = self.populate(2)
        model, _ = self.watcher.subscribe(bot=bots[0])
        self.watcher.read_until(self.client.call("act", bot=bots[0], action="pass")["seq"])
        again = Watcher(self.connect())
        _, answer = again.subscribe(bot=bots[0], since=model.seq)
        if answer["resync"]:
            self.assertEqual(again.client.event()["sub"], answer["sub"])
        self.assertIn("resync", answer)


class SlowReaders(Subscriptions):
    SUBSCRIPTIONS = 30

    def deaf(self, world):
        """A watcher with many subscriptions and little room, which does not read from now on."""
        watcher = Watcher(self.connect(receive_buffer=4096))
        for _ in range(self.SUBSCRIPTIONS):
            watcher.subscribe(world=world["id"], max_hz=1000)
        return watcher

    def walk(self, bots, count):
        """Single acts, so that each may be a delta. Returns the last sequence."""
        for index in range(count):
            acted = self.client.call("act", bot=bots[index % len(bots)], action="walk",
                                     args={"angle": index / count})
        return acted["seq"]

    def assert_fresh(self, world, bots):
        """A reader that reads hears of each act at once."""
        quick = Watcher(self.connect())
        quick.subscribe(world=world["id"], max_hz=1000)
        began = time.monotonic()
        for _ in range(100):
            quick.read_until(self.walk(bots, 1))
        self.assertLess(time.monotonic() - began, 5)

    def assert_memory(self, before):
        """What clients do not read does not pile up in the server."""
        if not self.server.is_sanitized():
            self.assertLess(self.server.memory() - before, MEMORY_MAX)

    def assert_agrees(self, watcher, world):
        for model in watcher.models:
            self.assertEqual(model.listed(), self.listed(world))

    def test_deltas_for_who_does_not_read_are_merged_and_others_are_not_slowed(self):
        world, bots, _ = self.populate()
        deaf = self.deaf(world)
        before = self.server.memory()
        self.walk(bots, 2500)
        self.assert_fresh(world, bots)
        seq = self.walk(bots, 1500)
        self.assert_memory(before)
        deaf.read_until(seq)
        self.assert_agrees(deaf, world)
        self.assertLess(deaf.models[0].deltas, 2000)
        self.assertEqual({m.snapshots for m in deaf.models}, {1})

    def test_who_lags_too_far_is_told_and_gets_a_new_snapshot(self):
        world, bots, _ = self.populate()
        deaf = self.deaf(world)
        self.walk(bots, 3000)
        before = self.server.memory()
        self.client.call("world.update", world=world["id"], rules={"lifespan": 1})
        first = int(bots[0], 16)  # each act kills, and the heir has the next free id
        ids = [f"{one:024x}" for one in [*range(first, first + 10),
                                         *range(first + 11, first + DEATHS_MAX)]]
        for begin in range(0, len(ids), 500):
            acts = [{"bot": one, "action": "pass"} for one in ids[begin:begin + 500]]
            results = self.client.call("act", acts=acts)
            self.assertEqual([r.get("outcome") for r in results], ["done"] * len(acts))
            self.client.events.clear()
        self.assert_memory(before)
        deaf.read_until(results[-1]["seq"])
        self.assert_agrees(deaf, world)
        self.assertGreaterEqual(max(m.lags for m in deaf.models), 1)
        for model in deaf.models:
            self.assertEqual(model.snapshots, model.lags + 1)

    def test_who_never_reads_is_disconnected_and_costs_no_memory(self):
        world, bots, _ = self.populate()
        harness.poll(lambda: self.client.call("server.status")["sessions"] == 2,
                     "nobody is connected but the client and an idle watcher")
        memory = self.server.memory()
        deaf = self.deaf(world)
        mute = self.connect(receive_buffer=4096)  # asks on and on, and never reads an answer
        mute.socket.setblocking(False)
        asked = 0
        request = b'{"id":1,"method":"describe"}\n' * 100
        for _ in range(60):
            try:
                asked += mute.socket.send(request)
            except BlockingIOError:
                pass
            self.walk(bots, 100)
        self.assertEqual(self.client.call("server.status")["sessions"], 4)
        harness.poll(lambda: self.client.call("server.status")["sessions"] == 2,
                     "those who never read are disconnected")
        self.assert_memory(memory)
        for client in (deaf.client, mute):
            client.socket.settimeout(harness.PATIENCE)
            try:
                while client.socket.recv(1 << 20):
                    pass
            except ConnectionResetError:
                pass
        self.assert_fresh(world, bots)


if __name__ == "__main__":
    harness.main()
