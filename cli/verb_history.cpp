// `history stats`: how much a world has lived through, and what it takes on disk.

#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"

#include <memory>

namespace unscripted::cli {

namespace {

struct stats_options : client_options {
  std::string world;
};

int print_stats(const stats_options& options) {
  std::string params;
  gateway::json_writer(params).begin_object().member("world", options.world).end_object();
  auto server = options.connect();
  return show(options, server.call("history.stats", params), fields_of);
}

}  // namespace

void add_history_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "history", "Histories of worlds", "unscripted history stats eden");
  group->require_subcommand(1);

  auto* stats = add_verb(*group, "stats", "Count the records and bytes of a world's history",
                         "unscripted history stats eden --json");
  auto options = std::make_shared<stats_options>();
  stats->add_option("world", options->world, "Name or id of the world")->required();
  add_client_options(*stats, *options);
  stats->callback([options, &chosen] { chosen = [options] { return print_stats(*options); }; });
}

}  // namespace unscripted::cli
