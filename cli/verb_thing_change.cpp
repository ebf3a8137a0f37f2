// `thing create|update|delete`: what is done to things by hand.

#include "cli/key_values.hpp"
#include "cli/place.hpp"
#include "cli/verb.hpp"

#include <memory>

namespace unscripted::cli {

namespace {

struct create_options : client_options {
  std::string world = "eden";
  std::string kind, name, pos, dims;
  std::vector<std::string> props;
};

struct update_options : client_options {
  std::string id, pos;
  std::vector<std::string> props;
};

struct delete_options : client_options {
  std::string id;
};

int create_thing(const create_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world).member("kind", options.kind);
  if (!options.pos.empty()) write_place(json.key("pos"), parse_place("--pos", options.pos));
  if (!options.dims.empty()) write_place(json.key("dims"), parse_size("--dims", options.dims));
  if (!options.name.empty()) json.member("name", options.name);
  if (!options.props.empty()) write_key_values(json.key("props"), options.props);
  json.end_object();
  auto server = options.connect();
  return show(options, server.call("thing.create", params), fields_of);
}

int update_thing(const update_options& options) {
  if (options.pos.empty() && options.props.empty()) {
    throw wrong_usage("nothing to change: give --pos, or properties as key=value");
  }
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("id", options.id);
  if (!options.pos.empty()) write_place(json.key("pos"), parse_place("--pos", options.pos));
  if (!options.props.empty()) write_key_values(json.key("props"), options.props);
  json.end_object();
  auto server = options.connect();
  return show(options, server.call("thing.update", params), fields_of);
}

int delete_thing(const delete_options& options) {
  std::string params;
  gateway::json_writer(params).begin_object().member("id", options.id).end_object();
  auto server = options.connect();
  return show(options, server.call("thing.delete", params),
              [&](auto) { return "deleted " + options.id + "\n"; });
}

void add_create(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "create", "Put a thing into a world",
                        "unscripted thing create well --world eden --pos 5,5\n\n"
                        "`unscripted describe KIND` lists the properties of a kind.");
  auto o = std::make_shared<create_options>();
  verb->add_option("kind", o->kind, "What it is, as well")->required();
  verb->add_option("props", o->props, "Its properties, key=value");
  verb->add_option("--world", o->world, "Name or id of the world")->capture_default_str();
  verb->add_option("--pos", o->pos, "Where, X,Y,Z or X,Z in metres (default: anywhere free)");
  verb->add_option("--dims", o->dims, "Its size in metres, X,Y,Z (default: as its kind)");
  verb->add_option("--name", o->name, "Its name");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return create_thing(*o); }; });
}

void add_update(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "update", "Move a thing, or set its properties",
                        "unscripted thing update 000000010000000000000001 --pos 2,7 drink=1");
  auto o = std::make_shared<update_options>();
  verb->add_option("id", o->id, "Its id, 24 hex digits")->required();
  verb->add_option("props", o->props, "Properties, key=value");
  verb->add_option("--pos", o->pos, "Where, X,Y,Z or X,Z in metres; sets down what is carried");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return update_thing(*o); }; });
}

}  // namespace

void add_thing_changes(CLI::App& group, chosen_verb& chosen) {
  add_create(group, chosen);
  add_update(group, chosen);
  add_thing_delete(group, chosen, "Take a thing out of its world");
}

void add_thing_delete(CLI::App& group, chosen_verb& chosen, const std::string& summary) {
  auto* verb = add_verb(group, "delete", summary,
                        "unscripted " + group.get_name() + " delete 000000010000000000000001");
  auto o = std::make_shared<delete_options>();
  verb->add_option("id", o->id, "Its id, 24 hex digits")->required();
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return delete_thing(*o); }; });
}

}  // namespace unscripted::cli
