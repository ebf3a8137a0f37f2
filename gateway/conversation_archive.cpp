// The part of a conversation that asks the archive.
#include "gateway/conversation.hpp"
#include "gateway/rerun.hpp"

#include <chrono>

namespace unscripted::gateway {

namespace {

constexpr std::chrono::milliseconds between_reports{200};

core::problem no_history() {
  return {core::errc::conflict,
          "this server keeps no history: it was started with durability memory",
          {}};
}

core::problem overloaded() {
  return {core::errc::overloaded, "too much is asked of histories at once: try again later", {}};
}

}  // namespace

void conversation::ask_archive(std::optional<core::world_number> world, const actors::ticket& t,
                               question q) {
  if (q.needs_history && !hub_.archive->store()) return answer_now(t, no_history());
  if (world && hub_.gate)
    if (const auto may = rights_in(*world); !may) return answer_now(t, may.why());
  begin_barrier();
  if (!world) return hand_over(t, q);
  // What waits in the world is done and in the history before the archive looks.
  auto settled = begin_group({}, {}, {}, 1);
  settled->is_silent = true;
  settled->then = [self = shared_from_this(), t, q = std::move(q)] { self->hand_over(t, q); };
  submit(*world, {{}, 0, settled, 0}, actors::flush_request{false});
}

void conversation::hand_over(const actors::ticket& t, const question& q) {
  const bool taken = hub_.archive->post(q.effort, [self = shared_from_this(), t, q] {
    self->answer_later(t, q.work(self->reporter(t, q.wants_progress)));
  });
  if (!taken) answer_later(t, overloaded());
}

void conversation::answer_later(const actors::ticket& t, const archive_answer& a) {
  if (a && a->empty()) return;
  note_outcome(t, a ? nullptr : &a.why());
  actors::outbox mail;
  mail.answered = 1;
  mail.stands_alone = true;
  mail.stamp = t.stamp;
  if (!t.id.empty()) {
    if (a) write_result(mail.bytes, t, *a);
    else hub_.encode->answer(mail.bytes, t, a.why(), nullptr);
  }
  send(std::move(mail));
}

storage::progress conversation::reporter(const actors::ticket& t, bool wants_progress) {
  using clock = std::chrono::steady_clock;
  struct state {
    std::mutex mutex;
    clock::time_point next = clock::now() + between_reports;
  };
  return [self = shared_from_this(), id = t.id, wants_progress,
          mine = std::make_shared<state>()](std::uint64_t done, std::uint64_t total) {
    if (self->closed_ || self->hub_.archive->is_stopping()) return false;
    if (!wants_progress || id.empty() || !self->wire_.takes_events()) return true;
    const std::lock_guard lock{mine->mutex};
    if (clock::now() < mine->next) return true;
    mine->next = clock::now() + between_reports;
    actors::outbox mail;
    json_writer json{mail.bytes};
    json.begin_object().member("method", "progress").key("params").begin_object();
    json.raw_member("id", id).member("done", done).member("total", total);
    json.end_object().end_object();
    mail.bytes.push_back('\n');
    self->send(std::move(mail));
    return true;
  };
}

// -- reruns --------------------------------------------------------------------------------------

void conversation::show_rerun(const actors::ticket& t, std::shared_ptr<rerun> show) {
  std::string result;
  json_writer json{result};
  const auto& now = show->world();
  json.begin_object().member("sub", show->sub()).member("seq", now.seq());
  json.member("tick", now.tick()).key("last").begin_object();
  json.member("seq", show->last_seq()).member("tick", show->last_tick());
  json.end_object().end_object();
  {
    const std::lock_guard lock{reruns_mutex_};
    if (closed_) return;
    std::erase_if(reruns_, [](const auto& entry) { return entry.second->has_ended(); });
    if (reruns_.size() >= hub_.limits.reruns)
      return answer_later(t, core::problem{core::errc::over_capacity,
                                           "this connection watches " +
                                               std::to_string(hub_.limits.reruns) +
                                               " stored histories already",
                                           {}});
    reruns_.emplace(show->sub(), show);
  }
  answer_later(t, result);
  show->begin();
}

bool conversation::end_rerun(std::uint64_t sub) {
  const std::lock_guard lock{reruns_mutex_};
  const auto found = reruns_.find(sub);
  if (found == reruns_.end()) return false;
  found->second->end();
  reruns_.erase(found);
  return true;
}

void conversation::end_reruns() {
  const std::lock_guard lock{reruns_mutex_};
  closed_ = true;
  for (const auto& [sub, show] : reruns_) show->end();
  reruns_.clear();
}

}  // namespace unscripted::gateway
