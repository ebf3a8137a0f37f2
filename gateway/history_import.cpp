#include "gateway/history_import.hpp"

#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "core/show.hpp"
#include "gateway/history_values.hpp"
#include "gateway/history_work.hpp"
#include "gateway/import_lines.hpp"
#include "gateway/record_reader.hpp"
#include "storage/history.hpp"

#include <algorithm>

namespace unscripted::gateway {

namespace {

using storage::failure;
using storage::failure_kind;

// More than any world writes at once.
constexpr std::size_t commit_bytes_max = std::size_t{256} << 20;

constexpr std::string_view name_expected = "1 to 64 bytes of UTF-8 without control characters";

bool is_name(std::string_view name) {
  const bool is_one_line = std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return !name.empty() && name.size() <= core::name_bytes_max && is_one_line &&
         simdjson::validate_utf8(name.data(), name.size());
}

/// Makes one world from one file.
class importer {
public:
  importer(storage::store& into, core::world_number world, std::istream& file,
           const import_options& options)
    : store_(into), options_(options), lines_(file), world_(world),
      past_(storage::history::open_import(into, world)) {}

  std::optional<failure> run() {
    if (auto why = lines()) return why;
    if (!why_.is_made()) return {};
    return failure{failure_kind::corrupt, "line " + std::to_string(lines_.number()) + ": " +
                                              why_.text() +
                                              ": the file is not as it was exported; nothing was "
                                              "imported: export the history again"};
  }

  const std::string& name() const { return name_; }
  std::int64_t created_ms() const { return created_ms_; }
  imported result() const {
    return {world_,       name_, records_, past_.last_seq(), past_.tick(), past_.state_hash(),
            past_.chain()};
  }

private:
  std::optional<failure> lines();
  std::optional<failure> line(json_fields in);
  std::optional<failure> head(json_fields in);
  std::optional<failure> base(json_fields in);
  std::optional<failure> commit(json_fields in);
  void record(json_fields in);
  void hold(const core::record& r);
  void end(json_fields in);

  void expect(std::string_view where, std::uint64_t expected, std::uint64_t found) {
    if (expected != found) why_.expect(where, std::to_string(expected), std::to_string(found));
  }
  void expect_hash(std::string_view where, std::uint64_t expected, std::uint64_t found) {
    if (expected != found) why_.expect(where, storage::to_hex(expected), storage::to_hex(found));
  }
  void expect_chain(std::string_view where, std::string_view found) {
    if (!has_older_commits_ && storage::to_hex(past_.chain()) != found)
      why_.expect(where, storage::to_hex(past_.chain()), found);
  }

  storage::store& store_;
  const import_options& options_;
  import_lines lines_;
  complaint why_;
  core::world_number world_, world_in_file_ = 0;
  std::string name_;
  std::int64_t created_ms_ = 0;
  storage::history past_;
  std::unique_ptr<core::world> state_ = std::make_unique<core::world>();
  catalogue_shelf shelf_;
  storage::commit_builder records_of_commit_;
  std::string bytes_;  // reused
  std::uint64_t records_ = 0;
  bool has_head_ = false, has_end_ = false;
  bool has_older_commits_ = false;  // see commit()
};

// -- lines ---------------------------------------------------------------------------------------

std::optional<failure> importer::lines() {
  while (!has_end_) {
    const auto object = lines_.next();
    if (!object && lines_.number() == 0)
      return failure{failure_kind::corrupt,
                     R"(the file is empty: line 1 should be {"unscripted":"history",...}; nothing )"
                     "was imported: export the history again"};
    if (!object && (lines_.why().empty() || (lines_.at_end() && records_ > 0)))
      return failure{
          failure_kind::corrupt,
          "the file ends in the middle: the last line should be {\"end\":...}, and line " +
              std::to_string(lines_.number()) +
              " is not that; nothing was imported: copy the file again"};
    if (!object)
      return failure{failure_kind::corrupt, "line " + std::to_string(lines_.number()) + " " +
                                                lines_.why() + "; nothing was imported"};
    if (auto why = line({*object, {}, why_})) return why;
    if (why_.is_made()) return {};
  }
  if (lines_.at_end()) return {};
  return failure{failure_kind::corrupt, "line " + std::to_string(lines_.number() + 1) +
                                            " should not be there: the line before is the end; "
                                            "nothing was imported"};
}

std::optional<failure> importer::line(json_fields in) {
  if (!has_head_) return head(std::move(in));
  if (in.has("commit")) {
    auto why = commit(in.object("commit"));
    in.finish();
    return why;
  }
  if (in.has("seq")) record(std::move(in));
  else if (in.has("catalogue")) shelf_.read(std::move(in));
  else if (in.has("end")) {
    end(in.object("end"));
    in.finish();
  } else {
    why_.expect("the line", "a record, a catalogue, a commit or the end",
                std::string_view{simdjson::minify(in.members())});
  }
  return {};
}

std::optional<failure> importer::head(json_fields in) {
  has_head_ = true;
  const std::string_view what = in.word("unscripted");
  if (what != "history") why_.expect("unscripted", "history, in the first line", what);
  if (!why_.is_made())
    if (const auto version = in.integer("version"); version != 1)
      why_.expect("version", "1: this program knows no other", std::to_string(version));
  name_ = in.text("world");
  if (options_.name) name_ = *options_.name;
  if (!is_name(name_)) why_.expect("world", name_expected, core::quoted(name_));
  const auto id = core::parse_id(in.word("id"));
  if (!id || id->thing != core::world_serial || id->world == 0)
    why_.expect("id", "that of a world", in.word("id"));
  else world_in_file_ = id->world;
  created_ms_ = in.signed_integer("created_ms");
  if (in.has("parent")) {
    json_fields parent = in.object("parent");
    if (!core::parse_id(parent.word("world"))) why_.expect("parent.world", "an id", "none");
    parent.integer("seq");
    parent.finish();
  }
  json_fields where = in.object("base");
  in.finish();
  return base(std::move(where));
}

/// Where the history begins: before everything, or with a state.
std::optional<failure> importer::base(json_fields in) {
  const std::uint64_t seq = in.integer("seq"), tick = in.integer("tick"), hash = in.hash("hash");
  const std::string_view chain = in.word("chain");
  if (seq > 0 && !why_.is_made()) {
    const auto bytes = parse_hex(in.word("state"));
    if (bytes) state_ = core::decode_snapshot(*bytes);
    if (!bytes || !state_) {
      why_.expect("base.state", "the hex digits of a world's state", "something else");
      return {};
    }
    const auto before = storage::parse_chain(chain);
    if (!before) why_.expect("base.chain", "32 hex digits", chain);
    expect("base.seq", state_->seq(), seq);
    if (why_.is_made()) return {};
    shelf_.keep(state_->shared_catalogue());
    if (auto why = past_.begin_with(*state_, *before)) return why;
  }
  expect("base.tick", state_->tick(), tick);
  expect_hash("base.hash", state_->hash(), hash);
  expect_chain("base.chain", chain);
  in.finish();
  return {};
}

// -- records -------------------------------------------------------------------------------------

void importer::record(json_fields in) {
  core::record r = read_record(std::move(in), *state_, world_in_file_, shelf_);
  expect("seq", state_->seq() + 1, r.seq);
  if (!why_.is_made()) hold(r);
}

/// Adds the record to the commit and to the state. What it will be once it is read from the store
/// is what must fit.
void importer::hold(const core::record& r) {
  const core::catalogue_ptr before = state_->seq() > 0 ? state_->shared_catalogue() : nullptr;
  bytes_.clear();
  core::byte_writer out(bytes_);
  core::encode(out, before.get(), r);
  core::record stored;
  stored.seq = r.seq;
  stored.tick = state_->tick();
  core::byte_reader encoded(bytes_);
  if (!core::decode(encoded, before.get(), stored) || !encoded.at_end())
    return why_.expect("the record", "one that a history can hold", "beyond some limit");
  expect("tick", stored.tick, r.tick);
  if (why_.is_made()) return;
  records_of_commit_.add(stored, before);
  if (records_of_commit_.bytes().size() > commit_bytes_max)
    return why_.expect("the commit", "at most 256 MiB of records", "more");
  if (!state_->try_apply(stored))
    why_.expect("effects", "such that the world before them can take them", "of another world");
}

std::optional<failure> importer::commit(json_fields in) {
  const std::uint64_t seq = in.integer("seq"), hash = in.hash("hash");
  const std::int64_t wall_ms = in.signed_integer("wall_ms");
  const std::string_view chain = in.word("chain");
  // Commits are written anew in the present version: from one of an older version on the chain is
  // another one, and the state hashes alone tell that all is right.
  if (in.has("version")) has_older_commits_ = in.integer("version") > 0 || has_older_commits_;
  in.finish();
  expect("commit.seq", state_->seq(), seq);
  expect_hash("commit.hash", state_->hash(), hash);
  if (records_of_commit_.empty()) why_.expect("commit", "behind its records", "behind none");
  if (why_.is_made()) return {};

  const std::uint64_t count = records_of_commit_.count();
  if (auto full = why_no_room(store_)) return full;
  if (auto why = past_.append_as_of(wall_ms, records_of_commit_, *state_)) return why;
  records_ += count;
  expect_chain("commit.chain", chain);
  if (why_.is_made()) return {};
  if (past_.snapshot_due(*state_))
    if (auto why = past_.snapshot(*state_)) return why;
  if (options_.progress && !options_.progress(records_))
    return failure{failure_kind::misuse, "the import was given up after " +
                                             std::to_string(records_) +
                                             " records; nothing was imported"};
  return {};
}

void importer::end(json_fields in) {
  has_end_ = true;
  expect("end.seq", past_.last_seq(), in.integer("seq"));
  expect("end.tick", past_.tick(), in.integer("tick"));
  expect_hash("end.hash", past_.state_hash(), in.hash("hash"));
  expect_chain("end.chain", in.word("chain"));
  expect("end.records", records_, in.integer("records"));
  in.finish();
  if (!records_of_commit_.empty())
    why_.expect("the end", "behind a commit", "behind records without one");
  if (past_.last_seq() == 0) why_.expect("the end", "behind a record", "of a world without any");
}

}  // namespace

storage::result<imported> import_history(storage::store& into, std::istream& file,
                                         const import_options& options) {
  if (options.name && !is_name(*options.name))
    return failure{failure_kind::misuse, "the name of the imported world should be " +
                                             std::string{name_expected} + ", is " +
                                             core::quoted(*options.name)};
  if (auto full = why_no_room(into)) return *std::move(full);
  const auto world = into.begin_import();
  if (!world) return world.why();
  std::optional<failure> why;
  imported made;
  {
    importer taken(into, *world, file, options);
    why = taken.run();
    made = taken.result();
    if (!why) why = into.finish_import(*world, taken.name(), taken.created_ms(), options.owner);
  }
  if (!why) return made;
  // Where this fails too the store is broken, and the next start drops what is left.
  (void)into.delete_world(*world);
  return *std::move(why);
}

}  // namespace unscripted::gateway
