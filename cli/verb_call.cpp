// `call`: the raw door to any method of the protocol, for scripts.

#include "cli/key_values.hpp"
#include "cli/verb.hpp"

#include <array>
#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace {

constexpr std::size_t params_bytes_max = 1 << 20;  // a server takes less by far

struct call_options : client_options {
  std::string method;
  std::vector<std::string> params;
};

std::string read_input() {
  std::string text;
  std::array<char, 4096> part;
  while (const auto size = std::fread(part.data(), 1, part.size(), stdin)) {
    text.append(part.data(), size);
    if (text.size() > params_bytes_max) throw wrong_usage("standard input: more than 1 MiB");
  }
  return text;
}

/// An object, on one line, as the protocol wants it; numbers stay as they are written.
std::string one_line(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json).get(object) != simdjson::SUCCESS) {
    throw wrong_usage("the parameters are no JSON object: " + json.substr(0, 80));
  }
  std::string line(json.size(), '\0');
  std::size_t size = 0;
  if (simdjson::minify(json.data(), json.size(), line.data(), size) != simdjson::SUCCESS) {
    throw wrong_usage("the parameters are no JSON object: " + json.substr(0, 80));
  }
  line.resize(size);
  return line;
}

std::string params_of(const std::vector<std::string>& words) {
  if (words.size() == 1 && words.front() == "-") return one_line(read_input());
  if (words.size() == 1 && words.front().starts_with('{')) return one_line(words.front());
  std::string params;
  gateway::json_writer json(params);
  write_key_values(json, words, loose_values::or_json);
  return params;
}

int call(const call_options& options) {
  const auto params = params_of(options.params);
  auto server = options.connect();
  return show(options, server.call(options.method, params),
              [&](simdjson::dom::element result) { return simdjson::minify(result) + '\n'; });
}

}  // namespace

void add_call(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "call", "Call any method of the protocol",
                        "unscripted call thing.create world=eden kind=well pos=[5,0,5]\n\n"
                        "Parameters are key=value, a value being JSON or a text; or one JSON "
                        "object; or -, then\nan object is read from standard input. The result is "
                        "JSON with and without --json.\n`unscripted describe` lists the methods.");
  auto o = std::make_shared<call_options>();
  verb->add_option("method", o->method, "Its name, as world.get")->required()->type_name("METHOD");
  verb->add_option("params", o->params, "Its parameters")->type_name("KEY=VALUE|JSON|-");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return call(*o); }; });
}

}  // namespace unscripted::cli
