// The exports of lives: each death, and the numbers of the living.
#include "gateway/export_source.hpp"
#include "gateway/history_values.hpp"

#include <array>
#include <bit>

namespace unscripted::gateway {

namespace {

using core::effect;
using core::effect_type;

/// A page ends after so many records without anything to show.
constexpr std::uint64_t looked_at_max = 100'000;

/// The kind of what effect `end` of a record is about, if the record itself creates it.
const effect* birth_of(const core::record& r, std::size_t end, core::serial thing) {
  for (std::size_t i = 0; i < end; ++i)
    if (r.effects[i].type == effect_type::created && r.effects[i].thing == thing)
      return &r.effects[i];
  return nullptr;
}

/// Whether effect `i` is the death of a bot: that a bot is taken out by a command is none.
bool is_death(const core::world& before, const core::record& r, std::size_t i) {
  const effect& e = r.effects[i];
  if (e.type != effect_type::removed || e.text().empty() || before.seq() == 0) return false;
  const auto bot = before.catalogue().bot_kind();
  if (const core::thing* t = before.find(e.thing)) return t->kind == bot;
  const effect* birth = birth_of(r, i, e.thing);
  return birth && birth->created().kind == bot;
}

// -- deaths --------------------------------------------------------------------------------------

/// The dead of one effect, as it was right before that.
class last_moment {
public:
  last_moment(const core::world& before, const core::record& r, std::size_t death)
    : before_(before), record_(r), death_(death), dead_(r.effects[death].thing),
      kind_(before.catalogue().kinds()[*before.catalogue().bot_kind()]) {}

  std::string name() const {
    if (const core::thing* t = before_.find(dead_)) return t->name;
    const effect* birth = birth_of(record_, death_, dead_);
    return birth ? birth->created().name : std::string{};
  }

  std::optional<core::value> property(std::string_view name) const {
    const auto slot = kind_.slot_of(name);
    if (!slot) return std::nullopt;
    const core::thing* t = before_.find(dead_);
    core::value v = t ? core::read_cell(*t, kind_, *slot) : kind_.properties[*slot].fallback;
    for (std::size_t i = 0; i < death_; ++i) {
      const effect& e = record_.effects[i];
      if (e.thing == dead_ && e.slot == *slot) change(v, e);
    }
    return v;
  }

private:
  static void change(core::value& v, const effect& e) {
    if (e.type == effect_type::set && e.more) v.text = e.text();
    else if (e.type == effect_type::set) v.bits = e.bits;
    else if (e.type == effect_type::added && v.type == core::value_type::integer) v.bits += e.bits;
    else if (e.type == effect_type::added)
      v = core::value::number(v.as_number() + std::bit_cast<double>(e.bits));
  }

  const core::world& before_;
  const core::record& record_;
  std::size_t death_;
  core::serial dead_;
  const core::kind& kind_;
};

class deaths_source final : public export_source {
public:
  deaths_source(storage::playback from, core::world_number world, std::uint64_t to)
    : at_(std::move(from)), number_(world), to_(to) {}

  std::optional<storage::failure> write(export_page& page) override {
    for (std::uint64_t i = 0; i < looked_at_max && !at_end() && !page.is_full(); ++i) {
      const core::record& r = at_.next();
      for (std::size_t e = 0; e < r.effects.size(); ++e)
        if (is_death(at_.world(), r, e)) death(page, r, e);
      if (auto why = at_.advance()) return why;
    }
    return {};
  }
  bool at_end() const override { return at_.world().seq() >= to_ || at_.at_end(); }
  std::uint64_t next() const override { return at_.world().seq() + 1; }

private:
  void death(export_page& page, const core::record& r, std::size_t index) const {
    const effect& e = r.effects[index];
    const last_moment was(at_.world(), r, index);
    page.add([&](json_writer& json) {
      json.member("seq", r.seq).member("tick", r.tick);
      write_id(json.key("bot"), number_, e.thing);
      write_text(json.key("name"), was.name());
      write_text(json.key("cause"), e.text());
      for (const char* name : {"age", "generation", "female"}) {
        const auto v = was.property(name);
        json.key(name);
        if (v) write_value(json, *v, number_);
        else json.null();
      }
      json.key("heir");
      if (e.bits == core::no_thing) json.null();
      else write_id(json, number_, e.bits);
    });
  }

  storage::playback at_;
  core::world_number number_;
  std::uint64_t to_;
};

// -- population ----------------------------------------------------------------------------------

constexpr std::array fixed_columns = {"tick", "seq", "births", "deaths", "actions"};

class population_source final : public export_source {
public:
  population_source(storage::playback from, std::uint64_t to, std::uint64_t every_ticks)
    : at_(std::move(from)), to_(to), every_(every_ticks) {}

  std::optional<storage::failure> write(export_page& page) override {
    while (!at_end() && !page.is_full()) {
      const std::uint64_t before = at_.world().tick() / every_;
      count(at_.next());
      if (auto why = at_.advance()) return why;
      if (at_.world().tick() / every_ != before || at_end()) line(page);
    }
    return {};
  }
  bool at_end() const override { return at_.world().seq() >= to_ || at_.at_end(); }
  std::uint64_t next() const override { return at_.world().seq() + 1; }

private:
  void count(const core::record& r) {
    const core::world& before = at_.world();
    const auto* act = std::get_if<core::act_command>(&r.command);
    if (act && !act->absent) ++actions_;
    if (before.seq() == 0) return;
    const auto bot = before.catalogue().bot_kind();
    for (std::size_t i = 0; i < r.effects.size(); ++i) {
      const effect& e = r.effects[i];
      if (e.type == effect_type::created && e.created().kind == bot) ++births_;
      if (is_death(before, r, i)) ++deaths_;
    }
  }

  void line(export_page& page) {
    const core::world& w = at_.world();
    const auto& kinds = w.catalogue().kinds();
    page.add([&](json_writer& json) {
      json.member("tick", w.tick()).member("seq", w.seq());
      for (std::size_t k = core::world_kind + 1; k < kinds.size(); ++k) {
        const std::string name = key_of_slot(kinds, k);
        json.member(column_name(fixed_columns, "kinds", name),
                    w.count(static_cast<core::kind_index>(k)));
      }
      json.member("births", births_).member("deaths", deaths_).member("actions", actions_);
    });
    births_ = deaths_ = actions_ = 0;
  }

  storage::playback at_;
  std::uint64_t to_, every_;
  std::uint64_t births_ = 0, deaths_ = 0, actions_ = 0;  // since the last line
};

}  // namespace

std::unique_ptr<export_source> deaths_of(storage::playback from, core::world_number world,
                                         std::uint64_t to) {
  return std::make_unique<deaths_source>(std::move(from), world, to);
}

std::unique_ptr<export_source> population_of(storage::playback from, std::uint64_t to,
                                             std::uint64_t every_ticks) {
  return std::make_unique<population_source>(std::move(from), to, every_ticks);
}

}  // namespace unscripted::gateway
