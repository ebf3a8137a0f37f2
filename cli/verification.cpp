#include "cli/verification.hpp"

#include "cli/host.hpp"
#include "cli/record_line.hpp"
#include "cli/signals.hpp"
#include "cli/table.hpp"

#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace unscripted::cli {

namespace dom = simdjson::dom;
namespace fs = std::filesystem;

namespace {

/// "life 1.0.0 ab12cd34", or "nobody".
std::string build_text(simdjson::simdjson_result<dom::element> plugin) {
  dom::element p;
  if (plugin.get(p) != simdjson::SUCCESS || p.is_null()) return "nobody";
  constexpr std::size_t hash_digits = 8;
  return plain_at(p, "id") + ' ' + plain_at(p, "version") + ' ' +
         plain_at(p, "hash").substr(0, hash_digits);
}

std::string first_difference(dom::element d) {
  field_list fields;
  for (const char* name : {"seq", "tick", "action", "thing", "property", "expected", "found"}) {
    fields.add(std::string("  ") + name, plain_at(d, name));
  }
  fields.add("  plugin", build_text(d["plugin"]));
  fields.add("  decided now by", build_text(d["decided_now_by"]));
  auto text = "the first difference:\n" + fields.text();
  dom::array records;
  if (d["records"].get(records) != simdjson::SUCCESS) return text;
  text += "the records before it, and the one that differs, as they were recorded:\n";
  for (const auto record : records) text += record_line(record) + '\n';
  return text;
}

std::string verification_text(dom::element result, double seconds) {
  const auto records = count_at(result, "records");
  const auto differing = count_at(result, "differing");
  std::string text;
  if (flag_at(result, "ok")) {
    text = "ok: " + grouped(records) + " records were decided again, and all are the same; " +
           grouped(static_cast<double>(records) / std::max(seconds, 1e-9)) + " records/s\n";
  } else {
    text =
        "different: " + grouped(differing) + " of " + grouped(records) + " records decided again\n";
  }
  dom::array builds;
  if (result["other_builds"].get(builds) == simdjson::SUCCESS) {
    for (const auto change : builds) {
      text += "decided again with another build: " + build_text(change["recorded"]) + " -> " +
              build_text(change["decided_now_by"]) + '\n';
    }
  }
  dom::element first;
  if (result["divergence"].get(first) == simdjson::SUCCESS) text += first_difference(first);
  return text;
}

int verify_in(history_source& source, const verify_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world);
  write_range(json, options);
  const bool count_all = options.count_all || !options.plugins.empty();
  json.member("count_all", count_all).member("present", !options.plugins.empty());
  json.member("progress", true).end_object();
  const auto begin = std::chrono::steady_clock::now();
  const auto result = source.call_long("history.verify", params, "records");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  show(options, result, [&](dom::element r) { return verification_text(r, took.count()); });
  return flag_at(result.root(), "ok") ? exit_ok : exit_refused;
}

/// The builds that decided so far: each is to decide again what is not tried anew.
void copy_plugins(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (const char* folder : {"", "builds"}) {
    fs::create_directories(to / folder, error);
    for (fs::directory_iterator at{from / folder, error}; !error && at != fs::directory_iterator{};
         at.increment(error))
      if (at->path().extension() == ".so")
        fs::copy_file(at->path(), to / folder / at->path().filename(), error);
  }
  if (error) throw failed("the server's plugins can't be copied: " + error.message());
}

/// A copy of what a running server has, for builds that it does not have.
void copy_from_server(const verify_options& options, const fs::path& copy) {
  std::string params;
  gateway::json_writer(params).begin_object().member("folder", copy.string()).end_object();
  auto server = options.connect();
  server.call("server.checkpoint", params);
  const auto known = server.call("plugin.list");
  std::error_code error;
  if (fs::is_directory(copy, error)) {
    copy_plugins(fs::path(text_at(known.root(), "incoming")).parent_path(), copy / "plugins");
    return;
  }
  throw failed("--plugins: the server made its copy on another machine; stop it, or copy its data "
               "folder, and give that with --data");
}

int verify_copy(const verify_options& options) {
  const temporary_folder folder;
  // The copy may be large: it goes even if nobody waits for the end.
  const signal_watch signals([&folder] {
    std::error_code ignored;
    fs::remove_all(folder.path(), ignored);
    _exit(exit_refused);
  });
  const auto copy = folder.path() / "copy";
  copy_from_server(options, copy);
  history_source source(copy, options.plugins);
  return verify_in(source, options);
}

}  // namespace

int verify_history(const verify_options& options) {
  if (options.plugins.empty()) {
    auto source = options.open();
    return verify_in(source, options);
  }
  if (options.data.empty()) return verify_copy(options);
  history_source source(options.data, options.plugins);
  return verify_in(source, options);
}

}  // namespace unscripted::cli
