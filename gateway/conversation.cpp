#include "gateway/conversation.hpp"

#include "gateway/methods.hpp"
#include "gateway/plain_act.hpp"
#include "gateway/request_frame.hpp"

#include <algorithm>
#include <chrono>

namespace unscripted::gateway {

namespace {

namespace dom = simdjson::dom;
using core::errc;
using core::problem;

// Of an answer, before any was seen. A thousand of them are what a connection may leave unread.
constexpr std::size_t answer_bytes_first = 1024;

// One request in so many has its time taken: two readings of the clock.
constexpr std::uint64_t timed_every = 8;

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

// One for each thread that reads: a parser is nearly a megabyte, and used for one frame at a time.
dom::parser& parser_of_thread(const limits& most) {
  static thread_local dom::parser parser{most.line_bytes};
  static thread_local const auto ready = parser.allocate(most.line_bytes, most.json_depth);
  static_cast<void>(ready);  // fails for want of memory only; parse() says so then
  return parser;
}

problem too_deep(std::size_t most) {
  return problem{errc::parse_error,
                 "the JSON is nested deeper than " + std::to_string(most) +
                     " levels, which is the most that is read: send it flatter",
                 {}}
      .with("limit", static_cast<std::int64_t>(most));
}

}  // namespace

conversation::conversation(hub& shared, wire& out)
  : hub_(shared), wire_(out), id_(++shared.last_connection), usual_bytes_(answer_bytes_first) {
  ++shared.counters.sessions;
  ++shared.counters.sessions_total;
  shared.share_out();
}

conversation::~conversation() {
  --hub_.counters.sessions;
  hub_.share_out();
  hub_.counters.answered_total += in_flight();
}

void conversation::open() {
  port_ = hub_.engine->open_port(shared_from_this());
  if (!hub_.gate || !wire_.takes_events()) return;
  if (!who_) stranger_.emplace(*hub_.gate, wire_.address());
  hub_.gate->watch(weak_from_this());
}

void conversation::close() {
  end_reruns();
  stranger_.reset();
  const std::lock_guard lock{wire_mutex_};
  closed_ = true;
  port_.reset();
}

// What is in flight will be answered, whether it is read or not: so answers count before they are
// there, as large as those before them; and where what is asked for is large, as large as it may
// be.
bool conversation::has_room() const {
  if (barrier_) return false;
  const std::size_t unread = wire_.backlog(), waiting = in_flight();
  if (unread >= hub_.limits.unread_pause()) return false;
  if (waiting == 0) return true;
  return waiting < hub_.in_flight_share.load(std::memory_order_relaxed) &&
         unread + waiting * usual_bytes_.load(std::memory_order_relaxed) +
                 large_bytes_.load(std::memory_order_relaxed) <
             hub_.limits.unread_bytes;
}

// Whoever answers looks at is_held_ after it made room; so one of the two sees what the other did.
bool conversation::may_take() {
  if (has_room()) return true;
  is_held_ = true;
  return has_room();
}

// Before what was answered is taken from what is in flight. A larger answer counts at once, smaller
// ones little by little. Which of the large ones are among them is not known: their share.
void conversation::note_size(const actors::outbox& mail, std::size_t answered) {
  if (answered == 0 || mail.stands_alone) return;
  const std::size_t each = mail.bytes.size() / answered, waiting = in_flight();
  const std::size_t usual = usual_bytes_.load(std::memory_order_relaxed);
  usual_bytes_.store(std::max(each, usual - usual / 8), std::memory_order_relaxed);
  const std::size_t large = large_bytes_.load(std::memory_order_relaxed);
  if (large > 0) large_bytes_ -= answered < waiting ? large / waiting * answered : large;
}

std::optional<problem> conversation::too_often(std::size_t acts) const {
  if (hub_.limits.acts_per_address <= 0) return std::nullopt;
  network* const from = wire_.from();
  return from ? from->refuse_acts(hub_.limits, acts) : std::nullopt;
}

std::size_t conversation::backlog() const {
  const std::lock_guard lock{wire_mutex_};
  return closed_ ? 0 : wire_.backlog();
}

// -- in ------------------------------------------------------------------------------------------

bool conversation::take(const char* frame, std::size_t size) {
  hub_.counters.frames_total.add(1);
  if (auto plain = read_plain_act(frame, size)) return take_act(*plain);
  dom::element parsed;
  const auto error = parser_of_thread(hub_.limits).parse(frame, size, false).get(parsed);
  dom::object request;
  if (error == simdjson::SUCCESS && parsed.get_object().get(request) == simdjson::SUCCESS)
    return dispatch(request);
  actors::ticket nobody;
  nobody.id = "null";
  if (error == simdjson::DEPTH_ERROR) answer_now(nobody, too_deep(hub_.limits.json_depth));
  else if (error != simdjson::SUCCESS)
    answer_now(
        nobody,
        problem{errc::parse_error, std::string{"not JSON: "} + simdjson::error_message(error), {}});
  else
    answer_now(nobody, problem{errc::invalid_request,
                               "a request is one JSON object; `act` takes a list of acts",
                               {}});
  return true;
}

bool conversation::dispatch(dom::object request) {
  request_frame parts = read_frame(request);
  if (parts.why) {
    // An id that could not be read is answered as null; a notification is never answered.
    const bool has_bad_id = parts.why->message.starts_with("`id`");
    if (has_bad_id || (parts.ticket.id.empty() && parts.method.empty())) parts.ticket.id = "null";
    answer_now(parts.ticket, *parts.why);
    return !parts.ticket.id.empty();
  }
  const bool wants_answer = !parts.ticket.id.empty();
  if (begins(parts.ticket)) methods{*this, parts.ticket, parts.params}.call(parts.method);
  return wants_answer;
}

// As dispatch() and the method would.
bool conversation::take_act(plain_act& read) {
  static const role least = methods::least_role("act");
  const bool wants_answer = !read.ticket.id.empty();
  if (!begins(read.ticket)) return wants_answer;
  if (const auto why = refuse(least, "act")) answer_now(read.ticket, *why);
  else if (may_act(read.ticket, read.what.act))
    submit(read.what.world, std::move(read.ticket), std::move(read.what.act));
  return wants_answer;
}

bool conversation::begins(actors::ticket& t) {
  if (taken_++ % timed_every == 0) t.stamp = now_ns();
  if (!hub_.stopping) return true;
  answer_now(t, problem{errc::shutting_down, "the server is stopping", {}});
  return false;
}

bool conversation::may_act(const actors::ticket& t, const actors::act_request& act) {
  if (act.see) expect(perception_bytes);
  const auto why = too_often(1);
  if (why) answer_now(t, *why);
  return !why;
}

void conversation::flush() {
  if (port_) port_->flush();
  if (immediate_.empty()) return;
  const std::lock_guard lock{wire_mutex_};
  if (closed_) return;
  wire_.write(std::exchange(immediate_, {}));
  note_time(std::exchange(immediate_stamp_, 0));
}

void conversation::note_time(std::uint64_t stamp) const {
  if (stamp != 0) hub_.counters.request_time.note(std::chrono::nanoseconds{now_ns() - stamp});
}

void conversation::refuse_too_large() {
  refuse(problem{
      errc::too_large,
      "a line may have at most " + std::to_string(line_bytes()) +
          " bytes; the connection is closed",
      {}}.with("limit_bytes", static_cast<std::int64_t>(line_bytes())));
}

void conversation::refuse(const problem& why) {
  actors::ticket nobody;
  nobody.id = "null";
  answer_now(nobody, why);
  flush();
}

void conversation::answer_now(const actors::ticket& t, const actors::answer& a) {
  note_outcome(t, std::get_if<core::problem>(&a));
  if (t.id.empty()) return;
  hub_.encode->answer(immediate_, t, a, nullptr);
  immediate_stamp_ = t.stamp;
}

void conversation::result_now(const actors::ticket& t, std::string_view result) {
  note_outcome(t, nullptr);
  if (t.id.empty()) return;
  write_result(immediate_, t, result);
  immediate_stamp_ = t.stamp;
}

void conversation::submit(core::world_number world, actors::ticket&& t,
                          actors::world_request&& what) {
  actors::rights may;
  if (hub_.gate) {
    const auto found = rights_in(world);
    if (!found) return t.group ? part_now(t, found.why()) : answer_now(t, found.why());
    may = *found;
  }
  count_submitted();
  port_->submit(world, std::move(t), std::move(what), may);
}

// Before the request leaves: whoever answers it knows that it was asked.
void conversation::count_submitted() {
  submitted_.store(submitted_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  hub_.counters.submitted_frames_total.add(1);
}

void conversation::begin_barrier() {
  if (port_) port_->flush();
  const std::lock_guard lock{wire_mutex_};
  count_submitted();
  barrier_ = true;
}

std::shared_ptr<conversation::group> conversation::begin_group(const actors::ticket& t,
                                                               std::string prefix,
                                                               std::string suffix,
                                                               std::size_t parts) {
  auto g = std::make_shared<group>();
  g->ticket = t;
  g->prefix = std::move(prefix);
  g->suffix = std::move(suffix);
  g->parts.resize(parts);
  g->missing = parts;
  return g;
}

// -- out -----------------------------------------------------------------------------------------

void conversation::encode(std::string& out, const actors::ticket& t, const actors::answer& a,
                          const actors::view* seen) {
  if (t.group) {
    auto& bytes = static_cast<group*>(t.group.get())->bytes;
    const std::size_t before = out.size();
    hub_.encode->item(out, a, seen, bytes < list_bytes_max);
    bytes += out.size() - before;
    return;
  }
  note_outcome(t, std::get_if<core::problem>(&a));
  const auto* shown = std::get_if<actors::thing_shown>(&a);
  std::string token;
  if ((t.flags & wants_token) != 0 && shown && seen) token = token_of({seen->number, shown->thing});
  hub_.encode->answer(out, t, a, seen, token);
}

void conversation::encode(std::string& out, const actors::event& e, const actors::view& seen) {
  hub_.encode->event(out, e, seen);
}

// The last part completes the answer.
std::function<void()> conversation::take_part(actors::outbox::part& part, std::string& out) {
  group& g = *static_cast<group*>(part.ticket.group.get());
  const std::lock_guard lock{g.mutex};
  const bool is_error = part.bytes.starts_with("{\"error\":");
  if (!g.is_silent && !(g.leaves_out_errors && is_error))
    g.parts[part.ticket.part] = std::move(part.bytes);
  if (--g.missing > 0) return {};
  note_outcome(g.ticket, nullptr);
  if (g.ticket.id.empty()) return g.then;
  std::string result = std::move(g.prefix);
  bool first = true;
  for (const std::string& p : g.parts) {
    if (p.empty()) continue;
    if (!std::exchange(first, false)) result.push_back(',');
    result += p;
  }
  result += g.suffix;
  write_result(out, g.ticket, result);
  return g.then;
}

// What was to be done after an answer is done as well where nobody is left to hear it: a client
// that asks for a stop may be gone by then.
void conversation::send(actors::outbox&& mail) {
  const std::size_t answered = mail.answered + mail.parts.size();
  std::function<void()> then;
  for (actors::outbox::part& part : mail.parts)
    if (auto next = take_part(part, mail.bytes)) then = std::move(next);
  deliver(std::move(mail), answered);
  if (then) then();
}

void conversation::deliver(actors::outbox&& mail, std::size_t answered) {
  const std::lock_guard lock{wire_mutex_};
  if (closed_) return;
  note_size(mail, answered);
  answered_.store(answered_.load(std::memory_order_relaxed) + answered);
  hub_.counters.answered_total.fetch_add(answered, std::memory_order_relaxed);
  if (mail.stands_alone) barrier_ = false;
  if (!mail.bytes.empty()) wire_.write(std::move(mail.bytes));
  note_time(mail.stamp);
  const bool is_awaited = is_held_ && has_room();
  if (is_awaited) is_held_ = false;
  if (is_awaited || (ending_ && is_idle())) wire_.resume();
}

void conversation::end_when_idle() {
  ending_ = true;
  if (is_idle()) wire_.resume();
}

void conversation::finish_part(const actors::ticket& t, std::string bytes) {
  actors::outbox::part part{t, std::move(bytes)};
  take_part(part, immediate_);
}

void conversation::part_now(const actors::ticket& t, const core::problem& p) {
  std::string bytes;
  hub_.encode->item(bytes, p, nullptr);
  finish_part(t, std::move(bytes));
}

void conversation::abort(std::string_view why) {
  const std::lock_guard lock{wire_mutex_};
  if (!closed_) wire_.drop(why);
}

}  // namespace unscripted::gateway
