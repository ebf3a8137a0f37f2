# Compiler settings that hold for everything built here, and the options to change them.

option(UNSCRIPTED_TESTS "Build the tests and the benchmarks" ON)
option(UNSCRIPTED_WERROR "Take warnings as errors, with the compilers that we test with" OFF)
set(UNSCRIPTED_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Line tables are kept in release builds: a stack trace from the field is worth their size.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

# Contraction into fused multiply-add would make the same world differ between processors.
add_compile_options(-ffp-contract=off)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion)

# Newer compilers know more warnings; they should not stop anyone from building.
set(unscripted_tested_compiler OFF)
if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
   OR (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15))
  set(unscripted_tested_compiler ON)
endif()
if(UNSCRIPTED_WERROR AND unscripted_tested_compiler)
  add_compile_options(-Werror)
endif()

if(UNSCRIPTED_SANITIZE)
  add_compile_options(-fsanitize=${UNSCRIPTED_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${UNSCRIPTED_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's sanitizers confuse its own flow analysis; the release build keeps this warning.
    add_compile_options(-Wno-error=maybe-uninitialized)
  endif()
endif()

# What decides, records and answers is compiled once more when the program is linked, across files:
# a walk is some forty small calls. Other programs (tests) link the same objects as they are.
set(unscripted_lto OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release"
   AND NOT UNSCRIPTED_SANITIZE)
  set(unscripted_lto ON)
endif()
function(unscripted_optimise_across_files)
  if(unscripted_lto)
    foreach(library IN LISTS ARGN)
      target_compile_options(${library} PRIVATE -flto=auto -ffat-lto-objects)
    endforeach()
  endif()
endfunction()

# See cmake/build-tuned. What is counted lies beside each object.
set(UNSCRIPTED_PROFILE "" CACHE STRING "generate: count what is run; use: compile by these counts")
if(UNSCRIPTED_PROFILE STREQUAL "generate")
  add_compile_options(-fprofile-generate -fprofile-update=prefer-atomic)
  add_link_options(-fprofile-generate)
elseif(UNSCRIPTED_PROFILE STREQUAL "use")
  # What the load never ran, or what was written since, has no counts; and counts confuse GCC's own
  # flow analysis.
  add_compile_options(-fprofile-use -fprofile-correction -Wno-missing-profile
    -Wno-coverage-mismatch -Wno-maybe-uninitialized)
endif()

# Headers are included by their path from the root: "core/world.hpp".
include_directories(${PROJECT_SOURCE_DIR})

find_program(UNSCRIPTED_CCACHE ccache)
if(UNSCRIPTED_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache asks for where headers are precompiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    ${UNSCRIPTED_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# "version.hpp", for those who say which version they are.
configure_file(${PROJECT_SOURCE_DIR}/cmake/version.hpp.in
  ${PROJECT_BINARY_DIR}/generated/version.hpp @ONLY)
add_library(unscripted_version INTERFACE)
target_include_directories(unscripted_version INTERFACE ${PROJECT_BINARY_DIR}/generated)
