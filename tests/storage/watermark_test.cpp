// What becomes of a folder whose write-ahead log is damaged: nothing acknowledged is lost silently.
#include "storage/engine.hpp"
#include "storage/watermark.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace fs = std::filesystem;

namespace {

constexpr int write_count = 10;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// The write-ahead log that has something in it.
fs::path log_of(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".log" && entry.file_size() > 0) return entry.path();
  FAIL("there is no log");
  return {};
}

std::string value_of(int i) { return std::string(100, static_cast<char>('a' + i)); }

std::optional<failure> put(engine& e, const std::string& key, const std::string& value) {
  rocksdb::WriteBatch batch;
  batch.Put(e.handle(family::commits), key, value);
  return e.write(batch);
}

/// What a kill leaves of a folder: writes 1 to 10 in the log, the first of them the format's number
/// and the keys after it k0 to k8.
void make_killed(const fs::path& killed) {
  temp_folder living;
  auto e = must(engine::open(living.path(), durability::wal));
  for (int i = 0; i < write_count - 1; ++i) must(put(*e, "k" + std::to_string(i), value_of(i)));
  REQUIRE(e->db().GetLatestSequenceNumber() == write_count);
  copy_as_killed(*e, killed);
}

int keys_in(const engine& e) {
  int count = 0;
  const auto it = e.iterate(family::commits, rocksdb::ReadOptions());
  for (it->SeekToFirst(); it->Valid(); it->Next())
    count += it->value() == value_of(it->key()[1] - '0');
  return count;
}

enum class damage { none, last, middle, cut };

void inflict(damage d, const fs::path& folder) {
  const auto log = log_of(folder);
  std::string bytes = bytes_of(log);
  if (d == damage::last) bytes[bytes.size() - 5] ^= 1;
  if (d == damage::middle) bytes[bytes.find(std::string(20, 'e')) + 5] ^= 1;  // of write 6
  if (d == damage::cut) bytes.resize(bytes.size() - 30);
  put_bytes(log, bytes);
}

void set_watermark(const fs::path& folder, std::uint64_t sequence) {
  must(watermark::begin(folder, sequence));
}

/// A folder that was killed, and then damaged.
class wreck {
public:
  explicit wreck(damage d) {
    make_killed(path());
    inflict(d, path());
  }
  fs::path path() const { return around_.path() / "data"; }

private:
  temp_folder around_;
};

}  // namespace

TEST_CASE("a watermark says what was raised last, and never falls") {
  temp_folder folder;
  CHECK(watermark::read(folder.path()).found == watermark::state::missing);

  auto w = must(watermark::begin(folder.path(), 7));
  CHECK(watermark::read(folder.path()).sequence == 7);
  CHECK_FALSE(w->raise(1'000'000'000'000));
  CHECK_FALSE(w->raise(8));

  const auto r = watermark::read(folder.path());
  CHECK(r.found == watermark::state::good);
  CHECK(r.sequence == 1'000'000'000'000);
  CHECK(fs::file_size(folder.path() / watermark_file_name) == 16);
}

TEST_CASE("a watermark with any bit flipped, of another length or of zeros is not believed") {
  temp_folder folder;
  set_watermark(folder.path(), 4711);
  const auto file = folder.path() / watermark_file_name;
  const std::string good = bytes_of(file);
  std::vector<std::string> wrong{"", good.substr(0, 15), good + "x", std::string(16, '\0')};
  for (std::size_t bit = 0; bit < 128; ++bit) {
    wrong.push_back(good);
    wrong.back()[bit / 8] = static_cast<char>(good[bit / 8] ^ (1 << (bit % 8)));
  }

  for (const auto& bytes : wrong) {
    put_bytes(file, bytes);
    const auto r = watermark::read(folder.path());
    CHECK(r.found == watermark::state::unreadable);
    CHECK(r.sequence == 0);
  }
}

TEST_CASE("a watermark that several threads raise ends at the highest") {
  temp_folder folder;
  auto w = must(watermark::begin(folder.path(), 0));
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t)
    threads.emplace_back([&w, t] {
      for (std::uint64_t i = 0; i < 2000; ++i) w->raise(4 * i + t);
    });
  for (std::thread& t : threads) t.join();

  CHECK(watermark::read(folder.path()).sequence == 4 * 1999 + 3);
}

TEST_CASE("after each write the watermark is at it, also when several threads write") {
  temp_folder folder;
  auto e = must(engine::open(folder.path(), durability::wal));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        rocksdb::WriteBatch batch;
        batch.Put(e->handle(family::commits), std::to_string(t) + "." + std::to_string(i), "x");
        if (e->write(batch)) ++wrong;
        // The first bytes of a batch are the number that its first key got.
        std::uint64_t own = 0;
        std::memcpy(&own, batch.Data().data(), 8);
        if (watermark::read(folder.path()).sequence < own) ++wrong;
      }
    });
  for (std::thread& t : threads) t.join();

  CHECK(wrong == 0);
  CHECK(watermark::read(folder.path()).sequence == e->db().GetLatestSequenceNumber());
}

TEST_CASE("flushes, compactions and restarts leave the watermark where the writes are") {
  temp_folder folder;
  std::uint64_t last = 0;
  for (int life = 0; life < 4; ++life) {
    auto e = must(engine::open(folder.path(), GENERATE(durability::wal, durability::fsync)));
    CHECK(e->warnings().empty());
    if (life > 0) CHECK(e->db().GetLatestSequenceNumber() == last);
    must(put(*e, "k" + std::to_string(life), "x"));
    last = e->db().GetLatestSequenceNumber();
    if (life % 2 == 1) must(e->compact(family::commits, "a", "z"));
    CHECK(e->db().GetLatestSequenceNumber() == last);
    CHECK(watermark::read(folder.path()).sequence == last);
  }
}

TEST_CASE(
    "a folder that was killed, or whose log lacks an unacknowledged end, opens without words") {
  const auto d = GENERATE(damage::none, damage::cut);
  wreck w(d);
  set_watermark(w.path(), d == damage::none ? 10 : 9);

  const auto e = must(engine::open(w.path(), durability::fsync));

  CHECK(e->warnings().empty());
  CHECK(keys_in(*e) == (d == damage::none ? 9 : 8));
}

TEST_CASE("a garbled last record that was never acknowledged is dropped with a warning") {
  wreck w(damage::last);
  set_watermark(w.path(), 9);
  {
    const auto e = must(engine::open(w.path(), GENERATE(durability::wal, durability::fsync)));

    REQUIRE(e->warnings().size() == 1);
    CHECK(holds(e->warnings()[0], w.path().string()));
    CHECK(holds(e->warnings()[0], "nothing acknowledged is missing"));
    CHECK(holds(e->warnings()[0], "up to write 9"));
    CHECK_FALSE(holds(e->warnings()[0], "\n"));
    CHECK(keys_in(*e) == 8);
    must(put(*e, "k8", value_of(8)));
  }
  const auto again = must(engine::open(w.path(), durability::wal));
  CHECK(again->warnings().empty());
  CHECK(keys_in(*again) == 9);
}

TEST_CASE("a garbled record that was acknowledged is refused with what is missing") {
  const auto d = GENERATE(damage::last, damage::middle);
  wreck w(d);
  const std::string log = bytes_of(log_of(w.path()));

  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto e = engine::open(w.path(), durability::wal);

    REQUIRE_FALSE(e);
    CHECK(e.why().kind == failure_kind::corrupt);
    CHECK(holds(e.why().message, w.path().string()));
    CHECK(holds(e.why().message, d == damage::last ? "at least 1 of 10" : "at least 5 of 10"));
    CHECK(holds(e.why().message, d == damage::last ? "up to write 9" : "up to write 5"));
    CHECK(holds(e.why().message, "--accept-data-loss"));
    CHECK_FALSE(holds(e.why().message, "\n"));
    CHECK(bytes_of(log_of(w.path())) == log);
    CHECK(watermark::read(w.path()).sequence == 10);
  }
}

TEST_CASE("a loss that is accepted is said once, and what is readable is kept") {
  const auto d = GENERATE(damage::last, damage::middle);
  wreck w(d);
  {
    const auto e =
        must(engine::open(w.path(), durability::wal, open_options{.accept_data_loss = true}));

    REQUIRE(e->warnings().size() == 1);
    CHECK(holds(e->warnings()[0], d == damage::last ? "at least 1 of 10" : "at least 5 of 10"));
    CHECK(holds(e->warnings()[0], "is lost"));
    CHECK(keys_in(*e) == (d == damage::last ? 8 : 4));
  }
  const auto again = must(engine::open(w.path(), durability::fsync));
  CHECK(again->warnings().empty());
  CHECK(keys_in(*again) == (d == damage::last ? 8 : 4));
}

TEST_CASE("a garbled log beside a watermark that says nothing is refused, until it is accepted") {
  const bool missing = GENERATE(true, false);
  wreck w(damage::last);
  const auto file = w.path() / watermark_file_name;
  if (missing) fs::remove(file);
  else put_bytes(file, std::string(16, 'x'));

  const auto refused = engine::open(w.path(), durability::wal);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().kind == failure_kind::corrupt);
  CHECK(holds(refused.why().message, missing ? "WATERMARK is missing" : "WATERMARK is not read"));
  CHECK(holds(refused.why().message, "up to write 9"));
  CHECK(holds(refused.why().message, "--accept-data-loss"));

  const auto e =
      must(engine::open(w.path(), durability::wal, open_options{.accept_data_loss = true}));
  CHECK(e->warnings().size() == 1);
  CHECK(keys_in(*e) == 8);
}

TEST_CASE("a cut log that lacks something acknowledged is opened with a warning for wal") {
  wreck w(damage::cut);
  {
    const auto e = must(engine::open(w.path(), durability::wal));

    REQUIRE(e->warnings().size() == 1);
    CHECK(holds(e->warnings()[0], "at least 1 of 10"));
    CHECK(keys_in(*e) == 8);
  }
  CHECK(must(engine::open(w.path(), durability::fsync))->warnings().empty());
}

TEST_CASE("a cut log that lacks something acknowledged is refused for fsync, until accepted") {
  wreck w(damage::cut);

  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto e = engine::open(w.path(), durability::fsync);
    REQUIRE_FALSE(e);
    CHECK(e.why().kind == failure_kind::corrupt);
    CHECK(holds(e.why().message, "at least 1 of 10"));
  }
  const auto e =
      must(engine::open(w.path(), durability::fsync, open_options{.accept_data_loss = true}));
  CHECK(e->warnings().size() == 1);
  CHECK(keys_in(*e) == 8);
}

TEST_CASE("a log that was taken away is noticed") {
  wreck w(damage::none);
  fs::remove(log_of(w.path()));

  const auto e = must(engine::open(w.path(), durability::wal));

  REQUIRE(e->warnings().size() == 1);
  CHECK(holds(e->warnings()[0], "at least 10 of 10"));
}

TEST_CASE("a whole log beside a watermark that is garbled is opened with a warning, once") {
  wreck w(damage::none);
  put_bytes(w.path() / watermark_file_name, "x");

  CHECK(must(engine::open(w.path(), durability::wal))->warnings().size() == 1);
  CHECK(must(engine::open(w.path(), durability::wal))->warnings().empty());
}

TEST_CASE("accepting a loss does not open what no recovery can read") {
  wreck w(damage::none);
  for (const auto& entry : fs::directory_iterator(w.path())) {
    if (!entry.path().filename().string().starts_with("MANIFEST-")) continue;
    std::string bytes = bytes_of(entry.path());
    bytes[bytes.size() / 2] ^= 1;
    put_bytes(entry.path(), bytes);
  }

  const auto e = engine::open(w.path(), durability::wal, open_options{.accept_data_loss = true});

  REQUIRE_FALSE(e);
  CHECK(e.why().kind == failure_kind::corrupt);
}

TEST_CASE("a garbled log of which a part was flushed already is refused, accepted or not") {
  // Writes 2 to 6 are on the disk in full, but the log is still needed for others of their time.
  temp_folder around;
  const auto killed = around.path() / "killed";
  {
    auto e = must(engine::open(around.path() / "living", durability::wal));
    for (int i = 0; i < 5; ++i) {
      rocksdb::WriteBatch batch;
      batch.Put(e->handle(family::commits), "k" + std::to_string(i), value_of(i));
      batch.Put(e->handle(family::heads), "head", value_of(i));
      must(e->write(batch));
    }
    REQUIRE(e->db().Flush({}, e->handle(family::commits)).ok());
    if (GENERATE(true, false)) must(put(*e, "k5", value_of(5)));
    copy_as_killed(*e, killed);
  }
  for (const auto& entry : fs::directory_iterator(killed)) {
    std::string bytes = bytes_of(entry.path());
    const auto at = bytes.find(std::string(20, 'd'));
    if (entry.path().extension() != ".log" || at == std::string::npos) continue;
    bytes[at] ^= 1;
    put_bytes(entry.path(), bytes);
  }

  for (const bool accept : {false, true}) {
    const auto e = engine::open(killed, durability::wal, open_options{.accept_data_loss = accept});
    REQUIRE_FALSE(e);
    CHECK(e.why().kind == failure_kind::corrupt);
  }
}

TEST_CASE("a garbled log of a newer format is refused as newer, and left as it is") {
  temp_folder around;
  const auto killed = around.path() / "killed";
  {
    auto e = must(engine::open(around.path() / "living", durability::wal));
    rocksdb::WriteBatch batch;
    batch.Put(e->handle(family::meta), "format", std::string(1, char(store_format + 1)));
    must(e->write(batch));
    must(put(*e, "k0", value_of(0)));
    copy_as_killed(*e, killed);
  }
  inflict(damage::last, killed);
  const std::string log = bytes_of(log_of(killed));

  const auto e = engine::open(killed, durability::wal, open_options{.accept_data_loss = true});

  REQUIRE_FALSE(e);
  CHECK(e.why().kind == failure_kind::newer_format);
  CHECK(bytes_of(log_of(killed)) == log);
}

TEST_CASE("a world whose garbled end is dropped goes on from its last acknowledged commit") {
  temp_folder around;
  const auto killed = around.path() / "killed";
  std::uint64_t acknowledged = 0, hash = 0;
  {
    auto s = open_store(around.path() / "living");
    living_world w(*s, new_world(*s, "one"), 3);
    w.found("one");
    w.live(100, 10);
    acknowledged = s->internals().db().GetLatestSequenceNumber();
    hash = w.state().hash();
    w.live(10, 10);
    copy_as_killed(s->internals(), killed);
  }
  inflict(damage::last, killed);
  set_watermark(killed, acknowledged);

  auto s = open_store(killed);
  living_world w(*s, 1, 4);
  w.recover();

  CHECK(s->internals().warnings().size() == 1);
  CHECK(w.state().hash() == hash);
  w.live(20);
  CHECK(must(w.past().recover()).world->hash() == w.state().hash());
}
