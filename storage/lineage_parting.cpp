// Where two histories part.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "storage/lineage_line.hpp"

#include <algorithm>

namespace unscripted::storage {

namespace {

core::settings without_identity(core::settings s) {
  s.name.clear();
  s.created_ms = 0;
  s.parent.clear();
  return s;
}

/// The record without what says in which world it happened.
core::record without_identity(core::record r) {
  if (auto* found = std::get_if<core::found_command>(&r.command))
    found->settings = without_identity(std::move(found->settings));
  if (auto* changed = std::get_if<core::configure_command>(&r.command))
    changed->settings = without_identity(std::move(changed->settings));
  for (core::effect& e : r.effects)
    if (e.type == core::effect_type::configured)
      e.more = core::details(without_identity(e.configured()));
  return r;
}

bool holds_settings(const core::record& r) {
  return std::any_of(r.effects.begin(), r.effects.end(),
                     [](const core::effect& e) { return e.type == core::effect_type::configured; });
}

void encode(std::string& out, const core::catalogue_ptr& known, const core::record& r) {
  out.clear();
  core::byte_writer writer(out);
  if (holds_settings(r)) core::encode(writer, known.get(), without_identity(r));
  else core::encode(writer, known.get(), r);
}

/// The comparison of two lines from a fork point on.
class comparison {
public:
  comparison(record_line& a, record_line& b, const progress& tell) : a_(a), b_(b), tell_(tell) {}

  result<parting> from(core::world_number origin, std::uint64_t origin_seq);

private:
  std::optional<failure> look_behind_what_is_gone();
  std::optional<failure> run();
  bool same();
  bool ask(std::uint64_t done, std::uint64_t total) const { return !tell_ || tell_(done, total); }
  void note_end();

  record_line& a_;
  record_line& b_;
  const progress& tell_;
  parting found_;
  std::string bytes_a_, bytes_b_;  // reused
};

bool comparison::same() {
  const auto& known_a = a_.catalogue();
  const auto& known_b = b_.catalogue();
  if (known_a != known_b && !known_a->same_description(*known_b)) return false;
  encode(bytes_a_, known_a, a_.record());
  encode(bytes_b_, known_b, b_.record());
  return bytes_a_ == bytes_b_;
}

/// Sets compared_from. Where records are gone the states behind them must speak for them.
std::optional<failure> comparison::look_behind_what_is_gone() {
  const std::uint64_t origin_seq = found_.origin_seq;
  const std::uint64_t gone = std::max(a_.gone_until(origin_seq), b_.gone_until(origin_seq));
  found_.compared_from = gone + 1;
  found_.shared_seq = gone;
  if (gone == origin_seq) return {};
  const std::string range =
      "records " + std::to_string(origin_seq + 1) + " to " + std::to_string(gone);
  found_.parted_unseen = true;
  found_.shared_seq = origin_seq;
  if (gone > a_.last_seq() || gone > b_.last_seq()) {
    found_.notes.push_back(range + " are gone on one side, and the other ends before: nothing can "
                                   "be compared");
    return {};
  }
  const auto hash_a = a_.hash_at(gone);
  if (!hash_a) return hash_a.why();
  const auto hash_b = b_.hash_at(gone);
  if (!hash_b) return hash_b.why();
  if (*hash_a != *hash_b) {
    found_.notes.push_back(range + " are gone on one side or both, and the states after them "
                                   "differ: they parted there");
    return {};
  }
  found_.parted_unseen = false;
  found_.shared_seq = gone;
  found_.notes.push_back(range + " are gone on one side or both: compared from " +
                         std::to_string(gone + 1) + " on, where the states are equal");
  return {};
}

std::optional<failure> comparison::run() {
  const std::uint64_t first = found_.compared_from;
  const std::uint64_t end = std::min(a_.last_seq(), b_.last_seq());
  const std::uint64_t total = end + 1 - std::min(first, end + 1);
  if (!ask(0, total)) return cancelled();
  if (auto why = a_.seek(first)) return why;
  if (auto why = b_.seek(first)) return why;
  for (std::uint64_t done = 0; !a_.at_end() && !b_.at_end() && same();) {
    found_.shared_seq = a_.record().seq;
    if (++done % progress_records == 0 && !ask(done, total)) return cancelled();
    if (auto why = a_.next()) return why;
    if (auto why = b_.next()) return why;
  }
  if (!a_.at_end()) found_.a = a_.side();
  if (!b_.at_end()) found_.b = b_.side();
  note_end();
  return {};
}

void comparison::note_end() {
  const bool has_both = found_.a && found_.b;
  if (has_both && !found_.a->catalogue->same_description(*found_.b->catalogue))
    found_.notes.push_back("from seq " + std::to_string(found_.shared_seq + 1) +
                           " on they are decided under different catalogues");
  if (!found_.a && !found_.b)
    found_.notes.push_back("both end at seq " + std::to_string(found_.shared_seq) +
                           " and never part");
}

result<parting> comparison::from(core::world_number origin, std::uint64_t origin_seq) {
  found_.origin = origin;
  found_.origin_seq = origin_seq;
  if (auto why = look_behind_what_is_gone()) return *std::move(why);
  if (!found_.parted_unseen)
    if (auto why = run()) return *std::move(why);
  return std::move(found_);
}

/// Whether all records since its founding are there or were there.
bool begins_at_its_founding(const std::vector<ancestor>& line) {
  const ancestor& oldest = line.back();
  return oldest.is_there && oldest.parent == 0 && oldest.base_seq == 0;
}

struct common_origin {
  core::world_number world = 0;
  std::uint64_t seq = 0;
};

std::optional<common_origin> origin_of(const std::vector<ancestor>& a,
                                       const std::vector<ancestor>& b) {
  for (const ancestor& of_a : a) {
    const auto of_b =
        std::find_if(b.begin(), b.end(), [&](const ancestor& x) { return x.world == of_a.world; });
    if (of_b != b.end()) return common_origin{of_a.world, std::min(of_a.left_at, of_b->left_at)};
  }
  if (begins_at_its_founding(a) && begins_at_its_founding(b)) return common_origin{};
  return std::nullopt;
}

}  // namespace

result<parting> where_they_part(const store& in, core::world_number a, core::world_number b,
                                const progress& tell) {
  auto line_a = lineage(in, a);
  if (!line_a) return std::move(line_a.why());
  auto line_b = lineage(in, b);
  if (!line_b) return std::move(line_b.why());
  const auto origin = origin_of(*line_a, *line_b);
  if (!origin)
    return failure{failure_kind::not_found,
                   title_of(in, a) + " and " + title_of(in, b) +
                       " have no common origin: neither is a fork of the other or of a third, and "
                       "not both begin at their founding"};
  record_line from_a(in, std::move(*line_a)), from_b(in, std::move(*line_b));
  return comparison(from_a, from_b, tell).from(origin->world, origin->seq);
}

}  // namespace unscripted::storage
