#!/usr/bin/env python3
"""The v1 API over WebSocket and HTTP: a recorded conversation with the first server comes out in
the same shape, and its bots live in the worlds of this one."""

import json
import unittest
from pathlib import Path

import harness
from v1_bot import Bot, OverHttp, OverWebSocket, gap, query

TRANSCRIPT = Path(__file__).with_name("v1_transcript.jsonl")
BOTS = 10
VARYING = {"created", "pos", "name"}  # of things; the type is compared, the value not
NOBODY = "f" * 24
REACH = 1.0  # metres, of a drink


def transcript():
    return [json.loads(line) for line in TRANSCRIPT.read_text().splitlines()]


class Comparison:
    """A recorded answer and one of today: the same members in the same order, the same types and
    values, but for ids, times and places. Which id is whose is learned on the way."""

    def __init__(self):
        self.ids = {}

    def translated(self, text):
        for recorded, present in self.ids.items():
            text = text.replace(recorded, present)
        return text

    def learn(self, recorded, present):
        for old, new in zip(recorded, present):
            self.ids.setdefault(old["id"], new["id"])

    def check(self, recorded, present):
        if "data" in recorded and "data" in present:
            self.learn(recorded["data"]["items"], present["data"]["items"])
        assert list(recorded) == list(present), (list(recorded), list(present))
        assert len(present["id"]) == 32 and int(present["id"], 16) >= 0, present["id"]
        for member in set(recorded) - {"id", "env"}:
            self.compare(recorded[member], present[member], member)
        if "env" in recorded:
            assert list(recorded["env"]) == list(present["env"])
            assert all(isinstance(value, str) for value in present["env"].values())

    def compare(self, recorded, present, where, varies=False):
        assert type(recorded) is type(present), f"{where}: {recorded!r}, now {present!r}"
        if isinstance(recorded, dict):
            old, new = [self.translated(key) for key in recorded], list(present)
            assert old == new, f"{where}: {old}, now {new}"
            for key in recorded:
                self.compare(recorded[key], present[key], f"{where}.{key}", key in VARYING)
        elif isinstance(recorded, list):
            assert len(recorded) == len(present), f"{where}: {len(recorded)}, now {len(present)}"
            for index, (old, new) in enumerate(zip(recorded, present)):
                self.compare(old, new, f"{where}[{index}]", varies)
        elif isinstance(recorded, str) and not varies:
            assert self.translated(recorded) == present, f"{where}: {recorded!r}, now {present!r}"
        else:
            assert varies or recorded == present, f"{where}: {recorded!r}, now {present!r}"


def after_drink(recorded, present):
    """The recorded bot stood too far from the well; by chance one of today stands near enough."""
    bot, well = (present["data"]["items"][index] for index in (1, -1))
    assert (bot["module"], well["module"]) == ("bot", "well")
    if gap(bot, well) <= REACH:
        recorded["data"]["items"][1]["drink_"] = 1.0 - 1 / 150_000


class Replay(harness.ServerTest):
    http = 0

    def replay(self, ask):
        """The transcript holds three of the ten creations; the others are made like them."""
        comparison, bots = Comparison(), 0
        for line in transcript():
            if "eleventh" in line["note"]:
                for _ in range(bots, BOTS):
                    ask(comparison.translated(creation).replace("female=0", "female=1"))
            recorded, request = line["response"], comparison.translated(line["request"])
            with self.subTest(line["note"], request=request):
                answer = ask(request)
                if line["note"].startswith("drink"):
                    after_drink(recorded, answer)
                comparison.check(recorded, answer)
                expected = recorded["error"]["code"] if "error" in recorded else 200
                self.assertIn(answer.status, (expected, None))
            if line["note"] == "create a bot":
                bots, creation = bots + 1, line["request"]

    def test_the_transcript_comes_out_in_shape_over_a_websocket(self):
        client = OverWebSocket(self.server)
        self.addCleanup(client.close)
        self.replay(client.ask)

    def test_the_transcript_comes_out_in_shape_over_http(self):
        client = OverHttp(self.server)
        self.addCleanup(client.close)
        self.replay(client.ask)

    def test_methods_of_http_mean_what_the_parameter_means(self):
        def ask(request):
            for method in ("POST", "DELETE", "HEAD"):
                before, override, after = request.partition(f"@method={method}")
                if override and method != "HEAD":  # which has no body to compare
                    answer = client.ask(before + after, method)
                    answer["params"]["@method"] = [method]
                    if "@context" in answer["params"]:  # as it was recorded: behind the method
                        answer["params"]["@context"] = answer["params"].pop("@context")
                    return answer
            return client.ask(request)

        client = OverHttp(self.server)
        self.addCleanup(client.close)
        self.replay(ask)


class V1Test(harness.ServerTest):
    http = 0

    def client(self, kind=OverWebSocket):
        client = kind(self.server)
        self.addCleanup(client.close)
        return client

    def new_world(self):
        return self.client().ask("world?@method=POST").items[0]["id"]


class Life(V1Test):
    def bots(self, world, count=BOTS, **settings):
        chance = harness.chance()
        return [Bot(self.client(), world, chance, female=index % 2, **settings)
                for index in range(count)]

    def live(self, bots, rounds):
        for _ in range(rounds):
            for bot in bots:
                bot.send_next()
            for bot in bots:
                bot.receive()

    def check_world(self, world):
        first, *things = self.client().ask(f"things?rootid={world}").items
        self.assertEqual(first["id"], world)
        for index, thing in enumerate(things):
            for other in things[:index]:
                near = [abs(thing["pos"][axis] - other["pos"][axis]) + 1e-5
                        >= (thing["dims"][axis] + other["dims"][axis]) / 2 for axis in (0, 2)]
                self.assertTrue(any(near), f"{thing} stands in {other}")
        return first, things

    def test_ten_bots_of_the_old_clients_live_two_thousand_actions(self):
        world = self.new_world()
        client = self.client()
        for _ in range(2):
            client.ask(query("well", module="well", parentid=world, **{"@method": "POST"}))
        bots = self.bots(world)
        self.live(bots, 200)
        first, things = self.check_world(world)
        self.assertEqual(len(things), BOTS + 2)
        self.assertEqual(first["cycle"], 200)  # as many actions as bots make a cycle
        counts = [thing["action_count"] for thing in things if thing["module"] == "bot"]
        self.assertEqual(counts, [200] * BOTS)
        self.assertGreater(sum(bot.moved for bot in bots), 0)

    def test_their_loop_goes_on_when_bots_die(self):
        world = self.new_world()
        bots = self.bots(world, 3, drink_=0.00001)  # for one action
        self.live(bots, 20)
        self.assertEqual([bot.deaths for bot in bots], [1] * 3)
        _, things = self.check_world(world)
        self.assertEqual([bot["generation"] for bot in things], [1] * 3)
        self.assertEqual(self.client().ask(f"things/{bots[0].id}").code, 404)

    def test_one_connection_moves_all_bots_one_after_the_other(self):
        world = self.new_world()
        client = self.client(OverHttp)
        made = [client.ask(f"bot?parentid={world}", "POST").items[0]["id"] for _ in range(BOTS)]
        for bot in made * 3:
            seen = client.ask(f"things/{world}/actions/walk?actorid={bot}&angle=0.7")
            self.assertEqual(seen.items[1]["id"], bot)
        self.assertEqual([bot["action_count"] for bot in client.ask("bots").items
                          if bot["rootid"] == world], [3] * BOTS)


class Neighbours(V1Test):
    def test_a_bot_of_a_session_or_a_mind_is_not_moved(self):
        world = self.world()
        session, client = self.connect(), self.client(OverHttp)
        for settings in ({}, {"mind": "random"}):
            bot = self.bot(session, world, **settings)["id"]
            refused = client.ask(f"things/{bot}/actions/pass?actorid={bot}")
            self.assertEqual((refused.status, refused.code), (409, 409))
            self.assertIn("speaks for", refused["error"]["message"])

    def test_both_protocols_see_the_same_bots(self):
        world = self.new_world()
        made = self.client().ask(query("bot", parentid=world, name="Eva", **{"@method": "POST"}))
        bot = made.items[0]["id"]
        with self.server.connect() as session:
            seen = session.call("thing.get", id=bot)
            self.assertEqual((seen["name"], seen["kind"]), ("Eva", "bot"))
            session.call("bot.attach", bot=bot)
            self.assertEqual(
                self.client().ask(f"things/{bot}/actions/pass?actorid={bot}").code, 409)
        harness.poll(lambda: self.client(OverHttp).ask(
            f"things/{bot}/actions/pass?actorid={bot}").code == 200, "its session was forgotten")

    def test_a_far_thing_is_not_seen(self):
        world = self.world(dims=[120, 10, 120])
        client = self.client(OverHttp)

        def make(kind, x):
            return client.ask(f"{kind}?parentid={world['id']}&pos={x},0,10", "POST").items[0]

        bot, near, far = make("bot", 10), make("well", 60), make("well", 62)
        seen = client.ask(f"things/{bot['id']}/actions/pass?actorid={bot['id']}").items
        self.assertEqual([thing["id"] for thing in seen], [world["id"], bot["id"], near["id"]])
        self.assertGreater(gap(bot, far), 50)


class Refusals(V1Test):
    def test_what_is_wrong_is_answered_and_the_connection_goes_on(self):
        world = self.new_world()
        for client in (self.client(), self.client(OverHttp)):
            bot = client.ask(f"bot?parentid={world}&@method=POST").items[0]["id"]
            for request, code in (
                    (f"things/{NOBODY}", 404), ("things/nonsense", 404), ("bots/" + world, 404),
                    (f"things/{world}/actions/fly?actorid={bot}", 404),
                    (f"things/{world}/actions/walk?actorid={NOBODY}", 404),
                    (f"things/{world}/actions/walk", 400),
                    (f"things/{world}/actions/walk?actorid={bot}&angle=east", 400),
                    ("things?@method=PATCH", 405), (f"things/{bot}?@method=POST", 405),
                    ("things?x=%zz", 400), ("things?x=%ff", 400), ("%", 400),
                    ("things?color=red&@method=DELETE", 400), ("dragon?@method=POST", 400),
                    (query("bot", parentid=world, name="x" * 65, **{"@method": "POST"}), 400),
                    ("a/b/c/d/e/f", 404), ("?" + "a&" * 65, 400), ("a/" * 9, 400)):
                with self.subTest(type(client).__name__, request=request):
                    answer = client.ask(request)
                    self.assertEqual(answer.code, code, answer)
                    self.assertIn(answer.status, (code, None))
                    self.assertEqual(list(answer)[-1], "error")
            self.assertEqual(client.ask("dragons").items, [])
            self.assertEqual(client.ask(f"things/{bot}").items[0]["action_count"], 0)

    def test_random_bytes_are_answered_in_an_envelope(self):
        chance, client = harness.chance(), self.client()
        words = ["things", "bots", "worlds", "/", "?", "&", "=", "%", "%41", "@method", "id", "é",
                 "actions", "pass", "actorid", NOBODY, "GET", "POST", "HEAD", "\0", "+", "module"]
        for _ in range(500):
            request = "".join(chance.choices(words, k=chance.randrange(12)))
            answer = client.ask(request)
            members = ["version", "context", "id", "method", "params"]
            self.assertEqual(list(answer)[:5], members, request)


class Stop(unittest.TestCase):
    def test_the_old_command_stops_the_server_cleanly(self):
        with harness.Server(http=0) as server:
            client = OverHttp(server)
            client.ask("world?@method=POST")
            self.assertEqual(client.ask("stop").code, 200)
            client.close()
            self.assertEqual(server.wait(), 0)


if __name__ == "__main__":
    harness.main()
