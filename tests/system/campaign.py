"""One data folder through many lives of its server, each under load and ended somehow, and held to
what it acknowledged. The clients' ledgers live in this process, which is not ended."""

import random
import signal
import time

import node
import harness
from judge import Chronicle
from load import Actor, Ledger, Steward

READY_S_MAX = 2.0
ACKNOWLEDGED_MAX = 8000  # in a cycle, before the moment of the kill is drawn
MOMENT_S_MAX = 0.03      # how long after that it may be

SHORT_LIFE = {"day": 400, "lifespan": 900}
# Name of a world: its pace, bots, wells, connections, and requests of each bot in flight.
WORLDS = {
    "crowd": ("free", 10, 2, 3, 16),
    "pair": ("free", 2, 1, 1, 4),
    "drill": ("lockstep", 4, 1, 2, 1),
}
KEYED = {"pair", "drill"}  # their clients give each action a key
CLOCK = "clock"  # a world in quick real time, whose bots have minds of their own


class Campaign:
    """`test` has the assertions of unittest, and ends what is begun here."""

    def __init__(self, test, durability, chance):
        self.test, self.chance, self.durability = test, chance, durability
        self.server = harness.Server("--durability", durability)
        test.addCleanup(self.server.close)
        self.ledgers = {name: Ledger() for name in WORLDS}
        self.chronicles = {name: self.chronicle(name) for name in (*WORLDS, CLOCK)}
        self.listening_s, self.answered_s = [], []
        self.actors, self.steward, self.client = [], None, None
        self.loads = 0  # each with keys and names of its own
        self.unknown = []  # (world, action with a key) that were not answered
        self.acknowledged = 0

    def chronicle(self, world):
        is_ahead = world in WORLDS and WORLDS[world][0] == "lockstep"
        return Chronicle(world, self.test, self.durability, ticks_ahead=int(is_ahead))

    # -- lives -------------------------------------------------------------------------------------

    def start(self):
        """One slow start may be the machine's fault; the same start twice is not."""
        if self._start_once() > READY_S_MAX:
            self.kill()
            self.test.assertLessEqual(self._start_once(), READY_S_MAX, "seconds until ready")

    def _start_once(self):
        """Seconds until it has answered what every world must have recovered for."""
        began = time.monotonic()
        self.server.start()
        self.listening_s.append(time.monotonic() - began)
        self.client = self.server.connect()
        self.test.addCleanup(self.client.close)
        self.client.call("world.list")
        self.answered_s.append(time.monotonic() - began)
        return self.answered_s[-1]

    def kill(self):
        self.client.close()
        self.server.kill()

    def kill_start(self):
        """Kills a server at any moment of its recovery."""
        node.kill_start(self.server, self.chance.uniform(0, 1.2 * self.answered_s[-1]))

    def end_start(self):
        """The same, told to end: with 0, or as the signal would have it, before it took note."""
        code = node.kill_start(self.server, self.chance.uniform(0, 1.2 * self.answered_s[-1]),
                               signal.SIGTERM)
        self.test.assertIn(code, (0, -signal.SIGTERM))

    def stop(self):
        self.client.close()
        self.test.assertEqual(self.server.terminate(), 0, self.server.err)

    # -- worlds ------------------------------------------------------------------------------------

    def found_worlds(self):
        for name, (pace, bots, wells, _, _) in WORLDS.items():
            self.client.call("world.create", name=name, pace=pace, rules=SHORT_LIFE,
                             seed=self.chance.getrandbits(32))
            self._fill(name, bots, wells)
        self.client.call("world.create", name=CLOCK, pace="realtime", speed=100)
        self._fill(CLOCK, 3, 1, mind="random")

    def _fill(self, world, bots, wells, **settings):
        for _ in range(wells):
            self.client.call("thing.create", world=world, kind="well")
        for _ in range(bots):
            bot = self.client.call("bot.create", world=world, **settings)
            if not settings:
                self.client.call("bot.detach", bot=bot["id"])

    def things(self, world, kind):
        return [thing["id"] for thing in
                self.client.call("thing.list", world=world, kind=kind)["items"]]

    def worlds(self):
        return {world["id"]: world for world in self.client.call("world.list")["items"]}

    def pause(self):
        self.client.call("world.update", world=CLOCK, pause_at=0)

    def resume(self):
        self.client.call("world.update", world=CLOCK, pause_at=None)

    # -- load --------------------------------------------------------------------------------------

    def begin_load(self):
        self.loads += 1
        for name, (_, _, _, connections, depth) in WORLDS.items():
            bots, wells = self.things(name, "bot"), self.things(name, "well")
            self.actors += [
                Actor(self.server, self.ledgers[name], bots[part::connections], wells, depth,
                      random.Random(self.chance.getrandbits(64)),
                      f"{self.loads}-{part}" if name in KEYED else None)
                for part in range(connections)]
        self.steward = Steward(self.server, f"passing-{self.loads}")
        for thread in (*self.actors, self.steward):
            thread.start()

    def await_moment(self):
        """Until so many requests were acknowledged, and a moment more."""
        wanted = self.chance.randint(1, ACKNOWLEDGED_MAX)
        harness.poll(lambda: sum(one.acknowledged for one in self.actors) >= wanted or
                     not any(one.is_alive() for one in self.actors),
                     f"{wanted} actions were acknowledged", 60)
        time.sleep(self.chance.uniform(0, MOMENT_S_MAX))

    def end_load(self, gently=False):
        for thread in (*self.actors, self.steward):
            thread.is_resting = gently
        for thread in (*self.actors, self.steward):
            thread.join(harness.PATIENCE)
            self.test.assertFalse(thread.is_alive(), "a client waits for ever")
            self.test.assertIsNone(thread.trouble)
        self.acknowledged += sum(actor.acknowledged for actor in self.actors)
        for actor in self.actors:
            name = next(n for n, ledger in self.ledgers.items() if ledger is actor.ledger)
            self.unknown += [(name, act) for _, acts in actor.pending.values() for act in acts
                             if "key" in act]
        self.actors = []

    def ask_again(self):
        """What was not answered is asked again under its key: then it was decided once, or is not
        to be decided any more since its bot is dead. The judge sees to it that no key is twice."""
        for name, act in self.unknown:
            with self.server.connect() as client:
                told = client.answer(client.ask("act", act))
            if "error" in told:
                self.test.assertIn(told["error"]["data"]["reason"], ("dead", "not_found"), told)
            else:
                done = told["result"]
                self.ledgers[name].acts[done["seq"]] = {
                    **done, "agent": act["bot"], "action": act["action"], "key": act["key"]}
        self.unknown = []

    # -- judgement ---------------------------------------------------------------------------------

    def hold_all(self):
        """Everything acknowledged is there, and what is there is one unbroken history."""
        self._hold_clock()
        for name, chronicle in self.chronicles.items():
            ledger = self.ledgers.get(name)
            world = self.client.call("world.get", world=name)
            if ledger:
                self.test.assertGreaterEqual(world["seq"], max(ledger.acts, default=0), name)
            chronicle.read_on(self.client, world["seq"], ledger)
            chronicle.hold_places(self.client)
            if ledger:
                self.test.assertFalse(ledger.acts, f"{name}: acknowledged, and lost")
                chronicle.hold_deaths(ledger)
            self.test.assertEqual((world["seq"], world["tick"], world["actions"]),
                                  (chronicle.seq, chronicle.tick, chronicle.acts), name)
        self.resume()

    def _hold_clock(self):
        """Hosted minds go on by themselves."""
        before = self.client.call("world.get", world=CLOCK)
        harness.poll(lambda: self.client.call("world.get", world=CLOCK)["tick"] > before["tick"],
                     "the world in real time goes on")
        self.pause()

    def hold_passing(self):
        """Worlds acknowledged are there, deleted ones are not; then all of them go."""
        standing, steward = self.steward.standing, self.steward
        there = {world["name"] for world in self.client.call("world.list")["items"]}
        passing = there - set(WORLDS) - {CLOCK}
        self.test.assertLessEqual(set(standing), passing, "a world is lost")
        self.test.assertFalse(steward.deleted & passing, "a deleted world is back")
        self.test.assertLessEqual(passing - set(standing), {steward.undecided})
        for bot in filter(None, standing.values()):
            found = self.client.call("thing.get", id=bot["id"])
            self.test.assertEqual((found["pos"], found["props"]), (bot["pos"], bot["props"]))
        for name in passing:
            self.client.call("world.delete", world=name)

    def hold_rereading(self):
        """The whole history, read again, is what was read piece by piece between the kills."""
        for name, chronicle in self.chronicles.items():
            again = self.chronicle(name)
            again.read_on(self.client, chronicle.seq)
            self.test.assertEqual(again.digest, chronicle.digest, name)

    def summary(self):
        stats = [self.client.call("history.stats", world=name) for name in WORLDS]
        listening = sorted(self.listening_s)
        return (f"{self.durability}: {self.acknowledged:,} acknowledged in {len(listening)} lives, "
                f"{sum(s['records'] for s in stats):,} records, "
                f"{sum(s['snapshots'] for s in stats)} snapshots; "
                f"listening after {listening[len(listening) // 2]:.3f} s, "
                f"at most {listening[-1]:.3f} s; "
                f"first answer after at most {max(self.answered_s):.3f} s")
