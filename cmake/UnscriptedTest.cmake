# How tests and benchmarks are built and registered. Labels are the areas: `ctest -L core`.
include(Catch)

# Where tests and benchmarks find what was built, for those that start the program or load plugins.
add_library(unscripted_built INTERFACE)
target_compile_definitions(unscripted_built INTERFACE
  UNSCRIPTED_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
  UNSCRIPTED_PLUGINS_DIR="${CMAKE_BINARY_DIR}/plugins"
  UNSCRIPTED_WRONG_PLUGINS_DIR="${CMAKE_BINARY_DIR}/wrong-plugins"
  UNSCRIPTED_BINARY="${CMAKE_BINARY_DIR}/bin/unscripted")

# unscripted_add_tests(area [LINK targets...] [NEEDS targets...] [PRECOMPILE headers...]
#                      [EXCEPT sources...])
#
# <area>_tests from all *.cpp in the folder of that name but those named, if there are any. NEEDS
# are built first.
function(unscripted_add_tests area)
  cmake_parse_arguments(arg "" "" "LINK;NEEDS;PRECOMPILE;EXCEPT" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${area}/*.cpp)
  list(TRANSFORM arg_EXCEPT PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/${area}/)
  list(REMOVE_ITEM sources ${arg_EXCEPT})
  if(NOT sources)
    return()
  endif()
  set(target ${area}_tests)
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE ${arg_LINK} unscripted_built Catch2::Catch2WithMain)
  target_precompile_headers(${target} PRIVATE <catch2/catch.hpp> ${arg_PRECOMPILE})
  foreach(needed IN LISTS arg_NEEDS)
    if(TARGET ${needed})
      add_dependencies(${target} ${needed})
    endif()
  endforeach()
  # A name that Catch does not find, as one with a bracket, is a failure, not a test that passed.
  catch_discover_tests(${target} TEST_PREFIX "${area}/" EXTRA_ARGS --warn NoTests
    PROPERTIES TIMEOUT 300 LABELS ${area})
endfunction()

# unscripted_add_script_tests(): every *_test.py in this folder and below, run with Python.
# tidy_test.py is the test `tidy`; cli/crash_test.py is `cli/crash`.
function(unscripted_add_script_tests)
  file(GLOB_RECURSE scripts CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *_test.py)
  foreach(script IN LISTS scripts)
    string(REGEX REPLACE "_test\\.py$" "" name ${script})
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${script})
    set_tests_properties(${name} PROPERTIES TIMEOUT 900 LABELS script
      ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1;\
UNSCRIPTED_SOURCE_DIR=${PROJECT_SOURCE_DIR};\
UNSCRIPTED_BINARY=${CMAKE_BINARY_DIR}/bin/unscripted;\
UNSCRIPTED_PLUGINS_DIR=${CMAKE_BINARY_DIR}/plugins")
  endforeach()
endfunction()

# unscripted_add_torture_tests(): the scenarios of tests/torture at their smallest, as torture/NAME,
# with one seed.
function(unscripted_add_torture_tests)
  set(torture ${CMAKE_CURRENT_SOURCE_DIR}/torture)
  file(GLOB modules CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/scenarios/*.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${torture} ${modules})
  execute_process(COMMAND ${Python3_EXECUTABLE} ${torture} --list
    OUTPUT_VARIABLE names OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" names "${names}")
  foreach(name IN LISTS names)
    add_test(NAME torture/${name} COMMAND ${Python3_EXECUTABLE} ${torture} ${name} --seed 1)
    set_tests_properties(torture/${name} PROPERTIES TIMEOUT 600 LABELS torture
      SKIP_RETURN_CODE 77
      ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1;\
UNSCRIPTED_SOURCE_DIR=${PROJECT_SOURCE_DIR};\
UNSCRIPTED_BINARY=${CMAKE_BINARY_DIR}/bin/unscripted;\
UNSCRIPTED_PLUGINS_DIR=${CMAKE_BINARY_DIR}/plugins")
  endforeach()
  # The longest begin first: one that comes last has a processor for itself.
  set_tests_properties(torture/simulation torture/model torture/nth_call PROPERTIES COST 100)
endfunction()

# unscripted_add_page_tests(): the page's types, its parts, and all of it in a browser. They are
# skipped where node, its packages or the browser are not there.
function(unscripted_add_page_tests)
  find_program(UNSCRIPTED_NODE NAMES node nodejs)
  if(NOT UNSCRIPTED_NODE)
    message(STATUS "There is no node: the page is not tested")
    return()
  endif()
  foreach(name IN ITEMS types parts page)
    add_test(NAME web/${name}
      COMMAND ${UNSCRIPTED_NODE} ${CMAKE_CURRENT_SOURCE_DIR}/web/run.mjs ${name})
    set_tests_properties(web/${name} PROPERTIES TIMEOUT 900 LABELS web SKIP_RETURN_CODE 77
      ENVIRONMENT "UNSCRIPTED_BINARY=${CMAKE_BINARY_DIR}/bin/unscripted")
  endforeach()
  set_tests_properties(web/page PROPERTIES COST 1000)  # the longest of all: it begins first
endfunction()

# unscripted_add_benchmark(source): bench_<name>; a tiny run of it is a test, so that it can't rot.
function(unscripted_add_benchmark source)
  get_filename_component(name ${source} NAME_WE)
  set(target bench_${name})
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE unscripted_built unscripted_cli
    benchmark::benchmark benchmark::benchmark_main)
  add_dependencies(${target} shipped_plugins)
  add_test(NAME bench/${name} COMMAND ${target} --benchmark_min_time=0.001)
  set_tests_properties(bench/${name} PROPERTIES TIMEOUT 120 LABELS bench)
endfunction()
