// Mail on its way to clients: in order, whoever sends it.
#include "actors/postman.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace unscripted::actors;

namespace {

/// Writes down what it is sent, by whom; once shut it lets nobody finish a send.
class doorstep final : public client {
public:
  connection_id id() const override { return 1; }
  void encode(std::string&, const ticket&, const answer&, const view*) override {}
  void encode(std::string&, const event&, const view&) override {}
  std::size_t backlog() const override { return 0; }

  void send(outbox&& mail) override {
    std::unique_lock lock(mutex_);
    begun_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_shut_; });
    if (throws) throw std::runtime_error("out of paper");
    came_ += mail.bytes;
    sender_ = std::this_thread::get_id();
  }
  void abort(std::string_view why) override { aborted = why; }

  void shut() {
    const std::lock_guard lock(mutex_);
    is_shut_ = true;
    begun_ = false;
  }
  void wait_for_knock() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return begun_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    is_shut_ = false;
    changed_.notify_all();
  }
  std::string came() {
    const std::lock_guard lock(mutex_);
    return came_;
  }
  std::thread::id sender() {
    const std::lock_guard lock(mutex_);
    return sender_;
  }

  bool throws = false;
  std::string aborted;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_shut_ = false, begun_ = false;
  std::string came_;
  std::thread::id sender_;
};

using doorstep_ptr = std::shared_ptr<doorstep>;

letter to(const doorstep_ptr& whom, std::string bytes, std::size_t answered = 1) {
  return {whom, {std::move(bytes), answered, false, 0, {}}};
}

/// So many letters with so many answers that they are worth a postman.
std::vector<letter> bulk(const doorstep_ptr& whom, const std::string& each) {
  std::vector<letter> all;
  for (int i = 0; i < 10; ++i) all.push_back(to(whom, each, 16));
  return all;
}

const auto here = [] { return std::this_thread::get_id(); };

}  // namespace

TEST_CASE("a postman sends in the order in which it was given, and all of it before it ends") {
  const auto client = std::make_shared<doorstep>();
  std::string expected;
  {
    postman by;
    for (int i = 0; i < 1000; ++i) {
      std::vector<letter> letters;
      for (int k = 0; k < i % 5; ++k) {
        letters.push_back(to(client, std::to_string(i) + "." + std::to_string(k) + " "));
        expected += letters.back().mail.bytes;
      }
      by.carry(letters);
    }
  }
  CHECK(client->came() == expected);
}

TEST_CASE("a postman gives back letters that were sent: empty, for nobody, and few") {
  const auto client = std::make_shared<doorstep>();
  postman by;
  std::vector<letter> letters;
  for (int i = 0; i < 500; ++i) letters.push_back(to(client, "x"));
  const std::uint64_t last = by.carry(letters);
  while (!by.has_sent(last)) std::this_thread::yield();
  CHECK(letters.empty());
  std::size_t returned = 0;
  while (returned == 0) {  // they lie ready soon after the last one was sent
    letters.clear();
    by.carry(letters);
    returned = letters.size();
  }
  CHECK(returned <= 64);
  for (const letter& l : letters) CHECK(l.to == nullptr);
  CHECK(client.use_count() == 1);
}

TEST_CASE("of a letter that was sent nothing is kept but a text of usual size") {
  const auto client = std::make_shared<doorstep>();
  const auto group = std::make_shared<int>();
  const bool by_postman = GENERATE(true, false);
  postman by;
  mail_route route(by_postman ? &by : nullptr);
  auto letters = bulk(client, std::string(1000, 'x'));
  letters[0].mail.parts.push_back({{"1", 0, group, 0}, "part"});
  letters[1].mail.bytes.assign(1'000'000, 'y');
  route.send(letters);
  route.settle();
  CHECK(group.use_count() == 1);
  std::vector<letter> back = std::move(letters);
  while (back.empty()) {
    std::this_thread::yield();
    by.carry(back);
  }
  for (const letter& l : back) {
    CHECK(l.to == nullptr);
    CHECK(l.mail.bytes.capacity() <= 65'536);
  }
}

TEST_CASE("a route that has settled has nothing on its way, and sends little by itself again") {
  const auto client = std::make_shared<doorstep>();
  postman by;
  mail_route route(&by);
  for (int i = 0; i < 50; ++i) {
    auto many = bulk(client, "a");
    route.send(many);
    route.settle();
    CHECK(client->came().size() == static_cast<std::size_t>(11 * i + 10));
    CHECK(client->sender() != here());
    std::vector<letter> one{to(client, "b")};
    route.send(one);
    CHECK(client->sender() == here());
  }
}

TEST_CASE("where thousands of letters wait, who brings more waits until its own were sent") {
  const auto client = std::make_shared<doorstep>();
  postman by;
  mail_route route(&by);
  client->shut();
  std::vector<letter> many;
  // So many that it is still full when the first of them have left.
  const std::size_t count = 2 * postman::waiting_max;
  for (std::size_t i = 0; i < count; ++i) many.push_back(to(client, "a", 16));
  route.send(many);
  client->wait_for_knock();
  CHECK(by.is_full());
  std::thread opener([&] { client->open(); });
  auto more = bulk(client, "b");
  route.send(more);
  CHECK(client->came().size() >= count);
  opener.join();
  route.settle();
  CHECK(client->came() == std::string(count, 'a') + std::string(10, 'b'));
}

TEST_CASE("parts of groups count as the answers that they are") {
  const auto client = std::make_shared<doorstep>();
  postman by;
  mail_route route(&by);
  std::vector<letter> letters;
  for (int i = 0; i < 10; ++i) {
    letters.push_back(to(client, "a", 0));
    letters.back().mail.parts.resize(16);
  }
  route.send(letters);
  route.settle();
  CHECK(client->sender() != here());
}

TEST_CASE("nothing is carried where there is nothing to send") {
  const auto slow = std::make_shared<doorstep>(), mine = std::make_shared<doorstep>();
  postman by;
  mail_route route(&by);
  slow->shut();
  mine->shut();
  auto many = bulk(mine, "a");
  route.send(many);
  mine->wait_for_knock();
  auto others = bulk(slow, "b");
  by.carry(others);  // of another world

  std::vector<letter> none;
  route.send(none);
  mine->open();
  slow->wait_for_knock();  // all of this world's was sent
  std::vector<letter> one{to(mine, "c")};
  route.send(one);

  CHECK(mine->sender() == here());
  CHECK(mine->came() == "aaaaaaaaaac");
  slow->open();
}

TEST_CASE("a client that fails to send is closed, and the others get their mail") {
  const auto bad = std::make_shared<doorstep>(), good = std::make_shared<doorstep>();
  bad->throws = true;
  {
    postman by;
    std::vector<letter> letters{to(bad, "a"), to(good, "b")};
    by.carry(letters);
  }
  CHECK(bad->aborted == "its answer could not be sent");
  CHECK(good->came() == "b");
}

TEST_CASE("mail does not overtake what the postman still has of the same world") {
  const auto client = std::make_shared<doorstep>();
  {
    postman by;
    mail_route route(&by);
    client->shut();
    auto many = bulk(client, "a");
    route.send(many);
    client->wait_for_knock();
    std::vector<letter> one{to(client, "b")};
    route.send(one);
    client->open();
  }
  CHECK(client->came() == "aaaaaaaaaab");
  CHECK(client->sender() != here());
}

TEST_CASE("while the postman is busy with a world's mail another world sends by itself") {
  const auto slow = std::make_shared<doorstep>(), other = std::make_shared<doorstep>();
  postman by;
  mail_route first(&by), second(&by);
  slow->shut();
  auto many = bulk(slow, "a");
  first.send(many);
  slow->wait_for_knock();

  auto others = bulk(other, "b");
  second.send(others);

  CHECK(other->came() == "bbbbbbbbbb");
  CHECK(other->sender() == here());
  slow->open();
}

TEST_CASE("few letters, or of few answers each, are sent by the world's own thread") {
  const auto client = std::make_shared<doorstep>();
  postman by;
  mail_route route(&by);
  std::vector<letter> few{to(client, "a", 100), to(client, "b", 100)};
  route.send(few);
  CHECK(client->sender() == here());
  std::vector<letter> slight;
  for (int i = 0; i < 50; ++i) slight.push_back(to(client, "c"));
  route.send(slight);
  CHECK(client->sender() == here());
  CHECK(client->came() == "ab" + std::string(50, 'c'));
}

TEST_CASE("without a postman a world sends by itself, however much it is") {
  const auto client = std::make_shared<doorstep>();
  mail_route route(nullptr);
  auto many = bulk(client, "a");
  route.send(many);
  CHECK(client->came() == "aaaaaaaaaa");
  CHECK(client->sender() == here());
}
