// Explanations in sentences.
#include "core/show.hpp"
#include "storage/explain.hpp"

#include <algorithm>
#include <cmath>

namespace unscripted::storage {

namespace {

std::string ticked(const std::string& word) { return "`" + word + "`"; }

std::string times(std::uint64_t count) {
  return count == 1 ? "once" : std::to_string(count) + " times";
}

std::string records(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " record" : " records");
}

std::string metres(core::micrometres length) {
  return core::show(std::round(core::to_metres(length) * 1e3) / 1e3) + " m";
}

std::string at(std::uint64_t tick, std::uint64_t seq) {
  return "at tick " + std::to_string(tick) + " (seq " + std::to_string(seq) + ")";
}

std::string at(const occasion& o) { return at(o.tick, o.seq); }

/// Turns one explanation into sentences, in order.
class teller {
public:
  explicit teller(const explanation& of) : of_(of) {}

  std::vector<std::string> all();

private:
  std::string who() const;
  std::string is() const { return of_.end ? " was " : " is "; }
  std::string by(const occasion& o) const;
  std::string fate() const;
  std::string birth() const;
  std::string deed(const action_story& s) const;
  std::string suffered(const action_story& s) const;
  std::string reach(const reach_story& s) const;
  std::string written(const value_story& s) const;
  void tell_deeds();
  void tell_values();
  void tell_world();

  const explanation& of_;
  std::vector<std::string> lines_;
};

std::string teller::who() const {
  const std::string name = of_.name.empty() ? "" : " " + core::quoted(of_.name);
  if (of_.thing == core::world_serial) return "the world" + name;
  return (of_.kind.empty() ? "thing" : of_.kind) + " " + std::to_string(of_.thing) + name;
}

std::string teller::by(const occasion& o) const {
  if (o.agent == core::no_thing) return "by " + ticked(o.command);
  if (o.agent == of_.thing) return "by its own " + ticked(o.command);
  return "by " + ticked(o.command) + " of bot " + std::to_string(o.agent);
}

std::string teller::fate() const {
  if (!of_.end) return who() + " is there " + at(of_.tick, of_.seq);
  const ending& end = *of_.end;
  const bool died = of_.kind == "bot" && !end.cause.empty();
  std::string text = who() + (died ? " died of " + end.cause : " was removed");
  if (!died && !end.cause.empty()) text += " (" + core::quoted(end.cause) + ")";
  if (end.when.seq == 0)
    text += " before seq " + std::to_string(of_.from_seq) + ", where the history begins";
  else text += " " + at(end.when) + " " + by(end.when);
  if (end.heir != core::no_thing)
    return text + "; " + of_.kind + " " + std::to_string(end.heir) + " replaced it";
  return died ? text + "; nobody replaced it" : text;
}

std::string teller::birth() const {
  const origin& b = of_.birth;
  switch (b.how) {
    case origin::way::founded: return "it was founded " + at(b.when);
    case origin::way::created: return "it was created " + at(b.when) + " " + by(b.when);
    case origin::way::heir:
      return "it was born " + at(b.when) + " as the heir of " + of_.kind + " " +
             std::to_string(b.replaces);
    case origin::way::made: return "it was made " + at(b.when) + " " + by(b.when);
    case origin::way::before_the_history: break;
  }
  return "it was there before seq " + std::to_string(of_.from_seq) +
         ", where the history begins: what is counted is counted from there";
}

// -- deeds ---------------------------------------------------------------------------------------

std::string teller::deed(const action_story& s) const {
  const std::string in_vain =
      "last refused " + at(s.last_in_vain) + (s.last_reason.empty() ? "" : ": " + s.last_reason);
  std::string text;
  if (s.done == 0) {
    text = "it never did " + ticked(s.action) + ": it tried " + times(s.refused + s.fault) +
           " in vain, " + in_vain;
  } else {
    text = "it last did " + ticked(s.action) + " " + at(s.last_done) + ", " + times(s.done) +
           " in all";
    if (s.in_vain > 0) text += ", and tried " + times(s.in_vain) + " more in vain: " + in_vain;
  }
  if (s.absent == 0) return text;
  return text + "; " + times(s.absent) + " the world decided so because it did not act";
}

std::string teller::suffered(const action_story& s) const {
  std::string text = "others did " + ticked(s.action) + " on it " + times(s.done);
  if (s.done > 0) text += ", last bot " + std::to_string(s.last_done.agent) + " " + at(s.last_done);
  if (s.refused + s.fault == 0) return text;
  return text + ", and tried " + times(s.refused + s.fault) + " in vain";
}

std::string teller::reach(const reach_story& s) const {
  const std::string how = " within reach of " + ticked(s.action) + " (" + metres(s.reach) + ")";
  std::string text;
  if (s.at_the_end) text = "a " + s.target_kind + is() + "still" + how;
  else if (s.seq > 0)
    text = "no " + s.target_kind + " was" + how + " since tick " + std::to_string(s.tick) +
           " (seq " + std::to_string(s.seq) + ")";
  else text = "no " + s.target_kind + " was ever" + how;
  if (!s.distance) return text + "; there" + is() + "none at the end";
  return text + "; the nearest, " + s.target_kind + " " + std::to_string(s.nearest) + "," + is() +
         metres(*s.distance) + " away at the end";
}

void teller::tell_deeds() {
  std::vector<const action_story*> deeds;
  for (const action_story& s : of_.did) deeds.push_back(&s);
  // What it tried in vain tells most.
  std::stable_sort(deeds.begin(), deeds.end(), [](const action_story* a, const action_story* b) {
    return a->in_vain > b->in_vain;
  });
  for (const action_story* s : deeds) lines_.push_back(deed(*s));
  for (const reach_story& s : of_.reach) {
    const bool tried = std::any_of(of_.did.begin(), of_.did.end(), [&](const action_story& d) {
      return d.action == s.action && d.target_kind == s.target_kind;
    });
    if (!tried) lines_.push_back("it never tried " + ticked(s.action));
    lines_.push_back(reach(s));
  }
}

// -- values --------------------------------------------------------------------------------------

std::string teller::written(const value_story& s) const {
  return s.name + is() + s.value + ": written by " + records(s.writes) + ", last " + at(s.last) +
         " " + by(s.last);
}

void teller::tell_values() {
  std::string untouched;
  for (const value_story& s : of_.properties) {
    if (s.writes > 0) lines_.push_back(written(s));
    else untouched += (untouched.empty() ? "" : ", ") + s.name + is() + s.value;
  }
  if (!untouched.empty()) lines_.push_back("never written: " + untouched);
  if (!of_.place) return;
  if (of_.place->writes > 0) lines_.push_back(written(*of_.place));
  else lines_.push_back("place" + is() + of_.place->value + ": it never moved");
}

void teller::tell_world() {
  if (of_.settings && of_.settings->writes > 0)
    lines_.push_back("settings: changed by " + records(of_.settings->writes) + ", last " +
                     at(of_.settings->last) + ": " + of_.settings->value);
  if (of_.plugins && of_.plugins->writes > 0)
    lines_.push_back("plugins: " + of_.plugins->value + "; loaded by " +
                     records(of_.plugins->writes) + ", last " + at(of_.plugins->last));
}

std::vector<std::string> teller::all() {
  lines_ = {fate()};
  if (of_.end && of_.end->when.seq == 0) return lines_;  // nothing else is known
  tell_deeds();
  tell_world();
  tell_values();
  for (const action_story& s : of_.done_to_it) lines_.push_back(suffered(s));
  lines_.push_back(birth());
  return lines_;
}

}  // namespace

std::vector<std::string> tell(const explanation& of) { return teller(of).all(); }

}  // namespace unscripted::storage
