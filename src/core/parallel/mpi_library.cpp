#include "core/parallel/mpi_library.hpp"

#include <array>

#include <mpi.h>

namespace tilth {

std::string mpi_library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> name{};
  int length = 0;
  MPI_Get_library_version(name.data(), &length);
  const std::string text(name.data());
  return text.substr(0, text.find_first_of(",\n"));
}

std::string mpi_host() {
  std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
  int length = 0;
  MPI_Get_processor_name(name.data(), &length);
  return {name.data(), std::size_t(length)};
}

}  // namespace tilth
