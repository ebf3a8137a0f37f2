#include "gateway/history_export.hpp"

#include "gateway/export_source.hpp"
#include "storage/history_reader.hpp"

#include <algorithm>

namespace unscripted::gateway {

std::optional<export_what> parse_export_what(std::string_view text) {
  if (text == "records") return export_what::records;
  if (text == "things") return export_what::things;
  if (text == "deaths") return export_what::deaths;
  if (text == "population") return export_what::population;
  return std::nullopt;
}

history_export::history_export(std::unique_ptr<export_source> source, const export_options& options)
  : source_(std::move(source)), options_(options) {}

history_export::history_export(history_export&&) noexcept = default;
history_export& history_export::operator=(history_export&&) noexcept = default;
history_export::~history_export() = default;

storage::result<history_export> history_export::begin(const storage::store& of,
                                                      core::world_number world, export_what what,
                                                      export_options options) {
  auto entry = of.find_world(world);
  if (!entry) return std::move(entry.why());
  const auto stats = storage::history_reader(of, world).stats();
  if (!stats) return stats.why();
  options.to = std::min(options.to, stats->last_seq);
  if (what == export_what::things) {
    auto state = storage::playback::begin(of, world, options.to);
    if (!state) return std::move(state.why());
    return history_export(things_of(state->take(), world, options.from), options);
  }

  const std::uint64_t from = options.from == 0 ? stats->base_seq + 1 : options.from;
  if (options.to + 1 < from)
    return storage::failure{storage::failure_kind::misuse,
                            "the export from seq " + std::to_string(from) + " to seq " +
                                std::to_string(options.to) +
                                " is none: `from` must be at most `to`, and at most the last one"};
  auto before = storage::playback::begin(of, world, from - 1);
  if (!before) return std::move(before.why());
  if (what == export_what::deaths)
    return history_export(deaths_of(std::move(*before), world, options.to), options);
  if (what == export_what::population)
    return history_export(
        population_of(std::move(*before), options.to, std::max<std::uint64_t>(options.every, 1)),
        options);
  export_world shown{std::move(*entry), stats->base_seq, stats->parent, stats->parent_seq};
  return history_export(records_of(std::move(*before), std::move(shown), options.to), options);
}

std::optional<storage::failure> history_export::write_page(std::string& out) {
  export_page page(out, options_);
  return source_->write(page);
}

bool history_export::at_end() const { return source_->at_end(); }
std::uint64_t history_export::next() const { return source_->next(); }

}  // namespace unscripted::gateway
