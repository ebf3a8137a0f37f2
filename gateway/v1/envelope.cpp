#include "gateway/v1/envelope.hpp"

#include "gateway/json_writer.hpp"

#include <algorithm>

namespace unscripted::gateway::v1 {

namespace {

std::mt19937_64 seeded() {
  std::random_device entropy;
  std::seed_seq seeds{entropy(), entropy(), entropy(), entropy(), entropy(), entropy()};
  return std::mt19937_64{seeds};
}

void begin(json_writer& json, const heading& h, const std::string& id) {
  const std::string* context = h.asked.value("@context");
  json.begin_object().member("version", "1").member("context", context ? *context : "");
  json.member("id", id).member("method", h.method).key("params").begin_object();
  for (const parameter& p : h.asked.params) {
    json.key(p.name).begin_array();
    for (const std::string& value : p.values) json.value(value);
    json.end_array();
  }
  json.end_object();
}

const core::problem::datum* find(const core::problem& p, std::string_view key) {
  const auto found =
      std::ranges::find_if(p.data, [&](const auto& datum) { return datum.first == key; });
  return found == p.data.end() ? nullptr : &found->second;
}

// Without the advice behind it, which is about the methods of the bot protocol.
std::string fact_of(const core::problem& p) { return p.message.substr(0, p.message.find(';')); }

// Clients of v1 know this sentence by heart.
std::string full(const core::problem& p) {
  const auto* kind = find(p, "kind");
  const auto* most = find(p, "capacity");
  if (!kind || !most) return fact_of(p);
  return "This world cannot accept more than " + std::to_string(std::get<std::int64_t>(*most)) +
         " " + std::get<std::string>(*kind) + ".";
}

}  // namespace

answer_ids::answer_ids() : chance_(seeded()) {}

std::string answer_ids::next() {
  std::string digits(32, '0');
  for (std::size_t i = 0; i < digits.size(); i += 16) {
    std::uint64_t bits = chance_();
    for (std::size_t k = 0; k < 16; ++k, bits >>= 4) digits[i + k] = "0123456789abcdef"[bits & 15];
  }
  return digits;
}

std::string write_listing(const heading& h, const std::string& id, const listing& l,
                          std::string_view more) {
  std::string out;
  out.reserve(l.items.size() + 512);
  json_writer json{out};
  begin(json, h, id);
  json.key("data").begin_object().member("total_count", l.total).member("count", l.count);
  json.key("items").begin_array().raw(l.items).end_array().end_object();
  out.append(more);
  json.end_object();
  return out;
}

std::string write_failure(const heading& h, const std::string& id, const failure& why) {
  std::string out;
  json_writer json{out};
  begin(json, h, id);
  json.key("error").begin_object().key("errors").begin_array().begin_object();
  json.member("code", why.code).member("message", why.message).end_object().end_array();
  json.member("message", why.message).member("code", why.code).end_object().end_object();
  return out;
}

failure to_failure(const core::problem& p) {
  const int code = core::wire_code(p.code);
  switch (p.code) {
    case core::errc::not_found:
      if (find(p, "action")) return {404, fact_of(p)};
      return no_such_thing();
    case core::errc::dead: return no_such_thing();
    case core::errc::over_capacity: return {403, full(p)};
    default: return {code > 0 ? static_cast<unsigned>(code) : 400, fact_of(p)};
  }
}

failure no_such_thing() { return {404, "Thing not found"}; }

}  // namespace unscripted::gateway::v1
