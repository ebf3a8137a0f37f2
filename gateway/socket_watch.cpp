#include "gateway/socket_watch.hpp"

#include <boost/system/system_error.hpp>

#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <utility>

namespace unscripted::gateway {

namespace {

using boost::system::error_code;

constexpr std::uint32_t reading = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;

// As many as Asio takes at once: so many are read before the worlds that they set going run.
constexpr std::size_t told_at_once = 128;

int new_set() {
  const int set = epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw boost::system::system_error(errno, boost::system::system_category(), "epoll");
  return set;
}

epoll_event about(int socket, std::uint32_t events) {
  epoll_event e{};
  e.events = events;
  e.data.fd = socket;
  return e;
}

socket_watch::news news_of(std::uint32_t events) {
  const auto has = [&](std::uint32_t any) { return (events & any) != 0; };
  constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR;  // as reading and writing find out
  constexpr std::uint32_t marks = EPOLLRDHUP | EPOLLPRI | broken;
  return {has(EPOLLIN | marks), has(marks), has(EPOLLOUT | broken)};
}

}  // namespace

socket_watch::socket_watch(boost::asio::io_context& io) : set_(io, new_set()) { await(); }

bool socket_watch::add(int socket, std::weak_ptr<owner> who) {
  const auto number = static_cast<std::size_t>(socket);
  if (number >= owners_.size()) owners_.resize(number + 1);
  owners_[number] = std::move(who);
  epoll_event e = about(socket, reading);
  return epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &e) == 0;
}

void socket_watch::watch_writing(int socket, bool is_wished) {
  epoll_event e = about(socket, is_wished ? reading | EPOLLOUT : reading);
  epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, socket, &e);
}

void socket_watch::remove(int socket) {
  owners_[static_cast<std::size_t>(socket)].reset();
  epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
}

void socket_watch::await() {
  set_.async_wait(set_.wait_read, [this](error_code stopped) {
    if (stopped) return;
    tell();
    await();
  });
}

// Who is told may end others that have news: their owners are gone then, or are removed.
void socket_watch::tell() {
  std::array<epoll_event, told_at_once> all;
  const int count = epoll_wait(set_.native_handle(), all.data(), told_at_once, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& e = all[static_cast<std::size_t>(i)];
    if (const auto who = owners_[static_cast<std::size_t>(e.data.fd)].lock())
      who->on_news(news_of(e.events));
  }
}

}  // namespace unscripted::gateway
