"""A server under load is killed, or told to end, at any moment; what it acknowledged is there."""

import random
import signal
import time

import common
from campaign import Campaign

CYCLES_OF_A_FOLDER = 40  # then another one: a history grows with every life
STOP_S_MAX = 2.0


def begin(trial, durability, seed):
    campaign = Campaign(trial, durability, random.Random(seed))
    campaign.start()
    campaign.found_worlds()
    return campaign


def end_under_load(campaign, end, again=None):
    """All that was acknowledged is there after one end or two."""
    campaign.begin_load()
    campaign.await_moment()
    end()
    campaign.end_load()
    if again:
        again()
    campaign.start()
    campaign.ask_again()
    campaign.hold_passing()
    campaign.hold_all()


def end_at_rest(campaign, end):
    """The state that was lived is the state that is recovered."""
    campaign.begin_load()
    campaign.await_moment()
    campaign.end_load(gently=True)
    campaign.pause()
    before = campaign.worlds()
    end()
    campaign.start()
    campaign.test.assertEqual(campaign.worlds(), before)
    campaign.resume()
    campaign.hold_passing()
    campaign.hold_all()


def kills(trial, durability, cycles, seed, report):
    """How many times a process was ended."""
    campaign = begin(trial, durability, seed)
    more = [lambda: end_under_load(campaign, campaign.kill, again=campaign.kill_start),
            lambda: end_at_rest(campaign, campaign.kill),
            lambda: end_at_rest(campaign, campaign.stop)]
    ends = 0
    for cycle in range(cycles):
        end_under_load(campaign, campaign.kill)
        ends += 1
        if cycle % 4 == 3:
            more[cycle // 4 % len(more)]()
            ends += 1
        report(f"{durability}, {cycle + 1} of {cycles} on this folder")
    campaign.hold_rereading()
    report(campaign.summary())
    return ends


def kill(cycles, seed, report):
    """kill -9; every fifth folder is one whose answers promise to be synced."""
    done, faults, violations = 0, 0, []
    synced = max(1, cycles // 5)
    plan = [("wal", size) for size in common.rounds(cycles - synced, CYCLES_OF_A_FOLDER)]
    plan += [("fsync", size) for size in common.rounds(synced, CYCLES_OF_A_FOLDER)]
    for durability, size in plan:
        with common.trial(violations, f"{durability}, seed {seed + done}") as trial:
            faults += kills(trial, durability, size, seed + done, report)
        done += size
    return done, faults, violations


def told_to_end(campaign, name):
    """SIGTERM or SIGINT: it ends with 0, and soon."""
    campaign.client.close()
    began = time.monotonic()
    campaign.server.process.send_signal(name)
    code = campaign.server.wait()
    took = time.monotonic() - began
    campaign.test.assertEqual(code, 0, f"{name.name}: {campaign.server.err[-500:]}")
    campaign.stops.append(took)


def sigterm(cycles, seed, report):
    """SIGTERM and SIGINT at any moment of a load, or of a start."""
    done, violations, stops = 0, [], []
    for size in common.rounds(cycles, CYCLES_OF_A_FOLDER):
        with common.trial(violations, f"seed {seed + done}") as trial:
            campaign = begin(trial, "wal", seed + done)
            campaign.stops = stops
            for cycle in range(size):
                name = (signal.SIGTERM, signal.SIGINT)[cycle % 2]
                again = campaign.end_start if cycle % 3 == 2 else None
                end_under_load(campaign, lambda: told_to_end(campaign, name), again)
                report(f"{done + cycle + 1} of {cycles}, {stops[-1]:.2f} s to end")
        done += size
    slow = [took for took in stops if took > STOP_S_MAX]
    if len(slow) > 1:  # one may be the machine's fault
        violations.append(f"it took more than {STOP_S_MAX} s to end {len(slow)} times, "
                          f"{max(slow):.1f} s at most")
    return done, len(stops), violations


SCENARIOS = {"kill": kill, "sigterm": sigterm}
PR_CYCLES = {"kill": 20, "sigterm": 20}
