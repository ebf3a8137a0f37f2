#include "gateway/access/opening.hpp"

#include "gateway/access/secret_file.hpp"
#include "storage/clock.hpp"

namespace unscripted::gateway {

core::result<std::unique_ptr<token_store>>
open_tokens(const std::filesystem::path& data, storage::store* kept,
            const std::function<void(const std::string&)>& say) {
  auto opened = token_store::open(kept, storage::unix_ms);
  if (!opened || !(*opened)->is_empty()) return opened;
  token_wish first;
  first.role = role::admin;
  first.name = "first";
  std::error_code error;
  std::filesystem::create_directories(data, error);  // else the file can't be written either
  const auto made = (*opened)->create(first);
  if (!made) return made.why();
  const auto file = data / first_token_file;
  if (const auto why = write_secret_file(file, made->text)) {
    static_cast<void>((*opened)->revoke(made->row.number));
    return core::problem{core::errc::damaged, *why, {}};
  }
  say("made a first token, of role admin: it is in " + file.string() +
      ", which only you can read; unscripted takes it with --token-file");
  return opened;
}

}  // namespace unscripted::gateway
