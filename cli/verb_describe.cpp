// `describe`: what a server can do, and how one says it.

#include "cli/description.hpp"
#include "cli/verb.hpp"

#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace {

struct describe_options : client_options {
  std::string name;  // empty: all there is
};

int describe(const describe_options& options) {
  auto server = options.connect();
  const auto all = server.call("describe");
  if (options.name.empty()) return show(options, all, overview_of);
  const auto text = description_of(all.root(), options.name);
  if (text.empty()) {
    throw refused({404,
                   "not_found",
                   "no action, kind or method is called `" + options.name +
                       "`; `unscripted describe` lists them",
                   {}});
  }
  const auto printed = options.json ? description_json(all.root(), options.name) + '\n' : text;
  std::fwrite(printed.data(), 1, printed.size(), stdout);
  return exit_ok;
}

}  // namespace

void add_describe(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "describe", "Show what a server can do: actions, kinds, methods",
                        "unscripted describe walk\n\n"
                        "Of an action it shows the target, the reach, each argument with type, "
                        "range, unit and\ndefault, and a command line; of a kind its size and "
                        "properties; of a method its parameters.");
  auto o = std::make_shared<describe_options>();
  verb->add_option("name", o->name, "An action, a kind or a method (default: all, a line each)");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return describe(*o); }; });
}

}  // namespace unscripted::cli
