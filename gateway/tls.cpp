#include "gateway/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>
#include <fstream>
#include <optional>
#include <sys/stat.h>

namespace unscripted::gateway {

namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

std::optional<std::string> why_unreadable(const std::string& option,
                                          const std::filesystem::path& file,
                                          const std::string& what) {
  errno = 0;
  if (std::ifstream{file} && std::filesystem::is_regular_file(file)) return std::nullopt;
  const std::string why = errno != 0 ? std::strerror(errno) : "it is no file";
  return option + ": cannot read " + file.string() + ": " + why + "; name the PEM file of " + what;
}

// Others of its group may read a key: that is how certificates are handed to services.
std::optional<std::string> why_not_secret(const std::filesystem::path& key) {
  struct stat found {};
  if (stat(key.c_str(), &found) != 0) return std::nullopt;  // reading it will tell
  if ((found.st_mode & (S_IRWXO | S_IWGRP)) == 0) return std::nullopt;
  return "--tls-key: other users of this machine may read or change " + key.string() +
         ": take that from them with `chmod 600 " + key.string() + "`";
}

// A key that is locked cannot be asked for at a start without a person.
int refuse_password(char*, int, int, void*) { return 0; }

void restrict(tls_context& context) {
  SSL_CTX* const raw = context.native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_default_passwd_cb(raw, refuse_password);
}

}  // namespace

std::variant<std::unique_ptr<tls_context>, std::string> open_tls(const tls_files& files) {
  const auto& [certificate, key] = files;
  if (auto why = why_unreadable("--tls-cert", certificate, "the server's certificate"))
    return *std::move(why);
  if (auto why = why_not_secret(key)) return *std::move(why);
  if (auto why = why_unreadable("--tls-key", key, "the certificate's key")) return *std::move(why);
  auto made = std::make_unique<tls_context>(tls_context::tls_server);
  restrict(*made);
  error_code error;
  made->use_certificate_chain_file(certificate.string(), error);
  if (error)
    return "--tls-cert: " + certificate.string() + " holds no certificate in PEM form (" +
           error.message() + ")";
  ERR_clear_error();
  SSL_CTX* const raw = made->native_handle();
  if (SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    // Of all that may be wrong one thing is no fault of the file.
    if (ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH)
      return "--tls-key: " + key.string() + " is not the key of " + certificate.string();
    return "--tls-key: " + key.string() +
           " holds no key in PEM form that can be read without a password";
  }
  if (SSL_CTX_check_private_key(raw) != 1)
    return "--tls-key: " + key.string() + " is not the key of " + certificate.string();
  return made;
}

std::int64_t certificate_end(tls_context& of) {
  std::tm end{};
  const X509* const own = SSL_CTX_get0_certificate(of.native_handle());
  if (own == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(own), &end) != 1) return 0;
  return timegm(&end);
}

// -- channel -------------------------------------------------------------------------------------

tls_channel::tls_channel(tls_context& with, int socket) : ssl_(SSL_new(with.native_handle())) {
  if (ssl_ != nullptr) SSL_set_fd(ssl_, socket);
}

tls_channel::~tls_channel() { SSL_free(ssl_); }

tls_channel::state tls_channel::state_of(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE: return state::fine;
    case SSL_ERROR_WANT_READ: return state::wants_read;
    case SSL_ERROR_WANT_WRITE: return state::wants_write;
    case SSL_ERROR_ZERO_RETURN: return state::ended;
    default: is_open_ = false; return state::broken;
  }
}

tls_channel::state tls_channel::shake_hands() {
  if (ssl_ == nullptr) return state::broken;  // for want of memory
  ERR_clear_error();
  const state now = state_of(SSL_accept(ssl_));
  if (now == state::fine) is_open_ = true;
  return now;
}

tls_channel::outcome tls_channel::read(char* to, std::size_t room) {
  ERR_clear_error();
  std::size_t size = 0;
  const int result = SSL_read_ex(ssl_, to, room, &size);
  if (result == 1) return {size, state::fine};
  return {0, state_of(result)};
}

// A record at a time.
tls_channel::outcome tls_channel::write(const char* from, std::size_t size) {
  outcome so_far;
  while (so_far.bytes < size) {
    ERR_clear_error();
    std::size_t sent = 0;
    const int result = SSL_write_ex(ssl_, from + so_far.bytes, size - so_far.bytes, &sent);
    if (result != 1) return {so_far.bytes, state_of(result)};
    so_far.bytes += sent;
  }
  return so_far;
}

void tls_channel::say_goodbye() {
  if (!std::exchange(is_open_, false)) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
}

}  // namespace unscripted::gateway
