#include "cli/moment.hpp"

#include "cli/failure.hpp"

#include <charconv>

namespace unscripted::cli {

std::optional<moment> parse_moment(std::string_view text) {
  moment m;
  if (text.starts_with("tick:")) {
    m.in = moment::unit::tick;
    text.remove_prefix(5);
  } else if (text.starts_with("seq:")) {
    text.remove_prefix(4);
  }
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, m.value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return m;
}

CLI::Validator moment_check() {
  return {[](std::string& text) -> std::string {
            if (parse_moment(text)) return {};
            return "\"" + text + "\" is not seq:N or tick:N";
          },
          ""};
}

void write_moment(gateway::json_writer& json, std::string_view name, const std::string& text) {
  if (text.empty()) return;
  const auto m = parse_moment(text);
  if (!m) throw wrong_usage("\"" + text + "\" is not seq:N or tick:N");
  const bool by_tick = m->in == moment::unit::tick;
  json.key(name).begin_object().member(by_tick ? "tick" : "seq", m->value).end_object();
}

world_at split_world(const std::string& text) {
  const auto at = text.rfind('@');
  if (at == std::string::npos) return {text, {}};
  const auto moment = text.substr(at + 1);
  if (!moment.starts_with("seq:") && !moment.starts_with("tick:")) return {text, {}};
  return {text.substr(0, at), moment};
}

}  // namespace unscripted::cli
