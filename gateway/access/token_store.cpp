#include "gateway/access/token_store.hpp"

#include "core/resolve.hpp"
#include "gateway/access/secret_file.hpp"

#include <algorithm>
#include <charconv>

namespace unscripted::gateway {

namespace {

using core::errc;
using core::problem;

constexpr std::int64_t ms_an_hour = 3'600'000;
constexpr std::int64_t ms_a_day = 24 * ms_an_hour;

// The same whatever is wrong with it: who guesses learns nothing.
problem unknown() {
  return {errc::unauthorized,
          "this token is not known here: look whether all of it was sent; an admin makes tokens "
          "with `unscripted token create`",
          {}};
}

problem of_disk(const storage::failure& why) { return {errc::damaged, why.message, {}}; }

std::shared_ptr<const grant> grant_of(const storage::token_row& row) {
  auto made = std::make_shared<grant>();
  made->number = row.number;
  made->role = static_cast<role>(row.role);
  made->world = row.world;
  made->bot = row.bot;
  made->expires_ms = row.expires_ms;
  made->is_revoked = row.revoked_ms != 0;
  return made;
}

bool is_role(std::uint8_t number) {
  return number >= static_cast<std::uint8_t>(role::observer) &&
         number <= static_cast<std::uint8_t>(role::admin);
}

std::string signed_text(std::uint64_t number, const core::thing_id& bot) {
  return "ub_" + std::to_string(number) + "_" + core::to_string(bot);
}

// Takes what stands before the next `_`, or all.
std::string_view take_piece(std::string_view& text) {
  const std::size_t end = std::min(text.find('_'), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number == 0) return std::nullopt;
  return number;
}

std::optional<problem> refuse(const token_wish& wish) {
  if (!is_role(static_cast<std::uint8_t>(wish.role)))
    return core::bad_param("role", R"("admin", "owner", "bot" or "observer")");
  if (wish.days > token_days_max) return core::bad_param("days", "at most 36500; 0: for ever");
  if (wish.role == role::admin && wish.world != 0)
    return core::bad_param("world", "none for an admin, who may do everything everywhere");
  if (wish.bot != core::no_thing && (wish.role != role::bot || wish.world == 0))
    return core::bad_param("bot", "a bot, with role \"bot\"");
  return wish.name.empty() ? std::nullopt : core::check_name(wish.name);
}

}  // namespace

token_store::token_store(storage::store* kept, clock now, const digest& key)
  : store_(kept), now_(std::move(now)), key_(key) {}

bool token_store::is_empty() const {
  const std::lock_guard lock{mutex_};
  return tokens_.empty();
}

token_store::held* token_store::find_held(std::uint64_t number) {
  const auto found = tokens_.find(number);
  return found == tokens_.end() ? nullptr : &found->second;
}

// -- making --------------------------------------------------------------------------------------

core::result<made_token> token_store::create(const token_wish& wish) {
  if (auto why = refuse(wish)) return *std::move(why);
  const secret fresh = random_secret();
  made_token made;
  storage::token_row& row = made.row;
  row.digest = digest_of(fresh);
  row.role = static_cast<std::uint8_t>(wish.role);
  row.world = wish.world;
  row.bot = wish.bot;
  row.created_ms = now_();
  if (wish.days > 0) row.expires_ms = row.created_ms + ms_a_day * wish.days;
  row.name = wish.name;
  const std::lock_guard lock{mutex_};
  if (auto why = make_room()) return *std::move(why);
  row.number = last_number_ + 1;
  if (store_) {
    const auto number = store_->add_token(row);
    if (!number) return of_disk(number.why());
    row.number = *number;
  }
  last_number_ = row.number;
  tokens_[row.number] = {row, grant_of(row)};
  made.text = "ut_" + std::to_string(row.number) + "_" + to_hex(fresh);
  return made;
}

// Forgets the oldest that is good for nothing any more.
std::optional<problem> token_store::make_room() {
  if (tokens_.size() < tokens_max) return std::nullopt;
  const std::int64_t now = now_();
  const auto ended = std::find_if(tokens_.begin(), tokens_.end(), [&](const auto& entry) {
    return entry.second.right->ended(now) != nullptr;
  });
  if (ended == tokens_.end())
    return problem{
        errc::over_capacity, "there are 10000 tokens already, and none has ended: revoke some", {}};
  if (store_)
    if (const auto why = store_->forget_token(ended->first)) return of_disk(*why);
  tokens_.erase(ended);
  return std::nullopt;
}

std::string token_store::token_of_bot(const grant& maker, const core::thing_id& bot) const {
  const std::string text = signed_text(maker.number, bot);
  return text + "_" + to_hex(sign(key_, text));
}

// -- finding -------------------------------------------------------------------------------------

core::result<grant_ptr> token_store::find(std::string_view text) {
  const std::string_view sort = take_piece(text);
  const auto number = read_number(take_piece(text));
  secret shown{};
  if (!number) return unknown();
  if (sort == "ut") {
    if (!read_hex(text, shown)) return unknown();
    return find_plain(*number, shown);
  }
  const auto bot = core::parse_id(take_piece(text));
  if (sort != "ub" || !bot || !read_hex(text, shown)) return unknown();
  return find_of_bot(*number, *bot, shown);
}

// Compares with something also where there is no such token, so that it takes as long.
core::result<grant_ptr> token_store::find_plain(std::uint64_t number, const secret& shown) {
  static constexpr digest nothing{};
  const digest given = digest_of(shown);
  const std::lock_guard lock{mutex_};
  held* token = find_held(number);
  const bool is_right = are_equal(given, token ? token->row.digest : nothing) && token;
  auto right = check(token, is_right);
  if (right) note_use(*token);
  return right;
}

core::result<grant_ptr> token_store::find_of_bot(std::uint64_t number, const core::thing_id& bot,
                                                 const secret& shown) {
  const bool is_right = are_equal(shown, sign(key_, signed_text(number, bot)));
  const std::lock_guard lock{mutex_};
  held* token = find_held(number);
  const auto maker = check(token, is_right && token);
  if (!maker) return maker.why();
  auto made = std::make_shared<grant>();
  made->number = number;
  made->role = role::bot;
  made->world = bot.world;
  made->bot = bot.thing;
  made->parent = *maker;
  note_use(*token);
  return grant_ptr{std::move(made)};
}

core::result<grant_ptr> token_store::check(const held* token, bool is_right) {
  if (!is_right) return unknown();
  if (const char* why = token->right->ended(now_()))
    return problem{
        errc::unauthorized, std::string{"this token is good for nothing any more: "} + why, {}};
  return token->right;
}

// Not a write for each use. Where it fails the next real write will say so.
void token_store::note_use(held& token) {
  const std::int64_t hour = now_() / ms_an_hour * ms_an_hour;
  if (hour <= token.row.used_ms) return;
  token.row.used_ms = hour;
  if (store_ && !store_->is_read_only()) static_cast<void>(store_->change_token(token.row, false));
}

// -- listing and revoking ------------------------------------------------------------------------

std::vector<storage::token_row> token_store::list() const {
  const std::lock_guard lock{mutex_};
  std::vector<storage::token_row> all;
  for (const auto& [number, token] : tokens_) all.push_back(token.row);
  return all;
}

std::optional<problem> token_store::revoke(std::uint64_t number) {
  const std::lock_guard lock{mutex_};
  held* token = find_held(number);
  if (!token)
    return problem{errc::not_found,
                   "there is no token " + std::to_string(number) + "; token.list shows all",
                   {}}
        .with("id", static_cast<std::int64_t>(number));
  token->right->is_revoked = true;  // whatever the disk says
  if (token->row.revoked_ms != 0) return std::nullopt;
  token->row.revoked_ms = now_();
  if (!store_) return std::nullopt;
  if (const auto why = store_->change_token(token->row, true)) return of_disk(*why);
  return std::nullopt;
}

// -- opening -------------------------------------------------------------------------------------

core::result<std::unique_ptr<token_store>> token_store::open(storage::store* kept, clock now) {
  digest key{};
  if (!kept) {
    key = random_key();
  } else {
    const auto read = read_or_make_key(kept->folder() / "token-key", kept->is_read_only());
    if (!read) return read.why();
    key = *read;
  }
  std::unique_ptr<token_store> made{new token_store{kept, std::move(now), key}};
  if (!kept) return made;
  auto rows = kept->tokens();
  if (!rows) return of_disk(rows.why());
  for (storage::token_row& row : *rows) {
    if (!is_role(row.role))
      return problem{errc::damaged,
                     "token " + std::to_string(row.number) +
                         " has a role that this program does not know: use the newer one",
                     {}};
    auto right = grant_of(row);
    const auto number = row.number;
    made->tokens_[number] = {std::move(row), std::move(right)};
  }
  return made;
}

}  // namespace unscripted::gateway
