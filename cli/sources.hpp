// Where the values of options come from: flags > environment > file > default.
//
// CLI11 2.1.2 alone reads the file before the environment, so that the file would win; and it
// cannot say where a value came from. Hence this: the command line is CLI11's, the rest is filled
// in here.
//
// The environment variable of `--die-sooner` is UNSCRIPTED_DIE_SOONER; lists are separated by
// colons. The file is TOML: keys at its top hold for every verb that has such an option, those in a
// section
// (`[demo]`) for that verb and before the former. An unknown key is refused.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace unscripted::cli {

/// One option, what it is, and where that came from ("flag", "UNSCRIPTED_DATA", the file,
/// "default").
struct used_value {
  std::string name;
  std::string value;
  std::string origin;
};

/// Gives each option of `verb` that no flag gave the value of the environment or of `file` (empty:
/// none). Call once, after the command line was read. Throws wrong_usage, or what CLI11 throws for
/// a value that does not fit its option.
std::vector<used_value> fill_in(CLI::App& verb, const std::string& file);

/// Declares `--config FILE`, which fill_in() never takes from a file.
void add_config_option(CLI::App& verb, std::string& file);

/// Whether anything but the default gave the value of an option.
bool is_given(const std::vector<used_value>& values, std::string_view name);

/// `--data` is UNSCRIPTED_DATA.
std::string environment_name(const std::string& option);

}  // namespace unscripted::cli
