"""A server that other machines can reach starts only where its owner protects it, or insists."""

import unittest

import harness
import secure

EVERYWHERE = "0.0.0.0"


class Exposure(unittest.TestCase):
    def server(self, *options, host="127.0.0.1", http_host="127.0.0.1"):
        server = harness.Server(*options, http=0, verifies=False)
        server.host, server.http_host = host, http_host
        self.addCleanup(server.close)
        return server

    def assert_refused(self, server, *words):
        with self.assertRaises(harness.DidNotStart) as caught:
            server.start()
        self.assertEqual(caught.exception.code, 1, caught.exception)
        for word in words:
            self.assertIn(word, caught.exception.err)

    def test_it_is_refused_without_protection_and_told_what_to_do(self):
        words = "lets other machines in", "--tls-cert", "--tokens", "127.0.0.1", "--insecure"
        self.assert_refused(self.server(host=EVERYWHERE), "--tcp", *words)
        self.assert_refused(self.server(host="[::]"), "--tcp", *words)
        self.assert_refused(self.server(http_host=EVERYWHERE), "--http", *words)

    def test_tls_alone_is_not_enough(self):
        server = self.server(host=EVERYWHERE)
        certificate, key = secure.make_certificate(server.folder)
        server.options = ("--tls-cert", str(certificate), "--tls-key", str(key))
        self.assert_refused(server, "turn on tokens (--tokens)")

    def test_who_insists_is_warned(self):
        server = self.server("--insecure", host=EVERYWHERE).start()
        with server.connect() as client:
            limits = client.call("hello")["limits"]
        self.assertEqual(limits["sessions_per_address"], 1024)
        self.assertIn("anybody who reaches it", server.err)

    def test_this_machine_needs_no_protection(self):
        server = self.server(host="localhost", http_host="localhost").start()
        self.assertNotIn("--insecure", server.err)


if __name__ == "__main__":
    harness.main()
