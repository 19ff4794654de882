# Tests that are programs of their own: checks of the project's structure, runs of the tilth program.

# program_test(name label [RANKS n] [TIMEOUT s] COMMAND ...): a test with the MPI settings of this folder.
function(program_test name label)
  cmake_parse_arguments(T "" "RANKS;TIMEOUT" "COMMAND" ${ARGN})
  if(NOT T_RANKS)
    set(T_RANKS 1)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 600)
  endif()
  add_test(NAME ${name} COMMAND ${T_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS ${label} PROCESSORS ${T_RANKS} TIMEOUT ${T_TIMEOUT}
                       ENVIRONMENT "${mpi_env};MPIEXEC=${MPIEXEC_EXECUTABLE}" SKIP_RETURN_CODE 77)
endfunction()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(here ${CMAKE_CURRENT_SOURCE_DIR})

# --- structure: the sources and the documentation
program_test(structure.check structure COMMAND ${Python3_EXECUTABLE} ${here}/structure/check.py ${CMAKE_SOURCE_DIR})
program_test(structure.check_finds_bad_examples structure COMMAND ${Python3_EXECUTABLE} ${here}/structure/check_test.py)

if(TARGET tilth)
  program_test(structure.reference_page structure
               COMMAND ${Python3_EXECUTABLE} ${here}/structure/reference_page_test.py $<TARGET_FILE:tilth>
                       ${CMAKE_SOURCE_DIR}/docs/configuration.md)
endif()
