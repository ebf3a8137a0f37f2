// The tokens of a server: made, found by what a client shows, listed, revoked.
//
//   ut_NUMBER_SECRET       a token that was made for somebody; its row is in the data folder, with
//                          the SHA-256 of the secret
//   ub_NUMBER_BOT_SECRET   a bot's own, for whoever made the bot with token NUMBER: it is kept
//                          nowhere, but signed with a key of the data folder, and ends with NUMBER
//
// A secret is 128 random bits. It is shown once, to who makes the token, and never logged.
#pragma once

#include "core/problem.hpp"
#include "gateway/access/grant.hpp"
#include "gateway/access/secret.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::gateway {

/// Tokens of one server, those that have ended included: then the oldest of these are forgotten.
inline constexpr std::size_t tokens_max = 10'000;
inline constexpr std::uint32_t token_days_max = 36'500;

struct token_wish {
  gateway::role role = role::observer;
  core::world_number world = 0;       // 0: any; not with role admin
  core::serial bot = core::no_thing;  // with role bot and a world only
  std::uint32_t days = 0;             // 0: for ever
  std::string name = {};
};

struct made_token {
  storage::token_row row;
  std::string text;  // with the secret: the only time that it is seen
};

/// [any thread]
class token_store {
public:
  using clock = std::function<std::int64_t()>;  // Unix ms

  /// `kept` is null with durability memory: then the tokens are, too, and the key of bots' tokens.
  /// Else that is the file `token-key` of the folder, made where it is missing. Failures of either.
  /// [blocking]
  static core::result<std::unique_ptr<token_store>> open(storage::store* kept, clock now);

  bool is_empty() const;
  /// Durable when it returns. Problems: invalid_params, over_capacity, and those of the disk.
  /// [blocking]
  core::result<made_token> create(const token_wish& wish);
  /// Whose it is. Problems: unauthorized.
  core::result<grant_ptr> find(std::string_view text);
  std::vector<storage::token_row> list() const;  // by number
  /// It, and the tokens of bots that were made with it, are good for nothing from now on. Durable
  /// when it returns. Problems: not_found, and those of the disk. [blocking]
  std::optional<core::problem> revoke(std::uint64_t number);

  /// The token that speaks for this bot and its heirs, for who has this grant.
  std::string token_of_bot(const grant& maker, const core::thing_id& bot) const;

  std::int64_t now_ms() const { return now_(); }

private:
  struct held {
    storage::token_row row;
    std::shared_ptr<const grant> right;
  };

  token_store(storage::store* kept, clock now, const digest& key);

  std::optional<core::problem> make_room();
  core::result<grant_ptr> find_plain(std::uint64_t number, const secret& shown);
  core::result<grant_ptr> find_of_bot(std::uint64_t number, const core::thing_id& bot,
                                      const secret& shown);
  core::result<grant_ptr> check(const held* token, bool is_right);
  void note_use(held& token);
  held* find_held(std::uint64_t number);

  storage::store* store_;
  const clock now_;
  const digest key_;  // of bots' tokens
  mutable std::mutex mutex_;
  std::map<std::uint64_t, held> tokens_;
  std::uint64_t last_number_ = 0;  // with durability memory
};

}  // namespace unscripted::gateway
