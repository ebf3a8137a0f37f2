// One client's conversation in the bot protocol, whatever door it came through: frames in, frames
// out.
//
// A frame is one JSON object. take() is called by the door's thread, one frame at a time; answers
// come from the worlds' threads, or the postman's, and go out through the wire. The conversation
// checks and maps; it decides nothing about worlds.
#pragma once

#include "actors/client.hpp"
#include "actors/engine.hpp"
#include "gateway/access/audit.hpp"
#include "gateway/access/permit.hpp"
#include "gateway/hub.hpp"
#include "gateway/params.hpp"
#include "storage/progress.hpp"

#include <simdjson.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::gateway {

/// The JSON of a result, or why there is none; an empty text where somebody else answers.
using archive_answer = core::result<std::string>;
using archive_work = std::function<archive_answer(const storage::progress& report)>;

/// What the archive is asked. While it works, `report` tells the client how far it is, if it wants
/// to know; it is false once the server stops, or the client was found to be gone.
struct question {
  gateway::effort effort = gateway::effort::quick;
  bool wants_progress = false;
  archive_work work;
  bool needs_history = true;  // else it is answered with durability memory as well
};

class rerun;
struct plain_act;

/// Where a conversation's bytes go: a socket, or a test.
class wire {
public:
  virtual ~wire() = default;
  /// Takes whole frames, each ended by a newline, in order. [any thread]
  virtual void write(std::string&& frames) = 0;
  /// Bytes that the peer has not taken. [any thread]
  virtual std::size_t backlog() const = 0;
  /// Ends the connection at once. [any thread]
  virtual void drop(std::string_view why) = 0;
  /// There is room again: take() may be called. [any thread]
  virtual void resume() = 0;
  /// False where nothing can be said unasked: who comes this way can't subscribe.
  virtual bool takes_events() const { return true; }
  /// Where the peer is, as text. [the door's thread]
  virtual std::string address() const { return {}; }
  /// Whose peers it counts among; null for none that is counted. [any thread]
  virtual network* from() const { return nullptr; }
};

class conversation final : public actors::client,
                           public visitor,
                           public std::enable_shared_from_this<conversation> {
public:
  conversation(hub& shared, wire& out);
  ~conversation() override;

  /// Before the first frame; the conversation must be in a shared_ptr by then.
  void open();
  /// The peer is gone, or must go: nothing is written from now on.
  void close();

  /// One frame. `frame` must have simdjson::SIMDJSON_PADDING readable bytes behind it. False for a
  /// notification: no answer will come.
  bool take(const char* frame, std::size_t size);
  /// After the frames that arrived together: what they asked for leaves.
  void flush();
  /// False while too much is unanswered or unread: the door stops reading, until the wire's
  /// resume() or until the peer has read some of what is unread.
  bool may_take();
  /// The peer will send no more: once everything is answered the wire's resume() is called.
  void end_when_idle();
  bool is_idle() const { return in_flight() == 0; }
  /// A frame beyond the limit was begun; the connection is closed after this answer.
  void refuse_too_large();
  /// How long a frame may be: less, before it is known whose it is.
  std::size_t line_bytes() const;
  /// From now on it is this one's, where tokens are required. [the door's thread]
  void identify(grant_ptr who);
  /// Says why the connection is closed.
  void refuse(const core::problem& why);

  // -- visitor ------------------------------------------------------------------------------------

  grant_ptr who() const override { return who_; }
  std::chrono::steady_clock::time_point since() const override { return since_; }
  void expel(const core::problem& why) override;

  // -- actors::client -----------------------------------------------------------------------------

  actors::connection_id id() const override { return id_; }
  void encode(std::string& out, const actors::ticket& t, const actors::answer& a,
              const actors::view* seen) override;
  void encode(std::string& out, const actors::event& e, const actors::view& seen) override;
  void send(actors::outbox&& mail) override;
  std::size_t backlog() const override;
  void abort(std::string_view why) override;

private:
  friend class methods;
  /// What an answer that shows a perception is taken to have, before anybody knows: on the large
  /// side.
  static constexpr std::size_t perception_bytes = 16UL * 1024;

  /// An answer that is put together from the answers of several requests.
  struct group {
    std::mutex mutex;
    actors::ticket ticket;
    std::string prefix, suffix;  // around the parts, which are parted by commas
    std::vector<std::string> parts;
    std::atomic<std::size_t> bytes{0};  // of all parts so far
    std::size_t missing = 0;
    bool leaves_out_errors = false;  // a part that failed is not shown
    bool is_silent = false;          // only that all is done counts, not what the parts say
    std::function<void()> then;      // after the answer left; may be empty
  };

  bool has_room() const;
  std::size_t in_flight() const { return submitted_.load(std::memory_order_relaxed) - answered_; }
  void count_submitted();
  /// A request is on its way whose answer may have so many bytes.
  void expect(std::size_t bytes) { large_bytes_ += bytes; }
  /// Why so many acts are too many now.
  std::optional<core::problem> too_often(std::size_t acts) const;
  void note_size(const actors::outbox& mail, std::size_t answered);
  bool dispatch(simdjson::dom::object request);
  /// Why whoever this is may not call a method that needs such a role.
  std::optional<core::problem> refuse(role least, std::string_view method) const;
  /// What it may do in a world.
  core::result<actors::rights> rights_in(core::world_number world) const;
  /// The number of its token; 0 where none is required.
  std::uint64_t principal() const { return who_ ? who_->number : 0; }
  /// What came of it, where it is an act that is audited. [any thread]
  void note_outcome(const actors::ticket& t, const core::problem* why) {
    if (t.flags >> audit_shift != 0) acts_.end(t.flags >> audit_shift, why);
  }
  std::string token_of(const core::thing_id& bot) const;
  void refuse_token(const actors::ticket& t, core::problem why);
  bool take_act(plain_act& read);
  /// False where the server is stopping: that is answered then.
  bool begins(actors::ticket& t);
  /// False where there are too many acts: that is answered then.
  bool may_act(const actors::ticket& t, const actors::act_request& act);
  void note_time(std::uint64_t stamp) const;
  void answer_now(const actors::ticket& t, const actors::answer& a);
  void result_now(const actors::ticket& t, std::string_view result);
  void submit(core::world_number world, actors::ticket&& t, actors::world_request&& what);
  /// For what the directory does: later frames wait until that is answered, so that a world is
  /// there for the request behind its creation. Counts one request in flight.
  void begin_barrier();
  /// Something of the past: `work` is done by the archive, after all that was asked of that world
  /// before; its answer leaves before later frames are taken.
  /// Without a world: of the data folder as a whole.
  void ask_archive(std::optional<core::world_number> world, const actors::ticket& t, question q);
  /// A stored history is to be shown to this client: begins once the answer to `t` left.
  void show_rerun(const actors::ticket& t, std::shared_ptr<rerun> show);
  /// False where there is no such one.
  bool end_rerun(std::uint64_t sub);
  void end_reruns();
  std::shared_ptr<group> begin_group(const actors::ticket& t, std::string prefix,
                                     std::string suffix, std::size_t parts);
  void hand_over(const actors::ticket& t, const question& q);
  /// What the archive found: releases the barrier. [any thread]
  void answer_later(const actors::ticket& t, const archive_answer& a);
  storage::progress reporter(const actors::ticket& t, bool wants_progress);
  void deliver(actors::outbox&& mail, std::size_t answered);
  /// Returns what to do once `out` left, where this was the last part.
  std::function<void()> take_part(actors::outbox::part& part, std::string& out);
  /// A part that is known without asking a world: its JSON, or why there is none.
  void finish_part(const actors::ticket& t, std::string bytes);
  void part_now(const actors::ticket& t, const core::problem& p);

  hub& hub_;
  wire& wire_;
  const actors::connection_id id_;
  grant_ptr who_;                           // null where no tokens are required, and before hello
  std::optional<gate::stranger> stranger_;  // until then
  const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::unique_ptr<actors::port> port_;
  std::string immediate_;              // answers of this thread, not written yet
  std::uint64_t immediate_stamp_ = 0;  // when a request that one of them answers was read
  std::uint64_t taken_ = 0;            // frames
  // Two counts, each with one writer at a time, so that counting a request needs no locked
  // addition.
  std::atomic<std::size_t> submitted_{0};    // to worlds or the archive; by the door's thread
  std::atomic<std::size_t> answered_{0};     // of those; under wire_mutex_
  std::atomic<std::size_t> usual_bytes_;     // of an answer
  std::atomic<std::size_t> large_bytes_{0};  // besides, of all large answers that are expected
  std::atomic<bool> is_held_{false};         // the door waits for resume()
  std::atomic<bool> barrier_{false};         // the directory has not answered the last frame
  std::atomic<bool> ending_{false};
  std::atomic<bool> closed_{false};
  audit_trail acts_;
  std::mutex reruns_mutex_;
  std::map<std::uint64_t, std::shared_ptr<rerun>> reruns_;  // by the number of the subscription
  mutable std::mutex wire_mutex_;  // of the wire's life: held while writing, and in close()
};

}  // namespace unscripted::gateway
