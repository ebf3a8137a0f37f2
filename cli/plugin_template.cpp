#include "cli/plugin_template.hpp"

#include "version.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace unscripted::cli {

namespace {

using placeholders = std::map<std::string, std::string, std::less<>>;

std::string_view text_of(std::string_view name) {
  for (const auto& file : template_files()) {
    if (file.name == name) return file.text;
  }
  throw std::logic_error("no template " + std::string(name));
}

/// Each @WORD@ that is known is replaced; what is put in is not looked at again.
std::string fill_in(std::string_view text, const placeholders& words) {
  std::string out;
  while (!text.empty()) {
    const auto begin = text.find('@');
    out += text.substr(0, begin);
    if (begin == text.npos) break;
    const auto end = text.find('@', begin + 1);
    const auto known =
        end == text.npos ? words.end() : words.find(text.substr(begin + 1, end - begin - 1));
    if (known == words.end()) {
      out += '@';
      text.remove_prefix(begin + 1);
    } else {
      out += known->second;
      text.remove_prefix(end + 1);
    }
  }
  return out;
}

bool ships(std::string_view kind) { return kind == "world" || kind == "bot" || kind == "well"; }

placeholders words_for(const plugin_wish& wish, const std::string& source) {
  placeholders words{{"NAME", wish.name},
                     {"ID", wish.id},
                     {"TARGET", wish.target},
                     {"SOURCE", source},
                     {"VERSION", std::string(version)},
                     {"KIND", ""},
                     {"KINDS", ""},
                     {"EXAMPLE", ""}};
  words["EXAMPLE"] = wish.target == "world" ? R"("args":{"distance":2,"angle":0.25})"
                                            : R"("target":"…","args":{"distance":1})";
  if (ships(wish.target)) return words;
  words["KIND"] = fill_in(text_of(wish.in_c ? "kind.c.in" : "kind.cpp.in"), words);
  words["KINDS"] = "\n    .kinds = kinds,\n    .kind_count = sizeof kinds / sizeof *kinds,";
  return words;
}

}  // namespace

std::vector<made_file> make_plugin(const plugin_wish& wish) {
  const std::string language = wish.in_c ? ".c" : ".cpp";
  const std::string shape = wish.target == "world" ? "world" : "thing";
  const auto words = words_for(wish, wish.name + language);
  std::vector<made_file> files;
  for (const auto& [name, from] :
       std::map<std::string, std::string>{{wish.name + language, shape + language + ".in"},
                                          {wish.name + "_test.cpp", shape + "_test.cpp.in"},
                                          {"CMakeLists.txt", "CMakeLists.txt.in"},
                                          {"README.md", "README.md.in"},
                                          {".gitignore", "gitignore.in"}}) {
    files.push_back({name, fill_in(text_of(from), words)});
  }
  return files;
}

}  // namespace unscripted::cli
