// Histories that are exported and imported are the same histories; files that were changed are
// refused.
#include "core/random.hpp"
#include "storage/history_reader.hpp"
#include "tests/gateway/history_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <sstream>

using namespace unscripted;
using namespace unscripted::gateway;
using namespace unscripted::gateway::testing;

namespace {

std::uint64_t a_seed() { return std::uint64_t{Catch::rngSeed()} * 0x9e3779b97f4a7c15u + 1; }

storage::result<imported> import_text(storage::store& into, const std::string& text,
                                      import_options options = {}) {
  std::istringstream file(text);
  return import_history(into, file, options);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

void check_same_history(storage::store& a, core::world_number in_a, storage::store& b,
                        core::world_number in_b) {
  CHECK(encoded_records(a, in_a) == encoded_records(b, in_b));
  const auto one = must(storage::history_reader(a, in_a).stats());
  const auto other = must(storage::history_reader(b, in_b).stats());
  CHECK(one.chain == other.chain);
  CHECK(one.state_hash == other.state_hash);
  CHECK(one.last_seq == other.last_seq);
  CHECK(one.commits == other.commits);
  CHECK(one.base_seq == other.base_seq);
  CHECK(one.base_tick == other.base_tick);
  CHECK(one.first_ms == other.first_ms);
  CHECK(one.last_ms == other.last_ms);
  auto recovered = must(storage::history_reader(b, in_b).recover());
  CHECK(recovered.world->hash() == one.state_hash);
  CHECK(recovered.passed_over.empty());
}

/// Imports `text` into another folder and compares.
void check_round_trip(storage::store& from, core::world_number world, const std::string& text) {
  scratch_store into;
  import_options options;
  options.name = "again";  // the world's own may be of any bytes
  const imported made = must(import_text(*into, text, options));
  check_same_history(from, world, *into, made.world);
  const auto stats = must(storage::history_reader(from, world).stats());
  CHECK(made.seq == stats.last_seq);
  CHECK(made.records == stats.records);
  CHECK(made.chain == stats.chain);
  CHECK(must(into->worlds()).size() == 1);
}

}  // namespace

TEST_CASE("an imported history has the same records, times, hash and chain", "[gateway][import]") {
  const std::uint64_t seed = a_seed() + GENERATE(0u, 1u, 2u, 3u);
  CAPTURE(seed);
  scratch_store from;
  wild_world world(*from, "wild", seed);
  world.live(600);

  check_round_trip(*from, world.number(), exported(*from, world.number()));
}

TEST_CASE("the histories that are tried hold every command and every effect", "[gateway][import]") {
  scratch_store from;
  wild_world world(*from, "wild", 1);
  world.live(2000);
  std::set<std::size_t> commands;
  std::set<core::effect_type> effects;
  std::set<core::outcome> outcomes;
  storage::history_reader reader(*from, world.number());
  must(reader.read(0, 1'000'000, [&](const core::record& r) {
    commands.insert(r.command.index());
    outcomes.insert(r.outcome);
    for (const core::effect& e : r.effects) effects.insert(e.type);
    return true;
  }));

  CHECK(commands.size() == std::variant_size_v<core::command>);
  CHECK(effects.size() == 10);
  CHECK(outcomes.size() == 3);
  const std::string text = exported(*from, world.number());
  CHECK(text.find(":-0.0") != text.npos);
  CHECK(text.find(R"({"hex":")") != text.npos);
  CHECK(text.find(R"("slot":)") == text.npos);
}

TEST_CASE("pages of any size put together are the same export", "[gateway][import]") {
  const std::uint64_t seed = a_seed();
  CAPTURE(seed);
  scratch_store from;
  wild_world world(*from, "wild", seed);
  world.live(150);
  const std::string whole = exported(*from, world.number());
  export_options small;
  small.items_max = 1;
  CHECK(exported(*from, world.number(), export_what::records, small) == whole);

  export_options page;
  page.as_lines = true;
  page.bytes_max = 3000;
  std::string text;
  for (bool is_done = false; !is_done;) {
    auto one = must(history_export::begin(*from, world.number(), export_what::records, page));
    must(one.write_page(text));
    is_done = one.at_end();
    if (!is_done) page.from = one.next();
    page.to = one.to();
  }
  check_round_trip(*from, world.number(), text);
}

TEST_CASE("items of a page stand between commas unless they are lines", "[gateway][import]") {
  scratch_store from;
  wild_world world(*from, "wild", 5);
  world.live(10);
  auto pages = must(history_export::begin(*from, world.number(), export_what::records, {}));
  std::string text;
  must(pages.write_page(text));
  CHECK(pages.at_end());

  std::string commas;
  for (const std::string& line : lines_of(exported(*from, world.number())))
    commas += (commas.empty() ? "" : ",") + line;
  CHECK(text == commas);
}

TEST_CASE("a pruned world and a fork survive, each with its chain", "[gateway][import]") {
  const std::uint64_t seed = a_seed();
  CAPTURE(seed);
  scratch_store from;
  wild_world world(*from, "wild", seed);
  world.live(300);
  REQUIRE(must(from->prune(world.number(), 150)).base_seq > 0);
  check_round_trip(*from, world.number(), exported(*from, world.number()));

  const core::world_number fork = must(from->fork_world(world.state(), world.number()));
  check_round_trip(*from, fork, exported(*from, fork));
  wild_world branch(*from, fork, seed);
  branch.live(100);
  check_round_trip(*from, fork, exported(*from, fork));
}

TEST_CASE("an imported world has snapshots as one that lived", "[gateway][import]") {
  scratch_store from;
  wild_world world(*from, "wild", 4);
  while (world.state().seq() < 20'100) world.live(1000);
  scratch_store into;
  import_options options;
  options.name = "again";
  const imported made = must(import_text(*into, exported(*from, world.number()), options));
  const auto stats = must(storage::history_reader(*into, made.world).stats());
  CHECK(stats.snapshots == 1);
  CHECK(stats.snapshot_seq >= 20'000);
  check_same_history(*from, world.number(), *into, made.world);
}

TEST_CASE("a beginning can be exported and imported without the rest", "[gateway][import]") {
  const std::uint64_t seed = a_seed();
  CAPTURE(seed);
  scratch_store from, into;
  wild_world world(*from, "wild", seed);
  world.live(200);
  export_options half;
  half.to = world.state().seq() / 2;
  const auto text = exported(*from, world.number(), export_what::records, half);

  const imported made = must(import_text(*into, text));
  CHECK(made.seq >= half.to);
  CHECK(made.seq < half.to + 7);
  const auto there = must(storage::history_reader(*from, world.number()).state_at(made.seq));
  CHECK(made.state_hash == there.world->hash());
}

TEST_CASE("an import has the name that it is given, else that of the file", "[gateway][import]") {
  scratch_store from, into;
  wild_world world(*from, "wild", 7);
  world.live(5);
  const auto text = exported(*from, world.number());
  const imported as_it_was = must(import_text(*into, text));
  import_options named;
  named.name = "tame";
  const imported renamed = must(import_text(*into, text, named));

  const auto worlds = must(into->worlds());
  REQUIRE(worlds.size() == 2);
  CHECK(worlds[0] == storage::world_entry{as_it_was.world, "wild", 1'700'000'000'123, 0});
  CHECK(worlds[1] == storage::world_entry{renamed.world, "tame", 1'700'000'000'123, 0});
  named.name = "two\nlines";
  const auto refused = import_text(*into, text, named);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().kind == storage::failure_kind::misuse);
}

TEST_CASE("an import that is given up leaves nothing", "[gateway][import]") {
  scratch_store from, into;
  wild_world world(*from, "wild", 7);
  world.live(100);
  std::uint64_t seen = 0;
  import_options options;
  options.progress = [&](std::uint64_t records) { return (seen = records) < 30; };

  CHECK_FALSE(import_text(*into, exported(*from, world.number()), options));
  CHECK(seen >= 30);
  CHECK(must(into->worlds()).empty());
}

// -- files that were changed ---------------------------------------------------------------------

namespace {

/// Small histories, one of which begins with a state.
struct original {
  scratch_store from;
  std::string text;
  std::uint64_t hash = 0;
  storage::chain_value chain{};

  explicit original(bool pruned, std::uint64_t seed) {
    wild_world world(*from, "wild", seed);
    world.live(pruned ? 60 : 25);
    if (pruned) must(from->prune(world.number(), 40));
    text = exported(*from, world.number());
    const auto stats = must(storage::history_reader(*from, world.number()).stats());
    hash = stats.state_hash;
    chain = stats.chain;
  }
};

/// Whether the text was taken: only as the very same history, else refused with a line.
bool is_taken(storage::store& into, const original& of, const std::string& text) {
  const auto made = import_text(into, text);
  if (made) {
    if (made->state_hash != of.hash || made->chain != of.chain) FAIL("another state was imported");
    must(into.delete_world(made->world));
  } else {
    INFO(made.why().message);
    CHECK(made.why().kind == storage::failure_kind::corrupt);
    CHECK(made.why().message.find("line") != std::string::npos);
    CHECK(made.why().message.find('\n') == std::string::npos);
  }
  if (!must(into.worlds()).empty()) FAIL("something is left of an import");
  return bool(made);
}

}  // namespace

TEST_CASE("a file with a line removed, doubled or swapped is refused", "[gateway][import]") {
  const bool pruned = GENERATE(false, true);
  const std::uint64_t seed = a_seed();
  CAPTURE(seed, pruned);
  const original of(pruned, seed);
  scratch_store into;
  REQUIRE(is_taken(*into, of, of.text));
  const auto lines = lines_of(of.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(i, lines[i].substr(0, 300));
    const bool is_catalogue = lines[i].starts_with("{\"catalogue\"");
    auto changed = lines;
    changed.erase(changed.begin() + std::ptrdiff_t(i));
    // One that was described before, or comes with the state at the beginning, may be missing.
    if (const bool taken = is_taken(*into, of, joined(changed)); !is_catalogue) CHECK_FALSE(taken);

    changed = lines;
    changed.insert(changed.begin() + std::ptrdiff_t(i), lines[i]);
    CHECK(is_taken(*into, of, joined(changed)) == is_catalogue);

    if (i + 1 == lines.size()) break;
    changed = lines;
    std::swap(changed[i], changed[i + 1]);
    const bool is_next = lines[i + 1].starts_with("{\"catalogue\"");
    if (const bool taken = is_taken(*into, of, joined(changed)); !is_catalogue && !is_next)
      CHECK_FALSE(taken);
  }
}

TEST_CASE("a file with another digit is refused, or is the same history", "[gateway][import]") {
  const bool pruned = GENERATE(false, true);
  const std::uint64_t seed = a_seed();
  CAPTURE(seed, pruned);
  const original of(pruned, seed);
  scratch_store into;
  core::keyed_random chance(seed, 9);
  std::size_t taken = 0, tried = 0;
  while (tried < 150) {
    const std::size_t at = chance.below(of.text.size());
    if (of.text[at] < '0' || of.text[at] > '9') continue;
    std::string changed = of.text;
    const auto step = 1 + chance.below(9);
    changed[at] = static_cast<char>('0' + (std::uint64_t(of.text[at] - '0') + step) % 10);
    CAPTURE(at, of.text.substr(at < 40 ? 0 : at - 40, 80),
            changed.substr(at < 40 ? 0 : at - 40, 80));
    ++tried;
    if (is_taken(*into, of, changed)) ++taken;
  }
  CHECK(taken < tried / 10);
}

TEST_CASE("a file with any byte changed is refused, or is the same history", "[gateway][import]") {
  const std::uint64_t seed = a_seed();
  CAPTURE(seed);
  const original of(false, seed);
  scratch_store into;
  core::keyed_random chance(seed, 10);
  for (int i = 0; i < 150; ++i) {
    std::string changed = of.text;
    const std::size_t at = chance.below(changed.size());
    changed[at] = static_cast<char>(chance.below(256));
    if (chance.below(3) == 0) changed.erase(at, chance.below(9));
    CAPTURE(at);
    is_taken(*into, of, changed);
  }
}

TEST_CASE("a file that is cut is refused", "[gateway][import]") {
  const bool pruned = GENERATE(false, true);
  const std::uint64_t seed = a_seed();
  CAPTURE(seed, pruned);
  const original of(pruned, seed);
  scratch_store into;
  core::keyed_random chance(seed, 8);
  for (int i = 0; i < 100; ++i) {
    const std::size_t size = chance.below(of.text.size() - 1);
    CAPTURE(size);
    CHECK_FALSE(is_taken(*into, of, of.text.substr(0, size)));
  }
  CHECK(is_taken(*into, of, of.text.substr(0, of.text.size() - 1)));  // without the last line's end
  CHECK_FALSE(is_taken(*into, of, of.text + of.text));
  CHECK_FALSE(is_taken(*into, of, of.text + "\n"));
}

TEST_CASE("a refusal names the line, what should be there, and what is", "[gateway][import]") {
  const original of(false, 3);
  scratch_store into;
  auto lines = lines_of(of.text);
  const auto refusal = [&] {
    const auto made = import_text(*into, joined(lines));
    return made ? "none" : made.why().message;
  };
  const auto why_of = [&](const std::string& from, const std::string& to) {
    const auto before = lines;
    for (std::string& line : lines)
      if (const auto at = line.find(from); at != line.npos) {
        line.replace(at, from.size(), to);
        break;
      }
    const std::string why = refusal();
    lines = before;
    return why;
  };

  CHECK_THAT(why_of(R"("version":1)", R"("version":2)"),
             Catch::StartsWith("line 1: `version` should be 1: this program knows no other, is 2"));
  CHECK_THAT(why_of(R"({"seq":1,)", R"({"seq":7,)"),
             Catch::StartsWith("line 3: `seq` should be 1, is 7"));
  CHECK_THAT(why_of(R"("draws":0)", R"("draws":"x")"),
             Catch::StartsWith("line 3: `draws` should be an integer from 0, is \"x\""));
  CHECK_THAT(why_of(R"("draws":0)", R"("draws":0,"more":1)"),
             Catch::StartsWith("line 3: `more` should be absent, or there once, is 1"));
  CHECK_THAT(why_of(R"("pace":"free")", R"("pace":"fast")"),
             Catch::StartsWith("line 3: `command.settings.pace` should be free, lockstep or "
                               "realtime, is fast"));
  // One line, without what controls a terminal.
  CHECK_THAT(why_of(R"("outcome":"done")", R"("outcome":"\n\u001b[31m")"),
             Catch::StartsWith("line 3: `outcome` should be done, refused or fault, is ??[31m:"));
  CHECK_THAT(why_of("{\"commit\"", "{\"commit"), Catch::Contains("should be a JSON object"));
  lines.pop_back();
  CHECK_THAT(refusal(), Catch::StartsWith("the file ends in the middle: the last line should be"));
  lines = {"{}"};
  CHECK_THAT(refusal(), Catch::StartsWith("line 1: `unscripted` should be"));
  lines = {};
  CHECK_THAT(refusal(), Catch::StartsWith("the file is empty: line 1 should be"));
}
