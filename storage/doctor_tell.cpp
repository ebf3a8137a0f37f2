// The words of an examination.
#include "storage/doctor_parts.hpp"

#include <array>

namespace unscripted::storage {

namespace doctor {

std::string with_commas(std::uint64_t x) {
  std::string digits = std::to_string(x);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string symptom(const failure& why) {
  std::string words = why.message;
  for (const std::string_view advice :
       {": restore the data folder from a backup", ": restore the folder from a backup",
        ": no history was changed; look at the file that is named, or restore the folder from a "
        "backup"})
    if (words.ends_with(advice)) words.resize(words.size() - advice.size());
  return words;
}

}  // namespace doctor

namespace {

using doctor::with_commas;

std::string how_much(const world_checkup& w) {
  if (w.records == 0 && w.last_seq == 0) return w.sound() ? "no records" : "";
  std::string words = with_commas(w.records) + (w.records == 1 ? " record" : " records");
  if (w.records < w.last_seq) words += " up to seq " + std::to_string(w.last_seq);
  return words + ", " + with_commas(w.ticks) + (w.ticks == 1 ? " tick" : " ticks");
}

std::string title(const world_checkup& w) {
  const std::string name = w.name.empty() ? "" : " '" + w.name + "'";
  const std::string much = how_much(w);
  return "world " + std::to_string(w.number) + name + " (" + w.id + "): " + to_string(w.grade()) +
         (much.empty() ? "" : ": " + much);
}

void add(const std::vector<finding>& findings, std::vector<std::string>& lines) {
  for (const finding& f : findings) {
    lines.push_back("  " + f.wrong);
    if (!f.remedy.empty()) lines.push_back("    " + f.remedy);
  }
}

std::string sum(const checkup& c) {
  std::array<std::size_t, 4> of_grade{};
  for (const world_checkup& w : c.worlds) ++of_grade[static_cast<std::size_t>(w.grade())];
  std::string words =
      std::to_string(c.worlds.size()) + (c.worlds.size() == 1 ? " world" : " worlds");
  const char* separator = ": ";
  for (std::size_t g = 0; g < of_grade.size(); ++g) {
    if (of_grade[g] == 0) continue;
    words += separator + std::to_string(of_grade[g]) + " " + to_string(static_cast<verdict>(g));
    separator = ", ";
  }
  return words;
}

}  // namespace

std::vector<std::string> tell(const checkup& c) {
  std::vector<std::string> lines{"data folder '" + c.folder.string() +
                                 "': " + to_string(c.overall())};
  add(c.findings, lines);
  for (const world_checkup& w : c.worlds) {
    lines.push_back(title(w));
    add(w.findings, lines);
  }
  if (!c.worlds.empty()) lines.push_back(sum(c));
  return lines;
}

}  // namespace unscripted::storage
