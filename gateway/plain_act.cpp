#include "gateway/plain_act.hpp"

#include "core/bytes.hpp"
#include "gateway/encoder.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

namespace unscripted::gateway {

namespace {

using core::each_byte;

constexpr std::size_t integer_digits_most = 18;  // any of them fits 64 bits
constexpr std::size_t longest_word = 16;  // of what is looked for: `"jsonrpc"`, and some more
static_assert(longest_word <= simdjson::SIMDJSON_PADDING);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// How many of eight bytes, from the first, stand in a text for themselves: ASCII, but for control
/// characters, the quote and the backslash. In the lowest byte that does not, its upper bit is set;
/// in those above it, it may be set wrongly, by what is carried.
int count_plain(std::uint64_t bytes) {
  const std::uint64_t is_control = bytes - each_byte(0x20);
  const std::uint64_t is_quote = (bytes ^ each_byte('"')) - each_byte(1);
  const std::uint64_t is_backslash = (bytes ^ each_byte('\\')) - each_byte(1);
  const std::uint64_t odd = (is_control | is_quote | is_backslash | bytes) & each_byte(0x80);
  return std::countr_zero(odd) / 8;
}

/// Goes over JSON once. Each read skips white space, and is false where something else is there.
/// What is there is looked at some bytes at a time, so behind its end there must be padding.
class plain_json {
public:
  plain_json(const char* begin, std::size_t size) : at_(begin), end_(begin + size) {}

  bool take(char c) {
    skip_space();
    if (*at_ != c || at_ >= end_) return false;
    ++at_;
    return true;
  }
  bool is_at_end() {
    skip_space();
    return at_ == end_;
  }
  bool text(std::string_view& into) {
    if (!take('"')) return false;
    const char* const begin = at_;
    int plain = 8;
    for (; plain == 8 && at_ < end_; at_ += plain) plain = count_plain(core::read_u64(at_));
    into = {begin, static_cast<std::size_t>(at_ - begin)};
    return at_ < end_ && *at_++ == '"';
  }
  bool flag(bool& into) {
    into = next() == 't';
    return into ? word("true") : word("false");
  }
  /// Calls `member()` where one begins, which reads it, or returns false.
  template <class Member>
  bool object(Member member) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      skip_space();
      if (!member()) return false;
    } while (take(','));
    return take('}');
  }
  /// Whether the member that begins has that name, which is in quotes.
  bool is(std::string_view name) {
    const char* const begin = at_;
    if (word(name) && take(':')) return true;
    at_ = begin;
    return false;
  }
  bool name(std::string_view& into) { return text(into) && take(':'); }
  /// Digits as they stand there: no sign, no zero before others.
  bool count(std::string_view& into) {
    skip_space();
    return digits(into);
  }
  bool number(core::loose_value& into) {
    skip_space();
    const char* const begin = at_;
    if (at_ < end_ && *at_ == '-') ++at_;
    std::string_view whole;
    if (!digits(whole)) return false;
    if (at_ == end_ || *at_ != '.') {
      std::from_chars(begin, at_, into.emplace<std::int64_t>());
      return true;
    }
    if (at_ + 1 >= end_ || !is_digit(at_[1])) return false;
    const auto read =
        std::from_chars(begin, end_, into.emplace<double>(), std::chars_format::fixed);
    at_ = read.ptr;
    return read.ec == std::errc{};
  }
  /// What comes next; 0 at the end.
  char next() {
    skip_space();
    return at_ < end_ ? *at_ : '\0';
  }

private:
  void skip_space() {
    if (static_cast<unsigned char>(*at_) > ' ') [[likely]]
      return;
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) ++at_;
  }
  bool digits(std::string_view& into) {
    const char* const begin = at_;
    while (at_ < end_ && is_digit(*at_)) ++at_;
    into = {begin, static_cast<std::size_t>(at_ - begin)};
    return !into.empty() && into.size() <= integer_digits_most &&
           (into[0] != '0' || into.size() == 1);
  }
  /// Of a word that is known when this is compiled, which then is compared without a call.
  bool word(std::string_view is) {
    assert(is.size() <= longest_word);
    if (at_ >= end_ || std::memcmp(at_, is.data(), is.size()) != 0) return false;
    at_ += is.size();
    return at_ <= end_;
  }

  const char* at_;
  const char* const end_;
};

/// Reads the members into an act. Each may be there once.
class act_reader {
public:
  act_reader(plain_json& from, plain_act& into) : in_(from), read_(into), act_(into.what.act) {}

  bool frame() {
    const bool is_read = in_.object([this] {
      if (in_.is("\"id\"")) return once(has_id_) && id();
      if (in_.is("\"method\"")) return once(has_method_) && is_text("act");
      if (in_.is("\"params\"")) return once(has_params_) && params();
      return in_.is("\"jsonrpc\"") && once(has_jsonrpc_) && jsonrpc();
    });
    return is_read && has_method_ && has_bot_ && has_action_ && in_.is_at_end();
  }

private:
  static bool once(bool& is_given) { return !std::exchange(is_given, true); }

  /// As it is written in the answer.
  bool id() {
    std::string_view text;
    if (in_.next() != '"') {
      if (!in_.count(text)) return false;
      read_.ticket.id = text;
      return true;
    }
    if (!in_.text(text)) return false;
    read_.ticket.id.assign(text.data() - 1, text.size() + 2);  // the quotes are part of it
    return true;
  }
  bool jsonrpc() {
    read_.ticket.flags |= echo_jsonrpc;
    return is_text("2.0");
  }
  bool params() {
    return in_.object([this] {
      if (in_.is("\"bot\"")) return once(has_bot_) && bot();
      if (in_.is("\"action\"")) return once(has_action_) && text(act_.wish.action);
      if (in_.is("\"args\"")) return once(has_args_) && args();
      if (in_.is("\"see\"")) return once(has_see_) && in_.flag(act_.see);
      if (in_.is("\"target\"")) return !act_.wish.target && thing(act_.wish.target);
      return in_.is("\"key\"") && act_.key.empty() && text(act_.key) && !act_.key.empty() &&
             act_.key.size() <= core::key_bytes_max;
    });
  }
  bool is_text(std::string_view is) {
    std::string_view read;
    return in_.text(read) && read == is;
  }
  bool text(std::string& into) {
    std::string_view read;
    if (!in_.text(read)) return false;
    into = read;
    return true;
  }
  bool thing(std::optional<core::thing_id>& into) {
    std::string_view text;
    if (in_.text(text)) into = core::parse_id(text);
    return into.has_value();
  }
  bool bot() {
    std::optional<core::thing_id> id;
    if (!thing(id)) return false;
    read_.what.world = id->world;
    act_.wish.agent = id->thing;
    return true;
  }
  bool args() {
    core::named_values& values = act_.wish.args = actors::spare_values::take();
    return in_.object([&] {
      std::string_view key;
      if (!in_.name(key)) return false;
      if (std::ranges::any_of(values, [&](const auto& v) { return v.first == key; })) return false;
      auto& [name, value] = values.emplace_back();
      name = key;
      return loose(value);
    });
  }
  bool loose(core::loose_value& into) {
    switch (in_.next()) {
      case '"': return text(into.emplace<std::string>());
      case 't':
      case 'f': return in_.flag(into.emplace<bool>());
      default: return in_.number(into);
    }
  }

  plain_json& in_;
  plain_act& read_;
  actors::act_request& act_;
  bool has_id_ = false, has_method_ = false, has_params_ = false, has_jsonrpc_ = false;
  bool has_bot_ = false, has_action_ = false, has_args_ = false, has_see_ = false;
};

}  // namespace

std::optional<plain_act> read_plain_act(const char* frame, std::size_t size) {
  plain_json json(frame, size);
  std::optional<plain_act> act(std::in_place);
  if (act_reader(json, *act).frame()) return act;
  actors::spare_values::give(std::move(act->what.act.wish.args));
  act.reset();
  return act;
}

}  // namespace unscripted::gateway
