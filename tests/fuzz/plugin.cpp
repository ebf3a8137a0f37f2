// The tables that a plugin exports, made of bytes: refused in one line of text, or a catalogue.
//
// What abi.h demands of pointers cannot be checked by an engine, so texts end here and tables are
// as long as they say; everything else is up to the bytes.
#include "core/codec.hpp"
#include "plugins/library.hpp"
#include "plugins/loader.hpp"
#include "plugins/words.hpp"
#include "tests/fuzz/target.hpp"

#include <bit>
#include <cstring>
#include <deque>
#include <iterator>
#include <string>

namespace unscripted::fuzz {
namespace {

constexpr std::uint32_t table_max = 6;

// Words that mean something, so that much fits together.
constexpr const char* words[] = {"bot",
                                 "world",
                                 "well",
                                 "drink",
                                 "sight",
                                 "walk",
                                 "life",
                                 "generation",
                                 "female",
                                 "_inner",
                                 "org.example.fly",
                                 "1.0.0",
                                 "m",
                                 "turn",
                                 "",
                                 "Goes up.",
                                 "_",
                                 "Fly",
                                 "a\nb",
                                 "\xff",
                                 "day",
                                 "test.other.x",
                                 "2",
                                 "kind"};

uns_outcome nothing(const uns_call*) { return UNS_DONE; }

/// A plugin in the making. Its tables live as long as this.
class maker {
public:
  explicit maker(std::string_view bytes) : left_(bytes) {}

  uns_plugin plugin() {
    uns_plugin p{UNS_ABI_MAJOR, UNS_ABI_MINOR, sizeof p, 0, text(10), text(11), nullptr,
                 nullptr,       nullptr,       {},       0, 0,        0,        0};
    if (odd()) p.abi_major = byte();
    if (odd()) p.abi_minor = byte();
    if (odd()) p.struct_size = byte();
    p.kinds = table(kinds_, p.kind_count, [this] { return kind(); });
    p.actions = table(actions_, p.action_count, [this] { return action(); });
    p.rules = table(rules_, p.rule_count, [this] { return rule(); });
    p.uses = table(uses_, p.use_count, [this] { return use(); });
    return p;
  }

private:
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const auto x = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return x;
  }
  /// Rarely, and never once the bytes are used up.
  bool odd() { return byte() >= 240; }

  /// A word of the list, by default that one; or bytes as they come.
  const char* text(std::size_t otherwise) {
    const std::uint8_t how = byte();
    if (how == 255) return nullptr;
    if (how == 254) return keep(std::string(byte() * 8u, 'x'));
    if (how >= 200) {
      const std::size_t size = std::min<std::size_t>(how - 200u, left_.size());
      const std::string_view taken = left_.substr(0, size);
      left_.remove_prefix(size);
      return keep(std::string{taken});
    }
    return words[how == 0 ? otherwise : how % std::size(words)];
  }
  const char* keep(std::string text) { return texts_.emplace_back(std::move(text)).c_str(); }

  double number() {
    const std::uint8_t how = byte();
    if (how < 128) return how;
    if (how < 192) return (how - 160) / 8.0;
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | byte();
    return std::bit_cast<double>(bits);
  }

  template <class Entry, class Make>
  const Entry* table(std::deque<std::vector<Entry>>& tables, std::uint32_t& count, Make make) {
    count = byte() % (table_max + 1);
    std::vector<Entry> made;
    for (std::uint32_t i = 0; i < count; ++i) made.push_back(make());
    const std::uint8_t lie = byte();
    if (lie >= 250) count = 300;  // more than any table may have
    if (lie >= 253) return nullptr;
    return tables.emplace_back(std::move(made)).data();
  }

  uns_param param() {
    uns_param p{text(3), text(14), 1u + byte() % 5u, 0, 0, 1, 0, nullptr};
    if (odd()) p.type = byte();
    if (odd()) p.flags = byte();
    p.minimum = number();
    p.maximum = number();
    p.fallback = number();
    p.text = odd() ? nullptr : text(14);
    return p;
  }
  uns_kind kind() {
    uns_kind k{sizeof k, byte() % 4u, text(2), 1, 1, 1, nullptr, 0, 0};
    if (odd()) k.flags = byte();
    if (odd()) k.width = number();
    if (odd()) k.depth = number();
    k.properties = table(params_, k.property_count, [this] { return param(); });
    return k;
  }
  uns_action action() {
    uns_action a{sizeof a, byte() % 2u, text(5), text(0), text(15), nullptr, 0, 0, 0, nothing};
    if (odd()) a.reach = number();
    if (odd()) a.apply = nullptr;
    if (odd()) a.flags = byte();
    a.params = table(params_, a.param_count, [this] { return param(); });
    return a;
  }
  uns_rule rule() {
    uns_rule r{sizeof r, 0, text(6), text(15), nothing, nullptr};
    if (odd()) r.after_action = nullptr;
    if (odd()) r.flags = byte();
    return r;
  }
  uns_property_ref use() { return {text(0), text(3), byte() % 7u, 0}; }

  std::string_view left_;
  std::deque<std::string> texts_;
  std::deque<std::vector<uns_kind>> kinds_;
  std::deque<std::vector<uns_action>> actions_;
  std::deque<std::vector<uns_rule>> rules_;
  std::deque<std::vector<uns_property_ref>> uses_;
  std::deque<std::vector<uns_param>> params_;
};

void check_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    hold(plugins::is_line(line) && line.size() < 2048, "a refusal is one short line of text");
}

void run(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view all = text_of(bytes, size);
  std::vector<plugins::loaded_ptr> loaded;
  for (const auto& [half, file] : {std::pair{all.substr(0, size / 2), "libone.so"},
                                   std::pair{all.substr(size / 2), "libtwo.so"}}) {
    maker made{half};
    const uns_plugin exported = made.plugin();
    auto read = plugins::inspect({"00", &exported}, file);
    if (read) loaded.push_back(*read);
    else check_lines({read.why().message});
  }
  const auto fitted = plugins::assemble(loaded);
  check_lines(fitted.refusals);
  hold(fitted.plugins.size() + fitted.refusals.size() == loaded.size(), "each fits or is refused");
  const auto again = core::decode_catalogue(fitted.catalogue->description());
  hold(again && again->same_description(*fitted.catalogue), "a catalogue can be read again");
}

const target here{"plugin", run};

}  // namespace
}  // namespace unscripted::fuzz
