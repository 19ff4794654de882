#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/config/schema.hpp"

namespace tilth {

/// `output.hints:` MPI-IO hints for all files of a run; 0 or "automatic": left to MPI.
struct FileHints {
  int striping_factor = 0, striping_unit = 0, cb_nodes = 0, cb_buffer_size = 0;
  std::string collective_writes = "automatic", data_sieving_writes = "automatic";
  void describe(Schema& s);
  /// Those that are given, by their names in MPI.
  std::vector<std::pair<std::string, std::string>> list() const;
};

}  // namespace tilth
