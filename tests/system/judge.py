"""Holds the history of a world to what its clients were told."""

import hashlib
import json


class Chronicle:
    """The history of one world as far as it was read, from the first record on.

    `ticks_ahead`: how many ticks an answer is ahead of its record. In lockstep it is given when the
    tick is over, and tells the next.
    """

    def __init__(self, world, test, durability, ticks_ahead=0):
        self.world, self.test, self.durability = world, test, durability
        self.ticks_ahead = ticks_ahead
        self.seq = self.tick = self.acts = 0
        self.places, self.deaths = {}, {}
        self.keys = {}  # (bot, key): the record
        self._digest = hashlib.sha256()

    @property
    def digest(self):
        return self._digest.hexdigest()

    def read_on(self, client, last, ledger=None):
        """Reads up to the sequence `last`, and holds each record to the ledger."""
        while self.seq < last:
            page = client.call("history.read", world=self.world, **{"from": self.seq + 1})
            self.test.assertTrue(page["records"], f"no record {self.seq + 1} of {last}")
            for record in page["records"]:
                if record["seq"] > last:
                    return
                self._take(record)
                if ledger and record["seq"] in ledger.acts:
                    self._hold(record, ledger.acts.pop(record["seq"]))

    def hold_deaths(self, ledger):
        """Every death that a client was told of is in the history, with its cause and heir."""
        for bot, told in ledger.deaths.items():
            self.test.assertEqual(self.deaths.get(bot), told, f"{self.world}: the death of {bot}")
        ledger.deaths.clear()

    def hold_places(self, client):
        """Things stand where the history, read from its beginning, puts them."""
        things = client.call("thing.list", world=self.world)["items"]
        self.test.assertEqual({t["id"]: t["pos"] for t in things}, self.places, self.world)

    def _take(self, record):
        self.test.assertEqual(record["seq"], self.seq + 1, f"{self.world}: a gap")
        self.test.assertGreaterEqual(record["tick"], self.tick, f"{self.world}: time ran back")
        self.seq, self.tick = record["seq"], record["tick"]
        command = record["command"]
        self.acts += command["type"] == "act" and not command.get("absent", False)
        if "key" in record:
            named = (command["agent"], record["key"])
            self.test.assertNotIn(named, self.keys, f"{self.world}: decided twice")
            self.keys[named] = record["seq"]
        self._digest.update(json.dumps(record, sort_keys=True).encode())
        for effect in record["effects"]:
            if effect["type"] == "created" and effect["kind"] == "world":
                continue  # it holds the things that are listed
            if effect["type"] in ("created", "moved"):
                self.places[effect["thing"]] = effect["pos"]
            elif effect["type"] == "removed":
                self.places.pop(effect["thing"])
                self.deaths[effect["thing"]] = (effect.get("cause"), effect.get("heir"))

    def _hold(self, record, told):
        command = record["command"]
        found = {
            "seq": record["seq"], "tick": record["tick"] + self.ticks_ahead,
            "outcome": record["outcome"], "reason": record.get("reason"),
            "pos": self.places.get(command.get("agent")),
            "agent": command.get("agent"), "action": command.get("action"),
            "key": record.get("key"), "durability": self.durability}
        self.test.assertEqual(
            found, {key: told.get(key) for key in found}, f"{self.world}: an acknowledged record")
