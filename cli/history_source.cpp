#include "cli/history_source.hpp"

#include "cli/host.hpp"
#include "cli/moment.hpp"
#include "core/ids.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

std::unique_ptr<gateway::server> show_folder(const std::filesystem::path& data,
                                             const std::vector<std::string>& plugins) {
  host_options host;
  host.data = data;
  host.tcp = "127.0.0.1:0";
  host.plugins = plugins;
  // What was loaded while a server had the folder.
  if (const auto own = data / "plugins"; std::filesystem::is_directory(own))
    host.plugins.push_back(own);
  auto options = host.to_server_options();
  for (const auto& folder : plugins) options.plugins_tried.emplace_back(folder);
  options.is_archive = true;
  return start_server(options);
}

/// Hands the events of a client to a bar, as long as both are here.
class shown_progress {
public:
  shown_progress(client& from, const std::string& unit) : from_(from), bar_(unit) {
    from_.on_event([this](dom::element event) {
      dom::element params;
      const bool is_ours = text_at(event, "method") == "progress" &&
                           event["params"].get(params) == simdjson::SUCCESS;
      if (is_ours) bar_.update(count_at(params, "done"), count_at(params, "total"));
    });
  }
  ~shown_progress() { from_.on_event(nullptr); }
  shown_progress(const shown_progress&) = delete;
  shown_progress& operator=(const shown_progress&) = delete;

private:
  client& from_;
  progress_bar bar_;
};

}  // namespace

history_source::history_source(const std::filesystem::path& data,
                               const std::vector<std::string>& plugins)
  : own_(show_folder(data, plugins)), server_(address{"127.0.0.1", own_->port()}) {}

document history_source::call_long(std::string_view method, std::string_view params,
                                   const std::string& unit) {
  return cli::call_long(server_, method, params, unit);
}

document call_long(client& server, std::string_view method, std::string_view params,
                   const std::string& unit) {
  const shown_progress shown(server, unit);
  return server.call(method, params);
}

history_source source_options::open() const {
  if (data.empty()) return history_source(connect());
  const bool is_flag = server_given->count() > 0 && std::getenv("UNSCRIPTED_SERVER") == nullptr;
  if (is_flag) throw wrong_usage("--server and --data: give one of them");
  return {data, {}};
}

void add_source_options(CLI::App& verb, source_options& options) {
  add_client_options(verb, options);
  options.server_given = verb.get_option("--server");
  verb.add_option("--data", options.data,
                  "Ask the histories in this folder, which no server has open, instead of a server")
      ->type_name("DIR");
}

// -- finding things ------------------------------------------------------------------------------

namespace {

constexpr std::uint32_t page_items = 100'000;

document state_page(history_source& in, const std::string& world, const std::string& at,
                    std::uint32_t limit, std::string_view after) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", world).member("limit", limit);
  write_moment(json, "at", at);
  if (!after.empty()) json.member("after", after);
  json.end_object();
  return in.call("history.state", params);
}

std::optional<core::serial> parse_serial(std::string_view text) {
  core::serial serial = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), serial);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole ? std::optional(serial) : std::nullopt;
}

std::string with_serial(history_source& in, const std::string& world, const std::string& at,
                        core::serial serial) {
  const auto state = state_page(in, world, at, 1, {});
  const auto id = core::parse_id(text_at(state.root()["world"], "id"));
  if (!id) throw failed("the server sent a state without the id of its world");
  return core::to_string({id->world, serial});
}

std::optional<std::string> living_with_name(history_source& in, const std::string& world,
                                            const std::string& name, const std::string& at) {
  for (std::string after;;) {
    const auto page = state_page(in, world, at, page_items, after);
    dom::array items;
    if (page.root()["items"].get(items) != simdjson::SUCCESS) return std::nullopt;
    for (const auto thing : items) {
      if (text_at(thing, "name") == name) return std::string(text_at(thing, "id"));
    }
    after = text_at(page.root(), "next");
    if (after.empty()) return std::nullopt;
  }
}

/// The last one of that name.
std::optional<std::string> dead_with_name(history_source& in, const std::string& world,
                                          const std::string& name) {
  std::optional<std::string> found;
  for (std::uint64_t from = 0;;) {
    std::string params;
    gateway::json_writer json(params);
    json.begin_object().member("world", world).member("what", "deaths");
    if (from > 0) json.key("from").begin_object().member("seq", from).end_object();
    json.end_object();
    const auto page = in.call("history.export", params);
    dom::array items;
    if (page.root()["items"].get(items) != simdjson::SUCCESS) return found;
    for (const auto death : items) {
      if (text_at(death, "name") == name) found = text_at(death, "bot");
    }
    from = count_at(page.root(), "next");
    if (from == 0) return found;
  }
}

}  // namespace

std::string find_thing(history_source& in, const std::string& world, const std::string& thing,
                       const std::string& at) {
  if (core::parse_id(thing)) return thing;
  if (const auto serial = parse_serial(thing)) return with_serial(in, world, at, *serial);
  if (const auto id = living_with_name(in, world, thing, at)) return *id;
  if (const auto id = dead_with_name(in, world, thing)) return *id;
  throw refused({404,
                 "not_found",
                 "no thing of " + world + " has or had the name " + thing +
                     "; `unscripted history state " + world + "` lists those that are there",
                 {}});
}

}  // namespace unscripted::cli
