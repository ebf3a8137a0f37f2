"""How the model of a server shows what it knows, and how that is held to what a server told."""

import json

import model_law as law
from model_law import Refusal


class Some:
    """An object that has at least these members."""

    def __init__(self, **members):
        self.members = members


class Learn:
    """A value that `take` looks at: what it returns is wrong with it."""

    def __init__(self, take):
        self.take = take


ANY = Learn(lambda told: None)


def about(number, slack):
    """A number of a circle of 1, no farther away than that."""
    def take(told):
        apart = abs(told - number) % 1.0
        return None if min(apart, 1 - apart) <= slack else f"expected about {number}"
    return Learn(take)


def offers(actions):
    """The actions that a thing offers, whatever their parameters."""
    def take(told):
        found = [offer["action"] for offer in told]
        return None if found == actions else f"expected the actions {actions}"
    return Learn(take)


def differ(expected, told, at="it"):
    """Where two answers differ, and how; None where they agree. Places may by one micrometre."""
    if isinstance(expected, Refusal):
        return differ_refused(expected, told, at)
    if isinstance(expected, Learn):
        wrong = expected.take(told)
        return wrong and f"{at} is {json.dumps(told)}, {wrong}"
    if isinstance(told, dict) and "error" in told:
        return f"{at} is {brief(told)}, expected {brief(expected)}"
    if isinstance(expected, Some):
        missing = [name for name in expected.members if name not in told]
        if missing:
            return f"{at} lacks {missing}"
        told = {name: told[name] for name in expected.members}
        expected = expected.members
    if isinstance(expected, dict) and isinstance(told, dict):
        if expected.keys() != told.keys():
            return f"{at} is {brief(told)}, expected {brief(expected)}"
        found = (differ(expected[name], told[name], f"{at}.{name}") for name in expected)
        return next(filter(None, found), None)
    if isinstance(expected, list) and isinstance(told, list) and len(expected) == len(told):
        found = (differ(e, t, f"{at}[{i}]") for i, (e, t) in enumerate(zip(expected, told)))
        return next(filter(None, found), None)
    if isinstance(expected, float) and ".pos[" in at and type(told) in (int, float):
        return None if abs(expected - told) < 1.5e-6 else f"{at} is {told}, expected {expected}"
    same = expected == told and isinstance(expected, bool) == isinstance(told, bool)
    return None if same else f"{at} is {brief(told)}, expected {brief(expected)}"


def differ_refused(expected, told, at):
    error = told.get("error", {}) if isinstance(told, dict) else {}
    data = error.get("data", {})
    if (error.get("code"), data.get("reason")) != (expected.code, expected.reason):
        return f"{at} is {brief(told)}, expected {expected}"
    if expected.reason == "invalid_params" and len(data.get("expected", "")) < 4:
        return f"{at} does not say what would do: {brief(told)}"
    absent = {"heir"} - expected.data.keys() if expected.reason == "dead" else set()
    if absent & data.keys():
        return f"{at} has an heir, expected none: {brief(told)}"
    wrong = {k: v for k, v in expected.data.items() if data.get(k) != v}
    return f"{at}.error.data is {brief(data)}, expected {wrong}" if wrong else None


def brief(value):
    return json.dumps(value, default=lambda x: str(getattr(x, "members", "..")))[:300]


# -- what is shown ---------------------------------------------------------------------------------

def show_thing(world, thing, to_itself=True):
    """`to_itself`: with what a bot can do to nobody but itself."""
    shown = {"id": world.id_of(thing.serial), "kind": thing.kind, "world": world.id,
             "parent": world.id, "pos": law.in_metres(thing.pos), "dims": law.in_metres(thing.dims),
             "actions": offers(law.OFFERS[thing.kind] if to_itself or thing.kind != "bot" else []),
             "props": dict(thing.props)}
    return {**shown, "name": thing.name} if thing.name else shown


def show_list(world):
    return [show_thing(world, world.things[serial]) for serial in sorted(world.things)]


def hash_of(world, seq):
    """The hash at a sequence: always the same, whoever asks."""
    def take(told):
        known = world.hashes.setdefault(seq, told)
        return None if known == told else f"it was {known} at sequence {seq}"
    return Learn(take)


def show_world(world):
    return {
        "id": world.id, "name": world.name, "kind": "world", "dims": law.in_metres(world.dims),
        "pos": [world.dims[0] / 2e6, 0, world.dims[2] / 2e6], "seed": world.seed, "pace": "free",
        "tick": world.tick, "seq": world.seq, "hash": hash_of(world, world.seq),
        "capacity": dict(world.capacity),
        "rules": {**world.rules, "population": world.population},
        "counts": {kind: world.count(kind) for kind in ("bot", "well")}, "created": ANY,
        "speed": world.speed, "deadline_ms": world.deadline_ms, "pause_at": world.pause_at,
        "paused": world.is_paused, "actions": world.actions, "deaths": dict(world.deaths)}


def show_seen(world, bot, distance, thing):
    shown = show_thing(world, thing, to_itself=False)
    del shown["pos"]
    shown["distance"] = distance / 1e6
    shown["bearing"] = about(law.bearing(bot.pos, thing.pos), 1e-9)
    return shown


def show_perception(world, bot, reach_m=None, is_ego=False):
    sight = world.rules["sight"]
    reach = law.micrometres(min(sight, sight if reach_m is None else reach_m))
    seen = world.near(bot.pos, bot.dims, reach, bot)
    things = [show_seen(world, bot, distance, thing) if is_ego
              else show_thing(world, thing, to_itself=False) for distance, thing in seen]
    return {"tick": world.tick, "self": show_thing(world, bot), "things": things,
            "world": {"id": world.id, "dims": law.in_metres(world.dims),
                      "actions": offers(law.OFFERS["world"])}}
