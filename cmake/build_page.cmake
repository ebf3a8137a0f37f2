# Run by the build: makes FOLDER/page_files.cpp from the page in WEB, or from nothing where it
# cannot be built. It fails for nobody: a server without a page is a server.
cmake_minimum_required(VERSION 3.25)

set(out ${FOLDER}/files)
set(log ${FOLDER}/log.txt)
file(REMOVE_RECURSE ${out})
file(MAKE_DIRECTORY ${FOLDER})
file(WRITE ${log} "")

# Sets `why` where the command does not succeed.
function(run what)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WEB} TIMEOUT 300
    RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  file(APPEND ${log} "${said}\n")
  if(NOT result EQUAL 0)
    set(why "${what} failed when this was built" PARENT_SCOPE)
  endif()
endfunction()

# npm's packages stay where they are for as long as the lock file says so: no network is asked then.
function(install_packages)
  file(SHA256 ${WEB}/package-lock.json lock)
  set(stamp ${WEB}/node_modules/.lock-hash)
  if(EXISTS ${stamp})
    file(READ ${stamp} installed)
    if(installed STREQUAL lock)
      return()
    endif()
  endif()
  message("The page needs packages of npm; this is needed once")
  run("npm ci" ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline
    --fetch-retries=1 --fetch-timeout=30000)
  if(why)
    set(why "${why}" PARENT_SCOPE)
  else()
    file(WRITE ${stamp} ${lock})
  endif()
endfunction()

set(why "")
find_program(NODE NAMES node nodejs)
find_program(NPM npm)
if(NOT EXISTS ${WEB}/build.mjs)
  set(why "its sources are not there")
elseif(NOT NODE OR NOT NPM)
  set(why "node or npm was missing when this was built")
else()
  install_packages()
  if(NOT why)
    run("web/build.mjs" ${NODE} build.mjs ${out})
  endif()
  if(NOT why AND NOT EXISTS ${out}/index.html)
    set(why "web/build.mjs made no index.html")
  endif()
endif()
if(why)
  message("The server is built without its page: ${why}.\n"
    "What was said is in ${log}; remove ${FOLDER} to have it tried again.")
  file(REMOVE_RECURSE ${out})
endif()

# -- the files as C++ ------------------------------------------------------------------------------

set(bytes "")
set(names "")
set(rows "")
set(count 0)
file(GLOB files RELATIVE ${out} ${out}/index.html ${out}/assets/*)
foreach(file IN LISTS files)
  file(SIZE ${out}/${file} size)
  file(SHA256 ${out}/${file} hash)
  string(SUBSTRING ${hash} 0 16 hash)
  set(name page_file_${count})
  string(APPEND bytes "    \".globl ${name}\\n${name}:\\n.incbin \\\"${out}/${file}\\\"\\n\"\n")
  string(APPEND names "extern \"C\" const char ${name}[];\n")
  set(path /${file})
  if(file STREQUAL "index.html")
    set(path /)
  endif()
  string(APPEND rows "    {\"${path}\", {${name}, ${size}}, \"${hash}\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

set(table "std::span<const page_file> page_files() { return {}; }\n")
if(rows)
  set(table "std::span<const page_file> page_files() {
  static const page_file all[] = {
${rows}  };
  return all;
}\n")
  set(bytes "asm(\".pushsection .rodata\\n\"
${bytes}    \".popsection\\n\");
${names}\n")
endif()
file(WRITE ${FOLDER}/page_files.cpp "// Made by cmake/build_page.cmake.
#include \"gateway/http/page_files.hpp\"

${bytes}namespace unscripted::gateway {

${table}
std::string_view why_no_page() { return \"${why}\"; }

}  // namespace unscripted::gateway
")
