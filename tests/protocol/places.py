"""Two small worlds, and who is in them, for the tests of methods."""

import harness


class Methods(harness.ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.server.connect() as client:
            cls.described = client.call("describe")
            cls.eden = client.call("world.create", name="eden", seed=1)
            cls.other = client.call("world.create", name="other")
            cls.ada = client.call("bot.create", world="eden", name="ada", pos=[8, 0, 8])["id"]
            cls.well = client.call("thing.create", world="eden", kind="well", pos=[2, 0, 2])["id"]
            cls.stranger = client.call("bot.create", world="other")["id"]

    def setUp(self):
        self.client = self.connect()

    def assert_conflict(self, method, params=None, /, **more):
        error = self.assert_refused(self.client, 409, method, params, **more)
        self.assertEqual(error["data"]["reason"], "conflict")
        return error

    def assert_not_found(self, missing, method, params=None, /, **more):
        """404, and `data.id` says what is missing."""
        error = self.assert_refused(self.client, 404, method, params, **more)
        self.assertEqual(error["data"].get("id"), missing, error)
        return error
