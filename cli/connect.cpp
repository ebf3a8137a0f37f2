#include "cli/connect.hpp"

#include "cli/document.hpp"
#include "cli/token.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

template class unscripted::gateway::secure_stream<boost::asio::ip::tcp::socket>;

namespace unscripted::cli {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

cannot_connect no_server_at(const address& where, const std::string& why) {
  // NOLINTNEXTLINE(modernize-return-braced-init-list): the constructor is explicit
  return cannot_connect("cannot connect to " + to_string(where) + ": " + why +
                        " (is a server running there? `unscripted serve` starts one)");
}

namespace {

// Says whose this connection is, where this run has a token.
void introduce(channel& to) {
  const auto hello = greeting();
  if (hello.empty()) return;
  send_all(to, hello);
  std::string rest;
  auto answer = read_answer(receive_line(to, rest));
  if (auto* why = std::get_if<refusal>(&answer)) throw refused(std::move(*why));
}

// Runs `io` until what was begun is done, or says that it took too long.
void await(asio::io_context& io, tcp::socket& socket, const bool& is_done, const address& where,
           std::chrono::milliseconds timeout) {
  io.restart();
  io.run_for(timeout);
  if (is_done) return;
  error_code ignored;
  socket.close(ignored);
  io.restart();
  io.run();  // lets what was cancelled end before its captures do
  throw no_server_at(where, "no answer within " + std::to_string(timeout.count()) + " ms");
}

}  // namespace

std::string in_words(const error_code& why, const address& where) {
  if (why.category() != asio::error::get_ssl_category()) return why.message();
  if (ERR_GET_REASON(static_cast<unsigned long>(why.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED)
    return "its certificate does not prove that it is " + where.host +
           "; name who vouches for it by --tls-ca";
  return "it does not speak TLS as we do (" + why.message() + ")";
}

void prepare_tls(channel& to, const address& where) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  error_code error;
  if (where.tls_ca.empty()) context.set_default_verify_paths(error);
  else context.load_verify_file(where.tls_ca, error);
  if (error)
    throw failed("--tls-ca: cannot read certificates in " + where.tls_ca + ": " + error.message());
  to.use_tls(context);
  auto& tls = *to.tls();
  tls.set_verify_mode(asio::ssl::verify_peer, error);
  tls.set_verify_callback(asio::ssl::host_name_verification(where.host), error);
  asio::ip::make_address(where.host, error);
  if (error) SSL_set_tlsext_host_name(tls.native_handle(), where.host.c_str());
}

namespace {

void shake_hands(asio::io_context& io, channel& to, const address& where,
                 std::chrono::milliseconds timeout) {
  prepare_tls(to, where);
  error_code error;
  bool is_done = false;
  to.tls()->async_handshake(asio::ssl::stream_base::client, [&](error_code e) {
    error = e;
    is_done = true;
  });
  await(io, to.next_layer(), is_done, where, timeout);
  if (error) throw no_server_at(where, in_words(error, where));
}

}  // namespace

channel connect(asio::io_context& io, const address& where, std::chrono::milliseconds timeout) {
  error_code error;
  const auto found = tcp::resolver(io).resolve(where.host, std::to_string(where.port), error);
  if (error) throw no_server_at(where, error.message());

  channel made{tcp::socket(io)};
  bool is_done = false;
  asio::async_connect(made.next_layer(), found, [&](error_code e, const tcp::endpoint&) {
    error = e;
    is_done = true;
  });
  await(io, made.next_layer(), is_done, where, timeout);
  if (error) throw no_server_at(where, error.message());
  made.next_layer().set_option(tcp::no_delay(true), error);
  if (where.tls) shake_hands(io, made, where, timeout);
  introduce(made);
  return made;
}

void send_all(channel& socket, std::string_view bytes) {
  error_code error;
  asio::write(socket, asio::buffer(bytes), error);
  if (error) throw cannot_connect("the connection to the server is lost: " + error.message());
}

std::string receive_line(channel& socket, std::string& buffer) {
  error_code error;
  const auto size = asio::read_until(socket, asio::dynamic_buffer(buffer), '\n', error);
  if (error) throw cannot_connect("the connection to the server is lost: " + error.message());
  auto line = buffer.substr(0, size - 1);
  buffer.erase(0, size);
  return line;
}

}  // namespace unscripted::cli
