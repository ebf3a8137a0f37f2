// What an HTTP request is answered, before it becomes bytes.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unscripted::gateway {

using http_request = boost::beast::http::request<boost::beast::http::string_body>;
using http_response = boost::beast::http::response<boost::beast::http::string_body>;

inline std::string_view view_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

struct reply {
  unsigned status = 200;
  std::string type;  // of the body; empty: there is none
  std::string body;
  std::vector<std::pair<boost::beast::http::field, std::string>> fields = {};
  bool ends_connection = false;

  reply&& with(boost::beast::http::field name, std::string value) && {
    fields.emplace_back(name, std::move(value));
    return std::move(*this);
  }
};

/// The body is JSON already.
reply json_reply(unsigned status, std::string body);
/// {"error":{"code":STATUS,"message":…}}
reply error_reply(unsigned status, std::string_view message);

/// With the headers that every answer has, those for security among them; without its body for a
/// HEAD. [the door's thread]
http_response to_response(reply r, const http_request& asked);

}  // namespace unscripted::gateway
