// Who goes through a history while others act: here, while its world is deleted.
#include "storage/explain.hpp"
#include "storage/playback.hpp"
#include "storage/verify.hpp"
#include "tests/storage/busy_world.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

TEST_CASE("a playback of a world that was deleted meanwhile reaches nothing, and says so") {
  temp_folder folder;
  auto s = open_store(folder.path());
  {
    living_world w(*s, new_world(*s, "one"), 5);
    w.found("one");
    w.live(50);
  }
  CHECK_FALSE(must(playback::begin(*s, 1, 0)).check_reaches(54));
  must(s->delete_world(1));
  must(s->wait_for_reclaim());
  const auto why = must(playback::begin(*s, 1, 0)).check_reaches(54);
  REQUIRE(why);
  CHECK(why->kind == failure_kind::not_found);
  CHECK(why->message == "world 1 was deleted meanwhile: it has no seq 54 any more");
}

// Found by a crowd of clients: what asked for a history's length, and then read the history, met
// the end of a deleted one, and took what is no record for its first.
TEST_CASE("who asks a history while it is deleted gets an answer or is told that it is gone") {
  temp_folder folder(place_in_memory());
  auto s = open_store(folder.path());
  const auto catalogue = catalogue_of({});
  int answered = 0, gone = 0;
  for (int round = 0; round < 150; ++round) {
    const core::world_number number = new_world(*s, "one");
    busy_world(*s, number, 5, catalogue).found("one");
    std::optional<failure> trouble;
    std::thread deleter([&] { trouble = s->delete_world(number); });
    for (int i = 0; i < 20; ++i) {
      verify_options how;
      how.catalogue = catalogue;
      const auto verified = verify(*s, number, how);
      const auto explained = explain(*s, number, 1, {});
      for (const failure* why :
           {verified ? nullptr : &verified.why(), explained ? nullptr : &explained.why()}) {
        why ? ++gone : ++answered;
        if (why) CHECK(why->kind == failure_kind::not_found);
      }
    }
    deleter.join();
    must(trouble);
  }
  CHECK(answered > 0);
  CHECK(gone > 0);
}
