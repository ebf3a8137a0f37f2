// The script for zsh: a function for each verb, which hands its options to zsh's own _arguments.
#include "cli/completion.hpp"

#include <algorithm>

namespace unscripted::cli {

namespace {

constexpr const char* head = R"script(#compdef unscripted
# Completes `unscripted` in zsh; made by `unscripted completion zsh`.

# Names that a shell could take for anything but a word are left out.
_unscripted_worlds() {
  local server=${${opt_args[--server]-}//\\:/:}  # _arguments escapes colons
  local -a names patience
  (( $+commands[timeout] )) && patience=(timeout 1)
  names=(${(f)"$($patience unscripted world list --json ${server:+--server=$server} \
    2>/dev/null </dev/null |
    grep -o '"id":"[0-9a-f]*","name":"[A-Za-z0-9._-]*"' | sed 's/.*:"//; s/"$//')"})
  (( $#names )) && compadd -a names
}
)script";

constexpr const char* tail = R"script(
_unscripted "$@"
)script";

/// Inside single quotes.
std::string in_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += "'\\''";
    else out += c == '\n' ? ' ' : c;
  }
  return out + '\'';
}

/// What _arguments and _describe take for themselves is escaped.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string action_of(const value_words& value) {
  switch (value.from) {
    case value_words::source::file: return "_files";
    case value_words::source::folder: return "_files -/";
    case value_words::source::world: return "_unscripted_worlds";
    case value_words::source::nothing: return " ";
    case value_words::source::words: break;
  }
  std::string words;
  for (const auto& word : value.words) words += (words.empty() ? "" : " ") + word;
  return '(' + words + ')';
}

std::string function_of(const std::string& path) {
  std::string name = path.empty() ? "_unscripted" : "_unscripted_" + path;
  std::ranges::replace(name, ' ', '_');
  return name;
}

/// What _arguments sets.
const std::string locals = "  local curcontext=\"$curcontext\" line state\n  typeset -A opt_args\n";

std::string option_line(const option_words& o, const std::string& name) {
  // With `=`, _arguments takes a value in the same word and in the next one.
  const char* const joint = o.takes_value && name.starts_with("--") ? "=[" : "[";
  std::string spec = (o.may_repeat ? "*" : "") + name + joint + escaped(o.summary) + ']';
  if (o.takes_value) spec += ":value:" + action_of(o.value);
  return " \\\n    " + in_quotes(spec);
}

std::string argument_line(const option_words& a) {
  return " \\\n    " +
         in_quotes((a.may_repeat ? "*:" : ":") + escaped(a.summary) + ':' + action_of(a.value));
}

/// A group: its verbs, and behind one of them what that takes.
std::string group_function(const verb_words& group) {
  auto text = "\n" + function_of(group.path) + "() {\n" + locals + "  local verbs\n  verbs=(\n";
  for (const auto& [name, summary] : group.verbs)
    text += "    " + in_quotes(name + ':' + escaped(summary)) + '\n';
  text += "  )\n  _arguments -C";
  for (const auto& o : group.options)
    for (const auto& name : o.names) text += option_line(o, name);
  text += " \\\n    '1: :->verb' '*:: :->rest'\n  case $state in\n"
          "    verb) _describe verb verbs ;;\n    rest)\n      case $line[1] in\n";
  for (const auto& [name, summary] : group.verbs) {
    const auto path = group.path.empty() ? name : group.path + ' ' + name;
    text += "        " + name + ") " + function_of(path) + " ;;\n";
  }
  return text + "      esac ;;\n  esac\n}\n";
}

std::string verb_function(const verb_words& verb) {
  auto text = "\n" + function_of(verb.path) + "() {\n" + locals + "  _arguments";
  for (const auto& o : verb.options)
    for (const auto& name : o.names) text += option_line(o, name);
  for (const auto& a : verb.arguments) text += argument_line(a);
  return text + "\n}\n";
}

}  // namespace

std::string zsh_completion(const CLI::App& app) {
  std::string text = head;
  for (const auto& verb : words_of(app)) {
    text += verb.verbs.empty() ? verb_function(verb) : group_function(verb);
  }
  return text + tail;
}

}  // namespace unscripted::cli
