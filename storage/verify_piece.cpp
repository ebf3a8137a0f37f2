#include "storage/verify_piece.hpp"

#include "core/decide.hpp"
#include "core/show.hpp"

#include <algorithm>

namespace unscripted::storage {

namespace {

constexpr std::size_t shown_before = 5;

const core::plugin* find_plugin(const core::catalogue& c, const std::string& id) {
  const auto found = std::ranges::find(c.plugins(), id, &core::plugin::id);
  return found == c.plugins().end() ? nullptr : &*found;
}

std::optional<core::plugin> plugin_of(const core::record& r, const core::catalogue& c) {
  const auto* act = std::get_if<core::act_command>(&r.command);
  if (!act || act->action >= c.actions().size()) return std::nullopt;
  const std::uint16_t index = c.actions()[act->action].plugin;
  if (index >= c.plugins().size()) return std::nullopt;
  return c.plugins()[index];
}

}  // namespace

verify_piece::verify_piece(const verify_options& options, playback at)
  : options_(options), with_(options.catalogue), at_(std::move(at)) {}

result<std::optional<divergence>> verify_piece::step() {
  if (!decided_.seq)  // the first time
    if (auto why = choose_world()) return *std::move(why);
  const core::record& r = at_.next();
  remember(r);
  std::optional<divergence> diverged;
  if (auto difference = decide_again(r)) diverged = describe(r, *std::move(difference));
  decided_.seq = r.seq;
  if (auto why = advance()) return *std::move(why);
  return diverged;
}

/// The world in which records are decided: that of the history, or a mirror of it.
std::optional<failure> verify_piece::choose_world() {
  mirror_.reset();
  if (at_.world().seq() == 0) return {};
  choose_plugins();
  note_changes();
  if (at_.world().catalogue().same_description(*with_)) {
    at_.bind(with_);
    return {};
  }
  mirror_ = core::mirror::of(at_.world(), with_);
  if (mirror_) return {};
  return failure{failure_kind::misuse,
                 "the history cannot be decided with these plugins: at seq " +
                     std::to_string(at_.world().seq()) +
                     " the world has things of a kind that none of them brings: add the plugins "
                     "that the history names (plugin list, history stats)"};
}

void verify_piece::choose_plugins() {
  with_ = options_.for_past ? options_.for_past(at_.world().catalogue()) : nullptr;
  if (!with_) with_ = options_.catalogue;
}

std::optional<core::mismatch> verify_piece::decide_again(const core::record& r) {
  const core::world& before = at_.world();
  if (mirror_ && !core::chooses_catalogue(r.command)) return mirror_->decide_again(r, before);
  if (const auto why = core::decide(before, r.command, decided_))
    return core::undecidable(r, why->message);
  return core::first_mismatch(r, decided_, before);
}

/// The history and its mirror move on by what the history says.
std::optional<failure> verify_piece::advance() {
  const core::record& r = at_.next();
  const bool is_left_behind =
      core::chooses_catalogue(r.command) || (mirror_ && !mirror_->follow(r, at_.world()));
  if (auto why = at_.advance()) return why;
  if (is_left_behind) return choose_world();
  return {};
}

void verify_piece::note_changes() {
  for (const core::plugin& past : at_.world().catalogue().plugins()) {
    const core::plugin* now = find_plugin(*with_, past.id);
    if (now && *now == past) continue;
    const plugin_change change{past, now ? std::optional(*now) : std::nullopt};
    if (std::ranges::find(changes_, change) == changes_.end()) changes_.push_back(change);
  }
}

void verify_piece::remember(const core::record& r) {
  if (recent_.size() > shown_before) {
    recent_.push_back(std::move(recent_.front()));  // with its memory
    recent_.pop_front();
    recent_.back() = {r, at_.catalogue()};
  } else {
    recent_.push_back({r, at_.catalogue()});
  }
}

divergence verify_piece::describe(const core::record& r, core::mismatch difference) const {
  divergence d;
  d.seq = r.seq;
  d.tick = r.tick;
  d.difference = std::move(difference);
  d.action = core::show_deed(r.command, *at_.catalogue());
  d.past = plugin_of(r, *at_.catalogue());
  if (d.past)
    if (const core::plugin* now = find_plugin(*with_, d.past->id)) d.now = *now;
  d.records.assign(recent_.begin(), recent_.end());
  return d;
}

}  // namespace unscripted::storage
