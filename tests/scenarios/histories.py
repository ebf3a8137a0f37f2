"""What was written is read again: replayed, backed up, restored, and in older formats."""

import random
import shutil
import tempfile
from pathlib import Path

import common
import node
from campaign import Campaign
from node import harness

WITHOUT_AVX2 = "glibc.cpu.hwcaps=-AVX2,-FMA"  # libm takes other ways there, and gives other bits
SAMPLES = harness.ROOT / "tests" / "storage" / "samples"
NEWER = ("a newer format is refused by its number",
         "a data folder with parts that are not known is refused as newer")


def folder_of(trial):
    kept = tempfile.TemporaryDirectory(prefix="unscripted-test-")
    trial.addCleanup(kept.cleanup)
    return Path(kept.name)


# -- replay --------------------------------------------------------------------------------------


def live(data, chance):
    """A world that lived, for its hash."""
    return node.demo(data, "--hosted", "--pace", chance.choice(("lockstep", "free")), "--bots", 10,
                     "--die-sooner", "--seed", chance.getrandbits(31), "--ticks",
                     chance.randint(1500, 3000))


def replays(trial, seed):
    """How often it was replayed: from the beginning and from anywhere, on this processor and as on
    a lesser one; verified; and once more after pruning."""
    chance, data = random.Random(seed), folder_of(trial) / "data"
    lived = live(data, chance)
    where = ("eden", "--data", data)
    stats = node.answer("history", "stats", *where)
    trial.assertEqual(stats["hash"], lived["hash"])
    last, count = stats["last"]["seq"], 0
    for variables in ({}, {"GLIBC_TUNABLES": WITHOUT_AVX2}):
        trial.assertTrue(node.answer("history", "verify", *where, **variables)["ok"])
        for first in (None, chance.randint(1, last), chance.randint(1, last)):
            since = ("--from", f"seq:{first}") if first else ()
            replayed = node.answer("history", "replay", *where, *since, **variables)
            trial.assertEqual((replayed["seq"], replayed["hash"]), (last, lived["hash"]))
            count += 1
    with harness.Server(data=data) as server, server.connect() as client:
        client.call("history.prune", world="eden", before={"seq": chance.randint(2, last)})
    trial.assertEqual(node.answer("history", "replay", *where)["hash"], lived["hash"])
    return count + 1


def replay(cycles, seed, report):
    count, violations = 0, []
    for cycle in range(cycles):
        with common.trial(violations, f"seed {seed + cycle}") as trial:
            count += replays(trial, seed + cycle)
        report(f"{cycle + 1} of {cycles}")
    return cycles, count, violations


# -- backup --------------------------------------------------------------------------------------


def hold_backup(campaign, backups):
    """The newest backup comes back as the worlds were at the sequence where each of its ends."""
    test = campaign.test
    data = folder_of(test) / "restored"
    node.answer("restore", backups, "--data", data)
    with harness.Server(data=data, verifies=False) as server, server.connect() as client:
        for name in campaign.ledgers:
            restored = client.call("history.stats", world=name)
            here = campaign.client.call("history.state", world=name, limit=1,
                                        at={"seq": restored["last"]["seq"]})
            test.assertEqual(restored["hash"], here["hash"], name)
            test.assertTrue(client.call("history.verify", world=name)["ok"], name)


def backups_under_load(trial, cycles, seed, report):
    campaign = Campaign(trial, "wal", random.Random(seed))
    campaign.start()
    campaign.found_worlds()
    backups = folder_of(trial) / "backups"
    for cycle in range(cycles):
        campaign.begin_load()
        campaign.await_moment()
        acknowledged = {name: max(ledger.acts, default=0)
                        for name, ledger in campaign.ledgers.items()}
        campaign.client.call("server.backup", folder=str(backups))
        campaign.end_load(gently=True)
        hold_backup(campaign, backups)
        trial.assertTrue(all(acknowledged.values()))
        campaign.hold_passing()
        campaign.hold_all()
        report(f"{cycle + 1} of {cycles}")


def backup(cycles, seed, report):
    done, violations = 0, []
    for size in common.rounds(cycles, 20):
        with common.trial(violations, f"seed {seed + done}") as trial:
            backups_under_load(trial, size, seed + done, report)
        done += size
    return done, done, violations


# -- upgrade -------------------------------------------------------------------------------------


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def read_sample(trial, data):
    """What is in it: read as it is, without a byte changed."""
    before, stats = contents(data), {}
    with harness.Server("--archive", data=data, verifies=False) as server, \
            server.connect() as client:
        for world in client.call("world.list")["items"]:
            found = client.call("history.stats", world=world["id"])
            replayed = client.call("history.replay", world=world["id"])
            trial.assertEqual(replayed["hash"], found["hash"], world)
            stats[world["id"]] = (found["hash"], found["last"]["seq"])
    trial.assertEqual(contents(data), before)
    return stats


def hold_sample(trial, sample):
    """A folder of an older format is read as it is, then opened to write, and says the same."""
    data = folder_of(trial) / "data"
    shutil.copytree(sample, data)
    before = read_sample(trial, data)
    trial.assertTrue(before)
    for _ in range(2):
        with harness.Server(data=data, verifies=False) as server, server.connect() as client:
            for world, (state, last) in before.items():
                then = client.call("history.state", world=world, at={"seq": last}, limit=1)
                trial.assertEqual(then["hash"], state, world)


def upgrade(cycles, seed, report):
    """Every stored sample of an older format; and what is newer is refused by name."""
    samples, violations = sorted(SAMPLES.iterdir()), []
    for cycle in range(cycles):
        for sample in samples:
            with common.trial(violations, sample.name) as trial:
                hold_sample(trial, sample)
            report(f"{sample.name}, {cycle + 1} of {cycles}")
    for name in NEWER:
        violations += common.run_tests("storage_tests", name, 1, seed)[2]
    return cycles, cycles * len(samples) + len(NEWER), violations


SCENARIOS = {"replay": replay, "backup": backup, "upgrade": upgrade}
PR_CYCLES = {"replay": 2, "backup": 2}
