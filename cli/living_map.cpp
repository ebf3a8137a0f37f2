#include "cli/living_map.hpp"

#include "cli/document.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <cmath>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

constexpr std::chrono::seconds rate_window{3};
constexpr std::size_t samples_max = 256;
constexpr std::size_t things_max = 1'000'000;
constexpr std::size_t causes_max = 64;
constexpr char other_letter = '*';  // of kinds beyond the alphabet

/// Of a vector of three; nothing where it is none.
std::optional<double> axis(dom::element object, const char* name, std::size_t index) {
  double x = 0;
  if (object[name].at(index).get(x) != simdjson::SUCCESS) return std::nullopt;
  return x;
}

void read_place(dom::element thing, mapped_thing& to) {
  to.x = axis(thing, "pos", 0).value_or(to.x);
  to.z = axis(thing, "pos", 2).value_or(to.z);
}

void read_props(dom::element thing, mapped_thing& to) {
  dom::element props;
  if (thing["props"].get(props) != simdjson::SUCCESS) return;
  double drink = 0;
  if (props["drink"].get(drink) == simdjson::SUCCESS) to.drink = drink;
  to.age = count_at(props, "age", to.age);
}

}  // namespace

void tick_rate::note(std::uint64_t tick, clock::time_point now) {
  // A world that goes back in time is another one, as after a restart or in a stored history.
  if (!samples_.empty() && tick < samples_.back().tick) samples_.clear();
  samples_.push_back({tick, now});
  while (samples_.size() > samples_max ||
         (samples_.size() > 2 && now - samples_[1].at > rate_window)) {
    samples_.pop_front();
  }
}

double tick_rate::per_s(clock::time_point now) const {
  if (samples_.size() < 2) return 0;
  const auto from =
      std::ranges::find_if(samples_, [&](const sample& s) { return now - s.at <= rate_window; });
  if (from == samples_.end()) return 0;
  const auto& first = from == samples_.begin() ? *from : *(from - 1);
  const std::chrono::duration<double> passed = now - first.at;
  if (passed.count() <= 0) return 0;
  return static_cast<double>(samples_.back().tick - first.tick) / passed.count();
}

void living_map::begin(dom::element world, bool is_stored) {
  const auto letters = std::move(letters_);
  *this = living_map();
  letters_ = letters;
  const auto w = read_world(world);
  id_ = w.id;
  name_ = w.name.empty() ? w.id : w.name;
  width_ = axis(world, "dims", 0).value_or(0);
  depth_ = axis(world, "dims", 2).value_or(0);
  tick_ = w.tick;
  if (!is_stored) deaths_ = w.deaths;
}

void living_map::apply(dom::element event, tick_rate::clock::time_point now) {
  const auto method = text_at(event, "method");
  dom::element params;
  if (event["params"].get(params) != simdjson::SUCCESS) return;
  const bool is_snapshot = method == "snapshot";
  if (!is_snapshot && method != "delta") return;
  tick_ = count_at(params, "tick", tick_);
  seq_ = count_at(params, "seq", seq_);
  rate_.note(tick_, now);
  if (is_snapshot) {
    things_.clear();
    population_ = 0;
    is_shown_ = true;
    for (const auto thing : items_at(params, "things")) put(thing);
    return;
  }
  for (const auto id : items_at(params, "del")) {
    std::string_view text;
    if (id.get(text) == simdjson::SUCCESS) remove(text);
  }
  const auto died = items_at(params, "died");
  if (died.size() > 0) heirs_.clear();
  for (const auto death : died) bury(death);
  for (const auto thing : items_at(params, "add")) put(thing);
  for (const auto thing : items_at(params, "upd")) change(thing);
}

void living_map::put(dom::element thing) {
  const auto id = text_at(thing, "id");
  if (id.empty() || id == id_ || things_.size() >= things_max) return;
  remove(id);
  mapped_thing t;
  t.kind = printable(text_at(thing, "kind"));
  t.name = printable(text_at(thing, "name"));
  t.width = axis(thing, "dims", 0).value_or(0);
  t.depth = axis(thing, "dims", 2).value_or(0);
  const auto parent = text_at(thing, "parent");
  t.is_carried = !parent.empty() && parent != id_;
  read_place(thing, t);
  read_props(thing, t);
  if (t.is_bot()) ++population_;
  else name_kind(t.kind);
  things_.emplace(id, std::move(t));
}

void living_map::change(dom::element thing) {
  const auto found = things_.find(text_at(thing, "id"));
  if (found == things_.end()) return;
  read_place(thing, found->second);
  read_props(thing, found->second);
  const auto parent = text_at(thing, "parent");
  if (!parent.empty()) found->second.is_carried = parent != id_;
}

void living_map::remove(std::string_view id) {
  const auto found = things_.find(id);
  if (found == things_.end()) return;
  if (found->second.is_bot()) --population_;
  things_.erase(found);
}

void living_map::bury(dom::element death) {
  const auto id = text_at(death, "id"), heir = text_at(death, "heir");
  if (!heir.empty()) heirs_.emplace(id, heir);
  const auto cause = text_at(death, "cause");
  const auto found = std::ranges::find(deaths_, cause, [](const auto& d) { return d.first; });
  if (found != deaths_.end()) ++found->second;
  else if (deaths_.size() < causes_max) deaths_.emplace_back(cause, 1);
}

/// The first letter of its name that no other kind has, else any.
void living_map::name_kind(const std::string& kind) {
  if (letters_.contains(kind)) return;
  const auto is_free = [&](char c) {
    return c >= 'a' && c <= 'z' &&
           std::ranges::none_of(letters_, [c](const auto& l) { return l.second == c; });
  };
  for (const std::string& from : {kind, std::string("abcdefghijklmnopqrstuvwxyz")}) {
    const auto letter = std::ranges::find_if(from, is_free);
    if (letter == from.end()) continue;
    letters_.emplace(kind, *letter);
    return;
  }
}

char living_map::letter_of(const std::string& kind) const {
  const auto found = letters_.find(kind);
  return found == letters_.end() ? other_letter : found->second;
}

std::string living_map::bot_after(std::string_view id) const {
  const auto is_bot = [](const auto& entry) { return entry.second.is_bot(); };
  auto found = std::find_if(things_.upper_bound(id), things_.end(), is_bot);
  if (found == things_.end()) found = std::find_if(things_.begin(), things_.end(), is_bot);
  return found == things_.end() ? std::string() : found->first;
}

std::string living_map::heir_of(const std::string& id) const {
  const auto found = heirs_.find(id);
  return found == heirs_.end() ? std::string() : found->second;
}

}  // namespace unscripted::cli
