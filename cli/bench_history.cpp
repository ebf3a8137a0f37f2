// The measure `history`: what it costs to write down a long life, to keep it, and to come back to
// it.

#include "cli/bench.hpp"
#include "cli/demo.hpp"
#include "cli/failure.hpp"
#include "cli/host.hpp"
#include "cli/progress_bar.hpp"
#include "cli/table.hpp"
#include "core/decide.hpp"
#include "core/random.hpp"
#include "core/resolve.hpp"
#include "gateway/json_writer.hpp"
#include "plugins/loader.hpp"
#include "storage/history.hpp"
#include "storage/playback.hpp"
#include "storage/verify.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

namespace unscripted::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr unsigned wells = 2;
constexpr std::uint64_t looks_for_a_well_every = 8;  // of the choices, on average

template <class Result>
auto value_or_fail(Result got) {
  if (!got) throw failed(got.why().message);
  return std::move(*got);
}

void no_failure(const std::optional<storage::failure>& why) {
  if (why) throw failed(why->message);
}

double seconds(clock::duration took) { return std::chrono::duration<double>(took).count(); }
double seconds_since(clock::time_point began) { return seconds(clock::now() - began); }
double rate(std::uint64_t count, double in_s) {
  return in_s > 0 ? static_cast<double>(count) / in_s : 0;
}

/// How far one part of the measure is.
class part_progress {
public:
  part_progress(const stop_flag& stop, const char* unit) : stop_(stop), bar_(unit) {}

  /// Throws failed once the run was asked to stop.
  void update(std::uint64_t done, std::uint64_t total) {
    if (stop_.is_set()) throw failed("stopped before its end");
    bar_.update(done, total);
  }

private:
  const stop_flag& stop_;
  progress_bar bar_;
};

/// Bots that walk, and drink where they come by a well; each commit is written down.
class recorded_life {
public:
  recorded_life(storage::store& in, const core::catalogue_ptr& catalogue,
                const history_bench_settings& settings)
    : chance_(settings.seed, 0), number_(create_world(in)),
      history_(value_or_fail(storage::history::open(in, number_))), batch_(settings.commit) {
    const auto metres = static_cast<core::micrometres>(world_side(settings.bots, wells));
    core::world_wish wish;
    wish.seed = settings.seed;
    wish.dims = core::vec3{metres * 1'000'000, 10'000'000, metres * 1'000'000};
    wish.capacity = {{"bot", std::max(10U, settings.bots)}, {"thing", 100 + settings.bots}};
    carry_out_alone(value_or_fail(core::resolve_found(catalogue, wish, 0)));
    for (unsigned i = 0; i < settings.bots; ++i) create("bot");
    for (unsigned i = 0; i < wells; ++i) create("well");
    const auto well = world_.catalogue().find_kind("well");
    const auto walk = world_.catalogue().find_action(core::world_kind, "walk");
    const auto drink = well ? world_.catalogue().find_action(*well, "drink") : std::nullopt;
    if (!walk || !drink) throw failed("the plugins `walk` and `drink` are not all there");
    well_ = *well;
    walk_ = *walk;
    drink_ = *drink;
    raw_bytes_ = commits_ = 0;
    append_s_ = 0;
  }

  /// Lives for as many records as a commit has, or up to `last`, and appends them.
  void live_a_commit(std::uint64_t last) {
    if (world_.bots().empty()) throw failed("all bots died before the last record");
    const auto most = std::min<std::uint64_t>(batch_.size(), last - world_.seq());
    for (std::size_t i = 0; i < most; ++i) carry_out(next_choice(), batch_[i]);
    append(most);
  }

  core::world_number number() const { return number_; }
  const core::world& world() const { return world_; }
  storage::history& history() { return history_; }
  // Since the world has all its things:
  std::uint64_t commits() const { return commits_; }
  std::uint64_t raw_bytes() const { return raw_bytes_; }  // of the commits' values
  double append_s() const { return append_s_; }

private:
  static core::world_number create_world(storage::store& in) {
    return value_or_fail(in.create_world("bench", 0));
  }

  void create(const char* kind) {
    core::thing_wish wish;
    wish.kind = kind;
    carry_out_alone(value_or_fail(core::resolve_create(world_, wish)));
  }

  void carry_out_alone(core::command c) {
    carry_out(std::move(c), batch_.front());
    append(1);
  }

  void carry_out(core::command c, core::record& r) {
    if (const auto why = core::decide(world_, std::move(c), r)) throw failed(why->message);
    world_.apply(r);
  }

  /// The next bot's.
  core::act_command next_choice() {
    const auto& living = world_.bots();
    core::act_command choice;
    choice.agent = living[next_++ % living.size()];
    const bool looks = chance_.below(looks_for_a_well_every) == 0;
    const auto well = looks ? well_beside(choice.agent) : core::no_thing;
    if (well != core::no_thing) {
      choice.action = drink_;
      choice.target = well;
      return choice;
    }
    choice.action = walk_;
    choice.args.bits[0] = std::bit_cast<std::uint64_t>(chance_.ratio());
    choice.args.count = 1;
    return choice;
  }

  core::serial well_beside(core::serial bot) const {
    core::serial found = core::no_thing;
    const auto reach = world_.catalogue().actions()[drink_].reach;
    world_.near(world_.find(bot)->occupied(), reach, [&](const core::thing& t, core::micrometres) {
      if (t.kind == well_) found = std::min(found, t.id);
    });
    return found;
  }

  void append(std::size_t count) {
    const auto began = clock::now();
    for (std::size_t i = 0; i < count; ++i) builder_.add(batch_[i], before_);
    const auto encoded = clock::now();
    raw_bytes_ += commit_bytes();
    const auto measured = clock::now();
    no_failure(history_.append(builder_, world_));
    if (history_.snapshot_due(world_)) no_failure(history_.snapshot(world_));
    append_s_ += seconds_since(began) - seconds(measured - encoded);
    before_ = world_.shared_catalogue();
    ++commits_;
  }

  /// Of the value that the commit is going to be.
  std::uint64_t commit_bytes() {
    storage::commit_header header;
    header.wall_ms = 1'800'000'000'000;  // as long as today's
    header.tick = world_.tick();
    header.count = builder_.count();
    storage::encode_commit(header, {}, builder_.bytes(), scratch_);
    return scratch_.size();
  }

  core::keyed_random chance_;
  core::world_number number_;
  storage::history history_;
  core::world world_;
  std::vector<core::record> batch_;  // reused
  storage::commit_builder builder_;
  core::catalogue_ptr before_;  // in force before the next record; null before the first
  std::string scratch_;
  core::kind_index well_ = 0;
  core::action_index walk_ = 0, drink_ = 0;
  std::uint64_t next_ = 0, commits_ = 0, raw_bytes_ = 0;
  double append_s_ = 0;
};

// -- the measures --------------------------------------------------------------------------------

constexpr std::uint64_t shown_every = 50'000;  // records

void live(recorded_life& life, const history_bench_settings& settings, const stop_flag& stop,
          history_bench_result& r) {
  part_progress progress(stop, "records lived");
  const auto first = life.world().seq();
  const auto last = first + settings.records;
  const auto began = clock::now();
  std::uint64_t shown = 0;
  while (life.world().seq() < last) {
    life.live_a_commit(last);
    if (life.world().seq() < shown) continue;
    progress.update(life.world().seq() - first, settings.records);
    shown = life.world().seq() + shown_every;
  }
  r.live_per_s = rate(settings.records, seconds_since(began));
  r.append_per_s = rate(settings.records, life.append_s());
  r.commits_per_s = rate(life.commits(), life.append_s());
  r.raw_bytes = static_cast<double>(life.raw_bytes()) / static_cast<double>(settings.records);
}

/// Of the whole history; its end must be the state that was lived to.
void replay(const storage::store& in, const recorded_life& life, const stop_flag& stop,
            history_bench_result& r) {
  part_progress progress(stop, "records replayed");
  const auto began = clock::now();
  auto at = value_or_fail(storage::playback::begin(in, life.number(), 0));
  at.read_ahead();
  for (std::uint64_t next = shown_every; !at.at_end(); next += shown_every) {
    no_failure(at.advance_to(next));
    progress.update(at.world().seq(), at.last_seq());
  }
  r.replay_per_s = rate(at.world().seq(), seconds_since(began));
  if (at.world().hash() == life.world().hash()) return;
  throw failed("the replay ended in another state than the life: this is a bug in the program");
}

double verify(const storage::store& in, core::world_number world,
              const core::catalogue_ptr& catalogue, unsigned threads, const stop_flag& stop) {
  part_progress progress(stop, "records verified");
  storage::verify_options options;
  options.catalogue = catalogue;
  options.threads = threads;
  // Shown by this thread, which works too; the others are only counted.
  options.progress =
      [&, here = std::this_thread::get_id()](std::uint64_t done, std::uint64_t total) {
    if (std::this_thread::get_id() == here && !stop.is_set()) progress.update(done, total);
    return !stop.is_set();
  };
  const auto began = clock::now();
  const auto found = value_or_fail(storage::verify(in, world, options));
  const double per_s = rate(found.records, seconds_since(began));
  if (!found.first) return per_s;
  throw failed("record " + std::to_string(found.first->seq) +
               " was decided otherwise the second time: this is a bug in the program");
}

void seek(const storage::store& in, const recorded_life& life,
          const history_bench_settings& settings, const stop_flag& stop, history_bench_result& r) {
  part_progress progress(stop, "seeks");
  storage::history_reader reader(in, life.number());
  core::keyed_random chance(settings.seed, 1);
  for (std::uint64_t i = 0; i < settings.seeks; ++i) {
    const auto seq = 1 + chance.below(life.world().seq());
    const auto began = clock::now();
    const auto state = value_or_fail(reader.state_at(seq));
    r.seek.add(static_cast<std::uint64_t>((clock::now() - began).count()));
    if (state.world->seq() != seq) throw failed("a seek ended elsewhere than asked for");
    progress.update(i + 1, settings.seeks);
  }
}

history_bench_result measure(const std::filesystem::path& folder,
                             const history_bench_settings& settings, const stop_flag& stop) {
  const auto plugins = value_or_fail(plugins::load({shipped_plugins()}));
  const auto store = value_or_fail(storage::store::open(folder, storage::durability::wal));
  history_bench_result r;
  recorded_life life(*store, plugins.catalogue, settings);
  live(life, settings, stop, r);

  const auto records = static_cast<double>(settings.records);
  const auto commits = value_or_fail(store->compact(life.number()));
  r.disk_bytes = static_cast<double>(commits) / records;
  const auto stats = value_or_fail(life.history().stats());
  r.disk_bytes_with_snapshots = static_cast<double>(stats.bytes) / records;
  r.snapshots = stats.snapshots;

  r.threads =
      settings.threads > 0 ? settings.threads : std::max(1U, std::thread::hardware_concurrency());
  replay(*store, life, stop, r);
  r.verify_per_s = verify(*store, life.number(), plugins.catalogue, 1, stop);
  r.verify_threads_per_s = verify(*store, life.number(), plugins.catalogue, r.threads, stop);
  seek(*store, life, settings, stop, r);
  r.hash = storage::to_hex(life.world().hash());
  return r;
}

/// What was measured: the bytes of a record depend on it.
std::string mix_of(const history_bench_settings& settings) {
  return "walks and some drinks of " + grouped(std::uint64_t{settings.bots}) + " bots, " +
         grouped(std::uint64_t{settings.commit}) + " a commit";
}

}  // namespace

history_bench_result bench_history(const history_bench_settings& settings, const stop_flag& stop) {
  if (!settings.data.empty()) return measure(settings.data, settings, stop);
  const temporary_folder folder;
  return measure(folder.path() / "data", settings, stop);
}

void print_bench(const history_bench_settings& settings, const history_bench_result& r, bool json) {
  const auto ms = [&](double ratio) {
    return static_cast<double>(r.seek.quantile_ns(ratio)) / 1'000'000;
  };
  std::string out;
  if (json) {
    gateway::json_writer w(out);
    w.begin_object().member("bench", "history").member("records", settings.records);
    w.member("bots", settings.bots).member("commit", settings.commit);
    w.member("live_per_s", r.live_per_s).member("append_per_s", r.append_per_s);
    w.member("commits_per_s", r.commits_per_s).member("raw_bytes", r.raw_bytes);
    w.member("disk_bytes", r.disk_bytes).member("snapshots", r.snapshots);
    w.member("disk_bytes_with_snapshots", r.disk_bytes_with_snapshots);
    w.member("replay_per_s", r.replay_per_s).member("verify_per_s", r.verify_per_s);
    w.member("threads", r.threads).member("verify_threads_per_s", r.verify_threads_per_s);
    w.member("seeks", r.seek.count())
        .member("seek_p50_ms", ms(0.5))
        .member("seek_p99_ms", ms(0.99));
    w.member("seek_max_ms", ms(1)).member("hash", r.hash).end_object();
    out += '\n';
  } else {
    table rows({"measure", "value", "unit"});
    rows.add({"records", grouped(settings.records), mix_of(settings)});
    rows.add({"live", grouped(r.live_per_s), "records/s, decided, applied and appended"});
    rows.add({"append", grouped(r.append_per_s), "records/s"});
    rows.add({"append", grouped(r.commits_per_s), "commits/s"});
    rows.add({"before compression", grouped(r.raw_bytes), "bytes a record"});
    rows.add({"on disk", grouped(r.disk_bytes), "bytes a record of this mix, compacted"});
    rows.add({"on disk", grouped(r.disk_bytes_with_snapshots),
              "bytes a record, with " + grouped(r.snapshots) + " snapshots"});
    rows.add({"replay", grouped(r.replay_per_s), "records/s"});
    rows.add({"verify", grouped(r.verify_per_s), "records/s, on 1 thread"});
    rows.add({"verify", grouped(r.verify_threads_per_s),
              "records/s, on " + std::to_string(r.threads) + " threads"});
    rows.add({"seek p50", grouped(ms(0.5)), "ms"});
    rows.add({"seek p99", grouped(ms(0.99)), "ms"});
    rows.add({"seek max", grouped(ms(1)), "ms"});
    rows.add({"state hash", r.hash, ""});
    out = rows.text();
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace unscripted::cli
