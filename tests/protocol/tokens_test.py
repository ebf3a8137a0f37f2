#!/usr/bin/env python3
"""Tokens: who may do what, through each door, and what nobody learns without one."""

import json
import os
import stat
import subprocess

import harness
import web
from guarded import ROLES, Tokens

NOBODY = None


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


class Strangers(Tokens):
    def test_who_has_shown_no_token_may_ping_and_nothing_else(self):
        client = self.stranger()
        self.assertEqual(client.call("ping"), {})
        for method in ("describe", "world.list", "server.status", "server.stop", "token.list"):
            error = self.assert_refused(client, 401, method)
            self.assertIn("hello", error["message"])
        self.assert_refused(client, 401, "hello")
        self.assertEqual(client.call("ping"), {})

    def test_requests_right_behind_a_good_hello_are_answered(self):
        client = self.stranger()
        hello = {"id": 1, "method": "hello", "params": {"token": self.tokens["observer"]}}
        client.send((json.dumps(hello) + '\n{"id":2,"method":"world.list"}\n').encode())
        self.assertEqual(client.answer(1)["result"]["scopes"], ["observer"])
        self.assertIn("result", client.answer(2))

    def test_a_wrong_token_is_told_late_and_the_right_one_may_follow(self):
        client = self.stranger()
        right = self.tokens["bot"]
        wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
        nobody_s = "ub_1_" + "0" * 24 + "_" + "0" * 32
        for token in (wrong, "ut_1_" + "0" * 32, "", "x" * 1000, nobody_s):
            self.assert_refused(client, 401, "hello", token=token)
        self.assertEqual(client.call("hello", token=right)["scopes"], ["bot"])

    def test_a_stranger_s_line_may_have_4_KiB_and_no_more(self):
        client = self.stranger()
        client.send_line({"id": 1, "method": "hello", "params": {"client": "x" * 5000}})
        self.assert_error(client.next_answer(), 413, limit_bytes=4096)
        self.assertTrue(client.has_ended())
        known = self.as_("observer")
        self.assertEqual(known.call("hello", client="x" * 5000)["scopes"], ["observer"])

    def test_who_says_nothing_for_5_seconds_is_told_and_goes(self):
        for client in (self.stranger(), web.WebSocket(self.server.http_port)):
            self.addCleanup(client.close)
            self.assert_error(client.next_answer(), 401)
            self.assertTrue(client.has_ended())

    def test_an_address_may_have_64_strangers_and_those_who_said_hello_do_not_count(self):
        known = [self.as_("observer") for _ in range(3)]
        waiting = [self.stranger() for _ in range(64)]
        for client in waiting:
            client.call("ping")
        one_more = self.stranger()
        self.assert_error(one_more.next_answer(), 503)
        self.assertTrue(one_more.has_ended())
        self.assertEqual(web.fetch(self.server.http_port, "/healthz").status, 503)
        for client in waiting:
            client.close()
        harness.poll(lambda: web.fetch(self.server.http_port, "/healthz").status == 200,
                     "the strangers are gone")
        self.assertEqual(known[0].call("ping"), {})

    def test_a_connection_is_one_token_s_for_good(self):
        client = self.as_("observer")
        client.call("hello", token=self.tokens["observer"])
        self.assert_refused(client, 409, "hello", token=self.tokens["admin"])
        self.assert_refused(client, 403, "server.stop")


# What each asks for, and of which role one must be.
ASKED = {
    "describe": ("observer", {}), "server.status": ("observer", {}),
    "plugin.list": ("observer", {}), "world.list": ("observer", {}),
    "world.get": ("observer", {"world": "W"}),
    "thing.list": ("observer", {"world": "W"}), "thing.get": ("observer", {"id": "B"}),
    "see": ("observer", {"bot": "B"}), "history.stats": ("observer", {"world": "W"}),
    "history.state": ("observer", {"world": "W"}),
    "bot.create": ("bot", {"world": "W"}),
    "world.update": ("owner", {"world": "W", "speed": 2}),
    "world.fork": ("owner", {"world": "W"}),
    "thing.create": ("owner", {"world": "W", "kind": "well"}),
    "thing.update": ("owner", {"id": "B", "pos": [1, 0, 1]}),
    "history.read": ("owner", {"world": "W", "from": 1}),
    "history.verify": ("owner", {"world": "W"}),
    "history.diff": ("owner", {"world": "W", "other": "W"}),
    "history.explain": ("owner", {"id": "B"}),
    "history.export": ("owner", {"world": "W"}),
    "history.prune": ("owner", {"world": "W", "before": {"seq": 1}}),
    "history.retain": ("owner", {"world": "W", "keep_days": 0}),
    "act": ("owner", {"bot": "B", "action": "pass"}),  # it is the owner's bot
    "plugin.set_aside": ("admin", {"name": "no_such_plugin"}),
    "plugin.load": ("admin", {"name": "no_such_plugin"}),
    "history.import": ("admin", {"file": "/nowhere"}),
    "server.backup": ("admin", {"folder": "relative"}),
    "server.checkpoint": ("admin", {"folder": "relative"}),
    "token.create": ("admin", {"role": "bot"}), "token.list": ("admin", {}),
    "token.revoke": ("admin", {"id": 999}),
}


class WhoMayDoWhat(Tokens):
    def setUp(self):
        super().setUp()
        owner = self.as_("owner")
        self.eden = owner.call("world.create", name=f"eden-{next(self.names)}")
        self.ada = owner.call("bot.create", world=self.eden["id"])
        owner.close()

    def params(self, params):
        known = {"W": self.eden["id"], "B": self.ada["id"]}
        return {k: known.get(v, v) if isinstance(v, str) else v for k, v in params.items()}

    def check(self, ask):
        """`ask(role, request)` returns the code of an error, or 0."""
        for role in (NOBODY, *ROLES):
            for method, (least, params) in ASKED.items():
                code = ask(role, {"id": 1, "method": method, "params": self.params(params)})
                with self.subTest(role=role, method=method):
                    if role is NOBODY:
                        self.assertEqual(code, 401)
                    elif ROLES.index(role) < ROLES.index(least):
                        self.assertEqual(code, 403)
                    else:
                        self.assertNotIn(code, (401, 403))

    def test_each_role_may_do_what_it_is_for_over_TCP(self):
        clients = {r: self.as_(r) if r else self.stranger() for r in (NOBODY, *ROLES)}
        self.check(lambda role, r: self.code_of(clients[role], r["method"], r["params"]))

    def test_each_role_may_do_what_it_is_for_over_a_WebSocket(self):
        def socket(role):
            client = web.WebSocket(self.server.http_port)
            self.addCleanup(client.close)
            if role:
                client.call("hello", token=self.tokens[role])
            return client
        clients = {r: socket(r) for r in (NOBODY, *ROLES)}
        self.check(lambda role, r: self.code_of(clients[role], r["method"], r["params"]))

    def test_each_role_may_do_what_it_is_for_over_rpc(self):
        def ask(role, request):
            answer = web.fetch(self.server.http_port, "/rpc", "POST", json.dumps(request),
                               {**web.JSON, **bearer(self.tokens.get(role))})
            if answer.status != 200:
                return answer.status
            return json.loads(answer.body).get("error", {}).get("code", 0)
        self.check(ask)

    def test_each_role_may_do_what_it_is_for_over_v1(self):
        world, bot = self.eden["id"], self.ada["id"]
        asked = {
            ("GET", f"things?rootid={world}"): "observer", ("GET", ""): "observer",
            ("POST", f"bots?parentid={world}"): "bot",
            ("POST", f"things?module=well&parentid={world}"): "owner",
            ("POST", "worlds"): "owner",
            ("GET", f"things/{world}/actions/pass?actorid={bot}"): None,
            ("GET", "stop"): "admin",
        }
        for role in (NOBODY, *ROLES[:3]):
            for (verb, path), least in asked.items():
                status = web.fetch(self.server.http_port, "/api/1/" + path, verb,
                                   headers=bearer(self.tokens.get(role))).status
                with self.subTest(role=role, path=path):
                    if role is NOBODY:
                        self.assertEqual(status, 401)
                    elif least and ROLES.index(role) < ROLES.index(least):
                        self.assertEqual(status, 403)
                    elif least:
                        self.assertEqual(status, 200)
        for role, status in (("observer", 403), ("bot", 403), ("owner", 200)):
            path = f"/api/1/bots/{bot}/actions/pass?actorid={bot}"
            self.assertEqual(web.fetch(self.server.http_port, path, "POST",
                                       headers=bearer(self.tokens[role])).status, status, role)

    def test_addresses_that_tell_something_want_a_token_and_the_page_does_not(self):
        port = self.server.http_port
        for path in ("/describe", "/metrics", "/openapi.json"):
            self.assertEqual(web.fetch(port, path).status, 401)
            self.assertIn("Bearer", web.fetch(port, path).headers["WWW-Authenticate"])
            wrong = bearer("ut_1_" + "0" * 32)
            self.assertEqual(web.fetch(port, path, headers=wrong).status, 401)
            self.assertEqual(
                web.fetch(port, path, headers=bearer(self.tokens["observer"])).status, 200)
            self.assertEqual(
                web.fetch(port, f"{path}?token={self.tokens['admin']}").status, 401)
        for path in ("/", "/healthz", "/readyz"):
            self.assertIn(web.fetch(port, path).status, (200, 404), path)

    def test_a_WebSocket_of_v1_wants_the_token_in_its_header(self):
        port = self.server.http_port
        self.assertEqual(web.WebSocket(port, "/api/1/").status, 401)
        client = web.WebSocket(port, "/api/1/", bearer(self.tokens["observer"]))
        self.assertEqual(client.status, 101)
        client.send_line("things?rootid=" + self.eden["id"])
        self.assertIn("data", json.loads(client.read_line()))
        client.send_line("stop")
        self.assertEqual(json.loads(client.read_line())["error"]["code"], 403)
        client.close()


class TheEnd(Tokens):
    def test_a_revoked_token_s_connections_end_at_once_and_its_bots_tokens_with_it(self):
        made = self.make("owner")
        client, socket = self.as_(made["token"]), web.WebSocket(self.server.http_port)
        self.addCleanup(socket.close)
        socket.call("hello", token=made["token"])
        eden = client.call("world.create", name=f"eden-{next(self.names)}")
        ada = client.call("bot.create", world=eden["id"])
        client.call("subscribe", world=eden["id"])
        self.assertEqual(self.admin.call("token.revoke", id=made["id"]), {})
        for one in (client, socket):
            one.send_line({"id": 99, "method": "world.list"})
            self.assertTrue(one.has_ended())
            for answer in one.answers:
                self.assertEqual(answer["error"]["code"], 401)
        for token in (made["token"], ada["token"]):
            self.assert_refused(self.stranger(), 401, "hello", token=token)
            self.assertEqual(web.fetch(self.server.http_port, "/metrics",
                                       headers=bearer(token)).status, 401)
        self.admin.call("world.delete", world=eden["id"])

    def test_who_revokes_his_own_token_is_told_so_first(self):
        made = self.make("admin")
        client = self.as_(made["token"])
        self.assertEqual(client.call("token.revoke", id=made["id"]), {})
        self.assertTrue(client.has_ended())

    def test_a_token_with_days_says_when_it_ends(self):
        made = self.make("observer", days=2)
        self.assertAlmostEqual(made["expires"] - made["created"], 2 * 86400, delta=1)
        listed = {t["id"]: t for t in self.admin.call("token.list")["items"]}
        self.assertEqual(listed[made["id"]]["expires"], made["expires"])
        self.assertNotIn("token", listed[made["id"]])


class Secrets(Tokens):
    def test_nothing_that_opens_is_in_the_log_in_describe_or_in_the_list(self):
        made = self.make("bot", name="ada")
        client = self.as_(made["token"])
        self.assert_refused(self.stranger(), 401, "hello", token="ut_1_" + "5" * 32)
        secrets = [t.rsplit("_", 1)[1] for t in (*self.tokens.values(), made["token"])]
        said = (self.server.err + self.server.out + json.dumps(client.call("describe"))
                + json.dumps(self.admin.call("token.list")))
        for secret in (*secrets, "5" * 32):
            self.assertNotIn(secret, said)

    def test_files_with_secrets_are_their_owner_s_only(self):
        for name in ("admin.token", "token-key"):
            mode = os.stat(self.server.data / name).st_mode
            self.assertEqual(stat.S_IMODE(mode), 0o600, name)
        secret = self.server.token.rsplit("_", 1)[1].encode()
        for file in self.server.data.rglob("*"):
            if file.is_file() and file.name != "admin.token":
                self.assertNotIn(secret, file.read_bytes(), file)

    def test_admin_acts_are_logged_with_who_what_and_what_came_of_it(self):
        made = self.make("observer")
        self.admin.call("token.revoke", id=made["id"])
        self.assert_refused(self.as_("bot"), 403, "server.stop")
        eden = self.admin.call("world.create", name=f"doomed-{next(self.names)}")
        self.admin.call("world.delete", world=eden["name"])

        def lines():
            return [(e["principal"], e["what"], e.get("target"), e["outcome"])
                    for e in self.log() if e["message"] == "audit"]
        wanted = [("1", "token.create", "observer", "done"),
                  ("1", "token.revoke", str(made["id"]), "done"),
                  ("1", "world.delete", eden["name"], "done")]
        harness.poll(lambda: all(w in lines() for w in wanted), "all is logged")
        self.assertIn(("server.stop", "forbidden"), [(w, o) for _, w, _, o in lines()])
        self.assertEqual({e["address"] for e in self.log() if e["message"] == "audit"},
                         {"127.0.0.1"})

    def test_acts_that_were_done_are_each_logged_with_what_they_made(self):
        made = [self.make("observer")["id"] for _ in range(5)]

        def told():
            return [e.get("made") for e in self.log() if e["message"] == "audit"]
        for number in made:
            harness.poll(lambda n=number: told().count(f"token {n}") == 1, "each is logged once")

    def test_acts_that_were_refused_do_not_flood_the_log(self):
        observer = self.as_("observer")
        asked = [observer.ask("world.delete", world=f"no-{i}") for i in range(500)]
        self.assertEqual({observer.answer(one)["error"]["code"] for one in asked}, {403})
        lines = [e for e in self.log() if e.get("target", "").startswith("no-")]
        self.assertTrue(0 < len(lines) < 100, len(lines))

    def test_wrong_tokens_are_counted_and_do_not_flood_the_log(self):
        for _ in range(20):
            client = self.stranger()
            client.ask("hello", token="ut_1_" + "0" * 32)
            client.close()

        def failures():
            text = web.fetch(self.server.http_port, "/metrics",
                             headers=bearer(self.tokens["observer"])).body.decode()
            return int(text.split("unscripted_failed_logins_total ")[-1].split()[0])
        harness.poll(lambda: failures() >= 20, "they are counted")
        lines = [e for e in self.log() if e["message"].startswith("failed login")]
        self.assertLess(len(lines), 20)


class Program(harness.ServerTest):
    """The program's own verbs."""

    options = ("--tokens",)

    def run_verb(self, *arguments, token=None, file=None, code=0):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("UNSCRIPTED_")}
        if token:
            environment["UNSCRIPTED_TOKEN"] = token
        if file:
            environment["UNSCRIPTED_TOKEN_FILE"] = file
        done = subprocess.run([harness.BINARY, *arguments], env=environment, capture_output=True,
                              text=True, timeout=harness.PATIENCE, cwd=self.server.folder)
        self.assertEqual(done.returncode, code, done)
        return done

    def at(self, *arguments, **more):
        return self.run_verb(*arguments, "--server", f"127.0.0.1:{self.server.port}", **more)

    def test_verbs_show_the_token_of_a_file_or_of_the_environment(self):
        file = str(self.server.data / "admin.token")
        self.assertIn("hello", self.at("status", code=1).stderr)
        self.assertIn("uptime_s", self.at("status", "--token-file", file).stdout)
        self.assertIn("uptime_s", self.at("status", token=self.server.token).stdout)
        self.assertIn("token", self.at("status", token="ut_1_" + "0" * 32, code=1).stderr)
        self.assertIn("nowhere", self.at("status", "--token-file", "nowhere", code=2).stderr)
        self.assertIn("uptime_s", self.at("status", file=file).stdout)
        self.assertIn("nowhere", self.at("status", "--token-file", "nowhere", file=file,
                                         code=2).stderr)
        self.assertIn("uptime_s", self.at("status", "--token-file", file, file="nowhere").stdout)

    def test_tokens_are_made_listed_and_revoked(self):
        made = self.at("token", "create", "--role", "observer", "--name", "eve", "--days", "3",
                       token=self.server.token)
        token = made.stdout.strip()
        number = token.split("_")[1]
        self.assertIn("only time", made.stderr)
        self.assertIn("world", self.at("world", "list", token=token).stdout + "world")
        listed = self.at("token", "list", token=self.server.token).stdout
        self.assertIn("eve", listed)
        self.assertNotIn(token.split("_")[2], listed)
        self.at("token", "revoke", number, token=self.server.token)
        self.at("world", "list", token=token, code=1)
        out = self.server.folder / "bot.token"
        self.at("token", "create", "--role", "bot", "--out", str(out), token=self.server.token)
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        self.at("world", "list", "--token-file", str(out))

    def test_a_folder_that_no_server_has_open_gives_tokens_as_well(self):
        with harness.Server("--tokens") as server:
            with server.connect() as admin:
                admin.call("world.create", name="eden")
            refused = self.run_verb("token", "list", "--data", str(server.data), code=1)
            self.assertIn("in use", refused.stderr)
            server.terminate()
            made = self.run_verb("token", "create", "--role", "bot", "--world", "eden", "--data",
                                 str(server.data)).stdout.strip()
            self.assertIn("bot", self.run_verb("token", "list", "--data",
                                               str(server.data)).stdout)
            self.run_verb("token", "revoke", "1", "--data", str(server.data))
            server.token = None
            (server.data / "admin.token").write_text("")
            server.start()
            with harness.Client(server.port) as client:
                self.assertEqual(client.call("hello", token=made)["scopes"][0], "bot")
            server.verifies = False

    def test_without_tokens_required_there_are_none_to_make(self):
        with harness.Server() as server, server.connect() as client:
            self.assert_refused(client, 409, "token.create", role="bot")
            self.assertEqual(client.call("hello", token="whatever")["scopes"], ["all"])


if __name__ == "__main__":
    harness.main()
