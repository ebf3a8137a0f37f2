#include "actors/spare.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

namespace unscripted::actors {

namespace {

using words = std::vector<std::string>;

words with_room(std::size_t count) {
  words list;
  list.reserve(count);
  return list;
}

}  // namespace

TEST_CASE("what was given comes back empty and with its room") {
  using lists = spare<words, 4, 8>;
  words used = with_room(8);
  used.emplace_back("a text that is too long to stand within the string itself");
  lists::give(std::move(used));

  const words again = lists::take();

  CHECK(again.empty());
  CHECK(again.capacity() >= 8);
  CHECK(lists::take().capacity() == 0);
}

TEST_CASE("neither too many nor too large ones nor those without room are kept") {
  using lists = spare<words, 2, 16>;
  lists::give(words{});
  lists::give(with_room(17));
  CHECK(lists::take().capacity() == 0);

  for (int i = 0; i < 3; ++i) lists::give(with_room(16));

  CHECK(lists::take().capacity() == 16);
  CHECK(lists::take().capacity() == 16);
  CHECK(lists::take().capacity() == 0);
  spare<std::string, 2, 16>::give({});
  CHECK(spare<std::string, 2, 16>::take().capacity() == std::string{}.capacity());
}

TEST_CASE("a thread has what it was given itself") {
  using lists = spare<words, 1, 32>;
  lists::give(with_room(32));

  std::size_t there = 32;
  std::thread{[&] { there = lists::take().capacity(); }}.join();

  CHECK(there == 0);
  CHECK(lists::take().capacity() == 32);
}

}  // namespace unscripted::actors
