#include "gateway/v1/envelope.hpp"
#include "gateway/v1/tempo.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace unscripted;
using namespace std::chrono_literals;
namespace v1 = unscripted::gateway::v1;

namespace {

v1::heading heading_of(const std::string& target) {
  return {"things.get", std::get<v1::query>(v1::parse_query(target))};
}

}  // namespace

TEST_CASE("a listing has v1's members in v1's order") {
  const auto h = heading_of("things?i=0&@context=c%22&i=1");
  CHECK(v1::write_listing(h, "ab", {2, 1, R"({"x":1})"}) ==
        R"({"version":"1","context":"c\"","id":"ab","method":"things.get",)"
        R"("params":{"i":["0","1"],"@context":["c\""]},)"
        R"("data":{"total_count":2,"count":1,"items":[{"x":1}]}})");
  CHECK(v1::write_listing(heading_of(""), "ab", {}, R"(,"env":{})") ==
        R"({"version":"1","context":"","id":"ab","method":"things.get","params":{},)"
        R"("data":{"total_count":0,"count":0,"items":[]},"env":{}})");
}

TEST_CASE("a failure says its code and message twice, as it ever did") {
  CHECK(v1::write_failure(heading_of(""), "ab", v1::no_such_thing()) ==
        R"({"version":"1","context":"","id":"ab","method":"things.get","params":{},)"
        R"("error":{"errors":[{"code":404,"message":"Thing not found"}],)"
        R"("message":"Thing not found","code":404}})");
}

TEST_CASE("ids of answers are 32 hex digits, each new") {
  v1::answer_ids first, second;
  std::set<std::string> all;
  for (int i = 0; i < 1000; ++i) all.merge(std::set{first.next(), second.next()});
  CHECK(all.size() == 2000);
  for (const std::string& id : all)
    if (id.size() != 32 || id.find_first_not_of("0123456789abcdef") != std::string::npos) FAIL(id);
}

TEST_CASE("the engine's problems become v1's codes and words") {
  using core::errc;
  const auto code_of = [](errc code) { return v1::to_failure({code, "why; what to do", {}}).code; };
  CHECK(code_of(errc::invalid_params) == 400);
  CHECK(code_of(errc::not_found) == 404);
  CHECK(code_of(errc::dead) == 404);
  CHECK(code_of(errc::conflict) == 409);
  CHECK(code_of(errc::storage_full) == 503);
  CHECK(v1::to_failure({errc::busy, "why; what to do", {}}).message == "why");
  CHECK(v1::to_failure({errc::dead, "it died", {}}).message == "Thing not found");
  core::problem full{errc::over_capacity, "so many bots at most", {}};
  full.data = {{"kind", "bot"}, {"capacity", std::int64_t{10}}};
  CHECK(v1::to_failure(full).message == "This world cannot accept more than 10 bot.");
}

TEST_CASE("the rate of a world is known after a second, and only once it runs") {
  v1::tempo t;
  const v1::tempo::time_point start{};
  CHECK_FALSE(t.look(7, 5, start));
  CHECK_FALSE(t.look(7, 9, start + 500ms));
  CHECK_FALSE(t.look(8, 1, start));
  CHECK(t.look(7, 25, start + 2s) == 10);
  CHECK(t.look(7, 99, start + 2500ms) == 10);
  CHECK(t.look(7, 25, start + 4s) == 0);
  CHECK_FALSE(t.look(8, 1, start + 4s));
}
