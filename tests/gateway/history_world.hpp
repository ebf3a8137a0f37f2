// Worlds with histories for the tests of exports and imports: every command and every effect, with
// values from the edges of what they can be.
#pragma once

#include "core/catalogue.hpp"
#include "core/random.hpp"
#include "core/world.hpp"
#include "gateway/history_export.hpp"
#include "gateway/history_import.hpp"
#include "storage/history.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace unscripted::gateway::testing {

/// A data folder and a store in it; both are gone after the test.
class scratch_store {
public:
  scratch_store();
  ~scratch_store();
  scratch_store(const scratch_store&) = delete;
  scratch_store& operator=(const scratch_store&) = delete;

  storage::store& operator*() { return *store_; }
  storage::store* operator->() { return store_.get(); }

private:
  std::filesystem::path folder_;
  std::unique_ptr<storage::store> store_;
};

/// Kinds `bot` and `mist`; actions that write whatever they are told, carry mists, and misbehave.
/// The second has the properties of `bot` in another order, one less and one more.
core::catalogue_ptr edge_catalogue(bool later = false);

/// A world that lives at random; all of it a function of the seed.
class wild_world {
public:
  wild_world(storage::store& in, const std::string& name, std::uint64_t seed);
  /// A world that goes on where another history ends.
  wild_world(storage::store& in, core::world_number number, std::uint64_t seed);

  /// Decides `count` commands in commits of at most seven records.
  void live(std::uint64_t count);

  core::world_number number() const { return number_; }
  const core::world& state() const { return *world_; }
  storage::history& past() { return past_; }

private:
  void decide(core::command c);
  void commit();
  core::command next_command();
  core::command random_act();
  core::value random_value(core::value_type type);
  std::vector<std::pair<std::uint16_t, core::value>> random_props(core::kind_index kind);
  std::string random_text(std::size_t bytes_max);
  core::vec3 random_place();

  core::world_number number_;
  storage::history past_;
  std::unique_ptr<core::world> world_ = std::make_unique<core::world>();
  storage::commit_builder builder_;
  core::keyed_random random_;
};

/// The whole export of a world, or of a part of it, as lines; pages as small as asked for.
std::string exported(const storage::store& from, core::world_number world,
                     export_what what = export_what::records, export_options options = {});
std::vector<std::string> lines_of(const std::string& text);

/// All records of a world as encoded, one after the other.
std::vector<std::string> encoded_records(storage::store& in, core::world_number world);

/// The value, or a failed test with the message.
template <class T>
T must(storage::result<T> r);
void must(const std::optional<storage::failure>& why);

}  // namespace unscripted::gateway::testing

#include <catch2/catch.hpp>

template <class T>
T unscripted::gateway::testing::must(storage::result<T> r) {
  if (!r) FAIL(r.why().message);
  return std::move(*r);
}
