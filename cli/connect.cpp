#include "cli/connect.hpp"

#include "cli/document.hpp"
#include "cli/token.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace unscripted::cli {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

cannot_connect no_server_at(const address& where, const std::string& why) {
  return cannot_connect("cannot connect to " + to_string(where) + ": " + why +
                        " (is a server running there? `unscripted serve` starts one)");
}

namespace {

void introduce(tcp::socket& socket) {
  const auto hello = greeting();
  if (hello.empty()) return;
  send_all(socket, hello);
  std::string rest;
  auto answer = read_answer(receive_line(socket, rest));
  if (auto* why = std::get_if<refusal>(&answer)) throw refused(std::move(*why));
}

}  // namespace

tcp::socket connect(asio::io_context& io, const address& where, std::chrono::milliseconds timeout) {
  error_code error;
  const auto found = tcp::resolver(io).resolve(where.host, std::to_string(where.port), error);
  if (error) throw no_server_at(where, error.message());

  tcp::socket socket(io);
  bool is_done = false;
  asio::async_connect(socket, found, [&](error_code e, const tcp::endpoint&) {
    error = e;
    is_done = true;
  });
  io.restart();
  io.run_for(timeout);
  if (!is_done) {
    socket.close();
    io.restart();
    io.run();  // lets the cancelled connect end before its captures do
    throw no_server_at(where, "no answer within " + std::to_string(timeout.count()) + " ms");
  }
  if (error) throw no_server_at(where, error.message());
  socket.set_option(tcp::no_delay(true), error);
  introduce(socket);
  return socket;
}

void send_all(tcp::socket& socket, std::string_view bytes) {
  error_code error;
  asio::write(socket, asio::buffer(bytes), error);
  if (error) throw cannot_connect("the connection to the server is lost: " + error.message());
}

std::string receive_line(tcp::socket& socket, std::string& buffer) {
  error_code error;
  const auto size = asio::read_until(socket, asio::dynamic_buffer(buffer), '\n', error);
  if (error) throw cannot_connect("the connection to the server is lost: " + error.message());
  auto line = buffer.substr(0, size - 1);
  buffer.erase(0, size);
  return line;
}

}  // namespace unscripted::cli
