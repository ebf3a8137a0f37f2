#include "tests/plugins/abi_layout.h"
#include "tests/plugins/small_world.hpp"

#include <dlfcn.h>

#include <iterator>

using namespace unscripted;
using namespace unscripted::tests;

#define UNS_FACT(what, expected) static_assert((what) == (expected), "the ABI changed: " #what);
UNS_LAYOUT(UNS_FACT)
#undef UNS_FACT

TEST_CASE("C11 and C++20 agree on the layout of the ABI") {
#define UNS_FACT(what, expected) static_cast<std::uint32_t>(what),
  const std::uint32_t in_cpp[] = {UNS_LAYOUT(UNS_FACT)};
#undef UNS_FACT
  void* library = ::dlopen(wrong_plugin("layout_in_c").c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library);
  const auto* in_c = static_cast<const std::uint32_t*>(::dlsym(library, "uns_layout_in_c"));
  REQUIRE(in_c);

  for (std::size_t i = 0; i < std::size(in_cpp); ++i) {
    INFO("fact " << i);
    CHECK(in_c[i] == in_cpp[i]);
  }
}

TEST_CASE("the ABI's numbers are those of the history's format") {
  CHECK(UNS_NUMBER == static_cast<int>(core::value_type::number));
  CHECK(UNS_INTEGER == static_cast<int>(core::value_type::integer));
  CHECK(UNS_BOOLEAN == static_cast<int>(core::value_type::boolean));
  CHECK(UNS_TEXT == static_cast<int>(core::value_type::text));
  CHECK(UNS_THING == static_cast<int>(core::value_type::thing));
  CHECK(UNS_DONE == static_cast<int>(core::outcome::done));
  CHECK(UNS_REFUSED == static_cast<int>(core::outcome::refused));
  CHECK(UNS_FAULT == static_cast<int>(core::outcome::fault));
}
