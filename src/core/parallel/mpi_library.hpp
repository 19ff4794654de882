#pragma once

#include <string>

namespace tilth {

/// The MPI library in use, first line of what it says about itself.
std::string mpi_library();
/// Name of this rank's host.
std::string mpi_host();

}  // namespace tilth
