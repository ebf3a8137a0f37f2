#include "tests/storage/test_world.hpp"

#include "core/decide.hpp"
#include "core/transaction.hpp"
#include "storage/engine.hpp"

#include <atomic>
#include <bit>
#include <fstream>
#include <unistd.h>

namespace unscripted::storage::testing {

namespace {

core::vec3 shifted(const core::vec3& from, const core::call& c) {
  core::vec3 to = from;
  to.x += core::from_metres(std::bit_cast<double>(c.args[0]));
  to.z += core::from_metres(std::bit_cast<double>(c.args[1]));
  return to;
}

class shift final : public core::behaviour {
public:
  core::outcome run(const core::call& c) const noexcept override {
    const auto place = c.writes.place_of(c.agent);
    if (!c.writes.move(c.agent, shifted(place->pos, c))) return core::outcome::refused;
    c.writes.add(c.agent, {1, 0}, 1);
    c.writes.set(c.agent, {1, 1}, core::value::number(1e-3 * double(c.writes.random() >> 40)).bits);
    return core::outcome::done;
  }
};

class write final : public core::behaviour {
public:
  core::outcome run(const core::call& c) const noexcept override {
    return c.writes.set_text(c.agent, {1, 2}, (*c.texts)[c.args[0]]) ? core::outcome::done
                                                                     : core::outcome::fault;
  }
};

core::kind bot_kind() {
  core::kind bot;
  bot.name = "bot";
  bot.dims = {500'000, 1'800'000, 500'000};
  bot.properties = {
      {"steps", "1", core::value_type::integer, core::value::integer(0), 0, 1e15},
      {"heading", "turn", core::value_type::number, core::value::number(0), 0, 1},
      {"diary", "", core::value_type::text, core::value::of_text(""), 0, 1024},
  };
  return bot;
}

core::parameter distance(const char* name) {
  return {name, "m", core::value_type::number, core::value::number(0), -10, 10};
}

}  // namespace

std::filesystem::path place_in_memory() {
  std::filesystem::path in_memory = "/dev/shm";
  std::error_code error;
  if (access(in_memory.c_str(), W_OK) == 0 &&
      std::filesystem::space(in_memory, error).available > (64u << 20))
    return in_memory;
  return std::filesystem::temp_directory_path();
}

void flip_on_disk(const std::filesystem::path& file, std::uintmax_t at) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto place = static_cast<std::streamoff>(at);
  bytes.seekg(place);
  const int byte = bytes.get();
  bytes.seekp(place);
  bytes.put(static_cast<char>(byte ^ 1));
}

temp_folder::temp_folder(const std::filesystem::path& in) {
  static std::atomic<unsigned> count{0};
  path_ = in / ("unscripted-storage-" + std::to_string(getpid()) + "-" + std::to_string(++count));
  std::filesystem::create_directories(path_);
}

temp_folder::~temp_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::uint64_t a_seed() { return std::uint64_t{Catch::rngSeed()} * 0x9e3779b97f4a7c15u + 1; }

core::catalogue_ptr test_catalogue(const std::string& version) {
  core::catalogue_parts parts;
  parts.plugins = {{"test", version, std::string(32, '0')}};
  parts.kinds = core::engine_kinds();
  parts.kinds.push_back(bot_kind());
  core::action step;
  step.name = "shift";
  step.parameters = {distance("dx"), distance("dz")};
  step.code = std::make_shared<shift>();
  core::action note;
  note.name = "write";
  note.target = 1;
  note.self_only = true;
  note.parameters = {{"text", "", core::value_type::text, core::value::of_text(""), 0, 1024}};
  note.code = std::make_shared<write>();
  parts.actions = {step, note};
  return std::make_shared<const core::catalogue>(std::move(parts));
}

std::unique_ptr<store> open_store(const std::filesystem::path& folder, durability mode) {
  return must(store::open(folder, mode));
}

void copy_as_killed(const engine& open, const std::filesystem::path& to) {
  REQUIRE(open.db().DisableFileDeletions().ok());
  rocksdb::VectorLogPtr logs;
  REQUIRE(open.db().GetSortedWalFiles(logs).ok());  // waits for deletions that are under way
  std::filesystem::copy(open.folder(), to, std::filesystem::copy_options::recursive);
  REQUIRE(open.db().EnableFileDeletions(/*force=*/false).ok());
}

core::world_number new_world(store& in, const std::string& name) {
  return must(in.create_world(name, 1'700'000'000'000));
}

void must(const std::optional<failure>& why) {
  if (why) FAIL(why->message);
}

living_world::living_world(store& in, core::world_number number, std::uint64_t seed)
  : living_world(must(history::open(in, number)), seed) {}

living_world::living_world(history past, std::uint64_t seed)
  : history_(std::move(past)), random_(seed, history_.world()) {}

void living_world::found(const std::string& name, std::size_t bots, const std::string& first_bot) {
  core::found_command founding;
  founding.settings.name = name;
  founding.settings.seed = random_.next();
  founding.settings.capacity = {{"bot", 1000}, {"thing", 1000}};
  founding.settings.dims = {100'000'000, 10'000'000, 100'000'000};
  founding.catalogue = test_catalogue();
  decide(std::move(founding));
  for (std::size_t i = 0; i < bots; ++i) {
    core::create_command birth;
    birth.kind = 1;
    birth.name = i == 0 ? first_bot : "bot " + std::to_string(i);
    decide(std::move(birth));
  }
  commit();
}

void living_world::recover() {
  auto r = history_.recover();
  if (!r && is_tolerant_) {
    trouble_ = std::move(r.why());
    return;
  }
  world_ = must(std::move(r)).world;
  if (world_->seq() > 0) world_->bind(test_catalogue());
}

void living_world::live(std::uint64_t count, std::uint64_t commit_records) {
  for (std::uint64_t i = 0; i < count && !trouble_; ++i) {
    decide(next_action());
    if (builder_.count() >= commit_records) commit();
  }
  if (!trouble_) commit();
}

void living_world::load(const core::catalogue_ptr& next) { decide(core::load_command{next}); }

void living_world::commit() {
  auto why = clock_ms_ ? history_.append_as_of(*clock_ms_, builder_, *world_)
                       : history_.append(builder_, *world_);
  if (why && is_tolerant_) {
    trouble_ = std::move(why);
    return;
  }
  must(why);
  if (!builder_.empty()) FAIL("an appended commit is not cleared");  // from any thread
}

void living_world::snapshot() { must(history_.snapshot(*world_)); }

core::command living_world::next_action() {
  core::act_command act;
  act.agent = world_->bots()[random_.below(world_->bots().size())];
  if (random_.below(10) == 0) {
    act.action = 1;
    act.target = act.agent;
    act.args.count = 1;
    act.args.texts = {"note " + std::to_string(random_.below(1000))};
    return act;
  }
  act.args.count = 2;
  for (std::size_t i = 0; i < 2; ++i)
    act.args.bits[i] = std::bit_cast<std::uint64_t>(random_.ratio() * 1.6 - 0.8);
  return act;
}

void living_world::decide(core::command c) {
  if (const auto why = core::decide(*world_, std::move(c), record_)) FAIL(why->message);
  record_.seq = world_->seq() + 1;
  builder_.add(record_, world_->shared_catalogue());
  world_->apply(record_);
  hashes_.push_back(world_->hash());
}

}  // namespace unscripted::storage::testing
