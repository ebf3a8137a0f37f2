// Tokens: made, found, ended; and the log, which never says one.
#include "gateway/access/opening.hpp"
#include "gateway/access/permit.hpp"
#include "gateway/access/secret_file.hpp"
#include "gateway/access/token_json.hpp"
#include "gateway/log.hpp"
#include "gateway/methods.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace unscripted;
using namespace unscripted::gateway;
using storage::testing::open_store;
using storage::testing::temp_folder;

namespace {

struct fixture {
  std::int64_t now = 1'700'000'000'000;
  std::unique_ptr<token_store> tokens = open(nullptr);

  std::unique_ptr<token_store> open(storage::store* kept) {
    auto opened = token_store::open(kept, [this] { return now; });
    REQUIRE(opened);
    return std::move(*opened);
  }
  made_token make(const token_wish& wish) {
    auto made = tokens->create(wish);
    REQUIRE(made);
    return *made;
  }
};

int mode_of(const std::filesystem::path& file) {
  struct stat about {};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  return static_cast<int>(about.st_mode & 0777);
}

core::errc why_not(token_store& in, const std::string& text) {
  const auto found = in.find(text);
  REQUIRE_FALSE(found);
  return found.why().code;
}

}  // namespace

TEST_CASE("a token is found by its text, and by nothing that is nearly it") {
  fixture f;
  const auto made = f.make({role::owner, 0, core::no_thing, 0, "ada"});
  CHECK(made.text.starts_with("ut_1_"));
  CHECK(made.text.size() == 5 + 32);
  const auto found = f.tokens->find(made.text);
  REQUIRE(found);
  CHECK((*found)->number == 1);
  CHECK((*found)->role == role::owner);
  for (std::size_t i = 0; i < made.text.size(); ++i) {
    std::string other = made.text;
    other[i] = other[i] == '0' ? '1' : '0';
    CAPTURE(i);
    CHECK(why_not(*f.tokens, other) == core::errc::unauthorized);
    CHECK(why_not(*f.tokens, made.text.substr(0, i)) == core::errc::unauthorized);
  }
  for (const std::string& text : {made.text + "0", " " + made.text, std::string(65536, '_'),
                                  std::string("ut_1_") + std::string(32, 'G'),
                                  std::string("ut_18446744073709551616_") + std::string(32, '0')})
    CHECK(why_not(*f.tokens, text) == core::errc::unauthorized);
}

TEST_CASE("no two tokens are alike, and what is kept of one does not open anything") {
  fixture f;
  const auto one = f.make({role::admin}), two = f.make({role::admin});
  CHECK(one.text.substr(5) != two.text.substr(5));
  const std::string shown = tokens_json(f.tokens->list());
  CHECK(shown.find(one.text.substr(5)) == std::string::npos);
  CHECK(shown.find(to_hex(one.row.digest)) == std::string::npos);
  CHECK(why_not(*f.tokens, "ut_1_" + to_hex(std::span(one.row.digest).first(16))) ==
        core::errc::unauthorized);
}

TEST_CASE("a token that has ended says so only to who knows its secret") {
  fixture f;
  token_wish wish{role::bot};
  wish.days = 1;
  const auto made = f.make(wish);
  const grant_ptr held = *f.tokens->find(made.text);
  CHECK(held->ended(f.now) == nullptr);
  f.now += 86'400'000;
  CHECK(held->ended(f.now) != nullptr);
  CHECK(f.tokens->find(made.text).why().message.find("expired") != std::string::npos);
  CHECK(f.tokens->find("ut_1_" + std::string(32, '0')).why().message.find("expired") ==
        std::string::npos);
  f.now -= 1;
  CHECK_FALSE(f.tokens->revoke(1));
  CHECK(held->ended(f.now) != nullptr);
  CHECK(f.tokens->find(made.text).why().message.find("revoked") != std::string::npos);
  CHECK(f.tokens->revoke(2)->code == core::errc::not_found);
}

TEST_CASE("a bot's token speaks for that bot, and ends with the token that made it") {
  fixture f;
  const auto made = f.make({role::owner});
  const grant_ptr maker = *f.tokens->find(made.text);
  const core::thing_id bot{3, 17};
  const std::string text = f.tokens->token_of_bot(*maker, bot);
  const auto found = f.tokens->find(text);
  REQUIRE(found);
  CHECK((*found)->role == role::bot);
  CHECK((*found)->world == 3);
  CHECK((*found)->bot == 17);
  CHECK((*found)->number == 1);
  std::string other = text;
  other[text.find(core::to_string(bot)) + 23] ^= 1;  // of another bot
  CHECK(why_not(*f.tokens, other) == core::errc::unauthorized);
  CHECK_FALSE(f.tokens->revoke(1));
  CHECK((*found)->ended(f.now) != nullptr);
  CHECK(why_not(*f.tokens, text) == core::errc::unauthorized);
}

TEST_CASE("wishes that make no sense are refused by name") {
  fixture f;
  const auto param = [&](const token_wish& wish) {
    const auto made = f.tokens->create(wish);
    REQUIRE_FALSE(made);
    return std::get<std::string>(made.why().data.at(0).second);
  };
  CHECK(param({role::anyone}) == "role");
  CHECK(param({role::admin, 1}) == "world");
  CHECK(param({role::owner, 1, 5}) == "bot");
  CHECK(param({role::bot, 0, 5}) == "bot");
  CHECK(param({role::bot, 0, core::no_thing, token_days_max + 1}) == "days");
  CHECK(param({role::bot, 0, core::no_thing, 0, "a\nb"}) == "name");
}

TEST_CASE("tokens, what ended them and the key of bots' tokens survive a restart") {
  temp_folder folder;
  fixture f;
  std::string ada, bob, bot;
  {
    const auto store = open_store(folder.path());
    const auto tokens = f.open(store.get());
    ada = tokens->create({role::owner})->text;
    bob = tokens->create({role::bot})->text;
    bot = tokens->token_of_bot(**tokens->find(ada), {1, 2});
    CHECK_FALSE(tokens->revoke(2));
  }
  const auto store = open_store(folder.path());
  const auto tokens = f.open(store.get());
  CHECK(tokens->find(ada));
  CHECK(tokens->find(bot));
  CHECK(why_not(*tokens, bob) == core::errc::unauthorized);
  CHECK(mode_of(folder.path() / "token-key") == 0600);
}

TEST_CASE("when a token was used last is written once an hour, not with each use") {
  temp_folder folder;
  fixture f;
  const auto store = open_store(folder.path());
  const auto tokens = f.open(store.get());
  const std::string text = tokens->create({role::observer})->text;
  const auto stored = [&] { return store->tokens()->at(0).used_ms; };
  CHECK(stored() == 0);
  REQUIRE(tokens->find(text));
  const std::int64_t first = stored();
  CHECK(first > 0);
  CHECK(first % 3'600'000 == 0);
  f.now = first + 3'599'999;
  REQUIRE(tokens->find(text));
  CHECK(stored() == first);
  f.now = first + 3'600'000;
  REQUIRE(tokens->find(text));
  CHECK(stored() == f.now);
}

TEST_CASE("no token is shown to have been used before it was made") {
  storage::token_row row;
  row.created_ms = 7'200'000 + 1'234'000;
  CHECK(token_json(row).find("used") == std::string::npos);
  row.used_ms = 7'200'000;  // in the same hour
  CHECK(token_json(row).find("\"used\":8434}") != std::string::npos);
  row.used_ms = 2 * 7'200'000;
  CHECK(token_json(row).find("\"used\":14400}") != std::string::npos);
}

TEST_CASE(
    "the first start leaves an admin's token in a file of its owner's, later ones leave none") {
  temp_folder folder;
  const auto file = folder.path() / first_token_file;
  std::vector<std::string> said;
  const auto say = [&](const std::string& line) { said.push_back(line); };
  std::string text;
  {
    const auto store = open_store(folder.path());
    const auto tokens = open_tokens(folder.path(), store.get(), say);
    REQUIRE(tokens);
    std::getline(std::ifstream(file), text);
    CHECK((*(*tokens)->find(text))->role == role::admin);
    CHECK(mode_of(file) == 0600);
  }
  REQUIRE(said.size() == 1);
  CHECK(said[0].find(file.string()) != std::string::npos);
  CHECK(said[0].find(text) == std::string::npos);
  std::filesystem::remove(file);
  const auto store = open_store(folder.path());
  REQUIRE(open_tokens(folder.path(), store.get(), say));
  CHECK(said.size() == 1);
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a key that others may read is refused") {
  temp_folder folder;
  const auto file = folder.path() / "token-key";
  const auto made = read_or_make_key(file, false);
  REQUIRE(made);
  CHECK(*read_or_make_key(file, false) == *made);
  std::filesystem::permissions(file, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  CHECK(read_or_make_key(file, false).why().message.find("chmod") != std::string::npos);
}

// -- the table -----------------------------------------------------------------------------------

TEST_CASE("each method says whose tokens may call it, and only two ask for none") {
  simdjson::dom::parser parser;
  const simdjson::dom::object all = parser.parse(methods::describe());
  std::map<std::string, std::vector<std::string>> by_role;
  for (const auto [name, method] : all)
    by_role[std::string(std::string_view(method["role"]))].emplace_back(name);
  CHECK(by_role["anyone"] == std::vector<std::string>{"hello", "ping"});
  CHECK(by_role["bot"] ==
        std::vector<std::string>{"bot.create", "bot.attach", "bot.detach", "act"});
  for (const std::string& name : by_role["observer"]) {
    CAPTURE(name);
    CHECK(std::string("describe plugin.list server.status world.list world.get history.stats "
                      "history.state thing.get thing.list see subscribe unsubscribe ")
              .find(name + " ") != std::string::npos);
  }
  for (const char* name : {"token.create", "token.list", "token.revoke", "server.stop",
                           "server.backup", "history.import", "plugin.load"})
    CHECK(methods::least_role(name) == role::admin);
  CHECK(methods::least_role("nothing like it") == role::admin);
}

TEST_CASE("who has no token, one that ended or one of too low a role is refused, each in its way") {
  grant who;
  who.role = role::bot;
  const auto code = [&](const grant* g, role least) {
    const auto why = refuse({g, 5}, least, "act");
    return why ? core::wire_code(why->code) : 0;
  };
  CHECK(code(nullptr, role::anyone) == 0);
  CHECK(code(nullptr, role::observer) == 401);
  CHECK(code(&who, role::observer) == 0);
  CHECK(code(&who, role::bot) == 0);
  CHECK(code(&who, role::owner) == 403);
  who.expires_ms = 5;
  CHECK(code(&who, role::bot) == 401);
}

// -- the log -------------------------------------------------------------------------------------

TEST_CASE("a line that comes again and again is written once, and then counted") {
  std::vector<std::string> lines;
  const auto start = logbook::clock::now();
  {
    logbook book{[&](log_level, const std::string& line) { lines.push_back(line); }};
    for (int i = 0; i < 1000; ++i)
      book.write(log_level::warning, "it hurts", {{"address", "10.0.0.1"}}, start);
    book.write(log_level::warning, "it hurts", {{"address", "10.0.0.2"}}, start);
    CHECK(lines ==
          std::vector<std::string>{"it hurts address=10.0.0.1", "it hurts address=10.0.0.2"});
    book.write(log_level::info, "later", {}, start + std::chrono::seconds{11});
    REQUIRE(lines.size() == 4);
    CHECK(lines[2] == R"(a line came again, and was only counted )"
                      R"(line="it hurts address=10.0.0.1" times=999)");
    for (int i = 0; i < 1000; ++i)
      book.write(log_level::info, "line " + std::to_string(i), {}, start);
  }
  CHECK(lines.size() == 1004);
}

TEST_CASE(
    "lines of one message, each of which is another, are counted beyond some, and told in time") {
  std::vector<std::string> lines;
  const auto start = logbook::clock::now();
  logbook book{[&](log_level, const std::string& line) { lines.push_back(line); }};
  for (int i = 0; i < 1000; ++i)
    book.write(log_level::info, "refused", {{"target", std::to_string(i)}}, start);
  CHECK(lines.size() == 64);
  book.write_about("another", log_level::info, "refused", {{"target", "one more"}}, start);
  CHECK(lines.size() == 65);
  book.tell_due(start + std::chrono::seconds{9});
  CHECK(lines.size() == 65);
  book.tell_due(start + std::chrono::seconds{11});
  REQUIRE(lines.size() == 66);
  CHECK(lines.back().find("line=refused times=936") != std::string::npos);
  for (int i = 0; i < 100; ++i) book.write_each(log_level::info, "done");
  CHECK(lines.size() == 166);
}

TEST_CASE("a line of JSON is one object, whatever is in it") {
  std::vector<std::string> lines;
  logbook book{[&](log_level, const std::string& line) { lines.push_back(line); }};
  book.configure({true, log_level::warning});
  book.write(log_level::info, "nobody reads this");
  book.write(log_level::error, "a \"word\"\n", {{"path", "\x01\xff"}});
  REQUIRE(lines.size() == 1);
  simdjson::dom::parser parser;
  const simdjson::dom::element read = parser.parse(lines[0]);
  CHECK(std::string_view(read["level"]) == "error");
  CHECK(std::string_view(read["message"]) == "a \"word\"\n");
}
