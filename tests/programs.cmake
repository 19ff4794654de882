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

# A Python with the plotting modules when there is one: Debian's own has them, another one in PATH may not.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(TILTH_PYTHON "")
foreach(candidate ${Python3_EXECUTABLE} /usr/bin/python3)
  execute_process(COMMAND ${candidate} -c "import cartopy, matplotlib, netCDF4, xarray" RESULT_VARIABLE lacking ERROR_QUIET)
  if(lacking EQUAL 0 AND NOT TILTH_PYTHON)
    set(TILTH_PYTHON ${candidate})
  endif()
endforeach()
if(NOT TILTH_PYTHON)
  set(TILTH_PYTHON ${Python3_EXECUTABLE})
  message(STATUS "No Python with cartopy, matplotlib, netCDF4 and xarray: tests of the plotting tools will be skipped")
endif()
set(here ${CMAKE_CURRENT_SOURCE_DIR})

# --- structure: the sources and the documentation
program_test(structure.check structure COMMAND ${TILTH_PYTHON} ${here}/structure/check.py ${CMAKE_SOURCE_DIR})
program_test(structure.check_finds_bad_examples structure COMMAND ${TILTH_PYTHON} ${here}/structure/check_test.py)
program_test(structure.plots structure COMMAND ${TILTH_PYTHON} ${here}/structure/plots_test.py)
program_test(report.pages report COMMAND ${TILTH_PYTHON} ${here}/report/report_test.py)  # in a browser where Chromium is

if(TARGET tilth)
  program_test(structure.reference_page structure
               COMMAND ${TILTH_PYTHON} ${here}/structure/reference_page_test.py $<TARGET_FILE:tilth>
                       ${CMAKE_SOURCE_DIR}/docs/configuration.md)
  program_test(structure.bad_input structure RANKS 3
               COMMAND ${TILTH_PYTHON} ${here}/structure/bad_input_test.py $<TARGET_FILE:tilth>)
  program_test(structure.analyse_input structure RANKS 2
               COMMAND ${TILTH_PYTHON} ${here}/structure/analyse_input_test.py $<TARGET_FILE:tilth>)
endif()

# --- record: what a run tells of itself, and what check foresees
if(TARGET tilth)
  program_test(structure.record structure RANKS 2
               COMMAND ${TILTH_PYTHON} ${here}/structure/record_test.py $<TARGET_FILE:tilth>)
  program_test(structure.cost structure RANKS 2
               COMMAND ${TILTH_PYTHON} ${here}/structure/cost_test.py $<TARGET_FILE:tilth>)
endif()

# --- derivatives: no wrong one in a column of the demonstration, of either model
if(TARGET tilth)
  foreach(model daily hourly)
    program_test(structure.derivatives_${model} structure RANKS 2
                 COMMAND ${MPIEXEC_EXECUTABLE} -n 2 $<TARGET_FILE:tilth> check --derivatives --point 200
                         ${CMAKE_SOURCE_DIR}/jobs/experiments/demo.yaml --set "model={${model}: {}}"
                         --set time.start=2018-07-10)
  endforeach()
endif()

# --- regression: files of others, where they are at hand
if(TARGET tilth)
  program_test(regression.real_files regression
               COMMAND ${TILTH_PYTHON} ${here}/regression/real_files_test.py $<TARGET_FILE:tilth> ${CMAKE_SOURCE_DIR})
  program_test(regression.walnut_gulch regression
               COMMAND ${TILTH_PYTHON} ${here}/regression/walnut_gulch_test.py $<TARGET_FILE:tilth> ${CMAKE_SOURCE_DIR})
endif()

# --- invariance: the same bytes for any number of ranks, and after kill -9 and --resume
program_test(invariance.comparison_finds_differences invariance RANKS 2
             COMMAND ${TILTH_PYTHON} ${here}/invariance/run_test.py)
if(TARGET tilth AND EXISTS ${here}/invariance/small.yaml)
  foreach(what ranks resume)
    program_test(invariance.${what} invariance RANKS 7 TIMEOUT 1500
                 COMMAND ${TILTH_PYTHON} ${here}/invariance/run.py ${what} $<TARGET_FILE:tilth> ${here}/invariance/small.yaml)
  endforeach()
  program_test(invariance.placement invariance RANKS 3
               COMMAND ${TILTH_PYTHON} ${here}/invariance/placement.py $<TARGET_FILE:tilth> ${here}/invariance/small.yaml)
  program_test(invariance.proof_model_ranks invariance RANKS 4
               COMMAND ${TILTH_PYTHON} ${here}/invariance/run.py ranks $<TARGET_FILE:tilth> ${here}/invariance/lorenz.yaml
                       --ranks 1 2 4)
  program_test(invariance.proof_model_resume invariance RANKS 2
               COMMAND ${TILTH_PYTHON} ${here}/invariance/run.py resume $<TARGET_FILE:tilth> ${here}/invariance/lorenz.yaml
                       --ranks 1 2)
endif()

# Killed, told to stop, out of room: nothing is lost.
if(TARGET tilth)
  foreach(what kill signal)
    program_test(invariance.survives_${what} invariance RANKS 3 TIMEOUT 1500
                 COMMAND ${TILTH_PYTHON} ${here}/invariance/survive.py ${what} $<TARGET_FILE:tilth>
                         ${here}/invariance/small.yaml --runs 5)
  endforeach()
  program_test(invariance.survives_signal_of_an_iterative_method invariance RANKS 3 TIMEOUT 1500
               COMMAND ${TILTH_PYTHON} ${here}/invariance/survive.py signal $<TARGET_FILE:tilth>
                       ${here}/invariance/small.yaml --runs 2 --set "analysis.method={ienks: {max_passes: 3}}")
  program_test(invariance.full_disk invariance RANKS 3 TIMEOUT 1500
               COMMAND ${TILTH_PYTHON} ${here}/invariance/full_disk.py $<TARGET_FILE:tilth>
                       ${here}/invariance/small.yaml)
endif()

if(TARGET tilth)
  set(variants --variants ensrf bounded enkf es_mda ienks days months monthly_floats instruments fraternal 4denvar)
  program_test(invariance.variants_ranks invariance RANKS 3
               COMMAND ${TILTH_PYTHON} ${here}/invariance/run.py ranks $<TARGET_FILE:tilth> ${here}/invariance/small.yaml
                       --ranks 1 2 3 ${variants})
  program_test(invariance.sixteen_ranks invariance RANKS 16
               COMMAND ${TILTH_PYTHON} ${here}/invariance/run.py ranks $<TARGET_FILE:tilth> ${here}/invariance/small.yaml
                       --ranks 1 4 16 --variants days)
  program_test(invariance.variants_resume invariance RANKS 3
               COMMAND ${TILTH_PYTHON} ${here}/invariance/run.py resume $<TARGET_FILE:tilth> ${here}/invariance/small.yaml
                       --ranks 2 3 --kills 1 ${variants})
endif()

if(TARGET tilth)
  program_test(invariance.analyse invariance RANKS 3
               COMMAND ${TILTH_PYTHON} ${here}/invariance/analyse.py $<TARGET_FILE:tilth>)
endif()

# --- sets: experiments that share nature run, observations, start and open loop
if(TARGET tilth)
  foreach(what parts groups only resume input)
    program_test(sets.${what} invariance RANKS 4
                 COMMAND ${TILTH_PYTHON} ${here}/sets/run.py ${what} $<TARGET_FILE:tilth> ${here}/sets/set.yaml)
  endforeach()
  program_test(sets.linear invariance COMMAND ${TILTH_PYTHON} ${here}/sets/run.py linear $<TARGET_FILE:tilth>
                                              ${here}/sets/linear.yaml)
endif()

# --- calibrate: a twin through the program
if(TARGET tilth)
  foreach(what resume methods input)
    program_test(calibrate.${what} invariance RANKS 2
                 COMMAND ${TILTH_PYTHON} ${here}/calibrate/run.py ${what} $<TARGET_FILE:tilth>
                         ${CMAKE_SOURCE_DIR}/jobs/experiments/calibration.yaml)
  endforeach()
  foreach(what sensitivity scopes maps)
    program_test(calibrate.${what} invariance RANKS 2
                 COMMAND ${TILTH_PYTHON} ${here}/calibrate/commands.py ${what} $<TARGET_FILE:tilth>
                         ${CMAKE_SOURCE_DIR}/jobs/experiments/$<IF:$<STREQUAL:${what},sensitivity>,sensitivity,scopes_twin>.yaml)
  endforeach()
  foreach(what hourly failing)
    program_test(calibrate.${what} invariance COMMAND ${TILTH_PYTHON} ${here}/calibrate/commands.py ${what}
                                                      $<TARGET_FILE:tilth> ${here}/calibrate/${what}.yaml)
  endforeach()
endif()

# --- verification: scores against another implementation
if(TARGET tilth)
  program_test(verification.independent invariance
               COMMAND ${TILTH_PYTHON} ${here}/verify/independent.py $<TARGET_FILE:tilth> ${here}/invariance/small.yaml)
  foreach(what withheld real forecasts)
    program_test(verification.${what} invariance RANKS 3
                 COMMAND ${TILTH_PYTHON} ${here}/verify/references.py ${what} $<TARGET_FILE:tilth> ${here}/sets/set.yaml)
  endforeach()
endif()

# --- truth: reference results through the program, where they are at hand
if(TARGET tilth)
  program_test(truth.analyse truth TIMEOUT 1500
               COMMAND ${TILTH_PYTHON} ${here}/truth/run.py $<TARGET_FILE:tilth> ${CMAKE_SOURCE_DIR}/../shared/truth)
endif()

# --- twin: a small OSSE is closer to its truth than the open loop, and honest about how close
if(TARGET tilth)
  foreach(what scores stop)
    program_test(twin.${what} twin
                 COMMAND ${TILTH_PYTHON} ${here}/twin/run.py ${what} $<TARGET_FILE:tilth> ${here}/twin/region.yaml)
  endforeach()
  program_test(twin.published_scores twin
               COMMAND ${TILTH_PYTHON} ${CMAKE_SOURCE_DIR}/tools/run_benchmarks.py --tilth $<TARGET_FILE:tilth>
                       --output ${CMAKE_CURRENT_BINARY_DIR}/benchmarks l96_etkf_n20 l96_letkf_n7 l96_etkf_n30_forcing l63_etkf_n10)
  set_tests_properties(twin.published_scores PROPERTIES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endif()
if(TARGET tilth)
  program_test(twin.parameters twin RANKS 2
               COMMAND ${TILTH_PYTHON} ${here}/twin/parameters.py $<TARGET_FILE:tilth> ${here}/twin/parameters.yaml)
endif()

# --- jobs: chains of batch jobs on a real SLURM of one node, where one can be started (as root, with slurm-wlm and munge)
if(TARGET tilth)
  program_test(jobs.chains jobs RANKS 2 TIMEOUT 900
               COMMAND ${TILTH_PYTHON} ${here}/jobs/jobs_test.py $<TARGET_FILE:tilth> ${here}/invariance/small.yaml)
endif()
program_test(jobs.tool jobs COMMAND ${TILTH_PYTHON} ${here}/jobs/tool_test.py)
