#!/usr/bin/env python3
"""Who asks for much has no more than his share: of a world, of the server, of a neighbour's wait.

Shares are counted in answers and records, not in time: how fast the machine is decides nothing.
"""

import statistics

import harness
import streams

MODEST_ANSWERS = 31


class Modest:
    """A connection that waits for each answer before it asks again."""

    def __init__(self, test, world):
        self.client = test.connect()
        self.bot = test.bot(self.client, world)["id"]
        self.seqs = []
        self.ask()

    def ask(self):
        self.asked = self.client.ask("act", bot=self.bot, action="pass")

    def read(self):
        self.seqs.append(self.client.result(self.asked)["seq"])
        self.ask()

    def waits(self):
        """How many records others were given between two of its own."""
        return [after - before - 1 for before, after in zip(self.seqs, self.seqs[1:])]


def answered(streams_of_many):
    return sum(s.answered for s in streams_of_many)


class Fairness(harness.ServerTest):
    def endless_world(self):
        return self.world(rules=streams.ENDLESS, capacity={"bot": 100})

    def stream(self, world):
        return streams.Stream(self.connect(), world)

    def in_flight(self):
        with self.server.connect() as client:
            return client.call("hello")["limits"]["in_flight"]

    def test_sessions_that_ask_as_fast_as_they_can_share_a_world(self):
        world = self.endless_world()
        many = [self.stream(world) for _ in range(4)]
        streams.serve_all(many, lambda: max(s.answered for s in many) > 40_000)
        least = min(s.answered for s in many)
        self.assertGreater(least, 10_000, [s.answered for s in many])

    def test_a_world_that_few_ask_is_served_beside_one_that_many_ask(self):
        crowded, calm = self.endless_world(), self.endless_world()
        many, one = [self.stream(crowded) for _ in range(8)], self.stream(calm)
        streams.serve_all([*many, one], lambda: answered(many) > 80_000)
        share = statistics.mean(s.answered for s in many)
        self.assertGreater(one.answered, share / 4, [s.answered for s in many])

    def serve_beside(self, modest, many):
        """Until it has its answers, or the others have far more than is fair."""
        most = MODEST_ANSWERS * self.in_flight() * len(many)
        streams.serve_all([*many, modest], lambda: len(modest.seqs) >= MODEST_ANSWERS or
                          answered(many) > most)
        self.assertGreaterEqual(len(modest.seqs), MODEST_ANSWERS, [s.answered for s in many])

    def test_who_asks_one_by_one_waits_for_no_more_than_what_others_have_in_flight(self):
        world = self.endless_world()
        many, modest = [self.stream(world) for _ in range(8)], Modest(self, world)
        self.serve_beside(modest, many)
        self.assertLessEqual(statistics.median(modest.waits()), self.in_flight() * len(many))
        self.assertGreater(statistics.median(modest.waits()), 0, "nobody asked for much")

    def test_who_asks_one_by_one_is_answered_beside_a_world_that_many_ask(self):
        crowded, calm = self.endless_world(), self.endless_world()
        self.serve_beside(Modest(self, calm), [self.stream(crowded) for _ in range(8)])


if __name__ == "__main__":
    harness.main()
