#include "cli/completion.hpp"

#include "cli/document.hpp"
#include "cli/verb.hpp"
#include "gateway/methods.hpp"

#include <algorithm>

namespace unscripted::cli {

namespace {

/// Between `separator`s.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool is_word(const std::string& text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-_.") == text.npos;
}

/// Of every server; what its plugins add, it tells itself.
std::vector<std::string> method_names() {
  simdjson::dom::parser parser;
  simdjson::dom::object methods;
  std::vector<std::string> names;
  if (parser.parse(gateway::methods::describe()).get(methods) != simdjson::SUCCESS) return names;
  for (const auto [name, method] : methods) names.emplace_back(name);
  return names;
}

/// The type of an option says it: FILE, DIR, WORLD, `free|lockstep`, or TEXT:{a,b}.
value_words value_of(const CLI::Option& option, const std::string& name) {
  using source = value_words::source;
  const auto type = option.get_type_name();
  if (type == "METHOD") return {source::words, method_names()};
  const auto open = type.find('{'), close = type.find('}');
  if (open != type.npos && close != type.npos && close > open) {
    return {source::words, split(type.substr(open + 1, close - open - 1), ',')};
  }
  if (type.find("FILE") != type.npos) return {source::file, {}};
  if (type.find("DIR") != type.npos) return {source::folder, {}};
  const bool is_world = name == "world" || name == "--world" || type.starts_with("WORLD");
  if (is_world) return {source::world, {}};
  auto words = split(type, '|');
  std::erase_if(words, [](const std::string& w) { return !is_word(w); });
  return {words.empty() ? source::nothing : source::words, words};
}

option_words option_of(const CLI::Option& option) {
  option_words words;
  for (const auto& name : option.get_lnames()) words.names.push_back("--" + name);
  for (const auto& name : option.get_snames()) words.names.push_back("-" + name);
  words.summary = option.get_description();
  words.takes_value = option.get_items_expected_max() > 0;
  words.may_repeat = option.get_expected_max() > 1 || option.get_items_expected_max() > 1;
  if (words.takes_value) {
    words.value = value_of(option, words.names.empty() ? option.get_name() : words.names.front());
  }
  return words;
}

void add_words(const CLI::App& app, std::vector<verb_words>& all) {
  verb_words words;
  words.path = path_of(app);
  words.summary = app.get_description();
  for (const auto* option : app.get_options()) {
    auto one = option_of(*option);
    // `world` may also be written --world.
    const bool is_argument = option->get_positional();
    if (is_argument) {
      words.arguments.push_back(one);
      words.arguments.back().names.clear();
      words.arguments.back().value = value_of(*option, option->get_single_name());
    }
    if (!one.names.empty()) words.options.push_back(std::move(one));
  }
  const auto below = app.get_subcommands(std::function<bool(const CLI::App*)>());
  for (const auto* verb : below)
    words.verbs.emplace_back(verb->get_name(), verb->get_description());
  all.push_back(std::move(words));
  for (const auto* verb : below) add_words(*verb, all);
}

// -- bash ----------------------------------------------------------------------------------------

constexpr const char* bash_head =
    R"script(# Completes `unscripted` in bash; made by `unscripted completion bash`.

# Names that bash could take for anything but a word are left out.
_unscripted_worlds() {
  local patience=
  type -P timeout >/dev/null && patience='timeout 1'
  $patience "$1" world list --json ${2:+--server "$2"} 2>/dev/null </dev/null |
    grep -o '"id":"[0-9a-f]*","name":"[A-Za-z0-9._-]*"' | sed 's/.*:"//; s/"$//'
}

# What may stand behind a verb: verbs, options, and those of the options that take a value.
_unscripted_words() {
  verbs= options= valued=
  case $1 in
)script";

constexpr const char* bash_middle = R"script(  esac
}

# What may be the value of an option, or of an argument by its number: a kind, then words.
_unscripted_value() {
  case $1 in
)script";

constexpr const char* bash_tail = R"script(  esac
}

_unscripted() {
  local line=${COMP_LINE:0:COMP_POINT} words verb= server= argument=1 option= value= i word
  local verbs options valued
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local current=${words[-1]}
  _unscripted_words ''
  for ((i = 1; i < ${#words[@]} - 1; ++i)); do
    word=${words[i]}
    if [[ -n $option ]]; then
      [[ $option == --server ]] && server=$word
      option=
    elif [[ $word == --server=* ]]; then
      server=${word#*=}
    elif [[ $word == -* ]]; then
      [[ " $valued " == *" $word "* ]] && option=$word
    elif [[ " $verbs " == *" $word "* ]]; then
      verb=${verb:+$verb }$word
      _unscripted_words "$verb"
    else
      ((++argument))
    fi
  done
  if [[ -z $option && $current == --*=* ]]; then
    option=${current%%=*}
    current=${current#*=}
  fi
  if [[ -n $option ]]; then
    value=$(_unscripted_value "$verb/$option")
  elif [[ $current == -* ]]; then
    value="words $options"
  elif [[ -n $verbs ]]; then
    value="words $verbs"
  else
    value=$(_unscripted_value "$verb/$argument")
  fi
  case $value in
    file | folder)
      compopt -o filenames 2>/dev/null
      local kind=-f
      [[ $value == folder ]] && kind=-d
      mapfile -t COMPREPLY < <(compgen "$kind" -- "$current")
      return
      ;;
    world) value=" $(_unscripted_worlds "${words[0]}" "$server")" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "${value#words}" -- "$current")
}

complete -F _unscripted unscripted
)script";

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string bash_value(const value_words& value) {
  switch (value.from) {
    case value_words::source::file: return "file";
    case value_words::source::folder: return "folder";
    case value_words::source::world: return "world";
    case value_words::source::words: return "words " + joined(value.words);
    case value_words::source::nothing: break;
  }
  return {};
}

std::string bash_words(const verb_words& verb) {
  std::vector<std::string> verbs, options, valued;
  for (const auto& [name, summary] : verb.verbs) verbs.push_back(name);
  for (const auto& o : verb.options) {
    for (const auto& name : o.names) {
      options.push_back(name);
      if (o.takes_value) valued.push_back(name);
    }
  }
  return "    '" + verb.path + "') verbs='" + joined(verbs) + "' options='" + joined(options) +
         "' valued='" + joined(valued) + "' ;;\n";
}

std::string bash_values(const verb_words& verb) {
  std::string text;
  const auto add = [&](const std::string& what, const option_words& o) {
    const auto value = bash_value(o.value);
    if (!value.empty()) text += "    '" + verb.path + "'/" + what + ") echo '" + value + "' ;;\n";
  };
  for (const auto& o : verb.options)
    for (const auto& name : o.names) add(name, o);
  for (std::size_t i = 0; i < verb.arguments.size(); ++i) {
    const auto& a = verb.arguments[i];
    add(a.may_repeat ? "[0-9]*" : std::to_string(i + 1), a);
  }
  return text;
}

}  // namespace

std::vector<verb_words> words_of(const CLI::App& app) {
  std::vector<verb_words> all;
  add_words(app, all);
  return all;
}

std::string bash_completion(const CLI::App& app) {
  const auto all = words_of(app);
  std::string text = bash_head;
  for (const auto& verb : all) text += bash_words(verb);
  text += bash_middle;
  for (const auto& verb : all) text += bash_values(verb);
  return text + bash_tail;
}

}  // namespace unscripted::cli
