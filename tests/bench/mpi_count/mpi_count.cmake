# Counts calls of MPI (tools/scaling_study): a library to preload, of no use to the program itself.
add_library(mpi_count SHARED ${CMAKE_CURRENT_LIST_DIR}/mpi_count.cpp)
target_link_libraries(mpi_count PRIVATE MPI::MPI_CXX)
