# How a plugin is compiled: nothing of it is visible but its one exported constant, it links to
# nothing of ours, and it can be replaced while a server runs.
#
# -fno-gnu-unique: a unique symbol would pin the library and make a reload return the old code.
function(unscripted_plugin_settings target)
  set_target_properties(${target} PROPERTIES
    PREFIX "" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(${target} PRIVATE
    -ffp-contract=off $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
endfunction()

# unscripted_add_plugin(name source...): builds plugins/<name>.so in the build folder.
function(unscripted_add_plugin name)
  set(target plugin_${name})
  add_library(${target} MODULE ${ARGN})
  unscripted_plugin_settings(${target})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  if(NOT UNSCRIPTED_SANITIZE)
    # A sanitizer's own symbols come from the program that loads the plugin.
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
endfunction()
