#include "io/library.hpp"

#include <sstream>

#include <pnetcdf.h>

namespace tilth::netcdf {

std::string library() {
  std::istringstream words(ncmpi_inq_libvers());  // "1.12.3 of 14 Feb 2022 ..."
  std::string version;
  words >> version;
  return "PnetCDF " + version;
}

}  // namespace tilth::netcdf
