// The export of records: all that an import needs to make the same history again.
#include "core/codec.hpp"
#include "gateway/export_source.hpp"
#include "gateway/history_json.hpp"
#include "gateway/history_values.hpp"

namespace unscripted::gateway {

namespace {

class records_source final : public export_source {
public:
  records_source(storage::playback from, export_world of, std::uint64_t to)
    : at_(std::move(from)), of_(std::move(of)), to_(to),
      is_headless_(at_.world().seq() == of_.base_seq) {}

  std::optional<storage::failure> write(export_page& page) override {
    if (is_headless_) begin(page);
    // At least one commit, however full the first line made it: each page is some way on.
    for (bool any = false; !is_done() && !(any && page.is_full()); any = true)
      if (auto why = commit(page)) return why;
    if (is_done()) end(page);
    return {};
  }
  bool at_end() const override { return is_ended_; }
  std::uint64_t next() const override { return at_.world().seq() + 1; }

private:
  bool is_done() const { return at_.world().seq() >= to_ || at_.at_end(); }

  void begin(export_page& page) {
    is_headless_ = false;
    page.add([&](json_writer& json) {
      json.member("unscripted", "history").member("version", 1);
      write_text(json.key("world"), of_.entry.name);
      write_id(json.key("id"), of_.entry.number, core::world_serial);
      json.member("created_ms", of_.entry.created_ms);
      base(json.key("base"));
      if (of_.parent == 0) return;
      write_id(json.key("parent").begin_object().key("world"), of_.parent, core::world_serial);
      json.member("seq", of_.parent_seq).end_object();
    });
    if (of_.base_seq > 0) describe(page, at_.world().shared_catalogue());
  }

  void base(json_writer& json) {
    const core::world& w = at_.world();
    json.begin_object().member("seq", w.seq()).member("tick", w.tick());
    json.member("hash", storage::to_hex(w.hash()));
    json.member("chain", storage::to_hex(at_.chain_before()));
    if (of_.base_seq > 0) {
      json.key("state").raw("\"");
      append_hex(json.out(), core::encode_snapshot(w));
      json.out().push_back('"');
    }
    json.end_object();
  }

  std::optional<storage::failure> commit(export_page& page) {
    for (bool is_last = false; !is_last;) {
      const core::record& r = at_.next();
      is_last = at_.is_last_of_commit();
      const storage::commit_header head = at_.commit();
      describe_all(page, r);
      record(page, r);
      if (auto why = at_.advance()) return why;
      if (!is_last) continue;
      page.add([&](json_writer& json) {
        json.key("commit").begin_object().member("seq", at_.world().seq());
        json.member("wall_ms", head.wall_ms).member("hash", storage::to_hex(head.state_hash));
        if (head.grammar != core::record_grammar::heads_first)
          json.member("version", static_cast<int>(head.grammar));
        json.member("chain", storage::to_hex(head.chain)).end_object();
      });
    }
    return {};
  }

  void record(export_page& page, const core::record& r) {
    const core::world& w = at_.world();
    const core::catalogue& names = w.seq() > 0 ? w.catalogue() : *at_.catalogue();
    const kind_finder kinds = kinds_in(w, names);
    page.add(
        [&](json_writer& json) { write_record_members(json, r, names, of_.entry.number, kinds); });
  }

  /// The catalogues that a record brings, before it.
  void describe_all(export_page& page, const core::record& r) {
    if (const auto* found = std::get_if<core::found_command>(&r.command))
      describe(page, found->catalogue);
    if (const auto* load = std::get_if<core::load_command>(&r.command))
      describe(page, load->catalogue);
    for (const core::effect& e : r.effects)
      if (e.type == core::effect_type::catalogued) describe(page, e.catalogued());
  }

  void describe(export_page& page, const core::catalogue_ptr& c) {
    if (c->digest() == described_) return;
    described_ = c->digest();
    page.add([&](json_writer& json) {
      json.member("catalogue", storage::to_hex(c->digest())).key("description").raw("\"");
      append_hex(json.out(), c->description());
      json.out().push_back('"');
      write_plugins(json.key("plugins"), *c);
    });
  }

  void end(export_page& page) {
    is_ended_ = true;
    const core::world& w = at_.world();
    page.add([&](json_writer& json) {
      json.key("end").begin_object().member("seq", w.seq()).member("tick", w.tick());
      json.member("hash", storage::to_hex(w.hash()));
      json.member("chain", storage::to_hex(at_.chain_before()));
      json.member("records", w.seq() - of_.base_seq).end_object();
    });
  }

  storage::playback at_;
  export_world of_;
  std::uint64_t to_;
  bool is_headless_;  // the first line is still to come
  bool is_ended_ = false;
  std::uint64_t described_ = 0;  // digest of the catalogue described last
};

}  // namespace

std::unique_ptr<export_source> records_of(storage::playback from, export_world of,
                                          std::uint64_t to) {
  return std::make_unique<records_source>(std::move(from), std::move(of), to);
}

}  // namespace unscripted::gateway
