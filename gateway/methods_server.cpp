// The methods about the server itself.
#include "gateway/methods.hpp"
#include "version.hpp"

#include <unistd.h>

namespace unscripted::gateway {

void methods::ping() {
  if (!refused()) c_.result_now(ticket_, "{}");
}

void methods::describe_all() {
  if (!refused()) c_.result_now(ticket_, describe_server(c_.hub_));
}

std::string describe_server(const hub& h) {
  const auto text = h.encode->text_of(h.plugins->present()->assembly.catalogue);
  return "{\"methods\":" + methods::describe() + ",\"kinds\":" + text->describe_kinds() +
         ",\"actions\":" + text->describe_actions() + "}";
}

void methods::server_status() {
  if (refused()) return;
  hub& h = c_.hub_;
  const auto counts = h.engine->count();
  const std::chrono::duration<double> up = std::chrono::steady_clock::now() - h.started;
  std::string result;
  json_writer json{result};
  json.begin_object().member("server", "unscripted").member("version", version);
  json.member("pid", getpid()).member("uptime_s", up.count());
  json.member("durability", storage::to_string(h.durability)).member("threads", h.threads);
  json.member("worlds", counts.worlds).member("bots", counts.bots);
  json.member("sessions", h.counters.sessions.load());
  json.member("sessions_total", h.counters.sessions_total.load());
  json.member("requests_total", h.counters.requests_total());
  const auto present = h.plugins->present();
  json.member("plugins", present->assembly.plugins.size());
  json.key("plugins_refused").begin_array();
  for (const std::string& line : present->assembly.refusals) json.value(line);
  json.end_array().end_object();
  c_.result_now(ticket_, result);
}

// Every world commits and syncs; when the last one has answered, the answer leaves and the server
// stops.
void methods::server_stop() {
  if (refused()) return;
  const auto worlds = c_.hub_.engine->worlds();
  c_.hub_.stopping = true;
  std::size_t running = 0;
  for (const auto& w : worlds) running += w.trouble.empty() ? 1 : 0;
  if (running == 0) {
    c_.result_now(ticket_, "{}");
    return c_.hub_.request_stop();
  }
  auto group = c_.begin_group(ticket_, "{", "}", running);
  group->is_silent = true;
  group->then = c_.hub_.request_stop;
  std::uint32_t part = 0;
  for (const auto& w : worlds)
    if (w.trouble.empty()) c_.submit(w.number, {{}, 0, group, part++}, actors::flush_request{});
}

}  // namespace unscripted::gateway
