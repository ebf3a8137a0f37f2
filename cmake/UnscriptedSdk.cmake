# What an author of plugins finds: find_package(Unscripted), in the build folder and installed.
include(CMakePackageConfigHelpers)

# The headers, included by the same line inside and outside of the tree, and the one flag that
# decides how the arithmetic in them comes out.
add_library(unscripted_sdk INTERFACE)
add_library(Unscripted::sdk ALIAS unscripted_sdk)
set_target_properties(unscripted_sdk PROPERTIES EXPORT_NAME sdk)
target_compile_options(unscripted_sdk INTERFACE -ffp-contract=off)
target_include_directories(unscripted_sdk INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/unscripted>)
install(TARGETS unscripted_sdk EXPORT unscripted)

# unscripted_export_sdk(): once all targets are there.
function(unscripted_export_sdk)
  set(files UnscriptedConfig.cmake UnscriptedPlugin.cmake plugin_exports.map)
  foreach(file IN LISTS files)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/${file} ${PROJECT_BINARY_DIR}/${file} COPYONLY)
    install(FILES cmake/${file} DESTINATION lib/cmake/Unscripted)
  endforeach()
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/UnscriptedConfigVersion.cmake
    COMPATIBILITY SameMajorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/UnscriptedConfigVersion.cmake
    DESTINATION lib/cmake/Unscripted)
  export(EXPORT unscripted NAMESPACE Unscripted::
    FILE ${PROJECT_BINARY_DIR}/UnscriptedTargets.cmake)
  install(EXPORT unscripted NAMESPACE Unscripted:: FILE UnscriptedTargets.cmake
    DESTINATION lib/cmake/Unscripted)
endfunction()

# unscripted_install_service(): the unit names the program by its path, which is known only when
# it is installed (cmake --install --prefix).
function(unscripted_install_service)
  install(CODE "set(unscripted_unit \"${PROJECT_SOURCE_DIR}/sdk/unscripted.service.in\")")
  install(CODE [[
    cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_PREFIX)
    set(unscripted_folder "${CMAKE_INSTALL_PREFIX}/lib/systemd/system")
    configure_file("${unscripted_unit}"
      "$ENV{DESTDIR}${unscripted_folder}/unscripted.service" @ONLY)
    message(STATUS "Installing: $ENV{DESTDIR}${unscripted_folder}/unscripted.service")]])
endfunction()
