# Compile settings common to all targets, and tilth_box(): one static library per box of the layer table.
include_guard()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)  # __int128 in reproducible sums
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

option(TILTH_WERROR "Warnings are errors" OFF)
option(TILTH_SANITIZE "Build with address and undefined behaviour sanitizers" OFF)

add_library(tilth_settings INTERFACE)
# No contraction: the same bits on every instruction set. The other two keep IEEE results and let loops vectorise.
target_compile_options(tilth_settings INTERFACE -ffp-contract=off -fno-math-errno -fno-trapping-math
                       -Wall -Wextra -Wshadow -Wnon-virtual-dtor
                       -Wno-restrict  # false positives of GCC 12 on std::string
                       $<$<BOOL:${TILTH_WERROR}>:-Werror>)
if(TILTH_SANITIZE)
  target_compile_options(tilth_settings INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -g)
  target_link_options(tilth_settings INTERFACE -fsanitize=address,undefined)
endif()

# tilth_box(name folder LINK public... PRIVATE private... EXCLUDE subfolder): library tilth_<name> of all .cpp under the
# folder (files named main.cpp and *_kernel.cpp are left to their own rules, those of a subfolder to their own library).
function(tilth_box name folder)
  cmake_parse_arguments(BOX "" "EXCLUDE" "LINK;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "(/main|_kernel)\\.cpp$")
  if(BOX_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "^${CMAKE_SOURCE_DIR}/${BOX_EXCLUDE}/")
  endif()
  if(sources)
    add_library(tilth_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(tilth_${name} PRIVATE ${BOX_PRIVATE})
  else()
    add_library(tilth_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(tilth_${name} ${scope} ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
  target_link_libraries(tilth_${name} ${scope} tilth_settings ${BOX_LINK})
endfunction()

# tilth_revision(target): adds `source_revision`, the git revision at the time of the build, and the compiler's options.
function(tilth_revision target)
  set(out ${CMAKE_BINARY_DIR}/revision.cpp)
  add_custom_target(${target}_revision BYPRODUCTS ${out}
                    COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUT=${out}
                            -P ${CMAKE_SOURCE_DIR}/tools/cmake/revision.cmake)
  target_sources(${target} PRIVATE ${out})
  add_dependencies(${target} ${target}_revision)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  string(STRIP "${CMAKE_BUILD_TYPE} ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}" options)
  set_property(SOURCE ${CMAKE_SOURCE_DIR}/src/driver/provenance.cpp PROPERTY COMPILE_DEFINITIONS
               TILTH_BUILD_OPTIONS="${options}")
endfunction()
