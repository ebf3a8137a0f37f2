#include "gateway/v1/selection.hpp"

#include <algorithm>

namespace unscripted::gateway::v1 {

using core::world_serial;

namespace {

void narrow(selection& s, std::optional<core::thing_id>& member, const std::string* text) {
  if (!text) return;
  const auto id = core::parse_id(*text);
  if (!id || (member && *member != *id)) s.is_empty = true;
  else member = id;
}

// Whether all ids that are given can be of one world.
bool agrees(const selection& s) {
  if (s.root && s.root->thing != world_serial) return false;
  const auto world = s.world();
  for (const auto& named : {s.id, s.root, s.parent})
    if (named && named->world != *world) return false;
  return true;
}

}  // namespace

bool names_kind(std::string_view type, std::string_view kind) {
  return type == kind ||
         (type.size() == kind.size() + 1 && type.ends_with('s') && type.starts_with(kind));
}

bool is_filter(std::string_view name) {
  return name == "module" || name == "id" || name == "rootid" || name == "parentid";
}

std::optional<core::world_number> selection::world() const {
  for (const auto& named : {id, root, parent})
    if (named) return named->world;
  return std::nullopt;
}

bool selection::takes_kind(const std::string& kind) const {
  if (module && *module != kind) return false;
  return type.empty() || names_kind(type, "thing") || names_kind(type, kind);
}

bool selection::takes_worlds() const {
  return !parent && (!id || id->thing == world_serial) && takes_kind("world");
}

bool selection::takes(const actors::view& seen, const core::thing& t) const {
  if (id && id->thing != t.id) return false;
  if (parent && (t.id == world_serial || t.parent != parent->thing)) return false;
  return takes_kind(seen.world.catalogue().kinds()[t.kind].name);
}

void selection::each(const actors::view& seen,
                     const std::function<void(const core::thing&)>& visit) const {
  const core::world& w = seen.world;
  const auto offer = [&](const core::thing* t) {
    if (t && takes(seen, *t)) visit(*t);
  };
  if (is_empty) return;
  if (id) return offer(w.find(id->thing));
  offer(&w.self());
  const auto bots = w.catalogue().bot_kind();
  const bool bots_only = bots && std::ranges::none_of(w.catalogue().kinds(), [&](const auto& k) {
                           return takes_kind(k.name) && k.name != w.catalogue().kinds()[*bots].name;
                         });
  for (const core::serial one : bots_only ? w.bots() : w.serials()) offer(w.find(one));
}

bool selection::misses(const actors::view& seen) const {
  if (!must_exist) return false;
  if (id) {
    const core::thing* named = seen.world.find(id->thing);
    return !named || !takes(seen, *named);
  }
  return parent && !seen.world.find(parent->thing);
}

selection select(const query& asked) {
  selection s;
  const auto& path = asked.path;
  if (const std::string* module = asked.value("module")) s.module = *module;
  narrow(s, s.id, asked.value("id"));
  narrow(s, s.root, asked.value("rootid"));
  narrow(s, s.parent, asked.value("parentid"));
  if (path.size() == 1) s.type = path[0];
  if (path.size() == 2) {
    s.type = path[0];
    narrow(s, s.id, &path[1]);
  }
  if (path.size() == 3) {
    s.type = path[2];
    narrow(s, s.parent, &path[1]);
  }
  s.must_exist = path.size() > 1;
  if (!s.is_empty && !agrees(s)) s.is_empty = true;
  return s;
}

}  // namespace unscripted::gateway::v1
