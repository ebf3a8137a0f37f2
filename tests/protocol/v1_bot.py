"""Clients of the v1 API as there were before the bot protocol: each request is a path and a query.

A bot of v1 looks at what it sees, picks any action of any thing in it, fills each parameter with a
random number, and waits for the answer.
"""

import http.client
import json
import math
from urllib.parse import urlencode

import harness
import web

SIGHT = 50.0  # metres
STEP = 0.8
ERROR = 1e-5  # places are rounded to a micrometre


class Answer(dict):
    """A v1 answer, with the status of HTTP; None over a WebSocket."""

    def __init__(self, text, status=None):
        super().__init__(json.loads(text))
        self.status = status

    @property
    def items(self):
        return self["data"]["items"]

    @property
    def code(self):
        return self["error"]["code"] if "error" in self else 200


class OverHttp:
    """Requests on one connection that is kept open."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", server.http_port, timeout=harness.PATIENCE)

    def ask(self, request, method="GET"):
        self.connection.request(method, "/api/1/" + request)
        response = self.connection.getresponse()
        return Answer(response.read(), response.status)

    def close(self):
        self.connection.close()


class OverWebSocket:
    def __init__(self, server):
        self.socket = web.WebSocket(server.http_port, "/api/1/")

    def send(self, request):
        self.socket.send_line(request)

    def receive(self):
        text = self.socket.read_line()
        assert text is not None, "the connection ended"
        return Answer(text)

    def ask(self, request):
        self.send(request)
        return self.receive()

    def close(self):
        self.socket.close()


def query(path, **params):
    return f"{path}?{urlencode(params)}"


def gap(a, b):
    """Between two boxes on the ground."""
    def along(axis):
        apart = abs(a["pos"][axis] - b["pos"][axis]) - (a["dims"][axis] + b["dims"][axis]) / 2
        return max(0.0, apart)
    return math.hypot(along(0), along(2))


class Bot:
    """One bot on one connection. It knows nothing of deaths."""

    def __init__(self, connection, world, chance, **settings):
        self.connection, self.world, self.chance = connection, world, chance
        made = connection.ask(query("bot", module="bot", parentid=world, rootid=world,
                                    **{**settings, "@method": "POST"}))
        self.id = made.items[0]["id"]
        self.seen = made.items
        self.self = made.items[0]
        self.deaths = self.moved = self.drank = 0
        self.chosen = None

    def send_next(self):
        options = [("pass", self.id, {})]
        for thing in self.seen:
            for action in thing["actions"]:
                params = {name: self.chance.random() for name in action if name != "action"}
                options.append((action["action"], thing["id"], params))
        self.chosen = self.chance.choice(options)
        action, target, params = self.chosen
        self.connection.send(query(f"things/{target}/actions/{action}",
                                   **{"actorid": self.id, **params, "@context": self.id}))

    def receive(self):
        """Checks what it sees after its action, and remembers it."""
        answer = self.connection.receive()
        assert "error" not in answer, (answer, self.chosen)
        assert answer["context"] == self.id and answer["data"]["count"] == len(answer.items)
        world, me, *others = answer.items
        assert world["id"] == self.world and world["_class"] == "World", world
        assert me["_class"] == "Bot" and me["rootid"] == self.world, me
        ids = [thing["id"] for thing in answer.items]
        assert len(set(ids)) == len(ids), ids
        for thing in others:
            distance = gap(me, thing)
            assert -ERROR <= distance <= SIGHT, (me, thing)
        self.check_self(world, me)
        self.seen, self.self = answer.items, me

    def check_self(self, world, me):
        for axis in (0, 2):
            half = me["dims"][axis] / 2
            assert half - ERROR <= me["pos"][axis] <= world["dims"][axis] - half + ERROR, me
        assert 0 <= me["drink_"] <= 1, me
        if me["id"] != self.self["id"]:  # it died, and this one replaced it
            assert me["generation"] > self.self["generation"], (self.self, me)
            assert me["action_count"] == 0, me
            self.deaths += 1
            return
        assert me["action_count"] == self.self["action_count"] + 1, (self.self, me)
        step = math.dist(me["pos"], self.self["pos"])
        is_walk = self.chosen[0] == "walk"
        assert step < ERROR or (is_walk and abs(step - STEP) < ERROR), (self.chosen, self.self, me)
        self.moved += step >= ERROR
        self.drank += me["drink_"] > self.self["drink_"]
