#include "tests/fuzz/use.hpp"

#include "core/codec.hpp"
#include "core/decide.hpp"
#include "gateway/encoder.hpp"
#include "tests/fuzz/target.hpp"

#include <span>
#include <string>

namespace unscripted::fuzz {

namespace {

using namespace core;

constexpr std::size_t things_shown = 8;

void answer(const gateway::encoder& encode, const actors::view& seen, const actors::answer& a) {
  std::string line;
  actors::ticket asked;
  asked.id = "1";
  encode.answer(line, asked, a, &seen);
  hold(line.ends_with('\n') && line.find('\n') == line.size() - 1, "an answer is one line");
  hold(is_json(line), "an answer is JSON");
}

void show(const world& w) {
  const gateway::encoder encode{w.shared_catalogue()};
  const actors::view seen{w, 1, storage::durability::memory, true};
  answer(encode, seen, actors::world_shown{});
  const auto all = w.serials();
  for (const serial id : std::span{all}.first(std::min(all.size(), things_shown))) {
    answer(encode, seen, actors::thing_shown{id});
    const micrometres range = sight_of(w);
    if (w.find(id)->kind == w.catalogue().bot_kind())
      for (const bool ego : {true, false}) answer(encode, seen, actors::perceived{id, range, ego});
  }
}

void store(const world& w) {
  const auto again = decode_snapshot(encode_snapshot(w));
  hold(again != nullptr, "a world's snapshot is readable");
  hold(again->hash() == w.hash() && again->seq() == w.seq() && again->tick() == w.tick(),
       "a snapshot is the same state");
}

void live(const world& before, command c) {
  record r;
  if (decide(before, std::move(c), r)) return;
  world w = before;
  w.apply(r);
  hold(w.hash() == w.rehash(), "the hash is that of the state after a command");
}

}  // namespace

void use(const world& w) {
  if (w.seq() == 0) return;
  hold(w.hash() == w.rehash(), "the hash is that of the state");
  hold(w.serials().size() == w.thing_count(), "all things are counted");
  store(w);
  show(w);
  live(w, advance_command{});
  live(w, configure_command{w.settings(), {}});
  live(w, load_command{w.shared_catalogue()});
  for (kind_index k = 1; k < std::min<std::size_t>(w.catalogue().kinds().size(), 4); ++k)
    live(w, create_command{k, {}, {}, "new", {}, {}});
  const auto all = w.serials();
  for (const serial id : std::span{all}.first(std::min(all.size(), things_shown)))
    live(w, remove_command{id});
}

}  // namespace unscripted::fuzz
