"""Conversations at random through all doors, held to a model that knows what must be answered.

A cycle is one sequence: a few worlds of pace free and some tens of requests, one at a time, over
two TCP connections, two WebSockets and one of HTTP. Each answer and each event must be what the
model says. At the end the worlds are what the model has, their histories verify, and a second
server that is given the recorded commands through one TCP connection comes to the same answers and
hashes. Worlds that move by themselves (lockstep, realtime, hosted minds) are not in it.
"""

import json
import random
import socket

import common
import model_law
import model_talk
import web
from model import Model
from model_shown import differ, show_list
from node import harness

REQUESTS = (40, 80)  # of a sequence
NOTIFIED = 0.03  # of the requests are notifications
HANGS_UP = 0.015  # so often a connection ends instead of asking
REMEMBERED = 0.1  # so often a state is kept, to be asked for later
RESTARTED_EVERY = 50  # sequences, by their seeds
TROUBLES_MAX = 20  # then it is enough
SPECIMEN_MAX = 800  # bytes of a request in a sentence
SPOKEN_OF = ("snapshot", "delta", "lagged")  # events of subscriptions


class Disagreement(Exception):
    """What the server did is not what the model says."""


class HttpClient:
    """One connection to POST /rpc that stays; it hears no events."""

    def __init__(self, port):
        self.raw = web.Raw(port)
        self.events, self.answers = [], []

    def send_line(self, line):
        body = json.dumps(line).encode()
        self.raw.send(b"POST /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                      b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.answers.append(self.raw.answer())

    def next_answer(self):
        answer = self.answers.pop(0)
        if answer is None or answer.status != 200:
            raise ConnectionError(f"POST /rpc was answered {answer}")
        return json.loads(answer.body)

    def skip_answer(self):
        """That of a notification, which has nothing in it."""
        answer = self.answers.pop(0)
        if answer is None or answer.status != 204 or answer.body:
            raise ConnectionError(f"a notification was answered {answer}")

    def half_close(self):
        self.raw.socket.shutdown(socket.SHUT_WR)

    def has_ended(self):
        return self.raw.has_ended()

    def close(self):
        self.raw.close()


class Mirror:
    """A world as the events of a subscription tell it."""

    def __init__(self):
        self.things = {}

    def take(self, event):
        params = event["params"]
        if event["method"] == "snapshot":
            self.things = {thing["id"]: thing for thing in params["things"]}
        elif event["method"] == "delta":
            for thing in params["add"]:
                self.things[thing["id"]] = thing
            for change in params["upd"]:
                if change["id"].endswith(16 * "0"):
                    continue  # the rules of the world itself
                thing = self.things[change["id"]]
                thing["pos"] = change.get("pos", thing["pos"])
                thing["props"].update(change.get("props", {}))
            for gone in params["del"]:
                self.things.pop(gone, None)

    def listing(self):
        return [self.things[thing] for thing in sorted(self.things)]


class Nodes:
    """The server that is held to the model, and the other one; `watcher` asks beside the model."""

    def __init__(self, stack):
        self.server = stack.enter_context(harness.Server(http=0, verifies=False))
        self.other = stack.enter_context(
            harness.Server("--durability", "memory", verifies=False))
        self.clients, self.last_number = {}, 0
        self.watcher = self.server.connect()
        self.replayer = self.other.connect()

    def open(self, connection):
        """The client of that name; it is known to the server when this returns."""
        if connection not in self.clients:
            door = model_talk.CONNECTIONS[connection]
            make = {"tcp": self.server.connect, "ws": lambda: web.WebSocket(self.server.http_port),
                    "http": lambda: HttpClient(self.server.http_port)}[door]
            client = self.clients[connection] = make()
            client.send_line({"id": 0, "method": "ping"})
            client.next_answer()
        return self.clients[connection]

    def hang_up(self, connection):
        """Ends a connection: once the server has ended it, too, every later request comes after
        that. What it was still told stays in `events` of the client that is returned."""
        client = self.clients.pop(connection)
        client.half_close()
        if not client.has_ended():
            raise Disagreement(f"{connection} was answered after its end")
        client.close()
        return client

    def hang_up_all(self):
        for connection in list(self.clients):
            self.clients.pop(connection).close()
        self.watcher.close()

    def restart(self):
        """Stops and starts the server. Its worlds before and after."""
        before = self.watcher.call("world.list")
        self.hang_up_all()
        code = self.server.terminate(harness.STOP_PATIENCE)
        if code != 0:
            raise Disagreement(f"the server stopped with exit code {code}: {self.server.err}")
        self.server.start()
        self.watcher = self.server.connect()
        return before, self.watcher.call("world.list")

    def begin_anew(self):
        """After a disagreement: nothing of it is left."""
        self.hang_up_all()
        self.replayer.close()
        for server in (self.server, self.other):
            if not server.is_alive():
                server.start()
        self.watcher, self.replayer = self.server.connect(), self.other.connect()
        for client in (self.watcher, self.replayer):
            for world in client.call("world.list")["items"]:
                client.call("world.delete", world=world["id"])


class Sequence:
    """One conversation of seed `seed`; raises Disagreement."""

    def __init__(self, nodes, seed):
        self.nodes, self.seed = nodes, seed
        self.chance = random.Random(seed)
        self.model = Model(self.luck, nodes.last_number)
        for connection, door in model_talk.CONNECTIONS.items():
            self.model.open(connection, door)
            nodes.open(connection)
        self.talk = model_talk.Talk(self.chance, self.model, f"s{seed}")
        self.mirrors = {}  # of subscriptions to worlds, by number
        self.number, self.asked = 0, "nothing yet"
        self.requests = self.faults = 0  # a fault: what was refused, or broke off

    def run(self):
        requests = self.chance.randint(*REQUESTS)
        restarts_at = requests // 2 if self.seed % RESTARTED_EVERY == 0 else None
        try:
            for self.number in range(1, requests + 1):
                if self.number == restarts_at:
                    self.restart()
                self.one_turn()
            self.hold_worlds()
        except Exception as error:  # a client or a model that breaks is one, too
            known = isinstance(error, (Disagreement, model_law.Impossible))
            what = error if known else common.in_one_line(error)
            died = "" if self.nodes.server.is_alive() else "; the server is dead"
            raise Disagreement(
                f"seed {self.seed}, request {self.number}, {self.asked}: {what}{died}") from error
        finally:
            self.nodes.last_number = self.model.last_number

    def luck(self, world, serial):
        """What the server drew for a thing; None where it made none."""
        client = self.nodes.watcher
        return client.answer(client.ask("thing.get", id=world.id_of(serial))).get("result")

    # -- one request -------------------------------------------------------------------------------

    def one_turn(self):
        if self.chance.random() < HANGS_UP:
            return self.hang_up()
        if self.model.worlds and self.chance.random() < REMEMBERED:
            world = self.chance.choice(list(self.model.worlds.values()))
            world.moments[world.seq] = show_list(world)
        connection, method, params = self.talk.next()
        creates = method.endswith(".create") or method == "subscribe"
        if not creates and self.chance.random() < NOTIFIED:
            return self.notify(connection, method, params)
        return self.exchange(connection, method, params)

    def hang_up(self):
        connection = self.chance.choice(list(model_talk.CONNECTIONS))
        self.asked = f"the end of {connection}"
        self.faults += 1
        self.hold_no_more(connection, self.nodes.hang_up(connection))
        self.model.close(connection)
        for sub in self.mirrors.keys() - self.model.subs.keys():
            del self.mirrors[sub]
        self.nodes.open(connection)
        self.model.open(connection, model_talk.CONNECTIONS[connection])

    def request(self, connection, method, params):
        """Sends it as one that is to be answered. The answer."""
        tag = self.chance.choice([self.number, f"r-{self.number}", -1, 2**53, ""])
        request = {"id": tag, "method": method, "params": params}
        if not params and self.chance.random() < 0.5:
            del request["params"]
        if self.chance.random() < 0.1:
            request["jsonrpc"] = "2.0"
        self.asked = f"{connection} {json.dumps(request)[:SPECIMEN_MAX]}"
        self.requests += 1
        client = self.nodes.open(connection)
        client.send_line(request)
        answer = client.next_answer()
        frame = [(name, answer.get(name), type(answer.get(name))) for name in ("id", "jsonrpc")]
        if frame != [(name, request.get(name), type(request.get(name))) for name, _, _ in frame]:
            raise Disagreement(f"it was answered to {frame}")
        return answer

    def exchange(self, connection, method, params):
        answer = self.request(connection, method, params)
        expected = self.predict(connection, method, params, answer)
        told = answer.get("result", answer if "error" in answer else None)
        wrong = differ(expected, told, "the answer")
        if wrong:
            raise Disagreement(wrong)
        self.adopt(method, params, told)
        self.hold_events()
        if method == "subscribe" and "result" in answer and params.get("world"):
            if "since" not in params:
                self.mirrors[told["sub"]] = Mirror()
        return told

    def predict(self, connection, method, params, answer):
        self.model.reply = answer
        try:
            return self.model.answer(connection, method, params)
        except model_law.Refusal as refusal:
            self.faults += 1
            return refusal

    def adopt(self, method, params, told):
        """Where a bot came to stand, to the micrometre."""
        if method != "act" or isinstance(told, dict) and "error" in told:
            return
        several = "acts" in params
        for act, result in zip(params["acts"] if several else [params],
                               told if several else [told]):
            if "error" in result or not result["pos"] or act.get("key"):
                continue  # an answer to a key may be an old one
            world, serial = self.model.split(act["bot"])
            last = max(i for i, (_, wish, _) in enumerate(self.model.commands[world.number])
                       if wish.get("bot") == act["bot"])
            if self.model.commands[world.number][last][2]["seq"] == result["seq"]:
                world.things[serial].pos = [model_law.micrometres(x) for x in result["pos"]]

    def notify(self, connection, method, params):
        """It is carried out and never answered; a request behind it, which asks all worlds, has
        the next answer."""
        client = self.nodes.open(connection)
        client.send_line({"method": method, "params": params})
        if model_talk.CONNECTIONS[connection] == "http":
            client.skip_answer()
        asked = json.dumps([method, params])[:SPECIMEN_MAX]
        answer = self.request(connection, "world.list", {})
        self.asked = f"{self.asked} behind the notification {asked}"
        self.predict(connection, method, params, {})
        self.hold_events()
        expected = self.predict(connection, "world.list", {}, answer)
        wrong = differ(expected, answer.get("result", answer), "the answer")
        if wrong:
            raise Disagreement(wrong)

    def hold_events(self):
        """Whoever must be told of the last request is told, of each world in order; HTTP hears
        nothing."""
        for connection, method, params in self.model.events:
            if model_talk.CONNECTIONS[connection] == "http":
                continue
            told = self.next_event(connection, params["bot"][:8])
            wrong = differ({"method": method, "params": params}, told, f"what {connection} is told")
            if wrong:
                raise Disagreement(wrong)

    def next_event(self, connection, world):
        """The next one about a bot of that world; None where none comes."""
        client = self.nodes.clients[connection]
        while True:
            for event in client.events:
                if event["params"].get("bot", "")[:8] == world:
                    client.events.remove(event)
                    return event
            try:
                if not client.read():
                    return None
            except TimeoutError:
                return None

    # -- a restart ---------------------------------------------------------------------------------

    def restart(self):
        self.asked = "a restart"
        self.faults += 1
        before, after = self.nodes.restart()
        wrong = differ(before, after, "world.list after the restart")
        if wrong:
            raise Disagreement(wrong)
        for connection, door in model_talk.CONNECTIONS.items():
            self.model.close(connection)
            self.model.open(connection, door)
            self.nodes.open(connection)
        self.mirrors.clear()

    # -- the end -----------------------------------------------------------------------------------

    def hold_worlds(self):
        """All worlds are as the model has them, whoever is asked, and what is left is told."""
        connections = list(model_talk.CONNECTIONS)
        for world in list(self.model.worlds.values()):
            for method in ("thing.list", "world.get", "history.stats"):
                self.exchange(self.chance.choice(connections), method, {"world": world.id})
            for seq in world.moments:
                self.exchange(self.chance.choice(connections), "history.state",
                              {"world": world.id, "at": {"seq": seq}})
            self.verify(world)
            self.replay(world)
        for connection in connections:  # what it was told stands before this answer
            self.exchange(connection, "world.list", {})
        self.hold_mirrors()
        for connection, client in self.nodes.clients.items():
            self.hold_no_more(connection, client)
            client.events.clear()
        for world in list(self.model.worlds.values()):
            self.exchange(self.chance.choice(connections), "world.delete", {"world": world.id})

    @staticmethod
    def hold_no_more(connection, client):
        surplus = [event for event in client.events if event["method"] not in SPOKEN_OF]
        if surplus:
            raise Disagreement(f"{connection} was told {surplus[0]} unasked")

    def verify(self, world):
        self.asked = f"history.verify of {world.id}"
        found = self.nodes.watcher.call("history.verify", world=world.id)
        if not found["ok"] or found["records"] != world.seq:
            raise Disagreement(f"{found}, expected {world.seq} records")

    def hold_mirrors(self):
        """What the events of a subscription tell comes to what is there."""
        for sub, mirror in self.mirrors.items():
            if sub not in self.model.subs:
                continue
            connection, number, _ = self.model.subs[sub]
            self.asked = f"the events of subscription {sub} of {connection}"
            client, expected = self.nodes.clients[connection], show_list(self.model.worlds[number])
            taken = 0
            while True:
                events = list(client.events)
                for event in events[taken:]:
                    if event["params"].get("sub") == sub:
                        mirror.take(event)
                taken = len(events)
                wrong = differ(expected, mirror.listing(), "what they tell")
                if not wrong:
                    break
                try:
                    client.read()
                except TimeoutError:
                    raise Disagreement(wrong) from None

    def replay(self, world):
        """The recorded commands through one connection of another server: the door does not
        matter, who spoke does not, and what was refused left no trace."""
        client, commands = self.nodes.replayer, self.model.commands[world.number]
        self.asked = f"the commands of {world.id} on another server"
        (_, founding, _), *rest = commands
        made = client.call("world.create", founding)
        here, there = f'"{world.number:08x}', '"' + made["id"][:8]
        lines = [json.dumps({"id": i, "method": method, "params": params}).replace(here, there)
                 for i, (method, params, _) in enumerate(rest)]
        for method in ("thing.list", "world.get", "world.delete"):
            asked = {"id": method, "method": method, "params": {"world": made["id"]}}
            lines.append(json.dumps(asked))
        client.send("".join(line + "\n" for line in lines).encode())
        told = [json.loads(json.dumps(client.next_answer()).replace(there, here)) for _ in lines]
        for (method, params, expected), answer in zip(rest, told):
            if method == "act":
                expected = {**expected, "durability": "memory"}
            if expected and (wrong := differ(expected, answer.get("result", answer), "the answer")):
                raise Disagreement(f"{method} {params}: {wrong}")
        listed, shown, _ = (answer.get("result", answer) for answer in told[-3:])
        wrong = differ(show_list(world), listed["items"], "the list") or differ(
            {"seq": world.seq, "hash": world.hashes[world.seq]},
            {name: shown[name] for name in ("seq", "hash")}, "the world")
        if wrong:
            raise Disagreement(wrong)
        client.events.clear()


def converse(cycles, seed, report):
    """Sequences of the seeds from `seed` on, one after the other."""
    violations, requests, faults, done = [], 0, 0, 0
    with common.trial(violations, f"seed {seed}") as trial:
        nodes = Nodes(trial.stack)
        while done < cycles and len(violations) < TROUBLES_MAX:
            sequence = Sequence(nodes, seed + done)
            try:
                sequence.run()
            except Disagreement as disagreement:
                violations.append(f"{disagreement}\n    this one alone: tests/torture model "
                                  f"--cycles 1 --seed {sequence.seed}")
                nodes.begin_anew()
            done += 1
            requests, faults = requests + sequence.requests, faults + sequence.faults
            report(f"{done} of {cycles}, {requests} requests, {len(violations)} violations")
        nodes.hang_up_all()
        nodes.replayer.close()
        trial.assertEqual(nodes.server.terminate(harness.STOP_PATIENCE), 0, nodes.server.err)
    return done, faults, violations


SCENARIOS = {"model": converse}
PR_CYCLES = {"model": 2000}
