// Tokens, and what they own, in a data folder.
#include "storage/entry.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

token_row a_row(const std::string& name) {
  token_row row;
  row.digest.fill(7);
  row.role = 3;
  row.world = 5;
  row.created_ms = 1'700'000'000'000;
  row.expires_ms = row.created_ms + 1;
  row.name = name;
  return row;
}

}  // namespace

TEST_CASE("tokens are there after a restart, with all that is known of them") {
  temp_folder folder;
  token_row row = a_row("ada");
  {
    const auto s = open_store(folder.path());
    row.number = must(s->add_token(row));
    row.revoked_ms = row.used_ms = 1'700'000'000'123;
    row.bot = 9;
    CHECK_FALSE(s->change_token(row, true));
  }
  CHECK(must(open_store(folder.path())->tokens()) == std::vector<token_row>{row});
}

TEST_CASE("the number of a token is never given again") {
  temp_folder folder;
  {
    const auto s = open_store(folder.path());
    CHECK(must(s->add_token(a_row("one"))) == 1);
    CHECK(must(s->add_token(a_row("two"))) == 2);
    CHECK_FALSE(s->forget_token(2));
  }
  const auto s = open_store(folder.path());
  CHECK(must(s->add_token(a_row("three"))) == 3);
  CHECK(must(s->tokens()).size() == 2);
}

TEST_CASE("bytes that are no token are refused, whatever they are") {
  const std::string good = encode_token(a_row("ada"));
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(decode_token(1, std::string_view(good).substr(0, size)));
  CHECK_FALSE(decode_token(1, good + "x"));
  CHECK(decode_token(1, good));
  std::string newer = good;
  newer[0] = 2;
  CHECK_FALSE(decode_token(1, newer));
}

TEST_CASE("whose a world is stays known when its name and its keeping change") {
  temp_folder folder;
  {
    const auto s = open_store(folder.path());
    const auto number = must(s->create_world("eden", 1, 42));
    CHECK_FALSE(s->rename_world(number, "garden"));
    CHECK_FALSE(s->retain(number, 3));
  }
  const auto worlds = must(open_store(folder.path())->worlds());
  REQUIRE(worlds.size() == 1);
  CHECK(worlds[0] == world_entry{1, "garden", 1, 3, 42});
}

TEST_CASE("an entry without an owner is the bytes that it was before there were any") {
  CHECK(encode_entry({1, "a", 0, 0, 0}) == std::string("\1\0\1a", 4));
  CHECK(encode_entry({1, "a", 0, 2, 0}) == std::string("\1\0\1a\2", 5));
  CHECK(encode_entry({1, "a", 0, 0, 9}) == std::string("\1\0\1a\0\11", 6));
}
