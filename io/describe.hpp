#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// One variable of a file, and its numbers over the whole of it.
struct VariableSummary {
  std::string name, type, shape, units, long_name;  ///< shape: time=4, lat=10, lon=20
  bool is_text = false;
  std::int64_t values = 0, missing = 0;
  double least = 0.0, mean = 0.0, most = 0.0;  ///< of what is not missing; NaN when all is; not of text
  std::string words;                           ///< the first strings of a text
};

/// What a NetCDF file is.
struct FileSummary {
  std::string
      kind;  ///< restart, product, feedback, bias correction, table, observations, grid, weather, or NetCDF file
  std::int64_t bytes = 0;
  std::string checksum;     ///< of a restart file, verified; else empty
  std::string first, last;  ///< of its times, empty when it has none
  std::int64_t records = 0;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<VariableSummary> variables;
};

/// Reads the whole of a file, each rank its share. `Error` when it cannot be read, or is a restart file whose checksum
/// does not verify. Collective.
FileSummary describe_file(const Comm& comm, const std::string& path);

}  // namespace tilth
