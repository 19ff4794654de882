# letkf_race: the local analysis against LAPACK's dsyev, which has to be OpenBLAS's (one thread is enough).
if(TILTH_BENCH)
  pkg_check_modules(OPENBLAS QUIET IMPORTED_TARGET openblas)
  if(OPENBLAS_FOUND)
    add_executable(letkf_race ${CMAKE_CURRENT_LIST_DIR}/letkf_race.cpp ${CMAKE_CURRENT_LIST_DIR}/yardstick.cpp)
    target_link_libraries(letkf_race PRIVATE tilth_assim PkgConfig::OPENBLAS)
    # For its answers, never for its time.
    foreach(n 1 2)
      add_test(NAME bench.letkf_race.ranks${n}
               COMMAND ${MPIEXEC_EXECUTABLE} -n ${n} $<TARGET_FILE:letkf_race> --grid 90x45 --members 20,40)
      set_tests_properties(bench.letkf_race.ranks${n} PROPERTIES LABELS bench PROCESSORS ${n} TIMEOUT 600
                           ENVIRONMENT "${mpi_env}")
    endforeach()
  else()
    message(STATUS "No OpenBLAS (pkg-config openblas; Debian libopenblas-serial-dev): letkf_race is not built")
  endif()
endif()
