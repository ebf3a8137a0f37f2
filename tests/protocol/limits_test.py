"""What is too much is refused, says why, and when it may be tried again."""

import json

import harness
import web

RATE_LIMITED, FULL, OVERLOADED = 429, 403, 503


class Announced(harness.ServerTest):
    options = ("--max-acts-per-bot", "100", "--max-sessions", "300", "--max-in-flight", "50")

    def test_limits_are_said_by_hello(self):
        limits = self.connect().call("hello")["limits"]
        self.assertEqual(limits["acts_per_bot_per_s"], 100)
        self.assertEqual((limits["sessions"], limits["in_flight"]), (300, 50))
        for name in ("line_bytes", "json_depth", "unread_bytes", "subscriptions", "reruns",
                     "name_bytes", "text_bytes", "worlds", "things_per_world",
                     "requests_waiting", "perception_things", "list_bytes", "key_bytes",
                     "keys_per_world", "effects_per_act", "header_bytes", "tokens",
                     "history_questions", "handshake_s", "patience_s", "request_gap_s"):
            self.assertGreater(limits[name], 0, name)
        for name in ("history_bytes_per_day", "acts_per_address_per_s", "sessions_per_address"):
            self.assertEqual(limits[name], 0, name)

    def test_a_wrong_limit_is_refused_at_the_start(self):
        for option, wrong in (("--max-sessions", "0"), ("--max-history-per-day", "-1"),
                              ("--max-acts-per-bot", "nan"), ("--max-acts-per-bot", "-1"),
                              ("--max-acts-per-address", "many")):
            server = harness.Server(option, wrong)
            self.addCleanup(server.close)
            with self.assertRaises(harness.DidNotStart) as caught:
                server.start()
            self.assertEqual(caught.exception.code, 2)
            self.assertIn(option, caught.exception.err)

    def test_more_in_flight_than_may_be_waits_and_is_answered(self):
        client = self.connect()
        client.send(b"".join(b'{"id":%d,"method":"ping"}\n' % i for i in range(1000)))
        for _ in range(1000):
            self.assertEqual(client.next_answer()["result"], {})


class MuchToSee(harness.ServerTest):
    """Perceptions are as large as worlds are full; an answer is not."""

    WELLS, MOST = 4200, 4096

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.server.connect() as client:
            client.call("world.create", name="full", dims=[200, 5, 200], rules={"sight": 1000},
                        capacity={"thing": 12000, "well": 12000})
            cls.bot = client.call("bot.create", world="full")["id"]
            asked = [client.ask("thing.create", world="full", kind="well")
                     for _ in range(cls.WELLS)]
            cls.made = sum("result" in client.answer(one) for one in asked)

    def test_a_perception_has_the_nearest_things_and_counts_the_others(self):
        seen = self.connect().call("see", bot=self.bot)
        self.assertEqual(len(seen["things"]), self.MOST)
        self.assertEqual(seen["more"], self.made - self.MOST)
        near = self.connect().call("see", bot=self.bot, range=10)
        self.assertNotIn("more", near)
        self.assertEqual(near["things"], seen["things"][:len(near["things"])])

    def test_a_list_of_acts_does_all_and_shows_as_much_as_its_answer_holds(self):
        client = self.connect()
        most = client.call("hello")["limits"]["list_bytes"]
        acts = [{"bot": self.bot, "action": "pass", "see": True} for _ in range(200)]
        done = client.call("act", acts=acts)
        self.assertEqual([d["outcome"] for d in done], ["done"] * len(acts))
        shown = [d["see"] for d in done if d["see"] is not None]
        self.assertEqual([d["see"] for d in done], shown + [None] * (len(acts) - len(shown)))
        each = len(json.dumps(shown[0]))
        self.assertLess(each * (len(shown) - 1), most)
        self.assertGreater(each * (len(shown) + 1), most)


class Silence(harness.ServerTest):
    def test_a_quiet_connection_is_asked_for_signs_of_life(self):
        client = self.connect()
        client.call("ping")
        own = client.socket.getsockname()[1]

        def timer_of_the_server_s_end():
            with open("/proc/net/tcp", encoding="ascii") as table:
                rows = [row.split() for row in table.readlines()[1:]]
            return [row[5][:2] for row in rows
                    if int(row[1].split(":")[1], 16) == self.server.port
                    and int(row[2].split(":")[1], 16) == own]
        harness.poll(lambda: timer_of_the_server_s_end() == ["02"], "it is that of keepalive")


class ActsOfABot(harness.ServerTest):
    options = ("--max-acts-per-bot", "2")

    def test_too_many_are_refused_until_the_time_that_is_told(self):
        client, world = self.connect(), self.world()
        bot, other = self.bot(client, world), self.bot(client, world)
        asked = [client.ask("act", bot=bot["id"], action="pass") for _ in range(20)]
        answers = [client.answer(one) for one in asked]
        refused = [one for one in answers if "error" in one]
        self.assertGreater(len(refused), 0)
        self.assertGreaterEqual(len(answers) - len(refused), 2)
        for one in refused:
            error = self.assert_error(one, RATE_LIMITED, id=bot["id"])
            self.assertTrue(0 < error["data"]["retry_after_ms"] <= 1000, error)
        client.call("act", bot=other["id"], action="pass")  # has not acted yet
        self.assertTrue(harness.poll(
            lambda: "result" in client.answer(client.ask("act", bot=bot["id"], action="pass")),
            "it may act again"))

    def test_the_rate_is_of_the_bot_whoever_speaks_for_it(self):
        world = self.world()
        with self.connect() as first:
            bot = self.bot(first, world)["id"]
            for _ in range(6):
                last = first.answer(first.ask("act", bot=bot, action="pass"))
        self.assert_error(last, RATE_LIMITED)
        with self.connect() as second:
            second.call("bot.attach", bot=bot, take=True)
            self.assert_refused(second, RATE_LIMITED, "act", bot=bot, action="pass")

    def test_hosted_minds_are_not_slowed_down(self):
        client = self.connect()
        world = self.world(pace="free")
        self.bot(client, world, mind="random")
        harness.poll(lambda: client.call("world.get", world=world["id"])["seq"] > 100,
                     "it acted a hundred times")
        client.call("world.update", world=world["id"], pause_at=0)


class ActsOfAnAddress(harness.ServerTest):
    options, http = ("--max-acts-per-address", "3"), 0

    def setUp(self):
        self.client, self.of = self.connect(), self.world()
        self.bot_id = self.bot(self.client, self.of)["id"]

    def use_up(self):
        asked = [self.client.ask("act", bot=self.bot_id, action="pass") for _ in range(10)]
        return [self.client.answer(one) for one in asked]

    def test_too_many_are_refused_through_any_door(self):
        self.assert_error(self.use_up()[-1], RATE_LIMITED)
        act = {"bot": self.bot_id, "action": "pass"}
        answer = web.rpc(self.server.http_port, {"id": 1, "method": "act", "params": act})
        self.assert_error(answer, RATE_LIMITED)
        self.use_up()
        path = f"/api/1/worlds/{self.of['id']}/actions/pass?actorid={self.bot_id}"
        self.assertEqual(web.fetch(self.server.http_port, path).status, RATE_LIMITED)

    def test_each_act_of_a_list_counts(self):
        acts = [{"bot": self.bot_id, "action": "pass"}] * 4
        answers = []
        for _ in range(3):
            answers.append(self.client.answer(self.client.ask("act", acts=acts)))
        error = self.assert_error(answers[-1], RATE_LIMITED)
        self.assertGreater(error["data"]["retry_after_ms"], 0)

    def test_what_is_no_act_is_not_counted(self):
        self.use_up()
        for _ in range(20):
            self.client.call("see", bot=self.bot_id)


class SessionsOfAnAddress(harness.ServerTest):
    options, http = ("--max-sessions-per-address", "3"), 0

    def test_more_are_refused_with_the_reason_until_one_ends(self):
        taken = [self.connect() for _ in range(3)]
        for one in taken:
            one.call("ping")
        with harness.Client(self.server.port) as refused:
            error = self.assert_error(refused.next_answer(), OVERLOADED, "overloaded")
            self.assertIn("from this address", error["message"])
            self.assertTrue(refused.has_ended())
        answer = web.fetch(self.server.http_port, "/healthz")
        self.assertEqual(answer.status, OVERLOADED)
        self.assertIn("from this address", json.loads(answer.body)["error"]["message"])
        taken.pop().close()

        def is_let_in():
            return web.fetch(self.server.http_port, "/healthz").status == 200
        harness.poll(is_let_in, "there is room again")
        for one in taken:
            one.close()
        harness.poll(is_let_in, "all is counted off")


class WorldsAndThings(harness.ServerTest):
    options = ("--max-worlds", "2", "--max-things", "50", "--max-subscriptions", "2")

    def test_worlds_things_and_subscriptions_are_bounded(self):
        client, first, second = self.connect(), self.world(), self.world()
        error = self.assert_refused(client, FULL, "world.create", name="third")
        self.assertEqual(error["data"]["limit"], 2)
        client.call("world.list")
        fork = client.answer(client.ask("world.fork", world=first["id"], name="fork"))
        self.assert_error(fork, FULL, "over_capacity")
        self.assert_bad_param(client, "capacity.thing", "world.update", world=first["id"],
                              capacity={"thing": 51})
        client.call("world.update", world=first["id"], capacity={"thing": 50})
        subs = [client.call("subscribe", world=first["id"])["sub"] for _ in range(2)]
        for world in (first, second):
            self.assert_refused(client, FULL, "subscribe", world=world["id"])
        self.connect().call("subscribe", world=first["id"])  # each connection has its own
        client.call("unsubscribe", sub=subs[0])
        client.call("subscribe", world=second["id"])
        client.call("world.delete", world=first["id"])  # and the subscription with it
        client.call("subscribe", world=second["id"])
        self.assert_refused(client, FULL, "subscribe", world=second["id"])
        client.call("world.create", name="third")


class DeletedWorlds(harness.ServerTest):
    """What used them is not kept, however long others who used them stay."""

    options = ("--durability", "memory")

    def sessions(self, client):
        return client.call("server.status")["sessions"]

    def test_who_asked_about_a_deleted_world_is_let_go(self):
        staying, world = self.connect(), self.world()
        staying.call("world.get", world=world["id"])
        others = [self.connect() for _ in range(20)]
        for client in others:
            client.call("world.get", world=world["id"])
        staying.call("world.delete", world=world["id"])
        for number, client in enumerate(others):
            if number % 2:  # the others leave without noticing
                self.assert_refused(client, 404, "thing.get", id=world["id"][:-1] + "1")
            client.close()
        harness.poll(lambda: self.sessions(staying) == 1, "only the one that stays is counted")

    def test_a_connection_that_makes_and_deletes_worlds_takes_no_more_memory(self):
        client = self.connect()
        before = 0
        for number in range(3000):
            world = client.call("world.create", name="brief")["id"]
            client.call("bot.create", world=world)
            client.call("world.delete", world=world)
            if number == 1000:
                before = self.server.memory()
        self.assertLess(self.server.memory() - before, 6 << 20)


class HistoryOfADay(harness.ServerTest):
    options = ("--max-history-per-day", "400000")  # about five bytes a second

    def test_a_world_that_recorded_so_much_is_slowed_down_and_others_are_not(self):
        client, world = self.connect(), self.world()
        bot = self.bot(client, world)["id"]

        def act():
            return client.answer(client.ask("act", bot=bot, action="walk", args={"angle": 0.1}))
        many = [{"bot": bot, "action": "walk", "args": {"angle": 0.1}}] * 100
        for _ in range(100):  # then one by one, so that little more than that is recorded
            self.assertFalse([one for one in client.call("act", acts=many) if "error" in one])
        refused = next(one for one in (act() for _ in range(40000)) if "error" in one)
        error = self.assert_error(refused, RATE_LIMITED)
        self.assertGreater(error["data"]["retry_after_ms"], 0)
        client.call("see", bot=bot)  # reading goes on
        other = self.world()
        self.bot(client, other)
        harness.poll(lambda: "result" in act(), "some of it came in again")

    def test_hosted_minds_rest_as_well(self):
        client, world = self.connect(), self.world(pace="free")
        self.bot(client, world, mind="random")
        bot = self.bot(client, world)["id"]

        def is_refused():
            return "error" in client.answer(client.ask("act", bot=bot, action="pass"))
        harness.poll(is_refused, "the minds used up what there is")
        seq = client.call("world.get", world=world["id"])["seq"]
        for _ in range(100):
            client.call("see", bot=bot)
        self.assertLess(client.call("world.get", world=world["id"])["seq"], seq + 1000)


if __name__ == "__main__":
    harness.main()
