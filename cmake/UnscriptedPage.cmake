# unscripted_embed_page(target): the page in web/ is built when the program is, and becomes a part
# of it. Where node, npm or npm's registry are not to be had, it is built without a page, and
# says why; removing the folder `page` of the build tries again.
function(unscripted_embed_page target)
  set(web ${PROJECT_SOURCE_DIR}/web)
  set(folder ${PROJECT_BINARY_DIR}/page)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/src/*)
  file(GLOB own CONFIGURE_DEPENDS ${web}/*.*)
  set(script ${PROJECT_SOURCE_DIR}/cmake/build_page.cmake)
  add_custom_command(OUTPUT ${folder}/page_files.cpp
    COMMAND ${CMAKE_COMMAND} -DWEB=${web} -DFOLDER=${folder} -P ${script}
    DEPENDS ${sources} ${own} ${script}
    COMMENT "Building the page")
  target_sources(${target} PRIVATE ${folder}/page_files.cpp)
endfunction()
