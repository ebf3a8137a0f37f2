#!/usr/bin/env python3
"""Whose worlds, bots and private properties are, and how many worlds one may have."""

import json

import harness
import probe
from guarded import ROLES, Tokens


class WhatIsWhose(Tokens):
    def setUp(self):
        super().setUp()
        self.owner = self.as_("owner")
        self.eden = self.owner.call("world.create", name=f"eden-{next(self.names)}")

    def test_a_world_is_its_owner_s_and_nobody_else_s(self):
        other = self.as_(self.make("owner")["token"])
        for method in ("world.get", "world.delete", "history.stats", "thing.list", "bot.create"):
            self.assert_refused(other, 403, method, world=self.eden["id"])
        self.assertEqual(other.call("world.list"), {"items": []})
        self.assert_refused(other, 403, "history.diff", world=self.eden["id"],
                            other=self.eden["id"])
        mine = other.call("world.create", name=f"mine-{next(self.names)}")
        self.assert_refused(other, 403, "history.diff", world=mine["id"], other=self.eden["id"])
        fork = other.call("world.fork", world=mine["id"])
        self.assertEqual({w["id"] for w in other.call("world.list")["items"]},
                         {mine["id"], fork["id"]})
        self.assertEqual(other.call("world.delete", world=fork["id"]), {"deleted": 1})

    def test_a_token_for_one_world_is_good_for_no_other(self):
        other = self.owner.call("world.create", name=f"other-{next(self.names)}")
        for role in ROLES[:3]:
            made = self.make(role, world=self.eden["name"])
            client = self.as_(made["token"])
            self.assertEqual(client.call("hello")["scopes"], [role, "world:" + self.eden["id"]])
            self.assertEqual([w["id"] for w in client.call("world.list")["items"]],
                             [self.eden["id"]])
            self.assert_refused(client, 403, "thing.list", world=other["id"])
        self.assert_refused(client, 403, "world.create")
        self.assert_refused(client, 403, "world.fork", world=self.eden["id"])
        self.assertEqual(client.call("world.update", world=self.eden["id"], speed=3)["speed"], 3)

    def test_bots_are_those_of_the_token_that_made_them(self):
        one, two = (self.as_(self.make("bot")["token"]) for _ in range(2))
        ada = one.call("bot.create", world=self.eden["id"])
        one.call("act", bot=ada["id"], action="pass")
        self.assert_refused(two, 403, "act", bot=ada["id"], action="pass")
        self.assert_refused(two, 403, "bot.attach", bot=ada["id"], take=True)
        answers = two.call("act", acts=[{"bot": ada["id"], "action": "pass"}])
        self.assertEqual(answers[0]["error"]["code"], 403)
        two.call("see", bot=ada["id"])
        self.owner.call("bot.attach", bot=ada["id"], take=True)
        self.assertEqual(self.owner.call("act", bot=ada["id"], action="pass")["outcome"], "done")

    def test_a_bot_s_token_speaks_for_that_bot_and_its_heirs(self):
        maker = self.as_("bot")
        ada, eve = (maker.call("bot.create", world=self.eden["id"]) for _ in range(2))
        maker.close()
        client = self.as_(ada["token"])
        self.assertEqual(client.call("hello")["scopes"],
                         ["bot", "world:" + self.eden["id"], "bot:" + ada["id"]])
        harness.poll(lambda: self.code_of(client, "bot.attach", bot=ada["id"]) == 0,
                     "the maker's connection is gone")
        self.assertEqual(client.call("act", bot=ada["id"], action="pass")["outcome"], "done")
        self.assert_refused(client, 403, "act", bot=eve["id"], action="pass")
        self.assert_refused(client, 403, "bot.create", world=self.eden["id"])
        self.owner.call("world.update", world=self.eden["id"], rules={"lifespan": 1})
        error = client.answer(client.ask("act", bot=ada["id"], action="pass"))
        heir = client.event("died").get("heir")
        self.assertTrue(heir, error)
        again = self.as_(ada["token"])
        self.assertEqual(again.call("bot.attach", bot=heir, take=True)["id"], heir)

    def test_who_attaches_a_bot_may_show_the_token_with_it(self):
        maker = self.as_("bot")
        ada = maker.call("bot.create", world=self.eden["id"])
        eve = maker.call("bot.create", world=self.eden["id"])
        client = self.stranger()
        wrong = ada["token"][:-1] + ("0" if ada["token"][-1] != "0" else "1")
        self.assert_refused(client, 401, "bot.attach", bot=ada["id"], token=wrong)
        self.assert_refused(client, 401, "act", bot=ada["id"], action="pass")
        shown = client.call("bot.attach", bot=ada["id"], token=ada["token"], take=True)
        self.assertEqual(shown["id"], ada["id"])
        self.assertEqual(client.call("act", bot=ada["id"], action="pass")["outcome"], "done")
        for method, params in (("bot.attach", {"bot": eve["id"]}), ("hello", {})):
            self.assert_refused(client, 409, method, {**params, "token": eve["token"]})
        self.assert_refused(client, 403, "bot.attach", bot=eve["id"], take=True)

    def test_records_name_the_token_that_wished_them(self):
        ada = self.owner.call("bot.create", world=self.eden["id"])
        self.owner.call("act", bot=ada["id"], action="pass")
        numbers = {t["name"]: t["id"] for t in self.admin.call("token.list")["items"]
                   if "name" in t}
        records = self.owner.call("history.read", {"world": self.eden["id"], "from": 1})["records"]
        self.assertTrue(records)
        self.assertEqual({json.dumps(r).count(f'"principal": {numbers["owner"]}')
                          for r in records}, {1}, records)

    def test_ownership_survives_a_kill(self):
        with harness.Server("--tokens") as server:
            with server.connect() as admin:
                tokens = {r: admin.call("token.create", role=r)["token"] for r in ("owner", "bot")}
                with harness.Client(server.port) as client:
                    client.call("hello", token=tokens["owner"])
                    client.call("world.create", name="eden")
                with harness.Client(server.port) as client:
                    client.call("hello", token=tokens["bot"])
                    ada = client.call("bot.create", world="eden")
            server.kill()
            server.start()
            with harness.Client(server.port) as client:
                client.call("hello", token=tokens["owner"])
                self.assertEqual(client.call("world.get", world="eden")["name"], "eden")
            for token in (tokens["bot"], ada["token"]):
                with harness.Client(server.port) as client:
                    client.call("hello", token=token)
                    client.call("bot.attach", bot=ada["id"], take=True)
                    client.call("act", bot=ada["id"], action="pass")


class Private(harness.ServerTest):
    """A property that begins with `_` is for the bot's own session, its owner, and admins."""

    def test_only_those_whom_it_belongs_to_see_a_private_property(self):
        with probe.folder() as plugins, \
                harness.Server("--tokens", "--plugins", str(plugins)) as server:
            admin = server.connect()
            tokens = {r: admin.call("token.create", role=r)["token"]
                      for r in ("observer", "bot", "owner")}

            def as_(token):
                client = harness.Client(server.port)
                self.addCleanup(client.close)
                client.call("hello", token=token)
                return client
            owner, maker = as_(tokens["owner"]), as_(tokens["bot"])
            eden = owner.call("world.create", name="eden")
            ada = maker.call("bot.create", world="eden")
            maker.call("act", bot=ada["id"], action="ponder", target=ada["id"],
                       args={"mood": 0.123456})
            sees = {"maker": maker, "same token": as_(tokens["bot"]), "bot": as_(ada["token"]),
                    "owner": owner, "admin": admin}
            for name, client in sees.items():
                with self.subTest(name=name):
                    self.assertEqual(client.call("thing.get", id=ada["id"])["props"]["_mood"],
                                     0.123456)
            other = as_(admin.call("token.create", role="bot")["token"])
            for client in (as_(tokens["observer"]), other):
                for method, params in (("thing.get", {"id": ada["id"]}),
                                       ("see", {"bot": ada["id"]}),
                                       ("thing.list", {"world": eden["id"]}),
                                       ("history.state", {"world": eden["id"]})):
                    said = client.call(method, params)
                    self.assertNotIn("_mood", json.dumps(said), method)
                self.assert_refused(client, 403, "history.read", {"world": "eden", "from": 1})


class EnoughWorlds(Tokens):
    options = (*Tokens.options, "--max-worlds-per-token", "2")

    def test_a_token_has_no_more_worlds_than_it_may_however_it_makes_them(self):
        owner, other = (self.as_(self.make("owner")["token"]) for _ in range(2))
        self.assertEqual(owner.call("hello")["limits"]["worlds_per_token"], 2)
        eden = owner.call("world.create")
        owner.call("world.fork", world=eden["id"])
        for method, params in (("world.create", {}), ("world.fork", {"world": eden["id"]})):
            error = self.assert_refused(owner, 403, method, params)
            self.assertEqual(error["data"]["limit"], 2)
            self.assertIn("--max-worlds-per-token", error["message"])
        self.assertEqual(len(owner.call("world.list")["items"]), 2)
        other.call("world.create")
        owner.call("world.delete", world=eden["id"])
        owner.call("world.create")

    def test_imported_worlds_count_as_well(self):
        admin = self.as_(self.make("admin")["token"])
        exported = admin.call("history.export", world=admin.call("world.create")["id"])
        file = self.server.folder / "exported.jsonl"
        file.write_text("".join(json.dumps(item) + "\n" for item in exported["items"]))
        admin.call("history.import", file=str(file), name="again")
        self.assert_refused(admin, 403, "history.import", file=str(file), name="and again")
        self.assertEqual(self.code_of(admin, "world.get", world="and again"), 404)


if __name__ == "__main__":
    harness.main()
