#pragma once

#include <string>

namespace tilth::netcdf {

/// Name and version of the library that reads and writes NetCDF.
std::string library();

}  // namespace tilth::netcdf
