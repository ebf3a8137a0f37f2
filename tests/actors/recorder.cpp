#include "tests/actors/recorder.hpp"

#include <stdexcept>
#include <utility>

namespace unscripted::actors::test {

namespace {

std::string n(std::uint64_t x) { return std::to_string(x); }

std::string list(const std::vector<core::serial>& things) {
  std::string text;
  for (const core::serial id : things) text += (text.empty() ? "" : ",") + n(id);
  return "[" + text + "]";
}

// "dead strike heir 4": the reason, and of the data what tests look at.
std::string words(const core::problem& p) {
  std::string text = std::string{"!"} + core::reason(p.code);
  for (const auto& [key, datum] : p.data) {
    const auto* value = std::get_if<std::string>(&datum);
    if (key == "cause" && value) text += " " + *value;
    if (key == "heir" && value) text += " heir " + n(core::parse_id(*value)->thing);
  }
  return text;
}

std::string words(const died_event& e) {
  const std::string heir = e.heir == core::no_thing ? "" : " heir " + n(e.heir);
  return "died " + n(e.bot) + " " + e.cause + heir;
}

std::string delta_words(const delta_event& e) {
  std::string text = "delta add " + list(e.added) + " del " + list(e.removed) + " upd";
  for (const change& c : e.changed)
    text += " " + n(c.thing) + (c.moved ? "m" : "") + (c.parent ? "c" : "") +
            (c.slots.empty() ? "" : "p");
  for (const died_event& d : e.died) text += " " + words(d);
  return text;
}

struct describer {
  const view* seen;

  std::string operator()(const core::problem& p) const { return words(p); }
  std::string operator()(const acted& a) const {
    return std::string{core::to_string(a.record.outcome)} + " seq " + n(a.record.seq) + " tick " +
           n(a.record.tick);
  }
  std::string operator()(const perceived& p) const { return "sees as " + n(p.bot); }
  std::string operator()(const world_shown&) const {
    return "world seq " + n(seen->world.seq()) + " tick " + n(seen->world.tick()) + " hash " +
           n(seen->world.hash());
  }
  std::string operator()(const thing_shown& s) const {
    return "thing " + n(s.thing) + (seen->reveals ? " revealed" : "");
  }
  std::string operator()(const things_listed& l) const {
    return "things " + list(l.things) + (l.next ? " next " + n(*l.next) : "");
  }
  std::string operator()(const deleted& d) const { return "deleted " + n(d.count); }
  std::string operator()(const nothing&) const { return "ok"; }
  std::string operator()(const subscribed& s) const {
    const std::string resync = !s.resync ? "" : *s.resync ? " resync" : " resumes";
    return "sub " + n(s.sub & ((1u << sub_bits) - 1)) + " seq " + n(s.seq) + resync;
  }
};

}  // namespace

std::string in_words(const answer& a, const view* seen) { return std::visit(describer{seen}, a); }

void recorder::encode(std::string& out, const ticket& t, const answer& a, const view* seen) {
  {
    const std::lock_guard lock{mutex_};
    if (is_broken_) throw std::runtime_error("the client broke down");
  }
  out += t.id + ": " + in_words(a, seen) + "\n";
}

void recorder::encode(std::string& out, const event& e, const view&) {
  if (const auto* died = std::get_if<died_event>(&e)) out += "* " + words(*died) + "\n";
  if (const auto* lost = std::get_if<detached_event>(&e))
    out += "* detached " + n(lost->bot) + "\n";
  if (const auto* all = std::get_if<snapshot_event>(&e))
    out += "* snapshot " + list(all->things) + "\n";
  if (const auto* delta = std::get_if<delta_event>(&e)) out += "* " + delta_words(*delta) + "\n";
  if (std::holds_alternative<lagged_event>(e)) out += "* lagged\n";
  if (std::holds_alternative<plugins_event>(e)) out += "* plugins\n";
}

void recorder::send(outbox&& mail) {
  const std::lock_guard lock{mutex_};
  std::size_t from = 0;
  for (std::size_t end; (end = mail.bytes.find('\n', from)) != std::string::npos; from = end + 1)
    lines_.push_back(mail.bytes.substr(from, end - from));
  for (const outbox::part& p : mail.parts)
    lines_.push_back("part " + n(p.ticket.part) + " of " + p.bytes.substr(0, p.bytes.find('\n')));
  answered_ += mail.answered + mail.parts.size();
  ++sends_;
  came_.notify_all();
}

std::size_t recorder::backlog() const {
  const std::lock_guard lock{mutex_};
  return backlog_;
}

void recorder::abort(std::string_view why) {
  const std::lock_guard lock{mutex_};
  aborted_ = why;
  came_.notify_all();
}

std::vector<std::string> recorder::take_if(bool events, bool answers) {
  const std::lock_guard lock{mutex_};
  std::vector<std::string> taken, left;
  for (std::string& line : lines_)
    (line.front() == '*' ? (events ? taken : left) : (answers ? taken : left))
        .push_back(std::move(line));
  lines_ = std::move(left);
  return taken;
}

std::vector<std::string> recorder::take() { return take_if(true, true); }
std::vector<std::string> recorder::take_answers() { return take_if(false, true); }
std::vector<std::string> recorder::take_events() { return take_if(true, false); }

std::string recorder::wait_for(const std::string& id) {
  const std::string start = id + ": ";
  std::unique_lock lock{mutex_};
  std::string found;
  const auto is_here = [&] {
    for (auto line = lines_.begin(); line != lines_.end(); ++line)
      if (line->starts_with(start)) {
        found = line->substr(start.size());
        lines_.erase(line);
        return true;
      }
    return !aborted_.empty();
  };
  if (!came_.wait_for(lock, std::chrono::seconds{100}, is_here)) return "no answer to " + id;
  return found.empty() ? "aborted: " + aborted_ : found;
}

bool recorder::wait_until_answered(std::size_t count) {
  std::unique_lock lock{mutex_};
  return came_.wait_for(lock, std::chrono::seconds{60}, [&] { return answered_ >= count; });
}

std::size_t recorder::answered() const {
  const std::lock_guard lock{mutex_};
  return answered_;
}

std::size_t recorder::sends() const {
  const std::lock_guard lock{mutex_};
  return sends_;
}

std::string recorder::aborted() const {
  const std::lock_guard lock{mutex_};
  return aborted_;
}

void recorder::pretend_backlog(std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  backlog_ = bytes;
}

void recorder::break_down(bool is_broken) {
  const std::lock_guard lock{mutex_};
  is_broken_ = is_broken;
}

}  // namespace unscripted::actors::test
