"""What bad or many clients do to the doors, at any size.

Each scenario starts a server of its own. Its cycles are clients, or seconds.
"""

import contextlib
import json
import random
import select
import socket
import subprocess
import threading
import time

import measure
import streams
import web
from node import harness

MIB = 1024 * 1024
WRITE_BUFFERS = 128 * MIB  # db_write_buffer_size of the store
EVICTED_S = 10    # by then a peer that does not read, or does not end what it began, is gone
SLACK_S = 3       # for a machine that has more to do than this
REASON = b'"reason":"overloaded"'


def crowded_world(server, things):
    """A world whose list of things is long, where nothing happens."""
    with server.connect() as client:
        world = client.call("world.create", name="crowded", dims=[400, 5, 400],
                            capacity={"thing": things + 20, "bot": 20})["id"]
        for i in range(things):
            client.ask("thing.create", world=world, kind="well",
                       pos=[3 + i % 100 * 3, 0, 3 + i // 100 * 3])
        for _ in range(things):
            client.next_answer()
        return world


def sessions(client):
    return client.call("server.status")["sessions"]


# -- R7 --------------------------------------------------------------------------------------------

def slow_reader(cycles, seed, report):
    """So many clients subscribe, ask for much and never read: all are gone in time, what is kept
    for them is bounded, others are served meanwhile."""
    violations, chance = [], random.Random(seed)
    with harness.Server() as server:
        world = crowded_world(server, 500)
        watched = measure.Bystander(server)
        calm = measure.percentile(watched.ask_for(1), 0.99)
        before = server.memory()
        slow = [ask_and_not_read(server, world, chance) for _ in range(cycles)]
        begun, most, took, gone_s = time.monotonic(), before, [], None
        while gone_s is None and time.monotonic() - begun < EVICTED_S + SLACK_S + cycles / 50:
            took += watched.ask_for(0.2)
            most = max(most, server.memory())
            if sessions(watched.client) <= 1:
                gone_s = time.monotonic() - begun
        if gone_s is None:
            violations.append(f"{sessions(watched.client) - 1} of {cycles} that never read stayed")
        if most - before > cycles * 1.2 * MIB + 24 * MIB:
            violations.append(f"memory grew by {(most - before) // cycles} bytes for each")
        busy = measure.percentile(took, 0.99)
        report(f"gone after {gone_s} s, {(most - before) / MIB / cycles:.2f} MiB each, "
               f"others' p99 {calm * 1e3:.1f} -> {busy * 1e3:.1f} ms")
        if busy > max(2 * calm, 1):
            violations.append(f"others waited {busy:.1f} s")
        watched.close()
        for one in slow:
            one.close()
    return cycles, cycles, violations


def ask_and_not_read(server, world, chance):
    client = server.connect(receive_buffer=4096)
    if chance.random() < 0.5:
        client.ask("subscribe", world=world)
    for _ in range(80):
        client.ask("thing.list", world=world)
    return client


# -- R8 --------------------------------------------------------------------------------------------

def slow_line(server):
    client = socket.create_connection(("127.0.0.1", server.port), harness.PATIENCE)
    return client, b'{"id":1,"method":"ping","params":{"and so on'


def slow_header(server):
    client = socket.create_connection(("127.0.0.1", server.http_port), harness.PATIENCE)
    return client, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: and so on"


def slow_body(server):
    client = socket.create_connection(("127.0.0.1", server.http_port), harness.PATIENCE)
    client.sendall(b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                   b"Content-Length: 200\r\n\r\n")
    return client, b'{"id":1,"method":"ping","params":{"and so on'


def slow_frame(server):
    client = web.WebSocket(server.http_port)
    return client.socket, web.frame(web.TEXT, b"x" * 200)[:60]


def silent_half(make):
    """Not even a byte a second."""
    def begin(server):
        client, rest = make(server)
        client.sendall(rest[:20])
        return client, b""
    return begin


SLOW_WRITERS = [slow_line, slow_header, slow_body, slow_frame, silent_half(slow_line),
                silent_half(slow_header), silent_half(slow_frame)]


def slowloris(cycles, seed, report):
    """So many clients begin something and end it at a byte a second, or never: all are gone in
    time, each by itself, and the server serves others."""
    chance, violations = random.Random(seed), []
    with harness.Server(http=0) as server:
        kinds = [SLOW_WRITERS[i % len(SLOW_WRITERS)] for i in range(cycles)]
        chance.shuffle(kinds)
        open_ones = {}
        for make in kinds:
            client, rest = make(server)
            open_ones[client] = [make, rest, time.monotonic()]
        begun = time.monotonic()
        while open_ones and time.monotonic() - begun < EVICTED_S + SLACK_S + cycles / 100:
            drip(open_ones)
        for client, (make, _, _) in open_ones.items():
            violations.append(f"{make.__name__} stayed")
            client.close()
        with server.connect() as client:
            client.call("ping")
        report(f"all gone after {time.monotonic() - begun:.1f} s")
    return cycles, cycles, violations


def drip(open_ones):
    """One more byte from each, in a second; those that the server ended are taken out."""
    end = time.monotonic() + 1
    for client, state in list(open_ones.items()):
        try:
            client.sendall(state[1][:1])
            state[1] = state[1][1:]
        except OSError:
            open_ones.pop(client).clear()
            client.close()
    while open_ones and (left := end - time.monotonic()) > 0:
        for client in select.select(list(open_ones), [], [], left)[0]:
            try:
                heard = client.recv(4096)
            except OSError:
                heard = b""
            if not heard:
                del open_ones[client]
                client.close()


# -- R9 --------------------------------------------------------------------------------------------

def idle(cycles, seed, report):
    """So many connections that say hello and then nothing: small, and no work."""
    violations, clients = [], []
    random.Random(seed)
    with harness.Server("--max-sessions", str(cycles + 100)) as server:
        with server.connect() as first:
            first.call("hello")
        before, begun = server.memory(), time.monotonic()
        try:
            for _ in range(cycles):
                clients.append(server.connect())
                clients[-1].ask("hello")
            for client in clients:
                client.next_answer()
            took = time.monotonic() - begun
            each = (server.memory() - before) / cycles
            cpu = measure.share_of_cpu(server.pid, 2)
            begun = time.monotonic()
            for client in clients:
                client.call("ping")
            ping_ms = (time.monotonic() - begun) / cycles * 1e3
            report(f"{each / 1024:.1f} KiB each, {cycles / took:.0f} a second came in, {cpu:.1%} "
                   f"of a processor, {ping_ms:.2f} ms a ping")
            if each > 40 * 1024 and not server.is_sanitized():
                violations.append(f"{each:.0f} bytes for each connection")
            if cpu > 0.1:
                violations.append(f"{cpu:.0%} of a processor while nothing happens")
        finally:
            for client in clients:
                client.close()
    return cycles, 0, violations


# -- R10 -------------------------------------------------------------------------------------------

def flood(cycles, seed, report):
    """Twice so many connections as the server takes, then as many as it has files for: those beyond
    are told why, those within are served, and nothing spins."""
    random.Random(seed)
    faults, violations = 0, []
    files = max(256, cycles // 2)
    limits = [("its own limit", 2 * cycles, {"options": ("--max-sessions", str(cycles))}),
              ("its files", 2 * max(cycles, files), {"files": files})]
    for name, count, how in limits:
        with harness.Server(*how.get("options", ())) as server:
            if "files" in how:
                server.kill()
                server.files_max = how["files"]
                server.start()
            refused, found = flood_once(server, count, name, report)
            faults += refused
            violations += found
    return cycles, faults, violations


def flood_once(server, count, name, report):
    violations, inside, refused = [], [], 0
    with server.connect() as before:
        before.call("ping")
        for _ in range(count):
            client = server.connect()
            try:
                client.call("ping")
                inside.append(client)
            except harness.Refused:
                violations.append("a ping was refused")
            except (ConnectionError, KeyError, AssertionError):
                refused += 1
                if not any(REASON in str(a).replace("'", '"').replace(": ", ":").encode()
                           for a in client.answers):
                    violations.append(f"{name}: one was sent away without a reason")
                client.close()
        if refused == 0 or not inside:
            violations.append(f"{name}: {len(inside)} came in, {refused} were refused")
        cpu = measure.share_of_cpu(server.pid, 1)
        if cpu > 0.1:
            violations.append(f"{name}: {cpu:.0%} of a processor at the limit")
        for client in [before, *inside]:
            client.call("ping")
        report(f"{name}: {len(inside)} in, {refused} refused, {cpu:.1%} of a processor")
        for client in inside:
            client.close()
        harness.poll(lambda: sessions(before) == 1, "those that left are counted off")
        with server.connect() as again:
            again.call("ping")
    return refused, violations


# -- R16 -------------------------------------------------------------------------------------------

CROWDS = (10, 50, 100)  # connections, of which one number gives the best rate
IN_FLIGHT = 16          # requests of each


def overload(cycles, seed, report):
    """Ten times the connections that give the best rate, for `cycles` seconds: first those that
    wait for answers, then those that ask as fast as TCP takes it. The rate holds, memory is
    bounded, and who asks one by one is answered. At few cycles the rate is not judged as sharply: a
    machine that does other work as well is not that even."""
    random.Random(seed)
    violations, rates = [], {crowd: [] for crowd in CROWDS}
    with harness.Server("--max-worlds", "0", verifies=False) as server:
        rounds = max(1, min(7, cycles // 8))
        seconds = max(1.0, cycles / (len(CROWDS) + 3 * rounds))
        load(server, CROWDS[0], IN_FLIGHT, 0.5)  # what is allocated once is there
        before = most = server.memory()
        for crowd in CROWDS:
            rates[crowd].append(load(server, crowd, IN_FLIGHT, seconds))
        best = max(CROWDS, key=lambda crowd: rates[crowd][0])
        tens, poured, alone_ms = [], [], []
        for _ in range(rounds):  # in turn: neighbours of the machine are felt by all three
            rates[best].append(load(server, best, IN_FLIGHT, seconds))
            tens.append(load(server, 10 * best, IN_FLIGHT, seconds))
            most = max(most, server.memory())
            rate, answers, p99_ms = pour(server, 10 * best, seconds)
            if answers < seconds:
                violations.append(f"who asked one by one had {answers} answers in {seconds:.0f} s")
            poured.append(rate)
            alone_ms.append(p99_ms)
            most = max(most, server.memory())
        peak = measure.percentile(rates[best], 0.5)
        ten, stream = measure.percentile(tens, 0.5), measure.percentile(poured, 0.5)
        alone = measure.percentile(alone_ms, 0.5)
        report(f"{peak:.0f} acts/s at best, of {best} connections, {ten:.0f} of {10 * best}, "
               f"{stream:.0f} of as many that never wait, one by one p99 {alone:.0f} ms; "
               f"{(most - before) / MIB:.0f} MiB more")
        for name, rate in [("ten times the load", ten), ("as much as TCP takes", stream)]:
            if rate < (0.9 if cycles >= 60 else 0.5) * peak:
                violations.append(f"{rate / peak:.0%} of the best rate at {name}")
        if most - before > 256 * MIB:
            violations.append(f"memory grew by {(most - before) // MIB} MiB")
        with server.connect() as client:
            client.call("ping")
    return cycles, rounds, violations


def load(server, connections, inflight, seconds):
    """Acts that were answered in a second."""
    with begun_load(server, connections, inflight, seconds) as process:
        result = outcome_of(process, seconds)
    return result["operations"] / result["seconds"]


@contextlib.contextmanager
def begun_load(server, connections, inflight, seconds):
    process = subprocess.Popen(
        [harness.BINARY, "bench", "act", "--server", f"127.0.0.1:{server.port}", "--connections",
         str(connections), "--inflight", str(inflight), "--seconds", str(seconds), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def outcome_of(process, seconds):
    out, err = process.communicate(timeout=seconds * 5 + harness.PATIENCE)
    if process.returncode != 0:
        raise AssertionError(f"the load ended with {process.returncode}: {err}")
    result = json.loads(out)
    assert not result.get("errors"), result
    return result


def pour(server, connections, seconds):
    """Connections that never wait for an answer before they ask again: acts that were answered in
    a second; how often one that does wait was, and the 99th percentile of how long, in ms."""
    with contextlib.ExitStack() as all_of_them:
        clients = [all_of_them.enter_context(server.connect()) for _ in range(connections)]
        world = clients[0].call("world.create", rules=streams.ENDLESS, dims=[400, 5, 400],
                                capacity={"bot": connections, "thing": connections + 20})
        pouring = [streams.Stream(client, world) for client in clients]
        full = time.monotonic() + seconds / 4  # by then all buffers are
        streams.serve_all(pouring, lambda: time.monotonic() > full)
        before, begun = sum(s.answered for s in pouring), time.monotonic()
        with begun_load(server, 1, 1, seconds) as process:
            streams.serve_all(pouring, lambda: process.poll() is not None)
            rate = (sum(s.answered for s in pouring) - before) / (time.monotonic() - begun)
            alone = outcome_of(process, seconds)
        return rate, alone["operations"], alone["p99_us"] / 1e3


# -- R17 -------------------------------------------------------------------------------------------

def soak(cycles, seed, report):
    """Clients come, act, watch and go, for so many seconds, while others act as fast as can be for
    half of the time: memory, files and threads stay as they were. Of even seeds histories are
    written: what RocksDB keeps in memory comes and goes by its buffers then."""
    chance, violations = random.Random(seed), []
    durability, buffers = ("memory", 8 * MIB) if seed % 2 else ("wal", WRITE_BUFFERS)
    with harness.Server("--durability", durability, verifies=False, http=0) as server, \
            half_of_the_time(lambda: load(server, CROWDS[0], IN_FLIGHT, 0.5)) as at_rest:
        with server.connect() as client:
            world = client.call("world.create", name="soak", capacity={"bot": 40, "thing": 60})
            bots = [client.call("bot.create", world="soak")["id"] for _ in range(20)]
        warm_s = max(2.0, cycles / 5)
        rounds = come_and_go(server, world["id"], bots, chance, warm_s)
        with at_rest:
            first = standing(server)
        rounds += come_and_go(server, world["id"], bots, chance, cycles)
        with at_rest:
            last = standing(server)
        report(f"{rounds} rounds, memory {(last[0] - first[0]) / 1024:+.0f} KiB, files "
               f"{first[1]} -> {last[1]}, threads {first[2]} -> {last[2]}")
        if last[0] - first[0] > buffers + cycles * MIB / 3600:
            violations.append(f"memory grew by {(last[0] - first[0]) // 1024} KiB")
        # A connection that was reset, or served a page, is closed a moment after it was left.
        end = time.monotonic() + SLACK_S
        while (more := open_files(server) - first[1]) > 0 and time.monotonic() < end:
            time.sleep(0.1)
        if more > 0:
            violations.append(f"{more} more files are open")
        if last[2] > first[2]:
            violations.append(f"{last[2] - first[2]} more threads run")
    return cycles, 0, violations


@contextlib.contextmanager
def half_of_the_time(work):
    """Does it again and again, and rests as long as it took; the lock keeps it at rest. What it
    raises is raised at the end."""
    at_rest, ending, trouble = threading.Lock(), threading.Event(), []

    def run():
        took = 0.0
        while not ending.wait(took):
            with at_rest:
                began = time.monotonic()
                try:
                    work()
                except Exception as error:  # is raised where the thread is awaited
                    trouble.append(error)
                    return
                took = time.monotonic() - began
    worker = threading.Thread(target=run)
    worker.start()
    try:
        yield at_rest
    finally:
        ending.set()
        worker.join()
    if trouble:
        raise trouble[0]


def standing(server):
    with server.connect() as client:
        harness.poll(lambda: sessions(client) == 1, "all have left")
    return server.memory(), open_files(server), measure.threads(server.pid)


def open_files(server):
    """Those of its histories come and go as the database likes."""
    return measure.files(server.pid, besides=server.data)


def come_and_go(server, world, bots, chance, seconds):
    end, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        rounds += 1
        make = chance.choice([server.connect, lambda: web.WebSocket(server.http_port)])
        with make() as client:
            client.call("hello")
            client.call("subscribe", world=world, max_hz=1000)
            bot = chance.choice(bots)
            asked = [client.ask("act", bot=bot, action="walk", see=True,
                                args={"angle": round(chance.random(), 3)}) for _ in range(20)]
            for one in asked:
                client.answer(one)
            if chance.random() < 0.3:
                client.reset()
        web.fetch(server.http_port, "/metrics")
        time.sleep(0.02)
    return rounds


SCENARIOS = {"slow_reader": slow_reader, "slowloris": slowloris, "idle": idle, "flood": flood,
             "overload": overload, "soak": soak}
PR_CYCLES = {"slow_reader": 20, "slowloris": 50, "idle": 1000, "flood": 200, "overload": 10,
             "soak": 6}
