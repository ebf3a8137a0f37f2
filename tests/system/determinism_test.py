#!/usr/bin/env python3
"""The same seed in lockstep lives the same lives, whatever the machine does meanwhile."""

import unittest

import node
import harness

TICKS = 3600  # a life of --die-sooner is 3,000 ticks: some die of age, more of thirst
LIFE = ("--pace", "lockstep", "--die-sooner", "--seed", 7)

# The state after so many ticks of that life. Where it changes, worlds that were founded before
# would go on differently: say why in the commit, and paste what the test prints.
GOLDEN = {"tick": TICKS, "actions": 10 * TICKS, "population": 10,
          "deaths": {"age": 1, "thirst": 24}, "hash": "3b2fd775d7271536"}
WITHOUT_AVX2 = "glibc.cpu.hwcaps=-AVX2,-FMA"


class DeterminismTest(node.SystemTest):
    maxDiff = None

    def live(self, *options, data=None, ticks=TICKS, life=LIFE, **variables):
        """What became of the world, without what the clock has to do with."""
        ended = node.demo(data or self.folder(), *life, "--ticks", ticks, *options, **variables)
        return {name: ended[name] for name in GOLDEN}

    def test_hosted_minds_end_at_the_golden_state_on_any_number_of_threads(self):
        for threads in (1, 2, 4):
            with self.subTest(threads=threads):
                self.assertEqual(self.live("--hosted", "--threads", threads), GOLDEN)

    def test_hosted_minds_end_at_the_golden_state_on_a_lesser_processor(self):
        self.assertEqual(self.live("--hosted", GLIBC_TUNABLES=WITHOUT_AVX2), GOLDEN)

    def test_clients_over_tcp_end_at_the_golden_state(self):
        for threads in (1, 4):
            with self.subTest(threads=threads):
                self.assertEqual(self.live("--threads", threads), GOLDEN)

    def test_durability_changes_no_history(self):
        for level in ("memory", "fsync"):
            with self.subTest(durability=level):
                self.assertEqual(self.live("--hosted", "--durability", level), GOLDEN)

    def in_two_halves(self, *second):
        data, half = self.folder(), TICKS // 2
        self.live("--hosted", data=data, ticks=half)
        return self.live(*second, data=data, ticks=TICKS - half)

    def test_lives_in_two_halves_end_alike_whoever_thinks_in_the_second(self):
        """Alike, but not where an unbroken life ends: the pause is a command of its own."""
        halved = self.in_two_halves("--hosted")

        self.assertEqual(self.in_two_halves("--hosted"), halved)
        self.assertEqual(self.in_two_halves(), halved)

    def test_other_seeds_live_other_lives(self):
        lives = [self.live("--hosted", ticks=200, life=(*LIFE[:-1], seed)) for seed in range(4)]

        self.assertEqual(len({life["hash"] for life in lives}), len(lives))


class InterruptedLifeTest(node.SystemTest):
    """A world of hosted minds that is to stand still at a certain tick, and does."""

    ticks = 12000
    interruptions = 3

    def found(self, client):
        client.call("world.create", name="eden", seed=7, pace="lockstep", pause_at=0,
                    rules={"day": 300, "lifespan": 3000})
        for _ in range(2):
            client.call("thing.create", world="eden", kind="well")
        for _ in range(10):
            client.call("bot.create", world="eden", mind="random")
        client.call("world.update", world="eden", pause_at=self.ticks)

    def await_tick(self, server, tick):
        """The world, once that tick has come; it stands still at the last."""
        client = self.connect(server)
        return harness.poll(lambda: next(
            (world for world in [client.call("world.get", world="eden")]
             if world["tick"] >= tick), None), f"tick {tick}", 60)

    def live(self, interrupt=None):
        server = self.server()
        self.found(self.connect(server))
        chance = harness.chance()
        for _ in range(self.interruptions if interrupt else 0):
            self.await_tick(server, chance.randrange(self.ticks))
            interrupt(server)
            server.start()
        ended = self.await_tick(server, self.ticks)
        return {name: ended[name] for name in ("tick", "seq", "actions", "deaths", "hash")}

    def test_a_life_with_killed_servers_ends_where_an_undisturbed_one_does(self):
        self.assertEqual(self.live(harness.Server.kill), self.live())

    def test_a_life_with_stopped_servers_ends_where_an_undisturbed_one_does(self):
        self.assertEqual(self.live(harness.Server.terminate), self.live())


if __name__ == "__main__":
    harness.main()
