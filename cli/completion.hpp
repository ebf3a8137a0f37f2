// Scripts by which shells complete our command lines, made from the command line itself.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace unscripted::cli {

/// What a person may write as a value.
struct value_words {
  enum class source { nothing, file, folder, world, words };

  source from = source::nothing;
  std::vector<std::string> words;
};

struct option_words {
  std::vector<std::string> names;  // as --json; none of an argument
  std::string summary;
  bool takes_value = false, may_repeat = false;
  value_words value;
};

/// A verb, or a group of verbs: what may stand behind it.
struct verb_words {
  std::string path;  // as `world list`; empty for the program
  std::string summary;
  std::vector<std::pair<std::string, std::string>> verbs;  // name and summary
  std::vector<option_words> options, arguments;
};

/// The program first, then each group and each verb.
std::vector<verb_words> words_of(const CLI::App& app);

/// Names of worlds are asked of the server; only those that no shell could take for anything else
/// are offered.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);

}  // namespace unscripted::cli
