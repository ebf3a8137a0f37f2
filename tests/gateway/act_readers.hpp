// The two readers of an act, to be held against each other.
#pragma once

#include "gateway/plain_act.hpp"
#include "gateway/request_frame.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace unscripted::gateway {

/// A frame, and what happens to be in memory behind it.
struct padded_frame {
  explicit padded_frame(std::string_view frame, std::string_view behind = {})
    : bytes(frame), size(frame.size()) {
    bytes += behind.substr(0, std::min(behind.size(), simdjson::SIMDJSON_PADDING));
    bytes.resize(size + simdjson::SIMDJSON_PADDING, '\0');
  }

  std::string bytes;
  std::size_t size;
};

/// As conversation and the method `act` do where the plain reader leaves a frame to them. Nothing
/// where it is no act, or is answered with a problem.
inline std::optional<plain_act> read_act_generally(const padded_frame& in) {
  simdjson::dom::parser parser;
  simdjson::dom::object request;
  if (parser.parse(in.bytes.data(), in.size, false).get_object().get(request) != simdjson::SUCCESS)
    return std::nullopt;
  request_frame frame = read_frame(request);
  if (frame.why || frame.method != "act") return std::nullopt;
  params_reader params(frame.params);
  if (params.has("acts")) return std::nullopt;
  bot_act what = read_act(params);
  if (params.finish()) return std::nullopt;
  std::optional<plain_act> read(std::in_place);
  read->ticket = std::move(frame.ticket);
  read->what = std::move(what);
  return read;
}

inline std::optional<plain_act> read_act_plainly(const padded_frame& in) {
  return read_plain_act(in.bytes.data(), in.size);
}

/// Of numbers to the bit.
inline bool is_same(const core::loose_value& a, const core::loose_value& b) {
  const auto* x = std::get_if<double>(&a);
  const auto* y = std::get_if<double>(&b);
  if (x && y) return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*y);
  return a == b;
}

inline bool is_same(const plain_act& a, const plain_act& b) {
  const actors::act_request &x = a.what.act, &y = b.what.act;
  return a.ticket.id == b.ticket.id && a.ticket.flags == b.ticket.flags &&
         a.what.world == b.what.world && x.wish.agent == y.wish.agent &&
         x.wish.action == y.wish.action && x.wish.target == y.wish.target && x.see == y.see &&
         x.in_passing == y.in_passing && x.key == y.key &&
         std::ranges::equal(x.wish.args, y.wish.args, [](const auto& one, const auto& other) {
           return one.first == other.first && is_same(one.second, other.second);
         });
}

}  // namespace unscripted::gateway
