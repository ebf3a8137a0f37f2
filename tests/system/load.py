"""Clients that act with many requests in flight, and note all that the server acknowledged."""

import itertools
import json
import threading

import harness


class Connection(harness.Client):
    """One whose server may be killed within a line."""

    def read(self, patience=None):
        try:
            return super().read(patience)
        except AssertionError as error:
            if "within a line" in str(error):
                raise ConnectionResetError from error
            raise


class Ledger:
    """What clients were told about one world. Its actors write it, the judge reads it."""

    def __init__(self):
        self.acts = {}    # sequence: what the answer said
        self.deaths = {}  # bot: (cause, heir)

    def note_death(self, bot, told):
        self.deaths[bot] = (told["cause"], told.get("heir"))
        return told.get("heir")


class Actor(threading.Thread):
    """One connection that speaks for some bots, until it is to rest or the server is gone.

    A bot has `depth` requests in flight; when it dies, its heir goes on. With a `prefix` each
    action has a key that begins so.
    """

    def __init__(self, server, ledger, bots, wells, depth, chance, prefix=None):
        super().__init__(daemon=True)
        self.client = Connection(server.port)
        self.ledger, self.wells, self.depth, self.chance = ledger, wells, depth, chance
        self.bots = list(bots)
        self.prefix, self.keys = prefix, itertools.count(1)
        self.pending = {}        # id of a request: the index of its bot, and what it asked
        self.acknowledged = 0
        self.is_resting = False  # asks nothing more, but takes the answers that are due
        self.trouble = None      # what should not have been answered

    def run(self):
        try:
            asked = [self._ask(index) for index in range(len(self.bots))
                     for _ in range(self.depth)]
            while asked or self.pending:
                self.client.send(b"".join(asked))
                asked = self._take_answers()
        except ConnectionError:
            pass  # it was killed
        except Exception as error:  # is judged where the thread is awaited
            self.trouble = self.trouble or repr(error)
        finally:
            self.client.close()

    # -- out ---------------------------------------------------------------------------------------

    def _ask(self, index):
        acts = [self._choose(index)]
        is_list = self.depth > 1 and self.chance.random() < 0.1
        if is_list:
            acts.append(self._choose(index))
        request = {"id": next(self.client.ids), "method": "act",
                   "params": {"acts": acts} if is_list else acts[0]}
        self.pending[request["id"]] = (index, acts)
        return json.dumps(request).encode() + b"\n"

    def _choose(self, index):
        drawn = self.chance.random()
        act = {"bot": self.bots[index], "action": "pass"}
        if drawn < 0.7:
            act.update(action="walk", args={"angle": round(self.chance.random(), 4)})
        elif drawn < 0.85 and self.wells:
            act.update(action="drink", target=self.chance.choice(self.wells))
        if self.prefix:
            act["key"] = f"{self.prefix}-{next(self.keys)}"
        return act

    # -- in ----------------------------------------------------------------------------------------

    def _take_answers(self):
        """Waits for a message, takes all that came with it; what to ask for next."""
        asked = []
        if not self.client.read():
            raise ConnectionResetError
        while self.client.lines:
            self.client.read()
        while self.client.events:
            event = self.client.events.popleft()
            if event["method"] == "died":
                self._follow(event["params"]["bot"], event["params"])
        while self.client.answers:
            index = self._take(self.client.answers.popleft())
            if not self.is_resting and self.bots[index]:
                asked.append(self._ask(index))
        return asked

    def _take(self, message):
        index, acts = self.pending.pop(message["id"])
        result = message.get("result", message)
        for act, one in zip(acts, result if isinstance(result, list) else [result]):
            self._take_one(act, one)
        return index

    def _take_one(self, act, one):
        if "error" not in one:
            self.ledger.acts[one["seq"]] = {**one, "agent": act["bot"], "action": act["action"],
                                            "key": act.get("key")}
            self.acknowledged += 1
        elif one["error"]["data"]["reason"] == "dead":
            self._follow(act["bot"], one["error"]["data"])
        elif one["error"]["data"]["reason"] != "shutting_down":
            self.trouble = self.trouble or json.dumps(one)

    def _follow(self, bot, told):
        heir = self.ledger.note_death(bot, told)
        self.bots = [heir if one == bot else one for one in self.bots]


class Steward(threading.Thread):
    """Creates worlds with a bot each and deletes them again, one step after the other."""

    def __init__(self, server, prefix):
        super().__init__(daemon=True)
        self.client = Connection(server.port)
        self.prefix = prefix
        self.standing = {}    # name of a world: its bot, where that was acknowledged
        self.deleted = set()
        self.undecided = None  # the world whose creation or end was not acknowledged yet
        self.is_resting = False
        self.trouble = None

    def run(self):
        count = 0
        try:
            while not self.is_resting:
                count += 1
                self._add(f"{self.prefix}-{count}")
                if len(self.standing) > 2:
                    self._end(next(iter(self.standing)))
        except ConnectionError:
            pass  # it was killed
        except harness.Refused as refused:
            if refused.error["data"]["reason"] != "shutting_down":
                self.trouble = repr(refused)
        except Exception as error:  # is judged where the thread is awaited
            self.trouble = repr(error)
        finally:
            self.client.close()


    def _add(self, name):
        self.undecided = name
        self.client.call("world.create", name=name)
        self.standing[name] = None
        self.undecided = None
        self.standing[name] = self.client.call("bot.create", world=name)

    def _end(self, name):
        del self.standing[name]
        self.undecided = name
        self.client.call("world.delete", world=name)
        self.deleted.add(name)
        self.undecided = None
