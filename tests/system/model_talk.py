"""What is asked of a server at random: most of it makes sense, and some is wrong in one way."""

import model_law as law

CONNECTIONS = {"tcp-1": "tcp", "tcp-2": "tcp", "ws-1": "ws", "ws-2": "ws", "http-1": "http"}
NO_WORLD = 0x7fffffff
UNBORN = 1000  # so many serials are not used up: what an heir will be named is not known in time
WRONG = 0.12  # of the requests have one parameter that is wrong, missing or unknown
STRANGE = 0.06  # of the ids name what is not there, or is something else
DEAD = 0.04  # of the bots that are spoken of
# From one centre to another: where two bots, a bot and a well, and two wells touch, along x and z.
BESIDE = [0.5, 0.3, 0.75, 0.65, 1, 0.749999, 1.2, 2]
NEARBY = 2_000_000  # a well that a bot may drink from

DIMS = [*[[10, 10, 10]] * 4, *[[6, 2.5, 5], [4, 3, 4], [3, 2, 3], [30, 5, 60]] * 2, [1, 2, 1]]
CAPACITIES = [{}, {}, {"bot": 2}, {"bot": 3, "thing": 5}, {"thing": 6}, {"well": 1, "bot": 4}]
NAMES = ["", "ada", "bea", "Zoë 💧", "n" * 64, "1"]

# Values that a parameter must not have, by its name; others get one of ANY_WRONG. Whether one is
# wrong after all is for the model to say.
ANY_WRONG = [None, "", [], {}, -1, "x" * 70, True, 1.5]
WRONG_VALUES = {
    "pos": [[1, 2], [1, 2, "3"], [1e8, 0, 0], "here", {}, [1, None, 1], [11, 0, 1], [1, -1, 1]],
    "dims": [[0, 1, 1], [1, 1], [1e8, 1, 1], [-1, 1, 1], "wide", [0.4, 0.4, 0.4], [90, 1, 1]],
    "name": ["n" * 65, "é" * 33, "a\nb", 5, None, "\u007f", "0" * 24],
    "props": [{"nope": 1}, {"drink": 1.1}, {"drink": True}, {"age": -1}, {"female": 1}, [],
              {"generation": 0}, {"age": "1"}],
    "args": [{"angle": 1.1}, {"angle": -0.1}, {"angle": "up"}, {"speed": 1}, {"angle": None}, 5],
    "rules": [{"day": 0}, {"nope": 1}, {"population": "some"}, {"lifespan": -1}, {"sight": -1}, 3],
    "capacity": [{"bot": -1}, {"unicorn": 3}, {"thing": 1.5}, {"bot": None}, 5, {"bot": 10**8}],
    "near": [{"range": 5}, {"pos": [1, 0, 1], "range": -1}, {"pos": [1, 0]}, 5,
             {"pos": [1, 0, 1], "far": 1}],
    "key": ["", "k" * 65, 5, None], "at": [{}, 3, {"seq": -1}, {"seq": 1, "tick": 1}],
    "world": ["", "nowhere", 5, None, f"{NO_WORLD:08x}" + 16 * "0"],
    "limit": [0, 1001, -1, "10"], "pace": ["", "fast", 5], "mind": ["", "x", 5],
    "kind": ["", "unicorn", "world", 5], "frame": ["", "polar", 0], "action": ["", "fly", 5],
    "seed": [-1, 1.5, 2**53, "1", None], "pause_at": [-1, 0.5, "never"], "since": [-1, "1"],
}
ID_WRONG = ["", "zz", "0" * 23, 5, None, "g" * 24]
ID_NAMES = ("id", "bot", "target", "after")
ANGLES = [0, 0.25, 0.5, 0.75, 1, 0.125, 1e-9]

# How often each is asked.
WEIGHTS = {
    "act": 40, "acts": 6, "again": 4, "bot_create": 8, "thing_create": 6, "thing_update": 7,
    "thing_delete": 2, "bot_attach": 6, "bot_detach": 4, "see": 5, "thing_get": 4, "thing_list": 5,
    "world_get": 3, "world_list": 1, "world_update": 4, "world_create": 0.5, "world_delete": 0.3,
    "step_up": 4, "subscribe": 2, "unsubscribe": 2, "history": 3, "server": 1, "unknown": 0.7}


class Talk:
    """Requests to the worlds of a model. `chance` alone decides what is asked."""

    def __init__(self, chance, model, label):
        self.chance, self.model, self.label = chance, model, label
        self.keyed = []  # acts that had a key
        self.worlds_named = 0
        self.planned = []  # what comes next, by all means

    def next(self):
        """(connection, method, params)"""
        chance = self.chance
        if self.planned:
            return self.planned.pop()
        what = self.what_next()
        self.is_strange = chance.random() < STRANGE
        connection = chance.choice(list(CONNECTIONS))
        connection, method, params = getattr(self, what)(connection)
        if not self.is_strange and chance.random() < WRONG:
            params = self.bend(params)
        return connection, method, params

    def what_next(self):
        """The name of a method below. Worlds come first, and bots as long as there are few."""
        what = self.chance.choices(list(WEIGHTS), WEIGHTS.values())[0]
        if len(self.model.worlds) < 2:
            return "world_create"
        if what == "world_create" and len(self.model.worlds) > 3:
            return "world_list"
        few = sum(len(world.things) for world in self.model.worlds.values()) < 5
        if few and self.chance.random() < 0.5:
            return self.chance.choice(["bot_create", "bot_create", "thing_create"])
        return what

    def bend(self, params):
        """The same with one parameter that is wrong, missing or unknown."""
        chance, params = self.chance, dict(params)
        how = chance.random()
        if how < 0.15 or not params:
            params["unheard" if chance.random() < 0.7 else "worlds"] = 1
            return params
        name = chance.choice(list(params))
        if how < 0.3 and name != "seed":  # a seed of the server's own would not come again
            del params[name]
        elif name == "acts":
            params["acts"] = [*params["acts"], chance.choice([5, {}, None, {"bot": "0" * 24}])]
        else:
            wrong = ID_WRONG if name in ID_NAMES else WRONG_VALUES.get(name, ANY_WRONG)
            params[name] = chance.choice(wrong)
        return params

    # -- whom and what -----------------------------------------------------------------------------

    def some_world(self):
        return self.chance.choice(list(self.model.worlds.values()))

    def some_world_of_bots(self):
        """One where somebody lives, as long as there is one."""
        found = [world for world in self.model.worlds.values() if world.bots()]
        return self.chance.choice(found) if found else self.some_world()

    def name_of(self, world):
        return self.chance.choice([world.name, world.id])

    def some_thing(self, world, kind=None):
        """The id of one that is there; now and then of the world, a dead bot, nobody, or another
        kind of thing."""
        chance = self.chance
        if self.is_strange:
            serials = [0, world.next_serial + UNBORN, chance.randrange(UNBORN, 10**6)]
            strangers = [*world.things, *world.graves, *world.graves]
            serial = chance.choice(strangers if strangers and chance.random() < 0.7 else serials)
            number = NO_WORLD if chance.random() < 0.1 else world.number
            return f"{number:08x}{serial:016x}"
        if kind == "bot" and world.graves and chance.random() < DEAD:
            return world.id_of(chance.choice(list(world.graves)))
        found = [s for s, t in world.things.items() if kind in (None, t.kind)]
        return world.id_of(chance.choice(found or [world.next_serial + UNBORN]))

    def place(self, world):
        """Somewhere in it, often beside something else or at a wall."""
        chance = self.chance
        room = law.in_metres(world.dims)
        if world.things and chance.random() < 0.5:
            pos = law.in_metres(chance.choice(list(world.things.values())).pos)
            along, across = chance.choice([(0, 2), (2, 0)])
            pos[along] += chance.choice([-1, 1]) * chance.choice(BESIDE)
            pos[across] += chance.choice([0, 0, 0.2, -0.6])
            pos[1] = 0
        else:
            pos = [chance.uniform(0, room[0]), 0, chance.uniform(0, room[2])]
        if chance.random() < 0.1:
            pos[1] = chance.uniform(0, room[1])
        return [round(length, chance.choice([2, 6, 6, 9])) for length in pos]

    def maybe(self, probability, params, name, value):
        if self.chance.random() < probability:
            params[name] = value

    def speaker_of(self, connection, bot):
        """Mostly who speaks for it."""
        world = self.model.worlds.get(int(bot[:8], 16))
        speaker = world and world.speakers.get(int(bot[8:], 16))
        return speaker if speaker and self.chance.random() < 0.8 else connection

    # -- worlds ------------------------------------------------------------------------------------

    def rules(self, world=None):
        chance, rules = self.chance, {}
        self.maybe(0.7, rules, "day", chance.choice([3, 4, 5, 7, 8, 20, 100_000]))
        self.maybe(0.5, rules, "lifespan", chance.choice([1, 4, 9, 30, 1_000_000]))
        self.maybe(0.6, rules, "population", chance.choice(["none", "replace"]))
        self.maybe(0.3, rules, "sight", chance.choice([0, 1, 2.5, 9, 100]))
        return rules

    def settings(self):
        chance, params = self.chance, {}
        self.maybe(0.8, params, "rules", self.rules())
        self.maybe(0.6, params, "capacity", chance.choice(CAPACITIES))
        self.maybe(0.05, params, "speed", chance.choice([0.5, 3, 1000]))
        self.maybe(0.05, params, "deadline_ms", chance.choice([1, 50, 3_600_000]))
        self.maybe(0.05, params, "pace", "free")
        return params

    def world_create(self, connection):
        self.worlds_named += 1
        params = {"name": f"{self.label}-{self.worlds_named}",
                  "seed": self.chance.getrandbits(self.chance.choice([4, 32, 53])),
                  **self.settings()}
        self.maybe(0.6, params, "dims", self.chance.choice(DIMS))
        self.maybe(0.05, params, "preset", "default")
        if self.model.worlds and self.chance.random() < 0.1:
            params = {"name": self.some_world().name, "seed": 1}
        return connection, "world.create", params

    def world_update(self, connection):
        chance, world = self.chance, self.some_world()
        params = {"world": self.name_of(world)}
        if chance.random() < 0.5:
            params.update(self.settings())
        if chance.random() < 0.3:
            self.worlds_named += 1
            params["name"] = chance.choice([world.name, self.some_world().name,
                                            f"{self.label}-{self.worlds_named}"])
        self.maybe(0.2, params, "pause_at", chance.choice([0, world.tick, world.tick + 2]))
        if world.pause_at is not None:
            self.maybe(0.8, params, "pause_at", None)
        return connection, "world.update", params

    def world_get(self, connection):
        return connection, "world.get", {"world": self.name_of(self.some_world())}

    def world_delete(self, connection):
        return connection, "world.delete", {"world": self.name_of(self.some_world())}

    def world_list(self, connection):
        return connection, "world.list", {}

    # -- things ------------------------------------------------------------------------------------

    def thing_create(self, connection):
        chance, world = self.chance, self.some_world()
        params = {"world": self.name_of(world), "kind": chance.choice(["well", "well", "bot"])}
        self.maybe(0.6, params, "pos", self.place(world))
        self.maybe(0.3, params, "dims", chance.choice([[0.5, 1, 0.5], [2, 1, 0.3], [0.001, 1, 1],
                                                       [1.000001, 0.3, 0.333333]]))
        self.maybe(0.2, params, "name", chance.choice(NAMES))
        if params["kind"] == "bot":
            self.maybe(0.5, params, "props", self.props())
        return connection, "thing.create", params

    def props(self):
        chance, props = self.chance, {}
        self.maybe(0.6, props, "drink", chance.choice([0, 1, 0.5, 0.3, 1e-7]))
        self.maybe(0.3, props, "age", chance.choice([0, 3, 1000]))
        self.maybe(0.2, props, "generation", chance.choice([1, 7]))
        self.maybe(0.2, props, "female", chance.random() < 0.5)
        return props

    def thing_update(self, connection):
        world = self.some_world()
        params = {"id": self.some_thing(world)}
        self.maybe(0.7, params, "pos", self.place(world))
        thing = world.things.get(int(params["id"][8:], 16))
        if thing and thing.kind == "bot":
            self.maybe(0.5, params, "props", self.props())
        return connection, "thing.update", params

    def thing_get(self, connection):
        return connection, "thing.get", {"id": self.some_thing(self.some_world())}

    def thing_delete(self, connection):
        return connection, "thing.delete", {"id": self.some_thing(self.some_world())}

    def thing_list(self, connection):
        chance, world = self.chance, self.some_world()
        params = {"world": self.name_of(world)}
        self.maybe(0.3, params, "kind", chance.choice(["bot", "well", "world"]))
        self.maybe(0.4, params, "limit", chance.choice([1, 2, 3, 1000]))
        self.maybe(0.3, params, "near", {"pos": self.place(world),
                                         "range": chance.choice([0, 0.5, 2, 8, 100])})
        self.maybe(0.3, params, "after",
                   self.some_thing(self.some_world() if self.is_strange else world))
        return connection, "thing.list", params

    # -- bots --------------------------------------------------------------------------------------

    def bot_create(self, connection):
        chance, world = self.chance, self.some_world()
        params = {"world": self.name_of(world)}
        self.maybe(0.5, params, "name", chance.choice(NAMES))
        self.maybe(0.5, params, "female", chance.random() < 0.5)
        self.maybe(0.4, params, "pos", self.place(world))
        self.maybe(0.1, params, "mind", "remote")
        return connection, "bot.create", params

    def bot_attach(self, connection):
        params = {"bot": self.some_thing(self.some_world_of_bots(), "bot")}
        self.maybe(0.6, params, "take", self.chance.random() < 0.7)
        return connection, "bot.attach", params

    def bot_detach(self, connection):
        bot = self.some_thing(self.some_world_of_bots(), "bot")
        return self.speaker_of(connection, bot), "bot.detach", {"bot": bot}

    def see(self, connection):
        params = {"bot": self.some_thing(self.some_world_of_bots(), "bot")}
        self.maybe(0.5, params, "range", self.chance.choice([0, 0.5, 1, 3.3, 60, 1000]))
        self.maybe(0.5, params, "frame", self.chance.choice(["world", "ego"]))
        return connection, "see", params

    def one_act(self):
        chance, world = self.chance, self.some_world_of_bots()
        bot = self.some_thing(world, "bot")
        action = chance.choices(["walk", "drink", "pass"], [6, 3, 1])[0]
        params = {"bot": bot, "action": action}
        if action == "walk":
            angle = chance.choice(ANGLES) if chance.random() < 0.3 else chance.random()
            self.maybe(0.9, params, "args", {"angle": angle})
            self.maybe(0.1, params, "target", world.id)
        elif action == "drink":
            self.maybe(0.95, params, "target", self.well_of(world, bot))
        else:
            self.maybe(0.3, params, "target", self.some_thing(world, "bot"))
        if chance.random() < 0.05:
            params["target"] = self.some_thing(self.some_world())
        self.maybe(0.2, params, "see", chance.random() < 0.8)
        if chance.random() < 0.25:
            params["key"] = chance.choice(["a", "b", "é\n", str(chance.random())])
            self.keyed.append(params)
        return params

    def well_of(self, world, bot):
        """Mostly one that is near, if any is."""
        drinker = world.things.get(int(bot[8:], 16))
        if drinker and not self.is_strange and self.chance.random() < 0.8:
            for _, thing in world.near(drinker.pos, drinker.dims, NEARBY, drinker):
                if thing.kind == "well":
                    return world.id_of(thing.serial)
        return self.some_thing(world, "well")

    def step_up(self, connection):
        """A bot is put where it just reaches a well, or just does not; then it drinks."""
        chance, world = self.chance, self.some_world_of_bots()
        wells = [thing for thing in world.things.values() if thing.kind == "well"]
        if not wells or not world.bots():
            return self.see(connection)
        well, bot = chance.choice(wells), chance.choice(world.bots())
        pos, axis = list(well.pos), chance.choice([0, 2])
        apart = (well.dims[axis] + bot.dims[axis] + 1) // 2 + law.REACH + chance.choice([-1, 0, 1])
        pos[axis] += chance.choice([-1, 1]) * apart
        bot, well = world.id_of(bot.serial), world.id_of(well.serial)
        self.planned.append((self.speaker_of(connection, bot), "act",
                             {"bot": bot, "action": "drink", "target": well}))
        return connection, "thing.update", {"id": bot, "pos": law.in_metres(pos)}

    def act(self, connection):
        params = self.one_act()
        return self.speaker_of(connection, params["bot"]), "act", params

    def acts(self, connection):
        acts = [self.one_act() for _ in range(self.chance.choice([0, 1, 2, 5, 12]))]
        if acts:
            connection = self.speaker_of(connection, acts[0]["bot"])
        return connection, "act", {"acts": acts}

    def again(self, connection):
        """An act whose key was used, now and then for another wish."""
        if not self.keyed:
            return self.act(connection)
        params = dict(self.chance.choice(self.keyed[-8:]))
        self.maybe(0.2, params, "action", "pass")
        self.maybe(0.2, params, "see", True)
        return connection, "act", params

    # -- watching, and the past --------------------------------------------------------------------

    def subscribe(self, connection):
        chance, world = self.chance, self.some_world()
        params = {"max_hz": 1000}
        if chance.random() < 0.7:
            params["world"] = self.name_of(world)
        else:
            params["bot"] = self.some_thing(world, "bot")
            self.maybe(0.5, params, "range", chance.choice([0, 2, 100]))
        self.maybe(0.3, params, "since", chance.choice([0, 1, world.seq, world.seq + 1]))
        return connection, "subscribe", params

    def unsubscribe(self, connection):
        subs = self.model.subs
        if not subs or self.chance.random() < 0.2:
            return connection, "unsubscribe", {"sub": self.chance.choice([1, 2**40, 2**52])}
        sub = self.chance.choice(list(subs))
        connection = subs[sub][0] if self.chance.random() < 0.8 else connection
        return connection, "unsubscribe", {"sub": sub}

    def history(self, connection):
        chance, world = self.chance, self.some_world()
        method = chance.choice(["history.stats", "history.read", "history.state"])
        params = {"world": self.name_of(world)}
        if method == "history.read":
            params["from"] = chance.randint(1, world.seq + 1)
            self.maybe(0.7, params, "limit", chance.choice([1, 2, 7, 1000]))
        elif method == "history.state":
            params["at"] = {"seq": chance.choice([chance.randint(1, world.seq), *world.moments])}
        return connection, method, params

    def server(self, connection):
        method = self.chance.choice(["ping", "ping", "hello", "describe"])
        return connection, method, {"client": "model"} if method == "hello" else {}

    def unknown(self, connection):
        method = self.chance.choice(["bot.fly", "World.get", "worlds", "act ", "thing.creat"])
        return connection, method, {}
