"""What is measured: one Measure is one run of a program, and fills one or more rows.

Names of rows tell what was measured and how large: `act/50x16/wal` are 50 connections with 16
requests under way on each; `hosted/100x8/2t` are 8 worlds of 100 bots on 2 threads. Measures that
are compared with each other stand side by side, so that they run right after each other.
"""

import dataclasses
import itertools
from typing import Callable, Optional

from comparison.programs import Failure

SEED = 1
NEAR_M = 5.5  # as far as this a bot sees a dozen things, in a world of any size
# The answers of a thousand bots that see hundreds of things come in waves of a second: a measure
# that is shorter than some waves counts none of them, or one too many.
WAVES_S = 6


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is done. Fixed work (actions, ticks, records) is the same in a quick run and in a
    whole one, so that their state hashes can be compared."""
    name: str
    rounds: int
    seconds: float
    connections: tuple = (1, 10, 50, 1000)
    bots: tuple = (1, 10, 100, 1000, 10_000, 100_000)
    worlds: tuple = (1, 2, 8, 64)
    things: tuple = (12, 100, 1000, 10_000, 100_000, 1_000_000)
    actions: int = 2_000_000
    ticks: int = 200
    records: int = 300_000
    scanned: int = 2_000_000


WHOLE = Size("whole", rounds=5, seconds=2)
QUICK = Size("quick", rounds=3, seconds=0.5)
TINY = Size("tiny", rounds=2, seconds=0.02, connections=(1, 10), bots=(1, 10, 100), worlds=(1, 2),
            things=(12, 100, 1000), actions=2000, ticks=20, records=2000, scanned=2000)


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    unit: str  # "/s", "years/h", "us", "ms" or "bytes"
    pick: Callable  # the figure in what the program answered


@dataclasses.dataclass(frozen=True)
class Measure:
    """`take` gets the programs and what earlier measures answered, by name. What has the same
    `work` must end with the same state hash."""
    name: str
    rows: tuple
    take: Callable
    work: Optional[str] = None


def field(name):
    def pick(answer):
        return answer[name]
    return pick


def one_row(name, unit, take, pick=field("per_s"), work=None):
    return Measure(name, (Row(name, unit, pick),), take, work)


# -- over TCP -------------------------------------------------------------------------------------

def _load(verb, size, connections, inflight, durability):
    def take(programs, _):
        with programs.server(durability) as where:
            return programs.bench(verb, "--server", where, "--connections", connections,
                                  "--inflight", inflight, "--seconds", size.seconds)
    return take


def _with_latency(name, take):
    """The rate, and how long half of the answers took at most."""
    return Measure(name, (Row(name, "/s", field("per_s")),
                          Row(f"{name}/p50", "us", field("p50_us"))), take)


def act(size, connections, inflight, durability):
    name = f"act/{connections}x{inflight}/{durability}"
    return _with_latency(name, _load("act", size, connections, inflight, durability))


def conn(size, connections, inflight):
    name = f"conn/{connections}x{inflight}"
    return _with_latency(name, _load("conn", size, connections, inflight, "memory"))


def echo(size, load, connections, inflight, like, keeps=False):
    """Answers as large as those that the measure `like` had; each request is kept before it is
    answered, where it `keeps`."""
    def take(programs, answers):
        acted = answers.get(like, {})
        answer_bytes = round(acted.get("answer_bytes") or 180)
        with programs.echo_server(answer_bytes, keeps) as where:
            return programs.bench("echo", "--server", where, "--connections", connections,
                                  "--inflight", inflight, "--seconds", size.seconds)
    return _with_latency(f"echo/{load}" + ("/kept" if keeps else ""), take)


def redis(size, connections, inflight, fsync):
    def take(programs, _):
        with programs.redis(fsync) as port:
            asked = connections * inflight
            rate = programs.redis_sets_per_s(port, asked * 5, connections, inflight)
            requests = max(asked, round(rate * size.seconds))
            return {"per_s": programs.redis_sets_per_s(port, requests, connections, inflight)}
    return one_row(f"redis/{connections}x{inflight}/{fsync}", "/s", take)


def simulate(size, bots):
    seconds = size.seconds if bots < 1000 else max(size.seconds, WAVES_S)

    def take(programs, _):
        with programs.server("wal") as where:
            return programs.bench("simulate", "--server", where, "--connections", bots,
                                  "--seconds", seconds)
    return _with_latency(f"simulate/{bots}/wal", take)


def loads(size):
    for connections, inflight in itertools.product(size.connections, (1, 16)):
        if (connections, inflight) in ((10, 1), (50, 16)):
            yield conn(size, connections, inflight)
        yield act(size, connections, inflight, "wal")
        load = f"{connections}x{inflight}"
        yield echo(size, load, connections, inflight, like=f"act/{load}/wal")
        if (connections, inflight) in ((10, 1), (50, 1), (50, 16)):
            yield echo(size, load, connections, inflight, like=f"act/{load}/wal", keeps=True)
        if connections == 50:
            yield redis(size, connections, inflight, "everysec")
            yield act(size, connections, inflight, "memory")
            yield act(size, connections, inflight, "fsync")
            yield redis(size, connections, inflight, "always")
    for bots in (10, 1000):
        if bots in size.connections:
            yield simulate(size, bots)
            yield echo(size, f"simulate/{bots}", bots, 1, like=f"simulate/{bots}/wal")


# -- life -----------------------------------------------------------------------------------------

def life(size):
    bots = [count for count in (10, 1000) if count in size.bots]
    kinds = [(count, minds) for count in bots for minds in ("remote", "hosted")]

    def years(count, minds):
        def pick(answer):
            return next(w["years_per_hour"] for w in answer["worlds"]
                        if (w["bots"], w["minds"]) == (count, minds))
        return pick

    rows = [Row(f"life/{count}/{minds}", "years/h", years(count, minds)) for count, minds in kinds]
    seconds = max(size.seconds, WAVES_S / 2) if 1000 in bots else size.seconds
    return Measure("life", tuple(rows), lambda programs, _: programs.bench(
        "life", "--bots", *bots, "--seconds", seconds, "--seed", SEED))


def caf(size, bots, worlds, threads):
    return one_row(f"caf/{bots}x{worlds}/{threads}t", "/s",
                   lambda programs, _: programs.peer_answer(
                       "caf_ping_pong", "--bots", bots, "--worlds", worlds, "--threads", threads,
                       "--seconds", size.seconds))


def hosted(size, bots, worlds, threads):
    """Bots that see as much in a large world as in a small one."""
    return one_row(f"hosted/{bots}x{worlds}/{threads}t", "/s",
                   lambda programs, _: programs.bench(
                       "hosted", "--bots", bots, "--worlds", worlds, "--threads", threads,
                       "--sight", NEAR_M, "--seconds", size.seconds, "--seed", SEED))


def crowd(size, bots, threads):
    """Bots that see 50 m, as worlds have it: hundreds of things."""
    return one_row(f"crowd/{bots}x1/{threads}t", "/s",
                   lambda programs, _: programs.bench(
                       "hosted", "--bots", bots, "--threads", threads, "--seconds", size.seconds,
                       "--seed", SEED))


def memory(size):
    """With nothing kept, so that only bots take memory."""
    rows = (Row("memory/bot", "bytes", field("bot_bytes")),
            Row("memory/busy-bot", "bytes", field("busy_bot_bytes")))
    return Measure("memory", rows, lambda programs, _: programs.bench(
        "hosted", "--bots", max(1000, *size.bots), "--threads", 2, "--durability", "memory",
        "--sight", NEAR_M, "--seconds", size.seconds))


def lockstep(size, threads):
    bots = min(1000, max(size.bots))
    return one_row(f"lockstep/{bots}x1/{threads}t", "/s",
                   lambda programs, _: programs.bench(
                       "hosted", "--bots", bots, "--threads", threads, "--pace", "lockstep",
                       "--sight", NEAR_M, "--ticks", size.ticks, "--seed", SEED),
                   work=f"lockstep, {bots} bots, {size.ticks} ticks, seed {SEED}")


def lives(size):
    yield life(size)
    for bots in size.bots:
        yield caf(size, bots, 1, 2)
        yield hosted(size, bots, 1, 2)
        if bots in (1000, 100_000):
            yield caf(size, bots, 1, 1)
            yield hosted(size, bots, 1, 1)
    for bots in (100, 1000, 10_000):
        if bots in size.bots:
            yield crowd(size, bots, 1)
            yield crowd(size, bots, 2)
    for worlds in size.worlds:
        if worlds > 1:
            yield caf(size, 100, worlds, 2)
            yield hosted(size, 100, worlds, 2)
    yield memory(size)
    for threads in (1, 2):
        yield lockstep(size, threads)


# -- core and histories ---------------------------------------------------------------------------

def pactions(size, things):
    return one_row(f"pactions/{things}", "/s",
                   lambda programs, _: programs.bench("pactions", "--things", things, "--actions",
                                                      size.actions, "--seed", SEED),
                   work=f"pactions, {things} things, {size.actions} actions, seed {SEED}")


def rocksdb(size):
    def appended(batch, is_synced):
        def pick(answer):
            return next(a["per_s"] for a in answer["append"]
                        if (a["batch"], a["synced"]) == (batch, is_synced))
        return pick

    rows = [Row(f"rocksdb/append/{batch}/{'synced' if is_synced else 'wal'}", "/s",
                appended(batch, is_synced))
            for is_synced in (False, True) for batch in (1, 10, 100, 1000)]
    rows.append(Row("rocksdb/scan", "/s", field("scan_per_s")))
    return Measure("rocksdb", tuple(rows), lambda programs, _: programs.peer_answer(
        "rocksdb_alone", "--seconds", size.seconds / 4, "--scan", size.scanned))


def history(size):
    rows = (Row("history/live", "/s", field("live_per_s")),
            Row("history/append", "/s", field("append_per_s")),
            Row("history/replay", "/s", field("replay_per_s")),
            Row("history/verify/1t", "/s", field("verify_per_s")),
            Row("history/verify/2t", "/s", field("verify_threads_per_s")),
            Row("history/seek/p50", "ms", field("seek_p50_ms")),
            Row("history/seek/p99", "ms", field("seek_p99_ms")),
            Row("history/disk", "bytes", field("disk_bytes")))
    return Measure("history", rows, lambda programs, _: programs.bench(
        "history", "--records", size.records, "--commit", 10, "--seeks", 100, "--threads", 2,
        "--seed", SEED), work=f"history, {size.records} records, seed {SEED}")


def kept(size):
    for things in size.things:
        yield pactions(size, things)
    yield rocksdb(size)
    yield history(size)


def all_measures(size):
    return [*loads(size), *lives(size), *kept(size)]


def take(measure, programs, answers):
    """The figures of its rows, and the state hash where there is one. Throws Failure."""
    answer = measure.take(programs, answers)
    answers[measure.name] = answer
    figures = {}
    for row in measure.rows:
        value = row.pick(answer)
        if value is None:
            raise Failure(f"{row.name}: the program told no figure")
        if not value > 0:
            raise Failure(f"{row.name}: nothing was done while it was measured: measure longer")
        figures[row.name] = float(value)
    return figures, answer.get("hash")
