"""The law of a world of pace free, once more in Python, to hold the server to it.

A second reading of the law, not a transcription: things stand in a dictionary, who is near is found
by looking at everybody. Lengths are whole micrometres in here and metres on the wire. What luck
decides is asked of `luck(world, serial)` and then checked: where somebody is born, and of what sex.
"""

import math

STEP_M = 0.8
REACH = 1_000_000
BLIND_TRIES = 256  # so often is a free place looked for
POSSIBLE = 1e-9  # what is less probable than this does not happen
SIZES = {"bot": (500_000, 1_700_000, 300_000), "well": (1_000_000, 1_000_000, 1_000_000)}
OFFERS = {"world": ["walk"], "bot": ["pass"], "well": ["drink"]}
TARGETS = {action: kind for kind, actions in OFFERS.items() for action in actions}
COUNT_MAX = 2**53 - 1
ORDINARY = {
    "bot": {"drink": 1.0, "age": 0, "generation": 1, "female": False}, "well": {}}


class Refusal(Exception):
    """An error that is answered: its code, reason, and some of its data."""

    def __init__(self, code, reason, **data):
        super().__init__(f"{code} {reason} {data}")
        self.code, self.reason, self.data = code, reason, data


class Impossible(Exception):
    """The server told what no luck can have brought about."""


def invalid(param):
    return Refusal(-32602, "invalid_params", param=param)


def micrometres(metres):
    """The nearest ones; halves away from zero."""
    scaled = metres * 1e6
    return int(scaled - 0.5 if scaled < 0 else scaled + 0.5)


def in_metres(place):
    return [length / 1e6 for length in place]


def twice_apart(pos, dims, other_pos, other_dims, axis):
    """Twice the gap along an axis, negative where they overlap."""
    return 2 * abs(pos[axis] - other_pos[axis]) - dims[axis] - other_dims[axis]


def gap(pos, dims, other_pos, other_dims):
    """Between two boxes on the ground, in whole micrometres, rounded down."""
    x = max(0, twice_apart(pos, dims, other_pos, other_dims, 0))
    z = max(0, twice_apart(pos, dims, other_pos, other_dims, 2))
    return int(math.sqrt(float(x) * x + float(z) * z) / 2) if x and z else (x + z) // 2


def overlap(pos, dims, other_pos, other_dims):
    return all(twice_apart(pos, dims, other_pos, other_dims, axis) < 0 for axis in (0, 2))


def is_inside(pos, dims, room):
    on_ground = all(dims[axis] <= 2 * pos[axis] <= 2 * room[axis] - dims[axis] for axis in (0, 2))
    return on_ground and 0 <= pos[1] <= room[1] - dims[1]


def bearing(pos, other_pos):
    """The angle under which another place lies, in turns."""
    return math.atan2(other_pos[2] - pos[2], other_pos[0] - pos[0]) / (2 * math.pi) % 1.0


class Thing:
    """What stands in a world: a bot or a well."""

    def __init__(self, serial, kind, pos, dims, name, props):
        self.serial, self.kind, self.pos, self.dims = serial, kind, pos, dims
        self.name, self.props = name, {**ORDINARY[kind], **props}


class World:
    """A world, what its bots do, and who speaks for them.

    Every method that changes it takes a sequence, unless it raises Refusal. `events` gets what
    connections are told unasked: (connection, method, params).
    """

    def __init__(self, number, name, seed, luck, events):
        self.number, self.name, self.seed = number, name, seed
        self.luck, self.events = luck, events
        self.dims = (10_000_000,) * 3
        self.capacity = {"bot": 10, "thing": 100}
        self.rules = {"sight": 50, "day": 150_000, "lifespan": 1_500_000}
        self.population, self.speed, self.deadline_ms = "replace", 1, 1000
        self.pause_at = None
        self.seq, self.tick, self.turns, self.next_serial = 1, 0, 0, 1
        self.things = {}
        self.graves = {}  # serial: (cause, serial of the heir or None)
        self.actions, self.deaths = 0, {}
        self.speakers = {}  # serial of a bot: connection
        self.told = {}  # (serial, key): (wish, result)
        self.hashes = {}  # by sequence, as the server told
        self.journal = [("found", "done", None, 0)]  # of each record: type, outcome, reason, tick
        self.moments = {}  # sequence: the listing of then

    # -- what it is --------------------------------------------------------------------------------

    def id_of(self, serial):
        return f"{self.number:08x}{serial:016x}"

    @property
    def id(self):
        return self.id_of(0)

    def bots(self):
        return [t for t in self.things.values() if t.kind == "bot"]

    def count(self, kind):
        return sum(t.kind == kind for t in self.things.values())

    @property
    def is_paused(self):
        return self.pause_at is not None and self.tick >= self.pause_at

    def bot(self, serial):
        """The living bot; Refusal says what became of it otherwise."""
        thing = self.things.get(serial)
        if thing and thing.kind == "bot":
            return thing
        cause, heir = self.graves.get(serial, ("", None))
        if not cause:
            raise Refusal(404, "not_found", id=self.id_of(serial))
        of_heir = {} if heir is None else {"heir": self.id_of(heir)}
        raise Refusal(409, "dead", id=self.id_of(serial), cause=cause, **of_heir)

    def thing(self, serial):
        if serial not in self.things:
            raise Refusal(404, "not_found", id=self.id_of(serial))
        return self.things[serial]

    # -- space -------------------------------------------------------------------------------------

    def is_free(self, pos, dims, but=None):
        return not any(overlap(pos, dims, t.pos, t.dims)
                       for t in self.things.values() if t is not but)

    def fits(self, pos, dims, but=None):
        return is_inside(pos, dims, self.dims) and self.is_free(pos, dims, but)

    def near(self, pos, dims, reach, but=None):
        """(gap, thing) of what stands within reach, the nearest first."""
        found = ((gap(pos, dims, t.pos, t.dims), t) for t in self.things.values() if t is not but)
        return sorted(((g, t) for g, t in found if g <= reach), key=lambda f: (f[0], f[1].serial))

    def may_find_no_place(self, dims):
        """Whether so many blind tries can all have failed."""
        free = [max(0, self.dims[axis] - dims[axis]) for axis in (0, 2)]
        if dims[1] > self.dims[1] or any(self.dims[a] < dims[a] for a in (0, 2)):
            return True
        taken = sum((t.dims[0] + dims[0]) * (t.dims[2] + dims[2]) for t in self.things.values())
        whole = max(1, free[0]) * max(1, free[1])
        return min(1.0, taken / whole) ** BLIND_TRIES > POSSIBLE

    def place_by_luck(self, serial, dims):
        """Where the server put it: None where it found no place."""
        told = self.luck(self, serial)
        if told is None:
            if not self.may_find_no_place(dims):
                raise Impossible(f"{self.id_of(serial)} is not there, though there is a place")
            return None
        pos = [micrometres(length) for length in told["pos"]]
        if not self.fits(pos, dims) or pos[1]:
            raise Impossible(f"{self.id_of(serial)} was put to {told['pos']}, where it can't stand")
        return pos

    # -- what is done to it ------------------------------------------------------------------------

    def note(self, kind, outcome="done", reason=None):
        self.seq += 1
        self.journal.append((kind, outcome, reason, self.tick))

    def has_room(self, kind):
        """The capacity that is used up: (name, most), or None."""
        for name, count in ((kind, self.count(kind)), ("thing", len(self.things))):
            if name in self.capacity and count >= self.capacity[name]:
                return name, self.capacity[name]
        return None

    def create(self, kind, pos, dims, name, props, speaker):
        """A thing; `speaker` speaks for it where it is a bot."""
        full = self.has_room(kind)
        if full:
            raise Refusal(403, "over_capacity", kind=full[0], capacity=full[1])
        dims = dims or SIZES[kind]
        too_large = any(dims[axis] > self.dims[axis] for axis in range(3))
        if pos is None and not too_large:
            pos = self.place_by_luck(self.next_serial, dims)
        if pos is None or too_large or not self.fits(pos, dims):
            raise Refusal(409, "conflict")
        if kind == "bot" and "female" not in props:
            props = {**props, "female": self.luck(self, self.next_serial)["props"]["female"]}
        thing = Thing(self.next_serial, kind, pos, dims, name, props)
        self.next_serial += 1
        self.things[thing.serial] = thing
        if kind == "bot":
            self.speakers[thing.serial] = speaker
        self.note("create")
        return thing

    def update(self, thing, pos, props):
        if pos is not None:
            if not self.fits(pos, thing.dims, thing):
                raise Refusal(409, "conflict")
            thing.pos = pos
        thing.props.update(props)
        self.note("update")

    def delete(self, thing):
        del self.things[thing.serial]
        if thing.kind == "bot":
            self.bury(thing, "", None)
        self.note("remove")

    def bury(self, bot, cause, heir):
        """Whoever spoke for the dead is told, and speaks for the heir."""
        self.graves[bot.serial] = (cause, heir)
        speaker = self.speakers.pop(bot.serial, None)
        if speaker is None:
            return
        told = {"bot": self.id_of(bot.serial), "cause": cause or "deleted"}
        if heir is not None:
            self.speakers[heir] = speaker
            told["heir"] = self.id_of(heir)
        self.events.append((speaker, "died", told))

    def die(self, bot, cause):
        del self.things[bot.serial]
        self.deaths[cause] = self.deaths.get(cause, 0) + 1
        self.bury(bot, cause, self.bear_heir(bot) if self.population == "replace" else None)

    def bear_heir(self, dead):
        """The serial of the new one; None where there is no room for anybody."""
        serial = self.next_serial
        pos = None if self.has_room("bot") else self.place_by_luck(serial, dead.dims)
        if pos is None:
            return None
        self.next_serial += 1
        like = {"female": dead.props["female"], "generation": dead.props["generation"] + 1}
        self.things[serial] = Thing(serial, "bot", pos, dead.dims, dead.name, like)
        return serial

    # -- actions -----------------------------------------------------------------------------------

    def act(self, bot, action, target, angle):
        """What the bot wished, then what living costs, then time. The result without `see`."""
        outcome, reason = "done", None
        if action == "walk":
            reason = self.walk(bot, angle)
        elif action == "drink":
            reason = self.drink(bot, self.things[target])
        if reason:
            outcome = "refused"
        self.actions += 1
        self.live(bot)
        self.turns += 1
        if self.turns >= self.count("bot"):
            self.tick, self.turns = self.tick + 1, 0
        self.note("act", outcome, reason)
        result = {"seq": self.seq, "tick": self.tick, "outcome": outcome, "durability": "wal"}
        if reason:
            result["reason"] = reason
        result["pos"] = in_metres(bot.pos) if bot.serial in self.things else None
        return result

    def walk(self, bot, angle):
        turn = 2 * math.pi * angle
        to = [bot.pos[0] + micrometres(STEP_M * math.cos(turn)), bot.pos[1],
              bot.pos[2] + micrometres(STEP_M * math.sin(turn))]
        if not self.fits(to, bot.dims, bot):
            return "blocked"
        bot.pos = to
        return None

    def drink(self, bot, well):
        if gap(bot.pos, bot.dims, well.pos, well.dims) > REACH:
            return "not_in_reach"
        bot.props["drink"] = 1.0
        return None

    def live(self, bot):
        """Every action costs water and time; thirst kills before age does."""
        bot.props["drink"] += -1.0 / self.rules["day"]
        bot.props["age"] += 1
        if bot.props["drink"] < 0:
            self.die(bot, "thirst")
        elif bot.props["age"] >= self.rules["lifespan"]:
            self.die(bot, "age")
