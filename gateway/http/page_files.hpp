// The files of the page, as parts of the program: the build makes the code behind this from web/
// (cmake/build_page.cmake).
#pragma once

#include <span>
#include <string_view>

namespace unscripted::gateway {

struct page_file {
  std::string_view path;  // as it is asked for: "/" or "/assets/NAME"
  std::string_view bytes;
  std::string_view hash;  // hex, of the bytes
};

/// None where this build has no page.
std::span<const page_file> page_files();
/// Why there is none; empty where there is.
std::string_view why_no_page();

}  // namespace unscripted::gateway
