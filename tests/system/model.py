"""A server as its clients see it, without sockets: what each request is answered, and who is told.

`Model.answer` says what the server must answer, or raises Refusal with what it must refuse. It is
told what the server did answer (`reply`) only to learn what nobody can know before: the numbers of
worlds and subscriptions.

Only worlds of pace free are in it, bots that clients speak for, and a server without tokens.
"""

import json
import re

import model_law as law
from model_law import Refusal, invalid
from model_shown import (ANY, Learn, Some, hash_of, show_list, show_perception, show_thing,
                         show_world)

ID = re.compile(r"[0-9a-f]{24}")
PLAIN = re.compile(r"[^\x00-\x1f\x7f]*")
NAME_BYTES = KEY_BYTES = 64
LENGTH_MAX = 1e7


# -- parameters ------------------------------------------------------------------------------------

def is_text(value):
    return isinstance(value, str) and "\0" not in value


def is_id(value):
    return isinstance(value, str) and ID.fullmatch(value) is not None


def is_flag(value):
    return isinstance(value, bool)


def is_object(value):
    return isinstance(value, dict)


def number(least, most):
    return lambda v: type(v) in (int, float) and least <= v <= most


def whole(least, most=law.COUNT_MAX):
    return lambda v: type(v) is int and least <= v <= most


def is_place(value):
    coordinate = number(-LENGTH_MAX, LENGTH_MAX)
    return isinstance(value, list) and len(value) == 3 and all(map(coordinate, value))


def is_name(value):
    return is_text(value) and len(value.encode()) <= NAME_BYTES and PLAIN.fullmatch(value)


def is_world_name(value):
    return is_name(value) and value and not is_id(value)


def is_key(value):
    return is_text(value) and 1 <= len(value.encode()) <= KEY_BYTES


def one_of(*values):
    return lambda v: v in values


def is_when(value):
    return is_object(value) and len(value) == 1 and set(value) <= {"seq", "tick"} \
        and whole(0)(*value.values())


WORLD_WISH = {
    "name": is_world_name, "pace": one_of("free"), "speed": number(1e-6, 1e4),
    "deadline_ms": whole(1, 3_600_000), "pause_at": lambda v: v is None or whole(0)(v),
    "capacity": is_object, "rules": is_object}

# Of each method its parameters; a name that ends in ! is required.
SHAPES = {
    "ping": {}, "describe": {}, "world.list": {}, "hello": {"client": is_text},
    "world.create": {**WORLD_WISH, "dims": is_place, "seed": whole(0),
                     "preset": one_of("default")},
    "world.update": {"world!": is_text, **WORLD_WISH},
    "world.get": {"world!": is_text}, "world.delete": {"world!": is_text},
    "thing.create": {"world!": is_text, "kind!": is_text, "pos": is_place, "dims": is_place,
                     "name": is_name, "props": is_object},
    "thing.get": {"id!": is_id}, "thing.delete": {"id!": is_id},
    "thing.update": {"id!": is_id, "pos": is_place, "props": is_object},
    "thing.list": {"world!": is_text, "kind": one_of(*law.OFFERS), "near": is_object,
                   "limit": whole(1, 1000), "after": is_id},
    "bot.create": {"world!": is_text, "name": is_name, "female": is_flag, "pos": is_place,
                   "mind": one_of("remote")},
    "bot.attach": {"bot!": is_id, "take": is_flag}, "bot.detach": {"bot!": is_id},
    "act": {"bot!": is_id, "action!": is_text, "target": is_id, "args": is_object, "see": is_flag,
            "key": is_key},
    "see": {"bot!": is_id, "range": number(0, LENGTH_MAX), "frame": one_of("world", "ego")},
    "subscribe": {"world": is_text, "bot": is_id, "range": number(0, LENGTH_MAX),
                  "max_hz": number(0.001, 1000), "since": whole(0)},
    "unsubscribe": {"sub!": whole(1)},
    "history.stats": {"world!": is_text},
    "history.read": {"world!": is_text, "from!": whole(1), "limit": whole(1, 1000)},
    "history.state": {"world!": is_text, "at": is_when},
}
RULES = {"day": whole(1), "lifespan": whole(1), "sight": number(0, LENGTH_MAX),
         "population": one_of("none", "replace")}
PROPS = {"well": {}, "bot": {"drink": number(0, 1), "age": whole(0), "generation": whole(1),
                             "female": is_flag}}


def check(shape, given, within=""):
    """Each parameter is known, has a value that it may have, and none is missing."""
    known = {name.rstrip("!"): (name.endswith("!"), test) for name, test in shape.items()}
    for name, (is_required, test) in known.items():
        if is_required and name not in given or name in given and not test(given[name]):
            raise invalid(within + name)
    for name in given:
        if name not in known:
            raise invalid(within + name)


def in_micrometres(place):
    return None if place is None else [law.micrometres(length) for length in place]


# -- the server ------------------------------------------------------------------------------------

class Model:
    """`luck(world, serial)`: the thing as the server shows it, or None where it has none."""

    def __init__(self, luck, last_number=0):
        self.luck = luck
        self.worlds = {}  # by number
        self.last_number = last_number
        self.doors = {}  # of each open connection: "tcp", "ws" or "http"
        self.subs = {}  # number: (connection, number of the world, serial of the bot or None)
        self.events = []  # of the last request
        self.commands = {}  # of each world, what it recorded: (method, params, result or None)
        self.reply = {}

    def open(self, connection, door):
        self.doors[connection] = door

    def close(self, connection):
        """Its bots live on, unspoken for."""
        del self.doors[connection]
        for world in self.worlds.values():
            for bot in [b for b, who in world.speakers.items() if who == connection]:
                del world.speakers[bot]
        for sub in [s for s, (who, _, _) in self.subs.items() if who == connection]:
            del self.subs[sub]

    def answer(self, connection, method, params):
        """The result; raises Refusal. `reply` has to be the server's answer."""
        self.events.clear()
        if method not in SHAPES:
            raise Refusal(-32601, "unknown_method", method=method)
        if method == "subscribe" and self.doors[connection] == "http":
            raise Refusal(-32600, "invalid_request")
        if method == "act" and "acts" in params:
            check({"acts": lambda v: isinstance(v, list)}, params)
            return [self.one_of_many(connection, i, act) for i, act in enumerate(params["acts"])]
        check(SHAPES[method], params)
        return getattr(self, method.replace(".", "_"))(connection, params)

    # -- whom a request is about -------------------------------------------------------------------

    def world_of(self, params):
        for world in self.worlds.values():
            if params["world"] in (world.name, world.id):
                return world
        raise Refusal(404, "not_found", id=params["world"]) if params["world"] else invalid("world")

    def split(self, thing_id):
        """The world, and the serial in it."""
        world = self.worlds.get(int(thing_id[:8], 16))
        if world is None:
            raise Refusal(404, "not_found", id=thing_id[:8] + 16 * "0")
        return world, int(thing_id[8:], 16)

    def speak(self, connection, world, serial):
        """Speaks for a bot that nobody else speaks for."""
        if world.speakers.setdefault(serial, connection) != connection:
            raise Refusal(409, "conflict", id=world.id_of(serial))

    def record(self, world, method, params, result=None):
        self.commands[world.number].append((method, params, result))

    def result_told(self):
        """What was told where it should be no refusal."""
        if "result" not in self.reply:
            raise law.Impossible(f"it was refused: {json.dumps(self.reply)[:300]}")
        return self.reply["result"]

    # -- the server itself -------------------------------------------------------------------------

    def ping(self, connection, params):
        return {}

    def hello(self, connection, params):
        return Some(server="unscripted", protocol=1, durability="wal", session=ANY, limits=Some(
            line_bytes=65536, json_depth=16, in_flight=1024, name_bytes=64, key_bytes=64))

    def describe(self, connection, params):
        def has_all(told):
            missing = SHAPES.keys() - told.keys()
            return f"expected {sorted(missing)} besides" if missing else None
        return Some(methods=Learn(has_all), kinds=ANY, actions=ANY)

    # -- worlds ------------------------------------------------------------------------------------

    def read_wish(self, params):
        for kind, most in params.get("capacity", {}).items():
            if not whole(0, 10_000_000)(most):
                raise invalid("capacity." + kind)
        if not params.get("capacity", {}).keys() <= {"bot", "well", "world", "thing"}:
            raise invalid("capacity")
        check(RULES, params.get("rules", {}))
        if not all(1 <= length <= LENGTH_MAX for length in params.get("dims", [1])):
            raise invalid("dims")

    def configure(self, world, params):
        rules = dict(params.get("rules", {}))
        world.population = rules.pop("population", world.population)
        world.rules.update(rules)
        world.capacity.update(params.get("capacity", {}))
        for name in ("name", "speed", "deadline_ms", "pause_at"):
            setattr(world, name, params.get(name, getattr(world, name)))

    def refuse_taken(self, params, but=None):
        if any(w.name == params.get("name") for w in self.worlds.values() if w is not but):
            raise Refusal(409, "conflict", name=params["name"])

    def world_create(self, connection, params):
        self.read_wish(params)
        self.refuse_taken(params)
        made = self.result_told()
        number = int(made["id"][:8], 16)
        if number <= self.last_number:
            raise law.Impossible(f"a new world has the number {number} after {self.last_number}")
        self.last_number = number
        if not params.keys() >= {"name", "seed"}:  # what was left out is chosen by the server
            params = {"name": made["name"], "seed": made["seed"], **params}
            self.refuse_taken(params)
        world = law.World(number, params["name"], params["seed"], self.luck, self.events)
        world.dims = tuple(in_micrometres(params.get("dims", [10, 10, 10])))
        self.configure(world, params)
        self.worlds[number], self.commands[number] = world, []
        self.record(world, "world.create", params)
        return show_world(world)

    def world_list(self, connection, params):
        return {"items": [show_world(self.worlds[number]) for number in sorted(self.worlds)]}

    def world_get(self, connection, params):
        return show_world(self.world_of(params))

    def world_update(self, connection, params):
        world = self.world_of(params)
        self.read_wish(params)
        self.refuse_taken(params, world)
        self.record(world, "world.update", {**params, "world": world.id})
        self.configure(world, params)
        world.note("configure")
        return show_world(world)

    def world_delete(self, connection, params):
        world = self.world_of(params)
        del self.worlds[world.number]
        self.subs = {s: of for s, of in self.subs.items() if of[1] != world.number}
        return {"deleted": 1}

    # -- things ------------------------------------------------------------------------------------

    def put(self, connection, method, params, kind, props):
        world = self.world_of(params)
        dims = in_micrometres(params.get("dims"))
        if dims and any(not 0 < dims[axis] <= world.dims[axis] for axis in range(3)):
            raise invalid("dims")
        check(PROPS[kind], props)
        thing = world.create(kind, in_micrometres(params.get("pos")), dims and tuple(dims),
                             params.get("name", ""), props, connection)
        shown = show_thing(world, thing)
        self.record(world, method, {**params, "world": world.id}, shown)
        return shown

    def thing_create(self, connection, params):
        if params["kind"] not in PROPS:
            raise invalid("kind")
        return self.put(connection, "thing.create", params, params["kind"], params.get("props", {}))

    def bot_create(self, connection, params):
        props = {"female": params["female"]} if "female" in params else {}
        return self.put(connection, "bot.create", params, "bot", props)

    def thing_get(self, connection, params):
        world, serial = self.split(params["id"])
        return show_thing(world, world.thing(serial)) if serial else show_world(world)

    def thing_of(self, params):
        """One that may be changed: not the world."""
        world, serial = self.split(params["id"])
        if not serial:
            raise invalid("id")
        return world, world.thing(serial)

    def thing_update(self, connection, params):
        world, thing = self.thing_of(params)
        check(PROPS[thing.kind], params.get("props", {}))
        world.update(thing, in_micrometres(params.get("pos")), params.get("props", {}))
        self.record(world, "thing.update", params, show_thing(world, thing))
        return show_thing(world, thing)

    def thing_delete(self, connection, params):
        world, thing = self.thing_of(params)
        self.record(world, "thing.delete", params, {"deleted": 1})
        world.delete(thing)
        return {"deleted": 1}

    def thing_list(self, connection, params):
        world = self.world_of(params)
        found = set(world.things)
        if "near" in params:
            check({"pos!": is_place, "range": number(0, LENGTH_MAX)}, params["near"], "near.")
            reach = law.micrometres(params["near"].get("range", 0))
            around = world.near(in_micrometres(params["near"]["pos"]), (0, 0, 0), reach)
            found = {thing.serial for _, thing in around}
        if "after" in params:
            if int(params["after"][:8], 16) != world.number:
                raise invalid("after")
            found = {serial for serial in found if serial > int(params["after"][8:], 16)}
        kind, limit = params.get("kind"), params.get("limit", 1000)
        things = [world.things[s] for s in sorted(found) if kind in (None, world.things[s].kind)]
        page = {"items": [show_thing(world, thing) for thing in things[:limit]]}
        if len(things) > limit:
            page["next"] = world.id_of(things[limit - 1].serial)
        return page

    # -- bots --------------------------------------------------------------------------------------

    def bot_attach(self, connection, params):
        world, serial = self.split(params["bot"])
        bot, before = world.bot(serial), world.speakers.get(serial)
        if params.get("take") and before not in (None, connection):
            self.events.append((before, "detached", {"bot": params["bot"]}))
            del world.speakers[serial]
        self.speak(connection, world, serial)
        return show_thing(world, bot)

    def bot_detach(self, connection, params):
        world, serial = self.split(params["bot"])
        if world.speakers.get(serial) != connection:
            if serial and serial not in world.things:
                world.bot(serial)  # it died, or never was
            raise Refusal(403, "forbidden")
        del world.speakers[serial]
        return {}

    def see(self, connection, params):
        world, serial = self.split(params["bot"])
        return show_perception(world, world.bot(serial), params.get("range"),
                               params.get("frame") == "ego")

    def one_of_many(self, connection, index, params):
        """Of a list: one that is refused spoils no other."""
        try:
            if not is_object(params):
                raise invalid(f"acts[{index}]")
            check(SHAPES["act"], params, f"acts[{index}].")
            return self.act(connection, params)
        except Refusal as refusal:
            return refusal

    def act(self, connection, params):
        world, serial = self.split(params["bot"])
        wish = json.dumps([params["action"], params.get("target"), params.get("args", {})])
        known = world.told.get((serial, params.get("key")))
        if known:
            result = self.act_again(connection, world, serial, known, wish)
        else:
            result = self.act_now(connection, world, serial, params)
            if "key" in params:
                world.told[serial, params["key"]] = (wish, result)
        if params.get("see"):
            lives = serial in world.things
            seen = show_perception(world, world.things[serial]) if lives else None
            result = {**result, "see": seen}
        return result

    def act_again(self, connection, world, serial, known, wish):
        """A key that was used: the answer is that of then. Whoever asks speaks for the bot where
        nobody does, even where it is another wish and so refused."""
        if serial in world.things:
            world.speakers.setdefault(serial, connection)
        if known[0] != wish:
            raise Refusal(409, "conflict", seq=known[1]["seq"])
        return known[1]

    def act_now(self, connection, world, serial, params):
        bot = world.bot(serial)
        target = self.aim(world, bot, params)
        args = params.get("args", {})
        check({"angle": number(0, 1)} if params["action"] == "walk" else {}, args)
        self.speak(connection, world, serial)
        if world.is_paused:  # it is spoken for all the same
            raise Refusal(409, "busy", tick=world.tick)
        result = world.act(bot, params["action"], target, args.get("angle", 0))
        wish = {k: v for k, v in params.items() if k not in ("key", "see")}
        self.record(world, "act", wish, result)
        return result

    def aim(self, world, bot, params):
        """The serial of what the action is done to."""
        action, target = params["action"], params.get("target")
        kind = law.TARGETS.get(action)
        if target is None:
            if kind is None:
                raise Refusal(404, "not_found", action=action)
            if kind == "well":
                raise invalid("target")
            return bot.serial if kind == "bot" else 0
        number, serial = int(target[:8], 16), int(target[8:], 16)
        if number != world.number or serial and serial not in world.things:
            raise Refusal(404, "not_found", id=target)
        of_target = world.things[serial].kind if serial else "world"
        if kind != of_target:
            raise Refusal(404, "not_found", action=action, kind=of_target)
        if kind == "bot" and serial != bot.serial:
            raise invalid("target")
        return serial

    # -- watching ----------------------------------------------------------------------------------

    def subscribe(self, connection, params):
        bot = None
        if "bot" in params:
            world, bot = self.split(params["bot"])
            world.bot(bot)
        else:
            world = self.world_of(params) if "world" in params else None
            if world is None:
                raise invalid("world")
        sub = self.result_told()["sub"]
        if sub in self.subs:
            raise law.Impossible(f"the subscription {sub} is there already")
        self.subs[sub] = (connection, world.number, bot)
        answer = {"sub": sub, "seq": world.seq, "tick": world.tick}
        if "since" in params:  # what the founding itself brought about a snapshot tells
            answer["resync"] = bot is not None or not 0 < params["since"] <= world.seq
        return answer

    def unsubscribe(self, connection, params):
        if self.subs.get(params["sub"], (None,))[0] != connection:
            raise Refusal(404, "not_found", sub=params["sub"])
        del self.subs[params["sub"]]
        return {}

    # -- the past ----------------------------------------------------------------------------------

    def history_stats(self, connection, params):
        world = self.world_of(params)
        return Some(records=world.seq, first=Some(seq=1, tick=0),
                    last=Some(seq=world.seq, tick=world.tick), base={"seq": 0, "tick": 0},
                    hash=hash_of(world, world.seq))

    def history_read(self, connection, params):
        world = self.world_of(params)
        first, limit = params["from"], params.get("limit", 1000)
        if first > world.seq:
            raise invalid("from")
        page = {"records": []}
        for seq, (kind, outcome, reason, tick) in enumerate(world.journal, 1):
            if first <= seq < first + limit:
                why = {"reason": reason} if reason else {}
                page["records"].append(Some(seq=seq, tick=tick, command=Some(type=kind),
                                            outcome=outcome, **why))
        if first + limit <= world.seq:
            page["next"] = first + limit
        return page

    def history_state(self, connection, params):
        world = self.world_of(params)
        seq = params["at"]["seq"] if "at" in params else world.seq
        tick = world.journal[seq - 1][3]
        items = world.moments.get(seq, ANY)
        return Some(seq=seq, tick=tick, hash=hash_of(world, seq), items=items)
