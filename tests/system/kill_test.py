#!/usr/bin/env python3
"""Kills a server with -9 under load, again and again, and holds it to what it acknowledged.

    UNSCRIPTED_KILL_CYCLES=500 python3 tests/system/kill_test.py
"""

import os
import random
import time

import harness
import node
from judge import Chronicle
from load import Actor, Ledger, Steward

CYCLES = int(os.environ.get("UNSCRIPTED_KILL_CYCLES") or 20)
FSYNC_CYCLES = max(3, CYCLES // 10)
READY_S_MAX = 2.0
PAUSE_MAX_S = 0.03  # after the last acknowledgement that was waited for

SHORT_LIFE = {"day": 400, "lifespan": 900}
# Name: pace, bots, wells, connections, requests in flight of each bot.
WORLDS = {
    "crowd": ("free", 10, 2, 3, 16),
    "pair": ("free", 2, 1, 1, 4),
    "drill": ("lockstep", 4, 1, 2, 1),
}
CLOCK = "clock"  # in real time, a hundred times as fast, with minds of its own


class Campaign:
    """One data folder through many lives of its server."""

    def __init__(self, test, chance, options):
        self.test, self.chance = test, chance
        self.server = harness.Server(*options)
        self.ledgers = {name: Ledger() for name in WORLDS}
        self.chronicles = {name: Chronicle(name, test) for name in (*WORLDS, CLOCK)}
        self.actors, self.steward = [], None
        self.ready_s, self.answered_s = [], []
        self.acknowledged = 0
        self.client = None

    # -- lives -------------------------------------------------------------------------------------

    def start(self):
        """Starts the server in time; a slow start may be the machine's, two are not."""
        if self._start_once() > READY_S_MAX:
            self.kill()
            self.test.assertLessEqual(self._start_once(), READY_S_MAX, "seconds until ready")

    def _start_once(self):
        began = time.monotonic()
        self.server.start()
        self.ready_s.append(time.monotonic() - began)
        self.client = self.server.connect()
        self.client.call("world.list")
        self.answered_s.append(time.monotonic() - began)
        return self.ready_s[-1]

    def kill(self):
        self.client.close()
        self.server.kill()

    def kill_within_start(self):
        """Kills a server that is about to recover, at any moment of that."""
        began = time.monotonic()
        starting = harness.Server(*self.server.options, data=self.server.data)
        try:
            starting.begin()
            time.sleep(self.chance.uniform(0, 1.2 * self.ready_s[0]))
        finally:
            starting.close()
        return time.monotonic() - began
