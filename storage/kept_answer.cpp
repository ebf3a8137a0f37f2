#include "storage/kept_answer.hpp"

#include "core/bytes.hpp"

namespace unscripted::storage {

namespace {

constexpr std::uint8_t answer_format = 1;
constexpr std::uint8_t outcome_bits = 3, has_place = 4;
constexpr std::size_t plugin_bytes_max = 1024;

}  // namespace

void encode_answer(const kept_answer& told, std::string& out) {
  out.clear();
  core::byte_writer writer(out);
  writer.u8(answer_format);
  writer.u8(
      static_cast<std::uint8_t>(static_cast<unsigned>(told.outcome) | (told.pos ? has_place : 0u)));
  writer.varint(told.bot);
  writer.text(told.key);
  writer.u64(told.wish);
  writer.varint(told.tick);
  if (told.pos)
    for (const core::micrometres x : {told.pos->x, told.pos->y, told.pos->z}) writer.zigzag(x);
  if (told.outcome != core::outcome::done) writer.text(told.reason);
  if (told.outcome == core::outcome::fault) writer.text(told.plugin);
}

std::optional<kept_answer> decode_answer(std::uint64_t seq, std::string_view bytes) {
  core::byte_reader in(bytes);
  if (in.u8() != answer_format) return std::nullopt;
  const std::uint8_t head = in.u8();
  if (head > (outcome_bits | has_place) || (head & outcome_bits) > 2) return std::nullopt;
  kept_answer told;
  told.seq = seq;
  told.outcome = static_cast<core::outcome>(head & outcome_bits);
  told.bot = in.varint();
  told.key = in.text(core::key_bytes_max);
  told.wish = in.u64();
  told.tick = in.varint();
  if (head & has_place) {
    core::vec3& pos = told.pos.emplace();
    for (core::micrometres* x : {&pos.x, &pos.y, &pos.z}) *x = in.zigzag();
  }
  if (told.outcome != core::outcome::done) told.reason = in.text(core::reason_bytes_max);
  if (told.outcome == core::outcome::fault) told.plugin = in.text(plugin_bytes_max);
  if (!in.ok() || !in.at_end() || told.key.empty()) return std::nullopt;
  return told;
}

}  // namespace unscripted::storage
