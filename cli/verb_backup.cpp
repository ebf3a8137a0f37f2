// `backup`, `backups`, `restore`, `checkpoint`: all worlds of a server in another folder, and the
// way back.

#include "cli/history_source.hpp"
#include "cli/table.hpp"
#include "gateway/json_writer.hpp"
#include "storage/backup.hpp"
#include "storage/history_reader.hpp"
#include "storage/playback.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>

namespace unscripted::cli {

namespace {

namespace fs = std::filesystem;

struct backup_options : client_options {
  std::string folder;
};

struct list_options {
  std::string folder;
  bool json = false;
};

struct restore_options {
  std::string folder, data;
  std::optional<std::uint32_t> number;
  bool json = false;
};

std::string time_text(std::int64_t unix_s) {
  const auto seconds = static_cast<std::time_t>(unix_s);
  std::tm parts{};
  std::array<char, 32> text;
  if (gmtime_r(&seconds, &parts) == nullptr) return "-";
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

int print(bool json, const std::string& result, const std::string& text) {
  const auto all = json ? result + '\n' : text;
  std::fwrite(all.data(), 1, all.size(), stdout);
  return exit_ok;
}

// -- taking and listing --------------------------------------------------------------------------

int back_up(const backup_options& options) {
  std::error_code error;
  const auto folder = fs::absolute(options.folder, error);
  std::string params;
  gateway::json_writer(params)
      .begin_object()
      .member("folder", folder.string())
      .member("progress", true)
      .end_object();
  auto server = options.connect();
  return show(options, call_long(server, "server.backup", params, "bytes"),
              [&](simdjson::dom::element b) {
    return "backup " + plain_at(b, "number") + " in " + folder.string() + ": " +
           grouped(count_at(b, "bytes")) + " bytes in " + grouped(count_at(b, "files")) +
           " files, " + grouped(count_at(b, "new_bytes")) + " bytes of it new\n";
  });
}

int checkpoint(const backup_options& options) {
  std::error_code error;
  const auto folder = fs::absolute(options.folder, error);
  std::string params;
  gateway::json_writer(params).begin_object().member("folder", folder.string()).end_object();
  auto server = options.connect();
  return show(options, server.call("server.checkpoint", params),
              [&](auto) { return "all worlds as they are now are in " + folder.string() + '\n'; });
}

int list(const list_options& options) {
  const auto found = storage::list_backups(options.folder);
  if (!found) throw failed(found.why().message);
  std::string result;
  gateway::json_writer json(result);
  json.begin_object().key("items").begin_array();
  table rows({"number", "taken", "bytes", "files", "state"});
  for (const auto& b : *found) {
    json.begin_object().member("number", b.number).member("bytes", b.bytes);
    json.member("files", b.files).member("time", static_cast<double>(b.taken_ms) / 1000);
    json.member("damaged", b.is_damaged).end_object();
    rows.add({std::to_string(b.number), b.is_damaged ? "-" : time_text(b.taken_ms / 1000),
              grouped(b.bytes), grouped(std::uint64_t{b.files}),
              b.is_damaged ? "damaged: files are missing" : "whole"});
  }
  json.end_array().end_object();
  return print(options.json, result, rows.empty() ? "no backups\n" : rows.text());
}

// -- restoring -----------------------------------------------------------------------------------

/// A world of the folder, replayed from its first record to its last.
struct replayed {
  storage::world_entry entry;
  std::uint64_t records = 0, seq = 0, tick = 0;
  std::uint64_t hash = 0;
  std::string trouble;  // empty: it is what its history says
};

std::optional<storage::failure> replay(const storage::store& in, replayed& world) {
  constexpr std::uint64_t step = 50'000;
  const auto number = world.entry.number;
  const auto stats = storage::history_reader(in, number).stats();
  if (!stats) return stats.why();
  auto at = storage::playback::begin(in, number, stats->base_seq);
  if (!at) return at.why();
  at->read_ahead();
  progress_bar bar("records of " + world.entry.name);
  while (!at->at_end()) {
    if (auto why = at->advance_to(at->world().seq() + step)) return why;
    bar.update(at->world().seq() - stats->base_seq, stats->records);
  }
  world.records = stats->records;
  world.seq = at->world().seq();
  world.tick = at->world().tick();
  world.hash = at->world().hash();
  if (world.hash == stats->state_hash) return std::nullopt;
  return storage::failure{storage::failure_kind::corrupt,
                          "its records lead to another state than its head says"};
}

std::vector<replayed> replay_all(const fs::path& data) {
  const auto opened = storage::store::open_to_read(data);
  if (!opened) throw failed(opened.why().message);
  const auto entries = (*opened)->worlds();
  if (!entries) throw failed(entries.why().message);
  std::vector<replayed> worlds;
  for (const auto& entry : *entries) {
    replayed world;
    world.entry = entry;
    if (const auto why = replay(**opened, world)) world.trouble = why->message;
    worlds.push_back(std::move(world));
  }
  return worlds;
}

std::string restored_json(const restore_options& options, const std::vector<replayed>& worlds) {
  std::string result;
  gateway::json_writer json(result);
  json.begin_object().member("data", options.data).key("worlds").begin_array();
  for (const auto& w : worlds) {
    json.begin_object().member("id", core::to_string({w.entry.number, core::world_serial}));
    json.member("name", w.entry.name).member("records", w.records);
    json.member("seq", w.seq).member("tick", w.tick).member("hash", storage::to_hex(w.hash));
    json.member("ok", w.trouble.empty());
    if (!w.trouble.empty()) json.member("trouble", w.trouble);
    json.end_object();
  }
  json.end_array().end_object();
  return result;
}

std::string restored_text(const restore_options& options, const std::vector<replayed>& worlds) {
  table rows({"world", "records", "tick", "hash", "replayed"});
  for (const auto& w : worlds) {
    rows.add({w.entry.name, grouped(w.records), grouped(w.tick), storage::to_hex(w.hash),
              w.trouble.empty() ? "ok" : w.trouble});
  }
  return "restored to " + options.data + '\n' + (worlds.empty() ? "no worlds\n" : rows.text());
}

int restore(const restore_options& options) {
  if (const auto why = storage::restore(options.folder, options.number, options.data)) {
    throw failed(why->message);
  }
  const auto worlds = replay_all(options.data);
  print(options.json, restored_json(options, worlds), restored_text(options, worlds));
  const bool is_whole = std::ranges::all_of(worlds, [](auto& w) { return w.trouble.empty(); });
  return is_whole ? exit_ok : exit_refused;
}

}  // namespace

void add_backup_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* take = add_verb(app, "backup", "Back all worlds up, while they live on",
                        "unscripted backup /var/backups/unscripted\n\n"
                        "Adds to the backups that the folder holds; only what changed since is "
                        "copied. The\nfolder is one of the server's machine.");
  auto b = std::make_shared<backup_options>();
  take->add_option("folder", b->folder, "Folder of the backups")->required()->type_name("DIR");
  add_client_options(*take, *b);
  take->callback([b, &chosen] { chosen = [b] { return back_up(*b); }; });

  auto* all = add_verb(app, "backups", "List the backups in a folder",
                       "unscripted backups /var/backups/unscripted");
  auto l = std::make_shared<list_options>();
  all->add_option("folder", l->folder, "Folder of the backups")->required()->type_name("DIR");
  add_json_option(*all, l->json);
  all->callback([l, &chosen] { chosen = [l] { return list(*l); }; });

  auto* copy = add_verb(app, "checkpoint", "Make a data folder with all worlds as they are now",
                        "unscripted checkpoint /var/tmp/worlds-now\n\n"
                        "The folder must not be there yet; it is one of the server's machine.");
  auto c = std::make_shared<backup_options>();
  copy->add_option("folder", c->folder, "The data folder to make")->required()->type_name("DIR");
  add_client_options(*copy, *c);
  copy->callback([c, &chosen] { chosen = [c] { return checkpoint(*c); }; });

  auto* back = add_verb(app, "restore", "Make a data folder of a backup, and replay all of it",
                        "unscripted restore /var/backups/unscripted --data ./worlds-again\n\n"
                        "Ends with 1 where a world does not come out as its history says.");
  auto r = std::make_shared<restore_options>();
  back->add_option("folder", r->folder, "Folder of the backups")->required()->type_name("DIR");
  back->add_option("--data", r->data, "The data folder to make; it must be empty, or not there")
      ->required()
      ->type_name("DIR");
  back->add_option("--backup", r->number, "Number of the backup (default: the newest)")
      ->type_name("N");
  add_json_option(*back, r->json);
  back->callback([r, &chosen] { chosen = [r] { return restore(*r); }; });
}

}  // namespace unscripted::cli
