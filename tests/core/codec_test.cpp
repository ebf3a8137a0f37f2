// Records, catalogues and snapshots survive being written and read.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "core/codec_parts.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

std::string random_text(std::size_t most, keyed_random& chance) {
  std::string text(chance.below(most + 1), '\0');
  for (char& c : text) c = static_cast<char>(chance.below(256));
  return text;
}

std::uint64_t random_word(keyed_random& chance) { return chance.next() >> chance.below(64); }

vec3 random_vec(keyed_random& chance) {
  const auto length = [&] {
    const std::uint64_t bound = std::uint64_t{1} << chance.below(44);
    const auto x = static_cast<micrometres>(chance.below(bound));
    return chance.below(2) == 0 ? x : -x;
  };
  return {length(), length(), length()};
}

value random_value(value_type type, keyed_random& chance) {
  switch (type) {
    case value_type::number: return value::number((chance.ratio() - 0.5) * 1e9);
    case value_type::integer: return value::integer(static_cast<std::int64_t>(chance.next()));
    case value_type::boolean: return value::boolean(chance.below(2) == 0);
    case value_type::text: return value::of_text(random_text(text_bytes_max, chance));
    case value_type::thing: return value::thing(random_word(chance));
  }
  return {};
}

slot_values random_slots(keyed_random& chance) {
  slot_values slots;
  for (std::uint64_t left = chance.below(4); left > 0; --left)
    slots.emplace_back(static_cast<std::uint16_t>(chance.next()),
                       random_value(static_cast<value_type>(1 + chance.below(5)), chance));
  return slots;
}

settings random_settings(keyed_random& chance) {
  settings s;
  s.name = random_text(name_bytes_max, chance);
  s.seed = chance.next();
  s.dims = random_vec(chance);
  s.pace = static_cast<pace>(chance.below(3));
  s.population = static_cast<population>(chance.below(2));
  s.speed = chance.ratio() * 100;
  s.deadline_ms = static_cast<std::uint32_t>(random_word(chance));
  if (chance.below(2) == 0) s.pause_at = random_word(chance);
  s.capacity.clear();
  for (std::uint64_t left = chance.below(4); left > 0; --left)
    s.capacity[random_text(name_bytes_max, chance)] = static_cast<std::uint32_t>(chance.next());
  s.created_ms = static_cast<std::int64_t>(chance.next());
  s.parent = random_text(100, chance);
  return s;
}

catalogue_ptr random_catalogue(keyed_random& chance) {
  return chance.below(2) == 0 ? life_catalogue() : later_catalogue();
}

act_command random_act(keyed_random& chance) {
  const auto& actions = life_catalogue()->actions();
  act_command c;
  c.agent = random_word(chance);
  c.action = static_cast<action_index>(chance.below(actions.size()));
  c.target = random_word(chance);
  c.absent = chance.below(2) == 0;
  for (const parameter& p : actions[c.action].parameters) {
    value v = random_value(p.type, chance);
    if (p.type == value_type::text) {
      v.bits = c.args.texts.size();
      c.args.texts.push_back(v.text);
    }
    c.args.bits[c.args.count++] = v.bits;
  }
  return c;
}

command random_command_of(std::size_t type, keyed_random& chance) {
  std::optional<vec3> pos, dims;
  if (chance.below(2) == 0) pos = random_vec(chance);
  if (chance.below(2) == 0) dims = random_vec(chance);
  const auto kind = static_cast<kind_index>(chance.next());
  const std::string name = random_text(name_bytes_max, chance);
  const std::string mind = random_text(name_bytes_max, chance);
  switch (type) {
    case 0: return random_act(chance);
    case 1:
      return found_command{random_settings(chance), random_catalogue(chance), random_slots(chance)};
    case 2: return create_command{kind, pos, dims, name, mind, random_slots(chance)};
    case 3: return update_command{random_word(chance), pos, random_slots(chance)};
    case 4: return remove_command{random_word(chance)};
    case 5: return configure_command{random_settings(chance), random_slots(chance)};
    case 6: return advance_command{};
    default: return load_command{random_catalogue(chance)};
  }
}

std::uint64_t telling_bits(keyed_random& chance) {
  const std::uint64_t edges[] = {0,
                                 1,
                                 1u << 30,
                                 (1u << 30) + 1,
                                 ~std::uint64_t{0},
                                 ~std::uint64_t{1u << 30},
                                 std::bit_cast<std::uint64_t>(0.5),
                                 std::uint64_t{1} << 63};
  return chance.below(2) == 0 ? edges[chance.below(std::size(edges))] : random_word(chance);
}

effect random_effect(effect_type type, keyed_random& chance) {
  effect e;
  e.type = type;
  e.thing = chance.below(3) == 0 ? world_serial : random_word(chance);
  if (type == effect_type::created || type == effect_type::moved) e.pos = random_vec(chance);
  if (type == effect_type::created)
    e.more = details(creation{static_cast<kind_index>(chance.next()), random_word(chance),
                              random_vec(chance), random_text(name_bytes_max, chance),
                              random_text(name_bytes_max, chance)});
  if (type == effect_type::removed) {
    e.bits = chance.below(2) == 0 ? no_thing : random_word(chance);
    e.more = details(random_text(name_bytes_max, chance));
  }
  if (type == effect_type::set || type == effect_type::added) {
    e.slot = static_cast<std::uint16_t>(chance.next() >> chance.below(64));
    e.bits = telling_bits(chance);
  }
  if (type == effect_type::set && chance.below(3) == 0) {
    e.bits = 0;
    e.more = details(random_text(text_bytes_max, chance));
  }
  if (type == effect_type::ticked || type == effect_type::carried) e.bits = random_word(chance);
  if (type == effect_type::configured) e.more = details(random_settings(chance));
  if (type == effect_type::catalogued) e.more = details(random_catalogue(chance));
  return e;
}

record random_record(std::size_t command_type, keyed_random& chance) {
  record r;
  r.command = random_command_of(command_type, chance);
  r.outcome = static_cast<outcome>(chance.below(3));
  if (r.outcome != outcome::done) r.reason = random_text(reason_bytes_max, chance);
  r.draws = chance.below(2) == 0 ? 0 : random_word(chance);
  if (chance.below(2) == 0) r.from = {random_word(chance), random_text(key_bytes_max, chance)};
  for (std::uint64_t left = chance.below(12); left > 0; --left)
    r.effects.push_back(random_effect(static_cast<effect_type>(1 + chance.below(10)), chance));
  if (const auto* act = std::get_if<act_command>(&r.command); act && !r.effects.empty())
    r.effects.front().thing = act->agent;
  return r;
}

}  // namespace

TEST_CASE("a record of any command and any effects survives being written and read",
          "[core][codec]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 4));
  const auto type = GENERATE(range<std::size_t>(0, 8));
  CAPTURE(seed, type);
  keyed_random chance{seed, type};

  for (int i = 0; i < 300; ++i) {
    const record written = random_record(type, chance);
    const std::string bytes = bytes_of(life_catalogue().get(), written);
    byte_reader in{bytes};
    record read = random_record(type, chance);  // what was in it must not shine through
    CAPTURE(i);
    REQUIRE(decode(in, life_catalogue().get(), read));
    REQUIRE(in.at_end());
    REQUIRE(read.command.index() == type);
    REQUIRE(read.outcome == written.outcome);
    REQUIRE(read.reason == written.reason);
    REQUIRE(read.draws == written.draws);
    REQUIRE(read.from == written.from);
    REQUIRE(read.effects == written.effects);
    REQUIRE(bytes_of(life_catalogue().get(), read) == bytes);
    if (type == 0) REQUIRE(std::get<0>(read.command) == std::get<0>(written.command));
  }
}

TEST_CASE("many records in one stretch of bytes are read one after the other", "[core][codec]") {
  keyed_random chance{1, 1};
  std::string bytes;
  byte_writer out{bytes};
  std::vector<record> written;
  for (std::size_t i = 0; i < 40; ++i) {
    written.push_back(random_record(i % 8, chance));
    encode(out, life_catalogue().get(), written.back());
  }

  byte_reader in{bytes};
  for (const record& w : written) {
    record read;
    REQUIRE(decode(in, life_catalogue().get(), read));
    REQUIRE(read.effects == w.effects);
  }
  CHECK(in.at_end());
}

TEST_CASE("a step takes less than 40 bytes", "[core][codec]") {
  lab l;
  const serial bot = l.bot(5, 5);
  l.bot(2, 2);
  for (int i = 0; i < 20; ++i) l.act(bot, "walk", world_serial, {{"angle", i / 7.0 - i / 7}});
  for (std::size_t i = l.encoded().size() - 20; i < l.encoded().size(); ++i)
    CHECK(l.encoded()[i].size() < 40 + 16);  // 16 of them are the tests' rules
}

TEST_CASE("a record that ticks is read with the tick after it", "[core][codec]") {
  lab l;
  l.play(advance_command{});
  l.play(advance_command{});
  byte_reader in{l.encoded().back()};
  record r;
  r.tick = 1;

  REQUIRE(decode(in, life_catalogue().get(), r));
  CHECK(r.tick == 2);
}

TEST_CASE("a catalogue survives being written and read, but for its behaviours", "[core][codec]") {
  const catalogue_ptr written = life_catalogue();
  const catalogue_ptr read = decode_catalogue(written->description());
  REQUIRE(read);

  CHECK(read->same_description(*written));
  CHECK(read->digest() == written->digest());
  REQUIRE(read->actions().size() == written->actions().size());
  REQUIRE(read->rules().size() == written->rules().size());
  CHECK(read->plugins() == written->plugins());
  for (std::size_t i = 0; i < read->actions().size(); ++i) {
    const action &a = read->actions()[i], &b = written->actions()[i];
    CHECK(a.name == b.name);
    CHECK(a.target == b.target);
    CHECK(a.summary == b.summary);
    CHECK(a.reach == b.reach);
    CHECK(a.self_only == b.self_only);
    CHECK(a.parameters.size() == b.parameters.size());
    CHECK_FALSE(a.code);
  }
  const property& day = read->kinds()[world_kind].properties[of_world::day];
  CHECK(day.name == "day");
  CHECK(day.unit == "tick");
  CHECK(day.fallback == value::integer(150'000));
  CHECK(day.minimum == 1);
  CHECK(day.maximum == 1e9);
}

TEST_CASE("a snapshot of a world with all in it gives the same world", "[core][codec]") {
  lab l;
  const serial bot = l.bot(5, 5), gone = l.bot(2, 2);
  l.well(8, 8);
  l.play(create_command{mist_kind, metres(3, 1, 4), metres(2, 2, 2), "f\u00f6g", "none", {}});
  l.act(bot, "tell", gone, {{"words", std::string{"so long"}}});
  l.act(bot, "tell", bot, {{"words", std::string{"me too"}}});
  l.play(remove_command{gone});

  const auto read = decode_snapshot(encode_snapshot(l.state()));

  REQUIRE(read);
  CHECK(read->hash() == l.state().hash());
  CHECK(read->settings() == l.state().settings());
  CHECK(read->tick() == l.state().tick());
  CHECK(read->turns() == l.state().turns());
  CHECK(read->next_serial() == l.state().next_serial());
  CHECK(read->bots() == l.state().bots());
  CHECK(read->actions() == l.state().actions());
  REQUIRE(read->find_grave(gone));
  CHECK(read->find_grave(gone)->heir == no_thing);
  CHECK(read->find(4)->name == "f\u00f6g");
  check_whole(*read);
}
