#include "gateway/request_frame.hpp"

#include "gateway/encoder.hpp"

#include <string>
#include <utility>

namespace unscripted::gateway {

namespace {

namespace dom = simdjson::dom;

// False where it is neither a text nor an integer.
bool read_id(std::string& text, dom::element id) {
  text.clear();  // the last one, where there are several
  json_writer json{text};
  switch (id.type()) {
    case dom::element_type::STRING: json.value(id.get_string().value_unsafe()); return true;
    case dom::element_type::INT64: json.value(id.get_int64().value_unsafe()); return true;
    case dom::element_type::UINT64: json.value(id.get_uint64().value_unsafe()); return true;
    default: return false;
  }
}

class frame_reader {
public:
  explicit frame_reader(request_frame& into) : read_(into) {}

  void member(std::string_view key, dom::element value) {
    if (key == "id") {
      note(has_id_, "id");
      if (!read_id(read_.ticket.id, value)) complain("`id` must be a text or an integer");
    } else if (key == "method") {
      note(has_method_, "method");
      if (value.get_string().get(read_.method) != simdjson::SUCCESS)
        complain("`method` must be a text");
    } else if (key == "params") {
      note(has_params_, "params");
      dom::object params;
      if (value.get_object().get(params) == simdjson::SUCCESS) read_.params = params;
    } else if (key == "jsonrpc") {
      note(has_jsonrpc_, "jsonrpc");
      std::string_view named;
      if (value.get_string().get(named) != simdjson::SUCCESS || named != "2.0")
        complain("`jsonrpc` must be \"2.0\" where it is present");
      read_.ticket.flags |= echo_jsonrpc;
    } else {
      complain("a request has no member `" + std::string{key}.substr(0, 64) +
               "`; it has id, method and params");
    }
  }

  void finish() {
    if (read_.method.empty()) complain("a request needs a `method`");
    if (!read_.why && has_params_ && !read_.params)
      read_.why = core::bad_param("params", "an object");
  }

private:
  void complain(std::string message) {
    if (!read_.why) read_.why = core::problem{core::errc::invalid_request, std::move(message), {}};
  }
  void note(bool& is_given, const char* name) {
    if (std::exchange(is_given, true)) complain("`" + std::string{name} + "` is given twice");
  }

  request_frame& read_;
  bool has_id_ = false, has_method_ = false, has_params_ = false, has_jsonrpc_ = false;
};

}  // namespace

request_frame read_frame(dom::object request) {
  request_frame read;
  frame_reader reader(read);
  for (const auto field : request) reader.member(field.key, field.value);
  reader.finish();
  return read;
}

}  // namespace unscripted::gateway
