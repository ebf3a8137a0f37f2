#include "gateway/socket_watch.hpp"
#include "plugins/descriptor.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace unscripted::gateway {

namespace {

/// One end of a connection, which is watched, and the other, by number.
class listening final : public socket_watch::owner {
public:
  explicit listening(socket_watch& by) : by_(by) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    here = std::make_unique<plugins::descriptor>(ends[0]);
    there = std::make_unique<plugins::descriptor>(ends[1]);
  }

  void on_news(const socket_watch::news& what) override {
    news.push_back(what);
    if (then) then();
  }
  void leave() {
    by_.remove(here->number());
    here->close();
  }
  void hear(const std::string& text) const {
    REQUIRE(::write(there->number(), text.data(), text.size()) == std::ssize(text));
  }
  std::string read(std::size_t most) const {
    std::string text(most, '\0');
    const auto size = ::read(here->number(), text.data(), most);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }
  /// So much that no more fits.
  void fill() const {
    const std::string much(1 << 16, 'x');
    while (::write(here->number(), much.data(), much.size()) > 0) {
    }
  }
  void drain() const {
    std::string much(1 << 16, '\0');
    while (::read(there->number(), much.data(), much.size()) > 0) {
    }
  }

  std::unique_ptr<plugins::descriptor> here, there;
  std::vector<socket_watch::news> news;
  std::function<void()> then;

private:
  socket_watch& by_;
};

struct stage {
  std::shared_ptr<listening> open() {
    auto one = std::make_shared<listening>(watch);
    REQUIRE(watch.add(one->here->number(), one));
    return one;
  }
  /// Whatever is to be told is told.
  void run() {
    io.restart();
    while (io.poll_one() > 0) {
    }
  }

  boost::asio::io_context io;
  socket_watch watch{io};
};

}  // namespace

TEST_CASE("a socket's owner is told once of what came, and again when more comes") {
  stage s;
  const auto one = s.open();
  s.run();
  CHECK(one->news.empty());

  one->hear("some");
  s.run();
  s.run();
  REQUIRE(one->news.size() == 1);
  CHECK(one->news[0].can_read);
  CHECK_FALSE(one->news[0].is_marked);
  CHECK_FALSE(one->news[0].can_write);

  one->hear(" more");  // whether the first was read or not
  s.run();
  CHECK(one->news.size() == 2);
  CHECK(one->read(100) == "some more");
}

TEST_CASE("what a socket had before it was watched is told") {
  stage s;
  const auto one = std::make_shared<listening>(s.watch);
  one->hear("early");
  REQUIRE(s.watch.add(one->here->number(), one));
  s.run();
  REQUIRE(one->news.size() == 1);
  CHECK(one->news[0].can_read);
}

TEST_CASE("an end behind the last bytes is told with them, so that a short read is not all") {
  stage s;
  const auto one = s.open();
  one->hear("last");
  REQUIRE(::shutdown(one->there->number(), SHUT_WR) == 0);
  s.run();
  REQUIRE(one->news.size() == 1);
  CHECK(one->news[0].can_read);
  CHECK(one->news[0].is_marked);
  CHECK(one->read(100) == "last");

  const auto gone = s.open();
  gone->there->close();
  s.run();
  REQUIRE(gone->news.size() == 1);
  CHECK(gone->news[0].is_marked);
  CHECK(gone->news[0].can_write);  // writing tells as well that nobody is there
}

TEST_CASE("room to write is told while that is wished") {
  stage s;
  const auto one = s.open();
  one->fill();
  s.watch.watch_writing(one->here->number(), true);
  s.run();
  CHECK(one->news.empty());

  one->drain();
  s.run();
  REQUIRE(one->news.size() == 1);
  CHECK(one->news[0].can_write);
  CHECK_FALSE(one->news[0].can_read);

  s.watch.watch_writing(one->here->number(), true);  // there is room already
  s.run();
  CHECK(one->news.size() == 2);

  s.watch.watch_writing(one->here->number(), false);
  one->hear("read me");
  s.run();
  REQUIRE(one->news.size() == 3);
  CHECK_FALSE(one->news[2].can_write);
}

TEST_CASE("who was removed, or is gone, is told nothing, also where its news were fetched") {
  stage s;
  const auto first = s.open(), second = s.open();
  auto third = s.open();
  bool was_told = false;
  third->then = [&] { was_told = true; };
  const auto end_others = [&] {
    if (!third) return;
    (first->news.empty() ? first : second)->leave();
    third.reset();
  };
  first->then = second->then = end_others;
  for (const auto& each : {first, second, third}) each->hear("x");
  s.run();
  CHECK(first->news.size() + second->news.size() == 1);
  CHECK_FALSE(was_told);
}

TEST_CASE("however many sockets have news at once, each owner is told") {
  stage s;
  std::vector<std::shared_ptr<listening>> all;
  for (int i = 0; i < 300; ++i) all.push_back(s.open());
  for (const auto& one : all) one->hear("x");
  s.run();
  for (const auto& one : all) CHECK(one->news.size() == 1);
}

TEST_CASE("after its close a watch tells nobody anything") {
  stage s;
  const auto one = s.open();
  one->hear("x");
  s.watch.close();
  s.run();
  CHECK(one->news.empty());
}

}  // namespace unscripted::gateway
