// Commits that a thread reads ahead are those that are there, in order, wherever one stops.
#include "storage/commit_stream.hpp"
#include "storage/keys.hpp"
#include "storage/moment.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

constexpr core::world_number here = 3;
constexpr std::size_t all_bytes = std::size_t{9} << 20;  // more than may wait to be taken

/// A folder whose commits are bytes at random, between those of two other worlds.
class many_commits {
public:
  explicit many_commits(std::uint64_t seed) : chance_(seed) {
    for (std::size_t bytes = 0; bytes < all_bytes;) {
      rocksdb::WriteBatch batch;
      for (int i = 0; i < 500; ++i) {
        const std::uint64_t seq = 1 + 2 * values_.size();
        std::string& value = values_[seq] = std::string(1 + chance_() % 3000, ' ');
        for (char& c : value) c = static_cast<char>(chance_());
        put(batch, here, seq, value);
        bytes += value.size();
      }
      must(database().write(batch));
    }
    rocksdb::WriteBatch around;
    put(around, here - 1, 5, "before");
    put(around, here + 1, 1, "after");
    must(database().write(around));
    moment_ = std::make_unique<moment>(must(moment::now(database(), here)));
  }

  /// A byte somewhat behind the middle of what is on the disk.
  void damage_late() {
    moment_.reset();
    must(database().compact(family::commits, world_key(here), world_key(here + 1)));
    rocksdb::ColumnFamilyMetaData all;
    database().db().GetColumnFamilyMetaData(database().handle(family::commits), &all);
    for (const auto& level : all.levels)
      for (const auto& t : level.files)
        if (t.size > all_bytes / 2)
          flip_on_disk(t.directory + "/" + t.relative_filename, t.size / 3 * 2);
    moment_ = std::make_unique<moment>(must(moment::now(database(), here)));
  }

  commit_stream stream() const { return commit_stream(moment_->iterate(family::commits)); }
  const std::map<std::uint64_t, std::string>& values() const { return values_; }
  std::uint64_t any_seq() { return 1 + chance_() % (2 * values_.size()); }
  engine& database() { return store_->internals(); }

private:
  void put(rocksdb::WriteBatch& batch, core::world_number world, std::uint64_t seq,
           const std::string& value) {
    REQUIRE(batch.Put(database().handle(family::commits), seq_key(world, seq), value).ok());
  }

  temp_folder folder_;
  std::unique_ptr<store> store_ = open_store(folder_.path());
  std::mt19937_64 chance_;
  std::map<std::uint64_t, std::string> values_;
  std::unique_ptr<moment> moment_;
};

/// How many of the commits from `seq` on come as they should, at most `most`.
std::size_t count_right(commit_stream& in, const many_commits& from, std::uint64_t seq,
                        std::size_t most) {
  auto at = from.values().upper_bound(seq);
  --at;
  in.seek_for_prev(seq_key(here, seq));
  std::size_t right = 0;
  for (; right < most && at != from.values().end(); ++at, ++right, in.next()) {
    if (!in.valid() || seq_of(in.key()) != at->first || in.value() != at->second) return right;
  }
  if (at == from.values().end()) {
    CHECK_FALSE(in.valid());
    CHECK(in.status().ok());
  }
  return right;
}

}  // namespace

TEST_CASE("what is read ahead is what is there, up to the end") {
  const std::uint64_t seed = a_seed();
  CAPTURE(seed);
  many_commits all(seed);
  for (const bool ahead : {false, true}) {
    auto in = all.stream();
    if (ahead) in.read_ahead();
    CHECK(count_right(in, all, 1, all.values().size()) == all.values().size());
  }
}

TEST_CASE("who reads ahead may stop and go elsewhere at any commit") {
  const std::uint64_t seed = a_seed();
  CAPTURE(seed);
  many_commits all(seed);
  auto in = all.stream();
  in.read_ahead();
  for (int i = 0; i < 30; ++i) {
    const std::uint64_t from = all.any_seq();
    const std::size_t most = all.any_seq() % all.values().size();
    const auto left = static_cast<std::size_t>(
        std::distance(--all.values().upper_bound(from), all.values().end()));
    CAPTURE(i, from, most);
    REQUIRE(count_right(in, all, from, most) == std::min(most, left));
  }
}

TEST_CASE("damaged bytes end what is read ahead where they stand, and are told") {
  const std::uint64_t seed = a_seed();
  CAPTURE(seed);
  many_commits all(seed);
  all.damage_late();
  auto in = all.stream();
  in.read_ahead();
  in.seek_for_prev(seq_key(here, 1));
  std::size_t right = 0;
  for (auto at = all.values().begin(); in.valid(); in.next(), ++at, ++right)
    REQUIRE((seq_of(in.key()) == at->first && in.value() == at->second));
  CHECK(right > all.values().size() / 3);
  CHECK(right < all.values().size());
  CHECK(in.status().IsCorruption());
}
