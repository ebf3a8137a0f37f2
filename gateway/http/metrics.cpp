#include "gateway/http/metrics.hpp"

#include "gateway/http/metrics_writer.hpp"
#include "gateway/http/process_figures.hpp"
#include "version.hpp"

#include <filesystem>
#include <map>

namespace unscripted::gateway {

namespace {

template <std::integral T>
double real(T x) {
  return static_cast<double>(x);
}
double real(const std::atomic<std::uint64_t>& x) { return real(x.load()); }

void write_life(metrics_writer& out, const hub& h) {
  const actors::tally so_far = h.engine->so_far();
  out.begin("actions_total", "counter", "Actions of bots, by what became of them.");
  constexpr std::array<std::string_view, 3> outcomes = {"done", "refused", "fault"};
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    out.sample(real(so_far.actions[i]), {{"outcome", outcomes[i]}});
  out.counter("ticks_total", "Ticks of all worlds.", real(so_far.ticks));
  out.counter("births_total", "Bots that began to live.", real(so_far.births));
  out.counter("deaths_total", "Bots that died or were removed.", real(so_far.deaths));
  const auto worlds = h.engine->worlds();
  std::size_t in_trouble = 0;
  for (const auto& w : worlds) in_trouble += w.trouble.empty() ? 0 : 1;
  out.gauge("worlds", "Worlds that are there.", real(worlds.size()));
  out.gauge("worlds_in_trouble", "Of these, those that do not run.", real(in_trouble));
  out.gauge("bots", "Bots that live now.", real(h.engine->count().bots));
}

void write_histories(metrics_writer& out, const hub& h) {
  const actors::tally so_far = h.engine->so_far();
  out.counter("records_total", "Records that were decided.", real(so_far.records));
  out.counter("commits_total", "Groups of records written together.", real(so_far.commits));
  out.counter("commit_bytes_total", "Bytes of the records in them.", real(so_far.commit_bytes));
  const auto* const store = h.archive->store();
  if (!store) return;
  std::error_code unknown;
  const auto disk = std::filesystem::space(store->folder(), unknown);
  if (!unknown)
    out.gauge("data_disk_free_bytes", "Free on the disk of the data folder.", real(disk.available));
  const auto size = store->measure();
  out.gauge("history_disk_bytes", "Files of the histories, the write-ahead log left out.",
            real(size.disk_bytes));
  out.gauge("history_memory_bytes", "Written to the log, and not to those files yet.",
            real(size.memory_bytes));
  out.gauge("archive_waiting", "Questions about the past that wait for a thread.",
            real(h.archive->waiting()));
}

struct named_door {
  const char* name;
  const door_counters& counts;
};

void write_doors(metrics_writer& out, const counters& c) {
  const std::array<named_door, 3> doors = {
      {{"tcp", c.tcp}, {"http", c.http}, {"web_socket", c.web_socket}}};
  const auto each = [&](const char* name, const char* type, const char* help, auto member) {
    out.begin(name, type, help);
    for (const auto& d : doors) out.sample(real(d.counts.*member), {{"door", d.name}});
  };
  each("connections", "gauge", "Connections that are open.", &door_counters::connections);
  each("connections_total", "counter", "Connections so far.", &door_counters::connections_total);
  each("connections_refused_total", "counter",
       "Connections beyond what the server takes, of all or of one address.",
       &door_counters::refused_total);
  each("received_bytes_total", "counter", "Bytes from clients.",
       &door_counters::received_bytes_total);
  each("sent_bytes_total", "counter", "Bytes to clients.", &door_counters::sent_bytes_total);
}

void write_requests(metrics_writer& out, const counters& c) {
  out.gauge("sessions", "Conversations in the bot protocol.", real(c.sessions));
  out.counter("sessions_total", "Conversations so far.", real(c.sessions_total));
  out.counter("requests_total", "Requests that were read.", real(c.requests_total()));
  // Read in this order, so that it is never below zero.
  const auto answered = c.answered_total.load();
  const auto submitted = c.submitted_total();
  out.gauge("requests_in_flight", "Requests that worlds or the archive have not answered.",
            real(submitted - std::min(answered, submitted)));
  out.histogram("request_seconds",
                "From a request's reading to its answer's writing; of one request in eight.",
                c.request_time);
}

/// A plugin may have several functions of one name, for several kinds.
using function_counts = std::map<std::pair<std::string, bool>, plugins::counts>;

function_counts count_functions(const plugins::loaded& p) {
  function_counts sums;
  for (const auto& f : plugins::count(p)) {
    auto& sum = sums[{f.name, f.is_rule}];
    sum.calls += f.so_far.calls;
    sum.refusals += f.so_far.refusals;
    sum.faults += f.so_far.faults;
    sum.timed_calls += f.so_far.timed_calls;
    sum.timed_ns += f.so_far.timed_ns;
  }
  return sums;
}

void write_plugins(metrics_writer& out, const hub& h) {
  const auto present = h.plugins->present();
  out.gauge("plugins", "Plugins that are loaded.", real(present->assembly.plugins.size()));
  out.gauge("plugins_set_aside", "Those that decide nothing: they failed, or were told so.",
            real(present->aside.size()));
  std::map<std::string, function_counts> all;
  for (const auto& p : present->assembly.plugins) all[p->identity.id] = count_functions(*p);
  const auto each = [&](auto write) {
    for (const auto& [plugin, functions] : all)
      for (const auto& [function, counts] : functions)
        write(metrics_writer::labels{{"plugin", plugin},
                                     {"function", function.first},
                                     {"type", function.second ? "rule" : "action"}},
              counts);
  };
  out.begin("plugin_calls_total", "counter", "Calls of plugins' functions.");
  each([&](auto of, const auto& c) { out.sample(real(c.calls), of); });
  out.begin("plugin_refusals_total", "counter", "Calls that refused.");
  each([&](auto of, const auto& c) { out.sample(real(c.refusals), of); });
  out.begin("plugin_faults_total", "counter", "Calls that went wrong.");
  each([&](auto of, const auto& c) { out.sample(real(c.faults), of); });
  out.begin("plugin_call_seconds", "summary", "How long a call took; of one call in 64.");
  each([&](auto of, const auto& c) {
    out.sample(real(c.timed_ns) / 1e9, of, "_sum");
    out.sample(real(c.timed_calls), of, "_count");
  });
}

void write_process(metrics_writer& out, const hub& h) {
  const process_figures p = measure_process();
  out.gauge("process_resident_bytes", "Memory that the process holds.", p.resident_bytes);
  out.counter("process_cpu_seconds_total", "Time that processors spent on it.", p.cpu_seconds);
  out.gauge("process_open_fds", "Files and sockets that it has open.", p.open_fds);
  out.gauge("process_max_fds", "As many as it may have.", p.max_fds);
  out.gauge("process_threads", "Its threads.", p.threads);
  out.gauge("process_start_time_seconds", "When it began, in Unix time.", p.start_time_seconds);
  out.gauge("scheduler_threads", "Threads for worlds and bots.", real(h.threads));
  out.gauge("stopping", "Whether the server is stopping.", h.stopping ? 1 : 0);
  out.begin("build_info", "gauge", "Always 1; the version is in the labels.");
  out.sample(1, {{"version", version}, {"durability", storage::to_string(h.durability)}});
}

}  // namespace

std::string metrics_text(const hub& h) {
  std::string text;
  metrics_writer out{text};
  write_life(out, h);
  write_histories(out, h);
  write_doors(out, h.counters);
  write_requests(out, h.counters);
  if (h.gate)
    out.counter("failed_logins_total", "Wrong tokens that were shown.", real(h.gate->failures()));
  if (const std::int64_t end = h.certificate_end.load(); end != 0)
    out.gauge("tls_certificate_end_seconds", "When the server's certificate ends, in Unix time.",
              real(end));
  write_plugins(out, h);
  write_process(out, h);
  return text;
}

}  // namespace unscripted::gateway
