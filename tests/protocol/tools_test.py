#!/usr/bin/env python3
"""The HTTP door and the tools that people already have: curl and wrk."""

import json
import re
import shutil
import subprocess

import harness

PING = '{"id":1,"method":"ping"}'
WRK_POST = f"""
wrk.method = "POST"
wrk.body = '{PING}'
wrk.headers["Content-Type"] = "application/json"
"""


class Tools(harness.ServerTest):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server(http=0).start()
        cls.addClassCleanup(cls.server.close)
        cls.url = f"http://127.0.0.1:{cls.server.http_port}"

    def run_tool(self, *command):
        if not shutil.which(command[0]):
            self.skipTest(f"there is no {command[0]} here")
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, timeout=harness.PATIENCE)
        self.assertEqual(ended.returncode, 0, ended)
        return ended.stdout

    def test_curl_gets_an_answer_at_each_address(self):
        for path in ("/", "/healthz", "/readyz", "/describe", "/openapi.json", "/metrics",
                     "/api/1/worlds"):
            with self.subTest(path):
                self.assertTrue(self.run_tool("curl", "-sS", "--fail", self.url + path))
        said = self.run_tool("curl", "-sS", "--fail", "-H", "Content-Type: application/json",
                             "-d", PING, self.url + "/rpc")
        self.assertEqual(json.loads(said), {"id": 1, "result": {}})

    def test_wrk_finds_no_answer_that_is_an_error(self):
        script = self.server.folder / "post.lua"
        script.write_text(WRK_POST)
        for path, more in (("/healthz", ()), ("/rpc", ("-s", str(script)))):
            with self.subTest(path):
                said = self.run_tool("wrk", "-t1", "-c10", "-d1s", *more, self.url + path)
                self.assertNotRegex(said, "Non-2xx|Socket errors")
                self.assertGreater(int(re.search(r"(\d+) requests in", said)[1]), 0, said)


if __name__ == "__main__":
    harness.main()
