// A history as it lies on disk, in either grammar: records one after the other, from the founding.
// What a world took must be what a reader of the history finds again.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/use.hpp"

#include <string>

namespace unscripted::fuzz {
namespace {

using namespace core;

std::string encoded(const catalogue* before, const record& r) {
  std::string bytes;
  byte_writer out{bytes};
  encode(out, before, r);
  return bytes;
}

// Written anew it is the same record, and always the same bytes.
void write_anew(const catalogue* before, const record& r) {
  const std::string once = encoded(before, r);
  byte_reader in{once};
  record again;
  again.seq = r.seq;
  hold(decode(in, before, again) && in.at_end(), "what was decoded can be encoded and decoded");
  hold(encoded(before, again) == once, "what was encoded twice is the same");
  hold(again.outcome == r.outcome && again.reason == r.reason && again.draws == r.draws,
       "a record's head comes back");
  hold(again.effects.size() == r.effects.size(), "a record's effects come back");
}

void run(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return;
  const auto grammar = bytes[0] & 1 ? record_grammar::heads_first : record_grammar::in_order;
  byte_reader in{text_of(bytes + 1, size - 1)};
  world w;
  record r;
  while (!in.at_end()) {
    const catalogue_ptr before = w.shared_catalogue();
    r.seq = w.seq() + 1;
    r.tick = w.tick();
    if (!decode(in, before.get(), r, grammar)) return;
    write_anew(before.get(), r);
    if (!w.try_apply(r)) return;
    use(w);
  }
}

const target here{"record", run};

}  // namespace
}  // namespace unscripted::fuzz
