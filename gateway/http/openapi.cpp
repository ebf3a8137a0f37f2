#include "gateway/http/openapi.hpp"

#include "gateway/json_writer.hpp"
#include "gateway/methods.hpp"
#include "version.hpp"

#include <simdjson.h>

#include <array>

namespace unscripted::gateway {

namespace {

namespace dom = simdjson::dom;

struct method {
  std::string name, summary, params;  // params: JSON Schema
  bool needs_params = false;
};

std::vector<method> all_methods() {
  std::vector<method> all;
  dom::parser parser;
  const dom::object table = parser.parse(methods::describe()).get_object();  // our own text
  for (const auto entry : table) {
    const dom::element params = entry.value["params"];
    all.push_back({std::string{entry.key}, std::string{std::string_view{entry.value["summary"]}},
                   simdjson::minify(params), params["required"].get_array().size() > 0});
  }
  return all;
}

// {"id":…,"method":NAME,"params":…}
void write_request(json_writer& json, const method& m) {
  json.key(m.name).begin_object().member("type", "object").member("description", m.summary);
  json.key("properties").begin_object();
  json.raw_member("id", R"({"type":["string","integer"]})");
  json.raw_member("jsonrpc", R"({"const":"2.0"})");
  json.key("method").begin_object().member("const", m.name).end_object();
  json.raw_member("params", m.params).end_object();
  json.key("required").begin_array().value("method");
  if (m.needs_params) json.value("params");
  json.end_array().member("additionalProperties", false).end_object();
}

constexpr const char* answer_schema =
    R"({"description":"What the request is answered: a result or an error.","type":"object",)"
    R"("properties":{"id":{"type":["string","integer","null"]},"jsonrpc":{"const":"2.0"},)"
    R"("result":{},"error":{"type":"object","properties":{"code":{"type":"integer"},)"
    R"("message":{"type":"string"},"data":{"type":"object","properties":{)"
    R"("reason":{"type":"string"}}}},"required":["code","message"]}},"required":["id"]})";

void write_schemas(json_writer& json, const std::vector<method>& all) {
  json.key("components").begin_object().key("schemas").begin_object();
  for (const method& m : all) write_request(json, m);
  json.raw_member("Answer", answer_schema);
  json.end_object().end_object();
}

void write_rpc(json_writer& json, const std::vector<method>& all) {
  json.key("/rpc").begin_object().key("post").begin_object();
  json.member("operationId", "rpc").member("summary", "One request of the bot protocol.");
  json.key("requestBody").begin_object().member("required", true);
  json.key("content").begin_object().key("application/json").begin_object();
  json.key("schema").begin_object().key("oneOf").begin_array();
  const auto reference = [](const method& m) { return "#/components/schemas/" + m.name; };
  for (const method& m : all) json.begin_object().member("$ref", reference(m)).end_object();
  json.end_array().key("discriminator").begin_object().member("propertyName", "method");
  json.key("mapping").begin_object();
  for (const method& m : all) json.member(m.name, reference(m));
  json.end_object().end_object().end_object().end_object().end_object().end_object();
  json.key("responses").begin_object();
  json.raw_member("200", R"({"description":"The answer.","content":{"application/json":{)"
                         R"("schema":{"$ref":"#/components/schemas/Answer"}}}})");
  json.raw_member("204", R"({"description":"It had no id: it is not answered."})");
  json.raw_member("413", R"({"description":"It is too large."})");
  json.raw_member("415", R"({"description":"It is not application/json."})");
  json.end_object().end_object().end_object();
}

struct address {
  const char *path, *id, *summary, *type;
};

constexpr std::array<address, 5> addresses = {{
    {"/describe", "describe", "All methods, kinds and actions.", "application/json"},
    {"/healthz", "health", "Whether the process lives.", "application/json"},
    {"/readyz", "readiness", "Whether all worlds run; 503 where one does not, or it is stopping.",
     "application/json"},
    {"/metrics", "metrics", "Counters for Prometheus.", "text/plain"},
    {"/openapi.json", "openapi", "This document.", "application/json"},
}};

void write_addresses(json_writer& json) {
  for (const address& a : addresses) {
    json.key(a.path).begin_object().key("get").begin_object();
    json.member("operationId", a.id).member("summary", a.summary);
    json.key("responses").begin_object().key("200").begin_object();
    json.member("description", "As said.").key("content").begin_object();
    json.key(a.type).begin_object().end_object().end_object();
    json.end_object().end_object().end_object().end_object();
  }
}

std::string build() {
  const auto all = all_methods();
  std::string text;
  json_writer json{text};
  json.begin_object().member("openapi", "3.1.0").key("info").begin_object();
  json.member("title", "Unscripted").member("version", version);
  json.member("description", "A server that runs worlds in which bots live. The same requests "
                             "travel as lines over TCP and as text frames at the WebSocket /ws, "
                             "where events come as well.");
  json.end_object().key("paths").begin_object();
  write_rpc(json, all);
  write_addresses(json);
  json.end_object();
  write_schemas(json, all);
  json.end_object();
  text.push_back('\n');
  return text;
}

}  // namespace

const std::string& openapi_text() {
  static const std::string text = build();
  return text;
}

}  // namespace unscripted::gateway
