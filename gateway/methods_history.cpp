// The methods about the past: each maps its params, and leaves the rest to the archive.
#include "core/predicate.hpp"
#include "core/text.hpp"
#include "gateway/history_work.hpp"
#include "gateway/methods.hpp"
#include "gateway/rerun.hpp"

namespace unscripted::gateway {

namespace {

using core::errc;
using core::problem;

constexpr std::uint64_t count_max = (std::uint64_t{1} << 53) - 1;

problem name_taken(const std::string& name) {
  return problem{errc::conflict, "there is already a world named " + name, {}}.with("name", name);
}

/// Work reads several moments of a history. It read it whole, or rightly found nothing, where the
/// world is there after it: who deletes it says so first, then takes it away. An empty text is the
/// answer of a new world, which has its own.
archive_answer if_still_there(archive& in, core::world_number world, archive_answer told) {
  if (world == 0 || (told && told->empty())) return told;
  if (const auto there = in.store()->find_world(world); !there)
    return to_problem(*in.store(), world, there.why());
  return told;
}

}  // namespace

/// {"seq":n} or {"tick":n}.
std::optional<when> methods::read_when(std::string_view name) {
  const auto object = p_.object(name);
  if (!object) return std::nullopt;
  params_reader in{*object, std::string(name) + "."};
  const auto seq = in.integer("seq", 0, count_max);
  const auto tick = in.integer("tick", 0, count_max);
  if (seq.has_value() == tick.has_value()) p_.expect(name, R"({"seq":n} or {"tick":n})");
  if (auto why = in.finish()) p_.complain(*std::move(why));
  if (tick) return when{when::unit::tick, *tick};
  return when{when::unit::seq, seq.value_or(0)};
}

when methods::read_required_when(std::string_view name) {
  const auto at = read_when(name);
  if (!at) p_.expect(name, R"({"seq":n} or {"tick":n}; it is required)");
  return at.value_or(when{});
}

std::optional<core::serial> methods::read_thing_of(std::optional<core::world_number> world,
                                                   std::string_view name) {
  const auto id = p_.optional_id(name);
  if (!id) return std::nullopt;
  if (world && id->world != *world) p_.expect(name, "the id of a thing of this world");
  return id->thing;
}

range_wish methods::read_range() {
  range_wish wish;
  wish.from = read_when("from");
  wish.to = read_when("to");
  return wish;
}

template <class Work>
void methods::ask(std::optional<core::world_number> world, Work work) {
  ask(world, std::move(work), effort::quick, false);
}

template <class Work>
void methods::ask_long(std::optional<core::world_number> world, Work work) {
  const bool progress = p_.flag("progress", false);
  ask(world, std::move(work), effort::slow, progress);
}

template <class Work>
void methods::ask(std::optional<core::world_number> world, Work work, effort e,
                  bool wants_progress) {
  if (refused()) return;
  question q{e, wants_progress, {}};
  q.work = [past = c_.hub_.archive, number = world.value_or(0), work = std::move(work)](
               const storage::progress& report) {
    return if_still_there(*past, number, work(*past, number, report));
  };
  c_.ask_archive(world, ticket_, std::move(q));
}

void methods::history_stats() {
  ask(read_world(), [](archive& in, core::world_number world, const storage::progress&) {
    return count_history(in, world);
  });
}

void methods::history_read() {
  const auto world = read_world();
  read_wish wish;
  const auto from = p_.integer("from", 1, count_max);
  if (!from) p_.expect("from", "a sequence, from 1; it is required");
  wish.from = from.value_or(1);
  wish.to = p_.integer("to", 1, count_max).value_or(count_max);
  wish.limit = static_cast<std::uint32_t>(p_.integer("limit", 1, 1000).value_or(1000));
  wish.bot = read_thing_of(world, "bot");
  wish.thing = read_thing_of(world, "thing");
  wish.action = p_.optional_text("action");
  if (const auto outcome = p_.optional_text("outcome")) {
    for (const auto o : {core::outcome::done, core::outcome::refused, core::outcome::fault})
      if (*outcome == core::to_string(o)) wish.outcome = o;
    if (!wish.outcome) p_.expect("outcome", R"("done", "refused" or "fault")");
  }
  ask(world, [wish](archive& in, core::world_number number, const storage::progress&) {
    return read_history(in, number, wish);
  });
}

void methods::history_state() {
  const auto world = read_world();
  state_wish wish;
  wish.at = read_when("at");
  wish.kind = p_.optional_text("kind");
  wish.limit = static_cast<std::uint32_t>(p_.integer("limit", 1, 100'000).value_or(1000));
  wish.after = read_thing_of(world, "after").value_or(core::world_serial);
  const encoder* encode = c_.hub_.encode;
  ask(world, [wish, encode](archive& in, core::world_number number, const storage::progress&) {
    return show_state(in, number, wish, *encode);
  });
}

void methods::history_replay() {
  const auto world = read_world();
  ask_long(world, [wish = read_range()](archive& in, core::world_number number,
                                        const storage::progress& report) {
    return replay_history(in, number, wish, report);
  });
}

void methods::history_verify() {
  const auto world = read_world();
  verify_wish wish;
  wish.range = read_range();
  wish.count_all = p_.flag("count_all", false);
  wish.with_present = p_.flag("present", false);
  ask_long(world, [wish](archive& in, core::world_number number, const storage::progress& report) {
    return verify_history(in, number, wish, report);
  });
}

void methods::history_diff() {
  const auto a = read_world();
  const std::string name = p_.text("other");
  const auto b = c_.hub_.engine->find_world(name);
  if (!b && !name.empty())
    p_.complain(
        problem{errc::not_found, "there is no world " + name + "; world.list shows all", {}}.with(
            "id", name));
  check_world(b);
  const auto at_a = read_when("at");
  const auto at_b = read_when("other_at");
  const auto limit = static_cast<std::uint32_t>(p_.integer("limit", 0, 10'000).value_or(1000));
  ask_long(a, [=](archive& in, core::world_number number, const storage::progress& report) {
    return diff_histories(in, number, at_a, *b, at_b, limit, report);
  });
}

void methods::history_explain() {
  const core::thing_id id = p_.id("id");
  const std::string world = core::to_string(core::thing_id{id.world, core::world_serial});
  if (!c_.hub_.engine->find_world(world))
    p_.complain(
        problem{errc::not_found, "there is no world " + world + "; world.list shows all", {}}.with(
            "id", world));
  const auto at = read_when("at");
  ask_long(id.world, [=](archive& in, core::world_number, const storage::progress& report) {
    return explain_thing(in, id, at, report);
  });
}

void methods::history_bisect() {
  const auto world = read_world();
  const auto parsed = core::parse_predicate(p_.text("when"));
  if (!parsed) p_.complain(problem(parsed.why()).with("param", std::string("when")));
  const auto holds = parsed ? std::optional(*parsed) : std::nullopt;
  const auto wish = read_range();
  const bool scan = p_.flag("scan", false);
  ask_long(world, [=](archive& in, core::world_number number, const storage::progress& report) {
    return bisect_history(in, number, *holds, wish, scan, report);
  });
}

void methods::history_prune() {
  const auto world = read_world();
  const when before = read_required_when("before");
  ask(
      world,
      [before](archive& in, core::world_number number, const storage::progress&) {
    return prune_history(in, number, before);
      },
      effort::slow, false);
}

void methods::history_retain() {
  const auto world = read_world();
  const auto days = p_.integer("keep_days", 0, storage::keep_days_max);
  if (!days) p_.expect("keep_days", "a number of days, 0 for ever; it is required");
  const auto kept = static_cast<std::uint32_t>(days.value_or(0));
  ask(
      world,
      [kept](archive& in, core::world_number number, const storage::progress&) {
    return retain_history(in, number, kept);
      },
      effort::slow, false);
}

void methods::history_export() {
  const auto world = read_world();
  export_wish wish;
  const auto what = parse_export_what(p_.optional_text("what").value_or("records"));
  if (!what) p_.expect("what", R"("records", "things", "deaths" or "population")");
  wish.what = what.value_or(export_what::records);
  wish.from = read_when("from");
  wish.to = read_when("to");
  wish.every = p_.integer("every", 1, count_max).value_or(1);
  wish.limit = static_cast<std::uint32_t>(p_.integer("limit", 1, 10'000).value_or(1000));
  ask(world, [wish](archive& in, core::world_number number, const storage::progress&) {
    return export_page(in, number, wish);
  });
}

void methods::history_import() {
  const std::string file = p_.text("file");
  const auto name = read_world_name();
  if (name && c_.hub_.engine->find_world(*name)) p_.complain(name_taken(*name));
  ask_long(std::nullopt,
           [=, client = c_.shared_from_this(), engine = c_.hub_.engine, t = ticket_,
            owner = c_.principal()](archive& in, core::world_number,
                                    const storage::progress& report) -> archive_answer {
             const auto made = import_file(in, file, name, owner, report);
             if (!made) return made.why();
             engine->adopt_world(client, t, made->world, made->name, owner);
             return std::string{};
           });
}

void methods::server_backup() {
  const std::string folder = p_.text("folder");
  ask_long(std::nullopt,
           [folder](archive& in, core::world_number, const storage::progress& report) {
    return back_up(in, folder, report);
  });
}

void methods::server_checkpoint() {
  const std::string folder = p_.text("folder");
  ask(std::nullopt, [folder](archive& in, core::world_number, const storage::progress&) {
    return make_checkpoint(in, folder);
  });
}

// The new world answers itself once it lives.
void methods::world_fork() {
  const auto world = read_world();
  fork_wish wish;
  wish.at = read_when("at");
  const auto name = read_world_name();
  wish.seed = p_.integer("seed", 0, count_max);
  wish.pause_at = read_pause_at();
  wish.owner = c_.principal();
  check_founding();
  std::string parent;
  for (const auto& w : c_.hub_.engine->worlds())
    if (world && w.number == *world) parent = w.name;
  wish.name = name.value_or(free_name(parent));
  if (c_.hub_.engine->find_world(wish.name)) p_.complain(name_taken(wish.name));
  ask(world,
      [=, client = c_.shared_from_this(), engine = c_.hub_.engine, t = ticket_](
          archive& in, core::world_number number, const storage::progress&) -> archive_answer {
        const auto fork = fork_history(in, number, parent, wish);
        if (!fork) return fork.why();
        engine->adopt_world(client, t, *fork, wish.name, wish.owner);
        return std::string{};
      });
}

// A world that is stored is watched like one that lives.
void methods::watch_stored(std::optional<core::world_number> world, rerun_wish wish) {
  const when at = read_required_when("at");
  const auto to = read_when("to");
  wish.speed = p_.number("speed", 1e-3, 1e6, "times life").value_or(1);
  // Not a world's number: these subscriptions belong to the connection.
  const std::uint64_t sub = 1 + c_.hub_.last_rerun++ % ((std::uint64_t{1} << actors::sub_bits) - 1);
  ask(world,
      [=, shared = &c_.hub_, client = c_.shared_from_this(), t = ticket_](
          archive& in, core::world_number number, const storage::progress&) -> archive_answer {
        const auto from = find_seq(*in.store(), number, at);
        if (!from) return from.why();
        const auto until = find_seq(*in.store(), number, to);
        if (!until) return until.why();
        if (*until < *from) return core::bad_param("to", "not before `at`");
        rerun_wish until_then = wish;
        until_then.to_seq = *until;
        auto begin =
            storage::playback::begin(*in.store(), number, std::max<std::uint64_t>(*from, 1));
        if (!begin) return to_problem(*in.store(), number, begin.why());
        if (wish.bot && !begin->world().find(*wish.bot))
          return core::no_such_bot(begin->world(), number, *wish.bot);
        client->show_rerun(t, std::make_shared<rerun>(*shared, client, number, sub,
                                                      std::move(*begin), until_then));
        return std::string{};
      });
}

/// "eden-2" for the first fork of eden; never the same twice, however many are made at once.
std::string methods::free_name(const std::string& like) const {
  while (true) {
    const std::string number = "-" + std::to_string(++c_.hub_.last_fork);
    const std::size_t most = core::name_bytes_max - number.size();
    std::string name = std::string(core::cut_text(like, most)) + number;
    if (!c_.hub_.engine->find_world(name)) return name;
  }
}

}  // namespace unscripted::gateway
