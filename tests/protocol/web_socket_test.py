#!/usr/bin/env python3
"""The WebSocket: the same conversation as on a line, and what only a WebSocket can do wrong."""

import itertools
import json
import resource
import struct
import time

import harness
import web
from web import BINARY, CLOSE, PING, PONG, TEXT, frame

FRAME_MAX = 64 * 1024
IDLE_CONNECTIONS = 1000
IDLE_BYTES_MAX = 40 * 1024  # of memory, each
UNREAD_MAX = 80 * 1024 * 1024  # of memory, for one who does not read

NORMAL, GOING_AWAY, PROTOCOL_ERROR, UNKNOWN_DATA = 1000, 1001, 1002, 1003
BAD_PAYLOAD, TOO_BIG = 1007, 1009

PING_REQUEST = b'{"id":1,"method":"ping"}'


def allow_files(count):
    """False where this process may not have so many open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count and (hard == resource.RLIM_INFINITY or hard >= count):
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
        soft = count
    return soft == resource.RLIM_INFINITY or soft >= count


class WebSocketTest(harness.ServerTest):
    http = 0

    def open(self, **options):
        client = web.WebSocket(self.server.http_port, **options)
        self.addCleanup(client.close)
        return client

    def assert_closed(self, client, code):
        while client.read_line() is not None:
            pass
        self.assertEqual(client.closed_with, code)


class Opening(WebSocketTest):
    def test_it_opens_as_the_standard_says_without_compression(self):
        offered = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
                   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        client = self.open(headers=offered)
        self.assertEqual(client.status, 101)
        self.assertIn("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", client.handshake)
        self.assertNotIn("Sec-WebSocket-Extensions", client.handshake)
        self.assertEqual(client.call("ping"), {})

    def test_a_page_of_another_site_cannot_open_it(self):
        port = self.server.http_port
        for headers in ({"Origin": "http://example.com"}, {"Origin": "null"},
                        {"Host": "example.com"}, {"Host": f"example.com:{port}"},
                        {"Sec-Fetch-Site": "cross-site"},
                        {"Origin": f"http://127.0.0.1:{port + 1}"}):
            self.assertEqual(self.open(headers=headers).status, 403, headers)
        own = self.open(headers={"Origin": f"http://127.0.0.1:{port}"})
        self.assertEqual(own.call("ping"), {})

    def test_only_its_address_speaks_it(self):
        for path in ("/wsx", "/ws/", "/nowhere"):
            self.assertEqual(self.open(path=path).status, 404, path)
        self.assertEqual(web.fetch(self.server.http_port, "/ws").status, 426)
        wrong = self.open(headers={"Sec-WebSocket-Version": "8"})
        self.assertIn(wrong.status, (400, 426))

    def test_frames_before_it_is_open_are_refused(self):
        client = web.Raw(self.server.http_port)
        self.addCleanup(client.close)
        client.send(b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    b"Sec-WebSocket-Version: 13\r\n\r\n" + frame(TEXT, PING_REQUEST))
        self.assertEqual(client.answer().status, 400)


class Talking(WebSocketTest):
    def test_the_same_session_gets_the_same_answers_as_on_a_line(self):
        with harness.Server() as one, harness.Server(http=0) as other:
            line, socket = one.connect(), web.WebSocket(other.http_port)
            with line, socket:
                said = [self.live(client) for client in (line, socket)]
        self.assertEqual(*said)

    def live(self, client):
        """A short life; every answer and event, without what differs between two servers."""
        ids = itertools.count(100)
        world = client.call("world.create", name="twin", seed=7, pace="lockstep")["id"]
        bot = client.call("bot.create", world=world, name="ada", pos=[5, 0, 5])["id"]
        client.call("thing.create", world=world, kind="well", pos=[8, 0, 5])
        client.call("subscribe", world=world, max_hz=1000)
        answers = []
        for method, params in (
                ("see", {"bot": bot}), ("act", {"bot": bot, "action": "walk",
                                                "args": {"angle": 0.25}, "see": True}),
                ("act", {"bot": bot, "action": "fly"}), ("see", {"bot": bot, "frame": "ego"}),
                ("nonsense", {}), ("thing.list", {"world": world}), ("ping", {"x": 1}),
                ("history.read", {"world": world, "from": 1}), ("world.get", {"world": "nobody"}),
                ("act", {"acts": [{"bot": bot, "action": "pass"}]}),
                ("history.state", {"world": world, "at": {"tick": 1}})):
            request = {"id": next(ids), "method": method, "params": params}
            client.send_line(request)
            answers.append(client.answer(request["id"]))
        client.send_line(b"nonsense")
        client.send_line(b"[]")
        answers += [client.next_answer(), client.next_answer()]
        text = json.dumps([answers, client.event("snapshot")], sort_keys=True)
        return harness.re.sub(r'"(created|created_ms|wall_ms|at_ms|time)": [^,}]*', "", text)

    def test_many_requests_ahead_are_answered_in_order(self):
        client = self.open()
        client.send(b"".join(frame(TEXT, b'{"id":%d,"method":"ping"}' % i) for i in range(2000)))
        for i in range(2000):
            self.assertEqual(client.next_answer()["id"], i)

    def test_deltas_come_as_frames_of_their_own(self):
        client = self.open()
        world = client.call("world.create", name="deltas")["id"]
        client.call("subscribe", world=world, max_hz=1000)
        client.event("snapshot")
        bot = client.call("bot.create", world=world)["id"]
        self.assertEqual([t["id"] for t in client.event("delta")["add"]], [bot])

    def test_a_notification_is_not_answered(self):
        client = self.open()
        client.tell("ping")
        self.assertEqual(client.call("ping"), {})
        self.assertFalse(client.answers)

    def test_an_empty_frame_is_passed_over(self):
        client = self.open()
        client.send(frame(TEXT) * 3)
        self.assertEqual(client.call("ping"), {})

    def test_the_bots_of_a_connection_that_ended_are_free(self):
        world = self.world()
        gone = self.open()
        bot = gone.call("bot.create", world=world["id"])["id"]
        client = self.connect()
        self.assert_refused(client, 409, "act", bot=bot, action="pass")
        gone.close()
        harness.poll(lambda: "result" in client.answer(client.ask("act", bot=bot, action="pass")),
                     "the bot is free")


class Frames(WebSocketTest):
    def test_a_message_may_come_in_fragments_with_a_ping_between(self):
        client = self.open()
        client.send(frame(TEXT, PING_REQUEST[:5], is_last=False)
                    + frame(PING, b"there?")
                    + frame(0, PING_REQUEST[5:10], is_last=False) + frame(0, PING_REQUEST[10:]))
        self.assertEqual(client.answer(1)["result"], {})

    def test_a_frame_may_come_byte_by_byte(self):
        client = self.open()
        for byte in frame(TEXT, PING_REQUEST):
            client.send(bytes([byte]))
        self.assertEqual(client.answer(1)["result"], {})

    def test_a_ping_is_answered_with_its_words(self):
        client = self.open()
        client.send(frame(PING, b"are you there?"))
        self.assertEqual(client.socket.recv(100), bytes([0x80 | PONG, 14]) + b"are you there?")

    def test_a_close_is_answered_with_its_code(self):
        client = self.open()
        client.call("ping")
        client.send(frame(CLOSE, struct.pack(">H", NORMAL) + b"bye"))
        self.assert_closed(client, NORMAL)

    def test_a_message_of_exactly_the_limit_is_taken_and_one_more_byte_is_not(self):
        client = self.open()
        client.send(frame(TEXT, PING_REQUEST + b" " * (FRAME_MAX - len(PING_REQUEST))))
        self.assertEqual(client.answer(1)["result"], {})
        client.send(frame(TEXT, PING_REQUEST + b" " * (FRAME_MAX + 1 - len(PING_REQUEST))))
        self.assert_closed(client, TOO_BIG)

    def test_fragments_may_not_add_up_to_more_than_the_limit(self):
        client = self.open()
        piece = b" " * 1024
        try:
            client.send(frame(TEXT, piece, is_last=False))
            for _ in range(FRAME_MAX // 1024 + 8):
                client.send(frame(0, piece, is_last=False))
        except (ConnectionResetError, BrokenPipeError):
            pass
        self.assert_closed(client, TOO_BIG)

    def test_a_frame_that_announces_too_much_is_refused_before_it_comes(self):
        for size in (FRAME_MAX + 1, 2**40, 2**63 - 1):
            client = self.open()
            client.send(b"\x81\xff" + struct.pack(">Q", size) + b"mask")
            self.assert_closed(client, TOO_BIG)

    def test_binary_frames_are_refused(self):
        client = self.open()
        client.send(frame(BINARY, PING_REQUEST))
        self.assert_closed(client, UNKNOWN_DATA)

    def test_text_that_is_not_utf8_is_refused(self):
        for text in (b'{"id":"\xff"}', b"\xc0\xaf", b"\xed\xa0\x80"):
            client = self.open()
            client.send(frame(TEXT, text))
            self.assert_closed(client, BAD_PAYLOAD)

    def test_frames_against_the_rules_end_the_connection(self):
        rules = {
            "without a mask": frame(TEXT, PING_REQUEST, is_masked=False),
            "an unknown kind": frame(3, b"x"), "an unknown control": frame(11, b""),
            "a long ping": frame(PING, b"x" * 126), "a ping in pieces": frame(PING, is_last=False),
            "a piece of nothing": frame(0, b"x"), "reserved bits": b"\xf1\x80mask",
            "a message within another": frame(TEXT, b"{", is_last=False) + frame(TEXT, b"}"),
        }
        for what, data in rules.items():
            with self.subTest(what):
                client = self.open()
                client.send(data)
                self.assert_closed(client, PROTOCOL_ERROR)
        self.assert_alive()

    def test_nonsense_harms_nobody(self):
        chance = harness.chance()
        for _ in range(200):
            client = self.open()
            try:
                client.send(chance.randbytes(chance.randrange(1, 300)))
                client.half_close()
                while client._receive(time.monotonic() + client.patience):
                    pass
            except (ConnectionResetError, BrokenPipeError):
                pass
            client.close()
        self.assert_alive()


class Crowds(WebSocketTest):
    def test_a_thousand_idle_ones_cost_little_and_disturb_nobody(self):
        if not allow_files(IDLE_CONNECTIONS + 200):
            self.skipTest("this process may not open so many files")
        before = self.server.memory()
        idle = [self.open() for _ in range(IDLE_CONNECTIONS)]
        self.assertEqual({client.status for client in idle}, {101})
        each = (self.server.memory() - before) / IDLE_CONNECTIONS
        self.assertLess(each, IDLE_BYTES_MAX * (5 if self.server.is_sanitized() else 1))
        self.assert_alive()
        for client in idle[::100]:
            self.assertEqual(client.call("ping"), {})

    def deaf(self, lists):
        """Asks so many times for a world of some hundred things, and reads nothing."""
        deaf = self.open(receive_buffer=4096)
        world = deaf.call("world.create", dims=[100, 10, 100], capacity={"thing": 900})["id"]
        for i in range(800):
            deaf.tell("thing.create", world=world, kind="well", name="n" * 60,
                      pos=[2 + i % 28 * 3, 0, 2 + i // 28 * 3])
        self.assertEqual(len(deaf.call("thing.list", world=world, kind="well")["items"]), 800)
        for _ in range(lists):
            deaf.ask("thing.list", world=world)

    def assert_ended(self, before):
        client = self.connect()

        def is_ended():
            self.assertLess(self.server.memory() - before, UNREAD_MAX)
            return client.call("server.status")["sessions"] == 1

        harness.poll(is_ended, "the deaf one is ended", patience=30)
        self.assert_alive()

    def test_who_reads_nothing_is_ended_after_a_while(self):
        before = self.server.memory()
        self.deaf(40)
        self.assert_ended(before)

    def test_who_reads_nothing_of_too_much_is_ended_at_once(self):
        before = self.server.memory()
        self.deaf(150)
        self.assert_ended(before)


class Stopping(WebSocketTest):
    def test_a_stop_ends_open_ones_in_time_and_tells_them(self):
        with harness.Server(http=0) as server:
            idle = [web.WebSocket(server.http_port) for _ in range(20)]
            world = idle[0].call("world.create", name="short")["id"]
            for client in idle:
                client.call("subscribe", world=world)
                client.event("snapshot")  # on its way it would keep the goodbye from being said
            self.assertEqual(server.terminate(harness.STOP_PATIENCE), 0)
            for client in idle:
                self.assert_closed(client, GOING_AWAY)
                client.close()

    def test_one_that_stops_the_server_is_answered_first(self):
        with harness.Server(http=0) as server, web.WebSocket(server.http_port) as client:
            self.assertEqual(client.call("server.stop"), {})
            self.assert_closed(client, GOING_AWAY)
            self.assertEqual(server.wait(harness.STOP_PATIENCE), 0)


if __name__ == "__main__":
    harness.main()
