// The verbs under `history`, each in its own file: verb_history.cpp puts them together.
#pragma once

#include "cli/history_source.hpp"
#include "cli/moment.hpp"

#include <string>

namespace unscripted::cli {

/// Options of a verb about the history of one world.
struct world_source_options : source_options {
  std::string world;
};

/// The same with both ends of a part of the history.
struct range_options : world_source_options {
  std::string from, to;  // moments; empty: the first and the last there are
};

void add_world_option(CLI::App& verb, std::string& world);
void add_range_options(CLI::App& verb, range_options& options);
/// Declares an option that is a moment.
CLI::Option* add_moment_option(CLI::App& verb, const char* name, std::string& text,
                               const char* summary);

/// The members `from` and `to`, where they were given.
void write_range(gateway::json_writer& json, const range_options& options);

void add_history_stats(CLI::App& group, chosen_verb& chosen);
void add_history_read(CLI::App& group, chosen_verb& chosen);
void add_history_state(CLI::App& group, chosen_verb& chosen);
void add_history_replay(CLI::App& group, chosen_verb& chosen);
void add_history_verify(CLI::App& group, chosen_verb& chosen);
void add_history_diff(CLI::App& group, chosen_verb& chosen);
void add_history_explain(CLI::App& group, chosen_verb& chosen);
void add_history_bisect(CLI::App& group, chosen_verb& chosen);
void add_history_export(CLI::App& group, chosen_verb& chosen);
void add_history_import(CLI::App& group, chosen_verb& chosen);
void add_history_keeping(CLI::App& group, chosen_verb& chosen);  // prune, retain

}  // namespace unscripted::cli
