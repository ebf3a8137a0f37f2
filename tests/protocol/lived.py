"""Worlds with a past, of which each moment was written down when it was now."""

import collections

SHORT_LIVES = {"lifespan": 12, "day": 40}


class Lived:
    """A free world, and how it looked after each record: `moments` by sequence."""

    def __init__(self, client, chance, **settings):
        settings.setdefault("rules", SHORT_LIVES)
        self.client, self.chance = client, chance
        self.id = client.call("world.create", settings)["id"]
        self.moments, self.first_of_tick = {}, {}
        self.born = set()  # ids of all bots and wells that there ever were
        self.note()

    def note(self):
        world = self.client.call("world.get", world=self.id)
        things = self.client.call("thing.list", world=self.id)["items"]
        assert world["seq"] == len(self.moments) + 1, "one request, one record"
        self.moments[world["seq"]] = (world, things)
        self.first_of_tick.setdefault(world["tick"], world["seq"])
        self.born |= {t["id"] for t in things}

    @property
    def now(self):
        return self.moments[self.last]

    @property
    def last(self):
        return len(self.moments)

    @property
    def last_tick(self):
        return self.now[0]["tick"]

    def of_kind(self, kind):
        return [t["id"] for t in self.now[1] if t["kind"] == kind]

    def do(self, method, params=None, /, **more):
        result = self.client.call(method, params, **more)
        self.note()
        return result

    def live(self, steps):
        """Whatever can happen, in any order, once at least."""
        bots = [self.do("bot.create", world=self.id)["id"] for _ in range(3)]
        self.do("thing.create", world=self.id, kind="well", name="deep")
        for _ in range(steps):
            self.step()
        self.client.events.clear()
        return bots

    def step(self):
        chance, what = self.chance, self.chance.random()
        bot, wells = chance.choice(self.of_kind("bot")), self.of_kind("well")
        if what < 0.6:
            self.do("act", bot=bot, action="walk", args={"angle": chance.random()})
        elif what < 0.7:
            self.do("act", bot=bot, action="pass")
        elif what < 0.8 and wells:
            self.do("act", bot=bot, action="drink", target=chance.choice(wells))
        elif what < 0.85 and len(wells) < 5:
            self.do("thing.create", world=self.id, kind="well")
        elif what < 0.9 and wells:
            self.do("thing.delete", id=chance.choice(wells))
        elif what < 0.97:
            self.do("thing.update", id=bot, props={"drink": chance.random()})
        else:
            self.do("world.update", world=self.id, rules={"day": chance.randint(30, 60)})


def read_records(client, world, first=1, **more):
    """All records that fit, page by page, however many pages are empty."""
    records = []
    while first:
        page = client.call("history.read", {"world": world, "from": first}, **more)
        records, first = records + page["records"], page.get("next")
    return records


def export(client, world, **more):
    """All that there is to export, page by page."""
    items, first = [], more.pop("first", None)
    while True:
        page = client.call("history.export", {"world": world, **({"from": first} if first else {})},
                           **more)
        items += page["items"]
        if "next" not in page:
            return items
        assert page["next"] > (first or {}).get("seq", 0), f"no way on from {first}: {more}"
        first, more["to"] = {"seq": page["next"]}, {"seq": page["to"]}


def pass_often(client, bot, times):
    """So many records, quickly. The result of the last."""
    for left in range(times, 0, -500):
        results = client.call("act", acts=[{"bot": bot, "action": "pass"}] * min(left, 500))
    return results[-1]


Ends = collections.namedtuple("Ends", "seq tick hash chain")


def ends(client, world):
    """What is provable about the end of a history."""
    stats = client.call("history.stats", world=world)
    return Ends(stats["last"]["seq"], stats["last"]["tick"], stats["hash"], stats["chain"])
