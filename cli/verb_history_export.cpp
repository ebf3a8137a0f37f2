// `history export` and `history import`: histories as files.

#include "cli/csv.hpp"
#include "cli/export_file.hpp"
#include "cli/history_verbs.hpp"
#include "cli/signals.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <unistd.h>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

struct export_options : range_options {
  std::string format = "jsonl";
  std::string what = "records";
  std::string output;
  std::uint64_t every = 1;
};

struct import_options : client_options {
  std::string file, name;
};

constexpr int page_items = 10'000;

/// What a page gives, in the format.
class page_writer {
public:
  page_writer(export_file& to, const export_options& options)
    : to_(to), is_csv_(options.format == "csv"),
      rows_(options.what == "records" ? csv_rows::of_records() : csv_rows()) {}

  void write(const document& page) {
    if (is_csv_) {
      write_rows(page);
    } else {
      write_lines(page);
    }
  }
  std::uint64_t items() const { return items_; }

  /// CSV has one header: what came later only is named, never passed over in silence.
  void tell_what_is_missing() const {
    for (const auto& column : rows_.left_out()) {
      std::fprintf(stderr,
                   "unscripted: left out: %s, which the first row does not have; "
                   "--format jsonl has all\n",
                   column.c_str());
    }
  }

private:
  void write_lines(const document& page) {
    std::string text;
    for (const auto item : raw_items(raw_member(page.text(), "items"))) {
      text.append(item) += '\n';
      ++items_;
    }
    to_.write(text);
  }

  void write_rows(const document& page) {
    std::string text;
    dom::array items;
    if (page.root()["items"].get(items) != simdjson::SUCCESS) return;
    for (const auto item : items) {
      text += rows_.lines(item);
      ++items_;
    }
    to_.write(text);
  }

  export_file& to_;
  bool is_csv_;
  csv_rows rows_;
  std::uint64_t items_ = 0;
};

/// Where the next page begins and the last one ends; 0 where that is not known yet.
struct page_place {
  std::uint64_t next = 0, to = 0;
};

document read_page(history_source& source, const export_options& options, const page_place& at) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world).member("what", options.what);
  json.member("limit", page_items);
  if (options.what == "population") json.member("every", options.every);
  if (at.next == 0) {
    write_range(json, options);
  } else {
    json.key("from").begin_object().member("seq", at.next).end_object();
    json.key("to").begin_object().member("seq", at.to).end_object();
  }
  json.end_object();
  return source.call("history.export", params);
}

void write_pages(history_source& source, const export_options& options, page_writer& pages) {
  const bool is_by_seq = options.what != "things";
  progress_bar bar(is_by_seq ? "records" : "things");
  for (page_place at;;) {
    const auto page = read_page(source, options, at);
    pages.write(page);
    at.next = count_at(page.root(), "next");
    at.to = count_at(page.root(), "to");
    if (at.next == 0) return;
    bar.update(is_by_seq ? at.next - 1 : pages.items(), is_by_seq ? at.to : 0);
  }
}

int export_history(const export_options& options) {
  if (options.what == "things" && !options.from.empty()) {
    throw wrong_usage("--from: things are those at one moment, which --to names");
  }
  if (options.json && options.output.empty()) {
    throw wrong_usage("--json: says what was written to --output; without it the export itself is "
                      "printed");
  }
  // What is not whole goes, also where somebody gives it up.
  const signal_watch signals([partial = export_file::partial_of(options.output)] {
    if (!partial.empty()) std::remove(partial.c_str());
    _exit(exit_refused);
  });
  auto source = options.open();
  export_file file(options.output);
  page_writer pages(file, options);
  write_pages(source, options, pages);
  file.finish();
  pages.tell_what_is_missing();
  if (options.output.empty()) return exit_ok;

  std::string result;
  gateway::json_writer(result)
      .begin_object()
      .member("file", options.output)
      .member("items", pages.items())
      .member("bytes", file.bytes())
      .end_object();
  return show(options, document(result), [&](auto) {
    return options.output + ": " + grouped(pages.items()) + " items, " + grouped(file.bytes()) +
           " bytes\n";
  });
}

int import_history(const import_options& options) {
  std::error_code error;
  const auto file = std::filesystem::absolute(options.file, error);
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("file", file.string()).member("progress", true);
  if (!options.name.empty()) json.member("name", options.name);
  json.end_object();
  auto server = options.connect();
  return show(options, call_long(server, "history.import", params, "bytes"), [&](dom::element w) {
    const auto name = options.name.empty() ? plain_at(w, "name") : options.name;
    return name + " (" + plain_at(w, "id") + "): seq " + plain_at(w, "seq") + ", tick " +
           plain_at(w, "tick") + ", hash " + plain_at(w, "hash") + '\n';
  });
}

}  // namespace

void add_history_export(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(
      group, "export", "Write a history, or what follows from it, as JSON Lines or CSV",
      "unscripted history export eden --format csv --what deaths --output deaths.csv\n\n"
      "Records as JSON Lines are all that `history import` needs. As CSV they have the columns\n"
      "seq, tick, command, agent, action, target, outcome, reason, draws, effects (how many).\n"
      "A file gets its name once it is whole.");
  auto o = std::make_shared<export_options>();
  add_range_options(*verb, *o);
  verb->add_option("--format", o->format, "jsonl or csv")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  verb->add_option("--what", o->what, "records, things, deaths or population")
      ->check(CLI::IsMember({"records", "things", "deaths", "population"}))
      ->type_name("WHAT")
      ->capture_default_str();
  verb->add_option("--every", o->every, "Of the population: ticks from one line to the next")
      ->check(positive())
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--output", o->output, "Write here (default: standard output)")
      ->type_name("FILE");
  verb->callback([o, &chosen] { chosen = [o] { return export_history(*o); }; });
}

void add_history_import(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "import", "Begin a world with a history that was exported",
                        "unscripted history import eden.jsonl --name eden-again\n\n"
                        "The file holds records as JSON Lines, and the server must be able to read "
                        "it. The\nhistory comes out the same, to the last hash, or there is no new "
                        "world. Another name is\none more record.");
  auto o = std::make_shared<import_options>();
  verb->add_option("file", o->file, "The file")->required()->type_name("FILE");
  verb->add_option("--name", o->name, "Name of the new world (default: as it was)");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return import_history(*o); }; });
}

}  // namespace unscripted::cli
