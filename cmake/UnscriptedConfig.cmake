# find_package(Unscripted): what it takes to write a plugin. Needs none of the program's libraries.
#
#   Unscripted::sdk          the headers: #include "plugins/plugin.hpp"
#   Unscripted::unscripted   the program
#   unscripted_add_plugin(name source...)
include(${CMAKE_CURRENT_LIST_DIR}/UnscriptedTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/UnscriptedPlugin.cmake)
