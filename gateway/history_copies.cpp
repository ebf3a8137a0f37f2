// The part of the archive's work that copies: exports, imports, backups.
#include "gateway/history_work.hpp"
#include "storage/backup.hpp"
#include "storage/history_reader.hpp"

#include <filesystem>
#include <fstream>

namespace unscripted::gateway {

namespace {

using core::errc;
using core::problem;

/// Clients name files and folders of the server's machine: relative ones would be the server's own.
std::optional<problem> not_absolute(const std::string& param, const std::filesystem::path& path) {
  if (path.is_absolute()) return std::nullopt;
  return core::bad_param(param, "an absolute path on the server's machine");
}

problem to_problem(const storage::failure& why) {
  using kind = storage::failure_kind;
  if (why.kind == kind::corrupt) return {errc::damaged, why.message, {}};
  if (why.kind == kind::no_room) return {errc::storage_full, why.message, {}};
  if (why.kind == kind::misuse) return {errc::invalid_params, why.message, {}};
  return {errc::conflict, why.message, {}};
}

}  // namespace

archive_answer export_page(archive& in, core::world_number world, const export_wish& wish) {
  storage::store& store = *in.store();
  export_options how;
  how.every = wish.every;
  how.items_max = wish.limit;
  if (wish.from) {
    const bool is_plain = wish.from->in == when::unit::seq;
    if (is_plain) {
      const auto stats = storage::history_reader(store, world).stats();
      if (stats && wish.from->value > 0 && wish.from->value <= stats->base_seq)
        return gone_before(wish.from->value, stats->base_seq + 1);
    }
    const auto from = is_plain ? core::result<std::uint64_t>(wish.from->value)
                               : find_seq(store, world, wish.from);
    if (!from) return from.why();
    how.from = *from;
  }
  const auto to = find_seq(store, world, wish.to);
  if (!to) return to.why();
  how.to = *to;
  auto pages = history_export::begin(store, world, wish.what, how);
  if (!pages) return to_problem(store, world, pages.why());
  std::string out;
  json_writer json{out};
  json.begin_object().key("items").begin_array();
  std::string items;
  if (!pages->at_end())
    if (const auto why = pages->write_page(items)) return to_problem(store, world, *why);
  if (!items.empty()) json.raw(items);
  json.end_array().member("to", pages->to());
  if (!pages->at_end()) json.member("next", pages->next());
  json.end_object();
  return out;
}

core::result<imported> import_file(archive& in, const std::string& file,
                                   const std::optional<std::string>& name, std::uint64_t owner,
                                   const storage::progress& report) {
  if (auto why = not_absolute("file", file)) return *std::move(why);
  const auto unreadable = problem{
      errc::not_found,
      "cannot read " + file +
          " on the server's machine: name a file "
          "there that it may read",
      {}}.with("file", file);
  // Looked at first: to open a pipe would wait for a writer.
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return unreadable;
  const std::uint64_t size = std::filesystem::file_size(file, error);
  std::ifstream lines{file, std::ios::binary};
  if (error || !lines) return unreadable;
  import_options how;
  how.name = name;
  how.owner = owner;
  // How far it is, in bytes of the file.
  how.progress = [&](std::uint64_t) {
    const auto place = lines.tellg();
    return report(place < 0 ? size : static_cast<std::uint64_t>(place), size);
  };
  const auto done = import_history(*in.store(), lines, how);
  if (!done) return to_problem(done.why());
  return *done;
}

archive_answer back_up(archive& in, const std::string& folder, const storage::progress& report) {
  if (auto why = not_absolute("folder", folder)) return *std::move(why);
  const auto done = storage::back_up(in.store()->internals(), folder,
                                     [&](std::uint64_t bytes) { return report(bytes, 0); });
  if (!done) return to_problem(done.why());
  std::string out;
  json_writer json{out};
  json.begin_object().member("number", done->number).member("bytes", done->bytes);
  json.member("new_bytes", done->new_bytes).member("files", done->files);
  json.member("time", static_cast<double>(done->taken_ms) / 1000).end_object();
  return out;
}

archive_answer make_checkpoint(archive& in, const std::string& folder) {
  if (auto why = not_absolute("folder", folder)) return *std::move(why);
  if (const auto why = in.store()->checkpoint(folder)) return to_problem(*why);
  return std::string{"{}"};
}

}  // namespace unscripted::gateway
