#include "cli/verb.hpp"

#include "cli/table.hpp"
#include "cli/token.hpp"

#include <cstdio>

namespace unscripted::cli {

CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& summary,
                   const std::string& example) {
  auto* verb = parent.add_subcommand(name, summary);
  verb->footer("Example:\n  " + example);
  return verb;
}

CLI::Validator address_check() {
  return {[](std::string& text) -> std::string {
            if (parse_address(text)) return {};
            return "\"" + text + "\" is not HOST:PORT";
          },
          ""};
}

CLI::Validator positive() {
  return {[](std::string& text) -> std::string {
            const bool is_whole =
                !text.empty() && text.find_first_not_of("0123456789") == text.npos;
            if (is_whole && text.find_first_not_of('0') != text.npos) return {};
            return "\"" + text + "\" is not a whole number from 1";
          },
          ""};
}

address checked_address(const std::string& text) {
  const auto where = parse_address(text);
  if (!where) throw wrong_usage("\"" + text + "\" is not HOST:PORT");
  return *where;
}

address client_options::where() const {
  auto found = checked_address(server);
  found.tls = tls || !tls_ca.empty();
  found.tls_ca = tls_ca;
  return found;
}

client client_options::connect() const { return client(where()); }

void add_json_option(CLI::App& verb, bool& json) {
  verb.add_flag("--json", json, "Print JSON instead of a table");
}

void add_client_options(CLI::App& verb, client_options& options) {
  verb.add_option("--server", options.server, "The server to ask")
      ->envname("UNSCRIPTED_SERVER")
      ->check(address_check())
      ->type_name("HOST:PORT")
      ->capture_default_str();
  verb.add_flag("--tls", options.tls, "Speak TLS with it")->envname("UNSCRIPTED_TLS");
  verb.add_option("--tls-ca", options.tls_ca,
                  "Speak TLS, and trust whom this PEM file names instead of whom the system trusts")
      ->envname("UNSCRIPTED_TLS_CA")
      ->type_name("FILE");
  add_token_option(verb);
  add_json_option(verb, options.json);
}

int show(const client_options& options, const document& result,
         const std::function<std::string(simdjson::dom::element)>& table) {
  const auto text = options.json ? result.text() + '\n' : table(result.root());
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_ok;
}

std::string fields_of(simdjson::dom::element object) {
  field_list fields;
  fields.add_all(object);
  return fields.text();
}

}  // namespace unscripted::cli
