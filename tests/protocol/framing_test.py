#!/usr/bin/env python3
"""Lines: how requests are cut out of the bytes that arrive, and what is no request."""

import json
import os
import signal
import socket

import harness
from harness import INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR, UNKNOWN_METHOD

LINE_MAX = 64 * 1024
DEPTH_MAX = 16

NOT_JSON = [
    b"{", b"}", b"]", b'"', b"nonsense", b"\xef\xbb\xbf", b"\\", b"{{}}", b"'", b"//",
    b'{"id":1,"method":"ping"', b'{"id":1,"method":"ping"}}', b'{"id":1 "method":"ping"}',
    b'{"id":1,"method":"ping",}', b"{'id':1,'method':'ping'}", b'{id:1,"method":"ping"}',
    b'{"id":1,"method":"ping"} {"id":2,"method":"ping"}', b'{"id":1,"method":"ping"}x',
    b'{"id":1,"method":"ping"}//', b'{"id":1,"method":"ping"}/**/', b'{"id":1,"method":ping}',
    b'{"id":tru,"method":"ping"}', b'{"id":1,"method":"pi\xff"}', b'{"id":"\xc0\xaf"}',
    b'{"id":"\xed\xa0\x80","method":"ping"}', b'{"id":"\xf8\x88\x80\x80\x80"}', b'{"id":"\x80"}',
    b'{"id":1,"method":"pi\x00ng"}', b'\x00{"id":1,"method":"ping"}',
    b'{"id":1,"method":"ping"}\x00',
    b'{"id":"\x01","method":"ping"}', b'{"id":"a\tb","method":"ping"}',
    b'{"id":"\\u12","method":"x"}',
    b'{"id":"\\x41","method":"ping"}', b'{"id":"\\","method":"ping"}', b"\x16\x03\x01\x02\x00",
    b'{"id":1,"method":"ping","params":{"a":NaN}}', b'{"id":1,"method":"ping","params":{"a":01}}',
    b'{"id":1,"method":"ping","params":{"a":-Infinity}}', b'{"id":+1,"method":"ping"}',
    b'{"id":1,"method":"ping","params":{"a":.5}}', b'{"id":1,"method":"ping","params":{"a":1.}}',
    b'{"id":0x10,"method":"ping"}', b'{"id":1e,"method":"ping"}', b'{"id":-,"method":"ping"}',
    b"GET / HTTP/1.1", b"\xff\xfe{\x00}\x00", b"<xml/>", b"\x80" * 100, b"[" * 200, b"{\"a\":" * 50,
]

NO_REQUEST = [
    b"5", b"-1.5", b"true", b"null", b'"ping"', b"[]", b'[{"id":1,"method":"ping"}]', b"[[]]",
    b"{}", b'{"id":1}', b'{"id":1,"params":{}}', b'{"id":1,"method":5}', b'{"id":1,"method":null}',
    b'{"id":1,"method":{}}', b'{"id":1,"method":["ping"]}', b'{"id":1,"method":""}',
    b'{"id":1,"method":"ping","foo":1}', b'{"id":1,"Method":"ping"}',
    b'{"id":1,"method":"ping","":0}',
    b'{"id":1,"method":"ping","result":{}}', b'{"id":1,"method":true,"params":{}}',
]

WRONG_IDS = [b"1.5", b"1e3", b"true", b"false", b"null", b"{}", b"[]", b"[1]", b'{"id":1}', b"-0.5"]

IDS = [
    1, 0, -1, 2**31, -2**31 - 1, 2**53, 2**53 + 1, -2**53 - 1, 2**63 - 1, -2**63, 2**63, 2**64 - 1,
    "", "1", "a", "null", "ä", "日本語", "🜁🜂", "a b", '"', "\\", "\\\"\\", "/", "\n\r\t\b\f", "\x00",
    "\x1f\x7f", "\u2028\u2029", "\ud7ff\ue000\ufffd", "\U0010ffff", "x" * 10_000, "}{][,:",
]


class Framing(harness.ServerTest):
    def setUp(self):
        self.client = self.connect()

    def ping_until(self, client, mark):
        """All answers to what was sent on this connection before."""
        client.send_line({"id": mark, "method": "ping"})
        before = []
        while not before or before[-1]["id"] != mark:
            before.append(client.next_answer())
        return before[:-1]


class Lines(Framing):
    def test_a_line_may_be_cut_at_any_byte(self):
        line = '{"id":"zwölf 🜁","method":"ping","params":{}}\r\n'.encode()
        for cut in range(len(line) + 1):
            # The answer to the ping shows that the first piece was read before the second is sent.
            self.client.send(b'{"id":0,"method":"ping"}\n' + line[:cut])
            self.client.answer(0)
            self.client.send(line[cut:])
            self.assertEqual(self.client.answer("zwölf 🜁")["result"], {})

    def test_a_line_may_come_byte_by_byte(self):
        for byte in b' {"id" : 7 ,\t"method":"ping"} \n':
            self.client.send(bytes([byte]))
        self.assertEqual(self.client.answer(7), {"id": 7, "result": {}})

    def test_what_comes_behind_an_urgent_byte_is_read_as_well(self):
        # All of it is there before the server looks: a read ends where the urgent byte stood.
        os.kill(self.server.pid, signal.SIGSTOP)
        try:
            self.client.send(b'{"id":1,"method":"ping"}\n')
            self.client.socket.send(b"!", socket.MSG_OOB)
            self.client.send(b'{"id":2,"method":"ping"}\n')
        finally:
            os.kill(self.server.pid, signal.SIGCONT)
        self.assertEqual([self.client.answer(i)["result"] for i in (1, 2)], [{}, {}])

    def test_many_lines_in_one_packet_are_all_answered(self):
        self.client.send(b"".join(b'{"id":%d,"method":"ping"}\n' % i for i in range(1000)))
        answers = [self.client.next_answer() for _ in range(1000)]
        self.assertEqual(sorted(a["id"] for a in answers), list(range(1000)))

    def test_a_carriage_return_before_the_newline_is_tolerated(self):
        self.client.send(b'{"id":1,"method":"ping"}\r\n{"id":2,"method":"ping"}\n')
        self.assertEqual([self.client.next_answer()["id"] for _ in range(2)], [1, 2])

    def test_blank_lines_are_ignored(self):
        self.client.send(b'\n\r\n\n{"id":1,"method":"ping"}\n\r\n\n')
        self.assertEqual([a["id"] for a in self.ping_until(self.client, "end")], [1])

    def test_an_answer_is_one_line_that_ends_with_a_newline_alone(self):
        self.client.send(b'{"id":"a\\nb","method":"no\\nway"}\r\n')
        line = self.client.read_line()
        self.assertNotIn(b"\r", line)
        self.assertEqual(json.loads(line)["id"], "a\nb")

    def test_a_last_line_without_its_end_is_answered_after_a_half_close(self):
        world = self.world()
        for last in ({"method": "ping"}, {"method": "world.get", "params": {"world": world["id"]}}):
            with self.connect() as client:
                client.send(json.dumps({"id": 5, **last}).encode())
                client.half_close()
                self.assertIn("result", client.answer(5))
                self.assertTrue(client.has_ended())

    def test_a_last_line_that_is_cut_short_is_no_json(self):
        self.client.send(b'{"id":1,"method":"ping"}\n{"id":2,"meth')
        self.client.half_close()
        self.assertEqual(self.client.next_answer()["id"], 1)
        self.assert_error(self.client.next_answer(), PARSE_ERROR)
        self.assertTrue(self.client.has_ended())

    def test_what_is_in_flight_at_a_half_close_is_answered(self):
        world = self.world()
        bot = self.bot(self.client, world)
        asked = [self.client.ask("act", bot=bot["id"], action="pass") for _ in range(2000)]
        self.client.half_close()
        self.assertEqual([self.client.next_answer()["id"] for _ in asked], asked)
        self.assertTrue(self.client.has_ended())

    def test_a_half_close_without_a_request_ends_the_connection(self):
        for sent in (b"", b"\n", b"\r"):
            with self.connect() as client:
                client.send(sent)
                client.half_close()
                self.assertTrue(client.has_ended())
                self.assertEqual(len(client.answers), 0)


class NoJson(Framing):
    def test_what_is_not_json_is_a_parse_error_and_the_connection_stays_open(self):
        for line in NOT_JSON:
            with self.subTest(line=line[:60]):
                self.client.send_line(line)
                answers = self.ping_until(self.client, "still there")
                self.assertEqual(len(answers), 1)
                self.assert_error(answers[0], PARSE_ERROR)
                self.assertIsNone(answers[0]["id"])

    def test_random_bytes_are_parse_errors_and_the_connection_stays_open(self):
        chance = harness.chance()
        lines = [chance.randbytes(chance.randrange(1, 300)) for _ in range(200)]
        lines = [b"\xff" + line.replace(b"\n", b"").replace(b"\r", b"") for line in lines]
        self.client.send(b"\n".join(lines) + b"\n")
        answers = self.ping_until(self.client, "still there")
        self.assertEqual(len(answers), len(lines))
        for answer in answers:
            self.assert_error(answer, PARSE_ERROR)

    def test_a_number_that_no_double_can_hold_is_refused(self):
        world = self.world()
        bot = self.bot(self.client, world)
        for number in (b"1e999", b"-1e999", b"9" * 400, b"1e+99999999999"):
            self.client.send_line(b'{"id":1,"method":"act","params":{"bot":"%s","action":"walk",'
                                  b'"args":{"angle":%s}}}' % (bot["id"].encode(), number))
            error = self.client.next_answer()["error"]
            self.assertIn(error["code"], (PARSE_ERROR, INVALID_PARAMS), error)
        self.assertEqual(self.client.call("thing.get", id=bot["id"])["props"]["age"], 0)

    def test_minus_zero_and_tiny_numbers_are_numbers(self):
        bot = self.bot(self.client, self.world())
        for number in (b"-0", b"-0.0", b"1e-999", b"0.0000", b"4.9e-324", b"1E0", b"1e-1"):
            self.client.send_line(b'{"id":1,"method":"act","params":{"bot":"%s","action":"walk",'
                                  b'"args":{"angle":%s}}}' % (bot["id"].encode(), number))
            self.assertIn("result", self.client.next_answer(), number)

    def test_json_may_be_as_deep_as_hello_says_and_no_deeper(self):
        depth = self.client.call("hello")["limits"]["json_depth"]
        self.assertEqual(depth, DEPTH_MAX)
        for brackets in (b"[]", b"{}"):
            opening = b"[" if brackets == b"[]" else b'{"a":'
            for deeper, code in ((0, INVALID_PARAMS), (1, PARSE_ERROR), (500, PARSE_ERROR)):
                inner = depth - 3 + deeper  # in the request, its params and the innermost brackets
                self.client.send_line(b'{"id":1,"method":"ping","params":{"a":' + opening * inner +
                                      brackets + brackets[1:] * inner + b"}}")
                self.assert_error(self.client.next_answer(), code)

    def test_a_line_of_nothing_but_brackets_is_refused(self):
        for bracket in (b"[", b"{", b'[{"a":', b"]", b"["):
            self.client.send_line(bracket * (LINE_MAX // len(bracket)))
            self.assert_error(self.client.next_answer(), PARSE_ERROR)
        self.client.send_line(b"[" * 30_000 + b"]" * 30_000)
        self.assert_error(self.client.next_answer(), PARSE_ERROR)


class NoRequests(Framing):
    def test_json_that_is_no_request_is_an_invalid_request(self):
        for line in NO_REQUEST:
            with self.subTest(line=line):
                self.client.send_line(line)
                answers = self.ping_until(self.client, "still there")
                self.assertEqual(len(answers), 1)
                self.assert_error(answers[0], INVALID_REQUEST)
                self.assertIn(answers[0]["id"], (None, 1))

    def test_an_id_of_a_wrong_type_is_an_invalid_request_with_a_null_id(self):
        for wrong in WRONG_IDS:
            self.client.send_line(b'{"id":' + wrong + b',"method":"ping"}')
            answer = self.client.next_answer()
            self.assert_error(answer, INVALID_REQUEST)
            self.assertIsNone(answer["id"], wrong)

    def test_an_integer_too_large_for_the_server_is_refused(self):
        for large in (2**64, -2**63 - 1, 10**30):
            self.client.send_line({"id": large, "method": "ping"})
            self.assertIn(self.client.next_answer()["error"]["code"],
                          (PARSE_ERROR, INVALID_REQUEST))

    def test_a_member_given_twice_is_never_chosen_silently(self):
        for line in (b'{"id":1,"id":2,"method":"ping"}',
                     b'{"id":1,"method":"ping","method":"hello"}',
                     b'{"id":1,"method":"ping","params":{},"params":{}}'):
            with self.subTest(line=line):
                self.client.send_line(line)
                self.assert_error(self.client.next_answer(), INVALID_REQUEST)

    def test_an_id_given_twice_is_answered_as_null_whatever_else_is(self):
        for line in (b'{"id":"a","id":"b","method":"ping","method":"ping"}',
                     b'{"id":1,"id":2,"method":"ping","method":"ping"}'):
            with self.subTest(line=line):
                self.client.send_line(line)
                answer = self.client.next_answer()
                self.assert_error(answer, INVALID_REQUEST)
                self.assertIsNone(answer["id"])

    def test_a_parameter_given_twice_is_refused_by_its_name(self):
        world = self.world()
        bot = self.bot(self.client, world)
        for text, param in (
                ('"method":"world.get","params":{"world":"%s","world":"%s"}', "world"),
                ('"method":"world.create","params":{"rules":{"day":5,"day":6},"name":"%s%s"}',
                 "day"),
                ('"method":"world.create","params":{"capacity":{"bot":5,"bot":6},"name":"%s%s"}',
                 "bot"),
                ('"method":"thing.list","params":{"world":"%s","near":{"pos":[1,0,1],"range":1,'
                 '"range":2},"kind":"%s"}', "range")):
            values = (world["id"], world["id"] if "world\":\"%s\",\"world" in text else "well")
            self.client.send_line('{"id":1,' + text % values + "}")
            error = self.assert_error(self.client.next_answer(), INVALID_PARAMS)
            self.assertIn(param, error["data"]["param"])
        self.client.send_line('{"id":1,"method":"act","params":{"bot":"%s","action":"walk",'
                              '"args":{"angle":0.1,"angle":0.2}}}' % bot["id"])
        error = self.assert_error(self.client.next_answer(), INVALID_PARAMS)
        self.assertIn("angle", error["data"]["param"])

    def test_params_that_are_no_object_are_refused(self):
        for params in ("[]", "null", "5", '"x"', "true", "[{}]"):
            self.client.send_line('{"id":1,"method":"ping","params":%s}' % params)
            self.assert_error(self.client.next_answer(), INVALID_PARAMS, param="params")

    def test_an_unknown_method_is_named(self):
        for method in ("nope", "Ping", "ping ", "world.", "world.create.", "__init__", "ä" * 40):
            self.client.send_line({"id": 1, "method": method})
            error = self.assert_error(self.client.next_answer(), UNKNOWN_METHOD)
            self.assertIn(method[:20], error["message"])
        self.client.send_line({"id": 1, "method": "x" * 60_000})
        self.assertLess(len(json.dumps(self.client.next_answer())), 1000)

    def test_params_may_be_left_out(self):
        self.client.send_line({"id": 1, "method": "ping"})
        self.assertEqual(self.client.next_answer(), {"id": 1, "result": {}})


class Ids(Framing):
    def test_ids_come_back_exactly(self):
        for one in IDS:
            for method, member in (("ping", "result"), ("nope", "error"), ("world.list", "result")):
                self.client.send_line({"id": one, "method": method})
                answer = self.client.next_answer()
                self.assertEqual(answer["id"], one)
                self.assertIs(type(answer["id"]), type(one))
                self.assertIn(member, answer)

    def test_the_same_id_twice_gets_two_answers(self):
        self.client.send(b'{"id":1,"method":"ping"}\n' * 2)
        self.assertEqual([self.client.next_answer() for _ in range(2)],
                         [{"id": 1, "result": {}}] * 2)

    def test_jsonrpc_is_echoed_where_it_was_present(self):
        world = self.world()
        bot = self.bot(self.client, world)
        act = {"bot": bot["id"], "action": "pass"}
        for method, params in (("ping", {}), ("nope", {}), ("act", act), ("act", {"acts": [act]}),
                               ("act", {}), ("world.list", {}), ("world.get", {"world": "?"})):
            for jsonrpc in ({"jsonrpc": "2.0"}, {}):
                self.client.send_line({**jsonrpc, "id": 1, "method": method, "params": params})
                answer = self.client.next_answer()
                self.assertEqual(answer.get("jsonrpc"), jsonrpc.get("jsonrpc"), method)

    def test_jsonrpc_of_another_version_is_an_invalid_request(self):
        for version in ("1.0", "2", "", 2, 2.0, None, {}):
            with self.subTest(version=version):
                self.client.send_line({"jsonrpc": version, "id": 1, "method": "ping"})
                self.assert_error(self.client.next_answer(), INVALID_REQUEST)

    def test_a_notification_is_carried_out_and_never_answered(self):
        bot = self.bot(self.client, self.world())
        self.client.tell("act", bot=bot["id"], action="pass")
        self.client.tell("act", acts=[{"bot": bot["id"], "action": "pass"}])
        self.client.tell("ping")
        self.client.tell("hello")
        thing = self.client.call("thing.get", id=bot["id"])
        self.assertEqual(thing["props"]["age"], 2)
        self.assertEqual(len(self.client.answers), 0)

    def test_a_notification_is_not_answered_with_an_error_either(self):
        world = self.world()
        bot = self.bot(self.client, world)
        for method, params in (
                ("nope", {}), ("ping", {"x": 1}), ("act", {}), ("world.get", {"world": "nobody"}),
                ("act", {"bot": bot["id"], "action": "fly"}), ("world.create", {"dims": 1}),
                ("act", {"bot": bot["id"], "action": "walk", "args": {"angle": 9}}),
                ("act", {"acts": [{}, {"bot": "0" * 24, "action": "pass"}]}), ("act", {"acts": 1}),
                ("world.create", {"name": world["name"]}), ("thing.get", {"id": "f" * 24}),
                ("world.delete", {"world": "nobody"}), ("unsubscribe", {"sub": 99})):
            self.client.tell(method, params)
        self.client.send(b'{"method":"ping","params":[]}\n')
        self.assertEqual(self.ping_until(self.client, "end"), [])
        self.client.call("world.get", world=world["id"])  # behind all that went to this world
        self.assertEqual(len(self.client.answers), 0)


class InFlight(Framing):
    def test_answers_of_one_connection_to_one_world_come_in_the_order_sent(self):
        worlds = [self.world() for _ in range(3)]
        bots = [self.bot(self.client, world) for world in worlds]
        chance = harness.chance()
        asked = {world["id"]: [] for world in worlds}
        for _ in range(1500):
            world, bot = chance.choice(list(zip(worlds, bots)))
            method, params = chance.choice((
                ("act", {"bot": bot["id"], "action": "pass"}),
                ("act", {"bot": bot["id"], "action": "fly"}),
                ("act", {"bot": bot["id"], "action": "walk", "args": {"angle": 7}}),
                ("act", {"bot": bot["id"], "action": "walk", "args": {"angle": 0.5}, "see": True}),
                ("see", {"bot": bot["id"]}), ("world.get", {"world": world["id"]}),
                ("thing.get", {"id": bot["id"]}), ("thing.list", {"world": world["name"]}),
                ("thing.get", {"id": bot["id"][:-2] + "ff"}),
                ("history.stats", {"world": world["id"]}),
                ("history.read", {"world": world["id"], "from": 1, "limit": 3})))
            asked[world["id"]].append(self.client.ask(method, params))
        of_world = {one: world for world, ids in asked.items() for one in ids}
        answered = {world["id"]: [] for world in worlds}
        for _ in of_world:
            one = self.client.next_answer()["id"]
            answered[of_world[one]].append(one)
        self.assertEqual(answered, asked)

    def test_requests_are_carried_out_in_the_order_sent(self):
        world = self.world()
        bot = self.bot(self.client, world)
        asked = []
        for _ in range(300):
            asked.append(self.client.ask("act", bot=bot["id"], action="pass"))
            asked.append(self.client.ask("thing.get", id=bot["id"]))
        ages = [self.client.answer(one)["result"]["props"]["age"] for one in asked[1::2]]
        self.assertEqual(ages, list(range(1, 301)))

    def test_the_order_holds_where_many_ask_much_at_once_and_the_world_is_deleted(self):
        """Then another thread sends the answers, all but that to the deletion."""
        for _ in range(5):
            world = self.world(capacity={"bot": 12})
            clients = [self.connect() for _ in range(12)]
            bots = [self.bot(client, world) for client in clients]
            for client, bot in zip(clients, bots):
                lines = [{"id": f"act {i}", "method": "act",
                          "params": {"bot": bot["id"], "action": "pass"}} for i in range(200)]
                client.send("".join(json.dumps(line) + "\n" for line in lines).encode())
            last = clients[-1].ask("world.delete", world=world["id"])
            for client in clients:
                ids = [client.next_answer()["id"] for _ in range(200)]
                self.assertEqual(ids, [f"act {i}" for i in range(200)])
            self.assertEqual(clients[-1].next_answer()["id"], last)
            for client in clients:
                client.close()

    def test_more_requests_than_may_be_in_flight_are_only_slowed(self):
        bot = self.bot(self.client, self.world())
        most = self.client.call("hello")["limits"]["in_flight"]
        self.assertEqual(most, 1024)
        asked = [self.client.ask("act", bot=bot["id"], action="pass") for _ in range(3 * most)]
        results = [self.client.result(one) for one in asked]
        self.assertEqual(results[-1]["seq"], results[0]["seq"] + len(asked) - 1)

    def test_a_connection_that_made_a_world_goes_on_with_many_in_flight(self):
        for _ in range(5):
            world = self.client.call("world.create")
            bot = self.bot(self.client, world)
            asked = []
            for _ in range(50):
                asked.append(self.client.ask("act", bot=bot["id"], action="pass"))
                asked.append(self.client.ask("thing.get", id=bot["id"]))
            ages = [self.client.result(one)["props"]["age"] for one in asked[1::2]]
            self.assertEqual(ages, list(range(1, 51)))

    def test_a_world_is_there_for_the_requests_behind_its_creation(self):
        name = "behind"
        asked = [self.client.ask("world.create", name=name),
                 self.client.ask("bot.create", world=name),
                 self.client.ask("thing.list", world=name),
                 self.client.ask("world.delete", world=name),
                 self.client.ask("world.get", world=name)]
        results = [self.client.answer(one) for one in asked]
        self.assertEqual(len(results[2]["result"]["items"]), 1)
        self.assertEqual(results[3]["result"], {"deleted": 1})
        self.assert_error(results[4], 404)


class Limits(Framing):
    def padded(self, size, request=None):
        line = json.dumps(request or {"id": 1, "method": "ping"}).encode()
        return line + b" " * (size - len(line))

    def assert_ended_as_too_large(self, client):
        answer = client.next_answer()
        self.assert_error(answer, 413, "too_large")
        self.assertIsNone(answer["id"])
        self.assertTrue(client.has_ended())
        self.assertEqual(len(client.answers), 0)

    def test_a_line_as_long_as_the_limit_is_taken(self):
        self.assertEqual(self.client.call("hello")["limits"]["line_bytes"], LINE_MAX)
        for size in (LINE_MAX - 1, LINE_MAX):
            for end in (b"\n", b"\r\n"):
                self.client.send(self.padded(size) + end)
                self.assertEqual(self.client.next_answer(), {"id": 1, "result": {}})

    def test_a_line_over_the_limit_is_too_large_and_ends_the_connection(self):
        for size in (LINE_MAX + 1, LINE_MAX + 2, 2 * LINE_MAX):
            with self.connect() as client:
                client.send(self.padded(size) + b"\n")
                self.assert_ended_as_too_large(client)
        self.assert_alive()

    def test_a_line_that_never_ends_is_too_large(self):
        with self.connect() as client:
            client.send(b"x" * (LINE_MAX + 1))
            self.assert_ended_as_too_large(client)
        self.assert_alive()

    def test_a_client_that_sends_megabytes_still_reads_why_it_was_cut_off(self):
        with self.connect() as client:
            try:
                client.send(b"x" * (8 << 20))
            except (ConnectionResetError, BrokenPipeError):
                pass  # the server need not take all of it
            self.assert_ended_as_too_large(client)
        self.assert_alive()

    def test_what_stood_before_a_line_too_large_is_answered(self):
        bot = self.bot(self.client, self.world())
        self.client.call("bot.detach", bot=bot["id"])
        with self.connect() as client:
            act = {"method": "act", "params": {"bot": bot["id"], "action": "pass"}}
            lines = [json.dumps({"id": i, **act}).encode() for i in range(20)]
            client.send(b"\n".join([*lines, b"x" * (LINE_MAX + 1), b""]))
            self.assertTrue(client.has_ended())
            self.assert_error(client.answers[-1], 413)
            self.assertEqual([a["id"] for a in client.answers], [*range(20), None])

    def test_nothing_behind_a_line_too_large_is_carried_out(self):
        bot = self.bot(self.client, self.world())
        self.client.call("bot.detach", bot=bot["id"])
        with self.connect() as client:
            client.send(b"x" * (LINE_MAX + 1) + b'\n{"id":1,"method":"act","params":{"bot":"%s",'
                        b'"action":"pass"}}\n' % bot["id"].encode())
            self.assert_ended_as_too_large(client)
        self.assertEqual(self.client.call("thing.get", id=bot["id"])["props"]["age"], 0)


class Endings(Framing):
    def sessions(self):
        return self.client.call("server.status")["sessions"]

    def wait_until_alone(self):
        """All other connections have ended, and the server knows it."""
        harness.poll(lambda: self.sessions() == 1, "the other connections are forgotten", 5)

    def test_connections_that_end_are_forgotten(self):
        self.wait_until_alone()
        clients = [self.connect() for _ in range(200)]
        for client in clients:
            client.send_line({"id": 1, "method": "ping"})
        for client in clients:
            client.answer(1)
        self.assertEqual(self.sessions(), 201)
        for index, client in enumerate(clients):
            client.reset() if index % 2 else client.close()
        self.wait_until_alone()

    def test_a_connection_that_breaks_with_much_in_flight_harms_nobody(self):
        world = self.world()
        for _ in range(10):
            client = self.connect(receive_buffer=4096)
            bot = self.bot(client, world)
            for _ in range(500):
                client.ask("act", bot=bot["id"], action="walk", args={"angle": 0.3}, see=True)
            client.reset()
            self.wait_until_alone()
            harness.poll(lambda: "result" in self.client.answer(
                self.client.ask("bot.attach", bot=bot["id"])), "the bot is free", 5)
            self.client.call("thing.delete", id=bot["id"])
        self.assert_alive()

    def test_a_connection_that_breaks_with_much_unread_is_forgotten_at_once(self):
        for half_closes in (False, True):
            client = self.connect(receive_buffer=4096)
            asked = self.client.call("server.status")["requests_total"]
            client.send(b'{"id":1,"method":"describe"}\n' * 4000)
            harness.poll(lambda: self.client.call("server.status")["requests_total"] > asked + 500,
                         "there is more unread than the way there holds")
            if half_closes:
                client.half_close()
            client.reset()
            self.wait_until_alone()

    def test_a_connection_that_says_nothing_is_left_alone(self):
        self.wait_until_alone()
        silent = socket.create_connection(("127.0.0.1", self.server.port))
        self.addCleanup(silent.close)
        harness.poll(lambda: self.sessions() == 2, "it is counted")
        self.assert_alive()


if __name__ == "__main__":
    harness.main()
