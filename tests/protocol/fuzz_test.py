#!/usr/bin/env python3
"""Valid requests, bent at random: the server answers a ping after each handful of them, lives, and
recovers the same world afterwards.

A failure prints the seed and the last lines sent. UNSCRIPTED_FUZZ_SECONDS makes it search longer.
"""

import json
import os
import random
import threading
import time

import harness

SECONDS = float(os.environ.get("UNSCRIPTED_FUZZ_SECONDS") or 4)
LINES_PER_ROUND = 40
LINE_MAX = 60_000  # a longer one would end the connection

NUMBERS = ["0", "-0", "1", "-1", "0.5", "1e999", "-1e999", "1e-999", "NaN",
           "1.7976931348623157e308",
           "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616",
           "-9223372036854775808", "4294967296", "1e7", "10000000.000001", "2147483648", "0.1e1",
           "00"]
VALUES = ["null", "true", "false", "[]", "{}", '""', '"\\u0000"', '"\\ud800"', "[[[]]]",
          '{"":{"":[]}}',
          '"' + "x" * 2000 + '"', '"ffffffffffffffffffffffff"', '"000000000000000000000000"',
          '[1,2,3,4]', "[null,null,null]", '[1e308,1e308,1e308]', '"\\n"', '"💧"', *NUMBERS]
PIECES = ['"', "{", "}", "[", "]", ":", ",", "\\", "\n", "\r", "\x00", "\x7f", "é", "\ud800", " ",
          "//"]


def corpus(world, bot, well, sub):
    """At least one request of every method but server.stop, most of them valid."""
    act = {"bot": bot, "action": "walk", "args": {"angle": 0.25}, "see": True}
    return [{"id": 1, "method": method, "params": params} for method, params in (
        ("hello", {"client": "fuzz"}), ("ping", {}), ("describe", {}), ("plugin.list", {}),
        ("world.create", {"name": "x", "dims": [9, 9, 9], "seed": 7, "pace": "lockstep", "speed": 2,
                          "deadline_ms": 50, "pause_at": 5, "capacity": {"bot": 3},
                          "rules": {"day": 100, "population": "none"}}),
        ("world.list", {}), ("world.get", {"world": world}), ("world.delete", {"world": "x"}),
        ("world.update", {"world": world, "rules": {"day": 1000}, "capacity": {"thing": 50}}),
        ("world.update", {"world": "x", "pace": "realtime", "speed": 10, "pause_at": None}),
        ("thing.create", {"world": world, "kind": "well", "pos": [1, 0, 1], "dims": [1, 1, 1],
                          "name": "w", "props": {}}),
        ("thing.get", {"id": well}), ("thing.delete", {"id": well[:-2] + "99"}),
        ("thing.update", {"id": bot, "pos": [5, 0, 5], "props": {"drink": 1, "female": True}}),
        ("thing.list", {"world": world, "kind": "bot", "near": {"pos": [1, 0, 1], "range": 50},
                        "limit": 10, "after": bot}),
        ("bot.create", {"world": world, "name": "b", "female": True, "pos": [1, 0, 1]}),
        ("bot.create", {"world": "x", "mind": "random"}), ("bot.detach", {"bot": bot}),
        ("bot.attach", {"bot": bot, "take": True}), ("act", act), ("act", {"acts": [act, act]}),
        ("act", {"bot": bot, "action": "drink", "target": well}),
        ("act", {"bot": bot, "action": "pass"}),
        ("see", {"bot": bot, "range": 5, "frame": "ego"}), ("unsubscribe", {"sub": sub}),
        ("subscribe", {"world": world, "max_hz": 10, "since": 1}),
        ("subscribe", {"bot": bot, "range": 3}),
        ("history.stats", {"world": world}), ("history.read",
                                              {"world": world, "from": 1, "limit": 2}),
        ("server.status", {}))]


def nodes(value, found):
    """Each (container, key) in a JSON value."""
    for key in value if isinstance(value, dict) else range(len(value)):
        found.append((value, key))
        if isinstance(value[key], (dict, list)):
            nodes(value[key], found)
    return found


def bend_value(chance, request):
    """Another value, another name or one more member somewhere in the request."""
    container, key = chance.choice(nodes(request, []))
    how = chance.randrange(4)
    if how == 0 and isinstance(container, dict):
        container[chance.choice(["", "x", "id", "seed", "range", "acts",
                                 key + "s"])] = container.pop(key)
    elif how == 1:
        del container[key]
    elif how == 2 and isinstance(container[key], str) and container[key]:
        text = container[key]
        at = chance.randrange(len(text))
        container[key] = text[:at] + chance.choice("0f~ \\\"é\n") + text[at + chance.randrange(2):]
    else:
        container[key] = f"@{chance.randrange(len(VALUES))}@"  # replaced below, maybe by no JSON
    line = json.dumps(request, ensure_ascii=chance.random() < 0.5)
    for number, value in enumerate(VALUES):
        line = line.replace(f'"@{number}@"', value)
    return line.encode("utf-8", "surrogatepass")


def bend_bytes(chance, line):
    line = bytearray(line)
    for _ in range(chance.choice([1, 1, 1, 2, 5, 20])):
        at = chance.randrange(len(line) + 1)
        how = chance.randrange(6)
        if how == 0:
            line[at:at] = chance.choice(PIECES).encode("utf-8", "surrogatepass")
        elif how == 1:
            line[at:at + 1] = bytes([chance.randrange(256)])
        elif how == 2:
            del line[at:at + chance.randrange(1, 9)]
        elif how == 3:
            line[at:at] = line[at:at + chance.randrange(1, 40)]
        elif how == 4:
            line[at:at + 1] = bytes([(line[at:at + 1] or b"0")[0] ^ 1 << chance.randrange(8)])
        else:
            line[at:] = line[:chance.randrange(len(line) + 1)]
    return bytes(line)


class Rough(harness.ServerTest):
    def assert_same_after_restart(self):
        """All worlds are what they were once the server has stopped and started."""
        with self.server.connect() as client:
            for world in client.call("world.list")["items"]:  # those that time moves stand still
                client.call("world.update", world=world["id"], pause_at=0)
            before = client.call("world.list")
        self.assertEqual(self.server.terminate(harness.STOP_PATIENCE), 0, self.server.err)
        self.server.start()
        with self.server.connect() as client:
            self.assertEqual(client.call("world.list"), before)
        return before["items"]


class Fuzz(Rough):
    def one_line(self, chance, requests):
        """A bent request, sometimes a valid one; a list of many, to meet the limits of `act`."""
        request = dict(chance.choice(requests))
        request["id"] = chance.choice([1, "a", None, 2**40])
        if request["id"] is None:
            del request["id"]
        if chance.random() < 0.1:
            acts = [r["params"] for r in requests if r["method"] == "act"]
            request.update(method="act", params={"acts": chance.choices(acts,
                                                                        k=chance.randrange(50))})
        request = json.loads(json.dumps(request))  # a copy, down to the leaves
        if chance.random() < 0.6:
            line = bend_value(chance, request)
        else:
            line = json.dumps(request).encode()
        return bend_bytes(chance, line) if chance.random() < 0.4 else line

    def play(self, chance, requests, seconds):
        """Sends rounds of lines until the time is over. Returns how many lines were sent."""
        client, sent = self.connect(), 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            lines = [self.one_line(chance, requests) for _ in range(LINES_PER_ROUND)]
            lines = [line for line in lines if b"server.stop" not in line
                     and len(line) < LINE_MAX]
            mark = f"mark {sent}"
            try:
                client.send(b"\n".join([*lines, b'{"id":"%s","method":"ping"}\n' % mark.encode()]))
                self.assertEqual(client.result(mark), {})
            except (ConnectionError, TimeoutError) as error:
                sample = "\n".join(repr(line[:500]) for line in lines)
                raise AssertionError(f"{error!r}; alive: {self.server.is_alive()}; sent:\n{sample}")
            for answer in client.answers:
                if "error" in answer:
                    self.assertIn(answer["error"]["data"]["reason"],
                                  harness.REASONS[answer["error"]["code"]])
            sent += len(lines)
            client.answers.clear()
            client.events.clear()
            if chance.random() < 0.05:
                client.reset() if chance.random() < 0.5 else client.close()
                client = self.connect()
        return sent

    def test_no_bent_request_brings_the_server_down_or_spoils_a_world(self):
        chance = harness.chance()
        maker = self.connect()
        world = self.world(seed=1)
        bot = self.bot(maker, world, pos=[5, 0, 5])["id"]
        well = maker.call("thing.create", world=world["id"], kind="well", pos=[2, 0, 2])["id"]
        sub = maker.call("subscribe", world=world["id"])["sub"]
        maker.close()
        sent = self.play(chance, corpus(world["id"], bot, well, sub), SECONDS)
        self.assertGreater(sent, 100 * SECONDS)
        self.assert_alive()
        self.assertIn(world["id"], [w["id"] for w in self.assert_same_after_restart()])


class Crowd(Rough):
    """Many connections at once, which make, change, watch and delete the same few worlds."""

    NAMES = ["ash", "elm", "oak"]
    CLIENTS = 6

    def one_request(self, chance, bots):
        world, bot = chance.choice(self.NAMES), chance.choice(bots or ["0" * 24])
        return chance.choice((
            ("world.create", {"name": world, "pace": chance.choice(["free", "lockstep",
                                                                    "realtime"]),
                              "speed": 50, "deadline_ms": 20, "rules": {"lifespan": 30}}),
            ("world.update", {"world": world, "pace": chance.choice(["free", "lockstep",
                                                                     "realtime"])}),
            ("world.update", {"world": world, "pause_at": chance.choice([None, 0, None, 50])}),
            ("world.delete", {"world": world}), ("world.get", {"world": world}), ("world.list", {}),
            *[("bot.create", {"world": world, "mind": m}) for m in ("remote", "remote", "random")],
            ("thing.create", {"world": world, "kind": "well"}), ("thing.list", {"world": world}),
            ("subscribe", {"world": world, "max_hz": 100}), ("subscribe", {"bot": bot}),
            ("unsubscribe", {"sub": chance.randrange(1 << 22)}), ("thing.delete", {"id": bot}),
            ("bot.attach", {"bot": bot, "take": chance.random() < 0.5}),
            ("bot.detach", {"bot": bot}),
            ("history.read", {"world": world, "from": 1, "limit": 5}), ("see", {"bot": bot}),
            *[("act", {"bot": bot, "action": "walk", "args": {"angle": chance.random()}})] * 5,
            ("act", {"acts": [{"bot": b, "action": "pass"} for b in bots[-20:]]})))

    def rush(self, seed, end, trouble):
        """Rounds of requests, all answered before the next; sometimes the connection breaks off."""
        chance, bots, client = random.Random(seed), [], self.server.connect()
        try:
            while time.monotonic() < end:
                asked = {}
                for _ in range(chance.randrange(1, 30)):
                    method, params = self.one_request(chance, bots)
                    asked[client.ask(method, params)] = (method, params)
                if chance.random() < 0.05:
                    client.reset() if chance.random() < 0.5 else client.close()
                    client = self.server.connect()
                    continue
                while asked:
                    try:
                        answer = client.next_answer()
                    except (TimeoutError, ConnectionError) as error:
                        raise AssertionError(f"{error!r}, not answered: {list(asked.values())}")
                    method, _ = asked.pop(answer["id"])
                    if method == "bot.create" and "result" in answer:
                        bots.append(answer["result"]["id"])
                    reason = answer.get("error", {"data": {}})["data"].get("reason")
                    assert reason not in ("plugin_fault", "storage_full", "overloaded"), answer
                del bots[:-30]
                client.events.clear()
        except Exception as error:  # of a thread: the test looks at it
            trouble.append(f"client with seed {seed}: {error!r}"[:3000])
        finally:
            client.close()

    def test_a_crowd_of_clients_leaves_no_request_unanswered(self):
        chance, trouble = harness.chance(), []
        end = time.monotonic() + SECONDS
        crowd = [threading.Thread(target=self.rush, args=(chance.getrandbits(32), end, trouble))
                 for _ in range(self.CLIENTS)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        self.assertEqual(trouble, [])
        self.assert_alive()
        self.assert_same_after_restart()


if __name__ == "__main__":
    harness.main()
