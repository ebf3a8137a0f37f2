#!/usr/bin/env python3
"""The HTTP door: what stands at which address, what is refused, and that a connection lasts."""

import http.client
import json
import shutil
import socket
import subprocess

import harness
import web
from harness import INVALID_REQUEST, PARSE_ERROR

PING = b'{"id":1,"method":"ping"}'
PONG = b'{"id":1,"result":{}}\n'
HEADER_MAX, BODY_MAX = 8 * 1024, 64 * 1024

ADDRESSES = ("/healthz", "/readyz", "/describe", "/openapi.json", "/metrics", "/favicon.ico")

# What a browser or a program may try to reach files with.
TRAVERSALS = (
    "/assets/../../../../etc/passwd", "/assets/..%2f..%2fetc/passwd", "/../etc/passwd",
    "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets//etc/passwd", "/assets/..\\..\\etc\\passwd",
    "/assets/%00", "/assets/", "/assets/.", "/assets/index.html/..", "//etc/passwd",
    "/assets/~root",
    "/vis/worlds/../../etc/passwd", "/index.html", "/.git/config",
)


class HttpTest(harness.ServerTest):
    http = 0

    def setUp(self):
        self.port = self.server.http_port

    def fetch(self, path, method="GET", body=None, **headers):
        return web.fetch(self.port, path, method, body,
                         {k.replace("_", "-"): v for k, v in headers.items()})

    def raw(self):
        connection = web.Raw(self.port)
        self.addCleanup(connection.close)
        return connection

    def send(self, *lines, body=b"", host=None):
        """A raw request on a connection of its own; the answer."""
        connection = self.raw()
        connection.send(self.request(*lines, body=body, host=host))
        return connection.answer()

    def request(self, *lines, body=b"", host=None):
        host = host or f"127.0.0.1:{self.port}"
        return "\r\n".join((lines[0], f"Host: {host}", *lines[1:], "", "")).encode() + body

    def post(self, body, *lines):
        return self.request("POST /rpc HTTP/1.1", "Content-Type: application/json",
                            f"Content-Length: {len(body)}", *lines, body=body)

    def assert_refused(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        error = json.loads(answer.body)["error"]
        self.assertEqual(error["code"], status)
        self.assertGreater(len(error["message"]), 10)


class Addresses(HttpTest):
    def test_each_address_answers_get_and_head_alike(self):
        for path in ADDRESSES:
            got, head = self.fetch(path), self.fetch(path, "HEAD")
            self.assertIn(got.status, (200, 204), path)
            self.assertEqual((head.status, head.body), (got.status, b""), path)
            self.assertEqual(head.headers["Content-Type"], got.headers["Content-Type"])
            if path != "/metrics":  # its figures are others each time
                self.assertEqual(head.headers["Content-Length"], got.headers["Content-Length"])

    def test_every_answer_carries_the_headers_for_security(self):
        for path in (*ADDRESSES, "/", "/nowhere", "/rpc"):
            headers = self.fetch(path).headers
            policy = headers["Content-Security-Policy"]
            for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'",
                         "base-uri 'none'", f"connect-src 'self' ws://127.0.0.1:{self.port};"):
                self.assertIn(part, policy, path)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertIsNone(headers["Access-Control-Allow-Origin"])
            self.assertIn("GMT", headers["Date"])

    def test_an_unknown_address_is_404_in_json(self):
        for path in ("/nowhere", "/api/2/things", "/rpc/", "/ws/", "/metricsx", "/HEALTHZ"):
            self.assert_refused(self.fetch(path), 404)

    def test_a_wrong_method_is_told_which_are_right(self):
        for path, method, allowed in (("/", "POST", "GET, HEAD"), ("/rpc", "GET", "POST"),
                                      ("/metrics", "DELETE", "GET, HEAD"),
                                      ("/rpc", "OPTIONS", "POST"), ("/ws", "POST", "GET"),
                                      ("/api/1/things", "PUT", "GET, HEAD, POST, DELETE")):
            answer = self.fetch(path, method)
            self.assert_refused(answer, 405)
            self.assertEqual(answer.headers["Allow"], allowed)

    def test_the_readiness_names_the_worlds(self):
        before = json.loads(self.fetch("/readyz").body)
        self.world()
        after = json.loads(self.fetch("/readyz").body)
        self.assertEqual((after["ready"], after["stopping"], after["trouble"]), (True, False, []))
        self.assertEqual(after["worlds"], before["worlds"] + 1)

    def test_describe_is_what_the_method_answers(self):
        described = json.loads(self.fetch("/describe").body)
        self.assertEqual(described, self.connect().call("describe"))

    def test_the_openapi_document_has_every_method(self):
        document = json.loads(self.fetch("/openapi.json").body)
        self.assertEqual(document["openapi"], "3.1.0")
        self.assertEqual(set(document["info"]) & {"title", "version"}, {"title", "version"})
        methods = self.connect().call("describe")["methods"]
        schemas = document["components"]["schemas"]
        body = document["paths"]["/rpc"]["post"]["requestBody"]["content"]["application/json"]
        named = [ref["$ref"] for ref in body["schema"]["oneOf"]]
        self.assertEqual(named, [f"#/components/schemas/{name}" for name in methods])
        self.assertEqual(set(body["schema"]["discriminator"]["mapping"]), set(methods))
        for name, method in methods.items():
            properties = schemas[name]["properties"]
            self.assertEqual(properties["method"], {"const": name})
            self.assertEqual(properties["params"], method["params"])
        ids = [operation["operationId"] for path in document["paths"].values()
               for operation in path.values()]
        self.assertEqual(len(ids), len(set(ids)))
        for path in document["paths"].values():
            for operation in path.values():
                self.assertTrue(operation["responses"])

    def test_an_old_link_to_a_world_leads_to_its_page(self):
        answer = self.fetch("/vis/worlds/000000010000000000000000")
        self.assertEqual(answer.status, 302)
        self.assertEqual(answer.headers["Location"], "/?world=000000010000000000000000")
        self.assert_refused(self.fetch("/vis/worlds/a&b=c"), 404)

    def test_the_page_or_a_friendly_sentence_stands_at_the_root(self):
        for path in ("/", "/?world=nowhere"):
            answer = self.fetch(path)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/html"))
            if "no page in this build" in self.server.out:
                self.assertEqual(answer.status, 404)
                self.assertIn(b"no page", answer.body)
            else:
                self.assertEqual(answer.status, 200)

    def test_what_was_fetched_before_is_not_sent_again(self):
        if "no page in this build" in self.server.out:
            self.skipTest("this build has no page")
        first = self.fetch("/")
        tag = first.headers["ETag"]
        again = self.fetch("/", If_None_Match=tag)
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(again.headers["ETag"], tag)
        self.assertEqual(self.fetch("/", If_None_Match='"another"').status, 200)

    def test_no_address_reaches_a_file(self):
        for path in TRAVERSALS:
            answer = self.send(f"GET {path} HTTP/1.1")
            self.assertIn(answer.status, (400, 404), (path, answer))
            self.assertNotIn(b"root:", answer.body)
        self.assert_alive()


class Hosts(HttpTest):
    def test_only_names_of_this_machine_are_answered(self):
        for host in ("localhost", "LOCALHOST:80", "127.0.0.1", f"127.0.0.1:{self.port}", "[::1]",
                     "[::1]:8000"):
            self.assertEqual(self.send("GET /healthz HTTP/1.1", host=host).status, 200, host)
        for host in ("example.com", "example.com:8000", "localhost.example.com", "127.0.0.2",
                     "127.0.0.1.example.com", "[::2]", "xlocalhost", "169.254.0.1", "localhost@a"):
            answer = self.send("GET /healthz HTTP/1.1", host=host)
            self.assert_refused(answer, 403)

    def test_a_request_without_one_host_is_bad(self):
        connection = self.raw()
        connection.send(b"GET /healthz HTTP/1.1\r\n\r\n")
        self.assert_refused(connection.answer(), 400)
        answer = self.send("GET /healthz HTTP/1.1", "Host: localhost")
        self.assert_refused(answer, 400)

    def test_a_page_of_another_site_is_refused(self):
        for origin in ("http://example.com", "null", f"http://127.0.0.1:{self.port + 1}",
                       "http://localhost", "file://", f"http://127.0.0.1:{self.port}.example.com"):
            for path in ("/healthz", "/", "/metrics", "/api/1/things"):
                self.assert_refused(self.fetch(path, Origin=origin), 403)
        own = self.fetch("/healthz", Origin=f"http://127.0.0.1:{self.port}")
        self.assertEqual(own.status, 200)

    def test_another_site_may_link_to_the_page_and_call_nothing(self):
        for site in ("cross-site", "same-site"):
            self.assertNotEqual(self.fetch("/", Sec_Fetch_Site=site).status, 403)
            self.assert_refused(self.fetch("/api/1/stop", Sec_Fetch_Site=site), 403)
            self.assert_refused(self.fetch("/rpc", "POST", PING, Sec_Fetch_Site=site,
                                           **web.JSON), 403)
        self.assertEqual(self.fetch("/metrics", Sec_Fetch_Site="none").status, 200)


class NamedHost(HttpTest):
    options = ("--http-host", "worlds.example", "--http-host", "Other.Example")

    def test_a_name_that_the_owner_gave_is_answered(self):
        for host in ("worlds.example", "worlds.example:8080", "other.example", "localhost"):
            self.assertEqual(self.send("GET /healthz HTTP/1.1", host=host).status, 200, host)
        self.assert_refused(self.send("GET /healthz HTTP/1.1", host="example"), 403)


class Rpc(HttpTest):
    def call(self, method, /, **params):
        return web.rpc(self.port, {"id": 1, "method": method, "params": params})

    def test_one_request_gets_one_answer(self):
        answer = self.fetch("/rpc", "POST", PING, **web.JSON)
        self.assertEqual((answer.status, answer.body), (200, PONG))
        self.assertEqual(answer.headers["Content-Type"], "application/json")

    def test_a_bot_lives_by_single_requests(self):
        world = self.call("world.create", name="by-rpc")["result"]
        bot = self.call("bot.create", world=world["id"])["result"]
        for tick in range(1, 6):
            acted = self.call("act", bot=bot["id"], action="walk", args={"angle": 0.25})
            self.assertEqual(acted["result"]["tick"], tick)

    def test_a_bot_is_spoken_for_as_long_as_the_connection_lasts(self):
        world = self.world()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
        self.addCleanup(connection.close)
        body = json.dumps({"id": 1, "method": "bot.create", "params": {"world": world["id"]}})
        connection.request("POST", "/rpc", body, web.JSON)
        bot = json.loads(connection.getresponse().read())["result"]["id"]
        client = self.connect()
        self.assert_error(client.answer(client.ask("act", bot=bot, action="pass")), 409)
        connection.close()
        harness.poll(lambda: "result" in client.answer(client.ask("act", bot=bot, action="pass")),
                     "the bot is free")

    def test_a_notification_is_carried_out_and_answered_204(self):
        world = self.world()
        body = json.dumps({"method": "thing.create", "params": {"world": world["id"],
                                                                "kind": "well"}})
        answer = self.fetch("/rpc", "POST", body, **web.JSON)
        self.assertEqual((answer.status, answer.body), (204, b""))
        client = self.connect()
        harness.poll(lambda: client.call("thing.list", world=world["id"], kind="well")["items"],
                     "the well is there")

    def test_what_is_no_request_is_answered_as_on_a_line(self):
        for body, code in ((b"", PARSE_ERROR), (b"nonsense", PARSE_ERROR),
                           (b"[" * 100, PARSE_ERROR), (b"[]", INVALID_REQUEST),
                           (b"{}", INVALID_REQUEST), (PING * 2, PARSE_ERROR)):
            answer = web.rpc(self.port, body)
            self.assertEqual((answer["id"], answer["error"]["code"]), (None, code), body)

    def test_another_type_than_json_is_refused(self):
        for type_ in (None, "text/plain", "application/x-www-form-urlencoded",
                      "multipart/form-data; boundary=x", "application/jsonx", "text/json"):
            headers = {"Content-Type": type_} if type_ else {}
            self.assert_refused(self.fetch("/rpc", "POST", PING, **headers), 415)
        for type_ in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
            self.assertEqual(self.fetch("/rpc", "POST", PING, Content_Type=type_).status, 200)

    def test_events_are_not_to_be_had_here(self):
        world = self.world()
        error = self.call("subscribe", world=world["id"])["error"]
        self.assertEqual(error["code"], INVALID_REQUEST)
        self.assertIn("/ws", error["message"])

    def test_a_long_question_is_answered_without_reports_of_progress(self):
        world = self.world()
        answer = self.call("history.verify", world=world["id"], progress=True)
        self.assertTrue(answer["result"]["ok"])


class Connections(HttpTest):
    def test_a_connection_serves_many_requests(self):
        connection = self.raw()
        for _ in range(200):
            connection.send(self.post(PING))
            self.assertEqual(connection.answer().body, PONG)

    def test_requests_sent_ahead_are_answered_in_order(self):
        connection = self.raw()
        bodies = [b'{"id":%d,"method":"ping"}' % i for i in range(300)]
        connection.send(b"".join(map(self.post, bodies))
                        + self.request("GET /healthz HTTP/1.1", "Connection: close"))
        for i in range(300):
            self.assertEqual(json.loads(connection.answer().body)["id"], i)
        self.assertEqual(connection.answer().headers["Connection"], "close")
        self.assertTrue(connection.has_ended())

    def test_the_old_version_is_answered_and_ended(self):
        connection = self.raw()
        connection.send(self.request("GET /healthz HTTP/1.0"))
        self.assertEqual(connection.answer().status, 200)
        self.assertTrue(connection.has_ended())

    def test_a_request_may_come_byte_by_byte(self):
        connection = self.raw()
        for byte in self.post(PING):
            connection.send(bytes([byte]))
        self.assertEqual(connection.answer().body, PONG)

    def test_a_body_may_come_in_chunks(self):
        connection = self.raw()
        connection.send(self.request("POST /rpc HTTP/1.1", "Content-Type: application/json",
                                     "Transfer-Encoding: chunked"))
        for piece in (PING[:5], PING[5:]):
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.send(b"0\r\n\r\n")
        self.assertEqual(connection.answer().body, PONG)

    def test_who_asks_whether_to_send_a_body_is_told(self):
        connection = self.raw()
        connection.send(self.request("POST /rpc HTTP/1.1", "Content-Type: application/json",
                                     f"Content-Length: {len(PING)}", "Expect: 100-continue"))
        self.assertEqual(connection.answer().status, 100)
        connection.send(PING)
        self.assertEqual(connection.answer().body, PONG)

    def test_half_a_request_harms_nobody(self):
        whole = self.post(PING)
        for cut in range(1, len(whole)):
            connection = self.raw()
            connection.send(whole[:cut])
            connection.socket.shutdown(socket.SHUT_WR)
            connection.answer()  # a 400, or the end
            connection.close()
        self.assert_alive()

    def test_what_is_no_http_is_refused_and_ended(self):
        for data in (b"nonsense\r\n\r\n", b'{"id":1,"method":"ping"}\n', b"\x16\x03\x01\r\n",
                     b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
                     b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                     b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                     b"Content-Length: 6\r\n\r\n123456",
                     b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
            connection = self.raw()
            connection.send(data)
            self.assert_refused(connection.answer(), 400)
            self.assertTrue(connection.has_ended(), data)
        self.assert_alive()

    def test_a_header_over_the_limit_is_refused(self):
        fits = self.send("GET /healthz HTTP/1.1", "X: " + "y" * (HEADER_MAX - 200))
        self.assertEqual(fits.status, 200)
        for line in ("X: " + "y" * HEADER_MAX, "X: " + "y" * 1_000_000):
            connection = self.raw()
            connection.send(self.request("GET /healthz HTTP/1.1", line))
            self.assert_refused(connection.answer(), 431)
            self.assertTrue(connection.has_ended())

    def test_a_body_over_the_limit_is_refused_before_it_is_sent(self):
        fits = b'{"id":1,"method":"ping"}' + b" " * (BODY_MAX - len(PING))
        connection = self.raw()
        connection.send(self.post(fits))
        self.assertEqual(connection.answer().body, PONG)
        for size in (BODY_MAX + 1, 2**31, 2**63, 2**64 - 1):
            connection = self.raw()
            connection.send(self.request("POST /rpc HTTP/1.1", "Content-Type: application/json",
                                         f"Content-Length: {size}"))
            self.assert_refused(connection.answer(), 413)
            self.assertTrue(connection.has_ended())

    def test_a_body_over_the_limit_in_chunks_is_refused(self):
        connection = self.raw()
        connection.send(self.request("POST /rpc HTTP/1.1", "Content-Type: application/json",
                                     "Transfer-Encoding: chunked"))
        chunk = b" " * 1024
        for _ in range(BODY_MAX // 1024 + 1):
            connection.send(b"400\r\n%s\r\n" % chunk)
        self.assert_refused(connection.answer(), 413)

    def test_curl_gets_its_answer(self):
        if not shutil.which("curl"):
            self.skipTest("curl is not installed")
        where = f"http://127.0.0.1:{self.port}/rpc"
        for body in (PING, PING + b" " * 50_000):  # it asks before it sends a long one
            said = subprocess.run(["curl", "-sS", "--max-time", "20", "-H",
                                   "Content-Type: application/json", "--data-binary", "@-", where],
                                  input=body, stdout=subprocess.PIPE, check=True).stdout
            self.assertEqual(said, PONG)


class Start(HttpTest):
    def test_a_taken_port_is_said_with_what_to_do(self):
        with self.assertRaises(harness.DidNotStart) as caught:
            with harness.Server(http=self.port):
                pass
        self.assertEqual(caught.exception.code, 1)
        self.assertIn(f"port {self.port}", caught.exception.err)
        self.assertIn("--http", caught.exception.err)

    def test_the_door_can_stay_shut(self):
        with harness.Server() as server:
            self.assertNotIn("http://", server.out)
            listening = server.out.splitlines()[-1]
            self.assertEqual(listening, f"listening on 127.0.0.1:{server.port}")

    def test_the_page_is_told_after_the_line_that_programs_wait_for(self):
        lines = self.server.out.splitlines()
        at = lines.index(f"listening on 127.0.0.1:{self.server.port}")
        self.assertIn(f"http://127.0.0.1:{self.port}/", lines[at + 1])

    def test_a_server_stops_through_this_door_and_says_so(self):
        with harness.Server(http=0) as server:
            answer = web.rpc(server.http_port, {"id": 1, "method": "server.stop"})
            self.assertEqual(answer, {"id": 1, "result": {}})
            self.assertEqual(server.wait(harness.STOP_PATIENCE), 0)


if __name__ == "__main__":
    harness.main()
