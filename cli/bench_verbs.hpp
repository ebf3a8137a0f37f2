// The verbs under `bench`, in two files: verb_bench.cpp puts them together.
#pragma once

#include "cli/verb.hpp"

#include <string>

namespace unscripted::cli {

/// Declares an option that is a whole number from 1 to `most`.
template <class T>
CLI::Option* add_count_option(CLI::App& verb, const char* name, T& value, std::uint64_t most,
                              const std::string& summary) {
  return verb.add_option(name, value, summary)
      ->check(CLI::Range(std::uint64_t{1}, most))
      ->type_name("N")
      ->capture_default_str();
}

void add_threads_option(CLI::App& verb, unsigned& threads, const std::string& summary);
CLI::Option* add_seconds_option(CLI::App& verb, double& seconds);

void add_hosted_bench(CLI::App& group, chosen_verb& chosen);
void add_life_bench(CLI::App& group, chosen_verb& chosen);
void add_history_bench(CLI::App& group, chosen_verb& chosen);

}  // namespace unscripted::cli
