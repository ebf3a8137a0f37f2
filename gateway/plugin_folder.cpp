#include "gateway/plugin_folder.hpp"

#include "plugins/words.hpp"

#include <fstream>
#include <sstream>
#include <system_error>

namespace unscripted::gateway {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t notes_max = 1000;
constexpr std::size_t why_bytes_max = 200;

core::problem unusable(const fs::path& what, const std::string& why) {
  return {core::errc::conflict,
          "plugins folder `" + what.string() + "`: " + why +
              "; free some space, or mend its rights",
          {}};
}

bool is_hash(const std::string& text) {
  return text == "*" ||
         (text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos);
}

// Nobody but the owner may put code here.
void close_to_others(const fs::path& folder, std::error_code& failed) {
  fs::permissions(folder, fs::perms::group_write | fs::perms::others_write,
                  fs::perm_options::remove, failed);
}

}  // namespace

core::result<plugin_folder> plugin_folder::make(const fs::path& data) {
  plugin_folder made(data / "plugins");
  for (const fs::path& folder : {made.path(), made.incoming(), builds(data)}) {
    std::error_code failed;
    if (fs::create_directories(folder, failed)) close_to_others(folder, failed);
    if (failed) return unusable(folder, failed.message());
  }
  return made;
}

// Under another name first: a file that was cut short never has the name of a whole one.
std::optional<core::problem> plugin_folder::keep(const std::string& id,
                                                 const fs::path& build) const {
  const fs::path part = path_ / (id + ".part");
  std::error_code failed;
  fs::copy_file(build, part, fs::copy_options::overwrite_existing, failed);
  if (!failed) fs::rename(part, kept(id), failed);
  if (failed) return unusable(kept(id), failed.message());
  return std::nullopt;
}

std::optional<core::problem> plugin_folder::forget(const std::string& id) const {
  std::error_code failed;
  fs::remove(kept(id), failed);
  if (failed) return unusable(kept(id), failed.message());
  return std::nullopt;
}

void plugin_folder::clear_incoming() const {
  std::error_code ignored;
  for (fs::directory_iterator at{incoming(), ignored}; !ignored && at != fs::directory_iterator{};
       at.increment(ignored))
    fs::remove(at->path(), ignored);
}

std::vector<aside_note> plugin_folder::read_set_aside() const {
  std::vector<aside_note> notes;
  std::ifstream in(path_ / "set-aside");
  for (std::string line; notes.size() < notes_max && std::getline(in, line);) {
    std::istringstream words(line);
    aside_note note;
    words >> note.id >> note.hash >> std::ws;
    std::getline(words, note.why);
    note.why = plugins::to_line(note.why, why_bytes_max);
    if (plugins::is_plugin_id(note.id) && is_hash(note.hash)) notes.push_back(std::move(note));
  }
  return notes;
}

std::optional<core::problem>
plugin_folder::write_set_aside(const std::vector<aside_note>& notes) const {
  const fs::path file = path_ / "set-aside";
  const fs::path fresh = path_ / "set-aside.new";
  std::ofstream out(fresh, std::ios::trunc);
  for (const aside_note& n : notes)
    out << n.id << ' ' << n.hash << ' ' << plugins::to_line(n.why, why_bytes_max) << '\n';
  out.close();
  if (!out) return unusable(fresh, "can't be written");
  std::error_code failed;
  fs::rename(fresh, file, failed);
  if (failed) return unusable(file, failed.message());
  return std::nullopt;
}

}  // namespace unscripted::gateway
