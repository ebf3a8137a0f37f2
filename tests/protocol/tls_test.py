"""TLS on both doors: who speaks it is served as ever, who does not is sent away."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest
from pathlib import Path

import harness
import secure
import web

TLS_1_1, TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


class TlsTest(harness.ServerTest):
    http = 0

    @classmethod
    def setUpClass(cls):
        cls.server = secure.SecureServer(*cls.options, http=cls.http).start()
        cls.addClassCleanup(cls.server.close)
        cls.names = iter(range(1, 1000))

    def context(self, version=None):
        return secure.trusting(self.server.certificate, version)

    def run_program(self, *arguments):
        return subprocess.run([harness.BINARY, *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=harness.PATIENCE)


class ThroughTheLineDoor(TlsTest):
    def test_a_bot_lives_through_tls(self):
        client, world = self.connect(), self.world()
        bot = self.bot(client, world)
        for _ in range(20):
            result = client.call("act", bot=bot["id"], action="walk", args={"angle": 0.3},
                                 see=True)
            self.assertIn(result["outcome"], ("done", "refused"))

    def test_versions_1_2_and_1_3_are_spoken_and_1_1_is_not(self):
        for version in (TLS_1_2, TLS_1_3):
            with secure.SecureClient(self.server.port, self.context(version)) as client:
                self.assertEqual(client.call("ping"), {})
        for port in (self.server.port, self.server.http_port):
            with self.assertRaises((ssl.SSLError, OSError)):
                secure.SecureClient(port, self.context(TLS_1_1))

    def test_what_fills_many_records_arrives_whole(self):
        client, world = self.connect(), self.world(dims=[200, 5, 200], capacity={"thing": 400})
        for i in range(300):
            client.ask("thing.create", world=world["id"], kind="well",
                       pos=[3 + i % 20 * 4, 0, 3 + i // 20 * 4])
        for _ in range(300):
            client.next_answer()
        asked = [client.ask("thing.list", world=world["id"]) for _ in range(20)]
        for one in asked:
            self.assertEqual(len(client.result(one)["items"]), 300)

    def test_many_lines_in_one_record_are_all_answered(self):
        client = self.connect()
        client.send(b'{"id":1,"method":"ping"}\n' * 3000)
        for _ in range(3000):
            self.assertEqual(client.next_answer()["result"], {})

    def test_a_line_in_tiny_records_is_put_together(self):
        client = self.connect()
        for byte in b'{"id":1,"method":"ping"}\n':
            client.send(bytes([byte]))
        self.assertEqual(client.answer(1)["result"], {})

    def test_who_reads_late_gets_every_byte(self):
        world = self.world(dims=[200, 5, 200], capacity={"thing": 400})
        client = self.connect(receive_buffer=4096)
        for i in range(200):
            client.call("thing.create", world=world["id"], kind="well",
                        pos=[3 + i % 20 * 4, 0, 3 + i // 20 * 4])
        asked = [client.ask("thing.list", world=world["id"]) for _ in range(60)]
        with self.connect() as other:
            other.call("world.get", world=world["id"])
        for one in asked:
            self.assertEqual(len(client.result(one)["items"]), 200)

    def test_who_says_goodbye_is_answered_and_told_goodbye(self):
        client = self.connect()
        asked = client.ask("ping")
        self.assertEqual(client.result(asked), {})
        client.socket.unwrap()  # fails unless the server says goodbye as well

    def test_openssl_talks_to_it(self):
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.server.port}", "-quiet",
                   "-verify_return_error", "-CAfile", str(self.server.certificate)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            process.stdin.write(b'{"id":"hi","method":"ping"}\n')
            process.stdin.flush()
            self.assertEqual(json.loads(process.stdout.readline()), {"id": "hi", "result": {}})
            process.kill()


class ThroughTheHttpDoor(TlsTest):
    def request(self, method, path, body=None):
        connection = http.client.HTTPSConnection("localhost", self.server.http_port,
                                                 timeout=harness.PATIENCE, context=self.context())
        self.addCleanup(connection.close)
        connection.request(method, path, body, web.JSON if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def web_socket(self, **options):
        client = secure.SecureWebSocket(self.server.http_port, context=self.context(), **options)
        self.addCleanup(client.close)
        return client

    def test_requests_are_answered(self):
        self.assertEqual(self.request("GET", "/healthz")[0], 200)
        status, body = self.request("POST", "/rpc", json.dumps({"id": 1, "method": "ping"}))
        self.assertEqual((status, json.loads(body)), (200, {"id": 1, "result": {}}))
        self.assertIn(b"unscripted_connections", self.request("GET", "/metrics")[1])

    def test_the_metrics_tell_when_the_certificate_ends(self):
        text = self.request("GET", "/metrics")[1].decode()
        told = float(text.split("\nunscripted_tls_certificate_end_seconds ")[1].split()[0])
        days = (told - time.time()) / 86400
        self.assertLess(abs(days - secure.DAYS), 1 / 24)

    def test_an_error_that_ends_the_connection_arrives(self):
        status, body = self.request("POST", "/rpc", "x" * 400_000)
        self.assertEqual(status, 413, body)

    def test_an_error_comes_before_the_body_that_it_is_about(self):
        where = ("localhost", self.server.http_port)
        with socket.create_connection(where, harness.PATIENCE) as raw, \
                self.context().wrap_socket(raw, server_hostname="localhost") as client:
            client.sendall(b"POST /rpc HTTP/1.1\r\nHost: localhost\r\n"
                           b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
            self.assertTrue(client.recv(4096).startswith(b"HTTP/1.1 413 "))

    def test_a_web_socket_acts_and_sees_events(self):
        client, world = self.web_socket(), self.world()
        self.assertEqual(client.status, 101)
        bot = self.bot(client, world)
        client.call("subscribe", world=world["id"])
        self.assertEqual(len(client.event("snapshot")["things"]), 1)
        client.call("act", bot=bot["id"], action="walk", args={"angle": 0})
        self.assertTrue(client.event("delta"))

    def test_the_page_comes_from_its_own_site_by_https(self):
        port = self.server.http_port
        own = {"Origin": f"https://127.0.0.1:{port}"}
        self.assertEqual(self.web_socket(headers=own).status, 101)
        other = {"Origin": "https://elsewhere.example"}
        self.assertEqual(self.web_socket(headers=other).status, 403)


class Strangers(TlsTest):
    """Those who don't speak TLS, or not to its end."""

    def test_plain_text_is_told_so_and_the_connection_ends(self):
        with harness.Client(self.server.port) as client:
            client.send(b'{"id":1,"method":"ping"}\n')
            self.assert_error(client.next_answer(), harness.INVALID_REQUEST)
            self.assertTrue(client.has_ended())
        with web.Raw(self.server.http_port) as client:
            client.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertNotIn(b"200", client.file.read())
        self.assert_alive()

    def test_garbage_that_begins_like_tls_ends_the_connection(self):
        chance = harness.chance()
        for port in (self.server.port, self.server.http_port):
            for _ in range(20):
                with harness.Client(port) as client:
                    client.send(b"\x16\x03\x01" + chance.randbytes(chance.randrange(400))
                                + b"\0" * 17000)
                    self.assertTrue(client.socket.recv(100) or True)
        self.assert_alive()

    def test_a_handshake_that_does_not_go_on_is_ended(self):
        begun = []
        for port in (self.server.port, self.server.http_port):
            for beginning in (b"", b"\x16\x03\x01\x02\x00\x01"):
                begun.append(socket.create_connection(("127.0.0.1", port), harness.PATIENCE))
                begun[-1].sendall(beginning)
        before = time.monotonic()
        for one in begun:
            with one:
                self.assertEqual(one.recv(100), b"")
        print(f"ended within {time.monotonic() - before:.1f} s")
        self.assert_alive()

    def test_a_reset_within_the_handshake_does_no_harm(self):
        for _ in range(50):
            client = harness.Client(self.server.port)
            client.send(b"\x16\x03\x01\x02\x00\x01")
            client.reset()
        self.assert_alive()


class TheProgramsOwnVerbs(TlsTest):
    def where(self):
        return "--server", f"localhost:{self.server.port}"

    def trust(self):
        return *self.where(), "--tls-ca", str(self.server.certificate)

    def test_verbs_ask_through_tls(self):
        self.assertEqual(self.run_program("ping", *self.trust()).returncode, 0)
        world = self.world()
        listed = self.run_program("world", "list", *self.trust())
        self.assertIn(world["name"], listed.stdout, listed.stderr)
        watched = self.run_program("watch", world["name"], "--once", *self.trust())
        self.assertEqual(watched.returncode, 0, watched.stderr)
        lived = self.run_program("simulate", "--world", world["name"], "--bots", "3", "--seconds",
                                 "0.3", "--json", *self.trust())
        self.assertGreater(json.loads(lived.stdout)["actions"], 0, lived.stderr)

    def test_a_server_that_nobody_vouches_for_is_not_spoken_to(self):
        for options, code, word in ((("--tls",), 3, "--tls-ca"), ((), 1, "--tls")):
            refused = self.run_program("ping", *self.where(), *options)
            self.assertEqual(refused.returncode, code, refused.stderr)
            self.assertIn(word, refused.stderr)

    def test_a_server_by_another_name_is_not_spoken_to(self):
        other = harness.Server(verifies=False)
        self.addCleanup(other.close)
        files = secure.make_certificate(other.folder, whose="DNS:elsewhere.example")
        other.options = ("--tls-cert", str(files[0]), "--tls-key", str(files[1]))
        other.start()
        refused = self.run_program("ping", "--server", f"localhost:{other.port}", "--tls-ca",
                                   str(files[0]))
        self.assertEqual(refused.returncode, 3, refused.stderr)
        self.assertIn("does not prove", refused.stderr)

    def test_a_file_of_trust_that_is_none_is_told(self):
        refused = self.run_program("ping", *self.where(), "--tls-ca", "/nowhere.pem")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("/nowhere.pem", refused.stderr)


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


class NewCertificate(unittest.TestCase):
    """The files change while the server runs, and SIGHUP tells it."""

    def start(self, *options):
        server = secure.SecureServer(*options, http=0)
        self.addCleanup(server.close)
        return server.start()

    def hang_up(self, server, told):
        os.kill(server.pid, signal.SIGHUP)
        harness.poll(lambda: told in server.err, f"the log says: {told}")

    def renew(self, server):
        secure.make_certificate(server.folder)  # under the same names
        self.hang_up(server, "the certificate is read anew")

    def shown(self, port, context):
        """The certificate that a new connection gets."""
        with socket.create_connection(("localhost", port), harness.PATIENCE) as raw, \
                context.wrap_socket(raw, server_hostname="localhost") as client:
            return ssl.DER_cert_to_PEM_cert(client.getpeercert(binary_form=True))

    def test_new_connections_get_it_and_the_present_ones_go_on(self):
        server = self.start()
        former = secure.trusting(server.certificate)
        client = server.connect()
        self.addCleanup(client.close)
        self.renew(server)
        for port in (server.port, server.http_port):
            shown = self.shown(port, secure.trusting(server.certificate))
            self.assertIn(shown.strip(), server.certificate.read_text())
            with self.assertRaises(ssl.SSLError):
                self.shown(port, former)
        self.assertEqual(client.call("ping"), {})

    def test_files_that_are_no_good_leave_the_former_one(self):
        server = self.start()
        former = secure.trusting(server.certificate)
        server.key.write_text("no key")
        self.hang_up(server, "the former one stays")
        self.assertIn("holds no key", server.err)
        for port in (server.port, server.http_port):
            self.shown(port, former)

    def test_who_looks_after_a_server_hands_it_on(self):
        server = self.start("--supervise")
        client = server.connect()
        self.addCleanup(client.close)
        self.renew(server)
        self.assertEqual(client.call("ping"), {})

    def test_one_that_comes_while_it_starts_is_not_lost(self):
        server = secure.SecureServer("--supervise", http=0)
        self.addCleanup(server.close)

        def hang_up():
            harness.poll(lambda: server.process and children(server.pid), "there is a server")
            os.kill(server.pid, signal.SIGHUP)

        early = threading.Thread(target=hang_up)
        early.start()
        server.start()
        early.join()
        harness.poll(lambda: "the certificate is read anew" in server.err, "the log says so")
        self.assertNotIn("SIGHUP", server.err)

    def test_without_tls_it_is_a_wish_to_stop(self):
        for options in ((), ("--supervise",)):
            server = harness.Server(*options)
            self.addCleanup(server.close)
            server.start().process.send_signal(signal.SIGHUP)
            self.assertEqual(server.wait(), 0)
            self.assertIn("everything acknowledged is safe", server.out)


class WrongFiles(unittest.TestCase):
    """A server whose certificate or key is wrong says so, and does not start."""

    def setUp(self):
        self.server = harness.Server()
        self.addCleanup(self.server.close)
        self.certificate, self.key = secure.make_certificate(self.server.folder)

    def assert_refused(self, certificate, key, *words, code=1):
        self.server.options = ("--tls-cert", str(certificate), "--tls-key", str(key))
        if key is None:
            self.server.options = self.server.options[:2]
        with self.assertRaises(harness.DidNotStart) as caught:
            self.server.start()
        self.assertEqual(caught.exception.code, code, caught.exception)
        for word in words:
            self.assertIn(word, caught.exception.err)

    def test_a_missing_file_is_named(self):
        nowhere = self.server.folder / "nowhere.pem"
        self.assert_refused(nowhere, self.key, "--tls-cert", "nowhere.pem")
        self.assert_refused(self.certificate, nowhere, "--tls-key", "nowhere.pem")

    def test_a_file_that_is_no_pem_is_named(self):
        junk = self.server.folder / "junk.pem"
        junk.write_text("no certificate")
        junk.chmod(0o600)
        self.assert_refused(junk, self.key, "--tls-cert", "junk.pem")
        self.assert_refused(self.certificate, junk, "--tls-key", "junk.pem")

    def test_the_key_of_another_certificate_is_refused(self):
        _, other = secure.make_certificate(self.server.folder, "other")
        self.assert_refused(self.certificate, other, "--tls-key", "is not the key of")

    def test_a_key_that_others_may_read_is_refused(self):
        self.key.chmod(0o644)
        self.assert_refused(self.certificate, self.key, "chmod 600")

    def test_one_file_without_the_other_is_refused(self):
        self.assert_refused(self.certificate, None, "--tls-key", code=2)


if __name__ == "__main__":
    harness.main()
