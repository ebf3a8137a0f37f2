// The export of things: who is there, one line each, all with the same columns.
#include "gateway/export_source.hpp"
#include "gateway/history_values.hpp"
#include "gateway/world_json.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace unscripted::gateway {

namespace {

constexpr std::array fixed_columns = {"id", "kind", "name", "pos", "dims", "parent"};

/// A property that some kind has: its name, and its slot in each kind.
struct column {
  std::string property, name;
  std::vector<std::optional<std::uint16_t>> slots;
};

std::vector<column> columns_of(const core::catalogue& c) {
  std::vector<column> all;
  for (std::size_t kind = core::world_kind + 1; kind < c.kinds().size(); ++kind) {
    for (std::size_t slot = 0; slot < c.kinds()[kind].properties.size(); ++slot) {
      const std::string name = key_of_slot(c.kinds()[kind].properties, slot);
      auto known = std::find_if(all.begin(), all.end(),
                                [&](const column& other) { return other.property == name; });
      if (known == all.end())
        known = all.insert(all.end(), {name, column_name(fixed_columns, "props", name), {}});
      known->slots.resize(c.kinds().size());
      known->slots[kind] = static_cast<std::uint16_t>(slot);
    }
  }
  return all;
}

class things_source final : public export_source {
public:
  things_source(std::unique_ptr<core::world> w, core::world_number world, core::serial from)
    : world_(std::move(w)), number_(world) {
    if (world_->seq() == 0) return;
    columns_ = columns_of(world_->catalogue());
    serials_ = world_->serials();
    const auto first = std::lower_bound(serials_.begin(), serials_.end(), from);
    done_ = static_cast<std::size_t>(first - serials_.begin());
  }

  std::optional<storage::failure> write(export_page& page) override {
    for (; !at_end() && !page.is_full(); ++done_)
      page.add([&](json_writer& json) { thing(json, *world_->find(serials_[done_])); });
    return {};
  }
  bool at_end() const override { return done_ == serials_.size(); }
  std::uint64_t next() const override { return serials_[done_]; }

private:
  void thing(json_writer& json, const core::thing& t) const {
    const core::kind& kind = world_->catalogue().kinds()[t.kind];
    write_id(json.key("id"), number_, t.id);
    write_text(json.key("kind"), kind.name);
    write_text(json.key("name"), t.name);
    write_place(json.key("pos"), world_->place_of(t).pos);
    write_place(json.key("dims"), t.dims);
    write_id(json.key("parent"), number_, t.parent);
    for (const column& c : columns_) {
      json.key(c.name);
      if (const auto slot = c.slots[t.kind])
        write_value(json, core::read_cell(t, kind, *slot), number_);
      else json.null();
    }
  }

  std::unique_ptr<core::world> world_;
  core::world_number number_;
  std::vector<column> columns_;
  std::vector<core::serial> serials_;
  std::size_t done_ = 0;
};

}  // namespace

std::unique_ptr<export_source> things_of(std::unique_ptr<core::world> w, core::world_number world,
                                         core::serial from) {
  return std::make_unique<things_source>(std::move(w), world, from);
}

}  // namespace unscripted::gateway
