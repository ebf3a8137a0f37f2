"""What else happens to a process: bad plugins, clocks that jump, and another one on its folder."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import common
import node
from node import harness

ANEW_S_MAX = 2.0
FAULTS = ("explode", "blurt", "gamble", "flood", "babble", "devour")
CRASHES = ("follow", "dig", "despair", "trap", "divide", "misalign", "burst", "leave", "hang")
MIB = 1024 * 1024
UNKILLABLE = ConnectionError, OSError


# -- plugins -------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sick:
    """A supervised server with a plugin that is broken at work."""

    def __init__(self, trial, plugin, hang_limit_s=1):
        if not (common.WRONG_PLUGINS / f"{plugin}.so").is_file():
            raise unittest.SkipTest("the wrong plugins are not built")
        self.trial = trial
        self.server = harness.Server("--plugins", "wrong", "--supervise", "--hang-limit",
                                     str(hang_limit_s), port=free_port(), verifies=False)
        trial.addCleanup(self.server.close)
        (self.server.folder / "wrong").mkdir()
        shutil.copy(common.WRONG_PLUGINS / f"{plugin}.so", self.server.folder / "wrong")
        self.server.start()
        self.connect()
        self.client.call("world.create", name="eden", seed=1)
        self.ada = self.client.call("bot.create", world="eden")["id"]

    def connect(self):
        self.client = self.server.connect()
        self.trial.addCleanup(self.client.close)

    def reaches(self):
        try:
            self.connect()
            return self.client.call("ping") == {}
        except UNKILLABLE:
            return False

    def act(self, action):
        return self.client.answer(self.client.ask("act", bot=self.ada, action=action))

    def end(self):
        self.trial.assertTrue(self.client.call("history.verify", world="eden")["ok"])
        self.client.close()
        self.trial.assertEqual(self.server.terminate(), 0, self.server.err[-500:])


def fault(trial, action):
    """It is refused with the plugin's name, and the world is as it was."""
    sick = Sick(trial, "faulty")
    if action == "devour" and sick.server.is_sanitized():
        return sick.end()  # a sanitizer ends who asks for so much
    before = sick.client.call("thing.get", id=sick.ada)["props"]
    answer = sick.act(action)
    trial.assertEqual(answer.get("error", {}).get("code"), 500, answer)
    trial.assertEqual(answer["error"]["data"]["plugin"], "org.wrong.faulty")
    trial.assertEqual(sick.client.call("thing.get", id=sick.ada)["props"], before)
    sick.end()


def take_much_memory(trial):
    """A gigabyte that a call takes is given back, and decides nothing."""
    sick = Sick(trial, "faulty", hang_limit_s=60)  # a busy machine is slow to give it
    server = sick.client.call("server.status")["pid"]
    before = harness.memory_of(server)
    trial.assertEqual(sick.act("gorge")["result"]["outcome"], "done")
    trial.assertLess(harness.memory_of(server) - before, 64 * MIB)
    sick.end()


def take_much_time(trial):
    """Who is slow is named to the operator, and what it decided is as good as any."""
    sick = Sick(trial, "faulty", hang_limit_s=60)
    for _ in range(20):
        trial.assertEqual(sick.act("dawdle")["result"]["outcome"], "done")
    harness.poll(lambda: "one call in a hundred of `dawdle` takes over" in sick.server.err,
                 "the log names the slow one")
    sick.end()


def crash(trial, action):
    """The next process has all that was acknowledged; seconds until it answered."""
    sick = Sick(trial, "crashing")
    seq = max(sick.act("pass")["result"]["seq"] for _ in range(20))
    sick.client.ask("act", bot=sick.ada, action=action)
    trial.assertTrue(sick.client.has_ended())
    began = time.monotonic()
    harness.poll(sick.reaches, "the server is there again", 30)
    took = time.monotonic() - began
    trial.assertGreaterEqual(sick.client.call("world.get", world="eden")["seq"], seq)
    plugin, = [p for p in sick.client.call("plugin.list")["items"]
               if p["id"] == "org.wrong.crashing"]
    trial.assertEqual(plugin["crashes"], 1)
    trial.assertIn("result", sick.act("pass"))
    sick.end()
    return took


def plugin_faults(cycles, seed, report):
    count, violations, took = 0, [], []
    for cycle in range(cycles):
        for action in FAULTS:
            with common.trial(violations, f"{action}, cycle {cycle}") as trial:
                fault(trial, action)
                count += 1
        for burden in (take_much_memory, take_much_time):
            with common.trial(violations, f"{burden.__name__}, cycle {cycle}") as trial:
                burden(trial)
                count += 1
        for action in CRASHES:
            with common.trial(violations, f"{action}, cycle {cycle}") as trial:
                took.append(crash(trial, action))
                count += 1
            report(f"{action}, {cycle + 1} of {cycles}")
    slow = [seconds for seconds in took if seconds > ANEW_S_MAX]
    if len(slow) > max(1, len(took) // 10):  # one may be the machine's fault
        violations.append(f"{len(slow)} of {len(took)} starts anew took more than {ANEW_S_MAX} s")
    return cycles, count, violations


# -- clocks --------------------------------------------------------------------------------------


def find_faketime():
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise unittest.SkipTest("libfaketime is not installed (Debian: faketime)")
    return found[0]


@contextlib.contextmanager
def another_clock(folder):
    """Servers that are started here read the wall clock that is in the file. The clock that only
    runs forward stays, as on a machine whose time is set."""
    clock = folder / "clock"
    added = {"LD_PRELOAD": str(find_faketime()), "FAKETIME_TIMESTAMP_FILE": str(clock),
             "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
             "DONT_FAKE_MONOTONIC": "1"}
    before = {name: os.environ.get(name) for name in added}
    clock.write_text("+0\n")
    os.environ.update(added)
    try:
        yield clock
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def set_clock(clock, seconds):
    new = clock.with_suffix(".new")
    new.write_text(f"{seconds:+d}\n")
    os.replace(new, clock)


class Jumpy:
    """A server whose clock jumps, with a world of each pace."""

    def __init__(self, trial, clock, chance):
        self.trial, self.clock, self.chance = trial, clock, chance
        self.server = harness.Server(verifies=False)
        trial.addCleanup(self.server.close)
        self.start()
        self.bots = {}
        for pace, more in (("free", {}), ("lockstep", {"deadline_ms": 300}),
                           ("realtime", {"speed": 50})):
            self.client.call("world.create", name=pace, pace=pace, seed=1, **more)
            self.bots[pace] = self.client.call("bot.create", world=pace)["id"]
        self.absent = self.server.connect()  # speaks for a bot of lockstep, and never acts
        trial.addCleanup(self.absent.close)
        self.absent.call("bot.create", world="lockstep")
        self.seqs = dict.fromkeys(self.bots, 0)

    def start(self):
        self.server.start()
        self.client = self.server.connect()
        self.trial.addCleanup(self.client.close)

    def jump(self):
        set_clock(self.clock, self.chance.choice((-86400, -3600, -60, 0, 60, 3600, 86400 * 400)))

    def act(self):
        """Each is answered, by the clock that only runs forward, whatever the other one says."""
        for pace, bot in self.bots.items():
            done = self.client.call("act", bot=bot, action="pass")
            self.trial.assertGreater(done["seq"], self.seqs[pace])
            self.seqs[pace] = done["seq"]

    def restart(self):
        self.client.close()
        self.absent.close()
        self.trial.assertEqual(self.server.terminate(), 0, self.server.err[-500:])
        self.start()

    def hold(self):
        """Sequences without a gap, ticks and times that never run back."""
        for world in self.bots:
            self.client.call("world.update", world=world, pause_at=0)
            seq, tick, wall = 0, 0, 0
            for record in node.records(self.client, world):
                self.trial.assertEqual(record["seq"], seq + 1, world)
                self.trial.assertGreaterEqual(record["tick"], tick, world)
                seq, tick = record["seq"], record["tick"]
                self.trial.assertGreaterEqual(record.get("time", wall), wall, world)
                wall = record.get("time", wall)
            self.trial.assertTrue(self.client.call("history.verify", world=world)["ok"])


def clock_jumps(cycles, seed, report):
    violations, jumps = [], 0
    for cycle in range(cycles):
        folder = Path(tempfile.mkdtemp(prefix="unscripted-test-"))
        with common.trial(violations, f"seed {seed + cycle}") as trial, \
                another_clock(folder) as clock:
            jumpy = Jumpy(trial, clock, random.Random(seed + cycle))
            for step in range(12):
                jumpy.jump()
                jumps += 1
                if step % 4 == 3:
                    jumpy.restart()
                jumpy.act()
            jumpy.hold()
            jumpy.restart()
        shutil.rmtree(folder, ignore_errors=True)
        report(f"{cycle + 1} of {cycles}")
    return cycles, jumps, violations


# -- the second process --------------------------------------------------------------------------


def start_at_once(data, count):
    """So many servers on one folder at the same moment."""
    return [subprocess.Popen(
        [harness.BINARY, "serve", "--tcp", "127.0.0.1:0", "--data", str(data)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=node.environment()) for _ in range(count)]


def hold_race(trial, data):
    """One of them has the folder, the others end, and say who has it."""
    racing = start_at_once(data, 3)
    try:
        harness.poll(lambda: sum(one.poll() is not None for one in racing) >= 2, "two of them end")
        losers = [one for one in racing if one.poll() is not None]
        trial.assertEqual(len(losers), 2, "none has the folder")
        winner, = [one for one in racing if one.poll() is None]
        said = iter(winner.stdout.readline, "")
        trial.assertTrue(any(line.startswith("listening on") for line in said), "it does not begin")
        for loser in losers:
            said = loser.communicate()[1]
            trial.assertEqual(loser.returncode, 1, said)
            trial.assertIn("is in use by", said)
        winner.terminate()
        trial.assertEqual(winner.wait(harness.PATIENCE), 0)
    finally:
        for one in racing:
            one.kill()
            one.communicate()


def hold_reader(trial, server, client):
    """What only reads is refused too, and disturbs nothing."""
    ended = node.run("history", "stats", "eden", "--data", server.data)
    trial.assertEqual(ended.returncode, 1, ended.stdout)
    trial.assertIn("is in use by", ended.stderr)
    trial.assertEqual(client.call("ping"), {})


def second_process(cycles, seed, report):
    violations, faults = [], 0
    with common.trial(violations, f"seed {seed}") as trial:
        server = harness.Server()
        trial.addCleanup(server.close)
        for cycle in range(cycles):
            server.start()
            with server.connect() as client:
                if cycle == 0:
                    client.call("world.create", name="eden",
                                capacity={"bot": cycles, "thing": cycles})
                bot = client.call("bot.create", world="eden")["id"]
                hold_reader(trial, server, client)
                refused = start_at_once(server.data, 1)[0]
                said = refused.communicate(timeout=harness.PATIENCE)[1]
                trial.assertEqual(refused.returncode, 1, said)
                trial.assertIn(f"is in use by process {server.pid}", said)
                seq = client.call("act", bot=bot, action="pass")["seq"]
            server.kill()
            hold_race(trial, server.data)
            server.start()
            with server.connect() as client:
                trial.assertEqual(client.call("world.get", world="eden")["seq"], seq)
            server.kill()
            faults += 5
            report(f"{cycle + 1} of {cycles}")
    return cycles, faults, violations


SCENARIOS = {"plugin_faults": plugin_faults, "clock_jumps": clock_jumps,
             "second_process": second_process}
PR_CYCLES = {"plugin_faults": 1, "clock_jumps": 2, "second_process": 4}
