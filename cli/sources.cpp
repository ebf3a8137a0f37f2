#include "cli/sources.hpp"

#include "cli/failure.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace unscripted::cli {

namespace {

using items = std::vector<CLI::ConfigItem>;

bool is_marker(const CLI::ConfigItem& item) { return item.name == "++" || item.name == "--"; }

/// The long name of an option that may be filled in, else empty.
std::string fillable_name(const CLI::Option& option) {
  if (option.get_lnames().empty()) return {};
  const auto& name = option.get_lnames().front();
  return name == "help" || name == "config" ? std::string() : name;
}

bool has_option(const CLI::App& verb, const std::string& name) {
  return std::ranges::any_of(verb.get_options(),
                             [&](const auto* o) { return fillable_name(*o) == name; });
}

const CLI::App& root_of(const CLI::App& verb) {
  const auto* app = &verb;
  while (app->get_parent() != nullptr) app = app->get_parent();
  return *app;
}

/// A key must be an option of its section's verb, or, at the top, of any verb.
void check_key(const CLI::App& root, const CLI::ConfigItem& item, const std::string& file) {
  const auto verbs = root.get_subcommands([](const CLI::App*) { return true; });
  const auto knows = [&](const CLI::App* verb) {
    const bool is_meant = item.parents.empty() || item.parents.front() == verb->get_name();
    return is_meant && item.parents.size() <= 1 && has_option(*verb, item.name);
  };
  if (std::ranges::any_of(verbs, knows)) return;
  const auto name = CLI::detail::join(item.parents, ".") + (item.parents.empty() ? "" : ".");
  throw wrong_usage(file + ": unknown key \"" + name + item.name + "\"");
}

items read_file(const CLI::App& verb, const std::string& file) {
  if (file.empty()) return {};
  if (!std::filesystem::is_regular_file(file)) throw wrong_usage(file + ": no such file");
  items found;
  try {
    found = CLI::ConfigTOML().from_file(file);
  } catch (const CLI::Error& error) {
    throw wrong_usage(file + ": " + error.what());
  }
  std::erase_if(found, is_marker);
  for (const auto& item : found) check_key(root_of(verb), item, file);
  return found;
}

/// The values of a key, those of the verb's own section first; null where there are none.
const CLI::ConfigItem* find_item(const items& file, const std::string& verb,
                                 const std::string& name) {
  const CLI::ConfigItem* found = nullptr;
  for (const auto& item : file) {
    if (item.name != name) continue;
    if (!item.parents.empty() && item.parents.front() != verb) continue;
    if (found == nullptr || !item.parents.empty()) found = &item;
  }
  return found;
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

void give(CLI::Option& option, std::vector<std::string> values, const std::string& origin) {
  try {
    if (is_flag(option)) {
      const auto text = values.empty() ? std::string("true") : values.front();
      values = {option.get_flag_value(option.get_lnames().front(), text)};
    }
    option.add_result(std::move(values));
    option.run_callback();
  } catch (const CLI::Error& error) {
    throw wrong_usage(origin + ": " + error.what());
  }
}

std::vector<std::string> split_environment(const CLI::Option& option, const std::string& text) {
  if (option.get_items_expected_max() <= 1) return {text};
  return CLI::detail::split(text, ':');
}

}  // namespace

std::string environment_name(const std::string& option) {
  std::string name = "UNSCRIPTED_";
  for (const char c : option) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::vector<used_value> fill_in(CLI::App& verb, const std::string& file) {
  const auto from_file = read_file(verb, file);
  std::vector<used_value> used;
  for (auto* option : verb.get_options()) {
    const auto name = fillable_name(*option);
    if (name.empty()) continue;

    const auto variable = environment_name(name);
    const char* from_environment = std::getenv(variable.c_str());
    const auto* item = find_item(from_file, verb.get_name(), name);
    std::string origin = "default";
    if (option->count() > 0) {
      origin = "flag";
    } else if (from_environment != nullptr && *from_environment != '\0') {
      origin = variable;
      give(*option, split_environment(*option, from_environment), variable);
    } else if (item != nullptr) {
      origin = file;
      give(*option, item->inputs, std::string(file).append(": ").append(name));
    }
    const auto value = option->count() > 0 ? CLI::detail::join(option->results(), ", ")
                                           : option->get_default_str();
    used.push_back({name, value, origin});
  }
  return used;
}

void add_config_option(CLI::App& verb, std::string& file) {
  verb.add_option("--config", file,
                  "TOML file of options; flags and UNSCRIPTED_* in the environment come first")
      ->envname("UNSCRIPTED_CONFIG")
      ->type_name("FILE");
}

bool is_given(const std::vector<used_value>& values, std::string_view name) {
  return std::ranges::any_of(
      values, [&](const auto& v) { return v.name == name && v.origin != "default"; });
}

}  // namespace unscripted::cli
