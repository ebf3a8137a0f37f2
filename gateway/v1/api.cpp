#include "gateway/v1/api.hpp"

#include "gateway/access/audit.hpp"
#include "gateway/methods.hpp"

#include <utility>

namespace unscripted::gateway::v1 {

namespace {

constexpr std::size_t heirs_max = 1024;  // then all are forgotten; worlds remember as well

}  // namespace

std::shared_ptr<connection> open(hub& shared, reply_function answer, drop_function drop) {
  auto made = std::make_shared<api>(shared, std::move(answer), std::move(drop));
  made->open();
  return made;
}

api::api(hub& shared, reply_function answer, drop_function drop)
  : hub_(shared), answer_(std::move(answer)), drop_(std::move(drop)),
    id_(++shared.last_connection) {}

void api::open() { port_ = hub_.engine->open_port(shared_from_this()); }

// Whoever runs the strand holds on to us until it is empty.
void api::take(request r) {
  const auto self = shared_from_this();
  strand_.post([this, r = std::move(r)] { begin(r); });
}

void api::close() {
  const auto self = shared_from_this();
  strand_.post([this] {
    if (task_) hub_.counters.answered_total.fetch_add(1, std::memory_order_relaxed);
    port_.reset();
    task_.reset();
  });
}

// -- actors::client ------------------------------------------------------------------------------

void api::encode(std::string&, const actors::ticket& t, const actors::answer& a,
                 const actors::view* seen) {
  fill(*static_cast<task*>(t.group.get()), t.part, a, seen, hub_.tempo);
}

void api::send(actors::outbox&& mail) {
  const auto self = shared_from_this();
  for (const actors::outbox::part& p : mail.parts) {
    auto whose = std::static_pointer_cast<task>(p.ticket.group);
    strand_.post([this, whose = std::move(whose)] { arrive(whose); });
  }
}

void api::abort(std::string_view) { drop_(); }

// -- who asks ------------------------------------------------------------------------------------

// Answers with why not. The same table of roles as behind the other doors.
bool api::may(std::string_view method) {
  if (!hub_.gate) return true;
  const asker a{who_.get(), hub_.gate->tokens().now_ms()};
  const auto why = refuse(a, methods::least_role(method), method);
  if (who_ && methods::is_audited(method))
    write_audit({who_->number, address_, std::string{method}, task_->about.asked.path.back()},
                why ? &*why : nullptr);
  if (why) fail(to_failure(*why));
  return !why;
}

core::result<actors::rights> api::rights_in(core::world_number world) const {
  if (!who_) return actors::rights{};
  return gateway::rights_in(*who_, *hub_.engine, world);
}

// -- asking --------------------------------------------------------------------------------------

std::vector<core::world_number> api::worlds_asked() const {
  if (task_->which.is_empty) return {};
  if (const auto one = task_->which.world()) return {*one};
  std::vector<core::world_number> running;
  for (const auto& w : hub_.engine->worlds())
    if (w.trouble.empty() && rights_in(w.number)) running.push_back(w.number);
  return running;
}

// Before the first of them is asked: an answer may come at once.
void api::begin_stage(std::size_t parts, continuation then) {
  task_->parts = std::vector<part>(parts);
  task_->missing = parts;
  then_ = then;
}

actors::ticket api::ticket_for(std::size_t part) const {
  return {{}, 0, task_, static_cast<std::uint32_t>(part)};
}

void api::submit(core::world_number world, std::size_t part, actors::world_request what) {
  const auto may = rights_in(world);
  if (may) return port_->submit(world, ticket_for(part), std::move(what), *may);
  task_->parts[part].why = to_failure(may.why());
  strand_.post([this, whose = task_] { arrive(whose); });
}

// After the last one was asked.
void api::end_stage() {
  port_->flush();
  if (task_->missing == 0) (this->*then_)();
}

void api::ask_worlds(task::aim wanted, continuation then) {
  const auto worlds = worlds_asked();
  task_->wanted = wanted;
  begin_stage(worlds.size(), then);
  for (std::size_t i = 0; i < worlds.size(); ++i)
    submit(worlds[i], i, actors::show_world_request{});
  end_stage();
}

void api::arrive(const std::shared_ptr<task>& whose) {
  if (!port_ || whose != task_ || task_->missing == 0) return;
  if (--task_->missing == 0) (this->*then_)();
}

// -- answering -----------------------------------------------------------------------------------

// All parts are there.
void api::finish() {
  listing all;
  for (const part& p : task_->parts) {
    if (p.why && matters(*p.why)) return fail(*p.why);
    if (p.why) continue;
    all.total += p.shown.total;
    all.count += p.shown.count;
    if (!all.items.empty() && !p.shown.items.empty()) all.items.push_back(',');
    all.items += p.shown.items;
  }
  remember_heir();
  answer(all);
}

void api::answer(const listing& l, std::string_view more) {
  const auto done = std::exchange(task_, nullptr);
  hub_.counters.answered_total.fetch_add(1, std::memory_order_relaxed);
  answer_({200, write_listing(done->about, ids_.next(), done->is_head ? listing{} : l, more)});
}

void api::fail(const failure& why) {
  const auto done = std::exchange(task_, nullptr);
  hub_.counters.answered_total.fetch_add(1, std::memory_order_relaxed);
  answer_({why.code, write_failure(done->about, ids_.next(), why)});
}

// Of a list: a world that went meanwhile, or a filter that names nothing, is not missed.
bool api::matters(const failure& why) const {
  if (task_->is_change) return true;
  return task_->which.world() && (why.code != 404 || task_->which.must_exist);
}

void api::remember_heir() {
  if (!task_->agent || task_->parts.empty() || !task_->parts[0].agent) return;
  if (*task_->agent == *task_->parts[0].agent) return;
  if (heirs_.size() >= heirs_max) heirs_.clear();
  heirs_[*task_->agent] = *task_->parts[0].agent;
}

core::thing_id api::living(const core::thing_id& bot) const {
  const auto heir = heirs_.find(bot);
  return heir == heirs_.end() ? bot : heir->second;
}

}  // namespace unscripted::gateway::v1
