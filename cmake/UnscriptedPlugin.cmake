# How a plugin is compiled. The project itself and everyone who finds it use this one file.
#
# Nothing of a plugin is visible but its one exported constant, it links to nothing of ours, it
# decides the same on every machine, and it can be replaced while a server runs.
#
# -fno-gnu-unique: a unique symbol would pin the library and make a reload return the old code.
# Where only C or only C++ is enabled, the settings of the other do nothing.
function(unscripted_plugin_settings target)
  set_target_properties(${target} PROPERTIES
    PREFIX "" SUFFIX ".so"
    POSITION_INDEPENDENT_CODE ON
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${target} PRIVATE Unscripted::sdk)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
endfunction()

# unscripted_add_plugin(name source... [FOLDER folder])
#
# Builds <name>.so in the folder, else in the current build folder, by the target plugin_<name>.
# plugin_exports.map also hides what the standard library would export of its templates.
function(unscripted_add_plugin name)
  cmake_parse_arguments(arg "" "FOLDER" "" ${ARGN})
  if(NOT arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "unscripted_add_plugin(${name}): it has no sources; name them after it")
  endif()
  if(NOT arg_FOLDER)
    set(arg_FOLDER ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  set(target plugin_${name})
  add_library(${target} MODULE ${arg_UNPARSED_ARGUMENTS})
  unscripted_plugin_settings(${target})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY $<1:${arg_FOLDER}>)  # not a folder for each configuration in it
  if(NOT UNSCRIPTED_SANITIZE AND NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize=")
    # A sanitizer's own symbols come from the program that loads the plugin.
    target_link_options(${target} PRIVATE -Wl,-z,defs
      -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin_exports.map)
  endif()
endfunction()
