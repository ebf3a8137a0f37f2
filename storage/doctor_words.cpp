#include "storage/doctor_words.hpp"

#include "storage/doctor_parts.hpp"

#include <algorithm>

namespace unscripted::storage::doctor {

namespace {

std::string should_be(const char* what, const std::string& expected, const std::string& found) {
  return std::string(" is damaged: ") + what + " should be " + expected + ", is " + found;
}

/// As a word of a command line.
std::string quoted(const std::string& name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (!name.empty() && name.front() != '-' && std::ranges::all_of(name, is_plain)) return name;
  std::string word = "'";
  for (const char c : name) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

std::string range(const proved_records& p) {
  if (p.first == p.last) return "record " + with_commas(p.first);
  return "records " + with_commas(p.first) + " to " + with_commas(p.last);
}

std::string before_it(const world_checkup& world, const proved_records& p) {
  std::string words = range(p) + " (tick " + with_commas(p.tick) + ") are provably right";
  if (world.name.empty()) return words;
  const std::string name = quoted(world.name), last = std::to_string(p.last);
  return words + ": `unscripted world fork " + name + " --at seq:" + last +
         "` or `unscripted history export " + name + " --to " + last + "` saves them";
}

std::string behind_it(const proved_records& p) {
  return range(p) + " behind it are readable, and provably follow the snapshot at seq " +
         std::to_string(p.first - 1);
}

}  // namespace

std::optional<std::string> first_difference(const decoded_snapshot& s, const playback& p,
                                            bool between_commits) {
  const core::world &is = *s.world, &expected = p.world();
  if (is.seq() != expected.seq())
    return should_be("its state", "that at seq " + std::to_string(expected.seq()),
                     "that at seq " + std::to_string(is.seq()));
  if (!between_commits) return should_be("its place", "the end of a commit", "amid one");
  if (s.chain != p.chain_before())
    return should_be("its chain", to_hex(p.chain_before()), to_hex(s.chain));
  if (is.hash() != expected.hash())
    return should_be("its state hash", to_hex(expected.hash()), to_hex(is.hash()));
  if (is.tick() != expected.tick())
    return should_be("its tick", std::to_string(expected.tick()), std::to_string(is.tick()));
  if (!is.catalogue().same_description(expected.catalogue()))
    return should_be("its catalogue", to_hex(expected.catalogue().digest()),
                     to_hex(is.catalogue().digest()));
  return {};
}

std::string what_is_left(const world_checkup& world, std::uint64_t after, bool recovers) {
  const auto& proved = world.proved;
  const auto before = std::ranges::find(proved, after, &proved_records::last);
  const auto behind = std::ranges::find_if(proved, [&](const auto& p) { return p.first > after; });
  std::string words =
      before == proved.end() ? "no record before it can be had" : before_it(world, *before);
  words +=
      behind == proved.end() ? "; no record behind it can be proved" : "; " + behind_it(*behind);
  words += recovers ? "; a server starts this world all the same, from a later snapshot"
                    : "; a server does not start this world";
  return words + "; for the rest " + restore_backup;
}

}  // namespace unscripted::storage::doctor
