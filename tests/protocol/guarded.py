"""A server that wants tokens, and clients of each role."""

import json

import harness

ROLES = ("observer", "bot", "owner", "admin")


class Tokens(harness.ServerTest):
    options = ("--tokens", "--log-format", "json")
    http = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tokens = {"admin": cls.server.token}
        with cls.server.connect() as admin:
            for role in ROLES[:3]:
                cls.tokens[role] = admin.call("token.create", role=role, name=role)["token"]

    def setUp(self):
        self.admin = self.connect()

    def stranger(self, **options):
        client = harness.Client(self.server.port, **options)
        self.addCleanup(client.close)
        return client

    def as_(self, token):
        client = self.stranger()
        client.call("hello", token=self.tokens.get(token, token))
        return client

    def make(self, role, **more):
        return self.admin.call("token.create", role=role, **more)

    def code_of(self, client, method, params=None, /, **more):
        """0 where it was done."""
        answer = client.answer(client.ask(method, params, **more))
        return answer["error"]["code"] if "error" in answer else 0

    def log(self):
        return [json.loads(line) for line in self.server.err.splitlines()]
