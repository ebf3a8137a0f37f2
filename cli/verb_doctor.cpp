// `doctor`: what is wrong with a data folder, and what can be saved of it.

#include "cli/progress_bar.hpp"
#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"
#include "storage/doctor.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

namespace unscripted::cli {

namespace {

struct doctor_options {
  std::string data;
  bool json = false;
};

void write_findings(gateway::json_writer& json, const std::vector<storage::finding>& findings) {
  json.key("findings").begin_array();
  for (const auto& f : findings) {
    json.begin_object().member("grade", storage::to_string(f.grade)).member("wrong", f.wrong);
    json.member("remedy", f.remedy).end_object();
  }
  json.end_array();
}

void write_world(gateway::json_writer& json, const storage::world_checkup& w) {
  json.begin_object().member("id", w.id).member("name", w.name);
  json.member("grade", storage::to_string(w.grade())).member("records", w.records);
  json.member("seq", w.last_seq).member("ticks", w.ticks).key("proved").begin_array();
  for (const auto& p : w.proved) {
    json.begin_object().member("first", p.first).member("last", p.last);
    json.member("tick", p.tick).end_object();
  }
  json.end_array();
  write_findings(json, w.findings);
  json.end_object();
}

std::string checkup_json(const storage::checkup& c) {
  std::string result;
  gateway::json_writer json(result);
  json.begin_object().member("data", c.folder.string());
  json.member("grade", storage::to_string(c.overall()));
  write_findings(json, c.findings);
  json.key("worlds").begin_array();
  for (const auto& w : c.worlds) write_world(json, w);
  json.end_array().end_object();
  return result;
}

storage::checkup examine(const std::string& data) {
  progress_bar bar("records");
  storage::checkup_options how;
  how.threads = std::max(1u, std::thread::hardware_concurrency());
  how.progress = [&bar](std::uint64_t done, std::uint64_t total) {
    bar.update(done, total);
    return true;
  };
  auto found = storage::examine(data, how);
  if (!found) throw failed(found.why().message);
  return std::move(*found);
}

int see_doctor(const doctor_options& options) {
  const auto checkup = examine(options.data);
  if (options.json) {
    std::puts(checkup_json(checkup).c_str());
  } else {
    for (const auto& line : storage::tell(checkup)) std::puts(line.c_str());
  }
  return checkup.overall() == storage::verdict::sound ? exit_ok : exit_refused;
}

}  // namespace

void add_doctor(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "doctor", "Say what is wrong with a data folder, changing nothing",
                        "unscripted doctor --data ./worlds\n\n"
                        "Every record is replayed and every hash compared. Ends with 0 where all "
                        "is sound, else\nwith 1: then it says what is wrong, and what can be "
                        "saved. No server may have the folder open.");
  auto o = std::make_shared<doctor_options>();
  verb->add_option("--data", o->data, "The data folder")->required()->type_name("DIR");
  add_json_option(*verb, o->json);
  verb->callback([o, &chosen] { chosen = [o] { return see_doctor(*o); }; });
}

}  // namespace unscripted::cli
